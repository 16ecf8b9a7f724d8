// SPDX-License-Identifier: LGPL-2.1-or-later
/* How clients and their routes end: by close, exit, a signal. */
#include "rtm_test.h"

#include <pthread.h>
#include <signal.h>

FIXTURE(lifetime) {
	int fd;
	__u32 watcher;
	__u32 many, some;
	struct rtm_route_rec *recs;	/* @many host routes */
	__u8 *heard;			/* of which the watcher knows */
	struct shared {			/* with children */
		bool started;
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
	self->many = rtm_scaled(100000);
	self->some = rtm_scaled(20000);
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
	pid_t child = fork();

	ASSERT_LE(0, child);
	if (!child) {
		open_with_routes(self, self->many);
		self->shared->finished = true;
		pause();
	}
	while (rtm_stats(self->fd, RTM_FAMILY_IP).routes < self->many / 50)
		sched_yield();
	ASSERT_EQ(0, kill(child, SIGKILL));
	ASSERT_EQ(128 + SIGKILL, rtm_reap(child));
	/* It was in the middle. */
	EXPECT_FALSE(self->shared->finished);
	EXPECT_ALL_GONE();
}

static void on_signal(int sig)
{
}

/* The call goes on by itself after a signal, or its caller does it. */
TEST_F(lifetime, batch_that_a_signal_interrupts_goes_on_where_it_was)
{
	struct rtm_update arg = {
		.size = sizeof(arg),
		.count = self->some,
		.route_size = sizeof(*self->recs),
		.routes = (uintptr_t)self->recs,
	};
	struct sigaction action = { .sa_handler = on_signal };
	__u32 interruptions = 0, restart;
	pid_t parent = getpid(), child;
	__s64 client;
	int err;

	for (restart = 0; restart < 2; restart++) {
		action.sa_flags = restart ? SA_RESTART : 0;
		ASSERT_EQ(0, sigaction(SIGUSR1, &action, NULL));
		client = rtm_register(self->fd, RTM_FAMILY_IP, 100, 0);
		ASSERT_LT(0, client);
		arg.client = client;
		arg.done = 0;
		child = fork();
		ASSERT_LE(0, child);
		if (!child) {
			while (rtm_stats(self->fd, RTM_FAMILY_IP).routes <
			       self->some / 50)
				sched_yield();
			kill(parent, SIGUSR1);
			_exit(0);
		}
		while ((err = rtm_call(self->fd, RTM_IOC_ADD, &arg)) ==
		       -EINTR) {
			EXPECT_GT(self->some, arg.done);
			EXPECT_EQ(arg.done,
				  rtm_stats(self->fd, RTM_FAMILY_IP).routes);
			interruptions++;
		}
		EXPECT_EQ(0, err);
		EXPECT_EQ(1, interruptions);
		EXPECT_EQ(self->some, arg.done);
		EXPECT_EQ(self->some,
			  rtm_stats(self->fd, RTM_FAMILY_IP).routes);
		ASSERT_EQ(0, rtm_deregister(self->fd, client));
		while (waitpid(child, NULL, 0) < 0)
			ASSERT_EQ(EINTR, errno);
	}
	/* Nothing was done twice: each add and each delete was one change. */
	EXPECT_EQ(4 * self->some,
		  rtm_stats(self->fd, RTM_FAMILY_IP).sequence);
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

TEST_F(lifetime, routes_stay_while_a_call_is_under_way)
{
	int fd = open_with_routes(self, 0);
	pid_t child;

	ASSERT_LE(0, fd);
	child = fork();
	ASSERT_LE(0, child);
	if (!child) {
		struct rtm_route_rec position = {}, got;

		ASSERT_EQ(0, close(self->fd));
		while (rtm_get(fd, RTM_FAMILY_IP, 0, 0, &position, &got,
			       1) == -ESRCH)
			self->shared->started = true;
		_exit(0);
	}
	while (!__atomic_load_n(&self->shared->started, __ATOMIC_RELAXED))
		sched_yield();
	ASSERT_EQ(0, close(fd));
	fd = rtm_register(self->fd, RTM_FAMILY_IP, 200, 0);
	ASSERT_LT(0, fd);
	ASSERT_EQ(0, rtm_add(self->fd, fd, self->recs[0], NULL));
	ASSERT_EQ(0, rtm_reap(child));
	ASSERT_EQ(0, rtm_deregister(self->fd, fd));
	EXPECT_ALL_GONE();
}

/* A letter of /proc/PID/stat: D is waiting for what no signal ends, or kill. */
static char process_state(pid_t pid)
{
	char path[32], state = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	file = fopen(path, "r");
	if (!file || fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
		state = 0;
	if (file)
		fclose(file);
	return state;
}

TEST_F(lifetime, registration_that_waits_for_a_teardown_can_be_killed)
{
	/* More than a close removes before it leaves the rest to a worker. */
	int fd = open_with_routes(self, self->many / 2);
	pid_t child;
	char state;

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, close(fd));
	child = fork();
	ASSERT_LE(0, child);
	if (!child) {
		rtm_register(self->fd, RTM_FAMILY_IP, 100, 0);
		_exit(1);
	}
	do {
		state = process_state(child);
		ASSERT_NE(0, state);
	} while (state != 'D' && state != 'Z');
	ASSERT_EQ(0, kill(child, SIGKILL));
	ASSERT_EQ(128 + SIGKILL, rtm_reap(child));
	/* What it would have got is on our file: nothing, as it was killed. */
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

TEST_F(lifetime, module_cannot_go_while_the_device_is_open)
{
	EXPECT_EQ(-1, syscall(SYS_delete_module, "rtm", O_NONBLOCK));
	EXPECT_EQ(EWOULDBLOCK, errno);
	EXPECT_LE(0, open_with_routes(self, 1));
}

TEST_HARNESS_MAIN
