// SPDX-License-Identifier: GPL-2.0
/*
 * The change log: each change of a best route once, for all who watch.
 *
 * A record is the route that stopped being the best one (struct rtm_route).
 * It says what was; what came instead is what the destination's next newer
 * record says, or what is best now. Two consequences: taking the newer of two
 * neighbouring records of a destination out of the log is all there is to
 * merging them (but for one case, below), and it needs no memory.
 *
 * Watchers have cursors. A record that no cursor has still to read is freed;
 * with nobody behind, the log is empty. While the log is shorter than the
 * window nothing is ever merged. Each append that makes it longer moves one
 * record out of the window; that one is merged with the older records of its
 * destination that no cursor separates it from. So what a reader far behind
 * makes us hold is bounded by destinations, not by changes, and it is bounded
 * by that reader's own limit besides: past it, his place moves to the end and
 * he is told.
 *
 * Who begins, or begins afresh, reads the table, and may find there what nobody
 * tells him: what came meanwhile, if it went before he first looked for messages.
 * So until then changes do not cancel out for him. Where nothing was and
 * nothing is, it is the newer record that stays: it has a route that came and
 * went.
 *
 * A client is not told what it did itself: it got that as the result. So for
 * one that also writes, its newest own record of a destination is where its
 * knowledge of it ends, and what others did later is not merged across. Where
 * such a record cancels out it stays, told to nobody, to mark that place.
 *
 * Cost: O(1) a change for cursors in the window, however many; for each that
 * is farther behind, a few instructions when a record leaves the window.
 *
 * Everything here runs under the table's mutex.
 */
#include <linux/limits.h>
#include <linux/lockdep.h>
#include <linux/poll.h>
#include <linux/workqueue.h>

#include "abi.h"
#include "net.h"
#include "table.h"

/* Records that a caller frees on its own time before it asks for help. */
#define RTM_TRIM_BUDGET		512

/* Cursors that may have to be looked at where records are merged. */
#define RTM_FAR_MAX		64

/* Records that are passed over in one hold of the mutex: a client's own. */
#define RTM_SKIP_BUDGET		4096

/* The same, for each of the cursors that are at a record which goes. */
#define RTM_PASS_BUDGET		16

/*
 * The bits of sequence numbers that a record keeps. What they hold begins close
 * to where it wraps, so that it does.
 */
#define RTM_LOG_SEQ_MASK	(BIT_ULL(44) - 1)
#define RTM_LOG_SEQ_FIRST	(RTM_LOG_SEQ_MASK - 20)

static void rtm_wake(struct rtm_signal *signal)
{
	wake_up_interruptible_poll(&signal->wait, EPOLLIN | EPOLLRDNORM);
}

static void rtm_wake_work(struct work_struct *work)
{
	rtm_wake(container_of(work, struct rtm_signal, wake));
}

/**
 * rtm_signal_init() - nobody waits, and there is nothing
 * @signal: zeroed
 */
void rtm_signal_init(struct rtm_signal *signal)
{
	init_waitqueue_head(&signal->wait);
	INIT_WORK(&signal->wake, rtm_wake_work);
}

/**
 * rtm_signal_stop() - nobody is woken any more
 * @signal: no cursor's any more
 *
 * Sleeps.
 */
void rtm_signal_stop(struct rtm_signal *signal)
{
	cancel_work_sync(&signal->wake);
}

/**
 * rtm_log_init() - an empty log
 * @log: zeroed
 *
 * No lock is needed yet.
 */
void rtm_log_init(struct rtm_log *log)
{
	INIT_LIST_HEAD(&log->records);
	INIT_LIST_HEAD(&log->idle);
	INIT_LIST_HEAD(&log->behind);
	INIT_LIST_HEAD(&log->lost);
	log->edge = &log->records;
	log->slack = U64_MAX;
}

/* Records keep the low bits; none is as old as what they can tell. */
static u64 rtm_log_seq(const struct rtm_table *table,
		       const struct rtm_route *record)
{
	u64 low = table->seq + RTM_LOG_SEQ_FIRST;

	return table->seq - ((low - record->log.seq) & RTM_LOG_SEQ_MASK);
}

