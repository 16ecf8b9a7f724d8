// SPDX-License-Identifier: LGPL-2.1-or-later
/* Nanoseconds an operation on the world's routes, and sums of the results. */
#include <time.h>

#include "data.h"
#include "../../kmod/trie.h"

#define CHUNK	256
#define ROUNDS	5

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

	assert(!rtm_trie_init(&trie, width, NULL, &lock));
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
