// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/types.h>
#include <time.h>

#include "fake_device.h"

struct fake fake;

int __real_clock_gettime(clockid_t clock, struct timespec *t);
int __wrap_clock_gettime(clockid_t clock, struct timespec *t);
ssize_t __real_getrandom(void *to, size_t size, unsigned int flags);
ssize_t __wrap_getrandom(void *to, size_t size, unsigned int flags);
int __wrap_open(const char *path, int flags, ...);
int __wrap_ioctl(int fd, unsigned long command, ...);

void fake_signal(int fd, bool on)
{
	eventfd_t count;

	if (on)
		eventfd_write(fd, 1);
	else
		eventfd_read(fd, &count);
}

int __wrap_clock_gettime(clockid_t clock, struct timespec *t)
{
	if (!fake.now)
		return __real_clock_gettime(clock, t);
	t->tv_sec = fake.now / 1000;
	t->tv_nsec = fake.now % 1000 * 1000000;
	return 0;
}

ssize_t __wrap_getrandom(void *to, size_t size, unsigned int flags)
{
	if (!fake.no_random)
		return __real_getrandom(to, size, flags);
	errno = EAGAIN;
	return -1;
}

int __wrap_open(const char *path, int flags, ...)
{
	int error = fake.open_error;

	/* As open() is. */
	pthread_testcancel();
	if (strcmp(path, "/dev/rtm"))
		error = ENOENT;
	else if (fake.read_only && (flags & O_ACCMODE) != O_RDONLY)
		error = EACCES;
	if (error) {
		errno = error;
		return -1;
	}
	fake.opens++;
	fake.open_flags = flags;
	fake.last_fd = eventfd(0, EFD_NONBLOCK |
			       (flags & O_CLOEXEC ? EFD_CLOEXEC : 0));
	return fake.last_fd;
}

static void *at(uint64_t address)
{
	return (void *)(uintptr_t)address;
}

static int fake_update(struct rtm_update *arg)
{
	const struct rtm_route_rec *routes = at(arg->routes);
	struct rtm_change_rec result = {
		.change = RTM_CHANGE_CURRENT | RTM_CHANGE_PREVIOUS,
		.cur = fake.answer,
		.prev = fake.answer,
	};

	fake.result_size = arg->result_size;
	for (; arg->done < arg->count; arg->done++) {
		const struct rtm_route_rec *rec = &routes[arg->done];
		int error = 0;

		if (rec->prefix_len > 128)
			error = EINVAL;
		else if (fake.stop_after && fake.records == fake.stop_after)
			error = ESRCH;
		if (error && !arg->result_size) {
			errno = error;
			return -1;
		}
		if (fake.records < FAKE_RECORDS)
			fake.record[fake.records] = *rec;
		fake.records++;
		result.error = -error;
		result.change = error ? 0 : RTM_CHANGE_CURRENT |
					    RTM_CHANGE_PREVIOUS;
		result.sequence = error ? 0 : ++fake.sequence;
		result.cur.metric5 = fake.records;
		result.prev.metric5 = fake.records + 1000000;
		if (arg->result_size)
			memcpy((char *)at(arg->results) +
			       (size_t)arg->done * arg->result_size, &result,
			       arg->result_size);
	}
	return 0;
}

static int fake_dequeue(struct rtm_dequeue *arg)
{
	struct rtm_change_rec *recs = at(arg->messages);

	for (; arg->done < arg->count && fake.messages; fake.messages--)
		recs[arg->done++] = (struct rtm_change_rec) {
			.change = RTM_CHANGE_CURRENT | RTM_CHANGE_MERGED,
			.sequence = ++fake.sequence,
			.cur = fake.answer,
		};
	if (fake.messages)
		arg->flags |= RTM_DEQUEUE_MORE;
	return 0;
}

