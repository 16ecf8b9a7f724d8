// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Processes that are killed at any moment, and those that run out of their
 * memory cgroup's memory: of what they had nothing is left, and what others
 * have is as it was.
 */
#include "rtm_test.h"
#include "rtm_cgroup.h"
#include "rtm_probe.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#define DESTS		16384		/* that those who die have routes to */
#define OWN		32		/* with the survivor, and as many more */
#define BATCH		1024
#define KIDS		5
#define PAIR		3		/* it, and the next one */
#define NAMES		3
#define NAME		100		/* the first protocol of them */
#define SURVIVOR	900
#define SLAB_LEFT	24576		/* bytes, of numbers and names */

/* What one process says of itself; outlives it. */
struct kid {
	__u32 calls;			/* that have returned */
	__u32 inside;			/* the command that it is in, or 0 */
	__u32 client;			/* for who shares the file */
	bool asks;			/* that a dump of the OOM killer is announced */
	struct rtm_update update;	/* "done" says where it ended */
};

FIXTURE(death) {
	int fd;
	__u32 watcher;
	__u32 survivor;
	__u64 state;
	struct rtm_stats empty;		/* figures of the table without routes */
	struct rtm_stats base;		/* and with the survivor's alone */
	struct rtm_route_rec own[2 * OWN];
	struct rtm_route_rec *copy;	/* of DESTS + OWN, by what is told */
	__u32 misfits;			/* messages that are at odds with it */
	struct kid *kids;		/* shared with them */
	pid_t pids[KIDS];
	__u64 calls;
	__u32 killed, inside, cut;
};

static __s64 own_routes(FIXTURE_DATA(death) *self, struct rtm_route_rec *recs)
{
	struct rtm_route_rec position = { .protocol = SURVIVOR };

	return rtm_get(self->fd, RTM_FAMILY_IP, RTM_MATCH_PROTOCOL, 0,
		       &position, recs, 2 * OWN);
}

/* Reads up to @most messages: 0, or an error. */
static int listen_some(FIXTURE_DATA(death) *self, __u32 most)
{
	static struct rtm_change_rec messages[500];
	__s64 n, i;

	for (; most; most -= n) {
		n = rtm_dequeue(self->fd, self->watcher, messages,
				most < 500 ? most : 500, NULL);
		if (n <= 0)
			return n;
		for (i = 0; i < n; i++) {
			__u32 at = rtm_network_of(&messages[i]) >> 8 & 0xffff;

			if (at >= DESTS + OWN ||
			    !rtm_follow(&self->copy[at], &messages[i]))
				self->misfits++;
		}
	}
	return 0;
}

static int listen_all(FIXTURE_DATA(death) *self)
{
	return listen_some(self, -1);
}

/* How many destinations have a route, by what was told. */
static __u32 known(FIXTURE_DATA(death) *self)
{
	__u32 i, n = 0;

	for (i = 0; i < DESTS + OWN; i++)
		n += !!self->copy[i].prefix_len;
	return n;
}

static __u64 clients_counted(FIXTURE_DATA(death) *self)
{
	struct rtm_limit limit;

	return rtm_limit(self->fd, RTM_IOC_LIMIT_GET, RTM_LIMIT_CLIENTS, 0,
			 &limit) ? -1 : limit.used;
}

/* What is done in the background is done when it is as at @base. */
static struct rtm_stats settled(FIXTURE_DATA(death) *self,
				const struct rtm_stats *base)
{
	struct rtm_stats stats;
	int i;

	for (i = 0; i < 6000; i++) {
		stats = rtm_stats(self->fd, RTM_FAMILY_IP);
		/* The tree's memory may be more, but where there is nothing. */
		if (!stats.records && clients_counted(self) == stats.clients &&
		    stats.bytes - stats.node_bytes ==
		    base->bytes - base->node_bytes &&
		    (base->routes || stats.node_bytes == base->node_bytes))
			break;
		usleep(10000);
	}
	return stats;
}

