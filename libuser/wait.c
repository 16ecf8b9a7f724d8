// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Waiting for events.
 *
 * That an event is signalled, and that a wait takes the signal of one that is
 * not reset manually, is one step under the event lock, as are SetEvent() and
 * ResetEvent(): so a signal is taken once, and a wait for all takes all or
 * nothing. Messages of clients are never taken: what is left signalled after
 * the counter was read is theirs.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <time.h>

#include "error.h"
#include "event.h"
#include "lock.h"

struct wait {
	DWORD result;
	DWORD count;
	struct event *events[MAXIMUM_WAIT_OBJECTS];
	struct pollfd fds[MAXIMUM_WAIT_OBJECTS];
};

static struct lock lock = LOCK_INIT;

void event_lock(void)
{
	lock_take(&lock);
}

void event_unlock(void)
{
	lock_drop(&lock);
}

static void put_events(void *argument)
{
	struct wait *wait = argument;

	while (wait->count)
		event_put(wait->events[--wait->count]);
}

static bool get_events(struct wait *wait, DWORD count, const HANDLE *handles,
		       BOOL all)
{
	DWORD i;

	if (!count || count > MAXIMUM_WAIT_OBJECTS || !handles)
		goto invalid;
	while (wait->count < count) {
		struct event *event = event_get(handles[wait->count]);

		if (!event)
			return false;
		wait->fds[wait->count].fd = event->epoll.fd;
		wait->fds[wait->count].events = POLLIN;
		wait->events[wait->count++] = event;
		for (i = 0; all && i < wait->count - 1; i++)
			if (wait->events[i] == event)
				goto invalid;
	}
	return true;
invalid:
	SetLastError(ERROR_INVALID_PARAMETER);
	return false;
}

/* As poll(), but 0 where a signal came. */
static int look(struct pollfd *fds, DWORD count)
{
	int ready = poll(fds, count, 0);

	return ready < 0 && errno == EINTR ? 0 : ready;
}

static bool take_locked(struct event *event)
{
	struct pollfd fd = { .fd = event->epoll.fd, .events = POLLIN };
	eventfd_t count;

	if (!event->manual_reset && !eventfd_read(event->counter.fd, &count))
		return true;
	return look(&fd, 1) == 1;
}

/* Returns the index of the event that was taken, or WAIT_FAILED. */
static DWORD take_any(struct wait *wait)
{
	DWORD i;

	event_lock();
	for (i = 0; i < wait->count; i++)
		if (wait->fds[i].revents && take_locked(wait->events[i]))
			break;
	event_unlock();
	return i < wait->count ? i : WAIT_FAILED;
}

static DWORD take_all(struct wait *wait)
{
	DWORD i, taken = WAIT_FAILED;

	event_lock();
	if (look(wait->fds, wait->count) == (int)wait->count) {
		for (i = 0; i < wait->count; i++)
			take_locked(wait->events[i]);
		taken = 0;
	}
	event_unlock();
	return taken;
}

static struct timespec deadline_after(DWORD milliseconds)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec += milliseconds / 1000;
	t.tv_nsec += milliseconds % 1000 * 1000000;
	if (t.tv_nsec >= 1000000000) {
		t.tv_sec++;
		t.tv_nsec -= 1000000000;
	}
	return t;
}

/* Returns false when the deadline has passed. */
static bool time_left(const struct timespec *deadline, struct timespec *left)
{
	clock_gettime(CLOCK_MONOTONIC, left);
	left->tv_sec = deadline->tv_sec - left->tv_sec;
	left->tv_nsec = deadline->tv_nsec - left->tv_nsec;
	if (left->tv_nsec < 0) {
		left->tv_sec--;
		left->tv_nsec += 1000000000;
	}
	return left->tv_sec > 0 || (!left->tv_sec && left->tv_nsec > 0);
}

/* Sleeps until an event is signalled that was not, where all must be. */
static bool sleep_on(struct wait *wait, BOOL all, const struct timespec *left)
{
	struct pollfd fds[MAXIMUM_WAIT_OBJECTS];
	DWORD i;

	for (i = 0; i < wait->count; i++) {
		fds[i] = wait->fds[i];
		if (all && fds[i].revents)
			fds[i].fd = -1;
	}
	return ppoll(fds, wait->count, left, NULL) >= 0 || errno == EINTR;
}

static DWORD wait_for(struct wait *wait, BOOL all, DWORD milliseconds)
{
	struct timespec deadline = deadline_after(milliseconds), left;
	const struct timespec *timeout = NULL;
	DWORD taken;
	int ready;

	for (;;) {
		ready = look(wait->fds, wait->count);
		if (ready < 0)
			break;
		if (ready > 0 && (!all || ready == (int)wait->count)) {
			taken = all ? take_all(wait) : take_any(wait);
			if (taken != WAIT_FAILED)
				return WAIT_OBJECT_0 + taken;
		}
		if (milliseconds != INFINITE) {
			if (!time_left(&deadline, &left))
				return WAIT_TIMEOUT;
			timeout = &left;
		}
		if (!sleep_on(wait, all, timeout))
			break;
	}
	/* More events than the process may have descriptors, or no memory. */
	SetLastError(error_from_open(-errno));
	return WAIT_FAILED;
}

DWORD WaitForMultipleObjects(DWORD count, const HANDLE *handles, BOOL all,
			     DWORD milliseconds)
{
	struct wait wait = { .result = WAIT_FAILED };

	pthread_cleanup_push(put_events, &wait);
	if (get_events(&wait, count, handles, all))
		wait.result = wait_for(&wait, all, milliseconds);
	pthread_cleanup_pop(1);
	return wait.result;
}

DWORD WaitForSingleObject(HANDLE handle, DWORD milliseconds)
{
	return WaitForMultipleObjects(1, &handle, FALSE, milliseconds);
}
