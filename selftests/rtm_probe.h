/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Somebody who goes about his own business beside what a test does: adds, looks
 * up, takes messages, deletes. How long each call took him is said, and judged
 * by the longest time that the machine itself kept anybody waiting (rtm_task.h).
 */
#ifndef RTM_PROBE_H
#define RTM_PROBE_H

#include "rtm_test.h"

#include <pthread.h>
#include <stdlib.h>

#define PROBE_PROTOCOL	800
#define PROBE_SAMPLE	65536		/* calls whose times are remembered */
#define PROBE_PAUSE	200		/* microseconds, after a few calls */
#define PROBE_LONGEST	(NSEC_PER_SEC / 2)	/* for one call */

struct probe {
	pthread_t thread;
	int fd;
	__u32 client;
	bool reads;
	bool stop;
	int err;
	__u32 calls;
	__u64 state;
	/* In nanoseconds: */
	__u64 lasted;		/* first when it began */
	__u64 longest;
	__u64 *sample;
};

static inline int probe_note(struct probe *probe, __u64 since, int err)
{
	__u64 took = rtm_now(CLOCK_MONOTONIC) - since;
	__u32 at = probe->calls;

	__atomic_store_n(&probe->calls, at + 1, __ATOMIC_RELEASE);
	if (took > probe->longest)
		probe->longest = took;
	/* Each of the calls is as likely as any other to be remembered. */
	if (at >= PROBE_SAMPLE)
		at = rtm_random(&probe->state, probe->calls);
	if (at < PROBE_SAMPLE)
		probe->sample[at] = took;
	return err;
}

/*
 * KASAN keeps what was freed, by anybody, and when it has too much of it, who asks
 * for memory next frees a megabyte at once, which takes up to a second. Not in a
 * call: before it, with a path, which takes memory.
 */
static inline void probe_settle(void)
{
	int tries = 100;
	__u64 since;

	do {
		since = rtm_now(CLOCK_MONOTONIC);
		access("/", F_OK);
	} while (rtm_now(CLOCK_MONOTONIC) - since > NSEC_PER_SEC / 100 &&
		 --tries);
}

#define PROBE_CALL(probe, call) ({					\
	__u64 _since;							\
									\
	probe_settle();							\
	_since = rtm_now(CLOCK_MONOTONIC);				\
	probe_note(probe, _since, call);				\
})

/* A few calls of which nothing is left. */
static inline int probe_turn(struct probe *probe, __u32 turn)
{
	static struct rtm_change_rec messages[64];
	/* Nobody else has routes there. */
	struct rtm_route_rec rec = rtm_ip(0xac100000 | (turn & 0xff) << 8, 24,
					  1, 1, turn);
	int err;

	err = PROBE_CALL(probe, rtm_add(probe->fd, probe->client, rec, NULL));
	if (err)
		return err;
	err = PROBE_CALL(probe, rtm_lookup(probe->fd, RTM_FAMILY_IP, 0, &rec));
	if (err)
		return err;
	if (rec.metric != turn)
		return -EBADMSG;
	if (probe->reads) {
		err = PROBE_CALL(probe, rtm_dequeue(probe->fd, probe->client,
						    messages, 64, NULL));
		/* Others change more than it cares to read. */
		if (err < 0 && err != -ENOBUFS)
			return err;
	}
	return PROBE_CALL(probe, rtm_delete(probe->fd, probe->client, rec,
					    NULL));
}

static inline void *probe_work(void *arg)
{
	struct probe *probe = arg;
	__u32 turn;

	for (turn = 0; !probe->err &&
	     !__atomic_load_n(&probe->stop, __ATOMIC_ACQUIRE); turn++) {
		probe->err = probe_turn(probe, turn);
		usleep(PROBE_PAUSE);
	}
	return NULL;
}

/*
 * Starts, as a client of its own on a file of its own, and is at work on return.
 * 0, or an error.
 */
static inline int probe_start(struct probe *probe, bool reads)
{
	__s64 client;
	int err = 0;

	memset(probe, 0, sizeof(*probe));
	probe->reads = reads;
	probe->state = 1;
	probe->sample = calloc(PROBE_SAMPLE, sizeof(*probe->sample));
	probe->fd = rtm_open(O_RDWR);
	if (!probe->sample || probe->fd < 0)
		return -EBADF;
	client = rtm_register(probe->fd, RTM_FAMILY_IP, PROBE_PROTOCOL,
			      reads ? RTM_CLIENT_NOTIFY : 0);
	if (client < 0)
		return client;
	probe->client = client;
	/* Not so many that what it has not read outlives what was deleted. */
	if (reads)
		err = rtm_limit_set(probe->fd, RTM_LIMIT_BACKLOG, client, 4096);
	if (!err)
		err = -pthread_create(&probe->thread, NULL, probe_work, probe);
	while (!err && !__atomic_load_n(&probe->calls, __ATOMIC_ACQUIRE))
		usleep(PROBE_PAUSE);
	probe->lasted = rtm_now(CLOCK_MONOTONIC);
	return err;
}

static inline int probe_order(const void *a, const void *b)
{
	const __u64 *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Stops, and says what it found. 0, or the error that it met. */
static inline int probe_stop(struct probe *probe, const char *when)
{
	__u32 n;

	probe->lasted = rtm_now(CLOCK_MONOTONIC) - probe->lasted;
	__atomic_store_n(&probe->stop, true, __ATOMIC_RELEASE);
	if (pthread_join(probe->thread, NULL))
		return -ESRCH;
	n = probe->calls < PROBE_SAMPLE ? probe->calls : PROBE_SAMPLE;
	qsort(probe->sample, n, sizeof(*probe->sample), probe_order);
	ksft_print_msg("%s: %u calls in %llu ms\n", when, probe->calls,
		       (unsigned long long)probe->lasted / 1000000);
	ksft_print_msg("median %llu us, p99 %llu us, longest %llu us; machine: %lld us\n",
		       (unsigned long long)probe->sample[n / 2] / 1000,
		       (unsigned long long)probe->sample[n - n / 100 - 1] / 1000,
		       (unsigned long long)probe->longest / 1000,
		       gap_so_far() / 1000);
	free(probe->sample);
	close(probe->fd);
	return probe->err;
}

/*
 * What a call may take, in nanoseconds: PROBE_LONGEST. For as long as the machine
 * itself kept everybody waiting that comes on top; and for each of the few locks
 * and for who has them before, but never half of what it was to be disturbed by:
 * who waits for that was not served.
 */
static inline __u64 probe_may_take(const struct probe *probe)
{
	__u64 gap = gap_so_far(), waits = 20 * gap;

	if (waits > probe->lasted / 2)
		waits = probe->lasted / 2;
	return PROBE_LONGEST + gap + waits;
}

/* It was at work all the time, and not kept waiting. */
#define EXPECT_UNDISTURBED(probe, when) do {				\
	EXPECT_EQ(0, probe_stop(probe, when));				\
	EXPECT_GE(probe_may_take(probe), (probe)->longest);		\
} while (0)

/* The same at rest, for a second: what to compare with. */
#define PROBE_AT_REST(probe, reads) do {				\
	ASSERT_EQ(0, probe_start(probe, reads));			\
	usleep(1000000);						\
	EXPECT_UNDISTURBED(probe, "at rest");				\
} while (0)

#endif /* RTM_PROBE_H */