FIXTURE_SETUP(death)
{
	struct rtm_route_rec aged;
	__s64 ret;
	__u32 i;

	ASSERT_EQ(0, cgroup_make());
	self->state = rtm_seed();
	self->fd = rtm_open_fresh();
	ASSERT_LE(0, self->fd);
	self->empty = rtm_stats(self->fd, RTM_FAMILY_IP);
	ASSERT_EQ(0, self->empty.routes);
	ret = rtm_watch(self->fd, RTM_FAMILY_IP);
	ASSERT_LT(0, ret);
	self->watcher = ret;
	ret = rtm_register(self->fd, RTM_FAMILY_IP, SURVIVOR, 0);
	ASSERT_LT(0, ret);
	self->survivor = ret;
	/* Of what is told, some is to be merged. */
	ASSERT_EQ(0, rtm_limit_set(self->fd, RTM_LIMIT_WINDOW, 0, 1000));
	self->copy = calloc(DESTS + OWN, sizeof(*self->copy));
	self->kids = mmap(NULL, KIDS * sizeof(*self->kids),
			  PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			  -1, 0);
	ASSERT_TRUE(self->copy && self->kids != MAP_FAILED);
	for (i = 0; i < 2 * OWN; i++)
		self->own[i] = rtm_nth(DESTS - OWN + i, 2);
	/* The table keeps what it ages routes by: no kid is to be charged. */
	aged = self->own[0];
	aged.ttl = 3600;
	ASSERT_EQ(0, rtm_add(self->fd, self->survivor, aged, NULL));
	ASSERT_EQ(0, rtm_update(self->fd, RTM_IOC_ADD, self->survivor,
				self->own, 2 * OWN, NULL, NULL));
	ASSERT_EQ(2 * OWN, own_routes(self, self->own));
	ASSERT_EQ(0, listen_all(self));
	ASSERT_EQ(2 * OWN, known(self));
	/* Who kills does not wait for his turn, among those who never rest. */
	ASSERT_EQ(0, setpriority(PRIO_PROCESS, 0, -20));
	self->base = rtm_stats(self->fd, RTM_FAMILY_IP);
	self->base.records = 0;
	self->base = settled(self, &self->base);
	ASSERT_EQ(0, gap_start());
}

FIXTURE_TEARDOWN(death)
{
	EXPECT_EQ(0, close(self->fd));
	EXPECT_EQ(0, rmdir(CGROUP));
	free(self->copy);
}

/* All are of one user: if he may have one enumeration, it is this one. */
static void expect_no_enumeration(struct __test_metadata *_metadata,
				  FIXTURE_DATA(death) *self)
{
	struct rtm_limit limit;
	__s64 handle;

	ASSERT_EQ(0, rtm_limit(self->fd, RTM_IOC_LIMIT_GET,
			       RTM_LIMIT_USER_ENUMS, 0, &limit));
	ASSERT_EQ(0, rtm_limit_set(self->fd, RTM_LIMIT_USER_ENUMS, 0, 1));
	handle = rtm_enum_open(self->fd, RTM_FAMILY_IP, 0, NULL, NULL);
	ASSERT_LT(0, handle);
	ASSERT_EQ(0, rtm_drop(self->fd, RTM_IOC_ENUM_CLOSE, handle));
	ASSERT_EQ(0, rtm_limit_set(self->fd, RTM_LIMIT_USER_ENUMS, 0,
				   limit.value));
}