/* What was before @record, for those who were told. NULL: no route. */
static struct rtm_route *rtm_log_previous(struct rtm_route *record)
{
	if (!record->attr || record->meta & RTM_RECORD_FOUND)
		return NULL;
	return record;
}

/* What holds after @record. NULL: no route. */
static struct rtm_route *rtm_log_current(const struct rtm_table *table,
					 const struct rtm_route *record)
{
	struct rtm_dest *dest = record->dest;

	if (rtm_dest_log(dest) == record)
		return rtm_locked(table, dest->best);
	return rtm_log_previous(record->log.newer);
}

static bool rtm_log_tells(const struct rtm_cursor *cursor,
			  const struct rtm_route *record)
{
	if (record->meta & RTM_RECORD_VOID)
		return false;
	return record->log.origin != cursor->origin ||
	       record->meta & RTM_RECORD_MIXED;
}

static struct rtm_route *rtm_log_next(const struct rtm_log *log,
				      struct rtm_route *record)
{
	if (list_is_last(&record->log.link, &log->records))
		return NULL;
	return list_next_entry(record, log.link);
}

static void rtm_cursor_signal(struct rtm_cursor *cursor)
{
	bool readable = cursor->next || cursor->lost;

	if (readable == cursor->signalled)
		return;
	cursor->signalled = readable;
	if (!readable) {
		atomic_dec(&cursor->signal->readable);
		return;
	}
	if (atomic_inc_return(&cursor->signal->readable) > 1)
		return;
	if (cursor->bystander)
		queue_work(system_unbound_wq, &cursor->signal->wake);
	else
		rtm_wake(cursor->signal);
}

static struct rtm_cursor *rtm_cursor_before(const struct rtm_log *log,
					    struct rtm_cursor *cursor)
{
	if (list_is_first(&cursor->node, &log->behind))
		return NULL;
	return list_prev_entry(cursor, node);
}

/* Take @cursor, which is behind, to the end of the log. */
static void rtm_cursor_to_end(struct rtm_log *log, struct rtm_cursor *cursor)
{
	struct rtm_cursor *before = rtm_cursor_before(log, cursor);

	if (before)
		before->segment += cursor->segment;
	cursor->segment = 0;
	cursor->next = NULL;
	list_move_tail(&cursor->node, &log->idle);
	log->nr_idle++;
}

/* Move @cursor, which is behind, past one record. */
static void rtm_cursor_step(struct rtm_log *log, struct rtm_cursor *cursor)
{
	struct rtm_cursor *other;

	/* Of cursors in one place the last one has the segment. */
	while (!cursor->segment) {
		other = list_next_entry(cursor, node);
		list_move(&cursor->node, &other->node);
		swap(cursor->segment, other->segment);
	}
	other = rtm_cursor_before(log, cursor);
	if (other)
		other->segment++;
	cursor->segment--;
	cursor->next = rtm_log_next(log, cursor->next);
	if (!cursor->next)
		rtm_cursor_to_end(log, cursor);
}

/* Move @cursor to the next record that it is told. false: a long way. */
static bool rtm_cursor_skip(struct rtm_log *log, struct rtm_cursor *cursor,
			    unsigned int budget)
{
	while (cursor->next && !rtm_log_tells(cursor, cursor->next)) {
		if (!budget--)
			return false;
		rtm_cursor_step(log, cursor);
	}
	return true;
}

/* The last cursor in the list that has still to read @record. */
static struct rtm_cursor *rtm_log_holder(const struct rtm_table *table,
					 const struct rtm_route *record)
{
	u64 seq = rtm_log_seq(table, record);
	struct rtm_cursor *cursor, *holder = NULL;

	list_for_each_entry(cursor, &table->log.behind, node) {
		if (rtm_log_seq(table, cursor->next) > seq)
			break;
		holder = cursor;
	}
	return holder;
}

/*
 * Move all cursors on that have @record to be told next, the last of them first:
 * those before it stay where they are. Return: the holder of @record.
 */
