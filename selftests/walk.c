// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Walks: the stateless one in order, against a sorted array of everything,
 * and enumerations, which return what stays exactly once.
 */
#include "rtm_test.h"

#include <pthread.h>

#define PROTOCOLS	3
#define MATCHES		16	/* combinations of RTM_MATCH_* */
#define AFTER		RTM_GET_AFTER

FIXTURE(walk) {
	int fd;
	__u32 client[PROTOCOLS];	/* protocols 100, 200, 300 */
	__u32 family;
	__u8 width;
	struct rtm_route_rec *all;	/* in order, as the table shows them */
	__u32 nr;
	__u64 state;
};

FIXTURE_VARIANT(walk) {
	__u32 family;
	__u8 width;
};

FIXTURE_VARIANT_ADD(walk, ip) {
	.family = RTM_FAMILY_IP,
	.width = 32,
};

FIXTURE_VARIANT_ADD(walk, ipv6) {
	.family = RTM_FAMILY_IPV6,
	.width = 128,
};

FIXTURE_SETUP(walk)
{
	int i;

	self->family = variant->family;
	self->width = variant->width;
	self->fd = rtm_open_fresh();
	ASSERT_LE(0, self->fd);
	for (i = 0; i < PROTOCOLS; i++) {
		__s64 ret = rtm_register(self->fd, self->family,
					 100 * (i + 1), 0);

		ASSERT_LT(0, ret);
		self->client[i] = ret;
	}
	self->state = rtm_seed();
}

FIXTURE_TEARDOWN(walk)
{
	EXPECT_EQ(0, close(self->fd));
}

/*
 * A random route, from few networks of all lengths that lie in each other,
 * few interfaces and few next hops: most destinations have several.
 */
static struct rtm_route_rec draw(FIXTURE_DATA(walk) *self, __u32 networks)
{
	__u8 len = rtm_random(&self->state, self->width + 1);
	__u32 network = rtm_random(&self->state, networks), word;
	struct rtm_route_rec rec = rtm_ip(0, 0, rtm_random(&self->state, 4),
					  rtm_random(&self->state, 3) << 24,
					  rtm_random(&self->state, 4));

	/* Of IPv6, half the networks differ in the last 32 bits alone. */
	for (word = 0; word < self->width; word += 32)
		if (network & 1 || word == self->width - 32)
			rtm_put32(&rec.network[word / 8], network * 0x9e3779b1);
	return rtm_cut(rec, len);
}

/* Adds up to @n routes of every protocol; self->all is what must be there. */
static void populate(struct __test_metadata *_metadata,
		     FIXTURE_DATA(walk) *self, __u32 n, __u32 networks)
{
	__u32 i, j, p, nr = 0;

	self->all = calloc(n * PROTOCOLS, sizeof(*self->all));
	ASSERT_TRUE(self->all != NULL);
	for (p = 0; p < PROTOCOLS; p++) {
		struct rtm_route_rec *mine = self->all + nr;

		for (i = 0; i < n; i++) {
			mine[i] = draw(self, networks);
			mine[i].protocol = 100 * (p + 1);
			mine[i].priority = 127;
		}
		/* Of several with one identity the first one is kept. */
		qsort(mine, n, sizeof(*mine), rtm_order);
		for (i = j = 1; i < n; i++)
			if (rtm_order(&mine[j - 1], &mine[i]))
				mine[j++] = mine[i];
		ASSERT_EQ(0, rtm_update(self->fd, RTM_IOC_ADD, self->client[p],
					mine, j, NULL, NULL));
		nr += j;
	}
	qsort(self->all, nr, sizeof(*self->all), rtm_order);
	self->nr = nr;
	ASSERT_EQ(nr, rtm_stats(self->fd, self->family).routes);
}

static bool same_dest(const struct rtm_route_rec *a,
		      const struct rtm_route_rec *b)
{
	return a->prefix_len == b->prefix_len &&
	       !memcmp(a->network, b->network, 16);
}

/*
 * Whether self->all[i] is the best of its destination: what was there first
 * stays among equals, and that is the order of self->all, since protocols
 * added one after the other and each in order.
 */
