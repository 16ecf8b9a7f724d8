// SPDX-License-Identifier: GPL-2.0
/*
 * Route tables: adding, deleting, electing.
 *
 * Lock order: rtm_client.reading, then rtm_table.lock; rtm_net.lock is never
 * held together with either. User memory is not touched under rtm_table.lock.
 * What may sleep for long (grace periods) is done after it was dropped, but
 * for the case that there is no memory at all.
 *
 * A destination is in the tree from its first route until it has neither
 * routes nor change records. Readers take a destination whose best route is
 * NULL for none.
 *
 * A route is published last: everything that can fail comes before. Removing
 * cannot fail: the route removed is its own change record.
 */
#include <linux/limits.h>
#include <linux/prefetch.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "abi.h"
#include "accel.h"
#include "client.h"
#include "elect.h"
#include "family.h"
#include "memory.h"
#include "net.h"
#include "table.h"

#define RTM_FLUSH_DELAY		(HZ / 10)
#define RTM_COMPILE_DELAY	(HZ / 4)

/* While more prefixes come and go in that time, compiling waits. */
#define RTM_COMPILE_BUSY	1024

/* As often a look-up tries again before it lets others go on. */
#define RTM_LOOKUP_TRIES	16

/* As many of a destination's routes are fetched ahead after the best one. */
#define RTM_RING_AHEAD		15

static bool rtm_dest_stale(const struct rtm_table *table,
			   const struct rtm_dest *dest)
{
	return dest->key.mark != table->epoch;
}

/* A change was published: count it. */
static void rtm_table_count_change(struct rtm_table *table)
{
	/* Pairs with rtm_table_lookup(): not before what it counts, */
	smp_store_release(&table->seq, table->seq + 1);
	/* and not after the next change. */
	smp_wmb();
}

/* After @best was linked, and before the best route until now is unlinked. */
static void rtm_dest_set_best(struct rtm_table *table, struct rtm_dest *dest,
			      struct rtm_route *best)
{
	struct rtm_route *old = rtm_locked(table, dest->best);

	table->nr_dests += !!best - !!old;
	rcu_assign_pointer(dest->best, best);
	if (!rtm_dest_log(dest))
		rtm_dest_show(dest, best);
	dest->key.mark = table->epoch;
}

/**
 * rtm_dest_settle() - take a destination out if there is no use for it
 * @table: its table, locked
 * @dest: the destination; may be gone afterwards
 */
void rtm_dest_settle(struct rtm_table *table, struct rtm_dest *dest)
{
	struct rtm_prefix prefix;

	if (rtm_locked(table, dest->best) || rtm_dest_log(dest))
		return;
	prefix = rtm_dest_prefix(table, dest);
	rtm_trie_remove(&table->trie, &prefix);
	rtm_dest_retire(table, dest);
}

/*
 * A live route is live no more; only its memory and attributes remain, and what the
 * namespace counts.
 */
static void rtm_route_unlink(struct rtm_table *table, struct rtm_route *route)
{
	struct rtm_attr *attr = route->attr;
	struct rtm_client *client = attr->client;

	if (rtm_route_age(route))
		rtm_wheel_del(table, route);
	hlist_del(&route->in_attr);
	if (hlist_empty(&attr->routes))
		rtm_attr_unlink(table, attr);
	client->nr_routes--;
	table->nr_routes--;
}

static void rtm_route_link(struct rtm_table *table, struct rtm_route *route)
{
	struct rtm_client *client = route->attr->client;

	hlist_add_head(&route->in_attr, &route->attr->routes);
	client->nr_routes++;
	table->nr_routes++;
}

static struct rtm_place rtm_client_find(const struct rtm_table *table,
					const struct rtm_dest *dest,
					const struct rtm_client *client,
					const struct rtm_attr_key *key)
{
	return rtm_dest_find(table->family, dest, client->protocol, key,
			     client->flags & RTM_SINGLE_ROUTE);
}

static bool rtm_psd_equal(const struct rtm_route *route, const u32 *psd)
{
	const u32 *old = rtm_route_psd(route);

	if (!old)
		return rtm_psd_zero(psd);
	return !memcmp(old, psd, 4 * sizeof(u32));
}

