// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What every ioctl does with arguments that are not right. Each command gets
 * a valid argument first, so that what is refused later is refused for the
 * one thing that was spoilt; and after each refusal nothing has changed.
 */
#include "rtm_test.h"

#define ROUTES		3	/* in the table at first, and messages waiting */
#define PAGE		4096	/* the longest argument and record */
#define FAMILIES	3

/* What callers can see of the tables. */
struct view {
	struct rtm_stats stats[FAMILIES];
	struct rtm_limit limits[RTM_LIMIT_BACKLOG + 1];
	struct rtm_prio_rec prio[FAMILIES][64];
	struct rtm_client_info clients[8];
};

FIXTURE(abi) {
	int fd;
	__u32 client;
	__u32 reader;
	__u32 handle;
	char *guard;	/* the page that cannot be touched, behind four that can */
	char *readonly;
	struct rtm_route_rec routes[ROUTES];
	union {
		struct rtm_change_rec changes[ROUTES];
		struct rtm_lookup_rec lookups[ROUTES];
		struct rtm_client_info infos[8];
		struct rtm_prio_rec prios[RTM_PRIO_MAX];
		struct rtm_route_rec routes[ROUTES];
	} out;
};

/*
 * @in, @out: offset of the address of records read and written, @records of
 * them in a valid call; 0: none. The strides are offsets of what says how long
 * the caller's records are.
 */
FIXTURE_VARIANT(abi) {
	unsigned int cmd;
	unsigned int size;
	unsigned int in, in_size, in_stride;
	unsigned int out, out_size, out_stride;
	unsigned int records;
};

/*
 * Not every test is for every command: those whose argument is written back,
 * those with records, and those that change routes are fixtures of their own,
 * of the same type.
 */
#define _test_data_answered		_test_data_abi
#define _fixture_variant_answered	_fixture_variant_abi
#define _test_data_records		_test_data_abi
#define _fixture_variant_records	_fixture_variant_abi
#define _test_data_update		_test_data_abi
#define _fixture_variant_update		_fixture_variant_abi
FIXTURE(answered);
FIXTURE(records);
FIXTURE(update);

#define IN(fixture, name, command, type, ...)				\
	FIXTURE_VARIANT_ADD(fixture, name) {				\
		.cmd = RTM_IOC_##command,				\
		.size = sizeof(struct type),				\
		__VA_ARGS__						\
	}
#define VARIANT(...)	IN(abi, __VA_ARGS__)
#define ANSWERED(...)	VARIANT(__VA_ARGS__); IN(answered, __VA_ARGS__)
#define BATCHED(...)	ANSWERED(__VA_ARGS__); IN(records, __VA_ARGS__)
#define CHANGES(...)	BATCHED(__VA_ARGS__); IN(update, __VA_ARGS__)
#define ONE_WAY(...)						\
	VARIANT(__VA_ARGS__); IN(records, __VA_ARGS__)

#define RECORDS(way, type, member, record, stride)			\
	.way = offsetof(struct type, member),				\
	.way##_size = sizeof(struct record),				\
	.way##_stride = offsetof(struct type, stride)

ANSWERED(register, REGISTER, rtm_register);
ANSWERED(watch, WATCH, rtm_watch);
VARIANT(deregister, DEREGISTER, rtm_handle);
CHANGES(add, ADD, rtm_update, .records = ROUTES,
	RECORDS(in, rtm_update, routes, rtm_route_rec, route_size),
	RECORDS(out, rtm_update, results, rtm_change_rec, result_size));
CHANGES(delete, DELETE, rtm_update, .records = ROUTES,
	RECORDS(in, rtm_update, routes, rtm_route_rec, route_size),
	RECORDS(out, rtm_update, results, rtm_change_rec, result_size));
ANSWERED(block_delete, BLOCK_DELETE, rtm_block_delete);
BATCHED(dequeue, DEQUEUE, rtm_dequeue, .records = ROUTES,
	RECORDS(out, rtm_dequeue, messages, rtm_change_rec, message_size));
BATCHED(lookup, LOOKUP, rtm_lookup, .records = ROUTES,
	RECORDS(in, rtm_lookup, records, rtm_lookup_rec, record_size),
	RECORDS(out, rtm_lookup, records, rtm_lookup_rec, record_size));
BATCHED(get, GET, rtm_get, .records = ROUTES,
	RECORDS(out, rtm_get, routes, rtm_route_rec, route_size));
ANSWERED(enum_open, ENUM_OPEN, rtm_enum_open);
BATCHED(enum_next, ENUM_NEXT, rtm_enum_next, .records = ROUTES,
	RECORDS(out, rtm_enum_next, routes, rtm_route_rec, route_size));
