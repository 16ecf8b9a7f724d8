// SPDX-License-Identifier: LGPL-2.1-or-later
/* Routes: between the API's structures and the kernel's record. */
#include <arpa/inet.h>
#include <string.h>

#include "order.h"
#include "route.h"
#include "stamp.h"

#define ENUMERATION_FLAGS						\
	(RTM_ONLY_THIS_NETWORK | RTM_ONLY_THIS_INTERFACE |		\
	 RTM_ONLY_THIS_PROTOCOL | RTM_ONLY_BEST_ROUTES)

/* What the routes of all families begin with; their networks follow. */
_RTM_EXTENSION struct head {
	ROUTE_HEADER;
};

_Static_assert(sizeof(struct head) == offsetof(RTM_IP_ROUTE, RR_Network) &&
	       sizeof(struct head) == offsetof(RTM_IPV6_ROUTE, RR_Network) &&
	       sizeof(struct head) == offsetof(RTM_IPX_ROUTE, RR_Network),
	       "routes begin alike");

static const void *network_of(const void *route)
{
	return (const char *)route + sizeof(struct head);
}

static void put_be32(__u8 *bytes, __be32 value)
{
	memcpy(bytes, &value, sizeof(value));
}

static __be32 get_be32(const __u8 *bytes)
{
	__be32 value;

	memcpy(&value, bytes, sizeof(value));
	return value;
}

/* IP and IPv6: the same family-specific data */

static void ip_data_to_uapi(const IP_SPECIFIC_DATA *data,
			    struct rtm_route_rec *rec)
{
	rec->type = data->FSD_Type;
	rec->policy = data->FSD_Policy;
	rec->next_hop_as = data->FSD_NextHopAS;
	rec->metric = data->FSD_Metric;
	rec->metric1 = data->FSD_Metric1;
	rec->metric2 = data->FSD_Metric2;
	rec->metric3 = data->FSD_Metric3;
	rec->metric4 = data->FSD_Metric4;
	rec->metric5 = data->FSD_Metric5;
	rec->flags = data->FSD_Flags;
}

static IP_SPECIFIC_DATA ip_data_from_uapi(const struct rtm_route_rec *rec)
{
	return (IP_SPECIFIC_DATA) {
		.FSD_Type = rec->type,
		.FSD_Policy = rec->policy,
		.FSD_NextHopAS = rec->next_hop_as,
		.FSD_Priority = rec->priority,
		.FSD_Metric = rec->metric,
		.FSD_Metric1 = rec->metric1,
		.FSD_Metric2 = rec->metric2,
		.FSD_Metric3 = rec->metric3,
		.FSD_Metric4 = rec->metric4,
		.FSD_Metric5 = rec->metric5,
		.FSD_Flags = rec->flags,
	};
}

/* IP */

static DWORD mask_of(unsigned int prefix_len)
{
	return prefix_len ? ~(DWORD)0 << (32 - prefix_len) : 0;
}

static bool ip_address_to_uapi(const void *network, struct rtm_route_rec *rec)
{
	const IP_NETWORK *ip = network;
	DWORD mask = ntohl(order_to_uapi(ip->N_NetMask));

	put_be32(rec->network, order_to_uapi(ip->N_NetNumber));
	rec->prefix_len = __builtin_popcount(mask);
	if (mask != mask_of(rec->prefix_len))
		rec->prefix_len = PREFIX_LEN_INVALID;
	return rec->prefix_len != PREFIX_LEN_INVALID;
}

static void ip_next_hop_to_uapi(const void *route, struct rtm_route_rec *rec)
{
	const RTM_IP_ROUTE *ip = route;

	put_be32(rec->next_hop,
		 order_to_uapi(ip->RR_NextHopAddress.N_NetNumber));
}

static void ip_route_to_uapi(const void *route, struct rtm_route_rec *rec)
{
	const RTM_IP_ROUTE *ip = route;

	rec->next_hop_mask = order_to_uapi(ip->RR_NextHopAddress.N_NetMask);
	ip_data_to_uapi(&ip->RR_FamilySpecificData, rec);
}

static void ip_route_from_uapi(const struct rtm_route_rec *rec, void *route)
{
	RTM_IP_ROUTE *ip = route;

	ip->RR_Network.N_NetNumber = order_from_uapi(get_be32(rec->network));
	ip->RR_Network.N_NetMask =
		order_from_uapi(htonl(mask_of(rec->prefix_len)));
	ip->RR_NextHopAddress.N_NetNumber =
		order_from_uapi(get_be32(rec->next_hop));
	ip->RR_NextHopAddress.N_NetMask = order_from_uapi(rec->next_hop_mask);
	ip->RR_FamilySpecificData = ip_data_from_uapi(rec);
}