static struct rtm_cursor *rtm_log_pass(struct rtm_table *table,
				       const struct rtm_route *record)
{
	struct rtm_cursor *cursor = rtm_log_holder(table, record), *before;
	struct rtm_log *log = &table->log;

	for (; cursor && cursor->next == record; cursor = before) {
		before = rtm_cursor_before(log, cursor);
		rtm_cursor_step(log, cursor);
		/* Where this ends early the client wakes, and goes on itself. */
		rtm_cursor_skip(log, cursor, RTM_PASS_BUDGET);
		rtm_cursor_signal(cursor);
	}
	return cursor;
}

/* Has the client that made this change still to read it, or what is before? */
static bool rtm_log_marks(const struct rtm_table *table,
			  const struct rtm_route *record)
{
	u64 seq = rtm_log_seq(table, record);
	const struct rtm_cursor *cursor;

	list_for_each_entry(cursor, &table->log.behind, node) {
		if (rtm_log_seq(table, cursor->next) > seq)
			break;
		if (cursor->origin == record->log.origin)
			return true;
	}
	return false;
}

/*
 * Take a record out and free it. @pred: the one before it in the ring of its
 * destination. What it stood for is told by none or by a neighbour from now on.
 */
static void rtm_log_drop(struct rtm_table *table, struct rtm_route *record,
			 struct rtm_route *pred)
{
	struct rtm_dest *dest = record->dest;
	struct rtm_log *log = &table->log;
	struct rtm_cursor *holder;

	holder = rtm_log_pass(table, record);
	if (holder)
		holder->segment--;

	if (pred == record) {
		rtm_dest_show(dest, rtm_locked(table, dest->best));
	} else {
		pred->log.newer = record->log.newer;
		if (rtm_dest_log(dest) == record)
			rtm_dest_set_log(dest, pred);
	}

	if (!(record->meta & RTM_RECORD_OLD))
		log->nr_young--;
	else if (log->edge == &record->log.link)
		log->edge = record->log.link.prev;
	list_del(&record->log.link);
	log->nr--;
	rtm_route_retire(table, record);
}

/*
 * Free @older and have @newer, its neighbour in the ring, stand in its place, as of
 * its number, for both. No cursor separates them. @pred: the one before @older.
 */
static void rtm_log_take_place(struct rtm_table *table, struct rtm_route *older,
			       struct rtm_route *newer, struct rtm_route *pred)
{
	struct rtm_cursor *cursor, *holder = rtm_log_holder(table, newer);
	struct rtm_log *log = &table->log;

	for (cursor = holder; cursor && cursor->next == older;
	     cursor = rtm_cursor_before(log, cursor))
		cursor->next = newer;
	if (holder)
		holder->segment--;
	pred->log.newer = newer;

	if (log->edge == &newer->log.link)
		log->edge = newer->log.link.prev;
	list_del(&newer->log.link);
	if (log->edge == &older->log.link)
		log->edge = &newer->log.link;
	list_replace(&older->log.link, &newer->log.link);
	newer->log.seq = older->log.seq;
	log->nr--;
	rtm_route_retire(table, older);
}

/*
 * Has somebody still to read @newer, but not @older? @at: the first cursor of
 * those behind to look at. It moves on: if those records come in order that a
 * caller asks for, so do the cursors.
 */
static bool rtm_log_separated(const struct rtm_table *table,
			      const struct list_head **at,
			      const struct rtm_route *older,
			      const struct rtm_route *newer)
{
	const struct rtm_cursor *cursor;
	u64 seq;

	for (; *at != &table->log.behind; *at = (*at)->next) {
		cursor = list_entry(*at, struct rtm_cursor, node);
		seq = rtm_log_seq(table, cursor->next);
		if (seq > rtm_log_seq(table, older))
			return seq <= rtm_log_seq(table, newer);
	}
	return false;
}

/*
 * May one of the two stand for both? No cursor separates them.
 * @last: the newest record of the destination outside the window.
 */
static bool rtm_log_may_merge(const struct rtm_table *table,
			      const struct rtm_route *older,
			      const struct rtm_route *newer,
			      const struct rtm_route *last)
{
	u64 older_seq = rtm_log_seq(table, older);
	u64 newer_seq = rtm_log_seq(table, newer);
	const struct rtm_cursor *cursor;
	const struct rtm_route *record;

	list_for_each_entry(cursor, &table->log.behind, node) {
		if (rtm_log_seq(table, cursor->next) > older_seq)
			break;
		if (cursor->busy >= older_seq && cursor->busy < newer_seq)
			return false;
		if (cursor->origin != older->log.origin)
			continue;
		for (record = newer; record->log.origin != cursor->origin;
		     record = record->log.newer)
			if (record == last)
				return false;
	}
	return true;
}

