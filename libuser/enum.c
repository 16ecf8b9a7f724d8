// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Enumerations. A handle is the kernel's on the file that the process shares.
 *
 * Routes are read ahead, more with each call. What was read is used only as
 * long as the process can know no better: not after another call, which may
 * have changed something or told of a change, and not after a tenth of a
 * second. Then it is read again, from the last route given on. The kernel's
 * own place is beyond that by then, so from there on places are routes, as
 * RtmGetNextRoute() has them.
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
	struct rtm_route_rec last;	/* given; criteria if none was */
	bool given;
	bool detached;			/* goes on by @last */
	DWORD chunk;			/* to read ahead the next time */
	DWORD next, end;		/* of @ahead */
	unsigned int calls;		/* when that was read */
	int64_t read;			/* likewise, milliseconds */
	uint64_t sequence;		/* likewise */
	struct rtm_route_rec ahead[AHEAD];
};

static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
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
	e->last = arg.criteria;
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
	enumeration->chunk = 1;
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
		     DWORD count, DWORD *done)
{
	struct rtm_enum_next arg = {
		.size = sizeof(arg),
		.handle = e->handle,
		.count = count,
		.route_size = sizeof(*recs),
		.routes = (uintptr_t)recs,
	};
	int err = device_peek(e->fd, RTM_IOC_ENUM_NEXT, &arg);

	*done = arg.done;
	e->sequence = arg.sequence;
	return arg.done ? NO_ERROR : error_from_uapi(err);
}

static DWORD read_after_last(struct enumeration *e, struct rtm_route_rec *recs,
			     DWORD count, DWORD *done)
{
	struct rtm_get arg = {
		.size = sizeof(arg),
		.family = e->family->number,
		.match = e->match,
		.flags = e->given ? RTM_GET_AFTER : 0,
		.count = count,
		.position = e->last,
		.route_size = sizeof(*recs),
		.routes = (uintptr_t)recs,
	};
	int err = device_peek(e->fd, RTM_IOC_GET, &arg);

	*done = arg.done;
	e->sequence = arg.sequence;
	return arg.done ? NO_ERROR : error_from_uapi(err);
}

static DWORD read_routes(struct enumeration *e, struct rtm_route_rec *recs,
			 DWORD count, DWORD *done)
{
	return e->detached ? read_after_last(e, recs, count, done) :
			     read_on(e, recs, count, done);
}

/* How many of the routes read ahead are good; the others are forgotten. */
static DWORD ahead(struct enumeration *e)
{
	if (e->next != e->end && (e->calls != device_calls() ||
				  now() - e->read >= AHEAD_MS)) {
		e->detached = true;
		e->end = e->next;
		e->chunk = 1;
	}
	return e->end - e->next;
}

static DWORD read_ahead(struct enumeration *e)
{
	DWORD error;

	e->calls = device_calls();
	e->read = now();
	e->next = 0;
	error = read_routes(e, e->ahead, e->chunk, &e->end);
	if (e->chunk < AHEAD)
		e->chunk *= 2;
	return error;
}

static void give(struct enumeration *e, const struct rtm_route_rec *rec)
{
	e->last = *rec;
	e->given = true;
}

static DWORD next_route(struct enumeration *e, void *route)
{
	DWORD error = NO_ERROR;

	lock_take(&e->lock);
	if (!ahead(e))
		error = read_ahead(e);
	if (!error) {
		give(e, &e->ahead[e->next++]);
		route_from_uapi(e->family, &e->last, route, 0);
	}
	lock_drop(&e->lock);
	return error;
}

/* What was read ahead first, then what a call brings. */
static DWORD next_routes(struct enumeration *e, struct rtm_route_rec *recs,
			 DWORD count, DWORD *done, ULONGLONG *sequence)
{
	DWORD error = NO_ERROR, n;

	lock_take(&e->lock);
	n = ahead(e);
	if (n) {
		n = n < count ? n : count;
		memcpy(recs, &e->ahead[e->next], n * sizeof(*recs));
		e->next += n;
	} else {
		error = read_routes(e, recs, count, &n);
	}
	if (n)
		give(e, &recs[n - 1]);
	*done = n;
	if (sequence)
		*sequence = e->sequence;
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
