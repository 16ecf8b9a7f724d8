// SPDX-License-Identifier: LGPL-2.1-or-later
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "rtm.h"

#include "parse.h"
#include "protocol.h"

struct name {
	uint32_t id;
	const char *name;
};

static const struct name ip_names[] = {
	{ 1, "other" },
	{ 2, "local" },
	{ 3, "netmgmt" },
	{ 4, "icmp" },
	{ 5, "egp" },
	{ 6, "ggp" },
	{ 7, "hello" },
	{ 8, "rip" },
	{ 9, "isis" },
	{ 10, "esis" },
	{ 11, "cisco" },
	{ 12, "bbn" },
	{ 13, "ospf" },
	{ 14, "bgp" },
	{ 10002, "autostatic" },
	{ 10006, "static" },
	{ 10007, "static-nondod" },
	{ }
};

static const struct name ipx_names[] = {
	{ 1, "local" },
	{ 2, "static" },
	{ 0x20000, "rip" },
	{ 0x20001, "sap" },
	{ 0x20002, "nlsp" },
	{ }
};

static const struct name *names(uint32_t family)
{
	return family == RTM_PROTOCOL_FAMILY_IPX ? ipx_names : ip_names;
}

const char *protocol_name(uint32_t family, uint32_t id, char room[11])
{
	const struct name *n;

	for (n = names(family); n->name; n++)
		if (n->id == id)
			return n->name;
	sprintf(room, "%" PRIu32, id);
	return room;
}

bool protocol_parse(uint32_t family, const char *text, uint32_t *id)
{
	const struct name *n;

	for (n = names(family); n->name; n++) {
		if (!strcmp(n->name, text)) {
			*id = n->id;
			return true;
		}
	}
	return parse_number(text, 0, UINT32_MAX, id);
}
