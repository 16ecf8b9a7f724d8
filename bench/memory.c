// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Memory of a table: what slabs and vmalloc grow by. "rtm" is our caches,
 * "ip_fib" and "fib6" the FIB's, kmalloc and vmalloc count for who adds at the
 * time.
 * usage: memory prefixes rounds size...
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common.h"
#include "fib.h"
#include "prefix.h"
#include "rtm.h"

#define RIP	8

static double vmalloc_bytes(void)
{
	FILE *f = fopen("/proc/meminfo", "r");
	unsigned long kib = 0;
	char line[256];

	if (!f)
		die_errno("/proc/meminfo");
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "VmallocUsed: %lu kB", &kib) == 1)
			break;
	fclose(f);
	return kib * 1024.0;
}

static double used(void)
{
	settle();
	return slab_bytes("rtm") + slab_bytes("ip_fib") + slab_bytes("fib6") +
	       slab_bytes("kmalloc") + vmalloc_bytes();
}

static void measure(const struct prefixes *set, unsigned int round)
{
	double before, one, two, peer_before, peer_one, peer_two;
	struct rtm rtm = rtm_client(RIP);

	before = used();
	rtm_add(&rtm, set->p, set->n, 1, 0);
	one = used();
	rtm.hops = GATEWAYS;
	rtm_add(&rtm, set->p, set->n, 1, 0);
	two = used();
	rtm_deregister(&rtm);
	rtm_close(&rtm);
	settle();

	peer_before = used();
	fib_add(set->p, set->n, 0);
	peer_one = used();
	fib_add(set->p, set->n, GATEWAYS);
	peer_two = used();
	fib_link_down();
	settle();
	one -= before;
	two -= before + one;
	peer_one -= peer_before;
	peer_two -= peer_before + peer_one;
	row("memory_dest", set->n, round, one / set->n, peer_one / set->n,
	    "bytes");
	/* The goal compares with what a destination costs there. */
	row("memory_route", set->n, round, two / set->n, peer_one / set->n,
	    "bytes");
	row("memory_route_each", set->n, round, two / set->n,
	    peer_two / set->n, "bytes");
}

int main(int argc, char **argv)
{
	unsigned int rounds, round;
	struct prefixes all, set;
	int i;

	if (argc < 4)
		die("usage: memory prefixes rounds size...");
	all = prefixes_load(argv[1]);
	rounds = atoi(argv[2]);
	fib_open();
	for (i = 3; i < argc; i++) {
		set = prefixes_some(&all, argv[i]);
		for (round = 0; round <= rounds; round++)
			measure(&set, round);
		prefixes_free(&set);
	}
	prefixes_free(&all);
	return 0;
}
