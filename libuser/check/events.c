// SPDX-License-Identifier: LGPL-2.1-or-later
/* librtm without a kernel module: events, handles, threads, fork. */
#include <dirent.h>
#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../rtm.h"
#include "fake_device.h"
#include "tap.h"

#define IP	RTM_PROTOCOL_FAMILY_IP
#define IPX	RTM_PROTOCOL_FAMILY_IPX

static HANDLE new_event(BOOL manual, BOOL set)
{
	return CreateEvent(NULL, manual, set, NULL);
}

static DWORD look(HANDLE event)
{
	return WaitForSingleObject(event, 0);
}

static DWORD look_at(DWORD count, const HANDLE *events, BOOL all)
{
	return WaitForMultipleObjects(count, events, all, 0);
}

static int64_t milliseconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

/* Open descriptors of this process. */
static int descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int n = -3;			/* ".", ".." and of this directory */

	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}

static bool manual_event(void)
{
	HANDLE event = new_event(TRUE, FALSE);

	CHECK(event);
	EQUAL(look(event), WAIT_TIMEOUT);
	CHECK(SetEvent(event));
	CHECK(SetEvent(event));
	EQUAL(look(event), WAIT_OBJECT_0);
	EQUAL(look(event), WAIT_OBJECT_0);
	CHECK(ResetEvent(event));
	EQUAL(look(event), WAIT_TIMEOUT);
	CHECK(CloseHandle(event));
	event = new_event(TRUE, TRUE);
	EQUAL(WaitForSingleObject(event, INFINITE), WAIT_OBJECT_0);
	EQUAL(look(event), WAIT_OBJECT_0);
	CHECK(CloseHandle(event));
	return true;
}

static bool auto_event(void)
{
	HANDLE event = new_event(FALSE, TRUE);

	EQUAL(look(event), WAIT_OBJECT_0);
	EQUAL(look(event), WAIT_TIMEOUT);
	CHECK(SetEvent(event));
	CHECK(SetEvent(event));
	EQUAL(look(event), WAIT_OBJECT_0);
	EQUAL(look(event), WAIT_TIMEOUT);
	CHECK(SetEvent(event));
	CHECK(ResetEvent(event));
	EQUAL(look(event), WAIT_TIMEOUT);
	CHECK(CloseHandle(event));
	return true;
}

static bool timeouts(void)
{
	HANDLE events[2] = { new_event(FALSE, FALSE), new_event(TRUE, TRUE) };
	int64_t start = milliseconds();

	EQUAL(WaitForSingleObject(events[0], 50), WAIT_TIMEOUT);
	CHECK(milliseconds() - start >= 50);
	start = milliseconds();
	EQUAL(WaitForMultipleObjects(2, events, TRUE, 50), WAIT_TIMEOUT);
	CHECK(milliseconds() - start >= 50);
	CHECK(CloseHandle(events[0]));
	CHECK(CloseHandle(events[1]));
	return true;
}

static bool wait_for_any(void)
{
	HANDLE events[3] = {
		new_event(FALSE, FALSE),
		new_event(FALSE, TRUE),
		new_event(FALSE, TRUE),
	};

	EQUAL(look_at(3, events, FALSE), WAIT_OBJECT_0 + 1);
	EQUAL(look_at(3, events, FALSE), WAIT_OBJECT_0 + 2);
	EQUAL(look_at(3, events, FALSE), WAIT_TIMEOUT);
	CHECK(SetEvent(events[0]));
	events[1] = events[0];
	EQUAL(look_at(2, events, FALSE), WAIT_OBJECT_0);
	return true;
}

static bool wait_for_all(void)
{
	HANDLE events[3] = {
		new_event(FALSE, TRUE),
		new_event(TRUE, TRUE),
		new_event(FALSE, FALSE),
	};

	EQUAL(look_at(3, events, TRUE), WAIT_TIMEOUT);
	EQUAL(look(events[0]), WAIT_OBJECT_0);
	CHECK(SetEvent(events[0]));
	CHECK(SetEvent(events[2]));
	EQUAL(look_at(3, events, TRUE), WAIT_OBJECT_0);
	EQUAL(look(events[0]), WAIT_TIMEOUT);
	EQUAL(look(events[1]), WAIT_OBJECT_0);
	EQUAL(look(events[2]), WAIT_TIMEOUT);
	return true;
}

