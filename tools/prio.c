// SPDX-License-Identifier: LGPL-2.1-or-later
#include <string.h>

#include "family.h"
#include "parse.h"
#include "protocol.h"
#include "rtmctl.h"

#define OTHERS "others"

int prio_show(int argc, char **argv)
{
	RTM_PRIORITY table[RTM_MAX_PRIORITIES];
	uint32_t error, i, total;
	char room[11];

	if (argc)
		return usage_error("what does \"%s\" mean here?", argv[0]);
	error = RtmGetPriorities(options.family->number, RTM_MAX_PRIORITIES,
				 table, &total);
	if (error)
		return kernel_error("prio show", error);
	out_open(options.style, false);
	for (i = 0; i < total; i++) {
		uint32_t id = table[i].RoutingProtocol;

		out_row();
		out_string("protocol", -13, id == RTM_OTHER_PROTOCOLS ? OTHERS :
			   protocol_name(options.family, id, room));
		out_number("priority", 10, table[i].Priority);
		out_row_end();
	}
	return out_close();
}

int prio_set(int argc, char **argv)
{
	RTM_PRIORITY entry = { .RoutingProtocol = RTM_OTHER_PROTOCOLS };
	uint32_t error;

	if (argc != 2)
		return usage_error("prio set takes a protocol and a number");
	if (strcmp(argv[0], OTHERS) &&
	    !protocol_parse(options.family, argv[0], &entry.RoutingProtocol))
		return usage_error("no protocol \"%s\"", argv[0]);
	if (!parse_number(argv[1], 0, UINT32_MAX, &entry.Priority))
		return usage_error("\"%s\" is no priority", argv[1]);
	error = RtmSetPriorities(options.family->number, 1, &entry);
	return error ? kernel_error("prio set", error) : EXIT_OK;
}
