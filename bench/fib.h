/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The peer's side: the Linux FIB by rtnetlink. Errors end the program. */
#ifndef BENCH_FIB_H
#define BENCH_FIB_H

#include <stdbool.h>

#include "common.h"
#include "prefix.h"

#define FIB_DEVICE	"bench0"	/* a dummy, 192.0.2.1/24 */

void fib_open(void);
int fib_listener(void);

/* Next hops as objects (RTA_NH_ID), or with each route. */
void fib_use_objects(bool use);

double fib_add(const struct prefix *p, size_t n, unsigned int hops);
double fib_delete(const struct prefix *p, size_t n);
double fib_enumerate(size_t n);
double fib_link_down(void);

#endif /* BENCH_FIB_H */
