// SPDX-License-Identifier: GPL-2.0
/*
 * The trie against its naive twin, a sorted array, on random input. Built into
 * the KUnit module and into the user-space tests.
 */
#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "../trie_node.h"
#include "trie_model.h"

#define WINDOW	12	/* bits that vary in a cluster */

/* xorshift64*: the same numbers in the kernel and outside. */
u64 trie_model_random(struct trie_model *m)
{
	m->random ^= m->random >> 12;
	m->random ^= m->random << 25;
	m->random ^= m->random >> 27;
	return (m->random * 2685821657736338717ULL) >> 8;
}

static unsigned int model_below(struct trie_model *m, unsigned int n)
{
	return (u32)trie_model_random(m) % n;
}

static u64 model_word(struct trie_model *m)
{
	return trie_model_random(m) << 32 ^ trie_model_random(m);
}

static void model_cut(const struct trie_model *m, struct rtm_prefix *p,
		      unsigned int len)
{
	p->len = min(len, m->trie.width);
	p->hi &= rtm_prefix_mask_hi(p->len);
	p->lo &= rtm_prefix_mask_lo(p->len);
}

/* A prefix anywhere, in the phase's cluster, or beside one that is there. */
static struct rtm_prefix model_prefix(struct trie_model *m)
{
	struct rtm_prefix p = m->base;
	unsigned int width = m->trie.width, len, bit;
	u64 bits;

	switch (model_below(m, m->nr ? 5 : 3)) {
	case 0:
		p.hi = model_word(m);
		p.lo = model_word(m);
		len = model_below(m, width + 1);
		break;
	case 1:
	case 2:
		bits = model_below(m, 1 << WINDOW);
		bit = 128 - WINDOW - m->base.len;
		if (bit >= 64) {
			p.hi ^= bits << (bit - 64);
		} else {
			p.hi ^= bit ? bits >> (64 - bit) : 0;
			p.lo ^= bits << bit;
		}
		len = m->base.len + model_below(m, WINDOW + 1);
		break;
	default:
		p = m->leaf[model_below(m, m->nr)]->p;
		bit = model_below(m, width);
		if (bit < 64)
			p.hi ^= 1ULL << (63 - bit);
		else
			p.lo ^= 1ULL << (127 - bit);
		len = model_below(m, 4) ? p.len + model_below(m, 8) :
					  model_below(m, width + 1);
		break;
	}
	model_cut(m, &p, len);
	return p;
}

static struct rtm_prefix model_present(struct trie_model *m)
{
	if (m->nr && model_below(m, 8))
		return m->leaf[model_below(m, m->nr)]->p;
	return model_prefix(m);
}

/* Where @p is in the twin, or would be. */
static unsigned int model_at(const struct trie_model *m,
			     const struct rtm_prefix *p)
{
	unsigned int i;

	for (i = 0; i < m->nr; i++)
		if (rtm_prefix_cmp(&m->leaf[i]->p, p) >= 0)
			break;
	return i;
}

static struct model_leaf *model_find(const struct trie_model *m,
				     const struct rtm_prefix *p)
{
	unsigned int i = model_at(m, p);

	if (i < m->nr && rtm_prefix_equal(&m->leaf[i]->p, p))
		return m->leaf[i];
	return NULL;
}

/* Before half of the changes, under the same hold of the lock. */
static const char *model_seek(struct trie_model *m, const struct rtm_prefix *p)
{
	if (model_below(m, 2) && rtm_trie_seek(&m->trie, p) != model_find(m, p))
		return "seek returned a wrong leaf before a change";
	return NULL;
}

/* The first of @n. */
const char *trie_model_insert_first(struct trie_model *m,
				    const struct rtm_prefix *p, unsigned int n)
{
	size_t nodes = rtm_trie_nodes(&m->trie);
	size_t bytes = rtm_trie_bytes(&m->trie);
	unsigned int i = model_at(m, p);
	struct model_leaf *leaf;
	const char *error;
	int err;

	if (m->nr == MODEL_MAX)
		return NULL;
	leaf = m->leaf[m->nr];
	leaf->p = *p;
	rtm_key_set(&leaf->key, p, m->trie.width);
	leaf->stable = false;

	mutex_lock(&m->lock);
	error = model_seek(m, p);
	err = rtm_trie_insert_first(&m->trie, p, sizeof(*p), n, leaf);
	mutex_unlock(&m->lock);

	if (error)
		return error;
	if (err) {
		if (rtm_trie_nodes(&m->trie) != nodes ||
		    rtm_trie_bytes(&m->trie) != bytes)
			return "a failed insert changed the size";
		if (err == -ENOMEM && m->may_fail)
			return trie_model_find(m, p);
		if (err != -EEXIST || !model_find(m, p))
			return "insert failed";
		return NULL;
	}
	if (model_find(m, p))
		return "insert took a prefix that is there";
	memmove(&m->leaf[i + 1], &m->leaf[i], (m->nr - i) * sizeof(m->leaf[0]));
	m->leaf[i] = leaf;
	m->nr++;
	return NULL;
}

