// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Programs of many calls, made at random and, where there is KCOV, bred by what
 * they reach: ioctls with good, bad and half-mapped memory, on several files, in
 * two threads or two processes at a time, while files are closed and memory goes.
 *
 * After each all its files are closed: then the table is empty, each error was
 * one of the contract, no more was written than was asked for, nothing of the
 * kernel's memory, and the kernel has not complained.
 *
 * RTM_FUZZ_CORPUS names a file of programs to begin with, a line each in
 * hexadecimal; RTM_FUZZ_KEEP one for those that are worth keeping.
 */
#include "rtm_test.h"

#include <linux/kcov.h>
#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>

/* It ends by itself, RTM_TEST_SECONDS after it began. */
#undef TEST_TIMEOUT_DEFAULT
#define TEST_TIMEOUT_DEFAULT	100000

#define WORKERS		2
#define OPS		24U
#define LEAST		50U	/* programs beyond the given ones, at least */
#define FILES		4U
#define HANDLES		8U
#define CORPUS		4096U
#define EDGES		(1U << 16)	/* bits */
#define COVER		(1U << 16)	/* words a call sequence may leave */

struct op {
	__u8 what;	/* the call, and who makes it */
	__u8 file;	/* file and handle */
	__u8 how;	/* HOW_*, memory */
	__u8 size;	/* of records, results, the argument */
	__u32 x;
	__u32 y;
};

#define OTHER		0x80	/* op.what: by the other thread or process */
#define HOW_MEMORY	0x07	/* op.how: which memory */
#define HOW_SPOILT	0x10	/* a word of the argument is y */
#define HOW_SIZE	0x20	/* the argument's size is odd */
#define HOW_HANDLE	0x40	/* a handle that was never given */
#define HOW_RECORD	0x80	/* a word of a record is y */

struct program {
	__u8 mode;	/* 0: one thread; 1: two; 2: two processes */
	__u8 nr;
	struct op ops[OPS];
};

/* Shared by the workers. */
static struct {
	pthread_mutex_t lock;
	__u32 nr;
	__u64 until;		/* boot time */
	__u32 done;
	__u64 calls, good;	/* how many, and how many returned 0 */
	__u64 mode[3];
	__u32 edges;
	bool guided;
	char why[512];
	__u8 seen[EDGES / 8];
	struct program corpus[CORPUS];
} *all;

/* Of each process its own. */
static int fds[FILES];

/* What the two halves of a program share; also across a fork. */
static struct {
	__u32 handles[HANDLES];
	__u32 next;
	__u64 calls, good;
} *now;

/*
 * Memory: good, read-only, half of it missing, mapped beyond a file's end. Behind
 * each there is nothing, so that what runs over its end ends there.
 */
#define AREA	(1U << 20)
static char *areas[4];
static int memfd;

struct kcov {
	int fd;
	unsigned long *cover;
};

static __thread struct kcov kcov;

static void wrong(const struct program *p, const char *what, long value)
{
	const size_t size = 2 + p->nr * sizeof(struct op);
	size_t len, i;

	pthread_mutex_lock(&all->lock);
	if (!all->why[0]) {
		len = snprintf(all->why, sizeof(all->why), "%s: %ld, in ", what,
			       value);
		for (i = 0; i < size && len + 3 < sizeof(all->why); i++)
			len += sprintf(all->why + len, "%02x",
				       ((const __u8 *)p)[i]);
	}
	pthread_mutex_unlock(&all->lock);
}

static void kcov_open(void)
{
	kcov.fd = open("/sys/kernel/debug/kcov", O_RDWR | O_CLOEXEC);
	if (kcov.fd < 0 || ioctl(kcov.fd, KCOV_INIT_TRACE, COVER))
		return;
	kcov.cover = mmap(NULL, COVER * sizeof(long), PROT_READ | PROT_WRITE,
			  MAP_SHARED, kcov.fd, 0);
	if (kcov.cover == MAP_FAILED ||
	    ioctl(kcov.fd, KCOV_ENABLE, KCOV_TRACE_PC))
		kcov.cover = NULL;
}

static void kcov_start(void)
{
	if (kcov.cover)
		__atomic_store_n(&kcov.cover[0], 0, __ATOMIC_RELAXED);
}

