/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The best routes that RTM has: read once, then followed by its messages, and
 * read again by audits. What is found is told to fib.h.
 */
#ifndef RTMFIB_AGREED_H
#define RTMFIB_AGREED_H

#include <stddef.h>

#include "hops.h"

struct agreed_route {
	struct prefix prefix;
	uint32_t protocol;
	uint32_t priority;
	uint32_t metric;
	bool invalid;
	struct hop hop;
};

/* Whether routes of equal priority and metric are put together. */
extern bool agreed_multipath;

/* Begins to watch both families; ends the program where that cannot be done. */
void agreed_open(void);

/* Readable while there are messages. */
int agreed_fd(void);

/* Takes some messages. true: there are more. */
bool agreed_take(void);

/* Whoever reads the tables: messages were lost. */
void agreed_lost(void);

/*
 * Reads both tables anew, a part of them with each agreed_read(), which says
 * whether that was the last one.
 */
void agreed_read_begin(void);
bool agreed_read(void);

/* The best route to an address, by longest match. */
bool agreed_lookup(int family, const struct address *address,
		   struct agreed_route *route);

#endif
