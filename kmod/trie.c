// SPDX-License-Identifier: GPL-2.0
/*
 * Prefixes in order: exact match, longest match and the ordered walk from one
 * structure.
 *
 * The first sixteen bits of an address index two levels of wide nodes, the
 * rest is cut into strides of six bits. A prefix lives in the node in whose
 * stride it ends: lengths 0 to 7 in the root, 8 to 15 in a wide node of the
 * second level, 16 to 21 in the six-bit node at bit 16, 22 to 27 in the one at
 * bit 22, and so on to the node at bit 124, where four bits remain.
 *
 * A six-bit node is a complete binary tree of depth 6, its 127 positions
 * numbered in pre-order. The positions at depths 0 to 5 are prefixes and hold
 * leaves, those at depth 6 are children. One 128-bit map says which positions
 * are taken, and the array of slots holds what is there in the same order: so
 * the array is sorted by address and then by length, a walk scans it, and of
 * all taken positions on the way to an address the highest is the longest
 * match. Word 0 of the map is the position at depth 0 and the half of the tree
 * below a first bit of 0, word 1 is the other half, which leaves bit 63 unused:
 * a look-up needs depth 0 and the half that its address is in.
 *
 * Locking and lifetimes. Changes are serialised by the caller's mutex, readers
 * need rcu_read_lock() and nothing else. The map of a published node never
 * changes: where a six-bit node gets a position, or loses some for good, a copy
 * is made, published with one rcu_assign_pointer(), and the old node goes to
 * rtm_retire(), which frees it after a grace period. Leaves are the caller's:
 * one that was removed may be seen by readers for a grace period more.
 *
 * An insert allocates all it needs before it publishes anything. A remove
 * cannot fail: it stores NULL into the slot, and the next copy leaves the
 * position out. So readers take a NULL slot for a position that is not taken.
 * It makes a smaller copy itself when half of the slots are dead, if memory for
 * that is to be had at once: so a node that is emptied is not copied for each
 * of its leaves. A node without a live slot is unlinked, and so are the nodes
 * above that it empties: every node but the root holds at least one leaf or
 * leads to one.
 *
 * What a reader sees. Nodes, chains of them and leaves are complete before
 * rcu_assign_pointer() makes them reachable. A reader that came to a node which
 * has been replaced since sees what that node led to then or later, so an entry
 * that is present throughout is always found, and no entry is found twice in a
 * walk. Wide nodes are changed in place: there the leaf and its bit in the map
 * are two stores. They need no order between them, because both the bit without
 * the leaf and the leaf without the bit mean that the entry is just being
 * inserted or removed, and read as absent.
 */
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/log2.h>
#include <linux/overflow.h>
#include <linux/slab.h>

#include "reclaim.h"
#include "trie_node.h"

/*
 * Memory. Six-bit nodes come with room for 1 to 4 slots, and from there in four
 * sizes for every doubling.
 */
#define CLASSES		24

static struct kmem_cache *rtm_wide_cache;
static struct kmem_cache *rtm_node_cache[CLASSES];

static unsigned int rtm_class_slots(unsigned int class)
{
	return class < 4 ? class + 1 : (class % 4 + 5) << (class / 4 - 1);
}

static unsigned int rtm_class(unsigned int slots)
{
	unsigned int shift;

	if (slots <= 4)
		return slots - 1;
	shift = ilog2(slots - 1) - 2;
	return 4 * shift + ((slots - 1) >> shift);
}

static size_t rtm_class_size(unsigned int class)
{
	return struct_size((struct rtm_node *)NULL, slot,
			   rtm_class_slots(class));
}

static unsigned int rtm_node_class(const struct rtm_node *node)
{
	return rtm_class(rtm_node_index(node, POSITIONS - 1));
}

static void rtm_account(struct rtm_trie *t, int nodes, ssize_t bytes)
{
	WRITE_ONCE(t->nodes, t->nodes + nodes);
	WRITE_ONCE(t->bytes, t->bytes + bytes);
}

/* The caller fills in the slots. */
static struct rtm_node *rtm_node_alloc(struct rtm_trie *t, const u64 map[2],
				       gfp_t gfp)
{
	unsigned int class = rtm_class(hweight64(map[0]) + hweight64(map[1]));
	struct rtm_node *node = kmem_cache_alloc(rtm_node_cache[class], gfp);

	if (!node)
		return NULL;
	node->map[0] = map[0];
	node->map[1] = map[1];
	rtm_account(t, 1, rtm_class_size(class));
	return node;
}

