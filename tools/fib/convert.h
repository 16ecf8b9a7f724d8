/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Routes of librtm, of either family, and routes as they are dealt with here. */
#ifndef RTMFIB_CONVERT_H
#define RTMFIB_CONVERT_H

#include <rtm.h>

#include "agreed.h"

/* RTM_PROTOCOL_FAMILY_* of AF_INET or AF_INET6. */
uint32_t rtm_family(int family);

size_t rtm_route_size(int family);

/* The i-th of an array of the family's routes. */
static inline void *rtm_route_at(int family, void *routes, size_t i)
{
	return (char *)routes + i * rtm_route_size(family);
}

void rtm_route_read(int family, const void *rtm, struct agreed_route *route);

/* Writes all but what the manager does. Type: remote, or local without via. */
void rtm_route_write(int family, void *rtm, const struct agreed_route *route);

/* A network as a longest match takes it, of that address. */
void rtm_address_write(int family, void *network,
		       const struct address *address);

#endif
