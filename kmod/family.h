/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RTM_FAMILY_H
#define RTM_FAMILY_H

#include <linux/types.h>

#define RTM_NR_FAMILIES		3

struct rtm_prio_entry;

/**
 * struct rtm_family - what differs between protocol families
 * @width: bits of a network number
 * @exact: destinations have the full width only
 * @next_hop_len: bytes of a next hop
 * @metrics: metrics that choose between routes, in order: metric, metric1
 * @metric_max: greatest value of those
 * @ip_fields: type, policy, next_hop_as, metric2-5, next_hop_mask have a
 *	meaning
 * @prios: priorities to begin with, ordered by protocol
 * @nr_prios: how many
 */
struct rtm_family {
	u8 width;
	bool exact;
	u8 next_hop_len;
	u8 metrics;
	u32 metric_max;
	bool ip_fields;
	const struct rtm_prio_entry *prios;
	unsigned int nr_prios;
};

extern const struct rtm_family rtm_families[RTM_NR_FAMILIES];

#endif /* RTM_FAMILY_H */