/*
 * Has somebody still to read @record who may have found in the table what came
 * after it? He is to be told what holds, even if that is what was before.
 */
static bool rtm_log_found(const struct rtm_table *table,
			  const struct rtm_route *record)
{
	u64 seq = rtm_log_seq(table, record);
	const struct rtm_cursor *cursor;

	list_for_each_entry(cursor, &table->log.behind, node) {
		if (rtm_log_seq(table, cursor->next) > seq)
			break;
		if (cursor->known >= seq && rtm_log_tells(cursor, record))
			return true;
	}
	return false;
}

/*
 * Merge two neighbours: the newer one goes. But if nothing was and nothing is,
 * and that has to be told, it is the one with the route that went which stays, in
 * the older one's place: a number says since when, as the one before it is told.
 * @pred: the one before @older in the ring. Return: the one that stays.
 */
static struct rtm_route *rtm_log_merge_two(struct rtm_table *table,
					   struct rtm_route *pred,
					   struct rtm_route *older,
					   struct rtm_route *newer)
{
	u64 mixed = (older->meta | newer->meta) & RTM_RECORD_MIXED;

	if (newer->log.origin != older->log.origin)
		mixed = RTM_RECORD_MIXED;
	older->meta &= ~RTM_RECORD_VOID;
	older->meta |= RTM_RECORD_MERGED | mixed;
	older->log.origin = newer->log.origin;
	table->log.merged++;
	if (older->attr || !newer->attr || rtm_log_current(table, newer) ||
	    !rtm_log_found(table, older)) {
		rtm_log_drop(table, newer, older);
		return older;
	}
	newer->meta &= ~RTM_RECORD_VOID;
	newer->meta |= RTM_RECORD_MERGED | RTM_RECORD_FOUND | mixed;
	rtm_log_take_place(table, older, newer, pred);
	return newer;
}

/* Is there nothing to tell of what was merged into @record? */
static bool rtm_log_cancels(const struct rtm_table *table,
			    struct rtm_route *record)
{
	const struct rtm_route *prev = rtm_log_previous(record);
	const struct rtm_route *cur = rtm_log_current(table, record);

	if (!rtm_attr_same(table, prev ? prev->attr : NULL,
			   cur ? cur->attr : NULL))
		return false;
	return !record->attr || !rtm_log_found(table, record);
}

/* Merge what the record @last, which just left the window, can be merged with. */
static void rtm_log_merge(struct rtm_table *table, struct rtm_route *last)
{
	struct rtm_dest *dest = last->dest;
	struct rtm_route *record = rtm_dest_log(dest)->log.newer;
	struct rtm_route *pred = NULL, *newer;
	struct rtm_log *log = &table->log;
	const struct list_head *at = log->behind.next;
	bool merged, end;

	do {
		merged = false;
		while (record != last) {
			newer = record->log.newer;
			if (rtm_log_separated(table, &at, record, newer) ||
			    !rtm_log_may_merge(table, record, newer, last))
				break;
			end = newer == last;
			/* In the ring the newest is before the oldest. */
			record = rtm_log_merge_two(table,
						   pred ?: rtm_dest_log(dest),
						   record, newer);
			if (end)
				last = record;
			merged = true;
		}
		end = record == last;
		newer = record->log.newer;
		if (merged && rtm_log_cancels(table, record)) {
			record->meta |= RTM_RECORD_VOID;
			log->cancelled++;
		}
		if (!(record->meta & RTM_RECORD_VOID)) {
			pred = record;
		} else {
			if (rtm_log_marks(table, record)) {
				rtm_log_pass(table, record);
				pred = record;
			} else {
				rtm_log_drop(table, record,
					     pred ?: rtm_dest_log(dest));
			}
			/* Cursors have moved. */
			at = log->behind.next;
		}
		record = newer;
	} while (!end);

	rtm_dest_settle(table, dest);
}

