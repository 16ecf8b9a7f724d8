// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Change messages: who hears what, and what a dequeue answers.
 */
#include "rtm_api_test.h"

FIXTURE(message)
{
	HANDLE event;
	HANDLE reader;
	HANDLE writer;
	HANDLE deaf;
	union route route[3];	/* to one destination, the cheapest first */
	union route told[3];	/* when the writer owns them */
	union route mine;	/* of the reader, dearer than all */
	union route mine_told;
};

FIXTURE_VARIANT(message)
{
	DWORD family;
};

FIXTURE_VARIANT_ADD(message, ip)
{
	.family = IP,
};

FIXTURE_VARIANT_ADD(message, ipv6)
{
	.family = IPV6,
};

FIXTURE_VARIANT_ADD(message, ipx)
{
	.family = IPX,
};

FIXTURE_SETUP(message)
{
	DWORD family = variant->family;
	DWORD i;

	FRESH_TABLE();
	self->event = CreateEvent(NULL, FALSE, FALSE, NULL);
	ASSERT_NE(0, H(self->event));
	self->reader = RtmRegisterClient(family, PROTO_B, self->event, 0);
	ASSERT_NE(0, H(self->reader));
	self->writer = RtmRegisterClient(family, PROTO_A, NULL, 0);
	ASSERT_NE(0, H(self->writer));
	self->deaf = RtmRegisterClient(family, PROTO_C, NULL, 0);
	ASSERT_NE(0, H(self->deaf));
	for (i = 0; i < 3; i++) {
		self->route[i] = make_route(family, 1, 1, 1 + i, 1 + i);
		self->told[i] = told(family, self->route[i], PROTO_A,
				     PRIO_OTHERS);
	}
	self->mine = make_route(family, 1, 2, 1, 9);
	self->mine_told = told(family, self->mine, PROTO_B, PRIO_OTHERS);
}

FIXTURE_TEARDOWN(message)
{
	RtmDeregisterClient(self->reader);
	RtmDeregisterClient(self->writer);
	RtmDeregisterClient(self->deaf);
	CloseHandle(self->event);
}

static DWORD metric(DWORD family, union route *r)
{
	return family == IPX ? r->ipx.RR_FamilySpecificData.FSD_TickCount :
	       ip_data(family, r)->FSD_Metric;
}

#define SILENT(client) \
	ASSERT_EQ(ERROR_NO_MESSAGES, dequeue(client).error)
#define HEARD(error, flags, cur, prev) \
	ASSERT_ANSWER(error, flags, cur, prev, dequeue(self->reader))

TEST_F(message, added_changed_deleted_in_order_more_until_the_last)
{
	union route *t = self->told;

	SILENT(self->reader);
	ASSERT_EQ(NO_ERROR, add(self->writer, self->route[1]).error);
	ASSERT_EQ(NO_ERROR, add(self->writer, self->route[2]).error);
	ASSERT_EQ(NO_ERROR, add(self->writer, self->route[0]).error);
	ASSERT_EQ(NO_ERROR, del(self->writer, self->route[0]).error);
	ASSERT_EQ(NO_ERROR, del(self->writer, self->route[1]).error);
	ASSERT_EQ(NO_ERROR, del(self->writer, self->route[2]).error);

	HEARD(ERROR_MORE_MESSAGES, RTM_ROUTE_ADDED, &t[1], NULL);
	HEARD(ERROR_MORE_MESSAGES, RTM_ROUTE_CHANGED, &t[0], &t[1]);
	HEARD(ERROR_MORE_MESSAGES, RTM_ROUTE_CHANGED, &t[1], &t[0]);
	HEARD(ERROR_MORE_MESSAGES, RTM_ROUTE_CHANGED, &t[2], &t[1]);
	HEARD(NO_ERROR, RTM_ROUTE_DELETED, NULL, &t[2]);
	SILENT(self->reader);
	SILENT(self->reader);
}

