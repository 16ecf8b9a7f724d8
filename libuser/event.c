// SPDX-License-Identifier: LGPL-2.1-or-later
/* Events: made, set, reset and closed. */
#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "error.h"
#include "event.h"

static void event_release(struct object *object)
{
	struct event *event = object_of(object, struct event);

	device_close(&event->device);
	fd_close(&event->counter);
	fd_close(&event->epoll);
	free(event);
}

struct event *event_get(HANDLE handle)
{
	struct object *object = handle_get(handle, HANDLE_EVENT);

	if (!object)
		SetLastError(ERROR_INVALID_HANDLE);
	return object_of(object, struct event);
}

void event_put(struct event *event)
{
	object_put(&event->object);
}

static int open_event(struct event *event, bool set)
{
	struct epoll_event readable = { .events = EPOLLIN };
	int epoll, counter, err;

	err = fd_lock();
	if (err)
		return err;
	epoll = epoll_create1(EPOLL_CLOEXEC);
	if (epoll < 0)
		goto failed;
	fd_own(&event->epoll, epoll);
	counter = eventfd(set, EFD_CLOEXEC | EFD_NONBLOCK);
	if (counter < 0)
		goto failed;
	fd_own(&event->counter, counter);
	if (epoll_ctl(epoll, EPOLL_CTL_ADD, counter, &readable))
		goto failed;
	event->device.poll = epoll;
	fd_unlock();
	return 0;
failed:
	err = -errno;
	fd_unlock();
	return err;
}

HANDLE CreateEvent(PVOID attributes, BOOL manual_reset, BOOL initial_state,
		   LPCVOID name)
{
	struct event *event;
	HANDLE handle;
	int err;

	(void)attributes;
	if (name) {
		SetLastError(ERROR_INVALID_PARAMETER);
		return NULL;
	}
	event = malloc(sizeof(*event));
	if (!event) {
		SetLastError(ERROR_NOT_ENOUGH_MEMORY);
		return NULL;
	}
	*event = (struct event) {
		.object = { 1, HANDLE_EVENT, event_release },
		.manual_reset = manual_reset,
		.epoll = FD_CLOSED,
		.counter = FD_CLOSED,
		.device = DEVICE_CLOSED,
	};
	err = open_event(event, initial_state);
	if (err) {
		SetLastError(error_from_open(err));
		goto put_event;
	}
	handle = handle_new(&event->object);
	if (!handle) {
		SetLastError(ERROR_NOT_ENOUGH_MEMORY);
		goto put_event;
	}
	return handle;
put_event:
	event_put(event);
	return NULL;
}

BOOL SetEvent(HANDLE handle)
{
	struct event *event = event_get(handle);

	if (!event)
		return FALSE;
	event_lock();
	/* It fails only where the counter is full, and so set, already. */
	eventfd_write(event->counter.fd, 1);
	event_unlock();
	event_put(event);
	return TRUE;
}

BOOL ResetEvent(HANDLE handle)
{
	struct event *event = event_get(handle);
	eventfd_t count;

	if (!event)
		return FALSE;
	event_lock();
	/* It fails only where the event is not set. */
	eventfd_read(event->counter.fd, &count);
	event_unlock();
	event_put(event);
	return TRUE;
}

BOOL CloseHandle(HANDLE handle)
{
	struct object *object = handle_take(handle, HANDLE_EVENT);

	if (!object) {
		SetLastError(ERROR_INVALID_HANDLE);
		return FALSE;
	}
	object_put(object);
	return TRUE;
}

int RtmGetEventDescriptor(HANDLE handle)
{
	struct event *event = event_get(handle);
	int fd;

	if (!event)
		return -1;
	fd = event->epoll.fd;
	event_put(event);
	return fd;
}