/* As if nobody else had ever been there. */
static void expect_as_before(struct __test_metadata *_metadata,
			     FIXTURE_DATA(death) *self)
{
	struct rtm_route_rec routes[2 * OWN];
	struct rtm_stats stats;
	struct rtm_limit limit;
	__s64 names[NAMES];
	int i;

	/* The names can be had, which waits for what they had to be gone. */
	for (i = 0; i < NAMES; i++) {
		names[i] = rtm_register(self->fd, RTM_FAMILY_IP, NAME + i, 0);
		ASSERT_LT(0, names[i]);
	}
	stats = rtm_stats(self->fd, RTM_FAMILY_IP);
	ASSERT_EQ(2 * OWN, stats.routes);
	ASSERT_EQ(2 * OWN, stats.destinations);
	ASSERT_EQ(2 + NAMES, stats.clients);
	for (i = 0; i < NAMES; i++)
		ASSERT_EQ(0, rtm_deregister(self->fd, names[i]));
	ASSERT_EQ(0, rtm_limit(self->fd, RTM_IOC_LIMIT_GET, RTM_LIMIT_ROUTES, 0,
			       &limit));
	ASSERT_EQ(2 * OWN, limit.used);
	expect_no_enumeration(_metadata, self);

	/* The survivor's have not even been looked at. */
	ASSERT_EQ(2 * OWN, own_routes(self, routes));
	for (i = 0; i < 2 * OWN; i++) {
		ASSERT_TRUE(rtm_same(&self->own[i], &routes[i]));
		ASSERT_EQ(self->own[i].stamp, routes[i].stamp);
	}

	/* Nodes may keep empty places as long as there are routes. */
	ASSERT_EQ(0, listen_all(self));
	stats = settled(self, &self->base);
	ASSERT_EQ(0, stats.records);
	ASSERT_EQ(self->base.bytes - self->base.node_bytes,
		  stats.bytes - stats.node_bytes);
	ASSERT_EQ(2, clients_counted(self));
}

/* What the watcher was told makes the table. */
static void expect_true_copy(struct __test_metadata *_metadata,
			     FIXTURE_DATA(death) *self)
{
	struct rtm_route_rec routes[2 * OWN + 1], position = {};
	int i;

	ASSERT_EQ(0, self->misfits);
	ASSERT_EQ(2 * OWN, known(self));
	ASSERT_EQ(2 * OWN, rtm_get(self->fd, RTM_FAMILY_IP, RTM_MATCH_BEST, 0,
				   &position, routes, 2 * OWN + 1));
	for (i = 0; i < 2 * OWN; i++)
		ASSERT_TRUE(rtm_same(&routes[i],
				     &self->copy[rtm_index(&routes[i])]));
}

/*
 * The survivor goes too: nothing at all is left, neither in the table's books nor
 * of what the kernel has charged to those who died.
 */
static void expect_nothing(struct __test_metadata *_metadata,
			   FIXTURE_DATA(death) *self)
{
	struct rtm_stats stats;
	__s64 slab = 0;
	int i;

	ASSERT_EQ(0, rtm_deregister(self->fd, self->survivor));
	ASSERT_EQ(0, listen_all(self));
	stats = settled(self, &self->empty);
	EXPECT_EQ(self->empty.bytes, stats.bytes);
	EXPECT_EQ(self->empty.node_bytes, stats.node_bytes);
	EXPECT_EQ(1, stats.clients);

	for (i = 0; i < 600; i++) {
		slab = cgroup_figure(CGROUP "/memory.stat", "slab");
		if (slab <= SLAB_LEFT)
			break;
		usleep(100000);
	}
	ksft_print_msg("%lld bytes of slabs are left\n", (long long)slab);
	EXPECT_LE(0, slab);
	EXPECT_GE(SLAB_LEFT, slab);
}

/* Below: the kids' side. None of these returns; errors are exit statuses. */

#define KID_CALL(kid, command, call) ({					\
	__typeof__(call) _ret;						\
									\
	__atomic_store_n(&(kid)->inside, RTM_IOC_##command,		\
			 __ATOMIC_RELEASE);				\
	_ret = (call);							\
	__atomic_store_n(&(kid)->inside, 0, __ATOMIC_RELEASE);		\
	__atomic_store_n(&(kid)->calls, (kid)->calls + 1,		\
			 __ATOMIC_RELAXED);				\
	_ret;								\
})

