// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Who may do what: privilege.def, a table of callers and calls. Changing needs a
 * file open for writing, and the capability of its opener and of the caller.
 */
#include "rtm_test.h"

#include <linux/capability.h>
#include <sys/prctl.h>

#define NOBODY	65534

enum caller {
	ROOT, READER, USER, OWNER, STRANGER, HEIR, DROPPED, LAUNDERER, CALLERS
};

#define PRIVILEGE(call, ...)	call,
enum call {
#include "privilege.def"
	CALLS
};

#undef PRIVILEGE

static const char * const callers[CALLERS] = {
	"root", "reader", "user", "owner", "stranger", "heir", "dropped",
	"launderer",
};

#define PRIVILEGE(call, ...)						\
	[call] = { #call, { __VA_ARGS__ } },
static const struct {
	const char *name;
	int err[CALLERS];
} calls[CALLS] = {
#include "privilege.def"
};

FIXTURE(privilege) {
	int fd;		/* the caller's */
	__u32 client;	/* of routes 1 and 2, where the caller can have one */
	__u32 handle;
};

FIXTURE_VARIANT(privilege) {
	enum caller caller;
};

FIXTURE_VARIANT_ADD(privilege, root) { .caller = ROOT };
FIXTURE_VARIANT_ADD(privilege, reader) { .caller = READER };
FIXTURE_VARIANT_ADD(privilege, user) { .caller = USER };
FIXTURE_VARIANT_ADD(privilege, owner) { .caller = OWNER };
FIXTURE_VARIANT_ADD(privilege, stranger) { .caller = STRANGER };
FIXTURE_VARIANT_ADD(privilege, heir) { .caller = HEIR };
FIXTURE_VARIANT_ADD(privilege, dropped) { .caller = DROPPED };
FIXTURE_VARIANT_ADD(privilege, launderer) { .caller = LAUNDERER };

static int set_net_admin(bool on)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct caps[2];

	if (syscall(SYS_capget, &header, caps))
		return -errno;
	if (on)
		caps[0].effective |= 1U << CAP_NET_ADMIN;
	else
		caps[0].effective &= ~(1U << CAP_NET_ADMIN);
	return syscall(SYS_capset, &header, caps) ? -errno : 0;
}

static int become_nobody(void)
{
	return setresgid(NOBODY, NOBODY, NOBODY) ||
	       setresuid(NOBODY, NOBODY, NOBODY) ? -errno : 0;
}

FIXTURE_SETUP(privilege)
{
	const enum caller who = variant->caller;
	int root = rtm_open_fresh();
	__s64 ret, client;

	/* Something is in the table, whoever looks. */
	ASSERT_LE(0, root);
	client = rtm_register(root, RTM_FAMILY_IP, 50, 0);
	ASSERT_LT(0, client);
	ASSERT_EQ(0, rtm_add(root, client, rtm_nth(0, 1), NULL));

	if (who == USER) {
		ASSERT_EQ(0, become_nobody());
		EXPECT_EQ(-EACCES, rtm_open(O_RDWR));
	} else if (who == OWNER) {
		ASSERT_EQ(0, unshare(CLONE_NEWUSER | CLONE_NEWNET));
	} else if (who == STRANGER) {
		ASSERT_EQ(0, unshare(CLONE_NEWUSER));
	} else if (who == LAUNDERER) {
		ASSERT_EQ(0, set_net_admin(false));
	}
	self->fd = rtm_open(who == READER || who == USER ? O_RDONLY : O_RDWR);
	ASSERT_LE(0, self->fd);
	if (who == LAUNDERER)
		ASSERT_EQ(0, set_net_admin(true));

	if (who == ROOT || who == OWNER || who == HEIR || who == DROPPED) {
		ret = rtm_register(self->fd, RTM_FAMILY_IP, 100,
				   RTM_CLIENT_NOTIFY);
		ASSERT_LT(0, ret);
		self->client = ret;
		ASSERT_EQ(0, rtm_add(self->fd, ret, rtm_nth(1, 1), NULL));
		ASSERT_EQ(0, rtm_add(self->fd, ret, rtm_nth(2, 1), NULL));
	} else {
		ret = rtm_watch(self->fd, RTM_FAMILY_IP);
		ASSERT_LT(0, ret);
		self->client = ret;
	}
	ret = rtm_enum_open(self->fd, RTM_FAMILY_IP, 0, NULL, NULL);
	ASSERT_LT(0, ret);
	self->handle = ret;

	if (who == HEIR)
		ASSERT_EQ(0, become_nobody());
	if (who == DROPPED)
		ASSERT_EQ(0, set_net_admin(false));
}

FIXTURE_TEARDOWN(privilege)
{
	EXPECT_EQ(0, close(self->fd));
}

