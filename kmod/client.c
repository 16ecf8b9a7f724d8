// SPDX-License-Identifier: GPL-2.0
/*
 * Clients: their beginning and their end.
 *
 * A client begins with a reference to its namespace, a number, a place in its
 * table's list and, if it is to be told of changes, a cursor; its handle works
 * once all that stands. It ends in two steps. First, at once, the handle goes
 * and the client is marked as dying: nobody can add to it or read for it any
 * more. Then its routes are removed a chunk at a time, by who deregisters it
 * or, if that is a process on its way out, by a work item. As long as that
 * lasts (family, protocol) stays taken; who wants to register it waits.
 */
#include <linux/atomic.h>
#include <linux/cache.h>
#include <linux/limits.h>
#include <linux/pid.h>
#include <linux/prefetch.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/wait_bit.h>
#include <net/net_namespace.h>

#include "client.h"
#include "elect.h"
#include "file.h"
#include "net.h"
#include "user.h"

/* What a process on its way out removes itself. */
#define RTM_ABANDON_CHUNKS	16

/* Routes are removed region by region: bytes of one. */
#define RTM_REGION		4096U
/* With so many routes of a client in one, it pays to fetch all of the next. */
#define RTM_REGION_DENSE	32
/* Lists that are followed side by side. */
#define RTM_REMOVE_HEADS	32

/* Clients whose teardown is done in the background. */
static atomic_t rtm_reaping;

static void rtm_client_reap_work(struct work_struct *work);

static struct rtm_client *rtm_client_find(const struct rtm_table *table,
					  u32 protocol)
{
	struct rtm_client *client;

	lockdep_assert_held(&table->lock);
	list_for_each_entry(client, &table->clients, in_table)
		if (client->protocol == protocol &&
		    !(client->flags & RTM_WATCHER))
			return client;
	return NULL;
}

/* Enter the table's list and its log. */
static int rtm_client_enter(struct rtm_client *client, u64 *seq)
{
	struct rtm_table *table = client->table;
	struct rtm_client *other;
	unsigned int departed;
	int err;

	for (;;) {
		err = rtm_table_lock_killable(table);
		if (err)
			return err;
		departed = table->departed;
		other = client->flags & RTM_WATCHER ? NULL :
			rtm_client_find(table, client->protocol);
		if (!other)
			break;
		err = other->dying ? 0 : -EEXIST;
		rtm_table_unlock(table);
		if (!err)
			err = wait_event_killable(table->wait,
						  READ_ONCE(table->departed) !=
						  departed);
		if (err)
			return err;
	}
	list_add_tail(&client->in_table, &table->clients);
	table->nr_clients++;
	if (client->flags & (RTM_NOTIFY | RTM_WATCHER)) {
		rtm_cursor_join(table, &client->cursor);
		client->watches = true;
	}
	*seq = table->seq;
	rtm_table_unlock(table);
	return 0;
}

/**
 * rtm_client_register() - make a client
 * @file: file that its handle will be good on
 * @table: its family's
 * @protocol: routing protocol; ignored for watchers
 * @flags: RTM_SINGLE_ROUTE, RTM_NOTIFY, RTM_WATCHER
 * @seq: table sequence number after which it is told of changes
 *
 * Sleeps. The caller gets a reference. ERR_PTR: -EEXIST, -ENOSPC, -EDQUOT,
 * -ENOMEM, or -ERESTARTSYS for a fatal signal.
 */
