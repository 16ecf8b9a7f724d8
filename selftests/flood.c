// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Floods: of changes that somebody does not read, of routes that end at the
 * same time, of calls that fail. What is kept stays within its bounds, and
 * others go about their business (rtm_probe.h) meanwhile.
 */
#include "rtm_test.h"
#include "rtm_probe.h"

#include <signal.h>

#define BATCH		1024
#define FIRST		0x0a000000U

FIXTURE(flood) {
	int fd;
	__u32 client;
	__u64 state;
	struct probe probe;
	struct rtm_route_rec recs[BATCH];
	struct {
		__s32 error;
		__u8 rest[RTM_RESULT_SHORT - 4];
	} results[BATCH];
};

/* What 32 bits add is in the ABI: less of it will do. */
static __u32 flood_scaled_from(__u32 least, __u32 n)
{
	return rtm_scaled_from(least, sizeof(long) < 8 ? n / 4 : n);
}

FIXTURE_SETUP(flood)
{
	__s64 ret;

	self->state = rtm_seed();
	self->fd = rtm_open_fresh();
	ASSERT_LE(0, self->fd);
	ret = rtm_register(self->fd, RTM_FAMILY_IP, 100, 0);
	ASSERT_LT(0, ret);
	self->client = ret;
	ASSERT_EQ(0, gap_start());
}

FIXTURE_TEARDOWN(flood)
{
	EXPECT_EQ(0, close(self->fd));
}

/* Host routes @from to @to, for ever or to that second of boot time. */
static int fill(FIXTURE_DATA(flood) *self, int fd, __u32 client, __u32 from,
		__u32 to, __u32 metric, __u32 until)
{
	__u32 i, n, ttl = RTM_TTL_INFINITE;
	int err = 0;

	for (; !err && from < to; from += n) {
		n = to - from < BATCH ? to - from : BATCH;
		if (until)
			ttl = until - (rtm_now(CLOCK_BOOTTIME) - 1) /
				      NSEC_PER_SEC - 1;
		for (i = 0; i < n; i++) {
			self->recs[i] = rtm_ip(FIRST + from + i, 32, 1, 1,
					       metric);
			self->recs[i].ttl = ttl;
		}
		err = rtm_update(fd, RTM_IOC_ADD, client, self->recs, n, NULL,
				 NULL);
	}
	return err;
}

/* All of the records at once. What becomes of each is in the results. */
static int change(FIXTURE_DATA(flood) *self, unsigned int cmd)
{
	struct rtm_update arg = {
		.size = sizeof(arg),
		.client = self->client,
		.count = BATCH,
		.route_size = sizeof(self->recs[0]),
		.result_size = sizeof(self->results[0]),
		.routes = (uintptr_t)self->recs,
		.results = (uintptr_t)self->results,
	};

	return rtm_call(self->fd, cmd, &arg);
}

/* Bytes of routes, destinations, attributes. */
static __u64 plain(const struct rtm_stats *stats)
{
	return stats->bytes - stats->node_bytes;
}

#define SLEEPER_LIMIT	2000
#define SLEEPER_DESTS	(8 * BATCH)

