// SPDX-License-Identifier: GPL-2.0
/*
 * Freeing in bulk after a grace period.
 *
 * What RCU readers may still see is gathered in batches, one RCU callback a
 * batch, so that a million deletes do not become a million callbacks. Who
 * outruns the grace periods is made to wait for one, outside of the mutex.
 */
#include <linux/mm.h>
#include <linux/prefetch.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include "reclaim.h"

#define RTM_WAITING_MAX		65536

/*
 * Routes from the front, all else from the back: SLUB takes back at once what
 * lies in one slab, if little else comes in between.
 */
struct rtm_retired {
	struct rcu_head rcu;
	struct rtm_reclaim *rc;
	unsigned int front;
	unsigned int back;
	void *obj[RTM_RETIRED_MAX];
};

static_assert(sizeof(struct rtm_retired) == 512);

/**
 * rtm_free_bulk() - free objects of slab caches at once
 * @objs: the objects, unreachable
 * @nr: how many
 *
 * Does not sleep; interrupts are enabled.
 */
void rtm_free_bulk(void **objs, unsigned int nr)
{
	unsigned int i;

	/* They have left the caches meanwhile: wait for all at once. */
	for (i = 0; i < nr; i++) {
		prefetchw(objs[i]);
		prefetch(virt_to_page(objs[i]));
	}
	kfree_bulk(nr, objs);
}

static void rtm_retired_free(struct rcu_head *rcu)
{
	struct rtm_retired *batch = container_of(rcu, typeof(*batch), rcu);

	/* The table, and so @rc, is freed only after rcu_barrier(). */
	atomic_sub(batch->front + batch->back, &batch->rc->waiting);
	rtm_free_bulk(batch->obj, batch->front);
	rtm_free_bulk(batch->obj + RTM_RETIRED_MAX - batch->back, batch->back);
	kfree(batch);
}

/**
 * rtm_reclaim_flush() - hand what was gathered to RCU
 * @rc: held by its table's mutex
 */
void rtm_reclaim_flush(struct rtm_reclaim *rc)
{
	struct rtm_retired *batch = rc->batch;

	if (!batch)
		return;
	rc->batch = NULL;
	atomic_add(batch->front + batch->back, &rc->waiting);
	call_rcu(&batch->rcu, rtm_retired_free);
}

/* Return: false if there is no memory for a batch. */
static bool rtm_reclaim_add(struct rtm_reclaim *rc, void *obj, bool route)
{
	struct rtm_retired *batch;

	if (!rc->batch) {
		/* Not the caller's memory: he must not make this fail. */
		rc->batch = kmalloc(sizeof(*rc->batch),
				    GFP_NOWAIT | __GFP_NOWARN);
		if (!rc->batch)
			return false;
		rc->batch->rc = rc;
		rc->batch->front = 0;
		rc->batch->back = 0;
	}
	batch = rc->batch;
	if (route)
		batch->obj[batch->front++] = obj;
	else
		batch->obj[RTM_RETIRED_MAX - ++batch->back] = obj;
	if (batch->front + batch->back == RTM_RETIRED_MAX)
		rtm_reclaim_flush(rc);
	return true;
}

/**
 * rtm_retire_all() - free objects of slab caches after a grace period
 * @rc: held by its table's mutex
 * @objs: the objects, all of them unreachable for new readers
 * @nr: how many
 *
 * Cannot fail. May sleep: with no memory for a batch it waits for the grace
 * period instead, which is one for all.
 */
void rtm_retire_all(struct rtm_reclaim *rc, void **objs, unsigned int nr)
{
	unsigned int i = 0;

	while (i < nr && rtm_reclaim_add(rc, objs[i], false))
		i++;
	if (i == nr)
		return;
	synchronize_rcu();
	kfree_bulk(nr - i, objs + i);
}

/**
 * rtm_retire() - free an object of a slab cache after a grace period
 * @rc: held by its table's mutex
 * @obj: the object, unreachable for new readers
 *
 * As rtm_retire_all(), in fewer instructions.
 */
void rtm_retire(struct rtm_reclaim *rc, void *obj)
{
	if (rtm_reclaim_add(rc, obj, false))
		return;
	synchronize_rcu();
	kfree(obj);
}

/**
 * rtm_retire_route() - as rtm_retire(), gathered apart from all else
 * @rc: held by its table's mutex
 * @route: the route, unreachable for new readers
 */
void rtm_retire_route(struct rtm_reclaim *rc, void *route)
{
	if (rtm_reclaim_add(rc, route, true))
		return;
	synchronize_rcu();
	kfree(route);
}

/**
 * rtm_reclaim_throttle() - wait if too much waits to be freed
 * @rc: the table's, without its mutex
 *
 * May sleep.
 */
void rtm_reclaim_throttle(struct rtm_reclaim *rc)
{
	if (atomic_read(&rc->waiting) > RTM_WAITING_MAX)
		synchronize_rcu();
}
