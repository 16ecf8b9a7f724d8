// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Look-ups: exact and longest match, against a list that is searched from
 * end to end.
 */
#include <sys/mman.h>

#include "rtm_test.h"

#define LONGEST	RTM_LOOKUP_LONGEST

FIXTURE(lookup) {
	int fd;
	__u32 client;
	__u32 ipx;
	__u32 family;
	__u8 width;
	__u8 ones[16];
	struct rtm_route_rec *list;
	__u32 nr;
	__u64 state;
};

FIXTURE_VARIANT(lookup) {
	__u32 family;
	__u8 width;
};

FIXTURE_VARIANT_ADD(lookup, ip) {
	.family = RTM_FAMILY_IP,
	.width = 32,
};

FIXTURE_VARIANT_ADD(lookup, ipv6) {
	.family = RTM_FAMILY_IPV6,
	.width = 128,
};

FIXTURE_SETUP(lookup)
{
	__s64 ret;

	self->family = variant->family;
	self->width = variant->width;
	memset(self->ones, 0xff, self->width / 8);
	self->fd = rtm_open_fresh();
	ASSERT_LE(0, self->fd);
	ret = rtm_register(self->fd, self->family, 100, 0);
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

static const __u8 zeros[16];

/* The address as it is: with bits beyond the length too. */
static struct rtm_route_rec at(const __u8 *address, __u8 len)
{
	struct rtm_route_rec rec = rtm_ip(0, len, 1, 1, len);

	memcpy(rec.network, address, sizeof(rec.network));
	return rec;
}

static struct rtm_route_rec prefix(const __u8 *address, __u8 len)
{
	return rtm_cut(at(address, len), len);
}

/* Looks @address/@len up; the length found, or an error. */
static int find(const FIXTURE_DATA(lookup) *self, __u32 flags,
		const __u8 *address, __u8 len)
{
	struct rtm_route_rec rec = flags ? at(address, len) :
					   prefix(address, len);
	int err = rtm_lookup(self->fd, self->family, flags, &rec);

	if (err)
		return err;
	if (memcmp(rec.network, prefix(address, rec.prefix_len).network, 16))
		return -ERANGE;
	return rec.prefix_len;
}

static int add(const FIXTURE_DATA(lookup) *self, const __u8 *address, __u8 len)
{
	return rtm_add(self->fd, self->client, prefix(address, len), NULL);
}

TEST_F(lookup, empty_table_has_nothing)
{
	EXPECT_EQ(-ESRCH, find(self, 0, zeros, 0));
	EXPECT_EQ(-ESRCH, find(self, LONGEST, zeros, self->width));
	EXPECT_EQ(-ESRCH, find(self, LONGEST, self->ones, self->width));
	EXPECT_EQ(-ESRCH, find(self, LONGEST, self->ones, 0));
}

TEST_F(lookup, default_route_matches_everything)
{
	__u8 len;

	ASSERT_EQ(0, add(self, zeros, 0));
	EXPECT_EQ(0, find(self, 0, zeros, 0));
	for (len = 1; len <= self->width; len++)
		EXPECT_EQ(-ESRCH, find(self, 0, zeros, len));
	for (len = 0; len <= self->width; len++) {
		EXPECT_EQ(0, find(self, LONGEST, zeros, len));
		EXPECT_EQ(0, find(self, LONGEST, self->ones, len));
	}
}

TEST_F(lookup, all_lengths_of_a_chain_and_the_maximum_asked_for)
{
	static const __u32 words[] = {
		0xa5c3f00f, 0x3c5a0ff1, 0x8e7100fe, 0x5aa5c33d
	};
	__u8 address[16] = {}, near[16];
	__u8 len, most;

	for (len = 0; len < self->width; len += 32)
		rtm_put32(&address[len / 8], words[len / 32]);
	for (len = 0; len <= self->width; len++)
		ASSERT_EQ(0, add(self, address, len));
	for (len = 0; len <= self->width; len++) {
		EXPECT_EQ(len, find(self, 0, address, len));
		EXPECT_EQ(len, find(self, LONGEST, address, len));
		/* Off by the last bit of len: what is shorter matches. */
		if (len) {
			memcpy(near, address, sizeof(near));
			near[(len - 1) / 8] ^= 0x80 >> (len - 1) % 8;
			EXPECT_EQ(len - 1, find(self, LONGEST, near,
						self->width));
		}
	}
	/* Holes of every length. */
	for (len = self->width; len; len--) {
		ASSERT_EQ(0, rtm_delete(self->fd, self->client,
					prefix(address, len), NULL));
		EXPECT_EQ(-ESRCH, find(self, 0, address, len));
		for (most = len; most <= self->width; most++)
			EXPECT_EQ(len - 1, find(self, LONGEST, address,
						most));
	}
}

TEST_F(lookup, answer_is_the_best_route_of_the_destination)
{
	struct rtm_route_rec rec = rtm_nth(3, 9), seen = rec;
	__s64 other = rtm_register(self->fd, self->family, 50, 0);

	ASSERT_LT(0, other);
	ASSERT_EQ(0, rtm_add(self->fd, self->client, rec, NULL));
	rec.metric = 4;
	ASSERT_EQ(0, rtm_add(self->fd, other, rec, NULL));
	ASSERT_EQ(0, rtm_lookup(self->fd, self->family, 0, &seen));
	EXPECT_EQ(50, seen.protocol);
	EXPECT_EQ(4, seen.metric);
	seen = rtm_ip(0x0a00034d, 32, 0, 0, 0);
	ASSERT_EQ(0, rtm_lookup(self->fd, self->family, LONGEST, &seen));
	EXPECT_EQ(50, seen.protocol);
	ASSERT_EQ(0, rtm_deregister(self->fd, other));
	ASSERT_EQ(0, rtm_lookup(self->fd, self->family, 0, &rec));
	EXPECT_EQ(100, rec.protocol);
	EXPECT_EQ(9, rec.metric);
}

/* Looks the default route up, @rec, and that again; what @rec got, or 1. */
static int ask_between(const FIXTURE_DATA(lookup) *self, __u32 flags,
		       struct rtm_route_rec rec)
{
	struct rtm_lookup_rec recs[3] = {
		{ .route = at(zeros, 0) }, { .route = rec },
		{ .route = at(zeros, 0) },
	};
	struct rtm_lookup arg = {
		.size = sizeof(arg),
		.family = self->family,
		.flags = flags,
		.count = 3,
		.record_size = sizeof(recs[0]),
		.records = (uintptr_t)recs,
	};

	if (rtm_call(self->fd, RTM_IOC_LOOKUP, &arg) || arg.done != 3 ||
	    recs[0].error || recs[2].error)
		return 1;
	return recs[1].error;
}

/* Exact needs a prefix, longest match takes any address. */
TEST_F(lookup, malformed_questions_are_EINVAL)
{
	static const struct {
		__u32 family, flags;
		__u8 len;
		__s16 bit;	/* that is set, or -1 */
	} bad[] = {
		{ RTM_FAMILY_IP, 0, 24, 31 }, { RTM_FAMILY_IP, 0, 0, 31 },
		{ RTM_FAMILY_IP, 0, 33, -1 }, { RTM_FAMILY_IP, 0, 255, -1 },
		{ RTM_FAMILY_IP, 0, 32, 79 },
		{ RTM_FAMILY_IP, LONGEST, 33, -1 },
		{ RTM_FAMILY_IP, LONGEST, 255, -1 },
		{ RTM_FAMILY_IP, LONGEST, 32, 79 },
		{ RTM_FAMILY_IPV6, 0, 0, 0 }, { RTM_FAMILY_IPV6, 0, 0, 127 },
		{ RTM_FAMILY_IPV6, 0, 24, 31 }, { RTM_FAMILY_IPV6, 0, 63, 63 },
		{ RTM_FAMILY_IPV6, 0, 63, 64 }, { RTM_FAMILY_IPV6, 0, 64, 64 },
		{ RTM_FAMILY_IPV6, 0, 65, 65 },
		{ RTM_FAMILY_IPV6, 0, 127, 127 },
		{ RTM_FAMILY_IPV6, 0, 129, -1 },
		{ RTM_FAMILY_IPV6, 0, 255, -1 },
		{ RTM_FAMILY_IPV6, LONGEST, 129, -1 },
		{ RTM_FAMILY_IPV6, LONGEST, 255, -1 },
	};
	unsigned int i;

	ASSERT_EQ(0, add(self, zeros, 0));
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		struct rtm_route_rec rec = at(zeros, bad[i].len);

		if (bad[i].family != self->family)
			continue;
		if (bad[i].bit >= 0)
			rec.network[bad[i].bit / 8] = 0x80 >> bad[i].bit % 8;
		EXPECT_EQ(-EINVAL, ask_between(self, bad[i].flags, rec)) {
			TH_LOG("case %u", i);
		}
		EXPECT_EQ(-EINVAL, rtm_lookup(self->fd, self->family,
					      bad[i].flags, &rec)) {
			TH_LOG("case %u", i);
		}
	}
	EXPECT_EQ(0, find(self, LONGEST, self->ones, 24));
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
	EXPECT_EQ(-ESRCH, rtm_lookup(self->fd, self->family, 0, &rec));
}

