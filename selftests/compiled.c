// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A table so large that the longest matches in it are compiled, some time after
 * the last change. Whatever is changed then is seen at once.
 */
#include <pthread.h>

#include "rtm_fault.h"
#include "rtm_test.h"

#define FIRST		0x01000000U
#define STEP		13		/* bits: one node for each /19 */
#define FEW		1100U		/* of them, for kernels that watch */
#define MANY		58000U
#define BATCH		1024
#define SLOTS_BYTES	(128 * 4096)	/* as soon as all is compiled */
#define OWN		32		/* prefixes that come and go */

FIXTURE(compiled) {
	int fd;
	__u32 client;
	__u32 nr;
	__u64 state;
	bool faults;
	struct rtm_route_rec recs[BATCH];
	struct rtm_route_rec own[OWN];
	bool present[OWN];
};

FIXTURE_SETUP(compiled)
{
	__s64 ret;

	self->state = rtm_seed();
	self->fd = rtm_open_fresh();
	ASSERT_LE(0, self->fd);
	ret = rtm_register(self->fd, RTM_FAMILY_IP, 100, 0);
	ASSERT_LT(0, ret);
	self->client = ret;
}

FIXTURE_TEARDOWN(compiled)
{
	if (self->faults) {
		EXPECT_EQ(0, fault_set("failslab", "probability", 0));
		EXPECT_EQ(0, fault_set("failslab", "times", 1));
		EXPECT_EQ(0, fault_only_between("failslab", 0, -1ULL));
	}
	EXPECT_EQ(0, close(self->fd));
}

/* Two networks of 24 bits in each of 19, so that these have a node. */
static struct rtm_route_rec network(__u32 i)
{
	return rtm_ip(FIRST + (i / 2 << STEP) + (i % 2 ? 5 << 8 : 0), 24, 1, 1,
		      1);
}

static int fill(FIXTURE_DATA(compiled) *self, unsigned int cmd, __u32 from,
		__u32 to)
{
	__u32 i, n;
	int err = 0;

	for (; !err && from < to; from += n) {
		n = to - from < BATCH ? to - from : BATCH;
		for (i = 0; i < n; i++)
			self->recs[i] = network(from + i);
		err = rtm_update(self->fd, cmd, self->client, self->recs, n,
				 NULL, NULL);
	}
	return err;
}

static __u64 node_bytes(const FIXTURE_DATA(compiled) *self)
{
	return rtm_stats(self->fd, RTM_FAMILY_IP).node_bytes;
}

/* Until that has not changed for a second. */
static void calm(const FIXTURE_DATA(compiled) *self)
{
	__u64 before, now = node_bytes(self);

	do {
		before = now;
		sleep(1);
		now = node_bytes(self);
	} while (now != before);
}

/* Waits until it is true, but not for ever. */
#define WITHIN(seconds, condition) ({					\
	__u32 _tenths = 10 * (seconds);					\
									\
	while (_tenths && !(condition)) {				\
		usleep(100000);						\
		_tenths--;						\
	}								\
	_tenths > 0;							\
})

/* Fills the table until it is compiled. 0, or an error. */
static int compile(FIXTURE_DATA(compiled) *self)
{
	static const __u32 sizes[] = { FEW, MANY };
	__u64 each, want;
	__u32 i;
	int err;

	/* So few are not compiled anywhere. */
	self->nr = FEW / 2;
	err = fill(self, RTM_IOC_ADD, 0, self->nr);
	each = node_bytes(self) / self->nr;
	/* Where tests are large a few more are not tried. */
	for (i = rtm_scaled(100) > 10; !err && i < ARRAY_SIZE(sizes); i++) {
		err = fill(self, RTM_IOC_ADD, self->nr, 2 * sizes[i]);
		self->nr = 2 * sizes[i];
		want = each * self->nr + SLOTS_BYTES;
		if (!err && WITHIN(i ? 120 : 20, node_bytes(self) >= want)) {
			calm(self);
			return 0;
		}
	}
	return err ?: -ETIME;
}

/* Length of the longest match, or -ESRCH. */
static int expected(const FIXTURE_DATA(compiled) *self, __u32 addr)
{
	__u32 block = (addr - FIRST) >> 8 & 31, i;
	int most = -ESRCH;

	if (addr >= FIRST && (addr - FIRST) >> STEP < self->nr / 2 &&
	    (block == 0 || block == 5))
		most = 24;
	for (i = 0; i < OWN; i++)
		if (self->present[i] && self->own[i].prefix_len > most &&
		    rtm_agree(self->own[i].network,
			      rtm_ip(addr, 32, 1, 1, 1).network,
			      self->own[i].prefix_len))
			most = self->own[i].prefix_len;
	return most;
}

