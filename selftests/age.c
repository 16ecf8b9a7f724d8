// SPDX-License-Identifier: LGPL-2.1-or-later
/* Ageing: not early, at most two seconds late, and told. */
#include "rtm_test.h"

FIXTURE(age) {
	int fd;
	__u32 client;
	struct rtm_change_rec message;
	__u64 dequeued;		/* the last message, in so many nanoseconds */
};

FIXTURE_SETUP(age)
{
	__s64 ret;

	self->fd = rtm_open_fresh();
	ASSERT_LE(0, self->fd);
	ret = rtm_register(self->fd, RTM_FAMILY_IP, 100, RTM_CLIENT_NOTIFY);
	ASSERT_LT(0, ret);
	self->client = ret;
	ASSERT_EQ(0, gap_start());
}

FIXTURE_TEARDOWN(age)
{
	EXPECT_EQ(0, close(self->fd));
}

/* When the @i-th route was given @ttl seconds, by its stamp. */
static __u64 age_add(FIXTURE_DATA(age) *self, __u32 i, __u32 ttl)
{
	struct rtm_route_rec rec = rtm_nth(i, i);

	rec.ttl = ttl;
	if (rtm_add(self->fd, self->client, rec, NULL) ||
	    rtm_lookup(self->fd, RTM_FAMILY_IP, 0, &rec))
		return 0;
	return rec.stamp;
}

/* A time within: what lives for a second may not be there to say when it began. */
struct span {
	__u64 from, to;
};

/* Routes with these times to live, the first of them the @i-th, at once. */
static struct span age_add_all(FIXTURE_DATA(age) *self, __u32 i,
			       const __u32 *ttl, __u32 n)
{
	struct rtm_route_rec recs[3];
	struct span span;
	__u32 k;

	for (k = 0; k < n; k++) {
		recs[k] = rtm_nth(i + k, i + k);
		recs[k].ttl = ttl[k];
	}
	/* Stamps are in microseconds. */
	span.from = rtm_now(CLOCK_BOOTTIME) / 1000 * 1000;
	if (rtm_update(self->fd, RTM_IOC_ADD, self->client, recs, n, NULL,
		       NULL))
		return (struct span){ };
	span.to = rtm_now(CLOCK_BOOTTIME);
	return span;
}

/* The @i-th is the next one that goes, @ttl seconds after @since. */
#define EXPECT_EXPIRY(i, since, ttl) do {				\
	const __u64 _ttl = (ttl) * NSEC_PER_SEC;			\
	__u64 _now;							\
									\
	EXPECT_NE(0, (since).to);					\
	ASSERT_TRUE(rtm_signalled(self->fd, (ttl) + 10));		\
	_now = rtm_now(CLOCK_BOOTTIME);					\
	EXPECT_LE((since).from + _ttl, _now);				\
	EXPECT_GE((since).to + _ttl + 2 * NSEC_PER_SEC + gap_so_far() +	\
		  self->dequeued, _now);				\
	ASSERT_EQ(1, rtm_dequeue(self->fd, self->client,		\
				 &self->message, 1, NULL));		\
	self->dequeued = rtm_now(CLOCK_BOOTTIME) - _now;		\
	EXPECT_EQ(RTM_CHANGE_PREVIOUS, self->message.change);		\
	EXPECT_EQ(i, rtm_index(&self->message.prev));		\
} while (0)

TEST_F(age, routes_expire_on_time_and_infinite_ones_never)
{
	struct rtm_route_rec twice[] = { rtm_nth(7, 7), rtm_nth(7, 7) };
	struct rtm_route_rec rec = rtm_nth(9, 0);
	const __u32 ttl[] = { 1, 2, 3 };
	struct span since;
	__u32 i;

	EXPECT_NE(0, age_add(self, 9, RTM_TTL_INFINITE));
	EXPECT_NE(0, age_add(self, 8, RTM_TTL_MAX));
	/* Nor those that have become infinite. */
	twice[0].ttl = 1;
	ASSERT_EQ(0, rtm_update(self->fd, RTM_IOC_ADD, self->client, twice, 2,
				NULL, NULL));
	since = age_add_all(self, 1, ttl, 3);
	for (i = 1; i <= 3; i++)
		EXPECT_EXPIRY(i, since, i);
	EXPECT_EQ(3, rtm_stats(self->fd, RTM_FAMILY_IP).expired);
	EXPECT_EQ(3, rtm_stats(self->fd, RTM_FAMILY_IP).routes);
	ASSERT_EQ(0, rtm_lookup(self->fd, RTM_FAMILY_IP, 0, &rec));
	EXPECT_EQ(RTM_TTL_INFINITE, rec.ttl);
	rec = rtm_nth(8, 0);
	ASSERT_EQ(0, rtm_lookup(self->fd, RTM_FAMILY_IP, 0, &rec));
	EXPECT_GT(RTM_TTL_MAX, rec.ttl);
	EXPECT_LT(RTM_TTL_MAX - 60, rec.ttl);
}

