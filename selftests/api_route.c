// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Adding and deleting routes: what is kept, what is a route's identity, what
 * is refused, what is best, and what the caller is answered.
 */
#include "rtm_api_test.h"

FIXTURE(route)
{
	HANDLE a;
	HANDLE b;
	HANDLE single;
};

FIXTURE_VARIANT(route)
{
	DWORD family;
};

FIXTURE_VARIANT_ADD(route, ip)
{
	.family = IP,
};

FIXTURE_VARIANT_ADD(route, ipv6)
{
	.family = IPV6,
};

FIXTURE_VARIANT_ADD(route, ipx)
{
	.family = IPX,
};

FIXTURE_SETUP(route)
{
	FRESH_TABLE();
	self->a = RtmRegisterClient(variant->family, PROTO_A, NULL, 0);
	ASSERT_NE(0, H(self->a));
	self->b = RtmRegisterClient(variant->family, PROTO_B, NULL, 0);
	ASSERT_NE(0, H(self->b));
	self->single = RtmRegisterClient(variant->family, PROTO_C, NULL,
					 RTM_PROTOCOL_SINGLE_ROUTE);
	ASSERT_NE(0, H(self->single));
}

FIXTURE_TEARDOWN(route)
{
	EXPECT_EQ(NO_ERROR, RtmDeregisterClient(self->a));
	EXPECT_EQ(NO_ERROR, RtmDeregisterClient(self->b));
	EXPECT_EQ(NO_ERROR, RtmDeregisterClient(self->single));
	EXPECT_EQ(0, count_routes(variant->family));
}

/* All ones where a client may set anything; the least; the middle. */
static union route extreme(DWORD family, unsigned int which)
{
	union route r = make_route(family, 7, 3, 9, 11);

	if (which == 2)
		return r;
	memset(&r, which ? 0xff : 0, route_size(family));
	if (family == IPV6 && which)
		r.ipv6.RR_Network.N_PrefixLength = 128;
	return r;
}

TEST_F(route, every_member_survives_every_way_out)
{
	DWORD family = variant->family;
	union route in, want, out;
	unsigned int which;
	HANDLE e;

	for (which = 0; which < 3; which++) {
		in = extreme(family, which);
		want = told(family, in, PROTO_A, PRIO_OTHERS);
		ASSERT_ANSWER(NO_ERROR, RTM_ROUTE_ADDED, &want, NULL,
			      add(self->a, in));
		/* What the manager writes is not taken from the caller. */
		poison(&out);
		ASSERT_TRUE(RtmIsRoute(family, &in.ip.RR_Network, &out));
		ASSERT_ROUTE(want, out);
		poison(&out);
		ASSERT_EQ(NO_ERROR, RtmGetFirstRoute(family, 0, &out));
		ASSERT_ROUTE(want, out);
		e = RtmCreateEnumerationHandle(family, 0, NULL);
		ASSERT_NE(0, H(e));
		poison(&out);
		ASSERT_EQ(NO_ERROR, RtmEnumerateGetNextRoute(e, &out));
		ASSERT_ROUTE(want, out);
		ASSERT_EQ(NO_ERROR, RtmCloseEnumerationHandle(e));
		if (family != IPX) {
			poison(&out);
			ASSERT_TRUE(find_address(family, &in, &out));
			ASSERT_ROUTE(want, out);
		}
		ASSERT_EQ(NO_ERROR, add(self->b, in).error);
		want = told(family, in, PROTO_B, PRIO_OTHERS);
		ASSERT_ANSWER(NO_ERROR, RTM_ROUTE_CHANGED, &want, NULL,
			      del(self->a, in));
		ASSERT_EQ(RTM_ROUTE_DELETED, del(self->b, in).flags);
	}
}

