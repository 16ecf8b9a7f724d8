// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The watcher of the demo: keeps a copy of the best routes from change
 * messages alone, and holds every message against that copy. To fall so far
 * behind that messages are lost ends it.
 *
 * Commands, a line each on standard input; both first take what waits:
 *   count	answers "added changed deleted merged wrong entries"
 *   compare	enumerates the best routes, answers "equal N" or "different N"
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rtm.h"

#include "copy.h"

#define BATCH 1024

struct watcher {
	HANDLE client;
	struct copy copy;
	unsigned long added;
	unsigned long changed;
	unsigned long deleted;
	unsigned long merged;
	unsigned long wrong;
};

static void die(const char *what, uint32_t error)
{
	fprintf(stderr, "watch: %s: error %u\n", what, error);
	exit(1);
}

/* What a message says was there must be what the copy has. */
static void apply(struct watcher *w, const RTM_RESULT *message,
		  const RTM_IP_ROUTE *cur, const RTM_IP_ROUTE *prev)
{
	uint32_t change = message->Flags & RTM_ROUTE_CHANGED;
	const IP_NETWORK *network = change & RTM_CURRENT_BEST_ROUTE ?
				    &cur->RR_Network : &prev->RR_Network;
	const struct best *have = copy_find(&w->copy, network);
	struct best best;

	if (change & RTM_PREVIOUS_BEST_ROUTE) {
		best = best_of(prev);
		/* One that came and went may be told, merged, as gone. */
		w->wrong += have ? !best_equal(have, &best) :
				   change != RTM_ROUTE_DELETED ||
				   !(message->Flags & RTM_MESSAGE_MERGED);
	} else {
		w->wrong += !!have;
	}
	if (change & RTM_CURRENT_BEST_ROUTE) {
		best = best_of(cur);
		copy_put(&w->copy, &best);
	} else {
		copy_remove(&w->copy, network);
	}
	w->added += change == RTM_ROUTE_ADDED;
	w->changed += change == RTM_ROUTE_CHANGED;
	w->deleted += change == RTM_ROUTE_DELETED;
	w->wrong += change == RTM_NO_CHANGE;
	w->merged += !!(message->Flags & RTM_MESSAGE_MERGED);
}

static void take(struct watcher *w)
{
	static RTM_IP_ROUTE cur[BATCH], prev[BATCH];
	static RTM_RESULT messages[BATCH];
	uint32_t done, error, i;

	do {
		done = 0;
		error = RtmDequeueRouteChangeMessageBatch(w->client, BATCH,
							  messages, cur, prev,
							  &done);
		for (i = 0; i < done; i++)
			apply(w, &messages[i], &cur[i], &prev[i]);
	} while (error == ERROR_MORE_MESSAGES);
	if (error && error != ERROR_NO_MESSAGES)
		die("dequeue", error);
}

/* As many entries as routes and each route found: then both are the same. */
static void compare(const struct copy *copy)
{
	static RTM_IP_ROUTE routes[BATCH];
	size_t count = 0, differences = 0;
	uint32_t error = ERROR_NO_MORE_ROUTES;
	uint32_t done, i;
	HANDLE all;

	all = RtmCreateEnumerationHandle(RTM_PROTOCOL_FAMILY_IP,
					 RTM_ONLY_BEST_ROUTES, NULL);
	if (!all && GetLastError() != ERROR_NO_ROUTES)
		die("enumerate", GetLastError());
	while (all && !(error = RtmEnumerateGetNextRouteBatch(all, BATCH,
							      routes, NULL,
							      &done, NULL))) {
		for (i = 0; i < done; i++) {
			struct best best = best_of(&routes[i]);
			const struct best *have = copy_find(copy,
							    &best.network);

			differences += !have || !best_equal(have, &best);
		}
		count += done;
	}
	if (error != ERROR_NO_MORE_ROUTES)
		die("enumerate", error);
	if (all)
		RtmCloseEnumerationHandle(all);
	if (!differences && count == copy->used)
		printf("equal %zu\n", count);
	else
		printf("different %zu, %zu routes, %zu in the copy\n",
		       differences, count, copy->used);
}

static void obey(struct watcher *w, const char *command)
{
	take(w);
	if (!strcmp(command, "count\n"))
		printf("%lu %lu %lu %lu %lu %zu\n", w->added, w->changed,
		       w->deleted, w->merged, w->wrong, w->copy.used);
	else if (!strcmp(command, "compare\n"))
		compare(&w->copy);
	else
		die(command, ERROR_INVALID_PARAMETER);
	fflush(stdout);
}

int main(void)
{
	struct watcher w = { };
	struct pollfd fds[2] = { };
	char command[16];
	HANDLE event;

	/* poll() must see what stdio would read ahead. */
	setvbuf(stdin, NULL, _IONBF, 0);
	event = CreateEvent(NULL, TRUE, FALSE, NULL);
	if (!event)
		die("event", GetLastError());
	w.client = RtmRegisterWatcher(RTM_PROTOCOL_FAMILY_IP, event, NULL);
	if (!w.client)
		die("register", GetLastError());
	fds[0].fd = STDIN_FILENO;
	fds[1].fd = RtmGetEventDescriptor(event);
	fds[0].events = POLLIN;
	fds[1].events = POLLIN;
	for (;;) {
		if (poll(fds, 2, -1) < 0) {
			perror("watch: poll");
			return 1;
		}
		if (fds[1].revents)
			take(&w);
		if (fds[0].revents) {
			if (!fgets(command, sizeof(command), stdin))
				return 0;
			obey(&w, command);
		}
	}
}
