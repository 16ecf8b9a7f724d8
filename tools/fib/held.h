/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The routes that zebra has sent, and what of them is in RTM. Where zebra
 * changes a route it deletes it and adds it again; RTM and all that follow it
 * are to see one change, so deletions wait a moment for what follows them.
 */
#ifndef RTMFPM_HELD_H
#define RTMFPM_HELD_H

#include "kroute.h"
#include "nexthop.h"

/* That long, in milliseconds. */
extern uint32_t held_settle;

/* Takes one route of zebra, or its deletion. */
void held_message(const struct kroute *route, bool deleted);

/*
 * Hands over some of what has changed. Returns after how many milliseconds
 * there is more to do, or -1.
 */
int held_commit(void);

/*
 * All are stale now; those that are sent again are not. Next hops of theirs
 * that had a number stay what they were, whatever the numbers come to mean.
 */
void held_mark(void);

/* Lets go those that are stale still. */
void held_sweep(void);

#endif
