// SPDX-License-Identifier: LGPL-2.1-or-later
/* An open hash table with linear probing. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "copy.h"

#define SIZE_MIN 4096

struct best best_of(const RTM_IP_ROUTE *route)
{
	struct best best = {
		.network = route->RR_Network,
		.protocol = route->RR_RoutingProtocol,
		.interface = route->RR_InterfaceID,
		.next_hop = route->RR_NextHopAddress,
		.data = route->RR_FamilySpecificData,
	};

	best.data.FSD_Priority = 0;
	return best;
}

bool best_equal(const struct best *a, const struct best *b)
{
	return !memcmp(a, b, sizeof(*a));
}

/* A protocol of 0 has no client: such a slot is free. */
static bool is_free(const struct best *slot)
{
	return !slot->protocol;
}

static size_t home(const struct copy *copy, const IP_NETWORK *network)
{
	uint64_t key = (uint64_t)network->N_NetNumber << 32 |
		       network->N_NetMask;

	/* The highest bits of the product are those that all others mix into. */
	return key * 0x9e3779b97f4a7c15 >> (64 - __builtin_ctzl(copy->size));
}

/* Where it is, or where it would go. */
static size_t probe(const struct copy *copy, const IP_NETWORK *network)
{
	size_t i = home(copy, network);

	while (!is_free(&copy->slots[i]) &&
	       memcmp(&copy->slots[i].network, network, sizeof(*network)))
		i = (i + 1) & (copy->size - 1);
	return i;
}

const struct best *copy_find(const struct copy *copy, const IP_NETWORK *network)
{
	const struct best *slot;

	if (!copy->size)
		return NULL;
	slot = &copy->slots[probe(copy, network)];
	return is_free(slot) ? NULL : slot;
}

static void grow(struct copy *copy)
{
	struct copy old = *copy;
	size_t i;

	copy->size = old.size ? 2 * old.size : SIZE_MIN;
	copy->slots = calloc(copy->size, sizeof(*copy->slots));
	if (!copy->slots) {
		perror("watch");
		exit(1);
	}
	for (i = 0; i < old.size; i++) {
		const struct best *slot = &old.slots[i];

		if (!is_free(slot))
			copy->slots[probe(copy, &slot->network)] = *slot;
	}
	free(old.slots);
}

void copy_put(struct copy *copy, const struct best *best)
{
	struct best *slot;

	if (copy->used >= copy->size / 4 * 3)
		grow(copy);
	slot = &copy->slots[probe(copy, &best->network)];
	copy->used += is_free(slot);
	*slot = *best;
}

/* Closes the gap, so that no probe ends early. */
void copy_remove(struct copy *copy, const IP_NETWORK *network)
{
	size_t mask = copy->size - 1;
	size_t gap, i;

	if (!copy_find(copy, network))
		return;
	gap = probe(copy, network);
	for (i = (gap + 1) & mask; !is_free(&copy->slots[i]);
	     i = (i + 1) & mask) {
		size_t h = home(copy, &copy->slots[i].network);

		if (((i - h) & mask) >= ((i - gap) & mask)) {
			copy->slots[gap] = copy->slots[i];
			gap = i;
		}
	}
	copy->slots[gap].protocol = 0;
	copy->used--;
}
