// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Enumerations, the ordered walk, block deletes and longest match, against a
 * small table that is known in full.
 */
#include "rtm_api_test.h"

#define OPEN		RtmCreateEnumerationHandle

#define NETWORKS	3
#define INTERFACES	2
#define HOPS		2
#define PROTOCOLS	2
#define ROUTES		(NETWORKS * PROTOCOLS * INTERFACES * HOPS)
#define MATCHES		16	/* combinations of flags */

static const DWORD protocol[PROTOCOLS] = { PROTO_A, PROTO_B };

FIXTURE(enumerate)
{
	HANDLE event;
	HANDLE client[PROTOCOLS];
	union route route[ROUTES];	/* as told, in the order of the walk */
	bool best[ROUTES];
	bool here[ROUTES];
};

FIXTURE_VARIANT(enumerate)
{
	DWORD family;
};

FIXTURE_VARIANT_ADD(enumerate, ip)
{
	.family = IP,
};

FIXTURE_VARIANT_ADD(enumerate, ipv6)
{
	.family = IPV6,
};

FIXTURE_VARIANT_ADD(enumerate, ipx)
{
	.family = IPX,
};

/*
 * Filled in from the end, so that nothing follows from the order of adding.
 * Best is, of each network, another route.
 */
FIXTURE_SETUP(enumerate)
{
	DWORD family = variant->family;
	unsigned int i, p;

	FRESH_TABLE();
	self->event = CreateEvent(NULL, FALSE, FALSE, NULL);
	ASSERT_NE(0, H(self->event));
	for (p = 0; p < PROTOCOLS; p++) {
		self->client[p] = RtmRegisterClient(family, protocol[p],
						    self->event, 0);
		ASSERT_NE(0, H(self->client[p]));
	}
	for (i = ROUTES; i--; ) {
		unsigned int hop = i % HOPS;
		unsigned int interface = i / HOPS % INTERFACES;
		unsigned int network = i / (ROUTES / NETWORKS);

		p = i / (HOPS * INTERFACES) % PROTOCOLS;
		self->best[i] = i % (ROUTES / NETWORKS) == 3 * network;
		self->route[i] = make_route(family, network, 1 + interface,
					    1 + hop, self->best[i] ? 1 : 2);
		ASSERT_EQ(NO_ERROR, put(self->client[p], self->route[i]));
		self->route[i] = told(family, self->route[i], protocol[p],
				      PRIO_OTHERS);
		self->here[i] = true;
	}
	for (p = 0; p < PROTOCOLS; p++)
		while (dequeue(self->client[p]).error == ERROR_MORE_MESSAGES)
			;
}

FIXTURE_TEARDOWN(enumerate)
{
	unsigned int p;

	for (p = 0; p < PROTOCOLS; p++)
		RtmDeregisterClient(self->client[p]);
	CloseHandle(self->event);
}

static bool same_network(DWORD family, const union route *a,
			 const union route *b)
{
	return !memcmp(&a->ip.RR_Network, &b->ip.RR_Network,
		       network_size(family));
}

/* Whether route @i is there and matches @criteria as far as @flags say. */
static bool matches(FIXTURE_DATA(enumerate) *self, DWORD family, unsigned int i,
		    DWORD flags, const union route *criteria)
{
	const union route *r = &self->route[i];

	return self->here[i] &&
	       (!(flags & RTM_ONLY_THIS_NETWORK) ||
		same_network(family, r, criteria)) &&
	       (!(flags & RTM_ONLY_THIS_INTERFACE) ||
		r->ip.RR_InterfaceID == criteria->ip.RR_InterfaceID) &&
	       (!(flags & RTM_ONLY_THIS_PROTOCOL) ||
		r->ip.RR_RoutingProtocol == criteria->ip.RR_RoutingProtocol) &&
	       (!(flags & RTM_ONLY_BEST_ROUTES) || self->best[i]);
}

/* Criteria in which only what @flags name is valid. */
static union route criteria_of(DWORD family, const union route *route,
			       DWORD flags)
{
	union route c;

	poison(&c);
	if (flags & RTM_ONLY_THIS_NETWORK)
		memcpy(&c.ip.RR_Network, &route->ip.RR_Network,
		       network_size(family));
	if (flags & RTM_ONLY_THIS_INTERFACE)
		c.ip.RR_InterfaceID = route->ip.RR_InterfaceID;
	if (flags & RTM_ONLY_THIS_PROTOCOL)
		c.ip.RR_RoutingProtocol = route->ip.RR_RoutingProtocol;
	return c;
}

