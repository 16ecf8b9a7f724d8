// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Each allocation fails in turn when the module is loaded, when a network
 * namespace is made and in every ioctl; there each copy from and to the caller,
 * too. What fails leaves nothing; the next time all is well. Each at full scale:
 * otherwise some, other ones each time.
 * RTM_KO: path of the module that is loaded now, and will be at the end.
 */
#include "rtm_fault.h"
#include "rtm_test.h"

/* Many loads of the module, or calls, none of which can hang. */
#undef TEST_TIMEOUT_DEFAULT
#define TEST_TIMEOUT_DEFAULT	3000

/* More allocations than there are. */
#define MANY	20000

FIXTURE(faults) {
	int ko;
	int nth;	/* /proc/thread-self/fail-nth */
	__u64 state;
	unsigned int step;
};

/* And only for memory. */
static int memory_only_between(__u64 start, __u64 end)
{
	return fault_only_between("failslab", start, end) ||
	       fault_only_between("fail_page_alloc", start, end) ||
	       fault_only_between("fail_usercopy", 1, 2);
}

FIXTURE_SETUP(faults)
{
	const char *path = getenv("RTM_KO");

	self->nth = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	if (self->nth < 0)
		SKIP(return, "the kernel injects no faults");
	if (!path)
		SKIP(return, "RTM_KO is not set");
	self->ko = open(path, O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, self->ko);
	ASSERT_EQ(0, file_put(DEBUGFS "failslab/ignore-gfp-wait", "N"));
	ASSERT_EQ(0, file_put(DEBUGFS "fail_page_alloc/ignore-gfp-wait",
			      "N"));
	ASSERT_EQ(0, fault_set("fail_page_alloc", "min-order", 0));
	self->state = rtm_seed();
	/* A second each: at a tenth of the scale, five of three thousand. */
	self->step = rtm_scaled(100) < 100 ?
		     60000 / (rtm_scaled(100) * rtm_scaled(100)) : 1;
}

/* The next one to fail: the @first ones, then some. */
static unsigned int next(FIXTURE_DATA(faults) *self, unsigned int n,
			 unsigned int first)
{
	return n < first ? n + 1 :
			   n + 1 + rtm_random(&self->state, 2 * self->step - 1);
}

static int load(int ko)
{
	return syscall(SYS_finit_module, ko, "", 0) ? -errno : 0;
}

static int unload(void)
{
	int i, err = 0;

	/* Who had it open may be on his way out still. */
	for (i = 0; i < 600; i++) {
		err = syscall(SYS_delete_module, "rtm", O_NONBLOCK) ? -errno : 0;
		if (err != -EAGAIN && err != -EBUSY)
			break;
		usleep(100000);
	}
	return err;
}

FIXTURE_TEARDOWN(faults)
{
	int err = load(self->ko);

	EXPECT_TRUE(!err || err == -EEXIST);
	EXPECT_EQ(0, fault_only_between("failslab", 0, -1ULL));
	EXPECT_EQ(0, fault_only_between("fail_page_alloc", 0, -1ULL));
	EXPECT_EQ(0, fault_only_between("fail_usercopy", 0, -1ULL));
	EXPECT_EQ(0, file_put(DEBUGFS "failslab/ignore-gfp-wait", "Y"));
	EXPECT_EQ(0, file_put(DEBUGFS "fail_page_alloc/ignore-gfp-wait",
			      "Y"));
	EXPECT_EQ(0, fault_set("fail_page_alloc", "min-order", 1));
}

static bool write_nth(int nth, unsigned int n)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", n);

	return pwrite(nth, text, len, 0) == len;
}

static void arm(int nth, unsigned int n)
{
	if (!write_nth(nth, n))
		abort();
}

/*
 * Whether the nth allocation was reached, and so failed. If not, what we do here
 * may be what fails; then it is the only one.
 */
