/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which interfaces there are, and are up. */
#ifndef RTMFIB_LINK_H
#define RTMFIB_LINK_H

#include <linux/netlink.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * Of RTM_NEWLINK and RTM_DELLINK. Gives the index of an interface that has
 * gone down or away while it was up, or has come up; otherwise 0.
 */
uint32_t link_message(const struct nlmsghdr *nlh);

bool link_is_up(uint32_t index);

/*
 * Between a begin and its end all links are told; calls @gone for those others
 * that were up.
 */
void link_dump_begin(void);
void link_dump_end(void (*gone)(uint32_t index));

#endif
