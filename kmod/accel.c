// SPDX-License-Identifier: GPL-2.0
/*
 * Compiled matches: the longest match of an IPv4 address in three cache misses
 * where a trie of the world's routes takes six.
 *
 * The first 16 bits of an address lead to a slot, and the next eight to a block of
 * it. A slot that is compiled knows the match of each of its blocks, written down
 * once for all that follow each other and have the same (struct rtm_runs). A block
 * with something longer than 24 bits is left to the trie.
 *
 * It is never stale. Whoever is going to insert or remove a prefix first switches
 * the slots that it belongs to back to the trie: with one store, or for a prefix
 * shorter than 16 bits with one for each. Of those below RTM_ACCEL_LEAST bits there
 * is nothing in the slots: where these have no answer, the trie is asked for so few
 * bits. Slots that were switched off are compiled anew by a work item, some time
 * later, from the trie as it is then. That may fail: the trie has all answers.
 *
 * Readers that came to a slot's runs before it was switched off see what the trie
 * was then, as they do of a node that has been replaced: until a grace period has
 * passed the leaves are there, too. The runs stay where they are, since a prefix may
 * have switched many slots off, until the work item replaces them.
 */
#include <linux/bitmap.h>
#include <linux/bitops.h>
#include <linux/kernel.h>
#include <linux/prefetch.h>
#include <linux/slab.h>

#include "accel.h"
#include "reclaim.h"
#include "trie_node.h"

#define BLOCK_BITS	24

/*
 * As many nodes make a trie worth it, some 300,000 of the world's routes: with
 * fewer it fits into the caches, and this takes more memory a route. Kernels that
 * watch over memory are too slow for tables of that size.
 */
#ifndef RTM_ACCEL_NODES
#define RTM_ACCEL_NODES	(IS_ENABLED(CONFIG_KASAN) || \
			 IS_ENABLED(CONFIG_KCSAN) ? 1024 : 57344)
#endif

/*
 * Leaves that are looked at and runs that are replaced under one hold of the mutex;
 * with what comes last it may be 800 leaves more, or as many runs once more.
 */
#define COMPILE_MAX	256
static_assert(2 * COMPILE_MAX <= RTM_ACCEL_PAGE_SLOTS);

/* As many leaves a walk is asked for, and in blocks that the trie has to answer. */
#define CHUNK		16
#define CHUNK_LONG	2

/*
 * Nobody must wait for what can be done without, or lose reserves to it. It is no
 * client's, so none is charged: it is less than what the routes take that are.
 */
#define GFP_ACCEL	(GFP_NOWAIT | __GFP_NOMEMALLOC | __GFP_NOWARN)

/* Runs come in sizes from 64 bytes to 3 KiB, two for each doubling. */
#define RUNS_CLASSES	12

static struct kmem_cache *rtm_runs_cache[RUNS_CLASSES];
static struct kmem_cache *rtm_page_cache, *rtm_accel_cache;

static size_t rtm_runs_bytes(unsigned int class)
{
	return (class % 2 ? 96UL : 64UL) << class / 2;
}

static unsigned int rtm_runs_class(unsigned int nr)
{
	unsigned int class = 0;

	while (rtm_runs_bytes(class) < offsetof(struct rtm_runs, match[nr]))
		class++;
	return class;
}

static unsigned int rtm_runs_nr(const struct rtm_runs *r)
{
	unsigned int last = ARRAY_SIZE(r->begin) - 1;

	return r->before[last] + hweight64(r->begin[last]);
}

static_assert(RTM_SLOT_ON == (RTM_SLOT_RUNS | TAIL));

static bool rtm_is_runs(const void *slot)
{
	return (uintptr_t)slot & RTM_SLOT_RUNS;
}

/* The runs that a slot has or, switched off, had; or NULL. */
static struct rtm_runs *rtm_slot_runs(const void *slot)
{
	return rtm_is_tail(slot) ? NULL :
		(void *)((uintptr_t)slot & ~RTM_SLOT_RUNS);
}

static struct rtm_accel *rtm_accel_of(const struct rtm_trie *t)
{
	return rtm_locked(t, t->accel);
}

