/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The prefixes that tables are made of. */
#ifndef BENCH_PREFIX_H
#define BENCH_PREFIX_H

#include <stddef.h>
#include <stdint.h>

/**
 * struct prefix - an IPv4 or IPv6 destination
 * @net: first 32 bits of the network, host byte order
 * @rest: the other 96 of IPv6, likewise
 * @len: its length
 */
struct prefix {
	uint32_t net;
	uint32_t rest[3];
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

/* AF_INET or AF_INET6: of the prefixes loaded. AF_INET before that. */
extern int prefix_family;

struct prefixes prefixes_load(const char *path);
struct prefixes prefixes_some(const struct prefixes *all, const char *size);
struct prefixes prefixes_covered(const struct prefixes *set);	/* IPv4 */
void prefix_shuffle(struct prefix *p, size_t n);
void prefixes_free(struct prefixes *set);

/* All networks of 24 bits, in no order: where real ones are too few. */
#define PREFIXES	(1u << 24)

static inline struct prefix prefix_nth(uint32_t i)
{
	return (struct prefix){ .net = i * 2654435761u << 8, .len = 24 };
}

/* Gateways are 192.0.2.2 to .17, or fe80::c000:202 on, by destination. */
#define GATEWAY_NET	0xc0000200u
#define GATEWAYS	16

static inline uint32_t prefix_gateway(const struct prefix *p)
{
	return GATEWAY_NET + 2 +
	       ((p->net ^ p->rest[0]) >> 8) * 2654435761u % GATEWAYS;
}

/* In network byte order; the bytes of an address are returned. */
size_t prefix_network(const struct prefix *p, uint8_t network[16]);
size_t prefix_hop(uint32_t gateway, uint8_t hop[16]);

#endif /* BENCH_PREFIX_H */
