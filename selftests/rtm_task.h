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
#include <stdbool.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

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

#endif /* RTM_TASK_H */