static bool disarm(int nth)
{
	char left[16] = "";
	bool hit = pread(nth, left, sizeof(left) - 1, 0) > 0 && !atoi(left);

	if (!write_nth(nth, 0))
		arm(nth, 0);
	return hit;
}

#define LEAKS		DEBUGFS "kmemleak"
#define LEAKS_EXPECTED	"rtm: expecting leaks of sysfs_slab_add\n"

/*
 * The kernel itself leaks the name of a slab cache whose files it cannot make. Where
 * leaks are watched, those are forgotten: 0, if there are no others.
 */
static int forget_names_of_caches(void)
{
	char line[512] = "";
	bool excused = true;
	FILE *leaks;

	if (access(LEAKS, F_OK))
		return 0;
	/* vm/klog.sh reads that. Lost is what two scans some seconds apart miss. */
	if (file_put("/dev/kmsg", LEAKS_EXPECTED) || file_put(LEAKS, "scan"))
		return -1;
	sleep(6);
	if (file_put(LEAKS, "scan"))
		return -1;
	leaks = fopen(LEAKS, "re");
	while (leaks && fgets(line, sizeof(line), leaks)) {
		if (strstr(line, "unreferenced object")) {
			if (!excused)
				break;
			excused = false;
		} else if (strstr(line, " sysfs_slab_add+")) {
			excused = true;
		}
	}
	if (leaks)
		fclose(leaks);
	return leaks && excused ? file_put(LEAKS, "clear") : -1;
}

/* 0, or the error of what does not work. */
static int works(void)
{
	int fd = rtm_open(O_RDWR);
	__s64 client;
	int err;

	if (fd < 0)
		return fd;
	client = rtm_register(fd, RTM_FAMILY_IP, 100, 0);
	err = client < 0 ? client : rtm_add(fd, client, rtm_nth(1, 1), NULL);
	close(fd);
	return err;
}

TEST_F(faults, the_module_is_loaded_or_leaves_nothing)
{
	unsigned int n, tries = 0, failures = 0;
	__u64 start, end;
	bool hit = true;
	int err;

	/* A load is a load, and takes a second in the kernel that sees most. */
	if (sizeof(long) < 8 && !access(LEAKS, F_OK))
		SKIP(return, "64 bits do it");
	ASSERT_EQ(0, find_function("do_init_module", &start, &end));
	ASSERT_EQ(0, memory_only_between(start, end));
	ASSERT_EQ(0, unload());
	/* Of few it may be that none was needed: then others. */
	for (n = next(self, 0, 1); hit || !failures;
	     n = next(self, hit ? n : 0, 0)) {
		ASSERT_GT(MANY, n);
		ASSERT_GT(MANY, tries);
		tries++;
		arm(self->nth, n);
		err = load(self->ko);
		hit = disarm(self->nth);
		if (err) {
			ASSERT_TRUE(hit);
			ASSERT_EQ(-ENOMEM, err) {
				TH_LOG("allocation %u", n);
			}
			ASSERT_NE(0, access("/dev/rtm", F_OK));
			failures++;
			continue;
		}
		ASSERT_EQ(0, works());
		ASSERT_EQ(0, unload());
	}
	ASSERT_LT(0, failures);
	ksft_print_msg("of some %u allocations up to %u failed, %u of them needed\n",
		       n, tries - 1, failures);
	ASSERT_EQ(0, load(self->ko));
	ASSERT_EQ(0, works());
	ASSERT_EQ(0, forget_names_of_caches());
}

enum { HIT = 1, FAILED = 2, BROKEN = 4 };

