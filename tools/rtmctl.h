/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RTMCTL_H
#define RTMCTL_H

#include <stdbool.h>
#include <stdint.h>

#include "out.h"

struct family;

/* Exit statuses, as iproute2 has them. */
enum { EXIT_OK, EXIT_USAGE, EXIT_KERNEL };

struct options {
	const struct family *family;
	bool family_given;
	enum out_style style;
	/* of "load" */
	const char *protocol;
	const char *dev;
	const char *ttl;
	bool invalid;
};

extern struct options options;

/* Each takes what follows its name, and returns an exit status. */
int route_show(int argc, char **argv);
int route_get(int argc, char **argv);
int client_show(int argc, char **argv);
int monitor(int argc, char **argv);
int stats(int argc, char **argv);
int prio_show(int argc, char **argv);
int prio_set(int argc, char **argv);
int limit_show(int argc, char **argv);
int limit_set(int argc, char **argv);
int load(int argc, char **argv);
int fib_status(int argc, char **argv);
int fib_diff(int argc, char **argv);
int fib_audit(int argc, char **argv);

/* Says on stderr what is wrong and returns EXIT_USAGE. */
int usage_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Says on stderr that @what failed and why, and returns EXIT_KERNEL. */
int kernel_error(const char *what, uint32_t error);

#endif
