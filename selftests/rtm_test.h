/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the selftests of the ioctls share: one call a function, errors as
 * negative errno, addresses in host order.
 */
#ifndef RTM_TEST_H
#define RTM_TEST_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>

#include "kselftest_harness.h"
#include "rtm_file.h"
#include "rtm_task.h"

#include <linux/rtm.h>

#define NSEC_PER_SEC		1000000000ULL

/* What an ioctl takes. */
union rtm_argument {
	__u32 size;
	struct rtm_register reg;
	struct rtm_watch watch;
	struct rtm_handle handle;
	struct rtm_update update;
	struct rtm_block_delete block;
	struct rtm_dequeue dequeue;
	struct rtm_lookup lookup;
	struct rtm_get get;
	struct rtm_enum_open open;
	struct rtm_enum_next next;
	struct rtm_prio prio;
	struct rtm_limit limit;
	struct rtm_stats stats;
	struct rtm_clients clients;
};

static inline int rtm_call(int fd, unsigned int cmd, void *arg)
{
	return ioctl(fd, cmd, arg) ? -errno : 0;
}

/* What a call gave, or why it did not. */
static inline __s64 rtm_or(int err, __u64 value)
{
	return err ? err : (__s64)value;
}

static inline int rtm_open(int mode)
{
	int fd = open("/dev/rtm", mode | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/* A file whose tables nobody else has: moves to a new network namespace. */
static inline int rtm_open_fresh(void)
{
	return unshare(CLONE_NEWNET) ? -errno : rtm_open(O_RDWR);
}

/* @n items at full scale, fewer or more as RTM_TEST_SCALE (percent) says. */
static inline unsigned int rtm_scaled(unsigned int n)
{
	const char *scale = getenv("RTM_TEST_SCALE");
	unsigned int scaled = scale ? n * (__u64)atoi(scale) / 100 : n;

	return scaled ? scaled : 1;
}

/* As rtm_scaled(), but never below what a test is about. */
static inline unsigned int rtm_scaled_from(unsigned int least, unsigned int n)
{
	n = rtm_scaled(n);
	return n < least ? least : n;
}

/* How long a test goes on that could for ever: RTM_TEST_SECONDS, or by scale. */
static inline unsigned int rtm_seconds(unsigned int full)
{
	const char *seconds = getenv("RTM_TEST_SECONDS");

	return seconds ? atoi(seconds) : rtm_scaled_from(5, full);
}

/* Routes that a close deletes itself; a worker does the rest. */
#define RTM_CLOSE_DOES	4096U

/* Of these the worker's are the greater part. */
#define RTM_MANY	(2 * RTM_CLOSE_DOES + 1024)

static inline __u64 rtm_now(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
}

/* RTM_TEST_SEED repeats a run. */
static inline __u64 rtm_seed(void)
{
	const char *given = getenv("RTM_TEST_SEED");
	__u64 seed = given ? strtoull(given, NULL, 0) :
			     rtm_now(CLOCK_REALTIME) | 1;

	ksft_print_msg("RTM_TEST_SEED=%llu\n", (unsigned long long)seed);
	return seed;
}

static inline __u32 rtm_random(__u64 *state, __u32 below)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return (*state >> 16) % below;
}

static inline __u32 rtm_get32(const void *p)
{
	__be32 be;

	memcpy(&be, p, sizeof(be));
	return ntohl(be);
}

static inline void rtm_put32(void *p, __u32 value)
{
	__be32 be = htonl(value);

	memcpy(p, &be, sizeof(be));
}

static inline struct rtm_route_rec rtm_ip(__u32 network, __u8 prefix_len,
					  __u32 interface, __u32 next_hop,
					  __u32 metric)
{
	struct rtm_route_rec rec = {
		.interface = interface,
		.prefix_len = prefix_len,
		.metric = metric,
		.ttl = RTM_TTL_INFINITE,
	};

	rtm_put32(rec.network, network);
	rtm_put32(rec.next_hop, next_hop);
	return rec;
}

/* @rec with a prefix of that length: bits beyond it are cleared. */
static inline struct rtm_route_rec rtm_cut(struct rtm_route_rec rec, __u8 len)
{
	unsigned int i;

	rec.prefix_len = len;
	for (i = 0; i < sizeof(rec.network); i++) {
		__u8 bits = len < 8 ? len : 8;

		rec.network[i] &= 0xff00 >> bits;
		len -= bits;
	}
	return rec;
}

/* Whether two addresses are the same in the first @len bits. */
static inline bool rtm_agree(const __u8 *a, const __u8 *b, __u8 len)
{
	return !memcmp(a, b, len / 8) &&
	       (len % 8 == 0 ||
		!((a[len / 8] ^ b[len / 8]) & (__u8)(0xff00 >> len % 8)));
}

/* The @i-th of 65,536 destinations 10.x.y.0/24, and back. */
static inline struct rtm_route_rec rtm_nth(__u32 i, __u32 metric)
{
	return rtm_ip(0x0a000000 | i << 8, 24, 1, 0xc0000201, metric);
}

static inline __u32 rtm_index(const struct rtm_route_rec *rec)
{
	return rtm_get32(rec->network) >> 8 & 0xffff;
}

/* Equal in everything that is told when it changes. */
static inline bool rtm_same(const struct rtm_route_rec *a,
			    const struct rtm_route_rec *b)
{
	struct rtm_route_rec x = *a, y = *b;

	memcpy(x.psd, y.psd, sizeof(x.psd));
	x.priority = y.priority;
	x.ttl = y.ttl;
	x.stamp = y.stamp;
	x.sequence = y.sequence;
	return !memcmp(&x, &y, sizeof(x));
}

/* The order of walks; 0: the same identity. */
static inline int rtm_order(const void *left, const void *right)
{
	const struct rtm_route_rec *a = left, *b = right;
	int diff = memcmp(a->network, b->network, sizeof(a->network));

	if (!diff)
		diff = a->prefix_len - b->prefix_len;
	if (!diff)
		diff = (a->protocol > b->protocol) - (a->protocol < b->protocol);
	if (!diff)
		diff = (a->interface > b->interface) -
		       (a->interface < b->interface);
	return diff ? diff : memcmp(a->next_hop, b->next_hop, 16);
}

static inline __s64 rtm_register(int fd, __u32 family, __u32 protocol,
				 __u32 flags)
{
	struct rtm_register arg = {
		.size = sizeof(arg),
		.family = family,
		.protocol = protocol,
		.flags = flags,
	};
	int err = rtm_call(fd, RTM_IOC_REGISTER, &arg);

	return rtm_or(err, arg.client);
}

static inline __s64 rtm_watch(int fd, __u32 family)
{
	struct rtm_watch arg = { .size = sizeof(arg), .family = family };
	int err = rtm_call(fd, RTM_IOC_WATCH, &arg);

	return rtm_or(err, arg.client);
}

static inline int rtm_drop(int fd, unsigned int cmd, __u32 handle)
{
	struct rtm_handle arg = { .size = sizeof(arg), .handle = handle };

	return rtm_call(fd, cmd, &arg);
}

static inline int rtm_deregister(int fd, __u32 client)
{
	return rtm_drop(fd, RTM_IOC_DEREGISTER, client);
}

/* @results may be NULL; @done too. */
static inline int rtm_update(int fd, unsigned int cmd, __u32 client,
			     const struct rtm_route_rec *routes, __u32 count,
			     struct rtm_change_rec *results, __u32 *done)
{
	struct rtm_update arg = {
		.size = sizeof(arg),
		.client = client,
		.count = count,
		.route_size = sizeof(*routes),
		.result_size = results ? sizeof(*results) : 0,
		.routes = (uintptr_t)routes,
		.results = (uintptr_t)results,
		.done = done ? *done : 0,
	};
	int err = rtm_call(fd, cmd, &arg);

	if (done)
		*done = arg.done;
	return err;
}

/* One route, told in full. @change may be NULL. */
static inline int rtm_add(int fd, __u32 client, struct rtm_route_rec rec,
			  struct rtm_change_rec *change)
{
	struct rtm_change_rec none;
	int err = rtm_update(fd, RTM_IOC_ADD, client, &rec, 1,
			     change ? change : (change = &none), NULL);

	return err ? err : change->error;
}

static inline int rtm_delete(int fd, __u32 client, struct rtm_route_rec rec,
			     struct rtm_change_rec *change)
{
	struct rtm_change_rec none;
	int err = rtm_update(fd, RTM_IOC_DELETE, client, &rec, 1,
			     change ? change : (change = &none), NULL);

	return err ? err : change->error;
}

/* The number of routes deleted, or an error. */
static inline __s64 rtm_block_delete(int fd, __u32 client, __u32 match,
				     const struct rtm_route_rec *criteria)
{
	struct rtm_block_delete arg = {
		.size = sizeof(arg),
		.client = client,
		.match = match,
	};
	int err;

	if (criteria)
		arg.criteria = *criteria;
	err = rtm_call(fd, RTM_IOC_BLOCK_DELETE, &arg);
	return rtm_or(err, arg.deleted);
}

/* The number of messages taken, or an error. @more may be NULL. */
static inline __s64 rtm_dequeue(int fd, __u32 client,
				struct rtm_change_rec *messages, __u32 count,
				bool *more)
{
	struct rtm_dequeue arg = {
		.size = sizeof(arg),
		.client = client,
		.count = count,
		.message_size = sizeof(*messages),
		.messages = (uintptr_t)messages,
	};
	int err = rtm_call(fd, RTM_IOC_DEQUEUE, &arg);

	if (more)
		*more = arg.flags & RTM_DEQUEUE_MORE;
	return rtm_or(err, arg.done);
}

/*
 * Whether a message goes with what is known of its destination (prefix_len 0: no
 * route). That one went may be told even if it was not told that it came.
 */
static inline bool rtm_fits(const struct rtm_change_rec *message,
			    const struct rtm_route_rec *known)
{
	if (known->prefix_len)
		return message->change & RTM_CHANGE_PREVIOUS &&
		       rtm_same(&message->prev, known);
	return !(message->change & RTM_CHANGE_PREVIOUS) ||
	       message->change == (RTM_CHANGE_PREVIOUS | RTM_CHANGE_MERGED);
}

/* Does to a copy what a message says. false: that is not how it was. */
static inline bool rtm_follow(struct rtm_route_rec *copy,
			      const struct rtm_change_rec *message)
{
	bool fits = rtm_fits(message, copy);

	if (message->change & RTM_CHANGE_CURRENT)
		*copy = message->cur;
	else
		memset(copy, 0, sizeof(*copy));
	return fits;
}

/* The destination that it is about. */
static inline __u32 rtm_network_of(const struct rtm_change_rec *message)
{
	return rtm_get32(message->change & RTM_CHANGE_CURRENT ?
			 message->cur.network : message->prev.network);
}

/* Whether a message is there within @seconds. */
static inline bool rtm_signalled(int fd, int seconds)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };

	return poll(&pfd, 1, seconds * 1000) == 1 && pfd.revents == POLLIN;
}

