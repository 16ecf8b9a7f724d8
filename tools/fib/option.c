// SPDX-License-Identifier: LGPL-2.1-or-later
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "../parse.h"
#include "option.h"

void option_bad(const char *what, const char *value)
{
	fprintf(stderr, "%s: %s is no %s\n", program_invocation_short_name,
		value, what);
	exit(EXIT_USAGE);
}

uint32_t option_number(const char *what, const char *text, uint32_t min,
		       uint32_t max)
{
	uint32_t value;

	if (!parse_number(text, min, max, &value))
		option_bad(what, text);
	return value;
}
