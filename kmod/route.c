// SPDX-License-Identifier: GPL-2.0
/*
 * Routes, their attributes, destinations: memory and copies.
 *
 * Everything here is made and unmade under the mutex of its table. What
 * readers could reach is retired, that is freed after a grace period; what
 * was never published is freed at once.
 *
 * Attributes are interned by client. They are in the hash and in their
 * client's list exactly as long as they have live routes; records of the
 * change log may keep them, by refs, after that.
 */
#include <linux/hash.h>
#include <linux/jhash.h>
#include <linux/rhashtable.h>
#include <linux/slab.h>

#include "client.h"
#include "family.h"
#include "memory.h"
#include "table.h"

#define RTM_NR_LAYOUTS	(RTM_ROUTE_LAYOUT + 1)

static struct kmem_cache *route_cache[RTM_NR_LAYOUTS];
static struct kmem_cache *dest_cache[RTM_NR_FAMILIES];
static struct kmem_cache *attr_cache[RTM_NR_FAMILIES];

static size_t rtm_route_size(u8 layout)
{
	size_t size = sizeof(struct rtm_route);

	if (layout & RTM_ROUTE_AGED)
		size += sizeof(struct rtm_route_age);
	if (layout & RTM_ROUTE_PSD)
		size += 4 * sizeof(u32);
	return size;
}

/**
 * rtm_attr_key_len() - bytes of a family's keys, a multiple of eight
 * @family: the family
 */
unsigned int rtm_attr_key_len(const struct rtm_family *family)
{
	return offsetof(struct rtm_attr_key, next_hop) +
	       round_up(family->next_hop_len, sizeof(__be64));
}

/* What they take in their caches. */
static size_t rtm_attr_size(const struct rtm_family *family)
{
	return round_up(offsetof(struct rtm_attr, key) +
			rtm_attr_key_len(family), 8);
}

static size_t rtm_dest_size(const struct rtm_family *family)
{
	return round_up(offsetof(struct rtm_dest, key.net) + family->width / 8,
			8);
}

/**
 * rtm_route_alloc() - memory for a route
 * @table: its table, locked
 * @layout: RTM_ROUTE_AGED, RTM_ROUTE_PSD
 * @gfp: how
 *
 * Return: a zeroed route with @layout and the time in its meta, or NULL.
 */
struct rtm_route *rtm_route_alloc(struct rtm_table *table, u8 layout,
				  gfp_t gfp)
{
	struct rtm_route *route;

	lockdep_assert_held(&table->lock);
	route = kmem_cache_zalloc(route_cache[layout], gfp);
	if (!route)
		return NULL;
	route->meta = table->now << RTM_META_SHIFT | layout;
	table->bytes += rtm_route_size(layout);
	return route;
}

/**
 * rtm_route_clone() - copy a route that stays, to be its record
 * @table: its table, locked
 * @from: the route; NULL for a record of "no route"
 * @gfp: how
 */
struct rtm_route *rtm_route_clone(struct rtm_table *table,
				  const struct rtm_route *from, gfp_t gfp)
{
	struct rtm_route *route;

	route = rtm_route_alloc(table,
				from ? from->meta & RTM_ROUTE_LAYOUT : 0, gfp);
	if (!route || !from)
		return route;
	rtm_route_set_stamp(route, rtm_route_stamp(from));
	if (rtm_route_age(from))
		rtm_route_age(route)->expiry = rtm_route_age(from)->expiry;
	if (rtm_route_psd(from))
		memcpy(rtm_route_psd(route), rtm_route_psd(from),
		       4 * sizeof(u32));
	route->dest = from->dest;
	route->attr = from->attr;
	route->attr->refs++;
	return route;
}

static void rtm_route_unaccount(struct rtm_table *table,
				struct rtm_route *route)
{
	lockdep_assert_held(&table->lock);
	if (route->attr)
		rtm_attr_put(table, route->attr);
	table->bytes -= rtm_route_size(route->meta & RTM_ROUTE_LAYOUT);
}

