// SPDX-License-Identifier: LGPL-2.1-or-later
#include <inttypes.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include "out.h"
#include "protocol.h"
#include "view.h"

static void address_text(uint32_t a, char text[NETWORK_TEXT])
{
	snprintf(text, NETWORK_TEXT, "%u.%u.%u.%u", a >> 24, a >> 16 & 0xff,
		 a >> 8 & 0xff, a & 0xff);
}

union route view_copy(uint32_t family, const void *routes, size_t i)
{
	size_t size = route_size(family);
	union route route = { };

	memcpy(&route, (const char *)routes + i * size, size);
	return route;
}

void view_network(uint32_t family, const union route *route,
		  char text[NETWORK_TEXT])
{
	size_t len;

	if (family == RTM_PROTOCOL_FAMILY_IPX) {
		snprintf(text, NETWORK_TEXT, "%08" PRIx32,
			 route->ipx.RR_Network.N_NetNumber);
		return;
	}
	if (!route->ip.RR_Network.N_NetMask) {
		snprintf(text, NETWORK_TEXT, "default");
		return;
	}
	address_text(route->ip.RR_Network.N_NetNumber, text);
	len = strlen(text);
	snprintf(text + len, NETWORK_TEXT - len, "/%d",
		 __builtin_popcount(route->ip.RR_Network.N_NetMask));
}

/* Empty: the destination is on the interface itself. */
static void next_hop_text(uint32_t family, const union route *route,
			  char text[NETWORK_TEXT])
{
	static const uint8_t none[6];
	const uint8_t *mac = route->ipx.RR_NextHopAddress.NHA_Mac;

	text[0] = '\0';
	if (family == RTM_PROTOCOL_FAMILY_IP) {
		if (route->ip.RR_NextHopAddress.N_NetNumber)
			address_text(route->ip.RR_NextHopAddress.N_NetNumber,
				     text);
	} else if (memcmp(mac, none, sizeof(none))) {
		snprintf(text, NETWORK_TEXT, "%02x:%02x:%02x:%02x:%02x:%02x",
			 mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
	}
}

/* Tables have many routes and few interfaces: the last name is kept. */
static const char *interface_name(uint32_t index)
{
	static char name[IF_NAMESIZE];
	static uint32_t last;

	if (index && index == last)
		return name;
	last = index;
	if (!index || !if_indextoname(index, name))
		snprintf(name, sizeof(name), "%" PRIu32, index);
	return name;
}

static void rare(const char *key, uint32_t value)
{
	if (value)
		out_number(key, 0, value);
}

static void view_ip(const RTM_IP_ROUTE *route)
{
	static const char *const types[] = {
		"none", "other", "invalid", "local", "remote"
	};
	const IP_SPECIFIC_DATA *data = &route->RR_FamilySpecificData;

	out_text("prio ");
	out_number("priority", -4, data->FSD_Priority);
	out_text("metric ");
	out_number("metric", -6, data->FSD_Metric);
	if (data->FSD_Type && data->FSD_Type < sizeof(types) / sizeof(*types))
		out_string("type", 0, types[data->FSD_Type]);
	else
		rare("type", data->FSD_Type);
	rare("policy", data->FSD_Policy);
	rare("next_hop_as", data->FSD_NextHopAS);
	rare("metric1", data->FSD_Metric1);
	rare("metric2", data->FSD_Metric2);
	rare("metric3", data->FSD_Metric3);
	rare("metric4", data->FSD_Metric4);
	rare("metric5", data->FSD_Metric5);
	rare("flags", data->FSD_Flags);
}

static void view_ipx(const RTM_IPX_ROUTE *route)
{
	const IPX_SPECIFIC_DATA *data = &route->RR_FamilySpecificData;

	out_text("ticks ");
	out_number("ticks", -5, data->FSD_TickCount);
	out_text("hops ");
	out_number("hops", -5, data->FSD_HopCount);
	rare("flags", data->FSD_Flags);
}

void view_route(uint32_t family, const union route *route,
		const RTM_ROUTE_INFO *info)
{
	union route aged = *route;
	char text[NETWORK_TEXT];
	char room[11];
	uint32_t age;

	view_network(family, route, text);
	out_string("dst", -18, text);
	next_hop_text(family, route, text);
	out_text("%-4s%-17s ", *text ? "via" : "", text);
	if (*text)
		out_string("gateway", 0, text);
	out_text("dev ");
	out_string("dev", -8, interface_name(route->ip.RR_InterfaceID));
	out_string("protocol", -13,
		   protocol_name(family, route->ip.RR_RoutingProtocol, room));
	if (family == RTM_PROTOCOL_FAMILY_IPX)
		view_ipx(&route->ipx);
	else
		view_ip(&route->ip);
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