/* Others are said to follow, which come later, if at all. */
const char *trie_model_insert(struct trie_model *m, const struct rtm_prefix *p)
{
	struct rtm_prefix some[4] = { *p };
	unsigned int n;

	for (n = 1; n < ARRAY_SIZE(some) && model_below(m, 2); n++)
		some[n] = model_prefix(m);
	return trie_model_insert_first(m, some, n);
}

const char *trie_model_remove(struct trie_model *m, const struct rtm_prefix *p)
{
	struct model_leaf *expected = model_find(m, p);
	unsigned int i = model_at(m, p);
	const char *error;
	void *leaf;

	mutex_lock(&m->lock);
	error = model_seek(m, p);
	leaf = rtm_trie_remove(&m->trie, p);
	mutex_unlock(&m->lock);

	if (error)
		return error;
	if (leaf != expected)
		return "remove returned a wrong leaf";
	if (!leaf)
		return NULL;
	m->nr--;
	memmove(&m->leaf[i], &m->leaf[i + 1], (m->nr - i) * sizeof(m->leaf[0]));
	m->leaf[m->nr] = leaf;
	return NULL;
}

const char *trie_model_find(struct trie_model *m, const struct rtm_prefix *p)
{
	void *leaf;

	rcu_read_lock();
	leaf = rtm_trie_find(&m->trie, p);
	rcu_read_unlock();
	if (leaf != model_find(m, p))
		return "find returned a wrong leaf";
	mutex_lock(&m->lock);
	leaf = rtm_trie_seek(&m->trie, p);
	mutex_unlock(&m->lock);
	return leaf == model_find(m, p) ? NULL : "seek returned a wrong leaf";
}

const char *trie_model_match(struct trie_model *m, u64 hi, u64 lo, u8 maxlen)
{
	const struct rtm_prefix addr = {
		.hi = hi,
		.lo = lo,
		.len = m->trie.width,
	};
	struct model_leaf *expected = NULL, *leaf;
	unsigned int i;

	for (i = 0; i < m->nr; i++) {
		leaf = m->leaf[i];
		if (leaf->p.len <= maxlen && rtm_prefix_covers(&leaf->p, &addr) &&
		    (!expected || leaf->p.len > expected->p.len))
			expected = leaf;
	}
	rcu_read_lock();
	leaf = rtm_trie_match(&m->trie, hi, lo, maxlen);
	rcu_read_unlock();
	return leaf == expected ? NULL : "match returned a wrong leaf";
}

const char *trie_model_walk(struct trie_model *m, const struct rtm_prefix *from,
			    bool inclusive, unsigned int n)
{
	unsigned int i = 0, nr;

	if (from) {
		i = model_at(m, from);
		if (!inclusive && model_find(m, from))
			i++;
	}
	rcu_read_lock();
	nr = rtm_trie_walk(&m->trie, from, inclusive, m->found, n);
	rcu_read_unlock();
	if (nr != min(n, m->nr - i))
		return "walk returned a wrong number of leaves";
	while (nr--)
		if (m->found[nr] != m->leaf[i + nr])
			return "walk returned a wrong leaf";
	return NULL;
}

/*
 * The nodes that the twin's prefixes need, those with two of them at the least:
 * each is counted with its second.
 */
static size_t model_nodes(const struct trie_model *m)
{
	const struct rtm_prefix *p, *prev = NULL, *first = NULL;
	size_t nodes = 1;
	unsigned int i;
	u8 off;

	for (i = 0; i < m->nr; i++, first = prev, prev = p) {
		p = &m->leaf[i]->p;
		for (off = 7; off <= p->len; off += 6) {
			struct rtm_prefix node = *p;

			model_cut(m, &node, off);
			if (prev && rtm_prefix_covers(&node, prev) &&
			    !(first && rtm_prefix_covers(&node, first)))
				nodes++;
		}
	}
	return nodes;
}

/* What is fetched ahead of @nr prefixes, @stride bytes one after the other. */
static const char *model_prefetch(struct trie_model *m,
				  const struct rtm_prefix *p, size_t stride,
				  unsigned int nr)
{
	void *leaves[RTM_TRIE_GROUP], *leaf;
	const char *error = NULL;
	unsigned int i;

	rcu_read_lock();
	rtm_trie_prefetch(&m->trie, p, stride, leaves, nr);
	for (i = 0; i < nr; i++, p = (const void *)p + stride) {
		leaf = rtm_trie_find(&m->trie, p);
		if (p->len < 7)
			leaf = NULL;
		else if (!leaf)
			continue;
		if (leaves[i] != leaf)
			error = "a wrong leaf was fetched ahead";
	}
	rcu_read_unlock();
	return error;
}

