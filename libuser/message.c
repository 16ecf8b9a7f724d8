// SPDX-License-Identifier: LGPL-2.1-or-later
/* Change messages, taken off a client's queue. None is read ahead. */
#include <errno.h>
#include <stdlib.h>

#include "client.h"
#include "device.h"
#include "error.h"

#define CHUNK	256U

/* The kinds of messages have the numbers that the kernel gives them. */
#define MESSAGE_FLAGS	(RTM_ROUTE_CHANGED | RTM_MESSAGE_MERGED)

_Static_assert(!(RTM_CHANGE_CURRENT ^ RTM_CURRENT_BEST_ROUTE) &&
	       !(RTM_CHANGE_PREVIOUS ^ RTM_PREVIOUS_BEST_ROUTE) &&
	       !(RTM_CHANGE_MERGED ^ RTM_MESSAGE_MERGED), "message flags");

static void convert_message(const struct family *family, DWORD index,
			    const struct rtm_change_rec *rec,
			    RTM_RESULT *result, void *current, void *previous)
{
	*result = (RTM_RESULT) {
		.Flags = rec->change & MESSAGE_FLAGS,
		.Sequence = rec->sequence,
	};
	if (rec->change & RTM_CHANGE_CURRENT)
		route_from_uapi(family, &rec->cur, current, index);
	if (rec->change & RTM_CHANGE_PREVIOUS)
		route_from_uapi(family, &rec->prev, previous, index);
}

static DWORD dequeue(const struct client *client, struct rtm_change_rec *recs,
		     DWORD count, RTM_RESULT *results, void *current,
		     void *previous, DWORD *done)
{
	struct rtm_dequeue arg = {
		.size = sizeof(arg),
		.client = client->handle,
		.count = count,
		.message_size = sizeof(*recs),
		.messages = (uintptr_t)recs,
	};
	int err = device_ioctl(client->fd, RTM_IOC_DEQUEUE, &arg);
	DWORD i;

	results[0] = (RTM_RESULT){ 0 };
	for (i = 0; i < arg.done; i++)
		convert_message(client->family, i, &recs[i], &results[i],
				current, previous);
	*done = arg.done;
	if (err == -ENOBUFS) {
		/* What was taken before is older than the loss. */
		*done = 0;
		results[0] = (RTM_RESULT) {
			.Error = ERROR_NO_SYSTEM_RESOURCES,
			.Flags = RTM_QUEUE_RESTARTED,
			.Sequence = arg.sequence,
		};
	}
	if (err)
		return error_from_uapi(err);
	if (arg.flags & RTM_DEQUEUE_MORE)
		return ERROR_MORE_MESSAGES;
	return arg.done ? NO_ERROR : ERROR_NO_MESSAGES;
}

DWORD RtmDequeueRouteChangeMessageEx(HANDLE handle, DWORD *flags,
				     PVOID current, PVOID previous,
				     ULONGLONG *sequence)
{
	struct client *client = client_get(handle);
	struct rtm_change_rec rec;
	RTM_RESULT result = { 0 };
	DWORD error, done;

	if (!client)
		return ERROR_INVALID_HANDLE;
	error = dequeue(client, &rec, 1, &result, current, previous, &done);
	client_put(client);
	if (flags)
		*flags = result.Flags;
	if (sequence)
		*sequence = result.Sequence;
	return error;
}

DWORD RtmDequeueRouteChangeMessage(HANDLE client, DWORD *flags, PVOID current,
				   PVOID previous)
{
	DWORD all_flags, error;

	error = RtmDequeueRouteChangeMessageEx(client, &all_flags, current,
					       previous, NULL);
	if (flags && error != ERROR_INVALID_HANDLE)
		*flags = all_flags & RTM_ROUTE_CHANGED;
	return error;
}

DWORD RtmDequeueRouteChangeMessageBatch(HANDLE handle, DWORD count,
					RTM_RESULT *results, PVOID current,
					PVOID previous, DWORD *done)
{
	struct rtm_change_rec *recs;
	struct client *client;
	DWORD error;

	if (!count || !results || !done)
		return ERROR_INVALID_PARAMETER;
	*done = 0;
	client = client_get(handle);
	if (!client)
		return ERROR_INVALID_HANDLE;
	if (count > CHUNK)
		count = CHUNK;
	recs = malloc(count * sizeof(*recs));
	if (recs)
		error = dequeue(client, recs, count, results, current,
				previous, done);
	else
		error = ERROR_NOT_ENOUGH_MEMORY;
	free(recs);
	client_put(client);
	return error;
}
