// SPDX-License-Identifier: GPL-2.0
/*
 * What readers do with a trie: exact match, longest match, ordered walk. See
 * trie.c.
 */
#include <linux/prefetch.h>

#include "trie_node.h"

/*
 * The path to x through a pre-order tree of depth k: its root is bit 0, the
 * left half starts at bit 1, the right half at bit 1 << k.
 */
#define STEP(k, x, sub)	(1 | (sub) << ((x) >> ((k) - 1) & 1 ? 1 << (k) : 1))
#define HALF(x)	STEP(5, x, STEP(4, x, STEP(3, x, STEP(2, x, STEP(1, x, 1ULL)))))

static const u64 rtm_half[1 << (SIX - 1)] = {
	HALF(0), HALF(1), HALF(2), HALF(3),
	HALF(4), HALF(5), HALF(6), HALF(7),
	HALF(8), HALF(9), HALF(10), HALF(11),
	HALF(12), HALF(13), HALF(14), HALF(15),
	HALF(16), HALF(17), HALF(18), HALF(19),
	HALF(20), HALF(21), HALF(22), HALF(23),
	HALF(24), HALF(25), HALF(26), HALF(27),
	HALF(28), HALF(29), HALF(30), HALF(31),
};

/* Positions on the way to the six bits @x, in word @x >> 5 of the map. */
static u64 rtm_path(unsigned int x)
{
	u64 half = rtm_half[x & 31];

	return x >> 5 ? half : half << 1 | 1;
}

/**
 * rtm_trie_find() - exact match
 * @t: the trie; its lock or rcu_read_lock() is held
 * @p: a valid prefix of its family
 *
 * Return: the leaf, or NULL.
 */
void *rtm_trie_find(const struct rtm_trie *t, const struct rtm_prefix *p)
{
	const struct rtm_wide *wide = t->root;
	const struct rtm_node *node;
	unsigned int pos, off;
	void *slot;

	if (p->len < WIDE)
		return rtm_deref(t, wide->leaf[rtm_wide_index(rtm_byte(p, 0),
							      p->len)]);
	wide = rtm_deref(t, wide->child[rtm_byte(p, 0)]);
	if (!wide)
		return NULL;
	if (p->len < FIRST)
		return rtm_deref(t, wide->leaf[rtm_wide_index(rtm_byte(p, 1),
							      p->len - WIDE)]);
	node = rtm_deref(t, wide->child[rtm_byte(p, 1)]);
	for (off = FIRST; node; off += SIX) {
		pos = rtm_pos_of(p, off);
		if (!rtm_node_has(node, pos))
			break;
		slot = rtm_deref(t, node->slot[rtm_node_index(node, pos)]);
		if (p->len < off + SIX)
			return slot;
		node = slot;
	}
	return NULL;
}

/**
 * rtm_trie_prefetch() - get ready for operations on several prefixes
 * @t: the trie; its lock or rcu_read_lock() is held
 * @p: the first of the prefixes, valid ones of its family
 * @stride: bytes from each to the next
 * @leaves: result: their leaves, being fetched; NULL for those not below the
 *	wide nodes, or not there
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
	const struct rtm_wide *wide;
	const struct rtm_prefix *q;
	unsigned int i, off, pos, live = 0;
	void *slot;

	for (q = p, i = 0; i < n; i++, q = (const void *)q + stride) {
		leaves[i] = NULL;
		at[i] = NULL;
		if (q->len >= FIRST)
			at[i] = rtm_deref(t, t->root->child[rtm_byte(q, 0)]);
		wide = at[i];
		if (wide)
			prefetch(&wide->child[rtm_byte(q, 1)]);
	}
	for (q = p, i = 0; i < n; i++, q = (const void *)q + stride) {
		wide = at[i];
		if (!wide)
			continue;
		at[i] = rtm_deref(t, wide->child[rtm_byte(q, 1)]);
		prefetch(at[i]);
		live++;
	}
	for (off = FIRST; live; off += SIX) {
		live = 0;
		for (q = p, i = 0; i < n; i++, q = (const void *)q + stride) {
			node = at[i];
			at[i] = NULL;
			if (!node)
				continue;
			pos = rtm_pos_of(q, off);
			if (!rtm_node_has(node, pos))
				continue;
			slot = rtm_deref(t, node->slot[rtm_node_index(node,
								      pos)]);
			prefetch(slot);
			if (q->len < off + SIX) {
				leaves[i] = slot;
			} else {
				at[i] = slot;
				live++;
			}
		}
	}
}

static void *rtm_match_wide(const struct rtm_trie *t,
			    const struct rtm_wide *wide, unsigned int byte,
			    unsigned int l)
{
	unsigned int i;
	void *leaf;

	for (i = rtm_wide_index(byte, l); i; i >>= 1) {
		/* Of the six shortest there is most often none. */
		if (i < 64 && !READ_ONCE(wide->map[0]))
			break;
		if (!rtm_wide_has(wide, i))
			continue;
		leaf = rtm_deref(t, wide->leaf[i]);
		if (leaf)
			return leaf;
	}
	return NULL;
}

