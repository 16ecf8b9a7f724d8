// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Look-ups: exact and longest match, against a list that is searched from
 * end to end.
 */
#include "rtm_test.h"

#define LONGEST	RTM_LOOKUP_LONGEST

FIXTURE(lookup) {
	int fd;
	__u32 client;
	__u32 ipx;
	struct rtm_route_rec *list;
	__u32 nr;
	__u64 state;
};

FIXTURE_SETUP(lookup)
{
	__s64 ret;

	self->fd = rtm_open_fresh();
	ASSERT_LE(0, self->fd);
	ret = rtm_register(self->fd, RTM_FAMILY_IP, 100, 0);
	ASSERT_LT(0, ret);
	self->client = ret;
	ret = rtm_register(self->fd, RTM_FAMILY_IPX, 100, 0);
	ASSERT_LT(0, ret);
	self->ipx = ret;
	self->state = rtm_seed();
}

FIXTURE_TEARDOWN(lookup)
{
	EXPECT_EQ(0, close(self->fd));
}

static __u32 mask(__u8 len)
{
	return len ? 0xffffffffU << (32 - len) : 0;
}

/* Looks @address/@len up; the length found, or an error. */
static int find(int fd, __u32 flags, __u32 address, __u8 len)
{
	struct rtm_route_rec rec = rtm_ip(address, len, 0, 0, 0);
	int err = rtm_lookup(fd, RTM_FAMILY_IP, flags, &rec);

	if (err)
		return err;
	if (rtm_get32(rec.network) != (address & mask(rec.prefix_len)))
		return -ERANGE;
	return rec.prefix_len;
}

static int add(FIXTURE_DATA(lookup) *self, __u32 network, __u8 len)
{
	return rtm_add(self->fd, self->client, rtm_ip(network, len, 1, 1, len),
		       NULL);
}

TEST_F(lookup, empty_table_has_nothing)
{
	EXPECT_EQ(-ESRCH, find(self->fd, 0, 0, 0));
	EXPECT_EQ(-ESRCH, find(self->fd, LONGEST, 0, 32));
	EXPECT_EQ(-ESRCH, find(self->fd, LONGEST, 0xffffffff, 32));
	EXPECT_EQ(-ESRCH, find(self->fd, LONGEST, 0xffffffff, 0));
}

TEST_F(lookup, default_route_matches_everything)
{
	__u8 len;

	ASSERT_EQ(0, add(self, 0, 0));
	EXPECT_EQ(0, find(self->fd, 0, 0, 0));
	for (len = 1; len <= 32; len++)
		EXPECT_EQ(-ESRCH, find(self->fd, 0, 0, len));
	for (len = 0; len <= 32; len++) {
		EXPECT_EQ(0, find(self->fd, LONGEST, 0, len));
		EXPECT_EQ(0, find(self->fd, LONGEST, 0xffffffff, len));
	}
}

TEST_F(lookup, all_lengths_of_a_chain_and_the_maximum_asked_for)
{
	const __u32 address = 0xa5c3f00f;
	__u8 len, most;

	for (len = 0; len <= 32; len++)
		ASSERT_EQ(0, add(self, address & mask(len), len));
	for (len = 0; len <= 32; len++) {
		EXPECT_EQ(len, find(self->fd, 0, address & mask(len), len));
		EXPECT_EQ(len, find(self->fd, LONGEST, address, len));
		/* Off by the last bit of len: what is shorter matches. */
		if (len) {
			EXPECT_EQ(len - 1, find(self->fd, LONGEST,
						address ^ 1U << (32 - len),
						32));
		}
	}
	/* Holes of every length. */
	for (len = 32; len; len--) {
		struct rtm_route_rec rec = rtm_ip(address & mask(len), len, 1,
						  1, 0);

		ASSERT_EQ(0, rtm_delete(self->fd, self->client, rec, NULL));
		EXPECT_EQ(-ESRCH, find(self->fd, 0, address & mask(len), len));
		for (most = len; most <= 32; most++)
			EXPECT_EQ(len - 1, find(self->fd, LONGEST, address,
						most));
	}
}