TEST_F(route, flags_cur_and_prev_may_each_be_null)
{
	DWORD family = variant->family;
	union route r[2], t[2];
	struct answer seen;
	unsigned int given, i;

	for (i = 0; i < 2; i++) {
		r[i] = make_route(family, 1, 1, 1 + i, 2 - i);
		t[i] = told(family, r[i], PROTO_A, PRIO_OTHERS);
	}
	for (given = 0; given < 8; given++) {
#define GIVEN(bit, member) (given & (bit) ? &seen.member : NULL)
		for (i = 0; i < 2; i++) {
			clear(&seen);
			ASSERT_EQ(NO_ERROR,
				  RtmAddRoute(self->a, &r[i], INFINITE,
					      GIVEN(1, flags), GIVEN(2, cur),
					      GIVEN(4, prev)));
			ASSERT_EQ(!(given & 1) ? POISON : i ?
				  RTM_ROUTE_CHANGED : RTM_ROUTE_ADDED,
				  seen.flags);
			if (given & 2)
				ASSERT_ROUTE(t[i], seen.cur);
			if (given & 4 && i)
				ASSERT_ROUTE(t[0], seen.prev);
		}
		/* No change: add, update and delete of what is not best. */
		clear(&seen);
		ASSERT_EQ(NO_ERROR, RtmAddRoute(self->a, &r[0], INFINITE,
						GIVEN(1, flags), GIVEN(2, cur),
						GIVEN(4, prev)));
		ASSERT_EQ(given & 1 ? RTM_NO_CHANGE : POISON, seen.flags);
		for (i = 2; i--; ) {
			clear(&seen);
			ASSERT_EQ(NO_ERROR,
				  RtmDeleteRoute(self->a, &r[i],
						 GIVEN(1, flags),
						 GIVEN(2, cur)));
			ASSERT_EQ(!(given & 1) ? POISON : i ?
				  RTM_ROUTE_CHANGED : RTM_ROUTE_DELETED,
				  seen.flags);
			if (given & 2 && i)
				ASSERT_ROUTE(t[0], seen.cur);
		}
		clear(&seen);
		ASSERT_EQ(ERROR_NO_SUCH_ROUTE,
			  RtmDeleteRoute(self->a, &r[0], GIVEN(1, flags),
					 GIVEN(2, cur)));
#undef GIVEN
	}
	ASSERT_EQ(0, count_routes(family));
}

struct spoilt {
	DWORD family;
	unsigned int offset;	/* of a DWORD in the route */
	DWORD value;
};

#define NUMBER	IP, offsetof(RTM_IP_ROUTE, RR_Network.N_NetNumber)
#define MASK	IP, offsetof(RTM_IP_ROUTE, RR_Network.N_NetMask)
#define WORD(n)	IPV6, offsetof(RTM_IPV6_ROUTE, RR_Network.N_NetNumber[(n) * 4])
#define LENGTH	IPV6, offsetof(RTM_IPV6_ROUTE, RR_Network.N_PrefixLength)