/* The first slot after those that @p, of 16 bits at the most, has a part in. */
static unsigned int rtm_accel_end(struct rtm_prefix p)
{
	return (p.hi >> 48) + (1U << (RTM_ACCEL_BITS - p.len));
}

/*
 * The matches of slot @i's blocks, as of struct rtm_runs. What covers something
 * else comes before it. @end: first slot after it that may have others. Return:
 * how many leaves were looked at.
 */
static unsigned int rtm_gather(const struct rtm_trie *t, unsigned int i,
			       void **match, unsigned int *end)
{
	struct rtm_prefix p = { .hi = (u64)i << 48, .len = RTM_ACCEL_BITS };
	unsigned int nr, k, block, n, leaves = 0, ask = CHUNK;
	void *leaf[CHUNK], *above;
	bool inclusive = true, more;

	*end = RTM_ACCEL_SLOTS;
	above = rtm_trie_match(t, p.hi, 0, RTM_ACCEL_BITS - 1);
	if (above && rtm_leaf_prefix(t, above).len < RTM_ACCEL_LEAST)
		above = NULL;
	if (above)
		*end = rtm_accel_end(rtm_leaf_prefix(t, above));
	for (block = 0; block < RTM_ACCEL_BLOCKS; block++)
		match[block] = rtm_tail(above);
	do {
		nr = rtm_trie_walk(t, &p, inclusive, leaf, ask);
		more = nr == ask;
		ask = CHUNK;
		inclusive = false;
		for (k = 0; k < nr; k++) {
			p = rtm_leaf_prefix(t, leaf[k]);
			if (p.hi >> 48 != i) {
				*end = min_t(unsigned int, *end, p.hi >> 48);
				goto out;
			}
			leaves++;
			block = p.hi >> 40 & (RTM_ACCEL_BLOCKS - 1);
			if (p.len > BLOCK_BITS) {
				match[block] = NULL;
				continue;
			}
			for (n = 1 << (BLOCK_BITS - p.len); n; n--)
				match[block++] = rtm_tail(leaf[k]);
		}
		if (p.len <= BLOCK_BITS)
			continue;
		/* On to the next block: there may be any number in this one. */
		ask = CHUNK_LONG;
		p.hi = ((p.hi >> 40) + 1) << 40;
		if (p.hi >> 48 != i)
			break;
		p.len = 64 - __ffs64(p.hi);
		inclusive = true;
	} while (more);
out:
	if (leaves)
		*end = i + 1;
	return leaves;
}

/* What a slot is compiled to. Return: false if there is no memory. */
static bool rtm_accel_what(struct rtm_trie *t, void **match, void **what)
{
	u64 begin[RTM_ACCEL_BLOCKS / 64] = {};
	unsigned int i, class, nr = 0;
	struct rtm_runs *r;

	for (i = 0; i < RTM_ACCEL_BLOCKS; i++) {
		if (i && match[i] == match[i - 1])
			continue;
		begin[i / 64] |= BIT_ULL(i % 64);
		nr++;
	}
	*what = match[0];
	if (nr == 1)
		return true;
	class = rtm_runs_class(nr);
	r = kmem_cache_alloc(rtm_runs_cache[class], GFP_ACCEL);
	if (!r)
		return false;
	rtm_account(t, 0, rtm_runs_bytes(class));
	nr = 0;
	for (i = 0; i < RTM_ACCEL_BLOCKS; i++) {
		if (i % 64 == 0) {
			r->begin[i / 64] = begin[i / 64];
			r->before[i / 64] = nr;
		}
		if (begin[i / 64] >> (i % 64) & 1)
			r->match[nr++] = match[i];
	}
	*what = (void *)((uintptr_t)r | RTM_SLOT_RUNS);
	return true;
}

/* Slot @i, or NULL if its page is not there. */
static void __rcu **rtm_accel_slot(const struct rtm_trie *t,
				   const struct rtm_accel *a, unsigned int i)
{
	struct rtm_accel_page *page =
		rtm_deref(t, a->page[i / RTM_ACCEL_PAGE_SLOTS]);

	return page ? &page->slot[i % RTM_ACCEL_PAGE_SLOTS] : NULL;
}

