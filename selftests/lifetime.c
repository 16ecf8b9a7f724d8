// SPDX-License-Identifier: LGPL-2.1-or-later
/* How clients and their routes end: by close, exit, a signal. */
#include "rtm_test.h"
#include "rtm_stall.h"

#include <pthread.h>
#include <signal.h>

FIXTURE(lifetime) {
	int fd;
	__u32 watcher;
	__u32 many, some;
	struct rtm_route_rec *recs;	/* @many host routes */
	__u8 *heard;			/* of which the watcher knows */
	struct shared {			/* with children */
		bool finished;
	} *shared;
};

FIXTURE_SETUP(lifetime)
{
	__s64 ret;
	__u32 i;

	self->fd = rtm_open_fresh();
	ASSERT_LE(0, self->fd);
	ret = rtm_watch(self->fd, RTM_FAMILY_IP);
	ASSERT_LT(0, ret);
	self->watcher = ret;
	self->many = rtm_scaled_from(2 * RTM_MANY, 100000);
	self->some = rtm_scaled_from(RTM_MANY, 20000);
	self->recs = calloc(self->many, sizeof(*self->recs));
	self->heard = calloc(self->many, 1);
	ASSERT_TRUE(self->recs && self->heard);
	for (i = 0; i < self->many; i++)
		self->recs[i] = rtm_ip(0x0a000000 + i, 32, 1, 1, i);
	self->shared = mmap(NULL, sizeof(*self->shared), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_TRUE(self->shared != MAP_FAILED);
}

FIXTURE_TEARDOWN(lifetime)
{
	EXPECT_EQ(0, close(self->fd));
	free(self->recs);
	free(self->heard);
}

/* A new file with client (IP, 100) that has @n routes. */
static int open_with_routes(FIXTURE_DATA(lifetime) *self, __u32 n)
{
	int fd = rtm_open(O_RDWR), err;
	__s64 client;

	if (fd < 0)
		return fd;
	client = rtm_register(fd, RTM_FAMILY_IP, 100, 0);
	if (client < 0)
		return client;
	err = rtm_update(fd, RTM_IOC_ADD, client, self->recs, n, NULL, NULL);
	return err ? err : fd;
}

/* Reads all messages. How many destinations the watcher then knows. */
static __s64 listen_all(FIXTURE_DATA(lifetime) *self)
{
	static struct rtm_change_rec messages[500];
	__s64 n, i, known = 0;

	while ((n = rtm_dequeue(self->fd, self->watcher, messages, 500, NULL))) {
		if (n < 0)
			return n;
		for (i = 0; i < n; i++) {
			bool there = messages[i].change & RTM_CHANGE_CURRENT;
			const struct rtm_route_rec *rec = there ?
				&messages[i].cur : &messages[i].prev;

			self->heard[rtm_get32(rec->network) - 0x0a000000] =
				there;
		}
	}
	for (i = 0; i < self->many; i++)
		known += self->heard[i];
	return known;
}

/*
 * The protocol's name can be had at once, which waits for what it had to be
 * gone; and everybody has heard of that.
 */
#define EXPECT_ALL_GONE() do {						\
	__s64 _client = rtm_register(self->fd, RTM_FAMILY_IP, 100, 0);	\
	struct rtm_stats _stats = rtm_stats(self->fd, RTM_FAMILY_IP);	\
									\
	EXPECT_LT(0, _client);						\
	EXPECT_EQ(0, _stats.routes);					\
	EXPECT_EQ(0, _stats.destinations);				\
	EXPECT_EQ(2, _stats.clients);					\
	EXPECT_EQ(0, listen_all(self));					\
} while (0)

TEST_F(lifetime, close_takes_the_routes)
{
	int fd = open_with_routes(self, 1000);

	ASSERT_LE(0, fd);
	EXPECT_EQ(1000, listen_all(self));
	EXPECT_EQ(0, close(fd));
	EXPECT_ALL_GONE();
}

