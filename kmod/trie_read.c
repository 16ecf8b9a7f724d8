// SPDX-License-Identifier: GPL-2.0
/*
 * What readers do with a trie: exact match, longest match, ordered walk. See
 * trie.c.
 */
#include <linux/prefetch.h>

#include "accel.h"
#include "trie_node.h"

/*
 * The path to x through a pre-order tree of depth k: its root is bit 0, the
 * left half starts at bit 1, the right half at bit 1 << k. Depth 0, which comes
 * before both halves of a node, is in the same word as the left one.
 */
#define STEP(k, x, sub)	(1 | (sub) << ((x) >> ((k) - 1) & 1 ? 1 << (k) : 1))
#define HALF(x)	STEP(5, x, STEP(4, x, STEP(3, x, STEP(2, x, STEP(1, x, 1ULL)))))
#define PATH(x)	((x) >> 5 ? HALF((x) & 31) : HALF((x) & 31) << 1 | 1)

/* Positions on the way to six bits, in the word of the map that bit 5 tells. */
static const u64 rtm_path[1 << SIX] = {
	PATH(0), PATH(1), PATH(2), PATH(3),
	PATH(4), PATH(5), PATH(6), PATH(7),
	PATH(8), PATH(9), PATH(10), PATH(11),
	PATH(12), PATH(13), PATH(14), PATH(15),
	PATH(16), PATH(17), PATH(18), PATH(19),
	PATH(20), PATH(21), PATH(22), PATH(23),
	PATH(24), PATH(25), PATH(26), PATH(27),
	PATH(28), PATH(29), PATH(30), PATH(31),
	PATH(32), PATH(33), PATH(34), PATH(35),
	PATH(36), PATH(37), PATH(38), PATH(39),
	PATH(40), PATH(41), PATH(42), PATH(43),
	PATH(44), PATH(45), PATH(46), PATH(47),
	PATH(48), PATH(49), PATH(50), PATH(51),
	PATH(52), PATH(53), PATH(54), PATH(55),
	PATH(56), PATH(57), PATH(58), PATH(59),
	PATH(60), PATH(61), PATH(62), PATH(63),
};

/* The positions of the stride itself, in each word. */
static const u64 rtm_stride[2] = { ~(CHILDREN << 1), ~CHILDREN };

/**
 * rtm_trie_find() - exact match
 * @t: the trie; its lock or rcu_read_lock() is held
 * @p: a valid prefix of its family
 *
 * Return: the leaf, or NULL.
 */
void *rtm_trie_find(const struct rtm_trie *t, const struct rtm_prefix *p)
{
	const struct rtm_root *root = t->root;
	const struct rtm_node *node;
	unsigned int pos, off;
	void *slot;

	if (p->len < FIRST)
		return rtm_deref(t, root->leaf[rtm_root_leaf(p->hi, p->len)]);
	slot = rtm_deref(t, root->child[rtm_root_child(p->hi)]);
	for (off = FIRST; rtm_is_node(slot); off += SIX) {
		node = slot;
		pos = rtm_pos_of(p, off);
		if (!rtm_node_has(node, pos))
			return NULL;
		slot = rtm_deref(t, node->slot[rtm_node_index(node, pos)]);
		if (p->len < off + SIX)
			return slot;
	}
	if (!slot)
		return NULL;
	slot = rtm_tail_leaf(slot);
	return rtm_leaf_is(t, slot, p) ? slot : NULL;
}

/*
 * Go down from the root as far as the way to all @n prefixes is the same.
 * @off: how far that is: FIRST, if there is nothing below the root
 * Return: what is there, beyond FIRST: NULL if none of them has a place.
 */
static void *rtm_common_way(const struct rtm_trie *t,
			    const struct rtm_prefix *p, size_t stride,
			    unsigned int n, unsigned int *off)
{
	unsigned int i, bits, len = n ? p->len : 0, pos;
	const struct rtm_prefix *q = p;
	const struct rtm_node *node;
	u64 hi = 0, lo = 0;
	void *slot;

	for (i = 0; i < n; i++, q = (const void *)q + stride) {
		hi |= q->hi ^ p->hi;
		lo |= q->lo ^ p->lo;
		len = min_t(unsigned int, len, q->len);
	}
	*off = FIRST;
	bits = rtm_prefix_zeros(hi, lo, len);
	if (bits < FIRST + SIX)
		return NULL;
	slot = rtm_deref(t, t->root->child[rtm_root_child(p->hi)]);
	while (rtm_is_node(slot) && *off + SIX <= bits) {
		node = slot;
		pos = rtm_pos_of(p, *off);
		*off += SIX;
		if (!rtm_node_has(node, pos))
			return NULL;
		slot = rtm_deref(t, node->slot[rtm_node_index(node, pos)]);
	}
	return slot;
}

