// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Change events: level-like, one for several clients, never consumed by
 * waiting, mixed with SetEvent and ResetEvent, waited for alone, with others
 * and through poll and epoll.
 */
#include "rtm_api_test.h"
#include <pthread.h>
#include <sys/epoll.h>

FIXTURE(wait)
{
	HANDLE event;
	HANDLE reader;
	HANDLE writer;
	union route route;
};

FIXTURE_VARIANT(wait)
{
	BOOL manual;
};

FIXTURE_VARIANT_ADD(wait, auto_reset)
{
	.manual = FALSE,
};

FIXTURE_VARIANT_ADD(wait, manual_reset)
{
	.manual = TRUE,
};

FIXTURE_SETUP(wait)
{
	FRESH_TABLE();
	self->event = CreateEvent(NULL, variant->manual, FALSE, NULL);
	ASSERT_NE(0, H(self->event));
	self->reader = RtmRegisterClient(IP, PROTO_A, self->event, 0);
	ASSERT_NE(0, H(self->reader));
	self->writer = RtmRegisterClient(IP, PROTO_B, NULL, 0);
	ASSERT_NE(0, H(self->writer));
	self->route = make_route(IP, 1, 1, 1, 1);
}

FIXTURE_TEARDOWN(wait)
{
	RtmDeregisterClient(self->reader);
	RtmDeregisterClient(self->writer);
	CloseHandle(self->event);
}

#define WRITE(n) \
	ASSERT_EQ(NO_ERROR, put(self->writer, make_route(IP, n, 1, 1, 1)))
#define TAKE(result) \
	ASSERT_EQ(result, dequeue(self->reader).error)
#define EVENT(state) \
	ASSERT_EQ(state, check(self->event))

TEST_F(wait, signalled_exactly_while_a_message_waits)
{
	unsigned int round, i;

	for (round = 0; round < 3; round++) {
		EVENT(WAIT_TIMEOUT);
		WRITE(2 * round);
		WRITE(2 * round + 1);
		for (i = 0; i < 3; i++)
			EVENT(WAIT_OBJECT_0);
		TAKE(ERROR_MORE_MESSAGES);
		EVENT(WAIT_OBJECT_0);
		EVENT(WAIT_OBJECT_0);
		TAKE(NO_ERROR);
		EVENT(WAIT_TIMEOUT);
		TAKE(ERROR_NO_MESSAGES);
		EVENT(WAIT_TIMEOUT);
	}
}

TEST_F(wait, deregistering_the_laggard_resets)
{
	WRITE(1);
	EVENT(WAIT_OBJECT_0);
	ASSERT_EQ(NO_ERROR, RtmDeregisterClient(self->reader));
	EVENT(WAIT_TIMEOUT);
}

TEST_F(wait, one_event_serves_clients_of_both_families)
{
	HANDLE reader2, ipx_reader, ipx_writer;

	reader2 = RtmRegisterClient(IP, PROTO_C, self->event, 0);
	ASSERT_NE(0, H(reader2));
	ipx_reader = RtmRegisterClient(IPX, PROTO_A, self->event, 0);
	ASSERT_NE(0, H(ipx_reader));
	ipx_writer = RtmRegisterClient(IPX, PROTO_B, NULL, 0);
	ASSERT_NE(0, H(ipx_writer));

	/* Each of them alone keeps it signalled. */
	WRITE(1);
	ASSERT_EQ(NO_ERROR, put(ipx_writer, make_route(IPX, 1, 1, 1, 1)));
	TAKE(NO_ERROR);
	EVENT(WAIT_OBJECT_0);
	ASSERT_EQ(NO_ERROR, dequeue(reader2).error);
	EVENT(WAIT_OBJECT_0);
	ASSERT_EQ(NO_ERROR, dequeue(ipx_reader).error);
	EVENT(WAIT_TIMEOUT);
	ASSERT_EQ(ERROR_NO_MESSAGES, dequeue(reader2).error);
	ASSERT_EQ(ERROR_NO_MESSAGES, dequeue(ipx_reader).error);

	/* What a client that shares the event does itself, it is not told. */
	ASSERT_EQ(NO_ERROR, put(reader2, make_route(IP, 2, 1, 1, 1)));
	TAKE(NO_ERROR);
	ASSERT_EQ(ERROR_NO_MESSAGES, dequeue(reader2).error);
	EVENT(WAIT_TIMEOUT);

	/* The end of one does not disturb the others. */
	ASSERT_EQ(NO_ERROR, RtmDeregisterClient(reader2));
	TAKE(NO_ERROR);
	ASSERT_EQ(ERROR_INVALID_HANDLE, dequeue(reader2).error);
	WRITE(3);
	EVENT(WAIT_OBJECT_0);
	TAKE(NO_ERROR);
	EVENT(WAIT_TIMEOUT);
}

