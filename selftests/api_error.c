// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Errors that need a system in need: limits reached, no descriptors left, no
 * memory. And where each documented error of each function is tested:
 *
 * function            error                      test
 * RtmRegisterClient   CLIENT_ALREADY_EXISTS      api_handle one_client_for_a_...
 *                     INVALID_PARAMETER          api_handle unknown_families_...
 *                     INVALID_HANDLE             api_handle any_but_the_right_...
 *                     ACCESS_DENIED              api_privilege nobody_...
 *                     NO_SYSTEM_RESOURCES        clients_are_limited,
 *                                                no_descriptor_left
 *                     NOT_ENOUGH_MEMORY          each_allocation_fails_in_turn
 * RtmDeregisterClient INVALID_HANDLE             api_handle any_but_the_right_...
 *                     NO_SYSTEM_RESOURCES        unreachable: needs nothing
 *                                                that could be lacking
 * RtmAddRoute         INVALID_HANDLE             api_handle any_but_the_right_...
 *                     INVALID_PARAMETER          api_route bad_input_...
 *                     ACCESS_DENIED              api_privilege who_dropped_...
 *                     NO_SYSTEM_RESOURCES        routes_are_limited
 *                     NOT_ENOUGH_MEMORY          each_allocation_fails_in_turn
 * RtmDeleteRoute      INVALID_HANDLE             api_handle any_but_the_right_...
 *                     INVALID_PARAMETER          api_route bad_input_...
 *                     NO_SUCH_ROUTE              api_route delete_takes_...
 *                     ACCESS_DENIED              api_privilege who_dropped_...
 *                     NO_SYSTEM_RESOURCES        unreachable: no limit
 *                                                applies to a deletion
 * RtmDequeueRoute-    NOT_ENOUGH_MEMORY          each_allocation_fails_in_turn
 * ChangeMessage       MORE_MESSAGES, NO_MESSAGES api_message added_changed_...
 *                     INVALID_HANDLE             api_handle any_but_the_right_...,
 *                                                api_message without_an_event_...
 *                     NO_SYSTEM_RESOURCES        api_message a_reader_past_...
 * RtmIsRoute          FALSE, NO_ERROR            api_route is_route_...
 *                     INVALID_PARAMETER          api_route bad_input_...,
 *                                                api_enum walks_refuse_...
 *                     NO_SYSTEM_RESOURCES        no_descriptor_left
 * RtmGetNetworkCount  0, NO_ERROR                api_route network_count_...
 *                     INVALID_PARAMETER          api_enum walks_refuse_...
 *                     NO_SYSTEM_RESOURCES        no_descriptor_left
 * RtmGetRouteAge      INVALID_PARAMETER          api_age impossible_stamps_...
 * RtmCreateEnumera-   NO_ROUTES                  api_enum nothing_matches_...
 * tionHandle          INVALID_PARAMETER          api_enum nothing_matches_...
 *                     NO_SYSTEM_RESOURCES        enumerations_are_limited,
 *                                                no_descriptor_left
 *                     NOT_ENOUGH_MEMORY          each_allocation_fails_in_turn
 * RtmEnumerateGet-    NO_MORE_ROUTES             api_enum each_matching_...
 * NextRoute           INVALID_HANDLE             api_enum closed_twice_...,
 *                                                api_handle any_but_the_right_...
 *                     INVALID_PARAMETER          api_enum closed_twice_...
 * RtmCloseEnumera-    INVALID_HANDLE             api_enum closed_twice_...,
 * tionHandle                                     api_handle any_but_the_right_...
 * RtmBlockDelete-     NO_ROUTES                  api_enum block_delete_...
 * Routes              NOT_ENOUGH_MEMORY          each_allocation_fails_in_turn
 *                     INVALID_PARAMETER          api_enum block_delete_refuses_...
 *                     INVALID_HANDLE             api_handle any_but_the_right_...
 *                     ACCESS_DENIED              api_privilege who_dropped_...
 *                     NO_SYSTEM_RESOURCES        unreachable, as RtmDeleteRoute
 * RtmGetFirstRoute,   NO_ROUTES                  api_enum first_and_next_...
 * RtmGetNextRoute,    INVALID_PARAMETER          api_enum walks_refuse_...
 * RtmGetSpecificRoute NO_SYSTEM_RESOURCES        no_descriptor_left
 * RtmLookupIP-        FALSE, NO_ERROR            api_enum lookup_is_...
 * Destination         INVALID_PARAMETER          api_enum lookup_is_...
 *                     NO_SYSTEM_RESOURCES        no_descriptor_left
 * CreateEvent         INVALID_PARAMETER          names_of_events_are_refused
 *                     NO_SYSTEM_RESOURCES        no_descriptor_left
 * SetEvent and others INVALID_HANDLE             api_handle any_but_the_right_...
 * WaitForMultiple-    INVALID_PARAMETER          api_wait sixty_four_...
 * Objects
 */
