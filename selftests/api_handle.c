// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Registration, and handles that are not what they should be: each function
 * with each kind of wrong handle.
 */
#include "rtm_api_test.h"

enum kind { CLIENT, WATCHER, ENUMERATION, EVENT, KINDS };

FIXTURE(handle)
{
	HANDLE good[KINDS];
	HANDLE stale[KINDS];
	union route route;
};

/* One of each kind. @_metadata is the harness's. */
#define MAKE(h, protocol, route) do { \
	(h)[EVENT] = CreateEvent(NULL, TRUE, FALSE, NULL); \
	ASSERT_NE(0, H((h)[EVENT])); \
	(h)[CLIENT] = RtmRegisterClient(IP, protocol, (h)[EVENT], 0); \
	ASSERT_NE(0, H((h)[CLIENT])); \
	(h)[WATCHER] = RtmRegisterWatcher(IP, (h)[EVENT], NULL); \
	ASSERT_NE(0, H((h)[WATCHER])); \
	ASSERT_EQ(NO_ERROR, put((h)[CLIENT], route)); \
	(h)[ENUMERATION] = RtmCreateEnumerationHandle(IP, 0, NULL); \
	ASSERT_NE(0, H((h)[ENUMERATION])); \
} while (0)

#define UNMAKE(h) do { \
	EXPECT_EQ(NO_ERROR, RtmCloseEnumerationHandle((h)[ENUMERATION])); \
	EXPECT_EQ(NO_ERROR, RtmDeregisterClient((h)[WATCHER])); \
	EXPECT_EQ(NO_ERROR, RtmDeregisterClient((h)[CLIENT])); \
	EXPECT_TRUE(CloseHandle((h)[EVENT])); \
} while (0)

FIXTURE_SETUP(handle)
{
	FRESH_TABLE();
	self->route = make_route(IP, 1, 1, 1, 1);
	MAKE(self->stale, PROTO_A, self->route);
	UNMAKE(self->stale);
	MAKE(self->good, PROTO_A, self->route);
}

FIXTURE_TEARDOWN(handle)
{
	UNMAKE(self->good);
}

/* Every function that takes a handle, as one that returns the error. */
static union route arg;
static RTM_RESULT result;
static DWORD done;

static DWORD why(bool succeeded)
{
	return succeeded ? NO_ERROR : GetLastError();
}

static DWORD do_add(HANDLE h)
{
	return RtmAddRoute(h, &arg, INFINITE, NULL, NULL, NULL);
}

static DWORD do_add_batch(HANDLE h)
{
	return RtmAddRouteBatch(h, 1, &arg, INFINITE, &result, NULL, NULL,
				&done);
}

static DWORD do_add_ex(HANDLE h)
{
	return RtmAddRouteEx(h, &arg, INFINITE, NULL, NULL, NULL, NULL);
}

static DWORD do_delete_ex(HANDLE h)
{
	return RtmDeleteRouteEx(h, &arg, NULL, NULL, NULL);
}

static DWORD do_dequeue_ex(HANDLE h)
{
	return RtmDequeueRouteChangeMessageEx(h, NULL, NULL, NULL, NULL);
}

static DWORD do_register_ex(HANDLE h)
{
	return why(RtmRegisterClientEx(IP, PROTO_B, h, 0, NULL));
}

static DWORD do_get_limit(HANDLE h)
{
	return RtmGetLimit(RtmLimitBacklog, h, NULL, NULL);
}

static DWORD do_set_limit(HANDLE h)
{
	return RtmSetLimit(RtmLimitBacklog, h, 1000);
}

static DWORD do_delete(HANDLE h)
{
	return RtmDeleteRoute(h, &arg, NULL, NULL);
}

static DWORD do_delete_batch(HANDLE h)
{
	return RtmDeleteRouteBatch(h, 1, &arg, &result, NULL, &done);
}

static DWORD do_block_delete(HANDLE h)
{
	return RtmBlockDeleteRoutes(h, 0, NULL);
}

static DWORD do_dequeue(HANDLE h)
{
	return RtmDequeueRouteChangeMessage(h, NULL, NULL, NULL);
}

static DWORD do_dequeue_batch(HANDLE h)
{
	return RtmDequeueRouteChangeMessageBatch(h, 1, &result, NULL, NULL,
						 &done);
}

static DWORD do_next(HANDLE h)
{
	return RtmEnumerateGetNextRoute(h, &arg);
}

static DWORD do_next_batch(HANDLE h)
{
	return RtmEnumerateGetNextRouteBatch(h, 1, &arg, NULL, &done, NULL);
}

static DWORD do_register(HANDLE h)
{
	return why(RtmRegisterClient(IP, PROTO_B, h, 0));
}

static DWORD do_watch(HANDLE h)
{
	return why(RtmRegisterWatcher(IP, h, NULL));
}

