// SPDX-License-Identifier: GPL-2.0
/*
 * Benchmark builds: times the holds of one table's mutex, and lets
 * rtm_bench.ko have what it needs of rtm.ko.
 */
#include <linux/export.h>
#include <linux/sched.h>
#include <linux/timekeeping.h>

#include "../../kmod/net.h"

#define RTM_BENCH_HOLD_HERE
#include "hold.h"

static struct mutex *watched;
static u64 since;	/* all three under the mutex watched */
static u64 longest;
static u64 work;

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
	u64 ns;

	if (lock == READ_ONCE(watched) && since) {
		ns = ktime_get_ns() - since;
		longest = max(longest, ns);
		if (current->flags & PF_WQ_WORKER)
			work += ns;
	}
	mutex_unlock(lock);
}

/*
 * In nanoseconds, of holds since the last call: the longest, and the sum of those
 * by work items. Watches @lock from now on.
 */
void rtm_hold_read(struct mutex *lock, u64 *most, u64 *by_work)
{
	mutex_lock(lock);
	*most = lock == watched ? longest : 0;
	*by_work = lock == watched ? work : 0;
	longest = 0;
	work = 0;
	since = 0;
	WRITE_ONCE(watched, lock);
	mutex_unlock(lock);
}
EXPORT_SYMBOL_GPL(rtm_hold_read);

EXPORT_SYMBOL_GPL(rtm_free_bulk);
EXPORT_SYMBOL_GPL(rtm_net_of);
EXPORT_SYMBOL_GPL(rtm_table_lookup);
EXPORT_SYMBOL_GPL(rtm_trie_find);
EXPORT_SYMBOL_GPL(rtm_trie_match);