/* Slot @i, its page made if need be. NULL if there is no memory. */
static void __rcu **rtm_accel_room(struct rtm_trie *t, struct rtm_accel *a,
				   unsigned int i)
{
	void __rcu **slot = rtm_accel_slot(t, a, i);
	struct rtm_accel_page *page;

	if (slot)
		return slot;
	page = kmem_cache_zalloc(rtm_page_cache, GFP_ACCEL);
	if (!page)
		return NULL;
	rtm_account(t, 0, sizeof(*page));
	rcu_assign_pointer(a->page[i / RTM_ACCEL_PAGE_SLOTS], page);
	return &page->slot[i % RTM_ACCEL_PAGE_SLOTS];
}

static bool rtm_accel_create(struct rtm_trie *t)
{
	struct rtm_accel *a = kmem_cache_zalloc(rtm_accel_cache, GFP_ACCEL);

	if (!a)
		return false;
	bitmap_fill(a->dirty, RTM_ACCEL_SLOTS);
	a->nr_dirty = RTM_ACCEL_SLOTS;
	rtm_account(t, 0, sizeof(*a));
	rcu_assign_pointer(t->accel, a);
	return true;
}

/* What a slot has or had is to be retired, if that is not a leaf. */
static void rtm_accel_off(struct rtm_trie *t, struct rtm_accel *a, void *slot)
{
	struct rtm_runs *r = rtm_slot_runs(slot);

	if (!r)
		return;
	rtm_account(t, 0, -rtm_runs_bytes(rtm_runs_class(rtm_runs_nr(r))));
	a->off[a->nr_off++] = r;
}

static void rtm_accel_retire(struct rtm_trie *t, struct rtm_accel *a)
{
	rtm_retire_all(t->rc, a->off, a->nr_off);
	a->nr_off = 0;
}

/* The first page that there is, and what its slots have. Return: is there one? */
static bool rtm_accel_drop_page(struct rtm_trie *t, struct rtm_accel *a)
{
	struct rtm_accel_page *page;
	unsigned int i, k;

	for (i = 0; i < ARRAY_SIZE(a->page); i++) {
		page = rtm_locked(t, a->page[i]);
		if (page)
			break;
	}
	if (i == ARRAY_SIZE(a->page))
		return false;
	RCU_INIT_POINTER(a->page[i], NULL);
	bitmap_set(a->dirty, i * RTM_ACCEL_PAGE_SLOTS, RTM_ACCEL_PAGE_SLOTS);
	a->nr_dirty = bitmap_weight(a->dirty, RTM_ACCEL_SLOTS);
	for (k = 0; k < RTM_ACCEL_PAGE_SLOTS; k++)
		rtm_accel_off(t, a, rtm_locked(t, page->slot[k]));
	rtm_account(t, 0, -sizeof(*page));
	a->off[a->nr_off++] = page;
	rtm_accel_retire(t, a);
	return true;
}

/* Return: whether there is more to drop. */
static bool rtm_accel_drop_some(struct rtm_trie *t)
{
	struct rtm_accel *a = rtm_accel_of(t);

	if (!a)
		return false;
	if (rtm_accel_drop_page(t, a))
		return true;
	RCU_INIT_POINTER(t->accel, NULL);
	rtm_account(t, 0, -sizeof(*a));
	rtm_retire(t->rc, a);
	return false;
}

/**
 * rtm_accel_drop() - be without compiled matches
 * @t: the trie; its lock is held
 *
 * May sleep. Needs no memory.
 */
void rtm_accel_drop(struct rtm_trie *t)
{
	while (rtm_accel_drop_some(t))
		;
}

/**
 * rtm_accel_useless() - has the trie become too small for what is compiled?
 * @t: an IPv4 trie; its lock is held
 *
 * By some more than it was when it began.
 */
bool rtm_accel_useless(const struct rtm_trie *t)
{
	return rtm_accel_of(t) && t->nodes < RTM_ACCEL_NODES / 2;
}

/**
 * rtm_accel_wanted() - is there something for rtm_accel_compile() to do?
 * @t: an IPv4 trie; its lock is held
 */
bool rtm_accel_wanted(const struct rtm_trie *t)
{
	const struct rtm_accel *a = rtm_accel_of(t);

	if (!a)
		return t->nodes >= RTM_ACCEL_NODES;
	return a->nr_dirty || rtm_accel_useless(t);
}

