/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The prefixes that tables are made of. */
#ifndef BENCH_PREFIX_H
#define BENCH_PREFIX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct prefix - an IPv4 destination
 * @net: network, host byte order
 * @len: its length
 */
struct prefix {
	uint32_t net;
	uint8_t len;
};

/**
 * struct prefixes - a table's destinations, in order
 * @p: they
 * @n: how many
 * @random: the same in random order
 */
struct prefixes {
	struct prefix *p;
	struct prefix *random;
	size_t n;
};

struct prefixes prefixes_load(const char *path);
struct prefixes prefixes_some(const struct prefixes *all, const char *size);
struct prefixes prefixes_covered(const struct prefixes *set);
void prefixes_free(struct prefixes *set);

/* Gateways are 192.0.2.2 to 192.0.2.17, by destination. */
#define GATEWAY_NET	0xc0000200u
#define GATEWAYS	16

static inline uint32_t prefix_gateway(const struct prefix *p)
{
	return GATEWAY_NET + 2 + (p->net >> 8) * 2654435761u % GATEWAYS;
}

#endif /* BENCH_PREFIX_H */
