// SPDX-License-Identifier: GPL-2.0
/* The prefix helpers against loops over single bits. */
#include <linux/minmax.h>
#include <linux/string.h>

#include "../prefix.h"
#include "prefix_model.h"

static bool model_bit(const struct rtm_prefix *p, unsigned int i)
{
	if (i >= RTM_PREFIX_MAX)
		return false;
	return (i < 64 ? p->hi >> (63 - i) : p->lo >> (127 - i)) & 1;
}

/* The first bit in which they differ. */
static unsigned int model_common(const struct rtm_prefix *a,
				 const struct rtm_prefix *b)
{
	unsigned int i;

	for (i = 0; i < RTM_PREFIX_MAX; i++)
		if (model_bit(a, i) != model_bit(b, i))
			break;
	return i;
}

static int model_sign(int n)
{
	if (!n)
		return 0;
	return n > 0 ? 1 : -1;
}

static int model_cmp(const struct rtm_prefix *a, const struct rtm_prefix *b)
{
	unsigned int i = model_common(a, b);

	if (i < RTM_PREFIX_MAX)
		return model_bit(a, i) ? 1 : -1;
	return model_sign((int)a->len - b->len);
}

static bool model_valid(const struct rtm_prefix *p, unsigned int width)
{
	unsigned int i;

	for (i = p->len; i < RTM_PREFIX_MAX; i++)
		if (model_bit(p, i))
			return false;
	return p->len <= width;
}

static unsigned int model_six(const struct rtm_prefix *p, unsigned int off)
{
	unsigned int x = 0, i;

	for (i = off; i < off + 6; i++)
		x = x << 1 | model_bit(p, i);
	return x;
}

/* The first @len bits of an address. */
static struct rtm_prefix model_cut(const struct rtm_prefix *p, unsigned int len)
{
	struct rtm_prefix cut = { .len = len };
	unsigned int i;

	for (i = 0; i < len; i++) {
		if (i < 64)
			cut.hi |= (u64)model_bit(p, i) << (63 - i);
		else
			cut.lo |= (u64)model_bit(p, i) << (127 - i);
	}
	return cut;
}

/* There and back, and nothing else of the key is touched. */
static const char *model_key(const struct rtm_prefix *p, unsigned int width)
{
	const unsigned int len = min_t(unsigned int, p->len, width);
	const struct rtm_prefix cut = model_cut(p, len);
	struct rtm_prefix back;
	struct rtm_key key;
	unsigned int i;

	memset(&key, 0xa5, sizeof(key));
	rtm_key_set(&key, &cut, width);
	for (i = 0; i < RTM_PREFIX_MAX; i++)
		if ((key.net[i / 32] >> (31 - i % 32) & 1) !=
		    (i < width ? model_bit(&cut, i) : 0xa5 >> (7 - i % 8) & 1))
			return "rtm_key_set";
	if (key.len != cut.len || key.mark != 0xa5a5)
		return "rtm_key_set";
	back = rtm_key_prefix(&key, width);
	return model_cmp(&back, &cut) ? "rtm_key_prefix" : NULL;
}

const char *prefix_model_pair(const struct rtm_prefix *a,
			      const struct rtm_prefix *b)
{
	static const struct rtm_prefix ones = { .hi = ~0ULL, .lo = ~0ULL };
	const struct rtm_prefix mask = model_cut(&ones, b->len);
	const char *error;
	unsigned int off;

	if (rtm_prefix_mask_hi(b->len) != mask.hi)
		return "rtm_prefix_mask_hi";
	if (rtm_prefix_mask_lo(b->len) != mask.lo)
		return "rtm_prefix_mask_lo";
	if (model_sign(rtm_prefix_cmp(a, b)) != model_cmp(a, b) ||
	    model_sign(rtm_prefix_cmp(b, a)) != -model_cmp(a, b))
		return "rtm_prefix_cmp";
	if (rtm_prefix_equal(a, b) != !model_cmp(a, b))
		return "rtm_prefix_equal";
	if (rtm_prefix_covers(a, b) !=
	    (a->len <= b->len && model_common(a, b) >= a->len))
		return "rtm_prefix_covers";
	if (rtm_prefix_zeros(a->hi ^ b->hi, a->lo ^ b->lo, b->len) !=
	    min_t(unsigned int, b->len, model_common(a, b)))
		return "rtm_prefix_zeros";
	if (rtm_prefix_valid(b, 32) != model_valid(b, 32) ||
	    rtm_prefix_valid(b, 128) != model_valid(b, 128))
		return "rtm_prefix_valid";
	for (off = 0; off < RTM_PREFIX_MAX; off++)
		if (rtm_prefix_six(b->hi, b->lo, off) != model_six(b, off))
			return "rtm_prefix_six";
	error = model_key(b, 32);
	return error ?: model_key(b, 128);
}

static u64 model_next(u64 *state)
{
	*state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
	return *state ^ *state >> 32;
}

const char *prefix_model_check(u64 seed, unsigned int rounds)
{
	struct rtm_prefix a = {}, b;
	const char *error = NULL;

	while (rounds-- && !error) {
		/* Mostly few bits apart, often with bits past the length. */
		b = a;
		b.len = model_next(&seed) % (RTM_PREFIX_MAX + 1);
		if (model_next(&seed) % 2)
			b.hi ^= 1ULL << model_next(&seed) % 64;
		if (model_next(&seed) % 2)
			b.lo ^= 1ULL << model_next(&seed) % 64;
		if (model_next(&seed) % 4 == 0) {
			b.hi = model_next(&seed);
			b.lo = model_next(&seed);
		}
		if (model_next(&seed) % 2)
			b = model_cut(&b, b.len);
		error = prefix_model_pair(&a, &b);
		a = b;
	}
	return error;
}