/* Edges that nobody has been at before, which are marked now. */
static __u32 kcov_new(void)
{
	unsigned long n, i, pc, last = 0;
	__u32 found = 0;

	n = kcov.cover ? __atomic_load_n(&kcov.cover[0], __ATOMIC_RELAXED) : 0;
	for (i = 1; i <= n; i++) {
		__u8 bit, *byte;

		pc = kcov.cover[i];
		last = (pc ^ last) * 0x9e3779b97f4a7c15ULL >> 32;
		bit = 1 << last % 8;
		byte = &all->seen[last % EDGES / 8];
		if (!(__atomic_fetch_or(byte, bit, __ATOMIC_RELAXED) & bit))
			found++;
		last = pc >> 1;
	}
	return found;
}

static __u32 of(const __u32 *values, __u32 nr, __u32 at)
{
	return values[at % nr];
}

#define OF(at, ...) \
	of((const __u32[]) { __VA_ARGS__ }, \
	   sizeof((__u32[]) { __VA_ARGS__ }) / sizeof(__u32), at)

/* How many records: few, mostly. */
static __u32 counted(__u32 y)
{
	return OF(y, 1, 1, 2, 3, 5, 8, 16, 40, 0, 255, 256, 257, 600,
		  1, 2, 4, 8, 1, 3, RTM_BATCH_MAX, RTM_BATCH_MAX + 1, 64);
}

static struct rtm_route_rec route(__u32 x)
{
	struct rtm_route_rec rec;
	__u32 i;

	rec = rtm_ip(OF(x, 0x0a000000, 0x0a010000, 0, 0xffffffff, 0x0a000000) |
		     (x >> 3) * 0x01010101, 32, x % 3, x / 5 % 4, x / 7 % 3);
	for (i = 4; i < sizeof(rec.network) && x % 2; i++)
		rec.network[i] = x >> i;
	rec = rtm_cut(rec, OF(x >> 4, 24, 32, 0, 8, 16, 7, 31, 64, 128, 33, 12));
	rec.protocol = x / 11 % 4;
	rec.ttl = OF(x >> 8, RTM_TTL_INFINITE, RTM_TTL_INFINITE, 1, 2, 300,
		     RTM_TTL_MAX, 0, RTM_TTL_MAX + 1);
	rec.psd[x % 4] = x & 0x10000;
	if (x % 13 == 0)
		rec.next_hop[x % 16] = x;
	return rec;
}

/* Memory by its kind; the worse kinds are rare. */
static char *memory(__u8 how, __u32 room)
{
	switch (how & HOW_MEMORY) {
	case 4:		/* a hole right behind the first records */
		return areas[2] + AREA / 2 - room;
	case 5:
		return areas[1];
	case 6:
		return areas[3];
	case 7:
		return OF(room, 0, 1) ? (char *)-4096L : NULL;
	default:
		return areas[0];
	}
}

/* Records of @size bytes, as far as they can be written from here. */
static __u64 records(const struct op *op, __u32 count, __u32 size,
		     __u32 real, const void *(*make)(__u32 x))
{
	__u32 step = size < real ? real : size, i, n;
	char *at = areas[0];

	n = count < AREA / 2 / step ? count : AREA / 2 / step;
	for (i = 0; make && i < n; i++)
		memcpy(at + i * size, make(op->x + i * 77), real);
	if (op->how & HOW_RECORD && n)
		memcpy(at + (op->x % (n * step) & ~3), &op->y, 4);
	if ((op->how & HOW_MEMORY) == 4) {
		/* Two of them before the hole. */
		at = memory(op->how, 2 * size);
		memcpy(at, areas[0], 2 * size);
		return (uintptr_t)at;
	}
	return (uintptr_t)memory(op->how, size);
}

static const void *make_route(__u32 x)
{
	static __thread struct rtm_route_rec rec;

	rec = route(x);
	return &rec;
}

static const void *make_lookup(__u32 x)
{
	static __thread struct rtm_lookup_rec rec;

	rec = (struct rtm_lookup_rec) { .route = route(x) };
	return &rec;
}

static const void *make_prio(__u32 x)
{
	static __thread struct rtm_prio_rec rec;

	rec = (struct rtm_prio_rec) { x % 7 ? x % 7 : RTM_PROTOCOL_OTHERS,
				      x >> 4 };
	return &rec;
}

/* With room for more than any size that is given. */
union argument {
	union rtm_argument arg;
	__u32 size;
	__u8 bytes[1024];
	__u32 words[256];
};

#define CANARY	0xc3

static __u32 given_handle(const struct op *op)
{
	return op->how & HOW_HANDLE ? op->x :
	       __atomic_load_n(&now->handles[(op->file >> 2) % HANDLES],
			       __ATOMIC_RELAXED);
}

