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
 * rtm_reply() - write the argument back
 * @call: the call
 *
 * May fault. -EFAULT: could not.
 */
int rtm_reply(const struct rtm_call *call)
{
	u32 size = min(call->user_size, call->size);

	/* What the caller's structure has more was zero, and stays it. */
	return copy_to_user(call->user, &call->arg, size) ? -EFAULT : 0;
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
