// SPDX-License-Identifier: LGPL-2.1-or-later
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "family.h"
#include "parse.h"
#include "protocol.h"

const struct protocol ip_protocols[] = {
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

const struct protocol ipx_protocols[] = {
	{ 1, "local" },
	{ 2, "static" },
	{ 0x20000, "rip" },
	{ 0x20001, "sap" },
	{ 0x20002, "nlsp" },
	{ }
};

const char *protocol_name(const struct family *family, uint32_t id,
			  char room[11])
{
	const struct protocol *p;

	for (p = family->protocols; p->name; p++)
		if (p->id == id)
			return p->name;
	sprintf(room, "%" PRIu32, id);
	return room;
}

bool protocol_parse(const struct family *family, const char *text,
		    uint32_t *id)
{
	const struct protocol *p;

	for (p = family->protocols; p->name; p++) {
		if (!strcmp(p->name, text)) {
			*id = p->id;
			return true;
		}
	}
	return parse_number(text, 0, UINT32_MAX, id);
}