#include "rtm_api_test.h"
#include "rtm_fault.h"

#include <sys/mman.h>
#include <sys/resource.h>

FIXTURE(error)
{
	HANDLE client;
};

FIXTURE_SETUP(error)
{
	FRESH_TABLE();
	self->client = RtmRegisterClient(IP, PROTO_A, NULL, 0);
	ASSERT_NE(0, H(self->client));
}

FIXTURE_TEARDOWN(error)
{
	EXPECT_EQ(NO_ERROR, RtmDeregisterClient(self->client));
	EXPECT_EQ(0, count_routes(IP));
}

static ULONGLONG limit(RTM_LIMIT id)
{
	ULONGLONG value = 0;

	return RtmGetLimit(id, NULL, &value, NULL) ? 0 : value;
}

TEST_F(error, clients_are_limited)
{
	ULONGLONG used, value;
	HANDLE second;

	ASSERT_EQ(NO_ERROR, RtmGetLimit(RtmLimitClients, NULL, &value, &used));
	ASSERT_LT(1, value);
	ASSERT_EQ(1, used);
	ASSERT_EQ(NO_ERROR, RtmSetLimit(RtmLimitClients, NULL, 2));
	ASSERT_EQ(2, limit(RtmLimitClients));
	second = RtmRegisterClient(IPX, PROTO_A, NULL, 0);
	ASSERT_NE(0, H(second));
	ASSERT_FAILS(ERROR_NO_SYSTEM_RESOURCES,
		     RtmRegisterClient(IP, PROTO_B, NULL, 0));
	ASSERT_FAILS(ERROR_NO_SYSTEM_RESOURCES,
		     RtmRegisterWatcher(IP, NULL, NULL));
	ASSERT_EQ(NO_ERROR, RtmDeregisterClient(second));
	second = RtmRegisterClient(IP, PROTO_B, NULL, 0);
	ASSERT_NE(0, H(second));
	ASSERT_EQ(NO_ERROR, RtmDeregisterClient(second));
}

/* Each in a namespace of its own, with one route there. */
static const struct {
	RTM_LIMIT id;
	DWORD destination;	/* of the second route */
} bound[] = {
	{ RtmLimitRoutes, 2 },
	{ RtmLimitClientRoutes, 2 },
	{ RtmLimitDestinationRoutes, 1 },
};

TEST_F(error, routes_are_limited)
{
	union route r = make_route(IP, 1, 1, 1, 5), update, second;
	unsigned int i;
	ULONGLONG old;

	ASSERT_EQ(NO_ERROR, put(self->client, r));
	for (i = 0; i < ARRAY_SIZE(bound); i++) {
		old = limit(bound[i].id);
		ASSERT_LT(1, old);
		ASSERT_EQ(NO_ERROR, RtmSetLimit(bound[i].id, NULL, 1));
		second = make_route(IP, bound[i].destination, 2, 2, 1);
		ASSERT_EQ(ERROR_NO_SYSTEM_RESOURCES, put(self->client, second))
			TH_LOG("limit %u", bound[i].id);
		ASSERT_EQ(1, count_routes(IP));
		/* An update needs no more room. */
		update = make_route(IP, 1, 1, 1, 4 - i);
		ASSERT_EQ(RTM_ROUTE_CHANGED, add(self->client, update).flags);
		ASSERT_EQ(NO_ERROR, RtmSetLimit(bound[i].id, NULL, old));
		ASSERT_EQ(NO_ERROR, put(self->client, second));
		ASSERT_EQ(NO_ERROR, del(self->client, second).error);
	}
}

