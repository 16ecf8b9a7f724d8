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

/* What is looked for. -EINVAL: the default route, which is valid, instead. */
static int rtm_lookup_prefix(const struct rtm_family *family,
			     struct rtm_lookup_rec *rec, bool longest,
			     struct rtm_prefix *prefix)
{
	struct rtm_route_rec *route = &rec->route;
	u8 len = route->prefix_len;
	int err = -EINVAL;

	if (rec->reserved || len > family->width)
		goto out;
	/* An address: all bits may be set, whatever the length. */
	if (longest)
		route->prefix_len = family->width;
	err = rtm_prefix_from_uapi(family, route, prefix);
	route->prefix_len = len;
	prefix->len = len;
out:
	if (err)
		*prefix = (struct rtm_prefix){};
	return err;
}

/* At most RTM_TRIE_GROUP, whose cache misses overlap. */
static void rtm_lookup_group(const struct rtm_table *table,
			     struct rtm_lookup_rec *recs, unsigned int nr,
			     bool longest)
{
	struct rtm_prefix prefixes[RTM_TRIE_GROUP];
	unsigned int i;

	for (i = 0; i < nr; i++)
		recs[i].error = rtm_lookup_prefix(table->family, &recs[i],
						  longest, &prefixes[i]);
	rtm_table_prefetch_best(table, prefixes, nr, longest);
	for (i = 0; i < nr; i++)
		if (!recs[i].error)
			recs[i].error = rtm_table_lookup(table, &prefixes[i],
							 longest,
							 &recs[i].route);
}

