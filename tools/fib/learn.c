// SPDX-License-Identifier: LGPL-2.1-or-later
#include "learn.h"

#include <sys/queue.h>

#include "feed.h"
#include "fib.h"

struct source {
	uint32_t table;
	uint32_t protocol;
	uint64_t kernel[4];
	/* By family; NULL: there is no client. */
	struct feed *feed[2];
	struct learn_counts counts[2];
};

/* One next hop of a route of the kernel. */
struct learned {
	LIST_ENTRY(learned) list;
	struct hops *hops;	/* a set of one */
	uint32_t metric;
	uint32_t seen;		/* number of the audit that found it */
	uint32_t touched;	/* and in which the kernel told of it */
	bool gone;		/* remembered until that audit has ended */
	bool missed;		/* the last audit did not find it */
};

struct net_key {
	struct prefix prefix;
	uint8_t source;
};

struct net {
	UT_hash_handle hh;
	struct net_key key;
	LIST_HEAD(, learned) routes;
};

/* And those two of the main table. */
static struct source sources[LEARN_MAX + 2];
static unsigned int nr_sources;
static struct net *all;
static uint32_t audit;
static bool retry;	/* RTM may take now what it did not */

bool learn_full(void)
{
	return nr_sources >= LEARN_MAX;
}

bool learn_add_source(uint32_t table, const uint64_t kernel[4],
		      uint32_t protocol)
{
	struct source *s = &sources[nr_sources];
	unsigned int i;

	for (i = 0; i < nr_sources; i++)
		if (sources[i].protocol == protocol)
			return false;
	nr_sources++;
	s->table = table;
	s->protocol = protocol;
	memcpy(s->kernel, kernel, sizeof(s->kernel));
	return true;
}

void learn_open(void)
{
	unsigned int i;

	for (i = 0; i < nr_sources; i++) {
		sources[i].feed[0] = feed_open(AF_INET, sources[i].protocol);
		sources[i].feed[1] = feed_open(AF_INET6, sources[i].protocol);
	}
}

void learn_each_table(void (*call)(uint32_t table))
{
	unsigned int i, k;

	for (i = 0; i < nr_sources; i++) {
		for (k = 0; k < i && sources[k].table != sources[i].table; k++)
			;
		if (k == i)
			call(sources[i].table);
	}
}

bool learn_has(int family, uint32_t protocol)
{
	unsigned int i;

	for (i = 0; i < nr_sources; i++)
		if (sources[i].protocol == protocol &&
		    sources[i].table == fib_options.table)
			return sources[i].feed[family_index(family)];
	return false;
}

static unsigned int index_of(const struct net *net)
{
	return family_index(net->key.prefix.family);
}

static void count_routes(const struct net *net, int by)
{
	sources[net->key.source].counts[index_of(net)].routes += by;
}

void learn_flush(void)
{
	unsigned int i, k;

	for (k = 0; k < nr_sources; k++) {
		for (i = 0; i < 2; i++) {
			if (!sources[k].feed[i])
				continue;
			feed_flush(sources[k].feed[i]);
			sources[k].counts[i].refused +=
				feed_refused(sources[k].feed[i]);
		}
	}
}

static bool is_hop(const struct learned *l, const struct hop *hop)
{
	return !memcmp(l->hops->hop, hop, sizeof(*hop));
}

/* RTM has one route of a next hop: that of the best metric. */
static void hand_over(const struct net *net, const struct hop *hop)
{
	struct agreed_route route = {
		.prefix = net->key.prefix,
		.metric = UINT32_MAX,
		.hop = *hop,
	};
	const struct learned *l;
	bool any = false;

	LIST_FOREACH(l, &net->routes, list) {
		if (l->gone || !is_hop(l, hop))
			continue;
		any = true;
		if (l->metric < route.metric)
			route.metric = l->metric;
	}
	feed_put(sources[net->key.source].feed[index_of(net)], !any, &route);
}

static void set_gone(const struct net *net, struct learned *l)
{
	if (l->gone)
		return;
	l->gone = true;
	l->touched = audit;
	count_routes(net, -1);
	hand_over(net, l->hops->hop);
}

static struct learned *find_learned(const struct net *net,
				    const struct hop *hop, uint32_t metric)
{
	struct learned *l;

	LIST_FOREACH(l, &net->routes, list)
		if (l->metric == metric && is_hop(l, hop))
			return l;
	return NULL;
}

/* NULL: the hop is dead. When it comes back an audit finds it. */
static struct learned *learn(struct net *net, const struct kroute *r,
			     unsigned int i)
{
	struct hop hop = r->hop[i];
	struct learned *l;

	if (r->dead >> i & 1)
		return NULL;
	l = find_learned(net, &hop, r->metric);
	if (l && !l->gone)
		return l;
	if (!l) {
		l = alloc(sizeof(*l));
		l->hops = hops_get(&hop, 1);
		l->metric = r->metric;
		l->touched = audit - 1;
		LIST_INSERT_HEAD(&net->routes, l, list);
	}
	l->gone = false;
	count_routes(net, 1);
	hand_over(net, &hop);
	return l;
}

static bool is_local_prefix(const struct prefix *p)
{
	const uint8_t *b = p->address.b;

	/* Every interface has fe80::/64; nothing else is led there. */
	if (p->family == AF_INET6)
		return b[0] == 0xff || (b[0] == 0xfe && (b[1] & 0xc0) == 0x80);
	return (b[0] & 0xf0) == 0xe0;
}

