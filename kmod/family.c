// SPDX-License-Identifier: GPL-2.0
/*
 * The protocol families, indexed by their RTM version 1 numbers; IPv6, which
 * that does not have, comes after those.
 *
 * Protocol ids are those of routprot.h and ipxrtdef.h; priorities those that
 * RRAS publishes, and for BGP and IS-IS those that routers ship.
 */
#include <linux/kernel.h>
#include <linux/limits.h>

#include "family.h"
#include "prio.h"

static const struct rtm_prio_entry ip_prios[] = {
	{ 2, 1 },		/* local */
	{ 3, 10 },		/* netmgmt */
	{ 8, 120 },		/* RIP */
	{ 9, 115 },		/* IS-IS */
	{ 13, 110 },		/* OSPF */
	{ 14, 20 },		/* BGP */
	{ 10002, 7 },		/* autostatic */
	{ 10006, 3 },		/* static */
	{ 10007, 5 },		/* static, not dial-on-demand */
};

static const struct rtm_prio_entry ipx_prios[] = {
	{ 1, 1 },		/* local */
	{ 2, 3 },		/* static */
	{ 0x20000, 120 },	/* RIP */
};

const struct rtm_family rtm_families[RTM_NR_FAMILIES] = {
	[0] = {	/* IPX */
		.width = 32,
		.exact = true,
		.next_hop_len = 6,
		.metrics = 2,
		.metric_max = U16_MAX,
		.prios = ipx_prios,
		.nr_prios = ARRAY_SIZE(ipx_prios),
	},
	[1] = {	/* IP */
		.width = 32,
		.next_hop_len = 4,
		.metrics = 1,
		.metric_max = U32_MAX,
		.ip_fields = true,
		.prios = ip_prios,
		.nr_prios = ARRAY_SIZE(ip_prios),
	},
	[2] = {	/* IPv6 */
		.width = 128,
		.next_hop_len = 16,
		.metrics = 1,
		.metric_max = U32_MAX,
		.ip_fields = true,
		.prios = ip_prios,
		.nr_prios = ARRAY_SIZE(ip_prios),
	},
};
