/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What rtmctl asks: a word a line on a unix socket of an abstract name, which
 * belongs to the network namespace as the agent does. The answer is an object
 * of JSON a line, and an empty line: without that, it has broken off.
 */
#ifndef RTMFIB_CONTROL_H
#define RTMFIB_CONTROL_H

#define CONTROL_NAME "rtmfib"

struct event_base;

/*
 * Ends the program where another agent is there already. Where the name is taken
 * by who may have none, there is no socket.
 */
void control_open(struct event_base *base);

#endif