static bool waits_that_fail(void)
{
	HANDLE events[MAXIMUM_WAIT_OBJECTS + 1];
	HANDLE event = new_event(TRUE, TRUE);
	int i;

	for (i = 0; i <= MAXIMUM_WAIT_OBJECTS; i++)
		events[i] = event;
	EQUAL(look_at(MAXIMUM_WAIT_OBJECTS, events, FALSE), WAIT_OBJECT_0);
	EQUAL(look_at(MAXIMUM_WAIT_OBJECTS + 1, events, FALSE), WAIT_FAILED);
	EQUAL(GetLastError(), ERROR_INVALID_PARAMETER);
	SetLastError(0);
	EQUAL(look_at(0, events, FALSE), WAIT_FAILED);
	EQUAL(GetLastError(), ERROR_INVALID_PARAMETER);
	SetLastError(0);
	EQUAL(look_at(1, NULL, FALSE), WAIT_FAILED);
	EQUAL(GetLastError(), ERROR_INVALID_PARAMETER);
	SetLastError(0);
	EQUAL(look_at(2, events, TRUE), WAIT_FAILED);
	EQUAL(GetLastError(), ERROR_INVALID_PARAMETER);
	events[1] = NULL;
	EQUAL(look_at(2, events, FALSE), WAIT_FAILED);
	EQUAL(GetLastError(), ERROR_INVALID_HANDLE);
	CHECK(CloseHandle(event));
	SetLastError(0);
	EQUAL(look(event), WAIT_FAILED);
	EQUAL(GetLastError(), ERROR_INVALID_HANDLE);
	SetLastError(0);
	CHECK(!CreateEvent(NULL, FALSE, FALSE, "name"));
	EQUAL(GetLastError(), ERROR_INVALID_PARAMETER);
	return true;
}

struct waiters {
	HANDLE events[2];
	DWORD count;
	BOOL all;
	bool stop;
	int woken;
	int ended;
};

static void *wait_often(void *argument)
{
	struct waiters *w = argument;

	while (WaitForMultipleObjects(w->count, w->events, w->all, INFINITE) ==
	       WAIT_OBJECT_0 && !__atomic_load_n(&w->stop, __ATOMIC_SEQ_CST))
		__atomic_add_fetch(&w->woken, 1, __ATOMIC_SEQ_CST);
	__atomic_add_fetch(&w->ended, 1, __ATOMIC_SEQ_CST);
	return NULL;
}

/* Each signal woke one: nobody else comes, however long one looks. */
static bool stop_waiters(struct waiters *w, pthread_t *threads, int n,
			 int woken)
{
	DWORD i;

	usleep(50000);
	EQUAL(__atomic_load_n(&w->woken, __ATOMIC_SEQ_CST), woken);
	__atomic_store_n(&w->stop, true, __ATOMIC_SEQ_CST);
	while (__atomic_load_n(&w->ended, __ATOMIC_SEQ_CST) < n) {
		for (i = 0; i < w->count; i++)
			CHECK(SetEvent(w->events[i]));
		usleep(50);
	}
	while (n--)
		EQUAL(pthread_join(threads[n], NULL), 0);
	for (i = 0; i < w->count; i++)
		CHECK(CloseHandle(w->events[i]));
	return true;
}

static bool a_signal_wakes_one(void)
{
	struct waiters w = { { new_event(FALSE, FALSE) }, .count = 1 };
	pthread_t threads[4];
	int i;

	for (i = 0; i < 4; i++)
		EQUAL(pthread_create(&threads[i], NULL, wait_often, &w), 0);
	for (i = 1; i <= 200; i++) {
		CHECK(SetEvent(w.events[0]));
		while (__atomic_load_n(&w.woken, __ATOMIC_SEQ_CST) < i)
			usleep(50);
	}
	return stop_waiters(&w, threads, 4, 200);
}

