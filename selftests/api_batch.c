// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The extended and batched forms: what they say beside the plain ones, and
 * that many at once come to the same as one after the other.
 */
#include "rtm_api_test.h"

#define MANY	300	/* more than are copied at once */

FIXTURE(batch)
{
	HANDLE event;
	HANDLE writer;
	HANDLE reader;
	char routes[MANY * sizeof(union route)];
	char cur[(MANY + 1) * sizeof(union route)];
	char prev[(MANY + 1) * sizeof(union route)];
	RTM_RESULT result[MANY + 1];
	RTM_ROUTE_INFO info[MANY + 1];
	DWORD error[MANY + 1];
};

FIXTURE_VARIANT(batch)
{
	DWORD family;
};

FIXTURE_VARIANT_ADD(batch, ip)
{
	.family = IP,
};

FIXTURE_VARIANT_ADD(batch, ipv6)
{
	.family = IPV6,
};

FIXTURE_VARIANT_ADD(batch, ipx)
{
	.family = IPX,
};

FIXTURE_SETUP(batch)
{
	FRESH_TABLE();
	self->event = CreateEvent(NULL, FALSE, FALSE, NULL);
	ASSERT_NE(0, H(self->event));
	self->writer = RtmRegisterClient(variant->family, PROTO_A, NULL, 0);
	ASSERT_NE(0, H(self->writer));
	self->reader = RtmRegisterClient(variant->family, PROTO_B,
					 self->event, 0);
	ASSERT_NE(0, H(self->reader));
}

FIXTURE_TEARDOWN(batch)
{
	RtmDeregisterClient(self->writer);
	RtmDeregisterClient(self->reader);
}

#define NEXT	RtmEnumerateGetNextRouteBatch

/* Arrays are of the family's own structure. */
static void set_route(char *routes, DWORD family, unsigned int i,
		      union route r)
{
	memcpy(routes + i * route_size(family), &r, route_size(family));
}

static union route get_route(const char *routes, DWORD family, unsigned int i)
{
	union route r;

	poison(&r);
	memcpy(&r, routes + i * route_size(family), route_size(family));
	return r;
}

static void fill(char *routes, DWORD family, unsigned int n, DWORD cost)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		set_route(routes, family, i, make_route(family, i, 1, 1, cost));
}

static union route nth(DWORD family, unsigned int i, DWORD cost)
{
	return told(family, make_route(family, i, 1, 1, cost), PROTO_A,
		    PRIO_OTHERS);
}

static DWORD add_many(FIXTURE_DATA(batch) *self, DWORD family, DWORD cost,
		      DWORD *done)
{
	fill(self->routes, family, MANY, cost);
	memset(self->cur, 0xa5, sizeof(self->cur));
	memset(self->prev, 0xa5, sizeof(self->prev));
	memset(self->result, 0xa5, sizeof(self->result));
	return RtmAddRouteBatch(self->writer, MANY, self->routes, INFINITE,
				self->result, self->cur, self->prev, done);
}

