// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Change messages: who is told what, and that what is told, however late it
 * is read, makes a copy that equals the table.
 */
#include "rtm_test.h"
#include "rtm_stall.h"

#include <pthread.h>

#define CURRENT		RTM_CHANGE_CURRENT
#define PREVIOUS	RTM_CHANGE_PREVIOUS
#define CHANGED		(CURRENT | PREVIOUS)
#define MERGED		RTM_CHANGE_MERGED

#define DESTS		300
#define WINDOW		64
#define CHUNK		200	/* changes made at once */

FIXTURE(notify) {
	int fd;		/* the clients' */
	int eyes;	/* the watcher's */
	__u32 a, b;	/* protocols 100 and 200, both told */
	__u32 watcher;
	__u64 state;
	struct rtm_change_rec message;
	bool done;
};

FIXTURE_VARIANT(notify) {
	__u32 family;
};

FIXTURE_VARIANT_ADD(notify, ip) {
	.family = RTM_FAMILY_IP,
};

FIXTURE_VARIANT_ADD(notify, ipv6) {
	.family = RTM_FAMILY_IPV6,
};

FIXTURE_SETUP(notify)
{
	__s64 ret;

	self->fd = rtm_open_fresh();
	ASSERT_LE(0, self->fd);
	self->eyes = rtm_open(O_RDONLY);
	ASSERT_LE(0, self->eyes);
	ret = rtm_register(self->fd, variant->family, 100, RTM_CLIENT_NOTIFY);
	ASSERT_LT(0, ret);
	self->a = ret;
	ret = rtm_register(self->fd, variant->family, 200, RTM_CLIENT_NOTIFY);
	ASSERT_LT(0, ret);
	self->b = ret;
	ret = rtm_watch(self->eyes, variant->family);
	ASSERT_LT(0, ret);
	self->watcher = ret;
	self->state = rtm_seed();
}

FIXTURE_TEARDOWN(notify)
{
	EXPECT_EQ(0, close(self->fd));
	EXPECT_EQ(0, close(self->eyes));
}

/* The next message of @client is as given, by metrics, and the last one. */
#define EXPECT_TOLD(file, client, what, seq, now, was) do {		\
	const struct rtm_change_rec *_m = &self->message;		\
	bool _more;							\
									\
	EXPECT_EQ(1, rtm_dequeue(file, client, &self->message, 1, &_more)); \
	EXPECT_EQ(false, _more);					\
	EXPECT_EQ(0, _m->error);					\
	EXPECT_EQ(what, _m->change);					\
	EXPECT_EQ(seq, _m->sequence);					\
	EXPECT_EQ(now, _m->cur.metric);				\
	EXPECT_EQ(was, _m->prev.metric);				\
} while (0)

#define EXPECT_SILENCE(file, client) do {				\
	struct rtm_change_rec _m;					\
									\
	EXPECT_EQ(0, rtm_dequeue(file, client, &_m, 1, NULL));		\
} while (0)

/*
 * A table copied from what one was told: by destination (rtm_nth), the best
 * route (prefix_len 0: none) and the sequence number it is known by.
 */
struct copy {
	struct rtm_route_rec best[DESTS];
	__u64 sequence[DESTS];
	__u32 messages, merged;
};

/* Whether @m goes with what the copy had. Older news are not news. */
static bool learn(struct copy *copy, const struct rtm_change_rec *m)
{
	__u32 i = rtm_index(m->change & CURRENT ? &m->cur : &m->prev);
	bool fits;

	if (i >= DESTS || m->error || !(m->change & (CURRENT | PREVIOUS)))
		return false;
	copy->messages++;
	copy->merged += !!(m->change & MERGED);
	fits = rtm_fits(m, &copy->best[i]);
	if (m->sequence <= copy->sequence[i])
		return false;
	copy->sequence[i] = m->sequence;
	if (m->change & CURRENT)
		copy->best[i] = m->cur;
	else
		memset(&copy->best[i], 0, sizeof(copy->best[i]));
	return fits;
}

/* Reads up to @most messages. An error, or how many did not fit. */
static __s64 drain(int fd, __u32 client, struct copy *copy, __u32 most)
{
	struct rtm_change_rec messages[50];
	__s64 n, i, misfits = 0;

	while (most && (n = rtm_dequeue(fd, client, messages,
					most < 50 ? most : 50, NULL))) {
		if (n < 0)
			return n;
		for (i = 0; i < n; i++)
			misfits += !learn(copy, &messages[i]);
		most -= n;
	}
	return misfits;
}

/* How many destinations differ between the copy and the table. */
static __s64 differences(int fd, __u32 family, const struct copy *copy)
{
	struct rtm_route_rec routes[DESTS], position = {};
	__s64 n, i, at = 0, differ = 0;

	n = rtm_get(fd, family, RTM_MATCH_BEST, 0, &position, routes, DESTS);
	if (n == -ESRCH)
		n = 0;
	if (n < 0)
		return n;
	for (i = 0; i < DESTS; i++) {
		bool there = at < n && rtm_index(&routes[at]) == i;

		if (there != !!copy->best[i].prefix_len ||
		    (there && !rtm_same(&routes[at], &copy->best[i])))
			differ++;
		at += there;
	}
	return differ + (at != n);
}

/*
 * @n random adds, updates and deletes of @client in @dests destinations, on
 * two interfaces. @results: a copy that learns what the caller is told.
 */
static int shake(FIXTURE_DATA(notify) *self, __u32 client, __u32 n,
		 __u32 dests, struct copy *results)
{
	static struct rtm_change_rec told[CHUNK];
	static struct rtm_route_rec recs[CHUNK];
	__u32 i, some;
	int err;

	for (; n; n -= some) {
		const unsigned int cmd = rtm_random(&self->state, 3) ?
					 RTM_IOC_ADD : RTM_IOC_DELETE;

		some = 1 + rtm_random(&self->state, n < CHUNK ? n : CHUNK);
		for (i = 0; i < some; i++) {
			recs[i] = rtm_nth(rtm_random(&self->state, dests),
					  rtm_random(&self->state, 4));
			recs[i].interface = rtm_random(&self->state, 2);
		}
		err = rtm_update(self->fd, cmd, client, recs, some, told, NULL);
		if (err)
			return err;
		for (i = 0; i < some; i++) {
			if (told[i].error && (cmd == RTM_IOC_ADD ||
					      told[i].error != -ESRCH))
				return told[i].error;
			if (results && told[i].change)
				learn(results, &told[i]);
		}
	}
	return 0;
}

TEST_F(notify, messages_come_in_order_with_what_is_and_was)
{
	struct rtm_route_rec rec = rtm_nth(0, 5);

	ASSERT_EQ(0, rtm_add(self->fd, self->a, rec, NULL));
	EXPECT_TOLD(self->eyes, self->watcher, CURRENT, 1, 5, 0);
	EXPECT_EQ(100, self->message.cur.protocol);
	rec.metric = 6;
	ASSERT_EQ(0, rtm_add(self->fd, self->a, rec, NULL));
	EXPECT_TOLD(self->eyes, self->watcher, CHANGED, 2, 6, 5);
	rec.metric = 4;
	ASSERT_EQ(0, rtm_add(self->fd, self->b, rec, NULL));
	EXPECT_TOLD(self->eyes, self->watcher, CHANGED, 3, 4, 6);
	EXPECT_EQ(200, self->message.cur.protocol);
	EXPECT_EQ(100, self->message.prev.protocol);
	ASSERT_EQ(0, rtm_delete(self->fd, self->b, rec, NULL));
	EXPECT_TOLD(self->eyes, self->watcher, CHANGED, 4, 6, 4);
	ASSERT_EQ(0, rtm_delete(self->fd, self->a, rec, NULL));
	EXPECT_TOLD(self->eyes, self->watcher, PREVIOUS, 5, 0, 6);
	EXPECT_SILENCE(self->eyes, self->watcher);
	EXPECT_EQ(5, rtm_stats(self->fd, variant->family).delivered);
}

