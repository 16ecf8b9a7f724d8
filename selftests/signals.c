// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Signals in the middle of a call: what is done is done and said, and the call
 * goes on with the rest, by itself or when it is made again.
 *
 * Each call stands still (rtm_stall.h) until the signal is on its way: one of
 * records, at the second chunk of them; one without, at its argument.
 */
#include "rtm_test.h"
#include "rtm_stall.h"

#include <signal.h>

#define N		1024	/* routes, messages */
#define CHUNK		256	/* records that the module does at once */

FIXTURE(signals) {
	int fd;
	__u32 client;		/* protocol 100: of N routes */
	__u32 other;		/* protocol 200 */
	__u32 watcher;		/* has N messages waiting */
	__u32 handle;		/* at the beginning */
	char *records;
	char *argument;
	struct rtm_change_rec *results;
	struct stall stall;
	pthread_t caller;
	int err;		/* of who sends the signal */
};

/* @record_size: 0: there are none. */
FIXTURE_VARIANT(signals) {
	unsigned int cmd;
	unsigned int record_size;
};

#define VARIANT(name, command, size)					\
	FIXTURE_VARIANT_ADD(signals, name) {				\
		.cmd = RTM_IOC_##command,				\
		.record_size = size,					\
	}

VARIANT(add, ADD, sizeof(struct rtm_route_rec));
VARIANT(delete, DELETE, sizeof(struct rtm_route_rec));
VARIANT(block_delete, BLOCK_DELETE, 0);
VARIANT(dequeue, DEQUEUE, sizeof(struct rtm_change_rec));
VARIANT(lookup, LOOKUP, sizeof(struct rtm_lookup_rec));
VARIANT(get, GET, sizeof(struct rtm_route_rec));
VARIANT(enum_next, ENUM_NEXT, sizeof(struct rtm_route_rec));

union argument {
	struct rtm_update update;
	struct rtm_block_delete block;
	struct rtm_dequeue dequeue;
	struct rtm_lookup lookup;
	struct rtm_get get;
	struct rtm_enum_next next;
};

static int signals_seen;

static void on_signal(int sig)
{
	signals_seen++;
}

FIXTURE_SETUP(signals)
{
	struct rtm_route_rec *recs = calloc(N, sizeof(*recs));
	__s64 ret;
	__u32 i;

	ASSERT_TRUE(recs != NULL);
	self->fd = rtm_open_fresh();
	ASSERT_LE(0, self->fd);
	ret = rtm_register(self->fd, RTM_FAMILY_IP, 100, 0);
	ASSERT_LT(0, ret);
	self->client = ret;
	ret = rtm_register(self->fd, RTM_FAMILY_IP, 200, 0);
	ASSERT_LT(0, ret);
	self->other = ret;
	ret = rtm_watch(self->fd, RTM_FAMILY_IP);
	ASSERT_LT(0, ret);
	self->watcher = ret;
	for (i = 0; i < N; i++)
		recs[i] = rtm_nth(i, 1000 + i);
	ASSERT_EQ(0, rtm_update(self->fd, RTM_IOC_ADD, self->client, recs, N,
				NULL, NULL));
	ret = rtm_enum_open(self->fd, RTM_FAMILY_IP, 0, NULL, NULL);
	ASSERT_LT(0, ret);
	self->handle = ret;
	self->caller = pthread_self();
	self->records = stall_alloc(N * sizeof(struct rtm_change_rec));
	self->argument = stall_alloc(sizeof(union argument));
	self->results = calloc(N, sizeof(*self->results));
	ASSERT_TRUE(self->records && self->argument && self->results);
	free(recs);
}

FIXTURE_TEARDOWN(signals)
{
	EXPECT_EQ(0, close(self->fd));
}