TEST_F(batch, many_adds_messages_and_deletes_come_to_the_same_as_single_ones)
{
	DWORD family = variant->family, done, flags, i, n, error;
	union route want, was, seen;

	/* Twice: all are new, all are changed. */
	for (flags = RTM_ROUTE_ADDED; flags <= RTM_ROUTE_CHANGED; flags += 2) {
		ASSERT_EQ(NO_ERROR, add_many(self, family, flags, &done));
		ASSERT_EQ(MANY, done);
		for (i = 0; i < MANY; i++) {
			ASSERT_EQ(NO_ERROR, self->result[i].Error);
			ASSERT_EQ(flags, self->result[i].Flags);
			ASSERT_EQ((flags / 2) * MANY + i + 1,
				  self->result[i].Sequence);
			want = nth(family, i, flags);
			seen = get_route(self->cur, family, i);
			ASSERT_ROUTE(want, seen);
			if (flags == RTM_ROUTE_ADDED)
				continue;
			was = nth(family, i, RTM_ROUTE_ADDED);
			seen = get_route(self->prev, family, i);
			ASSERT_ROUTE(was, seen);
		}
	}
	ASSERT_EQ(MANY, RtmGetNetworkCount(family));

	/* And the messages: the last of each batch may be short. */
	for (n = 0, error = ERROR_MORE_MESSAGES; error == ERROR_MORE_MESSAGES;
	     n += done) {
		error = RtmDequeueRouteChangeMessageBatch(self->reader, 257,
							  self->result,
							  self->cur, self->prev,
							  &done);
		ASSERT_LE(1, done);
		ASSERT_GE(257, done);
		for (i = 0; i < done; i++) {
			flags = n + i < MANY ? RTM_ROUTE_ADDED :
					       RTM_ROUTE_CHANGED;
			ASSERT_EQ(NO_ERROR, self->result[i].Error);
			ASSERT_EQ(flags, self->result[i].Flags);
			ASSERT_EQ(n + i + 1, self->result[i].Sequence);
			want = nth(family, (n + i) % MANY, flags);
			seen = get_route(self->cur, family, i);
			ASSERT_ROUTE(want, seen);
		}
	}
	ASSERT_EQ(NO_ERROR, error);
	ASSERT_EQ(2 * MANY, n);
	ASSERT_EQ(ERROR_NO_MESSAGES,
		  RtmDequeueRouteChangeMessageBatch(self->reader, 257,
						    self->result, NULL, NULL,
						    &done));
	ASSERT_EQ(0, done);
	ASSERT_EQ(WAIT_TIMEOUT, check(self->event));

	ASSERT_EQ(NO_ERROR, RtmDeleteRouteBatch(self->writer, MANY,
						self->routes, self->result,
						NULL, &done));
	ASSERT_EQ(MANY, done);
	for (i = 0; i < MANY; i++) {
		ASSERT_EQ(NO_ERROR, self->result[i].Error);
		ASSERT_EQ(RTM_ROUTE_DELETED, self->result[i].Flags);
		ASSERT_EQ(2 * MANY + i + 1, self->result[i].Sequence);
	}
	ASSERT_EQ(0, RtmGetNetworkCount(family));
}

/* Which of them is not there. */
#define BAD	211

TEST_F(batch, with_results_the_bad_one_has_its_error_and_the_others_go_on)
{
	DWORD family = variant->family, done, i;

	ASSERT_EQ(NO_ERROR, add_many(self, family, 1, &done));
	ASSERT_EQ(NO_ERROR, del(self->writer, make_route(family, BAD, 1, 1,
							 1)).error);
	ASSERT_EQ(NO_ERROR, RtmDeleteRouteBatch(self->writer, MANY,
						self->routes, self->result,
						self->cur, &done));
	ASSERT_EQ(MANY, done);
	for (i = 0; i < MANY; i++) {
		ASSERT_EQ(i == BAD ? ERROR_NO_SUCH_ROUTE : NO_ERROR,
			  self->result[i].Error);
		ASSERT_EQ(i == BAD ? RTM_NO_CHANGE : RTM_ROUTE_DELETED,
			  self->result[i].Flags);
	}
	ASSERT_EQ(0, count_routes(family));
}

TEST_F(batch, without_results_it_stops_at_the_bad_one_and_says_where)
{
	DWORD family = variant->family, done = POISON;

	fill(self->routes, family, MANY, 1);
	ASSERT_EQ(NO_ERROR, RtmAddRouteBatch(self->writer, MANY, self->routes,
					     INFINITE, NULL, NULL, NULL,
					     &done));
	ASSERT_EQ(MANY, done);
	ASSERT_EQ(NO_ERROR, del(self->writer, make_route(family, BAD, 1, 1,
							 1)).error);
	ASSERT_EQ(ERROR_NO_SUCH_ROUTE,
		  RtmDeleteRouteBatch(self->writer, MANY, self->routes, NULL,
				      NULL, &done));
	ASSERT_EQ(BAD, done);
	ASSERT_EQ(MANY - BAD - 1, count_routes(family));
	ASSERT_EQ(NO_ERROR,
		  RtmDeleteRouteBatch(self->writer, MANY - BAD - 1,
				      self->routes + (BAD + 1) *
				      route_size(family), NULL, NULL, NULL));
	ASSERT_EQ(0, count_routes(family));
}

