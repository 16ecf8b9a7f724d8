/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the protocol families have of their own: how their routes are written. */
#ifndef RTMCTL_FAMILY_H
#define RTMCTL_FAMILY_H

#include <arpa/inet.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rtm.h"

/* An IPv6 address with its length is the longest. */
#define NETWORK_TEXT (INET6_ADDRSTRLEN + 4)

/* Up to RR_Network they are the same. */
union route {
	RTM_IP_ROUTE ip;
	RTM_IPV6_ROUTE ipv6;
	RTM_IPX_ROUTE ipx;
};

struct protocol;

struct family {
	uint32_t number;
	const char *name;
	const struct protocol *protocols;
	size_t route_size;
	size_t network_size;
	int width;		/* of the column of networks */

	bool (*parse_network)(const char *text, union route *route);
	/* As a network that longest match takes; NULL: there is none. */
	bool (*parse_address)(const char *text, union route *route);
	bool (*parse_next_hop)(const char *text, union route *route);
	bool (*parse_metric)(const char *text, union route *route);
	/* NULL: they have no such mark. */
	void (*set_invalid)(union route *route);
	void (*network_text)(const union route *route, char text[NETWORK_TEXT]);
	/* Empty: the destination is on the interface itself. */
	void (*next_hop_text)(const union route *route,
			      char text[NETWORK_TEXT]);
	bool (*same_next_hop)(const union route *a, const union route *b);
	/* The rest of the route as fields of the row. */
	void (*view_data)(const union route *route);
};

/* NULL if there is no such family. */
const struct family *family_by_name(const char *name);
const struct family *family_by_number(uint32_t number);

/* A copy out of an array of the library, which is of the family's own size. */
union route family_route(const struct family *family, const void *routes,
			 size_t i);

#endif
