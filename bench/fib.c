// SPDX-License-Identifier: LGPL-2.1-or-later
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/nexthop.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fib.h"

#define PACKED		400		/* messages a sendmsg */
#define SENDS		32		/* of those a system call */
#define SEND_SIZE	(PACKED * 96)
#define DUMPS		32		/* the same for what a dump gives */
#define DUMP_SIZE	32768		/* the kernel makes none longer */
#define LISTEN_SIZE	(1 << 29)

static struct mnl_socket *sock;
static unsigned int device;
static bool objects;
static char *send_bufs, *dump_bufs;

void fib_open(void)
{
	device = if_nametoindex(FIB_DEVICE);
	if (!device)
		die_errno(FIB_DEVICE);
	sock = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	if (!sock || mnl_socket_bind(sock, 0, MNL_SOCKET_AUTOPID))
		die_errno("netlink");
	send_bufs = xalloc(SENDS, SEND_SIZE);
	dump_bufs = xalloc(DUMPS, DUMP_SIZE);
}

/* A socket that is told of IPv4 routes, and has room for many messages. */
int fib_listener(void)
{
	struct sockaddr_nl addr = {
		.nl_family = AF_NETLINK,
		.nl_groups = RTMGRP_IPV4_ROUTE,
	};
	int size = LISTEN_SIZE;
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

	if (fd < 0 || bind(fd, (struct sockaddr *)&addr, sizeof(addr)) ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		die_errno("netlink listener");
	return fd;
}

/* Errors come unasked. */
static void fib_check(const char *what)
{
	char buf[8192];
	struct nlmsghdr *nlh = (struct nlmsghdr *)buf;
	struct nlmsgerr *err;
	ssize_t len;

	len = recv(mnl_socket_get_fd(sock), buf, sizeof(buf), MSG_DONTWAIT);
	if (len < 0 && errno == EAGAIN)
		return;
	if (len < 0)
		die_errno(what);
	err = mnl_nlmsg_get_payload(nlh);
	die("%s: %s", what, nlh->nlmsg_type == NLMSG_ERROR ?
	    strerror(-err->error) : "something else");
}

/* Sends buffers of @size bytes each, the last one of @last. */
static void fib_send(struct stopwatch *watch, unsigned int nr,
		     const size_t *sizes)
{
	struct mmsghdr msgs[SENDS] = {};
	struct iovec iov[SENDS];
	unsigned int i;

	for (i = 0; i < nr; i++) {
		iov[i].iov_base = send_bufs + i * SEND_SIZE;
		iov[i].iov_len = sizes[i];
		msgs[i].msg_hdr.msg_iov = &iov[i];
		msgs[i].msg_hdr.msg_iovlen = 1;
	}
	clock_start(watch);
	if (sendmmsg(mnl_socket_get_fd(sock), msgs, nr, 0) != (int)nr)
		die_errno("sendmmsg");
	clock_stop(watch);
}

/* A next hop of the gateway @hop as an object has the number @hop. */
static size_t fib_message(char *buf, int type, int flags,
			  const struct prefix *p, uint32_t hop)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	uint8_t address[16];
	struct rtmsg *rtm;
	size_t len;

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	rtm = mnl_nlmsg_put_extra_header(nlh, sizeof(*rtm));
	rtm->rtm_family = prefix_family;
	rtm->rtm_dst_len = p->len;
	rtm->rtm_table = RT_TABLE_MAIN;
	rtm->rtm_protocol = RTPROT_STATIC;
	rtm->rtm_scope = RT_SCOPE_UNIVERSE;
	rtm->rtm_type = RTN_UNICAST;
	len = prefix_network(p, address);
	if (p->len)
		mnl_attr_put(nlh, RTA_DST, len, address);
	if (objects) {
		mnl_attr_put_u32(nlh, RTA_NH_ID, hop);
	} else {
		mnl_attr_put_u32(nlh, RTA_OIF, device);
		len = prefix_hop(hop, address);
		mnl_attr_put(nlh, RTA_GATEWAY, len, address);
	}
	return nlh->nlmsg_len;
}

static double fib_update(const char *what, int type, int flags,
			 const struct prefix *p, size_t n, unsigned int hops)
{
	struct stopwatch watch = {};
	size_t sizes[SENDS], i = 0;
	unsigned int nr, j;

	while (i < n) {
		for (nr = 0; nr < SENDS && i < n; nr++) {
			sizes[nr] = 0;
			for (j = 0; j < PACKED && i < n; j++, i++)
				sizes[nr] +=
					fib_message(send_bufs + nr * SEND_SIZE +
						    sizes[nr], type, flags,
						    &p[i],
						    prefix_gateway(&p[i]) +
						    hops);
		}
		fib_send(&watch, nr, sizes);
	}
	fib_check(what);
	return watch.ns / n;
}