/* For a node that was never published. */
static void rtm_node_free(struct rtm_trie *t, struct rtm_node *node)
{
	unsigned int class = rtm_node_class(node);

	rtm_account(t, -1, -rtm_class_size(class));
	kmem_cache_free(rtm_node_cache[class], node);
}

static void rtm_node_retire(struct rtm_trie *t, struct rtm_node *node)
{
	rtm_account(t, -1, -rtm_class_size(rtm_node_class(node)));
	rtm_retire(t->rc, node);
}

static struct rtm_wide *rtm_wide_alloc(struct rtm_trie *t)
{
	struct rtm_wide *wide = kmem_cache_zalloc(rtm_wide_cache,
						  GFP_KERNEL_ACCOUNT);

	if (wide)
		rtm_account(t, 1, sizeof(*wide));
	return wide;
}

/* For a wide node that was never published, or has no readers any more. */
static void rtm_wide_free(struct rtm_trie *t, struct rtm_wide *wide)
{
	rtm_account(t, -1, -sizeof(*wide));
	kmem_cache_free(rtm_wide_cache, wide);
}

/*
 * Make the node at @link hold @val at @pos; without @val, hold nothing there.
 */
static int rtm_node_replace(struct rtm_trie *t, void __rcu **link,
			    unsigned int pos, void *val, gfp_t gfp)
{
	struct rtm_node *old = rtm_locked(t, *link), *new;
	unsigned int nr = rtm_node_index(old, POSITIONS - 1), gap, i, to, q;
	unsigned int skip = rtm_node_has(old, pos) ? rtm_node_index(old, pos) :
						     POSITIONS;
	u64 map[2] = { old->map[0], old->map[1] };
	void *slot;

	for (i = 0, q = 0; i < nr; i++, q++) {
		q = rtm_node_next(old, q);
		if (!rtm_locked(t, old->slot[i]))
			map[q / 64] &= ~BIT_ULL(q % 64);
	}
	if (val)
		map[pos / 64] |= BIT_ULL(pos % 64);
	else
		map[pos / 64] &= ~BIT_ULL(pos % 64);

	new = rtm_node_alloc(t, map, gfp);
	if (!new)
		return -ENOMEM;
	gap = val ? rtm_node_index(new, pos) : POSITIONS;
	for (i = 0, to = 0; i < nr; i++) {
		slot = rtm_locked(t, old->slot[i]);
		if (!slot || i == skip)
			continue;
		to += to == gap;
		RCU_INIT_POINTER(new->slot[to++], slot);
	}
	if (val)
		RCU_INIT_POINTER(new->slot[gap], val);
	rcu_assign_pointer(*link, new);
	rtm_node_retire(t, old);
	return 0;
}

static int rtm_node_add(struct rtm_trie *t, void __rcu **link,
			unsigned int pos, void *val)
{
	struct rtm_node *node = rtm_locked(t, *link);
	unsigned int i = rtm_node_index(node, pos);

	if (!rtm_node_has(node, pos))
		return rtm_node_replace(t, link, pos, val, GFP_KERNEL_ACCOUNT);
	if (rtm_locked(t, node->slot[i]))
		return -EEXIST;
	rcu_assign_pointer(node->slot[i], val);
	return 0;
}

static void rtm_chain_free(struct rtm_trie *t, const struct rtm_prefix *p,
			   unsigned int off, void *sub)
{
	struct rtm_node *node;

	for (; off <= p->len; off += SIX) {
		node = sub;
		sub = rtm_locked(t, node->slot[0]);
		rtm_node_free(t, node);
	}
}

/*
 * What a node above bit @off needs as its slot to lead to @leaf: the leaf, if
 * the prefix ends before @off, or nodes from there on.
 */
static void *rtm_chain_alloc(struct rtm_trie *t, const struct rtm_prefix *p,
			     unsigned int off, void *leaf)
{
	unsigned int at = p->len - (p->len - FIRST) % SIX;
	struct rtm_node *node;
	void *sub = leaf;
	unsigned int pos;

	for (; at >= off; at -= SIX) {
		u64 map[2] = {};

		pos = rtm_pos_of(p, at);
		map[pos / 64] = BIT_ULL(pos % 64);
		node = rtm_node_alloc(t, map, GFP_KERNEL_ACCOUNT);
		if (!node) {
			rtm_chain_free(t, p, at + SIX, sub);
			return NULL;
		}
		RCU_INIT_POINTER(node->slot[0], sub);
		sub = node;
	}
	return sub;
}

