// SPDX-License-Identifier: LGPL-2.1-or-later
/* A reader beside a writer, on two cores. */
#include <sched.h>

#include "shim.h"
#include "tap.h"
#include "../../kmod/tests/trie_race.h"

#ifdef __SANITIZE_THREAD__
#define WRITES	40000
#else
#define WRITES	150000
#endif
#define ROUNDS	100	/* of reads, at the least */

static struct trie_race race;
static unsigned long long seed;
static atomic_bool stop, started;
static atomic_ulong rounds;

static void *reader(void *unused)
{
	const char *error = NULL;
	u64 random = seed + 1;

	(void)unused;
	shim_reader_start();
	atomic_store(&started, true);
	while (!atomic_load(&stop) && !error) {
		error = trie_race_read(&race, &random);
		atomic_fetch_add(&rounds, 1);
	}
	atomic_store(&stop, true);
	shim_reader_stop();
	return (void *)error;
}

/* Until the reader has read enough, but not for ever. */
static bool go_on(long writes)
{
	if (atomic_load(&stop) || writes == 100L * WRITES)
		return false;
	return writes < WRITES || atomic_load(&rounds) < ROUNDS;
}

static const char *run(unsigned int width, unsigned int fail_one_in)
{
	u64 random = seed++;
	const char *error;
	pthread_t thread;
	void *result;
	long i;

	error = trie_race_init(&race, width, &random);
	if (error)
		return error;
	atomic_store(&stop, false);
	atomic_store(&started, false);
	atomic_store(&rounds, 0);
	assert(!pthread_create(&thread, NULL, reader, NULL));
	while (!atomic_load(&started))
		sched_yield();

	shim_fail_one_in = fail_one_in;
	for (i = 0; !error && go_on(i); i++)
		error = trie_race_write(&race, &random);
	shim_fail_one_in = 0;

	atomic_store(&stop, true);
	assert(!pthread_join(thread, &result));
	printf("# %lu changes, %lu rounds of reads\n", race.changes,
	       atomic_load(&rounds));
	if (!error && !result && atomic_load(&rounds) < ROUNDS)
		error = "the reader hardly ran";
	if (!error && race.changes < WRITES / 4)
		error = "the writer hardly ran";
	error = error ?: result ?: trie_race_exit(&race);
	if (!error && shim_live_bytes())
		error = "memory leaked";
	return error;
}

int main(void)
{
	seed = tap_seed();
	tap_plan(4);
	assert(!rtm_trie_caches_create());
	tap_result(run(32, 0), "32 bits, reader and writer");
	tap_result(run(128, 0), "128 bits, reader and writer");
	tap_result(run(32, 4), "32 bits, no memory at times");
	tap_result(run(128, 4), "128 bits, no memory at times");
	rtm_trie_caches_destroy();
	return tap_exit();
}