TEST_F(notify, what_is_not_significant_tells_nobody)
{
	struct rtm_route_rec rec = rtm_nth(0, 5);

	ASSERT_EQ(0, rtm_add(self->fd, self->a, rec, NULL));
	EXPECT_TOLD(self->eyes, self->watcher, CURRENT, 1, 5, 0);
	EXPECT_TOLD(self->fd, self->b, CURRENT, 1, 5, 0);
	/* The stamp alone; protocol-specific data; the time to live. */
	ASSERT_EQ(0, rtm_add(self->fd, self->a, rec, NULL));
	rec.psd[0] = 1;
	ASSERT_EQ(0, rtm_add(self->fd, self->a, rec, NULL));
	rec.ttl = 100;
	ASSERT_EQ(0, rtm_add(self->fd, self->a, rec, NULL));
	rec.priority = 1;
	ASSERT_EQ(0, rtm_add(self->fd, self->a, rec, NULL));
	/* A route that is not the best comes, changes and goes. */
	rec.metric = 9;
	ASSERT_EQ(0, rtm_add(self->fd, self->b, rec, NULL));
	rec.metric = 8;
	ASSERT_EQ(0, rtm_add(self->fd, self->b, rec, NULL));
	ASSERT_EQ(0, rtm_delete(self->fd, self->b, rec, NULL));
	EXPECT_FALSE(rtm_signalled(self->eyes, 0));
	EXPECT_FALSE(rtm_signalled(self->fd, 0));
	EXPECT_SILENCE(self->eyes, self->watcher);
	EXPECT_EQ(1, rtm_stats(self->fd, variant->family).sequence);
}

TEST_F(notify, nobody_is_told_what_he_did_himself)
{
	ASSERT_EQ(0, rtm_add(self->fd, self->a, rtm_nth(0, 5), NULL));
	EXPECT_SILENCE(self->fd, self->a);
	EXPECT_TOLD(self->fd, self->b, CURRENT, 1, 5, 0);
	EXPECT_TOLD(self->eyes, self->watcher, CURRENT, 1, 5, 0);
	/* b pushes a's route off its place: a hears of that. */
	ASSERT_EQ(0, rtm_add(self->fd, self->b, rtm_nth(0, 4), NULL));
	EXPECT_SILENCE(self->fd, self->b);
	EXPECT_TOLD(self->fd, self->a, CHANGED, 2, 4, 5);
	ASSERT_EQ(0, rtm_delete(self->fd, self->b, rtm_nth(0, 4), NULL));
	EXPECT_SILENCE(self->fd, self->b);
	EXPECT_TOLD(self->fd, self->a, CHANGED, 3, 5, 4);
	/* Its messages among others' are left out, not the others'. */
	ASSERT_EQ(0, rtm_add(self->fd, self->a, rtm_nth(1, 1), NULL));
	ASSERT_EQ(0, rtm_add(self->fd, self->b, rtm_nth(2, 2), NULL));
	ASSERT_EQ(0, rtm_add(self->fd, self->a, rtm_nth(3, 3), NULL));
	EXPECT_TOLD(self->fd, self->a, CURRENT, 5, 2, 0);
}

TEST_F(notify, block_delete_tells_the_caller_too)
{
	ASSERT_EQ(0, rtm_add(self->fd, self->a, rtm_nth(0, 5), NULL));
	EXPECT_TOLD(self->fd, self->b, CURRENT, 1, 5, 0);
	EXPECT_TOLD(self->eyes, self->watcher, CURRENT, 1, 5, 0);
	EXPECT_EQ(1, rtm_block_delete(self->fd, self->a, 0, NULL));
	EXPECT_TOLD(self->fd, self->a, PREVIOUS, 2, 0, 5);
	EXPECT_TOLD(self->fd, self->b, PREVIOUS, 2, 0, 5);
	EXPECT_TOLD(self->eyes, self->watcher, PREVIOUS, 2, 0, 5);
}

TEST_F(notify, deregistration_tells_everybody_else)
{
	ASSERT_EQ(0, rtm_add(self->fd, self->a, rtm_nth(0, 5), NULL));
	ASSERT_EQ(0, rtm_add(self->fd, self->b, rtm_nth(0, 6), NULL));
	EXPECT_TOLD(self->fd, self->b, CURRENT, 1, 5, 0);
	EXPECT_TOLD(self->eyes, self->watcher, CURRENT, 1, 5, 0);
	ASSERT_EQ(0, rtm_deregister(self->fd, self->a));
	EXPECT_TOLD(self->fd, self->b, CHANGED, 2, 6, 5);
	EXPECT_TOLD(self->eyes, self->watcher, CHANGED, 2, 6, 5);
	ASSERT_EQ(0, rtm_deregister(self->fd, self->b));
	EXPECT_TOLD(self->eyes, self->watcher, PREVIOUS, 3, 0, 6);
}

TEST_F(notify, ageing_tells_the_owner_too)
{
	struct rtm_route_rec rec = rtm_nth(0, 5);

	ASSERT_EQ(0, rtm_add(self->fd, self->a, rec, NULL));
	EXPECT_TOLD(self->fd, self->b, CURRENT, 1, 5, 0);
	EXPECT_TOLD(self->eyes, self->watcher, CURRENT, 1, 5, 0);
	/* Nobody is told of that. */
	rec.ttl = 1;
	ASSERT_EQ(0, rtm_add(self->fd, self->a, rec, NULL));
	ASSERT_TRUE(rtm_signalled(self->eyes, 10));
	EXPECT_TOLD(self->eyes, self->watcher, PREVIOUS, 2, 0, 5);
	EXPECT_TOLD(self->fd, self->a, PREVIOUS, 2, 0, 5);
	EXPECT_TOLD(self->fd, self->b, PREVIOUS, 2, 0, 5);
	EXPECT_EQ(1, rtm_stats(self->fd, variant->family).expired);
}

TEST_F(notify, change_of_priorities_tells_owners_and_everybody)
{
	ASSERT_EQ(0, rtm_add(self->fd, self->a, rtm_nth(0, 5), NULL));
	ASSERT_EQ(0, rtm_add(self->fd, self->b, rtm_nth(0, 6), NULL));
	EXPECT_TOLD(self->fd, self->b, CURRENT, 1, 5, 0);
	EXPECT_TOLD(self->eyes, self->watcher, CURRENT, 1, 5, 0);
	ASSERT_EQ(0, rtm_prio_set(self->fd, variant->family, 200, 1));
	EXPECT_TOLD(self->fd, self->a, CHANGED, 2, 6, 5);
	EXPECT_EQ(1, self->message.cur.priority);
	EXPECT_TOLD(self->fd, self->b, CHANGED, 2, 6, 5);
	EXPECT_TOLD(self->eyes, self->watcher, CHANGED, 2, 6, 5);
}