static bool rtm_dest_full(const struct rtm_table *table,
			  const struct rtm_dest *dest)
{
	const struct rtm_route *route;
	u64 nr = 0;

	for (route = rtm_dest_first(dest); route; route = rtm_route_next(route))
		nr++;
	return nr >= rtm_net_limit(table->net, RTM_MAX_DEST_ROUTES);
}

/* Tell what rtm_table_add() and _delete() do to those who ask. */
static void rtm_result_fill(const struct rtm_table *table,
			    const struct rtm_result *result,
			    const struct rtm_route *cur,
			    const struct rtm_route *prev)
{
	struct rtm_change_rec *rec;

	if (!result)
		return;
	rec = result->rec;
	if (result->routes) {
		rtm_change_to_uapi(table, cur, prev, table->seq, rec);
		return;
	}
	rec->error = 0;
	rec->change = (cur ? RTM_CHANGE_CURRENT : 0) |
		      (prev ? RTM_CHANGE_PREVIOUS : 0);
	rec->sequence = table->seq;
}

/*
 * Elect anew if the priorities changed since. Everybody is told.
 * -ENOMEM: nothing was done.
 */
static int rtm_dest_reelect(struct rtm_table *table, struct rtm_dest *dest,
			    gfp_t gfp)
{
	struct rtm_route *old = rtm_locked(table, dest->best);
	struct rtm_route *best, *record = NULL;

	if (!rtm_dest_stale(table, dest))
		return 0;
	best = rtm_elect(table->family, rtm_locked(table, table->prio), dest,
			 old, NULL);
	if (best == old) {
		dest->key.mark = table->epoch;
		return 0;
	}
	if (rtm_log_wanted(table, dest, NULL)) {
		record = rtm_route_clone(table, old, gfp);
		if (!record)
			return -ENOMEM;
	}
	rtm_dest_set_best(table, dest, best);
	rtm_table_count_change(table);
	if (record)
		rtm_log_append(table, record, NULL);
	return 0;
}

/*
 * Fetch the other routes of @nr destinations, where @dests are not NULL, the next
 * of each before the next but one: a ring is read one cache miss after the other,
 * several side by side. Those that @client is going to find are followed no more,
 * but what they are linked to is fetched; with NULL there are none.
 */
static void rtm_table_prefetch_rings(const struct rtm_table *table,
				     const struct rtm_client *client,
				     const struct rtm_route_spec *specs,
				     void **dests, unsigned int nr)
{
	const struct rtm_route *at[RTM_TRIE_GROUP], *next;
	unsigned int i, n, left, step;
	const struct rtm_dest *dest;
	u8 of[RTM_TRIE_GROUP];

	for (i = 0, n = 0; i < nr; i++) {
		dest = dests[i];
		at[n] = dest ? rtm_locked(table, dest->best) : NULL;
		of[n] = i;
		n += at[n] && rtm_route_succ(at[n]) != at[n];
	}
	for (step = 0; n && step < RTM_RING_AHEAD; step++, n = left) {
		for (i = 0, left = 0; i < n; i++) {
			/* To replace the best one takes the one before it. */
			if (client && step &&
			    !rtm_identity_cmp(table->family, client->protocol,
					      &specs[of[i]].key, at[i]->attr)) {
				prefetchw(at[i]->in_attr.next);
				prefetchw(at[i]->in_attr.pprev);
				continue;
			}
			next = rtm_route_succ(at[i]);
			if (next == rtm_locked(table, at[i]->dest->best))
				continue;
			prefetch(next);
			at[left] = next;
			of[left++] = of[i];
		}
	}
}

/**
 * rtm_table_prefetch() - get ready to add or delete several routes
 * @table: table, locked
 * @client: their owner
 * @specs: the routes; prefixes are valid
 * @nr: how many, at most RTM_TRIE_GROUP
 * @fetched: result
 *
 * Fetches the nodes on the way to the destinations, those, their best routes,
 * what these are linked to and other routes, each for all before the next.
 */