/*
 * The longest match in @node, which is at bit FIRST, and below. The way down
 * only notes the last node with a match; its slot is looked up at the end. If
 * that is NULL, its leaf having been removed, the search begins anew with a
 * length below.
 */
static void *rtm_match_nodes(const struct rtm_trie *t,
			     const struct rtm_node *node, u64 hi, u64 lo,
			     unsigned int len)
{
	const struct rtm_node *n, *best;
	unsigned int off, best_off, best_pos, l, pos, word, x;
	u64 leaves, path, taken;
	void *leaf;

again:
	best = NULL;
	best_off = 0;
	best_pos = 0;
	for (n = node, off = FIRST; n; off += SIX) {
		x = rtm_prefix_six(hi, lo, off);
		path = rtm_path(x);
		if (len - off < SIX) {
			pos = rtm_pos(x, len - off);
			x &= ~(63U >> (len - off));
			path = rtm_path(x) & ((2ULL << (pos % 64)) - 1);
		}
		word = x >> 5;
		taken = n->map[word] & path;
		leaves = taken & ~rtm_children(word);
		if (leaves) {
			best = n;
			best_off = off;
			best_pos = 64 * word + fls64(leaves) - 1;
		} else if (n->map[0] & 1) {
			best = n;
			best_off = off;
			best_pos = 0;
		}
		if (taken == leaves)
			break;
		pos = 64 * word + fls64(taken) - 1;
		n = rtm_deref(t, n->slot[rtm_node_index(n, pos)]);
	}
	if (!best)
		return NULL;
	leaf = rtm_deref(t, best->slot[rtm_node_index(best, best_pos)]);
	if (likely(leaf))
		return leaf;
	x = rtm_prefix_six(hi, lo, best_off);
	for (l = 0; rtm_pos(x, l) != best_pos; l++)
		;
	len = best_off + l - 1;
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
	const struct rtm_wide *wide = NULL;
	const struct rtm_node *node;
	void *leaf;

	if (len >= WIDE)
		wide = rtm_deref(t, t->root->child[(u8)(hi >> 56)]);
	if (wide && len >= FIRST) {
		node = rtm_deref(t, wide->child[(u8)(hi >> 48)]);
		leaf = rtm_match_nodes(t, node, hi, lo, len);
		if (leaf)
			return leaf;
	}
	if (wide) {
		leaf = rtm_match_wide(t, wide, (u8)(hi >> 48),
				      min(len - WIDE, WIDE - 1U));
		if (leaf)
			return leaf;
	}
	return rtm_match_wide(t, t->root, (u8)(hi >> 56), min(len, WIDE - 1U));
}

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

