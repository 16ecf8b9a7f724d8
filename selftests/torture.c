// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Everybody at once, under the eyes of those who know what may be seen.
 *
 * Destinations are 10.z.i.0/24, in zones z by what happens to them:
 *
 *   STABLE    has a route of STAY throughout, which is best; others come and go
 *   FLAP      likewise, but a better one of FLAP_PROTO comes, changes and goes:
 *             its metric is a version, so that each answer can be dated
 *   SWAP      has two routes throughout; priorities say which is the better
 *   CLOSE     routes of files that are closed, in use, by another process
 *   AGE       routes that live two seconds and are refreshed, or not
 *
 * Beside them are network namespaces that come and go, and limits that change.
 */
#include "rtm_test.h"

#include <pthread.h>
#include <stdarg.h>

/* It ends by itself, RTM_TEST_SECONDS after it began. */
#undef TEST_TIMEOUT_DEFAULT
#define TEST_TIMEOUT_DEFAULT	100000

#define ZONE		256U
#define STABLE		0U	/* first destinations of the zones */
#define FLAP		(4 * ZONE)
#define SWAP		(5 * ZONE)
#define CLOSE		(6 * ZONE)
#define AGE		(8 * ZONE)
#define ALL		(9 * ZONE)

/* Protocols, in the order of their priorities but for those that swap. */
#define FLAP_PROTO	300
#define SWAP_PROTO	400	/* and the next */
#define STAY		100
#define WORSE		200
#define CLOSE_PROTO	500	/* and more */
#define AGE_PROTO	600

#define TTL		2U
#define CLOSERS		2
#define CHUNK		512

/* What happened; each of it must have. */
enum {
	LOOKUPS, WALKS, MESSAGES, AUDITS, BEGINNINGS, RESTARTS, FLAPS, SWAPS,
	REFRESHES, CLOSES, NAMESPACES, CHECKS,
	COUNTS
};

static const char * const count_names[COUNTS] = {
	"look-ups", "walks", "messages", "copies compared", "beginnings",
	"losses", "changes of best routes", "priority swaps", "refreshes",
	"files closed in use", "namespaces", "lists of clients",
};

/* Shared with the processes that close files. */
struct world {
	int fd;
	bool stop;
	__u64 seed;
	__u64 counts[COUNTS];
	__u64 expired;
	/* Who changes something has it for reading. */
	pthread_rwlock_t going;
	/* Versions: begun, and there for everybody to see. */
	__u32 flap_begun[ZONE], flap_done[ZONE];
	__u32 swap_begun, swap_done;
	__u64 refreshed[ZONE];	/* boot time before the call; 0: never */
	char why[256];		/* the first thing that was wrong */
};

static struct world *w;

static void count(int what)
{
	__atomic_fetch_add(&w->counts[what], 1, __ATOMIC_RELAXED);
}

static bool stopped(void)
{
	return __atomic_load_n(&w->stop, __ATOMIC_RELAXED);
}

static __attribute__((format(printf, 1, 2))) void wrong(const char *format, ...)
{
	static pthread_mutex_t one = PTHREAD_MUTEX_INITIALIZER;
	va_list args;

	pthread_mutex_lock(&one);
	if (!w->why[0]) {
		va_start(args, format);
		vsnprintf(w->why, sizeof(w->why), format, args);
		va_end(args);
	}
	pthread_mutex_unlock(&one);
	__atomic_store_n(&w->stop, true, __ATOMIC_RELAXED);
}

/* What must not fail. */
static __s64 must(__s64 ret, const char *what)
{
	if (ret < 0)
		wrong("%s: %s", what, strerror(-ret));
	return ret;
}

static void begin_change(void)
{
	pthread_rwlock_rdlock(&w->going);
}

static void end_change(void)
{
	pthread_rwlock_unlock(&w->going);
}

static __u64 thread_seed(void)
{
	return w->seed ^ (__u64)task_id() << 20;
}

/* Is there a route of FLAP_PROTO at that version? */
static bool flap_there(__u32 version)
{
	return version % 3;
}

