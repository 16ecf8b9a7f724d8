// SPDX-License-Identifier: GPL-2.0
/*
 * /dev/rtm: files, poll, and the table of ioctls.
 */
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/nsproxy.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/user_namespace.h>
#include <net/net_namespace.h>

#include "chardev.h"
#include "client.h"
#include "cmd.h"
#include "enum.h"
#include "file.h"

/**
 * struct rtm_cmd - an ioctl
 * @nr: number
 * @changes: needs a file open for writing and CAP_NET_ADMIN
 * @replies: changes something that its argument, written back, has to tell
 * @size: size of its argument
 * @min_size: size that it had at first
 * @handler: does it; process context, no locks held
 */
struct rtm_cmd {
	unsigned int nr;
	bool changes;
	bool replies;
	u32 size;
	u32 min_size;
	long (*handler)(struct rtm_call *call);
};

#define RTM_CMD(_nr, _changes, _replies, _struct, _last, _handler)	\
	[_IOC_NR(_nr)] = {						\
		.nr = _nr,						\
		.changes = _changes,					\
		.replies = _replies,					\
		.size = sizeof(_struct) +				\
			BUILD_BUG_ON_ZERO(sizeof(_struct) % sizeof(u64)), \
		.min_size = offsetofend(_struct, _last),		\
		.handler = _handler,					\
	}

static const struct rtm_cmd rtm_cmds[] = {
	RTM_CMD(RTM_IOC_REGISTER, true, true, struct rtm_register, sequence,
		rtm_cmd_register),
	RTM_CMD(RTM_IOC_WATCH, false, true, struct rtm_watch, sequence,
		rtm_cmd_watch),
	RTM_CMD(RTM_IOC_DEREGISTER, false, false, struct rtm_handle, handle,
		rtm_cmd_deregister),
	RTM_CMD(RTM_IOC_ADD, true, true, struct rtm_update, reserved, rtm_cmd_add),
	RTM_CMD(RTM_IOC_DELETE, true, true, struct rtm_update, reserved,
		rtm_cmd_delete),
	RTM_CMD(RTM_IOC_BLOCK_DELETE, true, true, struct rtm_block_delete, criteria,
		rtm_cmd_block_delete),
	RTM_CMD(RTM_IOC_DEQUEUE, false, true, struct rtm_dequeue, sequence,
		rtm_cmd_dequeue),
	RTM_CMD(RTM_IOC_LOOKUP, false, false, struct rtm_lookup, records,
		rtm_cmd_lookup),
	RTM_CMD(RTM_IOC_GET, false, false, struct rtm_get, position, rtm_cmd_get),
	RTM_CMD(RTM_IOC_ENUM_OPEN, false, true, struct rtm_enum_open, criteria,
		rtm_cmd_enum_open),
	RTM_CMD(RTM_IOC_ENUM_NEXT, false, true, struct rtm_enum_next, sequence,
		rtm_cmd_enum_next),
	RTM_CMD(RTM_IOC_ENUM_CLOSE, false, false, struct rtm_handle, handle,
		rtm_cmd_enum_close),
	RTM_CMD(RTM_IOC_PRIO_GET, false, false, struct rtm_prio, reserved,
		rtm_cmd_prio_get),
	RTM_CMD(RTM_IOC_PRIO_SET, true, false, struct rtm_prio, reserved,
		rtm_cmd_prio_set),
	RTM_CMD(RTM_IOC_LIMIT_GET, false, false, struct rtm_limit, used,
		rtm_cmd_limit_get),
	RTM_CMD(RTM_IOC_LIMIT_SET, true, false, struct rtm_limit, used,
		rtm_cmd_limit_set),
	RTM_CMD(RTM_IOC_STATS, false, false, struct rtm_stats, node_bytes,
		rtm_cmd_stats),
	RTM_CMD(RTM_IOC_CLIENTS, false, false, struct rtm_clients, reserved,
		rtm_cmd_clients),
};