static void keep_handle(__u32 handle)
{
	__u32 at = __atomic_fetch_add(&now->next, 1, __ATOMIC_RELAXED);

	__atomic_store_n(&now->handles[at % HANDLES], handle, __ATOMIC_RELAXED);
}

/* Sets the size of a record: the right one, mostly. */
static __u32 sized(const struct op *op, __u32 right)
{
	return OF(op->size, right, right, right, right, right, right, right + 8,
		  right - 8, right + 4, 0, 8, 4096);
}

/* But an address stays in the area it was in: else we would be its victims. */
static void spoil(union argument *a, __u32 word, __u32 y)
{
	__u64 old, area;
	__u32 i;

	memcpy(&old, &a->words[word & ~1], sizeof(old));
	for (i = 0; i < ARRAY_SIZE(areas); i++) {
		area = (uintptr_t)areas[i];
		if (old - area >= AREA)
			continue;
		old = area + y % AREA;
		memcpy(&a->words[word & ~1], &old, sizeof(old));
		return;
	}
	a->words[word] = y;
}

static __u32 make_argument(const struct op *op, unsigned int cmd,
			   union argument *a)
{
	__u32 family = OF(op->x >> 20, RTM_FAMILY_IP, RTM_FAMILY_IP,
			  RTM_FAMILY_IP, RTM_FAMILY_IPV6, RTM_FAMILY_IPX,
			  RTM_FAMILY_IP, RTM_FAMILY_IPV6, 3);
	__u32 count = counted(op->y), rec;

	switch (cmd) {
	case RTM_IOC_REGISTER:
		a->arg.reg = (struct rtm_register) {
			.size = sizeof(a->arg.reg),
			.family = family,
			.protocol = op->x % 5,
			.flags = OF(op->y, 0, 1, 2, 3, 2, 2, 4),
		};
		break;
	case RTM_IOC_WATCH:
		a->arg.watch = (struct rtm_watch) {
			.size = sizeof(a->arg.watch),
			.family = family,
		};
		break;
	case RTM_IOC_DEREGISTER:
	case RTM_IOC_ENUM_CLOSE:
		a->arg.handle = (struct rtm_handle) {
			.size = sizeof(a->arg.handle),
			.handle = given_handle(op),
		};
		break;
	case RTM_IOC_ADD:
	case RTM_IOC_DELETE:
		rec = sized(op, sizeof(struct rtm_route_rec));
		a->arg.update = (struct rtm_update) {
			.size = sizeof(a->arg.update),
			.client = given_handle(op),
			.count = count,
			.route_size = rec,
			.result_size = OF(op->size >> 4, 272, 16, 0, 16, 280, 8,
					  0, 272),
			.routes = records(op, count, rec, 128, make_route),
			.results = (uintptr_t)areas[0] + AREA / 2,
			.done = op->x >> 28 == 15 ? op->y % 4 : 0,
		};
		break;
	case RTM_IOC_BLOCK_DELETE:
		a->arg.block = (struct rtm_block_delete) {
			.size = sizeof(a->arg.block),
			.client = given_handle(op),
			.match = op->x % 17,
			.criteria = route(op->y),
		};
		break;
	case RTM_IOC_DEQUEUE:
		rec = sized(op, sizeof(struct rtm_change_rec));
		a->arg.dequeue = (struct rtm_dequeue) {
			.size = sizeof(a->arg.dequeue),
			.client = given_handle(op),
			.count = count,
			.message_size = rec,
			.messages = records(op, count, rec, 272, NULL),
		};
		break;
	case RTM_IOC_LOOKUP:
		rec = sized(op, sizeof(struct rtm_lookup_rec));
		a->arg.lookup = (struct rtm_lookup) {
			.size = sizeof(a->arg.lookup),
			.family = family,
			.flags = op->x >> 8 & 1,
			.count = count,
			.record_size = rec,
			.records = records(op, count, rec, 136, make_lookup),
		};
		break;
	case RTM_IOC_GET:
		rec = sized(op, sizeof(struct rtm_route_rec));
		a->arg.get = (struct rtm_get) {
			.size = sizeof(a->arg.get),
			.family = family,
			.match = op->x % 17,
			.flags = op->x >> 8 & 1,
			.count = count,
			.route_size = rec,
			.routes = records(op, count, rec, 128, NULL),
			.position = route(op->y),
		};
		break;
	case RTM_IOC_ENUM_OPEN:
		a->arg.open = (struct rtm_enum_open) {
			.size = sizeof(a->arg.open),
			.family = family,
			.match = op->x % 17,
			.criteria = route(op->y),
		};
		break;
	case RTM_IOC_ENUM_NEXT:
		rec = sized(op, sizeof(struct rtm_route_rec));
		a->arg.next = (struct rtm_enum_next) {
			.size = sizeof(a->arg.next),
			.handle = given_handle(op),
			.count = count,
			.route_size = rec,
			.routes = records(op, count, rec, 128, NULL),
		};
		break;
	case RTM_IOC_PRIO_GET:
	case RTM_IOC_PRIO_SET:
		rec = sized(op, sizeof(struct rtm_prio_rec));
		a->arg.prio = (struct rtm_prio) {
			.size = sizeof(a->arg.prio),
			.family = family,
			.count = count,
			.record_size = rec,
			.records = records(op, count, rec, 8, make_prio),
		};
		break;
	case RTM_IOC_LIMIT_GET:
	case RTM_IOC_LIMIT_SET:
		a->arg.limit = (struct rtm_limit) {
			.size = sizeof(a->arg.limit),
			.id = op->x % 10,
			.client = op->x & 0x100 ? given_handle(op) : 0,
			.value = OF(op->y, 1000, 0, 1, 8, 64, 1 << 16, 3,
				    0xffffffff, 2),
		};
		break;
	case RTM_IOC_STATS:
		a->arg.stats = (struct rtm_stats) {
			.size = sizeof(a->arg.stats),
			.family = family,
		};
		break;
	case RTM_IOC_CLIENTS:
		rec = sized(op, sizeof(struct rtm_client_info));
		a->arg.clients = (struct rtm_clients) {
			.size = sizeof(a->arg.clients),
			.count = count,
			.record_size = rec,
			.records = records(op, count, rec, 64, NULL),
			.cursor = op->x % 5,
		};
		break;
	default:
		a->size = op->x % 512;
	}
	rec = a->size;
	if (op->how & HOW_SIZE)
		a->size = OF(op->x >> 4, rec + 8, rec - 8, 0, 4, 4096, 4097, 8,
			     rec + 1, ~0U);
	if (op->how & HOW_SPOILT)
		spoil(a, op->x % (rec / 4 + 1), op->y);
	return a->size;
}