/**
 * rtm_trie_prefetch() - get ready for operations on several prefixes
 * @t: the trie; its lock or rcu_read_lock() is held
 * @p: the first of the prefixes, valid ones of its family
 * @stride: bytes from each to the next
 * @leaves: result: their leaves, being fetched; NULL for those in the root. For
 *	one that is not there NULL, too, or any leaf
 * @n: how many, at most RTM_TRIE_GROUP
 *
 * Goes down to all of them side by side, so that the cache misses on the way
 * overlap, and on to the leaves. In a table that does not fit into the cache
 * most of the time of an operation is such misses.
 */
void rtm_trie_prefetch(const struct rtm_trie *t, const struct rtm_prefix *p,
		       size_t stride, void **leaves, unsigned int n)
{
	const void *at[RTM_TRIE_GROUP];
	const struct rtm_node *node;
	unsigned int i, off, pos, live = 0;
	const struct rtm_prefix *q;
	void __rcu *const *link;
	void *slot, *common;

	common = rtm_common_way(t, p, stride, n, &off);
	for (q = p, i = 0; i < n; i++, q = (const void *)q + stride) {
		leaves[i] = NULL;
		at[i] = NULL;
		if (q->len < FIRST)
			continue;
		if (off == FIRST)
			slot = rtm_deref(t,
					 t->root->child[rtm_root_child(q->hi)]);
		else
			slot = common;
		prefetch(slot);
		if (rtm_is_tail(slot))
			leaves[i] = rtm_tail_leaf(slot);
		else
			at[i] = slot;
		live++;
	}
	for (; live; off += SIX) {
		/* From the nodes' maps to their slots, ... */
		for (q = p, i = 0; i < n; i++, q = (const void *)q + stride) {
			node = at[i];
			if (!node)
				continue;
			at[i] = NULL;
			pos = rtm_pos_of(q, off);
			if (!rtm_node_has(node, pos))
				continue;
			at[i] = &node->slot[rtm_node_index(node, pos)];
			prefetch(at[i]);
		}
		/* ... and from there to the next nodes' maps. */
		live = 0;
		for (q = p, i = 0; i < n; i++, q = (const void *)q + stride) {
			link = at[i];
			if (!link)
				continue;
			at[i] = NULL;
			slot = rtm_deref(t, *link);
			prefetch(slot);
			if (q->len < off + SIX || rtm_is_tail(slot)) {
				leaves[i] = rtm_tail_leaf(slot);
			} else {
				at[i] = slot;
				live++;
			}
		}
	}
}

/* The longest match in the root, of @len bits at the most: less than FIRST. */
static void *rtm_match_root(const struct rtm_trie *t, u64 hi, unsigned int len)
{
	unsigned int i;
	u64 word;
	void *leaf;

	for (i = rtm_root_leaf(hi, len); i; i >>= 1) {
		word = READ_ONCE(t->map[i / 64]);
		/* Most often there is none. */
		if (!word && i < 64)
			break;
		if (!(word >> (i % 64) & 1))
			continue;
		leaf = rtm_deref(t, t->root->leaf[i]);
		if (leaf)
			return leaf;
	}
	return NULL;
}

static void *rtm_match_tail(const struct rtm_trie *t, const void *slot, u64 hi,
			    u64 lo, unsigned int len)
{
	const struct rtm_prefix address = { .hi = hi, .lo = lo, .len = len };
	void *leaf = rtm_tail_leaf(slot);
	struct rtm_prefix p = rtm_leaf_prefix(t, leaf);

	return rtm_prefix_covers(&p, &address) ? leaf : NULL;
}

/*
 * The positions of @node that match: those on the way to the six bits at @off,
 * in the word of the map that *@word is set to. @wide: there may be bits in @lo.
 */
static __always_inline u64 rtm_match_node(const struct rtm_node *node, u64 hi,
					  u64 lo, unsigned int off,
					  unsigned int len, bool wide,
					  unsigned int *word)
{
	unsigned int x = wide ? rtm_prefix_six(hi, lo, off) : hi << off >> 58;
	unsigned int left = len - off, pos;
	u64 path;

	if (likely(left >= SIX)) {
		path = rtm_path[x];
	} else {
		pos = rtm_pos(x, left);
		x &= ~(63U >> left);
		path = rtm_path[x] & ((2ULL << (pos % 64)) - 1);
	}
	*word = x >> 5;
	return node->map[x >> 5] & path;
}

/*
 * The longest match below the root's child for @hi. The way down only notes the
 * last node with matches in its stride; which they are is looked up at the end.
 * If all of them are NULL, the search begins anew with a length below.
 */
