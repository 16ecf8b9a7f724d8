/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RTM_PRIO_MODEL_H
#define RTM_PRIO_MODEL_H

#include <linux/types.h>

#include "../prio.h"

#define PRIO_MODEL_SET	48	/* entries of a change */

/**
 * struct prio_model - a priority table and its naive twin, a list in any order
 * @table: under test
 * @random: state of the generator, not 0
 * @input: what random choices are made by instead
 * @left: bytes of it
 * @may_fail: allocations are made to fail
 * @nr: entries of @twin
 * @twin: what @table must say
 * @wanted: what it must say next
 * @before: what it said
 * @set: a change
 * @refused: changes that there was no room for
 */
struct prio_model {
	struct rtm_prio_table *table;
	u64 random;
	const u8 *input;
	size_t left;
	bool may_fail;
	unsigned int nr;
	struct rtm_prio_entry twin[RTM_PRIO_ENTRIES_MAX];
	struct rtm_prio_entry wanted[RTM_PRIO_ENTRIES_MAX + PRIO_MODEL_SET];
	struct rtm_prio_entry before[RTM_PRIO_ENTRIES_MAX];
	struct rtm_prio_entry set[PRIO_MODEL_SET];
	unsigned long refused;
};

/* They return NULL, or what went wrong. */
const char *prio_model_init(struct prio_model *m,
			    const struct rtm_family *family, u64 seed);
const char *prio_model_merge(struct prio_model *m, unsigned int n);
const char *prio_model_change(struct prio_model *m);
const char *prio_model_check(const struct prio_model *m);
void prio_model_exit(struct prio_model *m);

/* What the twin says. */
u32 prio_model_find(const struct prio_model *m, u32 protocol);

u32 prio_model_random(struct prio_model *m, u32 below);
u32 prio_model_protocol(struct prio_model *m);

#endif /* RTM_PRIO_MODEL_H */