static int rtm_insert_node(struct rtm_trie *t, struct rtm_wide *wide,
			   const struct rtm_prefix *p, void *leaf)
{
	void __rcu **link = &wide->child[rtm_byte(p, 1)];
	unsigned int off = FIRST, pos = 0;
	void __rcu **last = NULL;
	struct rtm_node *node;
	void *sub;
	int err;

	/* To the last node that there is on the way. */
	while ((node = rtm_locked(t, *link))) {
		last = link;
		pos = rtm_pos_of(p, off);
		off += SIX;
		if (p->len < off || !rtm_node_has(node, pos))
			break;
		link = &node->slot[rtm_node_index(node, pos)];
	}

	sub = rtm_chain_alloc(t, p, off, leaf);
	if (!sub)
		return -ENOMEM;
	if (!last) {
		rcu_assign_pointer(*link, sub);
		wide->used++;
		return 0;
	}
	err = rtm_node_add(t, last, pos, sub);
	if (err)
		rtm_chain_free(t, p, off, sub);
	return err;
}

static int rtm_insert_wide(struct rtm_trie *t, struct rtm_wide *wide,
			   unsigned int i, void *leaf)
{
	u64 *word = &wide->map[i / 64];

	if (rtm_locked(t, wide->leaf[i]))
		return -EEXIST;
	rcu_assign_pointer(wide->leaf[i], leaf);
	WRITE_ONCE(*word, *word | BIT_ULL(i % 64));
	wide->used++;
	return 0;
}

/**
 * rtm_trie_insert() - add a prefix
 * @t: the trie; its lock is held
 * @p: a valid prefix of its family
 * @leaf: its leaf, complete: readers may see it at once
 *
 * May sleep. If it fails, nothing has changed.
 *
 * Return: 0, -EEXIST if the prefix has a leaf, or -ENOMEM.
 */
int rtm_trie_insert(struct rtm_trie *t, const struct rtm_prefix *p, void *leaf)
{
	void __rcu **link = &t->root->child[rtm_byte(p, 0)];
	struct rtm_wide *wide;
	bool fresh;
	int err;

	lockdep_assert_held(t->lock);
	if (p->len < WIDE)
		return rtm_insert_wide(t, t->root,
				       rtm_wide_index(rtm_byte(p, 0), p->len),
				       leaf);

	wide = rtm_locked(t, *link);
	fresh = !wide;
	if (fresh)
		wide = rtm_wide_alloc(t);
	if (!wide)
		return -ENOMEM;
	if (p->len < FIRST)
		err = rtm_insert_wide(t, wide, rtm_wide_index(rtm_byte(p, 1),
							      p->len - WIDE),
				      leaf);
	else
		err = rtm_insert_node(t, wide, p, leaf);
	if (!fresh)
		return err;
	if (err) {
		rtm_wide_free(t, wide);
		return err;
	}
	rcu_assign_pointer(*link, wide);
	t->root->used++;
	return 0;
}

/*
 * Are slots live in @node but for @without? @shrink: these are no more than
 * half of them.
 */
static bool rtm_node_keeps(const struct rtm_trie *t,
			   const struct rtm_node *node, unsigned int without,
			   bool *shrink)
{
	unsigned int nr = rtm_node_index(node, POSITIONS - 1), live = 0, i;

	for (i = 0; i < nr && 2 * live <= nr; i++)
		live += i != without && rtm_locked(t, node->slot[i]);
	*shrink = 2 * live <= nr;
	return live;
}

static void *rtm_remove_node(struct rtm_trie *t, struct rtm_wide *wide,
			     const struct rtm_prefix *p)
{
	void __rcu **link = &wide->child[rtm_byte(p, 1)];
	void __rcu **keeper = NULL, **cut = link;
	unsigned int keeper_pos = 0, cut_off = FIRST;
	unsigned int off = FIRST, pos, i;
	bool shrink = false, sparse;
	struct rtm_node *node;
	void *sub;

	/* @cut is the highest link that leads to nothing but @p. */
	do {
		node = rtm_locked(t, *link);
		if (!node)
			return NULL;
		pos = rtm_pos_of(p, off);
		if (!rtm_node_has(node, pos))
			return NULL;
		off += SIX;
		i = rtm_node_index(node, pos);
		if (rtm_node_keeps(t, node, i, &sparse)) {
			shrink = sparse;
			keeper = link;
			keeper_pos = pos;
			cut = &node->slot[i];
			cut_off = off;
		}
		link = &node->slot[i];
	} while (p->len >= off);
	if (!rtm_locked(t, *link))
		return NULL;

	sub = rtm_locked(t, *cut);
	if (!keeper)
		wide->used--;
	if (!shrink || rtm_node_replace(t, keeper, keeper_pos, NULL,
					GFP_NOWAIT | __GFP_NOWARN |
					__GFP_ACCOUNT))
		RCU_INIT_POINTER(*cut, NULL);

	for (off = cut_off; off <= p->len; off += SIX) {
		node = sub;
		i = rtm_node_index(node, rtm_pos_of(p, off));
		sub = rtm_locked(t, node->slot[i]);
		rtm_node_retire(t, node);
	}
	return sub;
}