TEST_F(error, enumerations_are_limited)
{
	HANDLE e;

	ASSERT_EQ(NO_ERROR, put(self->client, make_route(IP, 1, 1, 1, 1)));
	ASSERT_EQ(NO_ERROR, RtmSetLimit(RtmLimitFileEnumerations, NULL, 1));
	e = RtmCreateEnumerationHandle(IP, 0, NULL);
	ASSERT_NE(0, H(e));
	ASSERT_FAILS(ERROR_NO_SYSTEM_RESOURCES,
		     RtmCreateEnumerationHandle(IP, 0, NULL));
	ASSERT_EQ(NO_ERROR, RtmCloseEnumerationHandle(e));
	e = RtmCreateEnumerationHandle(IP, 0, NULL);
	ASSERT_NE(0, H(e));
	ASSERT_EQ(NO_ERROR, RtmCloseEnumerationHandle(e));
}

TEST(no_descriptor_left)
{
	struct rlimit none, old;
	union route r = make_route(IP, 1, 1, 1, 1);
	RTM_STATISTICS s;
	HANDLE event;

	FRESH_TABLE();
	ASSERT_EQ(0, getrlimit(RLIMIT_NOFILE, &old));
	none = old;
	none.rlim_cur = 3;
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &none));
	ASSERT_FAILS(ERROR_NO_SYSTEM_RESOURCES,
		     RtmRegisterClient(IP, PROTO_A, NULL, 0));
	ASSERT_FAILS(ERROR_NO_SYSTEM_RESOURCES,
		     RtmRegisterWatcher(IP, NULL, NULL));
	ASSERT_FAILS(ERROR_NO_SYSTEM_RESOURCES,
		     RtmIsRoute(IP, &r.ip.RR_Network, NULL));
	ASSERT_FAILS(ERROR_NO_SYSTEM_RESOURCES, RtmGetNetworkCount(IP));
	ASSERT_FAILS(ERROR_NO_SYSTEM_RESOURCES,
		     RtmCreateEnumerationHandle(IP, 0, NULL));
	ASSERT_FAILS(ERROR_NO_SYSTEM_RESOURCES,
		     RtmLookupIPDestination(1, &r.ip));
	ASSERT_FAILS(ERROR_NO_SYSTEM_RESOURCES,
		     CreateEvent(NULL, FALSE, FALSE, NULL));
	ASSERT_EQ(ERROR_NO_SYSTEM_RESOURCES, RtmGetFirstRoute(IP, 0, &r));
	ASSERT_EQ(ERROR_NO_SYSTEM_RESOURCES, RtmGetNextRoute(IP, 0, &r));
	ASSERT_EQ(ERROR_NO_SYSTEM_RESOURCES, RtmGetSpecificRoute(IP, &r));
	ASSERT_EQ(ERROR_NO_SYSTEM_RESOURCES, RtmGetStatistics(IP, &s));

	/* Nothing of that is remembered. */
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &old));
	event = CreateEvent(NULL, FALSE, FALSE, NULL);
	ASSERT_NE(0, H(event));
	/* An event needs its own file when the first client comes. */
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &none));
	ASSERT_FAILS(ERROR_NO_SYSTEM_RESOURCES,
		     RtmRegisterClient(IP, PROTO_A, event, 0));
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &old));
	ASSERT_NE(0, H(RtmRegisterClient(IP, PROTO_A, event, 0)));
	ASSERT_EQ(0, RtmGetNetworkCount(IP));
	ASSERT_EQ(NO_ERROR, GetLastError());
}