/* Not inline: one alone needs none of what this has on the stack. */
static noinline long rtm_lookup_batch(struct rtm_call *call,
				      const struct rtm_table *table)
{
	struct rtm_lookup *lookup = &call->arg.lookup;
	bool longest = lookup->flags & RTM_LOOKUP_LONGEST;
	struct rtm_records records = {
		.user = lookup->records,
		.user_size = lookup->record_size,
	};
	u32 chunk = min_t(u32, lookup->count - lookup->done, RTM_CHUNK);
	struct rtm_lookup_rec *recs;
	u32 nr, some, i;
	long err = 0;

	recs = kvmalloc_array(chunk, sizeof(*recs), GFP_KERNEL_ACCOUNT);
	if (!recs)
		return -ENOMEM;
	while (lookup->done < lookup->count) {
		nr = min(lookup->count - lookup->done, chunk);
		err = rtm_records_in(&records, lookup->done, recs, sizeof(*recs),
				     nr);
		if (err)
			break;
		for (i = 0; i < nr; i += some) {
			some = min(nr - i, RTM_TRIE_GROUP);
			rtm_lookup_group(table, &recs[i], some, longest);
		}
		err = rtm_records_out(&records, lookup->done, recs,
				      sizeof(*recs), nr);
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

/* One record: only what is asked for is read, and only what is new written. */
static long rtm_lookup_single(struct rtm_call *call,
			      const struct rtm_table *table,
			      struct rtm_lookup_rec __user *user)
{
	struct rtm_lookup __user *reply = call->user;
	struct rtm_lookup *lookup = &call->arg.lookup;
	bool longest = lookup->flags & RTM_LOOKUP_LONGEST;
	struct rtm_lookup_rec *rec = &call->arg.single;
	u32 *len = (u32 *)&rec->route.prefix_len;
	u64 *network = (u64 *)rec->route.network;
	u64 __user *from = (u64 __user *)user->route.network;
	struct rtm_prefix prefix;

	might_fault();
	if (!user_read_access_begin(user, sizeof(*user)))
		return -EFAULT;
	unsafe_get_user(rec->reserved, &user->reserved, fault);
	unsafe_get_user(network[0], &from[0], fault);
	unsafe_get_user(network[1], &from[1], fault);
	/* With what is reserved after it. */
	unsafe_get_user(*len, (u32 __user *)&user->route.prefix_len, fault);
	user_read_access_end();

	rec->error = rtm_lookup_prefix(table->family, rec, longest, &prefix);
	if (!rec->error)
		rec->error = rtm_table_lookup(table, &prefix, longest,
					      &rec->route);

	if (rec->error) {
		if (put_user(rec->error, &user->error))
			return -EFAULT;
	} else if (copy_to_user(user, rec, sizeof(*rec))) {
		return -EFAULT;
	}
	return put_user(lookup->done + 1, &reply->done);

fault:
	user_read_access_end();
	return -EFAULT;
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
	struct rtm_lookup_rec __user *user = u64_to_user_ptr(lookup->records);

	if (!table || lookup->flags & ~RTM_LOOKUP_LONGEST ||
	    lookup->count > RTM_BATCH_MAX || lookup->done > lookup->count ||
	    !rtm_record_size_ok(lookup->record_size, sizeof(*user)))
		return -EINVAL;
	if (lookup->count - lookup->done == 1 &&
	    lookup->record_size == sizeof(*user) && rtm_words_ok(user))
		return rtm_lookup_single(call, table, &user[lookup->done]);
	return rtm_lookup_batch(call, table);
}

/* So few that they stay in the processor's first cache until they are copied out. */
#define RTM_FOUND_MAX	64

/* Room for up to @count records, @one if that is all. NULL: -ENOMEM. */
static struct rtm_route_rec *rtm_found_init(struct rtm_found *found, u32 count,
					    struct rtm_route_rec *one)
{
	found->max = min_t(u32, count, RTM_FOUND_MAX);
	found->recs = one;
	if (found->max > 1)
		found->recs = kvmalloc_array(found->max, sizeof(*found->recs),
					     GFP_KERNEL_ACCOUNT);
	return found->recs;
}

static void rtm_found_free(struct rtm_found *found,
			   const struct rtm_route_rec *one)
{
	if (found->recs != one)
		kvfree(found->recs);
}

/*
 * Walk on until @found is full. Return: true at the table's end; negative for
 * a signal.
 */
static int rtm_walk_fill(struct rtm_walk *walk, struct rtm_found *found)
{
	bool more = true;

	/* From before: what came later is told with a greater one. */
	found->sequence = smp_load_acquire(&walk->table->seq);
	found->nr = 0;
	while (more && found->nr < found->max) {
		found->now = rtm_now();
		more = rtm_walk_next(walk, found);
		cond_resched();
		/* With nothing found yet, a restart would begin anew. */
		if (more && (found->nr ? signal_pending(current) :
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
static int rtm_walk_out(struct rtm_walk *walk, struct rtm_found *found,
			const struct rtm_records *records, u32 count, u32 *done,
			u64 *sequence, struct rtm_route_rec *last)
{
	struct rtm_walk ahead = *walk;
	int err = 0, end = 0;

	while (*done < count && !end) {
		found->max = min(found->max, count - *done);
		end = rtm_walk_fill(&ahead, found);
		/* All that was found, but the newest change, is in this number. */
		smp_rmb();
		*sequence = READ_ONCE(walk->table->seq);
		err = rtm_records_out(records, *done, found->recs,
				      sizeof(*found->recs), found->nr);
		if (err)
			return err;
		if (found->nr && last)
			*last = found->recs[found->nr - 1];
		*walk = ahead;
		*done += found->nr;
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
	};
	struct rtm_walk walk = { .table = table };
	struct rtm_route_rec one;
	struct rtm_found found;
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
	if (!rtm_found_init(&found, get->count - get->done, &one))
		return -ENOMEM;
	err = rtm_walk_out(&walk, &found, &records, get->count, &get->done,
			   &sequence, &get->position);
	rtm_found_free(&found, &one);
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
	struct rtm_route_rec one;
	struct rtm_found found = { .recs = &one, .max = 1 };
	struct rtm_enum *e;
	int err;

	if (!table)
		return -EINVAL;
	err = rtm_criteria_from_uapi(table->family, open->match,
				     &open->criteria, &walk.criteria);
	if (err)
		return err;

	open->sequence = READ_ONCE(table->seq);
	probe = walk;
	err = rtm_walk_fill(&probe, &found);
	if (!found.nr)
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
	};
	struct rtm_route_rec one;
	struct rtm_found found;
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
	err = -ENOMEM;
	if (!rtm_found_init(&found, next->count - next->done, &one))
		goto out;
	err = -EINTR;
	if (!mutex_lock_killable(&e->lock)) {
		sequence = READ_ONCE(e->walk.table->seq);
		err = rtm_walk_out(&e->walk, &found, &records, next->count,
				   &next->done, &sequence, NULL);
		next->sequence = sequence;
		mutex_unlock(&e->lock);
	}
	rtm_found_free(&found, &one);
out:
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