TEST_F(batch, a_mask_that_is_none_is_its_routes_own_error)
{
	DWORD family = variant->family, done, i;
	union route bad = make_route(family, BAD, 1, 1, 1);

	fill(self->routes, family, MANY, 1);
	if (family == IPX) {
		/* No network number of IPX is bad: a time to live is. */
		ASSERT_EQ(ERROR_INVALID_PARAMETER,
			  RtmAddRouteBatch(self->writer, MANY, self->routes, 0,
					   NULL, NULL, NULL, &done));
		ASSERT_EQ(0, done);
		ASSERT_EQ(0, count_routes(IPX));
		return;
	}
	if (family == IP)
		bad.ip.RR_Network.N_NetMask = 0xff00ff00;
	else
		bad.ipv6.RR_Network.N_PrefixLength = 129;
	set_route(self->routes, family, BAD, bad);
	ASSERT_EQ(NO_ERROR, RtmAddRouteBatch(self->writer, MANY, self->routes,
					     INFINITE, self->result, NULL,
					     NULL, &done));
	ASSERT_EQ(MANY, done);
	for (i = 0; i < MANY; i++)
		ASSERT_EQ(i == BAD ? ERROR_INVALID_PARAMETER : NO_ERROR,
			  self->result[i].Error);
	ASSERT_EQ(MANY - 1, count_routes(family));
	ASSERT_EQ(NO_ERROR, RtmBlockDeleteRoutes(self->writer, 0, NULL));
	ASSERT_EQ(ERROR_INVALID_PARAMETER,
		  RtmAddRouteBatch(self->writer, MANY, self->routes, INFINITE,
				   NULL, NULL, NULL, &done));
	ASSERT_EQ(BAD, done);
	ASSERT_EQ(BAD, count_routes(family));
}

TEST_F(batch, enumerations_and_walks_of_any_size_meet_each_route_once)
{
	static const DWORD size[] = { 1, 65, 256, MANY, MANY + 1 };
	DWORD family = variant->family, done, i, k, n, error;
	ULONGLONG opened, ended;
	union route want, seen;
	HANDLE e;

	ASSERT_EQ(NO_ERROR, add_many(self, family, 1, &done));
	for (k = 0; k < 2 * ARRAY_SIZE(size); k++) {
		DWORD count = size[k / 2];

		e = RtmCreateEnumerationHandleEx(family, 0, NULL, &opened);
		ASSERT_NE(0, H(e));
		ASSERT_EQ(MANY, opened);
		for (n = 0; ; n += done) {
			if (k & 1)
				error = NEXT(e, count, self->cur, self->info,
					     &done, &ended);
			else if (!n)
				error = RtmGetFirstRouteBatch(family, 0, NULL,
							      count, self->cur,
							      self->info,
							      &done);
			else
				error = RtmGetNextRouteBatch(family, 0,
							     self->prev, count,
							     self->cur,
							     self->info, &done);
			if (error == ERROR_NO_ROUTES)
				break;
			ASSERT_EQ(NO_ERROR, error);
			ASSERT_LE(1, done);
			ASSERT_GE(count, done);
			ASSERT_GE(MANY, n + done);
			for (i = 0; i < done; i++) {
				want = nth(family, n + i, 1);
				seen = get_route(self->cur, family, i);
				ASSERT_ROUTE(want, seen);
				ASSERT_EQ(INFINITE, self->info[i].TimeToLive);
				ASSERT_EQ(MANY, self->info[i].Sequence);
				ASSERT_EQ(0, self->info[i].Reserved);
			}
			/* The position of the walk. */
			set_route(self->prev, family, 0,
				  get_route(self->cur, family, done - 1));
		}
		ASSERT_EQ(0, done);
		ASSERT_EQ(MANY, n);
		if (k & 1)
			ASSERT_EQ(opened, ended);
		ASSERT_EQ(NO_ERROR, RtmCloseEnumerationHandle(e));
	}
}

