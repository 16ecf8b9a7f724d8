// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rtm.h"

#include "rtmctl.h"
#include "view.h"

#define BATCH 256

static const char *what(uint32_t flags)
{
	switch (flags & RTM_ROUTE_CHANGED) {
	case RTM_ROUTE_ADDED:
		return "added";
	case RTM_ROUTE_DELETED:
		return "deleted";
	default:
		return "changed";
	}
}

static void show(const RTM_RESULT *message, const union route *cur,
		 const union route *prev)
{
	uint32_t change = message->Flags & RTM_ROUTE_CHANGED;

	out_row();
	out_string("event", -7, what(change));
	out_number("sequence", 0, message->Sequence);
	out_flag("merged", message->Flags & RTM_MESSAGE_MERGED);
	if (change & RTM_CURRENT_BEST_ROUTE) {
		out_object("current");
		view_route(options.family, cur, NULL);
		out_object_end();
	}
	if (change == RTM_ROUTE_CHANGED)
		out_text("was ");
	if (change & RTM_PREVIOUS_BEST_ROUTE) {
		out_object("previous");
		view_route(options.family, prev, NULL);
		out_object_end();
	}
	out_row_end();
}

static void show_restart(const RTM_RESULT *message)
{
	out_row();
	out_string("event", -7, "restart");
	out_text("messages were lost: read the table again, after ");
	out_number("sequence", 1, message->Sequence);
	out_row_end();
}

static uint32_t take(HANDLE watcher)
{
	static union route cur[BATCH];
	static union route prev[BATCH];
	static RTM_RESULT messages[BATCH];
	uint32_t done = 0;
	uint32_t error, i;

	error = RtmDequeueRouteChangeMessageBatch(watcher, BATCH, messages, cur,
						  prev, &done);
	if (error == ERROR_NO_SYSTEM_RESOURCES &&
	    messages[0].Flags & RTM_QUEUE_RESTARTED) {
		show_restart(&messages[0]);
		return ERROR_MORE_MESSAGES;
	}
	if (error && error != ERROR_MORE_MESSAGES)
		return error;
	view_forget_name();
	for (i = 0; i < done; i++) {
		union route c = family_route(options.family, cur, i);
		union route p = family_route(options.family, prev, i);

		show(&messages[i], &c, &p);
	}
	return error;
}

int monitor(int argc, char **argv)
{
	HANDLE event, watcher;
	uint32_t error;

	if (argc)
		return usage_error("what does \"%s\" mean here?", argv[0]);
	event = CreateEvent(NULL, TRUE, FALSE, NULL);
	if (!event)
		return kernel_error("monitor", GetLastError());
	watcher = RtmRegisterWatcher(options.family->number, event, NULL);
	if (!watcher)
		return kernel_error("monitor", GetLastError());
	out_open(options.style, true);
	for (;;) {
		do
			error = take(watcher);
		while (error == ERROR_MORE_MESSAGES);
		if (error && error != ERROR_NO_MESSAGES)
			return kernel_error("monitor", error);
		if (out_flush())
			return EXIT_KERNEL;
		if (WaitForSingleObject(event, INFINITE) != WAIT_OBJECT_0)
			return kernel_error("monitor", GetLastError());
	}
}
