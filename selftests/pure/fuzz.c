// SPDX-License-Identifier: LGPL-2.1-or-later
/* Between libFuzzer and the fuzzers. */
#include "fuzz.h"

unsigned long long fuzz_operations;

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void report(void)
{
	fprintf(stderr, "operations: %llu\n", fuzz_operations);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	atexit(report);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *error;

	shim_fail_state = SHIM_FAIL_STATE;
	error = fuzz_unit(data, size);
	if (!error && shim_live_bytes())
		error = "memory leaked";
	if (error) {
		fprintf(stderr, "%s\n", error);
		abort();
	}
	return 0;
}

bool fuzz_take(const u8 **data, size_t *left, void *to, size_t size)
{
	if (*left < size)
		return false;
	memcpy(to, *data, size);
	*data += size;
	*left -= size;
	return true;
}