/* What was best at a moment between two versions? @rec NULL: nothing. */
static bool flap_possible(const struct rtm_route_rec *rec, __u32 low,
			  __u32 high)
{
	if (!rec)
		return false;
	if (rec->protocol == FLAP_PROTO)
		return flap_there(rec->metric) && rec->metric >= low &&
		       rec->metric <= high;
	for (; low <= high; low++)
		if (!flap_there(low))
			return rec->protocol == STAY;
	return false;
}

static bool swap_possible(const struct rtm_route_rec *rec, __u32 low,
			  __u32 high)
{
	if (!rec || rec->protocol - SWAP_PROTO > 1)
		return false;
	return low != high || rec->protocol == SWAP_PROTO + low % 2;
}

/* What can be known before a look, and tells what may be seen by it. */
struct before {
	__u32 index;
	__u32 version;
	__u64 refreshed;
};

static struct before before_look(__u32 index)
{
	struct before b = { .index = index };

	if (index - FLAP < ZONE)
		b.version = __atomic_load_n(&w->flap_done[index - FLAP],
					    __ATOMIC_ACQUIRE);
	else if (index - SWAP < ZONE)
		b.version = __atomic_load_n(&w->swap_done, __ATOMIC_ACQUIRE);
	else if (index - AGE < ZONE)
		b.refreshed = __atomic_load_n(&w->refreshed[index - AGE],
					      __ATOMIC_ACQUIRE);
	return b;
}

/* @rec: the best route that was seen, or NULL. */
static void after_look(const struct before *b, const struct rtm_route_rec *rec,
		       const char *how)
{
	__u32 index = b->index, now = 0;
	bool possible = true;

	if (index < FLAP) {
		possible = rec && rec->protocol == STAY && rec->metric == index;
	} else if (index - FLAP < ZONE) {
		now = __atomic_load_n(&w->flap_begun[index - FLAP],
				      __ATOMIC_ACQUIRE);
		possible = flap_possible(rec, b->version, now);
	} else if (index - SWAP < ZONE) {
		now = __atomic_load_n(&w->swap_begun, __ATOMIC_ACQUIRE);
		possible = swap_possible(rec, b->version, now);
	} else if (index - AGE < ZONE && b->refreshed) {
		possible = rec || rtm_now(CLOCK_BOOTTIME) >=
				  b->refreshed + TTL * NSEC_PER_SEC;
	}
	if (!possible)
		wrong("%s: %u: protocol %d, metric %u, versions %u to %u", how,
		      index, rec ? (int)rec->protocol : -1,
		      rec ? rec->metric : 0, b->version, now);
}

static void *look_up(void *arg)
{
	struct rtm_lookup_rec recs[16];
	struct rtm_lookup call = {
		.size = sizeof(call),
		.family = RTM_FAMILY_IP,
		.count = ARRAY_SIZE(recs),
		.record_size = sizeof(recs[0]),
		.records = (uintptr_t)recs,
	};
	struct before before[ARRAY_SIZE(recs)];
	__u64 state = thread_seed();
	bool covering;
	__u32 i;

	while (!stopped()) {
		call.flags = rtm_random(&state, 2) ? RTM_LOOKUP_LONGEST : 0;
		covering = call.flags && !rtm_random(&state, 16);
		call.done = 0;
		for (i = 0; i < call.count; i++) {
			struct rtm_route_rec *rec = &recs[i].route;
			__u32 index = rtm_random(&state, ALL);

			*rec = rtm_nth(index, 0);
			if (call.flags) {
				rec->network[3] = rtm_random(&state, 256);
				rec->prefix_len = covering ? 23 : 32;
			}
			before[i] = before_look(index);
		}
		must(rtm_call(w->fd, RTM_IOC_LOOKUP, &call), "look up");
		for (i = 0; i < call.count && !stopped(); i++) {
			const struct rtm_route_rec *rec = &recs[i].route;
			bool found = !recs[i].error;

			if (call.flags && !found) {
				wrong("look up: not even the covering one");
			} else if (covering || (found && rec->prefix_len == 8)) {
				/* All but the stable ones may be missing. */
				if (rec->protocol != STAY || rec->prefix_len != 8)
					wrong("look up: not the covering one");
				if (!covering)
					after_look(&before[i], NULL, "look up");
			} else {
				if (found && rtm_index(rec) != before[i].index)
					wrong("look up: another destination");
				after_look(&before[i], found ? rec : NULL,
					   "look up");
			}
			count(LOOKUPS);
		}
	}
	return NULL;
}

