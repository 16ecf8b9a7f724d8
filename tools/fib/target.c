// SPDX-License-Identifier: LGPL-2.1-or-later
#include "target.h"

#include "agreed.h"
#include "link.h"

/* From next hop to next hop; whatever takes more goes in a circle. */
#define DEPTH_MAX 8

bool target_resolve_by_default;

static struct target *all;

/*
 * The addresses that resolution has looked up, by family, in order. A changed
 * route that covers one of them may lead it elsewhere.
 */
struct watched {
	struct address *address;
	size_t nr, room;
	bool sorted;
};

static struct watched watched[2];
static bool changed;

const char *target_state_name(enum state state)
{
	static const char *const names[] = {
		[TARGET_RESOLVED] = "resolved",
		[TARGET_LEARNED] = "learned",
		[TARGET_INVALID] = "invalid",
		[TARGET_UNRESOLVED] = "unresolved",
		[TARGET_DOWN] = "down",
	};

	return names[state];
}

static struct watched *watched_of(int family)
{
	return &watched[family_index(family)];
}

static void watch(int family, const struct address *address)
{
	struct watched *w = watched_of(family);

	if (w->nr == w->room) {
		w->room = w->room ? 2 * w->room : 64;
		w->address = reallocarray(w->address, w->room,
					  sizeof(*w->address));
		if (!w->address)
			out_of_memory();
	}
	w->address[w->nr++] = *address;
	w->sorted = false;
}

static void sort(struct watched *w)
{
	size_t i, k = 0;

	if (w->sorted || !w->nr)
		return;
	qsort(w->address, w->nr, sizeof(*w->address), address_compare);
	for (i = 0; i < w->nr; i++)
		if (!k || address_compare(&w->address[i], &w->address[k - 1]))
			w->address[k++] = w->address[i];
	w->nr = k;
	w->sorted = true;
}

/* Addresses in a prefix stand together, and none of them is below its own. */
static bool is_watched(const struct prefix *prefix)
{
	struct watched *w = watched_of(prefix->family);
	size_t low = 0, high, middle;

	sort(w);
	for (high = w->nr; low < high;) {
		middle = (low + high) / 2;
		if (address_compare(&w->address[middle], &prefix->address) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < w->nr && prefix_covers(prefix, &w->address[low]);
}

/* A hop with an interface, from one that may have none. */
static enum state resolve_hop(int family, struct hop *hop)
{
	struct agreed_route route;
	unsigned int depth;

	for (depth = 0; !hop->oif; depth++) {
		if (depth == DEPTH_MAX || address_is_zero(&hop->via))
			return TARGET_UNRESOLVED;
		watch(family, &hop->via);
		if (!agreed_lookup(family, &hop->via, &route) ||
		    route.invalid ||
		    (!route.prefix.len && !target_resolve_by_default))
			return TARGET_UNRESOLVED;
		/* Of a route without next hop this one is the neighbour. */
		hop->oif = route.hop.oif;
		if (!address_is_zero(&route.hop.via))
			hop->via = route.hop.via;
		else if (!hop->oif)
			return TARGET_UNRESOLVED;
	}
	return link_is_up(hop->oif) ? TARGET_RESOLVED : TARGET_DOWN;
}

/* Of several next hops those count that lead somewhere. */
static struct hops *resolve_hops(const struct target_key *key,
				 enum state *state)
{
	struct hop hop[HOPS_MAX];
	unsigned int i, n = 0;

	*state = TARGET_UNRESOLVED;
	for (i = 0; i < key->n; i++) {
		enum state s;

		hop[n] = key->hop[i];
		s = resolve_hop(key->family, &hop[n]);
		if (s == TARGET_RESOLVED)
			n++;
		else if (!i || s == TARGET_DOWN)
			*state = s;
	}
	if (!n)
		return NULL;
	*state = TARGET_RESOLVED;
	return hops_get(hop, n);
}

/* true: it leads elsewhere now. */
static bool resolve(struct target *target)
{
	struct hops *old = target->result;

	if (target->key.learned)
		target->state = TARGET_LEARNED;
	else if (target->key.invalid)
		target->state = TARGET_INVALID;
	else
		target->result = resolve_hops(&target->key, &target->state);
	hops_put(old);
	return target->result != old;
}

struct target *target_get(int family, bool learned, bool invalid,
			  struct hop *hop, unsigned int n)
{
	union {
		struct target_key key;
		char room[sizeof(struct target_key) +
			  HOPS_MAX * sizeof(struct hop)];
	} u;
	struct target *target;
	size_t size;

	/* Where it leads is of no interest then. */
	if (learned || invalid)
		n = 0;
	size = sizeof(u.key) + n * sizeof(*hop);
	u.key = (struct target_key){ .family = family, .learned = learned,
				     .invalid = invalid, .n = n };
	memcpy(u.key.hop, hop, n * sizeof(*hop));
	HASH_FIND(hh, all, &u.key, size, target);
	if (target)
		return target;
	target = alloc(sizeof(*target) + n * sizeof(*hop));
	memcpy(&target->key, &u.key, size);
	LIST_INIT(&target->dests);
	HASH_ADD_KEYPTR(hh, all, &target->key, size, target);
	resolve(target);
	return target;
}

void target_release(struct target *target)
{
	if (target->nr_dests)
		return;
	HASH_DEL(all, target);
	hops_put(target->result);
	free(target);
}

void target_route_changed(const struct prefix *prefix)
{
	if (!changed && is_watched(prefix))
		changed = true;
}

void target_resolve_all(void)
{
	struct target *target, *next;

	/* What nobody looks up any more is forgotten. */
	watched[0].nr = 0;
	watched[1].nr = 0;
	changed = false;
	HASH_ITER(hh, all, target, next)
		if (resolve(target))
			target_changed(target);
}

void target_resolve_changed(void)
{
	if (changed)
		target_resolve_all();
}

void target_link_changed(void)
{
	changed = true;
}