/* Told once, and nothing is kept for it from then on until it reads. */
TEST_F(flood, of_changes_does_not_wait_for_who_adds_and_never_reads)
{
	const __u32 rounds = flood_scaled_from(20, 100);
	__u32 i, wait, told = 0;
	struct rtm_change_rec message;
	struct rtm_stats base, stats;
	__s64 sleeper, n;

	ASSERT_EQ(0, fill(self, self->fd, self->client, 0, SLEEPER_DESTS, 0, 0));
	PROBE_AT_REST(&self->probe, false);
	sleeper = rtm_register(self->fd, RTM_FAMILY_IP, 200, RTM_CLIENT_NOTIFY);
	ASSERT_LT(0, sleeper);
	ASSERT_EQ(0, rtm_limit_set(self->fd, RTM_LIMIT_BACKLOG, sleeper,
				   SLEEPER_LIMIT));
	base = rtm_stats(self->fd, RTM_FAMILY_IP);
	ASSERT_EQ(0, probe_start(&self->probe, false));
	for (i = 1; i <= rounds; i++) {
		__u32 from = i * BATCH % SLEEPER_DESTS;

		/* Better than the other's, the next time round worse. */
		ASSERT_EQ(0, rtm_add(self->fd, sleeper,
				     rtm_ip(FIRST + from, 32, 1, 2,
					    i / 8 % 2 ? 0 : -1U), NULL));
		ASSERT_EQ(0, fill(self, self->fd, self->client, from,
				  from + BATCH, i, 0));
		stats = rtm_stats(self->fd, RTM_FAMILY_IP);
		ASSERT_GE(SLEEPER_LIMIT + 1, stats.records);
		/* The tree's memory may grow: some of it is compiled. */
		ASSERT_GE(plain(&base) + SLEEPER_LIMIT * plain(&base) /
			  SLEEPER_DESTS, plain(&stats));
		ASSERT_GE(told + 1, stats.restarts);
		/* Some time it reads, and if it is at the very end. */
		if (stats.restarts == told ||
		    (i < rounds && rtm_random(&self->state, 4)))
			continue;
		/* What it has lost is freed in the background. */
		for (wait = 0; wait < 1000 && stats.records; wait++) {
			usleep(10000);
			stats = rtm_stats(self->fd, RTM_FAMILY_IP);
		}
		ASSERT_EQ(0, stats.records);
		ASSERT_TRUE(rtm_signalled(self->fd, 0));
		ASSERT_EQ(-ENOBUFS, rtm_dequeue(self->fd, sleeper, &message, 1,
						NULL));
		told++;
		/* The probe may have changed something since. */
		n = rtm_dequeue(self->fd, sleeper, &message, 1, NULL);
		ASSERT_TRUE(n == 0 || n == 1);
	}
	ASSERT_EQ(0, probe_stop(&self->probe, "while one never reads"));
	EXPECT_UNDISTURBED(&self->probe);
	ksft_print_msg("%u changes, told %u times\n", rounds * BATCH, told);
	EXPECT_LT(0, told);
}

#define FROZEN_DESTS	2000
#define FROZEN_WINDOW	65536		/* as it is to begin with */
#define PROBE_DESTS	256

/* A copy by what was told; 0, or how many messages did not fit, or an error. */
static __s64 thaw(int fd, __u32 watcher, struct rtm_route_rec *copy,
		  __u64 *taken)
{
	static struct rtm_change_rec messages[500];
	__s64 n, i, misfits = 0;

	while ((n = rtm_dequeue(fd, watcher, messages, 500, NULL))) {
		if (n < 0)
			return n;
		*taken += n;
		for (i = 0; i < n; i++) {
			__u32 at = rtm_network_of(&messages[i]) - FIRST;

			/* The others are the probe's. */
			if (at < FROZEN_DESTS)
				misfits += !rtm_follow(&copy[at], &messages[i]);
		}
	}
	return misfits;
}

/* How many destinations differ between the copy and the table. */
static __s64 differences(int fd, const struct rtm_route_rec *copy)
{
	struct rtm_route_rec *routes = calloc(FROZEN_DESTS, sizeof(*routes));
	struct rtm_route_rec position = {};
	__s64 n, i, differ = 0, known = 0;

	n = rtm_get(fd, RTM_FAMILY_IP, RTM_MATCH_BEST, 0, &position, routes,
		    FROZEN_DESTS);
	for (i = 0; i < n; i++) {
		__u32 at = rtm_get32(routes[i].network) - FIRST;

		differ += !rtm_same(&routes[i], &copy[at]);
	}
	for (i = 0; i < FROZEN_DESTS; i++)
		known += !!copy[i].prefix_len;
	free(routes);
	return n < 0 ? n : differ + (known != n);
}

