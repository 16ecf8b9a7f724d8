// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What there is to begin with, limits and priorities, and what one user can
 * take from the others; memory is charged to who causes it.
 */
#include "rtm_test.h"
#include "rtm_cgroup.h"

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#define LIMITS		(RTM_LIMIT_BACKLOG + 1)

FIXTURE(limits) {
	int fd;
};

FIXTURE_SETUP(limits)
{
	self->fd = rtm_open_fresh();
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(limits)
{
	EXPECT_EQ(0, close(self->fd));
}

/* Whether the limits are those; the first that is not is said. */
static int limits_are(int fd, const __u64 *values)
{
	struct rtm_limit limit;
	__u32 i;

	for (i = 0; i < LIMITS; i++) {
		if (rtm_limit(fd, RTM_IOC_LIMIT_GET, i, 0, &limit) ||
		    limit.value != values[i]) {
			ksft_print_msg("limit %u is %llu\n", i, limit.value);
			return 1;
		}
	}
	return 0;
}

TEST_F(limits, are_these_to_begin_with)
{
	static const __u64 full[LIMITS] = {
		33554432, 16777216, 256, 4096, 256, 1024, 16384, 65536, 2097152,
	};
	static const __u64 less[LIMITS] = {
		2097152, 2097152, 256, 4096, 256, 1024, 16384, 65536, 2097152,
	};
	pid_t child;

	EXPECT_EQ(0, limits_are(self->fd, full));
	child = fork();
	ASSERT_LE(0, child);
	if (!child) {
		if (unshare(CLONE_NEWUSER | CLONE_NEWNET))
			_exit(2);
		_exit(limits_are(rtm_open(O_RDONLY), less));
	}
	EXPECT_EQ(0, rtm_reap(child));
}

TEST_F(limits, priorities_are_these_to_begin_with)
{
	static const struct rtm_prio_rec wanted[][10] = {
		[RTM_FAMILY_IPX] = {
			{ 1, 1 }, { 2, 3 }, { 0x20000, 120 },
			{ RTM_PROTOCOL_OTHERS, 127 },
		},
		[RTM_FAMILY_IP] = {
			{ 2, 1 }, { 3, 10 }, { 8, 120 }, { 9, 115 }, { 13, 110 },
			{ 14, 20 }, { 10002, 7 }, { 10006, 3 }, { 10007, 5 },
			{ RTM_PROTOCOL_OTHERS, 127 },
		},
	};
	static const __u32 total[] = { 4, 10, 10 };
	__u32 i;

	for (i = 0; i < ARRAY_SIZE(total); i++) {
		struct rtm_prio_rec recs[RTM_PRIO_MAX] = {};
		struct rtm_prio arg = {
			.size = sizeof(arg),
			.family = i,
			.count = RTM_PRIO_MAX,
			.record_size = sizeof(recs[0]),
			.records = (uintptr_t)recs,
		};

		ASSERT_EQ(0, rtm_call(self->fd, RTM_IOC_PRIO_GET, &arg));
		EXPECT_EQ(total[i], arg.total);
		/* Those of IPv6 are those of IP. */
		EXPECT_EQ(0, memcmp(wanted[i == RTM_FAMILY_IPV6 ?
				    RTM_FAMILY_IP : i], recs,
				    total[i] * sizeof(recs[0])));
	}
}

TEST_F(limits, priorities_are_full_at_256_and_stay_as_they_are)
{
	struct rtm_prio_rec recs[RTM_PRIO_MAX], first;
	struct rtm_prio arg = {
		.size = sizeof(arg),
		.family = RTM_FAMILY_IP,
		.count = RTM_PRIO_MAX - 10,
		.record_size = sizeof(recs[0]),
		.records = (uintptr_t)recs,
	};
	__u32 i;

	for (i = 0; i < RTM_PRIO_MAX; i++)
		recs[i] = (struct rtm_prio_rec) { 20000 + i, 1 };
	ASSERT_EQ(0, rtm_call(self->fd, RTM_IOC_PRIO_SET, &arg));
	/* One that is there may change, but not beside one that is not. */
	recs[0] = (struct rtm_prio_rec) { 2, 99 };
	recs[1] = (struct rtm_prio_rec) { 30000, 1 };
	arg.count = 2;
	EXPECT_EQ(-ENOSPC, rtm_call(self->fd, RTM_IOC_PRIO_SET, &arg));
	arg.count = 1;
	arg.records = (uintptr_t)&first;
	ASSERT_EQ(0, rtm_call(self->fd, RTM_IOC_PRIO_GET, &arg));
	EXPECT_EQ(RTM_PRIO_MAX, arg.total);
	EXPECT_EQ(2, first.protocol);
	EXPECT_EQ(1, first.priority);
	arg.total = 0;
	arg.records = (uintptr_t)recs;
	EXPECT_EQ(0, rtm_call(self->fd, RTM_IOC_PRIO_SET, &arg));
}

/* As user @uid: watches @good times, and then fails so. */
static pid_t watch_as(uid_t uid, __u32 good, int err)
{
	pid_t child = fork();
	int fd;
	__u32 i;

	if (child)
		return child;
	if (setresgid(uid, uid, uid) || setresuid(uid, uid, uid))
		_exit(1);
	fd = rtm_open(O_RDONLY);
	for (i = 0; i < good; i++)
		if (rtm_watch(fd, RTM_FAMILY_IP) <= 0)
			_exit(10 + i);
	if (rtm_watch(fd, RTM_FAMILY_IP) != err)
		_exit(2);
	/* Until the others have had a look. */
	kill(getpid(), SIGSTOP);
	_exit(0);
}

#define EXPECT_STOPPED(child) do {					\
	int _status;							\
									\
	ASSERT_EQ(child, waitpid(child, &_status, WUNTRACED));		\
	EXPECT_TRUE(WIFSTOPPED(_status))				\
		TH_LOG("status %x", _status);				\
} while (0)

