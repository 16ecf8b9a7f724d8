// SPDX-License-Identifier: LGPL-2.1-or-later
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/rtm.h>

#include "fib.h"
#include "rtm.h"

/* Records a call: enough that the call itself does not count. */
#define BATCH	(1u << 17)

/* Bytes of a tree of real prefixes that may be compiled, and of one that was. */
#define LARGE	(3u << 20)
#define EMPTIED	(1u << 19)

#define SETTLE	DEBUGFS "settle"

static struct rtm_route_rec *records;

static unsigned int rtm_family(void)
{
	return prefix_family == AF_INET ? RTM_FAMILY_IP : RTM_FAMILY_IPV6;
}

static struct rtm rtm_open(void)
{
	struct rtm rtm = {
		.fd = open("/dev/rtm", O_RDWR | O_CLOEXEC),
		.interface = if_nametoindex(FIB_DEVICE),
	};

	if (rtm.fd < 0)
		die_errno("/dev/rtm");
	if (!rtm.interface)
		die_errno(FIB_DEVICE);
	if (!records)
		records = xalloc(BATCH, sizeof(*records));
	return rtm;
}

struct rtm rtm_client(unsigned int protocol)
{
	struct rtm rtm = rtm_open();
	struct rtm_register arg = {
		.size = sizeof(arg),
		.family = rtm_family(),
		.protocol = protocol,
	};

	if (ioctl(rtm.fd, RTM_IOC_REGISTER, &arg))
		die_errno("RTM_IOC_REGISTER");
	rtm.client = arg.client;
	return rtm;
}

struct rtm_stats rtm_stats(const struct rtm *rtm)
{
	struct rtm_stats arg = { .size = sizeof(arg), .family = rtm_family() };

	if (ioctl(rtm->fd, RTM_IOC_STATS, &arg))
		die_errno("RTM_IOC_STATS");
	return arg;
}

/* rtm_bench.ko does at once what is to be done, where it is loaded. */
static bool settle_now(void)
{
	FILE *f = fopen(SETTLE, "r");

	if (!f && errno == ENOENT)
		return false;
	if (!f)
		die_errno(SETTLE);
	if (fgetc(f) == EOF)
		die("%s: nothing", SETTLE);
	fclose(f);
	return true;
}

void settle(void)
{
	unsigned long long before;
	struct rtm_stats stats;
	struct rtm rtm;
	bool later;

	if (settle_now())
		return;
	rtm = rtm_open();
	stats = rtm_stats(&rtm);
	do {
		before = stats.node_bytes;
		/* It begins half a second after the last change, or sooner. */
		later = prefix_family == AF_INET &&
			before > (stats.routes ? LARGE : EMPTIED);
		usleep(later ? 900000 : 100000);
		stats = rtm_stats(&rtm);
	} while (stats.node_bytes != before);
	close(rtm.fd);
}

struct rtm rtm_watcher(void)
{
	struct rtm_watch arg = { .size = sizeof(arg), .family = rtm_family() };
	struct rtm rtm = rtm_open();

	if (ioctl(rtm.fd, RTM_IOC_WATCH, &arg))
		die_errno("RTM_IOC_WATCH");
	return rtm;
}

void rtm_close(struct rtm *rtm)
{
	close(rtm->fd);
	rtm->fd = -1;
}

void rtm_record(const struct rtm *rtm, struct rtm_route_rec *rec,
		const struct prefix *p, unsigned int metric)
{
	memset(rec, 0, sizeof(*rec));
	rec->interface = rtm->interface;
	prefix_network(p, rec->network);
	prefix_hop(prefix_gateway(p) + rtm->hops, rec->next_hop);
	rec->prefix_len = p->len;
	rec->metric = metric;
	rec->ttl = rtm->ttl ? rtm->ttl : RTM_TTL_INFINITE;
}

static void rtm_limit(unsigned int id, unsigned long long value)
{
	struct rtm_limit arg = { .size = sizeof(arg), .id = id, .value = value };
	struct rtm rtm = rtm_open();

	if (ioctl(rtm.fd, RTM_IOC_LIMIT_SET, &arg))
		die_errno("RTM_IOC_LIMIT_SET");
	rtm_close(&rtm);
}

void rtm_allow(unsigned long long routes)
{
	rtm_limit(RTM_LIMIT_ROUTES, routes);
	rtm_limit(RTM_LIMIT_CLIENT_ROUTES, routes);
}

static double rtm_update(struct rtm *rtm, unsigned int cmd,
			 const struct prefix *p, size_t n, unsigned int metric,
			 unsigned int odd)
{
	struct stopwatch watch = {};
	struct rtm_update arg;
	unsigned int nr, i;
	size_t done;

	for (done = 0; done < n; done += nr) {
		nr = n - done < BATCH ? n - done : BATCH;
		for (i = 0; i < nr; i++)
			rtm_record(rtm, &records[i], &p[done + i],
				   metric + (i % 2) * odd);
		arg = (struct rtm_update){
			.size = sizeof(arg),
			.client = rtm->client,
			.count = nr,
			.route_size = sizeof(*records),
			.routes = (uintptr_t)records,
		};
		clock_start(&watch);
		if (ioctl(rtm->fd, cmd, &arg))
			die_errno(cmd == RTM_IOC_ADD ? "RTM_IOC_ADD" :
						       "RTM_IOC_DELETE");
		clock_stop(&watch);
	}
	return watch.ns / n;
}