/* Exact match, or longest match with at most prefix_len bits. */
static inline int rtm_lookup(int fd, __u32 family, __u32 flags,
			     struct rtm_route_rec *route)
{
	struct rtm_lookup_rec rec = { .route = *route };
	struct rtm_lookup arg = {
		.size = sizeof(arg),
		.family = family,
		.flags = flags,
		.count = 1,
		.record_size = sizeof(rec),
		.records = (uintptr_t)&rec,
	};
	int err = rtm_call(fd, RTM_IOC_LOOKUP, &arg);

	*route = rec.route;
	return err ? err : rec.error;
}

/* The number of routes taken, or an error. @position moves on. */
static inline __s64 rtm_get(int fd, __u32 family, __u32 match, __u32 flags,
			    struct rtm_route_rec *position,
			    struct rtm_route_rec *routes, __u32 count)
{
	struct rtm_get arg = {
		.size = sizeof(arg),
		.family = family,
		.match = match,
		.flags = flags,
		.count = count,
		.route_size = sizeof(*routes),
		.routes = (uintptr_t)routes,
		.position = *position,
	};
	int err = rtm_call(fd, RTM_IOC_GET, &arg);

	*position = arg.position;
	return rtm_or(err, arg.done);
}

static inline __s64 rtm_enum_open(int fd, __u32 family, __u32 match,
				  const struct rtm_route_rec *criteria,
				  __u64 *sequence)
{
	struct rtm_enum_open arg = {
		.size = sizeof(arg),
		.family = family,
		.match = match,
	};
	int err;

	if (criteria)
		arg.criteria = *criteria;
	err = rtm_call(fd, RTM_IOC_ENUM_OPEN, &arg);
	if (sequence)
		*sequence = arg.sequence;
	return rtm_or(err, arg.handle);
}