TEST_F(route, bad_input_is_refused_and_changes_nothing)
{
	static const struct spoilt spoilt[] = {
		/* A hole; not from the left; bits of the host. */
		{ MASK, 0xff00ff00 }, { MASK, 0x00ffffff }, { MASK, 1 },
		{ MASK, 0xfffffffd }, { MASK, 0x7fffffff },
		{ MASK, 0xff000000 }, { MASK, 0 },
		{ NUMBER, 0x0a000101 }, { NUMBER, 0x0a000180 },
		{ NUMBER, 0xffffffff },
		/* Too long, also modulo 256; bits beyond the length. */
		{ LENGTH, 129 }, { LENGTH, 255 }, { LENGTH, 256 },
		{ LENGTH, 256 + 72 }, { LENGTH, 0xffffffff },
		{ LENGTH, 71 }, { LENGTH, 64 }, { LENGTH, 0 },
		{ WORD(2), 0xffffffff }, { WORD(3), 1 }, { WORD(3), 1U << 31 },
	};
	const DWORD only = RTM_ONLY_THIS_NETWORK, family = variant->family;
	static const DWORD ttl[] = { 0, 2147484, 0x7fffffff, 0xfffffffe };
	union route good = make_route(family, 1, 1, 1, 1), bad;
	unsigned int i;
	struct answer seen;

	ASSERT_EQ(NO_ERROR, put(self->a, good));
	for (i = 0; i < ARRAY_SIZE(spoilt); i++) {
		if (spoilt[i].family != family)
			continue;
		bad = good;
		*(DWORD *)((char *)&bad + spoilt[i].offset) = spoilt[i].value;
		seen = add(self->a, bad);
		ASSERT_EQ(ERROR_INVALID_PARAMETER, seen.error)
			TH_LOG("case %u", i);
		ASSERT_EQ(ERROR_INVALID_PARAMETER, del(self->a, bad).error);
		ASSERT_EQ(ERROR_INVALID_PARAMETER,
			  RtmBlockDeleteRoutes(self->a, only, &bad));
		ASSERT_EQ(ERROR_INVALID_PARAMETER,
			  RtmGetFirstRoute(family, only, &bad));
		ASSERT_FAILS(ERROR_INVALID_PARAMETER,
			     RtmIsRoute(family, &bad.ip.RR_Network, NULL));
		ASSERT_FAILS(ERROR_INVALID_PARAMETER,
			     RtmCreateEnumerationHandle(family, only, &bad));
	}
	for (i = 0; i < ARRAY_SIZE(ttl); i++) {
		ASSERT_EQ(ERROR_INVALID_PARAMETER,
			  add_ttl(self->a, good, ttl[i]).error);
		bad = make_route(family, 2, 1, 1, 1);
		ASSERT_EQ(ERROR_INVALID_PARAMETER,
			  add_ttl(self->a, bad, ttl[i]).error);
	}
	ASSERT_EQ(ERROR_INVALID_PARAMETER,
		  RtmAddRoute(self->a, NULL, INFINITE, NULL, NULL, NULL));
	ASSERT_EQ(ERROR_INVALID_PARAMETER,
		  RtmDeleteRoute(self->a, NULL, NULL, NULL));
	ASSERT_FAILS(ERROR_INVALID_PARAMETER,
		     RtmIsRoute(family, NULL, NULL));
	ASSERT_EQ(1, count_routes(family));
	ASSERT_EQ(RTM_ROUTE_DELETED, del(self->a, good).flags);
}

TEST_F(route, one_second_and_twenty_four_days_are_times_to_live)
{
	union route r = make_route(variant->family, 1, 1, 1, 1), out;
	DWORD done, error, tries = 0;
	RTM_ROUTE_INFO info;

	ASSERT_EQ(RTM_ROUTE_ADDED, add_ttl(self->a, r, 2147483).flags);
	ASSERT_EQ(NO_ERROR, RtmGetFirstRouteBatch(variant->family, 0, NULL, 1,
						  &out, &info, &done));
	ASSERT_EQ(1, done);
	ASSERT_LE(2147483 - SOON / 1000, info.TimeToLive);
	ASSERT_GE(2147483, info.TimeToLive);
	ASSERT_EQ(RTM_NO_CHANGE, add_ttl(self->a, r, INFINITE).flags);
	ASSERT_EQ(NO_ERROR, RtmGetFirstRouteBatch(variant->family, 0, NULL, 1,
						  &out, &info, &done));
	ASSERT_EQ(INFINITE, info.TimeToLive);
	ASSERT_EQ(RTM_NO_CHANGE, add_ttl(self->a, r, 1).flags);
	/* The second may be over before one has looked. */
	while ((error = RtmGetFirstRouteBatch(variant->family, 0, NULL, 1, &out,
					      &info, &done)) == ERROR_NO_ROUTES &&
	       tries++ < 20)
		ASSERT_EQ(RTM_ROUTE_ADDED, add_ttl(self->a, r, 1).flags);
	ASSERT_EQ(NO_ERROR, error);
	ASSERT_GE(1, info.TimeToLive);
}

