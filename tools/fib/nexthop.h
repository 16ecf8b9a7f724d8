/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Next-hop objects as zebra sends them: a next hop, or a group of others, by
 * number. Routes refer to them, and follow what they become.
 */
#ifndef RTMFPM_NEXTHOP_H
#define RTMFPM_NEXTHOP_H

#include <linux/netlink.h>
#include <sys/queue.h>

#include "hops.h"

struct held;
LIST_HEAD(held_list, held);

/* Of RTM_NEWNEXTHOP and RTM_DELNEXTHOP; others are passed over. */
void nexthop_message(const struct nlmsghdr *nlh);

/*
 * What it stands for now, for routes of that family; to be released by
 * hops_put(). NULL: nothing.
 */
struct hops *nexthop_hops(uint32_t id, int family);

/* The routes that refer to it; where one has left them, so that it may go. */
struct held_list *nexthop_routes(uint32_t id);
void nexthop_left(uint32_t id);

/* All of them are forgotten; no route refers to any. */
void nexthop_forget(void);

/* Whoever has the routes: those of this list lead elsewhere. */
void nexthop_changed(struct held_list *routes);

#endif
