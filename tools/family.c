// SPDX-License-Identifier: LGPL-2.1-or-later
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "family.h"
#include "out.h"
#include "parse.h"
#include "protocol.h"

static void rare(const char *key, uint32_t value)
{
	if (value)
		out_number(key, 0, value);
}

/* IP and IPv6 */

static void prefix_text(int af, const void *address, uint32_t len,
			char text[NETWORK_TEXT])
{
	size_t n;

	if (!len) {
		snprintf(text, NETWORK_TEXT, "default");
		return;
	}
	inet_ntop(af, address, text, NETWORK_TEXT);
	n = strlen(text);
	snprintf(text + n, NETWORK_TEXT - n, "/%" PRIu32, len);
}

static bool parse_ip_metric(const char *text, bool remote,
			    IP_SPECIFIC_DATA *data)
{
	/* RFC 1354: 3 is local, 4 remote. */
	data->FSD_Type = remote ? 4 : 3;
	data->FSD_Flags = IP_VALID_ROUTE;
	return parse_number(text, 0, UINT32_MAX, &data->FSD_Metric);
}

static void view_ip_data(const IP_SPECIFIC_DATA *data)
{
	static const char *const types[] = {
		"none", "other", "invalid", "local", "remote"
	};

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
	if (!(data->FSD_Flags & IP_VALID_ROUTE))
		out_text(" not valid");
}

/* IP */

static bool ip_parse_network(const char *text, union route *route)
{
	return parse_prefix(text, &route->ip.RR_Network.N_NetNumber,
			    &route->ip.RR_Network.N_NetMask);
}

static bool ip_parse_address(const char *text, union route *route)
{
	route->ip.RR_Network.N_NetMask = 0xffffffff;
	return parse_address(text, &route->ip.RR_Network.N_NetNumber);
}

static bool ip_parse_next_hop(const char *text, union route *route)
{
	route->ip.RR_NextHopAddress.N_NetMask = 0xffffffff;
	return parse_address(text, &route->ip.RR_NextHopAddress.N_NetNumber);
}

static bool ip_parse_metric(const char *text, union route *route)
{
	return parse_ip_metric(text, route->ip.RR_NextHopAddress.N_NetNumber,
			       &route->ip.RR_FamilySpecificData);
}

static void ip_set_invalid(union route *route)
{
	ClearRouteValid(&route->ip);
}

static void ip_network_text(const union route *route, char text[NETWORK_TEXT])
{
	const IP_NETWORK *network = &route->ip.RR_Network;
	struct in_addr in = { htonl(network->N_NetNumber) };

	prefix_text(AF_INET, &in, __builtin_popcount(network->N_NetMask), text);
}

static void ip_next_hop_text(const union route *route, char text[NETWORK_TEXT])
{
	struct in_addr in = { htonl(route->ip.RR_NextHopAddress.N_NetNumber) };

	text[0] = '\0';
	if (in.s_addr)
		inet_ntop(AF_INET, &in, text, NETWORK_TEXT);
}

static bool ip_same_next_hop(const union route *a, const union route *b)
{
	return a->ip.RR_NextHopAddress.N_NetNumber ==
	       b->ip.RR_NextHopAddress.N_NetNumber;
}

static void ip_view_data(const union route *route)
{
	view_ip_data(&route->ip.RR_FamilySpecificData);
}

/* IPv6 */

static bool ipv6_on_link(const union route *route)
{
	static const uint8_t none[16];

	return !memcmp(route->ipv6.RR_NextHopAddress.N_NetNumber, none,
		       sizeof(none));
}

static bool ipv6_parse_network(const char *text, union route *route)
{
	return parse_ipv6_prefix(text, route->ipv6.RR_Network.N_NetNumber,
				 &route->ipv6.RR_Network.N_PrefixLength);
}

static bool ipv6_parse_address(const char *text, union route *route)
{
	route->ipv6.RR_Network.N_PrefixLength = 128;
	return parse_ipv6_address(text, route->ipv6.RR_Network.N_NetNumber);
}

static bool ipv6_parse_next_hop(const char *text, union route *route)
{
	IPV6_NEXT_HOP_ADDRESS *hop = &route->ipv6.RR_NextHopAddress;

	hop->N_PrefixLength = 128;
	return parse_ipv6_address(text, hop->N_NetNumber);
}

static bool ipv6_parse_metric(const char *text, union route *route)
{
	return parse_ip_metric(text, !ipv6_on_link(route),
			       &route->ipv6.RR_FamilySpecificData);
}

static void ipv6_set_invalid(union route *route)
{
	ClearRouteValid(&route->ipv6);
}

static void ipv6_network_text(const union route *route, char text[NETWORK_TEXT])
{
	const IPV6_NETWORK *network = &route->ipv6.RR_Network;

	prefix_text(AF_INET6, network->N_NetNumber, network->N_PrefixLength,
		    text);
}

static void ipv6_next_hop_text(const union route *route,
			       char text[NETWORK_TEXT])
{
	text[0] = '\0';
	if (!ipv6_on_link(route))
		inet_ntop(AF_INET6, route->ipv6.RR_NextHopAddress.N_NetNumber,
			  text, NETWORK_TEXT);
}

