// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "family.h"
#include "parse.h"
#include "protocol.h"
#include "rtmctl.h"

#define BATCH 4096
#define BLANKS " \t\r\n"

struct loader {
	HANDLE client;
	const char *name;
	uint32_t interface;
	uint32_t ttl;
	unsigned long line;
	unsigned long loaded;
	uint32_t count;
	unsigned long lines[BATCH];
	/* Of the family's own size each. */
	union route routes[BATCH];
};

static int flush(struct loader *l)
{
	char where[64];
	uint32_t done = 0;
	uint32_t error;

	if (!l->count)
		return EXIT_OK;
	error = RtmAddRouteBatch(l->client, l->count, l->routes, l->ttl, NULL,
				 NULL, NULL, &done);
	l->loaded += done;
	if (error) {
		snprintf(where, sizeof(where), "line %lu",
			 l->lines[done < l->count ? done : l->count - 1]);
		return kernel_error(where, error);
	}
	l->count = 0;
	return EXIT_OK;
}

static bool parse_route(char *const *word, union route *route)
{
	return options.family->parse_network(word[0], route) &&
	       options.family->parse_next_hop(word[1], route) &&
	       options.family->parse_metric(word[2], route);
}

static int take_line(struct loader *l, char *text)
{
	union route route = { };
	char *word[3];
	char *save;
	int i;

	l->line++;
	text[strcspn(text, "#")] = '\0';
	word[0] = strtok_r(text, BLANKS, &save);
	if (!word[0])
		return EXIT_OK;
	for (i = 1; i < 3; i++)
		word[i] = strtok_r(NULL, BLANKS, &save);
	route.ip.RR_InterfaceID = l->interface;
	if (!word[1] || !word[2] || strtok_r(NULL, BLANKS, &save) ||
	    !parse_route(word, &route))
		return usage_error("%s: line %lu is not \"prefix next-hop metric\"",
				   l->name, l->line);
	if (options.invalid)
		options.family->set_invalid(&route);
	memcpy((char *)l->routes + l->count * options.family->route_size,
	       &route, options.family->route_size);
	l->lines[l->count++] = l->line;
	return l->count == BATCH ? flush(l) : EXIT_OK;
}

static int load_all(struct loader *l, FILE *file)
{
	char *text = NULL;
	size_t room = 0;
	int status = EXIT_OK;

	while (!status && getline(&text, &room, file) >= 0)
		status = take_line(l, text);
	free(text);
	if (!status && ferror(file))
		status = usage_error("%s: %s", l->name, strerror(errno));
	return status ? status : flush(l);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static void report(const struct loader *l, double seconds)
{
	out_open(options.style, true);
	out_row();
	out_number("loaded", 1, l->loaded);
	out_text("routes loaded in %.3f s, %.0f routes/s", seconds,
		 seconds > 0 ? l->loaded / seconds : 0);
	out_number("microseconds", 0, seconds * 1e6);
	out_row_end();
}

static void block_end(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGTERM);
	sigprocmask(SIG_BLOCK, set, NULL);
}

/* Until all is loaded a signal just kills, and the kernel tidies up. */
static int load_and_stay(struct loader *l, FILE *file)
{
	double start = now();
	int status = load_all(l, file);
	sigset_t end;
	int sig;

	if (status)
		return status;
	/* Who reads the report may end us at once. */
	block_end(&end);
	report(l, now() - start);
	if (out_close())
		return EXIT_KERNEL;
	sigwait(&end, &sig);
	return EXIT_OK;
}

static int parse_options(struct loader *l, uint32_t *protocol)
{
	const char *name = options.protocol ? options.protocol : "static";

	if (!protocol_parse(options.family, name, protocol))
		return usage_error("no protocol \"%s\"", name);
	if (options.dev && !parse_interface(options.dev, &l->interface))
		return usage_error("no interface \"%s\"", options.dev);
	if (options.invalid && !options.family->set_invalid)
		return usage_error("routes of %s have no mark \"invalid\"",
				   options.family->name);
	l->ttl = INFINITE;
	if (options.ttl &&
	    !parse_number(options.ttl, 1, RTM_MAX_TIME_TO_LIVE, &l->ttl))
		return usage_error("\"%s\" is no time to live", options.ttl);
	return EXIT_OK;
}

int load(int argc, char **argv)
{
	static struct loader loader;
	FILE *file = stdin;
	uint32_t error, protocol;
	int status;

	if (argc != 1)
		return usage_error("load takes a file, or - for standard input");
	loader.name = argv[0];
	status = parse_options(&loader, &protocol);
	if (status)
		return status;
	if (strcmp(loader.name, "-")) {
		file = fopen(loader.name, "re");
		if (!file)
			return usage_error("%s: %s", loader.name,
					   strerror(errno));
	}
	loader.client = RtmRegisterClient(options.family->number, protocol, NULL,
					  0);
	if (loader.client) {
		status = load_and_stay(&loader, file);
		error = RtmDeregisterClient(loader.client);
		if (error && !status)
			status = kernel_error("load", error);
	} else {
		status = kernel_error("load", GetLastError());
	}
	if (file != stdin)
		fclose(file);
	return status;
}
