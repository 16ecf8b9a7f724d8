/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TAP_H
#define TAP_H

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static int tap_nr;
static int tap_failed;

static inline void tap_plan(int n)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("TAP version 13\n1..%d\n", n);
}

/* Passes without an error text. */
static inline void tap_result(const char *error, const char *name)
{
	if (error) {
		printf("# %s\n", error);
		tap_failed++;
	}
	printf("%sok %d - %s\n", error ? "not " : "", ++tap_nr, name);
}

static inline int tap_exit(void)
{
	return tap_failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* From SEED= in the environment, or another one each time. */
static inline unsigned long long tap_seed(void)
{
	const char *s = getenv("SEED");
	unsigned long long seed = s ? strtoull(s, NULL, 0) :
		(unsigned long long)time(NULL) << 20 ^ getpid();

	printf("# SEED=%llu\n", seed);
	return seed;
}

#endif /* TAP_H */
