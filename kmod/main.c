// SPDX-License-Identifier: GPL-2.0
/*
 * Routing Table Manager: the beginning and the end of the module.
 */
#include <linux/module.h>

#include "chardev.h"
#include "client.h"
#include "net.h"
#include "route.h"
#include "trie.h"

struct workqueue_struct *rtm_wq;
struct workqueue_struct *rtm_reap_wq;

static int __init rtm_init(void)
{
	int err;

	err = rtm_route_caches_create();
	if (err)
		return err;
	err = rtm_trie_caches_create();
	if (err)
		goto err_route_caches;
	err = -ENOMEM;
	rtm_wq = alloc_workqueue("rtm", WQ_UNBOUND, 0);
	if (!rtm_wq)
		goto err_trie_caches;
	rtm_reap_wq = alloc_workqueue("rtm_reap", WQ_UNBOUND, 0);
	if (!rtm_reap_wq)
		goto err_wq;
	err = rtm_net_register();
	if (err)
		goto err_reap_wq;
	err = rtm_chardev_register();
	if (err)
		goto err_net;
	return 0;

err_net:
	rtm_net_unregister();
err_reap_wq:
	destroy_workqueue(rtm_reap_wq);
err_wq:
	destroy_workqueue(rtm_wq);
err_trie_caches:
	rtm_trie_caches_destroy();
err_route_caches:
	rtm_route_caches_destroy();
	return err;
}

static void __exit rtm_exit(void)
{
	rtm_chardev_unregister();
	/* Clients of closed files may still be on their way out. */
	rtm_clients_reaped();
	rtm_net_unregister();
	destroy_workqueue(rtm_reap_wq);
	destroy_workqueue(rtm_wq);
	/* Namespace exit waited; this is for the caches. */
	rcu_barrier();
	rtm_trie_caches_destroy();
	rtm_route_caches_destroy();
}

module_init(rtm_init);
module_exit(rtm_exit);

MODULE_DESCRIPTION("Routing Table Manager, version 1");
MODULE_LICENSE("GPL");
MODULE_VERSION("1.0.0");
