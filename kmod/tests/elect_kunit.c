// SPDX-License-Identifier: GPL-2.0
/* KUnit: priorities and best-route choice against their naive twins. */
#include <kunit/test.h>
#include <linux/random.h>
#include <linux/sched.h>

#include "elect_model.h"
#include "prio_model.h"

#define PHASES		40
#define STEPS		250	/* a phase */
#define CHANGES		1000	/* of priorities */

static void expect_none(struct kunit *test, const char *error)
{
	KUNIT_EXPECT_NULL_MSG(test, error, "%s", error);
}

static u64 seed(struct kunit *test)
{
	u64 seed = get_random_long();

	kunit_info(test, "seed %llu\n", seed);
	return seed;
}

static void prio_twin(struct kunit *test)
{
	struct prio_model *m = kunit_kzalloc(test, sizeof(*m), GFP_KERNEL);
	const char *error;
	unsigned int f, i;

	KUNIT_ASSERT_NOT_NULL(test, m);
	for (f = 0; f < RTM_NR_FAMILIES; f++) {
		error = prio_model_init(m, &rtm_families[f], seed(test));
		for (i = 0; i < CHANGES && !error; i++) {
			error = prio_model_change(m);
			cond_resched();
		}
		expect_none(test, error);
		KUNIT_EXPECT_GT(test, m->refused, 0UL);
		prio_model_exit(m);
	}
}

static void elect_twin(struct kunit *test)
{
	struct elect_model *m = kunit_kzalloc(test, sizeof(*m), GFP_KERNEL);
	const char *error;
	unsigned int f, i;

	KUNIT_ASSERT_NOT_NULL(test, m);
	for (f = 0; f < RTM_NR_FAMILIES; f++) {
		error = elect_model_init(m, &rtm_families[f], seed(test));
		for (i = 0; i < PHASES && !error; i++) {
			error = elect_model_phase(m, STEPS);
			cond_resched();
		}
		expect_none(test, error);
		expect_none(test, elect_model_exit(m));
	}
}

static struct kunit_case rtm_elect_cases[] = {
	KUNIT_CASE(prio_twin),
	KUNIT_CASE(elect_twin),
	{}
};

static struct kunit_suite rtm_elect_suite = {
	.name = "rtm_elect",
	.test_cases = rtm_elect_cases,
};

kunit_test_suite(rtm_elect_suite);
