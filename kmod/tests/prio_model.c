// SPDX-License-Identifier: GPL-2.0
/*
 * Priority tables against their naive twin on random changes. Built into the
 * KUnit module and into the user-space tests.
 */
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../family.h"
#include "prio_model.h"

/*
 * As many bytes of the input as it takes, while there are any; then xorshift64*:
 * the same numbers in the kernel and outside.
 */
u32 prio_model_random(struct prio_model *m, u32 below)
{
	u32 max = below - 1, n = 0;

	if (m->left) {
		for (; max && m->left; max >>= 8, m->left--)
			n = n << 8 | *m->input++;
		return n % below;
	}
	m->random ^= m->random >> 12;
	m->random ^= m->random << 25;
	m->random ^= m->random >> 27;
	return (u32)((m->random * 2685821657736338717ULL) >> 16) % below;
}

/* Mostly those that have defaults, and their neighbours. */
u32 prio_model_protocol(struct prio_model *m)
{
	switch (prio_model_random(m, 8)) {
	case 0:
		return prio_model_random(m, U32_MAX);
	case 1:
		return prio_model_random(m, 400);
	case 2:
		return 0x20000 - 1 + prio_model_random(m, 3);
	case 3:
		return 10000 + prio_model_random(m, 9);
	default:
		return prio_model_random(m, 16);
	}
}

static u32 model_priority(struct prio_model *m)
{
	u32 priority = prio_model_random(m, 5);

	return priority == 4 ? U32_MAX - prio_model_random(m, 2) : priority;
}

static const struct rtm_prio_entry *
model_entry(const struct rtm_prio_entry *entries, unsigned int nr, u32 protocol)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		if (entries[i].protocol == protocol)
			return &entries[i];
	return NULL;
}

u32 prio_model_find(const struct prio_model *m, u32 protocol)
{
	const struct rtm_prio_entry *entry;

	entry = model_entry(m->twin, m->nr, protocol);
	if (!entry)
		entry = model_entry(m->twin, m->nr, RTM_PRIO_OTHERS);
	return entry->priority;
}

/* What the table says of a protocol and its neighbours. */
static const char *model_check_at(const struct prio_model *m, u32 protocol)
{
	u32 p;

	for (p = protocol - 1; p != protocol + 2; p++)
		if (rtm_prio_find(m->table, p) != prio_model_find(m, p))
			return "a wrong priority was found";
	return NULL;
}

const char *prio_model_check(const struct prio_model *m)
{
	const struct rtm_prio_table *t = m->table;
	const struct rtm_prio_entry *entry;
	const char *error = NULL;
	unsigned int i;

	if (t->nr != m->nr)
		return "a wrong number of priorities";
	for (i = 0; i < t->nr && !error; i++) {
		if (i && t->entry[i].protocol <= t->entry[i - 1].protocol)
			return "priorities out of order";
		entry = model_entry(m->twin, m->nr, t->entry[i].protocol);
		if (!entry || entry->priority != t->entry[i].priority)
			return "a wrong priority in the table";
		error = model_check_at(m, entry->protocol);
	}
	if (!error && t->entry[i - 1].protocol != RTM_PRIO_OTHERS)
		error = "others are not the last";
	return error;
}

/* Some entries, several of which may be for one protocol. */
static void model_set(struct prio_model *m, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		m->set[i].protocol = prio_model_random(m, 8) ?
			prio_model_protocol(m) : RTM_PRIO_OTHERS;
		m->set[i].priority = model_priority(m);
	}
}

/* What must come of the set. Return: how many entries. */
static unsigned int model_want(struct prio_model *m, unsigned int n)
{
	const struct rtm_prio_entry *old;
	unsigned int nr = m->nr, i;

	memcpy(m->wanted, m->twin, nr * sizeof(m->twin[0]));
	for (i = 0; i < n; i++) {
		old = model_entry(m->wanted, nr, m->set[i].protocol);
		m->wanted[old ? old - m->wanted : nr++] = m->set[i];
	}
	return nr;
}

/* A change: the first @n of the set. */
const char *prio_model_merge(struct prio_model *m, unsigned int n)
{
	struct rtm_prio_table *old = m->table, *new;
	size_t size = old->nr * sizeof(old->entry[0]);
	unsigned int nr = model_want(m, n);

	memcpy(m->before, old->entry, size);
	new = rtm_prio_merge(old, m->set, n);
	if (old->nr != m->nr || memcmp(m->before, old->entry, size))
		return "a table that readers have was changed";
	if (IS_ERR(new)) {
		if (PTR_ERR(new) == -ENOMEM && m->may_fail)
			return NULL;
		m->refused++;
		return PTR_ERR(new) == -ENOSPC && nr > RTM_PRIO_ENTRIES_MAX ?
			NULL : "a change was refused";
	}
	m->table = new;
	kfree(old);
	if (nr > RTM_PRIO_ENTRIES_MAX)
		return "more priorities than there may be";
	m->nr = nr;
	memcpy(m->twin, m->wanted, nr * sizeof(m->twin[0]));
	return NULL;
}

const char *prio_model_change(struct prio_model *m)
{
	unsigned int n = 1 + prio_model_random(m, 4), i;
	const char *error;

	if (prio_model_random(m, 16) == 0)
		n = 1 + prio_model_random(m, PRIO_MODEL_SET);
	model_set(m, n);
	error = prio_model_merge(m, n);
	if (!error && prio_model_random(m, 32) == 0)
		error = prio_model_check(m);
	for (i = 0; i < n && !error; i++)
		error = model_check_at(m, m->set[i].protocol);
	return error;
}

const char *prio_model_init(struct prio_model *m,
			    const struct rtm_family *family, u64 seed)
{
	memset(m, 0, sizeof(*m));
	m->random = seed ?: 1;
	m->table = rtm_prio_default(family);
	if (!m->table)
		return "no memory for priorities";
	memcpy(m->twin, family->prios, family->nr_prios * sizeof(m->twin[0]));
	m->nr = family->nr_prios;
	m->twin[m->nr++] = (struct rtm_prio_entry){ RTM_PRIO_OTHERS, 127 };
	return prio_model_check(m);
}

void prio_model_exit(struct prio_model *m)
{
	kfree(m->table);
	m->table = NULL;
}
