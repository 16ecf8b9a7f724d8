// SPDX-License-Identifier: LGPL-2.1-or-later
#define _GNU_SOURCE
#include "control.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <json.h>
#include <net/if.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "accept.h"
#include "audit.h"
#include "fib.h"
#include "learn.h"
#include "netlink.h"
#include "timer.h"

#define LINE_MAX_LEN 64
#define CONNECTIONS_MAX 32
#define COUNTS_AGE 1000		/* milliseconds */

/* Who connects and says nothing, or does not read, is not kept. */
static const struct timeval patience = { 60, 0 };

static struct event *listening;

/* The oldest first. */
static struct bufferevent *connections[CONNECTIONS_MAX];
static unsigned int nr_connections;

static struct json_object *checked(struct json_object *value)
{
	if (!value)
		out_of_memory();
	return value;
}

static void put(struct json_object *o, const char *key,
		struct json_object *value)
{
	if (json_object_object_add(o, key, checked(value)))
		out_of_memory();
}

static void put_number(struct json_object *o, const char *key, uint64_t value)
{
	put(o, key, json_object_new_uint64(value));
}

static void put_string(struct json_object *o, const char *key,
		       const char *value)
{
	put(o, key, json_object_new_string(value));
}

static void send_object(struct bufferevent *bev, struct json_object *o)
{
	const char *text;

	text = json_object_to_json_string_ext(o, JSON_C_TO_STRING_NOSLASHESCAPE);
	evbuffer_add_printf(bufferevent_get_output(bev), "%s\n", text);
	json_object_put(o);
}

static void send_family(struct bufferevent *bev, int family, const char *name,
			const struct fib_counts *counts, uint64_t counts_age)
{
	struct json_object *o = checked(json_object_new_object());
	const struct fib_counters *done = fib_counters(family);
	struct learn_counts learned;
	enum state s;

	learn_count(family, &learned);
	put_string(o, "family", name);
	put_number(o, "wanted", counts->dests[TARGET_RESOLVED]);
	put_number(o, "acknowledged", counts->acknowledged);
	put_number(o, "proven", counts->proven);
	put_number(o, "divergent", counts->divergent);
	put_number(o, "failed", counts->failed);
	put_number(o, "queued", counts->queued);
	for (s = TARGET_RESOLVED + 1; s < TARGET_STATES; s++)
		put_number(o, target_state_name(s), counts->dests[s]);
	put_number(o, "counted_age_ms", counts_age);
	put_number(o, "from_kernel", learned.routes);
	put_number(o, "from_kernel_refused", learned.refused);
	put_number(o, "installed", done->installed);
	put_number(o, "removed", done->removed);
	put_number(o, "refused", done->refused);
	put_number(o, "found_missing", done->missing);
	put_number(o, "found_different", done->different);
	put_number(o, "found_extra", done->extra);
	put_number(o, "told", done->told);
	put_number(o, "audits", audit_counters.audits);
	put_number(o, "overruns", audit_counters.overruns);
	put_number(o, "restarts", audit_counters.restarts);
	if (audit_counters.audits) {
		put_number(o, "last_audit_age_ms",
			   timer_now() - audit_counters.last_ended);
		put_number(o, "last_audit_took_ms",
			   audit_counters.last_took);
	}
	send_object(bev, o);
}

/* Root, and who this agent runs as. */
static bool is_trusted(int fd)
{
	struct ucred cred;
	socklen_t len = sizeof(cred);

	return !getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) &&
	       (!cred.uid || cred.uid == geteuid());
}

/*
 * Counting takes the longer the more there is: only for those who are trusted is
 * it done as often as they ask.
 */
static void send_status(struct bufferevent *bev)
{
	static struct fib_counts counts[2];
	static uint64_t counted;
	uint64_t age = timer_now() - counted;

	if (age >= COUNTS_AGE || is_trusted(bufferevent_getfd(bev))) {
		fib_count(counts);
		counted = timer_now();
		age = 0;
	}
	send_family(bev, AF_INET, "ip", &counts[family_index(AF_INET)], age);
	send_family(bev, AF_INET6, "ipv6", &counts[family_index(AF_INET6)], age);
}

static void put_hops(struct json_object *o, const char *key, int family,
		     const struct hops *hops)
{
	struct json_object *array = checked(json_object_new_array());
	char via[INET6_ADDRSTRLEN], dev[IF_NAMESIZE];
	unsigned int i;

	for (i = 0; hops && i < hops->n; i++) {
		const struct hop *hop = &hops->hop[i];
		struct json_object *h = checked(json_object_new_object());

		if (!address_is_zero(&hop->via)) {
			address_text(family, &hop->via, via);
			put_string(h, "gateway", via);
		}
		if (if_indextoname(hop->oif, dev))
			put_string(h, "dev", dev);
		else
			put_number(h, "ifindex", hop->oif);
		if (json_object_array_add(array, h))
			out_of_memory();
	}
	put(o, key, array);
}

/* NULL: there is no difference. */
static const char *cause_of(const struct dest *dest, const struct hops *want)
{
	if (fib_is_shadowed(dest))
		return "shadowed";
	if (!fib_diverges(dest)) {
		if (!dest->target || dest->target->state == TARGET_RESOLVED ||
		    dest->target->state == TARGET_LEARNED)
			return NULL;
		return target_state_name(dest->target->state);
	}
	if (dest->foreign)
		return "foreign";
	if (dest->queued)
		return "queued";
	if (dest->error && dest->error != EUNKNOWN)
		return "refused";
	if (dest->unsure)
		return "unknown";
	if (!dest->have)
		return "missing";
	return want ? "different" : "extra";
}