/*
 * What the debug kernel fills memory with that nobody has written to, or that was
 * freed; and what Kbuild has the compiler fill variables with there.
 */
static void look_for_poison(const struct program *p)
{
	const __u64 *words;
	__u32 half, i;

	for (half = 0; half < 2; half++) {
		words = (void *)(areas[0] + half * AREA / 2);
		for (i = 0; i < 4096; i++)
			if (words[i] == 0x5a5a5a5a5a5a5a5aULL ||
			    words[i] == 0x6b6b6b6b6b6b6b6bULL ||
			    words[i] == 0xfefefefefefefefeULL)
				wrong(p, "memory of the kernel's", i);
	}
}

static bool in_contract(int err)
{
	switch (err) {
	case 0: case EACCES: case EPERM: case ENOTTY: case EINVAL: case E2BIG:
	case EFAULT: case ENOENT: case EEXIST: case ESRCH: case ENOBUFS:
	case ENOSPC: case EDQUOT: case EOVERFLOW: case ENOMEM: case EINTR:
	/* It was closed. */
	case EBADF:
		return true;
	}
	return false;
}

/* Bytes that mean nothing: zero, in each route of @nr records at @at. */
static void look_at_reserved(const struct program *p, __u64 at, __u32 nr,
			     __u32 size, __u32 right)
{
	const char *area = (const char *)(uintptr_t)at;
	const struct rtm_route_rec *rec;
	__u32 i, offset;

	if (size < right || area - areas[0] + nr * size >= AREA)
		return;
	for (i = 0; i < nr; i++) {
		for (offset = right % sizeof(*rec); offset < right;
		     offset += sizeof(*rec)) {
			rec = (const void *)(area + i * size + offset);
			if (rec->reserved[0] | rec->reserved[1] |
			    rec->reserved[2])
				wrong(p, "reserved bytes", i);
		}
	}
}

static void look_at_answer(const struct program *p, unsigned int cmd,
			   const union argument *a)
{
	switch (cmd) {
	case RTM_IOC_ADD:
	case RTM_IOC_DELETE:
		look_at_reserved(p, a->arg.update.results, a->arg.update.done,
				 a->arg.update.result_size,
				 sizeof(struct rtm_change_rec));
		break;
	case RTM_IOC_DEQUEUE:
		look_at_reserved(p, a->arg.dequeue.messages, a->arg.dequeue.done,
				 a->arg.dequeue.message_size,
				 sizeof(struct rtm_change_rec));
		break;
	case RTM_IOC_GET:
		look_at_reserved(p, a->arg.get.routes, a->arg.get.done,
				 a->arg.get.route_size,
				 sizeof(struct rtm_route_rec));
		break;
	case RTM_IOC_ENUM_NEXT:
		look_at_reserved(p, a->arg.next.routes, a->arg.next.done,
				 a->arg.next.route_size,
				 sizeof(struct rtm_route_rec));
		break;
	}
}