/**
 * rtm_cursor_lose() - drop all messages of a client, until it knows
 * @table: table, locked
 * @cursor: the client's cursor
 */
void rtm_cursor_lose(struct rtm_table *table, struct rtm_cursor *cursor)
{
	lockdep_assert_held(&table->lock);
	if (cursor->next)
		rtm_cursor_to_end(&table->log, cursor);
	if (!cursor->lost)
		table->log.nr_idle--;
	cursor->lost = true;
	list_move(&cursor->node, &table->log.lost);
	rtm_cursor_signal(cursor);
}

/* Drop all messages of a cursor that holds back too much. */
static void rtm_cursor_restart(struct rtm_table *table,
			       struct rtm_cursor *cursor)
{
	rtm_cursor_lose(table, cursor);
	cursor->restarts++;
	table->log.restarts++;
}

/*
 * Merging looks at all cursors that have still to read what is merged. Where they
 * are many, those of bystanders start afresh, who is farthest behind first: by
 * being many and slow, nobody makes changes slow. Return: whether some did.
 */
static bool rtm_log_thin(struct rtm_table *table, const struct rtm_route *last)
{
	u64 seq = rtm_log_seq(table, last);
	struct rtm_cursor *cursor, *next;
	u64 restarts = table->log.restarts;
	unsigned int far = 0;

	list_for_each_entry(cursor, &table->log.behind, node) {
		if (rtm_log_seq(table, cursor->next) > seq)
			break;
		far++;
	}
	list_for_each_entry_safe(cursor, next, &table->log.behind, node) {
		if (far <= RTM_FAR_MAX ||
		    rtm_log_seq(table, cursor->next) > seq)
			break;
		if (!cursor->bystander)
			continue;
		rtm_cursor_restart(table, cursor);
		far--;
	}
	return table->log.restarts != restarts;
}

/* One record leaves the window. */
static void rtm_log_age(struct rtm_table *table)
{
	struct rtm_log *log = &table->log;
	struct rtm_route *record;
	bool thinned;

	record = list_entry(log->edge->next, struct rtm_route, log.link);
	record->meta |= RTM_RECORD_OLD;
	log->edge = &record->log.link;
	log->nr_young--;
	if (record->log.newer == record)
		return;
	thinned = rtm_log_thin(table, record);
	rtm_log_merge(table, record);
	if (thinned)
		rtm_log_trim(table, RTM_TRIM_BUDGET);
}

/* Who holds back more than it may starts afresh. */
static void rtm_log_check_limits(struct rtm_table *table)
{
	struct rtm_log *log = &table->log;
	struct rtm_cursor *cursor, *next;
	u64 backlog = 0;

	log->slack = U64_MAX;
	list_for_each_entry_safe_reverse(cursor, next, &log->behind, node) {
		if (backlog + cursor->segment > cursor->limit) {
			rtm_cursor_restart(table, cursor);
			continue;
		}
		backlog += cursor->segment;
		log->slack = min(log->slack, cursor->limit - backlog + 1);
	}
}

/**
 * rtm_log_wanted() - is there anybody to tell?
 * @table: table, locked
 * @dest: destination of the change; NULL if it is new
 * @origin: cursor of the client that makes the change, or NULL
 *
 * A client's own change is wanted even if there is nobody else, when that
 * client has still to read of the destination: it says what came then.
 */
bool rtm_log_wanted(const struct rtm_table *table, const struct rtm_dest *dest,
		    const struct rtm_cursor *origin)
{
	const struct rtm_log *log = &table->log;

	lockdep_assert_held(&table->lock);
	if (!origin || origin->lost)
		return log->nr_idle || !list_empty(&log->behind);
	if (!origin->next)
		return log->nr_idle > 1 || !list_empty(&log->behind);
	return log->nr_idle || !list_is_singular(&log->behind) ||
	       (dest && rtm_dest_log(dest));
}

/**
 * rtm_log_append() - record a change
 * @table: table, locked, its sequence number already that of the change
 * @record: the route that was the best one of its destination until now, live
 *	for nobody any more; or a copy of it; or one without attributes
 * @origin: cursor of the client that made it and knows, or NULL
 *
 * Cannot fail. Only if rtm_log_wanted().
 */
