/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RTM_ELECT_H
#define RTM_ELECT_H

#include <linux/rcupdate.h>
#include <linux/types.h>
#include <asm/byteorder.h>

#include "family.h"
#include "route.h"

struct rtm_prio_table;

/**
 * struct rtm_place - where in a destination's ring a route is, or would be
 * @route: the route, or NULL if there is none
 * @pred: the one before it in the ring, itself if it is alone; NULL: none
 * @first: it is the first in order, that is @pred the last
 */
struct rtm_place {
	struct rtm_route *route;
	struct rtm_route *pred;
	bool first;
};

/*
 * The ring. A route that was taken out keeps its @next, which leads to what came
 * after it then: so whoever stands on it goes on, in order of identity, to every
 * route that is there throughout, and comes to an end.
 */
static inline bool rtm_ring_ends(const struct rtm_route *next)
{
	return (uintptr_t)next & RTM_RING_END;
}

static inline struct rtm_route *rtm_ring_untag(const struct rtm_route *next)
{
	return (struct rtm_route *)((uintptr_t)next & ~RTM_RING_END);
}

/* For those who hold the table's mutex: NULL after the last, or if none is. */
static inline struct rtm_route *rtm_route_next(const struct rtm_route *route)
{
	struct rtm_route *next = rcu_dereference_protected(route->next, true);

	return rtm_ring_ends(next) ? NULL : next;
}

/* Likewise: the one after the last is the first. */
static inline struct rtm_route *rtm_route_succ(const struct rtm_route *route)
{
	return rtm_ring_untag(rcu_dereference_protected(route->next, true));
}

struct rtm_route *rtm_dest_first(const struct rtm_dest *dest);

/**
 * rtm_identity_cmp() - compare what tells routes of a destination apart
 * @family: the table's
 * @protocol: routing protocol
 * @key: interface and next hop
 * @attr: those of a route
 *
 * Needs no lock. Return: <0, 0, >0 in the order of protocol, interface, next
 * hop.
 */
static inline int rtm_identity_cmp(const struct rtm_family *family,
				   u32 protocol, const struct rtm_attr_key *key,
				   const struct rtm_attr *attr)
{
	const __be64 *a = key->next_hop, *b = attr->key.next_hop;

	if (protocol != attr->protocol)
		return protocol < attr->protocol ? -1 : 1;
	if (key->interface != attr->key.interface)
		return key->interface < attr->key.interface ? -1 : 1;
	if (*a == *b && family->next_hop_len > sizeof(*a)) {
		a++;
		b++;
	}
	if (*a == *b)
		return 0;
	return be64_to_cpu(*a) < be64_to_cpu(*b) ? -1 : 1;
}

/* For RCU readers. */
static inline struct rtm_route *rtm_route_next_rcu(const struct rtm_route *route)
{
	struct rtm_route *next = rcu_dereference(route->next);

	return rtm_ring_ends(next) ? NULL : next;
}

static inline struct rtm_route *rtm_dest_first_rcu(const struct rtm_dest *dest)
{
	struct rtm_route *next = rcu_dereference(dest->best);

	while (next && !rtm_ring_ends(next))
		next = rcu_dereference(next->next);
	return rtm_ring_untag(next);
}

struct rtm_place rtm_dest_find(const struct rtm_family *family,
			       const struct rtm_dest *dest, u32 protocol,
			       const struct rtm_attr_key *key, bool single);
struct rtm_place rtm_place_of(struct rtm_route *route);
void rtm_place_set(const struct rtm_place *place, struct rtm_route *route);
void rtm_place_clear(const struct rtm_place *place);
struct rtm_route *rtm_elect(const struct rtm_family *family,
			    const struct rtm_prio_table *prio,
			    const struct rtm_dest *dest,
			    struct rtm_route *incumbent,
			    const struct rtm_route *without);
struct rtm_route *rtm_elect_added(const struct rtm_family *family,
				  const struct rtm_prio_table *prio,
				  const struct rtm_dest *dest,
				  struct rtm_route *route,
				  const struct rtm_route *old);

#endif /* RTM_ELECT_H */
