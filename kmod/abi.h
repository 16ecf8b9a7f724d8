/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RTM_ABI_H
#define RTM_ABI_H

#include <linux/errno.h>
#include <linux/rtm.h>
#include <asm/byteorder.h>

#include "family.h"
#include "route.h"
#include "walk.h"

/**
 * rtm_prefix_from_uapi() - a destination
 * @family: family
 * @rec: record; its network, prefix_len and reserved are read
 * @prefix: result
 *
 * -EINVAL: not one of the family's.
 */
static inline int rtm_prefix_from_uapi(const struct rtm_family *family,
				       const struct rtm_route_rec *rec,
				       struct rtm_prefix *prefix)
{
	const __be64 *word = (const __be64 *)rec->network;

	prefix->hi = be64_to_cpu(word[0]);
	prefix->lo = be64_to_cpu(word[1]);
	prefix->len = rec->prefix_len;
	if (rec->reserved[0] | rec->reserved[1] | rec->reserved[2] ||
	    !rtm_prefix_valid(prefix, family->width) ||
	    (family->exact && prefix->len != family->width))
		return -EINVAL;
	return 0;
}

int rtm_route_from_uapi(const struct rtm_family *family,
			const struct rtm_route_rec *rec,
			struct rtm_route_spec *spec);
int rtm_identity_from_uapi(const struct rtm_family *family,
			   const struct rtm_route_rec *rec,
			   struct rtm_route_spec *spec);
int rtm_criteria_from_uapi(const struct rtm_family *family, u32 match,
			   const struct rtm_route_rec *rec,
			   struct rtm_criteria *criteria);
void rtm_route_to_uapi(const struct rtm_table *table,
		       const struct rtm_route *route, u64 now, u64 sequence,
		       struct rtm_route_rec *rec);
void rtm_change_to_uapi(const struct rtm_table *table,
			const struct rtm_route *cur,
			const struct rtm_route *prev, u64 sequence,
			struct rtm_change_rec *rec);

#endif /* RTM_ABI_H */