/* Which members make another route; of all others the first is updated. */
TEST_F(route, identity_is_network_client_interface_and_next_hop)
{
	DWORD family = variant->family;
	union route r = make_route(family, 1, 1, 1, 1), other = r;

	ASSERT_EQ(NO_ERROR, put(self->a, r));
	other.ip.RR_RoutingProtocol = 4711;
	other.ip.RR_ProtocolSpecificData.PSD_Data[2] = 4711;
	if (family != IPX) {
		*hop_mask(family, &other) = 0xffffffff;
		*ip_data(family, &other) = (IP_SPECIFIC_DATA) { 0 };
	} else {
		other.ipx.RR_FamilySpecificData = (IPX_SPECIFIC_DATA) { 0 };
	}
	ASSERT_EQ(NO_ERROR, put(self->a, other));
	ASSERT_EQ(1, count_routes(family));

	ASSERT_EQ(NO_ERROR, put(self->a, make_route(family, 1, 2, 1, 1)));
	ASSERT_EQ(2, count_routes(family));
	ASSERT_EQ(NO_ERROR, put(self->a, make_route(family, 1, 1, 2, 1)));
	ASSERT_EQ(3, count_routes(family));
	ASSERT_EQ(NO_ERROR, put(self->b, r));
	ASSERT_EQ(4, count_routes(family));
	ASSERT_EQ(1, RtmGetNetworkCount(family));
	ASSERT_EQ(NO_ERROR, put(self->a, make_route(family, 2, 1, 1, 1)));
	ASSERT_EQ(5, count_routes(family));
	ASSERT_EQ(2, RtmGetNetworkCount(family));
	if (family == IPX)
		return;
	other = r;
	if (family == IP)
		other.ip.RR_Network.N_NetMask = 0xffffff80;
	else
		other.ipv6.RR_Network.N_PrefixLength = 73;
	ASSERT_EQ(NO_ERROR, put(self->a, other));
	ASSERT_EQ(6, count_routes(family));
	ASSERT_EQ(3, RtmGetNetworkCount(family));
}

TEST_F(route, delete_takes_the_callers_own_route_and_no_other)
{
	DWORD family = variant->family;
	union route r = make_route(family, 1, 1, 1, 1);

	ASSERT_EQ(ERROR_NO_SUCH_ROUTE, del(self->a, r).error);
	ASSERT_EQ(NO_ERROR, put(self->a, r));
	ASSERT_EQ(ERROR_NO_SUCH_ROUTE, del(self->b, r).error);
	ASSERT_EQ(ERROR_NO_SUCH_ROUTE,
		  del(self->a, make_route(family, 1, 2, 1, 1)).error);
	ASSERT_EQ(ERROR_NO_SUCH_ROUTE,
		  del(self->a, make_route(family, 1, 1, 2, 1)).error);
	ASSERT_EQ(ERROR_NO_SUCH_ROUTE,
		  del(self->a, make_route(family, 2, 1, 1, 1)).error);
	ASSERT_EQ(1, count_routes(family));
	/* Neither the attributes nor the next hop's mask are looked at. */
	r = make_route(family, 1, 1, 1, 99);
	if (family != IPX)
		*hop_mask(family, &r) = 0;
	ASSERT_EQ(NO_ERROR, del(self->a, r).error);
	ASSERT_EQ(ERROR_NO_SUCH_ROUTE, del(self->a, r).error);
}

TEST_F(route, single_route_clients_have_one_route_a_destination)
{
	DWORD family = variant->family;
	union route r = make_route(family, 1, 1, 1, 1), t;
	union route old = told(family, r, PROTO_C, PRIO_OTHERS);

	ASSERT_EQ(RTM_ROUTE_ADDED, add(self->single, r).flags);
	r = make_route(family, 1, 2, 3, 9);
	t = told(family, r, PROTO_C, PRIO_OTHERS);
	ASSERT_ANSWER(NO_ERROR, RTM_ROUTE_CHANGED, &t, &old,
		      add(self->single, r));
	ASSERT_EQ(1, count_routes(family));
	ASSERT_EQ(RTM_ROUTE_ADDED,
		  add(self->single, make_route(family, 2, 1, 1, 1)).flags);
	ASSERT_EQ(2, count_routes(family));
	/* Delete looks at the network alone. */
	ASSERT_EQ(RTM_ROUTE_DELETED,
		  del(self->single, make_route(family, 1, 7, 7, 7)).flags);
	ASSERT_EQ(ERROR_NO_SUCH_ROUTE, del(self->single, r).error);
	ASSERT_EQ(1, count_routes(family));
}

