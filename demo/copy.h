/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A watcher's own copy of the best routes, by destination. */
#ifndef DEMO_COPY_H
#define DEMO_COPY_H

#include <stdbool.h>
#include <stddef.h>

#include "rtm.h"

/* What makes a message when it changes. */
struct best {
	IP_NETWORK network;
	uint32_t protocol;
	uint32_t interface;
	IP_NETWORK next_hop;
	IP_SPECIFIC_DATA data;
};

struct copy {
	struct best *slots;
	size_t size;		/* a power of two */
	size_t used;
};

/* Only the significant parameters: the priority is not one of them. */
struct best best_of(const RTM_IP_ROUTE *route);
bool best_equal(const struct best *a, const struct best *b);

/* NULL: not there. Valid until the copy is changed. */
const struct best *copy_find(const struct copy *copy, const IP_NETWORK *network);

/* Adds or replaces. */
void copy_put(struct copy *copy, const struct best *best);
void copy_remove(struct copy *copy, const IP_NETWORK *network);

#endif
