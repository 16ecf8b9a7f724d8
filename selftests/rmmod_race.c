// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The module goes and comes back while others open, fill, close and die.
 * RTM_KO: path of the module that is loaded now, and will be at the end.
 */
#include "rtm_test.h"

#include <signal.h>

#define OPENERS		3
#define ROUTES		200

FIXTURE(rmmod_race) {
	int ko;
	struct {		/* with the openers */
		__u32 opened;
		__u32 absent;	/* times that there was no module to open */
	} *seen;
	struct rtm_route_rec recs[ROUTES];
};

FIXTURE_SETUP(rmmod_race)
{
	const char *path = getenv("RTM_KO");
	int i;

	if (!path)
		SKIP(return, "RTM_KO is not set");
	self->ko = open(path, O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, self->ko);
	self->seen = mmap(NULL, sizeof(*self->seen), PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_TRUE(self->seen != MAP_FAILED);
	for (i = 0; i < ROUTES; i++) {
		self->recs[i] = rtm_nth(i, 1);
		self->recs[i].ttl = i & 1 ? 1 : RTM_TTL_INFINITE;
	}
}

static int load(int ko)
{
	return syscall(SYS_finit_module, ko, "", 0) ? -errno : 0;
}

static int unload(void)
{
	return syscall(SYS_delete_module, "rtm", O_NONBLOCK) ? -errno : 0;
}

FIXTURE_TEARDOWN(rmmod_race)
{
	int err = load(self->ko);

	/* Loaded, whatever happened before. */
	EXPECT_TRUE(!err || err == -EEXIST);
	EXPECT_LE(0, rtm_open(O_RDONLY));
}

/* Opens and fills a file, and abandons it if it is the last. An error, or 0. */
static int use(FIXTURE_DATA(rmmod_race) *self, __u64 *state, __u32 protocol,
	       bool last)
{
	struct rtm_update arg = {
		.size = sizeof(arg),
		.count = ROUTES,
		.route_size = sizeof(*self->recs),
		.routes = (uintptr_t)self->recs,
	};
	__s64 client;
	int fd, err;

	if (rtm_random(state, 2) && unshare(CLONE_NEWNET))
		return -errno;
	fd = rtm_open(O_RDWR);
	/* Not there, or just going. */
	if (fd == -ENOENT || fd == -ENODEV || fd == -ENXIO) {
		__atomic_fetch_add(&self->seen->absent, 1, __ATOMIC_RELAXED);
		return 0;
	}
	if (fd < 0)
		return fd;
	__atomic_fetch_add(&self->seen->opened, 1, __ATOMIC_RELAXED);
	client = rtm_register(fd, RTM_FAMILY_IP, protocol, RTM_CLIENT_NOTIFY);
	if (client < 0)
		return client;
	arg.client = client;
	err = rtm_call(fd, RTM_IOC_ADD, &arg);
	if (err)
		return err;
	return !last && close(fd) ? -errno : 0;
}

static pid_t start_opener(FIXTURE_DATA(rmmod_race) *self, __u64 seed)
{
	pid_t child = fork();
	int i, err;

	if (child)
		return child;
	for (i = 0; i < 6; i++) {
		err = use(self, &seed, getpid() * 10 + i, i == 5);
		if (err)
			_exit(-err);
	}
	_exit(0);
}

TEST_F(rmmod_race, module_goes_and_comes_while_others_open_and_die)
{
	const __u32 rounds = 3 + rtm_scaled(5);
	__u64 state = rtm_seed();
	__u32 i, j, absent, busy = 0;
	pid_t openers[OPENERS];
	int err;

	/* There is a race to be had; if not, time is up one day. */
	for (i = 0; i < rounds || !busy || !self->seen->opened ||
	     !self->seen->absent; i++) {
		for (j = 0; j < OPENERS; j++) {
			openers[j] = start_opener(self, state + i * 7 + j);
			ASSERT_LT(0, openers[j]);
		}
		if (i % 3 == 2) {
			for (j = rtm_random(&state, 50); j; j--)
				sched_yield();
			kill(openers[0], SIGKILL);
		}
		/* It can go between two uses, and at the end for sure. */
		while ((err = unload()) == -EWOULDBLOCK) {
			busy++;
			sched_yield();
		}
		ASSERT_EQ(0, err);
		EXPECT_EQ(-ENOENT, unload());
		absent = __atomic_load_n(&self->seen->absent, __ATOMIC_RELAXED);
		for (j = 0; j < 100 &&
		     __atomic_load_n(&self->seen->absent,
				     __ATOMIC_RELAXED) == absent; j++)
			usleep(1000);
		ASSERT_EQ(0, load(self->ko));
		for (j = 0; j < OPENERS; j++) {
			err = rtm_reap(openers[j]);
			EXPECT_TRUE(!err || (i % 3 == 2 && !j &&
					     err == 128 + SIGKILL)) {
				TH_LOG("opener %u: %d", j, err);
			}
		}
	}
}

TEST_F(rmmod_race, unloading_waits_for_teardown_that_is_under_way)
{
	const __u32 n = rtm_scaled_from(RTM_MANY, 20000);
	struct rtm_route_rec *recs = calloc(n, sizeof(*recs));
	int fd = rtm_open_fresh(), err;
	__s64 client;
	__u32 i;

	ASSERT_TRUE(recs != NULL);
	ASSERT_LE(0, fd);
	for (i = 0; i < n; i++)
		recs[i] = rtm_ip(0x0a000000 + i, 32, 1, 1, 1);
	client = rtm_register(fd, RTM_FAMILY_IP, 100, 0);
	ASSERT_LT(0, client);
	ASSERT_EQ(0, rtm_update(fd, RTM_IOC_ADD, client, recs, n, NULL, NULL));
	EXPECT_EQ(-EWOULDBLOCK, unload());
	ASSERT_EQ(0, close(fd));
	while ((err = unload()) == -EWOULDBLOCK)
		sched_yield();
	EXPECT_EQ(0, err);
	EXPECT_EQ(-ENOENT, rtm_open(O_RDONLY));
	EXPECT_EQ(0, load(self->ko));
	EXPECT_EQ(-EEXIST, load(self->ko));
	free(recs);
}

TEST_HARNESS_MAIN