/**
 * rtm_route_free() - undo rtm_route_alloc() of a route never published
 * @table: its table, locked
 * @route: the route; drops its reference to the attributes
 */
void rtm_route_free(struct rtm_table *table, struct rtm_route *route)
{
	rtm_route_unaccount(table, route);
	kfree(route);
}

/**
 * rtm_route_retire() - free a route after a grace period
 * @table: its table, locked
 * @route: the route, unlinked; drops its reference to the attributes
 */
void rtm_route_retire(struct rtm_table *table, struct rtm_route *route)
{
	rtm_route_unaccount(table, route);
	rtm_retire_route(&table->reclaim, route);
}

/**
 * rtm_dest_alloc() - memory for a destination
 * @table: its table, locked
 * @prefix: network and length
 *
 * Does not wait for memory. NULL: there is none.
 */
struct rtm_dest *rtm_dest_alloc(struct rtm_table *table,
				const struct rtm_prefix *prefix)
{
	struct rtm_dest *dest;

	lockdep_assert_held(&table->lock);
	dest = kmem_cache_zalloc(dest_cache[table->family - rtm_families],
				 RTM_GFP_LOCKED);
	if (!dest)
		return NULL;
	dest->key.mark = table->epoch;
	rtm_key_set(&dest->key, prefix, table->family->width);
	table->bytes += rtm_dest_size(table->family);
	return dest;
}

/**
 * rtm_dest_free() - undo rtm_dest_alloc() of one never published
 * @table: its table, locked
 * @dest: the destination
 */
void rtm_dest_free(struct rtm_table *table, struct rtm_dest *dest)
{
	lockdep_assert_held(&table->lock);
	table->bytes -= rtm_dest_size(table->family);
	kfree(dest);
}

/**
 * rtm_dest_retire() - free a destination after a grace period
 * @table: its table, locked
 * @dest: the destination, out of the tree
 */
void rtm_dest_retire(struct rtm_table *table, struct rtm_dest *dest)
{
	lockdep_assert_held(&table->lock);
	table->bytes -= rtm_dest_size(table->family);
	rtm_retire(&table->reclaim, dest);
}

struct rtm_attr_lookup {
	const struct rtm_client *client;
	const struct rtm_attr_key *key;
	unsigned int len;
};

/* They differ in the next hop more often than elsewhere: from behind. */
static bool rtm_attr_key_equal(const struct rtm_attr_key *a,
			       const struct rtm_attr_key *b, unsigned int len)
{
	const u64 *x = (const u64 *)a, *y = (const u64 *)b;
	unsigned int i;

	for (i = len / sizeof(u64); i--; )
		if (x[i] != y[i])
			return false;
	return true;
}

static u32 rtm_attr_hash(const struct rtm_client *client,
			 const struct rtm_attr_key *key, unsigned int len,
			 u32 seed)
{
	return jhash2((const u32 *)key, len / sizeof(u32),
		      seed ^ client->cursor.origin);
}

/* Where a client keeps what it used of late: by what differs most often. */
static struct rtm_attr **rtm_attr_recent(struct rtm_client *client,
					 const struct rtm_attr_key *key,
					 unsigned int len)
{
	u64 mix = (u64)key->interface << 32 ^ key->metric;

	mix ^= (__force u64)key->next_hop[0];
	if (len == sizeof(*key))
		mix ^= (__force u64)key->next_hop[1];
	return &client->recent[hash_64(mix, RTM_RECENT_BITS)];
}

static u32 rtm_attr_hash_key(const void *data, u32 len, u32 seed)
{
	const struct rtm_attr_lookup *lookup = data;

	return rtm_attr_hash(lookup->client, lookup->key, lookup->len, seed);
}

/* The length of keys is the family's, but this has only the object. */
static u32 rtm_attr_hash_obj(const void *data, u32 len, u32 seed)
{
	const struct rtm_attr *attr = data;
	const struct rtm_client *client = attr->client;

	return rtm_attr_hash(client, &attr->key,
			     rtm_attr_key_len(client->table->family), seed);
}