TEST_F(faults, a_network_namespace_is_made_or_is_not)
{
	unsigned int n, tries = 0, failures = 0;
	__u64 start, end;
	int how = HIT;
	pid_t child;

	ASSERT_EQ(0, find_function("rtm_net_init", &start, &end));
	ASSERT_EQ(0, memory_only_between(start, end));
	for (n = next(self, 0, 16); how & HIT; n = next(self, n, 16)) {
		ASSERT_GT(MANY, n);
		tries++;
		child = fork();
		if (!child) {
			int nth = open("/proc/thread-self/fail-nth",
				       O_RDWR | O_CLOEXEC);
			int err;

			arm(nth, n);
			err = unshare(CLONE_NEWNET) ? errno : 0;
			how = disarm(nth) ? HIT : 0;
			if (err)
				how |= FAILED | (err == ENOMEM ? 0 : BROKEN);
			else if (works())
				how |= BROKEN;
			_exit(how);
		}
		how = rtm_reap(child);
		ASSERT_EQ(0, how & ~(HIT | FAILED)) {
			TH_LOG("allocation %u: %#x", n, how);
		}
		ASSERT_NE(FAILED, how);
		failures += how & FAILED ? 1 : 0;
		ASSERT_EQ(0, works());
	}
	ASSERT_LT(0, failures);
	ksft_print_msg("of some %u allocations %u failed, %u of them needed\n",
		       n, tries - 1, failures);
}

TEST_F(faults, a_new_user_is_counted_or_is_not)
{
	int fd;

	ASSERT_EQ(0, unshare(CLONE_NEWNET));
	fd = rtm_open(O_RDONLY);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, setresuid(1, -1, -1));
	ASSERT_EQ(0, fault_always("failslab", "__xa_insert"));
	EXPECT_EQ(-ENOMEM, rtm_watch(fd, RTM_FAMILY_IP));
	ASSERT_EQ(0, fault_always("failslab", NULL));
	EXPECT_LT(0, rtm_watch(fd, RTM_FAMILY_IP));
	ASSERT_EQ(0, setresuid(0, -1, -1));
	EXPECT_EQ(0, close(fd));
}

/* The first one in a table has made what routes age by. */
TEST_F(faults, a_first_client_is_registered_or_is_not)
{
	int fd;

	ASSERT_EQ(0, unshare(CLONE_NEWNET));
	fd = rtm_open(O_RDWR);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, fault_always("fail_page_alloc", "rtm_wheel_prepare"));
	EXPECT_EQ(-ENOMEM, rtm_register(fd, RTM_FAMILY_IP, 100, 0));
	ASSERT_EQ(0, fault_always("fail_page_alloc", NULL));
	EXPECT_EQ(0, rtm_stats(fd, RTM_FAMILY_IP).clients);
	EXPECT_LT(0, rtm_register(fd, RTM_FAMILY_IP, 100, 0));
	EXPECT_EQ(0, close(fd));
}

/* More than one chunk. */
#define BATCH	300
/* The first one of the client's own 100. */
#define OWN	50

/* A file with what the ioctls are about. */
struct needy {
	int fd;
	__u32 client, other, enumeration;
	__u32 routes, clients;		/* before the call */
	__u32 good, refused;		/* records of a batch; all calls' */
	struct rtm_route_rec recs[BATCH];
	struct rtm_change_rec results[BATCH];
};

/*
 * Each has 100 routes, half of them to the other's destinations, where they are the
 * better ones; the first has 100 messages of the other's. Both hear. To tell the last
 * two that are there to be added from each other takes several nodes at once.
 */
