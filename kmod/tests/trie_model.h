/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RTM_TRIE_MODEL_H
#define RTM_TRIE_MODEL_H

#include <linux/mutex.h>
#include <linux/types.h>

#include "../accel.h"
#include "../prefix.h"
#include "../reclaim.h"
#include "../trie.h"

#define MODEL_MAX	400

struct model_leaf {
	struct rtm_prefix p;
	struct rtm_key key;
	bool stable;
	unsigned int seen;
};

/**
 * struct trie_model - a trie and its naive twin, a sorted array
 * @trie: under test
 * @lock: @trie's
 * @rc: @trie's
 * @random: state of the generator, not 0
 * @may_fail: allocations are made to fail
 * @nr: leaves in @trie
 * @target: what @nr drifts to
 * @compiles: some of the steps compile, of 32 bits; set by the caller
 * @base: address that the phase's prefixes cluster at, @base.len its first
 *	bit that varies
 * @leaf: the first @nr in walk order, then the free ones
 * @pool: all leaves
 * @found: by a walk
 * @group: prefixes to be fetched together
 */
struct trie_model {
	struct rtm_trie trie;
	struct mutex lock;
	struct rtm_reclaim rc;
	u64 random;
	bool may_fail;
	bool compiles;
	unsigned int nr;
	unsigned int target;
	struct rtm_prefix base;
	struct model_leaf *leaf[MODEL_MAX];
	struct model_leaf pool[MODEL_MAX];
	void *found[MODEL_MAX + 1];
	struct rtm_prefix group[RTM_TRIE_GROUP];
};

/* They return NULL, or what went wrong. */
const char *trie_model_init(struct trie_model *m, unsigned int width,
			    u64 seed);
const char *trie_model_step(struct trie_model *m);
const char *trie_model_phase(struct trie_model *m, unsigned int steps);
const char *trie_model_walk_amid(struct trie_model *m);
const char *trie_model_exit(struct trie_model *m);

/* One operation at the caller's choice, with the twin's answer as a check. */
const char *trie_model_insert_first(struct trie_model *m,
				    const struct rtm_prefix *p, unsigned int n);
const char *trie_model_insert(struct trie_model *m, const struct rtm_prefix *p);
const char *trie_model_remove(struct trie_model *m, const struct rtm_prefix *p);
const char *trie_model_find(struct trie_model *m, const struct rtm_prefix *p);
const char *trie_model_match(struct trie_model *m, u64 hi, u64 lo, u8 maxlen);
const char *trie_model_walk(struct trie_model *m, const struct rtm_prefix *from,
			    bool inclusive, unsigned int n);
const char *trie_model_compile(struct trie_model *m);
const char *trie_model_check(struct trie_model *m);

u64 trie_model_random(struct trie_model *m);

#endif /* RTM_TRIE_MODEL_H */
