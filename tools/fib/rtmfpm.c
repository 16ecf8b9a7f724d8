// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The other end of FRR's dplane_fpm_nl: netlink messages, each in a frame, over
 * TCP. There is no mark at the end of what zebra sends first: it has come when
 * nothing has come for a while.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <getopt.h>
#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#ifdef HAVE_SYSTEMD
#include <systemd/sd-daemon.h>
#endif

#include "../parse.h"
#include "accept.h"
#include "held.h"
#include "nexthop.h"
#include "option.h"
#include "peer.h"
#include "timer.h"

/* A frame's header: version, type of the message, length with the header. */
struct fpm_header {
	uint8_t version;
	uint8_t type;
	uint16_t len;		/* network byte order */
};

enum { FPM_VERSION = 1, FPM_NETLINK = 1 };

#define BACKLOG		128
#define SAY_AGAIN	10000	/* milliseconds */

static uint32_t address = INADDR_LOOPBACK, port = 2620;
static uint32_t table = RT_TABLE_MAIN, keep = 120, quiet = 30;
static const char *user = "frr";

static struct event_base *base;
static struct event *listening, *commit, *sweep;
static struct bufferevent *zebra;
static uint64_t connected;

static void usage(FILE *to)
{
	fputs("usage: rtmfpm [OPTIONS]\n"
	      "  -a, --address A     address to listen on (127.0.0.1)\n"
	      "  -p, --port N        its TCP port (2620)\n"
	      "  -u, --user NAME     who may connect, beside root (frr)\n"
	      "  -t, --table N       zebra's routes of this table count (254, main)\n"
	      "  -k, --keep SECONDS  keep routes while there is no connection (120)\n"
	      "  -s, --settle MS     deletions wait for an addition that follows (50)\n"
	      "  -q, --quiet SECONDS after which all has been sent again (30)\n", to);
}