/* Neighbours, which have much of the way in common; some are not there. */
static const char *model_prefetch_near(struct trie_model *m)
{
	unsigned int nr = 1 + model_below(m, RTM_TRIE_GROUP), i;
	unsigned int first = model_below(m, m->nr);

	nr = min(nr, m->nr - first);
	for (i = 0; i < nr; i++) {
		m->group[i] = m->leaf[first + i]->p;
		if (!model_below(m, 4))
			model_cut(m, &m->group[i],
				  m->group[i].len + model_below(m, 8));
	}
	return model_prefetch(m, m->group, sizeof(m->group[0]), nr);
}

/* Each node knows how many of its slots are live. */
static const char *model_live(const struct trie_model *m, const void *slot)
{
	const struct rtm_node *node = slot;
	unsigned int i, nr, pos, live = 0;
	const char *error = NULL;

	if (!rtm_is_node(slot))
		return NULL;
	nr = rtm_node_index(node, POSITIONS - 1);
	pos = rtm_node_next(node, 0);
	for (i = 0; i < nr && !error; i++) {
		slot = rtm_locked(&m->trie, node->slot[i]);
		live += !!slot;
		if (rtm_pos_is_child(pos))
			error = model_live(m, slot);
		pos = rtm_node_next(node, pos + 1);
	}
	if (!error && (!live || live != node->live))
		error = "a node has a wrong number of live slots";
	return error;
}

/* Each link of the finger is in the node that the one before leads to. */
static const char *model_finger(const struct trie_model *m)
{
	const struct rtm_finger *finger = &m->trie.finger;
	const struct rtm_node *node;
	unsigned int i;
	size_t at;

	for (i = 0; i < finger->depth; i++) {
		node = rtm_locked(&m->trie, *finger->link[i]);
		if (!rtm_is_node(node))
			return "the finger is on what is no node";
		at = finger->link[i + 1] - node->slot;
		if (at >= rtm_node_index(node, POSITIONS - 1))
			return "the finger is in another node";
	}
	return NULL;
}

const char *trie_model_check(struct trie_model *m)
{
	const char *error = trie_model_walk(m, NULL, false, MODEL_MAX + 1);
	unsigned int i;

	for (i = 0; i < m->nr && !error; i++)
		error = trie_model_walk(m, &m->leaf[i]->p, i % 2, 3);

	error = error ?: model_prefetch(m, &m->pool[0].p, sizeof(m->pool[0]),
					model_below(m, RTM_TRIE_GROUP + 1));
	for (i = 0; m->nr && i < 16 && !error; i++)
		error = model_prefetch_near(m);

	mutex_lock(&m->lock);
	for (i = 0; i < 1 << FIRST && !error; i++)
		error = model_live(m, rtm_locked(&m->trie,
						 m->trie.root->child[i]));
	error = error ?: model_finger(m);
	mutex_unlock(&m->lock);
	if (!error && rtm_trie_nodes(&m->trie) != model_nodes(m))
		error = "the trie has a wrong number of nodes";
	return error;
}

/* All slots are: that each block of one is left to the trie takes more prefixes. */
static const char *model_compiled(const struct trie_model *m)
{
	const struct rtm_accel *accel = rtm_locked(&m->trie, m->trie.accel);
	const struct rtm_accel_page *page;
	unsigned int i, k;

	if (m->nr >= RTM_ACCEL_BLOCKS)
		return NULL;
	for (i = 0; accel && i < ARRAY_SIZE(accel->page); i++) {
		page = rtm_locked(&m->trie, accel->page[i]);
		for (k = 0; page && k < RTM_ACCEL_PAGE_SLOTS; k++)
			if (!rtm_slot_is_on(rcu_access_pointer(page->slot[k])))
				break;
		if (k < RTM_ACCEL_PAGE_SLOTS)
			return "a slot is not compiled";
	}
	return NULL;
}

/* All that is to be compiled, of 32 bits. */
const char *trie_model_compile(struct trie_model *m)
{
	/* The first pass may have begun before the last changes. */
	unsigned int passes = 2;
	const char *error = NULL;

	do {
		mutex_lock(&m->lock);
		if (!rtm_accel_compile(&m->trie) && !--passes && !m->may_fail)
			error = rtm_accel_wanted(&m->trie) ?
				"something was not compiled" :
				model_compiled(m);
		mutex_unlock(&m->lock);
		cond_resched();
	} while (passes);
	return error;
}

