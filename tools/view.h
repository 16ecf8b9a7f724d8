/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How a route of either family looks. */
#ifndef RTMCTL_VIEW_H
#define RTMCTL_VIEW_H

#include <stddef.h>
#include <stdint.h>

#include "rtm.h"

#define NETWORK_TEXT 24

union route {
	RTM_IP_ROUTE ip;
	RTM_IPX_ROUTE ipx;
};

/* Arrays of the library are of the family's own size. */
static inline size_t route_size(uint32_t family)
{
	return family == RTM_PROTOCOL_FAMILY_IPX ? sizeof(RTM_IPX_ROUTE) :
						   sizeof(RTM_IP_ROUTE);
}

/* A copy out of such an array. */
union route view_copy(uint32_t family, const void *routes, size_t i);

void view_network(uint32_t family, const union route *route,
		  char text[NETWORK_TEXT]);

/* The route as fields of the row; @info may be NULL. */
void view_route(uint32_t family, const union route *route,
		const RTM_ROUTE_INFO *info);

#endif
