// SPDX-License-Identifier: LGPL-2.1-or-later
#include <event2/event.h>
#include <getopt.h>
#include <rtm.h>
#include <signal.h>
#include <stdio.h>

#ifdef HAVE_SYSTEMD
#include <systemd/sd-daemon.h>
#endif

#include "../family.h"
#include "../protocol.h"
#include "agreed.h"
#include "audit.h"
#include "control.h"
#include "fib.h"
#include "learn.h"
#include "netlink.h"
#include "option.h"

/* Of protocols, for which IPv6 has the same. */
static const struct family names = { .protocols = ip_protocols };

static struct event_base *base;
static struct event *work;
static unsigned int receive_buffer;
static bool default_sources = true;

static void usage(FILE *to)
{
	fputs("usage: rtmfib [OPTIONS]\n"
	      "  -t, --table N            kernel table of the routes (254, main)\n"
	      "  -m, --metric N           their metric (64)\n"
	      "  -P, --protocol N         their protocol (82)\n"
	      "  -l, --learn TABLE,KERNEL[+KERNEL...],PROTOCOL\n"
	      "                           routes of these kernel protocols (or \"any\")\n"
	      "                           there become that protocol's in RTM\n"
	      "      --no-learn           not even those of the main table\n"
	      "      --multipath          equally good routes together\n"
	      "      --resolve-by-default next hops may be found by a default route\n"
	      "  -i, --interval SECONDS   time from audit to audit (10)\n"
	      "      --receive-buffer N   bytes of each netlink socket\n", to);
}

static void learn_protocols(char *text, uint64_t kernel[4])
{
	char *save, *word;

	for (word = strtok_r(text, "+", &save); word;
	     word = strtok_r(NULL, "+", &save)) {
		uint32_t p;

		if (!strcmp(word, "any")) {
			memset(kernel, 0xff, 4 * sizeof(*kernel));
			continue;
		}
		p = option_number("protocol of the kernel", word, 0, 255);
		kernel[p / 64] |= 1ull << (p % 64);
	}
}

static void learn_option(const char *option)
{
	char *text = strdup(option);
	uint64_t kernel[4] = { };
	char *table, *protocols, *protocol, *save;
	uint32_t id;

	if (!text)
		out_of_memory();
	table = strtok_r(text, ",", &save);
	protocols = strtok_r(NULL, ",", &save);
	protocol = strtok_r(NULL, ",", &save);
	if (!protocol || strtok_r(NULL, ",", &save))
		option_bad("source", option);
	learn_protocols(protocols, kernel);
	if (!protocol_parse(&names, protocol, &id) || !id)
		option_bad("protocol", protocol);
	if (learn_full())
		option_bad("source: there are 16 already", option);
	if (!learn_add_source(option_number("table", table, 1, UINT32_MAX),
			      kernel, id))
		option_bad("source: the protocol has one already", option);
	free(text);
}

/* As the kernel puts them in, and as people and their tools do. */
static void learn_main(void)
{
	const uint64_t connected[4] = { 1 << RTPROT_KERNEL };
	const uint64_t configured[4] = {
		1 << RTPROT_BOOT | 1 << RTPROT_STATIC | 1 << RTPROT_RA |
		1 << RTPROT_DHCP
	};

	if (!learn_add_source(RT_TABLE_MAIN, connected, PROTO_IP_LOCAL) ||
	    !learn_add_source(RT_TABLE_MAIN, configured, PROTO_IP_NETMGMT))
		option_bad("source beside those of the main table: the protocol has one already",
			   "--learn");
}

enum { OPT_NO_LEARN = 256, OPT_MULTIPATH, OPT_DEFAULT, OPT_BUFFER };

