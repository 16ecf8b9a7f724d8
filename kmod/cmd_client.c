// SPDX-License-Identifier: GPL-2.0
/*
 * Ioctls of clients: register, watch, deregister, dequeue; and the list.
 */
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "abi.h"
#include "client.h"
#include "cmd.h"
#include "file.h"

/* Give the client's handle to the caller; if that fails there is none. */
static long rtm_client_reply(struct rtm_call *call, struct rtm_client *client)
{
	int err = rtm_reply(call);

	if (err)
		rtm_client_deregister(client);
	rtm_client_put(client);
	return err;
}

/**
 * rtm_cmd_register() - RTM_IOC_REGISTER
 * @call: the call
 *
 * Sleeps; may wait, killably. Return: 0, -EINVAL, or an error of
 * rtm_client_register() or rtm_reply().
 */
long rtm_cmd_register(struct rtm_call *call)
{
	struct rtm_register *reg = &call->arg.reg;
	struct rtm_table *table = rtm_call_table(call->file->net, reg->family);
	struct rtm_client *client;
	u64 seq;

	if (!table || reg->reserved ||
	    reg->flags & ~(RTM_CLIENT_SINGLE_ROUTE | RTM_CLIENT_NOTIFY))
		return -EINVAL;
	client = rtm_client_register(call->file, table, reg->protocol,
				     reg->flags, &seq);
	if (IS_ERR(client))
		return PTR_ERR(client);
	reg->client = rtm_obj_handle(&client->obj);
	reg->sequence = seq;
	return rtm_client_reply(call, client);
}

/**
 * rtm_cmd_watch() - RTM_IOC_WATCH
 * @call: the call
 *
 * Sleeps. Return: 0, -EINVAL, or an error of rtm_client_register() or
 * rtm_reply().
 */
long rtm_cmd_watch(struct rtm_call *call)
{
	struct rtm_watch *watch = &call->arg.watch;
	struct rtm_table *table = rtm_call_table(call->file->net,
						 watch->family);
	struct rtm_client *client;
	u64 seq;

	if (!table || watch->reserved)
		return -EINVAL;
	client = rtm_client_register(call->file, table, 0,
				     RTM_WATCHER | RTM_NOTIFY, &seq);
	if (IS_ERR(client))
		return PTR_ERR(client);
	watch->client = rtm_obj_handle(&client->obj);
	watch->sequence = seq;
	return rtm_client_reply(call, client);
}

/**
 * rtm_cmd_deregister() - RTM_IOC_DEREGISTER
 * @call: the call
 *
 * Sleeps. Return: 0, -ENOENT, or -EINTR: a fatal signal came.
 */
long rtm_cmd_deregister(struct rtm_call *call)
{
	struct rtm_client *client;
	int err;

	client = rtm_client_get(call->file, call->arg.handle.handle);
	if (!client)
		return -ENOENT;
	err = rtm_client_deregister(client);
	rtm_client_put(client);
	return err;
}

/* Pass over what the client is not told. The table is locked afterwards. */
static void rtm_dequeue_settle(struct rtm_client *client)
{
	struct rtm_table *table = client->table;

	while (!client->dying && !rtm_cursor_settle(table, &client->cursor)) {
		rtm_table_unlock(table);
		cond_resched();
		rtm_table_lock(table);
	}
}

/*
 * Give the client messages by way of @recs, up to @chunk at a time. The table is
 * locked, and is not afterwards. What was copied out is taken off the queue where
 * the next are copied: each time the mutex is taken it may have to be waited for.
 */
static int rtm_dequeue_chunks(struct rtm_dequeue *dq, struct rtm_client *client,
			      struct rtm_change_rec *recs, u32 chunk)
{
	struct rtm_records records = {
		.user = dq->messages,
		.user_size = dq->message_size,
	};
	struct rtm_table *table = client->table;
	bool more, again = false;
	u32 left, nr;
	int err = 0;

	for (;;) {
		more = client->cursor.signalled;
		left = dq->count - dq->done;
		if (client->dying)
			err = -ENOENT;
		else if (!err && again && left && more &&
			 signal_pending(current))
			err = -ERESTARTSYS;
		nr = err ? 0 : rtm_cursor_peek(table, &client->cursor, recs,
					       min(left, chunk));
		rtm_table_unlock(table);
		if (!nr)
			break;

		err = rtm_records_out(&records, dq->done, recs, sizeof(*recs),
				      nr);
		cond_resched();

		rtm_table_lock(table);
		if (!client->dying) {
			nr = err ? 0 : nr;
			rtm_cursor_consume(table, &client->cursor, nr);
			dq->done += nr;
		}
		rtm_dequeue_settle(client);
		again = true;
	}
	dq->flags = more && !err ? RTM_DEQUEUE_MORE : 0;
	return err;
}

