// SPDX-License-Identifier: LGPL-2.1-or-later
/* The prefix helpers and the trie against their naive twins. */
#include "shim.h"
#include "tap.h"
#include "../../kmod/tests/prefix_model.h"
#include "../../kmod/tests/trie_model.h"

#define STEPS	2000	/* a phase */

static struct trie_model m;

static const char *check_memory(void)
{
	if (rtm_trie_bytes(&m.trie) != shim_live_bytes())
		return "rtm_trie_bytes() is not what is allocated";
	return NULL;
}

static const char *run(unsigned int width, unsigned long long seed,
		       unsigned int phases, unsigned int fail_one_in,
		       bool compiles)
{
	unsigned long failed = shim_failed;
	const char *error;

	error = trie_model_init(&m, width, seed);
	m.may_fail = fail_one_in;
	m.compiles = compiles;
	while (phases-- && !error) {
		shim_fail_one_in = fail_one_in;
		error = trie_model_phase(&m, STEPS);
		error = error ?: trie_model_walk_amid(&m);
		error = error ?: check_memory();
		shim_fail_one_in = 0;
	}
	error = error ?: trie_model_exit(&m);
	if (!error && shim_live_bytes())
		error = "memory leaked";
	if (!error && fail_one_in && shim_failed == failed)
		error = "no allocation failed";
	return error;
}

/* Every length of one address, the longest first, matched at every length. */
static const char *every_length(unsigned int width, u64 hi, u64 lo)
{
	struct rtm_prefix p;
	const char *error;
	int len;

	hi &= rtm_prefix_mask_hi(width);
	lo &= rtm_prefix_mask_lo(width);
	error = trie_model_init(&m, width, 1);
	for (len = width; len >= 0 && !error; len--) {
		p.hi = hi & rtm_prefix_mask_hi(len);
		p.lo = lo & rtm_prefix_mask_lo(len);
		p.len = len;
		error = trie_model_insert(&m, &p);
		if (width == 32)
			error = error ?: trie_model_compile(&m);
		error = error ?: trie_model_check(&m);
	}
	for (len = 0; len < 256 && !error; len++) {
		error = trie_model_match(&m, hi, lo, len);
		error = error ?: trie_model_match(&m, ~hi, lo, len);
		error = error ?: trie_model_match(&m, hi ^ 1ULL << 32, lo, len);
	}
	if (!error && m.nr != width + 1)
		error = "lengths are missing";
	return error ?: trie_model_exit(&m);
}

/* Prefixes of one node: sixteen of 17 bits, from the @from-th to before the @to-th. */
static const char *sixteen(unsigned int from, unsigned int to, bool insert)
{
	struct rtm_prefix p = { .len = 17 };
	const char *error = NULL;

	for (; from < to && !error; from++) {
		p.hi = (u64)from << 47;
		error = insert ? trie_model_insert_first(&m, &p, 1) :
				 trie_model_remove(&m, &p);
	}
	return error;
}

/* All of them. @some: bytes of the trie with the first @nr; @full: with all. */
static const char *sixteen_there(unsigned int nr, size_t *some, size_t *full)
{
	const char *error = trie_model_init(&m, 32, 1);

	error = error ?: sixteen(0, nr, true);
	*some = rtm_trie_bytes(&m.trie);
	error = error ?: sixteen(nr, 16, true);
	*full = rtm_trie_bytes(&m.trie);
	if (!error && *full <= *some)
		error = "sixteen take no more than some of them";
	return error;
}

/* A node is made smaller as soon as three quarters of its slots are dead. */
static const char *shrinks(void)
{
	size_t four, full;
	const char *error = sixteen_there(4, &four, &full);

	error = error ?: sixteen(0, 11, false);
	if (!error && rtm_trie_bytes(&m.trie) != full)
		error = "shrank too soon";
	error = error ?: sixteen(11, 12, false);
	if (!error && rtm_trie_bytes(&m.trie) != four)
		error = "did not shrink";
	return error ?: trie_model_exit(&m);
}

/*
 * Removed without memory, the prefixes leave their slots behind; the next
 * change that has memory, an insert or a remove, makes the node as small as it
 * would be otherwise. But where one is left, its node goes without any.
 */
static const char *shrinks_later(bool insert)
{
	const struct rtm_prefix other = { .hi = 1ULL << 46, .len = 18 };
	size_t left, full;
	const char *error = sixteen_there(insert ? 4 : 2, &left, &full);

	shim_fail_one_in = 1;
	error = error ?: sixteen(0, 13, false);
	if (!error && rtm_trie_bytes(&m.trie) != full)
		error = "shrank without memory";
	shim_fail_one_in = 0;

	if (insert)
		error = error ?: trie_model_insert_first(&m, &other, 1);
	else
		error = error ?: sixteen(13, 14, false);
	if (!error && rtm_trie_bytes(&m.trie) != left)
		error = "did not shrink later";

	/* What is left of two needs no node, and that needs no memory. */
	shim_fail_one_in = 1;
	if (insert)
		error = error ?: trie_model_remove(&m, &other) ?:
				 sixteen(13, 14, false);
	error = error ?: sixteen(14, 15, false);
	if (!error && rtm_trie_nodes(&m.trie) != 1)
		error = "a node is left for one prefix";
	shim_fail_one_in = 0;
	return error ?: trie_model_exit(&m);
}

