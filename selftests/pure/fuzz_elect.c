// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * libFuzzer: the twins of priorities and of the choice of the best route make
 * their choices by the input, not at random.
 */
#include "fuzz.h"
#include "../../kmod/tests/elect_model.h"
#include "../../kmod/tests/prio_model.h"

static struct elect_model elect;
static struct prio_model prio;

/* To @nr entries, by some that have no default. */
static const char *fill(unsigned int nr)
{
	const char *error = NULL;
	unsigned int n, i;

	while (prio.nr < nr && !error) {
		n = min(nr - prio.nr, (unsigned int)PRIO_MODEL_SET);
		for (i = 0; i < n; i++) {
			prio.set[i].protocol = 1000 + prio.nr + i;
			prio.set[i].priority = i;
		}
		error = prio_model_merge(&prio, n);
	}
	return error;
}

/* @nr: entries to begin with, if that is more than there are. */
static const char *prios(const struct rtm_family *family, const u8 *data,
			 size_t size, unsigned int nr, unsigned int fail_one_in)
{
	const char *error = prio_model_init(&prio, family, 1);

	error = error ?: fill(nr);
	prio.input = data;
	prio.left = size;
	prio.may_fail = fail_one_in;
	shim_fail_one_in = fail_one_in;
	for (; prio.left && !error; fuzz_operations++)
		error = prio_model_change(&prio);
	shim_fail_one_in = 0;
	/* Of so many, what was changed must do: the whole takes its time. */
	if (!error && !nr)
		error = prio_model_check(&prio);
	prio_model_exit(&prio);
	return error;
}

static const char *choice(const struct rtm_family *family, const u8 *data,
			  size_t size)
{
	const char *error = elect_model_init(&elect, family, 1);

	elect.prio.input = data;
	elect.prio.left = size;
	elect_model_start(&elect);
	for (; elect.prio.left && !error; fuzz_operations++)
		error = elect_model_step(&elect);
	error = error ?: elect_model_drain(&elect);
	prio_model_exit(&elect.prio);
	return error;
}

const char *fuzz_unit(const u8 *data, size_t size)
{
	const struct rtm_family *family;

	if (!size)
		return NULL;
	family = &rtm_families[*data % RTM_NR_FAMILIES];
	switch (*data / RTM_NR_FAMILIES % 8) {
	case 0:
		return prios(family, data + 1, size - 1, 0, 0);
	case 1:
		return prios(family, data + 1, size - 1, 0, 4);
	case 2:
		return prios(family, data + 1, size - 1,
			     RTM_PRIO_ENTRIES_MAX - 4, 0);
	default:
		return choice(family, data + 1, size - 1);
	}
}
