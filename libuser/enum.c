// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Enumerations. A handle is the kernel's on the file that the process shares.
 *
 * Routes are read ahead, more with each call. What was read is used only as
 * long as the process can know no better: not after any other call, which may
 * have changed something or told of it, and not after a tenth of a second. Then
 * it is read again, from the last route given on. The kernel's own place is
 * beyond that by then, so from there on places are routes, as RtmGetNextRoute()
 * has them.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "device.h"
#include "error.h"
#include "handle.h"
#include "lock.h"
#include "route.h"

#define CHUNK	256U
#define AHEAD	64U
#define AHEAD_MS	100

struct enumeration {
	struct object object;
	const struct family *family;
	int fd;
	uint32_t handle;
	uint32_t match;

	struct lock lock;		/* of what follows */
	struct rtm_route_rec last;	/* given */
	bool detached;			/* goes on by @last */
	DWORD chunk;			/* to read ahead the next time */
	DWORD next, end;		/* of @ahead */
	unsigned int calls;		/* of the library, that being the last */
	int64_t when;			/* that was read */
	struct rtm_route_rec ahead[AHEAD];
};

/* As the kernel ages routes: time asleep counts. */
static int64_t milliseconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_BOOTTIME, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

static void enumeration_release(struct object *object)
{
	free(object_of(object, struct enumeration));
}

static struct enumeration *enumeration_get(HANDLE handle)
{
	return object_of(handle_get(handle, HANDLE_ENUMERATION),
			 struct enumeration);
}

static void enumeration_put(struct enumeration *enumeration)
{
	object_put(&enumeration->object);
}

static int enumeration_end(const struct enumeration *enumeration)
{
	struct rtm_handle handle = {
		.size = sizeof(handle),
		.handle = enumeration->handle,
	};

	return device_ioctl(enumeration->fd, RTM_IOC_ENUM_CLOSE, &handle);
}

static DWORD enumeration_open(const struct family *family, DWORD flags,
			      const void *criteria, struct enumeration *e,
			      ULONGLONG *sequence)
{
	struct rtm_enum_open arg = { .size = sizeof(arg), .match = flags };
	DWORD error;
	int err;

	if (!family)
		return ERROR_INVALID_PARAMETER;
	arg.family = family->number;
	error = criteria_to_uapi(family, flags, criteria, &arg.criteria);
	if (error)
		return error;
	e->fd = device_read(&shared_device);
	if (e->fd < 0)
		return error_from_open(e->fd);
	err = device_ioctl(e->fd, RTM_IOC_ENUM_OPEN, &arg);
	if (err)
		return error_from_uapi(err);
	e->family = family;
	e->handle = arg.handle;
	e->match = flags;
	if (sequence)
		*sequence = arg.sequence;
	return NO_ERROR;
}

HANDLE RtmCreateEnumerationHandleEx(DWORD number, DWORD flags, PVOID criteria,
				    ULONGLONG *sequence)
{
	struct enumeration *enumeration = malloc(sizeof(*enumeration));
	DWORD error = ERROR_NOT_ENOUGH_MEMORY;
	HANDLE handle;

	if (!enumeration)
		goto failed;
	memset(enumeration, 0, offsetof(struct enumeration, ahead));
	enumeration->object = (struct object) {
		1, HANDLE_ENUMERATION, enumeration_release
	};
	enumeration->lock = (struct lock)LOCK_INIT;
	error = enumeration_open(family_find(number), flags, criteria,
				 enumeration, sequence);
	if (error)
		goto put_enumeration;
	handle = handle_new(&enumeration->object);
	if (handle)
		return handle;
	error = ERROR_NOT_ENOUGH_MEMORY;
	enumeration_end(enumeration);
put_enumeration:
	enumeration_put(enumeration);
failed:
	SetLastError(error);
	return NULL;
}

HANDLE RtmCreateEnumerationHandle(DWORD family, DWORD flags, PVOID criteria)
{
	return RtmCreateEnumerationHandleEx(family, flags, criteria, NULL);
}

static DWORD read_on(struct enumeration *e, struct rtm_route_rec *recs,
		     DWORD count, DWORD *done, ULONGLONG *sequence)
{
	struct rtm_enum_next arg = {
		.size = sizeof(arg),
		.handle = e->handle,
		.count = count,
		.route_size = sizeof(*recs),
		.routes = (uintptr_t)recs,
	};
	int err = device_ioctl(e->fd, RTM_IOC_ENUM_NEXT, &arg);

	*done = arg.done;
	*sequence = arg.sequence;
	return arg.done ? NO_ERROR : error_from_uapi(err);
}

