// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Instructions that a single call takes above a null ioctl, where the time
 * stamp counter counts instructions (QEMU -icount shift=0, one CPU).
 * usage: icount prefixes
 */
#include <arpa/inet.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <x86intrin.h>

#include <linux/rtm.h>

#include "common.h"
#include "prefix.h"
#include "rtm.h"

#define RIP		8
#define CALLS		4000
#define ROUNDS		5
#define SETTLE_USEC	250000

/*
 * Ends where nothing counts instructions: a loop of two has to take two, when
 * no interrupt comes.
 */
static void check_counter(void)
{
	uint64_t tsc, least = UINT64_MAX;
	unsigned int round;

	for (round = 0; round < 100; round++) {
		unsigned long i = 10000;

		tsc = __rdtsc();
		__asm__ volatile("1: dec %0; jnz 1b" : "+r" (i));
		tsc = __rdtsc() - tsc;
		if (tsc < least)
			least = tsc;
	}
	if (least < 19990 || least > 20100)
		die("20000 instructions counted as %llu",
		    (unsigned long long)least);
}

/* What a call needs, made ready before it is counted. */
static struct call {
	union {
		struct rtm_update update;
		struct rtm_lookup lookup;
	};
	struct rtm_lookup_rec rec;
	struct rtm_change_rec result;
} calls[CALLS];

static void update(const struct rtm *rtm, const struct prefix *p, bool told)
{
	unsigned int i;

	for (i = 0; i < CALLS; i++) {
		struct call *call = &calls[i];

		rtm_record(rtm, &call->rec.route, &p[i], 1);
		call->result.error = 0;
		call->update = (struct rtm_update){
			.size = sizeof(call->update),
			.client = rtm->client,
			.count = 1,
			.route_size = sizeof(call->rec.route),
			.routes = (uintptr_t)&call->rec.route,
			.result_size = told ? sizeof(call->result) : 0,
			.results = told ? (uintptr_t)&call->result : 0,
		};
	}
}

static void lookup(const struct rtm *rtm, const struct prefix *p,
		   unsigned int flags)
{
	unsigned int i;

	for (i = 0; i < CALLS; i++) {
		struct call *call = &calls[i];

		rtm_record(rtm, &call->rec.route, &p[i], 1);
		if (flags & RTM_LOOKUP_LONGEST)
			call->rec.route.prefix_len = 32;
		call->rec.error = 1;
		call->lookup = (struct rtm_lookup){
			.size = sizeof(call->lookup),
			.family = RTM_FAMILY_IP,
			.flags = flags,
			.count = 1,
			.record_size = sizeof(call->rec),
			.records = (uintptr_t)&call->rec,
		};
	}
}

static unsigned int done(const struct call *call, unsigned int cmd)
{
	return cmd == RTM_IOC_LOOKUP ? call->lookup.done : call->update.done;
}

/* Instructions that a call takes; each is made ready once. */
static double count(const struct rtm *rtm, unsigned int cmd)
{
	unsigned int i;
	uint64_t tsc;
	int err = 0;

	for (i = 0; cmd && i < CALLS; i++)
		if (done(&calls[i], cmd))
			die("a call was made already");
	/* What the calls before have left to be freed is not this one's. */
	usleep(SETTLE_USEC);
	tsc = __rdtsc();
	for (i = 0; i < CALLS; i++)
		err |= ioctl(rtm->fd, cmd, &calls[i]);
	tsc = __rdtsc() - tsc;
	if (!cmd != !!err)
		die("a call went wrong");
	for (i = 0; cmd && i < CALLS; i++) {
		const struct call *call = &calls[i];

		if (done(call, cmd) != 1 ||
		    (cmd == RTM_IOC_LOOKUP ? call->rec.error :
					     call->result.error))
			die("a record went wrong");
	}
	return (double)tsc / CALLS;
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
		update(&rtm, extra, false);
		keep_least(&base, count(&rtm, 0));
		keep_least(&least[ADD], count(&rtm, RTM_IOC_ADD));
		update(&rtm, extra, false);
		keep_least(&least[DELETE], count(&rtm, RTM_IOC_DELETE));
		update(&rtm, extra, true);
		keep_least(&least[ADD_TOLD], count(&rtm, RTM_IOC_ADD));
		update(&rtm, extra, false);
		count(&rtm, RTM_IOC_DELETE);
		lookup(&rtm, inside, 0);
		keep_least(&least[GET], count(&rtm, RTM_IOC_LOOKUP));
		lookup(&rtm, inside, RTM_LOOKUP_LONGEST);
		keep_least(&least[MATCH], count(&rtm, RTM_IOC_LOOKUP));
	}
	for (i = 0; i < KINDS; i++)
		printf("%s %.0f\n", names[i], least[i] - base);
	printf("null %.0f\n", base);
	return 0;
}