void rtm_table_prefetch(const struct rtm_table *table,
			const struct rtm_client *client,
			const struct rtm_route_spec *specs, unsigned int nr,
			struct rtm_fetched *fetched)
{
	void **dests = fetched->dests;
	const struct rtm_route *best;
	const struct rtm_dest *dest;
	unsigned int i;

	lockdep_assert_held(&table->lock);
	fetched->changes = table->trie.changes;
	rtm_trie_prefetch(&table->trie, &specs->prefix, sizeof(*specs), dests,
			  nr);
	for (i = 0; i < nr; i++) {
		dest = dests[i];
		if (dest)
			prefetchw(rtm_locked(table, dest->best));
	}
	for (i = 0; i < nr; i++) {
		dest = dests[i];
		best = dest ? rtm_locked(table, dest->best) : NULL;
		if (!best)
			continue;
		prefetchw(best->in_attr.next);
		prefetchw(best->in_attr.pprev);
	}
	rtm_table_prefetch_rings(table, client, specs, dests, nr);
}

/**
 * rtm_table_fetched() - a destination that rtm_table_prefetch() came by
 * @table: table, locked ever since
 * @fetched: its result
 * @i: for this of the specs
 * @prefix: of that
 *
 * Return: NULL if that is not known.
 */
struct rtm_dest *rtm_table_fetched(const struct rtm_table *table,
				   const struct rtm_fetched *fetched,
				   unsigned int i,
				   const struct rtm_prefix *prefix)
{
	struct rtm_dest *dest = fetched->dests[i];
	struct rtm_prefix own;

	lockdep_assert_held(&table->lock);
	if (fetched->changes != table->trie.changes || !dest)
		return NULL;
	own = rtm_dest_prefix(table, dest);
	return rtm_prefix_equal(&own, prefix) ? dest : NULL;
}

/**
 * rtm_table_add() - add or update a route
 * @table: table, locked
 * @client: its owner
 * @spec: the route, valid for the family
 * @nr: how many specs of an array begin with @spec, which the caller means to
 *	add: a hint. All have valid prefixes
 * @dest: its destination, if it is known; or NULL
 * @result: for what happened to the best route; or NULL
 *
 * May sleep, but not for memory. -ENOENT: the client is going; -ENOSPC,
 * -EOVERFLOW: a limit; -ENOMEM: none is to be had at once. Nothing has changed
 * then.
 */
int rtm_table_add(struct rtm_table *table, struct rtm_client *client,
		  const struct rtm_route_spec *spec, unsigned int nr,
		  struct rtm_dest *dest, const struct rtm_result *result)
{
	struct rtm_cursor *origin = client->watches ? &client->cursor : NULL;
	struct rtm_route *route, *old = NULL, *was, *best, *record = NULL;
	struct rtm_place place = {};
	struct rtm_attr *attr;
	bool told, same;
	u8 layout = 0;
	int err;

	lockdep_assert_held(&table->lock);
	if (client->dying)
		return -ENOENT;
	if (spec->ttl != RTM_FOREVER)
		layout |= RTM_ROUTE_AGED;
	if (!rtm_psd_zero(spec->psd))
		layout |= RTM_ROUTE_PSD;

	if (!dest)
		dest = rtm_trie_seek(&table->trie, &spec->prefix);
	if (dest) {
		err = rtm_dest_reelect(table, dest, RTM_GFP_LOCKED);
		if (err)
			return err;
		place = rtm_client_find(table, dest, client, &spec->key);
		old = place.route;
	}
	same = old && rtm_attr_has(table, old->attr, &spec->key);
	if (same && rtm_psd_equal(old, spec->psd) &&
	    !rtm_route_age(old) == !(layout & RTM_ROUTE_AGED)) {
		rtm_route_set_stamp(old, table->now);
		if (layout & RTM_ROUTE_AGED)
			rtm_wheel_refresh(table, old,
					  rtm_wheel_expiry(table, spec->ttl));
		rtm_result_fill(table, result, NULL, NULL);
		return 0;
	}

