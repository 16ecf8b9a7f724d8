// SPDX-License-Identifier: GPL-2.0
/*
 * Records of the ABI to and from what the tables work with.
 *
 * Everything that comes in is checked here.
 */
#include <linux/build_bug.h>
#include <linux/string.h>
#include <linux/time64.h>
#include <linux/time_namespace.h>
#include <asm/byteorder.h>

#include "abi.h"
#include "client.h"
#include "family.h"
#include "table.h"

static_assert(sizeof(struct rtm_route_rec) == 128);
static_assert(IS_ALIGNED(offsetof(struct rtm_route_rec, network), 8));
static_assert(IS_ALIGNED(offsetof(struct rtm_route_rec, next_hop), 8));
static_assert(IS_ALIGNED(offsetof(struct rtm_route_rec, prefix_len), 4));
static_assert(sizeof(struct rtm_change_rec) == 272);
static_assert(offsetof(struct rtm_change_rec, cur) == RTM_RESULT_SHORT);
static_assert(sizeof(struct rtm_lookup_rec) == 136);
static_assert(sizeof(struct rtm_client_info) == 64);
static_assert(RTM_CRIT_NETWORK == RTM_MATCH_NETWORK);
static_assert(RTM_CRIT_INTERFACE == RTM_MATCH_INTERFACE);
static_assert(RTM_CRIT_PROTOCOL == RTM_MATCH_PROTOCOL);
static_assert(RTM_CRIT_BEST == RTM_MATCH_BEST);
static_assert(RTM_SINGLE_ROUTE == RTM_CLIENT_SINGLE_ROUTE);
static_assert(RTM_NOTIFY == RTM_CLIENT_NOTIFY);
static_assert(RTM_WATCHER == RTM_CLIENT_WATCHER);
static_assert(RTM_FOREVER == RTM_TTL_INFINITE);

/* No bytes beyond what the family's next hops have. */
static bool rtm_next_hop_valid(const struct rtm_family *family,
			       const struct rtm_route_rec *rec)
{
	const __be64 *word = (const __be64 *)rec->next_hop;
	unsigned int len = 8 * family->next_hop_len;

	return !(be64_to_cpu(word[0]) & ~rtm_prefix_mask_hi(len)) &&
	       !(be64_to_cpu(word[1]) & ~rtm_prefix_mask_lo(len));
}

/**
 * rtm_identity_from_uapi() - what tells a client's routes apart
 * @family: family
 * @rec: record
 * @spec: result: prefix, interface, next hop; the rest is zeroed
 *
 * -EINVAL: not one of the family's.
 */
int rtm_identity_from_uapi(const struct rtm_family *family,
			   const struct rtm_route_rec *rec,
			   struct rtm_route_spec *spec)
{
	memset(spec, 0, sizeof(*spec));
	if (!rtm_next_hop_valid(family, rec))
		return -EINVAL;
	spec->key.interface = rec->interface;
	memcpy(spec->key.next_hop, rec->next_hop, sizeof(rec->next_hop));
	return rtm_prefix_from_uapi(family, rec, &spec->prefix);
}

/**
 * rtm_route_from_uapi() - a route that a client adds
 * @family: family
 * @rec: record
 * @spec: result
 *
 * -EINVAL: something in it is not valid for the family.
 */
int rtm_route_from_uapi(const struct rtm_family *family,
			const struct rtm_route_rec *rec,
			struct rtm_route_spec *spec)
{
	struct rtm_attr_key *key = &spec->key;

	if (rtm_identity_from_uapi(family, rec, spec))
		return -EINVAL;
	if (rec->ttl != RTM_TTL_INFINITE &&
	    (!rec->ttl || rec->ttl > RTM_TTL_MAX))
		return -EINVAL;
	if (rec->metric > family->metric_max)
		return -EINVAL;
	if (!family->ip_fields &&
	    (rec->next_hop_mask || rec->type || rec->policy ||
	     rec->next_hop_as || rec->metric1 > family->metric_max ||
	     rec->metric2 || rec->metric3 || rec->metric4 || rec->metric5))
		return -EINVAL;

	key->next_hop_mask = rec->next_hop_mask;
	key->type = rec->type;
	key->policy = rec->policy;
	key->next_hop_as = rec->next_hop_as;
	key->metric = rec->metric;
	key->metric1 = rec->metric1;
	key->more_metrics[0] = rec->metric2;
	key->more_metrics[1] = rec->metric3;
	key->more_metrics[2] = rec->metric4;
	key->more_metrics[3] = rec->metric5;
	key->flags = rec->flags;
	memcpy(spec->psd, rec->psd, sizeof(spec->psd));
	spec->ttl = rec->ttl;
	return 0;
}

/**
 * rtm_criteria_from_uapi() - which routes are meant
 * @family: family
 * @match: RTM_MATCH_*
 * @rec: record; read as far as @match says
 * @criteria: result
 *
 * -EINVAL: unknown flags, or a destination not of the family.
 */
