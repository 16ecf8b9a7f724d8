// SPDX-License-Identifier: LGPL-2.1-or-later
/* librtm without a kernel module: conversions, calls, errors. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../rtm.h"
#include "fake_device.h"
#include "tap.h"

#define IP	RTM_PROTOCOL_FAMILY_IP
#define IPX	RTM_PROTOCOL_FAMILY_IPX
#define IPV6	RTM_PROTOCOL_FAMILY_IPV6

/* Windows has no such structures to compare these with. */
#define LIES_AT(offset, member)						\
	_Static_assert(offsetof(RTM_IPV6_ROUTE, member) == (offset), #member)
_Static_assert(sizeof(RTM_IPV6_ROUTE) == 116, "RTM_IPV6_ROUTE");
_Static_assert(sizeof(IPV6_NETWORK) == 20, "IPV6_NETWORK");
_Static_assert(offsetof(IPV6_NETWORK, N_PrefixLength) == 16, "N_PrefixLength");
LIES_AT(0, RR_TimeStamp);
LIES_AT(8, RR_RoutingProtocol);
LIES_AT(12, RR_InterfaceID);
LIES_AT(16, RR_ProtocolSpecificData);
LIES_AT(32, RR_Network);
LIES_AT(52, RR_NextHopAddress);
LIES_AT(72, RR_FamilySpecificData);

static void reset(void)
{
	memset(&fake, 0, sizeof(fake));
}

/* In a process of its own, since what it decides is decided for good. */
static bool in_child(bool (*test)(void))
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		alarm(60);
		_exit(test() ? 0 : 1);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid && !status;
}

static RTM_IP_ROUTE ip_route(void)
{
	RTM_IP_ROUTE route = {
		.RR_TimeStamp = { 1, 2 },
		.RR_RoutingProtocol = 3,
		.RR_InterfaceID = 4,
		.RR_ProtocolSpecificData = { { 5, 6, 7, 8 } },
		.RR_Network = { 0x0a010000, 0xffff0000 },
		.RR_NextHopAddress = { 0xc0000201, 0xffffff00 },
		.RR_FamilySpecificData = {
			.FSD_Type = 9,
			.FSD_Policy = 10,
			.FSD_NextHopAS = 11,
			.FSD_Priority = 12,
			.FSD_Metric = 13,
			.FSD_Metric1 = 14,
			.FSD_Metric2 = 15,
			.FSD_Metric3 = 16,
			.FSD_Metric4 = 17,
			.FSD_Metric5 = 18,
			.FSD_Flags = 19,
		},
	};

	return route;
}

/* The same but for its addresses. */
static RTM_IPV6_ROUTE ipv6_route(void)
{
	RTM_IP_ROUTE ip = ip_route();
	RTM_IPV6_ROUTE route = {
		.RR_Network = { { 0x20, 1, 0xd, 0xb8, [7] = 1, 0x80 }, 65 },
		.RR_NextHopAddress = { { 0xfe, 0x80, [14] = 2, 1 }, 64 },
		.RR_FamilySpecificData = ip.RR_FamilySpecificData,
	};

	memcpy(&route, &ip, offsetof(RTM_IP_ROUTE, RR_Network));
	return route;
}

static RTM_IPX_ROUTE ipx_route(void)
{
	RTM_IPX_ROUTE route;

	memset(&route, 0xee, sizeof(route));
	route.RR_InterfaceID = 4;
	route.RR_Network.N_NetNumber = 0xcafe0001;
	memcpy(route.RR_NextHopAddress.NHA_Mac, "\1\2\3\4\5\6", 6);
	route.RR_FamilySpecificData = (IPX_SPECIFIC_DATA){ 1, 0xfff1, 0xfff2 };
	return route;
}

/* The record with the given members, and zeros beyond. */
static struct rtm_route_rec ip_record(void)
{
	struct rtm_route_rec rec = {
		.interface = 4,
		.network = { 10, 1 },
		.next_hop = { 192, 0, 2, 1 },
		.prefix_len = 16,
		.psd = { 5, 6, 7, 8 },
		.type = 9,
		.policy = 10,
		.next_hop_as = 11,
		.metric = 13,
		.metric1 = 14,
		.metric2 = 15,
		.metric3 = 16,
		.metric4 = 17,
		.metric5 = 18,
		.flags = 19,
		.ttl = 180,
	};

	memcpy(&rec.next_hop_mask, "\xff\xff\xff\0", 4);
	return rec;
}

static struct rtm_route_rec ipv6_record(void)
{
	struct rtm_route_rec rec = ip_record();

	memset(rec.network, 0, sizeof(rec.network));
	memcpy(rec.network, "\x20\1\xd\xb8\0\0\0\1\x80", 9);
	memset(rec.next_hop, 0, sizeof(rec.next_hop));
	memcpy(rec.next_hop, "\xfe\x80", 2);
	memcpy(rec.next_hop + 14, "\2\1", 2);
	rec.prefix_len = 65;
	memcpy(&rec.next_hop_mask, "\0\0\0\x40", 4);
	return rec;
}

static bool ip_to_kernel(void)
{
	struct rtm_route_rec rec = ip_record();
	RTM_IP_ROUTE route = ip_route();
	HANDLE client;

	reset();
	client = RtmRegisterClient(IP, PROTO_IP_RIP, NULL, 0);
	CHECK(client);
	EQUAL(RtmAddRoute(client, &route, 180, NULL, NULL, NULL), NO_ERROR);
	EQUAL(fake.command, RTM_IOC_ADD);
	EQUAL(fake.result_size, 0);
	CHECK(!memcmp(&fake.record[0], &rec, sizeof(rec)));
	EQUAL(RtmDeregisterClient(client), NO_ERROR);
	return true;
}

static bool ip_from_kernel(void)
{
	RTM_IP_ROUTE route = ip_route(), got;
	HANDLE client;
	DWORD flags;

	reset();
	fake.answer = ip_record();
	fake.answer.protocol = 3;
	fake.answer.priority = 12;
	client = RtmRegisterClient(IP, PROTO_IP_RIP, NULL, 0);
	memset(&got, 0xee, sizeof(got));
	EQUAL(RtmAddRoute(client, &route, INFINITE, &flags, &got, NULL),
	      NO_ERROR);
	EQUAL(fake.record[0].ttl, RTM_TTL_INFINITE);
	EQUAL(flags, RTM_ROUTE_CHANGED);
	CHECK(got.RR_TimeStamp.dwHighDateTime != 0);
	got.RR_TimeStamp = route.RR_TimeStamp;
	got.RR_FamilySpecificData.FSD_Metric5 = 18;
	CHECK(!memcmp(&route, &got, sizeof(got)));
	EQUAL(RtmDeregisterClient(client), NO_ERROR);
	return true;
}

