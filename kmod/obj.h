/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RTM_OBJ_H
#define RTM_OBJ_H

#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/types.h>

struct rtm_file;
struct rtm_net;
struct rtm_user;

/* Handles: the kind, then a number from the namespace's idr of that kind. */
#define RTM_HANDLE_BITS		20
#define RTM_HANDLE_MASK		((1U << RTM_HANDLE_BITS) - 1)

enum rtm_obj_kind {
	RTM_OBJ_CLIENT = 0,
	RTM_OBJ_ENUM = 1,
};

#define RTM_NR_OBJ_KINDS	2

/**
 * struct rtm_obj - what a handle stands for; first member of those
 * @kind: of which sort
 * @id: number in rtm_net.objs of its kind, from 1 up
 * @refs: one for the handle, one for each call that uses it
 * @file: the file that it was made on, compared and never followed
 * @in_file: in rtm_file.objs; rtm_net.lock
 * @rcu: of who frees it
 */
struct rtm_obj {
	enum rtm_obj_kind kind;
	u32 id;
	refcount_t refs;
	struct rtm_file *file;
	struct list_head in_file;
	struct rcu_head rcu;
};

/**
 * struct rtm_charge - with whom something is counted, by rtm_user_charge()
 * @user: who made it
 * @account: who owns the user namespace that it was made in, or NULL
 */
struct rtm_charge {
	struct rtm_user *user;
	struct rtm_user *account;
};

int rtm_obj_add(struct rtm_net *net, struct rtm_file *file,
		enum rtm_obj_kind kind, struct rtm_obj *obj);
void rtm_obj_publish(struct rtm_net *net, struct rtm_obj *obj);
struct rtm_obj *rtm_obj_get(struct rtm_file *file, enum rtm_obj_kind kind,
			    u32 handle);
bool rtm_obj_remove(struct rtm_net *net, struct rtm_obj *obj);

static inline u32 rtm_obj_handle(const struct rtm_obj *obj)
{
	return obj->kind << RTM_HANDLE_BITS | obj->id;
}

#endif /* RTM_OBJ_H */
