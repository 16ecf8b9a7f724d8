/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RTM_TRIE_NODE_H
#define RTM_TRIE_NODE_H

/* The nodes of trie.c, where their layout is explained. */

#include <linux/bitops.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>

#include "prefix.h"
#include "trie.h"

#define FIRST		7			/* bits that index the root */
#define SIX		6			/* bits of a node */
#define POSITIONS	128

static_assert(DIV_ROUND_UP(RTM_PREFIX_MAX - FIRST, SIX) == RTM_TRIE_DEPTH);

/**
 * struct rtm_root - where prefixes begin
 * @child: what is below, by the first bits: nodes, or only leaves with TAIL
 * @leaf: shorter prefixes, by 1 << length | bits
 */
struct rtm_root {
	void __rcu *child[1 << FIRST];
	void __rcu *leaf[1 << FIRST];
};

/**
 * struct rtm_node - a node
 * @map: which positions are taken; immutable
 * @live: how many slots are not NULL; used under rtm_trie.lock
 * @slot: what is at each of them, or NULL: leaves of the stride, or what is
 *	below it: a node, or an only leaf, with TAIL
 */
struct rtm_node {
	u64 map[2];
	unsigned int live;
	void __rcu *slot[];
};

/* For holders of the lock; and for them and RCU readers. */
#define rtm_locked(t, p) \
	rcu_dereference_protected(p, lockdep_is_held((t)->lock))
#define rtm_deref(t, p) \
	rcu_dereference_check(p, lockdep_is_held((t)->lock))

static inline void rtm_account(struct rtm_trie *t, int nodes, ssize_t bytes)
{
	WRITE_ONCE(t->nodes, t->nodes + nodes);
	WRITE_ONCE(t->bytes, t->bytes + bytes);
}

/* Of what is below: it is no node, but the only leaf there. */
#define TAIL	1UL

static inline bool rtm_is_tail(const void *slot)
{
	return (uintptr_t)slot & TAIL;
}

static inline bool rtm_is_node(const void *slot)
{
	return slot && !rtm_is_tail(slot);
}

static inline void *rtm_tail(const void *leaf)
{
	return (void *)((uintptr_t)leaf | TAIL);
}

static inline void *rtm_tail_leaf(const void *slot)
{
	return (void *)((uintptr_t)slot & ~TAIL);
}

static inline struct rtm_prefix rtm_leaf_prefix(const struct rtm_trie *t,
						const void *leaf)
{
	return rtm_key_prefix(leaf + t->key, t->width);
}

static inline bool rtm_leaf_is(const struct rtm_trie *t, const void *leaf,
			       const struct rtm_prefix *p)
{
	const struct rtm_prefix own = rtm_leaf_prefix(t, leaf);

	return rtm_prefix_equal(&own, p);
}

/* The positions at depth 6, in either half. */
#define BOTH(k, sub)	((sub) << 1 | (sub) << (1 << (k)))
#define CHILDREN	BOTH(5, BOTH(4, BOTH(3, BOTH(2, BOTH(1, 1ULL)))))

static inline bool rtm_pos_is_child(unsigned int pos)
{
	return CHILDREN << (pos < 64) >> (pos % 64) & 1;
}

/* Position of the first @l of the six bits @x. */
static inline unsigned int rtm_pos(unsigned int x, unsigned int l)
{
	x &= ~(63U >> l);
	return 2 * x - hweight8(x) + l;
}

/* Where the node at @off has @p, or the child on the way to it. */
static inline unsigned int rtm_pos_of(const struct rtm_prefix *p,
				      unsigned int off)
{
	return rtm_pos(rtm_prefix_six(p->hi, p->lo, off),
		       min_t(unsigned int, p->len - off, SIX));
}

static inline bool rtm_node_has(const struct rtm_node *node, unsigned int pos)
{
	return node->map[pos / 64] >> (pos % 64) & 1;
}

/* How many positions are taken before that of a bit in a word of the map. */
static __always_inline unsigned int
rtm_node_rank(const struct rtm_node *node, unsigned int word, unsigned int bit)
{
	unsigned int rank = hweight64(node->map[word] & (BIT_ULL(bit) - 1));

	return word ? rank + hweight64(node->map[0]) : rank;
}

/* How many positions before @pos are taken: the index of its slot. */
static __always_inline unsigned int
rtm_node_index(const struct rtm_node *node, unsigned int pos)
{
	return rtm_node_rank(node, pos / 64, pos % 64);
}

/* The first position taken from @pos on, POSITIONS if there is none. */
static inline unsigned int rtm_node_next(const struct rtm_node *node,
					 unsigned int pos)
{
	u64 m;

	if (pos < 64) {
		m = node->map[0] & ~0ULL << pos;
		if (m)
			return __ffs64(m);
		pos = 64;
	}
	m = node->map[1] & ~0ULL << (pos - 64);
	return m ? 64 + __ffs64(m) : POSITIONS;
}

/* What indexes rtm_root.child. */
static inline unsigned int rtm_root_child(u64 hi)
{
	return hi >> (64 - FIRST);
}

/* What indexes rtm_root.leaf, for the first @len bits: less than FIRST. */
static inline unsigned int rtm_root_leaf(u64 hi, unsigned int len)
{
	return 1 << len | rtm_root_child(hi) >> (FIRST - len);
}

#endif /* RTM_TRIE_NODE_H */
