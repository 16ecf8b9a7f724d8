/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What people write, as numbers in host byte order, and of IPv6 as bytes;
 * false: it is not one.
 */
#ifndef RTMCTL_PARSE_H
#define RTMCTL_PARSE_H

#include <stdbool.h>
#include <stdint.h>

bool parse_number(const char *text, uint32_t min, uint32_t max, uint32_t *value);
bool parse_number64(const char *text, uint64_t *value);

/* An interface by name or by number. */
bool parse_interface(const char *text, uint32_t *index);

/* a.b.c.d, all four of them. */
bool parse_address(const char *text, uint32_t *address);

/* a.b.c.d/len with no bit beyond its length, or "default". */
bool parse_prefix(const char *text, uint32_t *number, uint32_t *mask);

bool parse_ipv6_address(const char *text, uint8_t address[16]);
bool parse_ipv6_prefix(const char *text, uint8_t address[16], uint32_t *len);

/* An IPX network number, in hexadecimal. */
bool parse_ipx_network(const char *text, uint32_t *number);

bool parse_mac(const char *text, uint8_t mac[6]);

#endif
