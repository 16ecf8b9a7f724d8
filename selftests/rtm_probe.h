/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Somebody who goes about his own business beside what a test does: adds, looks
 * up, takes messages, deletes. He is to be served meanwhile: how many changes were
 * made between two of his, and how long he was kept waiting in a call.
 *
 * What he works himself does not count: with KASAN who asks for memory may have to
 * free a megabyte that others left, for a second. And in a debug kernel it takes a
 * second to add what one hold of the mutex adds: that he waits that long is no fault.
 */
#ifndef RTM_PROBE_H
#define RTM_PROBE_H

#include "rtm_test.h"

#include <pthread.h>
#include <stdlib.h>

#define PROBE_PROTOCOL	800
#define PROBE_SAMPLE	65536		/* calls whose times are remembered */
#define PROBE_PAUSE	200		/* microseconds, after a few calls */
#define PROBE_LONGEST	(NSEC_PER_SEC / 2)	/* to wait in one call */

struct probe {
	pthread_t thread;
	int fd;
	__u32 client;
	bool reads;
	bool stop;
	int err;
	__u32 calls;
	__u64 state;
	__u64 sequence;		/* of his last change */
	__u64 step;		/* the most changes from one of his to the next */
	/* In nanoseconds: */
	__u64 lasted;		/* first when it began */
	__u64 longest;
	__u64 *sample;
};

static inline int probe_note(struct probe *probe, __u64 waited, int err)
{
	__u32 at = probe->calls;

	__atomic_store_n(&probe->calls, at + 1, __ATOMIC_RELEASE);
	if (waited > probe->longest)
		probe->longest = waited;
	/* Each of the calls is as likely as any other to be remembered. */
	if (at >= PROBE_SAMPLE)
		at = rtm_random(&probe->state, probe->calls);
	if (at < PROBE_SAMPLE)
		probe->sample[at] = waited;
	return err;
}

#define PROBE_CALL(probe, call) ({					\
	__u64 _since = rtm_now(CLOCK_MONOTONIC);			\
	__u64 _worked = rtm_now(CLOCK_THREAD_CPUTIME_ID), _took;	\
	int _err = call;						\
									\
	_worked = rtm_now(CLOCK_THREAD_CPUTIME_ID) - _worked;		\
	_took = rtm_now(CLOCK_MONOTONIC) - _since;			\
	/* By two clocks: one may be ahead. */				\
	probe_note(probe, _took > _worked ? _took - _worked : 0, _err);	\
})

/* How many changes others were let make since his last one? */
static inline void probe_changed(struct probe *probe,
				 const struct rtm_change_rec *change)
{
	__u64 step = change->sequence - probe->sequence;

	if (probe->sequence && step > probe->step)
		probe->step = step;
	probe->sequence = change->sequence;
}

/* A few calls of which nothing is left. */
static inline int probe_turn(struct probe *probe, __u32 turn)
{
	static struct rtm_change_rec messages[64];
	struct rtm_change_rec change;
	/* Nobody else has routes there. */
	struct rtm_route_rec rec = rtm_ip(0xac100000 | (turn & 0xff) << 8, 24,
					  1, 1, turn);
	int err;

	err = PROBE_CALL(probe, rtm_add(probe->fd, probe->client, rec,
					&change));
	if (err)
		return err;
	probe_changed(probe, &change);
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
	err = PROBE_CALL(probe, rtm_delete(probe->fd, probe->client, rec,
					   &change));
	if (!err)
		probe_changed(probe, &change);
	return err;
}

static inline void *probe_work(void *arg)
{
	struct probe *probe = arg;
	bool last = false;
	__u32 turn;

	/* Once more at the end: what others changed until then counts, too. */
	for (turn = 0; !probe->err && !last; turn++) {
		last = __atomic_load_n(&probe->stop, __ATOMIC_ACQUIRE);
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

	__atomic_store_n(&probe->stop, true, __ATOMIC_RELEASE);
	if (pthread_join(probe->thread, NULL))
		return -ESRCH;
	probe->lasted = rtm_now(CLOCK_MONOTONIC) - probe->lasted;
	n = probe->calls < PROBE_SAMPLE ? probe->calls : PROBE_SAMPLE;
	qsort(probe->sample, n, sizeof(*probe->sample), probe_order);
	ksft_print_msg("%s: %u calls in %llu ms, at most %llu changes between two of his\n",
		       when, probe->calls,
		       (unsigned long long)probe->lasted / 1000000,
		       (unsigned long long)probe->step);
	ksft_print_msg("waited: median %llu us, p99 %llu us, longest %llu us; machine: %lld us\n",
		       (unsigned long long)probe->sample[n / 2] / 1000,
		       (unsigned long long)probe->sample[n - n / 100 - 1] / 1000,
		       (unsigned long long)probe->longest / 1000,
		       gap_so_far() / 1000);
	free(probe->sample);
	close(probe->fd);
	return probe->err;
}

/*
 * How long he may wait in a call, in nanoseconds: PROBE_LONGEST, as long as the
 * machine itself kept everybody waiting (rtm_task.h), and half of what he was to be
 * disturbed by: who waits for all of that was not served.
 */
static inline __u64 probe_may_wait(const struct probe *probe)
{
	return PROBE_LONGEST + gap_so_far() + probe->lasted / 2;
}

#define EXPECT_UNDISTURBED(probe)					\
	EXPECT_GE(probe_may_wait(probe), (probe)->longest)

#define PROBE_TRIES	5

/*
 * Others are let in between *@n changes that are made at once, many times. That they
 * did not come, or waited, may be the machine's doing, and that all was over before
 * they had their turn; but not each of the @tries, with twice as many each time: once
 * more? The caller judges the last one.
 */
static inline bool probe_tries_again(const struct probe *probe, __u32 *n,
				     int tries)
{
	if (!tries)
		return true;
	if (tries == PROBE_TRIES || (probe->longest <= probe_may_wait(probe) &&
				     probe->step <= *n / 2))
		return false;
	*n *= 2;
	return true;
}

#define EXPECT_LET_IN(probe, n) do {					\
	EXPECT_UNDISTURBED(probe);					\
	EXPECT_GE((n) / 2, (probe)->step);				\
} while (0)

/* The same at rest, for a second: what to compare with. */
#define PROBE_AT_REST(probe, reads) do {				\
	ASSERT_EQ(0, probe_start(probe, reads));			\
	usleep(1000000);						\
	ASSERT_EQ(0, probe_stop(probe, "at rest"));			\
} while (0)

#endif /* RTM_PROBE_H */