/* Slot @i, and those after it that are the same. Return: how much that was, or 0 */
static unsigned int rtm_accel_compile_slot(struct rtm_trie *t,
					   struct rtm_accel *a, unsigned int i,
					   void **match)
{
	void __rcu **room = rtm_accel_room(t, a, i);
	unsigned int seen, end;
	void *what;

	if (!room)
		return 0;
	seen = 1 + rtm_gather(t, i, match, &end);
	if (!rtm_accel_what(t, match, &what))
		return 0;
	end = min(end, i + COMPILE_MAX);
	seen += (end - i) / 16;
	for (; i < end; i++) {
		if (!test_bit(i, a->dirty))
			continue;
		room = rtm_accel_room(t, a, i);
		if (!room)
			break;
		rtm_accel_off(t, a, rtm_locked(t, *room));
		rcu_assign_pointer(*room, what);
		__clear_bit(i, a->dirty);
		a->nr_dirty--;
	}
	a->next = i;
	return seen;
}

/* Return: whether to go on, as rtm_accel_compile(). */
static bool rtm_accel_compile_some(struct rtm_trie *t, void **match)
{
	struct rtm_accel *a = rtm_accel_of(t);
	unsigned int seen = 0, more, i;

	while (seen + a->nr_off < COMPILE_MAX) {
		i = find_next_bit(a->dirty, RTM_ACCEL_SLOTS, a->next);
		if (i == RTM_ACCEL_SLOTS)
			break;
		more = rtm_accel_compile_slot(t, a, i, match);
		if (!more)
			break;
		seen += more;
	}
	more = seen + a->nr_off >= COMPILE_MAX;
	rtm_accel_retire(t, a);
	if (!more)
		a->next = 0;
	return more;
}

/**
 * rtm_accel_compile() - compile some slots, or drop some of what is of no use now
 * @t: an IPv4 trie; its lock is held
 *
 * May sleep.
 *
 * Return: whether to go on. If not, all is done but for what was switched off
 * meanwhile, or there is no memory.
 */
bool rtm_accel_compile(struct rtm_trie *t)
{
	bool more = false;
	void **match;

	lockdep_assert_held(t->lock);
	if (!rtm_accel_wanted(t))
		return false;
	if (rtm_accel_useless(t))
		return rtm_accel_drop_some(t);
	match = kmalloc_array(RTM_ACCEL_BLOCKS, sizeof(*match), GFP_ACCEL);
	if (match && (rtm_accel_of(t) || rtm_accel_create(t)))
		more = rtm_accel_compile_some(t, match);
	kfree(match);
	return more;
}

/**
 * rtm_accel_switch_off() - a prefix is going to be inserted or removed
 * @t: its trie, which has compiled matches; its lock is held
 * @p: the prefix
 *
 * Who looks up from now on asks the trie.
 */
void rtm_accel_switch_off(struct rtm_trie *t, const struct rtm_prefix *p)
{
	unsigned int i = p->hi >> 48, end = i + 1;
	struct rtm_accel *a = rtm_accel_of(t);
	void __rcu **link;

	if (p->len < RTM_ACCEL_LEAST)
		return;
	if (p->len < RTM_ACCEL_BITS)
		end = rtm_accel_end(*p);
	for (; i < end; i++) {
		if (__test_and_set_bit(i, a->dirty))
			continue;
		a->nr_dirty++;
		t->changes++;
		link = rtm_accel_slot(t, a, i);
		if (link)
			RCU_INIT_POINTER(*link,
					 rtm_slot_runs(rtm_locked(t, *link)));
	}
}

/* Where the match of @hi is, in the runs of @slot. */
static void *const *rtm_runs_find(const void *slot, u64 hi)
{
	const struct rtm_runs *r = slot - RTM_SLOT_RUNS;
	unsigned int block = hi >> 40 & (RTM_ACCEL_BLOCKS - 1);
	unsigned int word = block / 64;
	u64 bits = r->begin[word] & ((2ULL << block % 64) - 1);

	return &r->match[r->before[word] + hweight64(bits) - 1];
}

