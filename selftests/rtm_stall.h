/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Calls that stand still in their middle: memory that the kernel comes to only
 * then is not there, until userfaultfd is told to put it there.
 */
#ifndef RTM_STALL_H
#define RTM_STALL_H

#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

struct stall {
	int fd;
	size_t page;	/* its size */
	char *at;	/* what is not there */
	char *content;	/* what will be */
};

/* Memory for @size bytes, of whole pages. */
static inline void *stall_alloc(size_t size)
{
	void *at = mmap(NULL, size, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return at == MAP_FAILED ? NULL : at;
}

/*
 * From now on, who touches the page at @at, which holds what it shall hold,
 * waits. @at is rounded up.
 */
static inline int stall_begin(struct stall *stall, void *at)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register range = { .mode = UFFDIO_REGISTER_MODE_MISSING };

	stall->page = sysconf(_SC_PAGESIZE);
	stall->at = (char *)(((uintptr_t)at + stall->page - 1) &
			     -(uintptr_t)stall->page);
	stall->content = malloc(stall->page);
	if (!stall->content)
		return -ENOMEM;
	memcpy(stall->content, stall->at, stall->page);
	stall->fd = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
	if (stall->fd < 0 || ioctl(stall->fd, UFFDIO_API, &api))
		return -errno;
	range.range.start = (uintptr_t)stall->at;
	range.range.len = stall->page;
	if (ioctl(stall->fd, UFFDIO_REGISTER, &range) ||
	    madvise(stall->at, stall->page, MADV_DONTNEED))
		return -errno;
	return 0;
}

/* Waits until somebody does: 0; or an error. */
static inline int stall_reached(struct stall *stall)
{
	struct pollfd pfd = { .fd = stall->fd, .events = POLLIN };
	struct uffd_msg msg;
	int n;

	do {
		n = poll(&pfd, 1, 60000);
	} while (n < 0 && errno == EINTR);
	if (n != 1)
		return n ? -errno : -ETIMEDOUT;
	if (read(stall->fd, &msg, sizeof(msg)) != sizeof(msg))
		return -errno;
	return msg.event == UFFD_EVENT_PAGEFAULT ? 0 : -EPROTO;
}

/* Lets him go on. */
static inline int stall_end(struct stall *stall)
{
	struct uffdio_copy copy = {
		.dst = (uintptr_t)stall->at,
		.src = (uintptr_t)stall->content,
		.len = stall->page,
	};
	int err = 0;

	while (ioctl(stall->fd, UFFDIO_COPY, &copy) && !err)
		err = errno == EAGAIN ? 0 : -errno;
	close(stall->fd);
	free(stall->content);
	return err;
}

#endif /* RTM_STALL_H */
