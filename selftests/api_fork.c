// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * fork and exec: a child starts with no registrations and takes none of its
 * parent's away, however both end.
 */
#include "rtm_api_test.h"
#include <dirent.h>
#include <pthread.h>
#include <spawn.h>

FIXTURE(fork)
{
	HANDLE event;
	HANDLE client;
	HANDLE enumeration;
	union route route;
};

FIXTURE_SETUP(fork)
{
	FRESH_TABLE();
	self->route = make_route(IP, 1, 1, 1, 1);
	self->event = CreateEvent(NULL, TRUE, FALSE, NULL);
	ASSERT_NE(0, H(self->event));
	self->client = RtmRegisterClient(IP, PROTO_A, self->event, 0);
	ASSERT_NE(0, H(self->client));
	ASSERT_EQ(NO_ERROR, put(self->client, self->route));
	self->enumeration = RtmCreateEnumerationHandle(IP, 0, NULL);
	ASSERT_NE(0, H(self->enumeration));
}

FIXTURE_TEARDOWN(fork)
{
	EXPECT_EQ(NO_ERROR, RtmCloseEnumerationHandle(self->enumeration));
	EXPECT_EQ(NO_ERROR, RtmDeregisterClient(self->client));
	EXPECT_TRUE(CloseHandle(self->event));
}

/* The parent's things work as ever, and its one route is there. */
#define ASSERT_UNDISTURBED() do { \
	union route __r = make_route(IP, 2, 1, 1, 1); \
	ASSERT_EQ(RTM_NO_CHANGE, add(self->client, self->route).flags); \
	ASSERT_EQ(RTM_ROUTE_ADDED, add(self->client, __r).flags); \
	ASSERT_EQ(RTM_ROUTE_DELETED, del(self->client, __r).flags); \
	ASSERT_EQ(ERROR_NO_MESSAGES, dequeue(self->client).error); \
	ASSERT_EQ(WAIT_TIMEOUT, check(self->event)); \
	ASSERT_EQ(1, count_routes(IP)); \
} while (0)

/* Something that another process did, or its death. */
#define ASSERT_HEARS(change) do { \
	ASSERT_EQ(WAIT_OBJECT_0, WaitForSingleObject(self->event, SOON)); \
	ASSERT_EQ(change, dequeue(self->client).flags); \
} while (0)

/* Descriptors of this process that stand for the device or for an event. */
static int descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	char path[64], target[64];
	struct dirent *d;
	int n = 0;

	while (dir && (d = readdir(dir))) {
		ssize_t len;

		snprintf(path, sizeof(path), "/proc/self/fd/%.20s", d->d_name);
		len = readlink(path, target, sizeof(target) - 1);
		if (len < 0)
			continue;
		target[len] = 0;
		n += strstr(target, "/dev/rtm") || strstr(target, "[event");
	}
	if (!dir)
		return -1;
	closedir(dir);
	return n;
}

TEST_F(fork, the_childs_handles_are_invalid_and_its_descriptors_closed)
{
	pid_t pid;

	ASSERT_LT(0, descriptors());
	pid = fork_for_a_while();
	ASSERT_NE(-1, pid);
	if (!pid) {
		EXPECT_EQ(0, descriptors());
		EXPECT_EQ(ERROR_INVALID_HANDLE, put(self->client, self->route));
		EXPECT_EQ(ERROR_INVALID_HANDLE,
			  del(self->client, self->route).error);
		EXPECT_EQ(ERROR_INVALID_HANDLE, dequeue(self->client).error);
		EXPECT_EQ(ERROR_INVALID_HANDLE,
			  RtmBlockDeleteRoutes(self->client, 0, NULL));
		EXPECT_EQ(ERROR_INVALID_HANDLE,
			  RtmDeregisterClient(self->client));
		EXPECT_EQ(ERROR_INVALID_HANDLE,
			  RtmEnumerateGetNextRoute(self->enumeration,
						   &self->route));
		EXPECT_EQ(ERROR_INVALID_HANDLE,
			  RtmCloseEnumerationHandle(self->enumeration));
		EXPECT_EQ(WAIT_FAILED, check(self->event));
		EXPECT_FALSE(SetEvent(self->event));
		EXPECT_EQ(ERROR_INVALID_HANDLE, GetLastError());
		EXPECT_FALSE(CloseHandle(self->event));
		/* exit(3), not _exit(2): destructors may run as well. */
		exit(0);
	}
	ASSERT_EQ(0, reap(pid));
	ASSERT_UNDISTURBED();
	ASSERT_EQ(NO_ERROR, RtmEnumerateGetNextRoute(self->enumeration,
						     &self->route));
}

TEST_F(fork, the_child_registers_itself_and_dies_with_its_own)
{
	pid_t pid = fork_for_a_while();

	ASSERT_NE(-1, pid);
	if (!pid) {
		HANDLE event = CreateEvent(NULL, FALSE, FALSE, NULL);
		HANDLE h;

		SetLastError(0);
		EXPECT_EQ(0, H(RtmRegisterClient(IP, PROTO_A, event, 0)));
		EXPECT_EQ(ERROR_CLIENT_ALREADY_EXISTS, GetLastError());
		h = RtmRegisterClient(IP, PROTO_B, event, 0);
		EXPECT_NE(0, H(h));
		EXPECT_EQ(RTM_NO_CHANGE, add(h, self->route).flags);
		EXPECT_EQ(RTM_ROUTE_ADDED,
			  add(h, make_route(IP, 5, 1, 1, 1)).flags);
		EXPECT_EQ(3, count_routes(IP));
		EXPECT_EQ(WAIT_TIMEOUT, check(event));
		EXPECT_LT(0, descriptors());
		_exit(0);
	}
	ASSERT_EQ(0, reap(pid));
	ASSERT_HEARS(RTM_ROUTE_ADDED);
	ASSERT_HEARS(RTM_ROUTE_DELETED);
	ASSERT_UNDISTURBED();
}

