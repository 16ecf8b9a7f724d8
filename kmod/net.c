// SPDX-License-Identifier: GPL-2.0
/*
 * Network namespaces: each has its own tables, handles and limits.
 *
 * Open files and clients hold the namespace, so that when it goes there are
 * neither, and only the change log may still hold memory.
 */
#include <linux/user_namespace.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "net.h"

static unsigned int rtm_net_id __read_mostly;

static void rtm_net_set_limits(struct rtm_net *net)
{
	/* Namespaces that users made are not given a full view's room. */
	bool initial = net->net->user_ns == &init_user_ns;

	net->limits[RTM_MAX_ROUTES] = initial ? 1 << 25 : 1 << 21;
	net->limits[RTM_MAX_CLIENT_ROUTES] = initial ? 1 << 24 : 1 << 21;
	net->limits[RTM_MAX_DEST_ROUTES] = 256;
	net->limits[RTM_MAX_CLIENTS] = 4096;
	net->limits[RTM_MAX_USER_CLIENTS] = 256;
	net->limits[RTM_MAX_FILE_ENUMS] = 1024;
	net->limits[RTM_MAX_USER_ENUMS] = 1 << 14;
	net->limits[RTM_MAX_WINDOW] = 1 << 16;
	net->limits[RTM_MAX_BACKLOG] = 1 << 21;
}

/**
 * rtm_net_of() - a namespace's tables
 * @net: namespace; the caller has a reference
 *
 * Any context.
 */
struct rtm_net *rtm_net_of(struct net *net)
{
	return net_generic(net, rtm_net_id);
}

static int __net_init rtm_net_init(struct net *net)
{
	struct rtm_net *rnet = rtm_net_of(net);
	unsigned int i;
	int err;

	rnet->net = net;
	spin_lock_init(&rnet->lock);
	for (i = 0; i < RTM_NR_OBJ_KINDS; i++)
		idr_init(&rnet->objs[i]);
	xa_init_flags(&rnet->users, XA_FLAGS_ACCOUNT);
	rtm_net_set_limits(rnet);

	for (i = 0; i < RTM_NR_FAMILIES; i++) {
		err = rtm_table_init(&rnet->tables[i], rnet, &rtm_families[i]);
		if (err)
			goto err_tables;
	}
	return 0;

err_tables:
	while (i--)
		rtm_table_destroy(&rnet->tables[i]);
	return err;
}

static void __net_exit rtm_net_exit_batch(struct list_head *nets)
{
	struct rtm_net *rnet;
	struct net *net;
	unsigned int i;

	list_for_each_entry(net, nets, exit_list) {
		rnet = rtm_net_of(net);
		for (i = 0; i < RTM_NR_FAMILIES; i++)
			rtm_table_destroy(&rnet->tables[i]);
		WARN_ON(!xa_empty(&rnet->users));
		for (i = 0; i < RTM_NR_OBJ_KINDS; i++) {
			WARN_ON(rnet->nr_objs[i] ||
				!idr_is_empty(&rnet->objs[i]));
			idr_destroy(&rnet->objs[i]);
		}
	}
	/* Callbacks of rtm_reclaim count in the tables. */
	rcu_barrier();
}

static struct pernet_operations rtm_net_ops = {
	.init = rtm_net_init,
	.exit_batch = rtm_net_exit_batch,
	.id = &rtm_net_id,
	.size = sizeof(struct rtm_net),
};

/**
 * rtm_net_register() - give every namespace its tables
 *
 * Sleeps. Return: 0 or -ENOMEM.
 */
int rtm_net_register(void)
{
	return register_pernet_subsys(&rtm_net_ops);
}

/**
 * rtm_net_unregister() - the opposite of rtm_net_register()
 *
 * Sleeps. No file is open and no client left.
 */
void rtm_net_unregister(void)
{
	unregister_pernet_subsys(&rtm_net_ops);
}