TEST_F(batch, single_and_batched_calls_of_an_enumeration_mix)
{
	DWORD family = variant->family, done, n = 0;
	union route want, seen;
	HANDLE e;

	ASSERT_EQ(NO_ERROR, add_many(self, family, 1, &done));
	e = RtmCreateEnumerationHandle(family, 0, NULL);
	while (n < MANY) {
		poison(&seen);
		ASSERT_EQ(NO_ERROR, RtmEnumerateGetNextRoute(e, &seen));
		want = nth(family, n++, 1);
		ASSERT_ROUTE(want, seen);
		if (n == MANY)
			break;
		ASSERT_EQ(NO_ERROR,
			  NEXT(e, 9, self->cur, NULL, &done, NULL));
		want = nth(family, n, 1);
		seen = get_route(self->cur, family, 0);
		ASSERT_ROUTE(want, seen);
		n += done;
	}
	ASSERT_EQ(MANY, n);
	ASSERT_EQ(ERROR_NO_MORE_ROUTES, RtmEnumerateGetNextRoute(e, &seen));
}

TEST_F(batch, look_ups_say_each_ones_best_or_why_not)
{
	DWORD family = variant->family, done, i;
	char networks[(MANY + 1) * sizeof(IPV6_NETWORK)];
	union route want, seen;

	ASSERT_EQ(NO_ERROR, add_many(self, family, 1, &done));
	for (i = 0; i <= MANY; i++) {
		want = make_route(family, i, 1, 1, 1);
		memcpy(networks + i * network_size(family),
		       &want.ip.RR_Network, network_size(family));
	}
	ASSERT_EQ(NO_ERROR, RtmLookupRouteBatch(family, 0, MANY + 1, networks,
						self->cur, self->error));
	for (i = 0; i < MANY; i++) {
		ASSERT_EQ(NO_ERROR, self->error[i]);
		want = nth(family, i, 1);
		seen = get_route(self->cur, family, i);
		ASSERT_ROUTE(want, seen);
	}
	ASSERT_EQ(ERROR_NO_SUCH_ROUTE, self->error[MANY]);
	ASSERT_EQ(NO_ERROR, RtmLookupRouteBatch(family, 0, MANY + 1, networks,
						NULL, self->error));
	ASSERT_EQ(ERROR_INVALID_PARAMETER,
		  RtmLookupRouteBatch(family, 2, 1, networks, NULL,
				      self->error));
	ASSERT_EQ(ERROR_INVALID_PARAMETER,
		  RtmLookupRouteBatch(7, 0, 1, networks, NULL, self->error));
}

/* And its longest mask that may match; what has no mask is an error. */
TEST_F(batch, look_ups_of_longest_match)
{
	DWORD family = variant->family, done, i;
	IPV6_NETWORK ipv6[MANY + 1];
	IP_NETWORK ip[MANY + 1];
	union route want, seen;

	if (family == IPX)
		return;
	ASSERT_EQ(NO_ERROR, add_many(self, family, 1, &done));
	for (i = 0; i <= MANY; i++) {
		ip[i] = (IP_NETWORK) { 0x0a000000 + (i << 8) + 77,
				       0xffffffff };
		ipv6[i] = make_route(IPV6, i, 1, 1, 1).ipv6.RR_Network;
		ipv6[i].N_NetNumber[15] = 77;
		ipv6[i].N_PrefixLength = 128;
	}
	ip[1].N_NetMask = 0xffffff00;
	ip[2].N_NetMask = 0xfffffe00;
	ip[3].N_NetMask = 0x0000ffff;
	ipv6[1].N_PrefixLength = 72;
	ipv6[2].N_PrefixLength = 71;
	ipv6[3].N_PrefixLength = 129;
	ASSERT_EQ(NO_ERROR, RtmLookupRouteBatch(family, RTM_LONGEST_MATCH,
						MANY + 1, family == IP ?
						(void *)ip : ipv6, self->cur,
						self->error));
	for (i = 0; i <= MANY; i++) {
		ASSERT_EQ(i == 3 ? ERROR_INVALID_PARAMETER :
			  i == 2 || i == MANY ? ERROR_NO_SUCH_ROUTE : NO_ERROR,
			  self->error[i])
			TH_LOG("number %u", i);
		if (self->error[i])
			continue;
		want = nth(family, i, 1);
		seen = get_route(self->cur, family, i);
		ASSERT_ROUTE(want, seen);
	}
}

