// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Nanoseconds an operation on the world's routes, and sums of the results; then
 * readers on one core and on two, and beside a writer.
 */
#define _GNU_SOURCE
#include <sched.h>
#include <time.h>

#include "data.h"
#include "../../kmod/trie.h"

#define CHUNK	256
#define ROUNDS	5
#define SECTION	64	/* look-ups in one read-side section */
#define READ_NS	300000000ULL

static struct rtm_trie trie;
static struct mutex lock;

static u64 now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

static void report(const char *what, u64 start, size_t nr, u64 sum)
{
	printf("%-26s %7.1f ns  (sum %llx)\n", what,
	       (double)(now() - start) / nr, sum);
}

/* As a batch would: for the prefixes copied from its records. */
static void ahead(struct entry **e, size_t i, size_t nr)
{
	struct rtm_prefix p[RTM_TRIE_GROUP];
	void *leaves[RTM_TRIE_GROUP];
	size_t n = min(nr - i, (size_t)RTM_TRIE_GROUP), j;

	if (i % RTM_TRIE_GROUP)
		return;
	for (j = 0; j < n; j++)
		p[j] = e[i + j]->p;
	rtm_trie_prefetch(&trie, p, sizeof(p[0]), leaves, n);
}

static void insert_ahead(const char *what, struct entry **e, size_t nr)
{
	u64 start = now(), sum = 0;
	size_t i;

	for (i = 0; i < nr; i++) {
		ahead(e, i, nr);
		sum += rtm_trie_insert(&trie, &e[i]->p, e[i]);
	}
	report(what, start, nr, sum);
}

static void find_ahead(const char *what, struct entry **e, size_t nr)
{
	u64 start = now(), sum = 0;
	size_t i;

	for (i = 0; i < nr; i++) {
		ahead(e, i, nr);
		sum += rtm_trie_find(&trie, &e[i]->p) == e[i];
	}
	report(what, start, nr, sum);
}

static void insert(const char *what, struct entry **e, size_t nr)
{
	u64 start = now(), sum = 0;
	size_t i;

	for (i = 0; i < nr; i++)
		sum += rtm_trie_insert(&trie, &e[i]->p, e[i]);
	report(what, start, nr, sum);
}

static void drop(const char *what, struct entry **e, size_t nr)
{
	u64 start = now(), sum = 0;
	size_t i;

	for (i = 0; i < nr; i++)
		sum += rtm_trie_remove(&trie, &e[i]->p) == e[i];
	report(what, start, nr, sum);
}

static void find(const char *what, struct entry **e, size_t nr)
{
	u64 start = now(), sum = 0;
	size_t i;

	for (i = 0; i < nr; i++)
		sum += rtm_trie_find(&trie, &e[i]->p) == e[i];
	report(what, start, nr, sum);
}

static void match(const char *what, const struct rtm_prefix *addr, size_t nr)
{
	u64 start = now(), sum = 0;
	size_t i;

	for (i = 0; i < nr; i++)
		sum += !!rtm_trie_match(&trie, addr[i].hi, addr[i].lo,
					trie.width);
	report(what, start, nr, sum);
}

static void walk(const char *what, size_t nr)
{
	struct rtm_prefix *from = NULL;
	u64 start = now(), sum = 0;
	void *leaves[CHUNK];
	unsigned int n, i;

	do {
		n = rtm_trie_walk(&trie, from, false, leaves, CHUNK);
		for (i = 0; i < n; i++)
			sum += (uintptr_t)leaves[i];
		if (n)
			from = &((struct entry *)leaves[n - 1])->p;
	} while (n == CHUNK);
	report(what, start, nr, sum);
}

struct reader {
	const struct rtm_prefix *addr;
	size_t nr;
	unsigned int core;
	bool beside_writer;
	double ns;		/* a look-up */
	u64 sum;
};

static pthread_barrier_t line;
static atomic_uint reading;

static cpu_set_t allowed;

/* The first or second one of those allowed. */
static void on_core(unsigned int nr)
{
	cpu_set_t set;
	int core = 0;

	while (!CPU_ISSET(core, &allowed) || nr--)
		core++;
	CPU_ZERO(&set);
	CPU_SET(core, &set);
	assert(!pthread_setaffinity_np(pthread_self(), sizeof(set), &set));
}

static void *read_for_a_while(void *argument)
{
	struct reader *r = argument;
	const struct rtm_prefix *addr = r->addr;
	u64 start, end, done = 0, sum = 0;
	size_t at = 0, nr = r->nr, i;

	on_core(r->core);
	if (r->beside_writer)
		shim_reader_start();
	pthread_barrier_wait(&line);
	start = now();
	do {
		rcu_read_lock();
		for (i = 0; i < SECTION; i++) {
			sum += !!rtm_trie_match(&trie, addr[at].hi,
						addr[at].lo, trie.width);
			at = at + 1 < nr ? at + 1 : 0;
		}
		rcu_read_unlock();
		done += SECTION;
		end = now();
	} while (end - start < READ_NS);
	r->ns = (double)(end - start) / done;
	r->sum = sum;
	if (r->beside_writer)
		shim_reader_stop();
	atomic_fetch_sub(&reading, 1);
	return NULL;
}

