// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>

#include "fib.h"
#include "netlink.h"

struct fib_options fib_options = {
	.table = RT_TABLE_MAIN,
	.metric = 64,
	.protocol = 82,
};

static struct dest *all;
static TAILQ_HEAD(, dest) queue = TAILQ_HEAD_INITIALIZER(queue);
static struct fib_counters counters[2];
static uint32_t audit;
static bool compared;	/* an audit has ended: what is agreed is known */

static struct fib_counters *count(const struct dest *dest)
{
	return &counters[family_index(dest->prefix.family)];
}

const struct fib_counters *fib_counters(int family)
{
	return &counters[family_index(family)];
}

static struct hops *wanted(const struct dest *dest)
{
	return dest->target ? dest->target->result : NULL;
}

bool fib_diverges(const struct dest *dest)
{
	return dest->unsure || wanted(dest) != dest->have;
}

bool fib_is_shadowed(const struct dest *dest)
{
	return dest->shadowed && dest->have && !fib_diverges(dest);
}

static struct dest *find(const struct prefix *prefix)
{
	struct dest *dest;

	HASH_FIND(hh, all, prefix, sizeof(*prefix), dest);
	return dest;
}

static struct dest *find_or_make(const struct prefix *prefix)
{
	struct dest *dest = find(prefix);

	if (dest)
		return dest;
	dest = alloc(sizeof(*dest));
	dest->prefix = *prefix;
	dest->seen = audit;
	dest->touched = audit;
	dest->repaired = audit - 1;
	HASH_ADD(hh, all, prefix, sizeof(dest->prefix), dest);
	return dest;
}

/* What an audit finds is for it to judge, though RTM is read after that. */
static struct dest *find_or_make_unseen(const struct prefix *prefix)
{
	struct dest *dest = find(prefix);

	if (dest)
		return dest;
	dest = find_or_make(prefix);
	dest->seen = audit - 1;
	dest->touched = audit - 1;
	return dest;
}

static void enqueue(struct dest *dest)
{
	if (dest->queued)
		return;
	dest->queued = true;
	TAILQ_INSERT_TAIL(&queue, dest, of_queue);
}

static void set_have(struct dest *dest, struct hops *hops)
{
	struct hops *old = dest->have;

	dest->have = hops_hold(hops);
	hops_put(old);
	dest->unsure = false;
	dest->foreign = false;
	dest->behind = false;
	dest->proven = false;
}

/* Its slot has changed: an audit under way may have read it before or after. */
static void touch(struct dest *dest)
{
	dest->proven = false;
	dest->touched = audit;
}

static void free_unused(struct dest *dest)
{
	if (dest->target || dest->have || dest->unsure || dest->queued)
		return;
	HASH_DEL(all, dest);
	free(dest);
}

static void set_target(struct dest *dest, struct target *target)
{
	struct target *old = dest->target;

	if (old == target)
		return;
	if (old) {
		LIST_REMOVE(dest, of_target);
		old->nr_dests--;
	}
	dest->target = target;
	if (target) {
		LIST_INSERT_HEAD(&target->dests, dest, of_target);
		target->nr_dests++;
	}
	if (old)
		target_release(old);
	dest->proven = false;
	enqueue(dest);
}

void fib_agreed(const struct prefix *prefix, uint64_t sequence, uint32_t read,
		struct target *target)
{
	struct dest *dest = target ? find_or_make(prefix) : find(prefix);

	if (!dest)
		return;
	dest->read = read;
	if (!dest->target || (int32_t)((uint32_t)sequence - dest->sequence) >= 0) {
		dest->sequence = sequence;
		set_target(dest, target);
	} else if (target) {
		target_release(target);
	}
}

void fib_agreed_end(int family, uint32_t read)
{
	struct dest *dest, *next;

	HASH_ITER(hh, all, dest, next)
		if (dest->prefix.family == family && dest->target &&
		    dest->read != read)
			set_target(dest, NULL);
}

void target_changed(struct target *target)
{
	struct dest *dest;

	LIST_FOREACH(dest, &target->dests, of_target) {
		dest->proven = false;
		enqueue(dest);
	}
}