TEST_F(message, flags_cur_and_prev_may_each_be_null)
{
	static const struct {
		DWORD error, flags;
		int cur, prev;
	} want[] = {
		{ ERROR_MORE_MESSAGES, RTM_ROUTE_ADDED, 1, -1 },
		{ ERROR_MORE_MESSAGES, RTM_ROUTE_CHANGED, 0, 1 },
		{ ERROR_MORE_MESSAGES, RTM_ROUTE_CHANGED, 1, 0 },
		{ NO_ERROR, RTM_ROUTE_DELETED, -1, 1 },
	};
	unsigned int given, i;
	struct answer a;

#define GIVEN(bit, member) (given & (bit) ? &a.member : NULL)
	for (given = 0; given < 8; given++) {
		ASSERT_EQ(NO_ERROR, put(self->writer, self->route[1]));
		ASSERT_EQ(NO_ERROR, put(self->writer, self->route[0]));
		ASSERT_EQ(NO_ERROR, del(self->writer, self->route[0]).error);
		ASSERT_EQ(NO_ERROR, del(self->writer, self->route[1]).error);
		for (i = 0; i < ARRAY_SIZE(want); i++) {
			clear(&a);
			a.error = RtmDequeueRouteChangeMessage(self->reader,
							       GIVEN(1, flags),
							       GIVEN(2, cur),
							       GIVEN(4, prev));
			ASSERT_EQ(want[i].error, a.error);
			ASSERT_EQ(given & 1 ? want[i].flags : POISON, a.flags);
			if (given & 2 && want[i].cur >= 0)
				ASSERT_ROUTE(self->told[want[i].cur], a.cur);
			if (given & 4 && want[i].prev >= 0)
				ASSERT_ROUTE(self->told[want[i].prev], a.prev);
		}
	}
#undef GIVEN
	ASSERT_EQ(ERROR_NO_MESSAGES,
		  RtmDequeueRouteChangeMessage(self->reader, NULL, NULL, NULL));
}

TEST_F(message, without_an_event_there_is_no_queue)
{
	ASSERT_EQ(NO_ERROR, put(self->writer, self->route[0]));
	ASSERT_EQ(ERROR_INVALID_HANDLE, dequeue(self->deaf).error);
	ASSERT_EQ(ERROR_INVALID_HANDLE, dequeue(self->writer).error);
}

TEST_F(message, what_was_before_registration_is_not_told)
{
	HANDLE late;

	ASSERT_EQ(NO_ERROR, put(self->writer, self->route[1]));
	late = RtmRegisterClient(variant->family, 77, self->event, 0);
	ASSERT_NE(0, H(late));
	SILENT(late);
	ASSERT_EQ(NO_ERROR, put(self->writer, self->route[0]));
	ASSERT_ANSWER(NO_ERROR, RTM_ROUTE_CHANGED, &self->told[0],
		      &self->told[1], dequeue(late));
}

TEST_F(message, the_other_families_are_not_told)
{
	HANDLE stranger[IPV6 + 1];
	DWORD other;

	for (other = IPX; other <= IPV6; other++) {
		stranger[other] = RtmRegisterClient(other, 77, self->event, 0);
		ASSERT_NE(0, H(stranger[other]));
	}
	ASSERT_EQ(NO_ERROR, put(self->writer, self->route[0]));
	for (other = IPX; other <= IPV6; other++)
		if (other != variant->family)
			SILENT(stranger[other]);
	HEARD(NO_ERROR, RTM_ROUTE_ADDED, &self->told[0], NULL);
}

