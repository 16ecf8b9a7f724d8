/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RTM_RECLAIM_H
#define RTM_RECLAIM_H

#include <linux/atomic.h>

#define RTM_RETIRED_MAX		60	/* a batch is one kmalloc-512 */

struct rtm_retired;

/**
 * struct rtm_reclaim - objects that wait for a grace period
 * @batch: being filled; protected by the mutex of the table that it serves
 * @waiting: objects handed to RCU and not yet freed
 */
struct rtm_reclaim {
	struct rtm_retired *batch;
	atomic_t waiting;
};

void rtm_free_bulk(void **objs, unsigned int nr);
void rtm_retire(struct rtm_reclaim *rc, void *obj);
void rtm_retire_route(struct rtm_reclaim *rc, void *route);
void rtm_retire_all(struct rtm_reclaim *rc, void **objs, unsigned int nr);
void rtm_reclaim_flush(struct rtm_reclaim *rc);
void rtm_reclaim_throttle(struct rtm_reclaim *rc);

#endif /* RTM_RECLAIM_H */