static __always_inline void *rtm_match_below(const struct rtm_trie *t, u64 hi,
					     u64 lo, unsigned int len,
					     bool wide)
{
	const struct rtm_node *node, *best;
	unsigned int off, best_off, word, bit;
	u64 leaves, taken;
	void *slot, *leaf;

again:
	best = NULL;
	best_off = 0;
	slot = rtm_deref(t, t->root->child[rtm_root_child(hi)]);
	for (off = FIRST; slot; off += SIX) {
		if (rtm_is_tail(slot)) {
			leaf = rtm_match_tail(t, slot, hi, lo, len);
			if (leaf)
				return leaf;
			break;
		}
		node = slot;
		taken = rtm_match_node(node, hi, lo, off, len, wide, &word);
		leaves = taken & rtm_stride[word];
		if (leaves || node->map[0] & 1) {
			best = node;
			best_off = off;
		}
		if (taken == leaves)
			break;
		bit = fls64(taken) - 1;
		slot = rtm_deref(t, node->slot[rtm_node_rank(node, word, bit)]);
	}
	if (!best)
		return NULL;
	leaves = rtm_match_node(best, hi, lo, best_off, len, wide, &word) &
		 rtm_stride[word];
	for (;;) {
		/* Depth 0 is in the other word. */
		if (!leaves && word) {
			word = 0;
			leaves = best->map[0] & 1;
		}
		if (!leaves)
			break;
		bit = fls64(leaves) - 1;
		leaf = rtm_deref(t, best->slot[rtm_node_rank(best, word, bit)]);
		if (likely(leaf))
			return leaf;
		leaves &= ~BIT_ULL(bit);
	}
	len = best_off - 1;
	if (len >= FIRST)
		goto again;
	return NULL;
}

/**
 * rtm_trie_match() - longest match
 * @t: the trie; its lock or rcu_read_lock() is held
 * @hi: the address, left-aligned as in struct rtm_prefix
 * @lo: the rest of it
 * @maxlen: longer prefixes do not count
 *
 * A caller who has no use for the leaf may ask again with @maxlen one below
 * the leaf's length.
 *
 * Return: the leaf, or NULL.
 */
void *rtm_trie_match(const struct rtm_trie *t, u64 hi, u64 lo, u8 maxlen)
{
	unsigned int len = min_t(unsigned int, maxlen, t->width);
	void *leaf;

	if (rcu_access_pointer(t->accel) && len == t->width &&
	    rtm_accel_match(t, hi, &leaf)) {
		if (leaf)
			return leaf;
		len = RTM_ACCEL_LEAST - 1;
	}
	if (len >= FIRST) {
		/* Twice, for what fits into one word takes less. */
		if (t->width <= 32)
			leaf = rtm_match_below(t, hi, 0, len, false);
		else
			leaf = rtm_match_below(t, hi, lo, len, true);
		if (leaf)
			return leaf;
		len = FIRST - 1;
	}
	return rtm_match_root(t, hi, len);
}

/* As many slots ahead a walk fetches what they lead to. */
#define AHEAD	8

/*
 * A walk under way. While @from is not NULL the walk is still on the way down
 * to it, so that it also says where to begin in the next node below.
 */
struct rtm_walk {
	const struct rtm_trie *t;
	const struct rtm_prefix *from;
	bool inclusive;
	void **leaves;
	unsigned int nr;
	unsigned int max;
};

/* The root's leaves that begin where child @i does, the shorter ones first. */
static void rtm_walk_root(struct rtm_walk *w, unsigned int i)
{
	unsigned int l = FIRST - __ffs(i | 1 << FIRST), at;
	void *leaf;

	if (w->from) {
		if (w->from->len >= FIRST)
			return;
		l = w->from->len + !w->inclusive;
		w->from = NULL;
	}
	for (; l < FIRST && w->nr < w->max; l++) {
		at = 1 << l | i >> (FIRST - l);
		if (!(READ_ONCE(w->t->map[at / 64]) >> (at % 64) & 1))
			continue;
		leaf = rtm_deref(w->t, w->t->root->leaf[at]);
		if (leaf)
			w->leaves[w->nr++] = leaf;
	}
}

/* A node on the way down: the next of its positions, and of its @nr slots. */
struct rtm_walk_at {
	const struct rtm_node *node;
	u8 pos;
	u8 index;
	u8 nr;
};

static void rtm_walk_prefetch(const struct rtm_walk *w,
			      const struct rtm_node *node, unsigned int index,
			      unsigned int nr)
{
	unsigned int end = min3(index + AHEAD, index + w->max - w->nr, nr);

	for (; index < end; index++)
		prefetch(rcu_access_pointer(node->slot[index]));
}