static void options(int argc, char **argv)
{
	static const struct option longopts[] = {
		{ "table", required_argument, NULL, 't' },
		{ "metric", required_argument, NULL, 'm' },
		{ "protocol", required_argument, NULL, 'P' },
		{ "learn", required_argument, NULL, 'l' },
		{ "no-learn", no_argument, NULL, OPT_NO_LEARN },
		{ "multipath", no_argument, NULL, OPT_MULTIPATH },
		{ "resolve-by-default", no_argument, NULL, OPT_DEFAULT },
		{ "interval", required_argument, NULL, 'i' },
		{ "receive-buffer", required_argument, NULL, OPT_BUFFER },
		{ "help", no_argument, NULL, 'h' },
		{ }
	};
	int o;

	while ((o = getopt_long(argc, argv, "t:m:P:l:i:h", longopts, NULL)) !=
	       -1) {
		switch (o) {
		case 't':
			fib_options.table = option_number("table", optarg, 1,
							  UINT32_MAX);
			break;
		case 'm':
			fib_options.metric = option_number("metric", optarg, 1,
							   UINT32_MAX);
			break;
		case 'P':
			fib_options.protocol = option_number("protocol", optarg,
							     5, 255);
			break;
		case 'l':
			learn_option(optarg);
			break;
		case OPT_NO_LEARN:
			default_sources = false;
			break;
		case OPT_MULTIPATH:
			agreed_multipath = true;
			break;
		case OPT_DEFAULT:
			target_resolve_by_default = true;
			break;
		case 'i':
			audit_interval = option_number("interval", optarg, 1, 86400);
			break;
		case OPT_BUFFER:
			receive_buffer = option_number("size", optarg, 1, 1 << 30);
			break;
		case 'h':
			usage(stdout);
			exit(EXIT_SUCCESS);
		default:
			usage(stderr);
			exit(EXIT_USAGE);
		}
	}
	if (optind < argc) {
		usage(stderr);
		exit(EXIT_USAGE);
	}
}

static void work_soon(void)
{
	static const struct timeval now;

	if (!evtimer_pending(work, NULL))
		evtimer_add(work, &now);
}

static void tell_ready(void *data)
{
	(void)data;
#ifdef HAVE_SYSTEMD
	sd_notify(0, "READY=1");
#endif
}

static void on_work(evutil_socket_t fd, short what, void *data)
{
	(void)fd, (void)what, (void)data;
	learn_flush();
	if (audit_ready() && fib_work())
		work_soon();
}

static void on_agreed(evutil_socket_t fd, short what, void *data)
{
	(void)fd, (void)what, (void)data;
	agreed_take();
	work_soon();
}

static void message(const struct nlmsghdr *nlh)
{
	struct kroute route;

	switch (nlh->nlmsg_type) {
	case RTM_NEWLINK:
	case RTM_DELLINK:
		audit_link(nlh);
		break;
	case RTM_NEWROUTE:
	case RTM_DELROUTE:
		if (!kroute_parse(nlh, &route))
			break;
		fib_told(&route, nlh->nlmsg_type == RTM_DELROUTE);
		learn_told(&route, nlh->nlmsg_type == RTM_DELROUTE,
			   nlh->nlmsg_flags & NLM_F_REPLACE);
		break;
	default:
		/* Addresses and next hops take routes along without a word. */
		audit_soon();
	}
}

static void on_monitor(evutil_socket_t fd, short what, void *data)
{
	(void)fd, (void)what, (void)data;
	if (!netlink_monitor_read(message)) {
		audit_counters.overruns++;
		audit_soon();
	}
	target_resolve_changed();
	work_soon();
}

/* What is in the kernel stays there: routers go on while daemons are renewed. */
static void on_signal(evutil_socket_t sig, short what, void *data)
{
	(void)sig, (void)what, (void)data;
	event_base_loopbreak(base);
}

static void add_event(evutil_socket_t fd, short what, event_callback_fn call)
{
	struct event *event = event_new(base, fd, what | EV_PERSIST, call, NULL);

	if (!event || event_add(event, NULL))
		out_of_memory();
}

int main(int argc, char **argv)
{
	/* Who asks may be gone when the answer comes. */
	signal(SIGPIPE, SIG_IGN);
	options(argc, argv);
	if (default_sources)
		learn_main();
	base = event_base_new();
	if (!base)
		out_of_memory();
	control_open(base);
	netlink_open(receive_buffer);
	agreed_open();
	learn_open();
	work = evtimer_new(base, on_work, NULL);
	if (!work)
		out_of_memory();
	add_event(netlink_monitor_fd(), EV_READ, on_monitor);
	add_event(agreed_fd(), EV_READ, on_agreed);
	add_event(SIGTERM, EV_SIGNAL, on_signal);
	add_event(SIGINT, EV_SIGNAL, on_signal);
	audit_open(base);
	audit_now(tell_ready, NULL);
	event_base_dispatch(base);
	return EXIT_SUCCESS;
}