void rtm_log_append(struct rtm_table *table, struct rtm_route *record,
		    const struct rtm_cursor *origin)
{
	struct rtm_dest *dest = record->dest;
	struct rtm_log *log = &table->log;
	struct rtm_cursor *cursor, *next;
	struct rtm_route *newest;
	unsigned int i;

	lockdep_assert_held(&table->lock);
	record->log.seq = table->seq + RTM_LOG_SEQ_FIRST;
	record->log.origin = origin ? origin->origin : 0;
	newest = rtm_dest_log(dest);
	if (newest) {
		record->log.newer = newest->log.newer;
		newest->log.newer = record;
	} else {
		record->log.newer = record;
	}
	rtm_dest_set_log(dest, record);
	list_add_tail(&record->log.link, &log->records);
	log->nr++;
	log->nr_young++;

	list_for_each_entry_safe(cursor, next, &log->idle, node) {
		if (cursor == origin)
			continue;
		cursor->next = record;
		list_move_tail(&cursor->node, &log->behind);
		log->nr_idle--;
		log->slack = min(log->slack, cursor->limit);
		rtm_cursor_signal(cursor);
	}
	list_last_entry(&log->behind, struct rtm_cursor, node)->segment++;

	/* Two, so that a window that was made smaller is reached. */
	for (i = 0; i < 2 && log->nr_young > rtm_log_window(table); i++)
		rtm_log_age(table);
	if (!--log->slack) {
		rtm_log_check_limits(table);
		rtm_log_trim(table, RTM_TRIM_BUDGET);
	}
}

/**
 * rtm_log_trim() - free records that nobody has still to read
 * @table: table, locked
 * @budget: how many at the most
 *
 * Return: true if there are more; work that frees them is under way then.
 */
bool rtm_log_trim(struct rtm_table *table, unsigned int budget)
{
	struct rtm_log *log = &table->log;
	struct rtm_cursor *first;
	struct rtm_route *record;
	struct rtm_dest *dest;

	lockdep_assert_held(&table->lock);
	first = list_first_entry_or_null(&log->behind, struct rtm_cursor, node);
	while (!list_empty(&log->records)) {
		record = list_first_entry(&log->records, struct rtm_route,
					  log.link);
		if (first && first->next == record)
			return false;
		if (!budget--) {
			queue_work(rtm_wq, &table->trim);
			return true;
		}
		dest = record->dest;
		rtm_log_drop(table, record, rtm_dest_log(dest));
		rtm_dest_settle(table, dest);
	}
	return false;
}

/**
 * rtm_cursor_join() - begin to be told
 * @table: table, locked
 * @cursor: zeroed but for limit, origin and signal
 */
void rtm_cursor_join(struct rtm_table *table, struct rtm_cursor *cursor)
{
	lockdep_assert_held(&table->lock);
	cursor->known = U64_MAX;
	list_add_tail(&cursor->node, &table->log.idle);
	table->log.nr_idle++;
}

/**
 * rtm_cursor_recover() - let a cursor that lost messages start afresh
 * @table: table, locked
 * @cursor: the client's cursor
 *
 * It is told of what comes after the table's present sequence number. Return:
 * false if it has lost nothing: then this is a look for messages, perhaps its
 * first one.
 */
bool rtm_cursor_recover(struct rtm_table *table, struct rtm_cursor *cursor)
{
	lockdep_assert_held(&table->lock);
	if (!cursor->lost) {
		/* Who begins reads the table first, then messages. */
		cursor->known = min(cursor->known, table->seq);
		return false;
	}
	cursor->known = U64_MAX;
	cursor->lost = false;
	list_move_tail(&cursor->node, &table->log.idle);
	table->log.nr_idle++;
	rtm_cursor_signal(cursor);
	return true;
}

/**
 * rtm_cursor_leave() - be told no more
 * @table: table, locked
 * @cursor: cursor that joined
 */
void rtm_cursor_leave(struct rtm_table *table, struct rtm_cursor *cursor)
{
	lockdep_assert_held(&table->lock);
	if (cursor->next)
		rtm_cursor_to_end(&table->log, cursor);
	rtm_cursor_recover(table, cursor);
	rtm_cursor_signal(cursor);
	list_del(&cursor->node);
	table->log.nr_idle--;
	rtm_log_trim(table, RTM_TRIM_BUDGET);
}

