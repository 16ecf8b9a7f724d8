/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Sets of next hops as the kernel has them. Each set exists once, so that two
 * of them are equal if their pointers are.
 */
#ifndef RTMFIB_HOPS_H
#define RTMFIB_HOPS_H

#include "alloc.h"

#include <uthash.h>

#include "prefix.h"

/* The kernel takes 255 in a route's message at most; so many are useful. */
#define HOPS_MAX 64

struct hop {
	uint32_t oif;
	struct address via;	/* zero: the destination is on the link */
};

struct hops {
	UT_hash_handle hh;
	unsigned int refs;
	unsigned int n;
	struct hop hop[];	/* in order, none twice */
};

/* Takes 1 to HOPS_MAX hops in any order, which it sorts. */
struct hops *hops_get(struct hop *hop, unsigned int n);

/* NULL is no set, and may be held. */
struct hops *hops_hold(struct hops *hops);
void hops_put(struct hops *hops);

bool hops_use(const struct hops *hops, uint32_t oif);

/* Whether any set does: there are few. */
bool hops_any_use(uint32_t oif);

#endif