static bool is_best(const FIXTURE_DATA(walk) *self, __u32 i)
{
	const struct rtm_route_rec *r = &self->all[i];
	__u32 j;

	for (j = i; j-- && same_dest(r, &self->all[j]);)
		if (self->all[j].metric <= r->metric)
			return false;
	for (j = i; ++j < self->nr && same_dest(r, &self->all[j]);)
		if (self->all[j].metric < r->metric)
			return false;
	return true;
}

static bool matches(const FIXTURE_DATA(walk) *self, __u32 i, __u32 match,
		    const struct rtm_route_rec *criteria)
{
	const struct rtm_route_rec *r = &self->all[i];

	return (!(match & RTM_MATCH_NETWORK) || same_dest(r, criteria)) &&
	       (!(match & RTM_MATCH_INTERFACE) ||
		r->interface == criteria->interface) &&
	       (!(match & RTM_MATCH_PROTOCOL) ||
		r->protocol == criteria->protocol) &&
	       (!(match & RTM_MATCH_BEST) || is_best(self, i));
}

/* A walk of best routes takes one a destination, whichever is best then. */
static bool is_after(const struct rtm_route_rec *r, __u32 match,
		     const struct rtm_route_rec *position)
{
	return match & RTM_MATCH_BEST && same_dest(r, position) ? false :
	       rtm_order(r, position) > 0;
}

/* A walk from @position in steps of @step gives what the array does. */
static void expect_walk(struct __test_metadata *_metadata,
			const FIXTURE_DATA(walk) *self, __u32 match,
			__u32 flags, struct rtm_route_rec position, __u32 step)
{
	const struct rtm_route_rec criteria = position;
	struct rtm_route_rec got[257];
	__u32 i, how = flags;
	__s64 n = 0, k = 0;

	ASSERT_GE(ARRAY_SIZE(got), step);
	for (i = 0; i < self->nr; i++) {
		if (!matches(self, i, match, &criteria) ||
		    (flags & AFTER &&
		     !is_after(&self->all[i], match, &criteria)))
			continue;
		if (k == n) {
			n = rtm_get(self->fd, self->family, match, how,
				    &position, got, step);
			ASSERT_LT(0, n);
			/* The position out is the last one taken. */
			ASSERT_EQ(0, rtm_order(&position, &got[n - 1]));
			how |= AFTER;
			k = 0;
		}
		ASSERT_TRUE(rtm_same(&self->all[i], &got[k])) {
			TH_LOG("match %u, flags %u, step %u", match, flags,
			       step);
		}
		ASSERT_EQ(127, got[k].priority);
		k++;
	}
	ASSERT_EQ(n, k);
	/* A full last batch does not say that it was the last one. */
	if (!n || n == step) {
		ASSERT_EQ(-ESRCH, rtm_get(self->fd, self->family, match, how,
					  &position, got, step));
	}
}

TEST_F(walk, every_match_from_the_beginning_in_order)
{
	static const __u32 steps[] = { 1, 2, 7, 255, 256, 257 };
	__u32 i, match;

	populate(_metadata, self, rtm_scaled_from(150, 300), 12);
	/* One step of the longest is not all there is. */
	ASSERT_LT(257, self->nr);
	for (match = 0; match < MATCHES; match++) {
		for (i = 0; i < ARRAY_SIZE(steps); i++) {
			__u32 at = rtm_random(&self->state, self->nr);

			expect_walk(_metadata, self, match, 0, self->all[at],
				    steps[i]);
		}
	}
}

TEST_F(walk, every_match_after_positions_that_need_not_exist)
{
	__u32 i, match;

	populate(_metadata, self, rtm_scaled(200), 12);
	for (match = 0; match < MATCHES; match++) {
		for (i = 0; i < 12; i++) {
			struct rtm_route_rec position;

			/* One that exists, one whose destination may. */
			position = self->all[rtm_random(&self->state,
							self->nr)];
			if (i % 4 == 1) {
				position.protocol =
					rtm_random(&self->state, 400);
				position.interface =
					rtm_random(&self->state, 5);
				rtm_put32(position.next_hop,
					  rtm_random(&self->state, 1 << 30));
			}
			/* And one whose destination does not. */
			if (i % 4 == 2) {
				position = draw(self, 1 << 20);
				position.protocol = 250;
			}
			expect_walk(_metadata, self, match, AFTER, position,
				    1 + rtm_random(&self->state, 257));
		}
	}
}