TEST_F(enumerate, each_matching_route_once_for_every_combination_of_flags)
{
	DWORD family = variant->family, flags, error;
	union route out, c;
	unsigned int i, k, n;
	bool seen[ROUTES];
	HANDLE e;

	for (flags = 0; flags < MATCHES; flags++)
		for (k = 0; k < ROUTES; k++) {
			c = criteria_of(family, &self->route[k], flags);
			memset(seen, 0, sizeof(seen));
			for (i = n = 0; i < ROUTES; i++)
				n += matches(self, family, i, flags, &c);
			if (!n) {
				ASSERT_FAILS(ERROR_NO_ROUTES,
					     OPEN(family, flags, &c));
				continue;
			}
			e = OPEN(family, flags, &c);
			ASSERT_NE(0, H(e));
			for (; n; n--) {
				poison(&out);
				error = RtmEnumerateGetNextRoute(e, &out);
				ASSERT_EQ(NO_ERROR, error);
				for (i = 0; i < ROUTES; i++)
					if (!*route_diff(&self->route[i], &out))
						break;
				ASSERT_NE(ROUTES, i);
				ASSERT_TRUE(matches(self, family, i, flags,
						    &c));
				ASSERT_FALSE(seen[i]);
				seen[i] = true;
			}
			ASSERT_EQ(ERROR_NO_MORE_ROUTES,
				  RtmEnumerateGetNextRoute(e, &out));
			ASSERT_EQ(ERROR_NO_MORE_ROUTES,
				  RtmEnumerateGetNextRoute(e, &out));
			ASSERT_EQ(NO_ERROR, RtmCloseEnumerationHandle(e));
		}
}

TEST_F(enumerate, nothing_matches_is_said_at_creation)
{
	DWORD family = variant->family;
	union route c = make_route(family, 99, 1, 1, 1);

	ASSERT_FAILS(ERROR_NO_ROUTES,
		     RtmCreateEnumerationHandle(family, RTM_ONLY_THIS_NETWORK,
						&c));
	c.ip.RR_InterfaceID = 99;
	ASSERT_FAILS(ERROR_NO_ROUTES,
		     RtmCreateEnumerationHandle(family,
						RTM_ONLY_THIS_INTERFACE, &c));
	c.ip.RR_RoutingProtocol = 99;
	ASSERT_FAILS(ERROR_NO_ROUTES,
		     RtmCreateEnumerationHandle(family, RTM_ONLY_THIS_PROTOCOL,
						&c));
	ASSERT_FAILS(ERROR_NO_ROUTES,
		     RtmCreateEnumerationHandle(family == IP ? IPX : IP, 0,
						NULL));
	ASSERT_FAILS(ERROR_INVALID_PARAMETER,
		     RtmCreateEnumerationHandle(family, 16, &c));
	ASSERT_FAILS(ERROR_INVALID_PARAMETER,
		     RtmCreateEnumerationHandle(7, 0, &c));
	ASSERT_FAILS(ERROR_INVALID_PARAMETER,
		     RtmCreateEnumerationHandle(family, RTM_ONLY_THIS_NETWORK,
						NULL));
}

TEST_F(enumerate, criteria_may_be_null_if_none_is_read)
{
	static const DWORD flags[] = { 0, RTM_ONLY_BEST_ROUTES };
	union route out;
	unsigned int i, n;
	HANDLE e;

	for (i = 0; i < 2; i++) {
		e = RtmCreateEnumerationHandle(variant->family, flags[i], NULL);
		ASSERT_NE(0, H(e));
		for (n = 0; !RtmEnumerateGetNextRoute(e, &out); n++)
			;
		ASSERT_EQ(i ? NETWORKS : ROUTES, n);
		ASSERT_EQ(NO_ERROR, RtmCloseEnumerationHandle(e));
	}
}