/* All, or some, or nothing is any more. */
static const char *model_compile(struct trie_model *m)
{
	switch (model_below(m, 128)) {
	case 0 ... 3:
		return trie_model_compile(m);
	case 4:
		mutex_lock(&m->lock);
		rtm_accel_drop(&m->trie);
		mutex_unlock(&m->lock);
		return NULL;
	default:
		mutex_lock(&m->lock);
		rtm_accel_compile(&m->trie);
		mutex_unlock(&m->lock);
		return NULL;
	}
}

const char *trie_model_step(struct trie_model *m)
{
	struct rtm_prefix p;
	u64 hi, lo;
	u8 len;

	/* What is compiled is asked some times before it is changed. */
	if (m->compiles && !model_below(m, 16))
		return model_compile(m);
	switch (model_below(m, 8)) {
	case 0:
	case 1:
	case 2:
		if (m->nr < m->target) {
			p = model_prefix(m);
			return trie_model_insert(m, &p);
		}
		p = model_present(m);
		return trie_model_remove(m, &p);
	case 3:
		if (m->nr >= m->target) {
			p = model_prefix(m);
			return trie_model_insert(m, &p);
		}
		p = model_present(m);
		return trie_model_remove(m, &p);
	case 4:
		p = model_present(m);
		return trie_model_find(m, &p);
	case 5:
	case 6:
		p = model_present(m);
		hi = p.hi | (model_word(m) & ~rtm_prefix_mask_hi(p.len));
		lo = p.lo | (model_word(m) & ~rtm_prefix_mask_lo(p.len));
		hi &= rtm_prefix_mask_hi(m->trie.width);
		lo &= rtm_prefix_mask_lo(m->trie.width);
		len = model_below(m, 2) ? 255 : p.len + model_below(m, 8);
		return trie_model_match(m, hi, lo, len);
	default:
		p = model_present(m);
		return trie_model_walk(m, model_below(m, 16) ? &p : NULL,
				       model_below(m, 2), model_below(m, 12));
	}
}

/* Steps that drift to some number of prefixes around some place. */
const char *trie_model_phase(struct trie_model *m, unsigned int steps)
{
	const char *error = NULL;
	unsigned int i;

	m->target = model_below(m, 4) ? model_below(m, MODEL_MAX) : 0;
	m->base.hi = model_word(m);
	m->base.lo = model_word(m);
	m->base.len = model_below(m, m->trie.width - WINDOW + 1);
	for (i = 0; i < steps && !error; i++)
		error = trie_model_step(m);
	return error ?: trie_model_check(m);
}

/* A walk in small pieces, with changes in between. */
const char *trie_model_walk_amid(struct trie_model *m)
{
	unsigned int n = 1 + model_below(m, 8), nr, i;
	struct rtm_prefix last = {};
	struct model_leaf *leaf;
	bool inclusive = true;
	const char *error;
	void *leaves[8];

	for (i = 0; i < m->nr; i++) {
		m->leaf[i]->stable = true;
		m->leaf[i]->seen = 0;
	}
	do {
		rcu_read_lock();
		nr = rtm_trie_walk(&m->trie, &last, inclusive, leaves, n);
		rcu_read_unlock();
		for (i = 0; i < nr; i++) {
			leaf = leaves[i];
			if (rtm_prefix_cmp(&leaf->p, &last) < !inclusive)
				return "walk went back";
			last = leaf->p;
			inclusive = false;
			leaf->seen++;
		}
		for (i = model_below(m, 8); i; i--) {
			error = trie_model_step(m);
			if (error)
				return error;
		}
	} while (nr == n);

	for (i = 0; i < m->nr; i++)
		if (m->leaf[i]->stable && m->leaf[i]->seen != 1)
			return "walk missed or repeated a leaf";
	return NULL;
}

const char *trie_model_init(struct trie_model *m, unsigned int width,
			    u64 seed)
{
	unsigned int i;

	memset(m, 0, sizeof(*m));
	mutex_init(&m->lock);
	m->random = seed ?: 1;
	for (i = 0; i < MODEL_MAX; i++)
		m->leaf[i] = &m->pool[i];
	return rtm_trie_init(&m->trie, width, offsetof(struct model_leaf, key),
			     &m->rc, &m->lock) ?
		"no memory for the trie" : NULL;
}

const char *trie_model_exit(struct trie_model *m)
{
	const char *error = NULL;
	struct rtm_prefix p;

	while (m->nr && !error) {
		p = m->leaf[model_below(m, m->nr)]->p;
		error = trie_model_remove(m, &p);
	}
	error = error ?: trie_model_check(m);
	mutex_lock(&m->lock);
	rtm_accel_drop(&m->trie);
	mutex_unlock(&m->lock);
	if (!error)
		rtm_trie_destroy(&m->trie);
	mutex_lock(&m->lock);
	rtm_reclaim_flush(&m->rc);
	mutex_unlock(&m->lock);
	rcu_barrier();
	return error;
}