TEST_F(lifetime, close_of_a_big_table_takes_it_all)
{
	int fd = open_with_routes(self, self->some);

	ASSERT_LE(0, fd);
	EXPECT_EQ(self->some, listen_all(self));
	EXPECT_EQ(0, close(fd));
	EXPECT_ALL_GONE();
}

TEST_F(lifetime, deregistration_returns_when_all_routes_are_gone)
{
	int fd = open_with_routes(self, self->some);
	struct rtm_clients arg = {
		.size = sizeof(arg),
		.count = 2,
		.record_size = sizeof(struct rtm_client_info),
	};
	struct rtm_client_info infos[2] = {};
	__s64 client;

	ASSERT_LE(0, fd);
	client = rtm_register(fd, RTM_FAMILY_IP, 200, 0);
	ASSERT_LT(0, client);
	ASSERT_EQ(0, rtm_update(fd, RTM_IOC_ADD, client, self->recs,
				self->some, NULL, NULL));
	ASSERT_EQ(0, rtm_deregister(fd, client));
	EXPECT_EQ(self->some, rtm_stats(fd, RTM_FAMILY_IP).routes);
	EXPECT_EQ(self->some, listen_all(self));
	arg.records = (uintptr_t)infos;
	ASSERT_EQ(0, rtm_call(fd, RTM_IOC_CLIENTS, &arg));
	ASSERT_EQ(2, arg.done);
	EXPECT_EQ(0, infos[0].protocol);
	EXPECT_EQ(RTM_CLIENT_WATCHER, infos[0].flags & RTM_CLIENT_WATCHER);
	EXPECT_EQ(100, infos[1].protocol);
	EXPECT_EQ(self->some, infos[1].routes);
	EXPECT_EQ(getpid(), infos[1].pid);
	EXPECT_STREQ("lifetime", (char *)infos[1].comm);
	EXPECT_EQ(0, close(fd));
	EXPECT_ALL_GONE();
}

TEST_F(lifetime, exit_takes_the_routes)
{
	pid_t child = fork();

	ASSERT_LE(0, child);
	if (!child) {
		ASSERT_LE(0, open_with_routes(self, 1000));
		EXPECT_EQ(1000, listen_all(self));
		_exit(0);
	}
	ASSERT_EQ(0, rtm_reap(child));
	memset(self->heard, 1, 1000);
	EXPECT_ALL_GONE();
}

TEST_F(lifetime, kill_in_the_middle_of_a_batch_takes_the_routes)
{
	bool finished = true;
	int tries;

	/* It may be done before it is killed. */
	for (tries = 0; tries < 20 && finished; tries++) {
		pid_t child = fork();

		ASSERT_LE(0, child);
		if (!child) {
			open_with_routes(self, self->many);
			self->shared->finished = true;
			pause();
		}
		while (rtm_stats(self->fd, RTM_FAMILY_IP).routes <
		       self->many / 50)
			sched_yield();
		ASSERT_EQ(0, kill(child, SIGKILL));
		ASSERT_EQ(128 + SIGKILL, rtm_reap(child));
		finished = self->shared->finished;
		self->shared->finished = false;
		while (rtm_stats(self->fd, RTM_FAMILY_IP).clients > 1)
			sched_yield();
	}
	EXPECT_FALSE(finished);
	EXPECT_ALL_GONE();
}

TEST_F(lifetime, routes_stay_while_another_process_has_the_file)
{
	int pair[2], fd;
	pid_t child;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	child = fork();
	ASSERT_LE(0, child);
	if (!child) {
		fd = open_with_routes(self, 1000);
		rtm_send_fd(pair[1], fd);
		pause();
	}
	fd = rtm_receive_fd(pair[0]);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, kill(child, SIGKILL));
	ASSERT_EQ(128 + SIGKILL, rtm_reap(child));
	EXPECT_EQ(1000, rtm_stats(self->fd, RTM_FAMILY_IP).routes);
	EXPECT_EQ(1000, listen_all(self));
	EXPECT_EQ(-EEXIST, rtm_register(self->fd, RTM_FAMILY_IP, 100, 0));
	EXPECT_EQ(0, close(fd));
	EXPECT_ALL_GONE();
}

