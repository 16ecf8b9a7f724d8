// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A program whose sources write addresses in network byte order: the switch
 * of the library, and that of the macros.
 */
#define RTM_NETWORK_BYTE_ORDER
#include "rtm_api_test.h"
#include <arpa/inet.h>

static RTM_IP_ROUTE route_to(const char *network, const char *mask)
{
	return (RTM_IP_ROUTE) {
		.RR_InterfaceID = 3,
		.RR_Network = { inet_addr(network), inet_addr(mask) },
		.RR_NextHopAddress = { inet_addr("192.168.7.1"),
				       inet_addr("255.255.0.0") },
		.RR_FamilySpecificData.FSD_Type = 4,
		.RR_FamilySpecificData.FSD_Metric = 0x01020304,
		.RR_FamilySpecificData.FSD_NextHopAS = 0x05060708,
	};
}

TEST(network_order_in_every_function)
{
	/* In the order of the walk, which is that of the numbers. */
	static const char *const network[][2] = {
		{ "0.0.0.0", "0.0.0.0" },
		{ "1.0.0.10", "255.255.255.255" },
		{ "10.1.0.0", "255.255.0.0" },
		{ "10.1.2.0", "255.255.255.0" },
		{ "172.16.0.0", "255.240.0.0" },
		{ "192.168.0.0", "255.255.0.0" },
	};
	unsigned int i, n = ARRAY_SIZE(network);
	RTM_IP_ROUTE r, out, first;
	HANDLE event, h, other, e;
	DWORD flags, error;
	IP_NETWORK net;

	FRESH_TABLE();
	ASSERT_EQ(NO_ERROR, RtmSetByteOrder(RTM_ORDER_NETWORK));
	event = CreateEvent(NULL, FALSE, FALSE, NULL);
	h = RtmRegisterClient(IP, PROTO_A, NULL, 0);
	other = RtmRegisterClient(IP, PROTO_B, event, 0);
	ASSERT_NE(0, H(h));
	ASSERT_NE(0, H(other));
	for (i = n; i--; ) {
		r = route_to(network[i][0], network[i][1]);
		ASSERT_EQ(NO_ERROR, RtmAddRoute(h, &r, INFINITE, &flags, &out,
						NULL));
		ASSERT_EQ(RTM_ROUTE_ADDED, flags);
		ASSERT_EQ(0, memcmp(&out.RR_Network, &r.RR_Network,
				    sizeof(r) - offsetof(RTM_IP_ROUTE,
							 RR_Network) -
				    sizeof(IP_SPECIFIC_DATA)));
		ASSERT_EQ(0x01020304, out.RR_FamilySpecificData.FSD_Metric);
		ASSERT_EQ(0x05060708, out.RR_FamilySpecificData.FSD_NextHopAS);
		ASSERT_EQ(3, out.RR_InterfaceID);
		ASSERT_EQ(NO_ERROR,
			  RtmDequeueRouteChangeMessage(other, NULL, &out,
						       NULL));
		ASSERT_EQ(inet_addr(network[i][0]), out.RR_Network.N_NetNumber);
		ASSERT_EQ(inet_addr(network[i][1]), out.RR_Network.N_NetMask);
		ASSERT_EQ(inet_addr("192.168.7.1"),
			  out.RR_NextHopAddress.N_NetNumber);
		ASSERT_EQ(inet_addr("255.255.0.0"),
			  out.RR_NextHopAddress.N_NetMask);
	}
	e = RtmCreateEnumerationHandle(IP, RTM_ONLY_THIS_NETWORK, &r);
	ASSERT_NE(0, H(e));
	ASSERT_EQ(NO_ERROR, RtmEnumerateGetNextRoute(e, &out));
	ASSERT_EQ(inet_addr(network[0][0]), out.RR_Network.N_NetNumber);
	ASSERT_EQ(ERROR_NO_MORE_ROUTES, RtmEnumerateGetNextRoute(e, &out));
	error = RtmGetFirstRoute(IP, 0, &out);
	for (i = 0; i < n; i++) {
		ASSERT_EQ(NO_ERROR, error);
		ASSERT_EQ(inet_addr(network[i][0]), out.RR_Network.N_NetNumber);
		ASSERT_EQ(inet_addr(network[i][1]), out.RR_Network.N_NetMask);
		error = RtmGetNextRoute(IP, 0, &out);
	}
	ASSERT_EQ(ERROR_NO_ROUTES, error);
	ASSERT_TRUE(RtmLookupIPDestination(inet_addr("10.1.2.99"), &out));
	ASSERT_EQ(inet_addr("10.1.2.0"), out.RR_Network.N_NetNumber);
	ASSERT_TRUE(RtmLookupIPDestination(inet_addr("172.31.255.254"), &out));
	ASSERT_EQ(inet_addr("172.16.0.0"), out.RR_Network.N_NetNumber);
	ASSERT_TRUE(RtmLookupIPDestination(inet_addr("11.0.0.0"), &out));
	ASSERT_EQ(0, out.RR_Network.N_NetNumber);
	net = (IP_NETWORK) { inet_addr("10.1.0.0"), inet_addr("255.255.0.0") };
	ASSERT_TRUE(RtmIsRoute(IP, &net, NULL));
	/* Host order is bad input now: bits beyond, a mask that is none. */
	net = (IP_NETWORK) { 0x0a010000, 0xffff0000 };
	ASSERT_FAILS(ERROR_INVALID_PARAMETER, RtmIsRoute(IP, &net, NULL));
	first = route_to("10.1.0.1", "255.255.0.0");
	ASSERT_EQ(ERROR_INVALID_PARAMETER,
		  RtmAddRoute(h, &first, INFINITE, NULL, NULL, NULL));
	first = route_to("10.1.0.0", "255.255.0.0");
	ASSERT_EQ(NO_ERROR, RtmBlockDeleteRoutes(h, RTM_ONLY_THIS_NETWORK,
						 &first));
	ASSERT_EQ(ERROR_NO_SUCH_ROUTE, RtmDeleteRoute(h, &first, NULL, NULL));
	ASSERT_EQ(n - 1, RtmGetNetworkCount(IP));
}

