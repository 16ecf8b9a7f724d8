/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the benchmarks share: clocks, chance, rows of results. */
#ifndef BENCH_COMMON_H
#define BENCH_COMMON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Of rtm_bench.ko */
#define DEBUGFS		"/sys/kernel/debug/rtm_bench/"

void die(const char *format, ...) __attribute__((format(printf, 1, 2),
						   noreturn));
void die_errno(const char *what) __attribute__((noreturn));

uint64_t now_ns(void);

/**
 * struct stopwatch - time spent in system calls alone
 * @ns: sum, without what the calls would take if they did nothing
 */
struct stopwatch {
	double ns;
	uint64_t began;
};

void clock_calibrate(void);
void clock_start(struct stopwatch *watch);
void clock_stop(struct stopwatch *watch);

/* Of the slabs of all caches whose names begin so. */
double slab_bytes(const char *names);

uint32_t random_below(uint32_t below);

/**
 * struct hold - nanoseconds for which the mutex of the IPv4 table was held
 * @most: at most
 * @by_work: in all, by work items
 */
struct hold {
	unsigned long long most;
	unsigned long long by_work;
};

/* Since it was last called. Return: false without rtm_bench.ko. */
bool hold_read(struct hold *hold);

/* Addresses for the loops of rtm_bench.ko, and what a loop takes for each of them. */
void loop_give(const uint32_t *addresses, size_t n);
double loop_run(const char *what, size_t n, unsigned long long *sum);

/**
 * struct pairs - nanoseconds for memory of one route and one destination
 * @get: to get it
 * @put: to free it
 */
struct pairs {
	double get;
	double put;
};

/* Of @n that are there at a time; by rtm_bench.ko. */
struct pairs pairs_measure(size_t n);

/* A line of results: of @n operations each, nanoseconds or bytes. */
void row(const char *what, size_t size, unsigned int round, double ours,
	 double peer, const char *unit);

void *xalloc(size_t n, size_t size);

#endif /* BENCH_COMMON_H */