static int needy_open(struct needy *s)
{
	__s64 ret[3];
	__u32 i;

	s->fd = rtm_open(O_RDWR);
	ret[0] = rtm_register(s->fd, RTM_FAMILY_IP, 100, RTM_CLIENT_NOTIFY);
	ret[1] = rtm_register(s->fd, RTM_FAMILY_IP, 200, RTM_CLIENT_NOTIFY);
	if (s->fd < 0 || ret[0] < 0 || ret[1] < 0 ||
	    rtm_prio_set(s->fd, RTM_FAMILY_IP, 100, 1) ||
	    rtm_prio_set(s->fd, RTM_FAMILY_IP, 200, 1))
		return -1;
	s->client = ret[0];
	s->other = ret[1];
	for (i = 0; i < BATCH; i++) {
		s->recs[i] = i < BATCH - 2 ? rtm_nth(i, 2) :
					     rtm_ip(0xc0000200 + i, 32, 1, 1, 2);
		s->recs[i].ttl = i % 2 ? 1000 : RTM_TTL_INFINITE;
	}
	if (rtm_update(s->fd, RTM_IOC_ADD, s->other, s->recs, 100, NULL, NULL))
		return -1;
	for (i = 0; i < BATCH; i++)
		s->recs[i].metric = 1;
	if (rtm_update(s->fd, RTM_IOC_ADD, s->client, &s->recs[OWN], 100, NULL,
		       NULL))
		return -1;
	ret[2] = rtm_enum_open(s->fd, RTM_FAMILY_IP, 0, NULL, NULL);
	if (ret[2] < 0)
		return -1;
	s->enumeration = ret[2];
	s->routes = 200;
	s->clients = 2;
	return 0;
}

/* Counts the records that took effect, and those that had no memory. */
static int call_update(struct needy *s, unsigned int cmd)
{
	int err = rtm_update(s->fd, cmd, s->client, s->recs, BATCH, s->results,
			     NULL);
	__u32 i;

	for (i = 0; !err && i < BATCH; i++) {
		if (!s->results[i].error)
			s->good++;
		else if (cmd == RTM_IOC_ADD && s->results[i].error == -ENOMEM)
			s->refused++;
		else if (cmd == RTM_IOC_ADD || s->results[i].error != -ESRCH)
			return -EPROTO;
	}
	return err;
}

static int call_open(struct needy *s)
{
	int fd = rtm_open(O_RDWR);

	if (fd >= 0)
		close(fd);
	return fd < 0 ? fd : 0;
}

static int call_register(struct needy *s)
{
	__s64 ret = rtm_register(s->fd, RTM_FAMILY_IP, 300, RTM_CLIENT_NOTIFY);

	s->clients += ret > 0;
	return ret < 0 ? ret : 0;
}

static int call_watch(struct needy *s)
{
	__s64 ret = rtm_watch(s->fd, RTM_FAMILY_IPV6);

	return ret < 0 ? ret : 0;
}

/* Of a user who has nothing. */
static int call_watch_first(struct needy *s)
{
	int ret;

	if (setresuid(1, -1, -1))
		return -ENOMEM;
	ret = call_watch(s);
	while (setresuid(0, -1, -1))
		;
	return ret;
}

static int call_add(struct needy *s)
{
	int err = call_update(s, RTM_IOC_ADD);

	/* A third of them is there already, and needs no memory. */
	s->routes += s->good - 100;
	return err;
}

static int call_delete(struct needy *s)
{
	int err = call_update(s, RTM_IOC_DELETE);

	s->routes -= s->good;
	return err;
}

static int call_delete_one(struct needy *s)
{
	int err = rtm_delete(s->fd, s->client, s->recs[OWN + 99], NULL);

	s->routes -= !err;
	return err;
}

static int call_block_delete(struct needy *s)
{
	__s64 ret = rtm_block_delete(s->fd, s->client, 0, NULL);

	s->routes -= ret > 0 ? ret : 0;
	return ret < 0 ? ret : 0;
}

static int call_dequeue(struct needy *s)
{
	__s64 ret = rtm_dequeue(s->fd, s->client, s->results, BATCH, NULL);

	return ret < 0 ? ret : 0;
}

/* The destinations of both. */
#define SHARED	(100 - OWN)

static int look_up(struct needy *s, struct rtm_lookup_rec *recs)
{
	struct rtm_lookup call = {
		.size = sizeof(call),
		.family = RTM_FAMILY_IP,
		.count = SHARED,
		.record_size = sizeof(recs[0]),
		.records = (uintptr_t)recs,
	};
	__u32 i;

	for (i = 0; i < SHARED; i++)
		recs[i].route = rtm_nth(OWN + i, 0);
	return rtm_call(s->fd, RTM_IOC_LOOKUP, &call);
}

