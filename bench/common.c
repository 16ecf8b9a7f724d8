// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "common.h"
#include "prefix.h"

/* What an empty system call between two looks at the clock takes. */
static double null_ns;

void die(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(1);
}

void die_errno(const char *what)
{
	die("%s: %s", what, strerror(errno));
}

uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

void clock_start(struct stopwatch *watch)
{
	watch->began = now_ns();
}

void clock_stop(struct stopwatch *watch)
{
	watch->ns += now_ns() - watch->began - null_ns;
}

/* Of some hundred, the median: a call that was interrupted does not count. */
void clock_calibrate(void)
{
	enum { CALLS = 201 };
	uint64_t ns[CALLS], t;
	unsigned int i, j;

	for (i = 0; i < CALLS; i++) {
		t = now_ns();
		syscall(SYS_getppid);
		t = now_ns() - t;
		for (j = i; j && ns[j - 1] > t; j--)
			ns[j] = ns[j - 1];
		ns[j] = t;
	}
	null_ns = ns[CALLS / 2];
}

double slab_bytes(const char *names)
{
	FILE *f = fopen("/proc/slabinfo", "r");
	unsigned long pages, slabs;
	char line[512], name[64];
	double bytes = 0;

	if (!f)
		die_errno("/proc/slabinfo");
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "%63s %*u %*u %*u %*u %lu : tunables %*u %*u %*u : slabdata %*u %lu",
			   name, &pages, &slabs) == 3 &&
		    !strncmp(name, names, strlen(names)))
			bytes += (double)pages * slabs * sysconf(_SC_PAGESIZE);
	fclose(f);
	return bytes;
}

/* Two numbers of a file of rtm_bench.ko. Return: false without that. */
static bool read_two(const char *path, unsigned long long *a,
		     unsigned long long *b)
{
	FILE *f = fopen(path, "r");

	if (!f && errno == ENOENT)
		return false;
	if (!f || fscanf(f, "%llu %llu", a, b) != 2)
		die_errno(path);
	fclose(f);
	return true;
}

bool hold_read(struct hold *hold)
{
	return read_two(DEBUGFS "hold", &hold->most, &hold->by_work);
}

void loop_give(const uint32_t *addresses, size_t n)
{
	int fd = open(DEBUGFS "addresses", O_WRONLY);
	const char *p = (const char *)addresses;
	size_t left = n * sizeof(*addresses);
	ssize_t done;

	if (fd < 0)
		die_errno(DEBUGFS "addresses");
	for (; left; left -= done, p += done) {
		done = write(fd, p, left);
		if (done <= 0)
			die_errno(DEBUGFS "addresses");
	}
	close(fd);
}

double loop_run(const char *what, size_t n, unsigned long long *sum)
{
	unsigned long long ns;
	char path[64];
	size_t looped;
	FILE *f;

	snprintf(path, sizeof(path), DEBUGFS "%s", what);
	f = fopen(path, "r");
	if (!f || fscanf(f, "%llu %zu %llx", &ns, &looped, sum) != 3)
		die_errno(path);
	if (looped != n)
		die("%s: %zu addresses instead of %zu", path, looped, n);
	fclose(f);
	return (double)ns / n;
}

#define COUNT	DEBUGFS "count"
#define PAIRS	DEBUGFS "pairs"

struct pairs pairs_measure(size_t n)
{
	unsigned long long get, put;
	FILE *f = fopen(COUNT, "w");

	if (!f || fprintf(f, "%zu\n", n) < 0 || fclose(f))
		die_errno(COUNT);
	if (!read_two(PAIRS, &get, &put))
		die_errno(PAIRS);
	return (struct pairs){ .get = (double)get / n, .put = (double)put / n };
}

/* xorshift, with the same numbers in each run. */
uint32_t random_below(uint32_t below)
{
	static uint64_t state = 88172645463325252ULL;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return ((state >> 32) * below) >> 32;
}

void row(const char *what, size_t size, unsigned int round, double ours,
	 double peer, const char *unit)
{
	printf("%s%s,%zu,%u,%.3f,%.3f,%s\n", what,
	       prefix_family == AF_INET ? "" : "_ipv6", size, round, ours,
	       peer, unit);
	fflush(stdout);
}

/* Touched, so that no page fault is measured. */
void *xalloc(size_t n, size_t size)
{
	void *p = malloc(n * size);

	if (!p)
		die_errno("malloc");
	return memset(p, 0, n * size);
}