TEST_F(notify, families_are_apart)
{
	struct rtm_route_rec rec = rtm_ip(7, 32, 1, 0, 3);
	__u32 other, n = 0;

	for (other = RTM_FAMILY_IPX; other <= RTM_FAMILY_IPV6; other++) {
		__s64 client, watcher;

		if (other == variant->family)
			continue;
		client = rtm_register(self->fd, other, 100, 0);
		ASSERT_LT(0, client);
		watcher = rtm_watch(self->eyes, other);
		ASSERT_LT(0, watcher);
		ASSERT_EQ(0, rtm_add(self->fd, client, rec, NULL));
		EXPECT_SILENCE(self->eyes, self->watcher);
		EXPECT_SILENCE(self->fd, self->a);
		EXPECT_TOLD(self->eyes, watcher, CURRENT, 1, 3, 0);
		ASSERT_EQ(0, rtm_add(self->fd, self->a, rtm_nth(n++, 5),
				     NULL));
		EXPECT_SILENCE(self->eyes, watcher);
		EXPECT_TOLD(self->eyes, self->watcher, CURRENT, n, 5, 0);
	}
}

TEST_F(notify, messages_begin_after_the_sequence_that_registration_gave)
{
	struct rtm_watch late = {
		.size = sizeof(late),
		.family = variant->family,
	};
	struct rtm_register reg = {
		.size = sizeof(reg),
		.family = variant->family,
		.protocol = 300,
		.flags = RTM_CLIENT_NOTIFY,
	};

	ASSERT_EQ(0, rtm_add(self->fd, self->a, rtm_nth(0, 5), NULL));
	ASSERT_EQ(0, rtm_add(self->fd, self->a, rtm_nth(1, 6), NULL));
	ASSERT_EQ(0, rtm_call(self->eyes, RTM_IOC_WATCH, &late));
	EXPECT_EQ(2, late.sequence);
	ASSERT_EQ(0, rtm_call(self->fd, RTM_IOC_REGISTER, &reg));
	EXPECT_EQ(2, reg.sequence);
	EXPECT_SILENCE(self->eyes, late.client);
	ASSERT_EQ(0, rtm_add(self->fd, self->a, rtm_nth(1, 7), NULL));
	EXPECT_TOLD(self->eyes, late.client, CHANGED, 3, 7, 6);
	EXPECT_TOLD(self->fd, reg.client, CHANGED, 3, 7, 6);
}

TEST_F(notify, poll_is_level_like_and_consumes_nothing)
{
	__s64 second = rtm_watch(self->eyes, variant->family);
	int i;

	ASSERT_LT(0, second);
	EXPECT_FALSE(rtm_signalled(self->eyes, 0));
	ASSERT_EQ(0, rtm_add(self->fd, self->a, rtm_nth(0, 5), NULL));
	ASSERT_EQ(0, rtm_add(self->fd, self->a, rtm_nth(1, 6), NULL));
	for (i = 0; i < 3; i++)
		EXPECT_TRUE(rtm_signalled(self->eyes, 0));
	EXPECT_TRUE(rtm_signalled(self->fd, 0));
	/* While any client of the file has any message. */
	EXPECT_EQ(1, rtm_dequeue(self->eyes, self->watcher, &self->message, 1,
				 NULL));
	EXPECT_TRUE(rtm_signalled(self->eyes, 0));
	EXPECT_EQ(1, rtm_dequeue(self->eyes, self->watcher, &self->message, 1,
				 NULL));
	EXPECT_TRUE(rtm_signalled(self->eyes, 0));
	EXPECT_EQ(1, rtm_dequeue(self->eyes, second, &self->message, 1, NULL));
	EXPECT_TRUE(rtm_signalled(self->eyes, 0));
	/* The one that has a message left goes. */
	ASSERT_EQ(0, rtm_deregister(self->eyes, second));
	EXPECT_FALSE(rtm_signalled(self->eyes, 0));
	ASSERT_EQ(0, rtm_add(self->fd, self->a, rtm_nth(2, 7), NULL));
	EXPECT_TRUE(rtm_signalled(self->eyes, 0));
}

TEST_F(notify, waiting_reader_is_woken_by_a_change)
{
	pid_t child = fork();

	ASSERT_LE(0, child);
	if (!child) {
		EXPECT_TRUE(rtm_signalled(self->eyes, 30));
		EXPECT_TOLD(self->eyes, self->watcher, CURRENT, 1, 5, 0);
		_exit(0);
	}
	ASSERT_TRUE(task_sleeps(child));
	ASSERT_EQ(0, rtm_add(self->fd, self->a, rtm_nth(0, 5), NULL));
	EXPECT_EQ(0, rtm_reap(child));
	EXPECT_FALSE(rtm_signalled(self->eyes, 0));
}

TEST_F(notify, batches_of_any_size_and_more_is_true)
{
	static const __u32 steps[] = { 1, 2, 255, 256, 257, 229 };
	static struct rtm_route_rec recs[1000];
	static struct rtm_change_rec messages[1000];
	__u32 i, j, at = 0;
	bool more;

	for (i = 0; i < 1000; i++)
		recs[i] = rtm_nth(i, 1000 + i);
	ASSERT_EQ(0, rtm_update(self->fd, RTM_IOC_ADD, self->a, recs, 1000,
				NULL, NULL));
	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		ASSERT_EQ(steps[i], rtm_dequeue(self->eyes, self->watcher,
						messages, steps[i], &more));
		for (j = 0; j < steps[i]; j++, at++) {
			ASSERT_EQ(CURRENT, messages[j].change);
			ASSERT_EQ(at + 1, messages[j].sequence);
			ASSERT_EQ(1000 + at, messages[j].cur.metric);
		}
		ASSERT_EQ(at < 1000, more);
	}
	ASSERT_EQ(1000, at);
	EXPECT_EQ(1000, rtm_dequeue(self->fd, self->b, messages, 1000, &more));
	EXPECT_FALSE(more);
	EXPECT_EQ(0, rtm_dequeue(self->fd, self->b, messages, 1000, &more));
	EXPECT_FALSE(more);
	EXPECT_EQ(0, rtm_stats(self->fd, variant->family).records);
}

TEST_F(notify, inside_the_window_every_single_change_is_told)
{
	struct copy copy = {};
	__u32 i;

	/* The same destination over and over: none is merged. */
	for (i = 0; i < 1000; i++)
		ASSERT_EQ(0, rtm_add(self->fd, self->a, rtm_nth(0, i), NULL));
	EXPECT_EQ(0, drain(self->eyes, self->watcher, &copy, -1));
	EXPECT_EQ(1000, copy.messages);
	EXPECT_EQ(0, copy.merged);
	EXPECT_EQ(0, differences(self->fd, variant->family, &copy));
	EXPECT_EQ(0, rtm_stats(self->fd, variant->family).merged);
}

TEST_F(notify, frozen_reader_past_the_window_has_one_message_a_destination)
{
	const __u32 total = rtm_scaled(30000);
	struct rtm_change_rec *messages = calloc(2000, sizeof(*messages));
	__u8 seen[DESTS] = {};
	struct rtm_stats stats;
	struct copy copy = {};
	__s64 n, i;

	ASSERT_TRUE(messages != NULL);
	ASSERT_EQ(0, rtm_deregister(self->fd, self->a));
	ASSERT_EQ(0, rtm_deregister(self->fd, self->b));
	n = rtm_register(self->fd, variant->family, 100, 0);
	ASSERT_LT(0, n);
	self->a = n;
	n = rtm_register(self->fd, variant->family, 200, 0);
	ASSERT_LT(0, n);
	self->b = n;
	ASSERT_EQ(0, rtm_limit_set(self->fd, RTM_LIMIT_WINDOW, 0, WINDOW));

	/* It has been told half of something when it freezes. */
	ASSERT_EQ(0, shake(self, self->a, 400, DESTS, NULL));
	EXPECT_EQ(0, drain(self->eyes, self->watcher, &copy, 20));
	for (n = total / 10; n > 0; n--) {
		ASSERT_EQ(0, shake(self, n & 1 ? self->a : self->b, 10, DESTS,
				   NULL));
	}
	stats = rtm_stats(self->fd, variant->family);
	EXPECT_GE(DESTS + WINDOW, stats.records);
	EXPECT_LT(0, stats.merged);
	EXPECT_LT(0, stats.cancelled);
	EXPECT_EQ(0, stats.restarts);

	n = rtm_dequeue(self->eyes, self->watcher, messages, 2000, NULL);
	ASSERT_LT(WINDOW, n);
	for (i = 0; i < n; i++) {
		if (i < n - WINDOW) {
			__u32 at = rtm_index(messages[i].change & CURRENT ?
					     &messages[i].cur :
					     &messages[i].prev);

			EXPECT_EQ(0, seen[at]++);
		}
		EXPECT_TRUE(learn(&copy, &messages[i]));
	}
	EXPECT_LT(0, copy.merged);
	EXPECT_SILENCE(self->eyes, self->watcher);
	EXPECT_EQ(0, differences(self->fd, variant->family, &copy));
	EXPECT_EQ(0, rtm_stats(self->fd, variant->family).records);

	/* And it goes on as if nothing had been. */
	ASSERT_EQ(0, shake(self, self->b, WINDOW, DESTS, NULL));
	EXPECT_EQ(0, drain(self->eyes, self->watcher, &copy, -1));
	EXPECT_EQ(0, differences(self->fd, variant->family, &copy));
	free(messages);
}

