// SPDX-License-Identifier: GPL-2.0
/* KUnit: prefixes and the trie against their naive twins, inside the kernel. */
#include <kunit/test.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/random.h>
#include <linux/sched.h>

#include "prefix_model.h"
#include "trie_model.h"
#include "trie_race.h"

#define PHASES		8
#define STEPS		500	/* a phase */
#define READERS		2
#define WRITES		5000
#define ROUNDS		5	/* of reads, each reader's, at the least */

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

static void prefix_twin(struct kunit *test)
{
	expect_none(test, prefix_model_check(seed(test), 2000));
}

static void trie_twin(struct kunit *test, unsigned int width, bool compiles)
{
	struct trie_model *m = kunit_kzalloc(test, sizeof(*m), GFP_KERNEL);
	const char *error;
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, m);
	error = trie_model_init(m, width, seed(test));
	m->compiles = compiles;
	for (i = 0; i < PHASES && !error; i++) {
		error = trie_model_phase(m, STEPS);
		error = error ?: trie_model_walk_amid(m);
		cond_resched();
	}
	expect_none(test, error ?: trie_model_exit(m));
}

static void trie_twin_32(struct kunit *test)
{
	trie_twin(test, 32, false);
}

static void trie_twin_compiled(struct kunit *test)
{
	trie_twin(test, 32, true);
}

static void trie_twin_128(struct kunit *test)
{
	trie_twin(test, 128, false);
}

struct reader {
	struct trie_race *race;
	struct task_struct *task;
	u64 random;
	unsigned long rounds;
	const char *error;
};

static int reader_run(void *data)
{
	struct reader *reader = data;

	while (!kthread_should_stop()) {
		if (!reader->error)
			reader->error = trie_race_read(reader->race,
						       &reader->random);
		WRITE_ONCE(reader->rounds, reader->rounds + 1);
		cond_resched();
	}
	return 0;
}

/* Until all readers have read enough, but not for ever. */
static bool go_on(const struct reader *readers, unsigned int writes)
{
	unsigned int i;

	if (writes < WRITES)
		return true;
	for (i = 0; i < READERS; i++)
		if (READ_ONCE(readers[i].rounds) < ROUNDS)
			return writes < 100 * WRITES;
	return false;
}

static void trie_race(struct kunit *test, unsigned int width)
{
	struct trie_race *r = kunit_kzalloc(test, sizeof(*r), GFP_KERNEL);
	struct reader readers[READERS] = {};
	u64 random = seed(test);
	const char *error;
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, r);
	error = trie_race_init(r, width, &random);
	KUNIT_ASSERT_NULL_MSG(test, error, "%s", error);
	for (i = 0; i < READERS; i++) {
		readers[i].race = r;
		readers[i].random = random + i;
		readers[i].task = kthread_run(reader_run, &readers[i],
					      "rtm_kunit_%u", i);
	}
	for (i = 0; !error && go_on(readers, i); i++) {
		error = trie_race_write(r, &random);
		cond_resched();
	}
	for (i = 0; i < READERS; i++) {
		if (IS_ERR(readers[i].task)) {
			KUNIT_FAIL(test, "no reader");
			continue;
		}
		kthread_stop(readers[i].task);
		expect_none(test, readers[i].error);
		KUNIT_EXPECT_GE(test, readers[i].rounds, (unsigned long)ROUNDS);
	}
	KUNIT_EXPECT_GT(test, r->changes, WRITES / 2UL);
	expect_none(test, error ?: trie_race_exit(r));
}

static void trie_race_32(struct kunit *test)
{
	trie_race(test, 32);
}

static void trie_race_128(struct kunit *test)
{
	trie_race(test, 128);
}

static struct kunit_case rtm_trie_cases[] = {
	KUNIT_CASE(prefix_twin),
	KUNIT_CASE(trie_twin_32),
	KUNIT_CASE(trie_twin_compiled),
	KUNIT_CASE(trie_twin_128),
	KUNIT_CASE(trie_race_32),
	KUNIT_CASE(trie_race_128),
	{}
};

static int rtm_trie_suite_init(struct kunit_suite *suite)
{
	return rtm_trie_caches_create();
}

static void rtm_trie_suite_exit(struct kunit_suite *suite)
{
	rtm_trie_caches_destroy();
}

static struct kunit_suite rtm_trie_suite = {
	.name = "rtm_trie",
	.suite_init = rtm_trie_suite_init,
	.suite_exit = rtm_trie_suite_exit,
	.test_cases = rtm_trie_cases,
};

kunit_test_suite(rtm_trie_suite);

MODULE_DESCRIPTION("Tests of the Routing Table Manager's trie");
MODULE_LICENSE("GPL");