TEST_F(lookup, answer_is_the_best_route_of_the_destination)
{
	struct rtm_route_rec rec = rtm_nth(3, 9), seen = rec;
	__s64 other = rtm_register(self->fd, RTM_FAMILY_IP, 50, 0);

	ASSERT_LT(0, other);
	ASSERT_EQ(0, rtm_add(self->fd, self->client, rec, NULL));
	rec.metric = 4;
	ASSERT_EQ(0, rtm_add(self->fd, other, rec, NULL));
	ASSERT_EQ(0, rtm_lookup(self->fd, RTM_FAMILY_IP, 0, &seen));
	EXPECT_EQ(50, seen.protocol);
	EXPECT_EQ(4, seen.metric);
	seen = rtm_ip(0x0a00034d, 32, 0, 0, 0);
	ASSERT_EQ(0, rtm_lookup(self->fd, RTM_FAMILY_IP, LONGEST, &seen));
	EXPECT_EQ(50, seen.protocol);
	ASSERT_EQ(0, rtm_deregister(self->fd, other));
	ASSERT_EQ(0, rtm_lookup(self->fd, RTM_FAMILY_IP, 0, &rec));
	EXPECT_EQ(100, rec.protocol);
	EXPECT_EQ(9, rec.metric);
}

/* Exact needs a prefix, longest match takes any address. */
TEST_F(lookup, malformed_questions_are_EINVAL)
{
	static const struct {
		__u32 flags, address;
		__u8 len, tail;
	} bad[] = {
		{ 0, 0x0a000001, 24, 0 }, { 0, 1, 0, 0 }, { 0, 0, 33, 0 },
		{ 0, 0, 255, 0 }, { 0, 0, 32, 1 }, { LONGEST, 0, 33, 0 },
		{ LONGEST, 0, 255, 0 }, { LONGEST, 0, 32, 1 },
	};
	unsigned int i;

	ASSERT_EQ(0, add(self, 0, 0));
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		struct rtm_route_rec rec = rtm_ip(bad[i].address, bad[i].len,
						  0, 0, 0);

		rec.network[9] = bad[i].tail;
		EXPECT_EQ(-EINVAL, rtm_lookup(self->fd, RTM_FAMILY_IP,
					      bad[i].flags, &rec)) {
			TH_LOG("case %u", i);
		}
	}
	EXPECT_EQ(0, find(self->fd, LONGEST, 0x0a000001, 24));
}

TEST_F(lookup, ipx_knows_whole_networks_only)
{
	struct rtm_route_rec rec = rtm_ip(0xabcd, 32, 1, 0, 1), other = rec;

	ASSERT_EQ(0, rtm_add(self->fd, self->ipx, rec, NULL));
	EXPECT_EQ(0, rtm_lookup(self->fd, RTM_FAMILY_IPX, 0, &rec));
	EXPECT_EQ(100, rec.protocol);
	rtm_put32(other.network, 0xabce);
	EXPECT_EQ(-ESRCH, rtm_lookup(self->fd, RTM_FAMILY_IPX, 0, &other));
	rec = rtm_ip(0xabcd, 32, 0, 0, 0);
	EXPECT_EQ(-ESRCH, rtm_lookup(self->fd, RTM_FAMILY_IP, 0, &rec));
}

/* What the list says: the longest, of at most @most bits. */
static int naive(const FIXTURE_DATA(lookup) *self, __u32 address, int most)
{
	int best = -ESRCH;
	__u32 i;

	for (i = 0; i < self->nr; i++) {
		const struct rtm_route_rec *r = &self->list[i];

		if (r->prefix_len <= most && r->prefix_len > best &&
		    !((rtm_get32(r->network) ^ address) & mask(r->prefix_len)))
			best = r->prefix_len;
	}
	return best;
}

