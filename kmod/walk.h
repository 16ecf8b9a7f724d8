/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RTM_WALK_H
#define RTM_WALK_H

#include "route.h"

struct rtm_route_rec;

/* rtm_criteria.match, with the values of RTM version 1 */
#define RTM_CRIT_NETWORK	0x1
#define RTM_CRIT_INTERFACE	0x2
#define RTM_CRIT_PROTOCOL	0x4
#define RTM_CRIT_BEST		0x8

/**
 * struct rtm_criteria - which routes are meant
 * @match: RTM_CRIT_*: which of the following count
 * @prefix: destination
 * @interface: interface index
 * @protocol: routing protocol
 */
struct rtm_criteria {
	u32 match;
	struct rtm_prefix prefix;
	u32 interface;
	u32 protocol;
};

/**
 * struct rtm_walk - a place in the order of a table's routes
 * @table: the table
 * @criteria: routes to return
 * @started: @prefix holds something
 * @inside: it is to be looked at again
 * @after: only for routes after the following
 * @prefix: the destination looked at last
 * @protocol: of the route returned last
 * @key: its interface and next hop
 */
struct rtm_walk {
	const struct rtm_table *table;
	struct rtm_criteria criteria;
	bool started;
	bool inside;
	bool after;
	struct rtm_prefix prefix;
	u32 protocol;
	struct rtm_attr_key key;
};

/**
 * struct rtm_found - what a walk has found
 * @recs: copies of routes
 * @nr: how many there are
 * @max: how many there is room for
 * @now: microseconds of boot time
 * @sequence: table sequence number to go with them
 */
struct rtm_found {
	struct rtm_route_rec *recs;
	unsigned int nr;
	unsigned int max;
	u64 now;
	u64 sequence;
};

bool rtm_walk_next(struct rtm_walk *walk, struct rtm_found *found);

#endif /* RTM_WALK_H */
