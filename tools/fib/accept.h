/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Connections, one at a time, however fast others come. */
#ifndef RTMFIB_ACCEPT_H
#define RTMFIB_ACCEPT_H

#include <stdbool.h>

#include <event2/event.h>

/*
 * For the callback of @listening, an event of a socket that listens and does not
 * block: the next connection, or negative. All else has its turn before there is
 * another one, and where there are no descriptors, and @make_room (or NULL) gives
 * none back, a second passes.
 */
int accept_one(struct event *listening, bool (*make_room)(void));

#endif