TEST_F(lifetime, routes_stay_while_the_file_is_on_its_way)
{
	int pair[2], fd = open_with_routes(self, 1000);

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	ASSERT_EQ(0, rtm_send_fd(pair[1], fd));
	ASSERT_EQ(0, close(fd));
	EXPECT_EQ(1000, rtm_stats(self->fd, RTM_FAMILY_IP).routes);
	EXPECT_EQ(1000, listen_all(self));
	/* It never arrives. */
	ASSERT_EQ(0, close(pair[0]));
	ASSERT_EQ(0, close(pair[1]));
	EXPECT_ALL_GONE();
}

/* An addition that stands still when it has done the first @CHUNK records. */
#define CHUNK	256

struct slow {
	int fd;
	struct rtm_update arg;
	int err;
};

static void *add_slowly(void *arg)
{
	struct slow *slow = arg;

	slow->err = rtm_call(slow->fd, RTM_IOC_ADD, &slow->arg);
	return NULL;
}

TEST_F(lifetime, routes_stay_while_a_call_is_under_way)
{
	const __u32 n = 2 * CHUNK;
	struct rtm_route_rec *recs = stall_alloc(n * sizeof(*recs));
	struct slow slow = {
		.fd = rtm_open(O_RDWR),
		.arg = {
			.size = sizeof(slow.arg),
			.count = n,
			.route_size = sizeof(*recs),
			.routes = (uintptr_t)recs,
		},
	};
	struct stall stall;
	pthread_t thread;
	__s64 client;

	ASSERT_TRUE(recs != NULL);
	ASSERT_LE(0, slow.fd);
	client = rtm_register(slow.fd, RTM_FAMILY_IP, 100, 0);
	ASSERT_LT(0, client);
	slow.arg.client = client;
	memcpy(recs, self->recs, n * sizeof(*recs));
	ASSERT_EQ(0, stall_begin(&stall, recs + CHUNK));
	ASSERT_EQ(0, pthread_create(&thread, NULL, add_slowly, &slow));
	ASSERT_EQ(0, stall_reached(&stall));

	ASSERT_EQ(0, close(slow.fd));
	EXPECT_EQ(CHUNK, rtm_stats(self->fd, RTM_FAMILY_IP).routes);
	EXPECT_EQ(CHUNK, listen_all(self));
	EXPECT_EQ(-EEXIST, rtm_register(self->fd, RTM_FAMILY_IP, 100, 0));
	ASSERT_EQ(0, stall_end(&stall));
	ASSERT_EQ(0, pthread_join(thread, NULL));
	EXPECT_EQ(0, slow.err);
	EXPECT_EQ(n, slow.arg.done);
	EXPECT_ALL_GONE();
}

/*
 * The teardown may end before the child waits for it, or before it is killed.
 * What it would have got is on a file of ours: nothing, as it was killed.
 */
TEST_F(lifetime, registration_that_waits_for_a_teardown_can_be_killed)
{
	int tries, fd, his, status;
	bool killed = false;
	__s64 client;
	pid_t child;
	char state;

	for (tries = 0; tries < 20 && !killed; tries++) {
		/* More than a close removes before it leaves it to a worker. */
		fd = open_with_routes(self, self->many / 2);
		ASSERT_LE(0, fd);
		his = rtm_open(O_RDWR);
		ASSERT_LE(0, his);
		ASSERT_EQ(0, close(fd));
		child = fork();
		ASSERT_LE(0, child);
		if (!child) {
			rtm_register(his, RTM_FAMILY_IP, 100, 0);
			_exit(1);
		}
		do {
			state = task_state(child);
			ASSERT_NE(0, state);
		} while (state != 'D' && state != 'Z');
		ASSERT_EQ(0, kill(child, SIGKILL));
		status = rtm_reap(child);
		client = rtm_register(self->fd, RTM_FAMILY_IP, 100, 0);
		if (client > 0) {
			EXPECT_EQ(0, rtm_stats(self->fd, RTM_FAMILY_IP).routes);
			ASSERT_EQ(0, rtm_deregister(self->fd, client));
			killed = state == 'D' && status == 128 + SIGKILL;
		} else {
			ASSERT_EQ(-EEXIST, client);
		}
		ASSERT_EQ(0, close(his));
	}
	EXPECT_TRUE(killed);
	EXPECT_ALL_GONE();
}