static bool waits_for_all_take_all(void)
{
	struct waiters w = {
		{ new_event(FALSE, FALSE), new_event(FALSE, FALSE) },
		.count = 2, .all = TRUE
	};
	pthread_t threads[3];
	int i;

	for (i = 0; i < 3; i++)
		EQUAL(pthread_create(&threads[i], NULL, wait_often, &w), 0);
	for (i = 1; i <= 100; i++) {
		CHECK(SetEvent(w.events[i % 2]));
		CHECK(SetEvent(w.events[!(i % 2)]));
		while (__atomic_load_n(&w.woken, __ATOMIC_SEQ_CST) < i)
			usleep(50);
	}
	return stop_waiters(&w, threads, 3, 100);
}

static bool messages_are_a_level(void)
{
	HANDLE event = new_event(FALSE, FALSE), one, two;
	struct pollfd fd = { RtmGetEventDescriptor(event), POLLIN, 0 };
	unsigned int opens;

	fake = (struct fake){ 0 };
	one = RtmRegisterClient(IP, PROTO_IP_RIP, event, 0);
	CHECK(one);
	EQUAL(fake.flags, RTM_CLIENT_NOTIFY);
	opens = fake.opens;
	two = RtmRegisterClient(IPX, IPX_PROTOCOL_RIP, event, 1);
	CHECK(two && two != one);
	EQUAL(fake.opens, opens);
	EQUAL(fake.flags, RTM_CLIENT_NOTIFY | RTM_CLIENT_SINGLE_ROUTE);
	EQUAL(look(event), WAIT_TIMEOUT);
	EQUAL(poll(&fd, 1, 0), 0);

	fake_signal(fake.last_fd, true);
	EQUAL(look(event), WAIT_OBJECT_0);
	EQUAL(look(event), WAIT_OBJECT_0);
	CHECK(ResetEvent(event));
	EQUAL(look(event), WAIT_OBJECT_0);
	EQUAL(poll(&fd, 1, 0), 1);
	fake_signal(fake.last_fd, false);
	EQUAL(look(event), WAIT_TIMEOUT);
	EQUAL(poll(&fd, 1, 0), 0);

	CHECK(SetEvent(event));
	fake_signal(fake.last_fd, true);
	EQUAL(look(event), WAIT_OBJECT_0);
	fake_signal(fake.last_fd, false);
	EQUAL(look(event), WAIT_TIMEOUT);
	EQUAL(RtmDeregisterClient(one), NO_ERROR);
	EQUAL(RtmDeregisterClient(two), NO_ERROR);
	CHECK(CloseHandle(event));
	return true;
}

static void *signal_later(void *argument)
{
	usleep(30000);
	fake_signal(*(int *)argument, true);
	return NULL;
}

static bool a_message_wakes(void)
{
	HANDLE events[2] = { new_event(FALSE, FALSE), new_event(FALSE, FALSE) };
	HANDLE client = RtmRegisterClient(IP, PROTO_IP_RIP, events[1], 0);
	pthread_t thread;

	CHECK(client);
	EQUAL(pthread_create(&thread, NULL, signal_later, &fake.last_fd), 0);
	EQUAL(WaitForMultipleObjects(2, events, FALSE, 10000),
	      WAIT_OBJECT_0 + 1);
	EQUAL(pthread_join(thread, NULL), 0);
	EQUAL(RtmDeregisterClient(client), NO_ERROR);
	return true;
}

