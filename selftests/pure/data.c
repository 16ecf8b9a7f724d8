// SPDX-License-Identifier: LGPL-2.1-or-later
#include <arpa/inet.h>
#include <endian.h>
#include <err.h>

#include "data.h"

static bool parse(char *line, unsigned int width, struct rtm_prefix *p)
{
	char *slash = strchr(line, '/');
	uint64_t words[2] = {};

	if (!slash)
		return false;
	*slash = '\0';
	if (inet_pton(width == 32 ? AF_INET : AF_INET6, line, words) != 1)
		return false;
	p->hi = be64toh(words[0]);
	p->lo = be64toh(words[1]);
	p->len = atoi(slash + 1);
	return rtm_prefix_valid(p, width);
}

static int compare(const void *a, const void *b)
{
	return rtm_prefix_cmp(&((const struct entry *)a)->p,
			      &((const struct entry *)b)->p);
}

/* Sort, drop the covering ones that came up twice, find parents. */
static size_t arrange(struct entry *e, size_t nr, unsigned int width)
{
	struct entry *parent;
	size_t i, n = 0;

	qsort(e, nr, sizeof(*e), compare);
	for (i = 0; i < nr; i++)
		if (!n || !rtm_prefix_equal(&e[n - 1].p, &e[i].p))
			e[n++] = e[i];
	for (i = 0; i < n; i++) {
		parent = i ? &e[i - 1] : NULL;
		while (parent && !rtm_prefix_covers(&parent->p, &e[i].p))
			parent = parent->parent;
		e[i].parent = parent;
		rtm_key_set(&e[i].key, &e[i].p, width);
	}
	return n;
}

struct entry *data_load(const char *file, unsigned int width, size_t *nr)
{
	static const u8 above[] = { 8, 16, 20 };
	struct entry *e = calloc(1 << 20, sizeof(*e));
	char command[512], line[128];
	size_t n = 0, lines;
	unsigned int i;
	FILE *f;

	snprintf(command, sizeof(command), "xz -dc '%s'", file);
	f = popen(command, "r");
	if (!e || !f)
		err(1, "%s", file);
	for (lines = 0; fgets(line, sizeof(line), f); lines++) {
		if (!parse(line, width, &e[n++].p))
			errx(1, "%s:%zu: no prefix", file, lines + 1);
		for (i = 0; i < ARRAY_SIZE(above) && lines % 16 == 0; i++) {
			struct rtm_prefix p = e[n - 1].p;

			if (p.len <= above[i])
				continue;
			p.len = above[i];
			p.hi &= rtm_prefix_mask_hi(p.len);
			p.lo = 0;
			e[n] = e[n - 1];
			e[n++ - 1].p = p;
		}
	}
	if (pclose(f) || !lines)
		errx(1, "%s: cannot be read", file);
	e[n++].p = (struct rtm_prefix){};
	*nr = arrange(e, n, width);
	return e;
}

void data_shuffle(struct entry **entries, size_t nr, u64 random)
{
	struct entry *t;
	size_t i, j;

	for (i = nr; i > 1; i--) {
		random = random * 6364136223846793005ULL + 1442695040888963407ULL;
		j = (random >> 32) % i;
		t = entries[i - 1];
		entries[i - 1] = entries[j];
		entries[j] = t;
	}
}
