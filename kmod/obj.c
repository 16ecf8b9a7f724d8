// SPDX-License-Identifier: GPL-2.0
/*
 * Handles: numbers for clients and enumerations.
 *
 * They come from an idr a kind of the namespace, cyclically, so that a number
 * is not soon used again; and enumerations do not take those of clients. (New
 * code would take an XArray; nothing here wants what the one has and the other
 * lacks.) An entry is NULL until its object is complete.
 * A handle is good only on the file it was made on and for its kind.
 */
#include <linux/idr.h>
#include <linux/rcupdate.h>

#include "file.h"
#include "net.h"
#include "obj.h"

/**
 * rtm_obj_add() - reserve a number
 * @net: namespace
 * @file: file that it will be good on
 * @kind: of which sort
 * @obj: object; gets a reference for its handle
 *
 * May sleep. -ENOMEM; -ENOSPC: all numbers are in use.
 */
int rtm_obj_add(struct rtm_net *net, struct rtm_file *file,
		enum rtm_obj_kind kind, struct rtm_obj *obj)
{
	int id;

	idr_preload(GFP_KERNEL);
	spin_lock(&net->lock);
	id = idr_alloc_cyclic(&net->objs[kind], NULL, 1, RTM_HANDLE_MASK + 1,
			      GFP_NOWAIT | __GFP_ACCOUNT);
	spin_unlock(&net->lock);
	idr_preload_end();
	if (id < 0)
		return id;
	obj->kind = kind;
	obj->id = id;
	obj->file = file;
	refcount_set(&obj->refs, 1);
	INIT_LIST_HEAD(&obj->in_file);
	return 0;
}

/**
 * rtm_obj_publish() - let the handle be found
 * @net: namespace
 * @obj: object with its number, complete
 *
 * Context of a process.
 */
void rtm_obj_publish(struct rtm_net *net, struct rtm_obj *obj)
{
	spin_lock(&net->lock);
	idr_replace(&net->objs[obj->kind], obj, obj->id);
	list_add_tail(&obj->in_file, &obj->file->objs);
	spin_unlock(&net->lock);
}

/**
 * rtm_obj_get() - what a handle stands for
 * @file: file that it came in on
 * @kind: of which sort it has to be
 * @handle: the number
 *
 * Any context. Takes a reference, without a lock: objects are freed only after
 * a grace period. NULL: no such handle.
 */
struct rtm_obj *rtm_obj_get(struct rtm_file *file, enum rtm_obj_kind kind,
			    u32 handle)
{
	struct rtm_net *net = file->net;
	struct rtm_obj *obj;

	if (handle >> RTM_HANDLE_BITS != kind)
		return NULL;
	rcu_read_lock();
	obj = idr_find(&net->objs[kind], handle & RTM_HANDLE_MASK);
	if (obj && (obj->file != file || !refcount_inc_not_zero(&obj->refs)))
		obj = NULL;
	rcu_read_unlock();
	return obj;
}

/**
 * rtm_obj_remove() - make a handle invalid
 * @net: namespace
 * @obj: its object
 *
 * Context of a process. Return: false if somebody else did it already. Otherwise the
 * reference of the handle is now the caller's.
 */
bool rtm_obj_remove(struct rtm_net *net, struct rtm_obj *obj)
{
	bool removed;

	spin_lock(&net->lock);
	removed = obj->id;
	if (removed) {
		idr_remove(&net->objs[obj->kind], obj->id);
		list_del_init(&obj->in_file);
		obj->id = 0;
	}
	spin_unlock(&net->lock);
	return removed;
}
