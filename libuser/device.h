/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef LIBRTM_DEVICE_H
#define LIBRTM_DEVICE_H

#include <sys/types.h>

#include "fd.h"

/*
 * The files of /dev/rtm that an event polls, or the process shares: one
 * opened for reading and writing for clients, and one for reading, which takes
 * no privilege. Either is opened when it is first needed and stays.
 */
struct device {
	int poll;			/* epoll to add the files to, or -1 */
	struct fd read, write;
	dev_t net_dev;			/* network namespace of the latter: */
	ino_t net_ino;			/* zeros where there is no /proc */
};

#define DEVICE_CLOSED	{ .poll = -1, .read = FD_CLOSED, .write = FD_CLOSED }

extern struct device shared_device;

/* Return the descriptor, or a negative errno. */
int device_read(struct device *device);
int device_write(struct device *device);
/* -EPERM where the thread is in another namespace than @like is of. */
int device_write_like(struct device *device, const struct device *like);
/* For writing where that is allowed. */
int device_watch(struct device *device);

void device_close(struct device *device);

/* Returns 0 or a negative errno. */
int device_ioctl(int fd, unsigned long command, void *argument);

/* How many of those have ended. */
unsigned int device_calls(void);

#endif