TEST_F(notify, what_cancelled_out_while_frozen_is_not_told)
{
	__u32 i;

	ASSERT_EQ(0, rtm_limit_set(self->fd, RTM_LIMIT_WINDOW, 0, WINDOW));
	ASSERT_EQ(0, rtm_add(self->fd, self->a, rtm_nth(0, 5), NULL));
	EXPECT_TOLD(self->eyes, self->watcher, CURRENT, 1, 5, 0);
	EXPECT_TOLD(self->fd, self->b, CURRENT, 1, 5, 0);
	/* It goes and comes back; another comes and goes. */
	ASSERT_EQ(0, rtm_add(self->fd, self->a, rtm_nth(0, 6), NULL));
	ASSERT_EQ(0, rtm_add(self->fd, self->a, rtm_nth(1, 1), NULL));
	ASSERT_EQ(0, rtm_delete(self->fd, self->a, rtm_nth(1, 1), NULL));
	ASSERT_EQ(0, rtm_add(self->fd, self->a, rtm_nth(0, 5), NULL));
	/* The window moves past all that. */
	for (i = 0; i < 2 * WINDOW; i++)
		ASSERT_EQ(0, rtm_add(self->fd, self->a, rtm_nth(2 + i, i),
				     NULL));
	EXPECT_EQ(2, rtm_stats(self->fd, variant->family).cancelled);
	for (i = 0; i < 2 * WINDOW; i++) {
		ASSERT_EQ(1, rtm_dequeue(self->eyes, self->watcher,
					 &self->message, 1, NULL));
		ASSERT_EQ(CURRENT, self->message.change);
		ASSERT_EQ(2 + i, rtm_index(&self->message.cur));
	}
	EXPECT_SILENCE(self->eyes, self->watcher);
}

/* What is in the table. */
static bool look(int fd, __u32 family, struct copy *copy)
{
	struct rtm_route_rec routes[DESTS], position = {};
	__s64 n, i;

	memset(copy, 0, sizeof(*copy));
	n = rtm_get(fd, family, RTM_MATCH_BEST, 0, &position, routes, DESTS);
	for (i = 0; i < n; i++) {
		copy->best[rtm_index(&routes[i])] = routes[i];
		copy->sequence[rtm_index(&routes[i])] = routes[i].sequence;
	}
	return n > 0;
}

/*
 * Who begins reads the table, and may find what comes and goes meanwhile. It must
 * hear that it went, even if that only undoes what it was not told either.
 */
TEST_F(notify, what_was_found_at_the_start_is_taken_back)
{
	static struct copy copy;
	__u32 round, i;

	ASSERT_EQ(0, rtm_limit_set(self->fd, RTM_LIMIT_WINDOW, 0, 1));
	/* Nobody else has begun without. */
	EXPECT_SILENCE(self->fd, self->b);
	ASSERT_EQ(0, close(self->eyes));
	self->eyes = rtm_open(O_RDWR);
	ASSERT_LE(0, self->eyes);
	self->watcher = rtm_watch(self->eyes, variant->family);
	ASSERT_EQ(0, rtm_limit_set(self->eyes, RTM_LIMIT_BACKLOG, self->watcher,
				   100));
	for (round = 0; round < 3; round++) {
		/* One comes and goes, one changes and changes back. */
		ASSERT_EQ(0, rtm_add(self->fd, self->a, rtm_nth(0, 5), NULL));
		ASSERT_EQ(0, rtm_add(self->fd, self->a, rtm_nth(1, 7), NULL));
		ASSERT_TRUE(look(self->eyes, variant->family, &copy));
		ASSERT_EQ(5, copy.best[0].metric);
		ASSERT_EQ(7, copy.best[1].metric);
		ASSERT_EQ(0, rtm_delete(self->fd, self->a, rtm_nth(0, 5), NULL));
		ASSERT_EQ(0, rtm_add(self->fd, self->a, rtm_nth(1, 6), NULL));
		for (i = 2; i < 60; i++)
			ASSERT_EQ(0, rtm_add(self->fd, self->a,
					     rtm_nth(i, round), NULL));
		ASSERT_LE(0, drain(self->eyes, self->watcher, &copy, -1));
		EXPECT_EQ(0, differences(self->fd, variant->family, &copy));

		/* Afresh, when too much has waited. */
		for (i = 2; i < 200; i++)
			ASSERT_EQ(0, rtm_add(self->fd, self->a,
					     rtm_nth(i, 100 + round), NULL));
		ASSERT_EQ(-ENOBUFS, rtm_dequeue(self->eyes, self->watcher,
						&self->message, 1, NULL));
	}
}

/* The same for who has read a part, when what is merged goes on for longer. */
TEST_F(notify, what_was_found_is_taken_back_however_often_it_comes_again)
{
	static struct copy copy;
	__u32 round, i;

	ASSERT_EQ(0, rtm_limit_set(self->fd, RTM_LIMIT_WINDOW, 0, 1));
	EXPECT_SILENCE(self->fd, self->b);
	ASSERT_EQ(0, rtm_add(self->fd, self->a, rtm_nth(1, 1), NULL));
	ASSERT_EQ(0, rtm_add(self->fd, self->a, rtm_nth(0, 5), NULL));
	ASSERT_TRUE(look(self->eyes, variant->family, &copy));
	ASSERT_EQ(5, copy.best[0].metric);
	/* That it came is the last thing that it may know. */
	ASSERT_EQ(1, rtm_dequeue(self->eyes, self->watcher, &self->message, 1,
				 NULL));
	ASSERT_EQ(1, rtm_index(&self->message.cur));
	for (round = 0; round < 3; round++) {
		ASSERT_EQ(0, rtm_delete(self->fd, self->a, rtm_nth(0, 5), NULL));
		for (i = 2; i < 9; i++)
			ASSERT_EQ(0, rtm_add(self->fd, self->a,
					     rtm_nth(i, round), NULL));
		ASSERT_EQ(0, rtm_add(self->fd, self->a, rtm_nth(0, 5), NULL));
	}
	ASSERT_EQ(0, rtm_delete(self->fd, self->a, rtm_nth(0, 5), NULL));
	for (i = 2; i < 9; i++)
		ASSERT_EQ(0, rtm_add(self->fd, self->a, rtm_nth(i, 3), NULL));
	ASSERT_LE(0, drain(self->eyes, self->watcher, &copy, -1));
	EXPECT_EQ(0, differences(self->fd, variant->family, &copy));
}