static void options(int argc, char **argv)
{
	static const struct option longopts[] = {
		{ "address", required_argument, NULL, 'a' },
		{ "port", required_argument, NULL, 'p' },
		{ "user", required_argument, NULL, 'u' },
		{ "table", required_argument, NULL, 't' },
		{ "keep", required_argument, NULL, 'k' },
		{ "settle", required_argument, NULL, 's' },
		{ "quiet", required_argument, NULL, 'q' },
		{ "help", no_argument, NULL, 'h' },
		{ }
	};
	int o;

	while ((o = getopt_long(argc, argv, "a:p:u:t:k:s:q:h", longopts, NULL)) !=
	       -1) {
		switch (o) {
		case 'a':
			if (!parse_address(optarg, &address))
				option_bad("address", optarg);
			break;
		case 'p':
			port = option_number("port", optarg, 1, 65535);
			break;
		case 'u':
			user = optarg;
			break;
		case 't':
			table = option_number("table", optarg, 1, UINT32_MAX);
			break;
		case 'k':
			keep = option_number("time", optarg, 0, 86400);
			break;
		case 's':
			held_settle = option_number("time", optarg, 0, 60000);
			break;
		case 'q':
			quiet = option_number("time", optarg, 1, 86400);
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

static void on_commit(evutil_socket_t fd, short what, void *data)
{
	int ms = held_commit();

	(void)fd, (void)what, (void)data;
	if (ms >= 0)
		timer_after(commit, ms);
}

/* Either zebra has sent all that it has, or it stayed away for too long. */
static void on_sweep(evutil_socket_t fd, short what, void *data)
{
	(void)fd, (void)what, (void)data;
	held_sweep();
	timer_after(commit, 0);
}

static void message(const struct nlmsghdr *nlh)
{
	struct kroute route;

	switch (nlh->nlmsg_type) {
	case RTM_NEWROUTE:
	case RTM_DELROUTE:
		if (kroute_parse(nlh, &route) && route.table == table)
			held_message(&route, nlh->nlmsg_type == RTM_DELROUTE);
		break;
	case RTM_NEWNEXTHOP:
	case RTM_DELNEXTHOP:
		nexthop_message(nlh);
		break;
	}
}

/* libmnl takes a length of 2^31 and more for less than nothing. */
static bool message_ok(const struct nlmsghdr *nlh, int left)
{
	return mnl_nlmsg_ok(nlh, left) && nlh->nlmsg_len <= (unsigned int)left;
}

/* Takes a frame off; 0: it is not there yet, negative: it is none. */
static int take_frame(struct evbuffer *in)
{
	const struct nlmsghdr *nlh;
	struct fpm_header header;
	int left;

	if (evbuffer_copyout(in, &header, sizeof(header)) !=
	    (ssize_t)sizeof(header))
		return 0;
	left = ntohs(header.len) - (int)sizeof(header);
	if (header.version != FPM_VERSION || left < 0)
		return -1;
	if (evbuffer_get_length(in) < sizeof(header) + left)
		return 0;
	if (header.type == FPM_NETLINK) {
		/* libmnl and RTNH_OK() look beyond an end, for what is next. */
		char *frame = alloc(NLMSG_ALIGN(left) +
				    sizeof(struct rtnexthop));

		/* At an address that messages may have. */
		evbuffer_drain(in, sizeof(header));
		evbuffer_remove(in, frame, left);
		for (nlh = (struct nlmsghdr *)frame; message_ok(nlh, left);
		     nlh = mnl_nlmsg_next(nlh, &left))
			message(nlh);
		free(frame);
	} else {
		evbuffer_drain(in, sizeof(header) + left);
	}
	return 1;
}

static void gone(const char *why)
{
	fprintf(stderr, "zebra: %s\n", why);
	bufferevent_free(zebra);
	zebra = NULL;
	held_mark();
	nexthop_forget();
	timer_after(sweep, keep * 1000);
}

static void on_read(struct bufferevent *bev, void *data)
{
	struct evbuffer *in = bufferevent_get_input(bev);
	int frames = 0, taken;

	(void)data;
	while ((taken = take_frame(in)) > 0)
		frames++;
	if (frames)
		on_commit(-1, 0, NULL);
	if (taken < 0)
		gone("not FPM");
	if (taken < 0 || !frames)
		return;
	/* While zebra repeats, every word puts the end off, but not forever. */
	if (evtimer_pending(sweep, NULL) && timer_now() - connected < keep * 1000ull)
		timer_after(sweep, quiet * 1000);
}

static void on_event(struct bufferevent *bev, short what, void *data)
{
	(void)bev;
	(void)data;
	if (what & BEV_EVENT_EOF)
		gone("the connection has ended");
	else if (what & BEV_EVENT_ERROR)
		gone(strerror(errno));
}

/* Whoever likes may try, as often as they like. */
static bool may_say(void)
{
	static uint64_t next;

	if (timer_now() < next)
		return false;
	next = timer_now() + SAY_AGAIN;
	return true;
}

/*
 * Whoever reaches the port could make routes. On this machine that is everybody;
 * if it is open to others, what they are cannot be known.
 */
static bool may_speak(int fd)
{
	const struct passwd *named = getpwnam(user);
	uid_t uid;

	switch (peer_of(fd, &uid)) {
	case PEER_USER:
		if (!uid || (named && named->pw_uid == uid))
			return true;
		if (may_say())
			fprintf(stderr, "user %u is not to speak\n", uid);
		return false;
	case PEER_GONE:
		if (may_say())
			fputs("who is gone is not to speak\n", stderr);
		return false;
	default:
		return true;
	}
}

/* There is one zebra: who comes next is the same one, started anew. */
static void on_connect(evutil_socket_t listener, short what, void *data)
{
	int fd = accept_one(listening, NULL);

	(void)listener, (void)what, (void)data;
	if (fd < 0)
		return;
	if (!may_speak(fd)) {
		close(fd);
		return;
	}
	if (zebra)
		gone("it has connected again");
	peer_watch(fd);
	zebra = bufferevent_socket_new(base, fd, BEV_OPT_CLOSE_ON_FREE);
	if (!zebra)
		out_of_memory();
	bufferevent_setcb(zebra, on_read, NULL, on_event, NULL);
	bufferevent_enable(zebra, EV_READ);
	connected = timer_now();
	timer_after(sweep, quiet * 1000);
}

static void on_signal(evutil_socket_t sig, short what, void *data)
{
	(void)sig, (void)what, (void)data;
	event_base_loopbreak(base);
}

static void add_signal(int sig)
{
	struct event *event = evsignal_new(base, sig, on_signal, NULL);

	if (!event || event_add(event, NULL))
		out_of_memory();
}

/* The address may come later, with its interface. Negative: errno says why. */
static int listener(void)
{
	const struct sockaddr_in local = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(address),
		.sin_port = htons(port),
	};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int on = 1;

	if (fd < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ||
	    setsockopt(fd, IPPROTO_IP, IP_FREEBIND, &on, sizeof(on)) ||
	    bind(fd, (const struct sockaddr *)&local, sizeof(local)) ||
	    listen(fd, BACKLOG))
		return -1;
	return fd;
}

int main(int argc, char **argv)
{
	int fd;

	options(argc, argv);
	base = event_base_new();
	if (!base)
		out_of_memory();
	commit = evtimer_new(base, on_commit, NULL);
	sweep = evtimer_new(base, on_sweep, NULL);
	if (!commit || !sweep)
		out_of_memory();
	add_signal(SIGTERM);
	add_signal(SIGINT);
	fd = listener();
	if (fd < 0) {
		perror("rtmfpm: listen");
		return EXIT_FAILURE;
	}
	listening = event_new(base, fd, EV_READ | EV_PERSIST, on_connect, NULL);
	if (!listening || event_add(listening, NULL))
		out_of_memory();
#ifdef HAVE_SYSTEMD
	sd_notify(0, "READY=1");
#endif
	event_base_dispatch(base);
	return EXIT_SUCCESS;
}
