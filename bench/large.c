// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What an operation costs in a large table, ten routes to each of a million
 * destinations, beside what it costs in one with a hundred thousand that have one
 * each; and what share of a CPU ageing takes for five million routes: for how long
 * work items hold the table's mutex. rtm_bench.ko tells.
 * usage: large rounds
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "common.h"
#include "fib.h"
#include "rtm.h"

#define OSPF		13	/* any routing protocol */
#define SMALL		100000u
#define LARGE		1000000u
#define EACH		10
#define SAMPLE		100000u

#define AGEING		5000000u
#define REFRESH		30	/* seconds from one refresh of a route to the next */
#define TTL		180	/* as RIP has it */
#define FASTER		6	/* times, and so what is measured is so many times the share */

enum operation { ADD, REPLACE, REFRESHED, DELETE, GET, MATCH, OPERATIONS };

static const char *const names[OPERATIONS] = {
	[ADD] = "large_add",
	[REPLACE] = "large_replace",
	[REFRESHED] = "large_refresh",
	[DELETE] = "large_delete",
	[GET] = "large_get",
	[MATCH] = "large_match",
};

static struct prefix sample[SAMPLE];
static uint32_t addresses[SAMPLE];

/*
 * Of destinations at random, none twice: @n is a multiple of SAMPLE, and so one of
 * each @n / SAMPLE is taken.
 */
static void choose(uint32_t n)
{
	uint32_t i;

	for (i = 0; i < SAMPLE; i++)
		sample[i] = prefix_nth(i * (n / SAMPLE) +
				       random_below(n / SAMPLE));
	prefix_shuffle(sample, SAMPLE);
	for (i = 0; i < SAMPLE; i++)
		addresses[i] = sample[i].net | random_below(256);
}

/* Of one of @each routes to every destination: of the best one, or of others. */
static double update(struct rtm *rtm, unsigned int each, unsigned int metric,
		     bool delete)
{
	const unsigned int some = SAMPLE / each;
	double ns = 0;

	for (rtm->hops = 0; rtm->hops < each; rtm->hops++) {
		const struct prefix *p = sample + rtm->hops * some;

		ns += delete ? rtm_delete(rtm, p, some) :
			       rtm_add(rtm, p, some, metric + rtm->hops, 0);
	}
	return ns / each;
}

/* Where @n destinations have @each. */
static void operations(uint32_t n, unsigned int each, double ns[OPERATIONS],
		       double *ring)
{
	unsigned long long sum, matched;
	struct rtm rtm = rtm_client(OSPF);

	for (rtm.hops = 0; rtm.hops < each; rtm.hops++)
		rtm_add_nth(&rtm, 0, n, 1 + rtm.hops);
	settle();
	choose(n);
	clock_calibrate();
	ns[REFRESHED] = update(&rtm, each, 1, false);
	ns[GET] = rtm_get(&rtm, sample, SAMPLE, &sum);
	ns[MATCH] = rtm_match(&rtm, addresses, SAMPLE, &matched);
	if (!sum || sum != matched)
		die("sums of next hops: %llx, matched %llx", sum, matched);
	ns[DELETE] = update(&rtm, each, 1, true);
	ns[ADD] = update(&rtm, each, 1, false);
	ns[REPLACE] = update(&rtm, each, 0, false);
	/* Of others, which are not in the cache. */
	choose(n);
	loop_give(addresses, SAMPLE);
	*ring = loop_run("ring", SAMPLE, &sum);
	if (!sum)
		die("no routes to follow");
	rtm_deregister(&rtm);
	rtm_close(&rtm);
	settle();
}

static void compare(unsigned int round)
{
	double small[OPERATIONS], large[OPERATIONS], alone, ring;
	unsigned int i;

	operations(SMALL, 1, small, &alone);
	operations(LARGE, EACH, large, &ring);
	for (i = 0; i < OPERATIONS; i++)
		row(names[i], LARGE, round, large[i], small[i], "ns");
	/* What the loop takes is the same. */
	row("large_ring", LARGE, round, ring - alone, large[REFRESHED], "ns");
}

static void sleep_until(uint64_t ns)
{
	while (now_ns() < ns)
		nanosleep(&(struct timespec){ .tv_nsec = 10000000 }, NULL);
}

/*
 * Routes are refreshed, and looked at when they would have expired, for three
 * times as long as they live without it. The first of that does not count.
 */
static void ageing(void)
{
	const unsigned int turns = TTL / REFRESH;
	unsigned int turn, round = 0;
	struct rtm rtm = rtm_client(OSPF);
	struct hold hold = {};
	uint64_t began, due;

	rtm.ttl = TTL / FASTER;
	rtm_add_nth(&rtm, 0, AGEING, 1);
	hold_read(&hold);
	began = now_ns();
	for (turn = 1; turn <= 3 * turns; turn++) {
		due = began + turn * (REFRESH * 1000000000ull / FASTER);
		if (now_ns() > due)
			die("refreshing took too long");
		sleep_until(due);
		if (turn % turns == 0) {
			if (!hold_read(&hold))
				die("rtm_bench.ko is not loaded");
			row("ageing", AGEING, round++,
			    1e6 * hold.by_work / (TTL * 1e9), 0, "ppm");
		}
		rtm_add_nth(&rtm, 0, AGEING, 1);
	}
	/* Dies if one has expired. */
	rtm_enumerate(&rtm, AGEING);
	rtm_deregister(&rtm);
	rtm_close(&rtm);
	settle();
}

int main(int argc, char **argv)
{
	unsigned int rounds, round;

	if (argc != 2)
		die("usage: large rounds");
	rounds = atoi(argv[1]);
	rtm_allow(2ull * EACH * LARGE);
	for (round = 0; round <= rounds; round++)
		compare(round);
	ageing();
	return 0;
}