/* What the list says: the longest, of at most @most bits. */
static int naive(const FIXTURE_DATA(lookup) *self, const __u8 *address,
		 int most)
{
	int best = -ESRCH;
	__u32 i;

	for (i = 0; i < self->nr; i++) {
		const struct rtm_route_rec *r = &self->list[i];

		if (r->prefix_len <= most && r->prefix_len > best &&
		    rtm_agree(r->network, address, r->prefix_len))
			best = r->prefix_len;
	}
	return best;
}

static bool listed(const FIXTURE_DATA(lookup) *self,
		   const struct rtm_route_rec *rec)
{
	__u32 i;

	for (i = 0; i < self->nr; i++)
		if (self->list[i].prefix_len == rec->prefix_len &&
		    !memcmp(self->list[i].network, rec->network, 16))
			return true;
	return false;
}

/*
 * A question with an address near others and near the prefixes, so that much
 * matches: one of eight, a bit of it wrong, and any tail.
 */
static struct rtm_route_rec draw(FIXTURE_DATA(lookup) *self)
{
	const __u32 base = rtm_random(&self->state, 8) * 0x24924924;
	__u8 len = rtm_random(&self->state, self->width + 1);
	__u8 address[16] = {};
	__u32 bit, word;

	for (word = 0; word < self->width; word += 32)
		rtm_put32(&address[word / 8], base);
	bit = rtm_random(&self->state, self->width);
	address[bit / 8] ^= 0x80 >> bit % 8;
	for (bit = rtm_random(&self->state, self->width); bit < self->width;
	     bit++)
		address[bit / 8] ^= rtm_random(&self->state, 2) ?
				    0x80 >> bit % 8 : 0;
	return at(address, len);
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
		struct rtm_route_rec rec = draw(self);