static int fake_lookup(struct rtm_lookup *arg)
{
	struct rtm_lookup_rec *recs = at(arg->records);

	fake.flags = arg->flags;
	for (; arg->done < arg->count; arg->done++) {
		struct rtm_lookup_rec *rec = &recs[arg->done];

		if (fake.records < FAKE_RECORDS)
			fake.record[fake.records] = rec->route;
		fake.records++;
		rec->error = rec->route.network[0] == 99 ? -ESRCH : 0;
		if (!rec->error)
			rec->route = fake.answer;
	}
	return 0;
}

static int fake_routes(struct rtm_route_rec *recs, uint32_t count,
		       uint32_t *done)
{
	fake.count = count;
	for (; *done < count && fake.messages; fake.messages--)
		recs[(*done)++] = fake.answer;
	if (*done)
		return 0;
	errno = ESRCH;
	return -1;
}

static int fake_get(struct rtm_get *arg)
{
	fake.match = arg->match;
	fake.flags = arg->flags;
	fake.record[0] = arg->position;
	arg->sequence = fake.sequence;
	return fake_routes(at(arg->routes), arg->count, &arg->done);
}

static int fake_open_enumeration(struct rtm_enum_open *arg)
{
	fake.match = arg->match;
	fake.record[0] = arg->criteria;
	arg->handle = 7;
	arg->sequence = fake.sequence;
	return 0;
}

static void fake_count(int n)
{
	__atomic_add_fetch(&fake.live, n, __ATOMIC_RELAXED);
}

static int fake_call(unsigned long command, void *arg)
{
	switch (command) {
	case RTM_IOC_REGISTER:
		fake_count(1);
		__atomic_store_n(&fake.flags,
				 ((struct rtm_register *)arg)->flags,
				 __ATOMIC_RELAXED);
		((struct rtm_register *)arg)->client =
			__atomic_add_fetch(&fake.handle, 1, __ATOMIC_RELAXED);
		return 0;
	case RTM_IOC_WATCH:
		fake_count(1);
		((struct rtm_watch *)arg)->client =
			__atomic_add_fetch(&fake.handle, 1, __ATOMIC_RELAXED);
		return 0;
	case RTM_IOC_ADD:
	case RTM_IOC_DELETE:
		return fake_update(arg);
	case RTM_IOC_BLOCK_DELETE:
		fake.match = ((struct rtm_block_delete *)arg)->match;
		fake.record[0] = ((struct rtm_block_delete *)arg)->criteria;
		return 0;
	case RTM_IOC_DEQUEUE:
		return fake_dequeue(arg);
	case RTM_IOC_LOOKUP:
		return fake_lookup(arg);
	case RTM_IOC_GET:
		return fake_get(arg);
	case RTM_IOC_DEREGISTER:
	case RTM_IOC_ENUM_CLOSE:
		fake_count(-1);
		return 0;
	case RTM_IOC_ENUM_OPEN:
		fake_count(1);
		return fake_open_enumeration(arg);
	case RTM_IOC_ENUM_NEXT: {
		struct rtm_enum_next *next = arg;

		next->sequence = fake.sequence;
		return fake_routes(at(next->routes), next->count, &next->done);
	}
	case RTM_IOC_STATS:
		((struct rtm_stats *)arg)->destinations = fake.records;
		return 0;
	default:
		return 0;
	}
}

int __wrap_ioctl(int fd, unsigned long command, ...)
{
	int error = fcntl(fd, F_GETFD) < 0 ? EBADF : fake.error;
	va_list ap;
	void *arg;

	va_start(ap, command);
	arg = va_arg(ap, void *);
	va_end(ap);
	__atomic_add_fetch(&fake.ioctls, 1, __ATOMIC_RELAXED);
	__atomic_store_n(&fake.command, command, __ATOMIC_RELAXED);
	if (fake.interrupted) {
		fake.interrupted--;
		error = EINTR;
	}
	if (!error)
		return fake_call(command, arg);
	if (command == RTM_IOC_DEQUEUE && error == ENOBUFS)
		((struct rtm_dequeue *)arg)->sequence = fake.sequence;
	errno = error;
	return -1;
}