/* One walk: in order, none twice, none missing that was there throughout. */
static void walk(__u64 *state, __u32 match, bool by_handle)
{
	static const struct rtm_route_rec nothing;
	struct rtm_route_rec recs[CHUNK], last = {}, position = {};
	struct before before[ALL];
	__u8 seen[ALL] = {};
	bool first = true;
	__s64 handle = 0, n, i;
	__u32 want;

	for (i = 0; i < ALL; i++)
		before[i] = before_look(i);
	if (by_handle)
		handle = must(rtm_enum_open(w->fd, RTM_FAMILY_IP, match,
					    &nothing, NULL), "open a walk");
	while (!stopped()) {
		want = 1 + rtm_random(state, CHUNK);
		n = by_handle ? rtm_enum_next(w->fd, handle, recs, want, NULL) :
		    rtm_get(w->fd, RTM_FAMILY_IP, match,
			    first ? 0 : RTM_GET_AFTER, &position, recs, want);
		if (n == -ESRCH)
			break;
		must(n, "walk");
		for (i = 0; i < n; i++) {
			const struct rtm_route_rec *rec = &recs[i];
			__u32 index = rtm_index(rec);

			if (!first && rtm_order(&last, rec) >= 0)
				wrong("walk: out of order at %u", index);
			if (match & RTM_MATCH_BEST && !first &&
			    !memcmp(last.network, rec->network, 16) &&
			    last.prefix_len == rec->prefix_len)
				wrong("walk: two best routes of %u", index);
			last = *rec;
			first = false;
			if (rec->prefix_len != 24)
				continue;
			if (match & RTM_MATCH_BEST)
				after_look(&before[index], rec, "walk");
			seen[index] += rec->protocol == STAY ||
				       rec->protocol - SWAP_PROTO < 2;
		}
	}
	if (by_handle)
		must(rtm_drop(w->fd, RTM_IOC_ENUM_CLOSE, handle), "end a walk");
	for (i = 0; i < CLOSE && !stopped(); i++) {
		__u32 all = i < SWAP ? 1 : 2;

		if (match & RTM_MATCH_BEST ? i < FLAP && seen[i] != 1 :
					     seen[i] != all)
			wrong("walk %u: %u routes of %lld", match, seen[i],
			      (long long)i);
	}
	count(WALKS);
}

static void *walk_around(void *arg)
{
	__u64 state = thread_seed();

	while (!stopped())
		walk(&state, rtm_random(&state, 2) ? RTM_MATCH_BEST : 0,
		     rtm_random(&state, 2));
	return NULL;
}

/* What a watcher knows of a destination. */
struct known {
	struct rtm_route_rec rec;
	__u64 sequence;
	bool told;	/* by a message: the next one says what it was */
};

struct watcher {
	__u32 handle;
	__u64 state;
	__u64 audit_after;	/* so that they take a fifth of the time */
	struct known known[ALL];
};

/* For people. */
static int protocol_of(const struct rtm_route_rec *rec)
{
	return rec->prefix_len ? (int)rec->protocol : -1;
}

static void apply(struct watcher *me, const struct rtm_change_rec *m)
{
	bool there = m->change & RTM_CHANGE_CURRENT;
	bool was = m->change & RTM_CHANGE_PREVIOUS;
	const struct rtm_route_rec *rec = there ? &m->cur : &m->prev;
	struct known *k = &me->known[rtm_index(rec)];

	if (rec->prefix_len != 24 || !(there | was)) {
		wrong("message: of no destination");
		return;
	}
	if (there && was && rtm_index(&m->prev) != rtm_index(&m->cur))
		wrong("message: of two destinations");
	if (m->sequence <= k->sequence) {
		if (k->told)
			wrong("message: %u: %llu after %llu", rtm_index(rec),
			      m->sequence, k->sequence);
		return;
	}
	if (k->told && !rtm_fits(m, &k->rec))
		wrong("message: %u: not what it was: %d %u, but %d %u",
		      rtm_index(rec), was ? (int)m->prev.protocol : -1,
		      m->prev.metric, protocol_of(&k->rec), k->rec.metric);
	after_look(&(struct before) { .index = rtm_index(rec) },
		   there ? rec : NULL, "message");
	rtm_follow(&k->rec, m);
	k->sequence = m->sequence;
	k->told = true;
	count(MESSAGES);
}