static void do_ioctl(const struct program *p, const struct op *op)
{
	unsigned int nr = (op->what & ~OTHER) % 20, i;
	unsigned int cmd = _IO(RTM_IOC_TYPE, nr);
	union argument a;
	__u32 size;
	int fd, err;
	void *at;

	if (op->how & HOW_SPOILT && op->x >> 24 == 0xff)
		cmd = op->y;
	memset(&a, 0, sizeof(a));
	size = make_argument(op, cmd, &a);
	/* The size that counts is what can be read. */
	for (i = size; i < sizeof(a) && size < 512; i++)
		a.bytes[i] = CANARY;
	at = &a;
	if ((op->how & HOW_MEMORY) == 6)
		at = memory(op->x, op->y % 64);
	fd = __atomic_load_n(&fds[op->file % FILES], __ATOMIC_RELAXED);
	err = ioctl(fd, cmd, at) ? errno : 0;
	__atomic_fetch_add(&now->calls, 1, __ATOMIC_RELAXED);
	if (!err)
		__atomic_fetch_add(&now->good, 1, __ATOMIC_RELAXED);
	if (!in_contract(err))
		wrong(p, "an error beyond the contract", err);
	if (at != &a)
		return;
	for (i = size; i < sizeof(a) && size < 512; i++)
		if (a.bytes[i] != CANARY) {
			wrong(p, "a write behind the argument", i);
			break;
		}
	if (err || a.size != size)
		return;
	if (cmd == RTM_IOC_REGISTER)
		keep_handle(a.arg.reg.client);
	else if (cmd == RTM_IOC_WATCH)
		keep_handle(a.arg.watch.client);
	else if (cmd == RTM_IOC_ENUM_OPEN)
		keep_handle(a.arg.open.handle);
	else if ((cmd == RTM_IOC_ADD || cmd == RTM_IOC_DELETE) &&
		 a.arg.update.done != a.arg.update.count)
		wrong(p, "all done, but not counted", a.arg.update.done);
	else if (cmd == RTM_IOC_DEQUEUE && a.arg.dequeue.done > a.arg.dequeue.count)
		wrong(p, "more messages than asked for", a.arg.dequeue.done);
	/* If nobody else writes there, and all of them were written. */
	if (!p->mode && !(op->how & HOW_SPOILT) && op->x >> 28 != 15)
		look_at_answer(p, cmd, &a);
}

static void do_op(const struct program *p, const struct op *op)
{
	int *slot = &fds[op->file % FILES], fd;
	struct pollfd pfd = { .events = POLLIN };

	switch ((op->what & ~OTHER) % 32) {
	case 24:	/* another file in its place */
	case 25:
		fd = rtm_open(op->x % 8 ? O_RDWR : O_RDONLY);
		fd = __atomic_exchange_n(slot, fd, __ATOMIC_RELAXED);
		close(fd);
		break;
	case 26:	/* the same file at another place */
		fd = dup(__atomic_load_n(slot, __ATOMIC_RELAXED));
		fd = __atomic_exchange_n(&fds[op->x % FILES], fd,
					 __ATOMIC_RELAXED);
		close(fd);
		break;
	case 27:
		fd = __atomic_exchange_n(slot, -1, __ATOMIC_RELAXED);
		close(fd);
		break;
	case 28:	/* memory goes, and comes back */
		mprotect(areas[0] + op->x % 16 * 4096, 4096, PROT_NONE);
		sched_yield();
		mprotect(areas[0] + op->x % 16 * 4096, 4096,
			 PROT_READ | PROT_WRITE);
		break;
	case 29:
		if (ftruncate(memfd, op->x % 4 * 4096))
			abort();
		break;
	case 30:
		pfd.fd = *slot;
		poll(&pfd, 1, 0);
		break;
	case 31:
		sched_yield();
		break;
	default:
		do_ioctl(p, op);
	}
}

/* Its own half of a program, or all of it. */
static void do_half(const struct program *p, bool other)
{
	__u32 i;

	for (i = 0; i < p->nr; i++)
		if (!p->mode || !!(p->ops[i].what & OTHER) == other)
			do_op(p, &p->ops[i]);
}