TEST_F(enumerate, closed_twice_and_stale_are_invalid_handles)
{
	HANDLE e = RtmCreateEnumerationHandle(variant->family, 0, NULL);
	HANDLE other = RtmCreateEnumerationHandle(variant->family, 0, NULL);
	union route out;

	ASSERT_NE(H(e), H(other));
	ASSERT_EQ(ERROR_INVALID_PARAMETER, RtmEnumerateGetNextRoute(e, NULL));
	ASSERT_EQ(NO_ERROR, RtmCloseEnumerationHandle(e));
	ASSERT_EQ(ERROR_INVALID_HANDLE, RtmCloseEnumerationHandle(e));
	ASSERT_EQ(ERROR_INVALID_HANDLE, RtmEnumerateGetNextRoute(e, &out));
	ASSERT_EQ(NO_ERROR, RtmEnumerateGetNextRoute(other, &out));
	ASSERT_EQ(NO_ERROR, RtmCloseEnumerationHandle(other));
	ASSERT_EQ(ERROR_INVALID_HANDLE, RtmCloseEnumerationHandle(other));
}

TEST_F(enumerate, what_comes_and_goes_meanwhile_does_not_hide_what_stays)
{
	DWORD family = variant->family, n;
	unsigned int seen[ROUTES] = { 0 }, i, steps = 0;
	union route out;
	HANDLE e;

	e = RtmCreateEnumerationHandle(family, 0, NULL);
	ASSERT_NE(0, H(e));
	poison(&out);
	while (RtmEnumerateGetNextRoute(e, &out) == NO_ERROR) {
		for (i = 0; i < ROUTES; i++)
			seen[i] += !*route_diff(&self->route[i], &out);
		/* Others before, among and behind those that stay. */
		n = 100 + steps % 7;
		if (++steps > 100)
			continue;
		put(self->client[0], make_route(family, n, 1, 1, 1));
		put(self->client[0], make_route(family, steps % 2, 9, 9, 9));
		del(self->client[0], make_route(family, (steps + 1) % 2, 9, 9,
						9));
	}
	for (i = 0; i < ROUTES; i++) {
		ASSERT_EQ(1, seen[i])
			TH_LOG("route %u", i);
	}
	ASSERT_EQ(NO_ERROR, RtmCloseEnumerationHandle(e));
}

TEST_F(enumerate, what_is_gone_meanwhile_is_not_given)
{
	union route out, last = make_route(variant->family, 200, 1, 1, 1);
	unsigned int i, n;
	long long end;
	HANDLE e;

	poison(&out);
	ASSERT_EQ(0, gap_start());
	ASSERT_EQ(NO_ERROR, RtmAddRoute(self->client[0], &last, 2, NULL, NULL,
					NULL));
	e = RtmCreateEnumerationHandle(variant->family, 0, NULL);
	ASSERT_NE(0, H(e));
	/* At first all, then every second one, which is not read ahead any more. */
	for (i = 0; i < ROUTES - 4; i++) {
		if (i >= 4 && i % 2) {
			n = i / (HOPS * INTERFACES) % PROTOCOLS;
			ASSERT_EQ(NO_ERROR, del(self->client[n],
						self->route[i]).error);
			continue;
		}
		ASSERT_EQ(NO_ERROR, RtmEnumerateGetNextRoute(e, &out));
		ASSERT_ROUTE(self->route[i], out);
	}
	/* And what nobody tells of, and was read ahead: it expires. */
	for (; i < ROUTES; i++) {
		ASSERT_EQ(NO_ERROR, RtmEnumerateGetNextRoute(e, &out));
		ASSERT_ROUTE(self->route[i], out);
	}
	end = now_ms(CLOCK_MONOTONIC) + 2000 + LATE;
	do {
		poll(NULL, 0, 20);
		out = last;
	} while (!RtmGetFirstRoute(variant->family, RTM_ONLY_THIS_NETWORK,
				   &out) &&
		 now_ms(CLOCK_MONOTONIC) < end + gap_so_far() / 1000000);
	ASSERT_EQ(ERROR_NO_MORE_ROUTES, RtmEnumerateGetNextRoute(e, &out));
	ASSERT_EQ(NO_ERROR, RtmCloseEnumerationHandle(e));
}