TEST_F(message, who_adds_or_deletes_is_not_told_the_others_are)
{
	HANDLE other = RtmRegisterClient(variant->family, 77, self->event, 0);
	union route elsewhere = make_route(variant->family, 2, 1, 1, 1);

	ASSERT_NE(0, H(other));
	ASSERT_ANSWER(NO_ERROR, RTM_ROUTE_ADDED, &self->mine_told, NULL,
		      add(self->reader, self->mine));
	ASSERT_ANSWER(NO_ERROR, RTM_ROUTE_DELETED, NULL, NULL,
		      del(self->reader, self->mine));
	SILENT(self->reader);
	ASSERT_ANSWER(ERROR_MORE_MESSAGES, RTM_ROUTE_ADDED, &self->mine_told,
		      NULL, dequeue(other));
	ASSERT_ANSWER(NO_ERROR, RTM_ROUTE_DELETED, NULL, &self->mine_told,
		      dequeue(other));

	/* Nor when it is amid what others did. */
	ASSERT_EQ(NO_ERROR, put(self->writer, self->route[0]));
	ASSERT_EQ(NO_ERROR, put(self->reader, elsewhere));
	ASSERT_EQ(NO_ERROR, del(self->reader, elsewhere).error);
	ASSERT_EQ(NO_ERROR, del(self->writer, self->route[0]).error);
	HEARD(ERROR_MORE_MESSAGES, RTM_ROUTE_ADDED, &self->told[0], NULL);
	HEARD(NO_ERROR, RTM_ROUTE_DELETED, NULL, &self->told[0]);
}

TEST_F(message, what_is_not_best_is_told_nobody)
{
	ASSERT_EQ(NO_ERROR, put(self->writer, self->route[0]));
	HEARD(NO_ERROR, RTM_ROUTE_ADDED, &self->told[0], NULL);
	ASSERT_EQ(NO_ERROR, put(self->writer, self->route[1]));
	ASSERT_EQ(NO_ERROR, put(self->deaf, self->mine));
	ASSERT_EQ(NO_ERROR, del(self->writer, self->route[1]).error);
	ASSERT_EQ(NO_ERROR, RtmDeregisterClient(self->deaf));
	SILENT(self->reader);
	ASSERT_EQ(WAIT_TIMEOUT, check(self->event));
}

TEST_F(message, a_block_delete_tells_its_caller_too)
{
	HANDLE other = RtmRegisterClient(variant->family, 77, self->event, 0);
	HANDLE hears[2] = { self->reader, other };
	unsigned int i;

	ASSERT_NE(0, H(other));
	ASSERT_EQ(NO_ERROR, put(self->reader, self->mine));
	ASSERT_EQ(NO_ERROR, put(self->writer, self->route[0]));
	ASSERT_EQ(NO_ERROR, dequeue(self->reader).error);
	ASSERT_EQ(ERROR_MORE_MESSAGES, dequeue(other).error);
	ASSERT_EQ(NO_ERROR, dequeue(other).error);
	ASSERT_EQ(NO_ERROR, del(self->writer, self->route[0]).error);
	ASSERT_EQ(NO_ERROR, RtmBlockDeleteRoutes(self->reader, 0, NULL));
	for (i = 0; i < 2; i++) {
		ASSERT_ANSWER(ERROR_MORE_MESSAGES, RTM_ROUTE_CHANGED,
			      &self->mine_told, &self->told[0],
			      dequeue(hears[i]));
		ASSERT_ANSWER(NO_ERROR, RTM_ROUTE_DELETED, NULL,
			      &self->mine_told, dequeue(hears[i]));
	}
}

TEST_F(message, deregistration_tells_everyone_else)
{
	ASSERT_EQ(NO_ERROR, put(self->writer, self->route[0]));
	ASSERT_EQ(NO_ERROR, put(self->reader, self->mine));
	ASSERT_EQ(NO_ERROR, put(self->deaf, self->route[1]));
	ASSERT_EQ(NO_ERROR, RtmDeregisterClient(self->writer));
	/* All gone when the call is back. */
	ASSERT_EQ(2, count_routes(variant->family));
	self->told[1].ip.RR_RoutingProtocol = PROTO_C;
	HEARD(ERROR_MORE_MESSAGES, RTM_ROUTE_ADDED, &self->told[0], NULL);
	HEARD(NO_ERROR, RTM_ROUTE_CHANGED, &self->told[1], &self->told[0]);
	ASSERT_EQ(NO_ERROR, RtmDeregisterClient(self->deaf));
	HEARD(NO_ERROR, RTM_ROUTE_CHANGED, &self->mine_told, &self->told[1]);
	ASSERT_EQ(1, count_routes(variant->family));
}

