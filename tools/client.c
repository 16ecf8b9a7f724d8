// SPDX-License-Identifier: LGPL-2.1-or-later
#include "family.h"
#include "protocol.h"
#include "rtmctl.h"

#define BATCH 64

static void show(const RTM_CLIENT_INFO *client)
{
	const struct family *family = family_by_number(client->ProtocolFamily);
	bool watcher = client->Flags & RTM_CLIENT_IS_WATCHER;
	char room[11];

	/* One of a newer kernel's. */
	if (!family)
		return;
	out_row();
	out_string("family", -4, family->name);
	if (watcher)
		out_text("%-13s ", "watcher");
	else
		out_string("protocol", -13,
			   protocol_name(family, client->RoutingProtocol,
					 room));
	out_text("pid ");
	out_number("pid", -7, client->ProcessId);
	out_string("name", -16, client->ProcessName);
	out_text("routes ");
	out_number("routes", -8, client->Routes);
	out_text("pending ");
	out_number("pending", -8, client->Pending);
	out_text("delivered ");
	out_number("delivered", -9, client->Delivered);
	out_number("restarts", 0, client->Restarts);
	if (client->Restarts)
		out_text("restarts %llu",
			 (unsigned long long)client->Restarts);
	out_flag("watcher", watcher);
	out_flag("notify", client->Flags & RTM_CLIENT_HAS_EVENT);
	out_flag("single_route", client->Flags & RTM_PROTOCOL_SINGLE_ROUTE);
	out_row_end();
}

int client_show(int argc, char **argv)
{
	RTM_CLIENT_INFO clients[BATCH];
	uint32_t cursor = 0;
	uint32_t done, error, i;
	int status;

	if (argc)
		return usage_error("what does \"%s\" mean here?", argv[0]);
	error = RtmGetClients(&cursor, BATCH, clients, &done);
	if (error && error != ERROR_NO_MORE_ITEMS)
		return kernel_error("client show", error);
	out_open(options.style, false);
	while (!error) {
		for (i = 0; i < done; i++)
			show(&clients[i]);
		error = RtmGetClients(&cursor, BATCH, clients, &done);
	}
	status = out_close();
	if (error != ERROR_NO_MORE_ITEMS)
		status = kernel_error("client show", error);
	return status;
}