TEST_F(notify, watchers_of_different_speeds_all_keep_a_true_copy)
{
	enum { FAST, MIDDLE, SLOW, WATCHERS };
	static struct copy copies[WATCHERS];
	const __u32 rounds = rtm_scaled(3000), pace[] = { 1, 17, 400 };
	__u32 i, w, watchers[WATCHERS];
	__s64 ret;

	ASSERT_EQ(0, rtm_limit_set(self->fd, RTM_LIMIT_WINDOW, 0, WINDOW));
	for (w = 0; w < WATCHERS; w++) {
		ret = rtm_watch(self->eyes, variant->family);
		ASSERT_LT(0, ret);
		watchers[w] = ret;
	}
	ASSERT_EQ(0, rtm_deregister(self->eyes, self->watcher));
	for (i = 1; i <= rounds; i++) {
		ASSERT_EQ(0, shake(self, i & 1 ? self->a : self->b, 10, 40,
				   NULL));
		for (w = 0; w < WATCHERS; w++) {
			if (i % pace[w])
				continue;
			/* Now and then one stops in the middle. */
			ret = drain(self->eyes, watchers[w], &copies[w],
				    i % 3 ? -1 : 7);
			ASSERT_EQ(0, ret);
		}
	}
	for (w = 0; w < WATCHERS; w++) {
		ASSERT_EQ(0, drain(self->eyes, watchers[w], &copies[w], -1));
		EXPECT_EQ(0, differences(self->fd, variant->family,
					 &copies[w]));
	}
	EXPECT_EQ(0, copies[FAST].merged);
	EXPECT_LT(0, copies[SLOW].merged);
	EXPECT_GT(copies[FAST].messages, copies[MIDDLE].messages);
	EXPECT_GT(copies[MIDDLE].messages, copies[SLOW].messages);
	EXPECT_EQ(0, rtm_stats(self->fd, variant->family).restarts);
}

/* Changes by their number, metric 0: there was no best route any more. */
struct past {
	__u64 base;
	__u32 nr;
	struct {
		__u32 index;
		__u32 metric;
	} change[4000];
};

static __u32 as_of(const struct past *past, __u64 sequence, __u32 index)
{
	__u64 n;

	for (n = sequence - past->base; n; n--)
		if (past->change[n].index == index)
			return past->change[n].metric;
	return 0;
}

/* Reads all that @watcher is told. Return: how much was not so as of its number. */
static __s64 read_against(const struct past *past, int fd, __u32 watcher)
{
	struct rtm_change_rec m;
	__s64 n, untrue = 0;
	__u32 index, metric;

	while ((n = rtm_dequeue(fd, watcher, &m, 1, NULL)) == 1) {
		bool cur = m.change & RTM_CHANGE_CURRENT;

		index = rtm_index(cur ? &m.cur : &m.prev);
		metric = cur ? m.cur.metric : 0;
		untrue += m.sequence - past->base > past->nr ||
			  as_of(past, m.sequence, index) != metric;
	}
	return n ? n : untrue;
}

/* However it was merged, and whoever else had still to read what. */
TEST_F(notify, messages_are_true_as_of_their_number)
{
	enum { READERS = 5, PREFIXES = 3 };
	static struct past past;
	struct rtm_change_rec told;
	__u32 readers[READERS], i;
	__s64 ret;

	ASSERT_EQ(0, rtm_limit_set(self->fd, RTM_LIMIT_WINDOW, 0, 1));
	past.base = rtm_stats(self->fd, variant->family).sequence;
	past.nr = 0;
	for (i = 0; i < READERS; i++) {
		ret = rtm_watch(self->eyes, variant->family);
		ASSERT_LT(0, ret);
		readers[i] = ret;
	}
	while (past.nr + 1 < ARRAY_SIZE(past.change)) {
		__u32 index = rtm_random(&self->state, PREFIXES);
		__u32 metric = rtm_random(&self->state, 4);

		told.change = 0;
		ret = 0;
		if (metric)
			ret = rtm_add(self->fd, self->a, rtm_nth(index, metric),
				      &told);
		else if (as_of(&past, past.base + past.nr, index))
			ret = rtm_delete(self->fd, self->a, rtm_nth(index, 0),
					 &told);
		ASSERT_EQ(0, ret);
		if (told.change) {
			past.nr++;
			ASSERT_EQ(past.base + past.nr, told.sequence);
			past.change[past.nr].index = index;
			past.change[past.nr].metric = metric;
		}
		if (rtm_random(&self->state, 8))
			continue;
		/* One has read all, another one begins. */
		i = rtm_random(&self->state, READERS);
		ASSERT_EQ(0, read_against(&past, self->eyes, readers[i]));
		ASSERT_EQ(0, rtm_deregister(self->eyes, readers[i]));
		ret = rtm_watch(self->eyes, variant->family);
		ASSERT_LT(0, ret);
		readers[i] = ret;
	}
	EXPECT_LT(0, rtm_stats(self->fd, variant->family).merged);
}

TEST_F(notify, client_that_writes_and_watches_orders_by_sequence)
{
	const __u32 total = rtm_scaled(20000);
	static struct copy copy;
	struct rtm_stats stats;
	__u32 i, rounds;

	ASSERT_EQ(0, rtm_limit_set(self->fd, RTM_LIMIT_WINDOW, 0, WINDOW));
	/* They will never read again, but have begun. */
	EXPECT_SILENCE(self->eyes, self->watcher);
	EXPECT_SILENCE(self->fd, self->b);
	/* First in step, then frozen, then in step again. */
	for (rounds = 0; rounds < 3; rounds++) {
		for (i = 0; i < total / 30; i++) {
			ASSERT_EQ(0, shake(self, self->a,
					   1 + rtm_random(&self->state, 9), 60,
					   &copy));
			ASSERT_EQ(0, shake(self, self->b,
					   1 + rtm_random(&self->state, 9), 60,
					   NULL));
			if (rounds != 1) {
				ASSERT_LE(0, drain(self->fd, self->a, &copy,
						   -1));
			}
		}
		stats = rtm_stats(self->fd, variant->family);
		if (rounds == 1) {
			EXPECT_LT(0, stats.merged);
			EXPECT_LT(0, stats.cancelled);
		}
		ASSERT_LE(0, drain(self->fd, self->a, &copy, -1));
		ASSERT_EQ(0, differences(self->fd, variant->family, &copy));
	}
	EXPECT_EQ(0, stats.restarts);
}

/* By a file that may write, as who sets the watcher's backlog has to. */
static int watch_anew(FIXTURE_DATA(notify) *self, __u32 family)
{
	__s64 ret = rtm_open(O_RDWR);

	if (ret < 0)
		return ret;
	close(self->eyes);
	self->eyes = ret;
	ret = rtm_watch(self->eyes, family);
	if (ret < 0)
		return ret;
	self->watcher = ret;
	return 0;
}