static int call_lookup(struct needy *s)
{
	struct rtm_lookup_rec recs[SHARED] = {};

	return look_up(s, recs);
}

static int call_get(struct needy *s)
{
	struct rtm_route_rec position = {};
	__s64 ret = rtm_get(s->fd, RTM_FAMILY_IP, 0, 0, &position, s->recs,
			    BATCH);

	return ret < 0 ? ret : 0;
}

static int call_enum_open(struct needy *s)
{
	__s64 ret = rtm_enum_open(s->fd, RTM_FAMILY_IP, 0, NULL, NULL);

	return ret < 0 ? ret : 0;
}

static int call_enum_next(struct needy *s)
{
	__s64 ret = rtm_enum_next(s->fd, s->enumeration, s->recs, BATCH, NULL);

	return ret < 0 ? ret : 0;
}

static int call_enum_close(struct needy *s)
{
	return rtm_drop(s->fd, RTM_IOC_ENUM_CLOSE, s->enumeration);
}

static int call_prio(struct needy *s, unsigned int cmd)
{
	struct rtm_prio_rec recs[8] = { { 100, 4 }, { 200, 3 } };
	struct rtm_prio call = {
		.size = sizeof(call),
		.family = RTM_FAMILY_IP,
		.count = cmd == RTM_IOC_PRIO_SET ? 2 : ARRAY_SIZE(recs),
		.record_size = sizeof(recs[0]),
		.records = (uintptr_t)recs,
	};

	return rtm_call(s->fd, cmd, &call);
}

static int call_prio_get(struct needy *s)
{
	return call_prio(s, RTM_IOC_PRIO_GET);
}

static int call_prio_set(struct needy *s)
{
	return call_prio(s, RTM_IOC_PRIO_SET);
}

/* Before that the client's routes are the best ones, and then all the other's. */
static int elected(struct needy *s, bool set)
{
	struct rtm_lookup_rec recs[SHARED] = {};
	int err = look_up(s, recs);
	__u32 i;

	for (i = 0; !err && i < SHARED; i++)
		if (recs[i].error || recs[i].route.metric != (set ? 2 : 1))
			err = -EPROTO;
	return err;
}

static int call_limit_get(struct needy *s)
{
	struct rtm_limit limit;

	return rtm_limit(s->fd, RTM_IOC_LIMIT_GET, RTM_LIMIT_ROUTES, 0, &limit);
}

static int call_limit_set(struct needy *s)
{
	return rtm_limit_set(s->fd, RTM_LIMIT_BACKLOG, s->client, 10);
}

static int call_stats(struct needy *s)
{
	struct rtm_stats stats = { .size = sizeof(stats) };

	return rtm_call(s->fd, RTM_IOC_STATS, &stats);
}

static int call_clients(struct needy *s)
{
	struct rtm_client_info infos[8];
	struct rtm_clients call = {
		.size = sizeof(call),
		.count = ARRAY_SIZE(infos),
		.record_size = sizeof(infos[0]),
		.records = (uintptr_t)infos,
	};

	return rtm_call(s->fd, RTM_IOC_CLIENTS, &call);
}

static int call_deregister(struct needy *s)
{
	int err = rtm_deregister(s->fd, s->client);

	s->routes -= err ? 0 : 100;
	s->clients -= !err;
	return err;
}

/*
 * Memory: at least one allocation that fails, fails the call. Copies: likewise;
 * those of the arguments are not among them, they are not made by functions.
 */
