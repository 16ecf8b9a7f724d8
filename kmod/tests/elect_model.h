/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RTM_ELECT_MODEL_H
#define RTM_ELECT_MODEL_H

#include <linux/types.h>

#include "../family.h"
#include "../route.h"
#include "prio_model.h"

#define ELECT_CLIENTS	6
#define ELECT_MAX	20

/* A client's route as the twin has it: the tests' own words, no pointers. */
struct elect_twin {
	u32 protocol;
	u32 interface;
	u8 next_hop[16];
	u32 metric;
	u32 metric1;
	struct elect_route *real;
};

struct elect_route {
	struct rtm_route route;
	struct rtm_attr attr;
};

/**
 * struct elect_model - a destination's routes and their naive twin
 * @prio: priorities, with a twin of their own
 * @family: constants
 * @protocol: clients
 * @single: those have one route a destination
 * @target: what @nr drifts to
 * @nr: routes
 * @best: index of the best one in @twin, or -1
 * @twin: routes in any order
 * @free: routes that are not linked, from @nr on
 * @pool: all of them
 * @moves: the best route became another
 * @kept: a newcomer as good as the best route did not replace it
 * @ties: several were as good, and none of them the best route before
 * @in_place: the best route was updated and is the best one still
 * @lost: the best route was updated and is the best one no more
 * @by_prio: a change of priorities moved the best route
 * @by_metric1: the second metric decided
 * @dest: under test; its last member has no size
 */
struct elect_model {
	struct prio_model prio;
	const struct rtm_family *family;
	u32 protocol[ELECT_CLIENTS];
	bool single[ELECT_CLIENTS];
	unsigned int target;
	unsigned int nr;
	int best;
	struct elect_twin twin[ELECT_MAX];
	struct elect_route *free[ELECT_MAX + 1];
	struct elect_route pool[ELECT_MAX + 1];
	unsigned long moves;
	unsigned long kept;
	unsigned long ties;
	unsigned long in_place;
	unsigned long lost;
	unsigned long by_prio;
	unsigned long by_metric1;
	struct rtm_dest dest;
};

/* They return NULL, or what went wrong. */
const char *elect_model_init(struct elect_model *m,
			     const struct rtm_family *family, u64 seed);
const char *elect_model_phase(struct elect_model *m, unsigned int steps);
const char *elect_model_exit(struct elect_model *m);

/* What a phase consists of. */
void elect_model_start(struct elect_model *m);
const char *elect_model_step(struct elect_model *m);
const char *elect_model_drain(struct elect_model *m);

#endif /* RTM_ELECT_MODEL_H */
