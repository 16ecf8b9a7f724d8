// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A process without privileges looks and watches; a daemon that has dropped
 * its privileges still hears and still can leave.
 */
#include "rtm_api_test.h"
#include <grp.h>
#include <linux/capability.h>
#include <sys/syscall.h>

#define NOBODY	65534

FIXTURE(privilege)
{
	HANDLE client;
	union route route;
	union route told;
	int go[2];
};

FIXTURE_SETUP(privilege)
{
	FRESH_TABLE();
	self->route = make_route(IP, 1, 1, 1, 1);
	self->told = told(IP, self->route, PROTO_A, PRIO_OTHERS);
	self->client = RtmRegisterClient(IP, PROTO_A, NULL, 0);
	ASSERT_NE(0, H(self->client));
	ASSERT_EQ(NO_ERROR, put(self->client, self->route));
	ASSERT_EQ(0, pipe(self->go));
}

FIXTURE_TEARDOWN(privilege)
{
	RtmDeregisterClient(self->client);
}

static int drop(void)
{
	return setgroups(0, NULL) || setresgid(NOBODY, NOBODY, NOBODY) ||
	       setresuid(NOBODY, NOBODY, NOBODY);
}

TEST_F(privilege, nobody_enumerates_looks_up_and_watches)
{
	pid_t pid = fork_for_a_while();

	ASSERT_NE(-1, pid);
	if (!pid) {
		HANDLE event, watcher, e;
		RTM_STATISTICS statistics;
		RTM_PRIORITY priority;
		union route out;
		DWORD total;

		ASSERT_EQ(0, drop());
		poison(&out);
		ASSERT_TRUE(RtmIsRoute(IP, &self->route.ip.RR_Network, &out));
		ASSERT_ROUTE(self->told, out);
		ASSERT_TRUE(RtmLookupIPDestination(0x0a0001ff, &out.ip));
		ASSERT_EQ(1, count_routes(IP));
		ASSERT_EQ(1, RtmGetNetworkCount(IP));
		e = RtmCreateEnumerationHandle(IP, 0, NULL);
		ASSERT_NE(0, H(e));
		poison(&out);
		ASSERT_EQ(NO_ERROR, RtmEnumerateGetNextRoute(e, &out));
		ASSERT_ROUTE(self->told, out);
		ASSERT_EQ(NO_ERROR, RtmCloseEnumerationHandle(e));
		ASSERT_EQ(NO_ERROR, RtmGetStatistics(IP, &statistics));
		ASSERT_EQ(1, statistics.Routes);
		ASSERT_EQ(NO_ERROR, RtmGetPriorities(IP, 1, &priority, &total));

		event = CreateEvent(NULL, FALSE, FALSE, NULL);
		watcher = RtmRegisterWatcher(IP, event, NULL);
		ASSERT_NE(0, H(watcher));
		ASSERT_EQ(1, write(self->go[1], "", 1));
		ASSERT_EQ(WAIT_OBJECT_0, WaitForSingleObject(event, SOON));
		ASSERT_ANSWER(NO_ERROR, RTM_ROUTE_DELETED, NULL, &self->told,
			      dequeue(watcher));

		/* More it may not. */
		ASSERT_FAILS(ERROR_ACCESS_DENIED,
			     RtmRegisterClient(IP, PROTO_B, NULL, 0));
		ASSERT_FAILS(ERROR_ACCESS_DENIED,
			     RtmRegisterClient(IP, PROTO_B, event, 0));
		ASSERT_EQ(ERROR_ACCESS_DENIED,
			  RtmSetPriorities(IP, 1, &priority));
		ASSERT_EQ(ERROR_ACCESS_DENIED,
			  RtmSetLimit(RtmLimitRoutes, NULL, 1));
		/* What a watcher cannot do is no matter of privilege. */
		ASSERT_EQ(ERROR_INVALID_HANDLE, put(watcher, self->route));
		ASSERT_EQ(NO_ERROR, RtmDeregisterClient(watcher));
		_exit(0);
	}
	char c;

	ASSERT_EQ(1, read(self->go[0], &c, 1));
	ASSERT_EQ(NO_ERROR, del(self->client, self->route).error);
	ASSERT_EQ(0, reap(pid));
	ASSERT_EQ(0, count_routes(IP));
}

TEST_F(privilege, who_dropped_them_hears_and_leaves_but_changes_nothing)
{
	pid_t pid = fork_for_a_while();

	ASSERT_NE(-1, pid);
	if (!pid) {
		HANDLE event = CreateEvent(NULL, FALSE, FALSE, NULL);
		HANDLE h = RtmRegisterClient(IP, PROTO_B, event, 0);

		ASSERT_NE(0, H(h));
		ASSERT_EQ(RTM_NO_CHANGE, add(h, self->route).flags);
		ASSERT_EQ(0, drop());
		ASSERT_EQ(ERROR_ACCESS_DENIED, put(h, self->route));
		ASSERT_EQ(ERROR_ACCESS_DENIED, del(h, self->route).error);
		ASSERT_EQ(ERROR_ACCESS_DENIED,
			  RtmBlockDeleteRoutes(h, 0, NULL));
		ASSERT_FAILS(ERROR_ACCESS_DENIED,
			     RtmRegisterClient(IP, PROTO_C, event, 0));
		ASSERT_EQ(2, count_routes(IP));
		ASSERT_EQ(1, write(self->go[1], "", 1));
		ASSERT_EQ(WAIT_OBJECT_0, WaitForSingleObject(event, SOON));
		ASSERT_EQ(RTM_ROUTE_CHANGED, dequeue(h).flags);
		ASSERT_EQ(NO_ERROR, RtmDeregisterClient(h));
		ASSERT_EQ(0, count_routes(IP));
		_exit(0);
	}
	char c;

	ASSERT_EQ(1, read(self->go[0], &c, 1));
	ASSERT_EQ(NO_ERROR, del(self->client, self->route).error);
	ASSERT_EQ(0, reap(pid));
}