static int rtm_attr_cmp(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct rtm_attr_lookup *lookup = arg->key;
	const struct rtm_attr *attr = obj;

	return attr->client != lookup->client ||
	       !rtm_attr_key_equal(&attr->key, lookup->key, lookup->len);
}

static const struct rhashtable_params rtm_attr_params = {
	.head_offset = offsetof(struct rtm_attr, hash),
	.key_len = sizeof(struct rtm_attr_lookup),
	.hashfn = rtm_attr_hash_key,
	.obj_hashfn = rtm_attr_hash_obj,
	.obj_cmpfn = rtm_attr_cmp,
	.automatic_shrinking = true,
};

/**
 * rtm_attrs_init() - no attributes yet
 * @table: the table
 *
 * May sleep. Return: 0 or -ENOMEM.
 */
int rtm_attrs_init(struct rtm_table *table)
{
	return rhashtable_init(&table->attrs, &rtm_attr_params);
}

/**
 * rtm_attrs_destroy() - the opposite of rtm_attrs_init()
 * @table: the table, without clients
 *
 * Sleeps.
 */
void rtm_attrs_destroy(struct rtm_table *table)
{
	rhashtable_destroy(&table->attrs);
}

/**
 * rtm_attr_get() - find or make the attributes of a client
 * @table: its table, locked
 * @client: the client
 * @key: what they say, zero beyond what the family has
 *
 * Does not wait for memory. Takes a reference. NULL: there is none.
 */
struct rtm_attr *rtm_attr_get(struct rtm_table *table,
			      struct rtm_client *client,
			      const struct rtm_attr_key *key)
{
	struct rtm_attr_lookup lookup = {
		.client = client,
		.key = key,
		.len = rtm_attr_key_len(table->family),
	};
	struct rtm_attr **recent = rtm_attr_recent(client, key, lookup.len);
	struct rtm_attr *attr = *recent;

	lockdep_assert_held(&table->lock);
	if (!attr || !rtm_attr_key_equal(&attr->key, key, lookup.len))
		attr = rhashtable_lookup_fast(&table->attrs, &lookup,
					      rtm_attr_params);
	if (attr)
		goto out;

	attr = kmem_cache_zalloc(attr_cache[table->family - rtm_families],
				 RTM_GFP_LOCKED);
	if (!attr)
		return NULL;
	attr->client = client;
	attr->protocol = client->protocol;
	memcpy(&attr->key, key, lookup.len);
	if (rhashtable_insert_fast(&table->attrs, &attr->hash,
				   rtm_attr_params)) {
		kfree(attr);
		return NULL;
	}
	list_add_tail(&attr->in_client, &client->attrs);
	client->nr_attrs++;
	table->bytes += rtm_attr_size(table->family);
out:
	*recent = attr;
	attr->refs++;
	return attr;
}

/**
 * rtm_attr_unlink() - no live route has them any more
 * @table: their table, locked
 * @attr: the attributes; the caller has a reference
 */
void rtm_attr_unlink(struct rtm_table *table, struct rtm_attr *attr)
{
	struct rtm_client *client = attr->client;
	struct rtm_attr **recent;

	lockdep_assert_held(&table->lock);
	rhashtable_remove_fast(&table->attrs, &attr->hash, rtm_attr_params);
	list_del(&attr->in_client);
	client->nr_attrs--;
	recent = rtm_attr_recent(client, &attr->key,
				 rtm_attr_key_len(table->family));
	if (*recent == attr)
		*recent = NULL;
	attr->client = NULL;
}

/**
 * rtm_attr_unget() - rtm_attr_get() undone
 * @table: their table, locked
 * @attr: what that returned, and no route was published with
 *
 * What it made no reader has seen: it goes at once, where to retire it may need
 * memory or a grace period.
 */
