/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RTM_FILE_H
#define RTM_FILE_H

#include <linux/list.h>
#include <linux/types.h>

#include "log.h"

struct rtm_net;

/**
 * struct rtm_file - one open of the device
 * @net: tables of the opener's network namespace; a reference to it is held
 * @objs: clients and enumerations, by rtm_obj.in_file; rtm_net.lock
 * @nr_enums: enumerations
 * @signal: for who polls; used by the cursors of the clients
 */
struct rtm_file {
	struct rtm_net *net;
	struct list_head objs;
	atomic_t nr_enums;
	struct rtm_signal signal;
};

#endif /* RTM_FILE_H */
