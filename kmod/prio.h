/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RTM_PRIO_H
#define RTM_PRIO_H

#include <linux/rcupdate.h>
#include <linux/types.h>

#define RTM_PRIO_OTHERS		0xffffffffU	/* protocols with no entry */
#define RTM_PRIO_ENTRIES_MAX	256U

struct rtm_family;

struct rtm_prio_entry {
	u32 protocol;
	u32 priority;
};

/* Protocols whose priorities go by index: of IP all but the static ones. */
#define RTM_PRIO_LOW		32

/**
 * struct rtm_prio_table - priorities; immutable once published
 * @rcu: to free it
 * @low: those of the protocols below RTM_PRIO_LOW
 * @nr: how many entries
 * @entry: ordered by protocol; the last is for all that have none
 */
struct rtm_prio_table {
	struct rcu_head rcu;
	u32 low[RTM_PRIO_LOW];
	unsigned int nr;
	struct rtm_prio_entry entry[];
};

struct rtm_prio_table *rtm_prio_default(const struct rtm_family *family);
struct rtm_prio_table *rtm_prio_merge(const struct rtm_prio_table *old,
				      const struct rtm_prio_entry *set,
				      unsigned int nr);
u32 rtm_prio_search(const struct rtm_prio_table *table, u32 protocol);

/**
 * rtm_prio_find() - priority of a protocol
 * @table: table; the caller holds what keeps it
 * @protocol: routing protocol id
 */
static inline u32 rtm_prio_find(const struct rtm_prio_table *table,
				u32 protocol)
{
	if (protocol < RTM_PRIO_LOW)
		return table->low[protocol];
	return rtm_prio_search(table, protocol);
}

#endif /* RTM_PRIO_H */