void rtm_attr_unget(struct rtm_table *table, struct rtm_attr *attr)
{
	lockdep_assert_held(&table->lock);
	if (--attr->refs)
		return;
	rtm_attr_unlink(table, attr);
	table->bytes -= rtm_attr_size(table->family);
	kfree(attr);
}

/**
 * rtm_attr_put() - drop a reference
 * @table: their table, locked
 * @attr: the attributes
 */
void rtm_attr_put(struct rtm_table *table, struct rtm_attr *attr)
{
	lockdep_assert_held(&table->lock);
	if (--attr->refs)
		return;
	if (attr->client)
		rtm_attr_unlink(table, attr);
	table->bytes -= rtm_attr_size(table->family);
	rtm_retire(&table->reclaim, attr);
}

/**
 * rtm_attr_has() - do attributes say what a key does?
 * @table: their table, locked
 * @attr: the attributes
 * @key: zero beyond what the family has
 *
 * Those of a live route are then what rtm_attr_get() finds for their client.
 */
bool rtm_attr_has(const struct rtm_table *table, const struct rtm_attr *attr,
		  const struct rtm_attr_key *key)
{
	return rtm_attr_key_equal(&attr->key, key,
				  rtm_attr_key_len(table->family));
}

/**
 * rtm_attr_same() - do two routes say the same, to those who are told?
 * @table: their table, locked
 * @a: attributes, or NULL for no route
 * @b: likewise
 */
bool rtm_attr_same(const struct rtm_table *table, const struct rtm_attr *a,
		   const struct rtm_attr *b)
{
	if (a == b)
		return true;
	return a && b && a->protocol == b->protocol &&
	       rtm_attr_key_equal(&a->key, &b->key,
				  rtm_attr_key_len(table->family));
}

/**
 * rtm_route_caches_create() - what all tables take their objects from
 *
 * May sleep. Return: 0 or -ENOMEM, with nothing left behind.
 */
int rtm_route_caches_create(void)
{
	static const char * const route_names[RTM_NR_LAYOUTS] = {
		"rtm_route", "rtm_route_aged", "rtm_route_psd",
		"rtm_route_aged_psd",
	};
	static const char * const attr_names[RTM_NR_FAMILIES] = {
		"rtm_attr_ipx", "rtm_attr_ip", "rtm_attr_ipv6",
	};
	static const char * const dest_names[RTM_NR_FAMILIES] = {
		"rtm_dest_ipx", "rtm_dest_ip", "rtm_dest_ipv6",
	};
	unsigned int i;

	for (i = 0; i < RTM_NR_LAYOUTS; i++) {
		route_cache[i] = kmem_cache_create(route_names[i],
						   rtm_route_size(i), 8,
						   SLAB_ACCOUNT, NULL);
		if (!route_cache[i])
			goto err;
	}
	for (i = 0; i < RTM_NR_FAMILIES; i++) {
		attr_cache[i] = kmem_cache_create(attr_names[i],
						  rtm_attr_size(&rtm_families[i]),
						  8, SLAB_ACCOUNT, NULL);
		if (!attr_cache[i])
			goto err;
		dest_cache[i] = kmem_cache_create(dest_names[i],
						  rtm_dest_size(&rtm_families[i]),
						  8, SLAB_ACCOUNT, NULL);
		if (!dest_cache[i])
			goto err;
	}
	return 0;

err:
	rtm_route_caches_destroy();
	return -ENOMEM;
}

/**
 * rtm_route_caches_destroy() - the opposite of rtm_route_caches_create()
 *
 * Sleeps. After rcu_barrier(), without any table.
 */
void rtm_route_caches_destroy(void)
{
	unsigned int i;

	for (i = 0; i < RTM_NR_FAMILIES; i++) {
		kmem_cache_destroy(dest_cache[i]);
		kmem_cache_destroy(attr_cache[i]);
	}
	for (i = 0; i < RTM_NR_LAYOUTS; i++)
		kmem_cache_destroy(route_cache[i]);
}
