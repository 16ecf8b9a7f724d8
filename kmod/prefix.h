/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RTM_PREFIX_H
#define RTM_PREFIX_H

#include <linux/bitops.h>
#include <linux/minmax.h>
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

/**
 * struct rtm_key - a prefix that takes no more room than its family needs
 * @len: as rtm_prefix.len
 * @mark: the owner's, who may change it when he likes
 * @net: the words of the address: one, or four. Not more of it may be there than
 *	the family needs, so a key is never copied as a whole
 */
struct rtm_key {
	u8 len;
	u16 mark;
	u32 net[4];
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

/* How many of @len leading bits are zero in @hi and @lo. */
static inline unsigned int rtm_prefix_zeros(u64 hi, u64 lo, unsigned int len)
{
	if (hi)
		return min_t(unsigned int, len, 64 - fls64(hi));
	if (lo)
		return min_t(unsigned int, len, 128 - fls64(lo));
	return len;
}

/* @width: bits of an address: 32 or 128 */
static inline struct rtm_prefix rtm_key_prefix(const struct rtm_key *key,
					       unsigned int width)
{
	struct rtm_prefix p = {
		.hi = (u64)key->net[0] << 32,
		.len = key->len,
	};

	if (width > 32) {
		p.hi |= key->net[1];
		p.lo = (u64)key->net[2] << 32 | key->net[3];
	}
	return p;
}

static inline void rtm_key_set(struct rtm_key *key, const struct rtm_prefix *p,
			       unsigned int width)
{
	key->len = p->len;
	key->net[0] = p->hi >> 32;
	if (width > 32) {
		key->net[1] = p->hi;
		key->net[2] = p->lo >> 32;
		key->net[3] = p->lo;
	}
}

/* The six bits from @off on, zero past bit 127. */
static inline unsigned int rtm_prefix_six(u64 hi, u64 lo, unsigned int off)
{
	u64 bits;

	if (off <= 58)
		bits = hi << off;
	else if (off < 64)
		bits = hi << off | lo >> (64 - off);
	else
		bits = lo << (off - 64);
	return bits >> 58;
}

#endif /* RTM_PREFIX_H */
