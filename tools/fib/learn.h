/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Routes of the kernel's tables that become routes of RTM. They never go back:
 * what was learned from the agent's own table is not put there, and what is in
 * its own slots is not learned.
 */
#ifndef RTMFIB_LEARN_H
#define RTMFIB_LEARN_H

#include "kroute.h"

/* Sources of the command line. */
enum { LEARN_MAX = 16 };

bool learn_full(void);

/*
 * A source: those protocols (RTPROT_*, a bit each) in that table become routes
 * of the protocol of RTM (PROTO_IP_*). false: the protocol has a source already.
 */
bool learn_add_source(uint32_t table, const uint64_t kernel[4],
		      uint32_t protocol);

/* Registers with RTM. What another process has registered is not learned. */
void learn_open(void);

/* Calls for each table that there is a source in, once. */
void learn_each_table(void (*call)(uint32_t table));

/* Whether routes of this protocol were learned from the agent's own table. */
bool learn_has(int family, uint32_t protocol);

/* The kernel tells of a route; @replaced: in place of those in its slot. */
void learn_told(const struct kroute *route, bool deleted, bool replaced);

/* The interface has gone, and all routes by it. */
void learn_link_down(uint32_t index);

/*
 * A reading of all tables; without a complete one there is no end. false: whether
 * some are gone takes another one to say.
 */
void learn_audit_begin(void);
void learn_audit_seen(const struct kroute *route);
bool learn_audit_end(void);

/* Hands to RTM what has been gathered since the last time. */
void learn_flush(void);

struct learn_counts {
	uint64_t routes;	/* that were learned */
	uint64_t refused;	/* that RTM did not take when last tried */
};

void learn_count(int family, struct learn_counts *counts);

#endif
