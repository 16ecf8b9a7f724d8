// SPDX-License-Identifier: GPL-2.0
/*
 * Ioctls that read routes: look-ups, walks, enumerations.
 */
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "abi.h"
#include "cmd.h"
#include "enum.h"
#include "file.h"

static void rtm_lookup_one(const struct rtm_table *table,
			   struct rtm_lookup_rec *rec, bool longest, u64 now)
{
	const struct rtm_family *family = table->family;
	struct rtm_route_rec *route = &rec->route;
	struct rtm_route_view view;
	struct rtm_prefix prefix;
	u64 seq;

	rec->error = -EINVAL;
	if (rec->reserved)
		return;
	if (longest) {
		/* An address: all bits may be set, whatever the length. */
		u8 len = route->prefix_len;
		int err;

		route->prefix_len = family->width;
		err = rtm_prefix_from_uapi(family, route, &prefix);
		route->prefix_len = len;
		if (err || len > family->width)
			return;
		prefix.len = len;
	} else if (rtm_prefix_from_uapi(family, route, &prefix)) {
		return;
	}
	/* Before the look-up: pairs with rtm_table_count_change(). */
	seq = smp_load_acquire(&table->seq);
	rec->error = rtm_table_lookup(table, &prefix, longest, now, &view);
	if (!rec->error)
		rtm_view_to_uapi(&view, seq, route);
}

/**
 * rtm_cmd_lookup() - RTM_IOC_LOOKUP
 * @call: the call
 *
 * May sleep. Takes no lock but rcu_read_lock(). Return: 0, -EINVAL, -ENOMEM,
 * -EFAULT, -E2BIG, or -ERESTARTSYS for a signal.
 */
long rtm_cmd_lookup(struct rtm_call *call)
{
	struct rtm_lookup *lookup = &call->arg.lookup;
	struct rtm_table *table = rtm_call_table(call->file->net,
						 lookup->family);
	struct rtm_records records = {
		.user = lookup->records,
		.user_size = lookup->record_size,
		.size = sizeof(struct rtm_lookup_rec),
	};
	struct rtm_lookup_rec *recs;
	u32 chunk, nr, i;
	long err = 0;
	u64 now;

	if (!table || lookup->flags & ~RTM_LOOKUP_LONGEST ||
	    lookup->count > RTM_BATCH_MAX || lookup->done > lookup->count ||
	    !rtm_record_size_ok(lookup->record_size, sizeof(*recs)))
		return -EINVAL;
	chunk = min_t(u32, lookup->count - lookup->done, RTM_CHUNK);
	recs = kvmalloc_array(chunk, sizeof(*recs), GFP_KERNEL_ACCOUNT);
	if (!recs)
		return -ENOMEM;

	while (lookup->done < lookup->count) {
		nr = min(lookup->count - lookup->done, chunk);
		err = rtm_records_in(&records, lookup->done, recs, nr);
		if (err)
			break;
		now = rtm_now();
		for (i = 0; i < nr; i++)
			rtm_lookup_one(table, &recs[i],
				       lookup->flags & RTM_LOOKUP_LONGEST, now);
		err = rtm_records_out(&records, lookup->done, recs, nr);
		if (err)
			break;
		lookup->done += nr;
		if (lookup->done < lookup->count && signal_pending(current)) {
			err = -ERESTARTSYS;
			break;
		}
		cond_resched();
	}
	kvfree(recs);
	return rtm_reply(call) ?: err;
}

/**
 * struct rtm_copies - routes of a walk on their way to user memory
 * @views: as the walk gives them
 * @recs: as the ABI has them
 * @chunk: room
 */
struct rtm_copies {
	struct rtm_route_view *views;
	struct rtm_route_rec *recs;
	u32 chunk;
};

static int rtm_copies_alloc(struct rtm_copies *copies, u32 count)
{
	copies->chunk = min_t(u32, count, RTM_CHUNK);
	copies->views = kvmalloc_array(copies->chunk, sizeof(*copies->views),
				       GFP_KERNEL_ACCOUNT);
	copies->recs = kvmalloc_array(copies->chunk, sizeof(*copies->recs),
				      GFP_KERNEL_ACCOUNT);
	return copies->views && copies->recs ? 0 : -ENOMEM;
}

