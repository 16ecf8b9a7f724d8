/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RTM_USER_H
#define RTM_USER_H

#include <linux/types.h>
#include <linux/uidgid.h>

#include "obj.h"

struct rtm_net;

/**
 * struct rtm_user - a user who has clients or enumerations in a namespace
 * @uid: who
 * @nr: how many, by kind
 * @within: how many those have who are in a user namespace of his, likewise
 *
 * Protected by rtm_net.lock.
 */
struct rtm_user {
	kuid_t uid;
	u64 nr[RTM_NR_OBJ_KINDS];
	u64 within[RTM_NR_OBJ_KINDS];
};

bool rtm_user_administers(const struct rtm_net *net);
int rtm_user_charge(struct rtm_net *net, enum rtm_obj_kind kind,
		    struct rtm_charge *charge);
void rtm_user_uncharge(struct rtm_net *net, enum rtm_obj_kind kind,
		       struct rtm_charge *charge);

#endif /* RTM_USER_H */
