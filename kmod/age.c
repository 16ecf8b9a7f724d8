// SPDX-License-Identifier: GPL-2.0
/*
 * Ageing.
 *
 * A route that ages is filed under a second not later than its expiry. When
 * that second comes it is looked at: it expires, or, if it was refreshed in
 * the meantime, it is filed again. So a refresh only writes the new expiry,
 * unless that is an earlier one. Routes that live longer than the wheel is
 * round are looked at once a turn.
 *
 * One delayed work a table, at the start of each second, as long as there are
 * routes that age. Seconds are of boot time, so that time asleep counts.
 */
#include <linux/jiffies.h>
#include <linux/prefetch.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "net.h"
#include "table.h"

#define RTM_WHEEL_SLOTS		4096

static u32 rtm_wheel_second(const struct rtm_table *table)
{
	return div_u64(table->now, USEC_PER_SEC);
}

static struct hlist_head *rtm_wheel_slot(struct rtm_wheel *wheel, u32 second)
{
	return &wheel->slots[second % RTM_WHEEL_SLOTS];
}

/* File a route, to be looked at when it expires or after the next turn. */
static void rtm_wheel_file(struct rtm_wheel *wheel, struct rtm_route_age *age)
{
	u32 at = max(age->expiry, wheel->second + 1);

	hlist_add_head(&age->wheel, rtm_wheel_slot(wheel, at));
}

static void rtm_wheel_arm(struct rtm_table *table)
{
	u32 into;

	div_u64_rem(rtm_now(), USEC_PER_SEC, &into);
	queue_delayed_work(rtm_wq, &table->wheel.work,
			   usecs_to_jiffies(USEC_PER_SEC - into) + 1);
}

/* Look at some of what is due, up to @max. Return: at how many. */
static unsigned int rtm_wheel_expire(struct rtm_table *table, unsigned int max)
{
	struct rtm_wheel *wheel = &table->wheel;
	struct rtm_route *routes[RTM_REMOVE_GROUP];
	unsigned int seen = 0, nr = 0;
	struct rtm_route_age *age;
	struct hlist_node *next;

	max = min(max, RTM_REMOVE_GROUP);
	hlist_for_each_entry_safe(age, next, &wheel->due, wheel) {
		if (age->expiry > wheel->second) {
			hlist_del(&age->wheel);
			rtm_wheel_file(wheel, age);
		} else {
			routes[nr] = rtm_route_of_age(age);
			prefetch(routes[nr++]->dest);
		}
		if (++seen == max)
			break;
	}
	rtm_table_remove_group(table, routes, nr);
	table->expired += nr;
	return seen;
}

/* Look at a chunk of what is due. Return: whether there is more. */
static bool rtm_wheel_turn(struct rtm_table *table)
{
	struct rtm_wheel *wheel = &table->wheel;
	u32 second = rtm_wheel_second(table);
	unsigned int budget = RTM_CHUNK;

	/* After a long sleep once round is enough. */
	if (second - wheel->second > RTM_WHEEL_SLOTS)
		wheel->second = second - RTM_WHEEL_SLOTS;

	while (budget) {
		if (!hlist_empty(&wheel->due)) {
			budget -= rtm_wheel_expire(table, budget);
			continue;
		}
		if (!wheel->nr || wheel->second == second)
			return false;
		wheel->second++;
		hlist_move_list(rtm_wheel_slot(wheel, wheel->second),
				&wheel->due);
		budget--;
	}
	return true;
}

static void rtm_wheel_work(struct work_struct *work)
{
	struct rtm_table *table = container_of(to_delayed_work(work),
					       struct rtm_table, wheel.work);
	bool more;

	do {
		rtm_table_lock(table);
		more = rtm_wheel_turn(table);
		if (!more && table->wheel.nr)
			rtm_wheel_arm(table);
		rtm_table_unlock(table);
		cond_resched();
	} while (more);
}

/**
 * rtm_wheel_init() - an empty wheel
 * @wheel: zeroed
 *
 * No lock is needed yet.
 */
void rtm_wheel_init(struct rtm_wheel *wheel)
{
	INIT_HLIST_HEAD(&wheel->due);
	INIT_DELAYED_WORK(&wheel->work, rtm_wheel_work);
}

/**
 * rtm_wheel_destroy() - the opposite of rtm_wheel_init()
 * @wheel: wheel without routes
 *
 * Sleeps, for its work to end: without the mutex, which that takes.
 */
void rtm_wheel_destroy(struct rtm_wheel *wheel)
{
	cancel_delayed_work_sync(&wheel->work);
	kvfree(wheel->slots);
}

/**
 * rtm_wheel_prepare() - make rtm_wheel_add() possible
 * @wheel: its table's; that is not locked
 *
 * May sleep. -ENOMEM: out of memory.
 */
int rtm_wheel_prepare(struct rtm_wheel *wheel)
{
	struct hlist_head *slots;

	if (READ_ONCE(wheel->slots))
		return 0;
	slots = kvcalloc(RTM_WHEEL_SLOTS, sizeof(*slots), GFP_KERNEL_ACCOUNT);
	if (!slots)
		return -ENOMEM;
	/* Somebody else may have been faster. */
	if (cmpxchg(&wheel->slots, NULL, slots))
		kvfree(slots);
	return 0;
}

/**
 * rtm_wheel_expiry() - second of boot time at which a time to live has passed
 * @table: table, locked
 * @ttl: seconds
 */
u32 rtm_wheel_expiry(const struct rtm_table *table, u32 ttl)
{
	lockdep_assert_held(&table->lock);
	return div_u64(table->now + USEC_PER_SEC - 1, USEC_PER_SEC) + ttl;
}

/**
 * rtm_age_left() - whole seconds that a route has left
 * @age: the route's; the caller holds the mutex or rcu_read_lock()
 * @now: microseconds of boot time
 */
u32 rtm_age_left(const struct rtm_route_age *age, u64 now)
{
	u64 end = READ_ONCE(age->expiry) * (u64)USEC_PER_SEC;

	/* The second that has begun is not promised. */
	return end > now ? div_u64(end - now, USEC_PER_SEC) : 0;
}

/**
 * rtm_wheel_add() - let a route age
 * @table: table, locked, prepared
 * @route: route with RTM_ROUTE_AGED and its expiry
 */
void rtm_wheel_add(struct rtm_table *table, struct rtm_route *route)
{
	struct rtm_wheel *wheel = &table->wheel;

	lockdep_assert_held(&table->lock);
	if (!wheel->nr++) {
		wheel->second = rtm_wheel_second(table);
		rtm_wheel_arm(table);
	}
	rtm_wheel_file(wheel, rtm_route_age(route));
}

/**
 * rtm_wheel_refresh() - change when a route ends
 * @table: table, locked
 * @route: route on the wheel
 * @expiry: second of boot time
 */
void rtm_wheel_refresh(struct rtm_table *table, struct rtm_route *route,
		       u32 expiry)
{
	struct rtm_route_age *age = rtm_route_age(route);
	bool earlier = expiry < age->expiry;

	lockdep_assert_held(&table->lock);
	WRITE_ONCE(age->expiry, expiry);
	if (earlier) {
		hlist_del(&age->wheel);
		rtm_wheel_file(&table->wheel, age);
	}
}

/**
 * rtm_wheel_del() - let a route age no more
 * @table: table, locked
 * @route: route on the wheel
 */
void rtm_wheel_del(struct rtm_table *table, struct rtm_route *route)
{
	lockdep_assert_held(&table->lock);
	hlist_del(&rtm_route_age(route)->wheel);
	table->wheel.nr--;
}
