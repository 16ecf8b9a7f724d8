/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RTM_NET_H
#define RTM_NET_H

#include <linux/idr.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>

#include "family.h"
#include "obj.h"
#include "table.h"

struct net;

/* With the numbers of the ABI. */
enum rtm_limit_id {
	RTM_MAX_ROUTES,
	RTM_MAX_CLIENT_ROUTES,
	RTM_MAX_DEST_ROUTES,
	RTM_MAX_CLIENTS,
	RTM_MAX_USER_CLIENTS,
	RTM_MAX_FILE_ENUMS,
	RTM_MAX_USER_ENUMS,
	RTM_MAX_WINDOW,
	RTM_MAX_BACKLOG,
	RTM_NR_LIMITS,
};

/**
 * struct rtm_net - a network namespace's tables
 * @tables: by family
 * @net: the namespace. Clients and open files hold references to it
 * @nr_routes: routes of all tables
 * @limits: by enum rtm_limit_id; atomic
 * @lock: protects what follows
 * @objs: by kind and number; NULL while one is being made. RCU for readers
 * @users: those that have any, by uid in the initial user namespace
 * @nr_objs: how many there are by kind, those being torn down included
 */
struct rtm_net {
	struct rtm_table tables[RTM_NR_FAMILIES];
	struct net *net;
	atomic64_t nr_routes;
	u64 limits[RTM_NR_LIMITS];

	spinlock_t lock;
	struct idr objs[RTM_NR_OBJ_KINDS];
	struct xarray users;
	u64 nr_objs[RTM_NR_OBJ_KINDS];
};

/* Ageing, trimming, flushing, compiling: none needs memory. */
extern struct workqueue_struct *rtm_wq;
/* Teardown: one namespace may have so many clients that others wait. */
extern struct workqueue_struct *rtm_reap_wq;

static inline u64 rtm_net_limit(const struct rtm_net *net,
				enum rtm_limit_id id)
{
	return READ_ONCE(net->limits[id]);
}

/* Count a route, if there may be one more: never above, which others would see. */
static inline bool rtm_net_charge(struct rtm_net *net)
{
	const u64 limit = rtm_net_limit(net, RTM_MAX_ROUTES);
	s64 nr = atomic64_read(&net->nr_routes);

	do {
		if (nr >= limit)
			return false;
	} while (!atomic64_try_cmpxchg(&net->nr_routes, &nr, nr + 1));
	return true;
}

static inline void rtm_net_uncharge(struct rtm_net *net)
{
	atomic64_dec(&net->nr_routes);
}

static inline u64 rtm_log_window(const struct rtm_table *table)
{
	return rtm_net_limit(table->net, RTM_MAX_WINDOW);
}

struct rtm_net *rtm_net_of(struct net *net);
int rtm_net_register(void);
void rtm_net_unregister(void);

#endif /* RTM_NET_H */
