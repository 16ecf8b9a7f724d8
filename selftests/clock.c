// SPDX-License-Identifier: LGPL-2.1-or-later
/* Steps of the wall clock change no stamp and no expiry. */
#include "rtm_test.h"

#define STEP	(30 * 24 * 3600)

FIXTURE(clock) {
	int fd;
	__u32 client;
	__s64 stepped;
};

FIXTURE_SETUP(clock)
{
	__s64 ret;

	self->fd = rtm_open_fresh();
	ASSERT_LE(0, self->fd);
	ret = rtm_register(self->fd, RTM_FAMILY_IP, 100, RTM_CLIENT_NOTIFY);
	ASSERT_LT(0, ret);
	self->client = ret;
}

static int step(FIXTURE_DATA(clock) *self, __s64 seconds)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	ts.tv_sec += seconds;
	if (clock_settime(CLOCK_REALTIME, &ts))
		return -errno;
	self->stepped += seconds;
	return 0;
}

FIXTURE_TEARDOWN(clock)
{
	EXPECT_EQ(0, step(self, -self->stepped));
	EXPECT_EQ(0, close(self->fd));
}

TEST_F(clock, stamps_are_boot_time_whatever_the_wall_clock_does)
{
	static const __s64 steps[] = { 0, STEP, -2 * STEP, STEP };
	struct rtm_route_rec rec, first = rtm_nth(0, 1);
	unsigned int i;

	first.ttl = 10000;
	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		__u64 before, after;

		ASSERT_EQ(0, step(self, steps[i]));
		rec = rtm_nth(i, 1);
		rec.ttl = 10000;
		before = rtm_now(CLOCK_BOOTTIME) / 1000 * 1000;
		ASSERT_EQ(0, rtm_add(self->fd, self->client, rec, NULL));
		after = rtm_now(CLOCK_BOOTTIME);
		ASSERT_EQ(0, rtm_lookup(self->fd, RTM_FAMILY_IP, 0, &rec));
		EXPECT_LE(before, rec.stamp);
		EXPECT_GE(after, rec.stamp);
		EXPECT_LT(9900, rec.ttl);
		EXPECT_GE(10000, rec.ttl);
		/* The first one is still as it was. */
		if (!i)
			first = rec;
		rec = rtm_nth(0, 1);
		ASSERT_EQ(0, rtm_lookup(self->fd, RTM_FAMILY_IP, 0, &rec));
		EXPECT_EQ(first.stamp, rec.stamp);
		EXPECT_LT(9900, rec.ttl);
		EXPECT_GE(10000, rec.ttl);
	}
	EXPECT_EQ(4, rtm_stats(self->fd, RTM_FAMILY_IP).routes);
}

TEST_F(clock, step_forward_ages_nothing)
{
	struct rtm_route_rec rec = rtm_nth(0, 1);

	rec.ttl = 1000;
	ASSERT_EQ(0, rtm_add(self->fd, self->client, rec, NULL));
	ASSERT_EQ(0, step(self, STEP));
	EXPECT_FALSE(rtm_signalled(self->fd, 2));
	EXPECT_EQ(1, rtm_stats(self->fd, RTM_FAMILY_IP).routes);
}

TEST_F(clock, step_back_delays_no_expiry)
{
	struct rtm_route_rec rec = rtm_nth(0, 1);
	__u64 from, to, now;

	ASSERT_EQ(0, gap_start());
	rec.ttl = 1;
	/* Stamps are in microseconds. */
	from = rtm_now(CLOCK_BOOTTIME) / 1000 * 1000;
	ASSERT_EQ(0, rtm_add(self->fd, self->client, rec, NULL));
	to = rtm_now(CLOCK_BOOTTIME);
	ASSERT_EQ(0, step(self, -STEP));
	ASSERT_TRUE(rtm_signalled(self->fd, 15));
	now = rtm_now(CLOCK_BOOTTIME);
	EXPECT_LE(from + NSEC_PER_SEC, now);
	EXPECT_GE(to + 3 * NSEC_PER_SEC + gap_so_far(), now);
	EXPECT_EQ(1, rtm_stats(self->fd, RTM_FAMILY_IP).expired);
}

/* In a time namespace: that CLOCK_BOOTTIME is the one that stamps are of. */
static int stamp_elsewhere(FIXTURE_DATA(clock) *self)
{
	struct rtm_route_rec rec = rtm_nth(0, 1);
	__u64 before, after;

	before = rtm_now(CLOCK_BOOTTIME) / 1000 * 1000;
	if (rtm_add(self->fd, self->client, rec, NULL) ||
	    rtm_lookup(self->fd, RTM_FAMILY_IP, 0, &rec))
		return 1;
	after = rtm_now(CLOCK_BOOTTIME);
	if (before < STEP * NSEC_PER_SEC)
		return 2;
	return rec.stamp < before || rec.stamp > after ? 3 : 0;
}

TEST_F(clock, stamps_are_of_the_callers_time_namespace)
{
	char offset[32];
	int fd, n;
	pid_t pid;

	ASSERT_EQ(0, unshare(CLONE_NEWTIME));
	fd = open("/proc/self/timens_offsets", O_WRONLY);
	ASSERT_LE(0, fd);
	n = snprintf(offset, sizeof(offset), "boottime %d 0", STEP);
	ASSERT_EQ(n, write(fd, offset, n));
	close(fd);
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid)
		_exit(stamp_elsewhere(self));
	EXPECT_EQ(0, rtm_reap(pid));
}

TEST_HARNESS_MAIN
