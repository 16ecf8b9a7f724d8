// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Those who may but look: what they cost those who change, however many they are
 * and however slow.
 */
#include <poll.h>
#include <pthread.h>
#include <sys/resource.h>

#include "rtm_task.h"
#include "rtm_test.h"

#define NOBODY		65534
#define FAR		64	/* who may be far behind */
#define TICKS		20000000 /* 20 ms, where time is counted in ticks */
#define NO_TICK		2000000

FIXTURE(crowd) {
	int fd;
	int eyes;
	__u32 client;
	__u32 metric;
};

FIXTURE_SETUP(crowd)
{
	__s64 ret;

	self->fd = rtm_open_fresh();
	ASSERT_LE(0, self->fd);
	self->eyes = rtm_open(O_RDONLY);
	ASSERT_LE(0, self->eyes);
	ret = rtm_register(self->fd, RTM_FAMILY_IP, 100, 0);
	ASSERT_LT(0, ret);
	self->client = ret;
}

FIXTURE_TEARDOWN(crowd)
{
	EXPECT_EQ(0, close(self->fd));
	EXPECT_EQ(0, close(self->eyes));
}

/*
 * Nanoseconds that @n changes of one destination take, of this thread's own: for
 * others there may be but the same processor.
 */
static __s64 changes(FIXTURE_DATA(crowd) *self, __u32 n)
{
	__u64 start = rtm_now(CLOCK_THREAD_CPUTIME_ID);

	while (n--)
		if (rtm_add(self->fd, self->client,
			    rtm_nth(0, self->metric++), NULL))
			return -1;
	return rtm_now(CLOCK_THREAD_CPUTIME_ID) - start;
}

/* Somebody who may but look is to be told of what comes. */
static __s64 look(FIXTURE_DATA(crowd) *self)
{
	__s64 watcher;

	if (seteuid(NOBODY))
		return -1;
	watcher = rtm_watch(self->eyes, RTM_FAMILY_IP);
	return seteuid(0) ? -1 : watcher;
}

struct poller {
	pthread_t thread;
	pid_t tid;
	int fd;
	__u32 watcher;
	struct pollfd *polled;
	__u32 nr;
	__u32 turns;	/* messages taken */
	bool stop;
	bool failed;
};

/* Waits for a message by polling one file many times, and takes it. */
static void *poll_on(void *arg)
{
	struct poller *poller = arg;
	struct rtm_change_rec message;

	__atomic_store_n(&poller->tid, task_id(), __ATOMIC_RELEASE);
	do {
		if (poll(poller->polled, poller->nr, -1) <= 0 ||
		    rtm_dequeue(poller->fd, poller->watcher, &message, 1,
				NULL) != 1) {
			poller->failed = true;
			break;
		}
		__atomic_add_fetch(&poller->turns, 1, __ATOMIC_RELEASE);
	} while (!__atomic_load_n(&poller->stop, __ATOMIC_ACQUIRE));
	return NULL;
}

/* Nanoseconds that a change takes at best that wakes who polls @nr times. */
static __s64 wake(FIXTURE_DATA(crowd) *self, __u32 nr)
{
	const __u32 tries = 5;
	struct poller poller = { .fd = self->eyes, .nr = nr };
	__s64 took, best = INT64_MAX, watcher = look(self);
	__u32 i;

	poller.polled = calloc(nr, sizeof(*poller.polled));
	if (!poller.polled || watcher <= 0)
		return -1;
	poller.watcher = watcher;
	for (i = 0; i < nr; i++)
		poller.polled[i] = (struct pollfd){ self->eyes, POLLIN };
	if (pthread_create(&poller.thread, NULL, poll_on, &poller))
		return -1;
	while (!__atomic_load_n(&poller.tid, __ATOMIC_ACQUIRE))
		sched_yield();
	for (i = 0; i < tries; i++) {
		if (!task_sleeps(poller.tid))
			break;
		__atomic_store_n(&poller.stop, i + 1 == tries,
				 __ATOMIC_RELEASE);
		took = changes(self, 1);
		if (took < best)
			best = took;
		/* Only who was woken and polls again is woken again. */
		while (took >= 0 && task_state(poller.tid) &&
		       __atomic_load_n(&poller.turns, __ATOMIC_ACQUIRE) == i)
			sched_yield();
	}
	pthread_join(poller.thread, NULL);
	free(poller.polled);
	if (poller.failed || rtm_deregister(self->eyes, watcher))
		return -1;
	return best;
}

