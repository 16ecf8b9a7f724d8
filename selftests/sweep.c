// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A change of priorities elects destination by destination, and others go on
 * changing the table meanwhile: what is best in the end, and what was told of
 * it, is as if one had been done after the other.
 */
#include "rtm_test.h"

#include <signal.h>

#define CLIENTS		2	/* protocols 100 and 101 */
#define PRIO_FIXED	20	/* that of the second */
#define TURNS		30	/* changes of that of the first */

FIXTURE(sweep) {
	int fd;
	int eyes;
	__u32 client[CLIENTS];
	__u32 watcher;
	__u32 dests;
	__u32 *metric[CLIENTS];		/* plus 1; 0: it has no route there */
	struct rtm_route_rec *copy;	/* prefix_len 0: none */
	__u64 state;
};

FIXTURE_SETUP(sweep)
{
	__s64 ret;
	__u32 i, k;

	self->dests = rtm_scaled_from(2000, 20000);
	self->state = rtm_seed();
	self->fd = rtm_open_fresh();
	ASSERT_LE(0, self->fd);
	self->eyes = rtm_open(O_RDONLY);
	ASSERT_LE(0, self->eyes);
	self->copy = calloc(self->dests, sizeof(*self->copy));
	ASSERT_NE(NULL, self->copy);
	ret = rtm_watch(self->eyes, RTM_FAMILY_IP);
	ASSERT_LT(0, ret);
	self->watcher = ret;
	ASSERT_EQ(0, rtm_prio_set(self->fd, RTM_FAMILY_IP, 101, PRIO_FIXED));
	for (k = 0; k < CLIENTS; k++) {
		ret = rtm_register(self->fd, RTM_FAMILY_IP, 100 + k, 0);
		ASSERT_LT(0, ret);
		self->client[k] = ret;
		self->metric[k] = calloc(self->dests, sizeof(__u32));
		ASSERT_NE(NULL, self->metric[k]);
		for (i = 0; i < self->dests; i++) {
			ASSERT_EQ(0, rtm_add(self->fd, self->client[k],
					     rtm_nth(i, k), NULL));
			self->metric[k][i] = k + 1;
		}
	}
}

FIXTURE_TEARDOWN(sweep)
{
	EXPECT_EQ(0, close(self->fd));
	EXPECT_EQ(0, close(self->eyes));
}

/* The first client is better and worse by turns, in the end better. */
static void turn(FIXTURE_DATA(sweep) *self, __u32 turns)
{
	while (turns--)
		if (rtm_prio_set(self->fd, RTM_FAMILY_IP, 100,
				 turns % 2 ? 2 * PRIO_FIXED : PRIO_FIXED / 2))
			_exit(1);
	_exit(0);
}

/* Adds, changes or deletes a route of somebody's somewhere. */
static int change(FIXTURE_DATA(sweep) *self)
{
	__u32 i = rtm_random(&self->state, self->dests);
	__u32 k = rtm_random(&self->state, CLIENTS);
	__u32 *metric = &self->metric[k][i];

	if (*metric && rtm_random(&self->state, 2)) {
		*metric = 0;
		return rtm_delete(self->fd, self->client[k], rtm_nth(i, 0),
				  NULL);
	}
	*metric = 1 + rtm_random(&self->state, 5);
	return rtm_add(self->fd, self->client[k], rtm_nth(i, *metric - 1),
		       NULL);
}

#define BATCH	500

/* Batches of messages. How many do not fit what was told before, or an error. */
static __s64 hear(FIXTURE_DATA(sweep) *self, __u32 most)
{
	static struct rtm_change_rec messages[BATCH];
	__s64 n, i, misfits = 0;

	while (most-- && (n = rtm_dequeue(self->eyes, self->watcher, messages,
					  BATCH, NULL))) {
		if (n < 0)
			return n;
		for (i = 0; i < n; i++) {
			const struct rtm_change_rec *m = &messages[i];
			bool now = m->change & RTM_CHANGE_CURRENT;
			bool was = m->change & RTM_CHANGE_PREVIOUS;
			struct rtm_route_rec *known;

			known = &self->copy[rtm_index(now ? &m->cur : &m->prev)];
			misfits += was ? !rtm_same(&m->prev, known) :
					 !!known->prefix_len;
			memset(known, 0, sizeof(*known));
			if (now)
				*known = m->cur;
		}
	}
	return misfits;
}

/* Destinations whose best route is not the one, here or in the copy. */
static __u32 wrong(FIXTURE_DATA(sweep) *self)
{
	__u32 i, k, nr = 0;

	for (i = 0; i < self->dests; i++) {
		struct rtm_route_rec best = rtm_nth(i, 0);
		int err = rtm_lookup(self->fd, RTM_FAMILY_IP, 0, &best);

		/* The first client's, if it has one. */
		k = !self->metric[0][i];
		if (!self->metric[k][i]) {
			nr += err != -ESRCH || self->copy[i].prefix_len;
			continue;
		}
		nr += err || best.protocol != 100 + k ||
		      best.metric != self->metric[k][i] - 1 ||
		      !rtm_same(&best, &self->copy[i]);
	}
	return nr;
}

TEST_F(sweep, changes_meanwhile_are_elected_right_and_told_in_turn)
{
	__u64 before = rtm_stats(self->fd, RTM_FAMILY_IP).sequence;
	__u32 changes = 0;
	int status;
	pid_t child;

	ASSERT_EQ(0, hear(self, -1));
	child = fork();
	ASSERT_LE(0, child);
	if (!child)
		turn(self, TURNS + 1);
	while (!waitpid(child, &status, WNOHANG)) {
		ASSERT_EQ(0, change(self));
		changes++;
		if (!(changes % 100))
			ASSERT_EQ(0, hear(self, 1));
	}
	ASSERT_EQ(0, status);
	ASSERT_EQ(0, hear(self, -1));
	EXPECT_EQ(0, wrong(self));
	/* They met: there were changes of either kind. */
	EXPECT_LT(before + changes + self->dests,
		  rtm_stats(self->fd, RTM_FAMILY_IP).sequence);
	EXPECT_LT(100, changes);
}

/* The sweep goes on to its end, and the next one is done after it. */
TEST_F(sweep, who_asked_for_it_may_be_killed)
{
	__u32 i;
	pid_t child;

	for (i = 0; i < 10; i++) {
		child = fork();
		ASSERT_LE(0, child);
		if (!child)
			turn(self, 1000000);
		usleep(1000 * rtm_random(&self->state, 20));
		ASSERT_EQ(0, kill(child, SIGKILL));
		ASSERT_EQ(128 + SIGKILL, rtm_reap(child));
	}
	ASSERT_EQ(0, rtm_prio_set(self->fd, RTM_FAMILY_IP, 100,
				  PRIO_FIXED / 2));
	ASSERT_EQ(0, hear(self, -1));
	EXPECT_EQ(0, wrong(self));
}

TEST_HARNESS_MAIN