static bool clients_outlive_their_event(void)
{
	int before = descriptors();
	HANDLE event = new_event(TRUE, FALSE);
	HANDLE client = RtmRegisterClient(IP, PROTO_IP_RIP, event, 0);
	int file = fake.last_fd;

	CHECK(client);
	EQUAL(descriptors(), before + 3);
	CHECK(fcntl(file, F_GETFD) & FD_CLOEXEC);
	CHECK(fcntl(RtmGetEventDescriptor(event), F_GETFD) & FD_CLOEXEC);
	CHECK(CloseHandle(event));
	CHECK(!CloseHandle(event));
	CHECK(!RtmRegisterClient(IP, PROTO_IP_OSPF, event, 0));
	EQUAL(GetLastError(), ERROR_INVALID_HANDLE);
	EQUAL(descriptors(), before + 3);
	EQUAL(RtmDequeueRouteChangeMessage(client, NULL, NULL, NULL),
	      ERROR_NO_MESSAGES);
	EQUAL(RtmDeregisterClient(client), NO_ERROR);
	EQUAL(descriptors(), before);
	return true;
}

static bool refused(HANDLE handle, HANDLE event, HANDLE client, HANDLE e)
{
	RTM_IP_ROUTE route;
	RTM_RESULT result;
	DWORD n;

	memset(&route, 0, sizeof(route));
	if (handle != client) {
		EQUAL(RtmAddRoute(handle, &route, 1, NULL, NULL, NULL), 6);
		EQUAL(RtmDeleteRoute(handle, &route, NULL, NULL), 6);
		EQUAL(RtmBlockDeleteRoutes(handle, 0, NULL), 6);
		EQUAL(RtmDequeueRouteChangeMessage(handle, NULL, NULL, NULL),
		      6);
		EQUAL(RtmDequeueRouteChangeMessageBatch(handle, 1, &result,
							NULL, NULL, &n), 6);
		EQUAL(RtmAddRouteBatch(handle, 0, NULL, 1, NULL, NULL, NULL,
				       NULL), 6);
		EQUAL(RtmDeregisterClient(handle), 6);
		if (handle) {
			EQUAL(RtmGetLimit(RtmLimitBacklog, handle, NULL, NULL),
			      6);
			EQUAL(RtmSetLimit(RtmLimitBacklog, handle, 1), 6);
		}
	}
	if (handle != e) {
		EQUAL(RtmEnumerateGetNextRoute(handle, &route), 6);
		EQUAL(RtmEnumerateGetNextRouteBatch(handle, 1, &route, NULL,
						    &n, NULL), 6);
		EQUAL(RtmCloseEnumerationHandle(handle), 6);
	}
	if (handle != event) {
		SetLastError(0);
		CHECK(!SetEvent(handle));
		EQUAL(GetLastError(), 6);
		CHECK(!ResetEvent(handle));
		CHECK(!CloseHandle(handle));
		EQUAL(look(handle), WAIT_FAILED);
		SetLastError(0);
		EQUAL(RtmGetEventDescriptor(handle), -1);
		EQUAL(GetLastError(), 6);
		if (handle) {
			SetLastError(0);
			CHECK(!RtmRegisterClient(IP, 1, handle, 0));
			EQUAL(GetLastError(), 6);
		}
	}
	return true;
}

