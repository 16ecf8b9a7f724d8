// SPDX-License-Identifier: LGPL-2.1-or-later
#include <string.h>

#include "rtm.h"

#include "parse.h"
#include "rtmctl.h"

static const struct {
	RTM_LIMIT id;
	const char *name;
} limits[] = {
	{ RtmLimitRoutes, "routes" },
	{ RtmLimitClientRoutes, "client-routes" },
	{ RtmLimitDestinationRoutes, "destination-routes" },
	{ RtmLimitClients, "clients" },
	{ RtmLimitUserClients, "user-clients" },
	{ RtmLimitFileEnumerations, "file-enumerations" },
	{ RtmLimitUserEnumerations, "user-enumerations" },
	{ RtmLimitWindow, "window" },
	{ RtmLimitBacklog, "backlog" },
};

#define LIMITS (sizeof(limits) / sizeof(*limits))

int limit_show(int argc, char **argv)
{
	ULONGLONG value[LIMITS], used[LIMITS];
	uint32_t error;
	size_t i;

	if (argc)
		return usage_error("what does \"%s\" mean here?", argv[0]);
	for (i = 0; i < LIMITS; i++) {
		error = RtmGetLimit(limits[i].id, NULL, &value[i], &used[i]);
		if (error)
			return kernel_error(limits[i].name, error);
	}
	out_open(options.style, false);
	for (i = 0; i < LIMITS; i++) {
		out_row();
		out_string("limit", -18, limits[i].name);
		out_number("value", 12, value[i]);
		out_text("used ");
		out_number("used", 12, used[i]);
		out_row_end();
	}
	return out_close();
}

int limit_set(int argc, char **argv)
{
	uint32_t error;
	uint64_t value;
	size_t i;

	if (argc != 2)
		return usage_error("limit set takes a limit and a number");
	for (i = 0; i < LIMITS && strcmp(limits[i].name, argv[0]); i++)
		;
	if (i == LIMITS)
		return usage_error("no limit \"%s\"", argv[0]);
	if (!parse_number64(argv[1], &value))
		return usage_error("\"%s\" is no limit", argv[1]);
	error = RtmSetLimit(limits[i].id, NULL, value);
	return error ? kernel_error(limits[i].name, error) : EXIT_OK;
}