VARIANT(enum_close, ENUM_CLOSE, rtm_handle);
BATCHED(prio_get, PRIO_GET, rtm_prio, .records = 2,
	RECORDS(out, rtm_prio, records, rtm_prio_rec, record_size));
ONE_WAY(prio_set, PRIO_SET, rtm_prio, .records = 2,
	RECORDS(in, rtm_prio, records, rtm_prio_rec, record_size));
ANSWERED(limit_get, LIMIT_GET, rtm_limit);
VARIANT(limit_set, LIMIT_SET, rtm_limit);
ANSWERED(stats, STATS, rtm_stats);
BATCHED(clients, CLIENTS, rtm_clients, .records = 2,
	RECORDS(out, rtm_clients, records, rtm_client_info, record_size));

/* A field of a valid argument made wrong, and the errno that it gives. */
struct spoilt {
	unsigned int cmd;
	const char *field;
	unsigned int offset, size;
	__u64 value;
	int err;
};

#define BAD(command, type, member, val, error)				\
	{ RTM_IOC_##command, #member, offsetof(struct type, member),	\
	  sizeof(((struct type *)0)->member), val, error }
#define BAD_BATCH(command, type, record_size, right)			\
	BAD(command, type, count, RTM_BATCH_MAX + 1, EINVAL),		\
	BAD(command, type, count, 0xffffffff, EINVAL),			\
	BAD(command, type, record_size, 0, EINVAL),			\
	BAD(command, type, record_size, (right) - 8, EINVAL),		\
	BAD(command, type, record_size, (right) + 1, EINVAL),		\
	BAD(command, type, record_size, (right) + 4, EINVAL),		\
	BAD(command, type, record_size, PAGE + 8, EINVAL),		\
	BAD(command, type, record_size, 0xfffffff8, EINVAL)
#define BAD_UPDATE(command)						\
	BAD(command, rtm_update, client, 0, ENOENT),			\
	BAD(command, rtm_update, flags, 1, EINVAL),			\
	BAD(command, rtm_update, flags, 1U << 31, EINVAL),		\
	BAD(command, rtm_update, result_size, 1, EINVAL),		\
	BAD(command, rtm_update, result_size, 15, EINVAL),		\
	BAD(command, rtm_update, result_size, 17, EINVAL),		\
	BAD(command, rtm_update, result_size, 271, EINVAL),		\
	BAD(command, rtm_update, result_size, 273, EINVAL),		\
	BAD(command, rtm_update, result_size, PAGE + 8, EINVAL),	\
	BAD(command, rtm_update, reserved, 1, EINVAL),			\
	BAD(command, rtm_update, done, ROUTES + 1, EINVAL),		\
	BAD_BATCH(command, rtm_update, route_size, 128)