TEST_F(enumerate, first_and_next_walk_in_order_for_every_combination_of_flags)
{
	DWORD family = variant->family, flags, error;
	union route out, c;
	unsigned int i, k;

	for (flags = 0; flags < MATCHES; flags++)
		for (k = 0; k < ROUTES; k++) {
			c = criteria_of(family, &self->route[k], flags);
			out = c;
			error = RtmGetFirstRoute(family, flags, &out);
			for (i = 0; i < ROUTES; i++) {
				if (!matches(self, family, i, flags, &c))
					continue;
				ASSERT_EQ(NO_ERROR, error);
				ASSERT_ROUTE(self->route[i], out);
				error = RtmGetNextRoute(family, flags, &out);
			}
			ASSERT_EQ(ERROR_NO_ROUTES, error);
		}
}

/* Though the best route of the position's own may come after it. */
TEST_F(enumerate, next_best_is_of_another_destination_than_the_position)
{
	const unsigned int each = ROUTES / NETWORKS;
	DWORD family = variant->family, done;
	union route out, batch[NETWORKS];
	unsigned int i, k;

	for (k = 0; k < ROUTES; k++) {
		out = self->route[k];
		for (i = (k / each + 1) * each; i < ROUTES; i++) {
			if (!self->best[i])
				continue;
			ASSERT_EQ(NO_ERROR,
				  RtmGetNextRoute(family, RTM_ONLY_BEST_ROUTES,
						  &out));
			ASSERT_ROUTE(self->route[i], out);
		}
		ASSERT_EQ(ERROR_NO_ROUTES,
			  RtmGetNextRoute(family, RTM_ONLY_BEST_ROUTES, &out));
		RtmGetNextRouteBatch(family, RTM_ONLY_BEST_ROUTES,
				     &self->route[k], NETWORKS, batch, NULL,
				     &done);
		ASSERT_EQ(NETWORKS - 1 - k / each, done);
	}
}

TEST_F(enumerate, next_goes_on_from_a_position_that_need_not_exist)
{
	DWORD family = variant->family;
	union route out, *r = self->route;
	unsigned int i;

	/* Each route deleted once the walk stands on it. */
	poison(&out);
	ASSERT_EQ(NO_ERROR, RtmGetFirstRoute(family, 0, &out));
	for (i = 0; i < ROUTES - 1; i++) {
		ASSERT_ROUTE(r[i], out);
		ASSERT_EQ(NO_ERROR, del(self->client[out.ip.RR_RoutingProtocol
						     == PROTO_B], out).error);
		ASSERT_EQ(NO_ERROR, RtmGetNextRoute(family, 0, &out));
	}
	ASSERT_ROUTE(r[i], out);
	ASSERT_EQ(ERROR_NO_ROUTES, RtmGetNextRoute(family, 0, &out));
	/* Between the routes of a table that has one left. */
	out = r[0];
	out.ip.RR_RoutingProtocol = 0;
	out.ip.RR_InterfaceID = 0;
	ASSERT_EQ(NO_ERROR, RtmGetNextRoute(family, 0, &out));
	ASSERT_ROUTE(r[ROUTES - 1], out);
	out.ip.RR_RoutingProtocol--;
	ASSERT_EQ(NO_ERROR, RtmGetNextRoute(family, 0, &out));
	ASSERT_ROUTE(r[ROUTES - 1], out);
	out.ip.RR_InterfaceID++;
	ASSERT_EQ(ERROR_NO_ROUTES, RtmGetNextRoute(family, 0, &out));
}

TEST_F(enumerate, specific_route_is_network_protocol_and_interface)
{
	DWORD family = variant->family;
	union route out;
	unsigned int i;

	for (i = 0; i < ROUTES; i++) {
		out = criteria_of(family, &self->route[i],
				  RTM_ONLY_THIS_NETWORK |
				  RTM_ONLY_THIS_PROTOCOL |
				  RTM_ONLY_THIS_INTERFACE);
		ASSERT_EQ(NO_ERROR, RtmGetSpecificRoute(family, &out));
		/* The first next hop of the two. */
		ASSERT_ROUTE(self->route[i - i % HOPS], out);
	}
	out.ip.RR_InterfaceID = 99;
	ASSERT_EQ(ERROR_NO_ROUTES, RtmGetSpecificRoute(family, &out));
}