	/* One that is replaced leaves its place to the new one. */
	if (!old) {
		if (client->nr_routes >=
		    rtm_net_limit(table->net, RTM_MAX_CLIENT_ROUTES))
			return -ENOSPC;
		if (dest && rtm_dest_full(table, dest))
			return -EOVERFLOW;
		if (!rtm_net_charge(table->net))
			return -ENOSPC;
	}

	err = -ENOMEM;
	attr = rtm_attr_get(table, client, &spec->key);
	if (!attr)
		goto err_charge;
	route = rtm_route_alloc(table, layout, RTM_GFP_LOCKED);
	if (!route)
		goto err_attr;
	route->attr = attr;
	if (layout & RTM_ROUTE_PSD)
		memcpy(rtm_route_psd(route), spec->psd, sizeof(spec->psd));
	if (layout & RTM_ROUTE_AGED)
		rtm_route_age(route)->expiry = rtm_wheel_expiry(table,
								spec->ttl);

	was = dest ? rtm_locked(table, dest->best) : NULL;
	best = dest ? rtm_elect_added(table->family,
				      rtm_locked(table, table->prio), dest,
				      route, old) : route;
	/* The same route with the same attributes is no change. */
	told = best != was && !(was && was == old && best == route && same);

	/* A route that is replaced is its own record. */
	if (told && !(was && was == old) &&
	    rtm_log_wanted(table, dest, origin)) {
		record = rtm_route_clone(table, was, RTM_GFP_LOCKED);
		if (!record)
			goto err_route;
	}

	if (!dest) {
		dest = rtm_dest_alloc(table, &spec->prefix);
		if (!dest)
			goto err_record;
		route->dest = dest;
		rtm_place_set(&place, route);
		RCU_INIT_POINTER(dest->best, route);
		rtm_dest_show(dest, route);
		err = rtm_trie_insert_first(&table->trie, &spec->prefix,
					    sizeof(*spec), nr, dest);
		if (err)
			goto err_dest;
		table->nr_dests++;
	} else {
		route->dest = dest;
		rtm_place_set(&place, route);
		if (best != was)
			rtm_dest_set_best(table, dest, best);
	}

	rtm_route_link(table, route);
	if (layout & RTM_ROUTE_AGED)
		rtm_wheel_add(table, route);
	if (old)
		rtm_route_unlink(table, old);
	if (told)
		rtm_table_count_change(table);
	rtm_result_fill(table, result, told ? best : NULL, told ? was : NULL);

	if (told && old && was == old && rtm_log_wanted(table, dest, origin)) {
		rtm_log_append(table, old, origin);
	} else {
		if (old)
			rtm_route_retire(table, old);
		if (record) {
			record->dest = dest;
			rtm_log_append(table, record, origin);
		}
	}
	return 0;

err_dest:
	rtm_dest_free(table, dest);
err_record:
	if (record)
		rtm_route_free(table, record);
err_route:
	route->attr = NULL;
	rtm_route_free(table, route);
err_attr:
	rtm_attr_unget(table, attr);
err_charge:
	if (!old)
		rtm_net_uncharge(table->net);
	return err;
}

static void rtm_route_remove(struct rtm_table *table,
			     const struct rtm_place *place,
			     const struct rtm_cursor *origin,
			     const struct rtm_result *result)
{
	struct rtm_route *route = place->route;
	struct rtm_dest *dest = route->dest;
	struct rtm_route *best = NULL;
	bool told;

	told = rtm_locked(table, dest->best) == route;
	if (told) {
		best = rtm_elect(table->family, rtm_locked(table, table->prio),
				 dest, NULL, route);
		rtm_dest_set_best(table, dest, best);
	}
	rtm_place_clear(place);
	rtm_route_unlink(table, route);
	rtm_net_uncharge(table->net);
	if (told)
		rtm_table_count_change(table);
	rtm_result_fill(table, result, best, told ? route : NULL);
	if (told && rtm_log_wanted(table, dest, origin)) {
		rtm_log_append(table, route, origin);
	} else {
		rtm_route_retire(table, route);
		rtm_dest_settle(table, dest);
	}
}

