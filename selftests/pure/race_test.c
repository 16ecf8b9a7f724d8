// SPDX-License-Identifier: LGPL-2.1-or-later
/* A reader beside a writer, on two cores: of the tree, and of a ring. */
#include <sched.h>

#include "shim.h"
#include "tap.h"
#include "../../kmod/elect.h"
#include "../../kmod/family.h"
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

static const char *(*read_once)(u64 *random);
static pthread_t thread;

static void *reader(void *unused)
{
	const char *error = NULL;
	u64 random = seed + 1;

	(void)unused;
	shim_reader_start();
	atomic_store(&started, true);
	while (!atomic_load(&stop) && !error) {
		error = read_once(&random);
		atomic_fetch_add(&rounds, 1);
	}
	atomic_store(&stop, true);
	shim_reader_stop();
	return (void *)error;
}

static void start_reader(const char *(*read)(u64 *random))
{
	read_once = read;
	atomic_store(&stop, false);
	atomic_store(&started, false);
	atomic_store(&rounds, 0);
	assert(!pthread_create(&thread, NULL, reader, NULL));
	while (!atomic_load(&started))
		sched_yield();
}

/* What went wrong for the reader, after so many @changes. */
static const char *stop_reader(unsigned long changes)
{
	void *error;

	atomic_store(&stop, true);
	assert(!pthread_join(thread, &error));
	printf("# %lu changes, %lu rounds of reads\n", changes,
	       atomic_load(&rounds));
	if (!error && atomic_load(&rounds) < ROUNDS)
		return "the reader hardly ran";
	return error;
}

/* Until the reader has read enough, but not for ever. */
static bool go_on(long writes)
{
	if (atomic_load(&stop) || writes == 100L * WRITES)
		return false;
	return writes < WRITES || atomic_load(&rounds) < ROUNDS;
}

static const char *read_trie(u64 *random)
{
	return trie_race_read(&race, random);
}

static const char *run(unsigned int width, unsigned int fail_one_in)
{
	const char *error, *result;
	u64 random = seed++;
	long i;

	error = trie_race_init(&race, width, &random);
	if (error)
		return error;
	start_reader(read_trie);
	shim_fail_one_in = fail_one_in;
	for (i = 0; !error && go_on(i); i++)
		error = trie_race_write(&race, &random);
	shim_fail_one_in = 0;
	result = stop_reader(race.changes);
	if (!error && race.changes < WRITES / 4)
		error = "the writer hardly ran";
	error = error ?: result ?: trie_race_exit(&race);
	if (!error && shim_live_bytes())
		error = "memory leaked";
	return error;
}

/*
 * The ring of a destination: routes come, go and are replaced, and any may be
 * the best. Every second identity of the first @lasting is there throughout.
 */
#define RING	8

static struct ring {
	struct rtm_dest dest;
	struct rtm_attr attr[RING];
	struct rtm_route *live[RING];	/* the writer's */
	unsigned int lasting;
	struct kmem_cache *cache;
	struct rtm_reclaim rc;
	struct mutex lock;
} ring;

static bool ring_lasts(unsigned int i)
{
	return i % 2 && i < ring.lasting;
}

static const char *read_ring(u64 *unused)
{
	const struct rtm_route *route;
	unsigned int next = 0, i;
	const char *error = NULL;

	(void)unused;
	rcu_read_lock();
	for (route = rtm_dest_first_rcu(&ring.dest); route && !error;
	     route = rtm_route_next_rcu(route)) {
		if (route->attr->protocol < next)
			error = "routes out of order, or twice";
		for (i = next; !error && i < route->attr->protocol; i++)
			if (ring_lasts(i))
				error = "a route is missing";
		next = route->attr->protocol + 1;
	}
	rcu_read_unlock();
	while (!error && next < ring.lasting)
		if (ring_lasts(next++))
			error = "a route is missing at the end";
	return error;
}

static struct rtm_route *ring_any(unsigned int but)
{
	unsigned int i, from = rand() % RING;

	for (i = from; i < from + RING; i++)
		if (ring.live[i % RING] && i % RING != but)
			return ring.live[i % RING];
	return NULL;
}

/* As rtm_table_add() and rtm_table_delete() do it. */
static void ring_write(unsigned int i, bool add)
{
	struct rtm_route *old = ring.live[i], *new = NULL, *best;
	struct rtm_place place;

	if (!old && !add)
		return;
	mutex_lock(&ring.lock);
	best = rcu_dereference_protected(ring.dest.best, true);
	if (add) {
		new = kmem_cache_zalloc(ring.cache, GFP_KERNEL_ACCOUNT);
		new->attr = &ring.attr[i];
		place = rtm_dest_find(&rtm_families[0], &ring.dest, i,
				      &ring.attr[i].key, false);
		assert(place.route == old);
		rtm_place_set(&place, new);
		if (!best || best == old || rand() % 2)
			rcu_assign_pointer(ring.dest.best, new);
	} else {
		place = rtm_place_of(old);
		if (best == old)
			rcu_assign_pointer(ring.dest.best, ring_any(i));
		rtm_place_clear(&place);
	}
	ring.live[i] = new;
	if (old)
		rtm_retire(&ring.rc, old);
	mutex_unlock(&ring.lock);
}

static const char *run_ring(unsigned int lasting)
{
	const char *error;
	unsigned int i;
	long writes;

	srand(seed++);
	memset(&ring, 0, sizeof(ring));
	mutex_init(&ring.lock);
	ring.lasting = lasting;
	ring.cache = kmem_cache_create("ring", sizeof(struct rtm_route), 0, 0,
				       NULL);
	for (i = 0; i < RING; i++) {
		ring.attr[i].protocol = i;
		if (ring_lasts(i))
			ring_write(i, true);
	}
	start_reader(read_ring);
	for (writes = 0; go_on(writes); writes++) {
		i = rand() % RING;
		ring_write(i, ring_lasts(i) || rand() % 2);
	}
	error = stop_reader(writes);
	for (i = 0; i < RING; i++)
		ring_write(i, false);
	mutex_lock(&ring.lock);
	rcu_barrier();
	mutex_unlock(&ring.lock);
	kmem_cache_destroy(ring.cache);
	if (!error && shim_live_bytes())
		error = "memory leaked";
	return error;
}

int main(void)
{
	seed = tap_seed();
	tap_plan(6);
	assert(!rtm_trie_caches_create());
	tap_result(run(32, 0), "32 bits, reader and writer");
	tap_result(run(128, 0), "128 bits, reader and writer");
	tap_result(run(32, 4), "32 bits, no memory at times");
	tap_result(run(128, 4), "128 bits, no memory at times");
	tap_result(run_ring(0), "a ring, reader and writer");
	tap_result(run_ring(RING), "a ring in which some routes stay");
	rtm_trie_caches_destroy();
	return tap_exit();
}
