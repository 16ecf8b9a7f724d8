// SPDX-License-Identifier: LGPL-2.1-or-later
#define _GNU_SOURCE
#include "accept.h"

#include <errno.h>
#include <sys/socket.h>

#include "alloc.h"

static void on_rested(evutil_socket_t fd, short what, void *listening)
{
	(void)fd;
	(void)what;
	event_add(listening, NULL);
}

int accept_one(struct event *listening, bool (*make_room)(void))
{
	static const struct timeval rest = { 1, 0 };
	int fd = accept4(event_get_fd(listening), NULL, NULL,
			 SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd < 0 && errno != EAGAIN && !(make_room && make_room())) {
		event_del(listening);
		if (event_base_once(event_get_base(listening), -1, EV_TIMEOUT,
				    on_rested, listening, &rest))
			out_of_memory();
	}
	return fd;
}
