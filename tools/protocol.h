/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Routing protocols by name. */
#ifndef RTMCTL_PROTOCOL_H
#define RTMCTL_PROTOCOL_H

#include <stdbool.h>
#include <stdint.h>

/* Either the name, or the number written into @room. */
const char *protocol_name(uint32_t family, uint32_t id, char room[11]);
bool protocol_parse(uint32_t family, const char *text, uint32_t *id);

#endif
