/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Memory that is there or ends the program: what it had put into the kernel
 * stays, and its next start finds it and goes on from there.
 */
#ifndef RTMFIB_ALLOC_H
#define RTMFIB_ALLOC_H

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#define uthash_fatal fatal

__attribute__((noreturn)) static inline void fatal(const char *why)
{
	fprintf(stderr, "%s\n", why);
	exit(EXIT_FAILURE);
}

__attribute__((noreturn)) static inline void out_of_memory(void)
{
	fatal("out of memory");
}

/* Zeroed. */
static inline void *alloc(size_t size)
{
	void *p = calloc(1, size);

	if (!p)
		out_of_memory();
	return p;
}

#endif
