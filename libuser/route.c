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

static bool ip_network_to_uapi(const void *network, struct rtm_route_rec *rec)
{
	const IP_NETWORK *ip = network;

	if (ip_address_to_uapi(ip, rec) && !(ip->N_NetNumber & ~ip->N_NetMask))
		return true;
	rec->prefix_len = PREFIX_LEN_INVALID;
	return false;
}

static bool ip_destination_to_uapi(const void *route, struct rtm_route_rec *rec)
{
	const RTM_IP_ROUTE *ip = route;

	return ip_network_to_uapi(&ip->RR_Network, rec);
}

static void ip_identity_to_uapi(const void *route, struct rtm_route_rec *rec)
{
	const RTM_IP_ROUTE *ip = route;

	rec->protocol = ip->RR_RoutingProtocol;
	rec->interface = ip->RR_InterfaceID;
	put_be32(rec->next_hop,
		 order_to_uapi(ip->RR_NextHopAddress.N_NetNumber));
}

static void ip_data_to_uapi(const void *route, struct rtm_route_rec *rec)
{
	const RTM_IP_ROUTE *ip = route;
	const IP_SPECIFIC_DATA *data = &ip->RR_FamilySpecificData;

	memcpy(rec->psd, ip->RR_ProtocolSpecificData.PSD_Data,
	       sizeof(rec->psd));
	rec->next_hop_mask = order_to_uapi(ip->RR_NextHopAddress.N_NetMask);
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

static void ip_route_from_uapi(const struct rtm_route_rec *rec, void *route)
{
	RTM_IP_ROUTE *ip = route;

	ip->RR_TimeStamp = stamp_from_uapi(rec->stamp);
	ip->RR_RoutingProtocol = rec->protocol;
	ip->RR_InterfaceID = rec->interface;
	memcpy(ip->RR_ProtocolSpecificData.PSD_Data, rec->psd,
	       sizeof(rec->psd));
	ip->RR_Network.N_NetNumber = order_from_uapi(get_be32(rec->network));
	ip->RR_Network.N_NetMask =
		order_from_uapi(htonl(mask_of(rec->prefix_len)));
	ip->RR_NextHopAddress.N_NetNumber =
		order_from_uapi(get_be32(rec->next_hop));
	ip->RR_NextHopAddress.N_NetMask = order_from_uapi(rec->next_hop_mask);
	ip->RR_FamilySpecificData = (IP_SPECIFIC_DATA) {
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

/* IPX */

static bool ipx_network_to_uapi(const void *network, struct rtm_route_rec *rec)
{
	const IPX_NETWORK *ipx = network;

	put_be32(rec->network, order_to_uapi(ipx->N_NetNumber));
	rec->prefix_len = 32;
	return true;
}

static bool ipx_destination_to_uapi(const void *route,
				    struct rtm_route_rec *rec)
{
	const RTM_IPX_ROUTE *ipx = route;

	return ipx_network_to_uapi(&ipx->RR_Network, rec);
}

static void ipx_identity_to_uapi(const void *route, struct rtm_route_rec *rec)
{
	const RTM_IPX_ROUTE *ipx = route;

	rec->protocol = ipx->RR_RoutingProtocol;
	rec->interface = ipx->RR_InterfaceID;
	memcpy(rec->next_hop, ipx->RR_NextHopAddress.NHA_Mac,
	       sizeof(ipx->RR_NextHopAddress.NHA_Mac));
}

static void ipx_data_to_uapi(const void *route, struct rtm_route_rec *rec)
{
	const RTM_IPX_ROUTE *ipx = route;

	memcpy(rec->psd, ipx->RR_ProtocolSpecificData.PSD_Data,
	       sizeof(rec->psd));
	rec->metric = ipx->RR_FamilySpecificData.FSD_TickCount;
	rec->metric1 = ipx->RR_FamilySpecificData.FSD_HopCount;
	rec->flags = ipx->RR_FamilySpecificData.FSD_Flags;
}

static void ipx_route_from_uapi(const struct rtm_route_rec *rec, void *route)
{
	RTM_IPX_ROUTE *ipx = route;

	memset(ipx, 0, sizeof(*ipx));
	ipx->RR_TimeStamp = stamp_from_uapi(rec->stamp);
	ipx->RR_RoutingProtocol = rec->protocol;
	ipx->RR_InterfaceID = rec->interface;
	memcpy(ipx->RR_ProtocolSpecificData.PSD_Data, rec->psd,
	       sizeof(rec->psd));
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
		.network_to_uapi = ipx_network_to_uapi,
		.address_to_uapi = ipx_network_to_uapi,
		.destination_to_uapi = ipx_destination_to_uapi,
		.identity_to_uapi = ipx_identity_to_uapi,
		.data_to_uapi = ipx_data_to_uapi,
		.route_from_uapi = ipx_route_from_uapi,
	},
	{
		.number = RTM_PROTOCOL_FAMILY_IP,
		.route_size = sizeof(RTM_IP_ROUTE),
		.network_size = sizeof(IP_NETWORK),
		.network_to_uapi = ip_network_to_uapi,
		.address_to_uapi = ip_address_to_uapi,
		.destination_to_uapi = ip_destination_to_uapi,
		.identity_to_uapi = ip_identity_to_uapi,
		.data_to_uapi = ip_data_to_uapi,
		.route_from_uapi = ip_route_from_uapi,
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

bool position_to_uapi(const struct family *family, const void *route,
		      struct rtm_route_rec *rec)
{
	memset(rec, 0, sizeof(*rec));
	family->identity_to_uapi(route, rec);
	return family->destination_to_uapi(route, rec);
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

	family->data_to_uapi(route, rec);
	rec->ttl = ttl;
	return valid;
}

DWORD criteria_to_uapi(const struct family *family, DWORD flags,
		       const void *route, struct rtm_route_rec *rec)
{
	struct rtm_route_rec all = { 0 };

	memset(rec, 0, sizeof(*rec));
	if (flags & ~(DWORD)ENUMERATION_FLAGS)
		return ERROR_INVALID_PARAMETER;
	if (!(flags & ~(DWORD)RTM_ONLY_BEST_ROUTES))
		return NO_ERROR;
	if (!route)
		return ERROR_INVALID_PARAMETER;
	family->identity_to_uapi(route, &all);
	if (flags & RTM_ONLY_THIS_INTERFACE)
		rec->interface = all.interface;
	if (flags & RTM_ONLY_THIS_PROTOCOL)
		rec->protocol = all.protocol;
	if (flags & RTM_ONLY_THIS_NETWORK &&
	    !family->destination_to_uapi(route, rec))
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
	if (routes)
		family->route_from_uapi(rec, (char *)routes +
					     index * family->route_size);
}

void route_info_from_uapi(const struct rtm_route_rec *rec, RTM_ROUTE_INFO *info)
{
	*info = (RTM_ROUTE_INFO) {
		.Sequence = rec->sequence,
		.TimeToLive = rec->ttl,
	};
}
