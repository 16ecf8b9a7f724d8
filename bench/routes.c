// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Adding, refreshing, deleting, enumerating, leaving: batches of this project
 * beside packed rtnetlink, in turns.
 * usage: routes prefixes rounds size...
 */
#include <stdio.h>
#include <stdlib.h>

#include "common.h"
#include "fib.h"
#include "prefix.h"
#include "rtm.h"

#define RIP	8	/* any routing protocols */
#define OSPF	13

static void sorted(const struct prefixes *set, unsigned int round)
{
	double add, refresh, delete, walk, peer_add, peer_delete, peer_walk;
	struct rtm rtm = rtm_client(RIP);
	struct pairs memory;

	add = rtm_add(&rtm, set->p, set->n, 1, 0);
	settle();
	refresh = rtm_add(&rtm, set->p, set->n, 1, 0);
	walk = rtm_enumerate(&rtm, set->n);
	delete = rtm_delete(&rtm, set->p, set->n);
	rtm_deregister(&rtm);
	rtm_close(&rtm);
	settle();
	peer_add = fib_add(set->p, set->n, 0);
	peer_walk = fib_enumerate(set->n);
	peer_delete = fib_delete(set->p, set->n);
	settle();
	memory = pairs_measure(set->n);
	row("add_sorted", set->n, round, add, peer_add, "ns");
	row("refresh", set->n, round, refresh, add, "ns");
	row("enumerate", set->n, round, walk, peer_walk, "ns");
	row("delete_sorted", set->n, round, delete, peer_delete, "ns");
	row("pair_get", set->n, round, memory.get, add, "ns");
	row("pair_put", set->n, round, memory.put, delete, "ns");
}

static void in_random_order(const struct prefixes *set, unsigned int round)
{
	double add, found, delete, peer_add, peer_delete;
	struct rtm rtm = rtm_client(RIP);

	add = rtm_add(&rtm, set->random, set->n, 1, 0);
	settle();
	found = rtm_add(&rtm, set->random, set->n, 1, 0);
	delete = rtm_delete(&rtm, set->random, set->n);
	rtm_deregister(&rtm);
	rtm_close(&rtm);
	settle();
	peer_add = fib_add(set->random, set->n, 0);
	peer_delete = fib_delete(set->random, set->n);
	settle();
	row("add_random", set->n, round, add, peer_add, "ns");
	row("delete_random", set->n, round, delete, peer_delete, "ns");
	/* Who deletes has to find. */
	row("find_random", set->n, round, found, peer_delete, "ns");
}

/* As FRR's zebra does it: the strongest peer that there is. */
static void objects(const struct prefixes *set, unsigned int round)
{
	double add, delete, peer_add, peer_delete;
	struct rtm rtm = rtm_client(RIP);

	add = rtm_add(&rtm, set->p, set->n, 1, 0);
	settle();
	delete = rtm_delete(&rtm, set->p, set->n);
	rtm_deregister(&rtm);
	rtm_close(&rtm);
	settle();
	fib_use_objects(true);
	peer_add = fib_add(set->p, set->n, 0);
	peer_delete = fib_delete(set->p, set->n);
	fib_use_objects(false);
	settle();
	row("add_sorted_objects", set->n, round, add, peer_add, "ns");
	row("delete_sorted_objects", set->n, round, delete, peer_delete, "ns");
}

static void leave(const struct prefixes *set, unsigned int round)
{
	struct rtm rip = rtm_client(RIP), ospf = rtm_client(OSPF);
	double stay, go, peer;

	/* The one that leaves has the best route of every second. */
	rtm_add(&rip, set->p, set->n, 1, 2);
	rtm_add(&ospf, set->p, set->n, 2, 0);
	settle();
	stay = rtm_deregister(&rip) / set->n;
	settle();
	go = rtm_deregister(&ospf) / set->n;
	rtm_close(&rip);
	rtm_close(&ospf);
	settle();
	fib_add(set->p, set->n, 0);
	peer = fib_link_down() / set->n;
	settle();
	row("leave_stay", set->n, round, stay, peer, "ns");
	row("leave_go", set->n, round, go, peer, "ns");
}

int main(int argc, char **argv)
{
	unsigned int rounds, round;
	struct prefixes all, set;
	int i;

	if (argc < 4)
		die("usage: routes prefixes rounds size...");
	all = prefixes_load(argv[1]);
	rounds = atoi(argv[2]);
	fib_open();
	for (i = 3; i < argc; i++) {
		set = prefixes_some(&all, argv[i]);
		for (round = 0; round <= rounds; round++) {
			clock_calibrate();
			sorted(&set, round);
			in_random_order(&set, round);
			objects(&set, round);
			leave(&set, round);
		}
		prefixes_free(&set);
	}
	prefixes_free(&all);
	return 0;
}