		rec = rtm_cut(rec, rec.prefix_len);
		if (listed(self, &rec))
			continue;
		self->list[self->nr++] = rec;
		ASSERT_EQ(0, rtm_add(self->fd, self->client, rec, NULL));
	}
	ASSERT_EQ(size, rtm_stats(self->fd, self->family).destinations);
}

/* One batch of random questions. How many had an answer. */
static __u32 ask(struct __test_metadata *_metadata,
		 FIXTURE_DATA(lookup) *self, __u32 flags, __u32 n)
{
	struct rtm_lookup_rec *recs = calloc(n, sizeof(*recs));
	struct rtm_route_rec *asked = calloc(n, sizeof(*asked));
	struct rtm_lookup arg = {
		.size = sizeof(arg),
		.family = self->family,
		.flags = flags,
		.count = n,
		.record_size = sizeof(*recs),
		.records = (uintptr_t)recs,
	};
	__u32 i, hits = 0;

	ASSERT_TRUE(recs && asked);
	for (i = 0; i < n; i++) {
		asked[i] = draw(self);
		if (!flags)
			asked[i] = i & 1 ? self->list[i % self->nr] :
				   rtm_cut(asked[i], asked[i].prefix_len);
		recs[i].route = asked[i];
	}
	ASSERT_EQ(0, rtm_call(self->fd, RTM_IOC_LOOKUP, &arg));
	ASSERT_EQ(n, arg.done);
	for (i = 0; i < n; i++) {
		const struct rtm_route_rec *seen = &recs[i].route;
		const __u8 *address = asked[i].network;
		int want = naive(self, address, asked[i].prefix_len);

		if (!flags && want != asked[i].prefix_len)
			want = -ESRCH;
		ASSERT_EQ(want < 0 ? want : 0, recs[i].error);
		if (want < 0)
			continue;
		ASSERT_EQ(want, seen->prefix_len);
		ASSERT_EQ(want, seen->metric);
		ASSERT_EQ(0, memcmp(prefix(address, want).network,
				    seen->network, 16));
		hits++;
	}
	free(recs);
	free(asked);
	return hits;
}