static void kid_update(struct kid *kid, int fd, unsigned int cmd, __u32 client,
		       const struct rtm_route_rec *recs, __u32 n)
{
	static struct { __u8 bytes[RTM_RESULT_SHORT]; } results[BATCH];

	kid->update = (struct rtm_update) {
		.size = sizeof(kid->update),
		.client = client,
		.count = n,
		.route_size = sizeof(*recs),
		.result_size = RTM_RESULT_SHORT,
		.routes = (uintptr_t)recs,
		.results = (uintptr_t)results,
	};
	if (cmd == RTM_IOC_ADD ?
	    KID_CALL(kid, ADD, rtm_call(fd, RTM_IOC_ADD, &kid->update)) :
	    KID_CALL(kid, DELETE, rtm_call(fd, RTM_IOC_DELETE, &kid->update)))
		_exit(2);
}

/* Some routes that differ from each other. */
static __u32 kid_routes(__u64 *state, struct rtm_route_rec *recs)
{
	__u32 from = rtm_random(state, DESTS), n, i;

	n = 1 + rtm_random(state, rtm_random(state, 2) ? BATCH : 20);
	for (i = 0; i < n; i++) {
		recs[i] = rtm_nth((from + i) % DESTS, rtm_random(state, 4));
		recs[i].interface = rtm_random(state, 2);
		if (!rtm_random(state, 3))
			recs[i].ttl = 1 + rtm_random(state, 3);
	}
	return n;
}

static void kid_enumerate(struct kid *kid, int fd, __u64 *state)
{
	static struct rtm_route_rec recs[BATCH];
	__s64 handle, n;

	handle = KID_CALL(kid, ENUM_OPEN, rtm_enum_open(fd, RTM_FAMILY_IP, 0,
							NULL, NULL));
	/* Somebody else has as many as there may be. */
	if (handle < 0)
		return;
	do {
		n = KID_CALL(kid, ENUM_NEXT,
			     rtm_enum_next(fd, handle, recs,
					   1 + rtm_random(state, BATCH), NULL));
	} while (n > 0 && rtm_random(state, 4));
	/* Some are left to be closed with the file. */
	if (rtm_random(state, 8))
		KID_CALL(kid, ENUM_CLOSE,
			 rtm_drop(fd, RTM_IOC_ENUM_CLOSE, handle));
}

/* Everything that an owner of routes does. */
static void kid_works(struct kid *kid, int fd, __u32 client, __u64 state)
{
	static struct rtm_route_rec recs[BATCH];
	struct rtm_route_rec criteria;
	__u32 n = kid_routes(&state, recs);

	for (;;) {
		switch (rtm_random(&state, 8)) {
		default:
			n = kid_routes(&state, recs);
			/* fallthrough */
		case 0:
			/* Perhaps the same: refreshed */
			kid_update(kid, fd, RTM_IOC_ADD, client, recs, n);
			break;
		case 1:
			kid_update(kid, fd, RTM_IOC_DELETE, client, recs, n);
			break;
		case 2:
			criteria = rtm_nth(0, 0);
			criteria.interface = rtm_random(&state, 2);
			KID_CALL(kid, BLOCK_DELETE,
				 rtm_block_delete(fd, client,
						  RTM_MATCH_INTERFACE,
						  &criteria));
			break;
		case 3:
			kid_enumerate(kid, fd, &state);
			break;
		}
	}
}

/* The name, as soon as nobody else has it, which may be a while. */
static __u32 kid_registers(struct kid *kid, int fd, __u32 protocol, __u32 flags)
{
	__s64 client;

	do {
		client = KID_CALL(kid, REGISTER,
				  rtm_register(fd, RTM_FAMILY_IP, protocol,
					       flags));
	} while (client == -EEXIST);
	if (client < 0)
		_exit(3);
	return client;
}