/* The best routes, into @found, of which those seen become true. */
static void read_all(struct known *found)
{
	struct rtm_route_rec recs[CHUNK], position = {};
	__u32 flags = 0;
	__s64 n, i;

	memset(found, 0, ALL * sizeof(*found));
	while (!stopped()) {
		n = rtm_get(w->fd, RTM_FAMILY_IP, RTM_MATCH_BEST, flags,
			    &position, recs, CHUNK);
		if (n == -ESRCH)
			break;
		must(n, "read all");
		flags = RTM_GET_AFTER;
		for (i = 0; i < n; i++) {
			struct known *k = &found[rtm_index(&recs[i])];

			if (recs[i].prefix_len != 24)
				continue;
			k->rec = recs[i];
			k->sequence = recs[i].sequence;
		}
	}
}

/* After a loss, and to begin with: what follows is newer than @sequence. */
static void start_afresh(struct watcher *me, __u64 sequence)
{
	__u32 i;

	read_all(me->known);
	for (i = 0; i < ALL; i++)
		if (!me->known[i].rec.prefix_len)
			me->known[i].sequence = sequence;
}

/* Takes messages until there are none. How many there were. */
static __u32 drain(struct watcher *me)
{
	struct rtm_change_rec messages[CHUNK];
	struct rtm_dequeue call = {
		.size = sizeof(call),
		.client = me->handle,
		.message_size = sizeof(messages[0]),
		.messages = (uintptr_t)messages,
	};
	__u32 all = 0, i;
	int err;

	do {
		call.done = 0;
		call.flags = 0;
		call.count = 1 + rtm_random(&me->state, CHUNK);
		err = rtm_call(w->fd, RTM_IOC_DEQUEUE, &call);
		if (err == -ENOBUFS) {
			count(RESTARTS);
			start_afresh(me, call.sequence);
			all++;
			call.done = 1;
			continue;
		}
		must(err, "dequeue");
		for (i = 0; i < call.done && !stopped(); i++)
			apply(me, &messages[i]);
		all += call.done;
	} while (call.done && !stopped());
	return all;
}

/* Nothing but ageing goes on: the copy is what the table is. */
static void audit(struct watcher *me, struct known *found)
{
	__u64 begun = rtm_now(CLOCK_BOOTTIME);
	__u32 tries, i;

	if (begun < me->audit_after)
		return;
	pthread_rwlock_wrlock(&w->going);
	for (tries = 0; tries < 50 && !stopped(); tries++) {
		drain(me);
		read_all(found);
		if (drain(me))
			continue;
		for (i = 0; i < ALL && !stopped(); i++) {
			const struct known *k = &me->known[i], *f = &found[i];

			if (!rtm_same(&k->rec, &f->rec))
				wrong("copy: %u: %d %u, but is %d %u", i,
				      protocol_of(&k->rec), k->rec.metric,
				      protocol_of(&f->rec), f->rec.metric);
		}
		count(AUDITS);
		break;
	}
	pthread_rwlock_unlock(&w->going);
	me->audit_after = rtm_now(CLOCK_BOOTTIME);
	me->audit_after += 4 * (me->audit_after - begun);
}

static void begin(struct watcher *me, __u64 limit)
{
	struct rtm_watch call = {
		.size = sizeof(call),
		.family = RTM_FAMILY_IP,
	};

	must(rtm_call(w->fd, RTM_IOC_WATCH, &call), "watch");
	me->handle = call.client;
	if (limit)
		must(rtm_limit_set(w->fd, RTM_LIMIT_BACKLOG, me->handle, limit),
		     "limit the backlog");
	start_afresh(me, call.sequence);
	count(BEGINNINGS);
}

