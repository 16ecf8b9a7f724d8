// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What a change costs for each further client that has been signalled already
 * and does not read, beside a further listener to rtnetlink.
 * usage: notify prefixes rounds changes
 */
#include <stdlib.h>
#include <unistd.h>

#include "common.h"
#include "fib.h"
#include "prefix.h"
#include "rtm.h"

#define RIP	8
#define FURTHER	32

static double ours(const struct prefixes *set, unsigned int nr)
{
	struct rtm rtm = rtm_client(RIP), watchers[1 + FURTHER];
	unsigned int i;
	double ns;

	for (i = 0; i < nr; i++)
		watchers[i] = rtm_watcher();
	/* The first change is the one that signals. */
	rtm_add(&rtm, set->p, 1, 1, 0);
	ns = rtm_add(&rtm, set->p + 1, set->n - 1, 1, 0);
	for (i = 0; i < nr; i++)
		rtm_close(&watchers[i]);
	rtm_deregister(&rtm);
	rtm_close(&rtm);
	settle();
	return ns;
}

static double peer(const struct prefixes *set, unsigned int nr)
{
	int listeners[1 + FURTHER];
	unsigned int i;
	double ns;

	for (i = 0; i < nr; i++)
		listeners[i] = fib_listener();
	fib_add(set->p, 1, 0);
	ns = fib_add(set->p + 1, set->n - 1, 0);
	for (i = 0; i < nr; i++)
		close(listeners[i]);
	fib_link_down();
	settle();
	return ns;
}

int main(int argc, char **argv)
{
	double one, peer_one, many, peer_many;
	unsigned int rounds, round;
	struct prefixes all, set;

	if (argc != 4)
		die("usage: notify prefixes rounds changes");
	all = prefixes_load(argv[1]);
	rounds = atoi(argv[2]);
	set = prefixes_some(&all, argv[3]);
	fib_open();
	for (round = 0; round <= rounds; round++) {
		clock_calibrate();
		one = ours(&set, 1);
		many = ours(&set, 1 + FURTHER);
		peer_one = peer(&set, 1);
		peer_many = peer(&set, 1 + FURTHER);
		row("notify_first", set.n, round, one, peer_one, "ns");
		row("notify_further", set.n, round, (many - one) / FURTHER,
		    (peer_many - peer_one) / FURTHER, "ns");
	}
	prefixes_free(&set);
	prefixes_free(&all);
	return 0;
}