TEST(names_of_events_are_refused)
{
	ASSERT_FAILS(ERROR_INVALID_PARAMETER,
		     CreateEvent(NULL, FALSE, FALSE, "name"));
}

/* Whether the nth allocation from now on was reached, and so failed. */
static bool failed(int fd)
{
	char left[16] = "";

	return pread(fd, left, sizeof(left) - 1, 0) > 0 && atoi(left) == 0;
}

static HANDLE client, other, event;
static union route in_need;

static DWORD need_register(void)
{
	client = RtmRegisterClient(IP, PROTO_B, event, 0);
	return client ? NO_ERROR : GetLastError();
}

static DWORD need_deregister(void)
{
	return RtmDeregisterClient(client);
}

static DWORD need_add(void)
{
	return put(client, in_need);
}

/* Other attributes each time. */
static DWORD need_update(void)
{
	in_need.ip.RR_FamilySpecificData.FSD_Metric++;
	return put(client, in_need);
}

static DWORD need_delete(void)
{
	return RtmDeleteRoute(client, &in_need, NULL, NULL);
}

static DWORD need_enumerate(void)
{
	HANDLE e = RtmCreateEnumerationHandle(IP, 0, NULL);

	return e ? RtmCloseEnumerationHandle(e) : GetLastError();
}

static DWORD need_block_delete(void)
{
	return RtmBlockDeleteRoutes(client, RTM_ONLY_THIS_NETWORK, &in_need);
}

static DWORD need_dequeue(void)
{
	return dequeue(client).error;
}

/* One message for the client. */
static DWORD others_change(void)
{
	static DWORD metric;

	return put(other, make_route(IP, 2, 1, 1, ++metric));
}

/* And it alone: a block delete tells its caller too. */
static DWORD drain_and_change(void)
{
	while (need_dequeue() != ERROR_NO_MESSAGES)
		;
	return others_change();
}

static HANDLE watcher;

static DWORD need_watch(void)
{
	watcher = RtmRegisterWatcher(IP, event, NULL);
	return watcher ? NO_ERROR : GetLastError();
}

static DWORD leave_watch(void)
{
	return RtmDeregisterClient(watcher);
}

static DWORD need_add_that_ages(void)
{
	return RtmAddRoute(client, &in_need, 1000, NULL, NULL, NULL);
}

static DWORD need_lookup(void)
{
	return RtmIsRoute(IP, &in_need.ip.RR_Network, NULL) ? NO_ERROR :
							      GetLastError();
}

static DWORD need_walk(void)
{
	union route first;

	return RtmGetFirstRoute(IP, 0, &first);
}

static DWORD need_priorities(void)
{
	static RTM_PRIORITY priority = { PROTO_C, 1 };

	priority.Priority++;
	return RtmSetPriorities(IP, 1, &priority);
}

static DWORD nothing(void)
{
	return NO_ERROR;
}

static DWORD register_and_add(void)
{
	return need_register() ?: need_add();
}

/*
 * What a call may do without, or has in reserve, does not fail it: then it is
 * undone and the next allocation is the one to fail. Adding waits and asks again:
 * it fails only if it never gets memory for a route. A call that fails has changed
 * nothing and taken no message. To delete routes, to leave, and to look for one
 * route or the next take no memory at all.
 */
