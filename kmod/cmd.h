/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RTM_CMD_H
#define RTM_CMD_H

#include <linux/mm.h>
#include <linux/rtm.h>
#include <linux/types.h>
#include <linux/uaccess.h>

#include "net.h"

struct rtm_file;

/**
 * struct rtm_call - an ioctl under way
 * @file: the file
 * @user: its argument
 * @user_size: size of that, as the caller says
 * @size: size of the argument as known here
 * @arg: copy of the argument
 */
struct rtm_call {
	struct rtm_file *file;
	void __user *user;
	u32 user_size;
	u32 size;
	union {
		struct rtm_register reg;
		struct rtm_watch watch;
		struct rtm_handle handle;
		struct rtm_update update;
		struct rtm_block_delete block_delete;
		struct rtm_dequeue dequeue;
		struct {
			struct rtm_lookup lookup;
			struct rtm_lookup_rec single;	/* if there is one */
		};
		struct rtm_get get;
		struct rtm_enum_open enum_open;
		struct rtm_enum_next enum_next;
		struct rtm_prio prio;
		struct rtm_limit limit;
		struct rtm_stats stats;
		struct rtm_clients clients;
	} arg;
};

/**
 * struct rtm_records - an array of records in user memory
 * @user: address
 * @user_size: size of a record there
 */
struct rtm_records {
	u64 user;
	u32 user_size;
};

int rtm_arg_in(struct rtm_call *call);
int rtm_reply(const struct rtm_call *call);
int rtm_records_copy_in(const struct rtm_records *records, u32 at, void *buf,
			u32 size, u32 nr);
int rtm_records_copy_out(const struct rtm_records *records, u32 at,
			 const void *buf, u32 size, u32 nr);

/* Whether words of user memory may be read and written one by one. */
static inline bool rtm_words_ok(const void __user *user)
{
	return IS_ENABLED(CONFIG_HAVE_EFFICIENT_UNALIGNED_ACCESS) ||
	       IS_ALIGNED((unsigned long)user, sizeof(u64));
}

static inline void __user *rtm_record(const struct rtm_records *records, u32 at)
{
	return u64_to_user_ptr(records->user + (u64)at * records->user_size);
}

/**
 * rtm_records_in() - copy records in
 * @records: where; their size there is not below @size
 * @at: index of the first
 * @buf: to
 * @size: size of a record here
 * @nr: how many
 *
 * May fault. -EFAULT; -E2BIG: nonzero bytes in what is not known here.
 */
static __always_inline int rtm_records_in(const struct rtm_records *records,
					  u32 at, void *buf, u32 size, u32 nr)
{
	/* A size known at compile time spares what hardens the others. */
	if (nr == 1 && records->user_size == size)
		return copy_from_user(buf, rtm_record(records, at), size) ?
		       -EFAULT : 0;
	return rtm_records_copy_in(records, at, buf, size, nr);
}

/**
 * rtm_records_out() - copy records out
 * @records: where
 * @at: index of the first
 * @buf: from
 * @size: size of a record here
 * @nr: how many
 *
 * May fault. -EFAULT: could not.
 */
static __always_inline int rtm_records_out(const struct rtm_records *records,
					   u32 at, const void *buf, u32 size,
					   u32 nr)
{
	if (nr == 1 && records->user_size == size)
		return copy_to_user(rtm_record(records, at), buf, size) ?
		       -EFAULT : 0;
	return rtm_records_copy_out(records, at, buf, size, nr);
}

/* Multiples of eight, as records are; the upper bound is far away. */
static inline bool rtm_record_size_ok(u32 user_size, u32 size)
{
	return user_size >= size && user_size <= PAGE_SIZE && !(user_size % 8);
}

/* NULL: no such family. */
static inline struct rtm_table *rtm_call_table(struct rtm_net *net, u32 family)
{
	return family < RTM_NR_FAMILIES ? &net->tables[family] : NULL;
}

long rtm_cmd_register(struct rtm_call *call);
long rtm_cmd_watch(struct rtm_call *call);
long rtm_cmd_deregister(struct rtm_call *call);
long rtm_cmd_dequeue(struct rtm_call *call);
long rtm_cmd_clients(struct rtm_call *call);

long rtm_cmd_add(struct rtm_call *call);
long rtm_cmd_delete(struct rtm_call *call);
long rtm_cmd_block_delete(struct rtm_call *call);

long rtm_cmd_lookup(struct rtm_call *call);
long rtm_cmd_get(struct rtm_call *call);
long rtm_cmd_enum_open(struct rtm_call *call);
long rtm_cmd_enum_next(struct rtm_call *call);
long rtm_cmd_enum_close(struct rtm_call *call);

long rtm_cmd_prio_get(struct rtm_call *call);
long rtm_cmd_prio_set(struct rtm_call *call);
long rtm_cmd_limit_get(struct rtm_call *call);
long rtm_cmd_limit_set(struct rtm_call *call);
long rtm_cmd_stats(struct rtm_call *call);

#endif /* RTM_CMD_H */
