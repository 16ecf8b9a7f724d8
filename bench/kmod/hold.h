/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How long the mutex of a table is held. Benchmark builds include this before
 * kmod/table.c, which takes no other mutex.
 */
#ifndef RTM_BENCH_HOLD_H
#define RTM_BENCH_HOLD_H

#include <linux/mutex.h>

void rtm_hold_lock(struct mutex *lock);
int rtm_hold_lock_killable(struct mutex *lock);
void rtm_hold_unlock(struct mutex *lock);
void rtm_hold_read(struct mutex *lock, u64 *most, u64 *by_work);

#ifndef RTM_BENCH_HOLD_HERE
#undef mutex_lock
#undef mutex_lock_killable
#define mutex_lock		rtm_hold_lock
#define mutex_lock_killable	rtm_hold_lock_killable
#define mutex_unlock		rtm_hold_unlock
#endif

#endif /* RTM_BENCH_HOLD_H */