/* The other thread of a worker. */
static struct {
	pthread_barrier_t line;
	const struct program *p;
	__u32 found;
} second;

static void *be_second(void *arg)
{
	kcov_open();
	for (;;) {
		pthread_barrier_wait(&second.line);
		kcov_start();
		do_half(second.p, true);
		second.found = kcov_new();
		pthread_barrier_wait(&second.line);
	}
	return NULL;
}

/* Memory that is touched while another thread takes it away is no error. */
static void skip_touch(int sig, siginfo_t *info, void *context)
{
	char *page = (char *)((uintptr_t)info->si_addr & -4096UL);

	if (page < areas[0] || page >= areas[0] + AREA ||
	    mprotect(page, 4096, PROT_READ | PROT_WRITE))
		_exit(99);
}

static void make_areas(void)
{
	struct sigaction action = {
		.sa_sigaction = skip_touch,
		.sa_flags = SA_SIGINFO | SA_NODEFER,
	};
	int i;

	sigaction(SIGSEGV, &action, NULL);
	memfd = memfd_create("fuzz", MFD_CLOEXEC);
	if (memfd < 0 || ftruncate(memfd, 4096))
		_exit(4);
	for (i = 0; i < 4; i++) {
		areas[i] = mmap(NULL, 2 * AREA, PROT_NONE,
				MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (areas[i] == MAP_FAILED)
			_exit(5);
	}
	if (mprotect(areas[0], AREA, PROT_READ | PROT_WRITE) ||
	    mprotect(areas[1], AREA, PROT_READ) ||
	    mprotect(areas[2], AREA / 2, PROT_READ | PROT_WRITE) ||
	    mmap(areas[3], AREA, PROT_READ | PROT_WRITE,
		 MAP_SHARED | MAP_FIXED, memfd, 0) == MAP_FAILED)
		_exit(6);
}

/* Ours, which the programs do not have. */
struct oracle {
	int fd;
	int tainted;
	__u64 limits[RTM_LIMIT_BACKLOG + 1];
	__u64 bytes;
	char before[16];
};

static void read_taint(struct oracle *o, char *text)
{
	memset(text, 0, 16);
	if (pread(o->tainted, text, 15, 0) < 0)
		abort();
}

static void oracle_open(struct oracle *o)
{
	struct rtm_limit limit;
	__u32 i;

	o->fd = rtm_open(O_RDWR);
	o->tainted = open("/proc/sys/kernel/tainted", O_RDONLY | O_CLOEXEC);
	read_taint(o, o->before);
	o->bytes = rtm_stats(o->fd, RTM_FAMILY_IP).bytes;
	for (i = 0; i <= RTM_LIMIT_BACKLOG; i++)
		o->limits[i] = rtm_limit(o->fd, RTM_IOC_LIMIT_GET, i, 0,
					 &limit) ? 0 : limit.value;
}

static void oracle_look(struct oracle *o, const struct program *p, bool memory)
{
	char after[16];
	__u32 i, tries;

	for (i = 0; i < RTM_FAMILY_IPV6 + 1; i++) {
		struct rtm_stats s;

		for (tries = 0; tries < 2000; tries++) {
			s = rtm_stats(o->fd, i);
			if (!s.routes && !s.clients && !s.records &&
			    !s.destinations &&
			    (!memory || i != RTM_FAMILY_IP ||
			     s.bytes <= o->bytes))
				break;
			usleep(tries < 100 ? 100 : 10000);
		}
		if (s.routes)
			wrong(p, "routes are left", s.routes);
		if (s.clients)
			wrong(p, "clients are left", s.clients);
		if (s.records || s.destinations)
			wrong(p, "messages are left", s.records);
		if (tries == 2000)
			wrong(p, "memory is left", s.bytes);
	}
	for (i = 0; i <= RTM_LIMIT_BACKLOG; i++)
		if (rtm_limit_set(o->fd, i, 0, o->limits[i]))
			wrong(p, "a limit stays", i);
	read_taint(o, after);
	if (strcmp(o->before, after))
		wrong(p, "the kernel complains", atoi(after));
}

/* Edges that are new. */
static __u32 run(const struct program *p)
{
	__u32 found = 0, i;
	pid_t child = 0;

	now->next = 0;
	memset(now->handles, 0, sizeof(now->handles));
	for (i = 0; i < FILES; i++)
		fds[i] = i ? -1 : rtm_open(O_RDWR);
	if (p->mode == 2) {
		child = fork();
		if (!child) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			do_half(p, true);
			if (p->nr % 2)
				pause();
			_exit(0);
		}
	}
	if (p->mode == 1) {
		second.p = p;
		pthread_barrier_wait(&second.line);
	}
	kcov_start();
	do_half(p, false);
	found = kcov_new();
	if (p->mode == 1) {
		pthread_barrier_wait(&second.line);
		found += second.found;
	}
	for (i = 0; i < FILES; i++)
		close(fds[i]);
	if (child > 0) {
		if (p->nr % 2)
			kill(child, SIGKILL);
		i = rtm_reap(child);
		if (i && i != 128 + SIGKILL)
			wrong(p, "the other process ended", i);
	}
	return found;
}