TEST_F(notify, reader_past_its_backlog_is_told_once_and_starts_afresh)
{
	struct rtm_dequeue arg = {
		.size = sizeof(arg),
		.client = self->watcher,
		.count = 1,
		.message_size = sizeof(self->message),
		.messages = (uintptr_t)&self->message,
	};
	struct rtm_limit own = { .value = 100 };
	static struct copy copy, other;
	struct rtm_route_rec routes[20];
	__u64 opened;
	__s64 n, i, handle;

	ASSERT_EQ(0, rtm_limit_set(self->fd, RTM_LIMIT_WINDOW, 0, WINDOW));
	ASSERT_EQ(0, rtm_limit(self->eyes, RTM_IOC_LIMIT_GET,
			       RTM_LIMIT_BACKLOG, self->watcher, &own));
	EXPECT_LT(100, own.value);
	ASSERT_EQ(0, watch_anew(self, variant->family));
	arg.client = self->watcher;
	ASSERT_EQ(0, rtm_limit_set(self->eyes, RTM_LIMIT_BACKLOG,
				   self->watcher, 100));
	for (i = 0; i < 100; i++) {
		ASSERT_EQ(0, shake(self, self->a, 10, DESTS, NULL));
		ASSERT_EQ(0, drain(self->fd, self->b, &other, -1));
	}
	EXPECT_EQ(1, rtm_stats(self->fd, variant->family).restarts);
	EXPECT_TRUE(rtm_signalled(self->eyes, 0));
	ASSERT_EQ(-ENOBUFS, rtm_call(self->eyes, RTM_IOC_DEQUEUE, &arg));
	EXPECT_EQ(0, arg.done);
	EXPECT_EQ(rtm_stats(self->fd, variant->family).sequence, arg.sequence);
	EXPECT_FALSE(rtm_signalled(self->eyes, 0));
	EXPECT_SILENCE(self->eyes, self->watcher);

	/* Enumerate, with changes in the middle, and go on from messages. */
	handle = rtm_enum_open(self->eyes, variant->family, RTM_MATCH_BEST,
			       NULL, &opened);
	ASSERT_LT(0, handle);
	for (i = 0; i < DESTS; i++)
		copy.sequence[i] = opened;
	while ((n = rtm_enum_next(self->eyes, handle, routes, 20, NULL)) > 0) {
		for (i = 0; i < n; i++) {
			copy.best[rtm_index(&routes[i])] = routes[i];
			copy.sequence[rtm_index(&routes[i])] =
				routes[i].sequence;
		}
		ASSERT_EQ(0, shake(self, self->a, 5, DESTS, NULL));
	}
	ASSERT_EQ(-ESRCH, n);
	ASSERT_LE(0, drain(self->eyes, self->watcher, &copy, -1));
	EXPECT_EQ(0, differences(self->fd, variant->family, &copy));
	EXPECT_EQ(1, rtm_stats(self->fd, variant->family).restarts);

	/* The other one was never disturbed. */
	ASSERT_EQ(0, drain(self->fd, self->b, &other, -1));
	EXPECT_EQ(0, differences(self->fd, variant->family, &other));
}

/* A reader that never reads costs the writers nothing that they would see. */
TEST_F(notify, writers_never_fail_because_a_reader_sleeps)
{
	const __u32 total = rtm_scaled(20000);
	__u32 i;

	ASSERT_EQ(0, rtm_limit_set(self->fd, RTM_LIMIT_WINDOW, 0, WINDOW));
	/* One that may be behind by much, b, and one that may not. */
	ASSERT_EQ(0, rtm_limit_set(self->fd, RTM_LIMIT_BACKLOG, 0, 10));
	ASSERT_LT(0, rtm_watch(self->eyes, variant->family));
	for (i = 0; i < total / 100; i++)
		ASSERT_EQ(0, shake(self, self->a, 100, DESTS, NULL));
	EXPECT_GE(DESTS + WINDOW, rtm_stats(self->fd, variant->family).records);
	EXPECT_EQ(1, rtm_stats(self->fd, variant->family).restarts);
}

/* What the list of clients says of @client's place: the @nth registered. */
static struct rtm_client_info figures(int fd, __u32 nth)
{
	struct rtm_client_info infos[3] = {};
	struct rtm_clients arg = {
		.size = sizeof(arg),
		.count = 3,
		.record_size = sizeof(*infos),
		.records = (uintptr_t)infos,
	};

	if (rtm_call(fd, RTM_IOC_CLIENTS, &arg) || arg.done != 3)
		memset(infos, 0xff, sizeof(infos));
	return infos[nth];
}

#define EXPECT_FIGURES(nth, file, client, waits, took, lost) do {	\
	struct rtm_client_info _info = figures(self->fd, nth);		\
	struct rtm_limit _limit;					\
									\
	EXPECT_EQ(waits, _info.pending);				\
	EXPECT_EQ(took, _info.delivered);				\
	EXPECT_EQ(lost, _info.restarts);				\
	EXPECT_EQ(0, rtm_limit(file, RTM_IOC_LIMIT_GET,			\
			       RTM_LIMIT_BACKLOG, client, &_limit));	\
	EXPECT_EQ(waits, _limit.used);					\
} while (0)

TEST_F(notify, figures_of_a_client_say_how_far_behind_it_is)
{
	__u32 i;

	EXPECT_FIGURES(1, self->fd, self->b, 0, 0, 0);
	EXPECT_FIGURES(2, self->eyes, self->watcher, 0, 0, 0);
	for (i = 0; i < 3; i++)
		ASSERT_EQ(0, rtm_add(self->fd, self->a, rtm_nth(i, 1), NULL));
	EXPECT_FIGURES(1, self->fd, self->b, 3, 0, 0);
	EXPECT_FIGURES(2, self->eyes, self->watcher, 3, 0, 0);
	ASSERT_EQ(1, rtm_dequeue(self->fd, self->b, &self->message, 1, NULL));
	EXPECT_FIGURES(1, self->fd, self->b, 2, 1, 0);
	EXPECT_FIGURES(2, self->eyes, self->watcher, 3, 0, 0);
	ASSERT_EQ(0, rtm_limit_set(self->fd, RTM_LIMIT_BACKLOG, self->b, 1));
	EXPECT_FIGURES(1, self->fd, self->b, 0, 1, 1);
	EXPECT_EQ(-ENOBUFS, rtm_dequeue(self->fd, self->b, &self->message, 1,
					NULL));
	ASSERT_EQ(0, rtm_add(self->fd, self->a, rtm_nth(3, 7), NULL));
	EXPECT_FIGURES(1, self->fd, self->b, 1, 1, 1);
	EXPECT_TOLD(self->fd, self->b, CURRENT, 4, 7, 0);
	EXPECT_FIGURES(1, self->fd, self->b, 0, 2, 1);
	EXPECT_FIGURES(2, self->eyes, self->watcher, 4, 0, 0);
	/* Neither is of any use with room for nothing. */
	EXPECT_EQ(-EINVAL, rtm_limit_set(self->fd, RTM_LIMIT_BACKLOG, self->b,
					 0));
	EXPECT_EQ(-EINVAL, rtm_limit_set(self->fd, RTM_LIMIT_BACKLOG, 0, 0));
	EXPECT_EQ(-EINVAL, rtm_limit_set(self->fd, RTM_LIMIT_WINDOW, 0, 0));
}

/* One that does not know yet that it lost messages is not the only reader. */
TEST_F(notify, change_by_one_that_lost_messages_is_told_to_the_idle_other)
{
	__u32 i;

	/* Only a and b watch. */
	ASSERT_EQ(0, rtm_deregister(self->eyes, self->watcher));
	ASSERT_EQ(0, rtm_limit_set(self->fd, RTM_LIMIT_BACKLOG, self->a, 1));
	for (i = 0; i < 3; i++)
		ASSERT_EQ(0, rtm_add(self->fd, self->b, rtm_nth(i, 1), NULL));
	ASSERT_EQ(1, rtm_stats(self->fd, variant->family).restarts);

	ASSERT_EQ(0, rtm_add(self->fd, self->a, rtm_nth(3, 7), NULL));
	ASSERT_EQ(1, rtm_dequeue(self->fd, self->b, &self->message, 1, NULL));
	EXPECT_EQ(CURRENT, self->message.change);
	EXPECT_EQ(7, self->message.cur.metric);
	EXPECT_EQ(-ENOBUFS, rtm_dequeue(self->fd, self->a, &self->message, 1,
					NULL));
}