TEST_F(walk, after_the_last_and_in_an_empty_table_is_ESRCH)
{
	struct rtm_route_rec got, position = {};
	__u32 match;

	for (match = 0; match < MATCHES; match++) {
		EXPECT_EQ(-ESRCH, rtm_get(self->fd, self->family, match, 0,
					  &position, &got, 1));
		EXPECT_EQ(-ESRCH, rtm_get(self->fd, self->family, match,
					  AFTER, &position, &got, 1));
		EXPECT_EQ(-ESRCH, rtm_enum_open(self->fd, self->family, match,
						&position, NULL));
	}
	populate(_metadata, self, 50, 12);
	position = self->all[self->nr - 1];
	EXPECT_EQ(-ESRCH, rtm_get(self->fd, self->family, 0, AFTER, &position,
				  &got, 1));
	position = rtm_ip(0, self->width, 0xffffffff, 0xffffffff, 0);
	memset(position.network, 0xff, self->width / 8);
	position.protocol = 0xffffffff;
	EXPECT_EQ(-ESRCH, rtm_get(self->fd, self->family, 0, AFTER, &position,
				  &got, 1));
	EXPECT_EQ(-ESRCH, rtm_get(self->fd, RTM_FAMILY_IPX, 0, 0, &position,
				  &got, 1));
}

TEST_F(walk, malformed_positions_are_EINVAL)
{
	struct rtm_route_rec got, position = rtm_ip(0x0a000001, 24, 1, 1, 0);

	populate(_metadata, self, 20, 12);
	EXPECT_EQ(-EINVAL, rtm_get(self->fd, self->family, RTM_MATCH_NETWORK,
				   0, &position, &got, 1));
	EXPECT_EQ(-EINVAL, rtm_get(self->fd, self->family, 0, AFTER,
				   &position, &got, 1));
	EXPECT_EQ(-EINVAL, rtm_enum_open(self->fd, self->family,
					 RTM_MATCH_NETWORK, &position, NULL));
	position.prefix_len = self->width + 1;
	EXPECT_EQ(-EINVAL, rtm_get(self->fd, self->family, RTM_MATCH_NETWORK,
				   0, &position, &got, 1));
	EXPECT_EQ(-EINVAL, rtm_enum_open(self->fd, self->family,
					 RTM_MATCH_NETWORK, &position, NULL));
	/* What is not asked about is not read. */
	EXPECT_EQ(1, rtm_get(self->fd, self->family, 0, 0, &position, &got,
			     1));
}

TEST_F(walk, enumeration_returns_every_match_exactly_once)
{
	static const __u32 steps[] = { 1, 2, 255, 256, 257 };
	struct rtm_route_rec *got;
	__u32 match, i, s, wanted;

	populate(_metadata, self, rtm_scaled_from(150, 300), 12);
	ASSERT_LT(257, self->nr);
	got = calloc(self->nr + 257, sizeof(*got));
	ASSERT_TRUE(got != NULL);
	for (match = 0; match < MATCHES; match++) {
		const __u32 step = steps[match % ARRAY_SIZE(steps)];
		const struct rtm_route_rec *criteria;
		__u64 opened, ended;
		__s64 handle, n;

		/* The best of something, so that each match has one. */
		do {
			i = rtm_random(&self->state, self->nr);
		} while (!is_best(self, i));
		criteria = &self->all[i];
		handle = rtm_enum_open(self->fd, self->family, match, criteria,
				       &opened);
		ASSERT_LT(0, handle);
		for (s = 0; (n = rtm_enum_next(self->fd, handle, got + s, step,
					       &ended)) > 0; s += n) {
			ASSERT_GE(step, n);
			ASSERT_GE(self->nr, s + n);
		}
		ASSERT_EQ(-ESRCH, n);
		ASSERT_EQ(opened, ended);
		/* The end stays the end. */
		ASSERT_EQ(-ESRCH, rtm_enum_next(self->fd, handle, got, 1,
						NULL));
		ASSERT_EQ(0, rtm_drop(self->fd, RTM_IOC_ENUM_CLOSE, handle));
		qsort(got, s, sizeof(*got), rtm_order);
		for (i = wanted = 0; i < self->nr; i++) {
			if (!matches(self, i, match, criteria))
				continue;
			ASSERT_GT(s, wanted);
			ASSERT_TRUE(rtm_same(&self->all[i], &got[wanted]));
			wanted++;
		}
		ASSERT_EQ(wanted, s);
	}
	free(got);
}

