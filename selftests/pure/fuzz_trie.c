// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * libFuzzer: the input says what is inserted, removed and looked up, and the
 * naive twin says what must come of it.
 */
#include "fuzz.h"
#include "../../kmod/tests/trie_model.h"

struct op {
	u8 what;
	u8 len;
	u8 extra;
	u8 where;
	u8 bits[4];
};

static struct trie_model m;

/* With bits past its length, too. */
static struct rtm_prefix address(const struct op *op)
{
	unsigned int width = m.trie.width;
	struct rtm_prefix p = {};
	u64 bits;

	/* Four bytes of the address vary, at any place in it. */
	bits = (u64)op->bits[0] << 24 | op->bits[1] << 16 | op->bits[2] << 8 |
	       op->bits[3];
	if (width == 32)
		p.hi = bits << 32;
	else if (op->where % 128 < 32)
		p.hi = bits << (op->where % 128);
	else if (op->where % 128 < 64)
		p.hi = bits << 32;
	else
		p.lo = bits << (op->where % 32);
	p.len = op->len % (width + 1);
	return p;
}

static struct rtm_prefix prefix(const struct op *op)
{
	struct rtm_prefix p = address(op);

	p.hi &= rtm_prefix_mask_hi(p.len);
	p.lo &= rtm_prefix_mask_lo(p.len);
	return p;
}

/* What follows in the input is said to follow: it may do so, or not. */
static const char *insert(const struct rtm_prefix *p, const u8 *data,
			  size_t size)
{
	struct rtm_prefix some[4] = { *p };
	unsigned int n = 1;
	struct op op;

	while (n < ARRAY_SIZE(some) &&
	       fuzz_take(&data, &size, &op, sizeof(op)))
		some[n++] = prefix(&op);
	return trie_model_insert_first(&m, some, n);
}

static const char *run(const struct op *op, const u8 *data, size_t size)
{
	struct rtm_prefix p = address(op);
	const char *error;

	if (op->what % 8 == 7)
		return trie_model_match(&m, p.hi, p.lo, op->extra);
	/* So that something is compiled when something changes. */
	if (op->what >= 0xe0 && m.trie.width == 32) {
		error = trie_model_compile(&m);
		if (error)
			return error;
	}

	p = prefix(op);
	switch (op->what % 8) {
	case 0:
	case 1:
		return trie_model_insert(&m, &p);
	case 2:
		return insert(&p, data, size);
	case 3:
	case 4:
		return trie_model_remove(&m, &p);
	case 5:
		return trie_model_find(&m, &p);
	default:
		return trie_model_walk(&m, &p, op->extra & 1, op->extra >> 1);
	}
}

const char *fuzz_unit(const u8 *data, size_t size)
{
	const char *error;
	static bool ready;
	struct op op;
	u8 how;

	if (!ready)
		assert(!rtm_trie_caches_create());
	ready = true;
	if (!fuzz_take(&data, &size, &how, 1))
		return NULL;
	error = trie_model_init(&m, how & 1 ? 128 : 32, 1);
	m.may_fail = how & 2;
	shim_fail_one_in = m.may_fail ? 4 : 0;
	for (; !error && fuzz_take(&data, &size, &op, sizeof(op));
	     fuzz_operations++)
		error = run(&op, data, size);
	shim_fail_one_in = 0;
	error = error ?: trie_model_check(&m);
	return error ?: trie_model_exit(&m);
}