/* The byte order makes no difference. */
static bool ipv6_both_ways(void)
{
	RTM_IPV6_ROUTE route = ipv6_route(), got, found;
	struct rtm_route_rec rec = ipv6_record();
	HANDLE client;
	DWORD flags;

	reset();
	fake.answer = rec;
	fake.answer.protocol = 3;
	fake.answer.priority = 12;
	client = RtmRegisterClient(IPV6, PROTO_IP_RIP, NULL, 0);
	CHECK(client);
	memset(&got, 0xee, sizeof(got));
	EQUAL(RtmAddRoute(client, &route, 180, &flags, &got, NULL), NO_ERROR);
	CHECK(!memcmp(&fake.record[0], &rec, sizeof(rec)));
	CHECK(got.RR_TimeStamp.dwHighDateTime != 0);
	got.RR_TimeStamp = route.RR_TimeStamp;
	got.RR_FamilySpecificData.FSD_Metric5 = 18;
	CHECK(!memcmp(&route, &got, sizeof(got)));
	CHECK(RtmIsRoute(IPV6, &route.RR_Network, &found));
	CHECK(!memcmp(&fake.record[1].network, rec.network, 16));
	EQUAL(fake.record[1].prefix_len, 65);
	EQUAL(fake.flags, 0);
	CHECK(!memcmp(&found.RR_Network, &route.RR_Network, 40));
	CHECK(RtmLookupIPv6Destination(route.RR_NextHopAddress.N_NetNumber,
				       &found));
	CHECK(!memcmp(&fake.record[2].network, rec.next_hop, 16));
	EQUAL(fake.record[2].prefix_len, 128);
	EQUAL(fake.flags, RTM_LOOKUP_LONGEST);
	EQUAL(RtmDeregisterClient(client), NO_ERROR);
	return true;
}

static bool ipx_both_ways(void)
{
	RTM_IPX_ROUTE route = ipx_route(), got;
	struct rtm_route_rec rec = {
		.interface = 4,
		.network = { 0xca, 0xfe, 0, 1 },
		.next_hop = { 1, 2, 3, 4, 5, 6 },
		.prefix_len = 32,
		.psd = { 0xeeeeeeee, 0xeeeeeeee, 0xeeeeeeee, 0xeeeeeeee },
		.metric = 0xfff1,
		.metric1 = 0xfff2,
		.flags = 1,
		.ttl = 1,
	};
	HANDLE client;
	DWORD flags;

	reset();
	client = RtmRegisterClient(IPX, IPX_PROTOCOL_RIP, NULL, 0);
	fake.answer = rec;
	memset(&got, 0xee, sizeof(got));
	EQUAL(RtmAddRoute(client, &route, 1, &flags, NULL, &got), NO_ERROR);
	CHECK(!memcmp(&fake.record[0], &rec, sizeof(rec)));
	EQUAL(ntohl(got.RR_NextHopAddressAlign), 0x01020304);
	EQUAL(((BYTE *)&got.RR_NextHopAddress)[6], 0);
	EQUAL(((BYTE *)&got.RR_NextHopAddress)[7], 0);
	EQUAL(got.RR_Network.N_NetNumber, 0xcafe0001);
	EQUAL(got.RR_FamilySpecificData.FSD_TickCount, 0xfff1);
	EQUAL(got.RR_FamilySpecificData.FSD_HopCount, 0xfff2);
	EQUAL(got.RR_FamilySpecificData.FSD_Flags, 1);
	EQUAL(got.RR_ProtocolSpecificData.PSD_Data[3], 0xeeeeeeee);
	EQUAL(RtmDeregisterClient(client), NO_ERROR);
	return true;
}

static bool masks(void)
{
	static const DWORD bad[] = {
		0x00000001, 0x7fffffff, 0xff00ff00, 0xfffffffd, 0x0000ffff,
	};
	RTM_IP_ROUTE route = ip_route();
	IP_NETWORK network;
	size_t i;
	int len;

	reset();
	for (len = 0; len <= 32; len++) {
		network.N_NetMask = len ? 0xffffffffU << (32 - len) : 0;
		network.N_NetNumber = 0xdeadbeef & network.N_NetMask;
		reset();
		fake.answer.prefix_len = len;
		CHECK(RtmIsRoute(IP, &network, &route));
		EQUAL(fake.record[0].prefix_len, len);
		EQUAL(route.RR_Network.N_NetMask, network.N_NetMask);
		if (len == 32)
			break;
		network.N_NetNumber |= 0x80000000U >> len;
		CHECK(!RtmIsRoute(IP, &network, NULL));
		EQUAL(GetLastError(), ERROR_INVALID_PARAMETER);
	}
	fake.ioctls = 0;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		network = (IP_NETWORK){ 0, bad[i] };
		CHECK(!RtmIsRoute(IP, &network, NULL));
		EQUAL(GetLastError(), ERROR_INVALID_PARAMETER);
	}
	EQUAL(fake.ioctls, 0);
	return true;
}