TEST(ipx_networks_too_but_no_mac_address)
{
	RTM_IPX_ROUTE r = {
		.RR_InterfaceID = 1,
		.RR_Network.N_NetNumber = htonl(0x00c0ffee),
		.RR_NextHopAddress = { { 1, 2, 3, 4, 5, 6 } },
		.RR_FamilySpecificData = { 1, 0x0102, 0x0304 },
	}, out;
	RTM_IPX_ROUTE second = r;
	HANDLE h;

	FRESH_TABLE();
	ASSERT_EQ(NO_ERROR, RtmSetByteOrder(RTM_ORDER_NETWORK));
	h = RtmRegisterClient(IPX, PROTO_A, NULL, 0);
	ASSERT_NE(0, H(h));
	/* Behind the first as a number, before it as bytes. */
	second.RR_Network.N_NetNumber = htonl(0x01000000);
	ASSERT_EQ(NO_ERROR, RtmAddRoute(h, &second, INFINITE, NULL, NULL,
					NULL));
	ASSERT_EQ(NO_ERROR, RtmAddRoute(h, &r, INFINITE, NULL, &out, NULL));
	ASSERT_EQ(htonl(0x00c0ffee), out.RR_Network.N_NetNumber);
	ASSERT_EQ(0, memcmp("\1\2\3\4\5\6\0\0", &out.RR_NextHopAddress, 8));
	ASSERT_EQ(0x0102, out.RR_FamilySpecificData.FSD_TickCount);
	ASSERT_EQ(0x0304, out.RR_FamilySpecificData.FSD_HopCount);
	ASSERT_EQ(NO_ERROR, RtmGetFirstRoute(IPX, 0, &out));
	ASSERT_EQ(r.RR_Network.N_NetNumber, out.RR_Network.N_NetNumber);
	ASSERT_EQ(NO_ERROR, RtmGetNextRoute(IPX, 0, &out));
	ASSERT_EQ(second.RR_Network.N_NetNumber, out.RR_Network.N_NetNumber);
}