static void rtm_copies_free(struct rtm_copies *copies)
{
	kvfree(copies->recs);
	kvfree(copies->views);
}

/*
 * Walk on until there are @want routes. Return: true at the table's end;
 * negative for a signal.
 */
static int rtm_walk_fill(struct rtm_walk *walk, struct rtm_route_view *views,
			 u32 want, u32 *nr)
{
	bool more = true;

	*nr = 0;
	while (more && *nr < want) {
		more = rtm_walk_next(walk, views, want, rtm_now(), nr);
		cond_resched();
		/* With nothing found yet, a restart would begin anew. */
		if (more && (*nr ? signal_pending(current) :
			     fatal_signal_pending(current)))
			return -ERESTARTSYS;
	}
	return !more;
}

/*
 * Copy a walk's next routes out, up to @count, beginning with record *@done.
 * @last: the last one, if there is any. Advances @walk only past what was
 * copied out. -ESRCH: there are none; -ERESTARTSYS: a signal came.
 */
static int rtm_walk_out(struct rtm_walk *walk, struct rtm_copies *copies,
			const struct rtm_records *records, u32 count, u32 *done,
			u64 *sequence, struct rtm_route_rec *last)
{
	const struct rtm_table *table = walk->table;
	struct rtm_walk ahead = *walk;
	int err = 0, end = 0;
	u32 nr, i;
	u64 seq;

	while (*done < count && !end) {
		/* From before: what came later is told with a greater one. */
		seq = smp_load_acquire(&table->seq);
		end = rtm_walk_fill(&ahead, copies->views,
				    min(count - *done, copies->chunk), &nr);
		*sequence = READ_ONCE(table->seq);
		for (i = 0; i < nr; i++)
			rtm_view_to_uapi(&copies->views[i], seq,
					 &copies->recs[i]);
		err = rtm_records_out(records, *done, copies->recs, nr);
		if (err)
			return err;
		if (nr && last)
			*last = copies->recs[nr - 1];
		*walk = ahead;
		*done += nr;
	}
	if (end < 0)
		return *done < count ? end : 0;
	return end && !*done ? -ESRCH : 0;
}

/**
 * rtm_cmd_get() - RTM_IOC_GET
 * @call: the call
 *
 * May sleep. Takes no lock but rcu_read_lock(). Return: 0, -ESRCH, -EINVAL,
 * -ENOMEM, -EFAULT, or -ERESTARTSYS for a signal.
 */
long rtm_cmd_get(struct rtm_call *call)
{
	struct rtm_get *get = &call->arg.get;
	struct rtm_table *table = rtm_call_table(call->file->net, get->family);
	struct rtm_records records = {
		.user = get->routes,
		.user_size = get->route_size,
		.size = sizeof(struct rtm_route_rec),
	};
	struct rtm_walk walk = { .table = table };
	struct rtm_copies copies;
	struct rtm_route_spec at;
	u64 sequence;
	long err;

	if (!table || get->flags & ~RTM_GET_AFTER || get->reserved ||
	    !get->count || get->count > RTM_BATCH_MAX ||
	    get->done >= get->count ||
	    !rtm_record_size_ok(get->route_size, sizeof(struct rtm_route_rec)))
		return -EINVAL;
	err = rtm_criteria_from_uapi(table->family, get->match, &get->position,
				     &walk.criteria);
	if (err)
		return err;
	if (get->flags & RTM_GET_AFTER) {
		err = rtm_identity_from_uapi(table->family, &get->position,
					     &at);
		if (err)
			return err;
		walk.started = true;
		walk.inside = !(get->match & RTM_MATCH_BEST);
		walk.after = true;
		walk.prefix = at.prefix;
		walk.protocol = get->position.protocol;
		walk.key = at.key;
	}
	sequence = READ_ONCE(table->seq);
	err = rtm_copies_alloc(&copies, get->count - get->done);
	if (!err)
		err = rtm_walk_out(&walk, &copies, &records, get->count,
				   &get->done, &sequence, &get->position);
	rtm_copies_free(&copies);
	get->sequence = sequence;
	/* A call that is repeated goes on after what it has. */
	if (get->done)
		get->flags |= RTM_GET_AFTER;
	return rtm_reply(call) ?: err;
}

