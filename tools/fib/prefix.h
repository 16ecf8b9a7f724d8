/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Addresses and prefixes of both families, in network byte order. All bytes of
 * them are defined, so that they can be compared, and hashed, as bytes.
 */
#ifndef RTMFIB_PREFIX_H
#define RTMFIB_PREFIX_H

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* Of IPv4 the first four bytes, the others zero. */
struct address {
	uint8_t b[16];
};

struct prefix {
	uint8_t family;			/* AF_INET or AF_INET6 */
	uint8_t len;
	struct address address;		/* no bit beyond len */
};

#define PREFIX_TEXT (INET6_ADDRSTRLEN + 4)

static inline size_t address_size(int family)
{
	return family == AF_INET ? 4 : 16;
}

/* Of an array that has an element for each family. */
static inline unsigned int family_index(int family)
{
	return family == AF_INET6;
}

static inline bool address_is_zero(const struct address *a)
{
	static const struct address zero;

	return !memcmp(a, &zero, sizeof(zero));
}

/* Takes the bytes of a netlink attribute; false: too few or too many. */
bool address_set(struct address *a, int family, const void *bytes, size_t len);

/* Whether @a lies in @p; both are of the same family. */
bool prefix_covers(const struct prefix *p, const struct address *a);

/* The order of addresses, for qsort() and the like. */
int address_compare(const void *a, const void *b);

void address_text(int family, const struct address *a,
		  char text[INET6_ADDRSTRLEN]);
void prefix_text(const struct prefix *p, char text[PREFIX_TEXT]);

#endif