TEST(ipv6_addresses_are_bytes_whatever_the_order)
{
	RTM_IPV6_ROUTE r = {
		.RR_InterfaceID = 1,
		.RR_Network = { { 0x20, 1, 0xd, 0xb8 }, 32 },
		.RR_NextHopAddress = { { 0xfe, 0x80, [15] = 1 }, 64 },
		.RR_FamilySpecificData.FSD_Metric = 0x01020304,
	}, out;
	HANDLE h;

	FRESH_TABLE();
	ASSERT_EQ(NO_ERROR, RtmSetByteOrder(RTM_ORDER_NETWORK));
	h = RtmRegisterClient(IPV6, PROTO_A, NULL, 0);
	ASSERT_NE(0, H(h));
	ASSERT_EQ(NO_ERROR, RtmAddRoute(h, &r, INFINITE, NULL, &out, NULL));
	ASSERT_EQ(0, memcmp(&out.RR_Network, &r.RR_Network,
			    2 * sizeof(IPV6_NETWORK)));
	ASSERT_EQ(0x01020304, out.RR_FamilySpecificData.FSD_Metric);
	r.RR_Network.N_NetNumber[15] = 1;
	ASSERT_TRUE(RtmLookupIPv6Destination(r.RR_Network.N_NetNumber, &out));
	ASSERT_EQ(32, out.RR_Network.N_PrefixLength);
	ASSERT_EQ(64, out.RR_NextHopAddress.N_PrefixLength);
}

/* Each process has its order; the table has none. */
TEST(a_process_of_host_order_reads_the_same_table)
{
	RTM_IP_ROUTE r = route_to("10.1.0.0", "255.255.0.0"), out;
	int go[2];
	pid_t pid;
	HANDLE h;
	char c;

	FRESH_TABLE();
	ASSERT_EQ(0, pipe(go));
	pid = fork_for_a_while();
	ASSERT_NE(-1, pid);
	if (!pid) {
		if (read(go[0], &c, 1) != 1)
			_exit(1);
		ASSERT_TRUE(RtmLookupIPDestination(0x0a01ff00, &out));
		ASSERT_EQ(0x0a010000, out.RR_Network.N_NetNumber);
		ASSERT_EQ(0xffff0000, out.RR_Network.N_NetMask);
		ASSERT_EQ(0xc0a80701, out.RR_NextHopAddress.N_NetNumber);
		ASSERT_EQ(0xffff0000, out.RR_NextHopAddress.N_NetMask);
		_exit(0);
	}
	ASSERT_EQ(NO_ERROR, RtmSetByteOrder(RTM_ORDER_NETWORK));
	h = RtmRegisterClient(IP, PROTO_A, NULL, 0);
	ASSERT_EQ(NO_ERROR, RtmAddRoute(h, &r, INFINITE, NULL, NULL, NULL));
	ASSERT_EQ(1, write(go[1], "", 1));
	ASSERT_EQ(0, reap(pid));
}

TEST(the_switch_is_made_once_and_before_anything_else)
{
	IP_NETWORK net = { 0x0a010000, 0xffff0000 };
	RTM_IP_ROUTE r = { .RR_Network = { 0x0a010000, 0xffff0000 } };
	HANDLE h;

	FRESH_TABLE();
	ASSERT_EQ(ERROR_INVALID_PARAMETER, RtmSetByteOrder(0));
	ASSERT_EQ(ERROR_INVALID_PARAMETER, RtmSetByteOrder(3));
	h = RtmRegisterClient(IP, PROTO_A, NULL, 0);
	ASSERT_NE(0, H(h));
	ASSERT_EQ(NO_ERROR, RtmAddRoute(h, &r, INFINITE, NULL, NULL, NULL));
	ASSERT_EQ(ERROR_ALREADY_INITIALIZED,
		  RtmSetByteOrder(RTM_ORDER_NETWORK));
	/* The order stayed as it was. */
	ASSERT_TRUE(RtmIsRoute(IP, &net, NULL));
}

TEST(macros_mean_what_they_say_in_network_order)
{
	RTM_IP_ROUTE r = route_to("224.0.0.0", "240.0.0.0");

	ASSERT_TRUE(IsRouteNonUnicast(&r));
	ASSERT_FALSE(IsRouteLoopback(&r));
	r = route_to("10.0.0.224", "255.255.255.255");
	ASSERT_FALSE(IsRouteNonUnicast(&r));
	ASSERT_FALSE(IsRouteLoopback(&r));
	r = route_to("127.0.0.0", "255.0.0.0");
	ASSERT_FALSE(IsRouteNonUnicast(&r));
	ASSERT_TRUE(IsRouteLoopback(&r));
	r = route_to("10.0.0.127", "255.255.255.255");
	ASSERT_FALSE(IsRouteLoopback(&r));
	r.RR_NextHopAddress.N_NetNumber = inet_addr("127.0.0.1");
	ASSERT_TRUE(IsRouteLoopback(&r));
}

TEST_HARNESS_MAIN