TEST_F(route, is_route_is_exact_and_says_the_best)
{
	DWORD family = variant->family;
	union route dear = make_route(family, 1, 1, 1, 9);
	union route cheap = make_route(family, 1, 1, 2, 3), out;
	union route want = told(family, cheap, PROTO_B, PRIO_OTHERS);

	ASSERT_FAILS(NO_ERROR, RtmIsRoute(family, &dear.ip.RR_Network, NULL));
	ASSERT_EQ(NO_ERROR, put(self->a, dear));
	ASSERT_TRUE(RtmIsRoute(family, &dear.ip.RR_Network, NULL));
	ASSERT_EQ(NO_ERROR, put(self->b, cheap));
	poison(&out);
	ASSERT_TRUE(RtmIsRoute(family, &dear.ip.RR_Network, &out));
	ASSERT_ROUTE(want, out);
	out = make_route(family, 2, 1, 1, 1);
	ASSERT_FAILS(NO_ERROR, RtmIsRoute(family, &out.ip.RR_Network, &out));
	if (family == IP) {
		IP_NETWORK near[] = {
			{ 0x0a000100, 0xffffff80 }, { 0x0a000100, 0xffffffff },
			{ 0x0a000000, 0xffff0000 }, { 0, 0 },
		};
		unsigned int i;

		for (i = 0; i < ARRAY_SIZE(near); i++)
			ASSERT_FAILS(NO_ERROR, RtmIsRoute(IP, &near[i], NULL));
	}
	if (family == IPV6) {
		IPV6_NETWORK near = dear.ipv6.RR_Network;

		near.N_PrefixLength = 73;
		ASSERT_FAILS(NO_ERROR, RtmIsRoute(IPV6, &near, NULL));
		near.N_PrefixLength = 128;
		ASSERT_FAILS(NO_ERROR, RtmIsRoute(IPV6, &near, NULL));
		near.N_NetNumber[8] = 0;
		near.N_PrefixLength = 64;
		ASSERT_FAILS(NO_ERROR, RtmIsRoute(IPV6, &near, NULL));
	}
}

TEST_F(route, network_count_counts_destinations)
{
	DWORD family = variant->family, i;
	union route r;

	ASSERT_FAILS(NO_ERROR, RtmGetNetworkCount(family));
	for (i = 0; i < 100; i++) {
		r = make_route(family, i, 1, 1, 1);
		ASSERT_EQ(NO_ERROR, put(self->a, r));
		ASSERT_EQ(NO_ERROR, put(self->b, r));
		ASSERT_EQ(i + 1, RtmGetNetworkCount(family));
	}
	ASSERT_EQ(NO_ERROR, RtmDeregisterClient(self->a));
	ASSERT_EQ(100, RtmGetNetworkCount(family));
	for (i = 0; i < 100; i++) {
		r = make_route(family, i, 1, 1, 1);
		ASSERT_EQ(NO_ERROR, del(self->b, r).error);
		ASSERT_EQ(99 - i, RtmGetNetworkCount(family));
	}
	self->a = RtmRegisterClient(family, PROTO_A, NULL, 0);
}

/* Lower metric; of IPX ticks and then hops; of equals who was there first. */
TEST_F(route, the_lower_metric_wins_and_ties_change_nothing)
{
	DWORD family = variant->family;
	union route r = make_route(family, 1, 5, 1, 10), t;

	ASSERT_EQ(RTM_ROUTE_ADDED, add(self->b, r).flags);
	/* As good, and before it in identity: stays second. */
	r = make_route(family, 1, 1, 1, 10);
	ASSERT_EQ(RTM_NO_CHANGE, add(self->a, r).flags);
	if (family != IPX) {
		/* The other metrics decide nothing. */
		ip_data(family, &r)->FSD_Metric1 = 0;
		ASSERT_EQ(RTM_NO_CHANGE, add(self->a, r).flags);
		ip_data(family, &r)->FSD_Metric = 9;
	} else {
		r.ipx.RR_FamilySpecificData.FSD_HopCount = 8;
		ASSERT_EQ(RTM_NO_CHANGE, add(self->a, r).flags);
		r.ipx.RR_FamilySpecificData.FSD_HopCount = 6;
	}
	t = told(family, r, PROTO_A, PRIO_OTHERS);
	ASSERT_ANSWER(NO_ERROR, RTM_ROUTE_CHANGED, &t, NULL, add(self->a, r));
	if (family == IPX) {
		r.ipx.RR_FamilySpecificData.FSD_TickCount = 11;
		r.ipx.RR_FamilySpecificData.FSD_HopCount = 0;
		ASSERT_EQ(PROTO_B,
			  add(self->a, r).cur.ip.RR_RoutingProtocol);
	}
}

