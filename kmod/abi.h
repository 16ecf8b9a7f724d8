/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RTM_ABI_H
#define RTM_ABI_H

#include <linux/rtm.h>

#include "route.h"
#include "walk.h"

struct rtm_family;

int rtm_prefix_from_uapi(const struct rtm_family *family,
			 const struct rtm_route_rec *rec,
			 struct rtm_prefix *prefix);
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
