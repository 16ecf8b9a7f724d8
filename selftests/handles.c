// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Handles: numbers that mean something only on the file that gave them, for
 * as long as what they name is there, however the file is reached.
 */
#include "rtm_test.h"

#define REUSE	1000	/* handles given before a number may come again */

FIXTURE(handles) {
	int fd;
	__u32 client;
	__u32 mute;	/* did not ask for messages */
	__u32 watcher;
	__u32 handle;
};

FIXTURE_SETUP(handles)
{
	__s64 ret;

	self->fd = rtm_open_fresh();
	ASSERT_LE(0, self->fd);
	ret = rtm_register(self->fd, RTM_FAMILY_IP, 100, RTM_CLIENT_NOTIFY);
	ASSERT_LT(0, ret);
	self->client = ret;
	ret = rtm_register(self->fd, RTM_FAMILY_IP, 200, 0);
	ASSERT_LT(0, ret);
	self->mute = ret;
	ret = rtm_watch(self->fd, RTM_FAMILY_IP);
	ASSERT_LT(0, ret);
	self->watcher = ret;
	ASSERT_EQ(0, rtm_add(self->fd, self->client, rtm_nth(0, 1), NULL));
	ret = rtm_enum_open(self->fd, RTM_FAMILY_IP, 0, NULL, NULL);
	ASSERT_LT(0, ret);
	self->handle = ret;
}

FIXTURE_TEARDOWN(handles)
{
	EXPECT_EQ(0, close(self->fd));
}

/* Every call that takes a handle, with @handle. */
enum { ADD, DELETE, BLOCK_DELETE, DEQUEUE, DEREGISTER, LIMIT_GET, LIMIT_SET,
	CLIENT_CALLS, ENUM_NEXT = CLIENT_CALLS, ENUM_CLOSE, CALLS };

static const char * const call_names[CALLS] = {
	"ADD", "DELETE", "BLOCK_DELETE", "DEQUEUE", "DEREGISTER", "LIMIT_GET",
	"LIMIT_SET", "ENUM_NEXT", "ENUM_CLOSE",
};

static __s64 call_by(int fd, unsigned int which, __u32 handle)
{
	struct rtm_limit limit = { .value = 1000 };
	struct rtm_change_rec message;
	struct rtm_route_rec route;

	switch (which) {
	case ADD:
		return rtm_add(fd, handle, rtm_nth(5, 1), NULL);
	case DELETE:
		return rtm_delete(fd, handle, rtm_nth(0, 1), NULL);
	case BLOCK_DELETE:
		return rtm_block_delete(fd, handle, 0, NULL);
	case DEQUEUE:
		return rtm_dequeue(fd, handle, &message, 1, NULL);
	case DEREGISTER:
		return rtm_deregister(fd, handle);
	case LIMIT_GET:
		return rtm_limit(fd, RTM_IOC_LIMIT_GET, RTM_LIMIT_BACKLOG,
				 handle, &limit);
	case LIMIT_SET:
		return rtm_limit(fd, RTM_IOC_LIMIT_SET, RTM_LIMIT_BACKLOG,
				 handle, &limit);
	case ENUM_NEXT:
		return rtm_enum_next(fd, handle, &route, 1, NULL);
	case ENUM_CLOSE:
		return rtm_drop(fd, RTM_IOC_ENUM_CLOSE, handle);
	}
	return -ENOSYS;
}

#define EXPECT_UNKNOWN(fd, which, handle)				\
	EXPECT_EQ(-ENOENT, call_by(fd, which, handle)) {		\
		TH_LOG("%s of %#x", call_names[which], handle);		\
	}

/* All handles of the fixture do what they are for. */
#define EXPECT_ALIVE(fd) do {						\
	EXPECT_EQ(0, call_by(fd, DEQUEUE, self->client));		\
	EXPECT_EQ(0, call_by(fd, ADD, self->client));			\
	EXPECT_EQ(0, call_by(fd, ADD, self->mute));			\
	EXPECT_EQ(1, call_by(fd, DEQUEUE, self->watcher));		\
	EXPECT_EQ(1, call_by(fd, ENUM_NEXT, self->handle));		\
} while (0)

