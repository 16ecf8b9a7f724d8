/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Audits: the interfaces, the kernel's tables and RTM's tables are read anew,
 * and what has come apart is repaired. They come in turn, and soon after
 * something that says less than it means.
 */
#ifndef RTMFIB_AUDIT_H
#define RTMFIB_AUDIT_H

#include <event2/event.h>
#include <linux/netlink.h>
#include <stdbool.h>
#include <stdint.h>

/* Longest time from one to the next, and from a reason to one, in seconds. */
extern unsigned int audit_interval;

/* Begins the first one, which opens the way for fib_work(). */
void audit_open(struct event_base *base);

/* There is a reason for one. */
void audit_soon(void);

/* Of RTM_NEWLINK and RTM_DELLINK. */
void audit_link(const struct nlmsghdr *nlh);

/*
 * One that begins now, or after the one under way, and others after it until
 * all is proven, or it is no use to wait for that; then @done is called.
 */
void audit_now(void (*done)(void *data), void *data);
void audit_forget(void *data);

/* Whether the first one has ended. */
bool audit_ready(void);

struct audit_counters {
	uint64_t audits;
	uint64_t overruns;	/* times that the kernel's messages were lost */
	uint64_t restarts;	/* times that RTM's messages were lost */
	uint64_t last_ended;	/* milliseconds, as timer_now() */
	uint64_t last_took;	/* milliseconds */
};

extern struct audit_counters audit_counters;

#endif