/* One record of @size bytes, of which a lookup knows fewer or all. */
static int ask_alone(const FIXTURE_DATA(lookup) *self, __u32 flags, void *rec,
		     __u32 size, __u32 *done)
{
	struct rtm_lookup arg = {
		.size = sizeof(arg),
		.family = self->family,
		.flags = flags,
		.count = *done + 1,
		.record_size = size,
		.done = *done,
		.records = (uintptr_t)rec - *done * size,
	};
	struct rtm_lookup was = arg;
	int err = rtm_call(self->fd, RTM_IOC_LOOKUP, &arg);

	*done = arg.done;
	arg.done = was.done;
	return memcmp(&arg, &was, sizeof(arg)) ? 1 : err;
}

/* A record alone takes a way of its own, unless it is of a newer header. */
TEST_F(lookup, a_question_alone_is_answered_as_among_others)
{
	const __u32 size = 32;
	__u32 i, flags, done, kinds[3] = {};

	self->list = calloc(size, sizeof(*self->list));
	ASSERT_TRUE(self->list != NULL);
	shuffle(_metadata, self, size);
	for (i = 0; i < 400; i++) {
		struct rtm_lookup_rec one, longer[2] = {}, two[2];
		struct rtm_lookup arg = {
			.size = sizeof(arg),
			.family = self->family,
			.count = 2,
			.record_size = sizeof(two[0]),
			.records = (uintptr_t)two,
		};

		flags = i & 1 ? LONGEST : 0;
		/* What is not asked for may be anything. */
		memset(&one, 0xa5, sizeof(one));
		one.reserved = i % 50 == 7;
		one.route.prefix_len = rtm_random(&self->state, self->width + 2);
		memset(one.route.reserved, 0, sizeof(one.route.reserved));
		one.route.reserved[i % 3] = i % 50 == 8;
		memcpy(one.route.network, i % 4 < 2 ?
		       self->list[i % size].network : draw(self).network,
		       sizeof(one.route.network));
		if (i % 4 == 0)
			one.route.prefix_len = self->list[i % size].prefix_len;
		if (i % 8 == 6 && one.route.prefix_len <= self->width)
			memcpy(one.route.network,
			       prefix(one.route.network,
				      one.route.prefix_len).network,
			       sizeof(one.route.network));
		two[0] = one;
		two[1] = one;
		longer[0] = one;
		arg.flags = flags;
		ASSERT_EQ(0, rtm_call(self->fd, RTM_IOC_LOOKUP, &arg));
		done = i % 5;
		ASSERT_EQ(0, ask_alone(self, flags, &one, sizeof(one), &done));
		ASSERT_EQ(i % 5 + 1, done);
		ASSERT_EQ(0, memcmp(&one, &two[0], sizeof(one)));
		ASSERT_EQ(0, memcmp(&one, &two[1], sizeof(one)));
		done = 0;
		ASSERT_EQ(0, ask_alone(self, flags, longer, sizeof(one) + 8,
				       &done));
		ASSERT_EQ(1, done);
		ASSERT_EQ(0, memcmp(&one, longer, sizeof(one)));
		kinds[one.error == -EINVAL ? 0 : one.error == -ESRCH ? 1 : 2]++;
	}
	for (i = 0; i < 3; i++)
		EXPECT_LE(10, kinds[i]);
	free(self->list);
}

TEST_F(lookup, a_question_alone_that_cannot_be_answered_is_EFAULT)
{
	struct rtm_lookup_rec *rec = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
					  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	__u32 done = 0;

	ASSERT_TRUE(rec != MAP_FAILED);
	ASSERT_EQ(0, add(self, zeros, 0));
	EXPECT_EQ(0, ask_alone(self, 0, rec, sizeof(*rec), &done));
	done = 0;
	rec->route.prefix_len = 1;
	ASSERT_EQ(0, mprotect(rec, 4096, PROT_READ));
	EXPECT_EQ(-EFAULT, ask_alone(self, 0, rec, sizeof(*rec), &done));
	EXPECT_EQ(-EFAULT, ask_alone(self, LONGEST, rec, sizeof(*rec), &done));
	ASSERT_EQ(0, mprotect(rec, 4096, PROT_NONE));
	EXPECT_EQ(-EFAULT, ask_alone(self, 0, rec, sizeof(*rec), &done));
	EXPECT_EQ(0, done);
	EXPECT_EQ(0, munmap(rec, 4096));
	EXPECT_EQ(-EFAULT, ask_alone(self, 0, NULL, sizeof(*rec), &done));
	EXPECT_EQ(-EFAULT, ask_alone(self, 0, (void *)-4096UL, sizeof(*rec),
				     &done));
	EXPECT_EQ(0, done);
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
