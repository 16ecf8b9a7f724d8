// SPDX-License-Identifier: GPL-2.0
/*
 * A destination's routes: which is which, and which is best.
 *
 * They are a ring in order of identity, and the best of them is where one
 * enters it: a destination, most often, has but one.
 *
 * Whoever calls holds the mutex of the table. Pure, as the trie is: it also
 * builds in user space.
 */
#include <linux/rcupdate.h>

#include "elect.h"
#include "prio.h"

#define rtm_held(p)	rcu_dereference_protected(p, true)

static struct rtm_route *rtm_ring_end(struct rtm_route *first)
{
	return (struct rtm_route *)((uintptr_t)first | RTM_RING_END);
}

/* The last in order of those that @route is one of. */
static struct rtm_route *rtm_ring_last(struct rtm_route *route)
{
	struct rtm_route *next;

	while ((next = rtm_route_next(route)))
		route = next;
	return route;
}

/**
 * rtm_dest_first() - first route in order of identity
 * @dest: the destination
 *
 * Return: NULL if it has none.
 */
struct rtm_route *rtm_dest_first(const struct rtm_dest *dest)
{
	struct rtm_route *best = rtm_held(dest->best);

	return best ? rtm_route_succ(rtm_ring_last(best)) : NULL;
}

/**
 * rtm_place_of() - where a route is
 * @route: live route, linked
 */
struct rtm_place rtm_place_of(struct rtm_route *route)
{
	struct rtm_place place = { .route = route, .pred = route };

	while (rtm_route_succ(place.pred) != route)
		place.pred = rtm_route_succ(place.pred);
	place.first = !rtm_route_next(place.pred);
	return place;
}

/**
 * rtm_dest_find() - find a route by identity, or where it would be
 * @family: the table's
 * @dest: the destination
 * @protocol: the client's
 * @key: interface and next hop
 * @single: the client has one route a destination, whatever its identity
 *
 * From the best route on, as far as need be: each that is passed may be a cache
 * miss.
 */
struct rtm_place rtm_dest_find(const struct rtm_family *family,
			       const struct rtm_dest *dest, u32 protocol,
			       const struct rtm_attr_key *key, bool single)
{
	struct rtm_route *best = rtm_held(dest->best), *next = best;
	struct rtm_place place = {};
	int cmp, last;

	if (!best)
		return place;
	cmp = rtm_identity_cmp(family, protocol, key, best->attr);
	if (!cmp || (single && protocol == best->attr->protocol))
		return rtm_place_of(best);
	do {
		place.pred = next;
		last = cmp;
		next = rtm_route_succ(place.pred);
		cmp = rtm_identity_cmp(family, protocol, key, next->attr);
		place.first = rtm_ring_ends(rtm_held(place.pred->next));
		if (!cmp || (single && protocol == next->attr->protocol)) {
			place.route = next;
			return place;
		}
	} while (place.first ? last < 0 && cmp > 0 : last < 0 || cmp > 0);
	/* After the last in order is not before the first. */
	place.first = place.first && cmp < 0;
	return place;
}

/**
 * rtm_place_set() - link a route
 * @place: its place; what is there is replaced
 * @route: the route, complete: readers may see it at once
 *
 * If it is alone then, it is rtm_dest.best by which the caller publishes it.
 */
void rtm_place_set(const struct rtm_place *place, struct rtm_route *route)
{
	struct rtm_route *pred = place->pred, *next;

	if (pred == place->route) {
		RCU_INIT_POINTER(route->next, rtm_ring_end(route));
		return;
	}
	if (place->route)
		next = rtm_held(place->route->next);
	else if (place->first)
		next = rtm_route_succ(pred);
	else
		next = rtm_held(pred->next);
	RCU_INIT_POINTER(route->next, next);
	rcu_assign_pointer(pred->next,
			   place->first ? rtm_ring_end(route) : route);
}

/**
 * rtm_place_clear() - unlink a route
 * @place: its place
 *
 * Where it is alone, its destination's best route becomes NULL instead.
 */
void rtm_place_clear(const struct rtm_place *place)
{
	struct rtm_route *next = rtm_held(place->route->next);

	if (place->pred == place->route)
		return;
	rcu_assign_pointer(place->pred->next,
			   place->first ? rtm_ring_end(next) : next);
}

/* Compare by priority, then metrics: <0 if @a is better. */
static int rtm_rank_cmp(const struct rtm_family *family,
			const struct rtm_prio_table *prio,
			const struct rtm_attr *a, const struct rtm_attr *b)
{
	u32 pa, pb;

	if (a->protocol != b->protocol) {
		pa = rtm_prio_find(prio, a->protocol);
		pb = rtm_prio_find(prio, b->protocol);
		if (pa != pb)
			return pa < pb ? -1 : 1;
	}
	if (a->key.metric != b->key.metric)
		return a->key.metric < b->key.metric ? -1 : 1;
	if (family->metrics > 1 && a->key.metric1 != b->key.metric1)
		return a->key.metric1 < b->key.metric1 ? -1 : 1;
	return 0;
}

/**
 * rtm_elect() - the best of a destination's routes
 * @family: the table's
 * @prio: its priorities
 * @dest: the destination
 * @incumbent: wins a tie; may be a route that is not linked yet, or NULL
 * @without: is left out, or NULL
 *
 * Of newcomers that tie, the first in order of identity wins.
 */
struct rtm_route *rtm_elect(const struct rtm_family *family,
			    const struct rtm_prio_table *prio,
			    const struct rtm_dest *dest,
			    struct rtm_route *incumbent,
			    const struct rtm_route *without)
{
	struct rtm_route *best = incumbent, *route;

	for (route = rtm_dest_first(dest); route;
	     route = rtm_route_next(route)) {
		if (route == without || route == incumbent)
			continue;
		if (!best ||
		    rtm_rank_cmp(family, prio, route->attr, best->attr) < 0)
			best = route;
	}
	return best;
}

/**
 * rtm_elect_added() - the best of a destination's routes and one more
 * @family: the table's
 * @prio: its priorities, by which @dest has its best route
 * @dest: the destination
 * @route: the route, not linked yet
 * @old: the route that it replaces, or NULL
 */
struct rtm_route *rtm_elect_added(const struct rtm_family *family,
				  const struct rtm_prio_table *prio,
				  const struct rtm_dest *dest,
				  struct rtm_route *route,
				  const struct rtm_route *old)
{
	struct rtm_route *best = rtm_held(dest->best);

	if (!best)
		return route;
	if (best == old)
		return rtm_elect(family, prio, dest, route, old);
	if (rtm_rank_cmp(family, prio, route->attr, best->attr) < 0)
		return route;
	return best;
}
