// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Instructions that a single call takes above a null ioctl, where the time
 * stamp counter counts instructions (QEMU -icount shift=0, one CPU).
 * usage: icount prefixes
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <x86intrin.h>

#include <linux/rtm.h>

#include "common.h"
#include "prefix.h"
#include "rtm.h"

#define RIP		8
#define CALLS		4000
#define ROUNDS		5

/* Ends where nothing counts instructions: a loop of two has to take two. */
static void check_counter(void)
{
	unsigned long i = 1000000;
	uint64_t tsc = __rdtsc();

	__asm__ volatile("1: dec %0; jnz 1b" : "+r" (i));
	tsc = __rdtsc() - tsc;
	if (tsc < 1990000 || tsc > 2050000)
		die("2000000 instructions counted as %llu",
		    (unsigned long long)tsc);
}

static struct rtm_route_rec record(const struct rtm *rtm,
				   const struct prefix *p)
{
	__be32 net = htonl(p->net), hop = htonl(prefix_gateway(p));
	struct rtm_route_rec rec = {
		.interface = rtm->interface,
		.prefix_len = p->len,
		.metric = 1,
		.ttl = RTM_TTL_INFINITE,
	};

	memcpy(rec.network, &net, sizeof(net));
	memcpy(rec.next_hop, &hop, sizeof(hop));
	return rec;
}

static void null(struct rtm *rtm, const struct prefix *p)
{
	if (!ioctl(rtm->fd, 0, p) || errno != ENOTTY)
		die("the null ioctl is none");
}

static void update(struct rtm *rtm, unsigned int cmd, const struct prefix *p,
		   struct rtm_change_rec *result)
{
	struct rtm_route_rec rec = record(rtm, p);
	struct rtm_update arg = {
		.size = sizeof(arg),
		.client = rtm->client,
		.count = 1,
		.route_size = sizeof(rec),
		.routes = (uintptr_t)&rec,
		.result_size = result ? sizeof(*result) : 0,
		.results = (uintptr_t)result,
	};

	if (ioctl(rtm->fd, cmd, &arg) || (result && result->error))
		die_errno("update");
}

static void add(struct rtm *rtm, const struct prefix *p)
{
	update(rtm, RTM_IOC_ADD, p, NULL);
}

static void add_told(struct rtm *rtm, const struct prefix *p)
{
	struct rtm_change_rec result;

	update(rtm, RTM_IOC_ADD, p, &result);
}

static void delete(struct rtm *rtm, const struct prefix *p)
{
	update(rtm, RTM_IOC_DELETE, p, NULL);
}

static void lookup(struct rtm *rtm, const struct prefix *p, unsigned int flags)
{
	struct rtm_lookup_rec rec = { .route = record(rtm, p) };
	struct rtm_lookup arg = {
		.size = sizeof(arg),
		.family = RTM_FAMILY_IP,
		.flags = flags,
		.count = 1,
		.record_size = sizeof(rec),
		.records = (uintptr_t)&rec,
	};

	if (ioctl(rtm->fd, RTM_IOC_LOOKUP, &arg) || rec.error)
		die_errno("RTM_IOC_LOOKUP");
}

static void get(struct rtm *rtm, const struct prefix *p)
{
	lookup(rtm, p, 0);
}

static void match(struct rtm *rtm, const struct prefix *p)
{
	struct prefix address = { .net = p->net, .len = 32 };

	lookup(rtm, &address, RTM_LOOKUP_LONGEST);
}

static double count(struct rtm *rtm, const struct prefix *p,
		    void (*call)(struct rtm *rtm, const struct prefix *p))
{
	uint64_t tsc = __rdtsc();
	unsigned int i;

	for (i = 0; i < CALLS; i++)
		call(rtm, &p[i]);
	return (double)(__rdtsc() - tsc) / CALLS;
}

/* Interrupts only ever add. */
static void keep_least(double *least, double value)
{
	if (!*least || value < *least)
		*least = value;
}

int main(int argc, char **argv)
{
	enum { ADD, ADD_TOLD, DELETE, GET, MATCH, KINDS };
	static const char *const names[KINDS] = {
		"add", "add-told", "delete", "get", "match",
	};
	double least[KINDS] = {}, base = 0;
	struct prefix *extra, *inside;
	unsigned int round, i;
	struct prefixes set;
	struct rtm rtm;

	if (argc != 2)
		die("usage: icount prefixes");
	check_counter();
	set = prefixes_load(argv[1]);
	if (set.n < 4 * CALLS)
		die("too few prefixes");
	extra = set.random;
	inside = set.random + CALLS;
	rtm = rtm_client(RIP);
	rtm_add(&rtm, inside, set.n - CALLS, 1, 0);
	for (round = 0; round < ROUNDS; round++) {
		keep_least(&base, count(&rtm, extra, null));
		keep_least(&least[ADD], count(&rtm, extra, add));
		keep_least(&least[DELETE], count(&rtm, extra, delete));
		keep_least(&least[ADD_TOLD], count(&rtm, extra, add_told));
		count(&rtm, extra, delete);
		keep_least(&least[GET], count(&rtm, inside, get));
		keep_least(&least[MATCH], count(&rtm, inside, match));
	}
	for (i = 0; i < KINDS; i++)
		printf("%s %.0f\n", names[i], least[i] - base);
	printf("null %.0f\n", base);
	return 0;
}