static int rtm_dequeue(struct rtm_dequeue *dq, struct rtm_client *client)
{
	u32 chunk = min_t(u32, dq->count - dq->done, RTM_CHUNK);
	struct rtm_table *table = client->table;
	struct rtm_change_rec *recs;
	int err;

	recs = kvmalloc_array(chunk, sizeof(*recs), GFP_KERNEL_ACCOUNT);
	if (!recs)
		return -ENOMEM;
	err = rtm_table_lock_killable(table);
	if (err)
		goto out_free;
	rtm_dequeue_settle(client);
	dq->sequence = table->seq;
	/* Whatever is found below was not lost: the table stays locked. */
	if (!client->dying && rtm_cursor_recover(table, &client->cursor)) {
		rtm_table_unlock(table);
		err = -ENOBUFS;
	} else {
		err = rtm_dequeue_chunks(dq, client, recs, chunk);
	}
out_free:
	kvfree(recs);
	return err;
}

/* The client lost messages, and could not be told. */
static void rtm_dequeue_lose(struct rtm_client *client)
{
	struct rtm_table *table = client->table;

	rtm_table_lock(table);
	if (!client->dying) {
		rtm_cursor_lose(table, &client->cursor);
		rtm_log_trim(table, RTM_CHUNK);
	}
	rtm_table_unlock(table);
}

/**
 * rtm_cmd_dequeue() - RTM_IOC_DEQUEUE
 * @call: the call
 *
 * Sleeps. Return: 0, -EINVAL, -ENOENT, -ENOBUFS: messages were lost, -ENOMEM,
 * -EFAULT, -EINTR or -ERESTARTSYS for a signal.
 */
long rtm_cmd_dequeue(struct rtm_call *call)
{
	struct rtm_dequeue *dq = &call->arg.dequeue;
	struct rtm_client *client;
	long err;

	if (dq->flags || dq->count > RTM_BATCH_MAX || dq->done > dq->count ||
	    !rtm_record_size_ok(dq->message_size,
				sizeof(struct rtm_change_rec)))
		return -EINVAL;
	client = rtm_client_get(call->file, dq->client);
	if (!client)
		return -ENOENT;
	err = -ENOENT;
	if (!(client->flags & RTM_NOTIFY))
		goto out_put;
	err = -EINTR;
	if (mutex_lock_killable(&client->reading))
		goto out_put;
	err = rtm_dequeue(dq, client);
	if (rtm_reply(call)) {
		if (err == -ENOBUFS)
			rtm_dequeue_lose(client);
		err = -EFAULT;
	}
	mutex_unlock(&client->reading);
out_put:
	rtm_client_put(client);
	return err;
}

static void rtm_client_to_uapi(struct rtm_client *client,
			       struct rtm_client_info *info)
{
	struct rtm_table *table = client->table;

	memset(info, 0, sizeof(*info));
	info->family = table->family - rtm_families;
	info->protocol = client->protocol;
	info->flags = client->flags;
	info->pid = pid_vnr(client->pid);
	static_assert(sizeof(info->comm) == sizeof(client->comm));
	memcpy(info->comm, client->comm, sizeof(info->comm));

	rtm_table_lock(table);
	info->routes = client->nr_routes;
	info->pending = rtm_cursor_backlog(table, &client->cursor);
	info->delivered = client->cursor.delivered;
	info->restarts = client->cursor.restarts;
	rtm_table_unlock(table);
}

/* The next client with a number above @cursor, referenced, or NULL. */
static struct rtm_client *rtm_client_after(struct rtm_net *net, u32 *cursor)
{
	struct rtm_client *client = NULL;
	struct rtm_obj *obj;
	int id = *cursor + 1;

	spin_lock(&net->lock);
	obj = idr_get_next(&net->objs[RTM_OBJ_CLIENT], &id);
	if (obj) {
		client = container_of(obj, struct rtm_client, obj);
		refcount_inc(&obj->refs);
		*cursor = id;
	}
	spin_unlock(&net->lock);
	return client;
}

/**
 * rtm_cmd_clients() - RTM_IOC_CLIENTS
 * @call: the call
 *
 * Sleeps. Return: 0, -EINVAL or -EFAULT.
 */
long rtm_cmd_clients(struct rtm_call *call)
{
	struct rtm_clients *clients = &call->arg.clients;
	struct rtm_records records = {
		.user = clients->records,
		.user_size = clients->record_size,
	};
	struct rtm_client_info info;
	struct rtm_client *client;
	int err;

	if (clients->reserved || clients->count > RTM_BATCH_MAX ||
	    clients->cursor > RTM_HANDLE_MASK ||
	    !rtm_record_size_ok(clients->record_size, sizeof(info)))
		return -EINVAL;
	for (clients->done = 0; clients->done < clients->count;) {
		u32 cursor = clients->cursor;

		client = rtm_client_after(call->file->net, &cursor);
		if (!client)
			break;
		rtm_client_to_uapi(client, &info);
		rtm_client_put(client);
		err = rtm_records_out(&records, clients->done, &info,
				      sizeof(info), 1);
		if (err)
			return err;
		clients->cursor = cursor;
		clients->done++;
		cond_resched();
		if (signal_pending(current))
			break;
	}
	return rtm_reply(call);
}