TEST_F(route, of_equal_newcomers_protocol_interface_hop_decide)
{
	/* In the order in which they succeed each other. */
	static const struct {
		DWORD protocol, interface, hop;
	} heir[] = {
		{ PROTO_C, 9, 9 },	/* best while it is there: the first */
		{ PROTO_A, 1, 1 }, { PROTO_A, 1, 2 }, { PROTO_A, 2, 1 },
		{ PROTO_B, 1, 1 }, { PROTO_B, 1, 2 }, { PROTO_B, 2, 1 },
	};
	DWORD family = variant->family;
	unsigned int i, n = ARRAY_SIZE(heir);
	union route r[ARRAY_SIZE(heir)], t;
	HANDLE h[ARRAY_SIZE(heir)];

	for (i = 0; i < n; i++) {
		r[i] = make_route(family, 1, heir[i].interface, heir[i].hop, 5);
		h[i] = heir[i].protocol == PROTO_A ? self->a :
		       heir[i].protocol == PROTO_B ? self->b : self->single;
	}
	ASSERT_EQ(RTM_ROUTE_ADDED, add(h[0], r[0]).flags);
	for (i = n; --i; )
		ASSERT_EQ(RTM_NO_CHANGE, add(h[i], r[i]).flags);
	for (i = 0; i < n - 1; i++) {
		t = told(family, r[i + 1], heir[i + 1].protocol, PRIO_OTHERS);
		ASSERT_ANSWER(NO_ERROR, RTM_ROUTE_CHANGED, &t, NULL,
			      del(h[i], r[i]));
	}
	ASSERT_EQ(RTM_ROUTE_DELETED, del(h[i], r[i]).flags);
}

/* RRAS's published defaults and what routers ship. */
static const RTM_PRIORITY published[] = {
	{ PROTO_IP_LOCAL, 1 },
	{ PROTO_IP_NT_STATIC, 3 },
	{ PROTO_IP_NT_STATIC_NON_DOD, 5 },
	{ PROTO_IP_NT_AUTOSTATIC, 7 },
	{ PROTO_IP_NETMGMT, 10 },
	{ PROTO_IP_BGP, 20 },
	{ PROTO_IP_OSPF, 110 },
	{ PROTO_IP_IS_IS, 115 },
	{ PROTO_IP_RIP, 120 },
	{ PROTO_IP_OTHER, PRIO_OTHERS },
	{ 0x80000000, PRIO_OTHERS },
	{ 0, PRIO_OTHERS },
};

TEST_F(route, default_priorities_rank_protocols_above_metrics)
{
	unsigned int i, n = ARRAY_SIZE(published);
	DWORD family = variant->family;
	union route r, t, last;
	struct answer seen;
	HANDLE h[ARRAY_SIZE(published)];

	if (family == IPX)
		return;
	for (i = n; i--; ) {
		h[i] = RtmRegisterClient(family, published[i].RoutingProtocol,
					 NULL, 0);
		ASSERT_NE(0, H(h[i]));
		/* The better the protocol, the worse the metric. */
		r = make_route(family, 1, 1, 1, 1000 - i);
		t = told(family, r, published[i].RoutingProtocol,
			 published[i].Priority);
		seen = add(h[i], r);
		if (published[i].Priority == PRIO_OTHERS && i < n - 1) {
			ASSERT_EQ(RTM_NO_CHANGE, seen.flags);
			continue;
		}
		ASSERT_ANSWER(NO_ERROR, i < n - 1 ? RTM_ROUTE_CHANGED :
			      RTM_ROUTE_ADDED, &t, i < n - 1 ? &last : NULL,
			      seen);
		last = t;
	}
	for (i = 0; i < n; i++)
		ASSERT_EQ(NO_ERROR, RtmDeregisterClient(h[i]));
}