TEST_F(enumerate, walks_refuse_bad_input)
{
	DWORD family = variant->family;
	union route out = self->route[0];

	ASSERT_EQ(ERROR_INVALID_PARAMETER, RtmGetFirstRoute(7, 0, &out));
	ASSERT_EQ(ERROR_INVALID_PARAMETER, RtmGetFirstRoute(family, 16, &out));
	ASSERT_EQ(ERROR_INVALID_PARAMETER, RtmGetFirstRoute(family, 0, NULL));
	ASSERT_EQ(ERROR_INVALID_PARAMETER, RtmGetNextRoute(7, 0, &out));
	ASSERT_EQ(ERROR_INVALID_PARAMETER, RtmGetNextRoute(family, 16, &out));
	ASSERT_EQ(ERROR_INVALID_PARAMETER, RtmGetNextRoute(family, 0, NULL));
	ASSERT_EQ(ERROR_NO_ROUTES,
		  RtmGetFirstRoute(family == IP ? IPX : IP, 0, &out));
	ASSERT_FAILS(ERROR_INVALID_PARAMETER, RtmGetNetworkCount(7));
	ASSERT_FAILS(ERROR_INVALID_PARAMETER,
		     RtmIsRoute(7, &out.ip.RR_Network, NULL));
}

TEST_F(enumerate, block_delete_takes_the_callers_matching_routes_and_no_other)
{
	DWORD family = variant->family, flags, error;
	unsigned int i, k, n;
	union route c, out;

	for (flags = 0; flags < MATCHES; flags++)
		for (k = 0; k < ROUTES; k += 5) {
			c = criteria_of(family, &self->route[k], flags);
			for (i = n = 0; i < ROUTES; i++) {
				/* Of the first client, BEST being ignored. */
				if (self->route[i].ip.RR_RoutingProtocol !=
				    PROTO_A ||
				    !matches(self, family, i, flags &
					     ~RTM_ONLY_BEST_ROUTES, &c))
					continue;
				self->here[i] = false;
				n++;
			}
			ASSERT_EQ(n ? NO_ERROR : ERROR_NO_ROUTES,
				  RtmBlockDeleteRoutes(self->client[0], flags,
						       &c));
			poison(&out);
			error = RtmGetFirstRoute(family, 0, &out);
			for (i = 0; i < ROUTES; i++) {
				if (!self->here[i])
					continue;
				ASSERT_EQ(NO_ERROR, error);
				ASSERT_ROUTE(self->route[i], out);
				error = RtmGetNextRoute(family, 0, &out);
			}
			ASSERT_EQ(ERROR_NO_ROUTES, error);
			for (i = 0; i < ROUTES; i++) {
				if (self->here[i])
					continue;
				ASSERT_EQ(NO_ERROR, put(self->client[0],
							self->route[i]));
				self->here[i] = true;
			}
		}
}

TEST_F(enumerate, block_delete_refuses_bad_input)
{
	ASSERT_EQ(ERROR_INVALID_PARAMETER,
		  RtmBlockDeleteRoutes(self->client[0], 16, &self->route[0]));
	ASSERT_EQ(ERROR_INVALID_PARAMETER,
		  RtmBlockDeleteRoutes(self->client[0],
				       RTM_ONLY_THIS_INTERFACE, NULL));
	ASSERT_EQ(ROUTES, count_routes(variant->family));
	ASSERT_EQ(NO_ERROR, RtmBlockDeleteRoutes(self->client[0], 0, NULL));
	ASSERT_EQ(ERROR_NO_ROUTES, RtmBlockDeleteRoutes(self->client[0], 0,
							NULL));
	ASSERT_EQ(ROUTES / PROTOCOLS, count_routes(variant->family));
}