/**
 * rtm_table_delete() - delete a route of a client
 * @table: table, locked
 * @client: its owner
 * @spec: prefix, interface and next hop, of single-route clients the prefix
 * @dest: its destination, if it is known; or NULL
 * @result: for what happened to the best route; or NULL
 *
 * Needs no memory. -ENOENT: the client is going; -ESRCH: it has no such route.
 */
int rtm_table_delete(struct rtm_table *table, struct rtm_client *client,
		     const struct rtm_route_spec *spec, struct rtm_dest *dest,
		     const struct rtm_result *result)
{
	struct rtm_place place;

	lockdep_assert_held(&table->lock);
	if (client->dying)
		return -ENOENT;
	if (!dest)
		dest = rtm_trie_seek(&table->trie, &spec->prefix);
	if (!dest)
		return -ESRCH;
	place = rtm_client_find(table, dest, client, &spec->key);
	if (!place.route)
		return -ESRCH;
	rtm_route_remove(table, &place,
			 client->watches ? &client->cursor : NULL, result);
	return 0;
}

/**
 * rtm_table_remove() - delete a route on behalf of nobody
 * @table: table, locked
 * @route: live route
 *
 * Needs no memory. Everybody is told.
 */
void rtm_table_remove(struct rtm_table *table, struct rtm_route *route)
{
	struct rtm_place place;

	lockdep_assert_held(&table->lock);
	place = rtm_place_of(route);
	rtm_route_remove(table, &place, NULL, NULL);
}

/**
 * rtm_table_remove_group() - delete routes on behalf of nobody
 * @table: table, locked
 * @routes: live routes, their destinations being fetched
 * @nr: how many, at most RTM_REMOVE_GROUP
 *
 * As rtm_table_remove(), fetching ahead what that needs.
 */
void rtm_table_remove_group(struct rtm_table *table, struct rtm_route **routes,
			    unsigned int nr)
{
	void *dests[RTM_REMOVE_GROUP], *leaves[RTM_REMOVE_GROUP];
	struct rtm_prefix prefixes[RTM_REMOVE_GROUP];
	unsigned int i, leaving = 0, staying = 0;
	struct rtm_dest *dest;

	lockdep_assert_held(&table->lock);
	for (i = 0; i < nr; i++) {
		dest = routes[i]->dest;
		/* With its only route it leaves the tree. */
		if (rtm_route_succ(routes[i]) == routes[i]) {
			prefixes[leaving++] = rtm_dest_prefix(table, dest);
		} else {
			prefetch(rtm_locked(table, dest->best));
			dests[staying++] = dest;
		}
	}
	rtm_trie_prefetch(&table->trie, prefixes, sizeof(prefixes[0]), leaves,
			  leaving);
	rtm_table_prefetch_rings(table, NULL, NULL, dests, staying);
	for (i = 0; i < nr; i++)
		rtm_table_remove(table, routes[i]);
}

/**
 * rtm_table_prefetch_best() - get ready to look up several
 * @table: table
 * @prefixes: as for rtm_table_lookup()
 * @nr: how many, at most RTM_TRIE_GROUP
 * @longest: likewise
 *
 * Takes rcu_read_lock(). Fetches the nodes on the way, the destinations, their
 * best routes and what those say, each for all before the next.
 */
void rtm_table_prefetch_best(const struct rtm_table *table,
			     const struct rtm_prefix *prefixes,
			     unsigned int nr, bool longest)
{
	const struct rtm_route *routes[RTM_TRIE_GROUP];
	void *leaves[RTM_TRIE_GROUP];
	const struct rtm_dest *dest;
	unsigned int i;

	rcu_read_lock();
	if (!longest || !rtm_accel_prefetch(&table->trie, prefixes, leaves, nr))
		rtm_trie_prefetch(&table->trie, prefixes, sizeof(*prefixes),
				  leaves, nr);
	for (i = 0; longest && i < nr; i++) {
		leaves[i] = rtm_trie_match(&table->trie, prefixes[i].hi,
					   prefixes[i].lo, prefixes[i].len);
		prefetch(leaves[i]);
	}
	for (i = 0; i < nr; i++) {
		dest = leaves[i];
		routes[i] = dest ? rcu_dereference(dest->best) : NULL;
		prefetch(routes[i]);
	}
	for (i = 0; i < nr; i++)
		if (routes[i])
			prefetch(routes[i]->attr);
	rcu_read_unlock();
}

