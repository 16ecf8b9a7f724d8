/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* This project's side of each comparison. Errors end the program. */
#ifndef BENCH_RTM_H
#define BENCH_RTM_H

#include <linux/rtm.h>

#include "common.h"
#include "prefix.h"

/**
 * struct rtm - an open /dev/rtm with at most one client
 * @fd: file
 * @client: its handle, 0 without one
 * @interface: of its routes
 * @hops: added to the gateway of each route
 * @ttl: seconds that a route lives, or 0
 */
struct rtm {
	int fd;
	unsigned int client;
	unsigned int interface;
	unsigned int hops;
	unsigned int ttl;
};

struct rtm rtm_client(unsigned int protocol);
struct rtm rtm_watcher(void);
void rtm_close(struct rtm *rtm);
struct rtm_stats rtm_stats(const struct rtm *rtm);

/*
 * Lets what is done some time later be done: what the last measurement left to be
 * freed is, and what a large table is compiled to.
 */
void settle(void);

/* Lets the IPv4 table, and each client, have so many routes. */
void rtm_allow(unsigned long long routes);

/* A route of a client, to add or delete. */
void rtm_record(const struct rtm *rtm, struct rtm_route_rec *rec,
		const struct prefix *p, unsigned int metric);

/* The metric of the i-th route is @metric, every second one's greater by @odd. */
double rtm_add(struct rtm *rtm, const struct prefix *p, size_t n,
	       unsigned int metric, unsigned int odd);
/* Of prefix_nth(), from @first on. */
double rtm_add_nth(struct rtm *rtm, uint32_t first, size_t n,
		   unsigned int metric);
double rtm_delete(struct rtm *rtm, const struct prefix *p, size_t n);
double rtm_enumerate(struct rtm *rtm, size_t n);
double rtm_deregister(struct rtm *rtm);

/* Longest matches of @n addresses, host byte order; the sum of next hops. */
double rtm_match(struct rtm *rtm, const uint32_t *addresses, size_t n,
		 unsigned long long *sum);

/* The best routes to @n destinations, likewise. */
double rtm_get(struct rtm *rtm, const struct prefix *p, size_t n,
	       unsigned long long *sum);

#endif /* BENCH_RTM_H */
