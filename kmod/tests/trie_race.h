/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RTM_TRIE_RACE_H
#define RTM_TRIE_RACE_H

#include <linux/mutex.h>
#include <linux/types.h>

#include "../accel.h"
#include "../prefix.h"
#include "../reclaim.h"
#include "../trie.h"

#define RACE_STABLE	64
#define RACE_FLEETING	192

struct race_leaf {
	struct rtm_prefix p;
	struct rtm_key key;
	bool stable;
};

/**
 * struct trie_race - readers beside a writer
 * @trie: under test
 * @lock: @trie's
 * @rc: @trie's
 * @cache: of the leaves that come and go
 * @base: all prefixes are close to it; @base.len is the first bit that varies
 * @stable: in @trie from the beginning to the end
 * @fleeting: prefixes that the writer puts in and takes out
 * @present: their leaves, or NULL; the writer's
 * @changes: how many inserts and removes there were
 */
struct trie_race {
	struct rtm_trie trie;
	struct mutex lock;
	struct rtm_reclaim rc;
	struct kmem_cache *cache;
	struct rtm_prefix base;
	struct race_leaf stable[RACE_STABLE];
	struct rtm_prefix fleeting[RACE_FLEETING];
	struct race_leaf *present[RACE_FLEETING];
	unsigned long changes;
};

/* They return NULL, or what went wrong. @random is the caller's state. */
const char *trie_race_init(struct trie_race *r, unsigned int width,
			   u64 *random);
const char *trie_race_read(const struct trie_race *r, u64 *random);
const char *trie_race_write(struct trie_race *r, u64 *random);
const char *trie_race_exit(struct trie_race *r);

#endif /* RTM_TRIE_RACE_H */
