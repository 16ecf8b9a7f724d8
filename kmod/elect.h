/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RTM_ELECT_H
#define RTM_ELECT_H

#include <linux/rcupdate.h>
#include <linux/types.h>

#include "route.h"

struct rtm_family;
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

/* Routes in order: for those who hold the table's mutex, and RCU readers. */

/* NULL after the last. */
static inline struct rtm_route *rtm_ring_next(const struct rtm_route *route)
{
	struct rtm_route *next = rcu_dereference_raw(route->next);

	return (uintptr_t)next & RTM_RING_END ? NULL : next;
}

/* The first of those that @route is one of. */
static inline struct rtm_route *rtm_ring_first(const struct rtm_route *route)
{
	uintptr_t next;

	for (;;) {
		next = (uintptr_t)rcu_dereference_raw(route->next);
		if (next & RTM_RING_END)
			return (struct rtm_route *)(next & ~RTM_RING_END);
		route = (const struct rtm_route *)next;
	}
}

/* NULL if there is none. */
static inline struct rtm_route *rtm_dest_first(const struct rtm_dest *dest)
{
	const struct rtm_route *best = rcu_dereference_raw(dest->best);

	return best ? rtm_ring_first(best) : NULL;
}

int rtm_identity_cmp(u32 protocol, const struct rtm_attr_key *key,
		     const struct rtm_attr *attr, unsigned int next_hop_len);
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
