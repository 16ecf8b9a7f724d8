// SPDX-License-Identifier: GPL-2.0
/*
 * Priority tables: protocol to priority, sparse, small, read often.
 *
 * A table is an immutable sorted array. A change makes a new one, which its
 * rtm_table publishes under its mutex and frees after a grace period.
 */
#include <linux/slab.h>

#include "family.h"
#include "memory.h"
#include "prio.h"

#define RTM_PRIO_DEFAULT	127

/* Index of the first entry with a protocol not below @protocol. */
static unsigned int rtm_prio_bound(const struct rtm_prio_table *table,
				   u32 protocol)
{
	unsigned int lo = 0, hi = table->nr;

	while (lo < hi) {
		unsigned int mid = (lo + hi) / 2;

		if (table->entry[mid].protocol < protocol)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/**
 * rtm_prio_search() - rtm_prio_find(), of any protocol
 * @table: table; the caller holds what keeps it
 * @protocol: routing protocol id
 */
u32 rtm_prio_search(const struct rtm_prio_table *table, u32 protocol)
{
	unsigned int i = rtm_prio_bound(table, protocol);

	if (table->entry[i].protocol != protocol)
		i = table->nr - 1;
	return table->entry[i].priority;
}

/* The entries are there: the index follows from them. */
static void rtm_prio_index(struct rtm_prio_table *table)
{
	unsigned int i;

	for (i = 0; i < RTM_PRIO_LOW; i++)
		table->low[i] = rtm_prio_search(table, i);
}

/**
 * rtm_prio_default() - a family's priorities to begin with
 * @family: the family
 *
 * May sleep. NULL: out of memory.
 */
struct rtm_prio_table *rtm_prio_default(const struct rtm_family *family)
{
	struct rtm_prio_table *table;

	table = kmalloc(struct_size(table, entry, family->nr_prios + 1),
			GFP_KERNEL_ACCOUNT);
	if (!table)
		return NULL;
	memcpy(table->entry, family->prios,
	       family->nr_prios * sizeof(table->entry[0]));
	table->nr = family->nr_prios + 1;
	table->entry[table->nr - 1].protocol = RTM_PRIO_OTHERS;
	table->entry[table->nr - 1].priority = RTM_PRIO_DEFAULT;
	rtm_prio_index(table);
	return table;
}

/**
 * rtm_prio_merge() - a copy with entries added or replaced
 * @old: table to start from
 * @set: entries in any order; of several for a protocol the last one counts
 * @nr: how many
 *
 * Does not sleep. ERR_PTR: -ENOMEM, or -ENOSPC if there would be too many entries.
 */
struct rtm_prio_table *rtm_prio_merge(const struct rtm_prio_table *old,
				      const struct rtm_prio_entry *set,
				      unsigned int nr)
{
	struct rtm_prio_table *table;
	unsigned int i, at;

	table = kmalloc(struct_size(table, entry,
				    min(old->nr + nr, RTM_PRIO_ENTRIES_MAX)),
			RTM_GFP_LOCKED);
	if (!table)
		return ERR_PTR(-ENOMEM);
	memcpy(table->entry, old->entry, old->nr * sizeof(old->entry[0]));
	table->nr = old->nr;

	for (i = 0; i < nr; i++) {
		at = rtm_prio_bound(table, set[i].protocol);
		if (table->entry[at].protocol != set[i].protocol) {
			if (table->nr == RTM_PRIO_ENTRIES_MAX)
				goto err_full;
			memmove(&table->entry[at + 1], &table->entry[at],
				(table->nr - at) * sizeof(table->entry[0]));
			table->nr++;
		}
		table->entry[at] = set[i];
	}
	rtm_prio_index(table);
	return table;

err_full:
	kfree(table);
	return ERR_PTR(-ENOSPC);
}
