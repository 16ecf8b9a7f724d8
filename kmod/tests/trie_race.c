// SPDX-License-Identifier: GPL-2.0
/*
 * Readers beside a writer: what is there all the while must be found all the
 * while, whatever comes and goes in the same nodes.
 */
#include <linux/errno.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "trie_race.h"

#define WINDOW	10

static u64 race_random(u64 *state)
{
	*state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
	return *state ^ *state >> 32;
}

/* In a cluster of some bits, above it, below it, and now and then far off. */
static struct rtm_prefix race_prefix(const struct trie_race *r, u64 *random)
{
	unsigned int width = r->trie.width;
	unsigned int len = race_random(random) % (width + 1);
	u64 bits = race_random(random) % (1 << WINDOW);
	struct rtm_prefix p = r->base;

	p.hi ^= bits << (64 - WINDOW - r->base.len);
	if (race_random(random) % 4)
		len = r->base.len + race_random(random) % (WINDOW + 2);
	len = min(len, width);
	if (race_random(random) % 16 == 0)
		p.hi = race_random(random);
	p.len = len;
	p.hi &= rtm_prefix_mask_hi(len);
	p.lo &= rtm_prefix_mask_lo(len);
	return p;
}

static bool race_known(const struct trie_race *r, const struct rtm_prefix *p,
		       unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr && i < RACE_STABLE; i++)
		if (rtm_prefix_equal(&r->stable[i].p, p))
			return true;
	for (i = 0; i + RACE_STABLE < nr; i++)
		if (rtm_prefix_equal(&r->fleeting[i], p))
			return true;
	return false;
}

/* In order, so that those which come next belong into the same nodes. */
static void race_file(struct trie_race *r, unsigned int nr,
		      const struct rtm_prefix *p)
{
	for (; nr && rtm_prefix_cmp(&r->fleeting[nr - 1], p) > 0; nr--)
		r->fleeting[nr] = r->fleeting[nr - 1];
	r->fleeting[nr] = *p;
}

const char *trie_race_init(struct trie_race *r, unsigned int width,
			   u64 *random)
{
	unsigned int nr = 0, tries = 0;
	const char *error = NULL;
	struct rtm_prefix p;

	memset(r, 0, sizeof(*r));
	mutex_init(&r->lock);
	r->cache = kmem_cache_create("rtm_race_leaf", sizeof(struct race_leaf),
				     0, 0, NULL);
	if (!r->cache)
		return "no memory for a cache";
	if (rtm_trie_init(&r->trie, width, offsetof(struct race_leaf, key),
			  &r->rc, &r->lock))
		return "no memory for a trie";
	r->base.hi = race_random(random);
	r->base.lo = race_random(random);
	r->base.len = race_random(random) % (width == 32 ? 23 : 54);

	mutex_lock(&r->lock);
	while (nr < RACE_STABLE + RACE_FLEETING && !error) {
		p = race_prefix(r, random);
		if (tries++ == 1000000)
			error = "too few prefixes";
		if (race_known(r, &p, nr))
			continue;
		if (nr >= RACE_STABLE) {
			race_file(r, nr - RACE_STABLE, &p);
		} else {
			r->stable[nr].p = p;
			rtm_key_set(&r->stable[nr].key, &p, width);
			r->stable[nr].stable = true;
			if (rtm_trie_insert(&r->trie, &p, &r->stable[nr]))
				error = "insert failed";
		}
		nr++;
	}
	mutex_unlock(&r->lock);
	return error;
}

static const char *race_one(const struct trie_race *r,
			    const struct race_leaf *s, u64 *random)
{
	unsigned int width = r->trie.width;
	struct rtm_prefix addr = s->p;
	const struct race_leaf *leaf;

	if (rtm_trie_find(&r->trie, &s->p) != s)
		return "find missed a stable entry";

	addr.hi |= race_random(random) & ~rtm_prefix_mask_hi(s->p.len) &
		   rtm_prefix_mask_hi(width);
	addr.lo |= race_random(random) & ~rtm_prefix_mask_lo(s->p.len) &
		   rtm_prefix_mask_lo(width);
	addr.len = width;
	leaf = rtm_trie_match(&r->trie, addr.hi, addr.lo, width);
	if (!leaf || leaf->p.len < s->p.len)
		return "match missed a stable entry";
	if (!rtm_prefix_covers(&leaf->p, &addr))
		return "match returned a wrong leaf";
	leaf = rtm_trie_match(&r->trie, addr.hi, addr.lo, s->p.len);
	if (leaf != s)
		return "match of limited length missed a stable entry";
	return NULL;
}

