// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Longest match inside the kernel, by rtm_bench.ko, and from user space in
 * batches: the same addresses in the same routes, ours and the FIB's, of IPv4.
 * Their sums of next hops must be equal.
 * usage: match prefixes rounds size...
 */
#include <stdio.h>
#include <stdlib.h>

#include "common.h"
#include "fib.h"
#include "prefix.h"
#include "rtm.h"

#define RIP		8
#define ADDRESSES	(1u << 20)

static uint32_t addresses[ADDRESSES];

/* Unicast, and none that the FIB keeps routes of its own for. */
static uint32_t random_address(void)
{
	uint32_t addr;

	do {
		addr = 0x01000000 + random_below(0xdf000000);
	} while (addr >> 24 == 127 || addr >> 8 == GATEWAY_NET >> 8);
	return addr;
}

static void compare(struct rtm *rtm, const char *addrs, size_t size,
		    unsigned int rounds)
{
	unsigned long long sum, copied, batched, peer_sum;
	double match, copy, batch, peer;
	unsigned int round;
	char what[64];

	for (round = 0; round <= rounds; round++) {
		match = loop_run("match", ADDRESSES, &sum);
		peer = loop_run("fib", ADDRESSES, &peer_sum);
		copy = loop_run("lookup", ADDRESSES, &copied);
		clock_calibrate();
		batch = rtm_match(rtm, addresses, ADDRESSES, &batched);
		if (sum != peer_sum || copied != peer_sum ||
		    batched != peer_sum)
			die("%s: sums %llx, with copies %llx, in batches %llx, of the FIB %llx",
			    addrs, sum, copied, batched, peer_sum);
		snprintf(what, sizeof(what), "match_%s", addrs);
		row(what, size, round, match, peer, "ns");
		snprintf(what, sizeof(what), "match_copied_%s", addrs);
		row(what, size, round, copy, peer, "ns");
		snprintf(what, sizeof(what), "match_batched_%s", addrs);
		row(what, size, round, batch, peer, "ns");
	}
	printf("# match_%s %zu: sum of next hops %llx\n", addrs, size, sum);
}

static void measure(const struct prefixes *all, const char *size,
		    unsigned int rounds)
{
	struct prefixes set = prefixes_some(all, size);
	struct prefixes nested = prefixes_covered(&set);
	struct rtm rtm = rtm_client(RIP);
	const struct prefix *p;
	size_t i;

	rtm_add(&rtm, nested.p, nested.n, 1, 0);
	fib_add(nested.p, nested.n, 0);
	settle();
	for (i = 0; i < ADDRESSES; i++)
		addresses[i] = random_address();
	loop_give(addresses, ADDRESSES);
	compare(&rtm, "uniform", set.n, rounds);
	for (i = 0; i < ADDRESSES; i++) {
		p = &set.p[random_below(set.n)];
		addresses[i] = p->net;
		if (p->len < 32)
			addresses[i] |= random_below(1u << (32 - p->len));
	}
	loop_give(addresses, ADDRESSES);
	compare(&rtm, "in_table", set.n, rounds);
	rtm_deregister(&rtm);
	rtm_close(&rtm);
	fib_link_down();
	settle();
	prefixes_free(&set);
	prefixes_free(&nested);
}

int main(int argc, char **argv)
{
	struct prefixes all;
	int i;

	if (argc < 4)
		die("usage: match prefixes rounds size...");
	all = prefixes_load(argv[1]);
	fib_open();
	for (i = 3; i < argc; i++)
		measure(&all, argv[i], atoi(argv[2]));
	prefixes_free(&all);
	return 0;
}
