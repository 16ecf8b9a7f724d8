// SPDX-License-Identifier: LGPL-2.1-or-later
/* Look-ups of destinations. */
#include <string.h>

#include "device.h"
#include "error.h"
#include "route.h"

#define CHUNK	64U

/* Returns NO_ERROR if all were looked up, found or not. */
static DWORD lookup(const struct family *family, DWORD flags,
		    struct rtm_lookup_rec *recs, DWORD count)
{
	struct rtm_lookup arg = {
		.size = sizeof(arg),
		.family = family->number,
		.flags = flags,
		.count = count,
		.record_size = sizeof(*recs),
		.records = (uintptr_t)recs,
	};
	int fd = device_read(&shared_device);

	if (fd < 0)
		return error_from_open(fd);
	return error_from_uapi(device_ioctl(fd, RTM_IOC_LOOKUP, &arg));
}

/* Returns TRUE if there is a route; otherwise sets the last error. */
static BOOL lookup_one(const struct family *family, DWORD flags,
		       struct rtm_lookup_rec *rec, void *route)
{
	DWORD error = lookup(family, flags, rec, 1);

	if (error || rec->error) {
		SetLastError(error);
		return FALSE;
	}
	route_from_uapi(family, &rec->route, route, 0);
	return TRUE;
}

BOOL RtmIsRoute(DWORD number, PVOID network, PVOID best)
{
	const struct family *family = family_find(number);
	struct rtm_lookup_rec rec = { 0 };

	if (!family || !network ||
	    !network_to_uapi(family, network, &rec.route)) {
		SetLastError(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	return lookup_one(family, 0, &rec, best);
}

static BOOL lookup_address(DWORD number, const void *network, void *route)
{
	const struct family *family = family_find(number);
	struct rtm_lookup_rec rec = { 0 };

	family->address_to_uapi(network, &rec.route);
	return lookup_one(family, RTM_LOOKUP_LONGEST, &rec, route);
}

BOOL RtmLookupIPDestination(DWORD address, PRTM_IP_ROUTE route)
{
	IP_NETWORK network = { address, 0xffffffff };

	if (!route) {
		SetLastError(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	return lookup_address(RTM_PROTOCOL_FAMILY_IP, &network, route);
}

BOOL RtmLookupIPv6Destination(const BYTE address[16], PRTM_IPV6_ROUTE route)
{
	IPV6_NETWORK network = { .N_PrefixLength = 128 };

	if (!address || !route) {
		SetLastError(ERROR_INVALID_PARAMETER);
		return FALSE;
	}
	memcpy(network.N_NetNumber, address, sizeof(network.N_NetNumber));
	return lookup_address(RTM_PROTOCOL_FAMILY_IPV6, &network, route);
}

/* A bad network becomes the default route, whose answer nobody reads. */
static DWORD convert_network(const struct family *family, DWORD flags,
			     const void *network, struct rtm_lookup_rec *rec)
{
	bool good;

	memset(rec, 0, sizeof(*rec));
	if (flags & RTM_LONGEST_MATCH)
		good = family->address_to_uapi(network, &rec->route);
	else
		good = network_to_uapi(family, network, &rec->route);
	if (good)
		return NO_ERROR;
	memset(rec, 0, sizeof(*rec));
	return ERROR_INVALID_PARAMETER;
}

DWORD RtmLookupRouteBatch(DWORD number, DWORD flags, DWORD count,
			  LPCVOID networks, PVOID routes, DWORD *errors)
{
	const struct family *family = family_find(number);
	struct rtm_lookup_rec recs[CHUNK];
	DWORD first, i, n, error;

	if (!family || flags & ~(DWORD)RTM_LONGEST_MATCH ||
	    (count && (!networks || !errors)))
		return ERROR_INVALID_PARAMETER;
	for (first = 0; first < count; first += n) {
		n = count - first < CHUNK ? count - first : CHUNK;
		for (i = 0; i < n; i++) {
			const void *network =
				network_at(family, networks, first + i);

			errors[first + i] = convert_network(family, flags,
							    network, &recs[i]);
		}
		error = lookup(family, flags & RTM_LONGEST_MATCH ?
			       RTM_LOOKUP_LONGEST : 0, recs, n);
		if (error)
			return error;
		for (i = 0; i < n; i++) {
			if (errors[first + i])
				continue;
			errors[first + i] = error_from_uapi(recs[i].error);
			if (!recs[i].error)
				route_from_uapi(family, &recs[i].route, routes,
						first + i);
		}
	}
	return NO_ERROR;
}
