// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Time stamps. The kernel keeps boot time, the API real time. The difference
 * is taken once a process and used both ways, so no clock step changes an age.
 * A forked child takes its own.
 */
#include <pthread.h>
#include <time.h>

#include "stamp.h"

#define TICK_NS		100
#define TICKS_A_SECOND	10000000
#define EPOCH_TICKS	116444736000000000	/* 1601 to 1970 */
#define SLACK_TICKS	TICKS_A_SECOND

static const pthread_once_t not_yet = PTHREAD_ONCE_INIT;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static int64_t boot_ticks;	/* when the machine was booted, since 1601 */

static int64_t ticks_of(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (int64_t)t.tv_sec * TICKS_A_SECOND + t.tv_nsec / TICK_NS;
}

static void take_difference(void)
{
	boot_ticks = EPOCH_TICKS + ticks_of(CLOCK_REALTIME) -
		     ticks_of(CLOCK_BOOTTIME);
}

void stamp_forget(void)
{
	once = not_yet;
}

FILETIME stamp_from_uapi(uint64_t boottime)
{
	uint64_t ticks;

	pthread_once(&once, take_difference);
	ticks = boot_ticks + boottime / TICK_NS;
	return (FILETIME){ ticks, ticks >> 32 };
}

ULONG RtmGetRouteAge(PVOID route)
{
	/* It is the first member of either kind of route. */
	const FILETIME *stamp = route;
	int64_t now, then;

	if (!route) {
		SetLastError(ERROR_INVALID_PARAMETER);
		return INFINITE;
	}
	pthread_once(&once, take_difference);
	now = boot_ticks + ticks_of(CLOCK_BOOTTIME);
	then = (uint64_t)stamp->dwHighDateTime << 32 | stamp->dwLowDateTime;
	if (then < boot_ticks || then > now + SLACK_TICKS) {
		SetLastError(ERROR_INVALID_PARAMETER);
		return INFINITE;
	}
	return then < now ? (now - then) / TICKS_A_SECOND : 0;
}