/**
 * rtm_accel_match() - longest match of those of RTM_ACCEL_LEAST bits or more
 * @t: the trie; its lock or rcu_read_lock() is held
 * @hi: the address, left-aligned as in struct rtm_prefix
 * @leaf: result: the leaf, or NULL
 *
 * Return: false if the trie is to be asked; @leaf is not set.
 */
bool rtm_accel_match(const struct rtm_trie *t, u64 hi, void **leaf)
{
	const struct rtm_accel *a = rtm_deref(t, t->accel);
	void __rcu **link = a ? rtm_accel_slot(t, a, hi >> 48) : NULL;
	void *slot = link ? rtm_deref(t, *link) : NULL;

	if (rtm_is_runs(slot))
		slot = *rtm_runs_find(slot, hi);
	if (!rtm_slot_is_on(slot))
		return false;
	*leaf = rtm_tail_leaf(slot);
	return true;
}

/**
 * rtm_accel_prefetch() - get ready for rtm_accel_match() of several addresses
 * @t: the trie; its lock or rcu_read_lock() is held
 * @p: the addresses
 * @leaves: result: what matches, being fetched; or NULL
 * @n: how many, at most RTM_TRIE_GROUP
 *
 * Return: false if one of the slots is not compiled: what @leaves are then is of no
 * use.
 */
bool rtm_accel_prefetch(const struct rtm_trie *t, const struct rtm_prefix *p,
			void **leaves, unsigned int n)
{
	const struct rtm_accel *a = rtm_deref(t, t->accel);
	void __rcu **link[RTM_TRIE_GROUP];
	void *const *at[RTM_TRIE_GROUP];
	void *slot[RTM_TRIE_GROUP];
	unsigned int i;

	if (!a)
		return false;
	for (i = 0; i < n; i++) {
		link[i] = rtm_accel_slot(t, a, p[i].hi >> 48);
		prefetch(link[i]);
	}
	for (i = 0; i < n; i++) {
		slot[i] = link[i] ? rtm_deref(t, *link[i]) : NULL;
		if (!rtm_slot_is_on(slot[i]))
			return false;
		prefetch(slot[i]);
	}
	for (i = 0; i < n; i++) {
		at[i] = &slot[i];
		if (rtm_is_runs(slot[i]))
			at[i] = rtm_runs_find(slot[i], p[i].hi);
		prefetch(at[i]);
	}
	for (i = 0; i < n; i++) {
		leaves[i] = rtm_tail_leaf(*at[i]);
		prefetch(leaves[i]);
	}
	return true;
}

/**
 * rtm_accel_caches_create() - what all tries take their runs from
 *
 * Return: 0 or -ENOMEM.
 */
int rtm_accel_caches_create(void)
{
	char name[32];
	unsigned int i;

	rtm_page_cache = kmem_cache_create(KBUILD_MODNAME "_accel_page",
					   sizeof(struct rtm_accel_page), 0, 0,
					   NULL);
	rtm_accel_cache = kmem_cache_create(KBUILD_MODNAME "_accel",
					    sizeof(struct rtm_accel), 0, 0,
					    NULL);
	if (!rtm_page_cache || !rtm_accel_cache)
		goto err;
	for (i = 0; i < RUNS_CLASSES; i++) {
		snprintf(name, sizeof(name), KBUILD_MODNAME "_runs_%zu",
			 rtm_runs_bytes(i));
		rtm_runs_cache[i] = kmem_cache_create(name, rtm_runs_bytes(i),
						      0, 0, NULL);
		if (!rtm_runs_cache[i])
			goto err;
	}
	return 0;

err:
	rtm_accel_caches_destroy();
	return -ENOMEM;
}

/**
 * rtm_accel_caches_destroy() - the opposite of rtm_accel_caches_create()
 *
 * After rcu_barrier().
 */
void rtm_accel_caches_destroy(void)
{
	unsigned int i;

	for (i = 0; i < RUNS_CLASSES; i++) {
		kmem_cache_destroy(rtm_runs_cache[i]);
		rtm_runs_cache[i] = NULL;
	}
	kmem_cache_destroy(rtm_page_cache);
	rtm_page_cache = NULL;
	kmem_cache_destroy(rtm_accel_cache);
	rtm_accel_cache = NULL;
}
