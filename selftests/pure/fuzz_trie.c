// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * libFuzzer: the input says what is inserted, removed and looked up, and the
 * naive twin says what must come of it.
 */
#include "shim.h"
#include "../../kmod/tests/trie_model.h"

struct op {
	u8 what;
	u8 len;
	u8 extra;
	u8 where;
	u8 bits[4];
};

static struct trie_model m;

static const char *run(const struct op *op)
{
	struct rtm_prefix p = {};
	unsigned int width = m.trie.width;
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

	if (op->what % 8 == 7)
		return trie_model_match(&m, p.hi, p.lo, op->extra);

	p.hi &= rtm_prefix_mask_hi(p.len);
	p.lo &= rtm_prefix_mask_lo(p.len);
	switch (op->what % 8) {
	case 0:
	case 1:
	case 2:
		return trie_model_insert(&m, &p);
	case 3:
	case 4:
		return trie_model_remove(&m, &p);
	case 5:
		return trie_model_find(&m, &p);
	default:
		return trie_model_walk(&m, &p, op->extra & 1, op->extra >> 1);
	}
}

static void must(const char *error)
{
	if (!error)
		return;
	fprintf(stderr, "%s\n", error);
	abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool ready;
	struct op op;

	if (!ready)
		assert(!rtm_trie_caches_create());
	ready = true;
	if (!size)
		return 0;
	must(trie_model_init(&m, data[0] & 1 ? 128 : 32, 1));
	m.may_fail = data[0] & 2;
	for (data++, size--; size >= sizeof(op);
	     data += sizeof(op), size -= sizeof(op)) {
		memcpy(&op, data, sizeof(op));
		shim_fail_one_in = m.may_fail ? 4 : 0;
		must(run(&op));
	}
	shim_fail_one_in = 0;
	must(trie_model_check(&m));
	must(trie_model_exit(&m));
	must(shim_live_bytes() ? "memory leaked" : NULL);
	return 0;
}