/* May this file change anything, for the process that asks? */
static int rtm_may_change(const struct file *filp, const struct rtm_net *net)
{
	struct user_namespace *owner = net->net->user_ns;

	if (!(filp->f_mode & FMODE_WRITE))
		return -EACCES;
	/* Who opened it is nearly always who asks. */
	if ((filp->f_cred != current_cred() &&
	     !file_ns_capable(filp, owner, CAP_NET_ADMIN)) ||
	    !ns_capable(owner, CAP_NET_ADMIN))
		return -EPERM;
	return 0;
}

static long rtm_ioctl(struct file *filp, unsigned int nr, unsigned long arg)
{
	const struct rtm_cmd *cmd;
	struct rtm_call call;
	int err;

	if (_IOC_NR(nr) >= ARRAY_SIZE(rtm_cmds) ||
	    rtm_cmds[_IOC_NR(nr)].nr != nr)
		return -ENOTTY;
	cmd = &rtm_cmds[_IOC_NR(nr)];
	call.file = filp->private_data;
	call.user = (void __user *)arg;
	if (cmd->changes) {
		err = rtm_may_change(filp, call.file->net);
		if (err)
			return err;
	}
	if (get_user(call.user_size, (u32 __user *)call.user))
		return -EFAULT;
	if (call.user_size < cmd->min_size)
		return -EINVAL;
	if (call.user_size > PAGE_SIZE)
		return -E2BIG;
	call.size = cmd->size;
	err = rtm_arg_in(&call);
	if (err)
		return err;
	/* Who cannot be answered is refused before anything has changed. */
	if (cmd->replies && rtm_reply(&call))
		return -EFAULT;
	return cmd->handler(&call);
}

static __poll_t rtm_poll(struct file *filp, poll_table *wait)
{
	struct rtm_file *file = filp->private_data;

	poll_wait(filp, &file->signal.wait, wait);
	return atomic_read(&file->signal.readable) ? EPOLLIN | EPOLLRDNORM : 0;
}

static int rtm_open(struct inode *inode, struct file *filp)
{
	struct rtm_file *file;

	file = kzalloc(sizeof(*file), GFP_KERNEL_ACCOUNT);
	if (!file)
		return -ENOMEM;
	INIT_LIST_HEAD(&file->objs);
	rtm_signal_init(&file->signal);
	file->net = rtm_net_of(get_net(current->nsproxy->net_ns));
	filp->private_data = file;
	return nonseekable_open(inode, filp);
}

static void rtm_obj_close(struct rtm_file *file, struct rtm_obj *obj)
{
	switch (obj->kind) {
	case RTM_OBJ_CLIENT:
		rtm_client_abandon(container_of(obj, struct rtm_client, obj));
		break;
	case RTM_OBJ_ENUM:
		rtm_enum_close(file, container_of(obj, struct rtm_enum, obj));
		break;
	}
}

/* The last reference is gone: nobody else uses the file or its objects. */
static int rtm_release(struct inode *inode, struct file *filp)
{
	struct rtm_file *file = filp->private_data;
	struct rtm_obj *obj, *next;

	list_for_each_entry_safe(obj, next, &file->objs, in_file)
		rtm_obj_close(file, obj);
	rtm_signal_stop(&file->signal);
	put_net(file->net->net);
	kfree(file);
	return 0;
}

static const struct file_operations rtm_fops = {
	.owner = THIS_MODULE,
	.open = rtm_open,
	.release = rtm_release,
	.poll = rtm_poll,
	.unlocked_ioctl = rtm_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

static struct miscdevice rtm_misc = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "rtm",
	.fops = &rtm_fops,
	.mode = 0644,
};

/**
 * rtm_chardev_register() - let the device be opened
 *
 * May sleep. Return: 0 or a negative errno.
 */
int rtm_chardev_register(void)
{
	return misc_register(&rtm_misc);
}

/**
 * rtm_chardev_unregister() - no more opens
 *
 * Sleeps. Open files hold the module, so there are none.
 */
void rtm_chardev_unregister(void)
{
	misc_deregister(&rtm_misc);
}