static inline __s64 rtm_enum_next(int fd, __u32 handle,
				  struct rtm_route_rec *routes, __u32 count,
				  __u64 *sequence)
{
	struct rtm_enum_next arg = {
		.size = sizeof(arg),
		.handle = handle,
		.count = count,
		.route_size = sizeof(*routes),
		.routes = (uintptr_t)routes,
	};
	int err = rtm_call(fd, RTM_IOC_ENUM_NEXT, &arg);

	if (sequence)
		*sequence = arg.sequence;
	return rtm_or(err, arg.done);
}

static inline int rtm_limit(int fd, unsigned int cmd, __u32 id, __u32 client,
			    struct rtm_limit *limit)
{
	limit->size = sizeof(*limit);
	limit->id = id;
	limit->client = client;
	limit->reserved = 0;
	limit->used = 0;
	return rtm_call(fd, cmd, limit);
}

static inline int rtm_limit_set(int fd, __u32 id, __u32 client, __u64 value)
{
	struct rtm_limit limit = { .value = value };

	return rtm_limit(fd, RTM_IOC_LIMIT_SET, id, client, &limit);
}

static inline int rtm_prio_set(int fd, __u32 family, __u32 protocol,
			       __u32 priority)
{
	struct rtm_prio_rec rec = { protocol, priority };
	struct rtm_prio arg = {
		.size = sizeof(arg),
		.family = family,
		.count = 1,
		.record_size = sizeof(rec),
		.records = (uintptr_t)&rec,
	};

	return rtm_call(fd, RTM_IOC_PRIO_SET, &arg);
}