TEST_F(handles, zero_and_made_up_ones_are_ENOENT)
{
	__u64 state = rtm_seed();
	__u32 handle, i, which;

	for (which = ADD; which < CALLS; which++) {
		/* Without a client, limits are the namespace's. */
		if (which != LIMIT_GET && which != LIMIT_SET)
			EXPECT_UNKNOWN(self->fd, which, 0);
		EXPECT_UNKNOWN(self->fd, which, 0xffffffff);
		EXPECT_UNKNOWN(self->fd, which, 0x80000000);
		EXPECT_UNKNOWN(self->fd, which, 0x7fffffff);
		for (i = 0; i < 100; i++) {
			handle = rtm_random(&state, 0xffffffff);
			if (handle && handle != self->client &&
			    handle != self->mute && handle != self->handle &&
			    handle != self->watcher) {
				EXPECT_UNKNOWN(self->fd, which, handle);
			}
		}
	}
	EXPECT_ALIVE(self->fd);
}

TEST_F(handles, those_of_another_kind_are_ENOENT)
{
	__u32 which;

	for (which = ADD; which < CLIENT_CALLS; which++)
		EXPECT_UNKNOWN(self->fd, which, self->handle);
	for (which = ENUM_NEXT; which < CALLS; which++) {
		EXPECT_UNKNOWN(self->fd, which, self->client);
		EXPECT_UNKNOWN(self->fd, which, self->watcher);
	}
	/* A watcher owns nothing; who did not ask is told nothing. */
	EXPECT_UNKNOWN(self->fd, ADD, self->watcher);
	EXPECT_UNKNOWN(self->fd, DELETE, self->watcher);
	EXPECT_UNKNOWN(self->fd, BLOCK_DELETE, self->watcher);
	EXPECT_UNKNOWN(self->fd, DEQUEUE, self->mute);
	EXPECT_ALIVE(self->fd);
}

TEST_F(handles, those_of_another_file_are_ENOENT)
{
	int other = rtm_open(O_RDWR);
	__u32 which;

	ASSERT_LE(0, other);
	for (which = ADD; which < CLIENT_CALLS; which++)
		EXPECT_UNKNOWN(other, which, self->client);
	EXPECT_UNKNOWN(other, DEQUEUE, self->watcher);
	EXPECT_UNKNOWN(other, DEREGISTER, self->watcher);
	EXPECT_UNKNOWN(other, ENUM_NEXT, self->handle);
	EXPECT_UNKNOWN(other, ENUM_CLOSE, self->handle);
	EXPECT_EQ(0, close(other));
	EXPECT_ALIVE(self->fd);
}

TEST_F(handles, stale_ones_are_ENOENT)
{
	__u32 which;

	EXPECT_EQ(0, rtm_deregister(self->fd, self->client));
	EXPECT_EQ(0, rtm_deregister(self->fd, self->watcher));
	EXPECT_EQ(0, rtm_drop(self->fd, RTM_IOC_ENUM_CLOSE, self->handle));
	for (which = ADD; which < CALLS; which++) {
		EXPECT_UNKNOWN(self->fd, which, self->client);
		EXPECT_UNKNOWN(self->fd, which, self->watcher);
		EXPECT_UNKNOWN(self->fd, which, self->handle);
	}
}

TEST_F(handles, numbers_are_not_soon_given_again)
{
	const unsigned int n = rtm_scaled(REUSE);
	__u32 seen[10 * REUSE];
	unsigned int i, j;
	__s64 ret;

	ASSERT_GE(ARRAY_SIZE(seen), n);
	for (i = 0; i < n; i++) {
		ret = i & 1 ? rtm_watch(self->fd, RTM_FAMILY_IP) :
			      rtm_enum_open(self->fd, RTM_FAMILY_IP, 0, NULL,
					    NULL);
		ASSERT_LT(0, ret);
		ASSERT_EQ(0, rtm_drop(self->fd, i & 1 ? RTM_IOC_DEREGISTER :
				      RTM_IOC_ENUM_CLOSE, ret));
		seen[i] = ret;
		for (j = 0; j < i; j++)
			ASSERT_NE(seen[j], seen[i]);
		ASSERT_NE(self->client, seen[i]);
		ASSERT_NE(self->handle, seen[i]);
	}
}

#define NUMBERS	(1U << 20)

/*
 * All of them at full scale: then they begin again. For 32 bits it is the same,
 * and where all is slow, some will do.
 */
