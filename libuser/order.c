// SPDX-License-Identifier: LGPL-2.1-or-later
/* The byte order in which this process writes addresses. */
#include <arpa/inet.h>
#include <stdbool.h>

#include "order.h"

#define ORDER_UNDECIDED	0

static DWORD order = ORDER_UNDECIDED;	/* atomic, set once */

static bool decide(DWORD wanted)
{
	DWORD undecided = ORDER_UNDECIDED;

	return __atomic_compare_exchange_n(&order, &undecided, wanted, false,
					   __ATOMIC_RELAXED, __ATOMIC_RELAXED);
}

static bool network_order(void)
{
	DWORD now = __atomic_load_n(&order, __ATOMIC_RELAXED);

	if (now == ORDER_UNDECIDED && !decide(RTM_ORDER_HOST))
		now = __atomic_load_n(&order, __ATOMIC_RELAXED);
	return now == RTM_ORDER_NETWORK;
}

__be32 order_to_uapi(DWORD address)
{
	return network_order() ? address : htonl(address);
}

DWORD order_from_uapi(__be32 address)
{
	return network_order() ? address : ntohl(address);
}

DWORD RtmSetByteOrder(DWORD wanted)
{
	if (wanted != RTM_ORDER_HOST && wanted != RTM_ORDER_NETWORK)
		return ERROR_INVALID_PARAMETER;
	return decide(wanted) ? NO_ERROR : ERROR_ALREADY_INITIALIZED;
}