TEST_F(wait, set_is_consumed_by_auto_reset_alone_messages_by_neither)
{
	ASSERT_TRUE(SetEvent(self->event));
	ASSERT_TRUE(SetEvent(self->event));
	EVENT(WAIT_OBJECT_0);
	EVENT(variant->manual ? WAIT_OBJECT_0 : WAIT_TIMEOUT);
	ASSERT_TRUE(ResetEvent(self->event));
	EVENT(WAIT_TIMEOUT);

	/* Reset cannot take away a message. */
	WRITE(1);
	ASSERT_TRUE(ResetEvent(self->event));
	EVENT(WAIT_OBJECT_0);

	/* Set under a message outlives it unless somebody waited. */
	ASSERT_TRUE(SetEvent(self->event));
	TAKE(NO_ERROR);
	EVENT(WAIT_OBJECT_0);
	EVENT(variant->manual ? WAIT_OBJECT_0 : WAIT_TIMEOUT);
	ASSERT_TRUE(ResetEvent(self->event));
	EVENT(WAIT_TIMEOUT);

	WRITE(2);
	ASSERT_TRUE(SetEvent(self->event));
	EVENT(WAIT_OBJECT_0);
	EVENT(WAIT_OBJECT_0);
	TAKE(NO_ERROR);
	EVENT(variant->manual ? WAIT_OBJECT_0 : WAIT_TIMEOUT);
}

TEST_F(wait, initial_state_is_the_creators)
{
	HANDLE event = CreateEvent(NULL, variant->manual, TRUE, NULL);

	ASSERT_NE(0, H(event));
	ASSERT_EQ(WAIT_OBJECT_0, check(event));
	ASSERT_EQ(variant->manual ? WAIT_OBJECT_0 : WAIT_TIMEOUT, check(event));
	ASSERT_TRUE(CloseHandle(event));
}

TEST_F(wait, any_names_the_first_that_is_signalled)
{
	HANDLE all[4];
	unsigned int i;

	for (i = 0; i < 4; i++)
		all[i] = i == 2 ? self->event :
				  CreateEvent(NULL, FALSE, FALSE, NULL);
	ASSERT_EQ(WAIT_TIMEOUT, WaitForMultipleObjects(4, all, FALSE, 0));
	WRITE(1);
	ASSERT_EQ(WAIT_OBJECT_0 + 2, WaitForMultipleObjects(4, all, FALSE, 0));
	ASSERT_EQ(WAIT_OBJECT_0 + 2, WaitForMultipleObjects(4, all, FALSE, 0));
	ASSERT_TRUE(SetEvent(all[3]));
	ASSERT_EQ(WAIT_OBJECT_0 + 2, WaitForMultipleObjects(4, all, FALSE, 0));
	ASSERT_TRUE(SetEvent(all[1]));
	ASSERT_EQ(WAIT_OBJECT_0 + 1, WaitForMultipleObjects(4, all, FALSE, 0));
	ASSERT_EQ(WAIT_OBJECT_0 + 2, WaitForMultipleObjects(4, all, FALSE,
							    INFINITE));
	TAKE(NO_ERROR);
	/* Nobody has consumed the last one's signal in passing. */
	ASSERT_EQ(WAIT_OBJECT_0 + 3, WaitForMultipleObjects(4, all, FALSE, 0));
	ASSERT_EQ(WAIT_TIMEOUT, WaitForMultipleObjects(4, all, FALSE, 0));
}