/* @arg: messages that it may have waiting, or NULL. Then it is slow, too. */
static void *watch(void *arg)
{
	struct watcher *me = calloc(1, sizeof(*me));
	struct known *found = calloc(ALL, sizeof(*found));

	me->state = thread_seed();
	begin(me, (uintptr_t)arg);
	while (!stopped()) {
		if (arg)
			usleep(rtm_random(&me->state, 200000));
		drain(me);
		audit(me, found);
		if (arg && !rtm_random(&me->state, 4)) {
			must(rtm_deregister(w->fd, me->handle), "deregister");
			begin(me, (uintptr_t)arg);
		}
	}
	must(rtm_deregister(w->fd, me->handle), "deregister a watcher");
	free(found);
	free(me);
	return NULL;
}

static void *flap(void *arg)
{
	__u32 client = must(rtm_register(w->fd, RTM_FAMILY_IP, FLAP_PROTO, 0),
			    "register");
	__u64 state = thread_seed();

	while (!stopped()) {
		__u32 i = rtm_random(&state, ZONE);
		__u32 version = w->flap_done[i] + 1;
		struct rtm_route_rec rec = rtm_nth(FLAP + i, version);

		begin_change();
		__atomic_store_n(&w->flap_begun[i], version, __ATOMIC_RELEASE);
		if (flap_there(version))
			must(rtm_add(w->fd, client, rec, NULL), "add");
		else
			must(rtm_delete(w->fd, client, rec, NULL), "delete");
		__atomic_store_n(&w->flap_done[i], version, __ATOMIC_RELEASE);
		end_change();
		count(FLAPS);
	}
	return NULL;
}

/* Routes that are never best, in batches, several a destination. */
static void *add_worse(void *arg)
{
	__u32 client = must(rtm_register(w->fd, RTM_FAMILY_IP, WORSE, 0),
			    "register");
	struct rtm_route_rec recs[64];
	__u64 state = thread_seed();
	__u32 i;

	while (!stopped()) {
		for (i = 0; i < ARRAY_SIZE(recs); i++) {
			recs[i] = rtm_nth(rtm_random(&state, FLAP), i);
			recs[i].interface = 1 + rtm_random(&state, 3);
		}
		begin_change();
		must(rtm_update(w->fd, RTM_IOC_ADD, client, recs, i, NULL, NULL),
		     "add worse ones");
		if (!rtm_random(&state, 8)) {
			__s64 n = rtm_block_delete(w->fd, client,
						   RTM_MATCH_INTERFACE, recs);

			if (n != -ESRCH)
				must(n, "block delete");
		}
		end_change();
	}
	return NULL;
}

static void *swap(void *arg)
{
	while (!stopped()) {
		__u32 version = w->swap_done + 1;
		struct rtm_prio_rec recs[2] = {
			{ SWAP_PROTO, version % 2 ? 40 : 30 },
			{ SWAP_PROTO + 1, version % 2 ? 30 : 40 },
		};
		struct rtm_prio call = {
			.size = sizeof(call),
			.family = RTM_FAMILY_IP,
			.count = 2,
			.record_size = sizeof(recs[0]),
			.records = (uintptr_t)recs,
		};

		begin_change();
		__atomic_store_n(&w->swap_begun, version, __ATOMIC_RELEASE);
		must(rtm_call(w->fd, RTM_IOC_PRIO_SET, &call), "swap");
		__atomic_store_n(&w->swap_done, version, __ATOMIC_RELEASE);
		end_change();
		count(SWAPS);
		usleep(1000);
	}
	return NULL;
}

static void *refresh(void *arg)
{
	__u32 client = must(rtm_register(w->fd, RTM_FAMILY_IP, AGE_PROTO, 0),
			    "register");
	__u64 state = thread_seed();

	while (!stopped()) {
		/* A part of them more often than the others. */
		__u32 i = rtm_random(&state, rtm_random(&state, ZONE) + 1);
		struct rtm_route_rec rec = rtm_nth(AGE + i, 1);
		__u64 now;

		rec.ttl = TTL;
		begin_change();
		now = rtm_now(CLOCK_BOOTTIME);
		must(rtm_add(w->fd, client, rec, NULL), "refresh");
		__atomic_store_n(&w->refreshed[i], now, __ATOMIC_RELEASE);
		end_change();
		count(REFRESHES);
		usleep(rtm_random(&state, 2000));
	}
	return NULL;
}

