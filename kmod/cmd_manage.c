// SPDX-License-Identifier: GPL-2.0
/*
 * Ioctls of who manages: priorities, limits, statistics.
 */
#include <linux/atomic.h>
#include <linux/capability.h>
#include <linux/slab.h>
#include <linux/user_namespace.h>
#include <net/net_namespace.h>

#include "client.h"
#include "cmd.h"
#include "file.h"

static_assert(RTM_PRIO_OTHERS == RTM_PROTOCOL_OTHERS);
static_assert(RTM_PRIO_ENTRIES_MAX == RTM_PRIO_MAX);
static_assert(sizeof(struct rtm_prio_rec) == sizeof(struct rtm_prio_entry));

/* Room for the records of a call, or ERR_PTR. */
static struct rtm_prio_entry *rtm_prio_buf(const struct rtm_prio *prio)
{
	struct rtm_prio_entry *buf;

	if (prio->reserved || prio->count > RTM_PRIO_MAX ||
	    !rtm_record_size_ok(prio->record_size, sizeof(struct rtm_prio_rec)))
		return ERR_PTR(-EINVAL);
	buf = kcalloc(prio->count, sizeof(*buf), GFP_KERNEL_ACCOUNT);
	return buf ?: ERR_PTR(-ENOMEM);
}

/**
 * rtm_cmd_prio_get() - RTM_IOC_PRIO_GET
 * @call: the call
 *
 * May sleep. Return: 0, -EINVAL, -ENOMEM or -EFAULT.
 */
long rtm_cmd_prio_get(struct rtm_call *call)
{
	struct rtm_prio *prio = &call->arg.prio;
	struct rtm_table *table = rtm_call_table(call->file->net, prio->family);
	struct rtm_records records = {
		.user = prio->records,
		.user_size = prio->record_size,
	};
	const struct rtm_prio_table *now;
	struct rtm_prio_entry *buf;
	u32 nr;
	int err;

	if (!table)
		return -EINVAL;
	buf = rtm_prio_buf(prio);
	if (IS_ERR(buf))
		return PTR_ERR(buf);
	rcu_read_lock();
	now = rcu_dereference(table->prio);
	prio->total = now->nr;
	nr = min(prio->count, prio->total);
	memcpy(buf, now->entry, nr * sizeof(*buf));
	rcu_read_unlock();

	err = rtm_records_out(&records, 0, buf, sizeof(*buf), nr);
	kfree(buf);
	return err ?: rtm_reply(call);
}

/**
 * rtm_cmd_prio_set() - RTM_IOC_PRIO_SET
 * @call: the call
 *
 * Sleeps until all is elected. Return: 0, -EINVAL, -EFAULT, -E2BIG, or an error
 * of rtm_table_set_prios().
 */
long rtm_cmd_prio_set(struct rtm_call *call)
{
	struct rtm_prio *prio = &call->arg.prio;
	struct rtm_table *table = rtm_call_table(call->file->net, prio->family);
	struct rtm_records records = {
		.user = prio->records,
		.user_size = prio->record_size,
	};
	struct rtm_prio_entry *buf;
	int err;

	if (!table || prio->total)
		return -EINVAL;
	buf = rtm_prio_buf(prio);
	if (IS_ERR(buf))
		return PTR_ERR(buf);
	err = rtm_records_in(&records, 0, buf, sizeof(*buf), prio->count);
	if (!err)
		err = rtm_table_set_prios(table, buf, prio->count);
	kfree(buf);
	return err;
}

static u64 rtm_limit_used(struct rtm_net *net, u32 id)
{
	u64 used = 0;

	switch (id) {
	case RTM_LIMIT_ROUTES:
		used = atomic64_read(&net->nr_routes);
		break;
	case RTM_LIMIT_CLIENTS:
		spin_lock(&net->lock);
		used = net->nr_objs[RTM_OBJ_CLIENT];
		spin_unlock(&net->lock);
		break;
	}
	return used;
}

/* The client whose own backlog limit is meant: NULL for none, or ERR_PTR. */
static struct rtm_client *rtm_limit_client(struct rtm_call *call)
{
	const struct rtm_limit *limit = &call->arg.limit;
	struct rtm_client *client;