/* RTM_TEST_SCALE=60000 is sixty million changes: only the program's time ends. */
TEST_F_TIMEOUT(flood, of_changes_while_one_is_frozen_leaves_it_a_true_copy,
	       100000)
{
	struct rtm_route_rec *copy = calloc(FROZEN_DESTS, sizeof(*copy));
	const __u32 changes = flood_scaled_from(20000, 100000);
	__u32 window = FROZEN_WINDOW, i, j, n;
	__u64 most = 0, taken = 0, start;
	struct rtm_stats stats;
	__s64 watcher;
	int eyes;

	/* Most of them are to leave it, even if they are few. */
	if (window > changes / 4)
		window = changes / 4;
	ASSERT_EQ(0, rtm_limit_set(self->fd, RTM_LIMIT_WINDOW, 0, window));
	ASSERT_NE(NULL, copy);
	eyes = rtm_open(O_RDONLY);
	ASSERT_LE(0, eyes);
	watcher = rtm_watch(eyes, RTM_FAMILY_IP);
	ASSERT_LT(0, watcher);
	PROBE_AT_REST(&self->probe, false);
	/* What it knows may go as well as what it has never heard of. */
	ASSERT_EQ(0, fill(self, self->fd, self->client, 0, FROZEN_DESTS / 2, 0,
			  0));
	ASSERT_EQ(0, thaw(eyes, watcher, copy, &taken));
	ASSERT_EQ(0, probe_start(&self->probe, false));
	start = rtm_now(CLOCK_MONOTONIC);
	stats = rtm_stats(self->fd, RTM_FAMILY_IP);
	for (i = 0; stats.sequence < changes; i++) {
		for (j = 0; j < BATCH; j++) {
			n = FIRST + rtm_random(&self->state, FROZEN_DESTS);
			self->recs[j] = rtm_ip(n, 32, 1, 1,
					       rtm_random(&self->state, 1000));
		}
		/* What is not there is an error, and no change. */
		ASSERT_EQ(0, change(self, i % 5 == 4 ? RTM_IOC_DELETE :
				    RTM_IOC_ADD));
		stats = rtm_stats(self->fd, RTM_FAMILY_IP);
		if (stats.records > most)
			most = stats.records;
		ASSERT_GE(FROZEN_DESTS + PROBE_DESTS + window, stats.records);
	}
	start = rtm_now(CLOCK_MONOTONIC) - start;
	ASSERT_EQ(0, probe_stop(&self->probe, "while one is frozen"));
	EXPECT_UNDISTURBED(&self->probe);
	EXPECT_LT(window, most);
	taken = 0;
	EXPECT_EQ(0, thaw(eyes, watcher, copy, &taken));
	EXPECT_GE(FROZEN_DESTS + PROBE_DESTS + window, taken);
	EXPECT_EQ(0, differences(self->fd, copy));
	stats = rtm_stats(self->fd, RTM_FAMILY_IP);
	ksft_print_msg("%llu changes in %llu ms, at most %llu records, %llu messages\n",
		       (unsigned long long)stats.sequence,
		       (unsigned long long)start / 1000000,
		       (unsigned long long)most, (unsigned long long)taken);
	EXPECT_LT(0, stats.merged);
	EXPECT_LT(0, stats.cancelled);
	EXPECT_EQ(stats.sequence,
		  stats.delivered + stats.merged + stats.cancelled);
	EXPECT_EQ(0, stats.restarts);
	free(copy);
}

/* What is there of others' routes; the probe has one at the most. */
static __u64 routes_left(FIXTURE_DATA(flood) *self)
{
	__u64 routes = rtm_stats(self->fd, RTM_FAMILY_IP).routes;

	return routes <= 1 ? 0 : routes;
}

/*
 * All are gone at @now, @since they were to go: in no more than twice the time
 * that it took to add them, and two seconds.
 */
#define EXPECT_IN_TIME(now, since, took) do {				\
	ksft_print_msg("added in %llu ms, gone after %llu ms\n",	\
		       (unsigned long long)(took) / 1000000,		\
		       (unsigned long long)((now) - (since)) / 1000000); \
	EXPECT_GE((since) + 2 * (took) + 2 * NSEC_PER_SEC + gap_so_far(), \
		  now);							\
} while (0)

#define EXPIRE_LEAST	4096		/* some holds of the mutex */