TEST_F(message, a_killed_process_is_deregistered)
{
	union route his = told(variant->family, self->route[0], 77,
			       PRIO_OTHERS);
	pid_t pid;
	HANDLE h;

	pid = fork_for_a_while();
	ASSERT_NE(-1, pid);
	if (!pid) {
		h = RtmRegisterClient(variant->family, 77, NULL, 0);
		if (!h || put(h, self->route[0]))
			_exit(1);
		pause();
		_exit(2);
	}
	ASSERT_EQ(NO_ERROR, put(self->reader, self->mine));
	ASSERT_EQ(WAIT_OBJECT_0, WaitForSingleObject(self->event, SOON));
	/* The child's came first or second. */
	ASSERT_EQ(NO_ERROR, dequeue(self->reader).error);
	ASSERT_EQ(0, kill(pid, SIGKILL));
	ASSERT_EQ(256 + SIGKILL, reap(pid));
	ASSERT_EQ(WAIT_OBJECT_0, WaitForSingleObject(self->event, SOON));
	HEARD(NO_ERROR, RTM_ROUTE_CHANGED, &self->mine_told, &his);
	/* Waits, should the teardown still be under way. */
	h = RtmRegisterClient(variant->family, 77, NULL, 0);
	ASSERT_NE(0, H(h));
	ASSERT_EQ(1, count_routes(variant->family));
}

TEST_F(message, ageing_tells_its_owner_too_neither_early_nor_late)
{
	HANDLE hears[2] = { self->reader };
	long long begin, end, now;
	unsigned int i;

	ASSERT_EQ(0, gap_start());
	hears[1] = RtmRegisterClient(variant->family, 77, self->event, 0);
	ASSERT_NE(0, H(hears[1]));
	begin = now_ms(CLOCK_MONOTONIC);
	ASSERT_ANSWER(NO_ERROR, RTM_ROUTE_ADDED, &self->mine_told, NULL,
		      add_ttl(self->reader, self->mine, 1));
	end = now_ms(CLOCK_MONOTONIC);
	ASSERT_EQ(NO_ERROR, dequeue(hears[1]).error);
	ASSERT_EQ(WAIT_OBJECT_0, WaitForSingleObject(self->event, SOON));
	now = now_ms(CLOCK_MONOTONIC);
	ASSERT_LE(begin + 1000 - 1, now);
	ASSERT_GE(end + 1000 + LATE + gap_so_far() / 1000000, now);
	for (i = 0; i < 2; i++)
		ASSERT_ANSWER(NO_ERROR, RTM_ROUTE_DELETED, NULL,
			      &self->mine_told, dequeue(hears[i]));
	ASSERT_EQ(0, count_routes(variant->family));
	ASSERT_EQ(ERROR_NO_SUCH_ROUTE, del(self->reader, self->mine).error);
}

/* What was to age first was refreshed, what was to age late is to age soon. */
TEST_F(message, a_refresh_puts_ageing_off_an_earlier_end_counts_at_once)
{
	union route out, *r = self->route;
	long long end;

	ASSERT_EQ(0, gap_start());
	ASSERT_EQ(NO_ERROR, add_ttl(self->writer, r[0], 5).error);
	ASSERT_EQ(RTM_NO_CHANGE, add_ttl(self->writer, r[0], INFINITE).flags);
	ASSERT_EQ(RTM_NO_CHANGE, add_ttl(self->writer, r[1], 100).flags);
	ASSERT_EQ(RTM_NO_CHANGE, add_ttl(self->writer, r[1], 6).flags);
	end = now_ms(CLOCK_MONOTONIC) + 6000 + LATE;
	HEARD(NO_ERROR, RTM_ROUTE_ADDED, &self->told[0], NULL);
	while (count_routes(variant->family) == 2 &&
	       now_ms(CLOCK_MONOTONIC) < end + gap_so_far() / 1000000)
		poll(NULL, 0, 20);
	ASSERT_EQ(1, count_routes(variant->family));
	ASSERT_EQ(NO_ERROR, RtmGetFirstRoute(variant->family, 0, &out));
	ASSERT_EQ(metric(variant->family, &r[0]),
		  metric(variant->family, &out));
	SILENT(self->reader);
}

