// SPDX-License-Identifier: LGPL-2.1-or-later
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "parse.h"
#include "protocol.h"
#include "rtmctl.h"
#include "view.h"

/* Routes read at a time: a table is never held as a whole. */
#define BATCH 1024

struct filter {
	uint32_t flags;
	union route criteria;
};

static int parse_filter(int argc, char **argv, struct filter *filter)
{
	union route *criteria = &filter->criteria;

	while (argc) {
		const char *word = argv[0];
		const char *value = argv[1];

		argc--;
		argv++;
		if (!strcmp(word, "best")) {
			filter->flags |= RTM_ONLY_BEST_ROUTES;
			continue;
		}
		if (!argc)
			return usage_error("what does \"%s\" mean here?", word);
		argc--;
		argv++;
		if (!strcmp(word, "network")) {
			if (!options.family->parse_network(value, criteria))
				return usage_error("\"%s\" is no network",
						   value);
			filter->flags |= RTM_ONLY_THIS_NETWORK;
		} else if (!strcmp(word, "dev")) {
			if (!parse_interface(value,
					     &criteria->ip.RR_InterfaceID))
				return usage_error("no interface \"%s\"",
						   value);
			filter->flags |= RTM_ONLY_THIS_INTERFACE;
		} else if (!strcmp(word, "protocol")) {
			if (!protocol_parse(options.family, value,
					    &criteria->ip.RR_RoutingProtocol))
				return usage_error("no protocol \"%s\"", value);
			filter->flags |= RTM_ONLY_THIS_PROTOCOL;
		} else {
			return usage_error("what does \"%s\" mean here?", word);
		}
	}
	return EXIT_OK;
}

static bool same_route(const union route *a, const union route *b)
{
	return a->ip.RR_RoutingProtocol == b->ip.RR_RoutingProtocol &&
	       a->ip.RR_InterfaceID == b->ip.RR_InterfaceID &&
	       options.family->same_next_hop(a, b);
}

/* Marks those of the routes that are the best ones of their destinations. */
static uint32_t find_best(const void *routes, uint32_t count, bool *best)
{
	static union route networks[BATCH], found[BATCH];
	static uint32_t errors[BATCH];
	size_t size = options.family->network_size;
	uint32_t error, i;

	for (i = 0; i < count; i++) {
		union route route = family_route(options.family, routes, i);

		memcpy((char *)networks + i * size, &route.ip.RR_Network,
		       size);
	}
	error = RtmLookupRouteBatch(options.family->number, 0, count, networks,
				    found, errors);
	for (i = 0; !error && i < count; i++) {
		union route route = family_route(options.family, routes, i);
		union route other = family_route(options.family, found, i);

		best[i] = !errors[i] && same_route(&route, &other);
	}
	return error;
}

static void show(const union route *route, const RTM_ROUTE_INFO *info,
		 bool best)
{
	out_row();
	out_text("%c ", best ? '*' : ' ');
	view_route(options.family, route, info);
	out_flag("best", best);
	out_row_end();
}

int route_show(int argc, char **argv)
{
	static union route routes[BATCH];
	static RTM_ROUTE_INFO infos[BATCH];
	static bool best[BATCH];
	struct filter filter = { };
	uint32_t done, error, i;
	int status;

	status = parse_filter(argc, argv, &filter);
	if (status)
		return status;
	error = RtmGetFirstRouteBatch(options.family->number, filter.flags,
				      &filter.criteria, BATCH, routes, infos,
				      &done);
	if (error && error != ERROR_NO_ROUTES)
		return kernel_error("route show", error);
	out_open(options.style, false);
	memset(best, true, sizeof(best));
	while (!error) {
		union route last = family_route(options.family, routes,
						done - 1);

		if (!(filter.flags & RTM_ONLY_BEST_ROUTES))
			error = find_best(routes, done, best);
		for (i = 0; !error && i < done; i++) {
			union route route = family_route(options.family,
							 routes, i);

			show(&route, &infos[i], best[i]);
		}
		if (!error)
			error = RtmGetNextRouteBatch(options.family->number,
						     filter.flags, &last,
						     BATCH, routes, infos,
						     &done);
	}
	status = out_close();
	if (error != ERROR_NO_ROUTES)
		status = kernel_error("route show", error);
	return status;
}

int route_get(int argc, char **argv)
{
	const struct family *family = options.family;
	union route asked = { };
	union route found = { };
	uint32_t flags = 0;
	uint32_t error, result;

	if (argc != 1)
		return usage_error("route get takes an address or a prefix");
	if (!family->parse_network(argv[0], &asked)) {
		if (!family->parse_address ||
		    !family->parse_address(argv[0], &asked))
			return usage_error("\"%s\" is no address or prefix",
					   argv[0]);
		flags = RTM_LONGEST_MATCH;
	}
	error = RtmLookupRouteBatch(family->number, flags, 1,
				    &asked.ip.RR_Network, &found, &result);
	if (!error)
		error = result;
	if (error)
		return kernel_error(argv[0], error);
	out_open(options.style, false);
	show(&found, NULL, true);
	return out_close();
}