/* The call, from its beginning. Others' routes are better than the client's. */
static void prepare(FIXTURE_DATA(signals) *self, unsigned int cmd)
{
	struct rtm_lookup_rec *lookups = (void *)self->records;
	struct rtm_route_rec *routes = (void *)self->records;
	union argument *arg = (void *)self->argument;
	__u64 records = (uintptr_t)self->records;
	__u32 i;

	memset(self->records, 0, N * sizeof(struct rtm_change_rec));
	switch (cmd) {
	case RTM_IOC_ADD:
	case RTM_IOC_DELETE:
		for (i = 0; i < N; i++)
			routes[i] = rtm_nth(i, i);
		arg->update = (struct rtm_update) {
			.size = sizeof(arg->update),
			.client = cmd == RTM_IOC_ADD ? self->other :
						       self->client,
			.count = N,
			.route_size = sizeof(*routes),
			.result_size = sizeof(*self->results),
			.routes = records,
			.results = (uintptr_t)self->results,
		};
		break;
	case RTM_IOC_BLOCK_DELETE:
		arg->block = (struct rtm_block_delete) {
			.size = sizeof(arg->block),
			.client = self->client,
		};
		break;
	case RTM_IOC_DEQUEUE:
		arg->dequeue = (struct rtm_dequeue) {
			.size = sizeof(arg->dequeue),
			.client = self->watcher,
			.count = N,
			.message_size = sizeof(struct rtm_change_rec),
			.messages = records,
		};
		break;
	case RTM_IOC_LOOKUP:
		for (i = 0; i < N; i++)
			lookups[i].route = rtm_nth(i, 0);
		arg->lookup = (struct rtm_lookup) {
			.size = sizeof(arg->lookup),
			.family = RTM_FAMILY_IP,
			.count = N,
			.record_size = sizeof(*lookups),
			.records = records,
		};
		break;
	case RTM_IOC_GET:
		arg->get = (struct rtm_get) {
			.size = sizeof(arg->get),
			.family = RTM_FAMILY_IP,
			.count = N,
			.route_size = sizeof(*routes),
			.routes = records,
		};
		break;
	case RTM_IOC_ENUM_NEXT:
		arg->next = (struct rtm_enum_next) {
			.size = sizeof(arg->next),
			.handle = self->handle,
			.count = N,
			.route_size = sizeof(*routes),
			.routes = records,
		};
		break;
	}
}

static __u64 done(FIXTURE_DATA(signals) *self, unsigned int cmd)
{
	const union argument *arg = (void *)self->argument;

	switch (cmd) {
	case RTM_IOC_ADD:
	case RTM_IOC_DELETE:
		return arg->update.done;
	case RTM_IOC_BLOCK_DELETE:
		return arg->block.deleted;
	case RTM_IOC_DEQUEUE:
		return arg->dequeue.done;
	case RTM_IOC_LOOKUP:
		return arg->lookup.done;
	case RTM_IOC_GET:
		return arg->get.done;
	default:
		return arg->next.done;
	}
}

/* Sends a signal to the caller when it stands still, and lets it go on. */
static void *interrupt(void *arg)
{
	FIXTURE_DATA(signals) *self = arg;
	int err;

	err = stall_reached(&self->stall);
	if (!err)
		err = -pthread_kill(self->caller, SIGUSR1);
	self->err = stall_end(&self->stall) ?: err;
	return NULL;
}

/* Whether record @i is what an undisturbed call would have left there. */
static bool record_is_right(FIXTURE_DATA(signals) *self, unsigned int cmd,
			    __u32 i)
{
	const struct rtm_change_rec *messages = (void *)self->records;
	const struct rtm_lookup_rec *lookups = (void *)self->records;
	const struct rtm_route_rec *routes = (void *)self->records;
	const struct rtm_change_rec *result = &self->results[i];

	switch (cmd) {
	case RTM_IOC_ADD:
		return !result->error && result->sequence == N + i + 1 &&
		       result->change == (RTM_CHANGE_CURRENT |
					  RTM_CHANGE_PREVIOUS) &&
		       result->cur.protocol == 200 && result->cur.metric == i;
	case RTM_IOC_DELETE:
		return !result->error && result->sequence == N + i + 1 &&
		       result->change == RTM_CHANGE_PREVIOUS &&
		       result->prev.metric == 1000 + i;
	case RTM_IOC_BLOCK_DELETE:
		return true;
	case RTM_IOC_DEQUEUE:
		return messages[i].sequence == i + 1 &&
		       messages[i].cur.metric == 1000 + i;
	case RTM_IOC_LOOKUP:
		return !lookups[i].error &&
		       lookups[i].route.metric == 1000 + i;
	default:
		return routes[i].metric == 1000 + i;
	}
}

