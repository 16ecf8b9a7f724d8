// SPDX-License-Identifier: GPL-2.0
/*
 * Prefixes in order: exact match, longest match and the ordered walk from one
 * structure.
 *
 * The first seven bits of an address index the root, the rest is cut into
 * strides of six. A prefix lives in the node in whose stride it ends: lengths 0
 * to 6 in the root, 7 to 12 in a node at bit 7, 13 to 18 in one at bit 13, 19 to
 * 24 in one at bit 19, and so on to the node at bit 127, where one bit remains.
 * Seven, since real tables are mostly /24 and /48: those end just within a
 * stride, and so share a node with up to 31 of their kind, not with three.
 *
 * A node is a complete binary tree of depth 6, its 127 positions numbered in
 * pre-order. The positions at depths 0 to 5 are prefixes and hold leaves, those
 * at depth 6 are children. One 128-bit map says which positions are taken, and
 * the array of slots holds what is there in the same order: so the array is
 * sorted by address and then by length, a walk scans it, and of all taken
 * positions on the way to an address the highest is the longest match. Word 0 of
 * the map is the position at depth 0 and the half of the tree below a first bit
 * of 0, word 1 is the other half, which leaves bit 63 unused: a look-up needs
 * depth 0 and the half that its address is in.
 *
 * Below a stride, where there is but one leaf, there is no node: the leaf itself
 * stands in the place of the child, marked as a tail, and whoever comes there
 * compares the whole prefix. So every node has two leaves in it and below, at
 * the least, and chains of nodes are only where prefixes have much in common.
 *
 * Locking and lifetimes. Changes are serialised by the caller's mutex, readers
 * need rcu_read_lock() and nothing else. The map of a published node never
 * changes: where a node gets a position, or loses some for good, a copy is made,
 * published with one rcu_assign_pointer(), and the old node goes to rtm_retire(),
 * which frees it after a grace period. Leaves are the caller's: one that was
 * removed may be seen by readers for a grace period more.
 *
 * An insert allocates all it needs before it publishes anything. Where it makes
 * a node, it may reserve positions for what comes next. A remove cannot fail: it
 * stores NULL into the slot, and the next copy leaves the position out. So
 * readers take a NULL slot for a position that is not taken. A remove makes a
 * smaller copy itself when three quarters of the slots are dead, if memory for
 * that is to be had at once: so a node that is emptied is copied a few times, not
 * for each of its leaves. Where a single leaf is left of a node, it takes the
 * place of the node, and of those above that led to nothing else.
 *
 * The finger. Whoever changes the trie begins where the last change or
 * rtm_trie_seek() ended, as far as the way is the same: who sought the prefix
 * before does not go down again, and what comes in order hardly moves. None of
 * the links that count is ever in a node that was replaced.
 *
 * What a reader sees. Nodes, chains of them and leaves are complete before
 * rcu_assign_pointer() makes them reachable. A reader that came to a node which
 * has been replaced since sees what that node led to then or later, so an entry
 * that is present throughout is always found, and no entry is found twice in a
 * walk. In the root a leaf and its bit in the map are two stores. They need no
 * order between them, because both the bit without the leaf and the leaf without
 * the bit mean that the entry is just being inserted or removed, and read as
 * absent.
 */
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/log2.h>
#include <linux/overflow.h>
#include <linux/slab.h>

#include "accel.h"
#include "memory.h"
#include "reclaim.h"
#include "trie_node.h"

/*
 * Memory. Nodes come with room for 1 to 4 slots, and from there in four sizes
 * for every doubling.
 */
#define CLASSES		24

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