static const struct spoilt spoilt[] = {
	BAD(REGISTER, rtm_register, family, 3, EINVAL),
	BAD(REGISTER, rtm_register, family, 0xffffffff, EINVAL),
	BAD(REGISTER, rtm_register, flags, RTM_CLIENT_WATCHER, EINVAL),
	BAD(REGISTER, rtm_register, flags, 8, EINVAL),
	BAD(REGISTER, rtm_register, flags, 1U << 31, EINVAL),
	BAD(REGISTER, rtm_register, reserved, 1, EINVAL),
	BAD(REGISTER, rtm_register, protocol, 100, EEXIST),
	BAD(WATCH, rtm_watch, family, 3, EINVAL),
	BAD(WATCH, rtm_watch, family, 0xffffffff, EINVAL),
	BAD(WATCH, rtm_watch, reserved, 1, EINVAL),
	BAD(DEREGISTER, rtm_handle, handle, 0, ENOENT),
	BAD(DEREGISTER, rtm_handle, handle, 0xffffffff, ENOENT),
	BAD_UPDATE(ADD),
	BAD_UPDATE(DELETE),
	BAD(BLOCK_DELETE, rtm_block_delete, client, 0, ENOENT),
	BAD(BLOCK_DELETE, rtm_block_delete, match, 16, EINVAL),
	BAD(BLOCK_DELETE, rtm_block_delete, match, 1U << 31, EINVAL),
	BAD(BLOCK_DELETE, rtm_block_delete, reserved, 1, EINVAL),
	BAD(DEQUEUE, rtm_dequeue, client, 0, ENOENT),
	BAD(DEQUEUE, rtm_dequeue, done, ROUTES + 1, EINVAL),
	BAD(DEQUEUE, rtm_dequeue, flags, RTM_DEQUEUE_MORE, EINVAL),
	BAD(DEQUEUE, rtm_dequeue, flags, 1U << 31, EINVAL),
	BAD_BATCH(DEQUEUE, rtm_dequeue, message_size, 272),
	BAD(LOOKUP, rtm_lookup, family, 3, EINVAL),
	BAD(LOOKUP, rtm_lookup, family, 0xffffffff, EINVAL),
	BAD(LOOKUP, rtm_lookup, flags, 2, EINVAL),
	BAD(LOOKUP, rtm_lookup, flags, 1U << 31, EINVAL),
	BAD(LOOKUP, rtm_lookup, done, ROUTES + 1, EINVAL),
	BAD_BATCH(LOOKUP, rtm_lookup, record_size, 136),
	BAD(GET, rtm_get, family, 3, EINVAL),
	BAD(GET, rtm_get, family, 0xffffffff, EINVAL),
	BAD(GET, rtm_get, match, 16, EINVAL),
	BAD(GET, rtm_get, match, 1U << 31, EINVAL),
	BAD(GET, rtm_get, flags, 2, EINVAL),
	BAD(GET, rtm_get, flags, 1U << 31, EINVAL),
	BAD(GET, rtm_get, reserved, 1, EINVAL),
	BAD(GET, rtm_get, done, ROUTES + 1, EINVAL),
	BAD(GET, rtm_get, done, ROUTES, EINVAL),
	BAD(GET, rtm_get, count, 0, EINVAL),
	BAD_BATCH(GET, rtm_get, route_size, 128),
	BAD(ENUM_OPEN, rtm_enum_open, family, 3, EINVAL),
	BAD(ENUM_OPEN, rtm_enum_open, family, 0xffffffff, EINVAL),
	BAD(ENUM_OPEN, rtm_enum_open, match, 16, EINVAL),
	BAD(ENUM_OPEN, rtm_enum_open, match, 1U << 31, EINVAL),
	BAD(ENUM_NEXT, rtm_enum_next, handle, 0, ENOENT),
	BAD(ENUM_NEXT, rtm_enum_next, reserved, 1, EINVAL),
	BAD(ENUM_NEXT, rtm_enum_next, done, ROUTES + 1, EINVAL),
	BAD(ENUM_NEXT, rtm_enum_next, done, ROUTES, EINVAL),
	BAD(ENUM_NEXT, rtm_enum_next, count, 0, EINVAL),
	BAD_BATCH(ENUM_NEXT, rtm_enum_next, route_size, 128),
	BAD(ENUM_CLOSE, rtm_handle, handle, 0, ENOENT),
	BAD(ENUM_CLOSE, rtm_handle, handle, 0xffffffff, ENOENT),
	BAD(PRIO_GET, rtm_prio, family, 3, EINVAL),
	BAD(PRIO_GET, rtm_prio, count, RTM_PRIO_MAX + 1, EINVAL),
	BAD(PRIO_GET, rtm_prio, record_size, 0, EINVAL),
	BAD(PRIO_GET, rtm_prio, record_size, 7, EINVAL),
	BAD(PRIO_GET, rtm_prio, record_size, 9, EINVAL),
	BAD(PRIO_GET, rtm_prio, record_size, PAGE + 8, EINVAL),
	BAD(PRIO_GET, rtm_prio, reserved, 1, EINVAL),
	BAD(PRIO_SET, rtm_prio, family, 3, EINVAL),
	BAD(PRIO_SET, rtm_prio, count, RTM_PRIO_MAX + 1, EINVAL),
	BAD(PRIO_SET, rtm_prio, record_size, 0, EINVAL),
	BAD(PRIO_SET, rtm_prio, record_size, 7, EINVAL),
	BAD(PRIO_SET, rtm_prio, record_size, 9, EINVAL),
	BAD(PRIO_SET, rtm_prio, record_size, PAGE + 8, EINVAL),
	BAD(PRIO_SET, rtm_prio, reserved, 1, EINVAL),
	BAD(PRIO_SET, rtm_prio, total, 1, EINVAL),
	BAD(LIMIT_GET, rtm_limit, id, RTM_LIMIT_BACKLOG + 1, EINVAL),
	BAD(LIMIT_GET, rtm_limit, id, 0xffffffff, EINVAL),
	BAD(LIMIT_GET, rtm_limit, client, 1, EINVAL),
	BAD(LIMIT_GET, rtm_limit, reserved, 1, EINVAL),
	BAD(LIMIT_SET, rtm_limit, id, RTM_LIMIT_BACKLOG + 1, EINVAL),
	BAD(LIMIT_SET, rtm_limit, id, 0xffffffff, EINVAL),
	BAD(LIMIT_SET, rtm_limit, client, 1, EINVAL),
	BAD(LIMIT_SET, rtm_limit, reserved, 1, EINVAL),
	BAD(LIMIT_SET, rtm_limit, used, 1, EINVAL),
	BAD(LIMIT_SET, rtm_limit, value, 0, EINVAL),
	BAD(STATS, rtm_stats, family, 3, EINVAL),
	BAD(STATS, rtm_stats, family, 0xffffffff, EINVAL),
	BAD_BATCH(CLIENTS, rtm_clients, record_size, 64),
	BAD(CLIENTS, rtm_clients, reserved, 1, EINVAL),
	BAD(CLIENTS, rtm_clients, cursor, 1U << 20, EINVAL),
	BAD(CLIENTS, rtm_clients, cursor, 0xffffffff, EINVAL),
};