/* @hops is as in struct rtm; a second route of a destination is appended. */
double fib_add(const struct prefix *p, size_t n, unsigned int hops)
{
	return fib_update("RTM_NEWROUTE", RTM_NEWROUTE,
			  NLM_F_CREATE | (hops ? NLM_F_APPEND : NLM_F_EXCL),
			  p, n, hops);
}

double fib_delete(const struct prefix *p, size_t n)
{
	return fib_update("RTM_DELROUTE", RTM_DELROUTE, 0, p, n, 0);
}

/* The routes by the device's gateways among those of a dump. */
static size_t fib_count(const char *buf, size_t size, bool *end)
{
	const struct nlmsghdr *nlh = (const struct nlmsghdr *)buf;
	int len = size;
	size_t n = 0;

	for (; mnl_nlmsg_ok(nlh, len); nlh = mnl_nlmsg_next(nlh, &len)) {
		const struct rtmsg *rtm = mnl_nlmsg_get_payload(nlh);

		if (nlh->nlmsg_type == NLMSG_DONE)
			*end = true;
		else if (nlh->nlmsg_type != RTM_NEWROUTE)
			die("the dump failed");
		else if (rtm->rtm_protocol == RTPROT_STATIC)
			n++;
	}
	return n;
}

double fib_enumerate(size_t n)
{
	struct mmsghdr msgs[DUMPS] = {};
	struct stopwatch watch = {};
	struct iovec iov[DUMPS];
	struct nlmsghdr *nlh;
	struct rtmsg *rtm;
	bool end = false;
	size_t done = 0;
	int nr, i;

	nlh = mnl_nlmsg_put_header(send_bufs);
	nlh->nlmsg_type = RTM_GETROUTE;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	rtm = mnl_nlmsg_put_extra_header(nlh, sizeof(*rtm));
	rtm->rtm_family = prefix_family;
	fib_send(&watch, 1, &(size_t){ nlh->nlmsg_len });
	for (i = 0; i < DUMPS; i++) {
		iov[i].iov_base = dump_bufs + i * DUMP_SIZE;
		iov[i].iov_len = DUMP_SIZE;
		msgs[i].msg_hdr.msg_iov = &iov[i];
		msgs[i].msg_hdr.msg_iovlen = 1;
	}
	while (!end) {
		clock_start(&watch);
		nr = recvmmsg(mnl_socket_get_fd(sock), msgs, DUMPS,
			      MSG_WAITFORONE, NULL);
		if (nr < 0)
			die_errno("recvmmsg");
		clock_stop(&watch);
		for (i = 0; i < nr; i++)
			done += fib_count(iov[i].iov_base, msgs[i].msg_len,
					  &end);
	}
	if (done != n)
		die("the FIB has %zu routes instead of %zu", done, n);
	return watch.ns / n;
}

static void fib_link(bool up, struct stopwatch *watch)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq req = { .ifr_flags = up ? IFF_UP : 0 };

	strcpy(req.ifr_name, FIB_DEVICE);
	clock_start(watch);
	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &req))
		die_errno("SIOCSIFFLAGS");
	clock_stop(watch);
	close(fd);
}

/* Flushes all routes; the time of all. */
double fib_link_down(void)
{
	struct stopwatch down = {}, up = {};

	fib_link(false, &down);
	fib_link(true, &up);
	return down.ns;
}

/* Next hops: objects numbered by their gateway, twice as many for hops. */
void fib_use_objects(bool use)
{
	struct stopwatch watch = {};
	size_t size = 0, len;
	uint8_t address[16];
	uint32_t hop;

	for (hop = GATEWAY_NET + 2; hop < GATEWAY_NET + 2 + 2 * GATEWAYS;
	     hop++) {
		struct nlmsghdr *nlh = mnl_nlmsg_put_header(send_bufs + size);
		struct nhmsg *nhm;

		nlh->nlmsg_type = use ? RTM_NEWNEXTHOP : RTM_DELNEXTHOP;
		nlh->nlmsg_flags = NLM_F_REQUEST |
				   (use ? NLM_F_CREATE | NLM_F_EXCL : 0);
		nhm = mnl_nlmsg_put_extra_header(nlh, sizeof(*nhm));
		nhm->nh_family = use ? prefix_family : AF_UNSPEC;
		mnl_attr_put_u32(nlh, NHA_ID, hop);
		if (use) {
			mnl_attr_put_u32(nlh, NHA_OIF, device);
			len = prefix_hop(hop, address);
			mnl_attr_put(nlh, NHA_GATEWAY, len, address);
		}
		size += nlh->nlmsg_len;
	}
	fib_send(&watch, 1, &size);
	fib_check("next hop objects");
	objects = use;
}