/*
 * Repairs without waiting for an audit, once in the time of one: whoever puts
 * his own route there again and again does not have us go round with him.
 */
static void repair_now(struct dest *dest)
{
	if (dest->repaired == audit)
		return;
	dest->repaired = audit;
	enqueue(dest);
}

static bool in_table(const struct kroute *route)
{
	return route->table == fib_options.table && !route->tos &&
	       !route->cloned;
}

static bool in_slot(const struct kroute *route)
{
	return in_table(route) && route->metric == fib_options.metric;
}

/* The kernel forwards by it, and not by what is in the slot. */
static bool is_preferred(const struct kroute *route)
{
	return in_table(route) && route->metric < fib_options.metric;
}

static void set_shadowed(struct dest *dest)
{
	dest->shadowed = true;
	dest->shadow_seen = audit;
	dest->proven = false;
}

/* NULL: what is there is nothing that we put there. */
static struct hops *own_hops(const struct kroute *route)
{
	return route->partial ? NULL : kroute_hops(route);
}

/* The route there is ours; its hops are @hops, or cannot be understood. */
static void set_own(struct dest *dest, struct hops *hops)
{
	set_have(dest, hops);
	dest->unsure = !hops;
}

/* Ours is gone, or behind it, which comes to the same. */
static void set_foreign(struct dest *dest)
{
	set_have(dest, NULL);
	dest->foreign = true;
}

/* true: there is something else now than was acknowledged. */
static bool tell(struct dest *dest, bool own, bool deleted, struct hops *hops)
{
	if (!own && !deleted) {
		/* Whether it was added in front or behind is not told. */
		dest->unsure = true;
		dest->foreign = true;
		return true;
	}
	if (!own)
		return false;
	if (deleted ? !dest->have : hops == dest->have && !dest->unsure)
		return false;
	if (deleted)
		set_have(dest, NULL);
	else
		set_own(dest, hops);
	return true;
}

void fib_told(const struct kroute *route, bool deleted)
{
	bool own = route->protocol == fib_options.protocol;
	struct hops *hops;
	struct dest *dest;

	if (!in_table(route))
		return;
	dest = own && !deleted && in_slot(route) ?
	       find_or_make(&route->prefix) : find(&route->prefix);
	if (!dest)
		return;
	/* Whether the last of those has gone an audit finds out. */
	if (is_preferred(route) && !deleted)
		set_shadowed(dest);
	if (!in_slot(route))
		return;
	hops = own_hops(route);
	if (tell(dest, own, deleted, hops)) {
		touch(dest);
		count(dest)->told++;
		repair_now(dest);
	}
	hops_put(hops);
}

/*
 * Routes by an interface that goes are gone, though of IPv4 nobody is told.
 * Those of several next hops lose one, and get it back some day.
 */
void fib_link_down(uint32_t index)
{
	struct dest *dest, *next;

	HASH_ITER(hh, all, dest, next) {
		if (!dest->have || !hops_use(dest->have, index))
			continue;
		if (dest->have->n == 1)
			set_have(dest, NULL);
		else
			dest->unsure = true;
		touch(dest);
		enqueue(dest);
	}
}

static void answered(struct dest *dest, struct hops *want, int error)
{
	bool behind = dest->behind;

	touch(dest);
	if (error == EUNKNOWN) {
		dest->unsure = true;
		fib_unsure();
	} else if (error == EEXIST && dest->error != EEXIST) {
		/*
		 * Of IPv4 the first route of a slot is replaced, unless the new
		 * one stands behind it. Which forwards nothing there: it goes,
		 * and then the change is tried once more.
		 */
		dest->unsure = true;
		dest->behind = true;
		enqueue(dest);
	} else if (!error || (error == ESRCH && !want)) {
		if (want)
			count(dest)->installed++;
		else
			count(dest)->removed += !error;
		set_have(dest, want);
		error = behind ? EEXIST : 0;
		if (behind)
			enqueue(dest);
	} else {
		count(dest)->refused++;
	}
	dest->error = error;
	free_unused(dest);
}