/* Each is set alone; @told says whether that is significant. */
struct change {
	unsigned int offset;
	unsigned int size;
	bool told;
	DWORD family;
};

#define FIELD(family, type, member, told) \
	{ offsetof(type, member), sizeof(((type *)NULL)->member), told, family }
#define FSD(family, type, member, told) \
	FIELD(family, type, RR_FamilySpecificData.member, told)
#define HEADER(family, type) \
	FIELD(family, type, RR_TimeStamp, false), \
	FIELD(family, type, RR_RoutingProtocol, false), \
	FIELD(family, type, RR_ProtocolSpecificData.PSD_Data[0], false), \
	FIELD(family, type, RR_ProtocolSpecificData.PSD_Data[3], false), \
	FIELD(family, type, RR_InterfaceID, true)
#define IP_DATA(family, type) \
	FSD(family, type, FSD_Type, true), \
	FSD(family, type, FSD_Policy, true), \
	FSD(family, type, FSD_NextHopAS, true), \
	FSD(family, type, FSD_Priority, false), \
	FSD(family, type, FSD_Metric, true), \
	FSD(family, type, FSD_Metric1, true), \
	FSD(family, type, FSD_Metric2, true), \
	FSD(family, type, FSD_Metric3, true), \
	FSD(family, type, FSD_Metric4, true), \
	FSD(family, type, FSD_Metric5, true), \
	FSD(family, type, FSD_Flags, true)
#define IPV6_HOP(member) \
	FIELD(IPV6, RTM_IPV6_ROUTE, RR_NextHopAddress.member, true)

static const struct change change[] = {
	HEADER(IP, RTM_IP_ROUTE),
	FIELD(IP, RTM_IP_ROUTE, RR_NextHopAddress.N_NetNumber, true),
	FIELD(IP, RTM_IP_ROUTE, RR_NextHopAddress.N_NetMask, true),
	IP_DATA(IP, RTM_IP_ROUTE),
	HEADER(IPV6, RTM_IPV6_ROUTE),
	IPV6_HOP(N_NetNumber[0]), IPV6_HOP(N_NetNumber[1]),
	IPV6_HOP(N_NetNumber[15]), IPV6_HOP(N_PrefixLength),
	IP_DATA(IPV6, RTM_IPV6_ROUTE),
	HEADER(IPX, RTM_IPX_ROUTE),
	FIELD(IPX, RTM_IPX_ROUTE, RR_NextHopAddress.NHA_Mac[0], true),
	FIELD(IPX, RTM_IPX_ROUTE, RR_NextHopAddress.NHA_Mac[5], true),
	FSD(IPX, RTM_IPX_ROUTE, FSD_Flags, true),
	FSD(IPX, RTM_IPX_ROUTE, FSD_TickCount, true),
	FSD(IPX, RTM_IPX_ROUTE, FSD_HopCount, true),
};

TEST_F(message, each_significant_parameter_is_told_the_others_are_not)
{
	DWORD family = variant->family;
	HANDLE single = RtmRegisterClient(family, 77, NULL,
					  RTM_PROTOCOL_SINGLE_ROUTE);
	union route old = self->route[0], new, old_told, new_told;
	unsigned int i;

	ASSERT_NE(0, H(single));
	old_told = told(family, old, 77, PRIO_OTHERS);
	for (i = 0; i < ARRAY_SIZE(change); i++) {
		const struct change *c = &change[i];

		if (c->family != family)
			continue;
		ASSERT_ANSWER(NO_ERROR, RTM_ROUTE_ADDED, &old_told, NULL,
			      add(single, old));
		HEARD(NO_ERROR, RTM_ROUTE_ADDED, &old_told, NULL);
		new = old;
		memset((char *)&new + c->offset, 0, c->size);
		new_told = told(family, new, 77, PRIO_OTHERS);
		if (c->told) {
			ASSERT_ANSWER(NO_ERROR, RTM_ROUTE_CHANGED, &new_told,
				      &old_told, add(single, new));
			HEARD(NO_ERROR, RTM_ROUTE_CHANGED, &new_told,
			      &old_told);
		} else {
			ASSERT_EQ(RTM_NO_CHANGE, add(single, new).flags)
				TH_LOG("offset %u", c->offset);
			SILENT(self->reader);
		}
		ASSERT_EQ(1, count_routes(family));
		ASSERT_ANSWER(NO_ERROR, RTM_ROUTE_DELETED, NULL, NULL,
			      del(single, new));
		HEARD(NO_ERROR, RTM_ROUTE_DELETED, NULL, &new_told);
	}
}