struct rtm_client *rtm_client_register(struct rtm_file *file,
				       struct rtm_table *table, u32 protocol,
				       u32 flags, u64 *seq)
{
	struct rtm_net *net = file->net;
	struct rtm_client *client;
	int err;

	client = kzalloc(sizeof(*client), GFP_KERNEL_ACCOUNT);
	if (!client)
		return ERR_PTR(-ENOMEM);
	client->table = table;
	client->protocol = protocol;
	client->flags = flags;
	INIT_LIST_HEAD(&client->attrs);
	INIT_WORK(&client->reap, rtm_client_reap_work);
	mutex_init(&client->reading);
	mutex_init(&client->deleting);
	get_task_comm(client->comm, current);

	if (!(flags & RTM_WATCHER)) {
		err = rtm_wheel_prepare(&table->wheel);
		if (err)
			goto err_free;
	}
	err = rtm_user_charge(net, RTM_OBJ_CLIENT, &client->charge);
	if (err)
		goto err_free;
	err = rtm_obj_add(net, file, RTM_OBJ_CLIENT, &client->obj);
	if (err)
		goto err_user;
	client->cursor.origin = client->obj.id;
	client->cursor.limit = rtm_net_limit(net, RTM_MAX_BACKLOG);
	client->cursor.signal = &file->signal;
	client->cursor.bystander = !rtm_user_administers(net);
	client->pid = get_pid(task_tgid(current));
	get_net(net->net);

	err = rtm_client_enter(client, seq);
	if (err)
		goto err_obj;
	refcount_inc(&client->obj.refs);
	rtm_obj_publish(net, &client->obj);
	return client;

err_obj:
	rtm_obj_remove(net, &client->obj);
	put_net(net->net);
	put_pid(client->pid);
err_user:
	rtm_user_uncharge(net, RTM_OBJ_CLIENT, &client->charge);
err_free:
	kfree(client);
	return ERR_PTR(err);
}

/**
 * rtm_client_get() - what the handle of a client stands for
 * @file: file that it came in on
 * @handle: the number
 *
 * Any context. Takes a reference. NULL: no such client on this file.
 */
struct rtm_client *rtm_client_get(struct rtm_file *file, u32 handle)
{
	struct rtm_obj *obj = rtm_obj_get(file, RTM_OBJ_CLIENT, handle);

	return obj ? container_of(obj, struct rtm_client, obj) : NULL;
}

/**
 * rtm_client_put() - drop a reference
 * @client: client; may be gone afterwards
 *
 * Any context.
 */
void rtm_client_put(struct rtm_client *client)
{
	if (!refcount_dec_and_test(&client->obj.refs))
		return;
	put_pid(client->pid);
	kfree_rcu(client, obj.rcu);
}

/* The first step of the end. false: somebody else took it. */
static bool rtm_client_kill(struct rtm_client *client)
{
	struct rtm_table *table = client->table;

	if (!rtm_obj_remove(table->net, &client->obj))
		return false;
	rtm_table_lock(table);
	client->dying = true;
	if (client->watches)
		rtm_cursor_leave(table, &client->cursor);
	client->watches = false;
	rtm_table_unlock(table);
	return true;
}

static bool rtm_same_region(const void *a, const void *b)
{
	return ((uintptr_t)a ^ (uintptr_t)b) < RTM_REGION;
}

/* Were there many in the region that is done with? */
static bool rtm_client_is_dense(const struct rtm_client *client)
{
	return client->in_region >= RTM_REGION_DENSE;
}

/* The next routes to remove are those around @node. */
static void rtm_client_enter_region(struct rtm_client *client,
				    const struct hlist_node *node)
{
	uintptr_t region = (uintptr_t)node & ~(RTM_REGION - 1UL);
	unsigned int i;

	if (rtm_client_is_dense(client))
		for (i = 0; i < RTM_REGION; i += L1_CACHE_BYTES)
			prefetch((void *)(region + i));
	client->region = (void *)region;
	client->in_region = 0;
}

/*
 * Gather in @routes, of which there are *@nr, those of a list from @node on that
 * are in the client's region, up to @max in all. Return: what is next in the list.
 */
static struct hlist_node *rtm_client_gather(struct rtm_client *client,
					    struct hlist_node *node,
					    struct rtm_route **routes,
					    unsigned int *nr, unsigned int max)
{
	struct rtm_route *route;

	while (node && *nr < max && rtm_same_region(node, client->region)) {
		route = hlist_entry(node, struct rtm_route, in_attr);
		prefetch(route->dest);
		routes[(*nr)++] = route;
		client->in_region++;
		node = node->next;
		prefetch(node);
	}
	return node;
}