int rtm_criteria_from_uapi(const struct rtm_family *family, u32 match,
			   const struct rtm_route_rec *rec,
			   struct rtm_criteria *criteria)
{
	if (match & ~(RTM_MATCH_NETWORK | RTM_MATCH_INTERFACE |
		      RTM_MATCH_PROTOCOL | RTM_MATCH_BEST))
		return -EINVAL;
	memset(criteria, 0, sizeof(*criteria));
	criteria->match = match;
	criteria->interface = rec->interface;
	criteria->protocol = rec->protocol;
	if (!(match & RTM_MATCH_NETWORK))
		return 0;
	return rtm_prefix_from_uapi(family, rec, &criteria->prefix);
}

/* An interned key has no more of the words than its family needs. */
static void rtm_next_hop_to_uapi(const struct rtm_family *family,
				 const struct rtm_attr_key *key,
				 struct rtm_route_rec *rec)
{
	__be64 *to = (__be64 *)rec->next_hop;

	to[0] = key->next_hop[0];
	to[1] = family->next_hop_len > sizeof(*to) ? key->next_hop[1] : 0;
}

/**
 * rtm_route_to_uapi() - a route for user space
 * @table: its table
 * @route: the route; the caller holds the mutex or rcu_read_lock()
 * @now: microseconds of boot time; 0: to be asked for, if the route ages
 * @sequence: table sequence number that goes with it
 * @rec: result, every byte of it
 */
void rtm_route_to_uapi(const struct rtm_table *table,
		       const struct rtm_route *route, u64 now, u64 sequence,
		       struct rtm_route_rec *rec)
{
	const struct rtm_route_age *age = rtm_route_age(route);
	const struct rtm_prefix prefix = rtm_dest_prefix(table, route->dest);
	const struct rtm_attr_key *key = &route->attr->key;
	const u32 *psd = rtm_route_psd(route);
	const struct rtm_prio_table *prio;
	__be64 *word = (__be64 *)rec->network;
	unsigned int i;

	rec->protocol = route->attr->protocol;
	rec->interface = key->interface;
	word[0] = cpu_to_be64(prefix.hi);
	word[1] = cpu_to_be64(prefix.lo);
	rtm_next_hop_to_uapi(table->family, key, rec);
	rec->prefix_len = prefix.len;
	for (i = 0; i < ARRAY_SIZE(rec->reserved); i++)
		rec->reserved[i] = 0;
	rec->next_hop_mask = key->next_hop_mask;
	for (i = 0; i < ARRAY_SIZE(rec->psd); i++)
		rec->psd[i] = 0;
	if (psd)
		memcpy(rec->psd, psd, sizeof(rec->psd));
	rec->type = key->type;
	rec->policy = key->policy;
	rec->next_hop_as = key->next_hop_as;
	prio = rcu_dereference_check(table->prio,
				     lockdep_is_held(&table->lock));
	rec->priority = rtm_prio_find(prio, route->attr->protocol);
	rec->metric = key->metric;
	rec->metric1 = key->metric1;
	rec->metric2 = key->more_metrics[0];
	rec->metric3 = key->more_metrics[1];
	rec->metric4 = key->more_metrics[2];
	rec->metric5 = key->more_metrics[3];
	rec->flags = key->flags;
	rec->ttl = age ? rtm_age_left(age, now ?: rtm_now()) : RTM_TTL_INFINITE;
	/* Of the caller's own boot time, which is what he compares it with. */
	rec->stamp = timens_add_boottime_ns(rtm_route_stamp(route) *
					    NSEC_PER_USEC);
	rec->sequence = sequence;
}

/**
 * rtm_change_to_uapi() - a result or a message for user space
 * @table: its table, locked
 * @cur: the best route from then on, or NULL
 * @prev: the best route before, or NULL
 * @sequence: table sequence number that goes with it
 * @rec: result, every byte of it
 */
void rtm_change_to_uapi(const struct rtm_table *table,
			const struct rtm_route *cur,
			const struct rtm_route *prev, u64 sequence,
			struct rtm_change_rec *rec)
{
	lockdep_assert_held(&table->lock);
	rec->error = 0;
	rec->change = 0;
	rec->sequence = sequence;
	if (cur) {
		rec->change |= RTM_CHANGE_CURRENT;
		rtm_route_to_uapi(table, cur, table->now, sequence, &rec->cur);
	} else {
		memset(&rec->cur, 0, sizeof(rec->cur));
	}
	if (prev) {
		rec->change |= RTM_CHANGE_PREVIOUS;
		rtm_route_to_uapi(table, prev, table->now, sequence,
				  &rec->prev);
	} else {
		memset(&rec->prev, 0, sizeof(rec->prev));
	}
}
