// SPDX-License-Identifier: GPL-2.0
/*
 * User memory: arguments and records, with the sizes of both sides.
 *
 * Everything here may fault and so is called with no lock held.
 */
#include <linux/minmax.h>
#include <linux/uaccess.h>

#include "cmd.h"

/* Copy out what the caller has room for, zeros for what he has more. */
static int rtm_struct_out(void __user *user, u32 user_size, const void *from,
			  u32 size)
{
	if (copy_to_user(user, from, min(user_size, size)))
		return -EFAULT;
	if (user_size > size && clear_user(user + size, user_size - size))
		return -EFAULT;
	return 0;
}

/**
 * rtm_arg_in() - read the argument
 * @call: the call, with both sizes
 *
 * May fault. -EFAULT; -E2BIG: nonzero bytes in what is not known here.
 */
int rtm_arg_in(struct rtm_call *call)
{
	const u64 __user *user = call->user;
	unsigned int i, nr = call->size / sizeof(*user);
	u64 *words = (u64 *)&call->arg;

	if (call->user_size != call->size || !rtm_words_ok(user))
		return copy_struct_from_user(&call->arg, call->size, call->user,
					     call->user_size);
	/* A few words, in a buffer that has their size: nothing to harden. */
	might_fault();
	if (!user_read_access_begin(user, call->size))
		return -EFAULT;
	for (i = 0; i < nr; i++)
		unsafe_get_user(words[i], &user[i], fault);
	user_read_access_end();
	return 0;

fault:
	user_read_access_end();
	return -EFAULT;
}

/**
 * rtm_reply() - write the argument back
 * @call: the call
 *
 * What the caller's structure has more was zero, and stays it. May fault.
 * -EFAULT: could not.
 */
int rtm_reply(const struct rtm_call *call)
{
	u32 size = min(call->user_size, call->size);

	might_fault();
	if (!user_write_access_begin(call->user, size))
		return -EFAULT;
	unsafe_copy_to_user(call->user, (const void *)&call->arg, size, fault);
	user_write_access_end();
	return 0;

fault:
	user_write_access_end();
	return -EFAULT;
}

/* rtm_records_in(), whatever the sizes. */
int rtm_records_copy_in(const struct rtm_records *records, u32 at, void *buf,
			u32 size, u32 nr)
{
	int err;

	if (records->user_size == size)
		return copy_from_user(buf, rtm_record(records, at),
				      (size_t)nr * size) ? -EFAULT : 0;
	for (; nr; nr--, at++, buf += size) {
		err = copy_struct_from_user(buf, size, rtm_record(records, at),
					    records->user_size);
		if (err)
			return err;
	}
	return 0;
}

/* rtm_records_out(), whatever the sizes. */
int rtm_records_copy_out(const struct rtm_records *records, u32 at,
			 const void *buf, u32 size, u32 nr)
{
	if (records->user_size == size)
		return copy_to_user(rtm_record(records, at), buf,
				    (size_t)nr * size) ? -EFAULT : 0;
	for (; nr; nr--, at++, buf += size)
		if (rtm_struct_out(rtm_record(records, at), records->user_size,
				   buf, size))
			return -EFAULT;
	return 0;
}
