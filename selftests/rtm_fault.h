/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RTM_FAULT_H
#define RTM_FAULT_H

/*
 * Failures on demand: the kernel's failslab, fail_page_alloc and fail_usercopy. They
 * hold for all processes until they are set back.
 */
#include <linux/types.h>
#include <stdio.h>
#include <string.h>

#include "rtm_file.h"

#define DEBUGFS	"/sys/kernel/debug/"

static inline int fault_set(const char *fault, const char *name, __u64 value)
{
	char path[128], text[32];

	snprintf(path, sizeof(path), DEBUGFS "%s/%s", fault, name);
	snprintf(text, sizeof(text), "%#llx", value);
	return file_put(path, text);
}

/* Only what is called from code between these fails; of the kernel, not of ours. */
static inline int fault_only_between(const char *fault, __u64 start, __u64 end)
{
	return fault_set(fault, "require-start", start) ||
	       fault_set(fault, "require-end", end);
}

/* The function's first byte, and that of what comes next to it. */
static inline int find_function(const char *name, __u64 *start, __u64 *end)
{
	FILE *file = fopen("/proc/kallsyms", "re");
	unsigned long long address;
	char line[512], symbol[256];

	*start = 0;
	*end = -1ULL;
	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "%llx %*c %255s", &address, symbol) == 2 &&
		    !strcmp(symbol, name))
			*start = address;
	if (file)
		rewind(file);
	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "%llx", &address) == 1 && address > *start &&
		    address < *end)
			*end = address;
	if (file)
		fclose(file);
	return *start ? 0 : -1;
}

/*
 * All that this process asks for in @function fails; with NULL nothing does. Who does
 * not get it asks again: an XArray once, we wait for memory before.
 */
static inline int fault_always(const char *fault, const char *function)
{
	__u64 start = 0, end = -1ULL;

	/* Meanwhile nothing fails of others. */
	return fault_set(fault, "probability", 0) ||
	       (function && find_function(function, &start, &end)) ||
	       fault_only_between(fault, start, end) ||
	       fault_set(fault, "task-filter", !!function) ||
	       fault_set(fault, "times", function ? 1 << 30 : 1) ||
	       file_put("/proc/self/make-it-fail", function ? "1" : "0") ||
	       fault_set(fault, "probability", function ? 100 : 0);
}

#endif /* RTM_FAULT_H */