TEST_F(batch, sequence_numbers_order_what_is_told_and_what_is_answered)
{
	DWORD family = variant->family, flags;
	union route r = make_route(family, 1, 1, 1, 5), out;
	ULONGLONG registered, added, told_at, deleted, opened;
	HANDLE late, watcher, e;
	RTM_STATISTICS s;

	ASSERT_EQ(NO_ERROR, RtmAddRouteEx(self->writer, &r, INFINITE, &flags,
					  &out, NULL, &added));
	ASSERT_EQ(1, added);
	late = RtmRegisterClientEx(family, PROTO_C, self->event, 0,
				   &registered);
	ASSERT_NE(0, H(late));
	ASSERT_EQ(1, registered);
	watcher = RtmRegisterWatcher(family, self->event, &registered);
	ASSERT_NE(0, H(watcher));
	ASSERT_EQ(1, registered);
	e = RtmCreateEnumerationHandleEx(family, 0, NULL, &opened);
	ASSERT_EQ(1, opened);
	ASSERT_EQ(NO_ERROR, RtmCloseEnumerationHandle(e));
	ASSERT_EQ(NO_ERROR, RtmDequeueRouteChangeMessageEx(self->reader, &flags,
							   &out, NULL,
							   &told_at));
	ASSERT_EQ(RTM_ROUTE_ADDED, flags);
	ASSERT_EQ(added, told_at);
	ASSERT_EQ(NO_ERROR, RtmDeleteRouteEx(self->writer, &r, &flags, NULL,
					     &deleted));
	ASSERT_EQ(RTM_ROUTE_DELETED, flags);
	ASSERT_EQ(2, deleted);
	ASSERT_EQ(NO_ERROR, RtmDequeueRouteChangeMessageEx(watcher, &flags,
							   NULL, &out,
							   &told_at));
	ASSERT_EQ(RTM_ROUTE_DELETED, flags);
	ASSERT_EQ(2, told_at);
	ASSERT_EQ(NO_ERROR, RtmGetStatistics(family, &s));
	ASSERT_EQ(2, s.Sequence);
	ASSERT_EQ(2, s.Delivered);
	ASSERT_EQ(4, s.Clients);
	ASSERT_EQ(0, s.Routes);
	ASSERT_EQ(0, s.Destinations);
	ASSERT_EQ(0, s.Restarts);
	ASSERT_EQ(NO_ERROR, RtmDeregisterClient(watcher));
	ASSERT_EQ(NO_ERROR, RtmDeregisterClient(late));
}

TEST_F(batch, bad_arguments_are_refused)
{
	DWORD family = variant->family, done;

	fill(self->routes, family, 1, 1);
	ASSERT_EQ(ERROR_INVALID_PARAMETER,
		  RtmAddRouteBatch(self->writer, 1, NULL, INFINITE,
				   self->result, NULL, NULL, &done));
	ASSERT_EQ(ERROR_INVALID_PARAMETER,
		  RtmAddRouteBatch(self->writer, 1, self->routes, INFINITE,
				   NULL, self->cur, NULL, &done));
	ASSERT_EQ(ERROR_INVALID_PARAMETER,
		  RtmDeleteRouteBatch(self->writer, 1, NULL, self->result,
				      NULL, &done));
	ASSERT_EQ(ERROR_INVALID_PARAMETER,
		  RtmDequeueRouteChangeMessageBatch(self->reader, 0,
						    self->result, NULL, NULL,
						    &done));
	ASSERT_EQ(ERROR_INVALID_PARAMETER,
		  RtmGetFirstRouteBatch(family, 0, NULL, 0, self->cur, NULL,
					&done));
	ASSERT_EQ(ERROR_INVALID_PARAMETER,
		  RtmGetNextRouteBatch(family, 0, NULL, 1, self->cur, NULL,
				       &done));
	ASSERT_EQ(ERROR_INVALID_PARAMETER, RtmGetStatistics(family, NULL));
	ASSERT_EQ(ERROR_INVALID_PARAMETER, RtmSetPriorities(family, 0, NULL));
	ASSERT_EQ(ERROR_INVALID_PARAMETER,
		  RtmSetLimit((RTM_LIMIT)99, NULL, 1));
	ASSERT_EQ(0, count_routes(family));
}

TEST_HARNESS_MAIN