/* 0, or the error of the call that failed. */
static int look(int fd, struct view *view)
{
	struct rtm_clients clients = {
		.size = sizeof(clients),
		.count = ARRAY_SIZE(view->clients),
		.record_size = sizeof(*view->clients),
		.records = (uintptr_t)view->clients,
	};
	struct rtm_prio prio = {
		.size = sizeof(prio),
		.count = ARRAY_SIZE(view->prio[0]),
		.record_size = sizeof(struct rtm_prio_rec),
	};
	int err = 0;
	__u32 i;

	memset(view, 0, sizeof(*view));
	for (i = 0; i < FAMILIES && !err; i++) {
		view->stats[i].size = sizeof(view->stats[i]);
		view->stats[i].family = i;
		prio.family = i;
		prio.records = (uintptr_t)view->prio[i];
		err = rtm_call(fd, RTM_IOC_STATS, &view->stats[i]) ?:
		      rtm_call(fd, RTM_IOC_PRIO_GET, &prio);
	}
	for (i = 0; i <= RTM_LIMIT_BACKLOG && !err; i++)
		err = rtm_limit(fd, RTM_IOC_LIMIT_GET, i, 0, &view->limits[i]);
	return err ?: rtm_call(fd, RTM_IOC_CLIENTS, &clients);
}

static union rtm_argument valid(FIXTURE_DATA(abi) *self, unsigned int cmd)
{
	const __u64 out = (uintptr_t)&self->out;
	union rtm_argument arg = {};

	switch (cmd) {
	case RTM_IOC_REGISTER:
		arg.reg.family = RTM_FAMILY_IP;
		arg.reg.protocol = 300;
		break;
	case RTM_IOC_WATCH:
		arg.watch.family = RTM_FAMILY_IP;
		break;
	case RTM_IOC_DEREGISTER:
		arg.handle.handle = self->client;
		break;
	case RTM_IOC_ADD:
	case RTM_IOC_DELETE:
		arg.update.client = self->client;
		arg.update.count = ROUTES;
		arg.update.route_size = sizeof(struct rtm_route_rec);
		arg.update.result_size = sizeof(struct rtm_change_rec);
		arg.update.routes = (uintptr_t)self->routes;
		arg.update.results = out;
		break;
	case RTM_IOC_BLOCK_DELETE:
		arg.block.client = self->client;
		break;
	case RTM_IOC_DEQUEUE:
		arg.dequeue.client = self->reader;
		arg.dequeue.count = ROUTES;
		arg.dequeue.message_size = sizeof(struct rtm_change_rec);
		arg.dequeue.messages = out;
		break;
	case RTM_IOC_LOOKUP:
		memset(&self->out, 0, sizeof(self->out));
		for (int i = 0; i < ROUTES; i++)
			self->out.lookups[i].route = rtm_nth(i, 0);
		arg.lookup.family = RTM_FAMILY_IP;
		arg.lookup.count = ROUTES;
		arg.lookup.record_size = sizeof(struct rtm_lookup_rec);
		arg.lookup.records = out;
		break;
	case RTM_IOC_GET:
		arg.get.family = RTM_FAMILY_IP;
		arg.get.count = ROUTES;
		arg.get.route_size = sizeof(struct rtm_route_rec);
		arg.get.routes = out;
		break;
	case RTM_IOC_ENUM_OPEN:
		arg.open.family = RTM_FAMILY_IP;
		break;
	case RTM_IOC_ENUM_NEXT:
		arg.next.handle = self->handle;
		arg.next.count = ROUTES;
		arg.next.route_size = sizeof(struct rtm_route_rec);
		arg.next.routes = out;
		break;
	case RTM_IOC_ENUM_CLOSE:
		arg.handle.handle = self->handle;
		break;
	case RTM_IOC_PRIO_SET:
		self->out.prios[0] = (struct rtm_prio_rec){ 100, 50 };
		self->out.prios[1] = (struct rtm_prio_rec){ 200, 60 };
		/* fallthrough */
	case RTM_IOC_PRIO_GET:
		arg.prio.family = RTM_FAMILY_IP;
		arg.prio.count = 2;
		arg.prio.record_size = sizeof(struct rtm_prio_rec);
		arg.prio.records = out;
		break;
	case RTM_IOC_LIMIT_GET:
	case RTM_IOC_LIMIT_SET:
		arg.limit.id = RTM_LIMIT_WINDOW;
		arg.limit.value = 1000;
		break;
	case RTM_IOC_STATS:
		arg.stats.family = RTM_FAMILY_IP;
		break;
	case RTM_IOC_CLIENTS:
		arg.clients.count = 2;
		arg.clients.record_size = sizeof(struct rtm_client_info);
		arg.clients.records = out;
		break;
	}
	return arg;
}