TEST_F(wait, all_waits_for_all_and_consumes_only_then)
{
	HANDLE all[3];

	all[0] = CreateEvent(NULL, FALSE, TRUE, NULL);
	all[1] = self->event;
	all[2] = CreateEvent(NULL, TRUE, TRUE, NULL);
	ASSERT_EQ(WAIT_TIMEOUT, WaitForMultipleObjects(3, all, TRUE, 0));
	ASSERT_EQ(WAIT_TIMEOUT, WaitForMultipleObjects(3, all, TRUE, 30));
	WRITE(1);
	ASSERT_EQ(WAIT_OBJECT_0, WaitForMultipleObjects(3, all, TRUE,
							INFINITE));
	/* Consumed: the auto-reset one. Not: the manual one, the message. */
	ASSERT_EQ(WAIT_TIMEOUT, check(all[0]));
	EVENT(WAIT_OBJECT_0);
	ASSERT_EQ(WAIT_OBJECT_0, check(all[2]));
}

TEST_F(wait, sixty_four_objects_is_the_limit)
{
	HANDLE all[MAXIMUM_WAIT_OBJECTS + 1];
	unsigned int i;

	ASSERT_EQ(64, MAXIMUM_WAIT_OBJECTS);
	for (i = 0; i < MAXIMUM_WAIT_OBJECTS; i++) {
		all[i] = CreateEvent(NULL, FALSE, FALSE, NULL);
		ASSERT_NE(0, H(all[i]));
	}
	all[MAXIMUM_WAIT_OBJECTS] = all[63];
	all[63] = self->event;
	WRITE(1);
	ASSERT_EQ(WAIT_OBJECT_0 + 63,
		  WaitForMultipleObjects(MAXIMUM_WAIT_OBJECTS, all, FALSE, 0));
	SetLastError(0);
	ASSERT_EQ(WAIT_FAILED,
		  WaitForMultipleObjects(MAXIMUM_WAIT_OBJECTS + 1, all, FALSE,
					 0));
	ASSERT_EQ(ERROR_INVALID_PARAMETER, GetLastError());
	SetLastError(0);
	ASSERT_EQ(WAIT_FAILED, WaitForMultipleObjects(0, all, FALSE, 0));
	ASSERT_EQ(ERROR_INVALID_PARAMETER, GetLastError());
	SetLastError(0);
	ASSERT_EQ(WAIT_FAILED, WaitForMultipleObjects(1, NULL, FALSE, 0));
	ASSERT_EQ(ERROR_INVALID_PARAMETER, GetLastError());
	SetLastError(0);
	all[5] = self->reader;
	ASSERT_EQ(WAIT_FAILED, WaitForMultipleObjects(6, all, FALSE, 0));
	ASSERT_EQ(ERROR_INVALID_HANDLE, GetLastError());
}

TEST_F(wait, time_outs_are_kept)
{
	long long begin = now_ms(CLOCK_MONOTONIC), took;

	ASSERT_EQ(WAIT_TIMEOUT, WaitForSingleObject(self->event, 150));
	took = now_ms(CLOCK_MONOTONIC) - begin;
	ASSERT_GE(took, 149);
	ASSERT_LT(took, SOON);
	begin = now_ms(CLOCK_MONOTONIC);
	ASSERT_EQ(WAIT_TIMEOUT, WaitForMultipleObjects(1, &self->event, TRUE,
						       150));
	ASSERT_GE(now_ms(CLOCK_MONOTONIC) - begin, 149);
}