/* Asks for each alone, and for all at once. Return: how many are wrong. */
static int wrong(const FIXTURE_DATA(compiled) *self, const __u32 *addrs, __u32 n)
{
	struct rtm_lookup_rec recs[16] = {};
	struct rtm_lookup arg = {
		.size = sizeof(arg),
		.family = RTM_FAMILY_IP,
		.flags = RTM_LOOKUP_LONGEST,
		.count = n,
		.record_size = sizeof(recs[0]),
		.records = (uintptr_t)recs,
	};
	int want, alone, batched, bad = 0;
	struct rtm_route_rec rec;
	__u32 i;

	for (i = 0; i < n; i++)
		recs[i].route = rtm_ip(addrs[i], 32, 1, 1, 1);
	if (rtm_call(self->fd, RTM_IOC_LOOKUP, &arg))
		return n;
	for (i = 0; i < n; i++) {
		want = expected(self, addrs[i]);
		rec = rtm_ip(addrs[i], 32, 1, 1, 1);
		alone = rtm_lookup(self->fd, RTM_FAMILY_IP, RTM_LOOKUP_LONGEST,
				   &rec);
		alone = alone ?: rec.prefix_len;
		batched = recs[i].error ?: recs[i].route.prefix_len;
		if (alone == want && batched == want)
			continue;
		ksft_print_msg("%08x: %d alone, %d in a batch, not %d\n",
			       addrs[i], alone, batched, want);
		bad++;
	}
	return bad;
}

static __u32 random_address(FIXTURE_DATA(compiled) *self)
{
	return FIRST + rtm_random(&self->state, self->nr / 2 << STEP);
}

/* Around a prefix, in it, and somewhere. */
static int wrong_about(FIXTURE_DATA(compiled) *self,
		       const struct rtm_route_rec *rec)
{
	__u32 first = rtm_get32(rec->network);
	__u32 last = first | (rec->prefix_len < 32 ?
			      ~0U >> rec->prefix_len : 0);
	const __u32 addrs[] = {
		first, last, first + (last - first) / 3, first - 1, last + 1,
		random_address(self), random_address(self) & ~0x1fffU,
	};

	return wrong(self, addrs, ARRAY_SIZE(addrs));
}

/* Another prefix that is not there. */
static struct rtm_route_rec own_prefix(FIXTURE_DATA(compiled) *self)
{
	struct rtm_route_rec rec;
	__u8 len;
	int i;

again:
	len = 6 + rtm_random(&self->state, 27);
	rec = rtm_cut(rtm_ip(random_address(self), len, 1, 1, 1), len);
	for (i = 0; i < OWN; i++)
		if (self->present[i] && self->own[i].prefix_len == len &&
		    !memcmp(self->own[i].network, rec.network,
			    sizeof(rec.network)))
			goto again;
	if (len == 24 && expected(self, rtm_get32(rec.network)) == 24)
		goto again;
	return rec;
}

/* One more comes, or one goes, and that is seen. Return: 0, or what was wrong. */
static int change(FIXTURE_DATA(compiled) *self)
{
	int i = rtm_random(&self->state, OWN), err;

	if (self->present[i]) {
		err = rtm_delete(self->fd, self->client, self->own[i], NULL);
	} else {
		self->own[i] = own_prefix(self);
		err = rtm_add(self->fd, self->client, self->own[i], NULL);
	}
	self->present[i] = !self->present[i];
	return err ?: wrong_about(self, &self->own[i]);
}

TEST_F(compiled, each_change_is_seen_at_once_and_what_is_compiled_goes)
{
	const __u32 rounds = rtm_scaled_from(200, 2000);
	__u32 round;
	int i;

	ASSERT_EQ(0, compile(self));
	for (round = 0; round < rounds; round++) {
		/* So that what was switched off is compiled again. */
		if (round % (rounds / 8) == 0)
			calm(self);
		ASSERT_EQ(0, change(self));
	}
	/* All but a few go, and what was compiled with them. */
	ASSERT_EQ(0, fill(self, RTM_IOC_DELETE, 16, self->nr));
	self->nr = 16;
	EXPECT_TRUE(WITHIN(120, node_bytes(self) < SLOTS_BYTES / 8));
	for (i = 0; i < OWN; i++)
		if (self->present[i])
			EXPECT_EQ(0, wrong_about(self, &self->own[i]));
}

/* As many changes as it takes for others not to be compiled meanwhile. */
static int stir(FIXTURE_DATA(compiled) *self)
{
	__u32 i;
	int err = 0;

	for (i = 0; !err && i < 8; i++)
		err = fill(self, RTM_IOC_ADD, 0, BATCH) ?:
		      fill(self, RTM_IOC_DELETE, 0, BATCH);
	return err;
}

TEST_F(compiled, what_is_compiled_goes_however_much_others_change)
{
	ASSERT_EQ(0, compile(self));
	ASSERT_EQ(0, fill(self, RTM_IOC_DELETE, 0, self->nr));
	EXPECT_TRUE(WITHIN(20, stir(self) ||
			   node_bytes(self) < SLOTS_BYTES / 8));
	EXPECT_EQ(0, stir(self));
}

/* So many in a hundred of what is asked for to compile. */
static int fail(FIXTURE_DATA(compiled) *self, unsigned int percent)
{
	return fault_set("failslab", "probability", percent);
}

