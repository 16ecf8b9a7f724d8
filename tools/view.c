// SPDX-License-Identifier: LGPL-2.1-or-later
#include <inttypes.h>
#include <net/if.h>
#include <stdio.h>

#include "out.h"
#include "protocol.h"
#include "view.h"

/* Tables have many routes and few interfaces: the last name is kept. */
static uint32_t last;

static const char *interface_name(uint32_t index)
{
	static char name[IF_NAMESIZE];

	if (index && index == last)
		return name;
	last = index;
	if (!index || !if_indextoname(index, name))
		snprintf(name, sizeof(name), "%" PRIu32, index);
	return name;
}

void view_forget_name(void)
{
	last = 0;
}

void view_route(const struct family *family, const union route *route,
		const RTM_ROUTE_INFO *info)
{
	union route aged = *route;
	char text[NETWORK_TEXT];
	char room[11];
	uint32_t age;

	family->network_text(route, text);
	out_string("dst", -family->width, text);
	family->next_hop_text(route, text);
	out_text("%-4s%-*s ", *text ? "via" : "", family->width - 1, text);
	if (*text)
		out_string("gateway", 0, text);
	out_text("dev ");
	out_string("dev", -8, interface_name(route->ip.RR_InterfaceID));
	out_string("protocol", -13,
		   protocol_name(family, route->ip.RR_RoutingProtocol, room));
	family->view_data(route);
	age = RtmGetRouteAge(&aged);
	if (age != INFINITE) {
		out_text("age ");
		out_number("age", -5, age);
	}
	if (info && info->TimeToLive != INFINITE) {
		out_text("ttl ");
		out_number("ttl", -5, info->TimeToLive);
	}
}
