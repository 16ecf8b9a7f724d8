// SPDX-License-Identifier: LGPL-2.1-or-later
#include "family.h"
#include "rtmctl.h"

int stats(int argc, char **argv)
{
	RTM_STATISTICS s;
	uint32_t error;
	size_t i;
	const struct figure {
		const char *name;
		const ULONGLONG *value;
	} figures[] = {
		{ "destinations", &s.Destinations },
		{ "routes", &s.Routes },
		{ "clients", &s.Clients },
		{ "records", &s.Records },
		{ "sequence", &s.Sequence },
		{ "delivered", &s.Delivered },
		{ "merged", &s.Merged },
		{ "cancelled", &s.Cancelled },
		{ "restarts", &s.Restarts },
		{ "expired", &s.Expired },
		{ "bytes", &s.Bytes },
		{ "node_bytes", &s.NodeBytes },
	};

	if (argc)
		return usage_error("what does \"%s\" mean here?", argv[0]);
	error = RtmGetStatistics(options.family->number, &s);
	if (error)
		return kernel_error("stats", error);
	out_open(options.style, false);
	out_row();
	for (i = 0; i < sizeof(figures) / sizeof(*figures); i++) {
		out_text("%-12s ", figures[i].name);
		out_number(figures[i].name, 14, *figures[i].value);
		out_break();
	}
	out_row_end();
	return out_close();
}
