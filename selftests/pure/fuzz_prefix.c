// SPDX-License-Identifier: LGPL-2.1-or-later
/* libFuzzer: prefixes as the input says, each beside the one before it. */
#include "fuzz.h"
#include "../../kmod/tests/prefix_model.h"
#include "prefix.h"

struct op {
	u64 hi;
	u64 lo;
	u8 len;
	u8 how;
	u8 bit;
};

const char *fuzz_unit(const u8 *data, size_t size)
{
	struct rtm_prefix a = {}, b;
	const char *error = NULL;
	struct op op;

	while (!error &&
	       fuzz_take(&data, &size, &op, offsetof(struct op, bit) + 1)) {
		b = a;
		if (op.how & 1) {
			b.hi = op.hi;
			b.lo = op.lo;
		}
		if (op.how & 2 && op.bit & 64)
			b.lo ^= BIT_ULL(op.bit % 64);
		else if (op.how & 2)
			b.hi ^= BIT_ULL(op.bit % 64);
		if (op.how & 4)
			b.len = op.len % (RTM_PREFIX_MAX + 1);
		if (op.how & 8) {
			b.hi &= rtm_prefix_mask_hi(b.len);
			b.lo &= rtm_prefix_mask_lo(b.len);
		}
		error = prefix_model_pair(&a, &b);
		fuzz_operations++;
		a = b;
	}
	return error;
}