TEST_F(flood, of_expiries_in_one_second_disturbs_nobody)
{
	__u32 n = rtm_scaled_from(EXPIRE_LEAST, 100000);
	__u64 start, took, due, now, expired;
	struct rtm_stats stats;
	int tries;
	bool late;

	PROBE_AT_REST(&self->probe, true);
	for (tries = 0; probe_tries_again(&self->probe, &n, tries); tries++) {
		expired = rtm_stats(self->fd, RTM_FAMILY_IP).expired;
		start = rtm_now(CLOCK_BOOTTIME);
		ASSERT_EQ(0, fill(self, self->fd, self->client, 0, n, 1,
				  start / NSEC_PER_SEC + 100000));
		took = rtm_now(CLOCK_BOOTTIME) - start;
		/* Another time for it that is later than when all have it. */
		due = rtm_now(CLOCK_BOOTTIME) + 3 * took;
		due = due / NSEC_PER_SEC + 5;
		ASSERT_EQ(0, fill(self, self->fd, self->client, 0, n, 1, due));
		due *= NSEC_PER_SEC;
		ASSERT_GT(due, rtm_now(CLOCK_BOOTTIME));
		ASSERT_EQ(n, rtm_stats(self->fd, RTM_FAMILY_IP).routes);
		while (rtm_now(CLOCK_BOOTTIME) < due - NSEC_PER_SEC)
			usleep(10000);
		ASSERT_EQ(0, probe_start(&self->probe, true));
		late = rtm_now(CLOCK_BOOTTIME) >= due;
		do {
			usleep(10000);
			stats = rtm_stats(self->fd, RTM_FAMILY_IP);
			now = rtm_now(CLOCK_BOOTTIME);
			ASSERT_TRUE(now >= due || stats.expired == expired);
		} while (stats.expired < expired + n &&
			 now < due + 300 * NSEC_PER_SEC);
		ASSERT_EQ(0, probe_stop(&self->probe, "while all expire"));
		/* Who came when all was over has not seen it. */
		if (late)
			self->probe.step = n;
		EXPECT_EQ(expired + n, stats.expired);
		EXPECT_IN_TIME(now, due, took);
		EXPECT_EQ(0, rtm_stats(self->fd, RTM_FAMILY_IP).routes);
	}
	EXPECT_LET_IN(&self->probe, n);
}

/* A client of its own on a file of its own, with all those routes. */
static __s64 client_full(FIXTURE_DATA(flood) *self, int fd, __u32 n,
			 __u64 *took)
{
	__s64 client = rtm_register(fd, RTM_FAMILY_IP, 200, 0);
	__u64 start = rtm_now(CLOCK_BOOTTIME);
	int err = 0;

	if (client > 0)
		err = fill(self, fd, client, 0, n, 1, 0);
	*took = rtm_now(CLOCK_BOOTTIME) - start;
	return err ? err : client;
}

TEST_F(flood, of_deletions_by_a_close_disturbs_nobody)
{
	__u32 n = rtm_scaled_from(RTM_MANY, 100000);
	__u64 start, took, closed, now;
	struct rtm_stats stats;
	int fd, tries;

	PROBE_AT_REST(&self->probe, true);
	for (tries = 0; probe_tries_again(&self->probe, &n, tries); tries++) {
		fd = rtm_open(O_RDWR);
		ASSERT_LE(0, fd);
		ASSERT_LT(0, client_full(self, fd, n, &took));
		ASSERT_EQ(0, probe_start(&self->probe, true));
		start = rtm_now(CLOCK_BOOTTIME);
		ASSERT_EQ(0, close(fd));
		closed = rtm_now(CLOCK_BOOTTIME) - start;
		ksft_print_msg("closed in %llu us\n",
			       (unsigned long long)closed / 1000);
		/* Some it does, which may take twice as long as to add them. */
		EXPECT_GE(PROBE_LONGEST + gap_so_far() +
			  2 * took * RTM_CLOSE_DOES / n, closed);
		do {
			usleep(10000);
			now = rtm_now(CLOCK_BOOTTIME);
		} while (routes_left(self) && now < start + 300 * NSEC_PER_SEC);
		ASSERT_EQ(0, probe_stop(&self->probe, "while all are deleted"));
		EXPECT_IN_TIME(now, start, took);
		stats = rtm_stats(self->fd, RTM_FAMILY_IP);
		EXPECT_EQ(0, stats.routes);
		EXPECT_EQ(1, stats.clients);
	}
	EXPECT_LET_IN(&self->probe, n);
}