/* Two siblings take a node for two when they are followed by @other. */
static const char *no_room(unsigned int width, u8 len, struct rtm_prefix other)
{
	const char *error = trie_model_init(&m, width, 1);
	unsigned int shift = (width == 32 ? 64 : 128) - len, i;
	struct rtm_prefix p[4];
	size_t two;

	for (i = 0; i < ARRAY_SIZE(p); i++) {
		p[i] = (struct rtm_prefix){ .len = len };
		if (width == 32)
			p[i].hi = (u64)i << shift;
		else
			p[i].lo = (u64)i << shift;
	}
	p[2] = other;
	error = error ?: trie_model_insert_first(&m, &p[0], 1);
	error = error ?: trie_model_insert_first(&m, &p[1], 3);
	two = rtm_trie_bytes(&m.trie);
	error = error ?: trie_model_remove(&m, &p[1]);
	error = error ?: trie_model_insert_first(&m, &p[1], 1);
	if (!error && rtm_trie_bytes(&m.trie) != two)
		error = "room for prefixes that belong elsewhere";
	return error ?: trie_model_exit(&m);
}

/* Prefixes that come one after the other have their node made once. */
static const char *made_once(void)
{
	const char *error = trie_model_init(&m, 32, 1);
	struct rtm_prefix run[32];
	size_t two = 0;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(run); i++)
		run[i] = (struct rtm_prefix){ .hi = (u64)i << 40, .len = 24 };
	for (i = 0; i < ARRAY_SIZE(run) && !error; i++) {
		error = trie_model_insert_first(&m, &run[i],
						ARRAY_SIZE(run) - i);
		two = i == 1 ? rtm_trie_bytes(&m.trie) : two;
	}
	if (!error && rtm_trie_bytes(&m.trie) != two)
		error = "made anew";
	error = error ?: trie_model_exit(&m);

	/* But without room for what belongs elsewhere, and comes after that. */
	return error ?: no_room(32, 24, (struct rtm_prefix){ .len = 16 }) ?:
	       no_room(32, 24, (struct rtm_prefix){
			.hi = 1ULL << 60 | 3ULL << 40, .len = 24 }) ?:
	       no_room(128, 96, (struct rtm_prefix){
			.hi = 1, .lo = 3ULL << 32, .len = 96 }) ?:
	       no_room(128, 96, (struct rtm_prefix){
			.lo = 1ULL << 60 | 3ULL << 32, .len = 96 });
}

/* What slot @i is compiled to; NULL if the trie is to be asked. */
static const void *compiled(unsigned int i)
{
	const struct rtm_accel *accel = m.trie.accel;
	const struct rtm_accel_page *page =
		accel ? accel->page[i / RTM_ACCEL_PAGE_SLOTS] : NULL;
	const void *slot = page ? page->slot[i % RTM_ACCEL_PAGE_SLOTS] : NULL;

	return rtm_slot_is_on(slot) ? slot : NULL;
}

/* Compiles all, and asks for addresses of all blocks of a slot. */
static const char *compiled_blocks(u64 slot)
{
	const char *error = trie_model_compile(&m);
	u64 block;

	for (block = 0; block < RTM_ACCEL_BLOCKS && !error; block++) {
		error = trie_model_match(&m, slot | block << 40, 0, 32);
		error = error ?: trie_model_match(&m, slot | block << 40 |
						  0xffULL << 32, 0, 32);
	}
	return error;
}

/* Each block another match, one more and one more, and something longer in one. */
static const char *many_runs(u64 slot)
{
	struct rtm_prefix p = { .len = 24 };
	const char *error = trie_model_init(&m, 32, 1);
	u64 i;

	for (i = 0; i < RTM_ACCEL_BLOCKS && !error; i++) {
		/* Any order: 77 and 256 have no divisor in common. */
		p.hi = slot | (i * 77 % RTM_ACCEL_BLOCKS) << 40;
		error = trie_model_insert(&m, &p);
		error = error ?: compiled_blocks(slot);
	}
	for (p.len = 25; p.len <= 32 && !error; p.len++) {
		error = trie_model_insert(&m, &p);
		error = error ?: compiled_blocks(slot);
	}
	error = error ?: check_memory();
	for (p.len = 32; p.len >= 25 && !error; p.len--)
		error = trie_model_remove(&m, &p);
	error = error ?: compiled_blocks(slot);
	return error ?: trie_model_exit(&m);
}