static const struct {
	const char *name;
	int (*call)(struct needy *s);
	bool memory;
	bool copies;
} calls[] = {
	{ "open", call_open, true, true },	/* of the name */
	{ "register", call_register, true, false },
	{ "watch", call_watch, true, false },
	{ "the first watch", call_watch_first, true, false },
	{ "deregister", call_deregister, false, false },
	{ "add", call_add, false, true },	/* memory is waited for */
	{ "delete", call_delete, false, true },
	{ "delete one", call_delete_one, false, true },
	{ "block delete", call_block_delete, false, false },
	{ "dequeue", call_dequeue, false, true },
	{ "look up", call_lookup, false, true },
	{ "get", call_get, false, true },
	{ "open an enumeration", call_enum_open, true, false },
	{ "next of an enumeration", call_enum_next, false, true },
	{ "close an enumeration", call_enum_close, false, false },
	{ "priorities", call_prio_get, true, true },
	{ "set priorities", call_prio_set, true, true },
	{ "limit", call_limit_get, false, false },
	{ "set a limit", call_limit_set, false, false },
	{ "figures", call_stats, false, false },
	{ "clients", call_clients, false, true },
};

/* What a walk finds is what is counted. */
static int as_counted(const struct needy *s, bool exactly)
{
	static struct rtm_route_rec recs[4 * BATCH];
	struct rtm_stats stats = rtm_stats(s->fd, RTM_FAMILY_IP);
	struct rtm_route_rec position = {};
	__s64 n = rtm_get(s->fd, RTM_FAMILY_IP, 0, 0, &position, recs,
			  ARRAY_SIZE(recs));

	if (stats.routes != (__u64)(n == -ESRCH ? 0 : n))
		return 1;
	return exactly && (stats.routes != s->routes ||
			   stats.clients != s->clients) ? 2 : 0;
}

/* How often a call found no memory, or could not copy. */
struct outcome {
	unsigned int tries, memory, copies;
};

/* All that can fail in one call, each in a call of its own. */
static void fail_in_turn(struct __test_metadata *_metadata,
			 FIXTURE_DATA(faults) *self, int i, struct needy *s,
			 struct outcome *outcome)
{
	bool hit = true;
	unsigned int n;
	int err;

	for (n = next(self, 0, 16); hit; n = next(self, n, 16)) {
		ASSERT_GT(MANY, n);
		ASSERT_EQ(0, needy_open(s)) {
			TH_LOG("before %s, %u", calls[i].name, n);
		}
		s->good = 0;
		arm(self->nth, n);
		err = calls[i].call(s);
		hit = disarm(self->nth);
		outcome->tries += hit;
		if (err) {
			ASSERT_TRUE(hit && (err == -EFAULT ||
					    (err == -ENOMEM &&
					     calls[i].memory))) {
				TH_LOG("%s, %u: %d", calls[i].name, n, err);
			}
			outcome->memory += err == -ENOMEM;
			outcome->copies += err == -EFAULT;
		}
		if (calls[i].call == call_prio_set)
			ASSERT_EQ(0, elected(s, !err)) {
				TH_LOG("%u: %d", n, err);
			}
		/* Whose answer is lost does not say what it did. */
		ASSERT_EQ(0, as_counted(s, err != -EFAULT)) {
			TH_LOG("after %s, %u: %d", calls[i].name, n, err);
		}
		ASSERT_EQ(0, close(s->fd));
	}
}