/**
 * rtm_table_lookup() - best route of a destination or to an address
 * @table: table
 * @prefix: the destination; or an address, and the greatest length to match
 * @longest: which of the two
 * @rec: the route; in case of an error, what it was
 *
 * Takes rcu_read_lock(); sleeps only if others change the table all the time.
 * -ESRCH: none; -EINTR: a fatal signal came. The answer was true at one moment.
 */
int rtm_table_lookup(const struct rtm_table *table,
		     const struct rtm_prefix *prefix, bool longest,
		     struct rtm_route_rec *rec)
{
	const struct rtm_route *best;
	const struct rtm_dest *dest;
	unsigned int tries = 0;
	int err = -ESRCH, len;
	u64 seq;

	rcu_read_lock();
again:
	best = NULL;
	/* Before the look-up: pairs with rtm_table_count_change(). */
	seq = smp_load_acquire(&table->seq);
	if (!longest) {
		dest = rtm_trie_find(&table->trie, prefix);
		if (dest)
			best = rcu_dereference(dest->best);
	} else {
		for (len = prefix->len; len >= 0 && !best;
		     len = dest->key.len - 1) {
			dest = rtm_trie_match(&table->trie, prefix->hi,
					      prefix->lo, len);
			if (!dest)
				break;
			best = rcu_dereference(dest->best);
		}
		/*
		 * A match is looked for in several places. If a change came in
		 * between, what was found may never have been the longest.
		 */
		smp_rmb();
		if (seq != READ_ONCE(table->seq)) {
			if (++tries % RTM_LOOKUP_TRIES)
				goto again;
			rcu_read_unlock();
			if (fatal_signal_pending(current))
				return -EINTR;
			cond_resched();
			rcu_read_lock();
			goto again;
		}
	}
	if (best) {
		rtm_route_to_uapi(table, best, 0, seq, rec);
		err = 0;
	}
	rcu_read_unlock();
	return err;
}

/*
 * Elect a chunk of destinations: those after @from, with @inclusive that one, too.
 * Both move on. Return: 1 if there are more, 0 at the end, -ENOMEM.
 */
static int rtm_table_sweep(struct rtm_table *table, struct rtm_prefix *from,
			   bool *inclusive, void **dests, gfp_t gfp)
{
	unsigned int i, nr, with_routes = 0;
	struct rtm_prefix last = *from;
	struct rtm_dest *dest;

	lockdep_assert_held(&table->lock);
	nr = rtm_trie_walk(&table->trie, from, *inclusive, dests, RTM_CHUNK);
	if (nr)
		last = rtm_dest_prefix(table, dests[nr - 1]);
	/* Electing may free destinations that have but records. */
	for (i = 0; i < nr; i++) {
		dest = dests[i];
		if (rtm_locked(table, dest->best))
			dests[with_routes++] = dest;
	}
	for (i = 0; i < with_routes; i++) {
		if (!rtm_dest_reelect(table, dests[i], gfp)) {
			/* What must not fail may wait: once a hold is enough. */
			gfp = RTM_GFP_LOCKED;
			continue;
		}
		*from = rtm_dest_prefix(table, dests[i]);
		*inclusive = true;
		return -ENOMEM;
	}
	*from = last;
	*inclusive = false;
	return nr == RTM_CHUNK;
}

/* Elect all of them. @dests: room for a chunk. */
static void rtm_table_sweep_all(struct rtm_table *table, void **dests)
{
	struct rtm_prefix from = {};
	gfp_t gfp = RTM_GFP_LOCKED;
	unsigned int waits = 0;
	bool inclusive = true;
	int more;

	do {
		rtm_table_lock(table);
		more = rtm_table_sweep(table, &from, &inclusive, dests, gfp);
		if (!more)
			WRITE_ONCE(table->swept, table->epoch);
		rtm_table_unlock(table);
		cond_resched();
		/* It goes on: at worst with memory that others wait for, too. */
		if (more >= 0)
			waits = 0;
		gfp = more < 0 && !rtm_memory_wait(&waits) ?
		      GFP_KERNEL_ACCOUNT | __GFP_NOFAIL | __GFP_NOLOCKDEP :
		      RTM_GFP_LOCKED;
	} while (more);
	wake_up_all(&table->wait);
}