/*
 * Remove some routes of a client, up to @max. Return: how many.
 *
 * What was added together lies together, but is in several lists: it is removed
 * region by region. If most of one was the client's, the next is fetched as a
 * whole. What leaves together is freed together, too.
 */
static unsigned int rtm_client_remove_some(struct rtm_client *client,
					   unsigned int max)
{
	struct hlist_node *heads[RTM_REMOVE_HEADS], *node;
	struct rtm_route *routes[RTM_REMOVE_GROUP];
	unsigned int i, nr = 0, nr_heads = 0;
	struct rtm_attr *attr;

	max = min(max, RTM_REMOVE_GROUP);
	/* A list is read one cache miss after the other, several side by side. */
	list_for_each_entry(attr, &client->attrs, in_client) {
		heads[nr_heads] = attr->routes.first;
		prefetch(heads[nr_heads]);
		if (++nr_heads == RTM_REMOVE_HEADS)
			break;
	}
	for (;;) {
		for (i = 0; i < nr_heads; ) {
			node = rtm_client_gather(client, heads[i], routes, &nr,
						 max);
			if (node)
				heads[i++] = node;
			else
				heads[i] = heads[--nr_heads];
		}
		if (nr == max || !nr_heads)
			break;
		/* If nothing lies together, one of each list. */
		i = rtm_client_is_dense(client) ? 0 : nr % nr_heads;
		rtm_client_enter_region(client, heads[i]);
	}
	rtm_table_remove_group(client->table, routes, nr);
	return nr;
}

/* Remove a chunk of routes. false: the client is gone. */
static bool rtm_client_reap(struct rtm_client *client)
{
	struct rtm_table *table = client->table;
	struct rtm_net *net = table->net;
	unsigned int nr = 0;
	bool more;

	rtm_table_lock(table);
	while (nr < RTM_CHUNK && client->nr_routes)
		nr += rtm_client_remove_some(client, RTM_CHUNK - nr);
	more = client->nr_routes;
	if (!more) {
		list_del(&client->in_table);
		table->nr_clients--;
		WRITE_ONCE(table->departed, table->departed + 1);
	}
	rtm_table_unlock(table);
	cond_resched();
	if (more)
		return true;

	wake_up_all(&table->wait);
	rtm_user_uncharge(net, RTM_OBJ_CLIENT, &client->charge);
	rtm_client_put(client);
	put_net(net->net);
	return false;
}

static void rtm_client_reap_work(struct work_struct *work)
{
	struct rtm_client *client = container_of(work, struct rtm_client, reap);

	/* Clients of others wait, too: each has its turn. */
	if (rtm_client_reap(client))
		queue_work(rtm_reap_wq, work);
	else if (atomic_dec_and_test(&rtm_reaping))
		wake_up_var(&rtm_reaping);
}

static void rtm_client_reap_later(struct rtm_client *client)
{
	atomic_inc(&rtm_reaping);
	queue_work(rtm_reap_wq, &client->reap);
}

/**
 * rtm_clients_reaped() - wait for clients that are on their way out
 *
 * Sleeps. Nobody has a file any more.
 */
void rtm_clients_reaped(void)
{
	wait_var_event(&rtm_reaping, !atomic_read(&rtm_reaping));
}

/**
 * rtm_client_deregister() - end a client and wait for it
 * @client: client; the caller has a reference, and keeps it
 *
 * Sleeps. -ENOENT: somebody else deregistered it; -EINTR: a fatal signal
 * came, the rest is done in the background.
 */
int rtm_client_deregister(struct rtm_client *client)
{
	if (!rtm_client_kill(client))
		return -ENOENT;
	while (rtm_client_reap(client)) {
		if (fatal_signal_pending(current)) {
			rtm_client_reap_later(client);
			return -EINTR;
		}
	}
	return 0;
}

