// SPDX-License-Identifier: LGPL-2.1-or-later
#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/filter.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "alloc.h"
#include "netlink.h"

#define SEND_SIZE	(64 * 1024)
#define READ_SIZE	(32 * 1024)	/* the kernel sends no more at once */
#define READS		64		/* before others have their turn */

static struct mnl_socket *changing, *reading, *listening;

static char send_buf[SEND_SIZE];
static size_t send_len;
static unsigned int send_nr;
static uint32_t sequence;
static uint32_t dump_sequence;
static bool dump_incomplete, dump_interrupted;

__attribute__((noreturn)) static void die(const char *what)
{
	perror(what);
	exit(EXIT_FAILURE);
}

static struct mnl_socket *open_socket(unsigned int bytes)
{
	struct mnl_socket *sock = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	int size = bytes;

	if (!sock || mnl_socket_bind(sock, 0, MNL_SOCKET_AUTOPID))
		die("netlink");
	if (bytes && setsockopt(mnl_socket_get_fd(sock), SOL_SOCKET,
				SO_RCVBUFFORCE, &size, sizeof(size)))
		die("SO_RCVBUFFORCE");
	return sock;
}

/* Drops in the kernel what the changing socket's own changes make it say. */
static void ignore_own(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct nlmsghdr, nlmsg_pid)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
			 htonl(mnl_socket_get_portid(changing)), 0, 1),
		BPF_STMT(BPF_RET | BPF_K, 0),
		BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
	};
	struct sock_fprog program = {
		.len = sizeof(code) / sizeof(*code),
		.filter = code,
	};

	if (setsockopt(mnl_socket_get_fd(listening), SOL_SOCKET,
		       SO_ATTACH_FILTER, &program, sizeof(program)))
		die("SO_ATTACH_FILTER");
}

static void listen_to(int group)
{
	if (mnl_socket_setsockopt(listening, NETLINK_ADD_MEMBERSHIP, &group,
				  sizeof(group)))
		die("NETLINK_ADD_MEMBERSHIP");
}

void netlink_open(unsigned int bytes)
{
	static const int groups[] = {
		RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR,
		RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_ROUTE, RTNLGRP_NEXTHOP,
	};
	int on = 1;
	size_t i;

	changing = open_socket(bytes);
	reading = open_socket(bytes);
	listening = open_socket(bytes);
	/* So that many errors find room. */
	mnl_socket_setsockopt(changing, NETLINK_CAP_ACK, &on, sizeof(on));
	/* The kernel leaves out what is of no interest. */
	mnl_socket_setsockopt(reading, NETLINK_GET_STRICT_CHK, &on, sizeof(on));
	ignore_own();
	for (i = 0; i < sizeof(groups) / sizeof(*groups); i++)
		listen_to(groups[i]);
}

void *netlink_room(size_t size)
{
	if (send_nr == CHANGES_MAX || send_len + size > SEND_SIZE)
		return NULL;
	return send_buf + send_len;
}

void netlink_add(struct nlmsghdr *nlh)
{
	nlh->nlmsg_seq = sequence + send_nr++;
	send_len += NLMSG_ALIGN(nlh->nlmsg_len);
}

/*
 * The kernel works while sendmsg() does, and what it has to say is in the
 * receive buffer after that: errors, and the answer to the last one, which
 * alone asked for it. Where that is missing something may have been lost.
 */
static bool collect(int *errors, uint32_t first, unsigned int nr)
{
	char buf[READ_SIZE];
	bool answered = false, lost = false;
	ssize_t len;

	for (;;) {
		const struct nlmsghdr *nlh = (struct nlmsghdr *)buf;
		int left;

		len = recv(mnl_socket_get_fd(changing), buf, sizeof(buf),
			   MSG_DONTWAIT);
		if (len < 0 && errno == EAGAIN)
			return answered && !lost;
		if (len < 0) {
			lost |= errno != EINTR;
			continue;
		}
		for (left = len; mnl_nlmsg_ok(nlh, left);
		     nlh = mnl_nlmsg_next(nlh, &left)) {
			const struct nlmsgerr *err = mnl_nlmsg_get_payload(nlh);
			uint32_t i = nlh->nlmsg_seq - first;

			if (nlh->nlmsg_type != NLMSG_ERROR || i >= nr)
				continue;
			errors[i] = -err->error;
			if (i == nr - 1)
				answered = true;
		}
	}
}

