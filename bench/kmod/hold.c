// SPDX-License-Identifier: GPL-2.0
/*
 * Benchmark builds: times the holds of one table's mutex, and lets
 * rtm_bench.ko have what it needs of rtm.ko.
 */
#include <linux/export.h>
#include <linux/timekeeping.h>

#include "../../kmod/net.h"

#define RTM_BENCH_HOLD_HERE
#include "hold.h"

static struct mutex *watched;
static u64 since;	/* both under the mutex watched */
static u64 longest;

static void rtm_hold_begin(const struct mutex *lock)
{
	if (lock == READ_ONCE(watched))
		since = ktime_get_ns();
}

void rtm_hold_lock(struct mutex *lock)
{
	mutex_lock(lock);
	rtm_hold_begin(lock);
}

int rtm_hold_lock_killable(struct mutex *lock)
{
	int err = mutex_lock_killable(lock);

	if (!err)
		rtm_hold_begin(lock);
	return err;
}

void rtm_hold_unlock(struct mutex *lock)
{
	if (lock == READ_ONCE(watched) && since)
		longest = max(longest, ktime_get_ns() - since);
	mutex_unlock(lock);
}

/* Nanoseconds since the last call; watches @lock from now on. */
u64 rtm_hold_longest(struct mutex *lock)
{
	u64 ns;

	mutex_lock(lock);
	ns = lock == watched ? longest : 0;
	longest = 0;
	since = 0;
	WRITE_ONCE(watched, lock);
	mutex_unlock(lock);
	return ns;
}
EXPORT_SYMBOL_GPL(rtm_hold_longest);

EXPORT_SYMBOL_GPL(rtm_net_of);
EXPORT_SYMBOL_GPL(rtm_table_lookup);
EXPORT_SYMBOL_GPL(rtm_trie_match);
