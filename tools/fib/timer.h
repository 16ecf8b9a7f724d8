/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Milliseconds, of a clock that nobody sets. */
#ifndef RTMFIB_TIMER_H
#define RTMFIB_TIMER_H

#include <stdint.h>
#include <time.h>

#include <event2/event.h>

static inline uint64_t timer_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000ull + t.tv_nsec / 1000000;
}

/* Whatever was set before is forgotten. */
static inline void timer_after(struct event *timer, uint64_t ms)
{
	struct timeval t = { ms / 1000, ms % 1000 * 1000 };

	evtimer_add(timer, &t);
}

#endif
