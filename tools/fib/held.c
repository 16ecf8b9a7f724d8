// SPDX-License-Identifier: LGPL-2.1-or-later
#include "held.h"

#include <rtm.h>

#include "feed.h"
#include "timer.h"

#define FEEDS_MAX	32
#define COMMIT_MAX	4096	/* before others have their turn */
#define RETRY_SECONDS	10

/* zebra's own numbers, beside those of linux/rtnetlink.h. */
enum {
	RTPROT_FRR_NHRP = 191,
	RTPROT_FRR_STATIC = 196,
};

enum { CHANGED, DELETED, REFUSED };
TAILQ_HEAD(queue, held);

struct held {
	LIST_ENTRY(held) of_nexthop;	/* if @nexthop is not 0 */
	TAILQ_ENTRY(held) of_queue;
	UT_hash_handle hh;
	struct prefix prefix;
	struct queue *queue;		/* that it is in */
	uint64_t since;			/* milliseconds: when it came there */
	bool stale;
	uint32_t protocol;		/* of RTM; 0: zebra has none */
	uint32_t metric;
	uint32_t nexthop;		/* number of the object, or 0 */
	struct hops *hops;		/* if there is no object */
	/* What RTM has, but for what it @refused. */
	uint32_t in_protocol;
	uint32_t in_metric;
	struct hops *in;
	bool refused;
};

struct client {
	int family;
	uint32_t protocol;
	struct feed *feed;		/* NULL: RTM refused */
	uint64_t next;			/* then: when to ask again */
};

uint32_t held_settle = 50;

static struct held *all;
static struct queue queues[] = {
	TAILQ_HEAD_INITIALIZER(queues[CHANGED]),
	TAILQ_HEAD_INITIALIZER(queues[DELETED]),
	TAILQ_HEAD_INITIALIZER(queues[REFUSED]),
};

static bool said_refused;

static struct client clients[FEEDS_MAX];
static unsigned int nr_clients;

/* 0: the kernel's own, which others bring to RTM. */
static uint32_t protocol_of(uint8_t kernel)
{
	switch (kernel) {
	case RTPROT_KERNEL:
	case RTPROT_REDIRECT:
	case RTPROT_BOOT:
		return 0;
	case RTPROT_BGP:
		return PROTO_IP_BGP;
	case RTPROT_OSPF:
		return PROTO_IP_OSPF;
	case RTPROT_RIP:
	case RTPROT_RIP + 1:	/* of IPv6 */
		return PROTO_IP_RIP;
	case RTPROT_ISIS:
		return PROTO_IP_IS_IS;
	case RTPROT_STATIC:
	case RTPROT_FRR_STATIC:
		return PROTO_IP_NT_STATIC;
	default:
		return PROTO_IP_OTHER;
	}
}

static void dequeue(struct held *h)
{
	if (h->queue)
		TAILQ_REMOVE(h->queue, h, of_queue);
	h->queue = NULL;
}

static void enqueue(struct held *h, int which)
{
	if (h->queue == &queues[which])
		return;
	dequeue(h);
	h->queue = &queues[which];
	h->since = timer_now();
	TAILQ_INSERT_TAIL(h->queue, h, of_queue);
}

static void try_later(struct held *h)
{
	if (!said_refused)
		fprintf(stderr, "RTM refuses routes: tried again every %d s\n",
			RETRY_SECONDS);
	said_refused = true;
	if (h && !h->queue)
		enqueue(h, REFUSED);
}

static void on_refused(const struct agreed_route *route)
{
	struct held *h;

	HASH_FIND(hh, all, &route->prefix, sizeof(route->prefix), h);
	if (h)
		h->refused = true;
	try_later(h);
}

static struct client *client_of(int family, uint32_t protocol)
{
	struct client *c;

	for (c = clients; c < clients + nr_clients; c++)
		if (c->family == family && c->protocol == protocol)
			return c;
	if (nr_clients == FEEDS_MAX)
		return NULL;
	nr_clients++;
	c->family = family;
	c->protocol = protocol;
	return c;
}

/* One question for all routes of a protocol, and one word. */
static struct feed *feed_of(int family, uint32_t protocol)
{
	struct client *c = client_of(family, protocol);

	if (!c)
		return NULL;
	if (c->feed || timer_now() < c->next)
		return c->feed;
	c->feed = c->next ? feed_try(family, protocol) :
			    feed_open(family, protocol);
	c->next = timer_now() + RETRY_SECONDS * 1000;
	if (c->feed)
		feed_on_refused(c->feed, on_refused);
	return c->feed;
}

static struct held *find_or_make(const struct prefix *prefix)
{
	struct held *h;

	HASH_FIND(hh, all, prefix, sizeof(*prefix), h);
	if (h)
		return h;
	h = alloc(sizeof(*h));
	h->prefix = *prefix;
	HASH_ADD(hh, all, prefix, sizeof(h->prefix), h);
	return h;
}

static void set_nexthop(struct held *h, uint32_t nexthop)
{
	if (h->nexthop == nexthop)
		return;
	if (h->nexthop) {
		LIST_REMOVE(h, of_nexthop);
		nexthop_left(h->nexthop);
	}
	h->nexthop = nexthop;
	if (nexthop)
		LIST_INSERT_HEAD(nexthop_routes(nexthop), h, of_nexthop);
}

static void set_hops(struct held *h, struct hops *hops)
{
	hops_put(h->hops);
	h->hops = hops;
}

