/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RTM_PRIO_H
#define RTM_PRIO_H

#include <linux/rcupdate.h>
#include <linux/types.h>

#define RTM_PRIO_OTHERS		0xffffffffU	/* protocols with no entry */
#define RTM_PRIO_ENTRIES_MAX	256

struct rtm_family;

struct rtm_prio_entry {
	u32 protocol;
	u32 priority;
};

/* Immutable once published; ordered by protocol, the last is "others". */
struct rtm_prio_table {
	struct rcu_head rcu;
	unsigned int nr;
	struct rtm_prio_entry entry[];
};

struct rtm_prio_table *rtm_prio_default(const struct rtm_family *family);
struct rtm_prio_table *rtm_prio_merge(const struct rtm_prio_table *old,
				      const struct rtm_prio_entry *set,
				      unsigned int nr);
u32 rtm_prio_find(const struct rtm_prio_table *table, u32 protocol);

#endif /* RTM_PRIO_H */
