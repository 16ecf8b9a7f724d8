// SPDX-License-Identifier: LGPL-2.1-or-later
/* Tables belong to the network namespace of whoever opened the file. */
#include "rtm_test.h"

#define DESTS	100

FIXTURE(netns) {
	int fd[2];		/* two namespaces; the process is in the last */
	__u32 client[2];	/* protocol 100 in each */
	struct rtm_route_rec recs[DESTS];
};

FIXTURE_VARIANT(netns) {
	__u32 family;
};

FIXTURE_VARIANT_ADD(netns, ip) {
	.family = RTM_FAMILY_IP,
};

FIXTURE_VARIANT_ADD(netns, ipv6) {
	.family = RTM_FAMILY_IPV6,
};

FIXTURE_SETUP(netns)
{
	int i;

	for (i = 0; i < 2; i++) {
		__s64 ret;

		self->fd[i] = rtm_open_fresh();
		ASSERT_LE(0, self->fd[i]);
		ret = rtm_register(self->fd[i], variant->family, 100,
				   RTM_CLIENT_NOTIFY);
		ASSERT_LT(0, ret);
		self->client[i] = ret;
	}
	for (i = 0; i < DESTS; i++)
		self->recs[i] = rtm_nth(i, 1);
}

FIXTURE_TEARDOWN(netns)
{
	EXPECT_EQ(0, close(self->fd[0]));
	EXPECT_EQ(0, close(self->fd[1]));
}

/* Of all families, of which one has any. */
static __u64 routes(int fd)
{
	__u64 sum = 0;
	__u32 family;

	for (family = RTM_FAMILY_IPX; family <= RTM_FAMILY_IPV6; family++)
		sum += rtm_stats(fd, family).routes;
	return sum;
}

TEST_F(netns, same_prefixes_and_protocols_are_independent)
{
	struct rtm_route_rec rec = self->recs[0];
	int i;

	for (i = 0; i < 2; i++) {
		ASSERT_EQ(0, rtm_update(self->fd[i], RTM_IOC_ADD,
					self->client[i], self->recs, DESTS - i,
					NULL, NULL));
		EXPECT_LT(0, rtm_register(self->fd[i], variant->family, 200,
					  0));
	}
	EXPECT_EQ(DESTS, routes(self->fd[0]));
	EXPECT_EQ(DESTS - 1, routes(self->fd[1]));
	EXPECT_EQ(2, rtm_stats(self->fd[0], variant->family).clients);
	EXPECT_EQ(DESTS, rtm_block_delete(self->fd[0], self->client[0], 0,
					  NULL));
	EXPECT_EQ(0, routes(self->fd[0]));
	EXPECT_EQ(DESTS - 1, routes(self->fd[1]));
	EXPECT_EQ(-ESRCH, rtm_lookup(self->fd[0], variant->family, 0, &rec));
	EXPECT_EQ(0, rtm_lookup(self->fd[1], variant->family, 0, &rec));
	EXPECT_EQ(2 * DESTS, rtm_stats(self->fd[0], variant->family).sequence);
	EXPECT_EQ(DESTS - 1, rtm_stats(self->fd[1], variant->family).sequence);
}

TEST_F(netns, messages_stay_in_their_namespace)
{
	struct rtm_change_rec message;
	__s64 watcher = rtm_watch(self->fd[1], variant->family);

	ASSERT_LT(0, watcher);
	ASSERT_EQ(0, rtm_add(self->fd[0], self->client[0], self->recs[0],
			     NULL));
	EXPECT_FALSE(rtm_signalled(self->fd[1], 0));
	EXPECT_EQ(0, rtm_dequeue(self->fd[1], watcher, &message, 1, NULL));
	ASSERT_EQ(0, rtm_add(self->fd[1], self->client[1], self->recs[1],
			     NULL));
	EXPECT_EQ(1, rtm_dequeue(self->fd[1], watcher, &message, 1, NULL));
	EXPECT_EQ(1, rtm_index(&message.cur));
	EXPECT_FALSE(rtm_signalled(self->fd[0], 0));
}

