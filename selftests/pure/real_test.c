// SPDX-License-Identifier: LGPL-2.1-or-later
/* The world's routes: all in, found, matched, walked, all out. */
#include "data.h"
#include "tap.h"
#include "../../kmod/accel.h"
#include "../../kmod/trie.h"

#define CHUNK	256

static struct rtm_trie trie;
static struct mutex lock;

static const char *insert(struct entry **e, size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++)
		if (rtm_trie_insert(&trie, &e[i]->p, e[i]))
			return "insert failed";
	for (i = 0; i < nr; i++)
		if (rtm_trie_insert(&trie, &e[i]->p, e[i]) != -EEXIST)
			return "insert took a prefix twice";
	return NULL;
}

static const char *match(struct entry **e, size_t nr, unsigned int width)
{
	struct rtm_prefix last;
	struct entry *next;
	size_t i;

	for (i = 0; i < nr; i++) {
		const struct rtm_prefix *p = &e[i]->p;

		if (rtm_trie_find(&trie, p) != e[i])
			return "find returned a wrong leaf";
		if (rtm_trie_match(&trie, p->hi, p->lo, p->len) != e[i])
			return "match returned a wrong leaf";
		if (p->len && rtm_trie_match(&trie, p->hi, p->lo, p->len - 1) !=
		    e[i]->parent)
			return "match did not return what covers the prefix";

		/* Its last address. */
		last.hi = p->hi | (rtm_prefix_mask_hi(width) &
				   ~rtm_prefix_mask_hi(p->len));
		last.lo = p->lo | (rtm_prefix_mask_lo(width) &
				   ~rtm_prefix_mask_lo(p->len));
		last.len = width;
		next = rtm_trie_match(&trie, last.hi, last.lo, width);
		if (!next || !rtm_prefix_covers(&next->p, &last))
			return "match returned a leaf that does not cover";
		while (next && next != e[i])
			next = next->parent;
		if (!next)
			return "match returned too short a prefix";
	}
	return NULL;
}

/* Every entry that is not @gone is there, and no other. */
static const char *walk(struct entry *e, size_t nr, const bool *gone)
{
	struct rtm_prefix *from = NULL;
	void *leaves[CHUNK];
	unsigned int n, i;
	size_t at = 0;

	do {
		n = rtm_trie_walk(&trie, from, false, leaves, CHUNK);
		for (i = 0; i < n; i++, at++) {
			while (at < nr && gone && gone[at])
				at++;
			if (at == nr || leaves[i] != &e[at])
				return "walk returned a wrong leaf";
			from = &e[at].p;
		}
	} while (n == CHUNK);
	while (at < nr && gone && gone[at])
		at++;
	return at == nr ? NULL : "walk ended too early";
}

static const char *drop(struct entry *e, struct entry **order, size_t nr)
{
	bool *gone = calloc(nr, sizeof(*gone));
	const char *error = NULL;
	size_t i;

	for (i = 0; i < nr && !error; i++) {
		if (i % (nr / 4) == 0)
			error = walk(e, nr, gone);
		if (rtm_trie_remove(&trie, &order[i]->p) != order[i])
			return "remove returned a wrong leaf";
		if (rtm_trie_find(&trie, &order[i]->p))
			return "remove left the leaf";
		gone[order[i] - e] = true;
		if (trie.width == 32 && i % (nr / 64) == 0)
			while (rtm_accel_compile(&trie))
				;
	}
	rtm_accel_drop(&trie);
	free(gone);
	if (!error && rtm_trie_nodes(&trie) != 1)
		error = "nodes are left";
	return error;
}

static void run(const char *file, unsigned int width, u64 seed)
{
	size_t nr, i;
	struct entry *e = data_load(file, width, &nr);
	struct entry **order = calloc(nr, sizeof(*order));

	for (i = 0; i < nr; i++)
		order[i] = &e[i];
	data_shuffle(order, nr, seed);

	assert(!rtm_trie_init(&trie, width, offsetof(struct entry, key), NULL,
			      &lock));
	mutex_lock(&lock);
	tap_result(insert(order, nr), "insert all in random order");
	printf("# %zu prefixes, %zu nodes, %.1f bytes a prefix\n", nr,
	       rtm_trie_nodes(&trie), (double)rtm_trie_bytes(&trie) / nr);
	tap_result(match(order, nr, width), "find and match all");
	tap_result(walk(e, nr, NULL), "walk in order");
	/* Of 128 bits nothing is compiled; once more the same does not hurt. */
	while (width == 32 && rtm_accel_compile(&trie))
		;
	printf("# compiled %.1f bytes a prefix\n",
	       (double)rtm_trie_bytes(&trie) / nr);
	tap_result(match(order, nr, width), "match all once compiled");
	tap_result(drop(e, order, nr), "remove all in random order");
	mutex_unlock(&lock);
	rtm_trie_destroy(&trie);
	tap_result(shim_live_bytes() ? "memory leaked" : NULL, "nothing leaked");
	free(order);
	free(e);
}

int main(int argc, char **argv)
{
	u64 seed = tap_seed();

	assert(argc == 3);
	tap_plan(12);
	mutex_init(&lock);
	assert(!rtm_trie_caches_create());
	run(argv[1], 32, seed);
	run(argv[2], 128, seed);
	rtm_trie_caches_destroy();
	return tap_exit();
}