TEST_F(age, refresh_postpones)
{
	const __u32 five = 5;
	struct span since, again;
	bool signalled;

	/* A second passes, and nothing happens; where it was five, once more. */
	do {
		since = age_add_all(self, 0, &five, 1);
		signalled = rtm_signalled(self->fd, 1);
		again = age_add_all(self, 0, &five, 1);
		if (again.to < since.from + 5 * NSEC_PER_SEC)
			break;
		while (rtm_dequeue(self->fd, self->client, &self->message, 1,
				   NULL) == 1)
			;
	} while (since.to && again.to);
	EXPECT_FALSE(signalled);
	EXPECT_EXPIRY(0, again, 5);
}

TEST_F(age, earlier_expiry_counts_at_once)
{
	const __u32 ttl[] = { 1, 2 };
	struct span since;

	EXPECT_NE(0, age_add(self, 0, 100000));
	EXPECT_NE(0, age_add(self, 1, RTM_TTL_INFINITE));
	since = age_add_all(self, 0, ttl, 2);
	EXPECT_EXPIRY(0, since, 1);
	EXPECT_EXPIRY(1, since, 2);
}

TEST_F(age, whole_seconds_left_are_told)
{
	struct rtm_route_rec rec = rtm_nth(0, 0);
	__u32 asked = 0, tries = 20;
	__u64 end, before, after;
	int err;

again:
	end = age_add(self, 0, 3) + 3 * NSEC_PER_SEC;
	do {
		before = rtm_now(CLOCK_BOOTTIME);
		err = rtm_lookup(self->fd, RTM_FAMILY_IP, 0, &rec);
		after = rtm_now(CLOCK_BOOTTIME);
		if (after >= end)
			break;
		ASSERT_EQ(0, err);
		/* It may stay for part of a second more. */
		ASSERT_LE((end - after) / NSEC_PER_SEC, rec.ttl);
		ASSERT_GE((end - before + NSEC_PER_SEC - 1) / NSEC_PER_SEC,
			  rec.ttl);
		ASSERT_EQ(end - 3 * NSEC_PER_SEC, rec.stamp);
		asked++;
	} while (after + NSEC_PER_SEC < end);
	/* It may have gone before it was asked for. */
	if (!asked && --tries)
		goto again;
	EXPECT_LT(0, asked);
}

/* Likewise of the one that was best, though it stays. */
TEST_F(age, whole_seconds_left_are_told_of_what_is_second_best_now)
{
	struct rtm_route_rec rec = rtm_nth(0, 5);
	struct rtm_change_rec told;
	__s64 other;

	other = rtm_register(self->fd, RTM_FAMILY_IP, 200, 0);
	ASSERT_LT(0, other);
	rec.ttl = 1000;
	rec.psd[1] = 7;
	ASSERT_EQ(0, rtm_add(self->fd, self->client, rec, NULL));
	rec.ttl = 500;
	rec.metric = 1;
	rec.psd[1] = 0;
	ASSERT_EQ(0, rtm_add(self->fd, other, rec, &told));
	EXPECT_GE(1000, told.prev.ttl);
	EXPECT_LT(900, told.prev.ttl);
	ASSERT_EQ(1, rtm_dequeue(self->fd, self->client, &self->message, 1,
				 NULL));
	EXPECT_GE(told.prev.ttl, self->message.prev.ttl);
	EXPECT_LT(900, self->message.prev.ttl);
	EXPECT_EQ(7, self->message.prev.psd[1]);
	EXPECT_LT(400, self->message.cur.ttl);

	/* By priority: nobody changed a route. */
	ASSERT_EQ(0, rtm_prio_set(self->fd, RTM_FAMILY_IP, 100, 1));
	ASSERT_TRUE(rtm_signalled(self->fd, 10));
	ASSERT_EQ(1, rtm_dequeue(self->fd, self->client, &self->message, 1,
				 NULL));
	EXPECT_EQ(200, self->message.prev.protocol);
	EXPECT_GE(500, self->message.prev.ttl);
	EXPECT_LT(400, self->message.prev.ttl);
	EXPECT_EQ(7, self->message.cur.psd[1]);
}

