// SPDX-License-Identifier: LGPL-2.1-or-later
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "family.h"
#include "rtmctl.h"

struct options options;

static const struct command {
	const char *object;
	const char *verb;
	int (*run)(int argc, char **argv);
	const char *usage;
} commands[] = {
	{ "route", "show", route_show,
	  "[network PREFIX] [dev IF] [protocol P] [best]" },
	{ "route", "get", route_get, "ADDRESS|PREFIX" },
	{ "client", "show", client_show, "" },
	{ "monitor", NULL, monitor, "" },
	{ "stats", NULL, stats, "" },
	{ "prio", "show", prio_show, "" },
	{ "prio", "set", prio_set, "PROTOCOL|others N" },
	{ "limit", "show", limit_show, "" },
	{ "limit", "set", limit_set, "LIMIT N" },
	{ "load", NULL, load,
	  "FILE [--protocol P] [--dev IF] [--ttl SECONDS] [--invalid]" },
	{ "fib", "status", fib_status, "" },
	{ "fib", "diff", fib_diff, "" },
	{ "fib", "audit", fib_audit, "" },
	{ }
};

static void usage(FILE *to)
{
	const struct command *c;

	fputs("usage: rtmctl [-6 | -f ip|ipv6|ipx] [-j] [-p] COMMAND\n", to);
	for (c = commands; c->run; c++)
		fprintf(to, "       rtmctl %s%s%s%s%s\n", c->object,
			c->verb ? " " : "", c->verb ? c->verb : "",
			*c->usage ? " " : "", c->usage);
}

int usage_error(const char *fmt, ...)
{
	va_list args;

	fputs("rtmctl: ", stderr);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
	return EXIT_USAGE;
}

static const char *reason(uint32_t error)
{
	switch (error) {
	case ERROR_ACCESS_DENIED:
		return "permission denied";
	case ERROR_NOT_ENOUGH_MEMORY:
		return "out of memory";
	case ERROR_INVALID_PARAMETER:
		return "invalid value";
	case ERROR_CLIENT_ALREADY_EXISTS:
		return "the protocol has a client already";
	case ERROR_NO_ROUTES:
		return "no such route";
	case ERROR_NO_SYSTEM_RESOURCES:
		if (access("/dev/rtm", F_OK))
			return "no /dev/rtm: is the rtm module loaded?";
		return "a limit is reached, or the kernel lacks resources";
	default:
		return NULL;
	}
}

int kernel_error(const char *what, uint32_t error)
{
	const char *words = reason(error);

	/* What was said so far comes first, also where both go to one file. */
	fflush(stdout);
	if (words)
		fprintf(stderr, "rtmctl: %s: %s\n", what, words);
	else
		fprintf(stderr, "rtmctl: %s: error %u\n", what, error);
	return EXIT_KERNEL;
}

static int run(int argc, char **argv)
{
	const struct command *c;

	for (c = commands; c->run; c++) {
		int words = c->verb ? 2 : 1;

		if (argc < words || strcmp(c->object, argv[0]) ||
		    (c->verb && strcmp(c->verb, argv[1])))
			continue;
		if (c->run != load &&
		    (options.protocol || options.dev || options.ttl ||
		     options.invalid))
			return usage_error("--protocol, --dev, --ttl and --invalid go with load");
		return c->run(argc - words, argv + words);
	}
	usage(stderr);
	return EXIT_USAGE;
}

enum { OPT_PROTOCOL = 256, OPT_DEV, OPT_TTL, OPT_INVALID };

int main(int argc, char **argv)
{
	static const struct option longopts[] = {
		{ "family", required_argument, NULL, 'f' },
		{ "json", no_argument, NULL, 'j' },
		{ "pretty", no_argument, NULL, 'p' },
		{ "help", no_argument, NULL, 'h' },
		{ "protocol", required_argument, NULL, OPT_PROTOCOL },
		{ "dev", required_argument, NULL, OPT_DEV },
		{ "ttl", required_argument, NULL, OPT_TTL },
		{ "invalid", no_argument, NULL, OPT_INVALID },
		{ }
	};
	bool json = false;
	bool pretty = false;
	int c;

	options.family = family_by_name("ip");
	while ((c = getopt_long(argc, argv, "f:6jph", longopts, NULL)) != -1) {
		switch (c) {
		case 'f':
			options.family = family_by_name(optarg);
			if (!options.family)
				return usage_error("no family \"%s\"", optarg);
			options.family_given = true;
			break;
		case '6':
			options.family = family_by_name("ipv6");
			options.family_given = true;
			break;
		case 'j':
			json = true;
			break;
		case 'p':
			pretty = true;
			break;
		case 'h':
			usage(stdout);
			return EXIT_OK;
		case OPT_PROTOCOL:
			options.protocol = optarg;
			break;
		case OPT_DEV:
			options.dev = optarg;
			break;
		case OPT_TTL:
			options.ttl = optarg;
			break;
		case OPT_INVALID:
			options.invalid = true;
			break;
		default:
			return EXIT_USAGE;
		}
	}
	if (json)
		options.style = pretty ? OUT_JSON_PRETTY : OUT_JSON;
	return run(argc - optind, argv + optind);
}
