// SPDX-License-Identifier: LGPL-2.1-or-later
/* Figures, clients, priorities and limits. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "device.h"
#include "error.h"

#define CHUNK	64U

static DWORD ask(unsigned long command, void *argument)
{
	int fd = device_read(&shared_device);

	if (fd < 0)
		return error_from_open(fd);
	return error_from_uapi(device_ioctl(fd, command, argument));
}

static DWORD change(unsigned long command, void *argument)
{
	struct device fresh = DEVICE_CLOSED;
	int fd = device_write(&shared_device);
	DWORD error;
	int err;

	if (fd < 0)
		return error_from_open(fd);
	err = device_ioctl(fd, command, argument);
	if (err != -EPERM)
		return error_from_uapi(err);
	/* The file was opened without the privilege there may be by now. */
	fd = device_write_like(&fresh, &shared_device);
	error = fd < 0 ? error_from_open(fd) :
			 error_from_uapi(device_ioctl(fd, command, argument));
	device_close(&fresh);
	return error;
}

DWORD RtmGetStatistics(DWORD family, RTM_STATISTICS *statistics)
{
	struct rtm_stats arg = { .size = sizeof(arg), .family = family };
	DWORD error;

	if (!family_find(family) || !statistics)
		return ERROR_INVALID_PARAMETER;
	error = ask(RTM_IOC_STATS, &arg);
	if (error)
		return error;
	*statistics = (RTM_STATISTICS) {
		.Destinations = arg.destinations,
		.Routes = arg.routes,
		.Clients = arg.clients,
		.Records = arg.records,
		.Sequence = arg.sequence,
		.Delivered = arg.delivered,
		.Merged = arg.merged,
		.Cancelled = arg.cancelled,
		.Restarts = arg.restarts,
		.Expired = arg.expired,
		.Bytes = arg.bytes,
		.NodeBytes = arg.node_bytes,
	};
	return NO_ERROR;
}

ULONG RtmGetNetworkCount(DWORD family)
{
	RTM_STATISTICS statistics = { 0 };

	SetLastError(RtmGetStatistics(family, &statistics));
	return statistics.Destinations;
}

static void convert_client(const struct rtm_client_info *rec,
			   RTM_CLIENT_INFO *client)
{
	*client = (RTM_CLIENT_INFO) {
		.ProtocolFamily = rec->family,
		.RoutingProtocol = rec->protocol,
		.ProcessId = rec->pid,
		.Routes = rec->routes,
		.Pending = rec->pending,
		.Delivered = rec->delivered,
		.Restarts = rec->restarts,
	};
	if (rec->flags & RTM_CLIENT_SINGLE_ROUTE)
		client->Flags |= RTM_PROTOCOL_SINGLE_ROUTE;
	if (rec->flags & RTM_CLIENT_NOTIFY)
		client->Flags |= RTM_CLIENT_HAS_EVENT;
	if (rec->flags & RTM_CLIENT_WATCHER)
		client->Flags |= RTM_CLIENT_IS_WATCHER;
	memcpy(client->ProcessName, rec->comm, sizeof(client->ProcessName));
	client->ProcessName[sizeof(client->ProcessName) - 1] = '\0';
}

DWORD RtmGetClients(DWORD *cursor, DWORD count, RTM_CLIENT_INFO *clients,
		    DWORD *done)
{
	struct rtm_client_info recs[CHUNK];
	struct rtm_clients arg = {
		.size = sizeof(arg),
		.record_size = sizeof(recs[0]),
		.records = (uintptr_t)recs,
	};
	DWORD error, i;

	if (!cursor || !count || !clients || !done)
		return ERROR_INVALID_PARAMETER;
	arg.count = count < CHUNK ? count : CHUNK;
	arg.cursor = *cursor;
	*done = 0;
	error = ask(RTM_IOC_CLIENTS, &arg);
	if (error)
		return error;
	for (i = 0; i < arg.done; i++)
		convert_client(&recs[i], &clients[i]);
	*cursor = arg.cursor;
	*done = arg.done;
	return arg.done ? NO_ERROR : ERROR_NO_MORE_ITEMS;
}

/* Priorities are laid out alike on both sides. */
_Static_assert(sizeof(RTM_PRIORITY) == sizeof(struct rtm_prio_rec) &&
	       offsetof(RTM_PRIORITY, Priority) ==
	       offsetof(struct rtm_prio_rec, priority) &&
	       !(RTM_PROTOCOL_OTHERS ^ RTM_OTHER_PROTOCOLS) &&
	       !(RTM_PRIO_MAX ^ RTM_MAX_PRIORITIES), "priorities");

DWORD RtmGetPriorities(DWORD family, DWORD count, RTM_PRIORITY *priorities,
		       DWORD *total)
{
	struct rtm_prio arg = {
		.size = sizeof(arg),
		.family = family,
		.count = count,
		.record_size = sizeof(*priorities),
		.records = (uintptr_t)priorities,
	};
	DWORD error;

	if (!family_find(family) || count > RTM_MAX_PRIORITIES ||
	    (count && !priorities) || !total)
		return ERROR_INVALID_PARAMETER;
	error = ask(RTM_IOC_PRIO_GET, &arg);
	if (!error)
		*total = arg.total;
	return error;
}

DWORD RtmSetPriorities(DWORD family, DWORD count,
		       const RTM_PRIORITY *priorities)
{
	struct rtm_prio arg = {
		.size = sizeof(arg),
		.family = family,
		.count = count,
		.record_size = sizeof(*priorities),
		.records = (uintptr_t)priorities,
	};

	if (!family_find(family) || !count || count > RTM_MAX_PRIORITIES ||
	    !priorities)
		return ERROR_INVALID_PARAMETER;
	return change(RTM_IOC_PRIO_SET, &arg);
}

_Static_assert((int)RtmLimitRoutes == RTM_LIMIT_ROUTES &&
	       (int)RtmLimitBacklog == RTM_LIMIT_BACKLOG, "limits");

/* A limit of a client's own is asked for and changed on the client's file. */
static DWORD client_limit(HANDLE handle, unsigned long command,
			  struct rtm_limit *arg)
{
	struct client *client = client_get(handle);
	DWORD error = ERROR_INVALID_PARAMETER;

	if (!client)
		return ERROR_INVALID_HANDLE;
	arg->client = client->handle;
	if (arg->id == RTM_LIMIT_BACKLOG)
		error = error_from_uapi(device_ioctl(client->fd, command, arg));
	client_put(client);
	return error;
}

DWORD RtmGetLimit(RTM_LIMIT limit, HANDLE client, ULONGLONG *value,
		  ULONGLONG *used)
{
	struct rtm_limit arg = { .size = sizeof(arg), .id = limit };
	DWORD error;

	if (client)
		error = client_limit(client, RTM_IOC_LIMIT_GET, &arg);
	else
		error = ask(RTM_IOC_LIMIT_GET, &arg);
	if (error)
		return error;
	if (value)
		*value = arg.value;
	if (used)
		*used = arg.used;
	return NO_ERROR;
}

DWORD RtmSetLimit(RTM_LIMIT limit, HANDLE client, ULONGLONG value)
{
	struct rtm_limit arg = {
		.size = sizeof(arg),
		.id = limit,
		.value = value,
	};

	if (client)
		return client_limit(client, RTM_IOC_LIMIT_SET, &arg);
	return change(RTM_IOC_LIMIT_SET, &arg);
}