static void kid_owns(struct kid *kid, __u64 state)
{
	int fd = rtm_open(O_RDWR);

	kid_works(kid, fd, kid_registers(kid, fd, NAME, 0), state);
}

static void kid_wants_the_name(struct kid *kid, __u64 state)
{
	int fd = rtm_open(O_RDWR);
	__u32 client;

	for (;;) {
		client = kid_registers(kid, fd, NAME, 0);
		KID_CALL(kid, DEREGISTER, rtm_deregister(fd, client));
	}
}

static void kid_leaves(struct kid *kid, __u64 state)
{
	static struct rtm_route_rec recs[BATCH];
	int fd = rtm_open(O_RDWR);
	__u32 client, n;

	for (;;) {
		client = kid_registers(kid, fd, NAME + 1, RTM_CLIENT_NOTIFY);
		n = kid_routes(&state, recs);
		kid_update(kid, fd, RTM_IOC_ADD, client, recs, n);
		if (KID_CALL(kid, DEREGISTER, rtm_deregister(fd, client)))
			_exit(4);
	}
}

static void kid_watches(struct kid *kid, __u64 state)
{
	static struct rtm_change_rec messages[BATCH];
	int fd = rtm_open(O_RDONLY);
	__s64 client, n;

	for (;;) {
		client = KID_CALL(kid, WATCH, rtm_watch(fd, RTM_FAMILY_IP));
		if (client < 0)
			_exit(5);
		do {
			rtm_signalled(fd, 1);
			n = KID_CALL(kid, DEQUEUE,
				     rtm_dequeue(fd, client, messages,
						 1 + rtm_random(&state, BATCH),
						 NULL));
		} while (rtm_random(&state, 50));
		if (n < 0)
			_exit(6);
		KID_CALL(kid, DEREGISTER, rtm_deregister(fd, client));
	}
}

static void kid_prefers(struct kid *kid, __u64 state)
{
	int fd = rtm_open(O_RDWR);

	for (;;) {
		if (KID_CALL(kid, PRIO_SET,
			     rtm_prio_set(fd, RTM_FAMILY_IP,
					  NAME + rtm_random(&state, NAMES),
					  1 + rtm_random(&state, 200))))
			_exit(7);
	}
}

/* Two with one file: it has come by fork, or the first one sends it. */
static void kid_gives(struct kid *kid, __u64 state, int fd, int sock)
{
	bool sends = fd < 0;
	__u32 client;

	if (sends)
		fd = rtm_open(O_RDWR);
	client = kid_registers(kid, fd, NAME + 2, 0);
	__atomic_store_n(&kid->client, client, __ATOMIC_RELEASE);
	if (sends)
		rtm_send_fd(sock, fd);
	kid_works(kid, fd, client, state);
}

static void kid_takes(struct kid *kid, __u64 state, int fd, int sock)
{
	const struct kid *other = kid - 1;
	__u32 client;

	if (fd < 0)
		fd = rtm_receive_fd(sock);
	/* The other one was killed before it sent anything. */
	if (fd < 0)
		pause();
	while (!(client = __atomic_load_n(&other->client, __ATOMIC_ACQUIRE)))
		usleep(1000);
	__atomic_store_n(&kid->client, client, __ATOMIC_RELEASE);
	kid_works(kid, fd, client, state);
}

/* The parent's side again. */

static void become_kid(FIXTURE_DATA(death) *self)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* What is allocated from here on is charged to it. */
	if (cgroup_enter(CGROUP))
		_exit(8);
	/* Who is to be sent something may be dead. */
	signal(SIGPIPE, SIG_IGN);
	setpriority(PRIO_PROCESS, 0, 0);
	close(self->fd);
}