TEST_F(handles, numbers_begin_again_and_pass_over_those_in_use)
{
	const bool all = rtm_scaled(100) >= 100 && sizeof(long) == 8;
	const unsigned int n = all ? NUMBERS + 10 : NUMBERS / 256;
	unsigned int i, wraps = 0;
	__s64 ret, last = 0;

	for (i = 0; i < n; i++) {
		ret = rtm_enum_open(self->fd, RTM_FAMILY_IP, 0, NULL, NULL);
		ASSERT_LT(0, ret);
		ASSERT_NE(self->handle, ret);
		wraps += ret < last;
		last = ret;
		ASSERT_EQ(0, rtm_drop(self->fd, RTM_IOC_ENUM_CLOSE, ret));
	}
	EXPECT_EQ(all, wraps);
	EXPECT_ALIVE(self->fd);
}

TEST_F(handles, duplicated_descriptor_is_the_same_file)
{
	int copy = dup(self->fd);

	ASSERT_LE(0, copy);
	EXPECT_ALIVE(copy);
	EXPECT_EQ(0, close(copy));
	EXPECT_EQ(2, rtm_stats(self->fd, RTM_FAMILY_IP).destinations);
	EXPECT_EQ(0, rtm_deregister(self->fd, self->client));
	EXPECT_EQ(0, rtm_deregister(self->fd, self->mute));
}

TEST_F(handles, forked_child_shares_the_file_and_its_exit_takes_nothing)
{
	pid_t child = fork();

	ASSERT_LE(0, child);
	if (!child) {
		EXPECT_ALIVE(self->fd);
		_exit(0);
	}
	ASSERT_EQ(0, rtm_reap(child));
	EXPECT_EQ(2, rtm_stats(self->fd, RTM_FAMILY_IP).destinations);
	EXPECT_EQ(3, rtm_stats(self->fd, RTM_FAMILY_IP).routes);
	EXPECT_EQ(0, call_by(self->fd, ADD, self->client));
}

TEST_F(handles, descriptor_passed_through_a_socket_brings_its_handles)
{
	int pair[2], fd;
	pid_t child;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	child = fork();
	ASSERT_LE(0, child);
	if (!child) {
		int mine = rtm_open(O_RDWR);
		__s64 client = rtm_register(mine, RTM_FAMILY_IP, 300, 0);

		ASSERT_LT(0, client);
		ASSERT_EQ(sizeof(client), write(pair[1], &client,
						sizeof(client)));
		ASSERT_EQ(0, rtm_send_fd(pair[1], mine));
		_exit(0);
	} else {
		__s64 client;

		ASSERT_EQ(sizeof(client), read(pair[0], &client,
					       sizeof(client)));
		fd = rtm_receive_fd(pair[0]);
		ASSERT_LE(0, fd);
		ASSERT_EQ(0, rtm_reap(child));
		/* The registrant is gone, its file is not. */
		EXPECT_EQ(0, rtm_add(fd, client, rtm_nth(9, 1), NULL));
		EXPECT_EQ(-ENOENT, rtm_add(self->fd, client, rtm_nth(9, 1),
					   NULL));
		EXPECT_EQ(-EEXIST, rtm_register(self->fd, RTM_FAMILY_IP, 300,
						0));
	}
	EXPECT_EQ(0, close(fd));
	EXPECT_LT(0, rtm_register(self->fd, RTM_FAMILY_IP, 300, 0));
	EXPECT_EQ(1, rtm_stats(self->fd, RTM_FAMILY_IP).destinations);
}

TEST_F(handles, one_registration_for_each_family_and_protocol)
{
	int other = rtm_open(O_RDWR);

	ASSERT_LE(0, other);
	EXPECT_EQ(-EEXIST, rtm_register(self->fd, RTM_FAMILY_IP, 100, 0));
	EXPECT_EQ(-EEXIST, rtm_register(other, RTM_FAMILY_IP, 100, 0));
	EXPECT_LT(0, rtm_register(other, RTM_FAMILY_IPX, 100, 0));
	EXPECT_LT(0, rtm_register(other, RTM_FAMILY_IP, 101, 0));
	EXPECT_LT(0, rtm_register(other, RTM_FAMILY_IP, 0, 0));
	EXPECT_LT(0, rtm_register(other, RTM_FAMILY_IP, 0xfffffffe, 0));
	EXPECT_EQ(0, rtm_deregister(self->fd, self->client));
	EXPECT_LT(0, rtm_register(other, RTM_FAMILY_IP, 100, 0));
	EXPECT_EQ(0, close(other));
}

TEST_HARNESS_MAIN