#define EXPECT_DONE(child) do {						\
	ASSERT_EQ(0, kill(child, SIGCONT));				\
	EXPECT_EQ(0, rtm_reap(child));					\
} while (0)

TEST_F(limits, user_who_has_his_share_does_not_disturb_others)
{
	pid_t one, other;

	ASSERT_EQ(0, rtm_limit_set(self->fd, RTM_LIMIT_USER_CLIENTS, 0, 3));
	one = watch_as(65534, 3, -EDQUOT);
	ASSERT_LT(0, one);
	EXPECT_STOPPED(one);
	other = watch_as(65533, 3, -EDQUOT);
	ASSERT_LT(0, other);
	EXPECT_STOPPED(other);
	EXPECT_LT(0, rtm_register(self->fd, RTM_FAMILY_IP, 100, 0));
	EXPECT_DONE(one);
	EXPECT_DONE(other);
}

TEST_F(limits, a_quarter_is_for_those_who_administer)
{
	pid_t one, other;
	__u32 i;

	ASSERT_EQ(0, rtm_limit_set(self->fd, RTM_LIMIT_CLIENTS, 0, 8));
	one = watch_as(65534, 6, -ENOSPC);
	ASSERT_LT(0, one);
	EXPECT_STOPPED(one);
	other = watch_as(65533, 0, -ENOSPC);
	ASSERT_LT(0, other);
	EXPECT_STOPPED(other);
	for (i = 0; i < 2; i++)
		EXPECT_LT(0, rtm_register(self->fd, RTM_FAMILY_IP, i, 0));
	EXPECT_EQ(-ENOSPC, rtm_register(self->fd, RTM_FAMILY_IP, i, 0));
	EXPECT_DONE(one);
	EXPECT_DONE(other);
}

/* Nanoseconds that it takes to open an enumeration and close it. */
static __s64 open_and_close(int fd)
{
	__s64 handle;
	__u64 start;

	/* The tries are not all of one moment in which the machine was slow. */
	usleep(10000);
	start = rtm_now(CLOCK_MONOTONIC);
	handle = rtm_enum_open(fd, RTM_FAMILY_IP, 0, NULL, NULL);
	if (handle < 0)
		return handle;
	if (rtm_drop(fd, RTM_IOC_ENUM_CLOSE, handle))
		return -1;
	return rtm_now(CLOCK_MONOTONIC) - start;
}