/* Walks of best routes against look-ups, which ask the destinations. */
static void expect_best(struct __test_metadata *_metadata,
			const FIXTURE_DATA(walk) *self)
{
	struct rtm_route_rec all[256], best[256], got[256], at = {};
	__s64 nr, n;
	__u32 i, k, p, wanted = 0;

	nr = rtm_get(self->fd, self->family, 0, 0, &at, all, ARRAY_SIZE(all));
	if (nr == -ESRCH)
		nr = 0;
	ASSERT_LE(0, nr);
	ASSERT_GT(ARRAY_SIZE(all), nr);
	for (i = 0; i < nr; i++) {
		if (i && same_dest(&all[i - 1], &all[i]))
			continue;
		best[wanted] = all[i];
		ASSERT_EQ(0, rtm_lookup(self->fd, self->family, 0,
					&best[wanted]));
		wanted++;
	}
	/* All of them, then those of one protocol, or one interface. */
	for (p = 0; p <= PROTOCOLS + 1; p++) {
		__u32 match = RTM_MATCH_BEST;

		at.protocol = 100 * p;
		at.interface = 1;
		if (p == PROTOCOLS + 1)
			match |= RTM_MATCH_INTERFACE;
		else if (p)
			match |= RTM_MATCH_PROTOCOL;
		n = rtm_get(self->fd, self->family, match, 0, &at, got,
			    ARRAY_SIZE(got));
		if (n == -ESRCH)
			n = 0;
		for (i = k = 0; i < wanted; i++) {
			if (match & RTM_MATCH_PROTOCOL &&
			    best[i].protocol != 100 * p)
				continue;
			if (match & RTM_MATCH_INTERFACE &&
			    best[i].interface != 1)
				continue;
			ASSERT_GT(n, k);
			ASSERT_TRUE(rtm_same(&best[i], &got[k]));
			k++;
		}
		ASSERT_EQ(n, k);
	}
}

TEST_F(walk, best_routes_are_found_after_every_change)
{
	const __u32 steps = rtm_scaled_from(600, 1500);
	struct rtm_change_rec messages[64];
	__s64 watcher = rtm_watch(self->fd, self->family);
	__u32 step, kinds[4] = {};

	ASSERT_LT(0, watcher);
	for (step = 0; step < steps; step++) {
		__u32 p = rtm_random(&self->state, PROTOCOLS);
		struct rtm_route_rec rec = draw(self, 2);
		__u32 kind = rtm_random(&self->state, 16);
		int err = 0;

		/* Few destinations, so that there are several routes of each. */
		rec = rtm_cut(rec, rec.prefix_len % 3);
		if (kind < 8)
			err = rtm_add(self->fd, self->client[p], rec, NULL);
		else if (kind < 14)
			err = rtm_delete(self->fd, self->client[p], rec, NULL);
		else if (kind < 15)
			err = rtm_prio_set(self->fd, self->family,
					   100 * (p + 1),
					   rtm_random(&self->state, 3));
		else if (rtm_random(&self->state, 4))
			/* Records go: destinations say what they have again. */
			while (watcher &&
			       rtm_dequeue(self->fd, watcher, messages,
					   ARRAY_SIZE(messages), NULL) > 0)
				;
		if (err != -ESRCH)
			ASSERT_EQ(0, err);
		kinds[err ? 0 : kind < 8 ? 1 : kind < 14 ? 2 : 3]++;
		expect_best(_metadata, self);
		if (step == steps / 2) {
			/* From here on nobody watches. */
			ASSERT_EQ(0, rtm_deregister(self->fd, watcher));
			watcher = 0;
		}
	}
	for (step = 1; step < ARRAY_SIZE(kinds); step++)
		EXPECT_LE(steps / 100, kinds[step]);
}

