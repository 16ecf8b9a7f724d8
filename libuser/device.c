// SPDX-License-Identifier: LGPL-2.1-or-later
/* Files of /dev/rtm. */
#include <errno.h>
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "device.h"

struct device shared_device = DEVICE_CLOSED;

/* The file's tables are those of the thread's network namespace, for ever. */
static int open_locked(struct device *device, struct fd *file, int flags)
{
	struct epoll_event readable = { .events = EPOLLIN };
	struct stat net;
	int fd, err;

	do {
		fd = open("/dev/rtm", flags | O_CLOEXEC);
	} while (fd < 0 && errno == EINTR);
	if (fd < 0)
		return -errno;
	if (device->poll >= 0 &&
	    epoll_ctl(device->poll, EPOLL_CTL_ADD, fd, &readable)) {
		err = -errno;
		close(fd);
		return err;
	}
	if (file == &device->write) {
		if (stat("/proc/thread-self/ns/net", &net))
			net = (struct stat) { 0 };
		device->net_dev = net.st_dev;
		device->net_ino = net.st_ino;
	}
	fd_own(file, fd);
	return fd;
}

static int device_open(struct device *device, struct fd *file, int flags)
{
	int fd = __atomic_load_n(&file->fd, __ATOMIC_ACQUIRE);
	int err;

	if (fd >= 0)
		return fd;
	err = fd_lock();
	if (err)
		return err;
	fd = file->fd;
	if (fd < 0)
		fd = open_locked(device, file, flags);
	fd_unlock();
	return fd;
}

int device_read(struct device *device)
{
	return device_open(device, &device->read, O_RDONLY);
}

int device_write(struct device *device)
{
	return device_open(device, &device->write, O_RDWR);
}

int device_write_like(struct device *device, const struct device *like)
{
	int fd = device_write(device);

	if (fd >= 0 && (device->net_dev != like->net_dev ||
			device->net_ino != like->net_ino)) {
		device_close(device);
		return -EPERM;
	}
	return fd;
}

int device_watch(struct device *device)
{
	int fd = device_write(device);

	if (fd == -EACCES || fd == -EPERM || fd == -EROFS)
		fd = device_read(device);
	return fd;
}

void device_close(struct device *device)
{
	fd_close(&device->read);
	fd_close(&device->write);
}

static unsigned int calls __attribute__((aligned(64)));

int device_ioctl(int fd, unsigned long command, void *argument)
{
	int err;

	/* What was done is noted in the argument: the call goes on there. */
	do {
		err = ioctl(fd, command, argument);
	} while (err < 0 && errno == EINTR);
	err = err < 0 ? -errno : 0;
	__atomic_add_fetch(&calls, 1, __ATOMIC_RELEASE);
	return err;
}

unsigned int device_calls(void)
{
	return __atomic_load_n(&calls, __ATOMIC_ACQUIRE);
}