/* IPv6: addresses are bytes, which have no order of the machine's */

static bool ipv6_address_to_uapi(const void *network, struct rtm_route_rec *rec)
{
	const IPV6_NETWORK *ipv6 = network;

	memcpy(rec->network, ipv6->N_NetNumber, sizeof(rec->network));
	rec->prefix_len = ipv6->N_PrefixLength <= 128 ? ipv6->N_PrefixLength :
							PREFIX_LEN_INVALID;
	return rec->prefix_len != PREFIX_LEN_INVALID;
}

static void ipv6_next_hop_to_uapi(const void *route, struct rtm_route_rec *rec)
{
	const RTM_IPV6_ROUTE *ipv6 = route;

	memcpy(rec->next_hop, ipv6->RR_NextHopAddress.N_NetNumber,
	       sizeof(rec->next_hop));
}

static void ipv6_route_to_uapi(const void *route, struct rtm_route_rec *rec)
{
	const RTM_IPV6_ROUTE *ipv6 = route;

	rec->next_hop_mask = htonl(ipv6->RR_NextHopAddress.N_PrefixLength);
	ip_data_to_uapi(&ipv6->RR_FamilySpecificData, rec);
}

static void ipv6_route_from_uapi(const struct rtm_route_rec *rec, void *route)
{
	RTM_IPV6_ROUTE *ipv6 = route;

	memcpy(ipv6->RR_Network.N_NetNumber, rec->network,
	       sizeof(rec->network));
	ipv6->RR_Network.N_PrefixLength = rec->prefix_len;
	memcpy(ipv6->RR_NextHopAddress.N_NetNumber, rec->next_hop,
	       sizeof(rec->next_hop));
	ipv6->RR_NextHopAddress.N_PrefixLength = ntohl(rec->next_hop_mask);
	ipv6->RR_FamilySpecificData = ip_data_from_uapi(rec);
}

/* IPX */

static bool ipx_address_to_uapi(const void *network, struct rtm_route_rec *rec)
{
	const IPX_NETWORK *ipx = network;

	put_be32(rec->network, order_to_uapi(ipx->N_NetNumber));
	rec->prefix_len = 32;
	return true;
}

static void ipx_next_hop_to_uapi(const void *route, struct rtm_route_rec *rec)
{
	const RTM_IPX_ROUTE *ipx = route;

	memcpy(rec->next_hop, ipx->RR_NextHopAddress.NHA_Mac,
	       sizeof(ipx->RR_NextHopAddress.NHA_Mac));
}

static void ipx_route_to_uapi(const void *route, struct rtm_route_rec *rec)
{
	const RTM_IPX_ROUTE *ipx = route;

	rec->metric = ipx->RR_FamilySpecificData.FSD_TickCount;
	rec->metric1 = ipx->RR_FamilySpecificData.FSD_HopCount;
	rec->flags = ipx->RR_FamilySpecificData.FSD_Flags;
}

static void ipx_route_from_uapi(const struct rtm_route_rec *rec, void *route)
{
	RTM_IPX_ROUTE *ipx = route;

	ipx->RR_Network.N_NetNumber = order_from_uapi(get_be32(rec->network));
	memcpy(ipx->RR_NextHopAddress.NHA_Mac, rec->next_hop,
	       sizeof(ipx->RR_NextHopAddress.NHA_Mac));
	ipx->RR_FamilySpecificData.FSD_TickCount = rec->metric;
	ipx->RR_FamilySpecificData.FSD_HopCount = rec->metric1;
	ipx->RR_FamilySpecificData.FSD_Flags = rec->flags;
}

/* All families */

static const struct family families[] = {
	{
		.number = RTM_PROTOCOL_FAMILY_IPX,
		.route_size = sizeof(RTM_IPX_ROUTE),
		.network_size = sizeof(IPX_NETWORK),
		.address_to_uapi = ipx_address_to_uapi,
		.next_hop_to_uapi = ipx_next_hop_to_uapi,
		.data_to_uapi = ipx_route_to_uapi,
		.data_from_uapi = ipx_route_from_uapi,
	},
	{
		.number = RTM_PROTOCOL_FAMILY_IP,
		.route_size = sizeof(RTM_IP_ROUTE),
		.network_size = sizeof(IP_NETWORK),
		.address_to_uapi = ip_address_to_uapi,
		.next_hop_to_uapi = ip_next_hop_to_uapi,
		.data_to_uapi = ip_route_to_uapi,
		.data_from_uapi = ip_route_from_uapi,
	},
	{
		.number = RTM_PROTOCOL_FAMILY_IPV6,
		.route_size = sizeof(RTM_IPV6_ROUTE),
		.network_size = sizeof(IPV6_NETWORK),
		.address_to_uapi = ipv6_address_to_uapi,
		.next_hop_to_uapi = ipv6_next_hop_to_uapi,
		.data_to_uapi = ipv6_route_to_uapi,
		.data_from_uapi = ipv6_route_from_uapi,
	},
};

