// SPDX-License-Identifier: GPL-2.0
/*
 * Parts of an operation by themselves, to explain the whole: the memory that a
 * route and its destination take, and the way along a destination's routes.
 */
#include <linux/ktime.h>
#include <linux/prefetch.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "../../kmod/elect.h"
#include "../../kmod/reclaim.h"
#include "../../kmod/table.h"
#include "parts.h"

struct bench_pair {
	struct rtm_route *route;
	struct rtm_dest *dest;
};

static struct kmem_cache *routes, *dests;

static int bench_pairs_get(struct bench_pair *pairs, unsigned int n,
			   struct hlist_head *head)
{
	struct rtm_route *route;
	struct rtm_dest *dest;
	unsigned int i;

	for (i = 0; i < n; i++) {
		route = kmem_cache_alloc(routes, GFP_KERNEL_ACCOUNT);
		dest = kmem_cache_alloc(dests, GFP_KERNEL_ACCOUNT);
		pairs[i].route = route;
		pairs[i].dest = dest;
		if (!route || !dest)
			return -ENOMEM;
		route->dest = dest;
		RCU_INIT_POINTER(dest->best, route);
		hlist_add_head(&route->in_attr, head);
	}
	return 0;
}

static void bench_pairs_put(struct bench_pair *pairs, unsigned int n)
{
	void *route[RTM_RETIRED_MAX], *dest[RTM_RETIRED_MAX];
	unsigned int i, k;

	for (i = 0; i < n; i += k) {
		for (k = 0; k < RTM_RETIRED_MAX && i + k < n; k++) {
			route[k] = pairs[i + k].route;
			dest[k] = pairs[i + k].dest;
			hlist_del(&pairs[i + k].route->in_attr);
		}
		rtm_free_bulk(route, k);
		rtm_free_bulk(dest, k);
	}
}

/**
 * bench_pairs() - get and free a route and a destination many times
 * @n: how many
 * @get: result: nanoseconds to get them all, each route linked to the one before
 * @put: result: nanoseconds to unlink and free them all, in the same order
 *
 * Sleeps. Destinations as IPv4 has them. RCU does not come in between.
 *
 * Return: 0, -EINVAL or -ENOMEM.
 */
int bench_pairs(unsigned int n, u64 *get, u64 *put)
{
	struct hlist_head head = HLIST_HEAD_INIT;
	struct bench_pair *pairs;
	unsigned int i;
	int err;
	u64 ns;

	if (!n)
		return -EINVAL;
	pairs = vcalloc(n, sizeof(*pairs));
	if (!pairs)
		return -ENOMEM;
	ns = ktime_get_ns();
	err = bench_pairs_get(pairs, n, &head);
	*get = ktime_get_ns() - ns;
	if (!err) {
		ns = ktime_get_ns();
		bench_pairs_put(pairs, n);
		*put = ktime_get_ns() - ns;
	}
	for (i = 0; err && i < n; i++) {
		if (pairs[i].route)
			kmem_cache_free(routes, pairs[i].route);
		if (pairs[i].dest)
			kmem_cache_free(dests, pairs[i].dest);
	}
	vfree(pairs);
	return err;
}

/**
 * bench_ring() - from the best route to others of the same destination
 * @table: the IPv4 table
 * @addrs: addresses in destinations of 24 bits
 * @n: how many, at most RTM_TRIE_GROUP
 * @steps: how far
 * @sum: is added to, so that what was read is used
 *
 * The best routes are fetched before. From each to the next for all of them, as
 * batches do, so that the cache misses overlap.
 *
 * Return: nanoseconds.
 */
u64 bench_ring(const struct rtm_table *table, const u32 *addrs, unsigned int n,
	       unsigned int steps, u64 *sum)
{
	const struct rtm_route *at[RTM_TRIE_GROUP];
	const struct rtm_dest *dest;
	unsigned int i;
	u64 ns;

	rcu_read_lock();
	for (i = 0; i < n; i++) {
		const struct rtm_prefix p = {
			.hi = (u64)(addrs[i] & ~255U) << 32,
			.len = 24,
		};

		dest = rtm_trie_find(&table->trie, &p);
		at[i] = dest ? rcu_dereference(dest->best) : NULL;
		*sum += at[i] ? rtm_route_stamp(at[i]) : 0;
	}
	ns = ktime_get_ns();
	while (steps--) {
		for (i = 0; i < n; i++) {
			if (!at[i])
				continue;
			at[i] = rtm_ring_untag(rcu_dereference(at[i]->next));
			prefetch(at[i]);
		}
	}
	for (i = 0; i < n; i++)
		*sum += at[i] ? rtm_route_stamp(at[i]) : 0;
	ns = ktime_get_ns() - ns;
	rcu_read_unlock();
	return ns;
}

int bench_parts_init(void)
{
	routes = kmem_cache_create("bench_route", sizeof(struct rtm_route), 0,
				   0, NULL);
	dests = kmem_cache_create("bench_dest",
				  offsetof(struct rtm_dest, key.net[1]), 0, 0,
				  NULL);
	if (routes && dests)
		return 0;
	bench_parts_exit();
	return -ENOMEM;
}

void bench_parts_exit(void)
{
	kmem_cache_destroy(dests);
	kmem_cache_destroy(routes);
}
