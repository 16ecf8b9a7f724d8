/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who is at the other end of a TCP connection on this machine. */
#ifndef RTMFIB_PEER_H
#define RTMFIB_PEER_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * The user who made the other end, of IPv4. false: it is not of this network
 * namespace, or has been closed already, which hides who made it.
 */
bool peer_user(int fd, uid_t *user);

#endif