/**
 * rtm_cmd_enum_open() - RTM_IOC_ENUM_OPEN
 * @call: the call
 *
 * Sleeps. Return: 0, -ESRCH, -EINVAL, -EFAULT, -ERESTARTSYS for a fatal signal,
 * or an error of rtm_enum_open().
 */
long rtm_cmd_enum_open(struct rtm_call *call)
{
	struct rtm_enum_open *open = &call->arg.enum_open;
	struct rtm_table *table = rtm_call_table(call->file->net, open->family);
	struct rtm_walk walk = { .table = table }, probe;
	struct rtm_route_view *view;
	struct rtm_enum *e;
	u32 nr;
	int err;

	if (!table)
		return -EINVAL;
	err = rtm_criteria_from_uapi(table->family, open->match,
				     &open->criteria, &walk.criteria);
	if (err)
		return err;

	open->sequence = READ_ONCE(table->seq);
	view = kmalloc(sizeof(*view), GFP_KERNEL_ACCOUNT);
	if (!view)
		return -ENOMEM;
	probe = walk;
	err = rtm_walk_fill(&probe, view, 1, &nr);
	kfree(view);
	if (!nr)
		return err < 0 ? err : -ESRCH;

	e = rtm_enum_open(call->file, &walk);
	if (IS_ERR(e))
		return PTR_ERR(e);
	open->handle = rtm_obj_handle(&e->obj);
	err = rtm_reply(call);
	if (err)
		rtm_enum_close(call->file, e);
	rtm_enum_put(e);
	return err;
}

/**
 * rtm_cmd_enum_next() - RTM_IOC_ENUM_NEXT
 * @call: the call
 *
 * Sleeps. Return: 0, -ESRCH, -EINVAL, -ENOENT, -ENOMEM, -EFAULT, -EINTR or
 * -ERESTARTSYS for a signal.
 */
long rtm_cmd_enum_next(struct rtm_call *call)
{
	struct rtm_enum_next *next = &call->arg.enum_next;
	struct rtm_records records = {
		.user = next->routes,
		.user_size = next->route_size,
		.size = sizeof(struct rtm_route_rec),
	};
	struct rtm_copies copies;
	struct rtm_enum *e;
	u64 sequence;
	long err;

	if (next->reserved || !next->count || next->count > RTM_BATCH_MAX ||
	    next->done >= next->count ||
	    !rtm_record_size_ok(next->route_size,
				sizeof(struct rtm_route_rec)))
		return -EINVAL;
	e = rtm_enum_get(call->file, next->handle);
	if (!e)
		return -ENOENT;
	err = rtm_copies_alloc(&copies, next->count - next->done);
	if (!err && mutex_lock_killable(&e->lock))
		err = -EINTR;
	if (!err) {
		sequence = READ_ONCE(e->walk.table->seq);
		err = rtm_walk_out(&e->walk, &copies, &records, next->count,
				   &next->done, &sequence, NULL);
		next->sequence = sequence;
		mutex_unlock(&e->lock);
	}
	rtm_copies_free(&copies);
	rtm_enum_put(e);
	return rtm_reply(call) ?: err;
}

/**
 * rtm_cmd_enum_close() - RTM_IOC_ENUM_CLOSE
 * @call: the call
 *
 * Sleeps. Return: 0 or -ENOENT.
 */
long rtm_cmd_enum_close(struct rtm_call *call)
{
	struct rtm_enum *e;
	bool closed;

	e = rtm_enum_get(call->file, call->arg.handle.handle);
	if (!e)
		return -ENOENT;
	closed = rtm_enum_close(call->file, e);
	rtm_enum_put(e);
	return closed ? 0 : -ENOENT;
}