/* The source that the route belongs to, or -1. */
static int source_of(const struct kroute *r)
{
	unsigned int i;

	if (r->type != RTN_UNICAST || r->tos || r->cloned ||
	    r->protocol == fib_options.protocol || is_local_prefix(&r->prefix) ||
	    (r->table == fib_options.table && r->metric == fib_options.metric))
		return -1;
	for (i = 0; i < nr_sources; i++)
		if (sources[i].table == r->table &&
		    sources[i].kernel[r->protocol / 64] >>
		    (r->protocol % 64) & 1)
			return sources[i].feed[family_index(r->prefix.family)] ?
			       (int)i : -1;
	return -1;
}

/* NULL: there is none, or no source. */
static struct net *find_net(const struct kroute *r, int source, bool make)
{
	struct net_key key = { .prefix = r->prefix };
	struct net *net;

	if (source < 0)
		return NULL;
	key.source = source;
	HASH_FIND(hh, all, &key, sizeof(key), net);
	if (net || !make)
		return net;
	net = alloc(sizeof(*net));
	net->key = key;
	LIST_INIT(&net->routes);
	HASH_ADD(hh, all, key, sizeof(net->key), net);
	return net;
}

/* Routes of a slot but for the first @n hops of @r. true: there were some. */
static bool forget_others(struct net *net, const struct kroute *r,
			  unsigned int n)
{
	bool forgot = false;
	struct learned *l;
	unsigned int i;

	LIST_FOREACH(l, &net->routes, list) {
		if (l->gone || l->metric != r->metric)
			continue;
		for (i = 0; i < n; i++)
			if (is_hop(l, &r->hop[i]))
				break;
		if (i < n)
			continue;
		set_gone(net, l);
		forgot = true;
	}
	return forgot;
}

/* What is replaced may be of any source, and @r of none. */
static void forget_replaced(const struct kroute *r)
{
	int source = source_of(r), i;
	struct net *net;

	for (i = 0; i < (int)nr_sources; i++) {
		if (sources[i].table != r->table)
			continue;
		net = find_net(r, i, false);
		/* Some of those may be there still, behind the one replaced. */
		if (net && forget_others(net, r, i == source ? r->n : 0) &&
		    i != source)
			fib_unsure();
	}
}

void learn_told(const struct kroute *r, bool deleted, bool replaced)
{
	struct net *net = find_net(r, source_of(r), !deleted);
	struct learned *l;
	unsigned int i;

	for (i = 0; net && i < r->n; i++) {
		if (deleted)
			l = find_learned(net, &r->hop[i], r->metric);
		else
			l = learn(net, r, i);
		if (!l)
			continue;
		l->touched = audit;
		l->missed = false;
		if (deleted)
			set_gone(net, l);
	}
	/* Routes of another TOS are in a slot of their own. */
	if (replaced && !deleted && !r->tos)
		forget_replaced(r);
}

void learn_link_down(uint32_t index)
{
	struct net *net, *next;
	struct learned *l;

	HASH_ITER(hh, all, net, next)
		LIST_FOREACH(l, &net->routes, list)
			if (hops_use(l->hops, index))
				set_gone(net, l);
}

void learn_audit_begin(void)
{
	unsigned int i, k;

	audit++;
	retry = false;
	for (k = 0; k < nr_sources; k++) {
		for (i = 0; i < 2; i++) {
			retry |= sources[k].counts[i].refused;
			sources[k].counts[i].refused = 0;
		}
	}
}

/* What has been told of since the audit began is newer than what it reads. */
void learn_audit_seen(const struct kroute *r)
{
	struct net *net = find_net(r, source_of(r), true);
	struct learned *l;
	unsigned int i;

	for (i = 0; net && i < r->n; i++) {
		l = find_learned(net, &r->hop[i], r->metric);
		if (l && l->touched == audit)
			continue;
		l = learn(net, r, i);
		if (l)
			l->seen = audit;
	}
}

/*
 * While others come and go the kernel's dump may pass over IPv6 routes that stay,
 * and does not say so: gone is what two in a row have not found. true: this was
 * the first one.
 */
static bool missed_once(const struct net *net, struct learned *l)
{
	bool before = l->missed;

	l->missed = l->seen != audit && l->touched != audit && !l->gone;
	if (l->missed && before)
		set_gone(net, l);
	return l->missed && !before;
}

bool learn_audit_end(void)
{
	struct net *net, *next_net;
	struct learned *l, *next;
	bool sure = true;

	HASH_ITER(hh, all, net, next_net) {
		for (l = LIST_FIRST(&net->routes); l; l = next) {
			next = LIST_NEXT(l, list);
			sure &= !missed_once(net, l);
			if (retry && !l->gone)
				hand_over(net, l->hops->hop);
			if (!l->gone)
				continue;
			LIST_REMOVE(l, list);
			hops_put(l->hops);
			free(l);
		}
		if (!LIST_EMPTY(&net->routes))
			continue;
		HASH_DEL(all, net);
		free(net);
	}
	return sure;
}

void learn_count(int family, struct learn_counts *counts)
{
	unsigned int i;

	*counts = (struct learn_counts){ };
	for (i = 0; i < nr_sources; i++) {
		counts->routes += sources[i].counts[family_index(family)].routes;
		counts->refused += sources[i].counts[family_index(family)].refused;
	}
}