TEST_F(fork, grandchildren_start_afresh_too)
{
	pid_t pid = fork_for_a_while();

	ASSERT_NE(-1, pid);
	if (!pid) {
		HANDLE h = RtmRegisterClient(IP, PROTO_B, NULL, 0);

		EXPECT_NE(0, H(h));
		pid = fork_for_a_while();
		if (!pid) {
			EXPECT_EQ(ERROR_INVALID_HANDLE, put(h, self->route));
			EXPECT_EQ(ERROR_INVALID_HANDLE,
				  put(self->client, self->route));
			EXPECT_NE(0, H(RtmRegisterClient(IP, PROTO_C, NULL,
							 0)));
			_exit(0);
		}
		EXPECT_EQ(0, reap(pid));
		EXPECT_EQ(NO_ERROR, put(h, self->route));
		_exit(0);
	}
	ASSERT_EQ(0, reap(pid));
	/* Waits until the dead one's registration is gone. */
	ASSERT_NE(0, H(RtmRegisterClient(IP, PROTO_B, NULL, 0)));
	ASSERT_UNDISTURBED();
}

/* Who lives on behind a parent that is killed. */
enum survivor { FORKED, SPAWNED, EXECED };

static void parent(enum survivor survivor, int fd, const union route *route)
{
	static char *const argv[] = { "sleep", "40", NULL };
	static char *const envp[] = { NULL };
	HANDLE h = RtmRegisterClient(IP, PROTO_B, NULL, 0);
	pid_t pid = 0;

	if (!h || put(h, *route))
		_exit(1);
	switch (survivor) {
	case FORKED:
		pid = fork_for_a_while();
		if (!pid)
			pause();
		break;
	case SPAWNED:
		if (posix_spawn(&pid, "/bin/sleep", NULL, NULL, argv, envp))
			_exit(2);
		break;
	case EXECED:
		pid = getpid();
	}
	if (write(fd, &pid, sizeof(pid)) != sizeof(pid))
		_exit(3);
	if (survivor == EXECED)
		execve("/bin/sleep", argv, envp);
	raise(SIGKILL);
}

TEST_F(fork, nobody_who_was_forked_spawned_or_execed_keeps_a_client_alive)
{
	union route route = make_route(IP, 9, 1, 1, 1);
	pid_t pid, survivor;
	int fd[2], i;

	ASSERT_EQ(0, pipe2(fd, O_CLOEXEC));
	for (i = FORKED; i <= EXECED; i++) {
		pid = fork_for_a_while();
		ASSERT_NE(-1, pid);
		if (!pid)
			parent(i, fd[1], &route);
		ASSERT_EQ(sizeof(survivor), read(fd[0], &survivor,
						 sizeof(survivor)));
		ASSERT_HEARS(RTM_ROUTE_ADDED);
		ASSERT_HEARS(RTM_ROUTE_DELETED);
		/* It is still there. */
		ASSERT_EQ(0, kill(survivor, 0));
		ASSERT_EQ(0, kill(survivor, SIGKILL));
		ASSERT_EQ(256 + SIGKILL, reap(pid));
	}
	ASSERT_UNDISTURBED();
}

static volatile bool stop;

static void *hammer(void *client)
{
	DWORD i;

	for (i = 0; !stop; i++) {
		put(client, make_route(IP, 10 + i % 8, 1, 1, i % 5));
		CloseHandle(CreateEvent(NULL, FALSE, FALSE, NULL));
		count_routes(IP);
	}
	return NULL;
}

/* No lock of the library is left held in the child. */
TEST_F(fork, a_child_of_a_busy_process_can_use_everything)
{
	unsigned int i, rounds = scaled(20);
	pthread_t thread[2];
	pid_t pid;

	for (i = 0; i < 2; i++)
		ASSERT_EQ(0, pthread_create(&thread[i], NULL, hammer,
					    self->client));
	for (i = 0; i < rounds; i++) {
		pid = fork_for_a_while();
		ASSERT_NE(-1, pid);
		if (!pid) {
			HANDLE event = CreateEvent(NULL, FALSE, FALSE, NULL);
			HANDLE h = RtmRegisterClient(IPX, PROTO_B, event, 0);

			_exit(!event || !h ||
			      put(h, make_route(IPX, 1, 1, 1, 1)) ||
			      RtmGetNetworkCount(IPX) != 1 ||
			      RtmDeregisterClient(h) || !CloseHandle(event));
		}
		ASSERT_EQ(0, reap(pid));
	}
	stop = true;
	for (i = 0; i < 2; i++)
		ASSERT_EQ(0, pthread_join(thread[i], NULL));
	ASSERT_EQ(NO_ERROR, RtmBlockDeleteRoutes(self->client, 0, NULL));
	while (dequeue(self->client).error != ERROR_NO_MESSAGES)
		;
	ASSERT_EQ(NO_ERROR, put(self->client, self->route));
	ASSERT_UNDISTURBED();
}

TEST_HARNESS_MAIN
