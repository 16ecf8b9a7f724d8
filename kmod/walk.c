// SPDX-License-Identifier: GPL-2.0
/*
 * Walks over a table, in order of network, length, protocol, interface, next
 * hop.
 *
 * A walk holds nothing: it finds its place again by key. Destinations and
 * their routes are in order, and neither ever changes its key, so what is
 * there from the beginning to the end is returned exactly once.
 */
#include <linux/prefetch.h>
#include <linux/rcupdate.h>

#include "abi.h"
#include "elect.h"
#include "family.h"
#include "table.h"
#include "walk.h"

/* Destinations looked at in one RCU read-side section. */
#define RTM_WALK_DESTS		32

static bool rtm_walk_matches(const struct rtm_walk *walk,
			     const struct rtm_attr *attr)
{
	const struct rtm_criteria *crit = &walk->criteria;

	if (crit->match & RTM_CRIT_INTERFACE &&
	    attr->key.interface != crit->interface)
		return false;
	return !(crit->match & RTM_CRIT_PROTOCOL) ||
	       attr->protocol == crit->protocol;
}

/* Whether there may be anything; of best routes by what the destination says. */
static bool rtm_walk_wants(const struct rtm_walk *walk,
			   const struct rtm_dest *dest)
{
	const struct rtm_attr *attr;

	if (!(walk->criteria.match & RTM_CRIT_BEST))
		return true;
	attr = rtm_dest_attr(dest);
	return attr && rtm_walk_matches(walk, attr);
}

/* The walk goes on after this route. */
static void rtm_walk_set(struct rtm_walk *walk, const struct rtm_attr *attr)
{
	walk->after = true;
	walk->protocol = attr->protocol;
	walk->key.interface = attr->key.interface;
	memcpy(walk->key.next_hop, attr->key.next_hop,
	       walk->table->family->next_hop_len);
}

/* Copy a destination's routes from where the walk is; false: no room. */
static bool rtm_walk_dest(struct rtm_walk *walk, const struct rtm_dest *dest,
			  struct rtm_found *found)
{
	const struct rtm_attr *last = NULL;
	const struct rtm_route *route;
	bool best = walk->criteria.match & RTM_CRIT_BEST;

	if (!rtm_walk_wants(walk, dest))
		return true;
	route = best ? rcu_dereference(dest->best) : rtm_dest_first_rcu(dest);
	for (; route; route = best ? NULL : rtm_route_next_rcu(route)) {
		if (walk->after &&
		    rtm_identity_cmp(walk->table->family, walk->protocol,
				     &walk->key, route->attr) >= 0)
			continue;
		if (!rtm_walk_matches(walk, route->attr))
			continue;
		if (found->nr == found->max) {
			if (last)
				rtm_walk_set(walk, last);
			return false;
		}
		rtm_route_to_uapi(walk->table, route, found->now,
				  found->sequence, &found->recs[found->nr++]);
		last = route->attr;
	}
	return true;
}

/**
 * rtm_walk_next() - copy the next routes
 * @walk: the walk
 * @found: where to put them
 *
 * Takes rcu_read_lock() and looks at a bounded number of destinations, so
 * that the caller can yield. Return: false at the end.
 */
bool rtm_walk_next(struct rtm_walk *walk, struct rtm_found *found)
{
	const struct rtm_trie *trie = &walk->table->trie;
	bool network = walk->criteria.match & RTM_CRIT_NETWORK;
	void *dests[RTM_WALK_DESTS];
	unsigned int i, nr;
	bool more = true;

	rcu_read_lock();
	if (network) {
		if (walk->started && (!walk->inside ||
				      !rtm_prefix_equal(&walk->prefix,
							&walk->criteria.prefix)))
			goto end;
		dests[0] = rtm_trie_find(trie, &walk->criteria.prefix);
		nr = !!dests[0];
	} else {
		nr = rtm_trie_walk(trie, walk->started ? &walk->prefix : NULL,
				   walk->inside, dests, RTM_WALK_DESTS);
	}
	/* Cache misses overlap: those of the routes, once the leaves are there. */
	for (i = 0; i < nr; i++) {
		const struct rtm_dest *dest = dests[i];

		if (rtm_walk_wants(walk, dest))
			prefetch(rcu_access_pointer(dest->best));
	}
	for (i = 0; i < nr; i++) {
		struct rtm_prefix prefix = rtm_dest_prefix(walk->table,
							   dests[i]);

		if (walk->after && !rtm_prefix_equal(&prefix, &walk->prefix))
			walk->after = false;
		walk->prefix = prefix;
		walk->started = true;
		walk->inside = !rtm_walk_dest(walk, dests[i], found);
		if (walk->inside)
			goto out;
		walk->after = false;
	}
	if (!network && nr == RTM_WALK_DESTS)
		goto out;
end:
	more = false;
out:
	rcu_read_unlock();
	return more;
}