TEST_F(route, priorities_can_be_read_and_set_and_re_elect)
{
	DWORD family = variant->family, total, i;
	RTM_PRIORITY p[RTM_MAX_PRIORITIES], set[2];
	HANDLE event = CreateEvent(NULL, FALSE, FALSE, NULL);
	HANDLE owner = RtmRegisterClient(family, 77, event, 0);
	union route r = make_route(family, 1, 1, 1, 1), theirs, mine;

	ASSERT_NE(0, H(owner));
	ASSERT_EQ(NO_ERROR, RtmGetPriorities(family, RTM_MAX_PRIORITIES, p,
					     &total));
	for (i = 1; i < total; i++)
		ASSERT_GT(p[i].RoutingProtocol, p[i - 1].RoutingProtocol);
	ASSERT_EQ(RTM_OTHER_PROTOCOLS, p[total - 1].RoutingProtocol);
	ASSERT_EQ(PRIO_OTHERS, p[total - 1].Priority);

	ASSERT_EQ(RTM_ROUTE_ADDED, add(self->a, r).flags);
	ASSERT_EQ(NO_ERROR, dequeue(owner).error);
	ASSERT_EQ(RTM_NO_CHANGE, add(owner, r).flags);
	set[0] = (RTM_PRIORITY) { 77, 50 };
	set[1] = (RTM_PRIORITY) { PROTO_A, 200 };
	ASSERT_EQ(NO_ERROR, RtmSetPriorities(family, 2, set));
	theirs = told(family, r, PROTO_A, 200);
	mine = told(family, r, 77, 50);
	/* The owner is told; what it was before is shown as it stood then. */
	ASSERT_EQ(WAIT_OBJECT_0, check(event));
	ASSERT_ANSWER(NO_ERROR, RTM_ROUTE_CHANGED, &mine, NULL,
		      dequeue(owner));
	ASSERT_ANSWER(NO_ERROR, RTM_ROUTE_CHANGED, &theirs, NULL,
		      del(owner, r));
	set[0] = (RTM_PRIORITY) { RTM_OTHER_PROTOCOLS, 3 };
	ASSERT_EQ(NO_ERROR, RtmSetPriorities(family, 1, set));
	ASSERT_EQ(RTM_NO_CHANGE, add(self->a, r).flags);
	theirs = told(family, r, PROTO_B, 3);
	ASSERT_ANSWER(NO_ERROR, RTM_ROUTE_CHANGED, &theirs, NULL,
		      add(self->b, r));
	ASSERT_EQ(NO_ERROR, RtmDeregisterClient(owner));
}

TEST_F(route, the_protocol_that_means_all_others_is_one_of_them)
{
	DWORD family = variant->family;
	HANDLE h = RtmRegisterClient(family, RTM_OTHER_PROTOCOLS, NULL, 0);
	RTM_PRIORITY set = { RTM_OTHER_PROTOCOLS, 3 };
	union route r = make_route(family, 1, 1, 1, 1), t;

	ASSERT_NE(0, H(h));
	t = told(family, r, RTM_OTHER_PROTOCOLS, PRIO_OTHERS);
	ASSERT_ANSWER(NO_ERROR, RTM_ROUTE_ADDED, &t, NULL, add(h, r));
	ASSERT_EQ(NO_ERROR, RtmSetPriorities(family, 1, &set));
	r = make_route(family, 2, 1, 1, 1);
	ASSERT_EQ(RTM_ROUTE_ADDED, add(self->a, r).flags);
	ASSERT_EQ(RTM_NO_CHANGE, add(h, r).flags);
	t = told(family, r, RTM_OTHER_PROTOCOLS, 3);
	ASSERT_ANSWER(NO_ERROR, RTM_ROUTE_CHANGED, &t, NULL, del(self->a, r));
	ASSERT_EQ(NO_ERROR, RtmDeregisterClient(h));
}