/* Every length with a bit on either side of its end. */
static bool prefix_lengths(void)
{
	static const DWORD bad[] = {
		129, 255, 256, 256 + 64, 0x80000000, 0xffffffff,
	};
	RTM_IPV6_ROUTE route = ipv6_route();
	IPV6_NETWORK network;
	size_t i;
	DWORD len;

	for (len = 0; len <= 128; len++) {
		memset(&network, 0, sizeof(network));
		network.N_PrefixLength = len;
		if (len)
			network.N_NetNumber[(len - 1) / 8] =
				0x80 >> (len - 1) % 8;
		reset();
		fake.answer.prefix_len = len;
		CHECK(RtmIsRoute(IPV6, &network, &route));
		EQUAL(fake.record[0].prefix_len, len);
		EQUAL(route.RR_Network.N_PrefixLength, len);
		for (i = len; i < 128; i++) {
			BYTE *byte = &network.N_NetNumber[i / 8];

			*byte ^= 0x80 >> i % 8;
			CHECK(!RtmIsRoute(IPV6, &network, NULL));
			EQUAL(GetLastError(), ERROR_INVALID_PARAMETER);
			*byte ^= 0x80 >> i % 8;
		}
		EQUAL(fake.ioctls, 1);
	}
	fake.ioctls = 0;
	memset(&network, 0, sizeof(network));
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		network.N_PrefixLength = bad[i];
		CHECK(!RtmIsRoute(IPV6, &network, NULL));
		EQUAL(GetLastError(), ERROR_INVALID_PARAMETER);
		EQUAL(RtmLookupRouteBatch(IPV6, RTM_LONGEST_MATCH, 1, &network,
					  NULL, &len), NO_ERROR);
		EQUAL(len, ERROR_INVALID_PARAMETER);
	}
	/* The one of a next hop is kept, whatever it is. */
	reset();
	route = ipv6_route();
	route.RR_NextHopAddress.N_PrefixLength = 0xfffffffe;
	fake.messages = 1;
	EQUAL(RtmGetNextRoute(IPV6, 0, &route), NO_ERROR);
	return true;
}