static const struct {
	const char *name;
	unsigned int routes;	/* before */
	DWORD (*before)(void);
	DWORD (*call)(void);
	DWORD (*undo)(void);
	bool fails;		/* for want of memory, at least once */
	bool adds;
} need[] = {
	{ "register", 0, nothing, need_register, need_deregister, true },
	{ "watch", 0, nothing, need_watch, leave_watch, true },
	{ "add that ages", 0, nothing, need_add_that_ages, need_delete, false,
	  true },
	{ "change to one that does not", 1, nothing, need_add,
	  need_add_that_ages, false, true },
	{ "look up", 1, nothing, need_lookup, nothing, false },
	{ "walk", 1, nothing, need_walk, nothing, false },
	{ "priorities", 1, nothing, need_priorities, nothing, true },
	{ "delete what was", 1, nothing, need_delete, need_add, false },
	{ "add", 0, nothing, need_add, need_delete, false, true },
	{ "update", 1, nothing, need_update, nothing, false, true },
	{ "enumerate", 1, nothing, need_enumerate, nothing, true },
	{ "delete", 1, nothing, need_delete, need_add, false },
	{ "add again", 0, nothing, need_add, need_delete, false, true },
	{ "block delete", 1, nothing, need_block_delete, need_add, false },
	{ "dequeue", 0, drain_and_change, need_dequeue, others_change, true },
	{ "deregister", 1, need_add, need_deregister, register_and_add, false },
};

TEST_F(error, each_allocation_fails_in_turn)
{
	unsigned int i, n, routes, failures;
	char text[16];
	DWORD error;
	bool hit;
	int fd;

	fd = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	if (fd < 0)
		SKIP(return, "the kernel injects no faults");
	ASSERT_EQ(0, file_put(DEBUGFS "failslab/ignore-gfp-wait", "N"));
	ASSERT_EQ(0, file_put(DEBUGFS "fail_page_alloc/ignore-gfp-wait", "N"));
	/* Of memory alone: copies from and to the caller do not fail. */
	ASSERT_EQ(0, fault_only_between("fail_usercopy", 1, 2));
	/* A page that cannot be had when it is first touched is no error. */
	ASSERT_EQ(0, mlockall(MCL_CURRENT | MCL_FUTURE));
	in_need = make_route(IP, 1, 1, 1, 1);
	other = self->client;
	event = CreateEvent(NULL, FALSE, FALSE, NULL);
	ASSERT_NE(0, H(event));
	/* Opened when first needed: the device, for looking. */
	ASSERT_EQ(0, count_routes(IP));
	for (i = 0; i < ARRAY_SIZE(need); i++) {
		failures = 0;
		ASSERT_EQ(need[i].routes, count_routes(IP))
			TH_LOG("%s", need[i].name);
		ASSERT_EQ(NO_ERROR, need[i].before());
		routes = count_routes(IP);
		if (need[i].adds) {
			ASSERT_EQ(0, fault_always("failslab",
						  "rtm_route_alloc"));
			error = need[i].call();
			ASSERT_EQ(0, fault_always("failslab", NULL));
			ASSERT_EQ(ERROR_NOT_ENOUGH_MEMORY, error)
				TH_LOG("%s", need[i].name);
		}
		for (n = 1, hit = true; hit; n++) {
			ASSERT_GT(200, n);
			ASSERT_EQ(routes, count_routes(IP));
			snprintf(text, sizeof(text), "%u", n);
			ASSERT_EQ(strlen(text), pwrite(fd, text, strlen(text),
						       0));
			error = need[i].call();
			hit = failed(fd);
			ASSERT_EQ(1, pwrite(fd, "0", 1, 0));
			if (error) {
				ASSERT_TRUE(hit && need[i].fails)
					TH_LOG("%s: %u", need[i].name, error);
				ASSERT_EQ(ERROR_NOT_ENOUGH_MEMORY, error)
					TH_LOG("%s, %u", need[i].name, n);
				failures++;
			} else if (hit) {
				ASSERT_EQ(NO_ERROR, need[i].undo());
			}
		}
		ASSERT_EQ(need[i].fails, !!failures)
			TH_LOG("%s: %u failures", need[i].name, failures);
	}
	/* As it is for others. */
	ASSERT_EQ(0, fault_only_between("fail_usercopy", 0, -1ULL));
	ASSERT_EQ(0, file_put(DEBUGFS "failslab/ignore-gfp-wait", "Y"));
	ASSERT_EQ(0, file_put(DEBUGFS "fail_page_alloc/ignore-gfp-wait", "Y"));
	ASSERT_EQ(NO_ERROR, RtmBlockDeleteRoutes(other, 0, NULL));
}

TEST_HARNESS_MAIN
