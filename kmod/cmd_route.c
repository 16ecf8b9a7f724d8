// SPDX-License-Identifier: GPL-2.0
/*
 * Ioctls that change routes: add, delete, block delete.
 *
 * Deleting must not fail for want of memory, so what one record needs is on
 * the stack; more of it only makes fewer holds of the mutex.
 */
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "abi.h"
#include "client.h"
#include "cmd.h"
#include "file.h"
#include "memory.h"

/**
 * struct rtm_update_ops - what tells adding and deleting apart
 * @parse: check a record
 * @apply: do it, table locked; specs are an array of nr from this one on,
 *	dest is the destination, or NULL: not known
 */
struct rtm_update_ops {
	int (*parse)(const struct rtm_family *family,
		     const struct rtm_route_rec *rec,
		     struct rtm_route_spec *spec);
	int (*apply)(struct rtm_table *table, struct rtm_client *client,
		     const struct rtm_route_spec *spec, unsigned int nr,
		     struct rtm_dest *dest, const struct rtm_result *result);
};

static const struct rtm_update_ops rtm_add_ops = {
	.parse = rtm_route_from_uapi,
	.apply = rtm_table_add,
};

/* Deleting has no use for what comes next. */
static int rtm_apply_delete(struct rtm_table *table, struct rtm_client *client,
			    const struct rtm_route_spec *spec, unsigned int nr,
			    struct rtm_dest *dest,
			    const struct rtm_result *result)
{
	return rtm_table_delete(table, client, spec, dest, result);
}

static const struct rtm_update_ops rtm_delete_ops = {
	.parse = rtm_identity_from_uapi,
	.apply = rtm_apply_delete,
};

/**
 * struct rtm_batch - a chunk of an update
 * @chunk: room in the following
 * @recs: records as they came in
 * @specs: what they say
 * @results: results, each of the size that was asked for
 * @errs: whether they are valid
 * @fetched: what is fetched ahead; NULL: nothing
 * @mem: memory of those; NULL: it is @one
 * @waits: how often memory was waited for, for the next record
 * @starved: in vain: that there is none is an error from then on
 * @one: room for one record, so that deleting needs no memory
 */
struct rtm_batch {
	u32 chunk;
	struct rtm_route_rec *recs;
	struct rtm_route_spec *specs;
	void *results;
	int *errs;
	struct rtm_fetched *fetched;
	void *mem;
	unsigned int waits;
	bool starved;
	struct {
		struct rtm_route_rec rec;
		struct rtm_route_spec spec;
		struct rtm_change_rec result;
		int err;
	} one;
};

static void rtm_batch_init(struct rtm_batch *batch, u32 count, u32 result_size)
{
	size_t each = sizeof(*batch->recs) + sizeof(*batch->specs) +
		      result_size + sizeof(*batch->errs);

	batch->mem = NULL;
	batch->waits = 0;
	batch->starved = false;
	batch->chunk = min_t(u32, count, RTM_CHUNK);
	if (batch->chunk > 1)
		batch->mem = kvmalloc(sizeof(*batch->fetched) +
				      batch->chunk * each,
				      GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!batch->mem) {
		batch->chunk = 1;
		batch->fetched = NULL;
		batch->recs = &batch->one.rec;
		batch->specs = &batch->one.spec;
		batch->results = &batch->one.result;
		batch->errs = &batch->one.err;
		return;
	}
	batch->fetched = batch->mem;
	batch->recs = (void *)(batch->fetched + 1);
	batch->specs = (void *)(batch->recs + batch->chunk);
	batch->results = batch->specs + batch->chunk;
	batch->errs = batch->results + batch->chunk * result_size;
}

/*
 * Apply a chunk under one hold of the mutex. @applied: records dealt with.
 * Return: 0, or what stopped it: -ENOMEM, a signal, without results a record's
 * error.
 */
static int rtm_batch_apply(struct rtm_client *client,
			   const struct rtm_update_ops *ops,
			   struct rtm_batch *batch, u32 nr, u32 result_size,
			   u32 *applied)
{
	struct rtm_table *table = client->table;
	struct rtm_result result = { .routes = result_size > RTM_RESULT_SHORT };
	struct rtm_dest *dest = NULL;
	u32 i, at;
	int err;

	for (i = 0; i < nr; i++) {
		batch->errs[i] = ops->parse(table->family, &batch->recs[i],
					    &batch->specs[i]);
		/* What is fetched ahead is of valid prefixes. */
		if (batch->errs[i])
			memset(&batch->specs[i], 0, sizeof(batch->specs[i]));
	}
	*applied = 0;
	err = rtm_table_lock_killable(table);
	if (err)
		return err;
	for (i = 0; i < nr; i++) {
		if (batch->fetched) {
			at = i % RTM_TRIE_GROUP;
			if (!at)
				rtm_table_prefetch(table, client,
						   &batch->specs[i],
						   min(nr - i, RTM_TRIE_GROUP),
						   batch->fetched);
			dest = rtm_table_fetched(table, batch->fetched, at,
						 &batch->specs[i].prefix);
		}
		result.rec = batch->results + i * result_size;
		err = batch->errs[i] ?:
		      ops->apply(table, client, &batch->specs[i], nr - i, dest,
				 result_size ? &result : NULL);
		if (err == -ENOMEM && !batch->starved)
			break;
		if (client->dying)
			err = -ENOENT;
		if (client->dying || (err && !result_size))
			break;
		if (err) {
			memset(result.rec, 0, result_size);
			result.rec->error = err;
			err = 0;
		}
	}
	rtm_table_unlock(table);
	*applied = i;
	return err;
}

