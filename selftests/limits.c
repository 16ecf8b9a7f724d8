// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What there is to begin with, limits and priorities, and what one user can
 * take from the others; memory is charged to who causes it.
 */
#include "rtm_test.h"
#include "rtm_cgroup.h"

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

/* Nanoseconds that it takes to open an enumeration and close it, at best. */
static __s64 open_and_close(int fd)
{
	__s64 best = INT64_MAX, took, handle;
	__u32 tries = 50;
	__u64 start;

	while (tries--) {
		start = rtm_now(CLOCK_MONOTONIC);
		handle = rtm_enum_open(fd, RTM_FAMILY_IP, 0, NULL, NULL);
		if (handle < 0)
			return handle;
		if (rtm_drop(fd, RTM_IOC_ENUM_CLOSE, handle))
			return -1;
		took = rtm_now(CLOCK_MONOTONIC) - start;
		best = took < best ? took : best;
	}
	return best;
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
	alone = open_and_close(self->fd);
	for (i = 1; i <= users; i++) {
		ASSERT_EQ(0, setresuid(i, -1, -1));
		ASSERT_LT(0, rtm_enum_open(self->fd, RTM_FAMILY_IP, 0, NULL,
					   NULL));
	}
	ASSERT_EQ(0, setresuid(0, -1, -1));
	among_many = open_and_close(self->fd);
	ASSERT_LT(0, alone);
	EXPECT_LT(among_many, 4 * alone)
		TH_LOG("%lld ns, %lld ns", alone, among_many);
}

TEST_F(limits, memory_is_charged_to_who_adds)
{
	const __u32 n = rtm_scaled_from(5000, 40000);
	struct rtm_route_rec *recs = calloc(n, sizeof(*recs));
	__s64 client, before, after, wanted;
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
	/* Figures come late, some pages a processor. */
	stats = rtm_stats(self->fd, RTM_FAMILY_IP);
	EXPECT_LT(n * 100, stats.bytes);
	wanted = stats.bytes * 9 / 10;
	for (i = 0; i < 100; i++) {
		after = cgroup_figure(CGROUP "/memory.stat", "slab");
		if (after - before >= wanted)
			break;
		usleep(100000);
	}
	EXPECT_LE(wanted, after - before);
	ASSERT_EQ(0, rtm_deregister(self->fd, client));
	ASSERT_EQ(0, cgroup_enter(CGROUPS));
	EXPECT_EQ(0, rmdir(CGROUP));
	free(recs);
}

TEST_HARNESS_MAIN