static int net_admin(bool on)
{
	struct __user_cap_header_struct head = { _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &head, data))
		return -1;
	if (on)
		data[0].effective |= 1U << CAP_NET_ADMIN;
	else
		data[0].effective &= ~(1U << CAP_NET_ADMIN);
	return syscall(SYS_capset, &head, data);
}

/* What may open a file of its own, once the privilege is there. */
#define ASSERT_ALL_DENIED(event, priority) do {				\
	ASSERT_FAILS(ERROR_ACCESS_DENIED,				\
		     RtmRegisterClient(IP, PROTO_B, event, 0));		\
	ASSERT_FAILS(ERROR_ACCESS_DENIED,				\
		     RtmRegisterClient(IP, PROTO_B, NULL, 0));		\
	ASSERT_EQ(ERROR_ACCESS_DENIED,					\
		  RtmSetPriorities(IP, 1, priority));			\
	ASSERT_EQ(ERROR_ACCESS_DENIED,					\
		  RtmSetLimit(RtmLimitDestinationRoutes, NULL, 16));	\
} while (0)

/* As routing daemons do: what was opened in between does not stay without. */
TEST_F(privilege, who_raises_them_when_needed_may_change)
{
	pid_t pid = fork_for_a_while();

	ASSERT_NE(-1, pid);
	if (!pid) {
		HANDLE event = CreateEvent(NULL, FALSE, FALSE, NULL);
		RTM_PRIORITY priority = { PROTO_C, 7 };
		HANDLE watcher, b, c;

		ASSERT_EQ(0, net_admin(false));
		watcher = RtmRegisterWatcher(IP, event, NULL);
		ASSERT_NE(0, H(watcher));
		ASSERT_ALL_DENIED(event, &priority);

		ASSERT_EQ(0, net_admin(true));
		b = RtmRegisterClient(IP, PROTO_B, event, 0);
		ASSERT_NE(0, H(b));
		c = RtmRegisterClient(IP, PROTO_C, NULL, 0);
		ASSERT_NE(0, H(c));
		ASSERT_EQ(NO_ERROR, RtmSetPriorities(IP, 1, &priority));
		ASSERT_EQ(NO_ERROR,
			  RtmSetLimit(RtmLimitDestinationRoutes, NULL, 16));
		/* Both that share the event are heard. */
		ASSERT_EQ(RTM_ROUTE_CHANGED, add(c, self->route).flags);
		ASSERT_EQ(WAIT_OBJECT_0, WaitForSingleObject(event, SOON));
		ASSERT_EQ(RTM_ROUTE_CHANGED, dequeue(b).flags);
		/* The watcher could but look then, and is woken by somebody else. */
		ASSERT_EQ(WAIT_OBJECT_0, WaitForSingleObject(event, SOON));
		ASSERT_EQ(RTM_ROUTE_CHANGED, dequeue(watcher).flags);
		ASSERT_EQ(WAIT_TIMEOUT, check(event));
		ASSERT_EQ(NO_ERROR, RtmDeregisterClient(b));
		ASSERT_EQ(NO_ERROR, RtmDeregisterClient(c));
		ASSERT_EQ(1, count_routes(IP));
		_exit(0);
	}
	ASSERT_EQ(0, reap(pid));
}

/* The tables stay those of before, or they are nobody's: never others. */
TEST_F(privilege, who_raises_them_elsewhere_changes_nothing_there)
{
	pid_t pid = fork_for_a_while();

	ASSERT_NE(-1, pid);
	if (!pid) {
		HANDLE event = CreateEvent(NULL, FALSE, FALSE, NULL);
		RTM_PRIORITY priority = { PROTO_C, 7 };
		int here = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);

		ASSERT_LE(0, here);
		ASSERT_EQ(0, net_admin(false));
		ASSERT_NE(0, H(RtmRegisterWatcher(IP, event, NULL)));
		ASSERT_EQ(ERROR_ACCESS_DENIED,
			  RtmSetPriorities(IP, 1, &priority));
		ASSERT_EQ(0, net_admin(true));
		ASSERT_EQ(0, unshare(CLONE_NEWNET));
		ASSERT_ALL_DENIED(event, &priority);
		/* Back where they are of. */
		ASSERT_EQ(0, setns(here, CLONE_NEWNET));
		ASSERT_NE(0, H(RtmRegisterClient(IP, PROTO_B, event, 0)));
		ASSERT_EQ(NO_ERROR, RtmSetPriorities(IP, 1, &priority));
		_exit(0);
	}
	ASSERT_EQ(0, reap(pid));
}

TEST_HARNESS_MAIN