static DWORD do_set(HANDLE h)
{
	return why(SetEvent(h));
}

static DWORD do_reset(HANDLE h)
{
	return why(ResetEvent(h));
}

static DWORD do_wait(HANDLE h)
{
	return why(WaitForSingleObject(h, 0) != WAIT_FAILED);
}

static DWORD do_wait_multiple(HANDLE h)
{
	return why(WaitForMultipleObjects(1, &h, FALSE, 0) != WAIT_FAILED);
}

static DWORD do_descriptor(HANDLE h)
{
	return why(RtmGetEventDescriptor(h) >= 0);
}

static DWORD do_close(HANDLE h)
{
	return why(CloseHandle(h));
}

#define ONE(kind)	(1U << (kind))

static const struct {
	const char *name;
	DWORD (*call)(HANDLE handle);
	unsigned int takes;	/* kinds */
	bool null;		/* takes NULL */
} function[] = {
	{ "RtmDeregisterClient", RtmDeregisterClient,
	  ONE(CLIENT) | ONE(WATCHER) },
	{ "RtmAddRoute", do_add, ONE(CLIENT) },
	{ "RtmAddRouteBatch", do_add_batch, ONE(CLIENT) },
	{ "RtmAddRouteEx", do_add_ex, ONE(CLIENT) },
	{ "RtmDeleteRoute", do_delete, ONE(CLIENT) },
	{ "RtmDeleteRouteBatch", do_delete_batch, ONE(CLIENT) },
	{ "RtmDeleteRouteEx", do_delete_ex, ONE(CLIENT) },
	{ "RtmBlockDeleteRoutes", do_block_delete, ONE(CLIENT) },
	{ "RtmDequeueRouteChangeMessage", do_dequeue,
	  ONE(CLIENT) | ONE(WATCHER) },
	{ "RtmDequeueRouteChangeMessageBatch", do_dequeue_batch,
	  ONE(CLIENT) | ONE(WATCHER) },
	{ "RtmDequeueRouteChangeMessageEx", do_dequeue_ex,
	  ONE(CLIENT) | ONE(WATCHER) },
	{ "RtmGetLimit", do_get_limit, ONE(CLIENT) | ONE(WATCHER), true },
	{ "RtmSetLimit", do_set_limit, ONE(CLIENT) | ONE(WATCHER), true },
	{ "RtmEnumerateGetNextRoute", do_next, ONE(ENUMERATION) },
	{ "RtmEnumerateGetNextRouteBatch", do_next_batch, ONE(ENUMERATION) },
	{ "RtmCloseEnumerationHandle", RtmCloseEnumerationHandle,
	  ONE(ENUMERATION) },
	{ "RtmRegisterClient", do_register, ONE(EVENT), true },
	{ "RtmRegisterClientEx", do_register_ex, ONE(EVENT), true },
	{ "RtmRegisterWatcher", do_watch, ONE(EVENT), true },
	{ "SetEvent", do_set, ONE(EVENT) },
	{ "ResetEvent", do_reset, ONE(EVENT) },
	{ "WaitForSingleObject", do_wait, ONE(EVENT) },
	{ "WaitForMultipleObjects", do_wait_multiple, ONE(EVENT) },
	{ "RtmGetEventDescriptor", do_descriptor, ONE(EVENT) },
	{ "CloseHandle", do_close, ONE(EVENT) },
};

/* Those that are right are as they were made. */
#define ASSERT_UNTOUCHED(h) do { \
	ASSERT_EQ(1, count_routes(IP)); \
	ASSERT_EQ(WAIT_OBJECT_0, check((h)[EVENT])); \
	ASSERT_EQ(NO_ERROR, dequeue((h)[WATCHER]).error); \
	ASSERT_EQ(ERROR_NO_MESSAGES, dequeue((h)[CLIENT]).error); \
	ASSERT_EQ(WAIT_TIMEOUT, check((h)[EVENT])); \
	ASSERT_EQ(NO_ERROR, do_next((h)[ENUMERATION])); \
} while (0)

TEST_F(handle, any_but_the_right_kind_is_invalid_and_harmless)
{
	HANDLE wrong[KINDS + 16];
	unsigned int f, i, k, n;

	for (f = 0; f < ARRAY_SIZE(function); f++) {
		n = 0;
		for (k = 0; k < KINDS; k++) {
			wrong[n++] = self->stale[k];
			if (!(function[f].takes & ONE(k)))
				wrong[n++] = self->good[k];
		}
		/* Made up. */
		wrong[n++] = INVALID_HANDLE_VALUE;
		wrong[n++] = (HANDLE)(uintptr_t)1;
		wrong[n++] = (HANDLE)(uintptr_t)0xdeadbeef;
		wrong[n++] = &self->route;
		for (k = 0; k < KINDS; k++)
			wrong[n++] = (HANDLE)(H(self->good[k]) ^ 0x40000000);
		if (!function[f].null)
			wrong[n++] = NULL;
		for (i = 0; i < n; i++) {
			arg = self->route;
			ASSERT_EQ(ERROR_INVALID_HANDLE,
				  function[f].call(wrong[i]))
				TH_LOG("%s(%p), %u", function[f].name,
				       wrong[i], i);
		}
	}
	ASSERT_UNTOUCHED(self->good);
}