static bool bad_handles(void)
{
	HANDLE event = new_event(TRUE, FALSE);
	HANDLE client = RtmRegisterClient(IP, PROTO_IP_RIP, event, 0);
	HANDLE e = RtmCreateEnumerationHandle(IP, 0, NULL);
	HANDLE watcher = RtmRegisterWatcher(IP, event, NULL);
	HANDLE stale = RtmCreateEnumerationHandle(IP, 0, NULL);
	RTM_IP_ROUTE route;
	unsigned int seed = 1;
	int i;

	CHECK(event && client && e && watcher && stale);
	EQUAL(RtmCloseEnumerationHandle(stale), NO_ERROR);
	CHECK(refused(NULL, event, client, e));
	CHECK(refused(INVALID_HANDLE_VALUE, event, client, e));
	CHECK(refused(stale, event, client, e));
	CHECK(refused(event, event, client, e));
	CHECK(refused(client, event, client, e));
	CHECK(refused(e, event, client, e));
	CHECK(refused(&route, event, client, e));
	for (i = 0; i < 64; i++) {
		HANDLE one_bit = (HANDLE)((uintptr_t)client ^
					  (uintptr_t)1 << i % (8 *
						sizeof(uintptr_t)));

		if (one_bit != event && one_bit != e && one_bit != watcher)
			CHECK(refused(one_bit, event, client, e));
	}
	for (i = 0; i < 100000; i++) {
		HANDLE made_up = (HANDLE)((uintptr_t)rand_r(&seed) << 1);

		if (made_up != event && made_up != client && made_up != e &&
		    made_up != watcher)
			CHECK(refused(made_up, event, client, e));
	}
	memset(&route, 0, sizeof(route));
	EQUAL(RtmAddRoute(watcher, &route, 1, NULL, NULL, NULL), 6);
	EQUAL(RtmDeleteRoute(watcher, &route, NULL, NULL), 6);
	EQUAL(RtmBlockDeleteRoutes(watcher, 0, NULL), 6);
	EQUAL(RtmDeregisterClient(watcher), NO_ERROR);
	EQUAL(RtmCloseEnumerationHandle(e), NO_ERROR);
	EQUAL(RtmDeregisterClient(client), NO_ERROR);
	CHECK(refused(client, event, NULL, NULL));
	CHECK(CloseHandle(event));
	CHECK(refused(event, NULL, NULL, NULL));
	return true;
}

#define HANDLES	5000

static int by_number(const void *a, const void *b)
{
	uintptr_t x = *(const uintptr_t *)a, y = *(const uintptr_t *)b;

	return x < y ? -1 : x > y;
}

static bool handles_are_not_soon_reused(void)
{
	static uintptr_t handles[HANDLES];
	int i;

	for (i = 0; i < HANDLES; i++) {
		handles[i] = (uintptr_t)RtmCreateEnumerationHandle(IP, 0, NULL);
		CHECK(handles[i] && handles[i] != UINTPTR_MAX);
		if (i % 3)
			EQUAL(RtmCloseEnumerationHandle((HANDLE)handles[i]), 0);
	}
	for (i = 0; i < HANDLES; i += 3)
		EQUAL(RtmCloseEnumerationHandle((HANDLE)handles[i]), 0);
	qsort(handles, HANDLES, sizeof(handles[0]), by_number);
	for (i = 1; i < HANDLES; i++)
		CHECK(handles[i - 1] != handles[i]);
	return true;
}

static bool as_a_child(HANDLE event, HANDLE client, HANDLE e, int before)
{
	CHECK(refused(event, NULL, NULL, NULL));
	CHECK(refused(client, NULL, NULL, NULL));
	CHECK(refused(e, NULL, NULL, NULL));
	EQUAL(descriptors(), before);

	event = new_event(FALSE, FALSE);
	client = RtmRegisterClient(IP, PROTO_IP_RIP, event, 0);
	CHECK(event && client);
	fake_signal(fake.last_fd, true);
	EQUAL(look(event), WAIT_OBJECT_0);
	EQUAL(RtmDeregisterClient(client), NO_ERROR);
	CHECK(CloseHandle(event));
	EQUAL(descriptors(), before);
	return true;
}

/* Handlers that the program had before it first called the library. */
static HANDLE made_meanwhile;
static bool child_made_one;

static void *make_one(void *unused)
{
	made_meanwhile = new_event(TRUE, TRUE);
	return unused;
}

static void others_work_meanwhile(void)
{
	pthread_t thread;

	if (!pthread_create(&thread, NULL, make_one, NULL))
		pthread_join(thread, NULL);
}

static void child_makes_one(void)
{
	HANDLE event;

	alarm(30);
	event = new_event(TRUE, FALSE);
	child_made_one = SetEvent(event) && CloseHandle(event);
}

static bool forks_with_handlers(void)
{
	int before = descriptors(), status;
	pid_t pid;

	EQUAL(pthread_atfork(others_work_meanwhile, NULL, child_makes_one), 0);
	pid = fork();
	if (!pid)
		_exit(!child_made_one || descriptors() != before ||
		      look(made_meanwhile) != WAIT_FAILED);
	EQUAL(waitpid(pid, &status, 0), pid);
	EQUAL(status, 0);
	EQUAL(look(made_meanwhile), WAIT_OBJECT_0);
	return true;
}

