/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who is at the other end of a TCP connection. */
#ifndef RTMFIB_PEER_H
#define RTMFIB_PEER_H

#include <sys/types.h>

enum peer {
	PEER_USER,	/* of this network namespace: the user who made it */
	PEER_GONE,	/* who made it cannot be known: closed, or of IPv6 */
	PEER_ELSEWHERE,	/* of another one, or machine: by its address */
};

/* Of IPv4. Sets @user if that is known. */
enum peer peer_of(int fd, uid_t *user);

/*
 * A machine that dies does not say so: the connection ends when it has answered
 * nothing for 25 seconds. For where nothing is sent: TCP_USER_TIMEOUT would be
 * instead of the count, and time nothing else.
 */
void peer_watch(int fd);

#endif