/**
 * rtm_cursor_set_limit() - change how much a client may hold back
 * @table: table, locked
 * @cursor: its cursor
 * @limit: records
 */
void rtm_cursor_set_limit(struct rtm_table *table, struct rtm_cursor *cursor,
			  u64 limit)
{
	lockdep_assert_held(&table->lock);
	cursor->limit = limit;
	rtm_log_check_limits(table);
	rtm_log_trim(table, RTM_TRIM_BUDGET);
}

/**
 * rtm_cursor_backlog() - records held back for a client
 * @table: table, locked
 * @cursor: its cursor
 */
u64 rtm_cursor_backlog(const struct rtm_table *table,
		       const struct rtm_cursor *cursor)
{
	u64 backlog = 0;

	lockdep_assert_held(&table->lock);
	if (!cursor->next)
		return 0;
	list_for_each_entry_from(cursor, &table->log.behind, node)
		backlog += cursor->segment;
	return backlog;
}

/**
 * rtm_cursor_settle() - pass over what a client is not told
 * @table: table, locked
 * @cursor: the client's cursor
 *
 * It may have been the last to read that: destinations may be gone afterwards.
 * Return: false if that takes longer than the table should be locked: let
 * others have it, and call again.
 */
bool rtm_cursor_settle(struct rtm_table *table, struct rtm_cursor *cursor)
{
	bool settled;

	lockdep_assert_held(&table->lock);
	settled = rtm_cursor_skip(&table->log, cursor, RTM_SKIP_BUDGET);
	rtm_cursor_signal(cursor);
	rtm_log_trim(table, RTM_TRIM_BUDGET);
	return settled;
}

/**
 * rtm_cursor_peek() - copy the next messages, without taking them
 * @table: table, locked
 * @cursor: the client's cursor, settled
 * @recs: copies
 * @nr: how many at the most
 *
 * The caller ends with rtm_cursor_consume(), and sees to it that there is one
 * peek a cursor at a time. Return: how many were copied; 0 if there are none.
 */
unsigned int rtm_cursor_peek(struct rtm_table *table,
			     struct rtm_cursor *cursor,
			     struct rtm_change_rec *recs, unsigned int nr)
{
	unsigned int budget = RTM_SKIP_BUDGET, done = 0;
	struct rtm_route *record = cursor->next, *cur, *prev;
	u64 seq;

	lockdep_assert_held(&table->lock);
	for (; record && done < nr && budget--;
	     record = rtm_log_next(&table->log, record)) {
		if (!rtm_log_tells(cursor, record))
			continue;
		seq = rtm_log_seq(table, record);
		cursor->busy = seq;
		/* If merged, of the newest change it stands for, or later. */
		if (record->meta & RTM_RECORD_MERGED) {
			if (record == rtm_dest_log(record->dest))
				seq = table->seq;
			else
				seq = rtm_log_seq(table, record->log.newer) - 1;
		}
		/* Of what went, the route is told even to who never was. */
		cur = rtm_log_current(table, record);
		prev = cur ? rtm_log_previous(record) :
		       record->attr ? record : NULL;
		rtm_change_to_uapi(table, cur, prev, seq, &recs[done]);
		if (record->meta & RTM_RECORD_MERGED)
			recs[done].change |= RTM_CHANGE_MERGED;
		done++;
	}
	return done;
}

/**
 * rtm_cursor_consume() - end what rtm_cursor_peek() began
 * @table: table, locked
 * @cursor: the client's cursor
 * @nr: what it returned, or 0 to leave the messages
 */
void rtm_cursor_consume(struct rtm_table *table, struct rtm_cursor *cursor,
			unsigned int nr)
{
	lockdep_assert_held(&table->lock);
	while (nr && cursor->next &&
	       rtm_log_seq(table, cursor->next) <= cursor->busy)
		rtm_cursor_step(&table->log, cursor);
	cursor->busy = 0;
	cursor->delivered += nr;
	table->log.delivered += nr;
	rtm_cursor_signal(cursor);
	rtm_log_trim(table, RTM_TRIM_BUDGET);
}