/* One account may have 65,536 user ids to be, by newuidmap(1). */
TEST_F(limits, many_users_do_not_slow_down_one)
{
	const __u32 users = rtm_scaled_from(2000, 20000);
	__s64 client, alone, among_many;
	__u32 i;

	ASSERT_EQ(0, rtm_limit_set(self->fd, RTM_LIMIT_FILE_ENUMS, 0,
				   users + 2));
	client = rtm_register(self->fd, RTM_FAMILY_IP, 100, 0);
	ASSERT_LT(0, client);
	ASSERT_EQ(0, rtm_add(self->fd, client, rtm_nth(0, 0), NULL));
	/* Who comes first, and stays. */
	ASSERT_LT(0, rtm_enum_open(self->fd, RTM_FAMILY_IP, 0, NULL, NULL));
	alone = rtm_at_best(50, open_and_close(self->fd));
	for (i = 1; i <= users; i++) {
		ASSERT_EQ(0, setresuid(i, -1, -1));
		ASSERT_LT(0, rtm_enum_open(self->fd, RTM_FAMILY_IP, 0, NULL,
					   NULL));
	}
	ASSERT_EQ(0, setresuid(0, -1, -1));
	among_many = rtm_at_best(50, open_and_close(self->fd));
	ASSERT_LT(0, alone);
	EXPECT_LT(among_many, 4 * alone)
		TH_LOG("%lld ns, %lld ns", alone, among_many);
}

/* As user @uid of the namespace that it is in, watches on @fd. 0, or an errno. */
static int watch_within(int fd, uid_t uid)
{
	pid_t child = fork();
	__s64 watcher;

	if (child)
		return rtm_reap(child);
	if (setresgid(uid, uid, uid) || setresuid(uid, uid, uid))
		_exit(1);
	watcher = rtm_watch(fd, RTM_FAMILY_IP);
	_exit(watcher < 0 ? -watcher : 0);
}

/* What one does in a user namespace of its own. Never returns. */
typedef void (*within_fn)(int fd);

/*
 * Status of @fn in a user namespace of user @owner, of whose ids those from 0 on are
 * @map's; or -1.
 */
static int within(int fd, uid_t owner, const char *map, within_fn fn)
{
	char uids[64], gids[64], byte = 0;
	int ready[2];
	pid_t child;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ready))
		return -1;
	child = fork();
	if (!child) {
		close(ready[0]);
		if (setresgid(owner, owner, owner) ||
		    setresuid(owner, owner, owner) ||
		    unshare(CLONE_NEWUSER) || write(ready[1], &byte, 1) != 1 ||
		    read(ready[1], &byte, 1) != 1)
			_exit(1);
		fn(fd);
	}
	close(ready[1]);
	snprintf(uids, sizeof(uids), "/proc/%d/uid_map", child);
	snprintf(gids, sizeof(gids), "/proc/%d/gid_map", child);
	if (read(ready[0], &byte, 1) != 1 || file_put(uids, map) ||
	    file_put(gids, map) || write(ready[0], &byte, 1) != 1)
		child = -1;
	close(ready[0]);
	return child < 0 ? -1 : rtm_reap(child);
}

static void be_several(int fd)
{
	if (watch_within(fd, 1) || watch_within(fd, 1) || watch_within(fd, 2))
		_exit(2);
	if (watch_within(fd, 2) != EDQUOT || watch_within(fd, 1) != EDQUOT)
		_exit(3);
	_exit(0);
}

static void have_an_account_be_several(int fd)
{
	_exit(within(fd, 1000, "0 100000 8", be_several));
}

/* One account may have 65,536 user ids to be, by newuidmap(1). */
TEST_F(limits, user_ids_of_one_account_have_one_share)
{
	int others = rtm_open(O_RDONLY);
	pid_t child;

	ASSERT_EQ(0, rtm_limit_set(self->fd, RTM_LIMIT_USER_CLIENTS, 0, 3));
	ASSERT_LE(0, others);
	/* Also where it is within a namespace of root's. */
	EXPECT_EQ(0, within(others, 0, "0 0 200000",
			    have_an_account_be_several));
	close(others);
	others = rtm_open(O_RDONLY);
	EXPECT_EQ(0, within(others, 1000, "0 100000 8", be_several));
	/* The account itself has its own besides, and so has root. */
	child = watch_as(1000, 3, -EDQUOT);
	ASSERT_LT(0, child);
	EXPECT_STOPPED(child);
	EXPECT_DONE(child);
	EXPECT_LT(0, rtm_register(self->fd, RTM_FAMILY_IP, 100, 0));
	/* What is gone is not counted. */
	close(others);
	others = rtm_open(O_RDONLY);
	EXPECT_EQ(0, watch_within(others, 100001));
	close(others);
}

/* Bytes of all but the tree, to which is added what nobody is charged with. */
static __u64 of_routes(int fd)
{
	struct rtm_stats stats = rtm_stats(fd, RTM_FAMILY_IP);

	return stats.bytes - stats.node_bytes;
}