/* With no slot filled in. */
static struct rtm_node *rtm_node_alloc(struct rtm_trie *t, const u64 map[2],
				       gfp_t gfp)
{
	unsigned int class = rtm_class(hweight64(map[0]) + hweight64(map[1]));
	struct rtm_node *node = kmem_cache_zalloc(rtm_node_cache[class], gfp);

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

/* Those of @node's positions whose slots are live. */
static void rtm_map_live(const struct rtm_trie *t, const struct rtm_node *node,
			 unsigned int nr, u64 map[2])
{
	unsigned int i, q;

	map[0] = node->map[0];
	map[1] = node->map[1];
	if (node->live == nr)
		return;
	for (i = 0, q = 0; i < nr; i++, q++) {
		q = rtm_node_next(node, q);
		if (!rtm_locked(t, node->slot[i]))
			map[q / 64] &= ~BIT_ULL(q % 64);
	}
}

/* Prefixes that are going to be inserted: the first of them now. */
struct rtm_ahead {
	const struct rtm_prefix *p;
	size_t stride;
	unsigned int n;
};

/*
 * The positions of @ahead in the node at @off, as far as they come one after the
 * other: who makes a node now need not make another one for each of them.
 */
static void rtm_map_ahead(const struct rtm_ahead *ahead, unsigned int off,
			  u64 map[2])
{
	const struct rtm_prefix *p = ahead->p, *q = p;
	unsigned int i, pos;

	for (i = 0; i < ahead->n; i++, q = (const void *)q + ahead->stride) {
		if (q->len < off || (p->hi ^ q->hi) & rtm_prefix_mask_hi(off) ||
		    (p->lo ^ q->lo) & rtm_prefix_mask_lo(off))
			break;
		pos = rtm_pos_of(q, off);
		map[pos / 64] |= BIT_ULL(pos % 64);
	}
}

/* Copy the live slots of @old, which has @nr, to where they are in @new. */
static void rtm_node_copy(const struct rtm_trie *t, struct rtm_node *new,
			  const struct rtm_node *old, unsigned int nr)
{
	unsigned int i, q;
	void *slot;

	new->live = old->live;
	for (i = 0, q = 0; i < nr; i++, q++) {
		q = rtm_node_next(old, q);
		slot = rtm_locked(t, old->slot[i]);
		if (slot)
			RCU_INIT_POINTER(new->slot[rtm_node_index(new, q)],
					 slot);
	}
}

/* The same, where @new has all of @old's positions and one more, at @gap. */
static void rtm_node_copy_around(const struct rtm_trie *t, struct rtm_node *new,
				 const struct rtm_node *old, unsigned int nr,
				 unsigned int gap)
{
	unsigned int i;

	new->live = nr;
	for (i = 0; i < nr; i++)
		RCU_INIT_POINTER(new->slot[i + (i >= gap)],
				 rtm_locked(t, old->slot[i]));
}

/*
 * A copy of the node at @off, to which @link leads, takes its place: with @val at
 * the position of the first of @ahead, which it lacked, and room for the others.
 */
static int rtm_node_grow(struct rtm_trie *t, void __rcu **link,
			 const struct rtm_ahead *ahead, unsigned int off,
			 void *val)
{
	struct rtm_node *old = rtm_locked(t, *link), *new;
	unsigned int nr = rtm_node_index(old, POSITIONS - 1), at;
	u64 map[2];

	rtm_map_live(t, old, nr, map);
	rtm_map_ahead(ahead, off, map);
	new = rtm_node_alloc(t, map, RTM_GFP_LOCKED);
	if (!new)
		return -ENOMEM;
	at = rtm_node_index(new, rtm_pos_of(ahead->p, off));
	if (old->live == nr && rtm_node_index(new, POSITIONS - 1) == nr + 1)
		rtm_node_copy_around(t, new, old, nr, at);
	else
		rtm_node_copy(t, new, old, nr);
	RCU_INIT_POINTER(new->slot[at], val);
	new->live++;
	rcu_assign_pointer(*link, new);
	rtm_node_retire(t, old);
	return 0;
}

/*
 * A copy of the node at @link, of the live slots only, takes its place: if it
 * can be had without waiting. One at the least is live.
 */
static void rtm_node_shrink(struct rtm_trie *t, void __rcu **link)
{
	struct rtm_node *old = rtm_locked(t, *link), *new;
	unsigned int nr = rtm_node_index(old, POSITIONS - 1);
	u64 map[2];

	rtm_map_live(t, old, nr, map);
	new = rtm_node_alloc(t, map, RTM_GFP_LOCKED);
	if (!new)
		return;
	rtm_node_copy(t, new, old, nr);
	rcu_assign_pointer(*link, new);
	rtm_node_retire(t, old);
}

/* How @p's leaf stands in the node at @off: there, or on behalf of a child. */
static void *rtm_leaf_slot(const struct rtm_prefix *p, unsigned int off,
			   void *leaf)
{
	return p->len < off + SIX ? leaf : rtm_tail(leaf);
}

static bool rtm_same_child(const struct rtm_prefix *p,
			   const struct rtm_prefix *q, unsigned int off)
{
	return p->len >= off + SIX && q->len >= off + SIX &&
	       rtm_pos_of(p, off) == rtm_pos_of(q, off);
}

/*
 * Nodes from @off on for the first of @ahead, and for @q, which has the bits
 * before in common with it. NULL: out of memory.
 */
static void *rtm_pair_alloc(struct rtm_trie *t, unsigned int off,
			    const struct rtm_ahead *ahead, void *leaf,
			    const struct rtm_prefix *q, void *q_leaf)
{
	const struct rtm_prefix *p = ahead->p;
	struct rtm_node *node, *below = NULL;
	unsigned int at = off, pos;
	u64 map[2] = {};

	while (rtm_same_child(p, q, at))
		at += SIX;
	rtm_map_ahead(ahead, at, map);
	for (;; at -= SIX) {
		pos = rtm_pos_of(q, at);
		map[pos / 64] |= BIT_ULL(pos % 64);
		node = rtm_node_alloc(t, map, RTM_GFP_LOCKED);
		if (!node)
			break;
		pos = rtm_node_index(node, pos);
		node->live = below ? 1 : 2;
		if (below) {
			RCU_INIT_POINTER(node->slot[pos], below);
		} else {
			RCU_INIT_POINTER(node->slot[pos],
					 rtm_leaf_slot(q, at, q_leaf));
			pos = rtm_node_index(node, rtm_pos_of(p, at));
			RCU_INIT_POINTER(node->slot[pos],
					 rtm_leaf_slot(p, at, leaf));
		}
		if (at == off)
			return node;
		below = node;
		map[0] = 0;
		map[1] = 0;
	}
	while (below) {
		node = below;
		at += SIX;
		below = rtm_same_child(p, q, at) ?
			rtm_locked(t, node->slot[0]) : NULL;
		rtm_node_free(t, node);
	}
	return NULL;
}

/* How many links of @finger are on the way to @p, too, after the first. */
static unsigned int rtm_finger_common(const struct rtm_finger *finger,
				      const struct rtm_prefix *p)
{
	unsigned int bits = rtm_prefix_zeros(finger->prefix.hi ^ p->hi,
					     finger->prefix.lo ^ p->lo,
					     min(finger->prefix.len, p->len));

	if (bits < FIRST)
		return 0;
	return min(finger->depth, (bits - FIRST) / SIX);
}

/*
 * Put the finger on where @p is or would be, which has FIRST bits at the least:
 * from where it is, as far as the way is the same.
 * Return: the slot for @p, or NULL if the node at the last link has no such
 * position. It is the last link itself if that leads to no node.
 */
static void __rcu **rtm_finger_move(struct rtm_trie *t,
				    const struct rtm_prefix *p)
{
	struct rtm_finger *finger = &t->finger;
	unsigned int depth = rtm_finger_common(finger, p);
	unsigned int off = FIRST + SIX * depth, pos;
	struct rtm_node *node;
	void __rcu **link;
	void *slot;

	if (!depth)
		finger->link[0] = &t->root->child[rtm_root_child(p->hi)];
	finger->prefix = *p;
	link = finger->link[depth];
	while (rtm_is_node(slot = rtm_locked(t, *link))) {
		node = slot;
		pos = rtm_pos_of(p, off);
		link = NULL;
		if (!rtm_node_has(node, pos))
			break;
		link = &node->slot[rtm_node_index(node, pos)];
		if (p->len < off + SIX)
			break;
		finger->link[++depth] = link;
		off += SIX;
	}
	finger->depth = depth;
	return link;
}

/**
 * rtm_trie_seek() - exact match, before a change
 * @t: the trie; its lock is held
 * @p: a valid prefix of its family
 *
 * As rtm_trie_find(), but begins where the last call or change ended, and
 * inserting or removing @p begins where this does.
 *
 * Return: the leaf, or NULL.
 */
void *rtm_trie_seek(struct rtm_trie *t, const struct rtm_prefix *p)
{
	void __rcu **link;
	void *slot, *leaf;

	lockdep_assert_held(t->lock);
	if (p->len < FIRST)
		return rtm_trie_find(t, p);
	link = rtm_finger_move(t, p);
	slot = link ? rtm_locked(t, *link) : NULL;
	if (!rtm_is_tail(slot))
		return slot;
	leaf = rtm_tail_leaf(slot);
	return rtm_leaf_is(t, leaf, p) ? leaf : NULL;
}

/*
 * Put the finger on the node that has @link, which rtm_finger_move() returned.
 * Return: that, or NULL if it is the root's.
 */
static struct rtm_node *rtm_finger_lift(struct rtm_trie *t,
					void __rcu *const *link)
{
	struct rtm_finger *finger = &t->finger;

	if (link == finger->link[finger->depth]) {
		if (!finger->depth)
			return NULL;
		finger->depth--;
	}
	return rtm_locked(t, *finger->link[finger->depth]);
}

static int rtm_insert_below(struct rtm_trie *t, const struct rtm_ahead *ahead,
			    void *leaf)
{
	const struct rtm_prefix *p = ahead->p;
	void __rcu **link = rtm_finger_move(t, p);
	void __rcu **last = t->finger.link[t->finger.depth];
	unsigned int off = FIRST + SIX * t->finger.depth;
	struct rtm_prefix other;
	struct rtm_node *node;
	void *slot;

	if (!link)
		return rtm_node_grow(t, last, ahead, off,
				     rtm_leaf_slot(p, off, leaf));
	slot = rtm_locked(t, *link);
	if (slot && link != last)
		return -EEXIST;
	if (slot) {
		other = rtm_leaf_prefix(t, rtm_tail_leaf(slot));
		if (rtm_prefix_equal(p, &other))
			return -EEXIST;
		slot = rtm_pair_alloc(t, off, ahead, leaf, &other,
				      rtm_tail_leaf(slot));
		if (!slot)
			return -ENOMEM;
	} else {
		slot = link == last ? rtm_tail(leaf) : leaf;
		node = rtm_finger_lift(t, link);
		if (node)
			node->live++;
	}
	rcu_assign_pointer(*link, slot);
	return 0;
}

static int rtm_insert_root(struct rtm_trie *t, unsigned int i, void *leaf)
{
	void __rcu **slot = &t->root->leaf[i];
	u64 *word = &t->map[i / 64];

	if (rtm_locked(t, *slot))
		return -EEXIST;
	rcu_assign_pointer(*slot, leaf);
	WRITE_ONCE(*word, *word | BIT_ULL(i % 64));
	return 0;
}

/* @p is going to be inserted or removed, or there may be no memory for it. */
static void rtm_changing(struct rtm_trie *t, const struct rtm_prefix *p)
{
	t->changes++;
	if (rcu_access_pointer(t->accel))
		rtm_accel_switch_off(t, p);
}

/**
 * rtm_trie_insert_first() - add the first of several prefixes
 * @t: the trie; its lock is held
 * @p: a valid prefix of its family; others follow it
 * @stride: bytes from each to the next
 * @n: how many they are, with @p
 * @leaf: the leaf of @p, complete: readers may see it at once
 *
 * May sleep, but not for memory. If it fails, nothing has changed. Nodes that are
 * made get room for those of the others that come next: if they are never
 * inserted, until such a node is made anew.
 *
 * Return: 0, -EEXIST if the prefix has a leaf, or -ENOMEM.
 */
int rtm_trie_insert_first(struct rtm_trie *t, const struct rtm_prefix *p,
			  size_t stride, unsigned int n, void *leaf)
{
	const struct rtm_ahead ahead = { .p = p, .stride = stride, .n = n };

	lockdep_assert_held(t->lock);
	rtm_changing(t, p);
	if (p->len < FIRST)
		return rtm_insert_root(t, rtm_root_leaf(p->hi, p->len), leaf);
	return rtm_insert_below(t, &ahead, leaf);
}

/* What is in @node beside slot @without, if that is one leaf; or NULL. */
static void *rtm_node_only(const struct rtm_trie *t,
			   const struct rtm_node *node, unsigned int without)
{
	unsigned int i = 0, pos = rtm_node_next(node, 0);
	void *slot;

	if (node->live != 2)
		return NULL;
	for (;; i++, pos = rtm_node_next(node, pos + 1)) {
		slot = rtm_locked(t, node->slot[i]);
		if (i != without && slot)
			break;
	}
	if (rtm_pos_is_child(pos) && !rtm_is_tail(slot))
		return NULL;
	return rtm_tail_leaf(slot);
}

/*
 * The only leaf that is left of the node at the finger takes the place of it, and
 * of those above that lead to nothing else.
 */
static void rtm_collapse(struct rtm_trie *t, void *leaf)
{
	struct rtm_finger *finger = &t->finger;
	unsigned int depth = finger->depth;
	struct rtm_node *node;

	for (; depth; depth--) {
		node = rtm_locked(t, *finger->link[depth - 1]);
		if (node->live > 1)
			break;
	}
	node = rtm_locked(t, *finger->link[depth]);
	rcu_assign_pointer(*finger->link[depth], rtm_tail(leaf));
	/* Each link is in the node above: from below. */
	for (; finger->depth > depth; finger->depth--)
		rtm_node_retire(t,
				rtm_locked(t, *finger->link[finger->depth]));
	rtm_node_retire(t, node);
}

static void *rtm_remove_below(struct rtm_trie *t, const struct rtm_prefix *p)
{
	struct rtm_finger *finger = &t->finger;
	void __rcu **link = rtm_finger_move(t, p);
	void *slot, *leaf, *only;
	struct rtm_node *node;

	slot = link ? rtm_locked(t, *link) : NULL;
	if (!slot)
		return NULL;
	leaf = rtm_tail_leaf(slot);
	if (link == finger->link[finger->depth] && !rtm_leaf_is(t, leaf, p))
		return NULL;
	node = rtm_finger_lift(t, link);
	if (!node) {
		RCU_INIT_POINTER(*link, NULL);
		return leaf;
	}
	only = rtm_node_only(t, node, link - node->slot);
	if (only) {
		rtm_collapse(t, only);
		return leaf;
	}
	/* The node may be going to be replaced. */
	RCU_INIT_POINTER(*link, NULL);
	node->live--;
	if (4 * node->live <= rtm_node_index(node, POSITIONS - 1))
		rtm_node_shrink(t, finger->link[finger->depth]);
	return leaf;
}

static void *rtm_remove_root(struct rtm_trie *t, unsigned int i)
{
	void __rcu **slot = &t->root->leaf[i];
	u64 *word = &t->map[i / 64];
	void *leaf = rtm_locked(t, *slot);

	if (!leaf)
		return NULL;
	WRITE_ONCE(*word, *word & ~BIT_ULL(i % 64));
	RCU_INIT_POINTER(*slot, NULL);
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
	lockdep_assert_held(t->lock);
	rtm_changing(t, p);
	if (p->len < FIRST)
		return rtm_remove_root(t, rtm_root_leaf(p->hi, p->len));
	return rtm_remove_below(t, p);
}

/**
 * rtm_trie_init() - make an empty trie
 * @t: the trie
 * @width: bits in an address: 32 or 128
 * @key: offset in leaves of their struct rtm_key, which is the prefix that they
 *	are inserted with
 * @rc: takes the nodes that readers may still see
 * @lock: held by who changes the trie
 *
 * Return: 0 or -ENOMEM.
 */
int rtm_trie_init(struct rtm_trie *t, unsigned int width, unsigned int key,
		  struct rtm_reclaim *rc, struct mutex *lock)
{
	t->lock = lock;
	t->width = width;
	t->key = key;
	t->rc = rc;
	RCU_INIT_POINTER(t->accel, NULL);
	t->changes = 0;
	t->finger.prefix = (struct rtm_prefix){};
	t->finger.depth = 0;
	t->map[0] = 0;
	t->map[1] = 0;
	t->nodes = 0;
	t->bytes = 0;
	t->root = kzalloc(sizeof(*t->root), GFP_KERNEL_ACCOUNT);
	if (!t->root)
		return -ENOMEM;
	rtm_account(t, 1, sizeof(*t->root));
	return 0;
}

/**
 * rtm_trie_destroy() - the opposite of rtm_trie_init()
 * @t: the trie, without leaves, compiled matches and readers
 */
void rtm_trie_destroy(struct rtm_trie *t)
{
	unsigned int i;

	for (i = 0; i < 1 << FIRST; i++)
		WARN_ON_ONCE(rcu_access_pointer(t->root->child[i]) ||
			     rcu_access_pointer(t->root->leaf[i]));
	WARN_ON_ONCE(rcu_access_pointer(t->accel));
	kfree(t->root);
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
	if (rtm_accel_caches_create()) {
		rtm_trie_caches_destroy();
		return -ENOMEM;
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
	rtm_accel_caches_destroy();
}