TEST_F(compiled, without_memory_all_is_found)
{
	__u64 start, end, compiled;
	unsigned int i, bad = 0;

	if (access(DEBUGFS "failslab", F_OK))
		SKIP(return, "the kernel injects no faults");
	ASSERT_EQ(0, compile(self));
	compiled = node_bytes(self);

	self->faults = true;
	ASSERT_EQ(0, find_function("rtm_compile_work", &start, &end));
	ASSERT_EQ(0, fault_only_between("failslab", start, end));
	ASSERT_EQ(0, fault_set("failslab", "times", 1 << 30));
	ASSERT_EQ(0, fail(self, 100));

	/* To drop it takes none. */
	ASSERT_EQ(0, fill(self, RTM_IOC_DELETE, 16, self->nr));
	EXPECT_TRUE(WITHIN(120, node_bytes(self) < SLOTS_BYTES / 8));

	/* Nothing is compiled, without any. */
	ASSERT_EQ(0, fill(self, RTM_IOC_ADD, 16, self->nr));
	calm(self);
	EXPECT_GT(compiled - SLOTS_BYTES / 2, node_bytes(self));
	for (i = 0; i < 20; i++)
		bad += change(self) ? 1 : 0;

	/* With some, little by little. */
	ASSERT_EQ(0, fail(self, 5));
	EXPECT_TRUE(WITHIN(120, ({
		bad += change(self) ? 1 : 0;
		node_bytes(self) > compiled - SLOTS_BYTES / 16;
	})));
	for (i = 0; i < 20; i++)
		bad += change(self) ? 1 : 0;
	EXPECT_EQ(0, bad);
	ASSERT_EQ(0, fail(self, 0));
	calm(self);
	for (i = 0; i < OWN; i++)
		EXPECT_EQ(0, wrong_about(self, &self->own[i]));
}

struct reader {
	pthread_t thread;
	int fd;
	__u32 addr;
	__u8 len;		/* which is there, at times */
	__u32 phase;		/* odd: it is there; 2: a change is under way */
	bool stop;
	__u32 asked;
	__u32 bad;
};

static void *read_on(void *arg)
{
	struct reader *r = arg;
	struct rtm_route_rec rec;
	__u32 before;
	int found;

	while (!__atomic_load_n(&r->stop, __ATOMIC_ACQUIRE)) {
		before = __atomic_load_n(&r->phase, __ATOMIC_SEQ_CST);
		rec = rtm_ip(r->addr, 32, 1, 1, 1);
		found = rtm_lookup(r->fd, RTM_FAMILY_IP, RTM_LOOKUP_LONGEST,
				   &rec) ?: rec.prefix_len;
		if (before & 2 ||
		    before != __atomic_load_n(&r->phase, __ATOMIC_SEQ_CST))
			continue;
		r->asked++;
		if (found != (before & 1 ? r->len : -ESRCH))
			r->bad++;
	}
	return NULL;
}

static void next_phase(struct reader *r, __u32 bits)
{
	/* The upper bits count, so that none comes twice. */
	__atomic_store_n(&r->phase, (r->phase & ~3U) + 4 + bits,
			 __ATOMIC_SEQ_CST);
}

TEST_F(compiled, who_reads_beside_never_sees_what_was)
{
	const __u32 rounds = rtm_scaled_from(2, 4);
	struct reader reader = { .fd = self->fd };
	struct rtm_route_rec rec;
	__u32 round, i, compiled = 0;
	__u64 before;

	ASSERT_EQ(0, compile(self));
	/* Where there is nothing else: it takes memory to compile what comes. */
	reader.addr = rtm_get32(network(self->nr).network) + 0x10909;
	/* With and without a block that is left to the trie. */
	for (round = 0; round < rounds; round++) {
		reader.len = round % 2 ? 28 : 22;
		rec = rtm_cut(rtm_ip(reader.addr, reader.len, 1, 1, 1),
			      reader.len);
		next_phase(&reader, 0);
		reader.stop = false;
		ASSERT_EQ(0, pthread_create(&reader.thread, NULL, read_on,
					    &reader));
		for (i = 0; i < 40; i++) {
			/* Long enough to be compiled, at times. */
			before = node_bytes(self);
			usleep(i % 7 ? 1000 : 600000);
			compiled += node_bytes(self) != before;
			next_phase(&reader, 2);
			ASSERT_EQ(0, i % 2 ?
				  rtm_delete(self->fd, self->client, rec,
					     NULL) :
				  rtm_add(self->fd, self->client, rec, NULL));
			next_phase(&reader, i % 2 ? 0 : 1);
		}
		usleep(10000);
		__atomic_store_n(&reader.stop, true, __ATOMIC_RELEASE);
		ASSERT_EQ(0, pthread_join(reader.thread, NULL));
	}
	ksft_print_msg("%u answers, compiled %u times\n", reader.asked,
		       compiled);
	EXPECT_LT(0, compiled);
	EXPECT_LT(rounds, reader.asked);
	EXPECT_EQ(0, reader.bad);
}

TEST_HARNESS_MAIN
