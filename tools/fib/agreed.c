// SPDX-License-Identifier: LGPL-2.1-or-later
#include "agreed.h"

#include "convert.h"
#include "fib.h"
#include "learn.h"

#define BATCH		256
#define TAKES		16	/* batches before others have their turn */

bool agreed_multipath;

struct table {
	int family;
	HANDLE watcher;
	HANDLE fresh;		/* as old as the last reading, and its successor */
	bool begun, ended;	/* the reading under way */
	RTM_IPV6_ROUTE position;
};

static struct table tables[] = {
	{ .family = AF_INET },
	{ .family = AF_INET6 },
};

static HANDLE event;
static uint32_t reading;

/* The family's own routes are no larger. */
static RTM_IPV6_ROUTE cur[BATCH], prev[BATCH];

__attribute__((noreturn)) static void die(const char *what, uint32_t error)
{
	if (error == ERROR_NO_SYSTEM_RESOURCES)
		fprintf(stderr, "%s: no /dev/rtm, or a limit is reached\n",
			what);
	else
		fprintf(stderr, "%s: error %u\n", what, error);
	exit(EXIT_FAILURE);
}

static HANDLE watch(const struct table *t)
{
	return RtmRegisterWatcher(rtm_family(t->family), event, NULL);
}

static void table_open(struct table *t)
{
	t->watcher = watch(t);
	if (!t->watcher)
		die("RtmRegisterWatcher", GetLastError());
}

void agreed_open(void)
{
	event = CreateEvent(NULL, TRUE, FALSE, NULL);
	if (!event)
		die("CreateEvent", GetLastError());
	table_open(&tables[0]);
	table_open(&tables[1]);
}

int agreed_fd(void)
{
	return RtmGetEventDescriptor(event);
}

/* Of IPv6 the kernel has several next hops only where each is a gateway. */
static bool may_join(const struct agreed_route *route)
{
	return route->prefix.family == AF_INET ||
	       !address_is_zero(&route->hop.via);
}

/* It goes together with @best, which is there itself already. */
static bool as_good(const struct agreed_route *route,
		    const struct agreed_route *best)
{
	return may_join(route) && may_join(best) &&
	       route->priority == best->priority &&
	       route->metric == best->metric &&
	       route->invalid == best->invalid &&
	       memcmp(&route->hop, &best->hop, sizeof(route->hop));
}

/*
 * Puts the hops of routes that are as good as @best after its own; returns how
 * many there are now. Which of them is best is RTM's to say, not theirs.
 */
static unsigned int add_equals(const struct table *t,
			       const struct agreed_route *best, struct hop *hop)
{
	DWORD family = rtm_family(t->family);
	RTM_IPV6_ROUTE found[HOPS_MAX], position;
	struct agreed_route route;
	DWORD error, done = 0, i;
	unsigned int n = 1;

	rtm_route_write(t->family, &position, best);
	error = RtmGetFirstRouteBatch(family, RTM_ONLY_THIS_NETWORK, &position,
				      HOPS_MAX, found, NULL, &done);
	while (!error) {
		for (i = 0; i < done && n < HOPS_MAX; i++) {
			rtm_route_read(t->family,
				       rtm_route_at(t->family, found, i),
				       &route);
			if (as_good(&route, best))
				hop[n++] = route.hop;
		}
		if (n == HOPS_MAX)
			return n;
		memcpy(&position, rtm_route_at(t->family, found, done - 1),
		       rtm_route_size(t->family));
		error = RtmGetNextRouteBatch(family, RTM_ONLY_THIS_NETWORK,
					     &position, HOPS_MAX, found, NULL,
					     &done);
	}
	if (error != ERROR_NO_ROUTES)
		die("RtmGetNextRoute", error);
	return n;
}

static void agree(const struct table *t, const struct agreed_route *best,
		  uint64_t sequence)
{
	struct hop hop[HOPS_MAX] = { best->hop };
	unsigned int n = agreed_multipath ? add_equals(t, best, hop) : 1;

	fib_agreed(&best->prefix, sequence, reading,
		   target_get(t->family, learn_has(t->family, best->protocol),
			      best->invalid, hop, n));
}

