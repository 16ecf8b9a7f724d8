// SPDX-License-Identifier: LGPL-2.1-or-later
/* The walk in the order of the table, which keeps no state. */
#include <stdlib.h>

#include "device.h"
#include "error.h"
#include "route.h"

#define CHUNK	256U

/* The routes from or after arg->position; sets arg->done. */
static DWORD walk(const struct family *family, struct rtm_get *arg,
		  struct rtm_route_rec *recs, DWORD count)
{
	int fd = device_read(&shared_device);
	DWORD error;

	if (fd < 0)
		return error_from_open(fd);
	arg->size = sizeof(*arg);
	arg->family = family->number;
	arg->count = count;
	arg->route_size = sizeof(*recs);
	arg->routes = (uintptr_t)recs;
	error = error_from_uapi(device_ioctl(fd, RTM_IOC_GET, arg));
	return arg->done ? NO_ERROR : error;
}

/* What the walk begins with: criteria or, for the next ones, a position. */
static DWORD convert_start(const struct family *family, DWORD flags,
			   const void *route, bool next, struct rtm_get *arg)
{
	DWORD error;

	if (!family || (next && !route))
		return ERROR_INVALID_PARAMETER;
	error = criteria_to_uapi(family, flags, route, &arg->position);
	if (!error && next &&
	    !position_to_uapi(family, route, &arg->position))
		error = ERROR_INVALID_PARAMETER;
	arg->match = flags;
	arg->flags = next ? RTM_GET_AFTER : 0;
	return error;
}

static DWORD walk_one(DWORD number, DWORD flags, void *route, bool next)
{
	const struct family *family = family_find(number);
	struct rtm_get arg = { 0 };
	struct rtm_route_rec rec;
	DWORD error;

	if (!route)
		return ERROR_INVALID_PARAMETER;
	error = convert_start(family, flags, route, next, &arg);
	if (!error)
		error = walk(family, &arg, &rec, 1);
	if (!error)
		route_from_uapi(family, &rec, route, 0);
	return error;
}

static DWORD walk_many(DWORD number, DWORD flags, const void *start, bool next,
		       DWORD count, void *routes, RTM_ROUTE_INFO *infos,
		       DWORD *done)
{
	const struct family *family = family_find(number);
	struct rtm_get arg = { 0 };
	struct rtm_route_rec *recs;
	DWORD error, i;

	if (!count || !routes || !done)
		return ERROR_INVALID_PARAMETER;
	*done = 0;
	error = convert_start(family, flags, start, next, &arg);
	if (error)
		return error;
	if (count > CHUNK)
		count = CHUNK;
	recs = malloc(count * sizeof(*recs));
	if (!recs)
		return ERROR_NOT_ENOUGH_MEMORY;
	error = walk(family, &arg, recs, count);
	for (i = 0; i < arg.done; i++) {
		route_from_uapi(family, &recs[i], routes, i);
		if (infos)
			route_info_from_uapi(&recs[i], &infos[i]);
	}
	*done = arg.done;
	free(recs);
	return error;
}

DWORD RtmGetFirstRoute(DWORD family, DWORD flags, PVOID route)
{
	return walk_one(family, flags, route, false);
}

DWORD RtmGetNextRoute(DWORD family, DWORD flags, PVOID route)
{
	return walk_one(family, flags, route, true);
}

DWORD RtmGetFirstRouteBatch(DWORD family, DWORD flags, LPCVOID criteria,
			    DWORD count, PVOID routes, RTM_ROUTE_INFO *infos,
			    DWORD *done)
{
	return walk_many(family, flags, criteria, false, count, routes, infos,
			 done);
}

DWORD RtmGetNextRouteBatch(DWORD family, DWORD flags, LPCVOID position,
			   DWORD count, PVOID routes, RTM_ROUTE_INFO *infos,
			   DWORD *done)
{
	return walk_many(family, flags, position, true, count, routes, infos,
			 done);
}