static const char *race_walk(const struct trie_race *r)
{
	unsigned int nr, i, stable = 0;
	const struct race_leaf *leaf;
	struct rtm_prefix last = {};
	const char *error = NULL;
	bool inclusive = true;
	void *leaves[16];

	do {
		rcu_read_lock();
		nr = rtm_trie_walk(&r->trie, &last, inclusive, leaves, 16);
		for (i = 0; i < nr; i++) {
			leaf = leaves[i];
			if (rtm_prefix_cmp(&leaf->p, &last) < !inclusive)
				error = "walk went back";
			last = leaf->p;
			inclusive = false;
			stable += leaf->stable;
		}
		rcu_read_unlock();
	} while (nr == 16);
	if (!error && stable != RACE_STABLE)
		error = "walk missed a stable entry";
	return error;
}

const char *trie_race_read(const struct trie_race *r, u64 *random)
{
	const char *error = NULL;
	void *leaves[RTM_TRIE_GROUP];
	unsigned int i, first, nr;

	/* Few that are neighbours have much of the way in common. */
	first = race_random(random) % RACE_FLEETING;
	nr = 1 + race_random(random) %
		 (race_random(random) % 4 ? 4 : RTM_TRIE_GROUP);
	rcu_read_lock();
	rtm_trie_prefetch(&r->trie, &r->fleeting[first],
			  sizeof(r->fleeting[0]), leaves,
			  min(nr, RACE_FLEETING - first));
	rcu_read_unlock();
	for (i = 0; i < 16 && !error; i++) {
		rcu_read_lock();
		error = race_one(r, &r->stable[race_random(random) %
					       RACE_STABLE], random);
		rcu_read_unlock();
	}
	return error ?: race_walk(r);
}

/* An allocation may fail: then there is no insert. */
static const char *race_insert(struct trie_race *r, unsigned int i)
{
	struct race_leaf *leaf = kmem_cache_alloc(r->cache, GFP_KERNEL_ACCOUNT);
	int err;

	if (!leaf)
		return NULL;
	leaf->p = r->fleeting[i];
	rtm_key_set(&leaf->key, &leaf->p, r->trie.width);
	leaf->stable = false;
	/* With room for what may come next, and be looked for before it does. */
	err = rtm_trie_insert_first(&r->trie, &r->fleeting[i],
				    sizeof(r->fleeting[0]),
				    min(8U, RACE_FLEETING - i), leaf);
	if (err) {
		kmem_cache_free(r->cache, leaf);
		return err == -ENOMEM ? NULL : "insert failed";
	}
	r->present[i] = leaf;
	r->changes++;
	return NULL;
}

static const char *race_remove(struct trie_race *r, unsigned int i)
{
	struct race_leaf *leaf = rtm_trie_remove(&r->trie, &r->fleeting[i]);

	if (leaf != r->present[i])
		return "remove returned a wrong leaf";
	r->present[i] = NULL;
	rtm_retire(&r->rc, leaf);
	r->changes++;
	return NULL;
}

const char *trie_race_write(struct trie_race *r, u64 *random)
{
	unsigned int i = race_random(random) % RACE_FLEETING;
	const char *error;

	mutex_lock(&r->lock);
	if (race_random(random) % 2 &&
	    rtm_trie_seek(&r->trie, &r->fleeting[i]) != r->present[i])
		error = "seek returned a wrong leaf";
	else
		error = r->present[i] ? race_remove(r, i) : race_insert(r, i);
	while (r->trie.width == 32 && race_random(random) % 16 &&
	       rtm_accel_compile(&r->trie))
		;
	mutex_unlock(&r->lock);
	rtm_reclaim_throttle(&r->rc);
	return error;
}

const char *trie_race_exit(struct trie_race *r)
{
	const char *error = NULL;
	unsigned int i;
	void *leaf;

	mutex_lock(&r->lock);
	for (i = 0; i < RACE_FLEETING && !error; i++)
		if (r->present[i])
			error = race_remove(r, i);
	for (i = 0; i < RACE_STABLE; i++)
		if (rtm_trie_remove(&r->trie, &r->stable[i].p) !=
		    &r->stable[i])
			error = "a stable entry is gone";
	if (!error && (rtm_trie_nodes(&r->trie) != 1 ||
		       rtm_trie_walk(&r->trie, NULL, true, &leaf, 1)))
		error = "nodes or leaves are left";
	rtm_accel_drop(&r->trie);
	rtm_reclaim_flush(&r->rc);
	mutex_unlock(&r->lock);
	if (error)
		return error;
	rtm_trie_destroy(&r->trie);
	rcu_barrier();
	kmem_cache_destroy(r->cache);
	return NULL;
}