static pid_t start(FIXTURE_DATA(death) *self, int at,
		   void (*work)(struct kid *kid, __u64 state))
{
	__u64 state = self->state + at + 1;
	pid_t pid = fork();

	if (pid) {
		self->pids[at] = pid;
		return pid;
	}
	become_kid(self);
	work(&self->kids[at], state);
	_exit(1);
}

static int start_pair(FIXTURE_DATA(death) *self, bool sent)
{
	int pair[2] = { -1, -1 }, fd = -1, i;
	__u64 state = self->state;

	if (!sent)
		fd = rtm_open(O_RDWR);
	else if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		return -errno;
	for (i = 0; i < 2; i++) {
		self->pids[PAIR + i] = fork();
		if (self->pids[PAIR + i] < 0)
			return -errno;
		if (self->pids[PAIR + i])
			continue;
		become_kid(self);
		close(pair[!i]);
		if (i)
			kid_takes(&self->kids[PAIR + 1], state + 98, fd,
				  pair[1]);
		else
			kid_gives(&self->kids[PAIR], state + 99, fd, pair[0]);
		_exit(1);
	}
	for (i = 0; i < 2; i++)
		close(pair[i]);
	close(fd);
	return 0;
}

static __u32 calls_of(FIXTURE_DATA(death) *self)
{
	__u32 i, sum = 0;

	for (i = 0; i < KIDS; i++)
		sum += __atomic_load_n(&self->kids[i].calls, __ATOMIC_RELAXED);
	return sum;
}

/*
 * Until the kids have done @calls more, or that time is over; reads meanwhile
 * what is told, or part of the times not.
 */
static int linger(FIXTURE_DATA(death) *self, __u32 calls, __u32 usec)
{
	bool reads = rtm_random(&self->state, 2);
	__u64 end = gap_now() + usec * 1000LL;
	int err = 0;

	calls += calls_of(self);
	while (!err && calls_of(self) < calls && gap_now() < end) {
		if (reads)
			err = listen_some(self, 100);
		usleep(200);
	}
	return err;
}

/* Kills a kid. What it was doing is counted. */
static int end_of(FIXTURE_DATA(death) *self, int at)
{
	const struct kid *kid = &self->kids[at];
	int status;

	kill(self->pids[at], SIGKILL);
	status = rtm_reap(self->pids[at]);
	self->pids[at] = 0;
	self->killed++;
	self->inside += !!kid->inside;
	self->cut += (kid->inside == RTM_IOC_ADD ||
		      kid->inside == RTM_IOC_DELETE) &&
		     kid->update.done && kid->update.done < kid->update.count;
	return status;
}

/* One of two who have a file is gone: the other one's is what it was. */
static void expect_other_works(struct __test_metadata *_metadata,
			       FIXTURE_DATA(death) *self, int other)
{
	struct kid *kid = &self->kids[other];
	__u32 calls = __atomic_load_n(&kid->calls, __ATOMIC_RELAXED);
	__u64 end = gap_now() + 60 * NSEC_PER_SEC;

	if (!__atomic_load_n(&kid->client, __ATOMIC_ACQUIRE))
		return;
	ASSERT_EQ(-EEXIST, rtm_register(self->fd, RTM_FAMILY_IP, NAME + 2, 0));
	if (rtm_random(&self->state, 4))
		return;
	while (__atomic_load_n(&kid->calls, __ATOMIC_RELAXED) == calls) {
		ASSERT_GT(end, gap_now());
		usleep(200);
	}
}

