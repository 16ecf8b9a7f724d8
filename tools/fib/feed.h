/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A client of RTM, and the changes that are gathered for it. */
#ifndef RTMFIB_FEED_H
#define RTMFIB_FEED_H

#include "agreed.h"

struct feed;

/*
 * Registers the protocol; NULL, and from feed_open() a word on stderr: RTM does
 * not take it.
 */
struct feed *feed_open(int family, uint32_t protocol);
struct feed *feed_try(int family, uint32_t protocol);

/*
 * Who is told of each route that RTM did not take, when it has been handed over;
 * puts and flushes nothing then.
 */
void feed_on_refused(struct feed *feed,
		     void (*call)(const struct agreed_route *route));

/* Ends it, and its routes in RTM. */
void feed_close(struct feed *feed);

/*
 * Gathers a route to add or to delete, which are handed over in the order that
 * they came in; at the latest by feed_flush().
 */
void feed_put(struct feed *feed, bool deleted, const struct agreed_route *route);
void feed_flush(struct feed *feed);

/* Routes that RTM did not take, since this was last asked. */
uint64_t feed_refused(struct feed *feed);

#endif