/**
 * rtm_client_abandon() - end a client without waiting
 * @client: client whose file is closed
 *
 * Sleeps, but not for long: much is done in the background.
 */
void rtm_client_abandon(struct rtm_client *client)
{
	unsigned int i;

	if (!rtm_client_kill(client))
		return;
	for (i = 0; i < RTM_ABANDON_CHUNKS; i++)
		if (!rtm_client_reap(client))
			return;
	rtm_client_reap_later(client);
}

/* Delete routes of one destination. Return: how many. */
static unsigned int rtm_client_delete_at(struct rtm_client *client,
					 const struct rtm_criteria *criteria)
{
	struct rtm_table *table = client->table;
	struct rtm_route *route, *next;
	struct rtm_dest *dest;
	unsigned int nr = 0;

	dest = rtm_trie_find(&table->trie, &criteria->prefix);
	route = dest ? rtm_dest_first(dest) : NULL;
	for (; route; route = next) {
		next = rtm_route_next(route);
		if (route->attr->client != client ||
		    (criteria->match & RTM_CRIT_INTERFACE &&
		     route->attr->key.interface != criteria->interface))
			continue;
		rtm_table_remove(table, route);
		nr++;
	}
	return nr;
}

/*
 * Delete a chunk of routes by attributes. Those looked at go to the end of
 * the client's list; @left counts what is left to look at.
 */
static unsigned int rtm_client_delete_chunk(struct rtm_client *client,
					    const struct rtm_criteria *criteria,
					    u64 *left)
{
	struct rtm_attr *attr;
	unsigned int i, nr = 0;

	for (i = 0; i < RTM_CHUNK && *left && client->nr_attrs; i++) {
		attr = list_first_entry(&client->attrs, struct rtm_attr,
					in_client);
		if (criteria->match & RTM_CRIT_INTERFACE &&
		    attr->key.interface != criteria->interface) {
			list_move_tail(&attr->in_client, &client->attrs);
			--*left;
			continue;
		}
		if (hlist_is_singular_node(attr->routes.first, &attr->routes))
			--*left;
		rtm_table_remove(client->table,
				 hlist_entry(attr->routes.first,
					     struct rtm_route, in_attr));
		nr++;
	}
	if (!client->nr_attrs)
		*left = 0;
	return nr;
}

/**
 * rtm_client_block_delete() - delete a client's routes by criteria
 * @client: client
 * @criteria: which; RTM_CRIT_BEST has no effect
 * @deleted: in and out: number of routes deleted
 *
 * Sleeps. Needs no memory. Everybody is told. -ENOENT: the client is going;
 * -ERESTARTSYS: a signal came, the call may be repeated to go on.
 */
int rtm_client_block_delete(struct rtm_client *client,
			    const struct rtm_criteria *criteria, u64 *deleted)
{
	struct rtm_table *table = client->table;
	u64 left = U64_MAX;
	unsigned int nr;
	int err;

	if (criteria->match & RTM_CRIT_PROTOCOL &&
	    criteria->protocol != client->protocol)
		return 0;
	if (mutex_lock_killable(&client->deleting))
		return -EINTR;
	do {
		err = rtm_table_lock_killable(table);
		if (err)
			break;
		nr = 0;
		if (client->dying) {
			err = -ENOENT;
		} else if (criteria->match & RTM_CRIT_NETWORK) {
			nr = rtm_client_delete_at(client, criteria);
			left = 0;
		} else {
			left = min(left, client->nr_attrs);
			nr = rtm_client_delete_chunk(client, criteria, &left);
		}
		rtm_table_unlock(table);
		*deleted += nr;
		cond_resched();
		/* A call that is repeated looks at everything again. */
		if (!err && left && (nr ? signal_pending(current) :
				     fatal_signal_pending(current)))
			err = -ERESTARTSYS;
	} while (!err && left);
	mutex_unlock(&client->deleting);
	return err;
}