static bool ipv6_same_next_hop(const union route *a, const union route *b)
{
	return !memcmp(a->ipv6.RR_NextHopAddress.N_NetNumber,
		       b->ipv6.RR_NextHopAddress.N_NetNumber,
		       sizeof(a->ipv6.RR_NextHopAddress.N_NetNumber));
}

static void ipv6_view_data(const union route *route)
{
	view_ip_data(&route->ipv6.RR_FamilySpecificData);
}

/* IPX */

static bool ipx_parse_network(const char *text, union route *route)
{
	return parse_ipx_network(text, &route->ipx.RR_Network.N_NetNumber);
}

static bool ipx_parse_next_hop(const char *text, union route *route)
{
	return parse_mac(text, route->ipx.RR_NextHopAddress.NHA_Mac);
}

static bool ipx_parse_metric(const char *text, union route *route)
{
	uint32_t ticks;

	if (!parse_number(text, 0, UINT16_MAX, &ticks))
		return false;
	route->ipx.RR_FamilySpecificData.FSD_TickCount = ticks;
	return true;
}

static void ipx_network_text(const union route *route, char text[NETWORK_TEXT])
{
	snprintf(text, NETWORK_TEXT, "%08" PRIx32,
		 route->ipx.RR_Network.N_NetNumber);
}

static void ipx_next_hop_text(const union route *route, char text[NETWORK_TEXT])
{
	static const uint8_t none[6];
	const uint8_t *mac = route->ipx.RR_NextHopAddress.NHA_Mac;

	text[0] = '\0';
	if (memcmp(mac, none, sizeof(none)))
		snprintf(text, NETWORK_TEXT, "%02x:%02x:%02x:%02x:%02x:%02x",
			 mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
}

static bool ipx_same_next_hop(const union route *a, const union route *b)
{
	return !memcmp(&a->ipx.RR_NextHopAddress, &b->ipx.RR_NextHopAddress,
		       sizeof(a->ipx.RR_NextHopAddress));
}

static void ipx_view_data(const union route *route)
{
	const IPX_SPECIFIC_DATA *data = &route->ipx.RR_FamilySpecificData;

	out_text("ticks ");
	out_number("ticks", -5, data->FSD_TickCount);
	out_text("hops ");
	out_number("hops", -5, data->FSD_HopCount);
	rare("flags", data->FSD_Flags);
}

/* All families */

static const struct family families[] = {
	{
		.number = RTM_PROTOCOL_FAMILY_IP,
		.name = "ip",
		.protocols = ip_protocols,
		.route_size = sizeof(RTM_IP_ROUTE),
		.network_size = sizeof(IP_NETWORK),
		.width = 18,
		.parse_network = ip_parse_network,
		.parse_address = ip_parse_address,
		.parse_next_hop = ip_parse_next_hop,
		.parse_metric = ip_parse_metric,
		.set_invalid = ip_set_invalid,
		.network_text = ip_network_text,
		.next_hop_text = ip_next_hop_text,
		.same_next_hop = ip_same_next_hop,
		.view_data = ip_view_data,
	},
	{
		.number = RTM_PROTOCOL_FAMILY_IPV6,
		.name = "ipv6",
		.protocols = ip_protocols,
		.route_size = sizeof(RTM_IPV6_ROUTE),
		.network_size = sizeof(IPV6_NETWORK),
		.width = 26,
		.parse_network = ipv6_parse_network,
		.parse_address = ipv6_parse_address,
		.parse_next_hop = ipv6_parse_next_hop,
		.parse_metric = ipv6_parse_metric,
		.set_invalid = ipv6_set_invalid,
		.network_text = ipv6_network_text,
		.next_hop_text = ipv6_next_hop_text,
		.same_next_hop = ipv6_same_next_hop,
		.view_data = ipv6_view_data,
	},
	{
		.number = RTM_PROTOCOL_FAMILY_IPX,
		.name = "ipx",
		.protocols = ipx_protocols,
		.route_size = sizeof(RTM_IPX_ROUTE),
		.network_size = sizeof(IPX_NETWORK),
		.width = 18,
		.parse_network = ipx_parse_network,
		.parse_next_hop = ipx_parse_next_hop,
		.parse_metric = ipx_parse_metric,
		.network_text = ipx_network_text,
		.next_hop_text = ipx_next_hop_text,
		.same_next_hop = ipx_same_next_hop,
		.view_data = ipx_view_data,
	},
};

#define FAMILIES (sizeof(families) / sizeof(*families))

const struct family *family_by_name(const char *name)
{
	size_t i;

	for (i = 0; i < FAMILIES; i++)
		if (!strcmp(families[i].name, name))
			return &families[i];
	return NULL;
}

const struct family *family_by_number(uint32_t number)
{
	size_t i;

	for (i = 0; i < FAMILIES; i++)
		if (families[i].number == number)
			return &families[i];
	return NULL;
}

union route family_route(const struct family *family, const void *routes,
			 size_t i)
{
	union route route = { };

	memcpy(&route, (const char *)routes + i * family->route_size,
	       family->route_size);
	return route;
}