/* Reads on @readers cores, writes on the next. Return: ns a look-up, mean. */
static double read_beside(const struct rtm_prefix *addr, struct entry **e,
			  size_t nr, unsigned int readers, bool writer,
			  u64 *writes)
{
	struct reader r[2] = {};
	pthread_t thread[2];
	double ns = 0;
	unsigned int i;
	u64 sum = 0;

	assert(!pthread_barrier_init(&line, NULL, readers + 1));
	atomic_store(&reading, readers);
	for (i = 0; i < readers; i++) {
		r[i].addr = addr + i * (nr / 2);
		r[i].nr = nr / 2;
		r[i].core = i;
		r[i].beside_writer = writer;
		assert(!pthread_create(&thread[i], NULL, read_for_a_while,
				       &r[i]));
	}
	on_core(1);
	pthread_barrier_wait(&line);
	for (*writes = 0; writer && atomic_load(&reading); *writes += 2) {
		struct entry *one = e[*writes / 2 % nr];

		assert(rtm_trie_remove(&trie, &one->p) == one);
		assert(!rtm_trie_insert(&trie, &one->p, one));
	}
	for (i = 0; i < readers; i++) {
		assert(!pthread_join(thread[i], NULL));
		ns += r[i].ns / readers;
		sum += r[i].sum;
	}
	assert(sum);
	pthread_barrier_destroy(&line);
	return ns;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *values)
{
	qsort(values, ROUNDS, sizeof(*values), by_value);
	return values[ROUNDS / 2];
}

/* One reader, two, and one beside a writer, in turn. */
static void readers(const struct rtm_prefix *addr, struct entry **e, size_t nr)
{
	double one[ROUNDS], two[ROUNDS], beside[ROUNDS];
	u64 writes = 0;
	int i;

	assert(!sched_getaffinity(0, sizeof(allowed), &allowed));
	if (CPU_COUNT(&allowed) < 2) {
		printf("one core: readers cannot be measured\n");
		return;
	}
	for (i = 0; i < ROUNDS; i++) {
		one[i] = read_beside(addr, e, nr, 1, false, &writes);
		two[i] = read_beside(addr, e, nr, 2, false, &writes);
		beside[i] = read_beside(addr, e, nr, 1, true, &writes);
	}
	assert(!sched_setaffinity(0, sizeof(allowed), &allowed));
	printf("%-26s %7.1f ns\n", "one reader", median(one));
	printf("%-26s %7.1f ns each: %.2f times one's rate\n", "two readers",
	       median(two), 2 * median(one) / median(two));
	printf("%-26s %7.1f ns: %.2f of one's rate alone (%.1f M changes/s)\n",
	       "one reader and a writer", median(beside),
	       median(one) / median(beside), writes * 1e3 / READ_NS);
}

static void run(const char *file, unsigned int width)
{
	size_t nr, i;
	struct entry *e = data_load(file, width, &nr);
	struct entry **sorted = calloc(nr, sizeof(*sorted));
	struct entry **random = calloc(nr, sizeof(*random));
	struct rtm_prefix *inside = calloc(nr, sizeof(*inside));
	struct rtm_prefix *uniform = calloc(nr, sizeof(*uniform));
	u64 state = 1;
	int round;

	for (i = 0; i < nr; i++) {
		sorted[i] = &e[i];
		random[i] = &e[i];
	}
	data_shuffle(random, nr, 1);
	for (i = 0; i < nr; i++) {
		state = state * 6364136223846793005ULL + 1442695040888963407ULL;
		uniform[i].hi = (state ^ state >> 32) & rtm_prefix_mask_hi(width);
		inside[i] = random[i]->p;
		inside[i].hi |= uniform[i].hi &
				~rtm_prefix_mask_hi(inside[i].len);
	}

	assert(!rtm_trie_init(&trie, width, offsetof(struct entry, key), NULL,
			      &lock));
	mutex_lock(&lock);
	printf("%s: %zu prefixes\n", file, nr);
	for (round = 0; round < ROUNDS; round++) {
		insert("insert sorted", sorted, nr);
		if (!round)
			printf("%-26s %7.1f bytes a prefix\n", "memory",
			       (double)rtm_trie_bytes(&trie) / nr);
		find("find sorted", sorted, nr);
		find("find random", random, nr);
		find_ahead("find random, prefetched", random, nr);
		match("match in table", inside, nr);
		match("match uniform", uniform, nr);
		walk("walk", nr);
		drop("remove sorted", sorted, nr);
		insert("insert random", random, nr);
		drop("remove random", random, nr);
		insert_ahead("insert random, prefetched", random, nr);
		drop("remove sorted", sorted, nr);
	}
	insert("insert sorted", sorted, nr);
	readers(inside, random, nr);
	drop("remove sorted", sorted, nr);
	mutex_unlock(&lock);
	rtm_trie_destroy(&trie);
	free(uniform);
	free(inside);
	free(random);
	free(sorted);
	free(e);
}

int main(int argc, char **argv)
{
	assert(argc == 3);
	mutex_init(&lock);
	assert(!rtm_trie_caches_create());
	run(argv[1], 32);
	run(argv[2], 128);
	rtm_trie_caches_destroy();
	return 0;
}