/* What a prefix covers, and no more, is left to the trie once it changes. */
static const char *switched_off(u8 len, unsigned int slots)
{
	struct rtm_prefix p = { .hi = 0x5a000000ULL << 32, .len = len };
	const char *error = trie_model_init(&m, 32, 1);
	unsigned int i, first, off;
	int add;

	p.hi &= rtm_prefix_mask_hi(len);
	first = p.hi >> 48;
	/* Some to have nodes for. */
	for (i = 16; i < 29 && !error; i++)
		error = trie_model_insert(&m, &(struct rtm_prefix){
				.hi = 1ULL << 32 << (32 - i) << 6, .len = i });
	for (add = 1; add >= 0 && !error; add--) {
		error = trie_model_compile(&m);
		if (!error)
			error = add ? trie_model_insert(&m, &p) :
				trie_model_remove(&m, &p);
		for (i = off = 0; i < RTM_ACCEL_SLOTS && !error; i++) {
			if (compiled(i))
				continue;
			off++;
			if (i < first || i >= first + slots)
				error = "another slot was switched off";
		}
		if (!error && off != slots)
			error = "a slot was not switched off";
	}
	return error ?: trie_model_exit(&m);
}

/* Without memory nothing is compiled, and all is found. */
static const char *no_memory_to_compile(void)
{
	const char *error = trie_model_init(&m, 32, 1);
	unsigned int i;

	m.may_fail = true;
	for (i = 16; i < 33 && !error; i++)
		error = trie_model_insert(&m, &(struct rtm_prefix){ .len = i });
	shim_fail_one_in = 1;
	error = error ?: trie_model_compile(&m);
	mutex_lock(&m.lock);
	if (!error && (m.trie.accel || !rtm_accel_wanted(&m.trie)))
		error = "compiled without memory";
	mutex_unlock(&m.lock);
	shim_fail_one_in = 0;
	m.may_fail = false;
	error = error ?: trie_model_compile(&m);
	if (!error && !compiled(0))
		error = "not compiled with memory";
	error = error ?: trie_model_check(&m);

	/* They go when they are of no use any more; that needs none, either. */
	for (i = 16; i < 33 && !error; i++)
		error = trie_model_remove(&m, &(struct rtm_prefix){ .len = i });
	shim_fail_one_in = 1;
	error = error ?: trie_model_compile(&m);
	shim_fail_one_in = 0;
	if (!error && m.trie.accel)
		error = "of an empty trie something is compiled";
	return error ?: trie_model_exit(&m);
}

int main(void)
{
	unsigned long long seed = tap_seed();

	tap_plan(17);
	assert(!rtm_trie_caches_create());

	tap_result(prefix_model_check(seed, 200000), "prefix helpers");
	tap_result(every_length(32, 0, 0) ?: every_length(32, ~0ULL, 0) ?:
		   every_length(32, seed << 32, 0), "32 bits, every length");
	tap_result(every_length(128, 0, 0) ?: every_length(128, ~0ULL, ~0ULL) ?:
		   every_length(128, seed << 32, seed),
		   "128 bits, every length");
	tap_result(shrinks(), "shrinks at a quarter");
	tap_result(shrinks_later(false) ?: shrinks_later(true),
		   "removed without memory, shrinks later");
	tap_result(made_once(), "a run of prefixes makes its node once");
	tap_result(many_runs(0) ?: many_runs(0xffffULL << 48) ?:
		   many_runs(seed << 48), "as many runs as there may be");
	tap_result(switched_off(8, 256) ?: switched_off(12, 16) ?:
		   switched_off(15, 2) ?: switched_off(16, 1) ?:
		   switched_off(24, 1) ?: switched_off(32, 1) ?:
		   switched_off(7, 0) ?: switched_off(0, 0),
		   "where a prefix changes, the trie is asked");
	tap_result(no_memory_to_compile(), "no memory to compile, and none to drop it");
	tap_result(run(32, seed, 600, 0, false), "32 bits");
	tap_result(run(128, seed + 1, 600, 0, false), "128 bits");
	tap_result(run(32, seed + 2, 300, 3, false), "32 bits, no memory at times");
	tap_result(run(128, seed + 3, 300, 3, false), "128 bits, no memory at times");
	tap_result(run(32, seed + 4, 100, 30, false), "32 bits, seldom no memory");
	tap_result(run(128, seed + 5, 100, 30, false), "128 bits, seldom no memory");

	tap_result(run(32, seed + 6, 60, 0, true), "32 bits, compiled");
	tap_result(run(32, seed + 7, 60, 30, true),
		   "32 bits, compiled, seldom no memory");

	rtm_trie_caches_destroy();
	return tap_exit();
}