static void forget(struct held *h)
{
	h->protocol = 0;
	set_nexthop(h, 0);
	set_hops(h, NULL);
	enqueue(h, DELETED);
}

void held_message(const struct kroute *route, bool deleted)
{
	uint32_t protocol = protocol_of(route->protocol);
	struct held *h;

	if (!protocol)
		return;
	h = find_or_make(&route->prefix);
	/* RTM knows no routes that lead nowhere. */
	if (deleted || route->type != RTN_UNICAST ||
	    (!route->n && !route->nexthop)) {
		forget(h);
		return;
	}
	h->stale = false;
	h->protocol = protocol;
	h->metric = route->metric;
	set_nexthop(h, route->nexthop);
	set_hops(h, route->nexthop ? NULL : kroute_hops(route));
	enqueue(h, CHANGED);
}

void nexthop_changed(struct held_list *routes)
{
	struct held *h;

	LIST_FOREACH(h, routes, of_nexthop)
		enqueue(h, CHANGED);
}

static bool has(const struct hops *hops, const struct hop *hop)
{
	unsigned int i;

	for (i = 0; hops && i < hops->n; i++)
		if (!memcmp(&hops->hop[i], hop, sizeof(*hop)))
			return true;
	return false;
}

/* Those of @hops that are not in @but. */
static void put_all(struct feed *feed, bool deleted, const struct held *h,
		    uint32_t metric, const struct hops *hops,
		    const struct hops *but)
{
	struct agreed_route route = { .prefix = h->prefix, .metric = metric };
	unsigned int i;

	for (i = 0; hops && i < hops->n; i++) {
		if (has(but, &hops->hop[i]))
			continue;
		route.hop = hops->hop[i];
		feed_put(feed, deleted, &route);
	}
}

static bool all_taken(struct feed *feed, const struct held *h)
{
	feed_flush(feed);
	return !h->refused;
}

/* First what is new, then what is not there any more: there is no gap. */
static void commit(struct held *h, struct hops *want)
{
	int family = h->prefix.family;
	bool same = h->protocol == h->in_protocol;
	bool whole = !h->refused && h->metric == h->in_metric;
	struct feed *feed = want ? feed_of(family, h->protocol) : NULL;
	struct feed *old = h->in ? feed_of(family, h->in_protocol) : NULL;

	if (want && !feed) {
		try_later(h);
		hops_put(want);
		return;
	}
	h->refused = false;
	put_all(feed, false, h, h->metric, want, same && whole ? h->in : NULL);
	if (feed && old && feed != old && !all_taken(feed, h)) {
		/* The old one stays until all of the new one is in. */
		put_all(feed, true, h, h->metric, want, NULL);
		hops_put(want);
		return;
	}
	put_all(old, true, h, h->in_metric, h->in, same ? want : NULL);
	hops_put(h->in);
	h->in = want;
	h->in_protocol = want ? h->protocol : 0;
	h->in_metric = h->metric;
}

static struct hops *wanted(const struct held *h)
{
	if (!h->protocol)
		return NULL;
	return h->nexthop ? nexthop_hops(h->nexthop, h->prefix.family) :
			    hops_hold(h->hops);
}

static void commit_changed(void)
{
	struct hops *want;
	struct held *h;
	int n;

	for (n = 0; n < COMMIT_MAX; n++) {
		h = TAILQ_FIRST(&queues[CHANGED]);
		if (!h)
			break;
		want = wanted(h);
		if (want) {
			dequeue(h);
			commit(h, want);
		} else {
			/* Its next hop may follow. */
			enqueue(h, DELETED);
		}
	}
}

static void commit_deleted(void)
{
	uint64_t now = timer_now();
	struct held *h;
	int n;

	for (n = 0; n < COMMIT_MAX; n++) {
		h = TAILQ_FIRST(&queues[DELETED]);
		if (!h || h->since + held_settle > now)
			break;
		dequeue(h);
		commit(h, wanted(h));
		if (h->protocol)
			continue;
		HASH_DEL(all, h);
		free(h);
	}
}

static void retry_refused(void)
{
	uint64_t now = timer_now();
	struct held *h;

	while ((h = TAILQ_FIRST(&queues[REFUSED])) &&
	       h->since + RETRY_SECONDS * 1000 <= now)
		enqueue(h, CHANGED);
}

int held_commit(void)
{
	unsigned int i;

	retry_refused();
	commit_changed();
	commit_deleted();
	for (i = 0; i < nr_clients; i++)
		if (clients[i].feed)
			feed_flush(clients[i].feed);
	if (!TAILQ_EMPTY(&queues[CHANGED]))
		return 0;
	if (!TAILQ_EMPTY(&queues[DELETED]))
		return held_settle / 2;
	if (!TAILQ_EMPTY(&queues[REFUSED]))
		return RETRY_SECONDS * 1000 / 2;
	said_refused = false;
	return -1;
}

void held_mark(void)
{
	struct held *h, *next;

	HASH_ITER(hh, all, h, next) {
		h->stale = true;
		if (!h->nexthop)
			continue;
		set_hops(h, nexthop_hops(h->nexthop, h->prefix.family));
		set_nexthop(h, 0);
	}
}

void held_sweep(void)
{
	struct held *h, *next;

	HASH_ITER(hh, all, h, next)
		if (h->stale)
			forget(h);
}
