// SPDX-License-Identifier: LGPL-2.1-or-later
/* Routes added and deleted. */
#include <stdlib.h>

#include "client.h"
#include "device.h"
#include "error.h"

#define CHUNK	256U

/* What an add or delete was asked to do, and where its answers go. */
struct update {
	unsigned long command;
	const void *routes;
	DWORD ttl;
	RTM_RESULT *results;		/* NULL: stop at the first error */
	void *current, *previous;	/* NULL: not wanted */
};

/* Room for a chunk, in which results are whole; short ones lie closer. */
struct room {
	struct rtm_route_rec *routes;
	struct rtm_change_rec *results;
};

static bool convert_route(const struct update *update,
			  const struct family *family, size_t index,
			  struct rtm_route_rec *rec)
{
	const void *route = route_at(family, update->routes, index);

	if (update->command == RTM_IOC_DELETE)
		return route_key_to_uapi(family, route, rec);
	return route_to_uapi(family, route, update->ttl, rec);
}

static void convert_result(const struct update *update,
			   const struct family *family, size_t index,
			   const struct rtm_change_rec *rec)
{
	RTM_RESULT *result = &update->results[index];

	result->Error = error_from_uapi(rec->error);
	result->Flags = rec->change & RTM_ROUTE_CHANGED;
	result->Sequence = rec->sequence;
	if (rec->change & RTM_CHANGE_CURRENT)
		route_from_uapi(family, &rec->cur, update->current, index);
	if (rec->change & RTM_CHANGE_PREVIOUS)
		route_from_uapi(family, &rec->prev, update->previous,
				index);
}

/* The routes from @first on; @done is how many of them were dealt with. */
static DWORD update_chunk(const struct client *client,
			  const struct update *update, struct room *room,
			  DWORD first, DWORD count, DWORD *done)
{
	struct rtm_update arg = {
		.size = sizeof(arg),
		.client = client->handle,
		.count = count,
		.route_size = sizeof(*room->routes),
		.routes = (uintptr_t)room->routes,
	};
	DWORD i;
	int err;

	if (update->current || update->previous)
		arg.result_size = sizeof(*room->results);
	else if (update->results)
		arg.result_size = RTM_RESULT_SHORT;
	if (arg.result_size)
		arg.results = (uintptr_t)room->results;
	for (i = 0; i < count; i++)
		convert_route(update, client->family, first + i,
			      &room->routes[i]);
	err = device_ioctl(client->fd, update->command, &arg);
	*done = arg.done;
	for (i = 0; update->results && i < arg.done; i++)
		convert_result(update, client->family, first + i,
			       (void *)((char *)room->results +
					i * arg.result_size));
	return error_from_uapi(err);
}

static DWORD update_routes(const struct client *client,
			   const struct update *update, DWORD count,
			   DWORD *done)
{
	DWORD error = NO_ERROR, n, n_done;
	struct room room;

	n = count < CHUNK ? count : CHUNK;
	room.routes = malloc(n * (sizeof(*room.routes) +
				  sizeof(*room.results)));
	if (!room.routes)
		return ERROR_NOT_ENOUGH_MEMORY;
	room.results = (void *)(room.routes + n);
	while (!error && *done < count) {
		n = count - *done < CHUNK ? count - *done : CHUNK;
		error = update_chunk(client, update, &room, *done, n, &n_done);
		*done += n_done;
	}
	free(room.routes);
	return error;
}

static DWORD update_many(HANDLE handle, const struct update *update,
			 DWORD count, DWORD *done)
{
	struct client *client = client_get(handle);
	DWORD error = NO_ERROR, n = 0;

	if (done)
		*done = 0;
	if (!client)
		return ERROR_INVALID_HANDLE;
	if (client->watcher)
		error = ERROR_INVALID_HANDLE;
	else if ((count && !update->routes) || !ttl_is_valid(update->ttl) ||
		 (!update->results && (update->current || update->previous)))
		error = ERROR_INVALID_PARAMETER;
	else if (count)
		error = update_routes(client, update, count, &n);
	client_put(client);
	if (done)
		*done = n;
	return error;
}

