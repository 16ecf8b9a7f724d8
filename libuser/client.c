// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Clients and watchers: registered and deregistered.
 *
 * One with an event is registered on a file of the event's, so that the event
 * can poll it; one without, on a file that the process shares; and where those
 * were opened without the privilege that the process has by now, on a file of
 * its own. Calls that are under way hold a reference: the file stays open until
 * they have ended, and what they ask of a client that is gone the kernel
 * refuses.
 */
#include <errno.h>
#include <stdlib.h>

#include "client.h"
#include "error.h"
#include "event.h"

static void client_release(struct object *object)
{
	struct client *client = object_of(object, struct client);

	device_close(&client->own);
	if (client->event)
		event_put(client->event);
	free(client);
}

struct client *client_get(HANDLE handle)
{
	return object_of(handle_get(handle, HANDLE_CLIENT), struct client);
}

void client_put(struct client *client)
{
	object_put(&client->object);
}

static DWORD client_new(DWORD family, HANDLE event, bool watcher,
			struct client **new)
{
	struct device *device = &shared_device;
	struct client *client;
	DWORD error;

	client = malloc(sizeof(*client));
	if (!client)
		return ERROR_NOT_ENOUGH_MEMORY;
	*client = (struct client) {
		.object = { 1, HANDLE_CLIENT, client_release },
		.family = family_find(family),
		.own = DEVICE_CLOSED,
		.watcher = watcher,
	};
	error = ERROR_INVALID_PARAMETER;
	if (!client->family)
		goto put_client;
	if (event) {
		client->event = event_get(event);
		error = ERROR_INVALID_HANDLE;
		if (!client->event)
			goto put_client;
		device = &client->event->device;
	}
	client->fd = watcher ? device_watch(device) : device_write(device);
	if (client->fd < 0) {
		error = error_from_open(client->fd);
		goto put_client;
	}
	*new = client;
	return NO_ERROR;
put_client:
	client_put(client);
	return error;
}

/* The kernel asks for the privilege of who opened the file, too. */
static DWORD client_register(struct client *client, struct rtm_register *arg)
{
	const struct device *device = client->event ? &client->event->device :
						      &shared_device;
	int err = device_ioctl(client->fd, RTM_IOC_REGISTER, arg);
	int fd;

	if (err != -EPERM)
		return error_from_uapi(err);
	if (client->event)
		client->own.poll = client->event->epoll.fd;
	fd = device_write_like(&client->own, device);
	if (fd < 0)
		return error_from_open(fd);
	client->fd = fd;
	return error_from_uapi(device_ioctl(fd, RTM_IOC_REGISTER, arg));
}

static int client_leave(const struct client *client)
{
	struct rtm_handle handle = {
		.size = sizeof(handle),
		.handle = client->handle,
	};

	return device_ioctl(client->fd, RTM_IOC_DEREGISTER, &handle);
}

static HANDLE client_publish(struct client *client)
{
	HANDLE handle = handle_new(&client->object);

	if (!handle) {
		client_leave(client);
		client_put(client);
		SetLastError(ERROR_NOT_ENOUGH_MEMORY);
	}
	return handle;
}

HANDLE RtmRegisterClientEx(DWORD family, DWORD protocol, HANDLE event,
			   DWORD flags, ULONGLONG *sequence)
{
	struct rtm_register arg = {
		.size = sizeof(arg),
		.family = family,
		.protocol = protocol,
	};
	struct client *client;
	DWORD error = ERROR_INVALID_PARAMETER;

	if (flags & ~(DWORD)RTM_PROTOCOL_SINGLE_ROUTE)
		goto failed;
	error = client_new(family, event, false, &client);
	if (error)
		goto failed;
	if (flags & RTM_PROTOCOL_SINGLE_ROUTE)
		arg.flags |= RTM_CLIENT_SINGLE_ROUTE;
	if (event)
		arg.flags |= RTM_CLIENT_NOTIFY;
	error = client_register(client, &arg);
	if (error) {
		client_put(client);
		goto failed;
	}
	client->handle = arg.client;
	if (sequence)
		*sequence = arg.sequence;
	return client_publish(client);
failed:
	SetLastError(error);
	return NULL;
}

HANDLE RtmRegisterClient(DWORD family, DWORD protocol, HANDLE event,
			 DWORD flags)
{
	return RtmRegisterClientEx(family, protocol, event, flags, NULL);
}

HANDLE RtmRegisterWatcher(DWORD family, HANDLE event, ULONGLONG *sequence)
{
	struct rtm_watch arg = { .size = sizeof(arg), .family = family };
	struct client *client;
	DWORD error;
	int err;

	error = client_new(family, event, true, &client);
	if (error)
		goto failed;
	err = device_ioctl(client->fd, RTM_IOC_WATCH, &arg);
	if (err) {
		client_put(client);
		error = error_from_uapi(err);
		goto failed;
	}
	client->handle = arg.client;
	if (sequence)
		*sequence = arg.sequence;
	return client_publish(client);
failed:
	SetLastError(error);
	return NULL;
}

DWORD RtmDeregisterClient(HANDLE handle)
{
	struct client *client = client_get(handle);
	int err;

	if (!client)
		return ERROR_INVALID_HANDLE;
	err = client_leave(client);
	if ((!err || err == -ENOENT) && handle_take(handle, HANDLE_CLIENT))
		client_put(client);
	client_put(client);
	return error_from_uapi(err);
}