static __s64 make_call(FIXTURE_DATA(privilege) *self, enum call call)
{
	struct rtm_route_rec rec = {}, position = {};
	struct rtm_client_info info;
	struct rtm_clients clients = {
		.size = sizeof(clients),
		.count = 1,
		.record_size = sizeof(info),
		.records = (uintptr_t)&info,
	};
	struct rtm_stats stats = { .size = sizeof(stats) };
	struct rtm_prio_rec prio_rec;
	struct rtm_prio prio = {
		.size = sizeof(prio),
		.family = RTM_FAMILY_IP,
		.count = 1,
		.record_size = sizeof(prio_rec),
		.records = (uintptr_t)&prio_rec,
	};
	struct rtm_change_rec message;
	struct rtm_limit limit;

	switch (call) {
	case REGISTER:
		return rtm_register(self->fd, RTM_FAMILY_IP, 900, 0);
	case WATCH:
		return rtm_watch(self->fd, RTM_FAMILY_IP);
	case ADD:
		return rtm_add(self->fd, self->client, rtm_nth(3, 1), NULL);
	case DELETE:
		return rtm_delete(self->fd, self->client, rtm_nth(1, 1), NULL);
	case BLOCK_DELETE:
		return rtm_block_delete(self->fd, self->client, 0, NULL);
	case PRIO_SET:
		return rtm_prio_set(self->fd, RTM_FAMILY_IP, 100, 90);
	case LIMIT_LOWER:
		return rtm_limit_set(self->fd, RTM_LIMIT_WINDOW, 0, 1000);
	case LIMIT_RAISE:
		return rtm_limit_set(self->fd, RTM_LIMIT_ROUTES, 0, 1ULL << 40);
	case DEQUEUE:
		return rtm_dequeue(self->fd, self->client, &message, 1, NULL);
	case LOOKUP:
		return rtm_lookup(self->fd, RTM_FAMILY_IP, RTM_LOOKUP_LONGEST,
				  &rec);
	case GET:
		return rtm_get(self->fd, RTM_FAMILY_IP, 0, 0, &position, &rec,
			       1);
	case ENUM_OPEN:
		return rtm_enum_open(self->fd, RTM_FAMILY_IP, 0, NULL, NULL);
	case ENUM_NEXT:
		return rtm_enum_next(self->fd, self->handle, &rec, 1, NULL);
	case ENUM_CLOSE:
		return rtm_drop(self->fd, RTM_IOC_ENUM_CLOSE, self->handle);
	case PRIO_GET:
		return rtm_call(self->fd, RTM_IOC_PRIO_GET, &prio);
	case LIMIT_GET:
		return rtm_limit(self->fd, RTM_IOC_LIMIT_GET, RTM_LIMIT_ROUTES,
				 0, &limit);
	case STATS:
		return rtm_call(self->fd, RTM_IOC_STATS, &stats);
	case CLIENTS:
		return rtm_call(self->fd, RTM_IOC_CLIENTS, &clients);
	case DEREGISTER:
		return rtm_deregister(self->fd, self->client);
	default:
		return -ENOSYS;
	}
}

TEST_F(privilege, every_call_is_granted_or_refused_as_the_table_says)
{
	const enum caller who = variant->caller;
	enum call call;

	for (call = 0; call < CALLS; call++) {
		__s64 ret = make_call(self, call);

		/* Nothing has this prefix: the answer counts, not the route. */
		if (call == LOOKUP && ret == -ESRCH)
			ret = 0;
		EXPECT_EQ(-calls[call].err[who], ret < 0 ? ret : 0) {
			TH_LOG("%s by %s", calls[call].name, callers[who]);
		}
	}
}

TEST_F(privilege, refusal_comes_before_all_questions_about_the_argument)
{
	static const unsigned int cmds[] = {
		[REGISTER] = RTM_IOC_REGISTER, [ADD] = RTM_IOC_ADD,
		[DELETE] = RTM_IOC_DELETE,
		[BLOCK_DELETE] = RTM_IOC_BLOCK_DELETE,
		[PRIO_SET] = RTM_IOC_PRIO_SET,
		[LIMIT_LOWER] = RTM_IOC_LIMIT_SET,
	};
	enum call call;

	for (call = 0; call < ARRAY_SIZE(cmds); call++) {
		int err = calls[call].err[variant->caller];

		if (!cmds[call])
			continue;
		EXPECT_EQ(err ? -err : -EFAULT,
			  rtm_call(self->fd, cmds[call], NULL)) {
			TH_LOG("%s", calls[call].name);
		}
	}
}

/* Those callers whom a lower limit is not denied; the types are the same. */
#define _test_data_limiter		_test_data_privilege
#define _fixture_variant_limiter	_fixture_variant_privilege
FIXTURE(limiter);

FIXTURE_VARIANT_ADD(limiter, root) { .caller = ROOT };
FIXTURE_VARIANT_ADD(limiter, owner) { .caller = OWNER };

FIXTURE_SETUP(limiter)
{
	privilege_setup(_metadata, self, variant);
}

FIXTURE_TEARDOWN(limiter)
{
	privilege_teardown(_metadata, self, variant);
}

/* Each limit, raised by one. */
TEST_F(limiter, no_limit_is_raised_without_the_initial_capability)
{
	struct rtm_limit limit;
	__u32 id;

	for (id = 0; id <= RTM_LIMIT_BACKLOG; id++) {
		ASSERT_EQ(0, rtm_limit(self->fd, RTM_IOC_LIMIT_GET, id, 0,
				       &limit));
		limit.value++;
		EXPECT_EQ(variant->caller == OWNER ? -EPERM : 0,
			  rtm_limit(self->fd, RTM_IOC_LIMIT_SET, id, 0,
				    &limit));
		limit.value -= 2;
		EXPECT_EQ(0, rtm_limit(self->fd, RTM_IOC_LIMIT_SET, id, 0,
				       &limit));
		/* What it was before is a raise, too. */
		limit.value++;
		EXPECT_EQ(variant->caller == OWNER ? -EPERM : 0,
			  rtm_limit(self->fd, RTM_IOC_LIMIT_SET, id, 0,
				    &limit));
	}
	ASSERT_EQ(0, rtm_limit(self->fd, RTM_IOC_LIMIT_GET, RTM_LIMIT_BACKLOG,
			       self->client, &limit));
	limit.value++;
	EXPECT_EQ(variant->caller == OWNER ? -EPERM : 0,
		  rtm_limit(self->fd, RTM_IOC_LIMIT_SET, RTM_LIMIT_BACKLOG,
			    self->client, &limit));
}

TEST_HARNESS_MAIN