TEST(order_is_number_then_mask_as_numbers_not_as_bytes)
{
	/* In the order of the walk. */
	static const IP_NETWORK network[] = {
		{ 0x00000000, 0x00000000 }, { 0x00000000, 0xff000000 },
		{ 0x01000000, 0xff000000 }, { 0x0a000000, 0xff000000 },
		{ 0x0a000000, 0xffff0000 }, { 0x0a000000, 0xffffffff },
		{ 0x0a000001, 0xffffffff }, { 0x0a010000, 0xffff0000 },
		{ 0x80000000, 0x80000000 }, { 0xc0000000, 0xc0000000 },
		{ 0xff000000, 0xff000000 }, { 0xffffffff, 0xffffffff },
	};
	union route r = make_route(IP, 0, 1, 1, 1), out;
	unsigned int i, n = ARRAY_SIZE(network);
	HANDLE h;

	FRESH_TABLE();
	h = RtmRegisterClient(IP, PROTO_A, NULL, 0);
	ASSERT_NE(0, H(h));
	for (i = 0; i < n; i++) {
		r.ip.RR_Network = network[i * 7 % n];
		ASSERT_EQ(NO_ERROR, put(h, r));
	}
	ASSERT_EQ(n, RtmGetNetworkCount(IP));
	for (i = 0; i < n; i++) {
		ASSERT_EQ(NO_ERROR, i ? RtmGetNextRoute(IP, 0, &out) :
					RtmGetFirstRoute(IP, 0, &out));
		ASSERT_EQ(network[i].N_NetNumber,
			  out.ip.RR_Network.N_NetNumber);
		ASSERT_EQ(network[i].N_NetMask, out.ip.RR_Network.N_NetMask);
	}
	ASSERT_EQ(ERROR_NO_ROUTES, RtmGetNextRoute(IP, 0, &out));
}

/* Bytes, of which the number of the walk is made from the left. */
TEST(order_of_ipv6_is_address_then_length_on_both_sides_of_bit_64)
{
	/* In the order of the walk. */
	static const IPV6_NETWORK network[] = {
		{ { 0 }, 0 }, { { 0 }, 1 }, { { 0 }, 63 }, { { 0 }, 64 },
		{ { 0 }, 65 }, { { 0 }, 128 }, { { [15] = 1 }, 128 },
		{ { [15] = 0xff }, 128 }, { { [8] = 0x7f }, 128 },
		{ { [8] = 0x80 }, 65 }, { { [8] = 0x80 }, 128 },
		{ { [7] = 1 }, 64 }, { { [7] = 1 }, 65 },
		{ { [7] = 1, 0x80 }, 65 }, { { [7] = 2 }, 63 },
		{ { [7] = 2 }, 128 }, { { 0x20, 1 }, 16 },
		{ { 0x20, 1, [15] = 1 }, 128 }, { { 0x80 }, 1 },
		{ { 0xff }, 8 }, { { [0 ... 15] = 0xff }, 128 },
	};
	union route r = make_route(IPV6, 0, 1, 1, 1), out;
	unsigned int i, n = ARRAY_SIZE(network);
	HANDLE h;

	FRESH_TABLE();
	h = RtmRegisterClient(IPV6, PROTO_A, NULL, 0);
	ASSERT_NE(0, H(h));
	for (i = 0; i < n; i++) {
		r.ipv6.RR_Network = network[i * 8 % n];
		ASSERT_EQ(NO_ERROR, put(h, r));
	}
	ASSERT_EQ(n, RtmGetNetworkCount(IPV6));
	for (i = 0; i < n; i++) {
		ASSERT_EQ(NO_ERROR, i ? RtmGetNextRoute(IPV6, 0, &out) :
					RtmGetFirstRoute(IPV6, 0, &out));
		ASSERT_EQ(0, memcmp(&network[i], &out.ipv6.RR_Network,
				    sizeof(network[i])))
			TH_LOG("number %u", i);
	}
	ASSERT_EQ(ERROR_NO_ROUTES, RtmGetNextRoute(IPV6, 0, &out));
}