static bool rtm_table_swept(struct rtm_table *table)
{
	return READ_ONCE(table->swept) == READ_ONCE(table->epoch);
}

/**
 * rtm_table_set_prios() - change priorities and elect by them
 * @table: table, not locked
 * @set: entries to add or replace
 * @nr: how many
 *
 * Sleeps until all is elected, which the caller does: what is to be told of it
 * is his memory. -ENOMEM, -ENOSPC, -ERESTARTSYS (a fatal signal): nothing has
 * changed.
 */
int rtm_table_set_prios(struct rtm_table *table,
			const struct rtm_prio_entry *set, unsigned int nr)
{
	struct rtm_prio_table *old, *prio;
	unsigned int waits = 0;
	void **dests;
	int err;

	dests = kmalloc_array(RTM_CHUNK, sizeof(*dests), GFP_KERNEL_ACCOUNT);
	if (!dests)
		return -ENOMEM;
again:
	/* One sweep at a time: a destination is one epoch late at the most. */
	err = wait_event_killable(table->wait, rtm_table_swept(table));
	if (err)
		goto out;
	rtm_table_lock(table);
	if (!rtm_table_swept(table)) {
		rtm_table_unlock(table);
		goto again;
	}
	old = rtm_locked(table, table->prio);
	prio = rtm_prio_merge(old, set, nr);
	if (IS_ERR(prio)) {
		rtm_table_unlock(table);
		err = PTR_ERR(prio);
		if (err == -ENOMEM && rtm_memory_wait(&waits))
			goto again;
		goto out;
	}
	rcu_assign_pointer(table->prio, prio);
	WRITE_ONCE(table->epoch, table->epoch + 1);
	rtm_table_unlock(table);
	kfree_rcu(old, rcu);
	rtm_table_sweep_all(table, dests);
out:
	kfree(dests);
	return err;
}

static void rtm_trim_work(struct work_struct *work)
{
	struct rtm_table *table = container_of(work, struct rtm_table, trim);

	rtm_table_lock(table);
	rtm_log_trim(table, RTM_CHUNK);
	rtm_table_unlock(table);
}

static void rtm_flush_work(struct work_struct *work)
{
	struct rtm_table *table = container_of(to_delayed_work(work),
					       struct rtm_table, flush);

	mutex_lock(&table->lock);
	rtm_reclaim_flush(&table->reclaim);
	mutex_unlock(&table->lock);
}

/* @table's mutex is going to be released: what is left to do later? */
static void rtm_table_arm(struct rtm_table *table)
{
	/* Full batches are on their way; the rest may wait for more. */
	if (table->reclaim.batch && !delayed_work_pending(&table->flush))
		queue_delayed_work(rtm_wq, &table->flush, RTM_FLUSH_DELAY);
	if (table->family->width == 32 && !table->family->exact &&
	    rtm_accel_wanted(&table->trie) &&
	    !delayed_work_pending(&table->compile))
		queue_delayed_work(rtm_wq, &table->compile, RTM_COMPILE_DELAY);
}

static void rtm_compile_work(struct work_struct *work)
{
	struct rtm_table *table = container_of(to_delayed_work(work),
					       struct rtm_table, compile);
	unsigned int before = table->compiled;
	bool calm, more = true;

	mutex_lock(&table->lock);
	table->compiled = table->trie.changes;
	calm = table->compiled - before < RTM_COMPILE_BUSY;
	/* What the routes no longer pay for does not wait to be dropped. */
	while (more && (calm || rtm_accel_useless(&table->trie))) {
		more = rtm_accel_compile(&table->trie);
		mutex_unlock(&table->lock);
		cond_resched();
		mutex_lock(&table->lock);
	}
	/* It was no time, there was no memory, or others were faster. */
	rtm_table_arm(table);
	mutex_unlock(&table->lock);
}

