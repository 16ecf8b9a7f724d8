/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef LIBRTM_EVENT_H
#define LIBRTM_EVENT_H

#include <stdbool.h>

#include "device.h"
#include "handle.h"

/*
 * An event: an epoll descriptor over a counter, for what SetEvent() does, and
 * over the files on which the event's clients are registered. Every client
 * holds a reference, so the event may be closed before them.
 */
struct event {
	struct object object;
	bool manual_reset;
	struct fd epoll;
	struct fd counter;
	struct device device;
};

/* With a reference, or NULL. */
struct event *event_get(HANDLE handle);
void event_put(struct event *event);

/* For a fork. */
void event_lock(void);
void event_unlock(void);

#endif
