// SPDX-License-Identifier: LGPL-2.1-or-later
/* Priorities and best-route choice against their naive twins. */
#include "shim.h"
#include "tap.h"
#include "../../kmod/tests/elect_model.h"
#include "../../kmod/tests/prio_model.h"

#ifndef PHASES
#define PHASES		3000
#endif
#define STEPS		500	/* a phase */
#define CHANGES		2000	/* of priorities, from the defaults on */

static struct elect_model elect;
static struct prio_model prio;

static const char *prios(const struct rtm_family *family, u64 seed,
			 unsigned int fail_one_in)
{
	unsigned long failed = shim_failed;
	const char *error = NULL;
	int i, j;

	for (i = 0; i < 20 && !error; i++) {
		error = prio_model_init(&prio, family, seed + i);
		prio.may_fail = fail_one_in;
		shim_fail_one_in = fail_one_in;
		for (j = 0; j < CHANGES && !error; j++)
			error = prio_model_change(&prio);
		shim_fail_one_in = 0;
		prio_model_exit(&prio);
		if (!error && !prio.refused)
			error = "there was room for everything";
	}
	if (!error && shim_live_bytes())
		error = "memory leaked";
	if (!error && fail_one_in && shim_failed == failed)
		error = "no allocation failed";
	return error;
}

static const char *choice(const struct rtm_family *family, u64 seed)
{
	const char *error = elect_model_init(&elect, family, seed), *exit;
	int i;

	for (i = 0; i < PHASES && !error; i++)
		error = elect_model_phase(&elect, STEPS);
	exit = elect_model_exit(&elect);
	printf("# best routes: moved %lu, kept %lu, of equals %lu, updated %lu,",
	       elect.moves, elect.kept, elect.ties, elect.in_place);
	printf(" worsened %lu, by priority %lu, by the second metric %lu\n",
	       elect.lost, elect.by_prio, elect.by_metric1);
	error = error ?: exit;
	if (!error && shim_live_bytes())
		error = "memory leaked";
	return error;
}

int main(void)
{
	unsigned long long seed = tap_seed();
	char name[64];
	int f;

	tap_plan(3 * RTM_NR_FAMILIES);
	for (f = 0; f < RTM_NR_FAMILIES; f++) {
		const struct rtm_family *family = &rtm_families[f];

		snprintf(name, sizeof(name), "family %d, priorities", f);
		tap_result(prios(family, seed + f, 0), name);
		snprintf(name, sizeof(name), "family %d, no memory at times", f);
		tap_result(prios(family, seed + f, 3), name);
		snprintf(name, sizeof(name), "family %d, best route", f);
		tap_result(choice(family, seed + f), name);
	}
	return tap_exit();
}