TEST_F(wait, another_process_wakes_a_waiter_that_blocks)
{
	HANDLE all[2] = { CreateEvent(NULL, FALSE, FALSE, NULL), self->event };
	pid_t parent = getpid(), pid = fork_for_a_while();

	ASSERT_NE(-1, pid);
	if (!pid) {
		HANDLE client = RtmRegisterClient(IP, PROTO_C, NULL, 0);

		_exit(client && task_sleeps(parent) ?
		      put(client, self->route) : 99);
	}
	/* Add, then the death of the child. */
	ASSERT_EQ(WAIT_OBJECT_0, WaitForSingleObject(self->event, SOON));
	ASSERT_EQ(RTM_ROUTE_ADDED, dequeue(self->reader).flags);
	ASSERT_EQ(WAIT_OBJECT_0 + 1, WaitForMultipleObjects(2, all, FALSE,
							    SOON));
	ASSERT_EQ(RTM_ROUTE_DELETED, dequeue(self->reader).flags);
	ASSERT_EQ(NO_ERROR, reap(pid));
	EVENT(WAIT_TIMEOUT);
}

struct waiter {
	HANDLE event;
	DWORD ms;
	int fd;
	pid_t tid;	/* of the thread that began last */
};

static void *wait_for(void *arg)
{
	struct waiter *w = arg;

	__atomic_store_n(&w->tid, task_id(), __ATOMIC_RELEASE);
	return (void *)(uintptr_t)WaitForSingleObject(w->event, w->ms);
}

/* ETIMEDOUT while it runs. */
static int try_join(pthread_t thread, unsigned int ms)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += ms * 1000000;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	return pthread_timedjoin_np(thread, NULL, &until);
}

/* @thread waits now. */
#define BEGIN_TO_WAIT(thread, how, call) do {				\
	struct waiter *_w = how;					\
									\
	_w->tid = 0;							\
	ASSERT_EQ(0, pthread_create(thread, NULL, call, _w));		\
	while (!__atomic_load_n(&_w->tid, __ATOMIC_ACQUIRE))		\
		sched_yield();						\
	ASSERT_TRUE(task_sleeps(_w->tid));				\
} while (0)

#define END_TO_WAIT(result, thread) do {				\
	void *_result;							\
									\
	ASSERT_EQ(0, pthread_join(thread, &_result));			\
	ASSERT_EQ(result, (uintptr_t)_result);				\
} while (0)

TEST_F(wait, a_message_wakes_every_thread_that_waits)
{
	struct waiter w = { .event = self->event, .ms = SOON };
	pthread_t thread[4];
	int i;

	for (i = 0; i < 4; i++)
		BEGIN_TO_WAIT(&thread[i], &w, wait_for);
	WRITE(1);
	for (i = 0; i < 4; i++)
		END_TO_WAIT(WAIT_OBJECT_0, thread[i]);
	TAKE(NO_ERROR);
}

TEST_F(wait, a_message_wakes_who_waits_for_ever)
{
	struct waiter w = { .event = self->event, .ms = INFINITE };
	pthread_t thread;

	BEGIN_TO_WAIT(&thread, &w, wait_for);
	WRITE(1);
	END_TO_WAIT(WAIT_OBJECT_0, thread);
	EVENT(WAIT_OBJECT_0);
	TAKE(NO_ERROR);
}

/* Its handle is gone at once; the object when nobody waits any more. */
TEST_F(wait, who_waits_goes_on_when_the_handle_is_closed)
{
	struct waiter w = { .event = self->event, .ms = INFINITE };
	pthread_t thread;

	BEGIN_TO_WAIT(&thread, &w, wait_for);
	ASSERT_TRUE(CloseHandle(self->event));
	EVENT(WAIT_FAILED);
	ASSERT_EQ(ETIMEDOUT, try_join(thread, 200));
	WRITE(1);
	END_TO_WAIT(WAIT_OBJECT_0, thread);
	TAKE(NO_ERROR);
}

static void *wait_and_say(void *arg)
{
	struct waiter *w = arg;
	DWORD result;

	__atomic_store_n(&w->tid, task_id(), __ATOMIC_RELEASE);
	result = WaitForSingleObject(w->event, SOON);
	return (void *)(uintptr_t)(write(w->fd, "", 1) == 1 ? result : 99);
}