const struct family *family_find(DWORD number)
{
	size_t i;

	for (i = 0; i < sizeof(families) / sizeof(families[0]); i++)
		if (families[i].number == number)
			return &families[i];
	return NULL;
}

static bool bits_beyond(const __u8 *network, unsigned int prefix_len)
{
	unsigned int at = prefix_len / 8;
	__u8 beyond = 0xff >> prefix_len % 8;

	for (; at < 16; at++) {
		if (network[at] & beyond)
			return true;
		beyond = 0xff;
	}
	return false;
}

bool network_to_uapi(const struct family *family, const void *network,
		     struct rtm_route_rec *rec)
{
	if (family->address_to_uapi(network, rec) &&
	    !bits_beyond(rec->network, rec->prefix_len))
		return true;
	rec->prefix_len = PREFIX_LEN_INVALID;
	return false;
}

bool position_to_uapi(const struct family *family, const void *route,
		      struct rtm_route_rec *rec)
{
	struct head head;

	memcpy(&head, route, sizeof(head));
	memset(rec, 0, sizeof(*rec));
	rec->protocol = head.RR_RoutingProtocol;
	rec->interface = head.RR_InterfaceID;
	family->next_hop_to_uapi(route, rec);
	return network_to_uapi(family, network_of(route), rec);
}

bool route_key_to_uapi(const struct family *family, const void *route,
		       struct rtm_route_rec *rec)
{
	bool valid = position_to_uapi(family, route, rec);

	rec->protocol = 0;
	return valid;
}

bool route_to_uapi(const struct family *family, const void *route, DWORD ttl,
		   struct rtm_route_rec *rec)
{
	bool valid = route_key_to_uapi(family, route, rec);
	struct head head;

	memcpy(&head, route, sizeof(head));
	memcpy(rec->psd, head.RR_ProtocolSpecificData.PSD_Data,
	       sizeof(rec->psd));
	family->data_to_uapi(route, rec);
	rec->ttl = ttl;
	return valid;
}

DWORD criteria_to_uapi(const struct family *family, DWORD flags,
		       const void *route, struct rtm_route_rec *rec)
{
	struct head head;

	memset(rec, 0, sizeof(*rec));
	if (flags & ~(DWORD)ENUMERATION_FLAGS)
		return ERROR_INVALID_PARAMETER;
	if (!(flags & ~(DWORD)RTM_ONLY_BEST_ROUTES))
		return NO_ERROR;
	if (!route)
		return ERROR_INVALID_PARAMETER;
	memcpy(&head, route, sizeof(head));
	if (flags & RTM_ONLY_THIS_INTERFACE)
		rec->interface = head.RR_InterfaceID;
	if (flags & RTM_ONLY_THIS_PROTOCOL)
		rec->protocol = head.RR_RoutingProtocol;
	if (flags & RTM_ONLY_THIS_NETWORK &&
	    !network_to_uapi(family, network_of(route), rec))
		return ERROR_INVALID_PARAMETER;
	return NO_ERROR;
}

bool ttl_is_valid(DWORD ttl)
{
	return ttl == INFINITE || (ttl >= 1 && ttl <= RTM_MAX_TIME_TO_LIVE);
}

void route_from_uapi(const struct family *family,
		     const struct rtm_route_rec *rec, void *routes,
		     size_t index)
{
	struct head head;
	char *route;

	if (!routes)
		return;
	route = (char *)routes + index * family->route_size;
	head.RR_TimeStamp = stamp_from_uapi(rec->stamp);
	head.RR_RoutingProtocol = rec->protocol;
	head.RR_InterfaceID = rec->interface;
	memcpy(head.RR_ProtocolSpecificData.PSD_Data, rec->psd,
	       sizeof(rec->psd));
	/* Padding is zero. */
	memset(route, 0, family->route_size);
	memcpy(route, &head, sizeof(head));
	family->data_from_uapi(rec, route);
}

void route_info_from_uapi(const struct rtm_route_rec *rec, RTM_ROUTE_INFO *info)
{
	*info = (RTM_ROUTE_INFO) {
		.Sequence = rec->sequence,
		.TimeToLive = rec->ttl,
	};
}