static bool programs_fork_handlers(void)
{
	int status;
	pid_t pid = fork();

	if (!pid)
		_exit(!forks_with_handlers());
	EQUAL(waitpid(pid, &status, 0), pid);
	EQUAL(status, 0);
	return true;
}

/* Whether it is true in a child, which is all that hangs if anything does. */
static bool in_a_child(bool (*check)(void))
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		alarm(30);
		_exit(!check());
	}
	EQUAL(waitpid(pid, &status, 0), pid);
	EQUAL(status, 0);
	return true;
}

/* The other process makes the same in the same order. */
static bool in_two_processes(void)
{
	HANDLE mine[3], theirs[3];
	int pipes[2], status, i;
	pid_t pid;

	EQUAL(pipe(pipes), 0);
	pid = fork();
	mine[0] = new_event(TRUE, FALSE);
	mine[1] = RtmRegisterClient(IP, PROTO_IP_RIP, mine[0], 0);
	mine[2] = RtmCreateEnumerationHandle(IP, 0, NULL);
	CHECK(mine[0] && mine[1] && mine[2]);
	if (!pid)
		_exit(write(pipes[1], mine, sizeof(mine)) != sizeof(mine));
	EQUAL(waitpid(pid, &status, 0), pid);
	EQUAL(status, 0);
	EQUAL(read(pipes[0], theirs, sizeof(theirs)), sizeof(theirs));
	for (i = 0; i < 3; i++)
		CHECK(refused(theirs[i], NULL, NULL, NULL));
	EQUAL(look(mine[0]), WAIT_TIMEOUT);
	EQUAL(RtmCloseEnumerationHandle(mine[2]), NO_ERROR);
	EQUAL(RtmDeregisterClient(mine[1]), NO_ERROR);
	CHECK(CloseHandle(mine[0]));
	return true;
}

/* By chance one is taken for ours in one of 2^29 times, of 64 bits 2^61. */
static bool handles_of_others(void)
{
	int i;

	for (i = 0; i < 2; i++) {
		fake = (struct fake){ .no_random = i };
		CHECK(in_a_child(in_two_processes));
	}
	fake.no_random = false;
	return true;
}

/* What cannot be polled is no time-out, and does not spin. */
static bool no_room_to_poll(void)
{
	struct rlimit none = { 0, 0 };
	HANDLE event = new_event(TRUE, TRUE);

	CHECK(event);
	EQUAL(setrlimit(RLIMIT_NOFILE, &none), 0);
	EQUAL(look(event), WAIT_FAILED);
	EQUAL(GetLastError(), ERROR_NO_SYSTEM_RESOURCES);
	EQUAL(WaitForSingleObject(event, INFINITE), WAIT_FAILED);
	EQUAL(look_at(1, &event, TRUE), WAIT_FAILED);
	CHECK(ResetEvent(event));
	EQUAL(WaitForSingleObject(event, INFINITE), WAIT_FAILED);
	return true;
}

static bool waits_without_room(void)
{
	return in_a_child(no_room_to_poll);
}

/* Before anything else has opened what the process shares. */
static bool forks(void)
{
	int before = descriptors(), status, file;
	HANDLE event = new_event(FALSE, FALSE);
	HANDLE client = RtmRegisterClient(IP, PROTO_IP_RIP, event, 0);
	HANDLE e = RtmCreateEnumerationHandle(IP, 0, NULL);
	HANDLE quiet = RtmRegisterClient(IP, PROTO_IP_BGP, NULL, 0);
	pid_t pid;

	CHECK(event && client && e && quiet);
	EQUAL(descriptors(), before + 5);
	file = fake.last_fd;
	pid = fork();
	if (!pid) {
		alarm(30);
		_exit(!as_a_child(event, client, e, before));
	}
	EQUAL(waitpid(pid, &status, 0), pid);
	EQUAL(status, 0);
	CHECK(fcntl(file, F_GETFD) >= 0);
	EQUAL(look(event), WAIT_TIMEOUT);
	CHECK(SetEvent(event));
	EQUAL(look(event), WAIT_OBJECT_0);
	EQUAL(RtmCloseEnumerationHandle(e), NO_ERROR);
	EQUAL(RtmDeregisterClient(client), NO_ERROR);
	EQUAL(RtmDeregisterClient(quiet), NO_ERROR);
	CHECK(CloseHandle(event));
	EQUAL(descriptors(), before + 2);
	return true;
}