/* One route: no memory is needed, and a bad one does not go to the kernel. */
static DWORD update_one(HANDLE handle, const struct update *asked,
			DWORD *flags, ULONGLONG *sequence)
{
	struct client *client = client_get(handle);
	struct rtm_change_rec change = { 0 };
	struct rtm_route_rec rec;
	struct room room = { &rec, &change };
	struct update update = *asked;
	RTM_RESULT result = { 0 };
	DWORD error, done;

	if (!client)
		return ERROR_INVALID_HANDLE;
	if (flags || sequence || update.current || update.previous)
		update.results = &result;
	if (client->watcher)
		error = ERROR_INVALID_HANDLE;
	else if (!update.routes || !ttl_is_valid(update.ttl) ||
		 !convert_route(&update, client->family, 0, &rec))
		error = ERROR_INVALID_PARAMETER;
	else
		error = update_chunk(client, &update, &room, 0, 1, &done);
	client_put(client);
	if (!error)
		error = result.Error;
	if (error)
		return error;
	if (flags)
		*flags = result.Flags;
	if (sequence)
		*sequence = result.Sequence;
	return NO_ERROR;
}

DWORD RtmAddRouteEx(HANDLE client, PVOID route, DWORD ttl, DWORD *flags,
		    PVOID current, PVOID previous, ULONGLONG *sequence)
{
	struct update update = {
		.command = RTM_IOC_ADD,
		.routes = route,
		.ttl = ttl,
		.current = current,
		.previous = previous,
	};

	return update_one(client, &update, flags, sequence);
}

DWORD RtmAddRoute(HANDLE client, PVOID route, DWORD ttl, DWORD *flags,
		  PVOID current, PVOID previous)
{
	return RtmAddRouteEx(client, route, ttl, flags, current, previous,
			     NULL);
}

DWORD RtmAddRouteBatch(HANDLE client, DWORD count, LPCVOID routes, DWORD ttl,
		       RTM_RESULT *results, PVOID current, PVOID previous,
		       DWORD *done)
{
	struct update update = {
		.command = RTM_IOC_ADD,
		.routes = routes,
		.ttl = ttl,
		.results = results,
		.current = current,
		.previous = previous,
	};

	return update_many(client, &update, count, done);
}

DWORD RtmDeleteRouteEx(HANDLE client, PVOID route, DWORD *flags,
		       PVOID current, ULONGLONG *sequence)
{
	struct update update = {
		.command = RTM_IOC_DELETE,
		.routes = route,
		.ttl = INFINITE,
		.current = current,
	};

	return update_one(client, &update, flags, sequence);
}

DWORD RtmDeleteRoute(HANDLE client, PVOID route, DWORD *flags, PVOID current)
{
	return RtmDeleteRouteEx(client, route, flags, current, NULL);
}

DWORD RtmDeleteRouteBatch(HANDLE client, DWORD count, LPCVOID routes,
			  RTM_RESULT *results, PVOID current, DWORD *done)
{
	struct update update = {
		.command = RTM_IOC_DELETE,
		.routes = routes,
		.ttl = INFINITE,
		.results = results,
		.current = current,
	};

	return update_many(client, &update, count, done);
}

DWORD RtmBlockDeleteRoutes(HANDLE handle, DWORD flags, PVOID criteria)
{
	struct client *client = client_get(handle);
	struct rtm_block_delete arg = { .size = sizeof(arg), .match = flags };
	DWORD error;

	if (!client)
		return ERROR_INVALID_HANDLE;
	arg.client = client->handle;
	error = client->watcher ? ERROR_INVALID_HANDLE :
		criteria_to_uapi(client->family, flags, criteria,
				 &arg.criteria);
	if (!error)
		error = error_from_uapi(device_ioctl(client->fd,
						     RTM_IOC_BLOCK_DELETE,
						     &arg));
	client_put(client);
	return error;
}
