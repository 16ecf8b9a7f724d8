/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RTM_TRIE_H
#define RTM_TRIE_H

#include <linux/cache.h>
#include <linux/compiler.h>
#include <linux/types.h>

#include "prefix.h"

struct mutex;
struct rtm_accel;
struct rtm_reclaim;
struct rtm_root;

#define RTM_TRIE_DEPTH	21	/* as many nodes at the most are on a way */

/**
 * struct rtm_finger - where the lock's holder was last
 * @prefix: what was looked for; before that, one without bits
 * @depth: of the last link that counts
 * @link: the slots on the way to @prefix, each in the node that the one before
 *	leads to; the first is the root's
 */
struct rtm_finger {
	struct rtm_prefix prefix;
	unsigned int depth;
	void __rcu **link[RTM_TRIE_DEPTH];
};

/**
 * struct rtm_trie - prefixes of one family, each with a leaf of the caller's
 * @root: what the first bits lead to
 * @map: which of root->leaf are there
 * @lock: the caller's mutex, which serialises changes
 * @width: bits in an address, 32 or 128
 * @key: offset of the struct rtm_key in leaves
 * @accel: compiled matches, or NULL; RCU for readers
 * @rc: where replaced nodes go; used under @lock
 * @nodes: nodes in use; written under @lock
 * @bytes: their size, and that of @accel; written under @lock
 * @changes: prefixes that came and went, and slots that were switched off;
 *	wraps; used under @lock. Has moved before a leaf that was removed is
 *	retired: rtm_table_fetched() relies on that
 * @finger: where changes begin; used under @lock
 */
struct rtm_trie {
	struct rtm_root *root;
	u64 map[2];
	struct mutex *lock;
	unsigned int width;
	unsigned int key;
	struct rtm_accel __rcu *accel;

	struct rtm_reclaim *rc ____cacheline_aligned_in_smp;
	size_t nodes;
	size_t bytes;
	unsigned int changes;
	struct rtm_finger finger;
};

int rtm_trie_caches_create(void);
void rtm_trie_caches_destroy(void);

int rtm_trie_init(struct rtm_trie *t, unsigned int width, unsigned int key,
		  struct rtm_reclaim *rc, struct mutex *lock);
void rtm_trie_destroy(struct rtm_trie *t);

void *rtm_trie_find(const struct rtm_trie *t, const struct rtm_prefix *p);
void *rtm_trie_match(const struct rtm_trie *t, u64 hi, u64 lo, u8 maxlen);
unsigned int rtm_trie_walk(const struct rtm_trie *t,
			   const struct rtm_prefix *from, bool inclusive,
			   void **leaves, unsigned int n);

#define RTM_TRIE_GROUP	32U	/* as many prefixes at the most are prefetched */

void rtm_trie_prefetch(const struct rtm_trie *t, const struct rtm_prefix *p,
		       size_t stride, void **leaves, unsigned int n);

void *rtm_trie_seek(struct rtm_trie *t, const struct rtm_prefix *p);
int rtm_trie_insert_first(struct rtm_trie *t, const struct rtm_prefix *p,
			  size_t stride, unsigned int n, void *leaf);
void *rtm_trie_remove(struct rtm_trie *t, const struct rtm_prefix *p);

/* One that nothing is known to follow. */
static inline int rtm_trie_insert(struct rtm_trie *t,
				  const struct rtm_prefix *p, void *leaf)
{
	return rtm_trie_insert_first(t, p, 0, 1, leaf);
}

/* What the trie takes now, retired nodes left out. */
static inline size_t rtm_trie_bytes(const struct rtm_trie *t)
{
	return READ_ONCE(t->bytes);
}

static inline size_t rtm_trie_nodes(const struct rtm_trie *t)
{
	return READ_ONCE(t->nodes);
}

#endif /* RTM_TRIE_H */