static bool stop;
static HANDLE common;			/* a client that all threads know */

static void *use_and_replace(void *argument)
{
	long bad = 0;

	while (!__atomic_load_n(&stop, __ATOMIC_SEQ_CST)) {
		HANDLE event = new_event(FALSE, FALSE);
		HANDLE client = RtmRegisterClient(IP, 1, event, 0);
		HANDLE old = __atomic_exchange_n(&common, client,
						 __ATOMIC_SEQ_CST);
		HANDLE now = __atomic_load_n(&common, __ATOMIC_SEQ_CST);
		DWORD error;

		bad += !SetEvent(event) || look(event) != WAIT_OBJECT_0;
		error = RtmDequeueRouteChangeMessage(now, NULL, NULL, NULL);
		bad += error != ERROR_NO_MESSAGES &&
		       error != ERROR_INVALID_HANDLE;
		error = RtmDeregisterClient(old);
		bad += old && error;
		bad += !client || !CloseHandle(event);
	}
	return (char *)argument + bad;
}

static bool threads_and_forks(void)
{
	int before = descriptors(), status, i;
	pthread_t threads[4];
	void *bad;
	pid_t pid;

	fake = (struct fake){ 0 };
	for (i = 0; i < 4; i++)
		EQUAL(pthread_create(&threads[i], NULL, use_and_replace, NULL),
		      0);
	for (i = 0; i < 60; i++) {
		pid = fork();
		if (!pid) {
			/* Nothing of the threads' is left open or locked. */
			alarm(30);
			common = new_event(TRUE, FALSE);
			_exit(descriptors() != before || !SetEvent(common) ||
			      !CloseHandle(common));
		}
		EQUAL(waitpid(pid, &status, 0), pid);
		EQUAL(status, 0);
	}
	__atomic_store_n(&stop, true, __ATOMIC_SEQ_CST);
	for (i = 0; i < 4; i++) {
		EQUAL(pthread_join(threads[i], &bad), 0);
		EQUAL((uintptr_t)bad, 0);
	}
	EQUAL(RtmDeregisterClient(common), NO_ERROR);
	EQUAL(descriptors(), before);
	return true;
}

/* The address sanitizer loses track of the stack of a cancelled thread. */
#ifndef __SANITIZE_ADDRESS__
/* All but the waits: each lock is taken, files are opened and closed. */
static bool use_everything(void)
{
	HANDLE event = new_event(TRUE, FALSE);
	HANDLE client = RtmRegisterClient(IP, PROTO_IP_RIP, event, 0);
	HANDLE e = RtmCreateEnumerationHandle(IP, 0, NULL);
	IP_NETWORK network = { 0, 0 };
	RTM_IP_ROUTE route;

	CHECK(event && client && e);
	CHECK(SetEvent(event));
	CHECK(ResetEvent(event));
	CHECK(RtmIsRoute(IP, &network, NULL));
	EQUAL(RtmEnumerateGetNextRoute(e, &route), ERROR_NO_MORE_ROUTES);
	EQUAL(RtmDequeueRouteChangeMessage(client, NULL, NULL, NULL),
	      ERROR_NO_MESSAGES);
	EQUAL(RtmCloseEnumerationHandle(e), NO_ERROR);
	EQUAL(RtmDeregisterClient(client), NO_ERROR);
	CHECK(CloseHandle(event));
	return true;
}

static void *use_while_cancelled(void *used)
{
	pthread_cancel(pthread_self());
	*(bool *)used = use_everything();
	pthread_testcancel();
	return used;
}

