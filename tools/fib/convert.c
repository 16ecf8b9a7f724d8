// SPDX-License-Identifier: LGPL-2.1-or-later
#include "convert.h"

/* RFC 1354 */
enum { TYPE_LOCAL = 3, TYPE_REMOTE = 4 };

uint32_t rtm_family(int family)
{
	return family == AF_INET ? RTM_PROTOCOL_FAMILY_IP :
				   RTM_PROTOCOL_FAMILY_IPV6;
}

size_t rtm_route_size(int family)
{
	return family == AF_INET ? sizeof(RTM_IP_ROUTE) : sizeof(RTM_IPV6_ROUTE);
}

static struct address from_number(uint32_t number)
{
	struct address a = { };
	uint32_t n = htonl(number);

	memcpy(&a, &n, sizeof(n));
	return a;
}

static uint32_t to_number(const struct address *a)
{
	uint32_t n;

	memcpy(&n, a, sizeof(n));
	return ntohl(n);
}

static uint32_t mask_of(unsigned int len)
{
	return len ? UINT32_MAX << (32 - len) : 0;
}

static void read_ipv4(const RTM_IP_ROUTE *r, struct agreed_route *route)
{
	route->prefix.len = __builtin_popcount(r->RR_Network.N_NetMask);
	route->prefix.address = from_number(r->RR_Network.N_NetNumber);
	route->hop.via = from_number(r->RR_NextHopAddress.N_NetNumber);
}

static void read_ipv6(const RTM_IPV6_ROUTE *r, struct agreed_route *route)
{
	route->prefix.len = r->RR_Network.N_PrefixLength;
	memcpy(&route->prefix.address, r->RR_Network.N_NetNumber, 16);
	memcpy(&route->hop.via, r->RR_NextHopAddress.N_NetNumber, 16);
}

/* What both have stands before the network, and in the same data. */
static const IP_SPECIFIC_DATA *data_of(int family, const void *rtm)
{
	return family == AF_INET ?
	       &((const RTM_IP_ROUTE *)rtm)->RR_FamilySpecificData :
	       &((const RTM_IPV6_ROUTE *)rtm)->RR_FamilySpecificData;
}

void rtm_route_read(int family, const void *rtm, struct agreed_route *route)
{
	const IP_SPECIFIC_DATA *data = data_of(family, rtm);
	const RTM_IP_ROUTE *head = rtm;

	*route = (struct agreed_route){
		.prefix.family = family,
		.protocol = head->RR_RoutingProtocol,
		.priority = data->FSD_Priority,
		.metric = data->FSD_Metric,
		.invalid = !(data->FSD_Flags & IP_VALID_ROUTE),
		.hop.oif = head->RR_InterfaceID,
	};
	if (family == AF_INET)
		read_ipv4(rtm, route);
	else
		read_ipv6(rtm, route);
}

void rtm_route_write(int family, void *rtm, const struct agreed_route *route)
{
	bool local = address_is_zero(&route->hop.via);
	IP_SPECIFIC_DATA data = {
		.FSD_Type = local ? TYPE_LOCAL : TYPE_REMOTE,
		.FSD_Metric = route->metric,
		.FSD_Flags = route->invalid ? 0 : IP_VALID_ROUTE,
	};

	if (family == AF_INET) {
		*(RTM_IP_ROUTE *)rtm = (RTM_IP_ROUTE){
			.RR_InterfaceID = route->hop.oif,
			.RR_Network.N_NetNumber =
				to_number(&route->prefix.address),
			.RR_Network.N_NetMask = mask_of(route->prefix.len),
			.RR_NextHopAddress.N_NetNumber =
				to_number(&route->hop.via),
			.RR_NextHopAddress.N_NetMask = local ? 0 : UINT32_MAX,
			.RR_FamilySpecificData = data,
		};
	} else {
		RTM_IPV6_ROUTE *r = rtm;

		*r = (RTM_IPV6_ROUTE){
			.RR_InterfaceID = route->hop.oif,
			.RR_Network.N_PrefixLength = route->prefix.len,
			.RR_NextHopAddress.N_PrefixLength = local ? 0 : 128,
			.RR_FamilySpecificData = data,
		};
		memcpy(r->RR_Network.N_NetNumber, &route->prefix.address, 16);
		memcpy(r->RR_NextHopAddress.N_NetNumber, &route->hop.via, 16);
	}
}

void rtm_address_write(int family, void *network, const struct address *address)
{
	if (family == AF_INET) {
		*(IP_NETWORK *)network = (IP_NETWORK){
			.N_NetNumber = to_number(address),
			.N_NetMask = UINT32_MAX,
		};
	} else {
		IPV6_NETWORK *n = network;

		n->N_PrefixLength = 128;
		memcpy(n->N_NetNumber, address, 16);
	}
}