/* What a valid call says it did: a number of records, where it has one. */
static __u32 done(unsigned int cmd, const union rtm_argument *arg)
{
	switch (cmd) {
	case RTM_IOC_ADD:
	case RTM_IOC_DELETE:
		return arg->update.done;
	case RTM_IOC_DEQUEUE:
		return arg->dequeue.done;
	case RTM_IOC_LOOKUP:
		return arg->lookup.done;
	case RTM_IOC_GET:
		return arg->get.done;
	case RTM_IOC_ENUM_NEXT:
		return arg->next.done;
	case RTM_IOC_CLIENTS:
		return arg->clients.done;
	default:
		return arg->prio.count;
	}
}

static int call(FIXTURE_DATA(abi) *self, unsigned int cmd, void *at,
		union rtm_argument arg, unsigned int size)
{
	arg.size = size;
	memcpy(at, &arg, sizeof(arg));
	return rtm_call(self->fd, cmd, at);
}

FIXTURE_SETUP(abi)
{
	const size_t page = sysconf(_SC_PAGESIZE);
	__s64 ret;
	int i;

	self->fd = rtm_open(O_RDWR);
	ASSERT_LE(0, self->fd);
	ret = rtm_register(self->fd, RTM_FAMILY_IP, 100, 0);
	ASSERT_LT(0, ret);
	self->client = ret;
	ret = rtm_register(self->fd, RTM_FAMILY_IP, 200, RTM_CLIENT_NOTIFY);
	ASSERT_LT(0, ret);
	self->reader = ret;
	for (i = 0; i < ROUTES; i++) {
		self->routes[i] = rtm_nth(i, 7);
		ASSERT_EQ(0, rtm_add(self->fd, self->client, self->routes[i],
				     NULL));
	}
	ret = rtm_enum_open(self->fd, RTM_FAMILY_IP, 0, NULL, NULL);
	ASSERT_LT(0, ret);
	self->handle = ret;

	self->guard = mmap(NULL, 6 * page, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_TRUE(self->guard != MAP_FAILED);
	self->guard += 4 * page;
	self->readonly = self->guard + page;
	ASSERT_EQ(0, mprotect(self->guard, page, PROT_NONE));
}

FIXTURE_TEARDOWN(abi)
{
	EXPECT_EQ(0, close(self->fd));
}

#define AS_ABI(fixture)							\
	FIXTURE_SETUP(fixture)						\
	{								\
		abi_setup(_metadata, self, variant);			\
	}								\
	FIXTURE_TEARDOWN(fixture)					\
	{								\
		abi_teardown(_metadata, self, variant);			\
	}

AS_ABI(answered)
AS_ABI(records)
AS_ABI(update)

/* Writes an argument to the read-only page. */
static void put_readonly(FIXTURE_DATA(abi) *self, const void *from, size_t n)
{
	const size_t page = sysconf(_SC_PAGESIZE);

	mprotect(self->readonly, page, PROT_READ | PROT_WRITE);
	memcpy(self->readonly, from, n);
	mprotect(self->readonly, page, PROT_READ);
}

#define EXPECT_UNCHANGED(before) do {					\
	struct view _now;						\
									\
	ASSERT_EQ(0, look(self->fd, &_now));				\
	ASSERT_EQ(0, memcmp(&_now, before, sizeof(_now)));		\
} while (0)

/* The valid call does all it was asked to, even after what went before. */
#define EXPECT_WORKS() do {						\
	union rtm_argument _arg = valid(self, variant->cmd);		\
									\
	_arg.size = variant->size;					\
	ASSERT_EQ(0, rtm_call(self->fd, variant->cmd, &_arg));		\
	if (variant->records) {						\
		ASSERT_EQ(variant->records, done(variant->cmd, &_arg));	\
	}								\
} while (0)

TEST_F(abi, valid_argument_is_taken)
{
	EXPECT_WORKS();
}