TEST_F(walk, enumeration_that_matches_nothing_is_ESRCH_at_once)
{
	struct rtm_route_rec criteria = rtm_ip(0xdeadbe00, 24, 77, 0, 0);

	populate(_metadata, self, 50, 12);
	criteria.protocol = 400;
	EXPECT_EQ(-ESRCH, rtm_enum_open(self->fd, self->family,
					RTM_MATCH_NETWORK, &criteria, NULL));
	EXPECT_EQ(-ESRCH, rtm_enum_open(self->fd, self->family,
					RTM_MATCH_INTERFACE, &criteria, NULL));
	EXPECT_EQ(-ESRCH, rtm_enum_open(self->fd, self->family,
					RTM_MATCH_PROTOCOL | RTM_MATCH_BEST,
					&criteria, NULL));
	EXPECT_EQ(-ESRCH, rtm_enum_open(self->fd, RTM_FAMILY_IPX, 0, NULL,
					NULL));
}

TEST_F(walk, sequence_says_that_the_table_changed_meanwhile)
{
	struct rtm_route_rec got[2];
	__u64 opened, ended;
	__s64 handle;

	populate(_metadata, self, 50, 12);
	handle = rtm_enum_open(self->fd, self->family, 0, NULL, &opened);
	ASSERT_LT(0, handle);
	EXPECT_EQ(rtm_stats(self->fd, self->family).sequence, opened);
	ASSERT_EQ(2, rtm_enum_next(self->fd, handle, got, 2, &ended));
	EXPECT_EQ(opened, ended);
	ASSERT_EQ(0, rtm_add(self->fd, self->client[0],
			     rtm_ip(0xdeadbe00, 24, 1, 1, 1), NULL));
	ASSERT_EQ(2, rtm_enum_next(self->fd, handle, got, 2, &ended));
	EXPECT_EQ(opened + 1, ended);
}

/*
 * The writer adds and removes routes of protocol 200 all over the table, in
 * destinations of their own and in those of protocol 100, which stays.
 */
struct churn {
	int fd;
	__u32 client;
	__u32 nr;
	bool stop;
	__s64 err;
	__u64 rounds;
};

#define CHURN	64

static void *churn(void *arg)
{
	struct churn *c = arg;
	struct rtm_route_rec recs[CHURN];
	__u64 state = 88172645463325252ULL;
	__u32 i;

	while (!__atomic_load_n(&c->stop, __ATOMIC_RELAXED) && !c->err) {
		for (i = 0; i < CHURN; i++) {
			recs[i] = rtm_nth(rtm_random(&state, c->nr), 1);
			recs[i].prefix_len += rtm_random(&state, 3);
			recs[i].interface = i;
		}
		c->err = rtm_update(c->fd, RTM_IOC_ADD, c->client, recs, CHURN,
				    NULL, NULL);
		if (!c->err)
			c->err = rtm_block_delete(c->fd, c->client, 0, NULL);
		if (c->err > 0)
			c->err = 0;
		__atomic_fetch_add(&c->rounds, 1, __ATOMIC_RELAXED);
	}
	return NULL;
}

/* Once in the middle of every walk: adds and removes something meanwhile. */
static void let_churn(struct churn *c, bool *churned)
{
	const __u64 rounds = __atomic_load_n(&c->rounds, __ATOMIC_RELAXED);

	while (!*churned && !__atomic_load_n(&c->err, __ATOMIC_RELAXED) &&
	       __atomic_load_n(&c->rounds, __ATOMIC_RELAXED) < rounds + 2)
		sched_yield();
	*churned = true;
}

