/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RTM_AGE_H
#define RTM_AGE_H

#include <linux/list.h>
#include <linux/types.h>
#include <linux/workqueue.h>

struct rtm_route;
struct rtm_route_age;
struct rtm_table;

/**
 * struct rtm_wheel - routes that age, by the second that they are looked at
 * @slots: RTM_WHEEL_SLOTS lists of struct rtm_route_age; made for the first
 *	client that may have routes
 * @due: those being looked at
 * @nr: routes on @slots and @due
 * @second: second of boot time that was looked at last
 * @work: looks, once a second, while there are any
 *
 * Protected by the table's mutex.
 */
struct rtm_wheel {
	struct hlist_head *slots;
	struct hlist_head due;
	u64 nr;
	u32 second;
	struct delayed_work work;
};

void rtm_wheel_init(struct rtm_wheel *wheel);
void rtm_wheel_destroy(struct rtm_wheel *wheel);
int rtm_wheel_prepare(struct rtm_wheel *wheel);
u32 rtm_age_left(const struct rtm_route_age *age, u64 now);
u32 rtm_wheel_expiry(const struct rtm_table *table, u32 ttl);
void rtm_wheel_add(struct rtm_table *table, struct rtm_route *route);
void rtm_wheel_refresh(struct rtm_table *table, struct rtm_route *route,
		       u32 expiry);
void rtm_wheel_del(struct rtm_table *table, struct rtm_route *route);

#endif /* RTM_AGE_H */