/* Figures, the list of clients, and limits that change. */
static void *look_around(void *arg)
{
	__u64 state = thread_seed();

	while (!stopped()) {
		struct rtm_client_info infos[8];
		struct rtm_clients call = {
			.size = sizeof(call),
			.count = ARRAY_SIZE(infos),
			.record_size = sizeof(infos[0]),
			.records = (uintptr_t)infos,
		};
		struct rtm_stats stats = rtm_stats(w->fd, RTM_FAMILY_IP);
		__u32 found = 0, i;

		if (stats.destinations < CLOSE + 1 || stats.routes <
						      stats.destinations)
			wrong("stats: %llu destinations, %llu routes",
			      stats.destinations, stats.routes);
		__atomic_store_n(&w->expired, stats.expired, __ATOMIC_RELAXED);
		do {
			must(rtm_call(w->fd, RTM_IOC_CLIENTS, &call), "clients");
			for (i = 0; i < call.done; i++)
				found += infos[i].protocol == STAY &&
					 infos[i].routes == SWAP + 1;
		} while (call.done && !stopped());
		if (found != 1 && !stopped())
			wrong("clients: %u times the one that stays", found);
		must(rtm_limit_set(w->fd, RTM_LIMIT_WINDOW, 0,
				   1 << rtm_random(&state, 17)), "window");
		count(CHECKS);
		usleep(20000);
	}
	return NULL;
}

/* They go with the only file that is theirs, at the end of the section. */
static void *make_namespaces(void *arg)
{
	struct rtm_route_rec recs[64];
	__u64 state = thread_seed();
	__s64 client;
	int fd;
	__u32 i;

	for (i = 0; i < ARRAY_SIZE(recs); i++) {
		recs[i] = rtm_nth(i, 1);
		recs[i].ttl = i % 2 ? 1 : RTM_TTL_INFINITE;
	}
	while (!stopped()) {
		must(unshare(CLONE_NEWNET) ? -errno : 0, "new namespace");
		fd = must(rtm_open(O_RDWR), "open there");
		must(rtm_watch(fd, RTM_FAMILY_IP), "watch there");
		client = must(rtm_register(fd, RTM_FAMILY_IP, 1, 0), "register");
		must(rtm_update(fd, RTM_IOC_ADD, client, recs,
				1 + rtm_random(&state, ARRAY_SIZE(recs)), NULL,
				NULL), "add there");
		close(fd);
		count(NAMESPACES);
	}
	return NULL;
}

/* In a process of its own: a file is closed while another thread uses it. */
struct user {
	int fd;
	__u32 client;
	bool stop;
};

static void *use(void *arg)
{
	struct user *user = arg;
	struct rtm_route_rec recs[64];
	__u32 i, n = 0;

	while (!__atomic_load_n(&user->stop, __ATOMIC_ACQUIRE)) {
		for (i = 0; i < ARRAY_SIZE(recs); i++, n++)
			recs[i] = rtm_nth(CLOSE + n % (2 * ZONE), n);
		rtm_update(user->fd, n % 3 ? RTM_IOC_ADD : RTM_IOC_DELETE,
			   user->client, recs, ARRAY_SIZE(recs), NULL, NULL);
		rtm_lookup(user->fd, RTM_FAMILY_IP, 0, recs);
	}
	return NULL;
}

static void close_in_use(__u32 protocol)
{
	__u64 state = thread_seed();
	struct user user;
	pthread_t thread;
	__s64 client;

	while (!stopped()) {
		user = (struct user) { .fd = must(rtm_open(O_RDWR), "open") };
		client = must(rtm_register(user.fd, RTM_FAMILY_IP, protocol, 0),
			      "register again");
		user.client = client;
		begin_change();
		pthread_create(&thread, NULL, use, &user);
		usleep(rtm_random(&state, 5000));
		if (rtm_random(&state, 2))
			must(rtm_deregister(user.fd, client), "deregister");
		close(user.fd);
		__atomic_store_n(&user.stop, true, __ATOMIC_RELEASE);
		pthread_join(thread, NULL);
		end_change();
		count(CLOSES);
	}
}