/**
 * rtm_table_lock() - become the writer
 * @table: table
 *
 * Sleeps.
 */
void rtm_table_lock(struct rtm_table *table)
{
	mutex_lock(&table->lock);
	table->now = rtm_now();
}

/**
 * rtm_table_lock_killable() - as rtm_table_lock(), but a fatal signal ends it
 * @table: table
 *
 * Sleeps. Return: 0, or -EINTR: a fatal signal came.
 */
int rtm_table_lock_killable(struct rtm_table *table)
{
	int err = mutex_lock_killable(&table->lock);

	if (!err)
		table->now = rtm_now();
	return err;
}

/**
 * rtm_table_unlock() - be writer no more
 * @table: table
 *
 * May sleep, so that memory which waits for a grace period stays bounded.
 */
void rtm_table_unlock(struct rtm_table *table)
{
	rtm_table_arm(table);
	mutex_unlock(&table->lock);
	rtm_reclaim_throttle(&table->reclaim);
}

/*
 * Lockdep is told that reclaim may take the mutex. It does not; but so lockdep
 * reports who waits for memory while holding it, and makes all others wait.
 */
static void rtm_table_lock_init(struct rtm_table *table)
{
	mutex_init(&table->lock);
	fs_reclaim_acquire(GFP_KERNEL);
	might_lock(&table->lock);
	fs_reclaim_release(GFP_KERNEL);
}

/**
 * rtm_table_init() - an empty table
 * @table: zeroed
 * @net: its namespace
 * @family: its family
 *
 * May sleep. -ENOMEM, with nothing left behind.
 */
int rtm_table_init(struct rtm_table *table, struct rtm_net *net,
		   const struct rtm_family *family)
{
	struct rtm_prio_table *prio;
	int err;

	table->family = family;
	table->net = net;
	rtm_table_lock_init(table);
	INIT_LIST_HEAD(&table->clients);
	init_waitqueue_head(&table->wait);
	rtm_log_init(&table->log);
	rtm_wheel_init(&table->wheel);
	INIT_WORK(&table->trim, rtm_trim_work);
	INIT_DELAYED_WORK(&table->flush, rtm_flush_work);
	INIT_DELAYED_WORK(&table->compile, rtm_compile_work);
	/* Close to where they wrap, so that they do. */
	table->epoch = U16_MAX - 1;
	table->swept = table->epoch;
	table->departed = UINT_MAX - 1;

	prio = rtm_prio_default(family);
	if (!prio)
		return -ENOMEM;
	RCU_INIT_POINTER(table->prio, prio);
	err = rtm_attrs_init(table);
	if (err)
		goto err_prio;
	err = rtm_trie_init(&table->trie, family->width,
			    offsetof(struct rtm_dest, key), &table->reclaim,
			    &table->lock);
	if (err)
		goto err_attrs;
	return 0;

err_attrs:
	rtm_attrs_destroy(table);
err_prio:
	kfree(prio);
	return err;
}

/**
 * rtm_table_destroy() - undo rtm_table_init()
 * @table: table without clients, readers or users
 *
 * Sleeps. The memory of @table may go only after rcu_barrier().
 */
void rtm_table_destroy(struct rtm_table *table)
{
	cancel_work_sync(&table->trim);
	rtm_table_lock(table);
	while (rtm_log_trim(table, RTM_CHUNK))
		cond_resched();
	rtm_table_unlock(table);
	cancel_work_sync(&table->trim);
	rtm_wheel_destroy(&table->wheel);
	/* Nothing arms it from here on. */
	cancel_delayed_work_sync(&table->compile);
	cancel_delayed_work_sync(&table->flush);
	mutex_lock(&table->lock);
	rtm_accel_drop(&table->trie);
	rtm_reclaim_flush(&table->reclaim);
	mutex_unlock(&table->lock);
	WARN_ON(table->nr_routes || table->nr_dests || table->bytes);
	rtm_trie_destroy(&table->trie);
	rtm_attrs_destroy(table);
	kfree(rcu_dereference_protected(table->prio, true));
}