/*
 * What b did and undid is no news to anybody, but b knows the result. So what
 * a does after it must not be merged with what a did before it.
 */
TEST_F(notify, own_changes_that_cancelled_out_still_separate_others)
{
	static struct copy copy;
	struct rtm_change_rec told;
	__u32 i;

	ASSERT_EQ(0, rtm_limit_set(self->fd, RTM_LIMIT_WINDOW, 0, 1));
	EXPECT_SILENCE(self->eyes, self->watcher);
	EXPECT_SILENCE(self->fd, self->a);
	EXPECT_SILENCE(self->fd, self->b);
	/* Now a has something to read, which is before all that follows. */
	ASSERT_EQ(0, rtm_add(self->fd, self->b, rtm_nth(9, 1), &told));
	learn(&copy, &told);

	ASSERT_EQ(0, rtm_add(self->fd, self->a, rtm_nth(0, 5), NULL));
	ASSERT_EQ(0, rtm_add(self->fd, self->b, rtm_nth(0, 1), &told));
	learn(&copy, &told);
	ASSERT_EQ(0, rtm_delete(self->fd, self->b, rtm_nth(0, 1), &told));
	learn(&copy, &told);
	ASSERT_EQ(5, copy.best[0].metric);
	ASSERT_EQ(0, rtm_delete(self->fd, self->a, rtm_nth(0, 5), NULL));
	/* Out of the window with all that. */
	for (i = 1; i < 4; i++)
		ASSERT_EQ(0, rtm_add(self->fd, self->a, rtm_nth(i, 1), NULL));

	ASSERT_LE(0, drain(self->fd, self->b, &copy, -1));
	EXPECT_EQ(0, copy.best[0].prefix_len);
	EXPECT_EQ(0, differences(self->fd, variant->family, &copy));
}

/*
 * What a client did itself it is not told, however much lies between two
 * messages; and with nobody else to tell, it is not kept.
 */
TEST_F(notify, own_changes_are_passed_over)
{
	const __u32 own = 5000;	/* more than in one hold of the mutex */
	struct rtm_change_rec messages[4];
	bool more;
	__u32 i;

	ASSERT_EQ(0, rtm_add(self->fd, self->b, rtm_nth(0, 1), NULL));
	for (i = 1; i <= own; i++)
		ASSERT_EQ(0, rtm_add(self->fd, self->a, rtm_nth(i, 1), NULL));
	ASSERT_EQ(0, rtm_add(self->fd, self->b, rtm_nth(own + 1, 1), NULL));
	for (i = own + 2; i <= 2 * own; i++)
		ASSERT_EQ(0, rtm_add(self->fd, self->a, rtm_nth(i, 1), NULL));
	ASSERT_EQ(1, rtm_dequeue(self->fd, self->a, messages, 1, &more));
	EXPECT_TRUE(more);
	EXPECT_EQ(0, rtm_index(&messages[0].cur));
	EXPECT_TRUE(rtm_signalled(self->fd, 0));
	ASSERT_EQ(1, rtm_dequeue(self->fd, self->a, messages, 4, &more));
	EXPECT_FALSE(more);
	EXPECT_EQ(own + 1, rtm_index(&messages[0].cur));

	/* Only a is left to be told. */
	ASSERT_EQ(0, rtm_deregister(self->eyes, self->watcher));
	ASSERT_EQ(0, rtm_deregister(self->fd, self->b));
	while (rtm_dequeue(self->fd, self->a, messages, 4, NULL) > 0)
		;
	/* What all have read is freed in the background. */
	for (i = 0; i < 1000 && rtm_stats(self->fd, variant->family).records; i++)
		usleep(10000);
	ASSERT_GT(1000, i);
	i = rtm_register(self->fd, variant->family, 200, 0);
	ASSERT_EQ(0, rtm_add(self->fd, i, rtm_nth(0, 1), NULL));
	for (i = 1; i < 100; i++)
		ASSERT_EQ(0, rtm_delete(self->fd, self->a, rtm_nth(i, 1), NULL));
	EXPECT_EQ(1, rtm_stats(self->fd, variant->family).records);
	ASSERT_EQ(1, rtm_dequeue(self->fd, self->a, messages, 4, &more));
	EXPECT_FALSE(more);
	EXPECT_EQ(0, rtm_index(&messages[0].cur));
}

/*
 * Nor is it kept when others are still to be told of what comes: by whom it was
 * passed over last, there were no messages in it.
 */
TEST_F(notify, own_changes_that_others_have_read_are_freed)
{
	const __u32 own = 5000;	/* more than in one hold of the mutex */
	struct rtm_change_rec messages[50];
	__u32 i;

	ASSERT_EQ(0, rtm_add(self->fd, self->b, rtm_nth(0, 1), NULL));
	for (i = 1; i <= own; i++)
		ASSERT_EQ(0, rtm_add(self->fd, self->a, rtm_nth(i, 1), NULL));
	while (rtm_dequeue(self->eyes, self->watcher, messages, 50, NULL) > 0 ||
	       rtm_dequeue(self->fd, self->b, messages, 50, NULL) > 0)
		;
	EXPECT_EQ(own + 1, rtm_stats(self->fd, variant->family).records);
	ASSERT_EQ(1, rtm_dequeue(self->fd, self->a, messages, 50, NULL));
	EXPECT_EQ(0, rtm_index(&messages[0].cur));
	for (i = 0; i < 1000 && rtm_stats(self->fd, variant->family).records; i++)
		usleep(10000);
	EXPECT_GT(1000, i);
}

/* Nanoseconds that @n changes of one destination take. */
static __s64 flap(FIXTURE_DATA(notify) *self, __u32 n)
{
	__u64 start = rtm_now(CLOCK_MONOTONIC);
	static __u32 metric;

	while (n--)
		if (rtm_add(self->fd, self->a, rtm_nth(0, metric++), NULL))
			return -1;
	return rtm_now(CLOCK_MONOTONIC) - start;
}

/*
 * Watchers that never read and all stand between two changes of the same
 * destination: a change costs a look at each of them at the most, not at each
 * pair of them.
 */
TEST_F(notify, frozen_watchers_slow_nobody_down_quadratically)
{
	const __u32 few = 32, many = 512, flaps = 200;
	__s64 with_few = 0, with_many;
	__u32 i;

	ASSERT_EQ(0, rtm_limit_set(self->fd, RTM_LIMIT_WINDOW, 0, 1));
	ASSERT_EQ(0, rtm_limit_set(self->fd, RTM_LIMIT_USER_CLIENTS, 0, 2000));
	for (i = 0; i < many; i++) {
		ASSERT_LT(0, rtm_watch(self->eyes, variant->family));
		ASSERT_LE(0, rtm_at_best(3, flap(self, 1)));
		if (i == few)
			with_few = rtm_at_best(3, flap(self, flaps));
	}
	with_many = rtm_at_best(3, flap(self, flaps));
	ASSERT_LT(0, with_few);
	EXPECT_LT(with_many, 100 * with_few)
		TH_LOG("%lld us, %lld us", with_few / 1000, with_many / 1000);
}

#define PASSED	100	/* destinations that go and come back */

/*
 * Nanoseconds that it takes until they have come back: all read what there is, and
 * then no more. What is undone then is no news.
 */