TEST_F(netns, handles_priorities_and_limits_are_each_namespaces_own)
{
	struct rtm_route_rec rec = self->recs[0];
	struct rtm_limit limit;

	/* The numbers may even be equal: the file decides. */
	EXPECT_EQ(0, rtm_limit_set(self->fd[0], RTM_LIMIT_CLIENT_ROUTES, 0, 1));
	EXPECT_EQ(0, rtm_prio_set(self->fd[0], variant->family, 100, 55));
	EXPECT_EQ(0, rtm_limit(self->fd[1], RTM_IOC_LIMIT_GET,
			       RTM_LIMIT_CLIENT_ROUTES, 0, &limit));
	EXPECT_LT(1000, limit.value);
	ASSERT_EQ(0, rtm_add(self->fd[1], self->client[1], self->recs[0],
			     NULL));
	ASSERT_EQ(0, rtm_add(self->fd[1], self->client[1], self->recs[1],
			     NULL));
	EXPECT_EQ(0, rtm_lookup(self->fd[1], variant->family, 0, &rec));
	EXPECT_EQ(127, rec.priority);
	ASSERT_EQ(0, rtm_add(self->fd[0], self->client[0], self->recs[0],
			     NULL));
	EXPECT_EQ(-ENOSPC, rtm_add(self->fd[0], self->client[0], self->recs[1],
				   NULL));
	EXPECT_EQ(0, rtm_lookup(self->fd[0], variant->family, 0, &rec));
	EXPECT_EQ(55, rec.priority);
}

TEST_F(netns, file_stays_with_its_openers_namespace)
{
	int fresh, pair[2];
	pid_t child;

	/* This process is in the second, its first file is not. */
	ASSERT_EQ(0, rtm_add(self->fd[0], self->client[0], self->recs[0],
			     NULL));
	fresh = rtm_open(O_RDONLY);
	ASSERT_LE(0, fresh);
	EXPECT_EQ(0, routes(fresh));
	EXPECT_EQ(1, routes(self->fd[0]));
	EXPECT_EQ(0, close(fresh));

	/* Nor does passing it to a process in a third one move it. */
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	child = fork();
	ASSERT_LE(0, child);
	if (!child) {
		int own = rtm_open_fresh(), passed;

		ASSERT_LE(0, own);
		passed = rtm_receive_fd(pair[1]);
		ASSERT_LE(0, passed);
		EXPECT_EQ(0, routes(own));
		EXPECT_EQ(1, routes(passed));
		EXPECT_EQ(0, rtm_add(passed, self->client[0], self->recs[1],
				     NULL));
		EXPECT_LT(0, rtm_register(passed, variant->family, 200, 0));
		EXPECT_EQ(0, routes(own));
		_exit(0);
	}
	ASSERT_EQ(0, rtm_send_fd(pair[0], self->fd[0]));
	ASSERT_EQ(0, rtm_reap(child));
	EXPECT_EQ(2, routes(self->fd[0]));
	EXPECT_EQ(0, routes(self->fd[1]));
	EXPECT_EQ(-EEXIST, rtm_register(self->fd[0], variant->family, 200, 0));
}

TEST_F(netns, file_keeps_a_namespace_that_all_processes_left)
{
	int pair[2], fd;
	__s64 client;
	pid_t child;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	child = fork();
	ASSERT_LE(0, child);
	if (!child) {
		fd = rtm_open_fresh();
		ASSERT_LE(0, fd);
		ASSERT_EQ(0, rtm_send_fd(pair[1], fd));
		_exit(0);
	}
	fd = rtm_receive_fd(pair[0]);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, rtm_reap(child));
	client = rtm_register(fd, variant->family, 100, RTM_CLIENT_NOTIFY);
	ASSERT_LT(0, client);
	ASSERT_EQ(0, rtm_update(fd, RTM_IOC_ADD, client, self->recs, DESTS,
				NULL, NULL));
	EXPECT_EQ(DESTS, routes(fd));
	EXPECT_EQ(0, routes(self->fd[0]));
	EXPECT_EQ(0, close(fd));
}