/* Replaces as many routes as there are, again and again. */
static void replace_all(int fd, __u32 client, __u32 *times)
{
	struct rtm_route_rec recs[256];
	__u32 i;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		for (i = 0; i < ARRAY_SIZE(recs); i++)
			recs[i] = rtm_nth(i, *times);
		if (rtm_update(fd, RTM_IOC_ADD, client, recs, ARRAY_SIZE(recs),
			       NULL, NULL))
			_exit(1);
		__atomic_add_fetch(times, 1, __ATOMIC_RELAXED);
	}
}

TEST_F(limits, who_replaces_takes_nobody_elses_place)
{
	struct rtm_route_rec one = { .prefix_len = 64, .ttl = RTM_TTL_INFINITE };
	__u64 end = rtm_now(CLOCK_MONOTONIC) + 60 * NSEC_PER_SEC;
	__s64 client, other;
	unsigned int i;
	__u32 *times;
	pid_t child;

	times = mmap(NULL, sizeof(*times), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, times);
	client = rtm_register(self->fd, RTM_FAMILY_IP, 100, 0);
	other = rtm_register(self->fd, RTM_FAMILY_IPV6, 100, 0);
	ASSERT_LT(0, client);
	ASSERT_LT(0, other);
	/* There is room for one more than are replaced. */
	ASSERT_EQ(0, rtm_limit_set(self->fd, RTM_LIMIT_ROUTES, 0, 257));
	child = fork();
	ASSERT_LE(0, child);
	if (!child)
		replace_all(self->fd, client, times);
	while (__atomic_load_n(times, __ATOMIC_RELAXED) < 2 &&
	       rtm_now(CLOCK_MONOTONIC) < end)
		usleep(1000);
	for (i = 0; i < 1000 || (__atomic_load_n(times, __ATOMIC_RELAXED) < 4 &&
				 rtm_now(CLOCK_MONOTONIC) < end); i++) {
		ASSERT_EQ(0, rtm_add(self->fd, other, one, NULL))
			TH_LOG("time %u", i);
		ASSERT_EQ(0, rtm_delete(self->fd, other, one, NULL));
	}
	EXPECT_LE(4, *times);
	ASSERT_EQ(0, kill(child, SIGKILL));
	EXPECT_EQ(128 + SIGKILL, rtm_reap(child));
	munmap(times, sizeof(*times));
}

/* What is said of that is his who has best routes elected anew. */
TEST_F(limits, memory_is_charged_to_who_changes_priorities)
{
	const __u32 n = rtm_scaled_from(5000, 40000);
	struct rtm_route_rec *recs = calloc(n, sizeof(*recs));
	__s64 client, before, wanted;
	__u64 bytes;
	__u32 i;

	ASSERT_NE(NULL, recs);
	for (i = 0; i < n; i++)
		recs[i] = rtm_nth(i, i);
	for (i = 0; i < 2; i++) {
		client = rtm_register(self->fd, RTM_FAMILY_IP, 100 + i, 0);
		ASSERT_LT(0, client);
		ASSERT_EQ(0, rtm_update(self->fd, RTM_IOC_ADD, client, recs, n,
					NULL, NULL));
	}
	ASSERT_LT(0, rtm_watch(self->fd, RTM_FAMILY_IP));
	bytes = of_routes(self->fd);
	ASSERT_EQ(0, cgroup_make());
	ASSERT_EQ(0, cgroup_enter(CGROUP));
	before = cgroup_figure(CGROUP "/memory.stat", "slab");
	ASSERT_LE(0, before);
	/* The other protocol's are the best routes. */
	ASSERT_EQ(0, rtm_prio_set(self->fd, RTM_FAMILY_IP, 100, 200));
	bytes = of_routes(self->fd) - bytes;
	EXPECT_LE(n * 64, bytes);
	wanted = bytes * 9 / 10;
	EXPECT_LE(wanted, cgroup_slab_rise(before, wanted));
	ASSERT_EQ(0, cgroup_enter(CGROUPS));
	EXPECT_EQ(0, rmdir(CGROUP));
	free(recs);
}