static void send_difference(const struct dest *dest, void *data)
{
	const struct hops *want = dest->target ? dest->target->result : NULL;
	const char *cause = cause_of(dest, want);
	struct json_object *o;
	char text[PREFIX_TEXT];

	if (!cause)
		return;
	o = checked(json_object_new_object());
	prefix_text(&dest->prefix, text);
	put_string(o, "family", dest->prefix.family == AF_INET ? "ip" : "ipv6");
	put_string(o, "dst", text);
	put_string(o, "cause", cause);
	put_hops(o, "wanted", dest->prefix.family, want);
	put_hops(o, "found", dest->prefix.family, dest->have);
	if (dest->error)
		put_string(o, "error", strerror(dest->error));
	send_object(data, o);
}

static void finish(struct bufferevent *bev);

static void after_audit(void *data)
{
	send_status(data);
	finish(data);
}

static void send_error(struct bufferevent *bev, const char *text)
{
	struct json_object *o = checked(json_object_new_object());

	put_string(o, "error", text);
	send_object(bev, o);
}

static void obey(struct bufferevent *bev, const char *command)
{
	if (!strcmp(command, "status")) {
		send_status(bev);
	} else if (!is_trusted(bufferevent_getfd(bev))) {
		/* The others take memory and time without a bound. */
		send_error(bev, "permission denied");
	} else if (!strcmp(command, "diff")) {
		fib_each(send_difference, bev);
	} else if (strcmp(command, "audit")) {
		send_error(bev, "no such command");
	} else {
		/* Audits take what they take. */
		bufferevent_set_timeouts(bev, NULL, &patience);
		audit_now(after_audit, bev);
		return;
	}
	finish(bev);
}

static void hang_up(struct bufferevent *bev)
{
	unsigned int i = 0;

	while (connections[i] != bev)
		i++;
	nr_connections--;
	memmove(&connections[i], &connections[i + 1],
		(nr_connections - i) * sizeof(*connections));
	audit_forget(bev);
	bufferevent_free(bev);
}

/* Whoever likes may connect, but takes no place that others need. */
static bool make_room(void)
{
	unsigned int i;

	for (i = 0; i < nr_connections; i++) {
		if (!is_trusted(bufferevent_getfd(connections[i]))) {
			hang_up(connections[i]);
			return true;
		}
	}
	return false;
}

static void on_event(struct bufferevent *bev, short what, void *data)
{
	(void)data;
	if (what & (BEV_EVENT_EOF | BEV_EVENT_ERROR | BEV_EVENT_TIMEOUT))
		hang_up(bev);
}

static void on_written(struct bufferevent *bev, void *data)
{
	(void)data;
	hang_up(bev);
}

/* When everything has been written. */
static void finish(struct bufferevent *bev)
{
	bufferevent_disable(bev, EV_READ);
	evbuffer_add(bufferevent_get_output(bev), "\n", 1);
	bufferevent_setcb(bev, NULL, on_written, on_event, NULL);
}

static void on_read(struct bufferevent *bev, void *data)
{
	struct evbuffer *in = bufferevent_get_input(bev);
	char *line = evbuffer_readln(in, NULL, EVBUFFER_EOL_LF);

	(void)data;
	if (line) {
		bufferevent_setcb(bev, NULL, NULL, on_event, NULL);
		obey(bev, line);
		free(line);
	} else if (evbuffer_get_length(in) > LINE_MAX_LEN) {
		hang_up(bev);
	}
}

static void serve(int fd)
{
	struct bufferevent *bev;

	bev = bufferevent_socket_new(event_get_base(listening), fd,
				     BEV_OPT_CLOSE_ON_FREE);
	if (!bev)
		out_of_memory();
	connections[nr_connections++] = bev;
	bufferevent_setcb(bev, on_read, NULL, on_event, NULL);
	bufferevent_set_timeouts(bev, &patience, &patience);
	bufferevent_enable(bev, EV_READ | EV_WRITE);
}

/* What was ended is closed in between. */
static void on_connect(evutil_socket_t listener, short what, void *data)
{
	int fd = accept_one(listening, make_room);

	(void)listener, (void)what, (void)data;
	if (fd < 0)
		return;
	if (nr_connections < CONNECTIONS_MAX || make_room())
		serve(fd);
	else
		close(fd);
}

__attribute__((noreturn)) static void no_socket(void)
{
	perror("control socket");
	exit(EXIT_FAILURE);
}

static int new_socket(int flags)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);

	if (fd < 0)
		no_socket();
	return fd;
}

/* The name is anybody's to take: who is not trusted keeps no agent away. */
static bool agent_is_there(const struct sockaddr *address, socklen_t len)
{
	/* However many others wait to be accepted. */
	const struct timeval while_busy = { 10, 0 };
	int fd = new_socket(0);
	bool there;

	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &while_busy, sizeof(while_busy));
	there = !connect(fd, address, len) && is_trusted(fd);
	close(fd);
	return there;
}

void control_open(struct event_base *base)
{
	const struct sockaddr_un name = {
		.sun_family = AF_UNIX,
		.sun_path = "\0" CONTROL_NAME,
	};
	const struct sockaddr *address = (const struct sockaddr *)&name;
	int len = offsetof(struct sockaddr_un, sun_path) + sizeof(CONTROL_NAME);
	int fd = new_socket(SOCK_NONBLOCK);

	if (bind(fd, address, len) || listen(fd, SOMAXCONN)) {
		if (errno != EADDRINUSE)
			no_socket();
		if (agent_is_there(address, len))
			fatal("another rtmfib is there in this network namespace");
		fputs("another user has the control socket's name: rtmctl cannot ask\n",
		      stderr);
		close(fd);
		return;
	}
	listening = event_new(base, fd, EV_READ | EV_PERSIST, on_connect, NULL);
	if (!listening || event_add(listening, NULL))
		out_of_memory();
}