/* What the next change of it leads to. */
static struct hops *to_put(const struct dest *dest)
{
	return dest->behind ? NULL : wanted(dest);
}

/* false: there is no room for it. */
static bool put_change(const struct dest *dest)
{
	const struct hops *want = to_put(dest);
	void *room = netlink_room(KROUTE_SIZE +
				  (want ? want->n * KROUTE_HOP_SIZE : 0));

	if (room)
		netlink_add(kroute_put(room, &dest->prefix, fib_options.table,
				       fib_options.metric, fib_options.protocol,
				       want));
	return room;
}

bool fib_work(void)
{
	struct hops *want[CHANGES_MAX];
	struct dest *dest, *sent[CHANGES_MAX];
	int error[CHANGES_MAX];
	unsigned int i, n = 0;

	while ((dest = TAILQ_FIRST(&queue))) {
		bool diverges = fib_diverges(dest);

		if (diverges && !put_change(dest))
			break;
		TAILQ_REMOVE(&queue, dest, of_queue);
		dest->queued = false;
		if (diverges) {
			want[n] = to_put(dest);
			sent[n++] = dest;
		} else {
			dest->error = 0;
			free_unused(dest);
		}
	}
	netlink_change(error);
	for (i = 0; i < n; i++)
		answered(sent[i], want[i], error[i]);
	return !TAILQ_EMPTY(&queue);
}

void fib_audit_begin(void)
{
	audit++;
}

void fib_audit_seen(const struct kroute *route)
{
	bool own = route->protocol == fib_options.protocol;
	struct hops *hops;
	struct dest *dest;

	if (is_preferred(route)) {
		/* What is agreed is not known before: then it may be any. */
		dest = compared ? find(&route->prefix) :
				  find_or_make_unseen(&route->prefix);
		if (dest)
			set_shadowed(dest);
	}
	if (!in_slot(route))
		return;
	dest = own ? find_or_make_unseen(&route->prefix) :
		     find(&route->prefix);
	/* Of several in a slot the first one counts. */
	if (!dest || dest->touched == audit || dest->seen == audit)
		return;
	dest->seen = audit;
	hops = own ? own_hops(route) : NULL;
	dest->odd = !hops || hops != dest->have;
	if (!own)
		set_foreign(dest);
	else if (dest->odd || dest->unsure)
		set_own(dest, hops);
	hops_put(hops);
}

/* Everything that was wanted is compared with everything that was read. */
static void judge(struct dest *dest)
{
	if (dest->seen != audit) {
		if (dest->have && wanted(dest))
			count(dest)->missing++;
		set_have(dest, NULL);
	} else if (dest->odd && fib_diverges(dest)) {
		if (wanted(dest))
			count(dest)->different++;
		else
			count(dest)->extra++;
	}
	dest->odd = false;
	dest->proven = !fib_diverges(dest) && !fib_is_shadowed(dest);
}

bool fib_audit_end(void)
{
	struct dest *dest, *next;
	bool proven = true;

	compared = true;
	HASH_ITER(hh, all, dest, next) {
		dest->shadowed = dest->shadow_seen == audit;
		if (dest->touched != audit)
			judge(dest);
		proven &= dest->proven;
		if (fib_diverges(dest))
			enqueue(dest);
		else
			free_unused(dest);
	}
	return proven;
}

void fib_count(struct fib_counts counts[2])
{
	struct dest *dest, *next;

	memset(counts, 0, 2 * sizeof(*counts));
	HASH_ITER(hh, all, dest, next) {
		struct fib_counts *of =
			&counts[family_index(dest->prefix.family)];

		if (dest->target)
			of->dests[dest->target->state]++;
		if (fib_diverges(dest)) {
			of->divergent++;
			of->failed += dest->error && !dest->queued;
			of->queued += dest->queued;
		} else if (dest->have) {
			of->acknowledged++;
			of->proven += dest->proven;
			of->divergent += fib_is_shadowed(dest);
		}
	}
}

void fib_each(void (*call)(const struct dest *dest, void *data), void *data)
{
	struct dest *dest, *next;

	HASH_ITER(hh, all, dest, next)
		call(dest, data);
}