TEST(macros_mean_what_they_say_in_host_order)
{
	static const struct {
		DWORD number, hop;
		bool nonunicast, loopback;
	} c[] = {
		{ 0x0a000000, 0x0a000001, false, false },
		{ 0xdfffffff, 0, false, false },
		{ 0xe0000000, 0, true, false },
		{ 0xffffffff, 0, true, false },
		{ 0x000000e0, 0x0100007f, false, false },
		{ 0x7f000000, 0, false, true },
		{ 0x7f123456, 0, false, true },
		{ 0x0a000000, 0x7f000001, false, true },
		{ 0x0a00007f, 0x7f000002, false, false },
	};
	union route r = make_route(IP, 1, 1, 1, 1);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(c); i++) {
		r.ip.RR_Network.N_NetNumber = c[i].number;
		r.ip.RR_NextHopAddress.N_NetNumber = c[i].hop;
		ASSERT_EQ(c[i].nonunicast, !!IsRouteNonUnicast(&r.ip));
		ASSERT_EQ(c[i].loopback, !!IsRouteLoopback(&r.ip));
	}
	r.ip.RR_FamilySpecificData.FSD_Flags = 0x80;
	ASSERT_FALSE(IsRouteValid(&r.ip));
	SetRouteValid(&r.ip);
	ASSERT_TRUE(IsRouteValid(&r.ip));
	ASSERT_EQ(0x81, r.ip.RR_FamilySpecificData.FSD_Flags);
	ClearRouteValid(&r.ip);
	ASSERT_EQ(0x80, r.ip.RR_FamilySpecificData.FSD_Flags);
	ClearRouteFlags(&r.ip);
	ASSERT_EQ(0, r.ip.RR_FamilySpecificData.FSD_Flags);
}

TEST(identity_of_ipv6_has_all_sixteen_bytes_of_the_next_hop)
{
	union route r = make_route(IPV6, 1, 1, 1, 5), t;
	IPV6_NEXT_HOP_ADDRESS *hop = &r.ipv6.RR_NextHopAddress;
	unsigned int i;
	HANDLE h;

	FRESH_TABLE();
	h = RtmRegisterClient(IPV6, PROTO_A, NULL, 0);
	ASSERT_NE(0, H(h));
	for (i = 0; i < 16; i++) {
		memset(hop->N_NetNumber, 0, 16);
		hop->N_NetNumber[i] = 1;
		ASSERT_EQ(i ? RTM_NO_CHANGE : RTM_ROUTE_ADDED, add(h, r).flags);
	}
	ASSERT_EQ(1, RtmGetNetworkCount(IPV6));
	ASSERT_EQ(16, count_routes(IPV6));
	memset(hop->N_NetNumber, 0, 16);
	ASSERT_EQ(ERROR_NO_SUCH_ROUTE, del(h, r).error);
	/* What is best goes, and the least next hop takes over each time. */
	hop->N_NetNumber[0] = 1;
	for (i = 16; --i; ) {
		t = told(IPV6, r, PROTO_A, PRIO_OTHERS);
		memset(t.ipv6.RR_NextHopAddress.N_NetNumber, 0, 16);
		t.ipv6.RR_NextHopAddress.N_NetNumber[i] = 1;
		ASSERT_ANSWER(NO_ERROR, RTM_ROUTE_CHANGED, &t, NULL,
			      del(h, r));
		memset(hop->N_NetNumber, 0, 16);
		hop->N_NetNumber[i] = 1;
	}
	ASSERT_EQ(RTM_ROUTE_DELETED, del(h, r).flags);
}

TEST(macros_mean_what_they_say_of_ipv6)
{
	union route r = make_route(IPV6, 1, 1, 1, 1);
	BYTE *number = r.ipv6.RR_Network.N_NetNumber;
	BYTE *hop = r.ipv6.RR_NextHopAddress.N_NetNumber;

	ASSERT_FALSE(IsIPv6RouteNonUnicast(&r.ipv6));
	ASSERT_FALSE(IsIPv6RouteLoopback(&r.ipv6));
	number[0] = 0xff;
	ASSERT_TRUE(IsIPv6RouteNonUnicast(&r.ipv6));
	memset(number, 0, 16);
	ASSERT_FALSE(IsIPv6RouteLoopback(&r.ipv6));
	number[15] = 1;
	ASSERT_TRUE(IsIPv6RouteLoopback(&r.ipv6));
	number[7] = 1;
	ASSERT_FALSE(IsIPv6RouteLoopback(&r.ipv6));
	memset(hop, 0, 16);
	hop[15] = 1;
	ASSERT_TRUE(IsIPv6RouteLoopback(&r.ipv6));
	ASSERT_TRUE(IsRouteValid(&r.ipv6));
	ClearRouteValid(&r.ipv6);
	ASSERT_FALSE(IsRouteValid(&r.ipv6));
}

TEST_HARNESS_MAIN