/* Whether each of what there is to count was there. */
static bool all_happened(void)
{
	__u32 i;

	for (i = 0; i < COUNTS; i++)
		if (!__atomic_load_n(&w->counts[i], __ATOMIC_RELAXED))
			return false;
	return __atomic_load_n(&w->expired, __ATOMIC_RELAXED) &&
	       rtm_stats(w->fd, RTM_FAMILY_IP).merged;
}

TEST(all_at_once)
{
	void *(* const parts[])(void *) = {
		look_up, walk_around, watch, watch, watch, flap, add_worse, swap,
		refresh, look_around, make_namespaces,
	};
	const unsigned int seconds = rtm_seconds(10);
	pthread_t threads[ARRAY_SIZE(parts)];
	pthread_rwlockattr_t attr;
	pid_t closers[CLOSERS];
	__s64 client, swappers[2];
	__u32 i;

	w = mmap(NULL, sizeof(*w), PROT_READ | PROT_WRITE,
		 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_TRUE(w != MAP_FAILED);
	w->seed = rtm_seed();
	pthread_rwlockattr_init(&attr);
	pthread_rwlockattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	pthread_rwlockattr_setkind_np(&attr,
				      PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
	ASSERT_EQ(0, pthread_rwlock_init(&w->going, &attr));
	w->fd = rtm_open_fresh();
	ASSERT_LE(0, w->fd);
	for (i = 0; i < 2; i++) {
		ASSERT_EQ(0, rtm_prio_set(w->fd, RTM_FAMILY_IP, SWAP_PROTO + i,
					  30 + 10 * i));
		swappers[i] = rtm_register(w->fd, RTM_FAMILY_IP, SWAP_PROTO + i,
					   0);
		ASSERT_LT(0, swappers[i]);
	}
	ASSERT_EQ(0, rtm_prio_set(w->fd, RTM_FAMILY_IP, FLAP_PROTO, 5));
	ASSERT_EQ(0, rtm_prio_set(w->fd, RTM_FAMILY_IP, STAY, 10));
	client = rtm_register(w->fd, RTM_FAMILY_IP, STAY, 0);
	ASSERT_LT(0, client);
	ASSERT_EQ(0, rtm_add(w->fd, client, rtm_ip(0x0a000000, 8, 1, 1, 1),
			     NULL));
	for (i = 0; i < SWAP; i++)
		ASSERT_EQ(0, rtm_add(w->fd, client, rtm_nth(i, i), NULL));
	for (i = 0; i < 2 * ZONE; i++)
		ASSERT_EQ(0, rtm_add(w->fd, swappers[i % 2],
				     rtm_nth(SWAP + i / 2, 1), NULL));

	for (i = 0; i < CLOSERS; i++) {
		closers[i] = fork();
		ASSERT_LE(0, closers[i]);
		if (!closers[i]) {
			close_in_use(CLOSE_PROTO + i);
			_exit(0);
		}
	}
	for (i = 0; i < ARRAY_SIZE(parts); i++)
		/* Two of the watchers are slow, and one may have little waiting. */
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, parts[i],
					    i == 2 ? (void *)300 :
					    i == 3 ? (void *)30000 : NULL));
	/* Where everything is slow it takes longer until each was there. */
	for (i = 0; !stopped() && (i < seconds * 10 ||
				   (i < 1200 && !all_happened())); i++)
		usleep(100000);
	__atomic_store_n(&w->stop, true, __ATOMIC_RELAXED);
	for (i = 0; i < ARRAY_SIZE(parts); i++)
		ASSERT_EQ(0, pthread_join(threads[i], NULL));
	for (i = 0; i < CLOSERS; i++)
		EXPECT_EQ(0, rtm_reap(closers[i]));

	ASSERT_STREQ("", w->why);
	for (i = 0; i < COUNTS; i++) {
		EXPECT_LT(0, w->counts[i]) {
			TH_LOG("no %s", count_names[i]);
		}
		ksft_print_msg("%llu %s\n", w->counts[i], count_names[i]);
	}
	EXPECT_LT(0, w->expired);
	EXPECT_LT(0, rtm_stats(w->fd, RTM_FAMILY_IP).merged);
	EXPECT_EQ(0, close(w->fd));
}

TEST_HARNESS_MAIN