TEST_F(flood, of_deletions_by_a_deregistration_disturbs_nobody)
{
	__u32 n = rtm_scaled_from(RTM_MANY, 100000);
	__u64 start, took, now;
	__s64 client;
	int tries;

	PROBE_AT_REST(&self->probe, true);
	for (tries = 0; probe_tries_again(&self->probe, &n, tries); tries++) {
		client = client_full(self, self->fd, n, &took);
		ASSERT_LT(0, client);
		ASSERT_EQ(0, probe_start(&self->probe, true));
		start = rtm_now(CLOCK_BOOTTIME);
		ASSERT_EQ(0, rtm_deregister(self->fd, client));
		now = rtm_now(CLOCK_BOOTTIME);
		/* It returns when all are gone. */
		EXPECT_EQ(0, routes_left(self));
		ASSERT_EQ(0, probe_stop(&self->probe, "while one deregisters"));
		EXPECT_IN_TIME(now, start, took);
	}
	EXPECT_LET_IN(&self->probe, n);
}

#define OWN_LIMIT	1000

/* As a user who has what he may have: asks for more, again and again. */
static pid_t ask_for_ever(void)
{
	pid_t child = fork();
	__s64 ret;
	int fd;

	if (child)
		return child;
	if (setresgid(65534, 65534, 65534) || setresuid(65534, 65534, 65534))
		_exit(1);
	fd = rtm_open(O_RDONLY);
	if (rtm_watch(fd, RTM_FAMILY_IP) <= 0)
		_exit(2);
	do {
		ret = rtm_watch(fd, RTM_FAMILY_IP);
	} while (ret == -EDQUOT);
	_exit(3);
}

/* Who has as many as he may adds more. Of how many is he told so, or -1. */
static __s64 refuse(FIXTURE_DATA(flood) *self, __u32 rounds)
{
	__u32 i, j, refused = 0;

	for (i = 0; i < rounds; i++) {
		for (j = 0; j < BATCH; j++)
			self->recs[j] = rtm_ip(FIRST + OWN_LIMIT + i * BATCH +
					       j, 32, 1, 1, 0);
		/* One that is there may change. */
		j = rtm_random(&self->state, BATCH);
		self->recs[j] = rtm_ip(FIRST + j % OWN_LIMIT, 32, 1, 1, i + 1);
		if (change(self, RTM_IOC_ADD) || self->results[j].error)
			return -1;
		for (j = 0; j < BATCH; j++)
			refused += self->results[j].error == -ENOSPC;
	}
	return refused;
}

TEST_F(flood, of_calls_beyond_a_limit_disturbs_nobody)
{
	__u32 n = BATCH * flood_scaled_from(1, 100);
	struct rtm_stats stats;
	__s64 refused;
	pid_t child;
	int i, tries;

	PROBE_AT_REST(&self->probe, false);
	ASSERT_EQ(0, fill(self, self->fd, self->client, 0, OWN_LIMIT, 0, 0));
	ASSERT_EQ(0, rtm_limit_set(self->fd, RTM_LIMIT_CLIENT_ROUTES, 0,
				   OWN_LIMIT));
	for (i = 0; i < 5 - 2; i++)
		ASSERT_LT(0, rtm_register(self->fd, RTM_FAMILY_IP, 300 + i, 0));
	for (tries = 0; probe_tries_again(&self->probe, &n, tries); tries++) {
		ASSERT_EQ(0, rtm_limit_set(self->fd, RTM_LIMIT_USER_CLIENTS, 0,
					   5));
		ASSERT_EQ(0, probe_start(&self->probe, false));
		ASSERT_EQ(-EDQUOT, rtm_watch(self->fd, RTM_FAMILY_IP));
		ASSERT_EQ(0, rtm_limit_set(self->fd, RTM_LIMIT_USER_CLIENTS, 0,
					   1));
		child = ask_for_ever();
		ASSERT_LT(0, child);
		refused = refuse(self, n / BATCH);
		EXPECT_EQ(0, kill(child, SIGKILL));
		EXPECT_EQ(128 + SIGKILL, rtm_reap(child));
		ASSERT_EQ(0, probe_stop(&self->probe, "while all is refused"));
		EXPECT_EQ(n - n / BATCH, refused);
	}
	EXPECT_UNDISTURBED(&self->probe);
	stats = rtm_stats(self->fd, RTM_FAMILY_IP);
	EXPECT_EQ(OWN_LIMIT, stats.routes);
	EXPECT_EQ(4, stats.clients);
}

TEST_HARNESS_MAIN
