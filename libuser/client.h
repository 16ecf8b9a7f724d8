/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef LIBRTM_CLIENT_H
#define LIBRTM_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "device.h"
#include "handle.h"
#include "route.h"

/* A client or watcher: a handle of the kernel's on one of our files. */
struct client {
	struct object object;
	const struct family *family;
	struct event *event;		/* whose file it is; NULL: shared */
	struct device own;		/* a file of its own, if it needed one */
	bool watcher;
	int fd;
	uint32_t handle;
};

/* With a reference, or NULL. */
struct client *client_get(HANDLE handle);
void client_put(struct client *client);

#endif