static void *rtm_remove_wide(struct rtm_trie *t, struct rtm_wide *wide,
			     unsigned int i)
{
	u64 *word = &wide->map[i / 64];
	void *leaf = rtm_locked(t, wide->leaf[i]);

	if (!leaf)
		return NULL;
	WRITE_ONCE(*word, *word & ~BIT_ULL(i % 64));
	RCU_INIT_POINTER(wide->leaf[i], NULL);
	wide->used--;
	return leaf;
}

/**
 * rtm_trie_remove() - remove a prefix
 * @t: the trie; its lock is held
 * @p: a valid prefix of its family
 *
 * May sleep. Cannot fail. Readers may see the leaf for a grace period more.
 *
 * Return: the leaf, or NULL if there is none.
 */
void *rtm_trie_remove(struct rtm_trie *t, const struct rtm_prefix *p)
{
	void __rcu **link = &t->root->child[rtm_byte(p, 0)];
	struct rtm_wide *wide;
	void *leaf;

	lockdep_assert_held(t->lock);
	if (p->len < WIDE)
		return rtm_remove_wide(t, t->root,
				       rtm_wide_index(rtm_byte(p, 0), p->len));

	wide = rtm_locked(t, *link);
	if (!wide)
		return NULL;
	if (p->len < FIRST)
		leaf = rtm_remove_wide(t, wide, rtm_wide_index(rtm_byte(p, 1),
							       p->len - WIDE));
	else
		leaf = rtm_remove_node(t, wide, p);
	if (!wide->used) {
		RCU_INIT_POINTER(*link, NULL);
		t->root->used--;
		rtm_account(t, -1, -sizeof(*wide));
		rtm_retire(t->rc, wide);
	}
	return leaf;
}

/**
 * rtm_trie_init() - make an empty trie
 * @t: the trie
 * @width: bits in an address: 32 or 128
 * @rc: takes the nodes that readers may still see
 * @lock: held by who changes the trie
 *
 * Return: 0 or -ENOMEM.
 */
int rtm_trie_init(struct rtm_trie *t, unsigned int width,
		  struct rtm_reclaim *rc, struct mutex *lock)
{
	t->lock = lock;
	t->width = width;
	t->rc = rc;
	t->nodes = 0;
	t->bytes = 0;
	t->root = rtm_wide_alloc(t);
	return t->root ? 0 : -ENOMEM;
}

/**
 * rtm_trie_destroy() - the opposite of rtm_trie_init()
 * @t: the trie, without leaves and without readers
 */
void rtm_trie_destroy(struct rtm_trie *t)
{
	WARN_ON_ONCE(t->root->used);
	rtm_wide_free(t, t->root);
	t->root = NULL;
}

/**
 * rtm_trie_caches_create() - what all tries take their nodes from
 *
 * Return: 0 or -ENOMEM.
 */
int rtm_trie_caches_create(void)
{
	char name[32];
	unsigned int i;

	rtm_wide_cache = kmem_cache_create(KBUILD_MODNAME "_wide",
					   sizeof(struct rtm_wide), 0, 0, NULL);
	if (!rtm_wide_cache)
		return -ENOMEM;
	for (i = 0; i < CLASSES; i++) {
		snprintf(name, sizeof(name), KBUILD_MODNAME "_node_%u",
			 rtm_class_slots(i));
		rtm_node_cache[i] = kmem_cache_create(name, rtm_class_size(i),
						      0, 0, NULL);
		if (!rtm_node_cache[i]) {
			rtm_trie_caches_destroy();
			return -ENOMEM;
		}
	}
	return 0;
}

/**
 * rtm_trie_caches_destroy() - after rcu_barrier(), without any trie
 */
void rtm_trie_caches_destroy(void)
{
	unsigned int i;

	for (i = 0; i < CLASSES; i++) {
		kmem_cache_destroy(rtm_node_cache[i]);
		rtm_node_cache[i] = NULL;
	}
	kmem_cache_destroy(rtm_wide_cache);
	rtm_wide_cache = NULL;
}
