// SPDX-License-Identifier: LGPL-2.1-or-later
#include "audit.h"

#include <sys/queue.h>

#include "agreed.h"
#include "fib.h"
#include "learn.h"
#include "link.h"
#include "netlink.h"
#include "timer.h"

/* After a reason others are likely to follow; in milliseconds. */
#define DELAY		200
#define TABLES_MAX	32

/*
 * Audits until one proves everything, before who waits is told how it is; and
 * until one is not disturbed, before the first changes something.
 */
#define ROUNDS_MAX	3

/* Readings of the interfaces until one is not interrupted. */
#define READINGS_MAX	3

enum phase { IDLE, LINKS, ROUTES, AGREED, REPAIR };

unsigned int audit_interval = 10;
struct audit_counters audit_counters;

static struct event *timer, *dump, *step;
static enum phase phase;
static bool ready, again, proven;
static bool learned = true;	/* the last one missed nothing for the first time */
static uint64_t began, due;

/* What is read in turn: the table of each, of IPv4 and then of IPv6. */
static uint32_t tables[TABLES_MAX];
static unsigned int nr_tables, at;
static unsigned int readings;	/* before that: of the interfaces */

struct waiter {
	LIST_ENTRY(waiter) list;
	unsigned int rounds;	/* audits that began since */
	void (*done)(void *data);
	void *data;
};

static LIST_HEAD(, waiter) waiters = LIST_HEAD_INITIALIZER(waiters);

static void begin_after(uint64_t ms)
{
	due = timer_now() + ms;
	timer_after(timer, ms);
}

bool audit_ready(void)
{
	return ready;
}

static void add_table(uint32_t table)
{
	if (table != fib_options.table && nr_tables < TABLES_MAX)
		tables[nr_tables++] = table;
}

static void link_gone(uint32_t index)
{
	/* These look at every route. */
	if (hops_any_use(index)) {
		fib_link_down(index);
		learn_link_down(index);
	}
	target_link_changed();
}

void audit_link(const struct nlmsghdr *nlh)
{
	uint32_t index = link_message(nlh);

	if (!index)
		return;
	if (link_is_up(index))
		target_link_changed();
	else
		link_gone(index);
	audit_soon();
}

static void message(const struct nlmsghdr *nlh)
{
	struct kroute route;

	if (phase == LINKS) {
		audit_link(nlh);
	} else if (nlh->nlmsg_type == RTM_NEWROUTE &&
		   kroute_parse(nlh, &route)) {
		fib_audit_seen(&route);
		learn_audit_seen(&route);
	}
}

static void read_links(void)
{
	readings++;
	link_dump_begin();
	netlink_dump_links();
}

static void begin(void)
{
	struct waiter *w;

	LIST_FOREACH(w, &waiters, list)
		w->rounds++;
	again = false;
	began = timer_now();
	phase = LINKS;
	at = 0;
	readings = 0;
	evtimer_del(timer);
	fib_audit_begin();
	learn_audit_begin();
	read_links();
	event_add(dump, NULL);
}

/* What is not complete is worth nothing. */
static void failed(void)
{
	phase = IDLE;
	event_del(dump);
	begin_after(5 * DELAY);
}

static void next_table(void)
{
	bool before;

	if (at < 2 * nr_tables) {
		netlink_dump_routes(at % 2 ? AF_INET6 : AF_INET,
				    tables[at / 2]);
		at++;
		return;
	}
	event_del(dump);
	before = learned;
	learned = learn_audit_end();
	/* Where each misses something, the next one comes when it would. */
	again |= before && !learned;
	learn_flush();
	agreed_read_begin();
	phase = AGREED;
	timer_after(step, 0);
}

/*
 * An interface that was passed over would take its routes along. Where others come
 * and go all the time, which have gone is left for the next audit to say.
 */
static void end_of_links(bool interrupted)
{
	if (interrupted && readings < READINGS_MAX) {
		read_links();
		return;
	}
	if (interrupted)
		again = true;
	else
		link_dump_end(link_gone);
	phase = ROUTES;
	next_table();
}

static void on_dump(evutil_socket_t fd, short what, void *data)
{
	enum dump dump;

	(void)fd, (void)what, (void)data;
	dump = netlink_dump_read(message);
	if (dump == DUMP_FAILED)
		failed();
	else if (dump != DUMP_MORE && phase == LINKS)
		end_of_links(dump == DUMP_INTERRUPTED);
	else if (dump != DUMP_MORE)
		next_table();
}

static void compare(void)
{
	static unsigned int disturbed;

	if (again && !ready && ++disturbed < ROUNDS_MAX) {
		/* Nothing has been touched, and nothing is on half knowledge. */
		begin();
		return;
	}
	target_resolve_all();
	proven = fib_audit_end() && learned;
	ready = true;
	phase = REPAIR;
	timer_after(step, 0);
}

static void end(void)
{
	struct waiter *w, *next;
	uint64_t ms;

	phase = IDLE;
	audit_counters.audits++;
	audit_counters.last_ended = timer_now();
	audit_counters.last_took = audit_counters.last_ended - began;
	for (w = LIST_FIRST(&waiters); w; w = next) {
		next = LIST_NEXT(w, list);
		if (!w->rounds || (!proven && w->rounds < ROUNDS_MAX))
			continue;
		LIST_REMOVE(w, list);
		w->done(w->data);
		free(w);
	}
	/* At the most half of the time goes into audits. */
	ms = audit_counters.last_took;
	if (again || !LIST_EMPTY(&waiters))
		ms = ms > DELAY ? ms : DELAY;
	else if (ms < audit_interval * 500)
		ms = audit_interval * 1000 - ms;
	begin_after(ms);
}

static void on_step(evutil_socket_t fd, short what, void *data)
{
	(void)fd, (void)what, (void)data;
	if (phase == AGREED) {
		if (!agreed_read() || agreed_take())
			timer_after(step, 0);
		else
			compare();
	} else if (phase == REPAIR) {
		if (fib_work())
			timer_after(step, 0);
		else
			end();
	}
}

static void on_timer(evutil_socket_t fd, short what, void *data)
{
	(void)fd, (void)what, (void)data;
	if (phase == IDLE)
		begin();
}

void audit_soon(void)
{
	uint64_t ms = audit_counters.last_took;

	if (phase != IDLE) {
		again = true;
		return;
	}
	ms = ms > DELAY ? ms : DELAY;
	if (due > timer_now() + ms)
		begin_after(ms);
}

void audit_now(void (*done)(void *data), void *data)
{
	struct waiter *w = alloc(sizeof(*w));

	w->done = done;
	w->data = data;
	LIST_INSERT_HEAD(&waiters, w, list);
	if (phase == IDLE)
		begin_after(0);
	else
		again = true;
}

void audit_forget(void *data)
{
	struct waiter *w, *next;

	for (w = LIST_FIRST(&waiters); w; w = next) {
		next = LIST_NEXT(w, list);
		if (w->data != data)
			continue;
		LIST_REMOVE(w, list);
		free(w);
	}
}

void fib_unsure(void)
{
	audit_soon();
}

void agreed_lost(void)
{
	audit_counters.restarts++;
	audit_soon();
}

void audit_open(struct event_base *base)
{
	tables[nr_tables++] = fib_options.table;
	learn_each_table(add_table);
	timer = evtimer_new(base, on_timer, NULL);
	step = evtimer_new(base, on_step, NULL);
	dump = event_new(base, netlink_dump_fd(), EV_READ | EV_PERSIST, on_dump,
			 NULL);
	if (!timer || !step || !dump)
		out_of_memory();
	begin();
}