/*
 * The other process makes the same in the same order: at first neither has
 * used the library, then the parent has. A foreign number is ours by chance
 * once in 2^29 times, of 64 bits in 2^61.
 */
TEST(what_another_process_has_is_invalid_and_harmless)
{
	union route route = make_route(IP, 1, 1, 1, 1);
	HANDLE mine[KINDS], theirs[KINDS];
	unsigned int f, i, k;
	int pipes[2];
	pid_t pid;

	FRESH_TABLE();
	ASSERT_EQ(0, pipe2(pipes, O_CLOEXEC));
	for (i = 0; i < 2; i++) {
		pid = fork_for_a_while();
		ASSERT_NE(-1, pid);
		if (!pid) {
			MAKE(theirs, PROTO_C, route);
			_exit(write(pipes[1], theirs, sizeof(theirs)) !=
			      sizeof(theirs));
		}
		ASSERT_EQ(0, reap(pid));
		ASSERT_EQ(sizeof(theirs),
			  read(pipes[0], theirs, sizeof(theirs)));
		MAKE(mine, PROTO_A, route);
		for (f = 0; f < ARRAY_SIZE(function); f++)
			for (k = 0; k < KINDS; k++) {
				arg = route;
				ASSERT_EQ(ERROR_INVALID_HANDLE,
					  function[f].call(theirs[k]))
					TH_LOG("%s, %u", function[f].name, k);
			}
		ASSERT_UNTOUCHED(mine);
		UNMAKE(mine);
	}
}

TEST_F(handle, numbers_are_distinct_and_not_soon_used_again)
{
	HANDLE seen[64], h;
	unsigned int i, k;

	for (i = 0; i < ARRAY_SIZE(seen); i++) {
		h = RtmRegisterClient(IP, PROTO_B, NULL, 0);
		ASSERT_NE(0, H(h));
		ASSERT_NE(H(INVALID_HANDLE_VALUE), H(h));
		for (k = 0; k < KINDS; k++) {
			ASSERT_NE(H(self->good[k]), H(h));
			ASSERT_NE(H(self->stale[k]), H(h));
		}
		for (k = 0; k < i; k++)
			ASSERT_NE(H(seen[k]), H(h));
		seen[i] = h;
		ASSERT_EQ(NO_ERROR, RtmDeregisterClient(h));
	}
}

TEST_F(handle, one_client_for_a_family_and_protocol)
{
	HANDLE h, ipx;

	ASSERT_FAILS(ERROR_CLIENT_ALREADY_EXISTS,
		     RtmRegisterClient(IP, PROTO_A, NULL, 0));
	ASSERT_FAILS(ERROR_CLIENT_ALREADY_EXISTS,
		     RtmRegisterClient(IP, PROTO_A, self->good[EVENT],
				       RTM_PROTOCOL_SINGLE_ROUTE));
	ipx = RtmRegisterClient(IPX, PROTO_A, NULL, 0);
	ASSERT_NE(0, H(ipx));
	h = RtmRegisterClient(IP, PROTO_B, NULL, 0);
	ASSERT_NE(0, H(h));
	ASSERT_FAILS(ERROR_CLIENT_ALREADY_EXISTS,
		     RtmRegisterClient(IP, PROTO_B, NULL, 0));
	ASSERT_EQ(NO_ERROR, RtmDeregisterClient(h));
	h = RtmRegisterClient(IP, PROTO_B, NULL, 0);
	ASSERT_NE(0, H(h));
	ASSERT_EQ(NO_ERROR, RtmDeregisterClient(h));
	ASSERT_EQ(ERROR_INVALID_HANDLE, RtmDeregisterClient(h));
	ASSERT_EQ(NO_ERROR, RtmDeregisterClient(ipx));
}

TEST_F(handle, unknown_families_and_flags_are_refused)
{
	static const DWORD family[] = { 3, 4, 23, 0x80000001, 0xffffffff };
	DWORD bit;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(family); i++) {
		ASSERT_FAILS(ERROR_INVALID_PARAMETER,
			     RtmRegisterClient(family[i], PROTO_B, NULL, 0));
		ASSERT_FAILS(ERROR_INVALID_PARAMETER,
			     RtmRegisterWatcher(family[i], NULL, NULL));
	}
	for (bit = 2; bit; bit <<= 1)
		ASSERT_FAILS(ERROR_INVALID_PARAMETER,
			     RtmRegisterClient(IP, PROTO_B, NULL, bit | 1));
}