TEST_F(message, a_route_marked_invalid_can_be_the_best)
{
	union route *first = &self->route[0], first_told;

	if (variant->family == IP)
		ClearRouteFlags(&first->ip);
	else if (variant->family == IPV6)
		ClearRouteFlags(&first->ipv6);
	else
		ClearRouteFlags(&first->ipx);
	first_told = told(variant->family, *first, PROTO_A, PRIO_OTHERS);
	ASSERT_EQ(NO_ERROR, put(self->writer, self->route[1]));
	ASSERT_ANSWER(NO_ERROR, RTM_ROUTE_CHANGED, &first_told,
		      &self->told[1], add(self->writer, *first));
	HEARD(ERROR_MORE_MESSAGES, RTM_ROUTE_ADDED, &self->told[1], NULL);
	HEARD(NO_ERROR, RTM_ROUTE_CHANGED, &first_told, &self->told[1]);
}

TEST_F(message, a_change_of_priorities_tells_everybody_the_owner_too)
{
	RTM_PRIORITY first = { PROTO_B, 5 };
	union route now = told(variant->family, self->mine, PROTO_B, 5);

	ASSERT_EQ(NO_ERROR, put(self->reader, self->mine));
	ASSERT_EQ(NO_ERROR, put(self->writer, self->route[0]));
	HEARD(NO_ERROR, RTM_ROUTE_CHANGED, &self->told[0], &self->mine_told);
	ASSERT_EQ(NO_ERROR, RtmSetPriorities(variant->family, 1, &first));
	HEARD(NO_ERROR, RTM_ROUTE_CHANGED, &now, &self->told[0]);
	/* The same again elects nobody else. */
	ASSERT_EQ(NO_ERROR, RtmSetPriorities(variant->family, 1, &first));
	SILENT(self->reader);
}

/* A copy of the table: the metric of each destination's best route, 0: none. */
#define COPY		256

/*
 * Takes all messages after @sequence and applies them to @copy. What a message
 * says was there before must be what the copy has. Returns "" or what is wrong.
 */
static const char *follow(HANDLE client, DWORD family, DWORD *copy,
			  ULONGLONG sequence, unsigned int *count)
{
	struct answer a = { .error = ERROR_MORE_MESSAGES };
	ULONGLONG s;
	DWORD n;

	for (*count = 0; a.error == ERROR_MORE_MESSAGES; (*count)++) {
		a.error = RtmDequeueRouteChangeMessageEx(client, &a.flags,
							 &a.cur, &a.prev, &s);
		if (a.error == ERROR_NO_MESSAGES)
			break;
		if (a.error != NO_ERROR && a.error != ERROR_MORE_MESSAGES)
			return "an error";
		if (s <= sequence)
			return "out of order";
		sequence = s;
		n = destination(family, a.flags & RTM_CURRENT_BEST_ROUTE ?
				&a.cur : &a.prev);
		if (n >= COPY)
			return "an unknown destination";
		if (copy[n] != (a.flags & RTM_PREVIOUS_BEST_ROUTE ?
				metric(family, &a.prev) : 0))
			return "another previous route than was told";
		copy[n] = a.flags & RTM_CURRENT_BEST_ROUTE ?
			  metric(family, &a.cur) : 0;
	}
	return "";
}

