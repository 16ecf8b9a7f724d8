/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RTM_PREFIX_H
#define RTM_PREFIX_H

#include <linux/types.h>

#define RTM_PREFIX_MAX	128

/**
 * struct rtm_prefix - a network: an address and how many of its bits count
 * @hi: bits 0 to 63 in host order, bit 0 the most significant
 * @lo: bits 64 to 127
 * @len: number of leading bits that count
 *
 * Left-aligned whatever the family: an IPv4 address or an IPX network number
 * fills the upper half of @hi. Bits from @len on are zero.
 */
struct rtm_prefix {
	u64 hi;
	u64 lo;
	u8 len;
};

static inline u64 rtm_prefix_mask_hi(unsigned int len)
{
	if (len >= 64)
		return ~0ULL;
	return len ? ~0ULL << (64 - len) : 0;
}

static inline u64 rtm_prefix_mask_lo(unsigned int len)
{
	return len > 64 ? ~0ULL << (128 - len) : 0;
}

/* Fits an address of @width bits and has no bit set from @len on. */
static inline bool rtm_prefix_valid(const struct rtm_prefix *p,
				    unsigned int width)
{
	return p->len <= width && !(p->hi & ~rtm_prefix_mask_hi(p->len)) &&
	       !(p->lo & ~rtm_prefix_mask_lo(p->len));
}

static inline bool rtm_prefix_equal(const struct rtm_prefix *a,
				    const struct rtm_prefix *b)
{
	return a->hi == b->hi && a->lo == b->lo && a->len == b->len;
}

/* Walk order: by address, and of one address the shorter first. */
static inline int rtm_prefix_cmp(const struct rtm_prefix *a,
				 const struct rtm_prefix *b)
{
	if (a->hi != b->hi)
		return a->hi < b->hi ? -1 : 1;
	if (a->lo != b->lo)
		return a->lo < b->lo ? -1 : 1;
	return (int)a->len - b->len;
}

/* Every address of @b is one of @a's; a prefix covers itself. */
static inline bool rtm_prefix_covers(const struct rtm_prefix *a,
				     const struct rtm_prefix *b)
{
	return a->len <= b->len &&
	       !((a->hi ^ b->hi) & rtm_prefix_mask_hi(a->len)) &&
	       !((a->lo ^ b->lo) & rtm_prefix_mask_lo(a->len));
}

/*
 * The six bits from @off on, zero past bit 127. They must not straddle the two
 * words: @off is at most 58, or 64 and above.
 */
static inline unsigned int rtm_prefix_six(u64 hi, u64 lo, unsigned int off)
{
	return ((off < 64 ? hi : lo) << (off & 63)) >> 58;
}

#endif /* RTM_PREFIX_H */