static void apply(const struct table *t, const RTM_RESULT *message, size_t i)
{
	bool there = message->Flags & RTM_CURRENT_BEST_ROUTE;
	struct agreed_route route;

	rtm_route_read(t->family,
		       rtm_route_at(t->family, there ? cur : prev, i), &route);
	if (!there)
		fib_agreed(&route.prefix, message->Sequence, reading, NULL);
	else
		agree(t, &route, message->Sequence);
	target_route_changed(&route.prefix);
}

/* true: there is more. */
static bool take(struct table *t)
{
	RTM_RESULT message[BATCH];
	DWORD error, done = 0, i;

	error = RtmDequeueRouteChangeMessageBatch(t->watcher, BATCH, message,
						  cur, prev, &done);
	if (error == ERROR_NO_SYSTEM_RESOURCES &&
	    message[0].Flags & RTM_QUEUE_RESTARTED) {
		agreed_lost();
		return true;
	}
	if (error && error != ERROR_MORE_MESSAGES && error != ERROR_NO_MESSAGES)
		die("RtmDequeueRouteChangeMessage", error);
	for (i = 0; i < done; i++)
		apply(t, &message[i], i);
	if (error == ERROR_MORE_MESSAGES)
		return true;
	/* What this one was told has all been applied: its successor's turn. */
	if (!t->ended || !t->fresh)
		return false;
	RtmDeregisterClient(t->watcher);
	t->watcher = t->fresh;
	t->fresh = NULL;
	return true;
}

bool agreed_take(void)
{
	bool more = false;
	unsigned int i, k;

	for (i = 0; i < 2; i++) {
		for (k = 0; k < TAKES && take(&tables[i]); k++)
			;
		more |= k == TAKES;
	}
	target_resolve_changed();
	return more;
}

/*
 * What a reading finds may go without a word to who has begun to take messages
 * before, if many wait. So each has a watcher of its own, whose messages are not
 * taken before it has ended. If there can be none, the next reading mends it.
 */
void agreed_read_begin(void)
{
	struct table *t;

	reading++;
	for (t = tables; t < tables + 2; t++) {
		t->begun = false;
		t->ended = false;
		if (t->fresh)
			RtmDeregisterClient(t->fresh);
		t->fresh = watch(t);
	}
}

static DWORD read_some(struct table *t, RTM_ROUTE_INFO *info, DWORD *done)
{
	DWORD family = rtm_family(t->family);

	if (t->begun)
		return RtmGetNextRouteBatch(family, RTM_ONLY_BEST_ROUTES,
					    &t->position, BATCH, cur, info,
					    done);
	t->begun = true;
	return RtmGetFirstRouteBatch(family, RTM_ONLY_BEST_ROUTES, NULL, BATCH,
				     cur, info, done);
}

static void read_table(struct table *t)
{
	RTM_ROUTE_INFO info[BATCH];
	struct agreed_route route;
	DWORD error, done = 0, i;

	error = read_some(t, info, &done);
	if (error == ERROR_NO_ROUTES) {
		t->ended = true;
		fib_agreed_end(t->family, reading);
		return;
	}
	if (error)
		die("RtmGetNextRoute", error);
	memcpy(&t->position, rtm_route_at(t->family, cur, done - 1),
	       rtm_route_size(t->family));
	for (i = 0; i < done; i++) {
		rtm_route_read(t->family, rtm_route_at(t->family, cur, i),
			       &route);
		agree(t, &route, info[i].Sequence);
	}
}

bool agreed_read(void)
{
	unsigned int i, k;

	for (i = 0; i < 2; i++)
		for (k = 0; k < TAKES && !tables[i].ended; k++)
			read_table(&tables[i]);
	return tables[0].ended && tables[1].ended;
}

bool agreed_lookup(int family, const struct address *address,
		   struct agreed_route *route)
{
	DWORD error = ERROR_NO_SUCH_ROUTE;
	RTM_IPV6_ROUTE found;
	IPV6_NETWORK network;

	rtm_address_write(family, &network, address);
	if (RtmLookupRouteBatch(rtm_family(family), RTM_LONGEST_MATCH, 1,
				&network, &found, &error) || error)
		return false;
	rtm_route_read(family, &found, route);
	return true;
}
