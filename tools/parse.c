// SPDX-License-Identifier: LGPL-2.1-or-later
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <net/if.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parse.h"

static bool whole_number(const char *text, int base, uint32_t min,
			 uint32_t max, uint32_t *value)
{
	unsigned long long n;
	char *end;

	/* strtoull() would take signs and blanks. */
	if (!isxdigit((unsigned char)*text))
		return false;
	errno = 0;
	n = strtoull(text, &end, base);
	if (errno || *end || end == text || n < min || n > max)
		return false;
	*value = n;
	return true;
}

bool parse_number(const char *text, uint32_t min, uint32_t max, uint32_t *value)
{
	bool hex = text[0] == '0' && text[1] == 'x';

	return whole_number(hex ? text + 2 : text, hex ? 16 : 10, min, max,
			    value);
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
	return strlen(text) <= 8 &&
	       whole_number(text, 16, 0, UINT32_MAX, number);
}

bool parse_mac(const char *text, uint8_t mac[6])
{
	int n = 0;

	return sscanf(text, "%2hhx:%2hhx:%2hhx:%2hhx:%2hhx:%2hhx%n", &mac[0],
		      &mac[1], &mac[2], &mac[3], &mac[4], &mac[5], &n) == 6 &&
	       !text[n];
}