TEST_F(faults, each_call_is_done_or_fails)
{
	struct needy *s = calloc(1, sizeof(*s));
	unsigned int i, turn, tries = 0;
	struct outcome outcome;

	ASSERT_TRUE(s != NULL);
	ASSERT_EQ(0, unshare(CLONE_NEWNET));
	/* A page that is not there when it is first touched is no error. */
	ASSERT_EQ(0, mlockall(MCL_CURRENT | MCL_FUTURE));
	for (i = 0; i < ARRAY_SIZE(calls); i++) {
		outcome = (struct outcome) {};
		/*
		 * The kernel's own allocations come and go, a new slab's, say, and
		 * with them the numbers of ours: one may be passed over.
		 */
		for (turn = 0; turn < 10; turn++) {
			fail_in_turn(_metadata, self, i, s, &outcome);
			if (calls[i].memory == !!outcome.memory &&
			    calls[i].copies == !!outcome.copies)
				break;
		}
		EXPECT_EQ(calls[i].memory, !!outcome.memory) {
			TH_LOG("%s: %u failures", calls[i].name,
			       outcome.memory);
		}
		EXPECT_EQ(calls[i].copies, !!outcome.copies) {
			TH_LOG("%s: %u faults", calls[i].name, outcome.copies);
		}
		tries += outcome.tries;
	}
	/* What is not to be had at once is waited for. */
	EXPECT_EQ(0, s->refused);
	/* Nothing of all that still counts against the limit. */
	ASSERT_LE(0, s->fd = rtm_open(O_RDWR));
	ASSERT_EQ(0, rtm_limit_set(s->fd, RTM_LIMIT_ROUTES, 0, 1));
	s->client = rtm_register(s->fd, RTM_FAMILY_IP, 100, 0);
	EXPECT_EQ(0, rtm_add(s->fd, s->client, s->recs[0], NULL));
	EXPECT_EQ(-ENOSPC, rtm_add(s->fd, s->client, s->recs[1], NULL));
	ASSERT_EQ(0, close(s->fd));
	ksft_print_msg("%u allocations and copies failed\n", tries);
	free(s);
}

/*
 * What is asked for under a mutex, and is not to be had however long it is waited
 * for: what cannot be done then, @records or the call.
 */
struct starved {
	const char *function;
	int (*call)(struct needy *s);
	bool records;
	int err;
};

static const struct starved starved[] = {
	{ "rtm_route_alloc", call_add, true, 0 },
	{ "rtm_route_clone", call_add, true, 0 },
	{ "rtm_dest_alloc", call_add, true, 0 },
	{ "rtm_attr_get", call_add, true, 0 },
	{ "rtm_trie_insert_first", call_add, true, 0 },
	{ "rtm_prio_merge", call_prio_set, false, -ENOMEM },
	/* It goes on until it is done. */
	{ "rtm_route_clone", call_prio_set, false, 0 },
};

TEST_F(faults, without_memory_nothing_is_done_or_all)
{
	struct needy *s = calloc(1, sizeof(*s));
	const struct starved *now;
	unsigned int i, pages;

	ASSERT_TRUE(s != NULL);
	ASSERT_EQ(0, unshare(CLONE_NEWNET));
	for (i = 0; i < 2 * ARRAY_SIZE(starved); i++) {
		now = &starved[i % ARRAY_SIZE(starved)];
		pages = i / ARRAY_SIZE(starved);
		s->refused = 0;
		s->good = 0;
		ASSERT_EQ(0, needy_open(s));
		/* Without a page, too, it is waited for but once. */
		ASSERT_EQ(0, fault_always("fail_page_alloc",
					  pages ? "rtm_memory_wait" : NULL));
		ASSERT_EQ(0, fault_always("failslab", now->function));
		EXPECT_EQ(now->err, now->call(s)) {
			TH_LOG("%s", now->function);
		}
		ASSERT_EQ(0, fault_always("failslab", NULL));
		ASSERT_EQ(0, fault_always("fail_page_alloc", NULL));
		if (now->call == call_prio_set)
			EXPECT_EQ(0, elected(s, !now->err)) {
				TH_LOG("%s", now->function);
			}
		EXPECT_EQ(now->records, !!s->refused) {
			TH_LOG("%s: %u refused", now->function, s->refused);
		}
		EXPECT_EQ(0, as_counted(s, true)) {
			TH_LOG("after %s", now->function);
		}
		/* What was refused is done when there is some. */
		s->good = 0;
		EXPECT_EQ(0, call_update(s, RTM_IOC_ADD));
		EXPECT_EQ(BATCH, s->good);
		s->routes = 100 + BATCH;
		EXPECT_EQ(0, as_counted(s, true));
		ASSERT_EQ(0, close(s->fd));
	}
	free(s);
}

TEST_HARNESS_MAIN
