// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hops.h"

static struct hops *all;

static int compare(const void *a, const void *b)
{
	const struct hop *x = a, *y = b;

	if (x->oif != y->oif)
		return x->oif < y->oif ? -1 : 1;
	return address_compare(&x->via, &y->via);
}

static unsigned int unique(struct hop *hop, unsigned int n)
{
	unsigned int i, k = 1;

	for (i = 1; i < n; i++)
		if (compare(&hop[i], &hop[k - 1]))
			hop[k++] = hop[i];
	return k;
}

struct hops *hops_get(struct hop *hop, unsigned int n)
{
	struct hops *hops;
	size_t size;

	qsort(hop, n, sizeof(*hop), compare);
	n = unique(hop, n);
	size = n * sizeof(*hop);
	HASH_FIND(hh, all, hop, size, hops);
	if (hops)
		return hops_hold(hops);
	hops = alloc(sizeof(*hops) + size);
	hops->refs = 1;
	hops->n = n;
	memcpy(hops->hop, hop, size);
	HASH_ADD_KEYPTR(hh, all, hops->hop, size, hops);
	return hops;
}

struct hops *hops_hold(struct hops *hops)
{
	if (hops)
		hops->refs++;
	return hops;
}

void hops_put(struct hops *hops)
{
	if (!hops || --hops->refs)
		return;
	HASH_DEL(all, hops);
	free(hops);
}

bool hops_use(const struct hops *hops, uint32_t oif)
{
	unsigned int i;

	for (i = 0; i < hops->n; i++)
		if (hops->hop[i].oif == oif)
			return true;
	return false;
}

bool hops_any_use(uint32_t oif)
{
	struct hops *hops, *next;

	HASH_ITER(hh, all, hops, next)
		if (hops_use(hops, oif))
			return true;
	return false;
}
