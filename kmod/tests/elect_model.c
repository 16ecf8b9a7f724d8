// SPDX-License-Identifier: GPL-2.0
/*
 * Best-route choice against its naive twin, an unordered list that is looked
 * through for each answer, on random input. Built into the KUnit module and
 * into the user-space tests.
 */
#include <linux/limits.h>
#include <linux/rcupdate.h>
#include <linux/string.h>

#include "../elect.h"
#include "elect_model.h"

#define held(p)	rcu_dereference_protected(p, true)

static u32 model_below(struct elect_model *m, u32 n)
{
	return prio_model_random(&m->prio, n);
}

/* By protocol, interface, next hop. */
static int model_order(const struct elect_model *m, const struct elect_twin *a,
		       const struct elect_twin *b)
{
	unsigned int i;

	if (a->protocol != b->protocol)
		return a->protocol > b->protocol ? 1 : -1;
	if (a->interface != b->interface)
		return a->interface > b->interface ? 1 : -1;
	for (i = 0; i < m->family->next_hop_len; i++)
		if (a->next_hop[i] != b->next_hop[i])
			return a->next_hop[i] > b->next_hop[i] ? 1 : -1;
	return 0;
}

/* By priority, metric and, where there is one, the second metric. */
static int model_rank(const struct elect_model *m, const struct elect_twin *a,
		      const struct elect_twin *b)
{
	u32 x[3] = { prio_model_find(&m->prio, a->protocol), a->metric };
	u32 y[3] = { prio_model_find(&m->prio, b->protocol), b->metric };
	unsigned int i;

	if (m->family->metrics == 2) {
		x[2] = a->metric1;
		y[2] = b->metric1;
	}
	for (i = 0; i < 3; i++)
		if (x[i] != y[i])
			return x[i] > y[i] ? 1 : -1;
	return 0;
}

/* Elect: @incumbent if no other is better, else the first of the best. */
static int model_elect(struct elect_model *m, int incumbent)
{
	const struct elect_twin *t = m->twin;
	unsigned int i, equals = 0;
	int best = 0;

	if (!m->nr)
		return -1;
	for (i = 1; i < m->nr; i++)
		if (model_rank(m, &t[i], &t[best]) < 0)
			best = i;
	for (i = 0; i < m->nr; i++) {
		if (model_rank(m, &t[i], &t[best]))
			continue;
		equals++;
		if ((int)i == incumbent)
			return incumbent;
		if (model_order(m, &t[i], &t[best]) < 0)
			best = i;
	}
	m->ties += equals > 1;
	return best;
}

/* The list is the twin's routes in order, and the best one is the twin's. */
static const char *model_check(const struct elect_model *m)
{
	const struct elect_twin *last = NULL, *t;
	const struct rtm_route *best = held(m->dest.best), *route;
	unsigned int n = 0, i;

	for (route = rtm_dest_first(&m->dest); route;
	     route = rtm_route_next(route)) {
		for (i = 0; i < m->nr; i++)
			if (&m->twin[i].real->route == route)
				break;
		if (i == m->nr)
			return "a route that there is not";
		t = &m->twin[i];
		if (last && model_order(m, last, t) >= 0)
			return "routes are out of order";
		last = t;
		n++;
	}
	if (n != m->nr)
		return "routes are missing";
	if (best != (m->best < 0 ? NULL : &m->twin[m->best].real->route))
		return "another route is the best";
	return NULL;
}

/* Of few next hops that differ in any byte; beyond their words anything. */
static void model_next_hop(struct elect_model *m, u8 *next_hop)
{
	u8 beyond = model_below(m, 256);
	unsigned int i;

	for (i = 0; i < 16; i++)
		next_hop[i] = i < m->family->next_hop_len ? 128 :
			      i < 8 ? 0 : beyond;
	i = model_below(m, m->family->next_hop_len);
	next_hop[i] += model_below(m, 3) - 1;
}

static u32 model_metric(struct elect_model *m)
{
	u32 metric = model_below(m, 4);

	return metric == 3 ? m->family->metric_max : metric;
}

static struct elect_twin model_route(struct elect_model *m, unsigned int client)
{
	struct elect_twin t = {
		.protocol = m->protocol[client],
		.interface = model_below(m, 8) ? model_below(m, 3) : U32_MAX,
		.metric = model_metric(m),
		.metric1 = model_metric(m),
	};

	model_next_hop(m, t.next_hop);
	return t;
}

/* Where the client has this route, or any where it has but one; else -1. */
static int model_find(const struct elect_model *m, unsigned int client,
		      const struct elect_twin *t)
{
	unsigned int i;

	for (i = 0; i < m->nr; i++)
		if (m->twin[i].protocol == t->protocol &&
		    (m->single[client] || !model_order(m, &m->twin[i], t)))
			return i;
	return -1;
}

static struct rtm_attr_key model_key(const struct elect_twin *t)
{
	struct rtm_attr_key key = {
		.interface = t->interface,
		.metric = t->metric,
		.metric1 = t->metric1,
	};

	memcpy(key.next_hop, t->next_hop, sizeof(key.next_hop));
	return key;
}

static struct rtm_place model_place(struct elect_model *m, unsigned int client,
				    const struct elect_twin *t)
{
	struct rtm_attr_key key = model_key(t);

	return rtm_dest_find(m->family, &m->dest, t->protocol, &key,
			     m->single[client]);
}

/* Add or update, as rtm_table_add() does. */
static const char *model_add(struct elect_model *m, unsigned int client,
			     struct elect_twin t)
{
	int i = model_find(m, client, &t), was = m->best;
	struct rtm_route *best;
	struct elect_route *new;
	struct rtm_place place;
	bool known = i >= 0;