/* Counts what a walk returns of protocol 100, each of which must come once. */
static __u32 tally(const struct rtm_route_rec *got, __s64 n, __u8 *seen)
{
	__u32 others = 0;

	for (; n-- > 0; got++) {
		if (got->protocol == 100)
			seen[rtm_index(got)]++;
		else
			others++;
	}
	return others;
}

TEST_F(walk, what_stays_comes_once_while_others_come_and_go)
{
	const __u32 nr = rtm_scaled(20000);
	struct churn c = { .fd = self->fd, .client = self->client[1], .nr = nr };
	static struct rtm_route_rec got[257];
	const __u32 steps[] = { 1, 2, 255, 256, 257 };
	struct rtm_route_rec *recs = calloc(nr, sizeof(*recs)), position;
	__u8 *seen = malloc(nr);
	pthread_t writer;
	__s64 handle, n;
	bool churned;
	__u32 i, j, others = 0;

	ASSERT_TRUE(recs && seen);
	ASSERT_GE(65536, nr);
	for (i = 0; i < nr; i++)
		recs[i] = rtm_nth(i, 5);
	ASSERT_EQ(0, rtm_update(self->fd, RTM_IOC_ADD, self->client[0], recs,
				nr, NULL, NULL));
	ASSERT_EQ(0, pthread_create(&writer, NULL, churn, &c));
	/* Single steps of a big table take long: those walks begin late. */
	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		const __u32 start = steps[i] < 3 ? nr - nr / 50 : 0;

		memset(seen, 0, nr);
		position = rtm_nth(start, 0);
		position.protocol = 0;
		churned = false;
		while ((n = rtm_get(self->fd, self->family, 0, AFTER,
				    &position, got, steps[i])) > 0) {
			others += tally(got, n, seen);
			let_churn(&c, &churned);
		}
		ASSERT_EQ(-ESRCH, n);
		for (j = 0; j < nr; j++)
			ASSERT_EQ(j >= start, seen[j]);

		if (steps[i] < 3)
			continue;
		memset(seen, 0, nr);
		handle = rtm_enum_open(self->fd, self->family, 0, NULL, NULL);
		ASSERT_LT(0, handle);
		churned = false;
		while ((n = rtm_enum_next(self->fd, handle, got, steps[i],
					  NULL)) > 0) {
			others += tally(got, n, seen);
			let_churn(&c, &churned);
		}
		ASSERT_EQ(-ESRCH, n);
		ASSERT_EQ(0, rtm_drop(self->fd, RTM_IOC_ENUM_CLOSE, handle));
		for (j = 0; j < nr; j++)
			ASSERT_EQ(1, seen[j]);
	}
	/* Something of what comes and goes was met, too. */
	EXPECT_LT(0, others);
	__atomic_store_n(&c.stop, true, __ATOMIC_RELAXED);
	ASSERT_EQ(0, pthread_join(writer, NULL));
	ASSERT_EQ(0, c.err);
	ASSERT_EQ(nr, rtm_stats(self->fd, self->family).routes);
	free(recs);
	free(seen);
}

/* A call that has all it asked for has not been interrupted. */
TEST_F(walk, signals_do_not_disturb_single_steps)
{
	const __u32 total = rtm_scaled(30000);
	struct rtm_route_rec rec, position = {};
	__s64 handle, n = 0;
	__u32 i;

	for (i = 0; i < 100; i++)
		ASSERT_EQ(0, rtm_add(self->fd, self->client[0], rtm_nth(i, 1),
				     NULL));
	ASSERT_EQ(0, alarms_start());
	for (i = 0; i < total && n >= 0; i++) {
		n = rtm_get(self->fd, self->family, 0, i % 50 ? AFTER : 0,
			    &position, &rec, 1);
		if (n != 1)
			break;
		handle = rtm_enum_open(self->fd, self->family, 0, NULL, NULL);
		n = rtm_enum_next(self->fd, handle, &rec, 1, NULL);
		if (n != 1)
			break;
		n = rtm_drop(self->fd, RTM_IOC_ENUM_CLOSE, handle);
	}
	EXPECT_LT(10, alarms_stop());
	EXPECT_EQ(0, n);
	EXPECT_EQ(total, i);
}

TEST_HARNESS_MAIN