/* As long as it takes: its program has a limit too. */
TEST_F(death, by_a_kill_at_any_moment_leaves_nothing)
{
	static void (*const roles[])(struct kid *kid, __u64 state) = {
		kid_wants_the_name, kid_leaves, kid_watches, kid_prefers,
	};
	/* What 32 bits add is in the ABI: fewer will do. */
	const __u32 rounds = rtm_scaled_from(20, sizeof(long) < 8 ? 25 : 100);
	__u32 round, first, i, at;

	for (round = 0; round < rounds || (!self->inside && round < 10 * rounds);
	     round++) {
		memset(self->kids, 0, KIDS * sizeof(*self->kids));
		ASSERT_LT(0, start(self, 0, kid_owns));
		for (i = rtm_random(&self->state, 3); i; i--) {
			at = rtm_random(&self->state, ARRAY_SIZE(roles));
			ASSERT_LT(0, start(self, i, roles[at]));
		}
		if (!rtm_random(&self->state, 3)) {
			ASSERT_EQ(0, start_pair(self, rtm_random(&self->state,
								 2)));
		}
		ASSERT_EQ(0, linger(self, rtm_random(&self->state, 40),
				    rtm_random(&self->state, 20000)));
		/* In any order, at once or one after the other. */
		first = rtm_random(&self->state, KIDS);
		for (i = 0; i < KIDS; i++) {
			at = (first + i) % KIDS;
			if (!self->pids[at])
				continue;
			ASSERT_EQ(128 + SIGKILL, end_of(self, at));
			if (at >= PAIR && self->pids[2 * PAIR + 1 - at])
				expect_other_works(_metadata, self,
						   2 * PAIR + 1 - at);
			if (rtm_random(&self->state, 2))
				usleep(rtm_random(&self->state, 1000));
		}
		self->calls += calls_of(self);
		expect_as_before(_metadata, self);
		expect_true_copy(_metadata, self);
	}
	ksft_print_msg("%u killed after %llu calls: %u in one, %u amid a batch\n",
		       self->killed, (unsigned long long)self->calls,
		       self->inside, self->cut);
	EXPECT_LT(0, self->inside);
	/* In a few rounds chance may have it otherwise. */
	if (rounds >= 100) {
		EXPECT_LE(2 * rounds, self->killed);
		EXPECT_LT(0, self->cut);
		EXPECT_LT(0, rtm_stats(self->fd, RTM_FAMILY_IP).merged);
	}
	expect_nothing(_metadata, self);
}

#define MEMORY_MAX	"2097152"
#define MEMORY_ROUTES	50000		/* more than there is room for */
#define MEMORY_LEAST	2000		/* that there is room for */
#define FREED		1000
#define OOM_EXPECTED	"rtm: expecting an OOM kill in a memory cgroup\n"

/* How it ended, everything being read that is told meanwhile. */
static int end_in_cgroup(FIXTURE_DATA(death) *self, pid_t child)
{
	bool *asks = &self->kids[0].asks;
	siginfo_t info = {};

	while (!info.si_pid) {
		if (__atomic_load_n(asks, __ATOMIC_ACQUIRE)) {
			/* vm/klog.sh reads that. */
			if (file_put("/dev/kmsg", OOM_EXPECTED))
				return -1;
			__atomic_store_n(asks, false, __ATOMIC_RELEASE);
		}
		if (listen_all(self) ||
		    waitid(P_PID, child, &info, WEXITED | WNOHANG | WNOWAIT))
			return -1;
		usleep(1000);
	}
	return rtm_reap(child);
}

/* Has its next lack of memory announced: to do it itself would take memory. */
static void kid_may_lack(struct kid *kid)
{
	__atomic_store_n(&kid->asks, true, __ATOMIC_RELEASE);
	while (__atomic_load_n(&kid->asks, __ATOMIC_ACQUIRE))
		usleep(1000);
}

/*
 * Adds routes until the memory is used up, of which it needs no more itself.
 * The error; "done" says how many it has.
 */
