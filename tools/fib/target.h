/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the best route of a destination says about where to send packets, and
 * what that means to the kernel. Many destinations share a target; it exists
 * once for the same interfaces and next hops.
 *
 * A next hop with an interface is a neighbour there. One without is looked up
 * in RTM, by longest match, until there is an interface: that is the target's
 * resolution, and it follows what RTM and the interfaces do.
 */
#ifndef RTMFIB_TARGET_H
#define RTMFIB_TARGET_H

#include <sys/queue.h>

#include "hops.h"

/* Why a destination is in the kernel's table, or is not to be there. */
enum state {
	TARGET_RESOLVED,
	TARGET_LEARNED,		/* the kernel has it already */
	TARGET_INVALID,		/* its protocol says so */
	TARGET_UNRESOLVED,	/* nothing leads to its next hop */
	TARGET_DOWN,		/* its interface is down or gone */
	TARGET_STATES
};

struct dest;

struct target_key {
	uint8_t family;
	uint8_t learned;
	uint8_t invalid;
	uint8_t n;
	struct hop hop[];	/* as RTM has them; oif may be 0 */
};

struct target {
	UT_hash_handle hh;
	LIST_HEAD(, dest) dests;
	size_t nr_dests;
	struct hops *result;	/* of TARGET_RESOLVED, otherwise NULL */
	enum state state;
	struct target_key key;
};

/* Whether a next hop may be found by a default route. */
extern bool target_resolve_by_default;

const char *target_state_name(enum state state);

/* Gives the target, and resolves it if it is new; target_release() frees it. */
struct target *target_get(int family, bool learned, bool invalid,
			  struct hop *hop, unsigned int n);

/* Frees it if it has no destination. */
void target_release(struct target *target);

/* Best routes of @prefix have changed. */
void target_route_changed(const struct prefix *prefix);

/* Resolves anew what may have changed since, as target_changed() is told. */
void target_resolve_changed(void);

/* An interface came or went. */
void target_link_changed(void);

/* Resolves everything. */
void target_resolve_all(void);

/* Whoever has the destinations: @target leads elsewhere than before. */
void target_changed(struct target *target);

#endif
