/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Command lines: what is wrong ends the program with status 1 and a word. */
#ifndef RTMFIB_OPTION_H
#define RTMFIB_OPTION_H

#include <stdint.h>

enum { EXIT_USAGE = 1 };

__attribute__((noreturn)) void option_bad(const char *what, const char *value);

uint32_t option_number(const char *what, const char *text, uint32_t min,
		       uint32_t max);

#endif
