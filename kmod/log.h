/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RTM_LOG_H
#define RTM_LOG_H

#include <linux/list.h>
#include <linux/types.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "route.h"

struct rtm_change_rec;

/**
 * struct rtm_signal - how the readers of a file learn that there is something
 * @wait: poll
 * @readable: cursors with something to read
 * @wake: wakes bystanders: how many wait is up to them, and whoever changes a
 *	table is not to go through them. Others are woken before the change is done
 */
struct rtm_signal {
	wait_queue_head_t wait;
	atomic_t readable;
	struct work_struct wake;
};

/**
 * struct rtm_cursor - a client's place in the change log
 * @node: in rtm_log.idle, in rtm_log.lost, or in rtm_log.behind in the order
 *	of @next
 * @next: first record that it has still to read; NULL if there is none. It may
 *	be one that it is not told, see rtm_cursor_settle()
 * @segment: records from @next to the @next of the cursor after it in the
 *	list; of the last one, to the end
 * @busy: sequence of the last record being copied out, or 0: what is before
 *	it must not be merged with what comes after it
 * @known: sequence up to which the client may know changes from the table
 *	itself: that of its first look for messages, U64_MAX before
 * @limit: most records that it may hold back
 * @delivered: messages taken
 * @restarts: times that it lost its messages
 * @lost: it held back too much, has not been told so yet, and holds nothing
 * @signalled: counted in @signal
 * @bystander: of who may but look: see rtm_log_thin(), and rtm_signal.wake
 * @origin: id of its client, whose own changes are not told to it
 * @signal: of its client's file
 *
 * All protected by the table's mutex.
 */
struct rtm_cursor {
	struct list_head node;
	struct rtm_route *next;
	u64 segment;
	u64 busy;
	u64 known;
	u64 limit;
	u64 delivered;
	u64 restarts;
	bool lost;
	bool signalled;
	bool bystander;
	u32 origin;
	struct rtm_signal *signal;
};

/**
 * struct rtm_log - changes that somebody has not read yet, oldest first
 * @records: struct rtm_route by log.link
 * @edge: the newest record that left the window, or &@records
 * @nr: records
 * @nr_young: records after @edge
 * @idle: cursors that have read everything
 * @nr_idle: how many
 * @lost: cursors that are to start afresh
 * @behind: cursors that have not
 * @slack: appends after which a cursor may be over its limit
 * @delivered: messages taken
 * @merged: records that were merged into a neighbour
 * @cancelled: merged records that ended where they began, told to nobody
 * @restarts: times that cursors lost their messages
 *
 * All protected by the table's mutex.
 */
struct rtm_log {
	struct list_head records;
	struct list_head *edge;
	u64 nr;
	u64 nr_young;
	struct list_head idle;
	unsigned int nr_idle;
	struct list_head lost;
	struct list_head behind;
	u64 slack;
	u64 delivered;
	u64 merged;
	u64 cancelled;
	u64 restarts;
};

void rtm_signal_init(struct rtm_signal *signal);
void rtm_signal_stop(struct rtm_signal *signal);

void rtm_log_init(struct rtm_log *log);
bool rtm_log_wanted(const struct rtm_table *table, const struct rtm_dest *dest,
		    const struct rtm_cursor *origin);
void rtm_log_append(struct rtm_table *table, struct rtm_route *record,
		    const struct rtm_cursor *origin);
bool rtm_log_trim(struct rtm_table *table, unsigned int budget);

void rtm_cursor_join(struct rtm_table *table, struct rtm_cursor *cursor);
void rtm_cursor_leave(struct rtm_table *table, struct rtm_cursor *cursor);
void rtm_cursor_set_limit(struct rtm_table *table, struct rtm_cursor *cursor,
			  u64 limit);
u64 rtm_cursor_backlog(const struct rtm_table *table,
		       const struct rtm_cursor *cursor);
bool rtm_cursor_settle(struct rtm_table *table, struct rtm_cursor *cursor);
unsigned int rtm_cursor_peek(struct rtm_table *table,
			     struct rtm_cursor *cursor,
			     struct rtm_change_rec *recs, unsigned int nr);
void rtm_cursor_consume(struct rtm_table *table, struct rtm_cursor *cursor,
			unsigned int nr);
void rtm_cursor_lose(struct rtm_table *table, struct rtm_cursor *cursor);
bool rtm_cursor_recover(struct rtm_table *table, struct rtm_cursor *cursor);

#endif /* RTM_LOG_H */
