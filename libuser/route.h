/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef LIBRTM_ROUTE_H
#define LIBRTM_ROUTE_H

#include <stdbool.h>

#include <linux/rtm.h>

#include "rtm.h"

/* No family has such a length: the kernel refuses the record. */
#define PREFIX_LEN_INVALID	0xff

/*
 * How the routes of a family are converted. Records that are converted to
 * begin as zeros, routes too. What can be wrong with a route is its network:
 * converters of that return false then, and the record is one that the kernel
 * refuses.
 */
struct family {
	DWORD number;
	size_t route_size;
	size_t network_size;

	/* A network whose address may have bits beyond its length. */
	bool (*address_to_uapi)(const void *network, struct rtm_route_rec *rec);
	/* The next hop without its mask; what is no part of the identity. */
	void (*next_hop_to_uapi)(const void *route, struct rtm_route_rec *rec);
	void (*data_to_uapi)(const void *route, struct rtm_route_rec *rec);
	/* All behind ROUTE_HEADER. */
	void (*data_from_uapi)(const struct rtm_route_rec *rec, void *route);
};

/* NULL if there is no such family. */
const struct family *family_find(DWORD number);

static inline const void *route_at(const struct family *family,
				   const void *routes, size_t index)
{
	return (const char *)routes + index * family->route_size;
}

static inline const void *network_at(const struct family *family,
				     const void *networks, size_t index)
{
	return (const char *)networks + index * family->network_size;
}

bool network_to_uapi(const struct family *family, const void *network,
		     struct rtm_route_rec *rec);

/* A route to add; to delete; where a walk goes on. */
bool route_to_uapi(const struct family *family, const void *route, DWORD ttl,
		   struct rtm_route_rec *rec);
bool route_key_to_uapi(const struct family *family, const void *route,
		       struct rtm_route_rec *rec);
bool position_to_uapi(const struct family *family, const void *route,
		      struct rtm_route_rec *rec);

/* Returns NO_ERROR or ERROR_INVALID_PARAMETER: flags, NULL or network. */
DWORD criteria_to_uapi(const struct family *family, DWORD flags,
		       const void *route, struct rtm_route_rec *rec);

bool ttl_is_valid(DWORD ttl);

/* @routes may be NULL: nothing is written. */
void route_from_uapi(const struct family *family,
		     const struct rtm_route_rec *rec, void *routes,
		     size_t index);
void route_info_from_uapi(const struct rtm_route_rec *rec,
			  RTM_ROUTE_INFO *info);

#endif
