/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Routes as rtnetlink messages, and the parts of them that matter here. */
#ifndef RTMFIB_KROUTE_H
#define RTMFIB_KROUTE_H

#include <linux/rtnetlink.h>

#include "hops.h"

struct kroute {
	struct prefix prefix;
	uint32_t table;
	uint32_t metric;
	uint8_t protocol;	/* RTPROT_* */
	uint8_t type;		/* RTN_* */
	uint8_t tos;
	bool cloned;		/* no route, a cached copy of one */
	uint32_t nexthop;	/* id of the object that it goes by, or 0 */
	unsigned int n;		/* 0: it goes nowhere, or @more than fit */
	bool more;
	bool partial;		/* some were left out */
	uint64_t dead;		/* a bit each: the kernel does not use the hop */
	struct hop hop[HOPS_MAX];
};

/*
 * false: not a route of either family, or one that cannot be understood. Of the
 * hops those are left out that are more than an interface and an address.
 */
bool kroute_parse(const struct nlmsghdr *nlh, struct kroute *r);

/* Its hops as a set; NULL: it is no unicast route, or goes nowhere. */
struct hops *kroute_hops(const struct kroute *r);

/* Longest message that kroute_put() makes, of one hop and of each more. */
#define KROUTE_SIZE 128
#define KROUTE_HOP_SIZE 32

/*
 * Writes RTM_NEWROUTE for the hops, or for NULL RTM_DELROUTE of whatever the
 * protocol has there.
 */
struct nlmsghdr *kroute_put(void *buf, const struct prefix *prefix,
			    uint32_t table, uint32_t metric, uint8_t protocol,
			    const struct hops *hops);

#endif