TEST_F(handle, counts_out_of_range_are_refused)
{
	static RTM_PRIORITY priorities[RTM_MAX_PRIORITIES + 1];
	RTM_CLIENT_INFO info;
	DWORD cursor = 0, n;

	EXPECT_EQ(ERROR_INVALID_PARAMETER,
		  RtmGetClients(&cursor, 0, &info, &n));
	EXPECT_EQ(0, cursor);
	EXPECT_EQ(ERROR_INVALID_PARAMETER,
		  RtmGetPriorities(IP, RTM_MAX_PRIORITIES + 1, priorities, &n));
	EXPECT_EQ(NO_ERROR, RtmGetPriorities(IP, 0, priorities, &n));
	EXPECT_LT(1, n);
	EXPECT_EQ(ERROR_INVALID_PARAMETER, RtmSetPriorities(IP, 0, priorities));
	EXPECT_EQ(ERROR_INVALID_PARAMETER,
		  RtmSetPriorities(IP, RTM_MAX_PRIORITIES + 1, priorities));
	EXPECT_EQ(ERROR_INVALID_PARAMETER,
		  RtmGetPriorities(4, 1, priorities, &n));
	EXPECT_EQ(ERROR_INVALID_PARAMETER, RtmSetPriorities(4, 1, priorities));
}

TEST_F(handle, any_number_is_a_protocol)
{
	static const DWORD protocol[] = { 0, 1, 0x7fffffff, 0x80000000,
					  0xfffffffe, RTM_OTHER_PROTOCOLS };
	union route r = self->route;
	unsigned int i;
	HANDLE h;

	for (i = 0; i < ARRAY_SIZE(protocol); i++) {
		h = RtmRegisterClient(IP, protocol[i], NULL, 0);
		ASSERT_NE(0, H(h));
		ASSERT_EQ(NO_ERROR, put(h, r));
		r.ip.RR_RoutingProtocol = protocol[i];
		ASSERT_EQ(NO_ERROR,
			  RtmGetFirstRoute(IP, RTM_ONLY_THIS_PROTOCOL, &r));
		ASSERT_EQ(protocol[i], r.ip.RR_RoutingProtocol);
		ASSERT_EQ(NO_ERROR, RtmDeregisterClient(h));
	}
}

TEST_F(handle, deregistration_takes_the_routes_along)
{
	HANDLE h = RtmRegisterClient(IP, PROTO_B, NULL, 0);
	DWORD i;

	for (i = 0; i < 1000; i++)
		ASSERT_EQ(NO_ERROR, put(h, make_route(IP, i, 1, 1, 1)));
	ASSERT_EQ(1000, RtmGetNetworkCount(IP));
	ASSERT_EQ(NO_ERROR, RtmDeregisterClient(h));
	ASSERT_EQ(1, RtmGetNetworkCount(IP));
	ASSERT_EQ(1, count_routes(IP));
}

TEST_F(handle, a_watcher_owns_nothing_and_collides_with_nobody)
{
	HANDLE again = RtmRegisterWatcher(IP, self->good[EVENT], NULL);
	RTM_CLIENT_INFO info[8];
	DWORD cursor = 0, n, i, watchers = 0;

	ASSERT_NE(0, H(again));
	ASSERT_NE(H(self->good[WATCHER]), H(again));
	ASSERT_EQ(NO_ERROR, RtmGetClients(&cursor, 8, info, &n));
	ASSERT_EQ(3, n);
	for (i = 0; i < n; i++) {
		ASSERT_EQ(IP, info[i].ProtocolFamily);
		ASSERT_EQ(getpid(), info[i].ProcessId);
		if (info[i].Flags & RTM_CLIENT_IS_WATCHER) {
			ASSERT_EQ(0, info[i].RoutingProtocol);
			ASSERT_EQ(0, info[i].Routes);
			watchers++;
		} else {
			ASSERT_EQ(RTM_CLIENT_HAS_EVENT, info[i].Flags);
			ASSERT_EQ(PROTO_A, info[i].RoutingProtocol);
			ASSERT_EQ(1, info[i].Routes);
		}
	}
	ASSERT_EQ(2, watchers);
	ASSERT_EQ(ERROR_NO_MORE_ITEMS, RtmGetClients(&cursor, 8, info, &n));
	ASSERT_EQ(NO_ERROR, RtmDeregisterClient(again));
	ASSERT_EQ(ERROR_INVALID_HANDLE, dequeue(again).error);
	ASSERT_EQ(1, RtmGetNetworkCount(IP));
}

TEST_HARNESS_MAIN