static int kid_fills(struct kid *kid, int fd, __u32 client)
{
	struct rtm_route_rec *recs = calloc(MEMORY_ROUTES, sizeof(*recs));
	__u32 i;

	for (i = 0; i < MEMORY_ROUTES; i++)
		recs[i] = rtm_ip(0x0a000000 + i, 32, 1, 1, i);
	kid->update = (struct rtm_update) {
		.size = sizeof(kid->update),
		.client = client,
		.count = MEMORY_ROUTES,
		.route_size = sizeof(*recs),
		.routes = (uintptr_t)recs,
	};
	if (mlockall(MCL_CURRENT) || cgroup_enter(CGROUP))
		_exit(3);
	kid_may_lack(kid);
	return KID_CALL(kid, ADD, rtm_call(fd, RTM_IOC_ADD, &kid->update));
}

static int kid_is_killed(struct kid *kid, int fd)
{
	kid_fills(kid, fd, kid_registers(kid, fd, NAME, 0));
	return 4;
}

/*
 * Adds one where there is room again. The kernel may have booked up to 64 pages of
 * it to a processor, and asks for them back without waiting: an attempt may fail.
 */
static int kid_adds_again(struct kid *kid, int fd, __u32 client, __u32 i)
{
	__u64 end = rtm_now(CLOCK_MONOTONIC) + 60 * NSEC_PER_SEC;
	struct rtm_change_rec told;
	int err;

	for (;;) {
		err = rtm_add(fd, client, rtm_ip(0x0a000000 + i, 32, 1, 1, 0),
			      &told);
		if (err != -ENOMEM || rtm_now(CLOCK_MONOTONIC) > end)
			return err;
		usleep(10000);
		kid_may_lack(kid);
	}
}

/* Nobody may be killed: then the call fails, and deleting needs no memory. */
static int kid_lives_on(struct kid *kid, int fd)
{
	__u32 client = kid_registers(kid, fd, NAME, 0), i;
	struct rtm_change_rec told;
	int err;

	if (file_put("/proc/self/oom_score_adj", "-1000"))
		return 2;
	err = kid_fills(kid, fd, client);
	if (err != -ENOMEM)
		return 4;
	for (i = 0; i < FREED; i++)
		if (rtm_delete(fd, client, rtm_ip(0x0a000000 + i, 32, 1, 1, 0),
			       &told))
			return 5;
	/* It is freed after a grace period, and when all have heard of it. */
	sleep(1);
	kid_may_lack(kid);
	for (i = 0; i < FREED / 2; i++)
		if (kid_adds_again(kid, fd, client, i))
			return 6;
	return 0;
}

/* A process in a cgroup that has little memory, of which there are dumps. */
static void run_short_of_memory(struct __test_metadata *_metadata,
				FIXTURE_DATA(death) *self,
				int (*work)(struct kid *kid, int fd),
				int status, __s64 kills)
{
	struct probe probe;
	pid_t child;

	PROBE_AT_REST(&probe, false);
	ASSERT_EQ(0, file_put(CGROUP "/memory.max", MEMORY_MAX));
	ASSERT_EQ(0, probe_start(&probe, false));
	child = fork();
	ASSERT_LE(0, child);
	if (!child) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		_exit(work(self->kids, rtm_open(O_RDWR)));
	}
	EXPECT_EQ(status, end_in_cgroup(self, child));
	ASSERT_EQ(0, probe_stop(&probe, "while one has no memory"));
	EXPECT_UNDISTURBED(&probe);
	EXPECT_LT(MEMORY_LEAST, self->kids[0].update.done);
	EXPECT_EQ(kills, cgroup_figure(CGROUP "/memory.events", "oom_kill"));
	expect_as_before(_metadata, self);
	expect_nothing(_metadata, self);
}

TEST_F(death, by_the_killer_of_a_memory_cgroup_leaves_nothing)
{
	run_short_of_memory(_metadata, self, kid_is_killed, 128 + SIGKILL, 1);
	EXPECT_EQ(RTM_IOC_ADD, self->kids[0].inside);
}

TEST_F(death, is_not_what_lack_of_memory_means_to_who_must_not_die)
{
	run_short_of_memory(_metadata, self, kid_lives_on, 0, 0);
}

TEST_HARNESS_MAIN
