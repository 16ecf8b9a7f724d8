// SPDX-License-Identifier: GPL-2.0
/*
 * The peer. A file of its own: rtnetlink's header has an RTM_NR_FAMILIES too.
 */
#include <linux/nsproxy.h>
#include <net/ip_fib.h>

#include "fib.h"

u32 bench_fib(u32 addr)
{
	struct flowi4 flow = { .daddr = htonl(addr) };
	struct fib_result res;
	u32 next_hop = 0;

	rcu_read_lock();
	if (!fib_lookup(current->nsproxy->net_ns, &flow, &res, 0))
		next_hop = ntohl(res.nhc->nhc_gw.ipv4);
	rcu_read_unlock();
	return next_hop;
}