static void random_op(__u64 *state, struct op *op)
{
	op->what = rtm_random(state, 256);
	op->file = rtm_random(state, 4) ? rtm_random(state, 8) << 2 :
					  rtm_random(state, 256);
	op->how = rtm_random(state, 3) ? 0 : rtm_random(state, 256);
	op->size = rtm_random(state, 3) ? 0 : rtm_random(state, 256);
	op->x = rtm_random(state, rtm_random(state, 2) ? 64 : 0xffffffff);
	op->y = rtm_random(state, rtm_random(state, 2) ? 64 : 0xffffffff);
	/* Without clients little can be done. */
	if (!rtm_random(state, 6))
		op->what = (op->what & OTHER) | !rtm_random(state, 3);
}

static void breed(__u64 *state, struct program *p)
{
	const struct program *other;
	__u32 nr = __atomic_load_n(&all->nr, __ATOMIC_ACQUIRE), i, at;

	memset(p, 0, sizeof(*p));
	if (!nr || !rtm_random(state, 8)) {
		p->mode = OF(rtm_random(state, 16), 0, 1, 1, 0, 1, 0, 1, 0, 1, 2);
		p->nr = 4 + rtm_random(state, OPS - 3);
		for (i = 0; i < p->nr; i++)
			random_op(state, &p->ops[i]);
		return;
	}
	*p = all->corpus[rtm_random(state, nr)];
	for (i = 1 + rtm_random(state, 4); i; i--) {
		at = rtm_random(state, p->nr);
		switch (rtm_random(state, 6)) {
		case 0:
			random_op(state, &p->ops[at]);
			break;
		case 1:
			((__u8 *)&p->ops[at])[rtm_random(state,
							 sizeof(struct op))] =
				rtm_random(state, 256);
			break;
		case 2:
			if (p->nr == OPS)
				break;
			memmove(&p->ops[at + 1], &p->ops[at],
				(p->nr++ - at) * sizeof(struct op));
			random_op(state, &p->ops[at]);
			break;
		case 3:
			if (p->nr == 1)
				break;
			memmove(&p->ops[at], &p->ops[at + 1],
				(--p->nr - at) * sizeof(struct op));
			break;
		case 4:	/* the rest of another one */
			other = &all->corpus[rtm_random(state, nr)];
			for (; at < other->nr; at++)
				p->ops[at] = other->ops[at];
			if (at > p->nr)
				p->nr = at;
			break;
		case 5:
			p->mode = rtm_random(state, 12) ? rtm_random(state, 2) :
							  2;
			break;
		}
	}
}

static void keep(const struct program *p)
{
	pthread_mutex_lock(&all->lock);
	if (all->nr < CORPUS) {
		all->corpus[all->nr] = *p;
		__atomic_store_n(&all->nr, all->nr + 1, __ATOMIC_RELEASE);
	}
	pthread_mutex_unlock(&all->lock);
}