/* Go to the node at @off. @fetched: what it leads to first is on its way. */
static void rtm_walk_enter(struct rtm_walk *w, struct rtm_walk_at *at,
			   const struct rtm_node *node, unsigned int off,
			   bool fetched)
{
	unsigned int pos = 0;

	if (w->from) {
		pos = rtm_pos_of(w->from, off);
		if (w->from->len < off + SIX) {
			w->from = NULL;
			pos += !w->inclusive;
		}
	}
	at->node = node;
	at->pos = pos;
	at->index = rtm_node_index(node, pos);
	at->nr = rtm_node_index(node, POSITIONS - 1);
	if (!fetched)
		rtm_walk_prefetch(w, node, at->index, at->nr);
}

/* If a node comes next, fetch what that leads to first. Return: the node. */
static const struct rtm_node *rtm_walk_ahead(const struct rtm_walk *w,
					     const struct rtm_walk_at *at)
{
	unsigned int pos = rtm_node_next(at->node, at->pos);
	const struct rtm_node *node;
	void *slot;

	if (pos == POSITIONS || !rtm_pos_is_child(pos))
		return NULL;
	slot = rtm_deref(w->t, at->node->slot[at->index]);
	if (!rtm_is_node(slot))
		return NULL;
	node = slot;
	rtm_walk_prefetch(w, node, 0, rtm_node_index(node, POSITIONS - 1));
	return node;
}

static void rtm_walk_tail(struct rtm_walk *w, const void *slot)
{
	void *leaf = rtm_tail_leaf(slot);
	struct rtm_prefix p;
	int cmp = 1;

	if (w->from) {
		p = rtm_leaf_prefix(w->t, leaf);
		cmp = rtm_prefix_cmp(&p, w->from);
		w->from = NULL;
	}
	if (cmp > 0 || (!cmp && w->inclusive))
		w->leaves[w->nr++] = leaf;
}

static void rtm_walk_nodes(struct rtm_walk *w, const struct rtm_node *node)
{
	struct rtm_walk_at stack[RTM_TRIE_DEPTH], *top = stack;
	const struct rtm_node *ahead = NULL;
	unsigned int off = FIRST, pos;
	void *slot;

	rtm_walk_enter(w, top, node, off, false);
	while (w->nr < w->max) {
		pos = rtm_node_next(top->node, top->pos);
		if (pos == POSITIONS) {
			if (top == stack)
				break;
			top--;
			off -= SIX;
			continue;
		}
		if (w->from && pos != rtm_pos_of(w->from, off))
			w->from = NULL;
		if (top->index + AHEAD < top->nr)
			prefetch(rcu_access_pointer(top->node->slot[top->index +
								    AHEAD]));
		slot = rtm_deref(w->t, top->node->slot[top->index]);
		top->pos = pos + 1;
		top->index++;
		if (!slot)
			continue;
		if (!rtm_pos_is_child(pos)) {
			w->leaves[w->nr++] = slot;
			continue;
		}
		if (rtm_is_tail(slot)) {
			rtm_walk_tail(w, slot);
			continue;
		}
		off += SIX;
		rtm_walk_enter(w, top + 1, slot, off, slot == ahead);
		ahead = rtm_walk_ahead(w, top);
		top++;
	}
}

/**
 * rtm_trie_walk() - leaves in the order of rtm_prefix_cmp()
 * @t: the trie; its lock or rcu_read_lock() is held
 * @from: valid prefix to begin at, whether or not it is there; NULL for the
 *	first of all
 * @inclusive: begin with @from itself, not after it
 * @leaves: where to put what was found
 * @n: how many at the most
 *
 * Resumed with the prefix of the last leaf and @inclusive false, it returns
 * every leaf that is there all the while, and none twice.
 *
 * Return: the number of leaves; less than @n only at the end.
 */
unsigned int rtm_trie_walk(const struct rtm_trie *t,
			   const struct rtm_prefix *from, bool inclusive,
			   void **leaves, unsigned int n)
{
	struct rtm_walk w = {
		.t = t,
		.from = from,
		.inclusive = inclusive,
		.leaves = leaves,
		.max = n,
	};
	unsigned int i = from ? rtm_root_child(from->hi) : 0;
	void *slot;

	for (; i < 1 << FIRST && w.nr < w.max; i++) {
		rtm_walk_root(&w, i);
		slot = rtm_deref(t, t->root->child[i]);
		if (slot && w.nr < w.max) {
			if (rtm_is_tail(slot))
				rtm_walk_tail(&w, slot);
			else
				rtm_walk_nodes(&w, slot);
		}
		w.from = NULL;
	}
	return w.nr;
}
