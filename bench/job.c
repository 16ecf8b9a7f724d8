// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The whole job: a process adds all prefixes by librtm, another one that
 * watches keeps a copy of what it is told. From the first route added to the
 * last one copied. Then the same routes go to the FIB, for those who learn
 * them from there: in the order of addresses, which is that of its dump.
 * usage: job prefixes rounds
 *	prints a line a round: milliseconds, bytes of slabs
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../libuser/rtm.h"
#include "common.h"
#include "fib.h"
#include "prefix.h"

#define BATCH	4096u

static void say(int fd, char word)
{
	if (write(fd, &word, 1) != 1)
		die_errno("pipe");
}

static void hear(int fd)
{
	char word;

	if (read(fd, &word, 1) != 1)
		die("the other process is gone");
}

static void watch(size_t n, int ready)
{
	HANDLE event = CreateEvent(NULL, FALSE, FALSE, NULL), watcher;
	RTM_IP_ROUTE *current = xalloc(BATCH, sizeof(*current));
	RTM_IP_ROUTE *previous = xalloc(BATCH, sizeof(*previous));
	RTM_RESULT *results = xalloc(BATCH, sizeof(*results));
	RTM_IP_ROUTE *copy = xalloc(n, sizeof(*copy));
	DWORD error, done, i;
	size_t copied = 0;

	watcher = RtmRegisterWatcher(RTM_PROTOCOL_FAMILY_IP, event, NULL);
	if (!watcher)
		die("RtmRegisterWatcher: %u", GetLastError());
	say(ready, 'r');
	while (copied < n) {
		WaitForSingleObject(event, INFINITE);
		do {
			error = RtmDequeueRouteChangeMessageBatch(watcher,
					BATCH, results, current, previous,
					&done);
			if (error && error != ERROR_MORE_MESSAGES &&
			    error != ERROR_NO_MESSAGES)
				die("dequeue: %u", error);
			for (i = 0; i < done && copied < n; i++)
				copy[copied++] = current[i];
		} while (done);
	}
	say(ready, 'd');
	RtmDeregisterClient(watcher);
	_exit(0);
}

static RTM_IP_ROUTE *routes_to(const struct prefixes *set)
{
	RTM_IP_ROUTE *routes = xalloc(set->n, sizeof(*routes)), *r = routes;
	size_t i;

	for (i = 0; i < set->n; i++, r++) {
		const struct prefix *p = &set->p[i];

		r->RR_InterfaceID = 1;
		r->RR_Network.N_NetNumber = p->net;
		r->RR_Network.N_NetMask = p->len ? ~0u << (32 - p->len) : 0;
		r->RR_NextHopAddress.N_NetNumber = prefix_gateway(p);
		r->RR_NextHopAddress.N_NetMask = 0xffffff00;
		r->RR_FamilySpecificData.FSD_Metric = 1;
	}
	return routes;
}

/* Until nothing is freed any more. */
static double slab_bytes_settled(void)
{
	double before, now = slab_bytes("rtm");
	int calm = 0;

	while (calm < 10) {
		before = now;
		usleep(100000);
		now = slab_bytes("rtm");
		calm = now == before ? calm + 1 : 0;
	}
	return now;
}

static void job(const struct prefixes *set, RTM_IP_ROUTE *routes)
{
	double bytes = slab_bytes_settled(), ms;
	HANDLE client;
	DWORD error, done;
	int pipes[2];
	uint64_t ns;

	if (pipe(pipes))
		die_errno("pipe");
	switch (fork()) {
	case -1:
		die_errno("fork");
	case 0:
		close(pipes[0]);
		watch(set->n, pipes[1]);
	}
	close(pipes[1]);
	hear(pipes[0]);
	client = RtmRegisterClient(RTM_PROTOCOL_FAMILY_IP, PROTO_IP_BGP, NULL,
				   0);
	if (!client)
		die("RtmRegisterClient: %u", GetLastError());
	ns = now_ns();
	error = RtmAddRouteBatch(client, set->n, routes, INFINITE, NULL, NULL,
				 NULL, &done);
	if (error || done != set->n)
		die("RtmAddRouteBatch: %u", error);
	hear(pipes[0]);
	ms = (now_ns() - ns) / 1e6;
	if (wait(NULL) < 0)
		die_errno("wait");
	printf("%.1f %.0f\n", ms, slab_bytes_settled() - bytes);
	fflush(stdout);
	RtmDeregisterClient(client);
	close(pipes[0]);
}

int main(int argc, char **argv)
{
	struct prefixes set;
	RTM_IP_ROUTE *routes;
	int rounds;

	if (argc != 3)
		die("usage: job prefixes rounds");
	set = prefixes_load(argv[1]);
	routes = routes_to(&set);
	for (rounds = atoi(argv[2]); rounds; rounds--)
		job(&set, routes);
	fib_open();
	fib_add(set.p, set.n, 0);
	printf("routes %zu\n", set.n);
	return 0;
}
