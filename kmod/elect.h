/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RTM_ELECT_H
#define RTM_ELECT_H

#include <linux/compiler.h>
#include <linux/types.h>

struct rtm_attr;
struct rtm_attr_key;
struct rtm_dest;
struct rtm_family;
struct rtm_prio_table;
struct rtm_route;

int rtm_identity_cmp(u32 protocol, const struct rtm_attr_key *key,
		     const struct rtm_attr *attr, unsigned int next_hop_len);
struct rtm_route __rcu **rtm_dest_slot(const struct rtm_family *family,
				       struct rtm_dest *dest, u32 protocol,
				       const struct rtm_attr_key *key,
				       bool single, bool *found);
struct rtm_route *rtm_elect(const struct rtm_family *family,
			    const struct rtm_prio_table *prio,
			    const struct rtm_dest *dest,
			    struct rtm_route *incumbent,
			    const struct rtm_route *without);
struct rtm_route *rtm_elect_added(const struct rtm_family *family,
				  const struct rtm_prio_table *prio,
				  const struct rtm_dest *dest,
				  struct rtm_route *route,
				  const struct rtm_route *old);

#endif /* RTM_ELECT_H */