static long rtm_update(struct rtm_update *up, struct rtm_client *client,
		       const struct rtm_update_ops *ops)
{
	struct rtm_records routes = {
		.user = up->routes,
		.user_size = up->route_size,
	};
	struct rtm_records results = {
		.user = up->results,
		.user_size = up->result_size,
	};
	const u32 result_size = min_t(u32, up->result_size,
				      sizeof(struct rtm_change_rec));
	struct rtm_batch batch;
	u32 nr, applied;
	int err = 0;

	rtm_batch_init(&batch, up->count - up->done, result_size);
	while (up->done < up->count) {
		nr = min(up->count - up->done, batch.chunk);
		err = rtm_records_in(&routes, up->done, batch.recs,
				     sizeof(*batch.recs), nr);
		if (err)
			break;
		err = rtm_batch_apply(client, ops, &batch, nr, result_size,
				      &applied);
		if (applied && result_size &&
		    rtm_records_out(&results, up->done, batch.results,
				    result_size, applied))
			err = -EFAULT;
		up->done += applied;
		if (applied)
			batch.waits = 0;
		if (err == -ENOMEM && !batch.starved) {
			batch.starved = !rtm_memory_wait(&batch.waits);
			err = 0;
		}
		if (err)
			break;
		/* Else who is interrupted often would wait for memory for ever. */
		if (up->done < up->count &&
		    (applied ? signal_pending(current) :
			       fatal_signal_pending(current))) {
			err = -ERESTARTSYS;
			break;
		}
		cond_resched();
	}
	kvfree(batch.mem);
	return err;
}

static long rtm_cmd_update(struct rtm_call *call,
			   const struct rtm_update_ops *ops)
{
	struct rtm_update *up = &call->arg.update;
	struct rtm_client *client;
	long err;

	if (up->flags || up->reserved || up->count > RTM_BATCH_MAX ||
	    up->done > up->count ||
	    !rtm_record_size_ok(up->route_size, sizeof(struct rtm_route_rec)) ||
	    (up->result_size && up->result_size != RTM_RESULT_SHORT &&
	     !rtm_record_size_ok(up->result_size,
				 sizeof(struct rtm_change_rec))))
		return -EINVAL;
	client = rtm_client_get(call->file, up->client);
	if (!client)
		return -ENOENT;
	err = -ENOENT;
	if (!(client->flags & RTM_WATCHER))
		err = rtm_update(up, client, ops);
	rtm_client_put(client);
	return rtm_reply(call) ?: err;
}

/**
 * rtm_cmd_add() - RTM_IOC_ADD
 * @call: the call
 *
 * Sleeps. Return: 0, -EINVAL, -ENOENT, -EFAULT, -E2BIG, -EINTR or -ERESTARTSYS
 * for a signal; without results, an error of rtm_table_add().
 */
long rtm_cmd_add(struct rtm_call *call)
{
	return rtm_cmd_update(call, &rtm_add_ops);
}

/**
 * rtm_cmd_delete() - RTM_IOC_DELETE
 * @call: the call
 *
 * Sleeps; needs no memory. Return: 0, -EINVAL, -ENOENT, -EFAULT, -E2BIG, -EINTR
 * or -ERESTARTSYS for a signal; without results, -ESRCH.
 */
long rtm_cmd_delete(struct rtm_call *call)
{
	return rtm_cmd_update(call, &rtm_delete_ops);
}

/**
 * rtm_cmd_block_delete() - RTM_IOC_BLOCK_DELETE
 * @call: the call
 *
 * Sleeps; needs no memory. Return: 0, -ESRCH, -EINVAL, -ENOENT, -EFAULT, -EINTR
 * or -ERESTARTSYS for a signal.
 */
long rtm_cmd_block_delete(struct rtm_call *call)
{
	struct rtm_block_delete *bd = &call->arg.block_delete;
	struct rtm_criteria criteria;
	struct rtm_client *client;
	u64 deleted = bd->deleted;
	long err;

	if (bd->reserved)
		return -EINVAL;
	client = rtm_client_get(call->file, bd->client);
	if (!client)
		return -ENOENT;
	err = rtm_criteria_from_uapi(client->table->family, bd->match,
				     &bd->criteria, &criteria);
	if (client->flags & RTM_WATCHER)
		err = -ENOENT;
	if (!err) {
		err = rtm_client_block_delete(client, &criteria, &deleted);
		if (!err && !deleted)
			err = -ESRCH;
	}
	rtm_client_put(client);
	bd->deleted = deleted;
	return rtm_reply(call) ?: err;
}
