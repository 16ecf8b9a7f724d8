// SPDX-License-Identifier: GPL-2.0
/*
 * Users: what each may have of what a namespace has but so much of.
 *
 * Anybody may watch and enumerate. So that nobody can use up what the others
 * need, each user has a limit, and some of the whole is left to those who
 * administer the namespace: one person can be many users.
 */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/slab.h>
#include <linux/user_namespace.h>
#include <net/net_namespace.h>

#include "net.h"
#include "user.h"

static u64 rtm_user_limit(const struct rtm_net *net, enum rtm_obj_kind kind)
{
	return rtm_net_limit(net, kind == RTM_OBJ_CLIENT ?
			     RTM_MAX_USER_CLIENTS : RTM_MAX_USER_ENUMS);
}

/* What the current user may fill of the whole. */
static u64 rtm_user_room(const struct rtm_net *net, enum rtm_obj_kind kind)
{
	u64 room = kind == RTM_OBJ_CLIENT ?
		   rtm_net_limit(net, RTM_MAX_CLIENTS) : RTM_HANDLE_MASK;

	if (!ns_capable_noaudit(net->net->user_ns, CAP_NET_ADMIN))
		room -= room / 4;
	return room;
}

/* Find or make. There may be very many: an account can have 65,536 uids. */
static struct rtm_user *rtm_user_get(struct rtm_net *net)
{
	kuid_t uid = current_uid();
	struct rtm_user *user;

	lockdep_assert_held(&net->lock);
	user = xa_load(&net->users, __kuid_val(uid));
	if (user)
		return user;
	user = kzalloc(sizeof(*user), GFP_KERNEL_ACCOUNT);
	if (!user)
		return NULL;
	user->uid = uid;
	if (xa_insert(&net->users, __kuid_val(uid), user, GFP_KERNEL)) {
		kfree(user);
		return NULL;
	}
	return user;
}

static void rtm_user_put(struct rtm_net *net, struct rtm_user *user)
{
	unsigned int i;

	for (i = 0; i < RTM_NR_OBJ_KINDS; i++)
		if (user->nr[i])
			return;
	xa_erase(&net->users, __kuid_val(user->uid));
	kfree(user);
}

/**
 * rtm_user_charge() - count something of the current user
 * @net: namespace that it is in
 * @kind: what
 *
 * Sleeps. Return: who is to be uncharged. ERR_PTR: -ENOSPC: the namespace is
 * full, for him; -EDQUOT: he has his share; -ENOMEM.
 */
struct rtm_user *rtm_user_charge(struct rtm_net *net, enum rtm_obj_kind kind)
{
	struct rtm_user *user;
	int err;

	mutex_lock(&net->lock);
	err = -ENOSPC;
	if (net->nr_objs[kind] >= rtm_user_room(net, kind))
		goto err_unlock;
	err = -ENOMEM;
	user = rtm_user_get(net);
	if (!user)
		goto err_unlock;
	err = -EDQUOT;
	if (user->nr[kind] >= rtm_user_limit(net, kind))
		goto err_put;
	user->nr[kind]++;
	net->nr_objs[kind]++;
	mutex_unlock(&net->lock);
	return user;

err_put:
	rtm_user_put(net, user);
err_unlock:
	mutex_unlock(&net->lock);
	return ERR_PTR(err);
}

/**
 * rtm_user_uncharge() - undo rtm_user_charge()
 * @net: namespace
 * @user: what it returned; may be gone afterwards
 * @kind: what
 *
 * Sleeps.
 */
void rtm_user_uncharge(struct rtm_net *net, struct rtm_user *user,
		       enum rtm_obj_kind kind)
{
	mutex_lock(&net->lock);
	net->nr_objs[kind]--;
	user->nr[kind]--;
	rtm_user_put(net, user);
	mutex_unlock(&net->lock);
}