TEST_F(wait, set_wakes_one_thread_if_auto_reset_all_if_manual)
{
	struct waiter w = { .event = self->event };
	struct pollfd p = { .events = POLLIN };
	pthread_t thread[3];
	void *result;
	int i, fd[2];
	char c;

	ASSERT_EQ(0, pipe(fd));
	p.fd = fd[0];
	w.fd = fd[1];
	for (i = 0; i < 3; i++)
		BEGIN_TO_WAIT(&thread[i], &w, wait_and_say);
	for (i = 0; i < 3; i++) {
		if (!variant->manual || !i) {
			ASSERT_EQ(0, poll(&p, 1, 50));
			ASSERT_TRUE(SetEvent(self->event));
		}
		ASSERT_EQ(1, poll(&p, 1, SOON));
		ASSERT_EQ(1, read(fd[0], &c, 1));
	}
	for (i = 0; i < 3; i++) {
		ASSERT_EQ(0, pthread_join(thread[i], &result));
		ASSERT_EQ(WAIT_OBJECT_0, (uintptr_t)result);
	}
	EVENT(variant->manual ? WAIT_OBJECT_0 : WAIT_TIMEOUT);
}

TEST_F(wait, poll_and_epoll_take_the_descriptor)
{
	struct epoll_event out, in = { .events = EPOLLIN, .data.u32 = 7 };
	struct pollfd p = { .events = POLLIN };
	int ep = epoll_create1(EPOLL_CLOEXEC);

	p.fd = RtmGetEventDescriptor(self->event);
	ASSERT_LE(0, p.fd);
	ASSERT_EQ(FD_CLOEXEC, fcntl(p.fd, F_GETFD));
	ASSERT_EQ(0, epoll_ctl(ep, EPOLL_CTL_ADD, p.fd, &in));
	ASSERT_EQ(0, poll(&p, 1, 0));
	ASSERT_EQ(0, epoll_wait(ep, &out, 1, 0));
	WRITE(1);
	ASSERT_EQ(1, poll(&p, 1, 0));
	ASSERT_EQ(POLLIN, p.revents);
	ASSERT_EQ(1, epoll_wait(ep, &out, 1, SOON));
	ASSERT_EQ(7, out.data.u32);
	ASSERT_EQ(1, epoll_wait(ep, &out, 1, 0));
	TAKE(NO_ERROR);
	ASSERT_EQ(0, poll(&p, 1, 0));
	ASSERT_EQ(0, epoll_wait(ep, &out, 1, 0));
	ASSERT_TRUE(SetEvent(self->event));
	ASSERT_EQ(1, poll(&p, 1, 0));
	ASSERT_EQ(1, poll(&p, 1, 0));
	ASSERT_EQ(1, epoll_wait(ep, &out, 1, 0));
	ASSERT_TRUE(ResetEvent(self->event));
	ASSERT_EQ(0, poll(&p, 1, 0));
	ASSERT_EQ(0, epoll_wait(ep, &out, 1, 0));
}

TEST_F(wait, clients_outlive_the_event_that_their_owner_closes)
{
	WRITE(1);
	ASSERT_TRUE(CloseHandle(self->event));
	ASSERT_FAILS(ERROR_INVALID_HANDLE, CloseHandle(self->event));
	SetLastError(0);
	EVENT(WAIT_FAILED);
	ASSERT_EQ(ERROR_INVALID_HANDLE, GetLastError());
	WRITE(2);
	TAKE(ERROR_MORE_MESSAGES);
	TAKE(NO_ERROR);
	ASSERT_EQ(NO_ERROR, put(self->reader, make_route(IP, 3, 1, 1, 1)));
	ASSERT_EQ(3, RtmGetNetworkCount(IP));
	ASSERT_EQ(NO_ERROR, RtmDeregisterClient(self->reader));
	ASSERT_EQ(2, RtmGetNetworkCount(IP));
}

TEST_HARNESS_MAIN
