// SPDX-License-Identifier: LGPL-2.1-or-later
#include <arpa/inet.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common.h"
#include "prefix.h"

int prefix_family = AF_INET;

static int prefix_cmp(const void *left, const void *right)
{
	const struct prefix *a = left, *b = right;
	unsigned int i;

	if (a->net != b->net)
		return a->net < b->net ? -1 : 1;
	for (i = 0; i < 3; i++)
		if (a->rest[i] != b->rest[i])
			return a->rest[i] < b->rest[i] ? -1 : 1;
	return a->len - b->len;
}

/* In random order, the same in each run. */
void prefix_shuffle(struct prefix *p, size_t n)
{
	struct prefix swap;
	size_t i, j;

	for (i = n - 1; i; i--) {
		j = random_below(i + 1);
		swap = p[i];
		p[i] = p[j];
		p[j] = swap;
	}
}

/* Put in order, without doubles; and draw the random order. */
static void prefixes_order(struct prefixes *set)
{
	size_t i, j;

	qsort(set->p, set->n, sizeof(*set->p), prefix_cmp);
	for (i = j = 0; i < set->n; i++)
		if (!j || prefix_cmp(&set->p[j - 1], &set->p[i]))
			set->p[j++] = set->p[i];
	set->n = j;
	set->random = xalloc(set->n, sizeof(*set->p));
	memcpy(set->random, set->p, set->n * sizeof(*set->p));
	prefix_shuffle(set->random, set->n);
}

static bool prefix_parse(const char *line, struct prefix *p)
{
	uint32_t words[4] = {};
	char net[64];
	unsigned int i, len;

	if (sscanf(line, "%63[0-9a-f.:]/%u", net, &len) != 2)
		return false;
	if (strchr(net, ':'))
		prefix_family = AF_INET6;
	if (inet_pton(prefix_family, net, words) != 1 ||
	    len > (prefix_family == AF_INET ? 32 : 128))
		return false;
	p->net = ntohl(words[0]);
	for (i = 0; i < 3; i++)
		p->rest[i] = ntohl(words[i + 1]);
	p->len = len;
	return true;
}

size_t prefix_network(const struct prefix *p, uint8_t network[16])
{
	uint32_t words[4] = { htonl(p->net), htonl(p->rest[0]),
			      htonl(p->rest[1]), htonl(p->rest[2]) };

	memcpy(network, words, sizeof(words));
	return prefix_family == AF_INET ? 4 : 16;
}

size_t prefix_hop(uint32_t gateway, uint8_t hop[16])
{
	uint32_t word = htonl(gateway);
	size_t len = prefix_family == AF_INET ? 4 : 16;

	memset(hop, 0, 16);
	if (len == 16) {
		hop[0] = 0xfe;
		hop[1] = 0x80;
	}
	memcpy(hop + len - 4, &word, 4);
	return len;
}

/**
 * prefixes_load() - those of a file, one "address/len" a line
 * @path: its name
 */
struct prefixes prefixes_load(const char *path)
{
	struct prefixes set = {};
	size_t room = 1 << 20;
	char line[128];
	FILE *f = fopen(path, "r");

	if (!f)
		die_errno(path);
	set.p = xalloc(room, sizeof(*set.p));
	while (set.n < room && fgets(line, sizeof(line), f)) {
		if (!prefix_parse(line, &set.p[set.n++]))
			die("%s: not a prefix: %s", path, line);
	}
	fclose(f);
	if (!set.n)
		die("%s: no prefixes", path);
	prefixes_order(&set);
	return set;
}

/* @size ("all", or a number) of them, from all over the address space. */
struct prefixes prefixes_some(const struct prefixes *all, const char *size)
{
	size_t n = strcmp(size, "all") ? strtoul(size, NULL, 0) : all->n;
	struct prefixes set = { .n = n };
	size_t i;

	if (!n || n > all->n)
		die("there are %zu prefixes, not %s", all->n, size);
	set.p = xalloc(n, sizeof(*set.p));
	for (i = 0; i < n; i++)
		set.p[i] = all->p[(uint64_t)i * all->n / n];
	prefixes_order(&set);
	return set;
}

/*
 * The same, nested as a BGP table is: a default route, and a /8, /16 and /20
 * above every so many.
 */
struct prefixes prefixes_covered(const struct prefixes *of)
{
	static const struct {
		unsigned int every, len;
	} above[] = { { 1024, 8 }, { 256, 16 }, { 64, 20 } };
	struct prefixes set = {};
	size_t i, j;

	set.p = xalloc(of->n * 2 + 1, sizeof(*set.p));
	set.n = 1;
	for (i = 0; i < of->n; i++) {
		set.p[set.n++] = of->p[i];
		for (j = 0; j < sizeof(above) / sizeof(above[0]); j++) {
			if (i % above[j].every || of->p[i].len <= above[j].len)
				continue;
			set.p[set.n].net = of->p[i].net &
					   ~0u << (32 - above[j].len);
			set.p[set.n++].len = above[j].len;
		}
	}
	prefixes_order(&set);
	return set;
}

void prefixes_free(struct prefixes *set)
{
	free(set->p);
	free(set->random);
}