static void worker_begin(struct oracle *o)
{
	pthread_t thread;

	now = mmap(NULL, sizeof(*now), PROT_READ | PROT_WRITE,
		   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (now == MAP_FAILED || unshare(CLONE_NEWNET))
		_exit(1);
	make_areas();
	kcov_open();
	pthread_barrier_init(&second.line, NULL, 2);
	if (pthread_create(&thread, NULL, be_second, NULL))
		_exit(2);
	oracle_open(o);
	if (o->fd < 0 || o->tainted < 0)
		_exit(3);
	if (kcov.cover)
		all->guided = true;
}

static void worker_end(void)
{
	__atomic_fetch_add(&all->calls, now->calls, __ATOMIC_RELAXED);
	__atomic_fetch_add(&all->good, now->good, __ATOMIC_RELAXED);
	_exit(0);
}

/* The programs of the corpus first, then others. */
static void work(__u64 state, __u32 given)
{
	struct oracle o;
	struct program p;
	__u32 i, found;

	worker_begin(&o);
	while (!all->why[0]) {
		i = __atomic_fetch_add(&all->done, 1, __ATOMIC_RELAXED);
		if (i >= given + LEAST &&
		    rtm_now(CLOCK_BOOTTIME) > all->until)
			break;
		if (i < given)
			p = all->corpus[i];
		else
			breed(&state, &p);
		__atomic_fetch_add(&all->mode[p.mode], 1, __ATOMIC_RELAXED);
		found = run(&p);
		if (found) {
			__atomic_fetch_add(&all->edges, found,
					   __ATOMIC_RELAXED);
			if (i >= given)
				keep(&p);
		}
		look_for_poison(&p);
		oracle_look(&o, &p, i % 64 == 0);
	}
	worker_end();
}

/* Those without which an edge would be missing, to @path. */
static void keep_few(const char *path)
{
	FILE *file = fopen(path, "we");
	struct oracle o;
	__u32 i, j;

	worker_begin(&o);
	memset(all->seen, 0, sizeof(all->seen));
	for (i = 0; file && i < all->nr; i++) {
		const struct program *p = &all->corpus[i];

		if (run(p)) {
			for (j = 0; j < 2 + p->nr * sizeof(struct op); j++)
				fprintf(file, "%02x", ((const __u8 *)p)[j]);
			fputc('\n', file);
		}
		oracle_look(&o, p, false);
	}
	if (!file || fclose(file))
		_exit(7);
	worker_end();
}

/* How many programs there were; other lines are comments. */
static __u32 read_corpus(const char *path)
{
	char line[2 * sizeof(struct program) + 2];
	FILE *file = path ? fopen(path, "re") : NULL;
	unsigned int byte;
	size_t i;

	while (file && fgets(line, sizeof(line), file) && all->nr < CORPUS) {
		struct program *p = &all->corpus[all->nr];

		for (i = 0; sscanf(line + 2 * i, "%2x", &byte) == 1; i++)
			((__u8 *)p)[i] = byte;
		if (i > 2 && i == 2 + p->nr * sizeof(struct op) && p->mode < 3)
			all->nr++;
	}
	if (file)
		fclose(file);
	return all->nr;
}

TEST(programs_of_many_calls)
{
	const char *path = getenv("RTM_FUZZ_CORPUS");
	const char *kept = getenv("RTM_FUZZ_KEEP");
	pthread_mutexattr_t attr;
	pid_t workers[WORKERS];
	__u64 seed = rtm_seed();
	__u32 given, i;

	all = mmap(NULL, sizeof(*all), PROT_READ | PROT_WRITE,
		   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_TRUE(all != MAP_FAILED);
	pthread_mutexattr_init(&attr);
	pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	ASSERT_EQ(0, pthread_mutex_init(&all->lock, &attr));
	all->until = rtm_now(CLOCK_BOOTTIME) + rtm_seconds(10) * NSEC_PER_SEC;
	given = read_corpus(path);
	if (path)
		ASSERT_LT(0, given);
	for (i = 0; i < WORKERS; i++) {
		workers[i] = fork();
		ASSERT_LE(0, workers[i]);
		if (!workers[i])
			work(seed + i, given);
	}
	for (i = 0; i < WORKERS; i++)
		EXPECT_EQ(0, rtm_reap(workers[i]));
	EXPECT_STREQ("", all->why);
	EXPECT_LE(given + LEAST, all->done);
	/* Most of what is tried is to no avail, but not nearly all. */
	EXPECT_LT(all->calls / 8, all->good);
	for (i = 0; i < 3; i++)
		EXPECT_LT(0, all->mode[i]);
	ksft_print_msg("%u programs, %llu of two threads, %llu of two processes, %u given\n",
		       all->done - WORKERS, all->mode[1], all->mode[2], given);
	ksft_print_msg("%llu calls, %llu of them to some effect\n", all->calls,
		       all->good);
	/* Its ioctl and its words are of the kernel's size of a long. */
	EXPECT_EQ(sizeof(long) == 8 && !access("/sys/kernel/debug/kcov", F_OK),
		  all->guided);
	if (all->guided) {
		ksft_print_msg("%u edges, %u programs found some\n", all->edges,
			       all->nr - given);
		EXPECT_LT(500, all->edges);
	}
	if (kept && all->guided) {
		workers[0] = fork();
		if (!workers[0])
			keep_few(kept);
		EXPECT_EQ(0, rtm_reap(workers[0]));
	}
}

TEST_HARNESS_MAIN
