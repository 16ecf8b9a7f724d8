// SPDX-License-Identifier: LGPL-2.1-or-later
#define _GNU_SOURCE
/* Asks rtmfib, on the socket that its control.h describes. */
#include <errno.h>
#include <json.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "family.h"
#include "fib/control.h"
#include "rtmctl.h"

static int connect_agent(void)
{
	struct sockaddr_un address = {
		.sun_family = AF_UNIX,
		.sun_path = "\0" CONTROL_NAME,
	};
	socklen_t len = offsetof(struct sockaddr_un, sun_path) +
			sizeof(CONTROL_NAME);
	struct ucred peer;
	int fd;

	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&address, len)) {
		perror("rtmctl: no rtmfib in this network namespace");
	} else {
		/* Anybody may have taken the name. */
		len = sizeof(peer);
		if (!getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) &&
		    (!peer.uid || peer.uid == geteuid()))
			return fd;
		fprintf(stderr, "rtmctl: user %u pretends to be rtmfib\n",
			peer.uid);
	}
	if (fd >= 0)
		close(fd);
	return -1;
}

/* The agent's answers, a line each; NULL and @status if it gives none. */
static FILE *ask(const char *command, int *status)
{
	int fd = connect_agent();
	FILE *answers;

	*status = EXIT_KERNEL;
	if (fd < 0)
		return NULL;
	answers = fdopen(fd, "r");
	if (!answers) {
		close(fd);
		return NULL;
	}
	if (dprintf(fd, "%s\n", command) < 0) {
		perror("rtmctl: rtmfib");
		fclose(answers);
		return NULL;
	}
	*status = EXIT_OK;
	return answers;
}

static const char *string_of(struct json_object *o, const char *key)
{
	struct json_object *value = json_object_object_get(o, key);

	return value ? json_object_get_string(value) : NULL;
}

static void text_word(const char *word)
{
	out_string("", 1, word);
}

static void text_figures(struct json_object *o)
{
	json_object_object_foreach(o, key, value) {
		out_string("", -20, key);
		out_string("", 14, json_object_get_string(value));
		out_break();
	}
}

static void text_hops(struct json_object *o, const char *key)
{
	struct json_object *hops = json_object_object_get(o, key);
	size_t i, n = hops ? json_object_array_length(hops) : 0;

	text_word(key);
	if (!n)
		text_word("nothing");
	for (i = 0; i < n; i++) {
		struct json_object *hop = json_object_array_get_idx(hops, i);
		const char *via = string_of(hop, "gateway");
		const char *dev = string_of(hop, "dev");

		if (via) {
			text_word("via");
			text_word(via);
		}
		text_word("dev");
		text_word(dev ? dev : string_of(hop, "ifindex"));
	}
}

static void text_difference(struct json_object *o)
{
	const char *error = string_of(o, "error");

	out_string("", -18, string_of(o, "dst"));
	out_string("", -10, string_of(o, "cause"));
	text_hops(o, "wanted");
	text_hops(o, "found");
	if (error)
		out_text("error %s ", error);
}

static void show(struct json_object *o, void (*text)(struct json_object *o))
{
	out_row();
	if (options.style == OUT_TEXT) {
		text(o);
	} else {
		json_object_object_foreach(o, key, value)
			out_value(key, json_object_get(value));
	}
	out_row_end();
}

static bool is_asked_for(struct json_object *o)
{
	const char *family = string_of(o, "family");

	return !options.family_given ||
	       (family && !strcmp(family, options.family->name));
}

static int show_answers(FILE *answers, void (*text)(struct json_object *o))
{
	int status = EXIT_OK;
	bool ended = false;
	char *line = NULL;
	size_t room = 0;

	out_open(options.style, false);
	while (!status && getline(&line, &room, answers) >= 0) {
		struct json_object *o = json_tokener_parse(line);
		const char *error;

		if (!o) {
			ended = !strcmp(line, "\n");
			break;
		}
		error = string_of(o, "error");
		if (error && !string_of(o, "dst")) {
			fprintf(stderr, "rtmctl: rtmfib: %s\n", error);
			status = EXIT_KERNEL;
		} else if (is_asked_for(o)) {
			show(o, text);
		}
		json_object_put(o);
	}
	if (!status && !ended) {
		fprintf(stderr, "rtmctl: rtmfib: %s\n", ferror(answers) ?
			strerror(errno) : "the answer breaks off");
		status = EXIT_KERNEL;
	}
	free(line);
	return out_close() ? EXIT_KERNEL : status;
}

static int fib(int argc, char **argv, const char *command,
	       void (*text)(struct json_object *o))
{
	FILE *answers;
	int status;

	if (argc)
		return usage_error("what does \"%s\" mean here?", argv[0]);
	answers = ask(command, &status);
	if (!answers)
		return status;
	status = show_answers(answers, text);
	fclose(answers);
	return status;
}

int fib_status(int argc, char **argv)
{
	return fib(argc, argv, "status", text_figures);
}

int fib_diff(int argc, char **argv)
{
	return fib(argc, argv, "diff", text_difference);
}

int fib_audit(int argc, char **argv)
{
	return fib(argc, argv, "audit", text_figures);
}
