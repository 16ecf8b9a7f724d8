/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the tests must know of tasks and processors so as not to depend on how
 * fast they are: whether a task sleeps, and how long one was kept waiting.
 */
#ifndef RTM_TASK_H
#define RTM_TASK_H

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

/*
 * Seconds for a test, instead of the harness's: emulated guests with debug kernels
 * are some hundred times slower.
 */
#undef TEST_TIMEOUT_DEFAULT
#define TEST_TIMEOUT_DEFAULT	600

/*
 * A letter of /proc/PID/stat, of a process or a thread: S waits, D waits for
 * what no signal ends, or only a fatal one, Z is no more. 0: there is none.
 */
static inline char task_state(pid_t pid)
{
	char path[32], state = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	file = fopen(path, "r");
	if (!file || fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
		state = 0;
	if (file)
		fclose(file);
	return state;
}

/* Waits until @pid sleeps. false: it has ended instead. */
static inline bool task_sleeps(pid_t pid)
{
	char state;

	while ((state = task_state(pid)) != 'S') {
		if (!state || state == 'Z')
			return false;
		sched_yield();
	}
	return true;
}

static inline pid_t task_id(void)
{
	return syscall(SYS_gettid);
}

#define GAP_CPUS	64
#define GAP_STEP	10000000LL	/* 10 ms */

/* A thread on each processor looks at the clock again and again. */
static struct gap {
	pthread_t thread;
	int cpu;
	long long since;	/* when it looked last */
} gaps[GAP_CPUS];
static long long gap_longest;
static int gap_nr;

static inline long long gap_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static inline void gap_count(long long gap)
{
	long long longest = __atomic_load_n(&gap_longest, __ATOMIC_RELAXED);

	while (gap > longest &&
	       !__atomic_compare_exchange_n(&gap_longest, &longest, gap, false,
					    __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		;
}

static inline void *gap_watch(void *arg)
{
	const struct timespec step = { .tv_nsec = GAP_STEP };
	struct gap *gap = arg;
	cpu_set_t set;
	long long now;

	CPU_ZERO(&set);
	CPU_SET(gap->cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		return NULL;
	for (;;) {
		nanosleep(&step, NULL);
		now = gap_now();
		gap_count(now - gap->since - GAP_STEP);
		__atomic_store_n(&gap->since, now, __ATOMIC_RELAXED);
	}
}

/* From now on, to the end of the process. 0, or an error. */
static inline int gap_start(void)
{
	cpu_set_t set;
	int cpu, err;

	if (sched_getaffinity(0, sizeof(set), &set))
		return errno;
	for (cpu = 0; cpu < CPU_SETSIZE && gap_nr < GAP_CPUS; cpu++) {
		struct gap *gap = &gaps[gap_nr];

		if (!CPU_ISSET(cpu, &set))
			continue;
		gap->cpu = cpu;
		gap->since = gap_now();
		err = pthread_create(&gap->thread, NULL, gap_watch, gap);
		if (err)
			return err;
		gap_nr++;
	}
	return 0;
}

/* The longest time that one of them was kept from looking, in nanoseconds. */
static inline long long gap_so_far(void)
{
	int i;

	for (i = 0; i < gap_nr; i++)
		gap_count(gap_now() - GAP_STEP -
			  __atomic_load_n(&gaps[i].since, __ATOMIC_RELAXED));
	return __atomic_load_n(&gap_longest, __ATOMIC_RELAXED);
}

#define ALARM_TRIES	10	/* at what one costs */
#define ALARM_RAISES	10	/* in each */
#define ALARM_SHARE	10	/* of the time that goes by, for one of them */

static volatile sig_atomic_t alarms_seen;

static inline void alarm_seen(int sig)
{
	alarms_seen++;
}

/*
 * From now on, SIGALRM as often as this machine can take it: where handling one
 * takes as long as the time between two, nothing else is ever done. Calls are
 * restarted. 0, or an error.
 */
static inline int alarms_start(void)
{
	struct sigaction action = {
		.sa_handler = alarm_seen,
		.sa_flags = SA_RESTART,
	};
	struct itimerval often = {};
	long long begin, took, usec, least = 0;
	int i, k;

	if (sigaction(SIGALRM, &action, NULL))
		return errno;
	/* The least, for it may be kept waiting in some. */
	for (i = 0; i < ALARM_TRIES; i++) {
		begin = gap_now();
		for (k = 0; k < ALARM_RAISES; k++)
			raise(SIGALRM);
		took = gap_now() - begin;
		if (!i || took < least)
			least = took;
	}
	usec = least / 1000 * ALARM_SHARE / ALARM_RAISES;
	often.it_interval.tv_sec = usec / 1000000;
	often.it_interval.tv_usec = usec < 100 ? 100 : usec % 1000000;
	often.it_value = often.it_interval;
	alarms_seen = 0;
	return setitimer(ITIMER_REAL, &often, NULL) ? errno : 0;
}

/* How many there were; no more from now on. */
static inline int alarms_stop(void)
{
	const struct itimerval off = {};

	setitimer(ITIMER_REAL, &off, NULL);
	return alarms_seen;
}

#endif /* RTM_TASK_H */