/* Each message is about another destination: nothing can be merged. */
TEST_F(message, a_reader_past_its_limit_is_told_once_and_begins_afresh)
{
	DWORD family = variant->family, n, flags, copy[COPY] = { 0 };
	ULONGLONG value, sequence = 0;
	unsigned int count;
	HANDLE other;

	other = RtmRegisterClient(family, 77, self->event, 0);
	ASSERT_NE(0, H(other));
	ASSERT_EQ(NO_ERROR, RtmSetLimit(RtmLimitWindow, NULL, 10));
	ASSERT_EQ(NO_ERROR, RtmSetLimit(RtmLimitBacklog, self->reader, 20));
	ASSERT_EQ(NO_ERROR, RtmGetLimit(RtmLimitBacklog, self->reader, &value,
					NULL));
	ASSERT_EQ(20, value);
	for (n = 0; n < 200; n++)
		ASSERT_EQ(NO_ERROR, put(self->writer,
					make_route(family, n, 1, 1, 1 + n)));
	/* Nobody else has lost anything. */
	ASSERT_STREQ("", follow(other, family, copy, 0, &count));
	ASSERT_EQ(200, count);
	for (n = 0; n < 200; n++)
		ASSERT_EQ(1 + n, copy[n]);

	ASSERT_EQ(WAIT_OBJECT_0, check(self->event));
	ASSERT_EQ(ERROR_NO_SYSTEM_RESOURCES,
		  RtmDequeueRouteChangeMessageEx(self->reader, &flags, NULL,
						 NULL, &sequence));
	ASSERT_EQ(RTM_QUEUE_RESTARTED, flags);
	ASSERT_LE(20, sequence);
	ASSERT_GE(200, sequence);
	/* The copy as an enumeration would give it from there on. */
	for (n = sequence; n < 200; n++)
		copy[n] = 0;
	ASSERT_EQ(NO_ERROR, del(self->writer,
				make_route(family, 7, 1, 1, 1)).error);
	ASSERT_STREQ("", follow(self->reader, family, copy, sequence, &count));
	ASSERT_EQ(200 - sequence + 1, count);
	for (n = 0; n < 200; n++)
		ASSERT_EQ(n == 7 ? 0 : 1 + n, copy[n]);
	SILENT(self->reader);
}

TEST_F(message, past_the_window_a_destination_has_one_message_that_says_it_all)
{
	DWORD family = variant->family, copy[COPY] = { 0 };
	unsigned int n, count, rounds = 500;
	RTM_STATISTICS s;

	ASSERT_EQ(NO_ERROR, RtmSetLimit(RtmLimitWindow, NULL, 10));
	/* Known to the reader beforehand. */
	ASSERT_EQ(NO_ERROR, put(self->writer,
				make_route(family, 0, 1, 1, 50)));
	ASSERT_STREQ("", follow(self->reader, family, copy, 0, &count));
	ASSERT_EQ(1, count);
	ASSERT_EQ(50, copy[0]);
	for (n = 0; n < rounds; n++) {
		union route guest = make_route(family, 1 + n % 3, 1, 1, 1);

		ASSERT_EQ(NO_ERROR, put(self->writer,
					make_route(family, 0, 1, 1, 100 + n)));
		/* Comes and goes: nothing that the reader need know. */
		ASSERT_EQ(NO_ERROR, put(self->writer, guest));
		ASSERT_EQ(NO_ERROR, del(self->writer, guest).error);
	}
	ASSERT_EQ(NO_ERROR, put(self->writer, make_route(family, 4, 1, 1, 8)));
	ASSERT_STREQ("", follow(self->reader, family, copy, 1, &count));
	ASSERT_LE(2, count);
	/* The window, and one for each destination. */
	ASSERT_GE(10 + 5, count);
	ASSERT_EQ(100 + rounds - 1, copy[0]);
	for (n = 1; n < 4; n++)
		ASSERT_EQ(0, copy[n]);
	ASSERT_EQ(8, copy[4]);
	ASSERT_EQ(NO_ERROR, RtmGetStatistics(family, &s));
	ASSERT_LT(rounds - 10, s.Merged);
	ASSERT_LT(0, s.Cancelled);
	ASSERT_EQ(0, s.Restarts);
}

TEST_HARNESS_MAIN