TEST_F(abi, every_shorter_size_is_EINVAL)
{
	struct view before;
	unsigned int size;

	ASSERT_EQ(0, look(self->fd, &before));
	for (size = 0; size < variant->size; size++) {
		ASSERT_EQ(-EINVAL, call(self, variant->cmd, self->guard - PAGE,
					valid(self, variant->cmd), size)) {
			TH_LOG("size %u", size);
		}
	}
	EXPECT_UNCHANGED(&before);
	EXPECT_WORKS();
}

TEST_F(abi, longer_argument_with_zeros_is_taken)
{
	char *at = self->guard - PAGE;

	/* The excess ends where memory does: not a byte more is read. */
	memset(at, 0, PAGE);
	ASSERT_EQ(0, call(self, variant->cmd, at, valid(self, variant->cmd),
			  PAGE));
}

TEST_F(abi, nonzero_byte_in_the_excess_is_E2BIG)
{
	char *at = self->guard - PAGE - 1, *tail;
	unsigned int i, excess;
	struct view before;

	ASSERT_EQ(0, look(self->fd, &before));
	tail = at + variant->size;
	for (excess = 1; variant->size + excess <= PAGE;
	     excess += excess < 16 ? 1 : 255) {
		for (i = 0; i < excess; i += i < 16 ? 1 : 255) {
			union rtm_argument arg = valid(self, variant->cmd);

			memset(tail, 0, PAGE - variant->size);
			arg.size = variant->size + excess;
			memcpy(at, &arg, variant->size);
			tail[i] = 1;
			ASSERT_EQ(-E2BIG, rtm_call(self->fd, variant->cmd, at)) {
				TH_LOG("byte %u of %u", i, excess);
			}
		}
	}
	/* Longer than a page is too long whatever is in it. */
	memset(at, 0, PAGE + 1);
	EXPECT_EQ(-E2BIG, call(self, variant->cmd, at,
			       valid(self, variant->cmd), PAGE + 1));
	EXPECT_EQ(-E2BIG, call(self, variant->cmd, at,
			       valid(self, variant->cmd), 0xffffffff));
	EXPECT_UNCHANGED(&before);
	EXPECT_WORKS();
}

TEST_F(abi, unreadable_argument_is_EFAULT)
{
	void *const bad[] = {
		NULL, (void *)1, self->guard, (void *)-4096L, (void *)-1L,
#ifdef __LP64__
		(void *)0xffff888000000000, (void *)0x0000800000000000,
#endif
	};
	union rtm_argument arg = valid(self, variant->cmd);
	struct view before;
	unsigned int i;

	ASSERT_EQ(0, look(self->fd, &before));
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		ASSERT_EQ(-EFAULT, rtm_call(self->fd, variant->cmd, bad[i])) {
			TH_LOG("at %p", bad[i]);
		}
	}
	arg.size = variant->size;
	for (i = 1; i < variant->size; i++) {
		memcpy(self->guard - i, &arg, i);
		ASSERT_EQ(-EFAULT, rtm_call(self->fd, variant->cmd,
					    self->guard - i)) {
			TH_LOG("%u bytes readable", i);
		}
	}
	EXPECT_UNCHANGED(&before);
	EXPECT_WORKS();
}

TEST_F(answered, argument_that_cannot_be_answered_is_EFAULT)
{
	union rtm_argument arg = valid(self, variant->cmd);
	struct view before;

	ASSERT_EQ(0, look(self->fd, &before));
	arg.size = variant->size;
	put_readonly(self, &arg, sizeof(arg));
	EXPECT_EQ(-EFAULT, rtm_call(self->fd, variant->cmd, self->readonly));
	EXPECT_UNCHANGED(&before);
	EXPECT_WORKS();
}

TEST_F(abi, every_wrong_field_is_refused)
{
	const struct spoilt *s;
	unsigned int tried = 0;
	struct view before;

	ASSERT_EQ(0, look(self->fd, &before));
	for (s = spoilt; s < spoilt + ARRAY_SIZE(spoilt); s++) {
		union rtm_argument arg = valid(self, variant->cmd);

		if (s->cmd != variant->cmd)
			continue;
		/* Machine byte order: little-endian ones suffice. */
		memcpy((char *)&arg + s->offset, &s->value, s->size);
		EXPECT_EQ(-s->err, call(self, variant->cmd,
					self->guard - PAGE, arg, variant->size)) {
			TH_LOG("%s = %llu", s->field,
			       (unsigned long long)s->value);
		}
		EXPECT_UNCHANGED(&before);
		tried++;
	}
	EXPECT_LT(0, tried);
	EXPECT_WORKS();
}