TEST_F(limits, memory_is_charged_to_who_adds)
{
	const __u32 n = rtm_scaled_from(5000, 40000);
	struct rtm_route_rec *recs = calloc(n, sizeof(*recs));
	__s64 client, before, wanted;
	struct rtm_stats stats;
	__u32 i;

	ASSERT_NE(NULL, recs);
	for (i = 0; i < n; i++)
		recs[i] = rtm_nth(i, i);
	ASSERT_EQ(0, cgroup_make());
	ASSERT_EQ(0, cgroup_enter(CGROUP));

	client = rtm_register(self->fd, RTM_FAMILY_IP, 100, 0);
	ASSERT_LT(0, client);
	before = cgroup_figure(CGROUP "/memory.stat", "slab");
	ASSERT_LE(0, before);
	ASSERT_EQ(0, rtm_update(self->fd, RTM_IOC_ADD, client, recs, n, NULL,
				NULL));
	stats = rtm_stats(self->fd, RTM_FAMILY_IP);
	EXPECT_LT(n * 100, stats.bytes);
	wanted = stats.bytes * 9 / 10;
	EXPECT_LE(wanted, cgroup_slab_rise(before, wanted));
	ASSERT_EQ(0, rtm_deregister(self->fd, client));
	ASSERT_EQ(0, cgroup_enter(CGROUPS));
	EXPECT_EQ(0, rmdir(CGROUP));
	free(recs);
}

/* They take so much that the kernel makes who adds them wait within the call. */
#define PLENTY	20000

/* Adds and deletes in a group of which the memory above @high is throttled. */
static void want_memory(__u32 *times, const char *high)
{
	struct rtm_route_rec *recs = calloc(PLENTY, sizeof(*recs));
	int fd = rtm_open(O_RDWR);
	__s64 client;
	__u32 i;

	client = rtm_register(fd, RTM_FAMILY_IP, 200, 0);
	if (!recs || client < 0)
		_exit(1);
	for (i = 0; i < PLENTY; i++)
		recs[i] = rtm_nth(i, 0);
	/* None of that is for what is its own. */
	if (mlockall(MCL_CURRENT) || cgroup_enter(CGROUP) ||
	    file_put(CGROUP "/memory.high", high))
		_exit(1);
	for (;;) {
		if (rtm_update(fd, RTM_IOC_ADD, client, recs, PLENTY, NULL,
			       NULL) ||
		    rtm_block_delete(fd, client, 0, NULL) != PLENTY)
			_exit(2);
		__atomic_add_fetch(times, 1, __ATOMIC_RELAXED);
	}
}

/* Nanoseconds that an add takes at the most while another one wants memory; or -1. */
static __s64 longest_beside(FIXTURE_DATA(limits) *self, __u32 client,
			    const char *high)
{
	__s64 took, longest = 0;
	__u64 start, end;
	__u32 *times;
	pid_t child;

	times = mmap(NULL, sizeof(*times), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	child = times == MAP_FAILED ? -1 : fork();
	if (!child)
		want_memory(times, high);
	/* In a debug kernel, emulated by half a processor, twice takes a minute. */
	end = rtm_now(CLOCK_MONOTONIC) + 240 * NSEC_PER_SEC;
	while (child > 0 && __atomic_load_n(times, __ATOMIC_RELAXED) < 2) {
		start = rtm_now(CLOCK_MONOTONIC);
		if (start > end || rtm_add(self->fd, client,
					   rtm_nth(0, start & 0xffff), NULL))
			break;
		took = rtm_now(CLOCK_MONOTONIC) - start;
		longest = took > longest ? took : longest;
		usleep(1000);
	}
	if (child < 0 || kill(child, SIGKILL) ||
	    rtm_reap(child) != 128 + SIGKILL || *times < 2)
		longest = -1;
	munmap(times, sizeof(*times));
	return longest;
}

TEST_F_TIMEOUT(limits, who_waits_for_memory_has_nobody_else_wait, 1200)
{
	const __s64 half_a_second = 500000000;
	__s64 client, without, with;
	unsigned int tries = 3;

	client = rtm_register(self->fd, RTM_FAMILY_IP, 100, 0);
	ASSERT_LT(0, client);
	ASSERT_EQ(0, cgroup_make());
	without = longest_beside(self, client, "max");
	ASSERT_LE(0, without);
	ASSERT_EQ(0, cgroup_figure(CGROUP "/memory.events", "high"));
	/* Whatever else stops an emulated processor does not do so thrice. */
	do {
		with = longest_beside(self, client, "1M");
	} while (--tries && with >= 4 * without + half_a_second);
	/* Else two seconds, as long as the kernel makes who adds wait. */
	EXPECT_GT(4 * without + half_a_second, with)
		TH_LOG("%lld ms, %lld ms", with / 1000000, without / 1000000);
	EXPECT_LE(0, with);
	EXPECT_LT(0, cgroup_figure(CGROUP "/memory.events", "high"));
	EXPECT_EQ(0, rmdir(CGROUP));
}

TEST_HARNESS_MAIN
