// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Enumerations. A handle is the kernel's on the file that the process shares;
 * no route is read ahead, so none is given after it was deleted.
 */
#include <errno.h>
#include <stdlib.h>

#include "device.h"
#include "error.h"
#include "handle.h"
#include "route.h"

#define CHUNK	256U

struct enumeration {
	struct object object;
	const struct family *family;
	int fd;
	uint32_t handle;
};

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
	*enumeration = (struct enumeration) {
		.object = { 1, HANDLE_ENUMERATION, enumeration_release },
	};
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

/* Sets arg->done. */
static DWORD next_routes(const struct enumeration *enumeration,
			 struct rtm_enum_next *arg, struct rtm_route_rec *recs,
			 DWORD count)
{
	DWORD error;

	arg->size = sizeof(*arg);
	arg->handle = enumeration->handle;
	arg->count = count;
	arg->route_size = sizeof(*recs);
	arg->routes = (uintptr_t)recs;
	error = error_from_uapi(device_ioctl(enumeration->fd,
					     RTM_IOC_ENUM_NEXT, arg));
	return arg->done ? NO_ERROR : error;
}

DWORD RtmEnumerateGetNextRoute(HANDLE handle, PVOID route)
{
	struct enumeration *enumeration = enumeration_get(handle);
	struct rtm_enum_next arg = { 0 };
	struct rtm_route_rec rec;
	DWORD error = ERROR_INVALID_PARAMETER;

	if (!enumeration)
		return ERROR_INVALID_HANDLE;
	if (route)
		error = next_routes(enumeration, &arg, &rec, 1);
	if (!error)
		route_from_uapi(enumeration->family, &rec, route, 0);
	enumeration_put(enumeration);
	return error;
}

DWORD RtmEnumerateGetNextRouteBatch(HANDLE handle, DWORD count, PVOID routes,
				    RTM_ROUTE_INFO *infos, DWORD *done,
				    ULONGLONG *sequence)
{
	struct enumeration *enumeration;
	struct rtm_enum_next arg = { 0 };
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
	error = next_routes(enumeration, &arg, recs, count);
	for (i = 0; i < arg.done; i++) {
		route_from_uapi(enumeration->family, &recs[i], routes, i);
		if (infos)
			route_info_from_uapi(&recs[i], &infos[i]);
	}
	*done = arg.done;
	if (sequence)
		*sequence = arg.sequence;
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
