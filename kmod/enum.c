// SPDX-License-Identifier: GPL-2.0
/*
 * Enumerations: walks with a handle.
 */
#include <linux/err.h>
#include <linux/slab.h>

#include "enum.h"
#include "file.h"
#include "net.h"
#include "user.h"

/**
 * rtm_enum_open() - give a walk a handle
 * @file: file that it will be good on
 * @walk: copied
 *
 * Sleeps. The caller gets a reference. ERR_PTR: -ENOSPC, -EDQUOT, -ENOMEM.
 */
struct rtm_enum *rtm_enum_open(struct rtm_file *file,
			       const struct rtm_walk *walk)
{
	struct rtm_enum *e;
	int err = -ENOSPC;

	if (atomic_inc_return(&file->nr_enums) >
	    rtm_net_limit(file->net, RTM_MAX_FILE_ENUMS))
		goto err_count;
	err = -ENOMEM;
	e = kzalloc(sizeof(*e), GFP_KERNEL_ACCOUNT);
	if (!e)
		goto err_count;
	mutex_init(&e->lock);
	e->walk = *walk;
	err = rtm_user_charge(file->net, RTM_OBJ_ENUM, &e->charge);
	if (err)
		goto err_free;
	err = rtm_obj_add(file->net, file, RTM_OBJ_ENUM, &e->obj);
	if (err)
		goto err_user;
	refcount_inc(&e->obj.refs);
	rtm_obj_publish(file->net, &e->obj);
	return e;

err_user:
	rtm_user_uncharge(file->net, RTM_OBJ_ENUM, &e->charge);
err_free:
	kfree(e);
err_count:
	atomic_dec(&file->nr_enums);
	return ERR_PTR(err);
}

/**
 * rtm_enum_get() - what the handle of an enumeration stands for
 * @file: file that it came in on
 * @handle: the number
 *
 * Any context. Takes a reference. NULL: no such enumeration on this file.
 */
struct rtm_enum *rtm_enum_get(struct rtm_file *file, u32 handle)
{
	struct rtm_obj *obj = rtm_obj_get(file, RTM_OBJ_ENUM, handle);

	return obj ? container_of(obj, struct rtm_enum, obj) : NULL;
}

/**
 * rtm_enum_put() - drop a reference
 * @e: enumeration; may be gone afterwards
 *
 * Any context.
 */
void rtm_enum_put(struct rtm_enum *e)
{
	if (refcount_dec_and_test(&e->obj.refs))
		kfree_rcu(e, obj.rcu);
}

/**
 * rtm_enum_close() - end an enumeration
 * @file: its file
 * @e: enumeration; the caller has a reference, or the file is closed
 *
 * Sleeps. Return: false if somebody else closed it.
 */
bool rtm_enum_close(struct rtm_file *file, struct rtm_enum *e)
{
	if (!rtm_obj_remove(file->net, &e->obj))
		return false;
	atomic_dec(&file->nr_enums);
	rtm_user_uncharge(file->net, RTM_OBJ_ENUM, &e->charge);
	rtm_enum_put(e);
	return true;
}
