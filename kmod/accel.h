/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RTM_ACCEL_H
#define RTM_ACCEL_H

#include <linux/types.h>

#include "trie.h"

/* Shorter prefixes are looked for in the trie, where they are soon found. */
#define RTM_ACCEL_LEAST		8

#define RTM_ACCEL_BITS		16	/* that index slots */
#define RTM_ACCEL_SLOTS		65536
#define RTM_ACCEL_PAGE_SLOTS	512

/* Blocks of 24 bits in a slot */
#define RTM_ACCEL_BLOCKS	256

/* Of what a slot has: it is struct rtm_runs, and valid; or any tag: it is valid. */
#define RTM_SLOT_RUNS		2UL
#define RTM_SLOT_ON		3UL

/**
 * struct rtm_runs - the longest matches in a slot, complete and immutable
 * @begin: a bit for each block: that its match is another one than that of the
 *	block before; for the first block, too
 * @before: how many bits are set in the words before each
 * @match: of each run of blocks with the same: its leaf or NULL, with TAIL; or NULL
 *	where the trie is to be asked, since there is something longer than 24 bits
 */
struct rtm_runs {
	u64 begin[RTM_ACCEL_BLOCKS / 64];
	u8 before[RTM_ACCEL_BLOCKS / 64];
	void *match[];
};

/**
 * struct rtm_accel_page - some of the slots
 * @slot: struct rtm_runs with RTM_SLOT_RUNS, or what would be the @match of the only
 *	run. If the slot is switched off: NULL, or the runs that it had, without tag
 */
struct rtm_accel_page {
	void __rcu *slot[RTM_ACCEL_PAGE_SLOTS];
};

/**
 * struct rtm_accel - compiled matches of a trie
 * @page: slots, by the first bits; RCU for readers
 * @dirty: slots that are switched off, and to be compiled
 * @nr_dirty: how many
 * @next: slot where rtm_accel_compile() goes on
 * @off: what is to be retired together: a page with all that its slots have, or
 *	what slots had that were compiled under one hold
 * @nr_off: how many that are
 *
 * All but @page is protected by the trie's mutex.
 */
struct rtm_accel {
	struct rtm_accel_page __rcu *page[RTM_ACCEL_SLOTS /
					  RTM_ACCEL_PAGE_SLOTS];
	unsigned long dirty[RTM_ACCEL_SLOTS / (8 * sizeof(long))];
	unsigned int nr_dirty;
	unsigned int next;
	void *off[RTM_ACCEL_PAGE_SLOTS + 1];
	unsigned int nr_off;
};

/* Whether what a slot has is not switched off. */
static inline bool rtm_slot_is_on(const void *slot)
{
	return (uintptr_t)slot & RTM_SLOT_ON;
}

int rtm_accel_caches_create(void);
void rtm_accel_caches_destroy(void);
bool rtm_accel_useless(const struct rtm_trie *t);
bool rtm_accel_wanted(const struct rtm_trie *t);
bool rtm_accel_compile(struct rtm_trie *t);
void rtm_accel_switch_off(struct rtm_trie *t, const struct rtm_prefix *p);
void rtm_accel_drop(struct rtm_trie *t);
bool rtm_accel_match(const struct rtm_trie *t, u64 hi, void **leaf);
bool rtm_accel_prefetch(const struct rtm_trie *t, const struct rtm_prefix *p,
			void **leaves, unsigned int n);

#endif /* RTM_ACCEL_H */