/* The leaves at @byte of the wide node at @off, the shorter ones first. */
static void rtm_walk_leaves(struct rtm_walk *w, const struct rtm_wide *wide,
			    unsigned int off, unsigned int byte)
{
	unsigned int i, l;
	void *leaf;

	l = WIDE - __ffs(byte | 1 << WIDE);
	if (w->from) {
		if (w->from->len >= off + WIDE)
			return;
		l = w->from->len - off + !w->inclusive;
		w->from = NULL;
	}
	for (; l < WIDE && w->nr < w->max; l++) {
		i = rtm_wide_index(byte, l);
		if (!rtm_wide_has(wide, i))
			continue;
		leaf = rtm_deref(w->t, wide->leaf[i]);
		if (leaf)
			w->leaves[w->nr++] = leaf;
	}
}

/* Where to begin in the six-bit node at @off. */
static unsigned int rtm_walk_begin(struct rtm_walk *w, unsigned int off)
{
	unsigned int pos;

	if (!w->from)
		return 0;
	pos = rtm_pos_of(w->from, off);
	if (w->from->len >= off + SIX)
		return pos;
	w->from = NULL;
	return pos + !w->inclusive;
}

/*
 * Leaves and children from @index on, as far as there is room for what they
 * lead to: their cache misses overlap.
 */
static void rtm_walk_prefetch(const struct rtm_walk *w,
			      const struct rtm_node *node, unsigned int index)
{
	unsigned int end = min(index + w->max - w->nr,
			       rtm_node_index(node, POSITIONS - 1));

	for (; index < end; index++)
		prefetch(rcu_access_pointer(node->slot[index]));
}

/*
 * The nodes at bit FIRST that come soon, and what the next one leads to: if
 * there is room for more than @node, which comes first.
 */
static void rtm_walk_ahead(const struct rtm_walk *w,
			   const struct rtm_node *node,
			   const struct rtm_wide *wide, unsigned int byte)
{
	const struct rtm_node *next = NULL;

	if (node && rtm_node_index(node, POSITIONS - 1) >= w->max - w->nr)
		return;
	if (byte + 1 < 1 << WIDE)
		next = rtm_deref(w->t, wide->child[byte + 1]);
	if (next)
		rtm_walk_prefetch(w, next, 0);
	if (byte + 3 < 1 << WIDE)
		prefetch(rcu_access_pointer(wide->child[byte + 3]));
}

static void rtm_walk_nodes(struct rtm_walk *w, const struct rtm_node *node)
{
	struct {
		const struct rtm_node *node;
		u8 pos;
		u8 index;
	} stack[DEPTH], *top = stack;
	unsigned int off = FIRST, pos;
	void *slot;

	top->node = node;
	top->pos = rtm_walk_begin(w, off);
	top->index = rtm_node_index(node, top->pos);
	rtm_walk_prefetch(w, node, top->index);
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
		slot = rtm_deref(w->t, top->node->slot[top->index]);
		top->pos = pos + 1;
		top->index++;
		if (!slot)
			continue;
		if (!(rtm_children(pos / 64) >> (pos % 64) & 1)) {
			w->leaves[w->nr++] = slot;
			continue;
		}
		top++;
		off += SIX;
		top->node = slot;
		top->pos = rtm_walk_begin(w, off);
		top->index = rtm_node_index(top->node, top->pos);
		rtm_walk_prefetch(w, top->node, top->index);
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
	const struct rtm_wide *wide;
	const struct rtm_node *node;
	unsigned int i, j;

	for (i = from ? rtm_byte(from, 0) : 0; i < 1 << WIDE; i++) {
		rtm_walk_leaves(&w, t->root, 0, i);
		wide = rtm_deref(t, t->root->child[i]);
		j = w.from ? rtm_byte(w.from, 1) : 0;
		for (; wide && j < 1 << WIDE; j++) {
			rtm_walk_leaves(&w, wide, WIDE, j);
			node = rtm_deref(t, wide->child[j]);
			rtm_walk_ahead(&w, node, wide, j);
			if (node)
				rtm_walk_nodes(&w, node);
			if (w.nr == w.max)
				return w.nr;
			w.from = NULL;
		}
		w.from = NULL;
	}
	return w.nr;
}