/* Puts @address into the pointer at @offset and calls. */
static int call_with(FIXTURE_DATA(abi) *self,
		     const FIXTURE_VARIANT(abi) *variant,
		     unsigned int offset, __u64 address)
{
	union rtm_argument arg = valid(self, variant->cmd);

	memcpy((char *)&arg + offset, &address, sizeof(address));
	return call(self, variant->cmd, self->guard - 2 * PAGE, arg,
		    variant->size);
}

TEST_F(records, unusable_records_are_EFAULT)
{
	const __u64 bad[] = {
		0, 1, (uintptr_t)self->guard, -4096ULL, -1ULL,
		0xffff888000000000, 0x0000800000000000,
		/* Not to be cut to 32 bits. */
		(uintptr_t)self->routes + (1ULL << 47),
	};
	const unsigned int offsets[] = { variant->in, variant->out };
	const unsigned int sizes[] = { variant->in_size, variant->out_size };
	unsigned int i, j, k;
	struct view before;

	ASSERT_EQ(0, look(self->fd, &before));
	for (i = 0; i < 2; i++) {
		if (!offsets[i])
			continue;
		for (j = 0; j < ARRAY_SIZE(bad); j++) {
			EXPECT_EQ(-EFAULT, call_with(self, variant, offsets[i],
						     bad[j])) {
				TH_LOG("at %#llx", (unsigned long long)bad[j]);
			}
		}
		/* The first record runs into the page that is not there. */
		for (k = 1; k < sizes[i]; k += 7) {
			memset(self->guard - k, 0, k);
			EXPECT_EQ(-EFAULT, call_with(self, variant, offsets[i],
						     (uintptr_t)self->guard - k)) {
				TH_LOG("%u bytes usable", k);
			}
		}
	}
	if (variant->out) {
		put_readonly(self, &self->out, sizeof(self->out.lookups));
		EXPECT_EQ(-EFAULT, call_with(self, variant, variant->out,
					     (uintptr_t)self->readonly));
	}
	if (variant->cmd != RTM_IOC_ADD && variant->cmd != RTM_IOC_DELETE)
		EXPECT_UNCHANGED(&before);
	if (variant->cmd != RTM_IOC_DELETE)
		EXPECT_WORKS();
}

/* Records of a newer header: zeros are taken, and given. */
TEST_F(records, longer_records_are_taken_if_the_excess_is_zero)
{
	const __u32 in = variant->in_size + 8, out = variant->out_size + 8;
	union rtm_argument arg = valid(self, variant->cmd);
	char *records = self->guard - PAGE, *results = records - PAGE;
	struct view before;
	__u64 address;
	__u32 i;

	if (variant->in) {
		memcpy(&address, (char *)&arg + variant->in, sizeof(address));
		memset(records, 0, PAGE);
		for (i = 0; i < variant->records; i++)
			memcpy(records + i * in, (char *)(uintptr_t)address +
			       i * variant->in_size, variant->in_size);
		address = (uintptr_t)records;
		memcpy((char *)&arg + variant->in, &address, sizeof(address));
		memcpy((char *)&arg + variant->in_stride, &in, sizeof(in));
		if (variant->in == variant->out)
			results = records;
	}
	if (variant->out) {
		if (results != records)
			memset(results, 0xff, PAGE);
		address = (uintptr_t)results;
		memcpy((char *)&arg + variant->out, &address, sizeof(address));
		memcpy((char *)&arg + variant->out_stride, &out, sizeof(out));
	}
	if (variant->in) {
		ASSERT_EQ(0, look(self->fd, &before));
		for (i = variant->in_size; i < in; i++) {
			records[i] = 1;
			EXPECT_EQ(-E2BIG, call(self, variant->cmd,
					       self->guard - 3 * PAGE, arg,
					       variant->size));
			records[i] = 0;
		}
		EXPECT_UNCHANGED(&before);
	}
	arg.size = variant->size;
	ASSERT_EQ(0, rtm_call(self->fd, variant->cmd, &arg));
	ASSERT_EQ(variant->records, done(variant->cmd, &arg));
	for (i = 0; variant->out && i < variant->records * out; i++) {
		if (i % out >= variant->out_size)
			EXPECT_EQ(0, results[i]);
	}
}

/*
 * The last of the records cannot be had or told. What the call says is done
 * is done, and what is not, is not.
 */