/* Leaks and late work show in the kernel's log. */
TEST_F(netns, namespaces_come_and_go_with_everything_in_them)
{
	__u32 i;

	for (i = 0; i < rtm_scaled(30); i++) {
		pid_t child = fork();

		ASSERT_LE(0, child);
		if (!child) {
			int fd = rtm_open_fresh();
			__s64 client = rtm_register(fd, variant->family, 100,
						    0);
			struct rtm_stats stats;

			ASSERT_LT(0, client);
			ASSERT_LT(0, rtm_watch(fd, variant->family));
			self->recs[0].ttl = 1;
			ASSERT_EQ(0, rtm_update(fd, RTM_IOC_ADD, client,
						self->recs, DESTS, NULL,
						NULL));
			/* The one may have aged out by now. */
			stats = rtm_stats(fd, variant->family);
			ASSERT_EQ(DESTS, stats.routes + stats.expired);
			_exit(0);
		}
		ASSERT_EQ(0, rtm_reap(child));
	}
	EXPECT_EQ(0, routes(self->fd[0]));
}

TEST_F(netns, list_of_clients_has_pids_as_the_caller_sees_them)
{
	struct rtm_client_info infos[3] = {};
	struct rtm_clients arg = {
		.size = sizeof(arg),
		.count = 1,
		.record_size = sizeof(*infos),
		.records = (uintptr_t)infos,
	};
	__s64 watcher = rtm_watch(self->fd[0], RTM_FAMILY_IPX);
	pid_t child;

	ASSERT_LT(0, watcher);
	ASSERT_EQ(0, rtm_add(self->fd[0], self->client[0], self->recs[0],
			     NULL));
	/* One a call, by the cursor, to the end. */
	ASSERT_EQ(0, rtm_call(self->fd[0], RTM_IOC_CLIENTS, &arg));
	ASSERT_EQ(1, arg.done);
	EXPECT_EQ(variant->family, infos[0].family);
	EXPECT_EQ(100, infos[0].protocol);
	EXPECT_EQ(RTM_CLIENT_NOTIFY, infos[0].flags);
	EXPECT_EQ(getpid(), infos[0].pid);
	EXPECT_EQ(1, infos[0].routes);
	EXPECT_EQ(0, infos[0].pending);
	ASSERT_EQ(0, rtm_call(self->fd[0], RTM_IOC_CLIENTS, &arg));
	ASSERT_EQ(1, arg.done);
	EXPECT_EQ(RTM_FAMILY_IPX, infos[0].family);
	EXPECT_EQ(RTM_CLIENT_WATCHER, infos[0].flags & RTM_CLIENT_WATCHER);
	EXPECT_EQ(0, infos[0].routes);
	ASSERT_EQ(0, rtm_call(self->fd[0], RTM_IOC_CLIENTS, &arg));
	EXPECT_EQ(0, arg.done);

	ASSERT_EQ(0, unshare(CLONE_NEWPID));
	child = fork();
	ASSERT_LE(0, child);
	if (!child) {
		EXPECT_LT(0, rtm_register(self->fd[0], variant->family, 200,
					  0));
		arg.cursor = 0;
		arg.count = 3;
		ASSERT_EQ(0, rtm_call(self->fd[0], RTM_IOC_CLIENTS, &arg));
		ASSERT_EQ(3, arg.done);
		EXPECT_EQ(0, infos[0].pid);
		EXPECT_EQ(1, infos[2].pid);
		_exit(0);
	}
	ASSERT_EQ(0, rtm_reap(child));
}

TEST_HARNESS_MAIN