static __s64 come_back(FIXTURE_DATA(notify) *self, const __u32 *watchers,
		       __u32 nr)
{
	static struct rtm_change_rec messages[PASSED];
	static struct rtm_route_rec routes[PASSED];
	__u64 start;
	__u32 i;

	for (i = 0; i < nr; i++)
		while (rtm_dequeue(self->eyes, watchers[i], messages, PASSED,
				   NULL) > 0)
			;
	for (i = 0; i < PASSED; i++)
		routes[i] = rtm_nth(i, 1);
	if (rtm_update(self->fd, RTM_IOC_DELETE, self->a, routes, PASSED, NULL,
		       NULL))
		return -1;
	start = rtm_now(CLOCK_MONOTONIC);
	if (rtm_update(self->fd, RTM_IOC_ADD, self->a, routes, PASSED, NULL,
		       NULL))
		return -1;
	return rtm_now(CLOCK_MONOTONIC) - start;
}

/*
 * The same where all stand at one change, and what came of it is no news to
 * anybody: they are moved on together.
 */
TEST_F(notify, frozen_watchers_at_one_change_are_moved_on_together)
{
	enum { FEW = 64, MANY = 2048 };
	__s64 with_few = 0, with_many, ret;
	__u32 watchers[MANY], i;
	__u64 cancelled;

	ASSERT_EQ(0, rtm_limit_set(self->fd, RTM_LIMIT_WINDOW, 0, 1));
	ASSERT_EQ(0, rtm_limit_set(self->fd, RTM_LIMIT_USER_CLIENTS, 0, 3000));
	for (i = 0; i < PASSED; i++)
		ASSERT_EQ(0, rtm_add(self->fd, self->a, rtm_nth(i, 1), NULL));
	ASSERT_EQ(0, rtm_deregister(self->eyes, self->watcher));
	ASSERT_EQ(0, rtm_deregister(self->fd, self->b));
	EXPECT_SILENCE(self->fd, self->a);
	for (i = 0; i < MANY; i++) {
		ret = rtm_watch(self->eyes, variant->family);
		ASSERT_LT(0, ret);
		watchers[i] = ret;
		if (i + 1 == FEW)
			with_few = rtm_at_best(3, come_back(self, watchers,
							    FEW));
	}
	cancelled = rtm_stats(self->fd, variant->family).cancelled;
	with_many = rtm_at_best(3, come_back(self, watchers, MANY));
	EXPECT_LE(cancelled + 3 * (PASSED - 1),
		  rtm_stats(self->fd, variant->family).cancelled);
	ASSERT_LT(0, with_few);
	EXPECT_LT(with_many, 200 * with_few)
		TH_LOG("%lld us, %lld us", with_few / 1000, with_many / 1000);
}

/* Takes and gives back the watcher's room, with changes in between. */
static void *lose_at_any_time(void *arg)
{
	FIXTURE_DATA(notify) *self = arg;
	__u32 i;

	for (i = 0; !__atomic_load_n(&self->done, __ATOMIC_ACQUIRE); i++) {
		if (rtm_limit_set(self->eyes, RTM_LIMIT_BACKLOG, self->watcher,
				  i % 2 ? 1 : 1000) ||
		    shake(self, self->a, 3, DESTS, NULL))
			return self;
	}
	return NULL;
}

/* Whenever messages are lost: "more" is said of what can be taken only. */
TEST_F(notify, messages_lost_under_a_dequeue_are_told_by_it)
{
	const __u32 total = rtm_scaled(30000);
	__u32 i, lost = 0, taken = 0;
	pthread_t thread;
	void *failed;
	bool more;
	__s64 n;

	ASSERT_EQ(0, watch_anew(self, variant->family));
	ASSERT_EQ(0, pthread_create(&thread, NULL, lose_at_any_time, self));
	for (i = 0; i < total || !lost || !taken; i++) {
		n = rtm_dequeue(self->eyes, self->watcher, &self->message, 1,
				&more);
		ASSERT_TRUE(n >= 0 || n == -ENOBUFS);
		ASSERT_FALSE(!n && more);
		lost += n == -ENOBUFS;
		taken += n == 1;
	}
	__atomic_store_n(&self->done, true, __ATOMIC_RELEASE);
	ASSERT_EQ(0, pthread_join(thread, &failed));
	EXPECT_EQ(NULL, failed);
}

struct dequeuer {
	int fd;
	struct rtm_dequeue *arg;
	pid_t task;
	int err;
};

static void *dequeue_once(void *data)
{
	struct dequeuer *d = data;

	__atomic_store_n(&d->task, task_id(), __ATOMIC_RELEASE);
	d->err = rtm_call(d->fd, RTM_IOC_DEQUEUE, d->arg);
	return NULL;
}

/* Only one dequeues at a time: until @d waits for that, which no signal ends. */
static bool waits_to_dequeue(struct dequeuer *d)
{
	pid_t task;
	char state;

	do {
		sched_yield();
		task = __atomic_load_n(&d->task, __ATOMIC_ACQUIRE);
		state = task ? task_state(task) : 'R';
	} while (state && state != 'D');
	return state;
}

/* Who could not be told of a loss, since his argument had gone, is told then. */
TEST_F(notify, loss_that_could_not_be_told_is_told_by_the_next_call)
{
	struct rtm_change_rec *messages;
	struct rtm_dequeue *slow, *late;
	struct dequeuer first, second;
	const size_t page = sysconf(_SC_PAGESIZE);
	pthread_t threads[2];
	struct stall stall;
	int i;

	ASSERT_EQ(0, watch_anew(self, variant->family));
	messages = stall_alloc(page);
	slow = stall_alloc(page);
	late = stall_alloc(page);
	ASSERT_TRUE(messages && slow && late);
	*slow = (struct rtm_dequeue) {
		.size = sizeof(*slow),
		.client = self->watcher,
		.count = 1,
		.message_size = sizeof(*messages),
		.messages = (uintptr_t)messages,
	};
	*late = *slow;
	late->messages = (uintptr_t)&self->message;
	first = (struct dequeuer) { .fd = self->eyes, .arg = slow };
	second = (struct dequeuer) { .fd = self->eyes, .arg = late };

	/* While the first stands still, the second one comes, and all is lost. */
	ASSERT_EQ(0, rtm_add(self->fd, self->a, rtm_nth(0, 5), NULL));
	ASSERT_EQ(0, stall_begin(&stall, messages));
	ASSERT_EQ(0, pthread_create(&threads[0], NULL, dequeue_once, &first));
	ASSERT_EQ(0, stall_reached(&stall));
	ASSERT_EQ(0, pthread_create(&threads[1], NULL, dequeue_once, &second));
	ASSERT_TRUE(waits_to_dequeue(&second));
	ASSERT_EQ(0, rtm_limit_set(self->eyes, RTM_LIMIT_BACKLOG,
				   self->watcher, 1));
	for (i = 0; i < 1000 && !rtm_stats(self->fd, variant->family).restarts;
	     i++)
		ASSERT_EQ(0, shake(self, self->a, 10, DESTS, NULL));
	ASSERT_EQ(1, rtm_stats(self->fd, variant->family).restarts);
	ASSERT_TRUE(waits_to_dequeue(&second));
	ASSERT_EQ(0, mprotect(late, page, PROT_READ));
	ASSERT_EQ(0, stall_end(&stall));
	ASSERT_EQ(0, pthread_join(threads[0], NULL));
	ASSERT_EQ(0, pthread_join(threads[1], NULL));
	EXPECT_EQ(0, first.err);
	EXPECT_EQ(-EFAULT, second.err);

	ASSERT_EQ(0, mprotect(late, page, PROT_READ | PROT_WRITE));
	EXPECT_TRUE(rtm_signalled(self->eyes, 0));
	EXPECT_EQ(-ENOBUFS, rtm_call(self->eyes, RTM_IOC_DEQUEUE, late));
	EXPECT_SILENCE(self->eyes, self->watcher);
	munmap(messages, page);
	munmap(slow, page);
	munmap(late, page);
}

TEST_HARNESS_MAIN
