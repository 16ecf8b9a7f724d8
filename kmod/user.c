// SPDX-License-Identifier: GPL-2.0
/*
 * Users: what each may have of what a namespace has but so much of.
 *
 * Anybody may watch and enumerate. So that nobody can use up what the others
 * need, each user has a limit, and so have all together who are in user namespaces
 * of one account: by them one person can be many users. Some of the whole is left
 * to those who administer the namespace.
 */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/slab.h>
#include <linux/user_namespace.h>
#include <net/net_namespace.h>

#include "memory.h"
#include "net.h"
#include "user.h"

static u64 rtm_user_limit(const struct rtm_net *net, enum rtm_obj_kind kind)
{
	return rtm_net_limit(net, kind == RTM_OBJ_CLIENT ?
			     RTM_MAX_USER_CLIENTS : RTM_MAX_USER_ENUMS);
}

/**
 * rtm_user_administers() - may the current user change the tables, in principle?
 * @net: their namespace
 *
 * Any context of a process. Leaves no trace in an audit.
 */
bool rtm_user_administers(const struct rtm_net *net)
{
	return ns_capable_noaudit(net->net->user_ns, CAP_NET_ADMIN);
}

/* What the current user may fill of the whole. */
static u64 rtm_user_room(const struct rtm_net *net, enum rtm_obj_kind kind)
{
	u64 room = kind == RTM_OBJ_CLIENT ?
		   rtm_net_limit(net, RTM_MAX_CLIENTS) : RTM_HANDLE_MASK;

	if (!rtm_user_administers(net))
		room -= room / 4;
	return room;
}

/*
 * Who owns the user namespace that the current user is in, as seen from the one
 * of @net: the outermost that is not root's. An account can have 65,536 user ids,
 * and uses them in a namespace that it owns. Root's are for others, whose user ids
 * it has seen to. INVALID_UID: nobody.
 */
static kuid_t rtm_user_account(const struct rtm_net *net)
{
	const struct user_namespace *outer = net->net->user_ns;
	const struct user_namespace *ns = current_user_ns();
	kuid_t account = INVALID_UID;

	for (; ns != outer && ns != &init_user_ns; ns = ns->parent)
		if (!uid_eq(ns->owner, GLOBAL_ROOT_UID))
			account = ns->owner;
	return account;
}

/* Find or make. There may be very many. */
static struct rtm_user *rtm_user_get(struct rtm_net *net, kuid_t uid)
{
	struct rtm_user *user;

	lockdep_assert_held(&net->lock);
	user = xa_load(&net->users, __kuid_val(uid));
	if (user)
		return user;
	user = kzalloc(sizeof(*user), RTM_GFP_LOCKED);
	if (!user)
		return NULL;
	user->uid = uid;
	if (xa_insert(&net->users, __kuid_val(uid), user, RTM_GFP_LOCKED)) {
		kfree(user);
		return NULL;
	}
	return user;
}

static void rtm_user_put(struct rtm_net *net, struct rtm_user *user)
{
	unsigned int i;

	for (i = 0; i < RTM_NR_OBJ_KINDS; i++)
		if (user->nr[i] || user->within[i])
			return;
	xa_erase(&net->users, __kuid_val(user->uid));
	kfree(user);
}

static void rtm_charge_undo(struct rtm_net *net, enum rtm_obj_kind kind,
			    struct rtm_charge *charge)
{
	struct rtm_user *user = charge->user, *account = charge->account;

	lockdep_assert_held(&net->lock);
	net->nr_objs[kind]--;
	user->nr[kind]--;
	if (account) {
		account->within[kind]--;
		if (account != user)
			rtm_user_put(net, account);
	}
	rtm_user_put(net, user);
}

/* rtm_user_charge(), with the memory that is to be had at once. */
static int rtm_user_charge_now(struct rtm_net *net, enum rtm_obj_kind kind,
			       struct rtm_charge *charge)
{
	kuid_t account = rtm_user_account(net);
	u64 limit = rtm_user_limit(net, kind);
	u64 room = rtm_user_room(net, kind);
	int err;

	charge->account = NULL;
	spin_lock(&net->lock);
	err = -ENOSPC;
	if (net->nr_objs[kind] >= room)
		goto err_unlock;
	err = -ENOMEM;
	charge->user = rtm_user_get(net, current_uid());
	if (!charge->user)
		goto err_unlock;
	charge->user->nr[kind]++;
	net->nr_objs[kind]++;
	if (uid_valid(account)) {
		charge->account = rtm_user_get(net, account);
		if (!charge->account)
			goto err_undo;
		charge->account->within[kind]++;
	}
	err = -EDQUOT;
	if (charge->user->nr[kind] > limit ||
	    (charge->account && charge->account->within[kind] > limit))
		goto err_undo;
	spin_unlock(&net->lock);
	return 0;

err_undo:
	rtm_charge_undo(net, kind, charge);
err_unlock:
	spin_unlock(&net->lock);
	return err;
}

/**
 * rtm_user_charge() - count something of the current user
 * @net: namespace that it is in
 * @kind: what
 * @charge: with whom it is counted, to be uncharged
 *
 * Sleeps. -ENOSPC: the namespace is full, for him; -EDQUOT: he has his share,
 * or those in user namespaces of one account have that one's; -ENOMEM.
 */
int rtm_user_charge(struct rtm_net *net, enum rtm_obj_kind kind,
		    struct rtm_charge *charge)
{
	unsigned int waits = 0;
	int err;

	do
		err = rtm_user_charge_now(net, kind, charge);
	while (err == -ENOMEM && rtm_memory_wait(&waits));
	return err;
}

/**
 * rtm_user_uncharge() - undo rtm_user_charge()
 * @net: namespace
 * @kind: what
 * @charge: with whom it was counted; they may be gone afterwards
 *
 * Context of a process.
 */
void rtm_user_uncharge(struct rtm_net *net, enum rtm_obj_kind kind,
		       struct rtm_charge *charge)
{
	spin_lock(&net->lock);
	rtm_charge_undo(net, kind, charge);
	spin_unlock(&net->lock);
}
