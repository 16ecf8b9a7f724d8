/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The agent's routes in the kernel. Of each destination there is apart
 *   wanted		what RTM has agreed on, resolved (target.h)
 *   acknowledged	what the kernel said that it has done
 *   proven		what an audit, reading the kernel's table, found equal, and
 *			nothing that the kernel prefers to it
 */
#ifndef RTMFIB_FIB_H
#define RTMFIB_FIB_H

#include "kroute.h"
#include "target.h"

/* The slot of a prefix in the kernel: what is there is replaced in place. */
struct fib_options {
	uint32_t table;
	uint32_t metric;
	uint8_t protocol;
};

extern struct fib_options fib_options;

struct dest {
	LIST_ENTRY(dest) of_target;
	TAILQ_ENTRY(dest) of_queue;
	UT_hash_handle hh;
	struct prefix prefix;
	bool queued;
	bool unsure;		/* what the kernel has may not be @have */
	bool foreign;		/* somebody else's route is there, in front */
	bool behind;		/* ours is there too, and has to go first */
	bool odd;		/* the audit found it otherwise than it should */
	bool proven;		/* by the last audit, and not changed since */
	bool shadowed;		/* the kernel prefers one of a lower metric */
	int error;		/* errno of the last try */
	uint32_t sequence;	/* of RTM's last word, the lower half */
	uint32_t read;		/* number of the reading that found it in RTM */
	uint32_t seen;		/* number of the audit that found it */
	uint32_t touched;	/* number of the audit it last changed in */
	uint32_t repaired;	/* and in which it was repaired unasked */
	uint32_t shadow_seen;	/* and that found what shadows it */
	struct target *target;	/* NULL: RTM has no route */
	struct hops *have;	/* acknowledged; NULL: nothing */
};

/* Counters since the start, one of each family. */
struct fib_counters {
	uint64_t installed;	/* routes put into the kernel, or replaced */
	uint64_t removed;
	uint64_t refused;	/* the kernel said no */
	uint64_t missing;	/* found by audits: routes gone */
	uint64_t different;	/* leading elsewhere, or somebody else's */
	uint64_t extra;		/* of ours that nobody wanted */
	uint64_t told;		/* changes by others that were told of */
};

/* What there is of each family. */
struct fib_counts {
	uint64_t dests[TARGET_STATES];
	uint64_t acknowledged;	/* wanted, and said to be there */
	uint64_t proven;
	uint64_t divergent;	/* wanted and not there or shadowed, or the reverse */
	uint64_t failed;	/* of those, refused by the kernel */
	uint64_t queued;	/* of those, on their way */
};

/*
 * RTM's word on a destination as of @sequence: a target, or NULL. What is older
 * than what was said before is passed over.
 */
void fib_agreed(const struct prefix *prefix, uint64_t sequence, uint32_t read,
		struct target *target);

/* RTM has nothing that the reading of this number has not found. */
void fib_agreed_end(int family, uint32_t read);

/* The kernel tells of a change in a slot. */
void fib_told(const struct kroute *route, bool deleted);

/* An interface has gone, and routes by it, of which the kernel tells less. */
void fib_link_down(uint32_t index);

/* Has the kernel make some changes. true: there are more to make. */
bool fib_work(void);

/* Whoever looks for the truth: the kernel's word on changes was lost. */
void fib_unsure(void);

/*
 * An audit reads the slots between its begin and its end, which repairs what
 * was found and tries again what was refused. Without a complete reading there
 * is no end. true: everything is proven.
 */
void fib_audit_begin(void);
void fib_audit_seen(const struct kroute *route);
bool fib_audit_end(void);

const struct fib_counters *fib_counters(int family);

/* What there is of each family (family_index()): looks at every destination. */
void fib_count(struct fib_counts counts[2]);

/* Whether the kernel has something else than is wanted. */
bool fib_diverges(const struct dest *dest);

/* What is wanted is there, to no avail: that cannot be mended. */
bool fib_is_shadowed(const struct dest *dest);

/* Calls for each destination. */
void fib_each(void (*call)(const struct dest *dest, void *data), void *data);

#endif
