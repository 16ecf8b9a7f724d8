/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CHECK_TAP_H
#define CHECK_TAP_H

#include <stdbool.h>
#include <stdio.h>

/* A test returns true, or says on a line of its own why not. */
struct test {
	const char *promise;
	bool (*run)(void);
};

#define CHECK(condition)						\
	do {								\
		if (!(condition)) {					\
			printf("# %s:%d: %s\n", __FILE__, __LINE__,	\
			       #condition);				\
			return false;					\
		}							\
	} while (0)

#define EQUAL(is, wanted)						\
	do {								\
		long long is_ = (long long)(is);			\
		long long wanted_ = (long long)(wanted);		\
									\
		if (is_ != wanted_) {					\
			printf("# %s:%d: %s is %lld, not %lld\n",	\
			       __FILE__, __LINE__, #is, is_, wanted_);	\
			return false;					\
		}							\
	} while (0)

static inline int tap_run(const struct test *tests, int count)
{
	int i, failed = 0;

	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("TAP version 13\n1..%d\n", count);
	for (i = 0; i < count; i++) {
		bool ok = tests[i].run();

		failed += !ok;
		printf("%sok %d - %s\n", ok ? "" : "not ", i + 1,
		       tests[i].promise);
	}
	return !!failed;
}

#endif