/* The least that @took is of as many tries; what is negative ends them. */
#define rtm_at_best(tries, took) ({					\
	__s64 _took, _best = INT64_MAX;					\
	unsigned int _left = (tries);					\
									\
	while (_left-- && _best >= 0) {					\
		_took = (took);						\
		if (_took < _best)					\
			_best = _took;					\
	}								\
	_best;								\
})

/* All ones if the call fails: no test takes that for a figure. */
static inline struct rtm_stats rtm_stats(int fd, __u32 family)
{
	struct rtm_stats stats = { .size = sizeof(stats), .family = family };

	if (rtm_call(fd, RTM_IOC_STATS, &stats))
		memset(&stats, 0xff, sizeof(stats));
	return stats;
}

/* Reports a child's failure as an exit status above 0; signals as 128 + n. */
static inline int rtm_reap(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid)
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) :
				   128 + WTERMSIG(status);
}

static inline int rtm_send_fd(int sock, int fd)
{
	union {
		struct cmsghdr align;
		char buf[CMSG_SPACE(sizeof(int))];
	} control = {};
	char byte = 0;
	struct iovec iov = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.buf,
		.msg_controllen = sizeof(control.buf),
	};
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);

	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(cmsg), &fd, sizeof(int));
	return sendmsg(sock, &msg, 0) == 1 ? 0 : -errno;
}

static inline int rtm_receive_fd(int sock)
{
	union {
		struct cmsghdr align;
		char buf[CMSG_SPACE(sizeof(int))];
	} control;
	char byte;
	struct iovec iov = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.buf,
		.msg_controllen = sizeof(control.buf),
	};
	struct cmsghdr *cmsg;
	int fd;

	if (recvmsg(sock, &msg, MSG_CMSG_CLOEXEC) != 1)
		return -1;
	cmsg = CMSG_FIRSTHDR(&msg);
	if (!cmsg || cmsg->cmsg_type != SCM_RIGHTS)
		return -1;
	memcpy(&fd, CMSG_DATA(cmsg), sizeof(int));
	return fd;
}

#endif /* RTM_TEST_H */