/* Two threads want a name that a third has; one gets it, once it is gone. */
static void *register_in_thread(void *fd)
{
	__s64 ret = rtm_register((intptr_t)fd, RTM_FAMILY_IP, 100, 0);

	return (void *)(intptr_t)ret;
}

TEST_F(lifetime, one_of_those_who_wait_gets_the_name)
{
	int fd = open_with_routes(self, self->some);
	pthread_t threads[2];
	void *ret[2];
	int i;

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, close(fd));
	for (i = 0; i < 2; i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL,
					    register_in_thread,
					    (void *)(intptr_t)self->fd));
	for (i = 0; i < 2; i++)
		ASSERT_EQ(0, pthread_join(threads[i], &ret[i]));
	i = (intptr_t)ret[0] < 0;
	EXPECT_EQ(-EEXIST, (intptr_t)ret[!i]);
	EXPECT_LT(0, (intptr_t)ret[i]);
	EXPECT_EQ(0, rtm_stats(self->fd, RTM_FAMILY_IP).routes);
	EXPECT_EQ(0, listen_all(self));
}

/* Looks up what somebody else has too, until told to stop. */
struct looker {
	FIXTURE_DATA(lifetime) *self;
	__u64 state;
	__u32 looks;
	__u32 missing;
	__u32 backwards;	/* the better route after the other */
	bool stop;
};

static void *look_everywhere(void *arg)
{
	struct looker *l = arg;
	__u8 *moved = calloc(l->self->some, 1);

	while (moved && !__atomic_load_n(&l->stop, __ATOMIC_ACQUIRE)) {
		__u32 i = rtm_random(&l->state, l->self->some);
		struct rtm_route_rec rec = l->self->recs[i];

		l->missing += !!rtm_lookup(l->self->fd, RTM_FAMILY_IP,
					   i % 2 ? RTM_LOOKUP_LONGEST : 0, &rec);
		l->backwards += moved[i] && rec.protocol != 200;
		moved[i] |= rec.protocol == 200;
		l->looks++;
	}
	free(moved);
	return NULL;
}

/* Atomic for each destination: the one route, then the other, never none. */
TEST_F(lifetime, others_routes_take_over_without_a_gap)
{
	struct looker l = { .self = self, .state = rtm_seed() };
	__u32 before, tries;
	pthread_t thread;
	__s64 client;
	int fd;

	ASSERT_EQ(0, rtm_prio_set(self->fd, RTM_FAMILY_IP, 100, 1));
	client = rtm_register(self->fd, RTM_FAMILY_IP, 200, 0);
	ASSERT_LT(0, client);
	ASSERT_EQ(0, rtm_update(self->fd, RTM_IOC_ADD, client, self->recs,
				self->some, NULL, NULL));
	/* It may be over before somebody has looked. */
	for (tries = 0; tries < 20; tries++) {
		fd = open_with_routes(self, self->some);
		ASSERT_LE(0, fd);
		l.stop = false;
		l.looks = 0;
		ASSERT_EQ(0, pthread_create(&thread, NULL, look_everywhere, &l));
		while (!__atomic_load_n(&l.looks, __ATOMIC_RELAXED))
			sched_yield();
		before = __atomic_load_n(&l.looks, __ATOMIC_RELAXED);
		ASSERT_EQ(0, close(fd));
		while (rtm_stats(self->fd, RTM_FAMILY_IP).routes != self->some)
			sched_yield();
		__atomic_store_n(&l.stop, true, __ATOMIC_RELEASE);
		ASSERT_EQ(0, pthread_join(thread, NULL));
		ASSERT_EQ(0, l.missing);
		ASSERT_EQ(0, l.backwards);
		if (l.looks > before + 10)
			break;
	}
	EXPECT_GT(20, tries);
	ASSERT_EQ(0, rtm_deregister(self->fd, client));
	EXPECT_ALL_GONE();
}