static bool listed(const FIXTURE_DATA(lookup) *self, __u32 network, __u8 len)
{
	__u32 i;

	for (i = 0; i < self->nr; i++)
		if (self->list[i].prefix_len == len &&
		    rtm_get32(self->list[i].network) == network)
			return true;
	return false;
}

/* Addresses near each other and near the prefixes, so that much matches. */
static __u32 near(__u64 *state)
{
	const __u32 base = rtm_random(state, 8) * 0x24924924;

	return base ^ 1U << rtm_random(state, 32) ^
	       rtm_random(state, 1U << rtm_random(state, 32));
}

/* A quarter of the table leaves; new ones come until there are @size. */
static void shuffle(struct __test_metadata *_metadata,
		    FIXTURE_DATA(lookup) *self, __u32 size)
{
	__u32 i;

	for (i = self->nr; i--;) {
		if (rtm_random(&self->state, 4))
			continue;
		ASSERT_EQ(0, rtm_delete(self->fd, self->client, self->list[i],
					NULL));
		self->list[i] = self->list[--self->nr];
	}
	while (self->nr < size) {
		__u8 len = rtm_random(&self->state, 33);
		__u32 network = near(&self->state) & mask(len);

		if (listed(self, network, len))
			continue;
		self->list[self->nr++] = rtm_ip(network, len, 1, 1, len);
		ASSERT_EQ(0, add(self, network, len));
	}
	ASSERT_EQ(size, rtm_stats(self->fd, RTM_FAMILY_IP).destinations);
}

/* One batch of random questions. How many had an answer. */
static __u32 ask(struct __test_metadata *_metadata,
		 FIXTURE_DATA(lookup) *self, __u32 flags, __u32 n)
{
	struct rtm_lookup_rec *recs = calloc(n, sizeof(*recs));
	struct rtm_route_rec *asked = calloc(n, sizeof(*asked));
	struct rtm_lookup arg = {
		.size = sizeof(arg),
		.family = RTM_FAMILY_IP,
		.flags = flags,
		.count = n,
		.record_size = sizeof(*recs),
		.records = (uintptr_t)recs,
	};
	__u32 i, hits = 0;

	ASSERT_TRUE(recs && asked);
	for (i = 0; i < n; i++) {
		__u8 len = rtm_random(&self->state, 33);
		__u32 address = near(&self->state);

		if (!flags)
			address &= mask(len);
		asked[i] = !flags && i & 1 ? self->list[i % self->nr] :
					     rtm_ip(address, len, 0, 0, 0);
		recs[i].route = asked[i];
	}
	ASSERT_EQ(0, rtm_call(self->fd, RTM_IOC_LOOKUP, &arg));
	ASSERT_EQ(n, arg.done);
	for (i = 0; i < n; i++) {
		const struct rtm_route_rec *seen = &recs[i].route;
		const __u32 address = rtm_get32(asked[i].network);
		int want = naive(self, address, asked[i].prefix_len);

		if (!flags && want != asked[i].prefix_len)
			want = -ESRCH;
		ASSERT_EQ(want < 0 ? want : 0, recs[i].error);
		if (want < 0)
			continue;
		ASSERT_EQ(want, seen->prefix_len);
		ASSERT_EQ(want, seen->metric);
		ASSERT_EQ(address & mask(want), rtm_get32(seen->network));
		hits++;
	}
	free(recs);
	free(asked);
	return hits;
}

TEST_F(lookup, random_tables_agree_with_a_list)
{
	const __u32 size = rtm_scaled(1000), questions = rtm_scaled(2000);
	__u32 step;

	self->list = calloc(size, sizeof(*self->list));
	ASSERT_TRUE(self->list != NULL);
	for (step = 0; step < 4; step++) {
		__u32 hits;

		shuffle(_metadata, self, size);
		hits = ask(_metadata, self, 0, questions);
		EXPECT_LE(questions / 2, hits);
		EXPECT_GT(questions, hits);
		hits = ask(_metadata, self, LONGEST, questions);
		EXPECT_LE(questions / 2, hits);
	}
	free(self->list);
}

TEST_HARNESS_MAIN