static void expect_all_done(struct __test_metadata *_metadata,
			    FIXTURE_DATA(signals) *self, unsigned int cmd)
{
	struct rtm_stats stats = rtm_stats(self->fd, RTM_FAMILY_IP);
	__u32 i;

	EXPECT_EQ(N, done(self, cmd));
	for (i = 0; i < N; i++) {
		ASSERT_TRUE(record_is_right(self, cmd, i)) {
			TH_LOG("record %u", i);
		}
	}
	/* Nothing was done twice: each change is one. */
	if (cmd == RTM_IOC_ADD) {
		EXPECT_EQ(2 * N, stats.routes);
		EXPECT_EQ(2 * N, stats.sequence);
	} else if (cmd == RTM_IOC_DELETE || cmd == RTM_IOC_BLOCK_DELETE) {
		EXPECT_EQ(0, stats.routes);
		EXPECT_EQ(2 * N, stats.sequence);
	} else {
		EXPECT_EQ(N, stats.routes);
		EXPECT_EQ(N, stats.sequence);
	}
	EXPECT_EQ(cmd == RTM_IOC_DEQUEUE ? N : 0, stats.delivered);
}

/* The call with a signal in its middle, to be restarted or not. Its error. */
static int call_interrupted(struct __test_metadata *_metadata,
			    FIXTURE_DATA(signals) *self,
			    const FIXTURE_VARIANT(signals) *variant, int flags)
{
	struct sigaction action = {
		.sa_handler = on_signal,
		.sa_flags = flags,
	};
	pthread_t thread;
	int err;

	ASSERT_EQ(0, sigaction(SIGUSR1, &action, NULL));
	prepare(self, variant->cmd);
	ASSERT_EQ(0, stall_begin(&self->stall, variant->record_size ?
				 self->records + CHUNK * variant->record_size :
				 self->argument));
	ASSERT_EQ(0, pthread_create(&thread, NULL, interrupt, self));
	err = rtm_call(self->fd, variant->cmd, self->argument);
	ASSERT_EQ(0, pthread_join(thread, NULL));
	ASSERT_EQ(0, self->err);
	ASSERT_EQ(1, signals_seen);
	return err;
}

TEST_F(signals, call_ends_with_EINTR_and_goes_on_when_made_again)
{
	const unsigned int cmd = variant->cmd;
	__u64 said, routes = N;
	struct rtm_stats stats;

	ASSERT_EQ(-EINTR, call_interrupted(_metadata, self, variant, 0));
	said = done(self, cmd);
	ASSERT_LT(0, said);
	ASSERT_GT(N, said);
	stats = rtm_stats(self->fd, RTM_FAMILY_IP);
	if (cmd == RTM_IOC_ADD)
		routes += said;
	else if (cmd == RTM_IOC_DELETE || cmd == RTM_IOC_BLOCK_DELETE)
		routes -= said;
	EXPECT_EQ(routes, stats.routes);
	EXPECT_EQ(cmd == RTM_IOC_DEQUEUE ? said : 0, stats.delivered);
	if (cmd == RTM_IOC_GET) {
		const union argument *arg = (void *)self->argument;

		/* Its position has moved on, and it goes on after that. */
		EXPECT_EQ(said - 1, rtm_index(&arg->get.position));
		EXPECT_EQ(RTM_GET_AFTER, arg->get.flags);
	}
	ASSERT_EQ(0, rtm_call(self->fd, cmd, self->argument));
	expect_all_done(_metadata, self, cmd);
}

TEST_F(signals, call_goes_on_by_itself_after_a_handler_that_restarts)
{
	ASSERT_EQ(0, call_interrupted(_metadata, self, variant, SA_RESTART));
	expect_all_done(_metadata, self, variant->cmd);
}

TEST_HARNESS_MAIN