double rtm_add(struct rtm *rtm, const struct prefix *p, size_t n,
	       unsigned int metric, unsigned int odd)
{
	return rtm_update(rtm, RTM_IOC_ADD, p, n, metric, odd);
}

double rtm_add_nth(struct rtm *rtm, uint32_t first, size_t n,
		   unsigned int metric)
{
	static struct prefix slice[BATCH];
	unsigned int nr, i;
	double ns = 0;
	size_t done;

	for (done = 0; done < n; done += nr) {
		nr = n - done < BATCH ? n - done : BATCH;
		for (i = 0; i < nr; i++)
			slice[i] = prefix_nth(first + done + i);
		ns += nr * rtm_add(rtm, slice, nr, metric, 0);
	}
	return ns / n;
}

double rtm_delete(struct rtm *rtm, const struct prefix *p, size_t n)
{
	return rtm_update(rtm, RTM_IOC_DELETE, p, n, 0, 0);
}

/* All routes, of which there must be @n. */
double rtm_enumerate(struct rtm *rtm, size_t n)
{
	struct rtm_get arg = { .size = sizeof(arg), .family = rtm_family() };
	struct stopwatch watch = {};
	size_t done = 0;

	do {
		arg.count = BATCH;
		arg.route_size = sizeof(*records);
		arg.routes = (uintptr_t)records;
		arg.done = 0;
		clock_start(&watch);
		if (ioctl(rtm->fd, RTM_IOC_GET, &arg))
			die_errno("RTM_IOC_GET");
		clock_stop(&watch);
		done += arg.done;
		arg.flags = RTM_GET_AFTER;
	} while (arg.done == BATCH && done < n);
	if (done != n)
		die("%zu routes instead of %zu", done, n);
	return watch.ns / n;
}

/* The time of all. */
double rtm_deregister(struct rtm *rtm)
{
	struct rtm_handle arg = { .size = sizeof(arg), .handle = rtm->client };
	struct stopwatch watch = {};

	clock_start(&watch);
	if (ioctl(rtm->fd, RTM_IOC_DEREGISTER, &arg))
		die_errno("RTM_IOC_DEREGISTER");
	clock_stop(&watch);
	rtm->client = 0;
	return watch.ns;
}

static double rtm_look_up(struct rtm *rtm, struct rtm_lookup_rec *recs,
			  unsigned int flags, unsigned int nr,
			  unsigned long long *sum)
{
	struct rtm_lookup arg = {
		.size = sizeof(arg),
		.family = RTM_FAMILY_IP,
		.flags = flags,
		.count = nr,
		.record_size = sizeof(*recs),
		.records = (uintptr_t)recs,
	};
	struct stopwatch watch = {};
	unsigned int i;
	__be32 word;

	clock_start(&watch);
	if (ioctl(rtm->fd, RTM_IOC_LOOKUP, &arg))
		die_errno("RTM_IOC_LOOKUP");
	clock_stop(&watch);
	for (i = 0; i < nr; i++) {
		if (recs[i].error)
			continue;
		memcpy(&word, recs[i].route.next_hop, sizeof(word));
		*sum += ntohl(word);
	}
	return watch.ns;
}

static struct rtm_lookup_rec *rtm_questions(unsigned int nr)
{
	static struct rtm_lookup_rec *recs;

	if (!recs)
		recs = xalloc(BATCH, sizeof(*recs));
	return memset(recs, 0, nr * sizeof(*recs));
}

double rtm_match(struct rtm *rtm, const uint32_t *addresses, size_t n,
		 unsigned long long *sum)
{
	struct rtm_lookup_rec *recs;
	unsigned int nr, i;
	size_t done;
	__be32 word;
	double ns = 0;

	*sum = 0;
	for (done = 0; done < n; done += nr) {
		nr = n - done < BATCH ? n - done : BATCH;
		recs = rtm_questions(nr);
		for (i = 0; i < nr; i++) {
			word = htonl(addresses[done + i]);
			memcpy(recs[i].route.network, &word, sizeof(word));
			recs[i].route.prefix_len = 32;
		}
		ns += rtm_look_up(rtm, recs, RTM_LOOKUP_LONGEST, nr, sum);
	}
	return ns / n;
}

double rtm_get(struct rtm *rtm, const struct prefix *p, size_t n,
	       unsigned long long *sum)
{
	struct rtm_lookup_rec *recs;
	unsigned int nr, i;
	size_t done;
	double ns = 0;

	*sum = 0;
	for (done = 0; done < n; done += nr) {
		nr = n - done < BATCH ? n - done : BATCH;
		recs = rtm_questions(nr);
		for (i = 0; i < nr; i++) {
			prefix_network(&p[done + i], recs[i].route.network);
			recs[i].route.prefix_len = p[done + i].len;
		}
		ns += rtm_look_up(rtm, recs, 0, nr, sum);
	}
	return ns / n;
}