TEST_F(crowd, of_those_who_poll_is_woken_by_nobody_who_changes)
{
	enum { MANY = 65536 };
	const struct rlimit files = { MANY, MANY };
	__s64 with_one, with_many;

	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &files));
	with_one = wake(self, 1);
	with_many = wake(self, MANY);
	ASSERT_LE(0, with_one);
	ASSERT_LE(0, with_many);
	EXPECT_LT(with_many, 10 * with_one + NO_TICK)
		TH_LOG("%lld us, %lld us", with_many / 1000, with_one / 1000);
}

TEST_F(crowd, far_behind_costs_a_change_no_more_than_few)
{
	enum { MANY = 2048 };
	__s64 with_few = 0, with_many;
	__u32 i;

	ASSERT_EQ(0, rtm_limit_set(self->fd, RTM_LIMIT_WINDOW, 0, 1));
	ASSERT_EQ(0, rtm_limit_set(self->fd, RTM_LIMIT_USER_CLIENTS, 0,
				   2 * MANY));
	for (i = 0; i < MANY; i++) {
		ASSERT_LT(0, look(self));
		ASSERT_LE(0, changes(self, 1));
		if (i + 1 == FAR)
			with_few = rtm_at_best(3, changes(self, 1000));
	}
	with_many = rtm_at_best(3, changes(self, 1000));
	ASSERT_LE(0, with_few);
	ASSERT_LE(0, with_many);
	/* As many as may, and he who came last. */
	EXPECT_LE(MANY - FAR - 1, rtm_stats(self->fd, RTM_FAMILY_IP).restarts);
	EXPECT_LT(with_many, 4 * with_few + TICKS)
		TH_LOG("%lld us, %lld us", with_many / 1000, with_few / 1000);
}

/* Takes all. Return: how many, or an error. */
static int take(FIXTURE_DATA(crowd) *self, __u32 watcher)
{
	struct rtm_change_rec messages[16];
	int ret, nr = 0;

	while ((ret = rtm_dequeue(self->eyes, watcher, messages,
				  ARRAY_SIZE(messages), NULL)) > 0)
		nr += ret;
	return ret ?: nr;
}

TEST_F(crowd, far_behind_is_told_who_has_lost_messages)
{
	enum { LOOKERS = FAR + 1, LOST = LOOKERS + 1 - FAR };
	__s64 watcher, lookers[LOOKERS];
	int taken;
	__u32 i;

	ASSERT_EQ(0, rtm_limit_set(self->fd, RTM_LIMIT_WINDOW, 0, 1));
	/* Who may change is the farthest behind. */
	watcher = rtm_watch(self->eyes, RTM_FAMILY_IP);
	ASSERT_LT(0, watcher);
	ASSERT_LE(0, changes(self, 1));
	for (i = 0; i < LOOKERS; i++) {
		lookers[i] = look(self);
		ASSERT_LT(0, lookers[i]);
		ASSERT_LE(0, changes(self, 1));
	}
	ASSERT_LE(0, changes(self, 3));
	EXPECT_LT(0, take(self, watcher));
	for (i = 0; i < LOOKERS; i++) {
		taken = take(self, lookers[i]);
		EXPECT_TRUE(i < LOST ? taken == -ENOBUFS : taken > 0)
			TH_LOG("%u: %d", i, taken);
	}
	EXPECT_EQ(LOST, rtm_stats(self->fd, RTM_FAMILY_IP).restarts);
	/* Who lost his begins afresh. */
	ASSERT_LE(0, changes(self, 1));
	EXPECT_EQ(1, take(self, lookers[0]));
}

TEST_HARNESS_MAIN