void netlink_change(int *errors)
{
	struct nlmsghdr *last = (struct nlmsghdr *)send_buf;
	unsigned int i, nr = send_nr;
	uint32_t first = sequence;
	size_t len = send_len;

	send_len = 0;
	send_nr = 0;
	sequence += nr;
	if (!nr)
		return;
	for (i = 0; i < nr - 1; i++)
		last = (struct nlmsghdr *)((char *)last +
					   NLMSG_ALIGN(last->nlmsg_len));
	last->nlmsg_flags |= NLM_F_ACK;
	memset(errors, 0, nr * sizeof(*errors));
	/* Nothing was done of what could not be sent. */
	if (mnl_socket_sendto(changing, send_buf, len) < 0) {
		for (i = 0; i < nr; i++)
			errors[i] = errno;
		return;
	}
	if (collect(errors, first, nr))
		return;
	for (i = 0; i < nr; i++)
		if (!errors[i])
			errors[i] = EUNKNOWN;
}

int netlink_dump_fd(void)
{
	return mnl_socket_get_fd(reading);
}

static void dump(struct nlmsghdr *nlh)
{
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	nlh->nlmsg_seq = ++dump_sequence;
	dump_incomplete = false;
	dump_interrupted = false;
	if (mnl_socket_sendto(reading, nlh, nlh->nlmsg_len) < 0)
		die("netlink dump");
}

void netlink_dump_links(void)
{
	char buf[256];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);

	nlh->nlmsg_type = RTM_GETLINK;
	mnl_nlmsg_put_extra_header(nlh, sizeof(struct ifinfomsg));
	dump(nlh);
}

void netlink_dump_routes(int family, uint32_t table)
{
	char buf[256];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct rtmsg *rtm;

	nlh->nlmsg_type = RTM_GETROUTE;
	rtm = mnl_nlmsg_put_extra_header(nlh, sizeof(*rtm));
	rtm->rtm_family = family;
	mnl_attr_put_u32(nlh, RTA_TABLE, table);
	dump(nlh);
}

static enum dump end_of_dump(const struct nlmsghdr *nlh)
{
	int error = 0;

	if (nlh->nlmsg_type == NLMSG_ERROR)
		error = ((struct nlmsgerr *)mnl_nlmsg_get_payload(nlh))->error;
	else if (mnl_nlmsg_get_payload_len(nlh) >= sizeof(int))
		error = *(int *)mnl_nlmsg_get_payload(nlh);
	/* A table that nobody has used yet has no routes. */
	if (dump_incomplete || (error && error != -ENOENT))
		return DUMP_FAILED;
	return dump_interrupted ? DUMP_INTERRUPTED : DUMP_DONE;
}

enum dump netlink_dump_read(void (*message)(const struct nlmsghdr *nlh))
{
	char buf[READ_SIZE];
	const struct nlmsghdr *nlh = (struct nlmsghdr *)buf;
	ssize_t len;
	int left;

	len = recv(netlink_dump_fd(), buf, sizeof(buf), MSG_DONTWAIT);
	if (len < 0) {
		/* The kernel had no memory for a part; it goes on after it. */
		if (errno != EAGAIN && errno != EINTR)
			dump_incomplete = true;
		return DUMP_MORE;
	}
	for (left = len; mnl_nlmsg_ok(nlh, left);
	     nlh = mnl_nlmsg_next(nlh, &left)) {
		/* Of a dump before this one that failed. */
		if (nlh->nlmsg_seq != dump_sequence)
			continue;
		if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
			dump_interrupted = true;
		if (nlh->nlmsg_type == NLMSG_DONE ||
		    nlh->nlmsg_type == NLMSG_ERROR)
			return end_of_dump(nlh);
		message(nlh);
	}
	return DUMP_MORE;
}

int netlink_monitor_fd(void)
{
	return mnl_socket_get_fd(listening);
}

bool netlink_monitor_read(void (*message)(const struct nlmsghdr *nlh))
{
	bool complete = true;
	char buf[READ_SIZE];
	ssize_t len;
	int i, left;

	for (i = 0; i < READS; i++) {
		const struct nlmsghdr *nlh = (struct nlmsghdr *)buf;

		len = recv(netlink_monitor_fd(), buf, sizeof(buf),
			   MSG_DONTWAIT);
		if (len < 0 && errno == ENOBUFS)
			complete = false;
		else if (len < 0 && errno != EINTR)
			break;
		if (len < 0)
			continue;
		for (left = len; mnl_nlmsg_ok(nlh, left);
		     nlh = mnl_nlmsg_next(nlh, &left))
			message(nlh);
	}
	return complete;
}
