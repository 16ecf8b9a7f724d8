/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RTM_CLIENT_H
#define RTM_CLIENT_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/workqueue.h>

#include "log.h"
#include "obj.h"
#include "walk.h"

struct rtm_attr;
struct rtm_table;

/* rtm_client.flags, with the values of the ABI */
#define RTM_SINGLE_ROUTE	0x1
#define RTM_NOTIFY		0x2
#define RTM_WATCHER		0x4

#define RTM_RECENT_BITS		4

/**
 * struct rtm_client - a routing protocol, or a watcher
 * @obj: its handle
 * @table: of its family. The client holds the namespace
 * @protocol: routing protocol; of a watcher 0
 * @flags: RTM_SINGLE_ROUTE and so on
 * @charge: with whom it is counted
 * @pid: process that did
 * @comm: its name then
 * @reap: finishes the teardown
 * @reading: one dequeue at a time; before the table's mutex
 * @deleting: one block delete at a time; before the table's mutex
 * @watches: has a cursor that joined; table mutex, as the following
 * @dying: being torn down
 * @in_table: in rtm_table.clients
 * @attrs: its interned attributes that have routes, by rtm_attr.in_client
 * @nr_attrs: how many
 * @recent: some that were used of late, or NULL
 * @region: of memory, whose routes are being removed
 * @in_region: how many were there so far
 * @nr_routes: its routes
 * @cursor: its place in the change log
 */
struct rtm_client {
	struct rtm_obj obj;
	struct rtm_table *table;
	u32 protocol;
	u32 flags;
	struct rtm_charge charge;
	struct pid *pid;
	char comm[TASK_COMM_LEN];
	struct work_struct reap;
	struct mutex reading;
	struct mutex deleting;

	bool watches;
	bool dying;
	struct list_head in_table;
	struct list_head attrs;
	u64 nr_attrs;
	struct rtm_attr *recent[1 << RTM_RECENT_BITS];
	const void *region;
	unsigned int in_region;
	u64 nr_routes;
	struct rtm_cursor cursor;
};

struct rtm_client *rtm_client_register(struct rtm_file *file,
				       struct rtm_table *table, u32 protocol,
				       u32 flags, u64 *seq);
int rtm_client_deregister(struct rtm_client *client);
void rtm_client_abandon(struct rtm_client *client);
void rtm_clients_reaped(void);
struct rtm_client *rtm_client_get(struct rtm_file *file, u32 handle);
void rtm_client_put(struct rtm_client *client);
int rtm_client_block_delete(struct rtm_client *client,
			    const struct rtm_criteria *criteria, u64 *deleted);

#endif /* RTM_CLIENT_H */
