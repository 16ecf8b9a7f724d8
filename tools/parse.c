// SPDX-License-Identifier: LGPL-2.1-or-later
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parse.h"

/* strtoull() alone would take signs, blanks and 0x. */
static bool whole_number(const char *text, int base, uint64_t *value)
{
	const char *digits = base == 16 ? "0123456789abcdefABCDEF" :
					  "0123456789";

	if (!*text || text[strspn(text, digits)])
		return false;
	errno = 0;
	*value = strtoull(text, NULL, base);
	return !errno;
}

bool parse_number64(const char *text, uint64_t *value)
{
	bool hex = text[0] == '0' && text[1] == 'x';

	return whole_number(hex ? text + 2 : text, hex ? 16 : 10, value);
}

bool parse_number(const char *text, uint32_t min, uint32_t max, uint32_t *value)
{
	uint64_t n;

	if (!parse_number64(text, &n) || n < min || n > max)
		return false;
	*value = n;
	return true;
}

bool parse_interface(const char *text, uint32_t *index)
{
	*index = if_nametoindex(text);
	return *index || parse_number(text, 0, UINT32_MAX, index);
}

bool parse_address(const char *text, uint32_t *address)
{
	struct in_addr in;

	if (inet_pton(AF_INET, text, &in) != 1)
		return false;
	*address = ntohl(in.s_addr);
	return true;
}

bool parse_ipv6_address(const char *text, uint8_t address[16])
{
	return inet_pton(AF_INET6, text, address) == 1;
}

static bool bits_beyond(const uint8_t *address, size_t size, uint32_t len)
{
	size_t at = len / 8;
	uint8_t beyond = 0xff >> len % 8;

	for (; at < size; at++) {
		if (address[at] & beyond)
			return true;
		beyond = 0xff;
	}
	return false;
}

/* The address in network byte order, and its length. */
static bool split_prefix(int af, const char *text, uint8_t *address,
			 size_t size, uint32_t *len)
{
	char part[INET6_ADDRSTRLEN];
	const char *slash = strchr(text, '/');

	if (!strcmp(text, "default")) {
		memset(address, 0, size);
		*len = 0;
		return true;
	}
	if (!slash || slash - text >= (ptrdiff_t)sizeof(part))
		return false;
	memcpy(part, text, slash - text);
	part[slash - text] = '\0';
	return inet_pton(af, part, address) == 1 &&
	       parse_number(slash + 1, 0, size * 8, len) &&
	       !bits_beyond(address, size, *len);
}

bool parse_prefix(const char *text, uint32_t *number, uint32_t *mask)
{
	uint8_t bytes[4];
	uint32_t address, len;

	if (!split_prefix(AF_INET, text, bytes, sizeof(bytes), &len))
		return false;
	memcpy(&address, bytes, sizeof(address));
	*number = ntohl(address);
	*mask = len ? ~0U << (32 - len) : 0;
	return true;
}

bool parse_ipv6_prefix(const char *text, uint8_t address[16], uint32_t *len)
{
	return split_prefix(AF_INET6, text, address, 16, len);
}

bool parse_ipx_network(const char *text, uint32_t *number)
{
	uint64_t n;

	if (strlen(text) > 8 || !whole_number(text, 16, &n))
		return false;
	*number = n;
	return true;
}

bool parse_mac(const char *text, uint8_t mac[6])
{
	char octets[18], *octet, *rest = octets;
	uint64_t n;
	int i;

	if (snprintf(octets, sizeof(octets), "%s", text) >= (int)sizeof(octets))
		return false;
	for (i = 0; i < 6; i++) {
		octet = strsep(&rest, ":");
		if (!octet || strlen(octet) > 2 || !whole_number(octet, 16, &n))
			return false;
		mac[i] = n;
	}
	return !rest;
}