static DWORD read_after_last(struct enumeration *e, struct rtm_route_rec *recs,
			     DWORD count, DWORD *done, ULONGLONG *sequence)
{
	struct rtm_get arg = {
		.size = sizeof(arg),
		.family = e->family->number,
		.match = e->match,
		.flags = RTM_GET_AFTER,
		.count = count,
		.position = e->last,
		.route_size = sizeof(*recs),
		.routes = (uintptr_t)recs,
	};
	int err = device_ioctl(e->fd, RTM_IOC_GET, &arg);

	*done = arg.done;
	*sequence = arg.sequence;
	return arg.done ? NO_ERROR : error_from_uapi(err);
}

static DWORD read_routes(struct enumeration *e, struct rtm_route_rec *recs,
			 DWORD count, DWORD *done, ULONGLONG *sequence)
{
	return e->detached ? read_after_last(e, recs, count, done, sequence) :
			     read_on(e, recs, count, done, sequence);
}

/* A route has been given since they were read: that is what goes before. */
static void forget_ahead(struct enumeration *e)
{
	if (e->next == e->end)
		return;
	e->detached = true;
	e->end = e->next;
}

/* How many of the routes read ahead are good; if some are not, none. */
static DWORD good_ahead(struct enumeration *e)
{
	if (e->next != e->end && (e->calls != device_calls() ||
				  milliseconds() - e->when >= AHEAD_MS))
		forget_ahead(e);
	return e->end - e->next;
}

/* More than the last time, if that was the last call that there was. */
static DWORD read_ahead(struct enumeration *e)
{
	unsigned int before = device_calls();
	ULONGLONG sequence;

	if (e->calls != before || !e->chunk)
		e->chunk = 1;
	else if (e->chunk < AHEAD)
		e->chunk *= 2;
	e->calls = before + 1;
	e->when = milliseconds();
	e->next = 0;
	return read_routes(e, e->ahead, e->chunk, &e->end, &sequence);
}

static DWORD next_route(struct enumeration *e, void *route)
{
	DWORD error = NO_ERROR;

	lock_take(&e->lock);
	if (!good_ahead(e))
		error = read_ahead(e);
	if (!error) {
		e->last = e->ahead[e->next++];
		route_from_uapi(e->family, &e->last, route, 0);
	}
	lock_drop(&e->lock);
	return error;
}

/*
 * What was read ahead first, then what a call brings. Who asks for the sequence
 * number of now is not given what was read before.
 */
static DWORD next_routes(struct enumeration *e, struct rtm_route_rec *recs,
			 DWORD count, DWORD *done, ULONGLONG *sequence)
{
	ULONGLONG read_sequence;
	DWORD error = NO_ERROR;

	lock_take(&e->lock);
	if (sequence)
		forget_ahead(e);
	*done = good_ahead(e);
	if (*done) {
		*done = *done < count ? *done : count;
		memcpy(recs, &e->ahead[e->next], *done * sizeof(*recs));
		e->next += *done;
	} else {
		error = read_routes(e, recs, count, done,
				    sequence ? sequence : &read_sequence);
	}
	if (*done)
		e->last = recs[*done - 1];
	lock_drop(&e->lock);
	return error;
}

DWORD RtmEnumerateGetNextRoute(HANDLE handle, PVOID route)
{
	struct enumeration *enumeration = enumeration_get(handle);
	DWORD error = ERROR_INVALID_PARAMETER;

	if (!enumeration)
		return ERROR_INVALID_HANDLE;
	if (route)
		error = next_route(enumeration, route);
	enumeration_put(enumeration);
	return error;
}

DWORD RtmEnumerateGetNextRouteBatch(HANDLE handle, DWORD count, PVOID routes,
				    RTM_ROUTE_INFO *infos, DWORD *done,
				    ULONGLONG *sequence)
{
	struct enumeration *enumeration;
	struct rtm_route_rec *recs;
	DWORD error, i;

	if (!count || !routes || !done)
		return ERROR_INVALID_PARAMETER;
	*done = 0;
	enumeration = enumeration_get(handle);
	if (!enumeration)
		return ERROR_INVALID_HANDLE;
	if (count > CHUNK)
		count = CHUNK;
	error = ERROR_NOT_ENOUGH_MEMORY;
	recs = malloc(count * sizeof(*recs));
	if (!recs)
		goto put_enumeration;
	error = next_routes(enumeration, recs, count, done, sequence);
	for (i = 0; i < *done; i++) {
		route_from_uapi(enumeration->family, &recs[i], routes, i);
		if (infos)
			route_info_from_uapi(&recs[i], &infos[i]);
	}
	free(recs);
put_enumeration:
	enumeration_put(enumeration);
	return error;
}

DWORD RtmCloseEnumerationHandle(HANDLE handle)
{
	struct object *object = handle_take(handle, HANDLE_ENUMERATION);
	int err;

	if (!object)
		return ERROR_INVALID_HANDLE;
	err = enumeration_end(object_of(object, struct enumeration));
	object_put(object);
	return error_from_uapi(err);
}