static bool ipv6_macros(void)
{
	RTM_IPV6_ROUTE route = ipv6_route();
	BYTE *number = route.RR_Network.N_NetNumber;
	BYTE *hop = route.RR_NextHopAddress.N_NetNumber;
	int i;

	CHECK(!IsIPv6RouteNonUnicast(&route));
	number[0] = 0xff;
	CHECK(IsIPv6RouteNonUnicast(&route));
	CHECK(!IsIPv6RouteLoopback(&route));
	memset(number, 0, 16);
	CHECK(!IsIPv6RouteLoopback(&route));
	number[15] = 1;
	CHECK(IsIPv6RouteLoopback(&route));
	for (i = 0; i < 16; i++) {
		number[i] ^= 2;
		CHECK(!IsIPv6RouteLoopback(&route));
		number[i] ^= 2;
	}
	number[15] = 2;
	memcpy(hop, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1", 16);
	CHECK(IsIPv6RouteLoopback(&route));
	ClearRouteFlags(&route);
	CHECK(!IsRouteValid(&route));
	SetRouteValid(&route);
	CHECK(IsRouteValid(&route));
	ClearRouteValid(&route);
	EQUAL(route.RR_FamilySpecificData.FSD_Flags, 0);
	return true;
}

static bool input_is_checked(void)
{
	RTM_IP_ROUTE route = ip_route(), bad = ip_route();
	RTM_IPV6_ROUTE ipv6 = ipv6_route();
	HANDLE client, e;
	RTM_RESULT result;
	DWORD n = 77;

	reset();
	bad.RR_Network.N_NetMask = 0xff;
	client = RtmRegisterClient(IP, PROTO_IP_RIP, NULL, 0);
	fake.ioctls = 0;
	EQUAL(RtmAddRoute(client, NULL, 1, NULL, NULL, NULL), 87);
	EQUAL(RtmAddRoute(client, &bad, 1, NULL, NULL, NULL), 87);
	EQUAL(RtmAddRoute(client, &route, 0, NULL, NULL, NULL), 87);
	EQUAL(RtmAddRoute(client, &route, 2147484, NULL, NULL, NULL), 87);
	EQUAL(RtmAddRoute(client, &route, 0xfffffffe, NULL, NULL, NULL), 87);
	EQUAL(RtmDeleteRoute(client, NULL, NULL, NULL), 87);
	EQUAL(RtmDeleteRoute(client, &bad, NULL, NULL), 87);
	EQUAL(RtmBlockDeleteRoutes(client, 16, &route), 87);
	EQUAL(RtmBlockDeleteRoutes(client, RTM_ONLY_THIS_NETWORK, NULL), 87);
	EQUAL(RtmBlockDeleteRoutes(client, RTM_ONLY_THIS_NETWORK, &bad), 87);
	EQUAL(RtmGetFirstRoute(3, 0, &route), 87);
	EQUAL(RtmGetFirstRoute(IP, 16, &route), 87);
	EQUAL(RtmGetFirstRoute(IP, 0, NULL), 87);
	EQUAL(RtmGetFirstRoute(IP, RTM_ONLY_THIS_NETWORK, &bad), 87);
	EQUAL(RtmGetNextRoute(IP, 0, NULL), 87);
	EQUAL(RtmGetNextRoute(IP, 0, &bad), 87);
	EQUAL(RtmGetNextRoute(IP, 0x80000000, &route), 87);
	CHECK(!RtmRegisterClient(3, 1, NULL, 0));
	EQUAL(GetLastError(), 87);
	CHECK(!RtmRegisterClient(IP, 1, NULL, 2));
	EQUAL(GetLastError(), 87);
	CHECK(!RtmRegisterWatcher(3, NULL, NULL));
	EQUAL(GetLastError(), 87);
	CHECK(!RtmIsRoute(3, &route.RR_Network, NULL));
	EQUAL(GetLastError(), 87);
	CHECK(!RtmIsRoute(IP, NULL, NULL));
	EQUAL(GetLastError(), 87);
	CHECK(!RtmLookupIPDestination(1, NULL));
	EQUAL(GetLastError(), 87);
	CHECK(!RtmLookupIPv6Destination(NULL, &ipv6));
	EQUAL(GetLastError(), 87);
	CHECK(!RtmLookupIPv6Destination(ipv6.RR_Network.N_NetNumber, NULL));
	EQUAL(GetLastError(), 87);
	CHECK(!RtmGetNetworkCount(3));
	EQUAL(GetLastError(), 87);
	CHECK(!RtmCreateEnumerationHandle(3, 0, NULL));
	EQUAL(GetLastError(), 87);
	CHECK(!RtmCreateEnumerationHandle(IP, 16, &route));
	EQUAL(GetLastError(), 87);
	CHECK(!RtmCreateEnumerationHandle(IP, 4, NULL));
	EQUAL(GetLastError(), 87);
	EQUAL(RtmAddRouteBatch(client, 1, NULL, 1, &result, NULL, NULL, &n),
	      87);
	EQUAL(n, 0);
	EQUAL(RtmAddRouteBatch(client, 1, &route, 0, NULL, NULL, NULL, NULL),
	      87);
	EQUAL(RtmAddRouteBatch(client, 1, &route, 1, NULL, &bad, NULL, NULL),
	      87);
	EQUAL(RtmDeleteRouteBatch(client, 1, &route, NULL, &bad, NULL), 87);
	EQUAL(RtmDequeueRouteChangeMessageBatch(client, 0, &result, NULL,
						NULL, &n), 87);
	EQUAL(RtmLookupRouteBatch(IP, 2, 1, &route, NULL, &n), 87);
	EQUAL(RtmLookupRouteBatch(IP, 0, 1, NULL, NULL, &n), 87);
	EQUAL(RtmGetFirstRouteBatch(IP, 0, NULL, 0, &route, NULL, &n), 87);
	EQUAL(RtmGetNextRouteBatch(IP, 0, NULL, 1, &route, NULL, &n), 87);
	EQUAL(RtmGetStatistics(IP, NULL), 87);
	EQUAL(RtmGetPriorities(IP, 1, NULL, &n), 87);
	EQUAL(RtmSetPriorities(IP, 0, NULL), 87);
	EQUAL(RtmGetLimit(RtmLimitRoutes, client, NULL, NULL), 87);
	EQUAL(RtmSetByteOrder(0), 87);
	EQUAL(RtmSetByteOrder(3), 87);
	EQUAL(fake.ioctls, 0);
	e = RtmCreateEnumerationHandle(IP, RTM_ONLY_BEST_ROUTES, NULL);
	CHECK(e);
	EQUAL(RtmEnumerateGetNextRoute(e, NULL), 87);
	EQUAL(RtmCloseEnumerationHandle(e), NO_ERROR);
	EQUAL(RtmDeregisterClient(client), NO_ERROR);
	return true;
}

static bool criteria_are_read_as_flagged(void)
{
	RTM_IP_ROUTE route = ip_route(), bad = ip_route();
	struct rtm_route_rec all = {
		.protocol = 3,
		.interface = 4,
		.network = { 10, 1 },
		.prefix_len = 16,
	}, rec;
	DWORD flags;

	reset();
	bad.RR_Network.N_NetMask = 0xff;
	for (flags = 0; flags < 16; flags++) {
		HANDLE e = RtmCreateEnumerationHandle(IP, flags,
			flags & RTM_ONLY_THIS_NETWORK ? &route : &bad);

		CHECK(e);
		EQUAL(fake.match, flags);
		memset(&rec, 0, sizeof(rec));
		if (flags & RTM_ONLY_THIS_NETWORK)
			rec = all;
		rec.protocol = flags & RTM_ONLY_THIS_PROTOCOL ? 3 : 0;
		rec.interface = flags & RTM_ONLY_THIS_INTERFACE ? 4 : 0;
		CHECK(!memcmp(&rec, &fake.record[0], sizeof(rec)));
		EQUAL(RtmCloseEnumerationHandle(e), NO_ERROR);
		fake.messages = 1;
		EQUAL(RtmGetFirstRoute(IP, flags, flags & 1 ? &route : &bad),
		      NO_ERROR);
		CHECK(!memcmp(&rec, &fake.record[0], sizeof(rec)));
		EQUAL(fake.flags, 0);
		route = ip_route();
		bad = ip_route();
		bad.RR_Network.N_NetMask = 0xff;
	}
	all.next_hop[0] = 192;
	all.next_hop[2] = 2;
	all.next_hop[3] = 1;
	fake.messages = 1;
	EQUAL(RtmGetNextRoute(IP, 8, &route), NO_ERROR);
	EQUAL(fake.flags, RTM_GET_AFTER);
	EQUAL(fake.match, 8);
	CHECK(!memcmp(&all, &fake.record[0], sizeof(all)));
	route = ip_route();
	EQUAL(RtmGetNextRoute(IP, 0, &route), ERROR_NO_ROUTES);
	bad = ip_route();
	CHECK(!memcmp(&route, &bad, sizeof(route)));
	fake.messages = 1;
	EQUAL(RtmGetSpecificRoute(IP, &route), NO_ERROR);
	EQUAL(fake.match, 7);
	return true;
}

static bool network_order(void)
{
	RTM_IP_ROUTE route = ip_route(), got;
	RTM_IPX_ROUTE ipx = ipx_route(), ipx_got;
	IP_NETWORK bad;
	struct rtm_route_rec rec;
	HANDLE client;
	DWORD flags;

	reset();
	EQUAL(RtmSetByteOrder(RTM_ORDER_NETWORK), NO_ERROR);
	memcpy(&route.RR_Network.N_NetNumber, "\12\1\0\0", 4);
	memcpy(&route.RR_Network.N_NetMask, "\377\377\0\0", 4);
	memcpy(&route.RR_NextHopAddress.N_NetNumber, "\300\0\2\1", 4);
	memcpy(&route.RR_NextHopAddress.N_NetMask, "\377\377\377\0", 4);
	rec = ip_record();
	fake.answer = rec;
	client = RtmRegisterClient(IP, PROTO_IP_RIP, NULL, 0);
	EQUAL(RtmAddRoute(client, &route, 180, &flags, &got, NULL), NO_ERROR);
	CHECK(!memcmp(&fake.record[0], &rec, sizeof(rec)));
	CHECK(!memcmp(&route.RR_Network, &got.RR_Network, 16));
	CHECK(RtmLookupIPDestination(route.RR_Network.N_NetNumber, &got));
	EQUAL(fake.record[1].prefix_len, 32);
	EQUAL(fake.record[1].network[0], 10);
	memcpy(&bad.N_NetNumber, "\12\1\0\1", 4);
	bad.N_NetMask = route.RR_Network.N_NetMask;
	CHECK(!RtmIsRoute(IP, &bad, NULL));
	EQUAL(GetLastError(), ERROR_INVALID_PARAMETER);
	EQUAL(RtmDeregisterClient(client), NO_ERROR);

	memcpy(&ipx.RR_Network.N_NetNumber, "\1\2\3\4", 4);
	fake.answer = (struct rtm_route_rec) {
		.network = { 1, 2, 3, 4 },
		.metric = 5,
	};
	client = RtmRegisterClient(IPX, IPX_PROTOCOL_RIP, NULL, 0);
	EQUAL(RtmAddRoute(client, &ipx, 180, &flags, &ipx_got, NULL),
	      NO_ERROR);
	CHECK(!memcmp(fake.record[2].network, "\1\2\3\4", 4));
	EQUAL(ipx_got.RR_Network.N_NetNumber, ipx.RR_Network.N_NetNumber);
	EQUAL(ipx_got.RR_FamilySpecificData.FSD_TickCount, 5);
	EQUAL(RtmDeregisterClient(client), NO_ERROR);
	EQUAL(RtmSetByteOrder(RTM_ORDER_HOST), ERROR_ALREADY_INITIALIZED);
	return ipv6_both_ways();
}

/* The first test: the others decide the order of this process. */
static bool network_order_is_a_switch(void)
{
	return in_child(network_order);
}

static bool order_is_decided_by_use(void)
{
	EQUAL(RtmSetByteOrder(RTM_ORDER_NETWORK), ERROR_ALREADY_INITIALIZED);
	EQUAL(RtmSetByteOrder(RTM_ORDER_HOST), ERROR_ALREADY_INITIALIZED);
	return true;
}

static uint64_t boottime(void)
{
	struct timespec t;

	clock_gettime(CLOCK_BOOTTIME, &t);
	return t.tv_sec * 1000000000ULL + t.tv_nsec;
}

static bool ages(void)
{
	IP_NETWORK any = { 0, 0 };
	RTM_IP_ROUTE route;
	uint64_t ticks, before, end;
	int64_t unix_time, unix_before;
	DWORD age;

	reset();
	unix_before = time(NULL);
	before = boottime();
	fake.answer.stamp = before - 5200000000ULL;
	CHECK(RtmIsRoute(IP, &any, &route));
	age = RtmGetRouteAge(&route);
	end = (boottime() - before + 5200000000ULL) / 1000000000;
	CHECK(age >= 5 && age <= end + 1);
	ticks = (uint64_t)route.RR_TimeStamp.dwHighDateTime << 32 |
		route.RR_TimeStamp.dwLowDateTime;
	unix_time = ticks / 10000000 - 11644473600;
	CHECK(unix_time >= unix_before - 7 && unix_time <= time(NULL) - 4);
	fake.answer.stamp = 0;
	CHECK(RtmIsRoute(IP, &any, &route));
	before = boottime() / 1000000000;
	age = RtmGetRouteAge(&route);
	CHECK(age >= before && age <= boottime() / 1000000000);
	before = boottime();
	fake.answer.stamp = before + 500000000;
	CHECK(RtmIsRoute(IP, &any, &route));
	age = RtmGetRouteAge(&route);
	CHECK(age <= (boottime() - before) / 1000000000 + 1);

	SetLastError(0);
	fake.answer.stamp = boottime() + 60000000000ULL;
	CHECK(RtmIsRoute(IP, &any, &route));
	EQUAL(RtmGetRouteAge(&route), INFINITE);
	EQUAL(GetLastError(), ERROR_INVALID_PARAMETER);
	SetLastError(0);
	route.RR_TimeStamp = (FILETIME){ 0, 0 };
	EQUAL(RtmGetRouteAge(&route), INFINITE);
	EQUAL(GetLastError(), ERROR_INVALID_PARAMETER);
	route.RR_TimeStamp = (FILETIME){ 0xffffffff, 0xffffffff };
	EQUAL(RtmGetRouteAge(&route), INFINITE);
	route.RR_TimeStamp = (FILETIME){ 0xffffffff, 0x7fffffff };
	EQUAL(RtmGetRouteAge(&route), INFINITE);
	SetLastError(0);
	EQUAL(RtmGetRouteAge(NULL), INFINITE);
	EQUAL(GetLastError(), ERROR_INVALID_PARAMETER);
	return true;
}

static bool errors_of_kernel(void)
{
	static const struct {
		int err;
		DWORD error;
	} map[] = {
		{ EBADF, 6 }, { ENOENT, 6 }, { EPERM, 5 }, { EACCES, 5 },
		{ EINVAL, 87 }, { ENOMEM, 8 }, { EEXIST, 183 }, { ESRCH, 259 },
		{ ENOBUFS, 1450 }, { ENOSPC, 1450 }, { EDQUOT, 1450 },
		{ EOVERFLOW, 1450 }, { EFAULT, 1450 }, { ENOTTY, 1450 },
		{ E2BIG, 1450 }, { EIO, 1450 },
	};
	RTM_IP_ROUTE route = ip_route();
	IP_NETWORK any = { 0, 0 };
	HANDLE client, e, event = CreateEvent(NULL, FALSE, FALSE, NULL);
	size_t i;

	reset();
	CHECK(event);
	for (i = 0; i < sizeof(map) / sizeof(map[0]); i++) {
		DWORD error = map[i].error;

		client = RtmRegisterClient(IP, PROTO_IP_RIP, NULL, 0);
		e = RtmCreateEnumerationHandle(IP, 0, NULL);
		CHECK(client && e);
		fake.error = map[i].err;
		EQUAL(RtmAddRoute(client, &route, 1, NULL, NULL, NULL), error);
		EQUAL(RtmDeleteRoute(client, &route, NULL, NULL), error);
		EQUAL(RtmBlockDeleteRoutes(client, 0, NULL), error);
		EQUAL(RtmDequeueRouteChangeMessage(client, NULL, NULL, NULL),
		      error);
		EQUAL(RtmEnumerateGetNextRoute(e, &route), error);
		EQUAL(RtmGetFirstRoute(IP, 0, &route), error);
		EQUAL(RtmGetNextRoute(IP, 0, &route), error);
		SetLastError(1);
		CHECK(!RtmIsRoute(IP, &any, NULL));
		EQUAL(GetLastError(), error);
		SetLastError(1);
		CHECK(!RtmLookupIPDestination(0, &route));
		EQUAL(GetLastError(), error);
		CHECK(!RtmGetNetworkCount(IP));
		EQUAL(GetLastError(), error);
		CHECK(!RtmRegisterClient(IP, 1, NULL, 0));
		EQUAL(GetLastError(), error);
		CHECK(!RtmRegisterWatcher(IP, event, NULL));
		EQUAL(GetLastError(), error);
		CHECK(!RtmCreateEnumerationHandle(IP, 0, NULL));
		EQUAL(GetLastError(), error);

		/* An enumeration is gone whatever the kernel says of it. */
		EQUAL(RtmCloseEnumerationHandle(e), error);
		EQUAL(RtmCloseEnumerationHandle(e), ERROR_INVALID_HANDLE);
		EQUAL(RtmDeregisterClient(client), error);
		fake.error = 0;
		EQUAL(RtmDeregisterClient(client), map[i].err == ENOENT ?
						   ERROR_INVALID_HANDLE :
						   NO_ERROR);
	}
	CHECK(CloseHandle(event));
	return true;
}

static bool no_such_destination_is_no_error(void)
{
	IP_NETWORK network = { 99U << 24, 0xff000000 };
	RTM_IP_ROUTE route;

	reset();
	SetLastError(1);
	CHECK(!RtmIsRoute(IP, &network, &route));
	EQUAL(GetLastError(), NO_ERROR);
	SetLastError(1);
	CHECK(!RtmLookupIPDestination(99U << 24, &route));
	EQUAL(fake.flags, RTM_LOOKUP_LONGEST);
	EQUAL(GetLastError(), NO_ERROR);
	SetLastError(1);
	fake.records = 0;
	EQUAL(RtmGetNetworkCount(IP), 0);
	EQUAL(GetLastError(), NO_ERROR);
	fake.records = 564580;
	EQUAL(RtmGetNetworkCount(IP), 564580);
	return true;
}

static bool interrupted_calls_go_on(void)
{
	RTM_IP_ROUTE route = ip_route();
	HANDLE client;

	reset();
	fake.interrupted = 3;
	client = RtmRegisterClient(IP, PROTO_IP_RIP, NULL, 0);
	CHECK(client);
	EQUAL(fake.ioctls, 4);
	fake.interrupted = 3;
	EQUAL(RtmAddRoute(client, &route, 1, NULL, NULL, NULL), NO_ERROR);
	fake.interrupted = 3;
	EQUAL(RtmDeregisterClient(client), NO_ERROR);
	EQUAL(RtmDeregisterClient(client), ERROR_INVALID_HANDLE);
	return true;
}

static bool no_device_body(void)
{
	static const struct {
		int err;
		DWORD error;
	} map[] = {
		{ ENOENT, 1450 }, { ENODEV, 1450 }, { ENXIO, 1450 },
		{ EMFILE, 1450 }, { ENFILE, 1450 }, { EACCES, 5 },
		{ EPERM, 5 }, { ENOMEM, 8 },
	};
	IP_NETWORK any = { 0, 0 };
	HANDLE event = CreateEvent(NULL, FALSE, FALSE, NULL);
	size_t i;

	CHECK(event);
	for (i = 0; i < sizeof(map) / sizeof(map[0]); i++) {
		DWORD error = map[i].error;

		fake.open_error = map[i].err;
		CHECK(!RtmRegisterClient(IP, 1, NULL, 0));
		EQUAL(GetLastError(), error);
		CHECK(!RtmRegisterClient(IP, 1, event, 0));
		EQUAL(GetLastError(), error);
		CHECK(!RtmRegisterWatcher(IP, event, NULL));
		EQUAL(GetLastError(), error);
		CHECK(!RtmIsRoute(IP, &any, NULL));
		EQUAL(GetLastError(), error);
		CHECK(!RtmGetNetworkCount(IP));
		EQUAL(GetLastError(), error);
		CHECK(!RtmCreateEnumerationHandle(IP, 0, NULL));
		EQUAL(GetLastError(), error);
	}
	fake.open_error = 0;
	fake.read_only = true;
	CHECK(!RtmRegisterClient(IP, 1, event, 0));
	EQUAL(GetLastError(), ERROR_ACCESS_DENIED);
	CHECK(RtmRegisterWatcher(IP, event, NULL));
	EQUAL(fake.open_flags, O_RDONLY | O_CLOEXEC);
	CHECK(RtmIsRoute(IP, &any, NULL));
	EQUAL(fake.open_flags, O_RDONLY | O_CLOEXEC);
	return true;
}

static bool no_device(void)
{
	reset();
	return in_child(no_device_body);
}

/* What was opened without the privilege there is by now is opened once more. */
static bool no_second_file_body(void)
{
	static const struct {
		int err;
		DWORD error;
	} map[] = {
		{ ENOENT, 1450 }, { EMFILE, 1450 }, { ENFILE, 1450 },
		{ EACCES, 5 }, { EPERM, 5 }, { ENOMEM, 8 },
	};
	RTM_PRIORITY priority = { PROTO_IP_RIP, 1 };
	HANDLE event = CreateEvent(NULL, FALSE, FALSE, NULL);
	size_t i;

	CHECK(RtmRegisterClient(IP, 1, NULL, 0));
	CHECK(RtmRegisterClient(IP, 2, event, 0));
	fake.error = EPERM;
	for (i = 0; i < sizeof(map) / sizeof(map[0]); i++) {
		DWORD error = map[i].error;

		fake.open_error = map[i].err;
		CHECK(!RtmRegisterClient(IP, 3, NULL, 0));
		EQUAL(GetLastError(), error);
		CHECK(!RtmRegisterClient(IP, 3, event, 0));
		EQUAL(GetLastError(), error);
		EQUAL(RtmSetPriorities(IP, 1, &priority), error);
	}
	return true;
}

static bool no_second_file(void)
{
	reset();
	return in_child(no_second_file_body);
}

static bool dequeue_codes(void)
{
	HANDLE event = CreateEvent(NULL, FALSE, FALSE, NULL);
	RTM_IP_ROUTE cur;
	RTM_RESULT results[4];
	ULONGLONG sequence;
	HANDLE watcher;
	DWORD flags, n;

	reset();
	fake.answer = ip_record();
	watcher = RtmRegisterWatcher(IP, event, NULL);
	fake.messages = 2;
	EQUAL(RtmDequeueRouteChangeMessage(watcher, &flags, &cur, NULL),
	      ERROR_MORE_MESSAGES);
	EQUAL(flags, RTM_ROUTE_ADDED);
	EQUAL(cur.RR_Network.N_NetNumber, 0x0a010000);
	EQUAL(RtmDequeueRouteChangeMessageEx(watcher, &flags, NULL, NULL,
					     &sequence), NO_ERROR);
	EQUAL(flags, RTM_ROUTE_ADDED | RTM_MESSAGE_MERGED);
	EQUAL(sequence, 2);
	EQUAL(RtmDequeueRouteChangeMessage(watcher, NULL, NULL, NULL),
	      ERROR_NO_MESSAGES);
	fake.messages = 5;
	EQUAL(RtmDequeueRouteChangeMessageBatch(watcher, 4, results, NULL,
						NULL, &n), ERROR_MORE_MESSAGES);
	EQUAL(n, 4);
	EQUAL(results[3].Sequence, 6);
	EQUAL(RtmDequeueRouteChangeMessageBatch(watcher, 4, results, &cur,
						NULL, &n), NO_ERROR);
	EQUAL(n, 1);
	EQUAL(RtmDequeueRouteChangeMessageBatch(watcher, 4, results, NULL,
						NULL, &n), ERROR_NO_MESSAGES);
	EQUAL(n, 0);
	fake.error = ENOBUFS;
	EQUAL(RtmDequeueRouteChangeMessageBatch(watcher, 4, results, NULL,
						NULL, &n),
	      ERROR_NO_SYSTEM_RESOURCES);
	EQUAL(n, 0);
	EQUAL(results[0].Flags, RTM_QUEUE_RESTARTED);
	EQUAL(results[0].Sequence, 7);
	EQUAL(RtmDequeueRouteChangeMessage(watcher, &flags, NULL, NULL),
	      ERROR_NO_SYSTEM_RESOURCES);
	EQUAL(flags, RTM_NO_CHANGE);
	fake.error = 0;
	EQUAL(RtmDeregisterClient(watcher), NO_ERROR);
	CHECK(CloseHandle(event));
	return true;
}

#define MANY	700U

static bool batches(void)
{
	static RTM_IP_ROUTE routes[MANY], cur[MANY], prev[MANY];
	static RTM_RESULT results[MANY];
	HANDLE client;
	DWORD i, n;

	reset();
	for (i = 0; i < MANY; i++) {
		routes[i] = ip_route();
		routes[i].RR_InterfaceID = i;
	}
	client = RtmRegisterClient(IP, PROTO_IP_RIP, NULL, 0);
	EQUAL(RtmAddRouteBatch(client, MANY, routes, 9, NULL, NULL, NULL, &n),
	      NO_ERROR);
	EQUAL(n, MANY);
	EQUAL(fake.records, MANY);
	EQUAL(fake.result_size, 0);
	for (i = 0; i < MANY; i++)
		EQUAL(fake.record[i].interface, i);

	fake.records = 0;
	fake.stop_after = 600;
	EQUAL(RtmDeleteRouteBatch(client, MANY, routes, NULL, NULL, &n),
	      ERROR_NO_SUCH_ROUTE);
	EQUAL(n, 600);

	fake.records = 0;
	fake.sequence = 0;
	routes[300].RR_Network.N_NetMask = 0xff;
	EQUAL(RtmAddRouteBatch(client, MANY, routes, 9, results, cur, prev,
			       &n), NO_ERROR);
	EQUAL(n, MANY);
	EQUAL(fake.result_size, sizeof(struct rtm_change_rec));
	EQUAL(results[300].Error, ERROR_INVALID_PARAMETER);
	EQUAL(results[300].Flags, RTM_NO_CHANGE);
	EQUAL(results[600].Error, ERROR_NO_SUCH_ROUTE);
	EQUAL(results[MANY - 1].Error, NO_ERROR);
	EQUAL(results[MANY - 1].Flags, RTM_ROUTE_CHANGED);
	EQUAL(results[MANY - 1].Sequence, MANY - 2);
	EQUAL(cur[MANY - 1].RR_FamilySpecificData.FSD_Metric5, MANY);
	EQUAL(prev[1].RR_FamilySpecificData.FSD_Metric5, 1000002);

	EQUAL(RtmAddRouteBatch(client, MANY, routes, 9, results, NULL, NULL,
			       NULL), NO_ERROR);
	EQUAL(fake.result_size, RTM_RESULT_SHORT);
	EQUAL(results[300].Error, ERROR_INVALID_PARAMETER);
	EQUAL(results[301].Error, NO_ERROR);
	EQUAL(RtmAddRouteBatch(client, 0, NULL, 9, NULL, NULL, NULL, &n),
	      NO_ERROR);
	EQUAL(n, 0);
	EQUAL(RtmDeregisterClient(client), NO_ERROR);
	return true;
}

static bool batches_that_read(void)
{
	static RTM_IP_ROUTE routes[MANY];
	static struct _RTM_ROUTE_INFO infos[MANY];
	static IP_NETWORK networks[MANY];
	static DWORD errors[MANY];
	uint64_t sequence;
	HANDLE e;
	DWORD i, n;

	reset();
	fake.answer = ip_record();
	fake.answer.sequence = 44;
	for (i = 0; i < MANY; i++)
		networks[i] = (IP_NETWORK){ i << 24 | 1, 0xffffffff };
	EQUAL(RtmLookupRouteBatch(IP, RTM_LONGEST_MATCH, MANY, networks,
				  routes, errors), NO_ERROR);
	EQUAL(fake.records, MANY);
	for (i = 0; i < MANY; i++) {
		EQUAL(errors[i], i % 256 == 99 ? 259 : 0);
		EQUAL(routes[i].RR_Network.N_NetNumber,
		      i % 256 == 99 ? 0 : 0x0a010000);
	}
	networks[1].N_NetMask = 0xff;
	EQUAL(RtmLookupRouteBatch(IP, 0, 3, networks, NULL, errors), NO_ERROR);
	EQUAL(errors[0], NO_ERROR);
	EQUAL(errors[1], ERROR_INVALID_PARAMETER);
	EQUAL(errors[2], NO_ERROR);
	fake.messages = 300;
	EQUAL(RtmGetFirstRouteBatch(IP, 0, NULL, MANY, routes, infos, &n),
	      NO_ERROR);
	CHECK(n >= 1 && n <= 300);
	EQUAL(infos[n - 1].Sequence, 44);
	EQUAL(infos[n - 1].TimeToLive, 180);
	fake.messages = 0;
	EQUAL(RtmGetNextRouteBatch(IP, 0, &routes[n - 1], MANY, routes, NULL,
				   &n), ERROR_NO_ROUTES);
	EQUAL(n, 0);
	e = RtmCreateEnumerationHandleEx(IP, 0, NULL, &sequence);
	CHECK(e);
	fake.messages = 3;
	EQUAL(RtmEnumerateGetNextRouteBatch(e, 2, routes, infos, &n,
					    &sequence), NO_ERROR);
	EQUAL(n, 2);
	EQUAL(RtmEnumerateGetNextRoute(e, routes), NO_ERROR);
	EQUAL(fake.count, 1);
	EQUAL(RtmEnumerateGetNextRoute(e, routes), ERROR_NO_MORE_ROUTES);
	EQUAL(RtmCloseEnumerationHandle(e), NO_ERROR);
	return true;
}

static bool enumerations_read_ahead(void)
{
	HANDLE e, client = RtmRegisterClient(IP, PROTO_IP_RIP, NULL, 0);
	RTM_IP_ROUTE route = ip_route(), routes[8];
	unsigned int ioctls, i;
	ULONGLONG sequence;
	DWORD n;

	reset();
	fake.now = 1000000;
	e = RtmCreateEnumerationHandle(IP, RTM_ONLY_BEST_ROUTES, NULL);
	CHECK(e && client);
	ioctls = fake.ioctls;
	fake.messages = 1000;
	for (i = 0; i < 900; i++)
		EQUAL(RtmEnumerateGetNextRoute(e, &route), NO_ERROR);
	EQUAL(fake.ioctls - ioctls, 20);
	EQUAL(fake.command, RTM_IOC_ENUM_NEXT);
	EQUAL(fake.messages, 1000 - 959);

	/* A batch takes what was read ahead first. */
	EQUAL(RtmEnumerateGetNextRouteBatch(e, 8, routes, NULL, &n, NULL),
	      NO_ERROR);
	EQUAL(n, 8);
	EQUAL(fake.messages, 1000 - 959);

	/* But not if it has to say whether anything has changed since. */
	fake.sequence = 77;
	EQUAL(RtmEnumerateGetNextRouteBatch(e, 8, routes, NULL, &n, &sequence),
	      NO_ERROR);
	EQUAL(n, 8);
	EQUAL(sequence, 77);
	EQUAL(fake.messages, 1000 - 959 - 8);
	EQUAL(RtmEnumerateGetNextRoute(e, &route), NO_ERROR);
	EQUAL(RtmEnumerateGetNextRoute(e, &route), NO_ERROR);

	/* Who may know better reads again, after the last route given. */
	memset(fake.answer.network, 7, 4);
	EQUAL(RtmDequeueRouteChangeMessage(client, NULL, NULL, NULL),
	      ERROR_MORE_MESSAGES);
	EQUAL(RtmEnumerateGetNextRoute(e, &route), NO_ERROR);
	EQUAL(route.RR_Network.N_NetNumber, 0x07070707);
	EQUAL(fake.command, RTM_IOC_GET);
	EQUAL(fake.flags, RTM_GET_AFTER);
	EQUAL(fake.match, RTM_MATCH_BEST);
	EQUAL(fake.count, 1);
	CHECK(!fake.record[0].network[0]);
	/* And so it does once that is too old. */
	for (i = 0; i < 2; i++)
		EQUAL(RtmEnumerateGetNextRoute(e, &route), NO_ERROR);
	EQUAL(fake.count, 2);
	fake.now += 99;
	EQUAL(RtmEnumerateGetNextRoute(e, &route), NO_ERROR);
	EQUAL(fake.count, 4);
	fake.now += 100;
	EQUAL(RtmEnumerateGetNextRoute(e, &route), NO_ERROR);
	EQUAL(fake.count, 8);
	EQUAL(fake.record[0].network[0], 7);

	/* Who comes and goes reads no more than he is given. */
	for (i = 0; i < 5; i++) {
		EQUAL(RtmDequeueRouteChangeMessage(client, NULL, NULL, NULL),
		      ERROR_MORE_MESSAGES);
		EQUAL(RtmEnumerateGetNextRoute(e, &route), NO_ERROR);
		EQUAL(fake.count, 1);
	}
	EQUAL(RtmCloseEnumerationHandle(e), NO_ERROR);
	EQUAL(RtmDeregisterClient(client), NO_ERROR);
	return true;
}

static void *set_error(void *argument)
{
	SetLastError(7);
	return argument;
}

static bool last_error_is_per_thread(void)
{
	pthread_t thread;

	SetLastError(4711);
	EQUAL(pthread_create(&thread, NULL, set_error, NULL), 0);
	EQUAL(pthread_join(thread, NULL), 0);
	EQUAL(GetLastError(), 4711);
	return true;
}

int main(void)
{
	static const struct test tests[] = {
		{ "network byte order is a switch",
		  network_order_is_a_switch },
		{ "no device and no permission have their errors", no_device },
		{ "so has a second file that cannot be had", no_second_file },
		{ "an IP route reaches the kernel whole", ip_to_kernel },
		{ "use decides the byte order", order_is_decided_by_use },
		{ "an IP route comes back whole", ip_from_kernel },
		{ "an IPX route goes both ways, padding zero", ipx_both_ways },
		{ "an IPv6 route goes both ways", ipv6_both_ways },
		{ "masks are contiguous and cover the number", masks },
		{ "prefix lengths are 0 to 128 and cover the number",
		  prefix_lengths },
		{ "the macros of IPv6 mean what they say", ipv6_macros },
		{ "bad input never reaches the kernel", input_is_checked },
		{ "criteria are read as far as flagged",
		  criteria_are_read_as_flagged },
		{ "ages come from stamps, impossible ones do not", ages },
		{ "errno becomes the error of Win32", errors_of_kernel },
		{ "no such destination is FALSE and NO_ERROR",
		  no_such_destination_is_no_error },
		{ "interrupted calls go on", interrupted_calls_go_on },
		{ "dequeue says whether more waits", dequeue_codes },
		{ "updates in batches", batches },
		{ "reads in batches", batches_that_read },
		{ "enumerations read ahead, as long as that is true",
		  enumerations_read_ahead },
		{ "the last error is per thread", last_error_is_per_thread },
	};

	alarm(120);
	return tap_run(tests, sizeof(tests) / sizeof(tests[0]));
}