static void *fork_while_cancelled(void *status)
{
	pid_t child;
	int state;

	pthread_cancel(pthread_self());
	child = fork();
	if (!child)
		_exit(42);
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
	waitpid(child, status, 0);
	return status;
}

static bool a_child_of_the_cancelled_goes_on(void)
{
	pthread_t thread;
	int status = -1;
	void *result;

	EQUAL(pthread_create(&thread, NULL, fork_while_cancelled, &status), 0);
	EQUAL(pthread_join(thread, &result), 0);
	CHECK(WIFEXITED(status));
	EQUAL(WEXITSTATUS(status), 42);
	return true;
}

static bool only_waits_cancelled(void)
{
	bool used = false;
	pthread_t thread;
	void *result;
	int before;

	fake = (struct fake){ 0 };
	/* What the process opens once stays open. */
	CHECK(use_everything());
	before = descriptors();
	EQUAL(pthread_create(&thread, NULL, use_while_cancelled, &used), 0);
	EQUAL(pthread_join(thread, &result), 0);
	CHECK(used);
	CHECK(result == PTHREAD_CANCELED);
	EQUAL(descriptors(), before);
	/* No lock is left held, and none keeps a fork from beginning. */
	CHECK(in_a_child(use_everything));
	CHECK(use_everything());
	return true;
}

/* In a process of its own, which is all that hangs where a lock is left. */
static bool nothing_else_can_be_cancelled(void)
{
	return in_a_child(only_waits_cancelled);
}

static void *wait_for_ever(void *event)
{
	WaitForSingleObject(event, INFINITE);
	return event;
}

static bool a_wait_can_be_cancelled(void)
{
	int before = descriptors();
	HANDLE event = new_event(FALSE, FALSE);
	pthread_t thread;
	void *result;

	EQUAL(pthread_create(&thread, NULL, wait_for_ever, event), 0);
	usleep(20000);
	EQUAL(pthread_cancel(thread), 0);
	EQUAL(pthread_join(thread, &result), 0);
	CHECK(result == PTHREAD_CANCELED);
	CHECK(CloseHandle(event));
	EQUAL(descriptors(), before);
	return true;
}
#endif

int main(void)
{
	static const struct test tests[] = {
		{ "what a program does in its own fork handlers works",
		  programs_fork_handlers },
		{ "a forked child starts with nothing, its parent keeps all",
		  forks },
		{ "forks among busy threads leave nothing behind",
		  threads_and_forks },
		{ "a manual event stays set", manual_event },
		{ "an automatic event is taken by a wait", auto_event },
		{ "waits time out, and not early", timeouts },
		{ "waiting for any takes the first", wait_for_any },
		{ "waiting for all takes all or nothing", wait_for_all },
		{ "waits fail as they should", waits_that_fail },
		{ "a wait that cannot poll fails", waits_without_room },
		{ "a signal wakes one of many", a_signal_wakes_one },
		{ "competing waits for all take all",
		  waits_for_all_take_all },
		{ "messages are a level that no wait takes",
		  messages_are_a_level },
		{ "a message wakes a sleeper", a_message_wakes },
#ifndef __SANITIZE_ADDRESS__
		{ "a wait can be cancelled", a_wait_can_be_cancelled },
		{ "nothing but a wait can be cancelled",
		  nothing_else_can_be_cancelled },
		{ "a child of a thread that is cancelled goes on",
		  a_child_of_the_cancelled_goes_on },
#endif
		{ "clients outlive their event",
		  clients_outlive_their_event },
		{ "handles that are none are refused", bad_handles },
		{ "handles of another process are refused",
		  handles_of_others },
		{ "handles are not soon used again",
		  handles_are_not_soon_reused },
	};

	alarm(240);
	/*
	 * With threads, malloc() looks up the number of processors in a file,
	 * which a child forked meanwhile would have open, too.
	 */
	mallopt(M_ARENA_MAX, 1);
	return tap_run(tests, sizeof(tests) / sizeof(tests[0]));
}
