/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Routing protocols by name. */
#ifndef RTMCTL_PROTOCOL_H
#define RTMCTL_PROTOCOL_H

#include <stdbool.h>
#include <stdint.h>

struct family;

/* Ended by one without a name. */
struct protocol {
	uint32_t id;
	const char *name;
};

extern const struct protocol ip_protocols[];
extern const struct protocol ipx_protocols[];

/* Either the name, or the number written into @room. */
const char *protocol_name(const struct family *family, uint32_t id,
			  char room[11]);
bool protocol_parse(const struct family *family, const char *text,
		    uint32_t *id);

#endif
