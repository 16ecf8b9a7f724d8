/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef FUZZ_H
#define FUZZ_H

/*
 * What the fuzzers have in common. Each gives fuzz_unit(), which does what the
 * input says, and counts what it compares with a twin: operations, of which a
 * unit has many.
 */
#include "shim.h"

extern unsigned long long fuzz_operations;

/* Returns NULL, or what went wrong. */
const char *fuzz_unit(const u8 *data, size_t size);

/* Copies the next @size bytes of the input, if there are as many. */
bool fuzz_take(const u8 **data, size_t *left, void *to, size_t size);

#endif /* FUZZ_H */