#define BLOCK	257	/* one more than under one hold of the mutex */

struct block_call {
	int fd;
	struct rtm_block_delete arg;
	bool entered;
	int err;
};

static void *delete_block(void *arg)
{
	struct block_call *call = arg;

	__atomic_store_n(&call->entered, true, __ATOMIC_RELEASE);
	call->err = rtm_call(call->fd, RTM_IOC_BLOCK_DELETE, &call->arg);
	return NULL;
}

/* What a block delete counts is what it deleted, not what went otherwise. */
TEST_F(lifetime, block_delete_that_the_client_goes_under_counts_its_own)
{
	struct block_call call = { .fd = self->fd };
	bool met = false;
	pthread_t thread;
	__s64 client;
	int tries;

	for (tries = 0; tries < 5000 && !met; tries++) {
		client = rtm_register(self->fd, RTM_FAMILY_IP, 100, 0);
		ASSERT_LT(0, client);
		ASSERT_EQ(0, rtm_update(self->fd, RTM_IOC_ADD, client,
					self->recs, BLOCK, NULL, NULL));
		call.arg = (struct rtm_block_delete) {
			.size = sizeof(call.arg),
			.client = client,
		};
		call.entered = false;
		ASSERT_EQ(0, pthread_create(&thread, NULL, delete_block,
					    &call));
		while (!__atomic_load_n(&call.entered, __ATOMIC_ACQUIRE))
			;
		ASSERT_EQ(0, rtm_deregister(self->fd, client));
		ASSERT_EQ(0, pthread_join(thread, NULL));
		ASSERT_GE(BLOCK, call.arg.deleted);
		met = call.err == -ENOENT && call.arg.deleted;
	}
	EXPECT_TRUE(met);
	EXPECT_ALL_GONE();
}

TEST_F_TIMEOUT(lifetime, kill_in_the_middle_of_a_deregistration_takes_the_rest,
	       1000)
{
	__u64 left;
	int tries;

	/* It may be done before it is killed. */
	for (tries = 0; tries < 20; tries++) {
		pid_t child = fork();

		ASSERT_LE(0, child);
		if (!child) {
			int fd = rtm_open(O_RDWR);
			__s64 client = rtm_register(fd, RTM_FAMILY_IP, 100, 0);

			if (rtm_update(fd, RTM_IOC_ADD, client, self->recs,
				       self->many, NULL, NULL))
				_exit(1);
			self->shared->finished = true;
			rtm_deregister(fd, client);
			pause();
		}
		while (!__atomic_load_n(&self->shared->finished,
					__ATOMIC_ACQUIRE) ||
		       rtm_stats(self->fd, RTM_FAMILY_IP).routes == self->many)
			sched_yield();
		ASSERT_EQ(0, kill(child, SIGKILL));
		left = rtm_stats(self->fd, RTM_FAMILY_IP).routes;
		ASSERT_EQ(128 + SIGKILL, rtm_reap(child));
		self->shared->finished = false;
		if (left)
			break;
	}
	EXPECT_GT(20, tries);
	EXPECT_ALL_GONE();
}

TEST_F(lifetime, module_cannot_go_while_the_device_is_open)
{
	EXPECT_EQ(-1, syscall(SYS_delete_module, "rtm", O_NONBLOCK));
	EXPECT_EQ(EWOULDBLOCK, errno);
	EXPECT_LE(0, open_with_routes(self, 1));
}

TEST_HARNESS_MAIN