TEST_F(age, next_best_takes_the_place_of_the_expired)
{
	struct rtm_route_rec rec = rtm_nth(0, 9);
	__u64 since;

	rec.interface = 2;
	ASSERT_EQ(0, rtm_add(self->fd, self->client, rec, NULL));
	since = rtm_now(CLOCK_BOOTTIME) / 1000 * 1000;
	rec = rtm_nth(0, 0);
	rec.ttl = 1;
	ASSERT_EQ(0, rtm_add(self->fd, self->client, rec, NULL));
	ASSERT_TRUE(rtm_signalled(self->fd, 10));
	EXPECT_LE(since + NSEC_PER_SEC, rtm_now(CLOCK_BOOTTIME));
	ASSERT_EQ(1, rtm_dequeue(self->fd, self->client, &self->message, 1,
				 NULL));
	EXPECT_EQ(RTM_CHANGE_CURRENT | RTM_CHANGE_PREVIOUS,
		  self->message.change);
	EXPECT_EQ(1, self->message.prev.interface);
	EXPECT_EQ(2, self->message.cur.interface);
	EXPECT_EQ(1, rtm_stats(self->fd, RTM_FAMILY_IP).routes);
}

TEST_F(age, deleted_route_does_not_expire_and_comes_back_fresh)
{
	const __u32 one = 1, two = 2;
	struct span since;
	__u64 expired;
	int err;

	/* It may have aged out before it is deleted. */
	do {
		while (rtm_dequeue(self->fd, self->client, &self->message, 1,
				   NULL) == 1)
			;
		ASSERT_NE(0, age_add_all(self, 0, &one, 1).to);
		err = rtm_delete(self->fd, self->client, rtm_nth(0, 0), NULL);
	} while (err == -ESRCH);
	ASSERT_EQ(0, err);
	expired = rtm_stats(self->fd, RTM_FAMILY_IP).expired;
	since = age_add_all(self, 0, &two, 1);
	EXPECT_EXPIRY(0, since, 2);
	EXPECT_EQ(expired + 1, rtm_stats(self->fd, RTM_FAMILY_IP).expired);
}

TEST_F(age, many_at_once_go_within_two_seconds)
{
	const __u32 n = rtm_scaled(20000);
	struct rtm_route_rec *recs = calloc(n, sizeof(*recs));
	struct rtm_stats stats;
	__u64 start, due, now, took;
	__u32 i;

	ASSERT_TRUE(recs != NULL);
	for (i = 0; i < n; i++) {
		recs[i] = rtm_nth(i, 1);
		recs[i].ttl = 30;
	}
	start = rtm_now(CLOCK_BOOTTIME);
	ASSERT_EQ(0, rtm_update(self->fd, RTM_IOC_ADD, self->client, recs, n,
				NULL, NULL));
	for (i = 0; i < n; i++)
		recs[i].ttl = 1;
	ASSERT_EQ(0, rtm_update(self->fd, RTM_IOC_ADD, self->client, recs, n,
				NULL, NULL));
	now = rtm_now(CLOCK_BOOTTIME);
	due = now + NSEC_PER_SEC;
	/* To take them away takes time, as to put them there did. */
	took = now - start;
	do {
		ASSERT_GE(due + 30 * NSEC_PER_SEC, rtm_now(CLOCK_BOOTTIME));
		ASSERT_TRUE(rtm_signalled(self->fd, 10));
		stats = rtm_stats(self->fd, RTM_FAMILY_IP);
		if (stats.routes)
			sched_yield();
	} while (stats.routes);
	now = rtm_now(CLOCK_BOOTTIME);
	EXPECT_GE(due + 2 * NSEC_PER_SEC + took + gap_so_far(), now);
	EXPECT_EQ(n, stats.expired);
	EXPECT_EQ(0, stats.destinations);
	free(recs);
}

TEST_HARNESS_MAIN
