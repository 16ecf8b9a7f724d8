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

#define WIDE		8			/* bits of a wide node */
#define SIX		6			/* bits of a six-bit node */
#define FIRST		(2 * WIDE)		/* where six-bit nodes begin */
#define DEPTH		DIV_ROUND_UP(RTM_PREFIX_MAX - FIRST, SIX)
#define POSITIONS	128

/**
 * struct rtm_wide - node for eight bits
 * @map: which of @leaf are there
 * @child: by the eight bits: wide nodes below the root, six-bit nodes below
 *	those
 * @leaf: by 1 << relative length | bits
 * @used: how many of @child and @leaf are there; under the lock
 */
struct rtm_wide {
	u64 map[4];
	void __rcu *child[1 << WIDE];
	void __rcu *leaf[1 << WIDE];
	unsigned int used;
};

/**
 * struct rtm_node - node for six bits
 * @map: which positions are taken; immutable
 * @slot: leaf or child of each of them, or NULL
 */
struct rtm_node {
	u64 map[2];
	void __rcu *slot[];
};

/* For holders of the lock; and for them and RCU readers. */
#define rtm_locked(t, p) \
	rcu_dereference_protected(p, lockdep_is_held((t)->lock))
#define rtm_deref(t, p) \
	rcu_dereference_check(p, lockdep_is_held((t)->lock))

/* The positions at depth 6, in either half. */
#define BOTH(k, sub)	((sub) << 1 | (sub) << (1 << (k)))
#define CHILDREN	BOTH(5, BOTH(4, BOTH(3, BOTH(2, BOTH(1, 1ULL)))))

static inline u64 rtm_children(unsigned int word)
{
	return CHILDREN << !word;
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

/* How many positions before @pos are taken: the index of its slot. */
static inline unsigned int rtm_node_index(const struct rtm_node *node,
					  unsigned int pos)
{
	u64 below = BIT_ULL(pos % 64) - 1;

	if (pos < 64)
		return hweight64(node->map[0] & below);
	return hweight64(node->map[0]) + hweight64(node->map[1] & below);
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

/* The byte that indexes a wide node: the root's, or the second level's. */
static inline unsigned int rtm_byte(const struct rtm_prefix *p,
				    unsigned int level)
{
	return (u8)(p->hi >> (56 - WIDE * level));
}

/* Index of the leaf for the first @l bits of @byte. */
static inline unsigned int rtm_wide_index(unsigned int byte, unsigned int l)
{
	return 1 << l | byte >> (WIDE - l);
}

static inline bool rtm_wide_has(const struct rtm_wide *wide, unsigned int index)
{
	return READ_ONCE(wide->map[index / 64]) >> (index % 64) & 1;
}

#endif /* RTM_TRIE_NODE_H */