	if (limit->reserved || limit->id >= RTM_NR_LIMITS ||
	    (limit->client && limit->id != RTM_LIMIT_BACKLOG))
		return ERR_PTR(-EINVAL);
	if (!limit->client)
		return NULL;
	client = rtm_client_get(call->file, limit->client);
	return client ?: ERR_PTR(-ENOENT);
}

/**
 * rtm_cmd_limit_get() - RTM_IOC_LIMIT_GET
 * @call: the call
 *
 * Sleeps. Return: 0, -EINVAL, -ENOENT or -EFAULT.
 */
long rtm_cmd_limit_get(struct rtm_call *call)
{
	struct rtm_client *client = rtm_limit_client(call);
	struct rtm_limit *limit = &call->arg.limit;
	struct rtm_net *net = call->file->net;

	static_assert(RTM_LIMIT_BACKLOG == (int)RTM_MAX_BACKLOG);
	if (IS_ERR(client))
		return PTR_ERR(client);
	if (client) {
		rtm_table_lock(client->table);
		limit->value = client->cursor.limit;
		limit->used = rtm_cursor_backlog(client->table,
						 &client->cursor);
		rtm_table_unlock(client->table);
		rtm_client_put(client);
	} else {
		limit->value = rtm_net_limit(net, limit->id);
		limit->used = rtm_limit_used(net, limit->id);
	}
	return rtm_reply(call);
}

/* Raising takes more than being the namespace's administrator. */
static bool rtm_limit_allowed(u64 from, u64 to)
{
	return to <= from || capable(CAP_NET_ADMIN);
}

static int rtm_limit_change(u64 *limit, u64 to)
{
	u64 from;

	do {
		from = READ_ONCE(*limit);
		if (!rtm_limit_allowed(from, to))
			return -EPERM;
	} while (cmpxchg64(limit, from, to) != from);
	return 0;
}

/**
 * rtm_cmd_limit_set() - RTM_IOC_LIMIT_SET
 * @call: the call
 *
 * Sleeps. Return: 0, -EINVAL, -ENOENT, or -EPERM: raised by who may not.
 */
long rtm_cmd_limit_set(struct rtm_call *call)
{
	struct rtm_limit *limit = &call->arg.limit;
	struct rtm_net *net = call->file->net;
	struct rtm_client *client;
	int err = -EPERM;

	if (limit->used)
		return -EINVAL;
	client = rtm_limit_client(call);
	if (IS_ERR(client))
		return PTR_ERR(client);

	/* A window or a backlog of nothing could not tell anything. */
	if (!limit->value && limit->id >= RTM_LIMIT_WINDOW) {
		err = -EINVAL;
	} else if (client) {
		rtm_table_lock(client->table);
		if (rtm_limit_allowed(client->cursor.limit, limit->value)) {
			rtm_cursor_set_limit(client->table, &client->cursor,
					     limit->value);
			err = 0;
		}
		rtm_table_unlock(client->table);
	} else {
		err = rtm_limit_change(&net->limits[limit->id], limit->value);
	}
	if (client)
		rtm_client_put(client);
	return err;
}

/**
 * rtm_cmd_stats() - RTM_IOC_STATS
 * @call: the call
 *
 * Sleeps. Return: 0, -EINVAL, -EFAULT, or -EINTR: a fatal signal came.
 */
long rtm_cmd_stats(struct rtm_call *call)
{
	struct rtm_stats *stats = &call->arg.stats;
	struct rtm_table *table = rtm_call_table(call->file->net,
						 stats->family);
	int err;

	if (!table)
		return -EINVAL;
	err = rtm_table_lock_killable(table);
	if (err)
		return err;
	stats->destinations = table->nr_dests;
	stats->routes = table->nr_routes;
	stats->clients = table->nr_clients;
	stats->records = table->log.nr;
	stats->sequence = table->seq;
	stats->delivered = table->log.delivered;
	stats->merged = table->log.merged;
	stats->cancelled = table->log.cancelled;
	stats->restarts = table->log.restarts;
	stats->expired = table->expired;
	stats->node_bytes = rtm_trie_bytes(&table->trie);
	stats->bytes = table->bytes + stats->node_bytes;
	rtm_table_unlock(table);
	return rtm_reply(call);
}