	if (!known && m->nr == ELECT_MAX)
		return NULL;
	new = m->free[m->nr];
	new->attr.protocol = t.protocol;
	new->attr.key = model_key(&t);
	new->route.attr = &new->attr;
	t.real = new;

	place = model_place(m, client, &t);
	if (place.route != (known ? &m->twin[i].real->route : NULL))
		return "found another route";
	best = rtm_elect_added(m->family, m->prio.table, &m->dest, &new->route,
			       place.route);
	rtm_place_set(&place, &new->route);
	rcu_assign_pointer(m->dest.best, best);

	if (known)
		m->free[m->nr] = m->twin[i].real;
	else
		i = m->nr++;
	m->twin[i] = t;
	m->best = model_elect(m, was);
	m->moves += m->best != was;
	m->kept += was >= 0 && was == m->best && was != i &&
		   !model_rank(m, &m->twin[i], &m->twin[was]);
	m->in_place += i == was && m->best == was;
	m->lost += i == was && m->best != was;
	m->by_metric1 += m->best != was && was >= 0 &&
			 m->twin[was].metric == m->twin[m->best].metric &&
			 m->twin[was].protocol == m->twin[m->best].protocol;
	return model_check(m);
}

/* Delete, as rtm_table_delete() does; perhaps what there is not. */
static const char *model_delete(struct elect_model *m, unsigned int client,
				const struct elect_twin *t)
{
	int i = model_find(m, client, t);
	struct rtm_place place, again;
	struct rtm_route *route;

	place = model_place(m, client, t);
	route = place.route;
	if (route != (i >= 0 ? &m->twin[i].real->route : NULL))
		return "found another route";
	if (!route)
		return NULL;
	/* It is found without its identity, too. */
	again = rtm_place_of(route);
	if (again.route != route || again.pred != place.pred ||
	    again.first != place.first)
		return "it is at two places";
	if (held(m->dest.best) == route)
		rcu_assign_pointer(m->dest.best,
				   rtm_elect(m->family, m->prio.table, &m->dest,
					     NULL, route));
	rtm_place_clear(&place);

	m->free[--m->nr] = m->twin[i].real;
	m->twin[i] = m->twin[m->nr];
	if (m->best == i) {
		m->best = model_elect(m, -1);
		m->moves++;
	} else if (m->best == (int)m->nr) {
		m->best = i;
	}
	return model_check(m);
}

/* Elect by other priorities, as rtm_dest_reelect() does. */
static const char *model_prios(struct elect_model *m)
{
	const char *error = prio_model_change(&m->prio);
	int was = m->best;

	if (error)
		return error;
	rcu_assign_pointer(m->dest.best,
			   rtm_elect(m->family, m->prio.table, &m->dest,
				     held(m->dest.best), NULL));
	m->best = model_elect(m, was);
	m->by_prio += m->best != was;
	return model_check(m);
}

const char *elect_model_step(struct elect_model *m)
{
	unsigned int client = model_below(m, ELECT_CLIENTS), i;
	struct elect_twin t = model_route(m, client);
	bool grow = m->nr < m->target;

	switch (model_below(m, 16)) {
	case 0:
		return model_prios(m);
	case 1:
		return model_delete(m, client, &t);
	case 2:
	case 3:
	case 4:
	case 5:
		grow = !grow;
		fallthrough;
	default:
		if (grow || !m->nr)
			return model_add(m, client, t);
		t = m->twin[model_below(m, m->nr)];
		for (i = 0; m->protocol[i] != t.protocol; i++)
			;
		return model_delete(m, i, &t);
	}
}

static bool model_has_client(const struct elect_model *m, unsigned int nr,
			     u32 protocol)
{
	while (nr--)
		if (m->protocol[nr] == protocol)
			return true;
	return false;
}

/* Other clients, one a protocol, and routes to drift to. */
void elect_model_start(struct elect_model *m)
{
	unsigned int i;

	for (i = 0; i < ELECT_CLIENTS; i++) {
		do
			m->protocol[i] = prio_model_protocol(&m->prio);
		while (model_has_client(m, i, m->protocol[i]));
		m->single[i] = !model_below(m, 3);
	}
	m->target = model_below(m, ELECT_MAX + 1);
}

/* Back to no routes. */
const char *elect_model_drain(struct elect_model *m)
{
	const char *error = NULL;
	struct elect_twin t;
	unsigned int i;

	while (m->nr && !error) {
		t = m->twin[model_below(m, m->nr)];
		for (i = 0; m->protocol[i] != t.protocol; i++)
			;
		error = model_delete(m, i, &t);
	}
	return error;
}

const char *elect_model_phase(struct elect_model *m, unsigned int steps)
{
	const char *error;

	prio_model_exit(&m->prio);
	error = prio_model_init(&m->prio, m->family, m->prio.random);
	elect_model_start(m);
	while (steps-- && !error)
		error = elect_model_step(m);
	return error ?: elect_model_drain(m);
}

const char *elect_model_init(struct elect_model *m,
			     const struct rtm_family *family, u64 seed)
{
	unsigned int i;

	memset(m, 0, sizeof(*m));
	m->family = family;
	m->best = -1;
	for (i = 0; i <= ELECT_MAX; i++)
		m->free[i] = &m->pool[i];
	return prio_model_init(&m->prio, family, seed);
}

/* What it was all about must have come up. */
const char *elect_model_exit(struct elect_model *m)
{
	bool by_metric1 = m->family->metrics > 1;

	prio_model_exit(&m->prio);
	if (!m->moves || !m->kept || !m->ties || !m->in_place || !m->lost ||
	    !m->by_prio || by_metric1 != !!m->by_metric1)
		return "not everything came up";
	return NULL;
}