TEST_F(update, done_is_true_when_a_later_record_faults)
{
	struct rtm_update arg = {
		.size = sizeof(arg),
		.client = self->client,
		.count = ROUTES,
		.route_size = sizeof(struct rtm_route_rec),
	};
	struct rtm_route_rec *routes;
	const __u64 at_start = rtm_stats(self->fd, RTM_FAMILY_IP).routes;
	int i, direction = variant->cmd == RTM_IOC_ADD ? 1 : -1;

	if (variant->cmd == RTM_IOC_ADD)
		for (i = 0; i < ROUTES; i++)
			self->routes[i] = rtm_nth(100 + i, 7);

	routes = (void *)(self->guard - sizeof(*routes) * (ROUTES - 1));
	memcpy(routes, self->routes, sizeof(*routes) * (ROUTES - 1));
	arg.routes = (uintptr_t)routes;
	ASSERT_EQ(-EFAULT, rtm_call(self->fd, variant->cmd, &arg));
	ASSERT_GT(ROUTES, arg.done);
	ASSERT_EQ(at_start + direction * (int)arg.done,
		  rtm_stats(self->fd, RTM_FAMILY_IP).routes);

	arg.routes = (uintptr_t)self->routes;
	arg.result_size = RTM_RESULT_SHORT;
	arg.results = (uintptr_t)self->guard - 2 * RTM_RESULT_SHORT;
	ASSERT_EQ(-EFAULT, rtm_call(self->fd, variant->cmd, &arg));
	ASSERT_EQ(at_start + direction * (int)arg.done,
		  rtm_stats(self->fd, RTM_FAMILY_IP).routes);

	/* As it stands, but for the address, it can be called again. */
	arg.results = (uintptr_t)&self->out;
	ASSERT_EQ(0, rtm_call(self->fd, variant->cmd, &arg));
	ASSERT_EQ(ROUTES, arg.done);
	ASSERT_EQ(at_start + direction * ROUTES,
		  rtm_stats(self->fd, RTM_FAMILY_IP).routes);
}

FIXTURE(command) {
	int fd;
};

FIXTURE_SETUP(command)
{
	self->fd = rtm_open(O_RDWR);
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(command)
{
	EXPECT_EQ(0, close(self->fd));
}

TEST_F(command, unknown_ones_are_ENOTTY)
{
	const unsigned int last = _IOC_NR(RTM_IOC_CLIENTS);
	union rtm_argument arg = { .size = sizeof(arg) };
	unsigned int nr;

	for (nr = 0; nr < 256; nr++) {
		if (nr > last) {
			EXPECT_EQ(-ENOTTY, rtm_call(self->fd,
						    _IO(RTM_IOC_TYPE, nr),
						    &arg));
		}
		EXPECT_EQ(-ENOTTY, rtm_call(self->fd,
					    _IO(RTM_IOC_TYPE + 1, nr), &arg));
		EXPECT_EQ(-ENOTTY, rtm_call(self->fd,
					    _IOWR(RTM_IOC_TYPE, nr, __u64),
					    &arg));
	}
}

TEST_F(command, file_operations_that_mean_nothing_are_refused)
{
	char byte = 0;

	EXPECT_EQ(-1, read(self->fd, &byte, 1));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, write(self->fd, &byte, 1));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_TRUE(mmap(NULL, 4096, PROT_READ, MAP_SHARED, self->fd, 0) ==
		    MAP_FAILED);
	EXPECT_EQ(ENODEV, errno);
}

/* The same numbers in 32-bit and 64-bit builds. */
TEST_F(command, layout_is_that_of_the_first_release)
{
	EXPECT_EQ(128, sizeof(struct rtm_route_rec));
	EXPECT_EQ(272, sizeof(struct rtm_change_rec));
	EXPECT_EQ(32, sizeof(struct rtm_register));
	EXPECT_EQ(24, sizeof(struct rtm_watch));
	EXPECT_EQ(8, sizeof(struct rtm_handle));
	EXPECT_EQ(48, sizeof(struct rtm_update));
	EXPECT_EQ(152, sizeof(struct rtm_block_delete));
	EXPECT_EQ(40, sizeof(struct rtm_dequeue));
	EXPECT_EQ(136, sizeof(struct rtm_lookup_rec));
	EXPECT_EQ(32, sizeof(struct rtm_lookup));
	EXPECT_EQ(176, sizeof(struct rtm_get));
	EXPECT_EQ(152, sizeof(struct rtm_enum_open));
	EXPECT_EQ(40, sizeof(struct rtm_enum_next));
	EXPECT_EQ(8, sizeof(struct rtm_prio_rec));
	EXPECT_EQ(32, sizeof(struct rtm_prio));
	EXPECT_EQ(32, sizeof(struct rtm_limit));
	EXPECT_EQ(104, sizeof(struct rtm_stats));
	EXPECT_EQ(64, sizeof(struct rtm_client_info));
	EXPECT_EQ(32, sizeof(struct rtm_clients));
}

int main(int argc, char **argv)
{
	/* One for all: making a namespace takes longer than most tests. */
	if (unshare(CLONE_NEWNET)) {
		perror("unshare");
		return KSFT_FAIL;
	}
	return test_harness_run(argc, argv);
}