TEST(lookup_is_longest_match_over_best_routes)
{
	static const IP_NETWORK network[] = {
		{ 0x00000000, 0x00000000 }, { 0x0a000000, 0xff000000 },
		{ 0x0a010000, 0xffff0000 }, { 0x0a010200, 0xffffff00 },
		{ 0x0a010203, 0xffffffff }, { 0x80000000, 0x80000000 },
	};
	static const struct {
		DWORD address;
		unsigned int network;
	} lookup[] = {
		{ 0x0a010203, 4 }, { 0x0a010204, 3 }, { 0x0a0102ff, 3 },
		{ 0x0a010300, 2 }, { 0x0a020000, 1 }, { 0x0affffff, 1 },
		{ 0x0b000000, 0 }, { 0x09ffffff, 0 }, { 0x00000000, 0 },
		{ 0x80000000, 5 }, { 0xffffffff, 5 }, { 0x7fffffff, 0 },
	};
	union route dear = make_route(IP, 0, 1, 1, 9), out, want;
	union route cheap = make_route(IP, 0, 1, 2, 1);
	unsigned int i;
	HANDLE h;

	FRESH_TABLE();
	ASSERT_FAILS(NO_ERROR, RtmLookupIPDestination(0x0a000001, &out.ip));
	ASSERT_FAILS(ERROR_INVALID_PARAMETER,
		     RtmLookupIPDestination(0x0a000001, NULL));
	h = RtmRegisterClient(IP, PROTO_A, NULL, 0);
	ASSERT_NE(0, H(h));
	for (i = 0; i < ARRAY_SIZE(network); i++) {
		dear.ip.RR_Network = network[i];
		cheap.ip.RR_Network = network[i];
		ASSERT_EQ(NO_ERROR, put(h, dear));
		ASSERT_EQ(NO_ERROR, put(h, cheap));
	}
	for (i = 0; i < ARRAY_SIZE(lookup); i++) {
		cheap.ip.RR_Network = network[lookup[i].network];
		want = told(IP, cheap, PROTO_A, PRIO_OTHERS);
		poison(&out);
		ASSERT_TRUE(RtmLookupIPDestination(lookup[i].address,
						   &out.ip));
		ASSERT_ROUTE(want, out);
	}
	/* What covers takes over; without a default there is nothing. */
	cheap.ip.RR_Network = network[4];
	ASSERT_EQ(NO_ERROR, RtmBlockDeleteRoutes(h, RTM_ONLY_THIS_NETWORK,
						 &cheap));
	ASSERT_TRUE(RtmLookupIPDestination(0x0a010203, &out.ip));
	ASSERT_EQ(0xffffff00, out.ip.RR_Network.N_NetMask);
	cheap.ip.RR_Network = network[0];
	ASSERT_EQ(NO_ERROR, RtmBlockDeleteRoutes(h, RTM_ONLY_THIS_NETWORK,
						 &cheap));
	ASSERT_FAILS(NO_ERROR, RtmLookupIPDestination(0x0b000000, &out.ip));
	ASSERT_TRUE(RtmLookupIPDestination(0x0a020000, &out.ip));
}

TEST(lookup_of_ipv6_is_longest_match_for_every_length)
{
	BYTE address[16] = { 0x20, 1, 0x0d, 0xb8, [7] = 0xa5, 0x5a, [15] = 1 };
	union route r = make_route(IPV6, 0, 1, 1, 1), out, want;
	BYTE near[16];
	DWORD len, i;
	HANDLE h;

	FRESH_TABLE();
	ASSERT_FAILS(NO_ERROR, RtmLookupIPv6Destination(address, &out.ipv6));
	ASSERT_FAILS(ERROR_INVALID_PARAMETER,
		     RtmLookupIPv6Destination(address, NULL));
	ASSERT_FAILS(ERROR_INVALID_PARAMETER,
		     RtmLookupIPv6Destination(NULL, &out.ipv6));
	h = RtmRegisterClient(IPV6, PROTO_A, NULL, 0);
	ASSERT_NE(0, H(h));
	for (len = 0; len <= 128; len++) {
		memset(&r.ipv6.RR_Network, 0, sizeof(r.ipv6.RR_Network));
		for (i = 0; i < len; i++)
			r.ipv6.RR_Network.N_NetNumber[i / 8] |=
				address[i / 8] & 0x80 >> i % 8;
		r.ipv6.RR_Network.N_PrefixLength = len;
		ASSERT_EQ(NO_ERROR, put(h, r));
		want = told(IPV6, r, PROTO_A, PRIO_OTHERS);
		poison(&out);
		ASSERT_TRUE(RtmLookupIPv6Destination(address, &out.ipv6));
		ASSERT_ROUTE(want, out);
		ASSERT_TRUE(RtmIsRoute(IPV6, &r.ipv6.RR_Network, NULL));
	}
	/* The first bit that differs says what still matches. */
	for (len = 0; len < 128; len++) {
		memcpy(near, address, sizeof(near));
		near[len / 8] ^= 0x80 >> len % 8;
		ASSERT_TRUE(RtmLookupIPv6Destination(near, &out.ipv6));
		ASSERT_EQ(len, out.ipv6.RR_Network.N_PrefixLength);
	}
}

TEST_HARNESS_MAIN
