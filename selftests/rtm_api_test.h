/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the tests of librtm share: routes of all families, calls whose answer
 * is one value, and comparisons that say what differs.
 *
 * The harness runs each test in a process of its own, so that each begins
 * with a fresh library; the fixture adds a fresh network namespace.
 */
#ifndef RTM_API_TEST_H
#define RTM_API_TEST_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "rtm.h"
#include "kselftest_harness.h"
#include "rtm_file.h"
#include "rtm_task.h"

#define IP	RTM_PROTOCOL_FAMILY_IP
#define IPV6	RTM_PROTOCOL_FAMILY_IPV6
#define IPX	RTM_PROTOCOL_FAMILY_IPX

/* Routing protocols that no default names: all of priority 127. */
#define PROTO_A	1000
#define PROTO_B	1001
#define PROTO_C	1002
#define PRIO_OTHERS	127

/* A handle, for the harness to compare and print. */
#define H(handle)	((uintptr_t)(handle))

/* How long something may take that comes by itself, in milliseconds. */
#define SOON	20000

/* The ageing of a route may be this late, in milliseconds. */
#define LATE	2000

union route {
	RTM_IP_ROUTE ip;
	RTM_IPV6_ROUTE ipv6;
	RTM_IPX_ROUTE ipx;
	DWORD word[sizeof(RTM_IPV6_ROUTE) / sizeof(DWORD)];
};

/* The answer of a call that hands out routes. */
struct answer {
	DWORD error;
	DWORD flags;
	union route cur;
	union route prev;
};

#define POISON	0xa5a5a5a5U

static inline void poison(union route *route)
{
	memset(route, 0xa5, sizeof(*route));
}

static inline bool poisoned(const union route *route)
{
	union route clean;

	poison(&clean);
	return !memcmp(route, &clean, sizeof(clean));
}

static inline unsigned int scaled(unsigned int n)
{
	const char *scale = getenv("RTM_TEST_SCALE");
	unsigned long percent = scale ? strtoul(scale, NULL, 10) : 100;

	n = n * percent / 100;
	return n ? n : 1;
}

static inline long long now_ms(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

static inline size_t route_size(DWORD family)
{
	return family == IP ? sizeof(RTM_IP_ROUTE) :
	       family == IPV6 ? sizeof(RTM_IPV6_ROUTE) : sizeof(RTM_IPX_ROUTE);
}

static inline size_t network_size(DWORD family)
{
	return family == IP ? sizeof(IP_NETWORK) :
	       family == IPV6 ? sizeof(IPV6_NETWORK) : sizeof(IPX_NETWORK);
}

/* IP and IPv6 have the same, IPX has its own: NULL. */
static inline IP_SPECIFIC_DATA *ip_data(DWORD family, union route *r)
{
	return family == IP ? &r->ip.RR_FamilySpecificData :
	       family == IPV6 ? &r->ipv6.RR_FamilySpecificData : NULL;
}

/* The mask of the next hop, where there is one. */
static inline DWORD *hop_mask(DWORD family, union route *r)
{
	return family == IP ? &r->ip.RR_NextHopAddress.N_NetMask :
	       family == IPV6 ? &r->ipv6.RR_NextHopAddress.N_PrefixLength :
	       NULL;
}

static inline void put_number(BYTE *bytes, DWORD n)
{
	bytes[0] = n >> 24;
	bytes[1] = n >> 16;
	bytes[2] = n >> 8;
	bytes[3] = n;
}

/*
 * The route to destination @n (below 65536). Every member that a client may
 * set is set, and depends on the arguments alone; the manager's own members
 * hold rubbish that it must not take over. Destinations of IPv6 differ on both
 * sides of the middle of the address.
 */
static inline union route make_route(DWORD family, DWORD n, DWORD interface,
				     DWORD hop, DWORD cost)
{
	union route r;
	unsigned int i;

	poison(&r);
	r.ip.RR_InterfaceID = interface;
	for (i = 0; i < 4; i++)
		r.ip.RR_ProtocolSpecificData.PSD_Data[i] = n * 4 + i;
	if (ip_data(family, &r))
		*ip_data(family, &r) = (IP_SPECIFIC_DATA) {
			.FSD_Type = 4,
			.FSD_Policy = 0x11111111,
			.FSD_NextHopAS = 0xfffffffe,
			.FSD_Priority = POISON,
			.FSD_Metric = cost,
			.FSD_Metric1 = 0x80000001,
			.FSD_Metric2 = 0x80000002,
			.FSD_Metric3 = 0x80000003,
			.FSD_Metric4 = 0x80000004,
			.FSD_Metric5 = 0x80000005,
			.FSD_Flags = IP_VALID_ROUTE,
		};
	if (family == IP) {
		r.ip.RR_Network.N_NetNumber = 0x0a000000 + (n << 8);
		r.ip.RR_Network.N_NetMask = 0xffffff00;
		r.ip.RR_NextHopAddress.N_NetNumber = 0xc0a80000 + hop;
		r.ip.RR_NextHopAddress.N_NetMask = 0xffff0000;
	} else if (family == IPV6) {
		r.ipv6.RR_Network = (IPV6_NETWORK) {
			{ 0x20, 0x01, 0x0d, 0xb8, [7] = n >> 8, n }, 72
		};
		r.ipv6.RR_NextHopAddress = (IPV6_NEXT_HOP_ADDRESS) {
			{ 0xfe, 0x80 }, 64
		};
		put_number(&r.ipv6.RR_NextHopAddress.N_NetNumber[12], hop);
	} else {
		r.ipx.RR_Network.N_NetNumber = 0x00c0ffee + n;
		r.ipx.RR_NextHopAddress = (IPX_NEXT_HOP_ADDRESS) {
			{ 0x02, 0, 0x5e, hop >> 16, hop >> 8, hop }
		};
		r.ipx.RR_FamilySpecificData = (IPX_SPECIFIC_DATA) {
			.FSD_Flags = IPX_GLOBAL_CLIENT_WAN_ROUTE,
			.FSD_TickCount = cost,
			.FSD_HopCount = 7,
		};
	}
	return r;
}

/* @n of make_route(), or more. */
static inline DWORD destination(DWORD family, const union route *r)
{
	return family == IP ? (r->ip.RR_Network.N_NetNumber >> 8) & 0xffff :
	       family == IPV6 ? r->ipv6.RR_Network.N_NetNumber[7] << 8 |
				r->ipv6.RR_Network.N_NetNumber[8] :
	       r->ipx.RR_Network.N_NetNumber - 0x00c0ffee;
}

/* @hop of make_route(), below 256. */
static inline DWORD next_hop(DWORD family, const union route *r)
{
	return family == IP ? r->ip.RR_NextHopAddress.N_NetNumber & 0xff :
	       family == IPV6 ? r->ipv6.RR_NextHopAddress.N_NetNumber[15] :
	       r->ipx.RR_NextHopAddress.NHA_Mac[5];
}

/* Longest match to the first address of the network of @r; none of IPX. */
static inline BOOL find_address(DWORD family, const union route *r,
				union route *out)
{
	return family == IP ?
	       RtmLookupIPDestination(r->ip.RR_Network.N_NetNumber, &out->ip) :
	       RtmLookupIPv6Destination(r->ipv6.RR_Network.N_NetNumber,
					&out->ipv6);
}

/* What everybody is told of @route, when @protocol has added it. */
static inline union route told(DWORD family, union route route, DWORD protocol,
			       DWORD priority)
{
	unsigned char *bytes = (void *)&route;

	route.ip.RR_RoutingProtocol = protocol;
	if (ip_data(family, &route))
		ip_data(family, &route)->FSD_Priority = priority;
	else	/* The two bytes after the MAC address. */
		memset(bytes + offsetof(RTM_IPX_ROUTE, RR_NextHopAddress) + 6,
		       0, 2);
	memset(bytes + route_size(family), 0xa5,
	       sizeof(route) - route_size(family));
	return route;
}

/*
 * "" if @seen, poisoned before the call, is @want, bears a stamp, and nothing
 * behind the family's structure was written.
 */
static inline const char *route_diff(const union route *want,
				     const union route *seen)
{
	static char text[80];
	unsigned int i;

	for (i = 2; i < ARRAY_SIZE(seen->word); i++) {
		if (seen->word[i] == want->word[i])
			continue;
		snprintf(text, sizeof(text), "byte %u: %08x, expected %08x",
			 i * 4, seen->word[i], want->word[i]);
		return text;
	}
	if (seen->word[0] == POISON || !seen->word[1])
		return "no time stamp";
	return "";
}

/* "" if @seen is as said; @cur and @prev are compared unless NULL. */
static inline const char *answer_diff(const struct answer *seen, DWORD error,
				      DWORD flags, const union route *cur,
				      const union route *prev)
{
	static char text[160];
	const char *diff = "";

	if (seen->error != error || seen->flags != flags) {
		snprintf(text, sizeof(text),
			 "error %u flags %x, expected error %u flags %x",
			 seen->error, seen->flags, error, flags);
		return text;
	}
	if (cur)
		diff = route_diff(cur, &seen->cur);
	if (*diff) {
		snprintf(text, sizeof(text), "current: %s", diff);
		return text;
	}
	if (prev)
		diff = route_diff(prev, &seen->prev);
	if (*diff) {
		snprintf(text, sizeof(text), "previous: %s", diff);
		return text;
	}
	return "";
}

#define ASSERT_ROUTE(want, seen) \
	ASSERT_STREQ("", route_diff(&(want), &(seen)))

/* Which of the two routes must be told follows from the flags. */
#define ASSERT_ANSWER(error, flags, want_cur, want_prev, seen) do { \
	struct answer __answer = (seen); \
	ASSERT_STREQ("", answer_diff(&__answer, error, flags, \
				     want_cur, want_prev)); \
} while (0)

/* A call that says zero and why. */
#define ASSERT_FAILS(error, call) do { \
	SetLastError(0x5eedU); \
	ASSERT_EQ(0, (uintptr_t)(call)); \
	ASSERT_EQ(error, GetLastError()); \
} while (0)

static inline void clear(struct answer *a)
{
	a->flags = POISON;
	poison(&a->cur);
	poison(&a->prev);
}

static inline struct answer add_ttl(HANDLE client, union route route, DWORD ttl)
{
	struct answer a;

	clear(&a);
	a.error = RtmAddRoute(client, &route, ttl, &a.flags, &a.cur, &a.prev);
	return a;
}

static inline struct answer add(HANDLE client, union route route)
{
	return add_ttl(client, route, INFINITE);
}

/* Add where only the error is of interest. */
static inline DWORD put(HANDLE client, union route route)
{
	return RtmAddRoute(client, &route, INFINITE, NULL, NULL, NULL);
}

static inline struct answer del(HANDLE client, union route route)
{
	struct answer a;

	clear(&a);
	a.error = RtmDeleteRoute(client, &route, &a.flags, &a.cur);
	return a;
}

static inline struct answer dequeue(HANDLE client)
{
	struct answer a;

	clear(&a);
	a.error = RtmDequeueRouteChangeMessage(client, &a.flags, &a.cur,
					       &a.prev);
	return a;
}

static inline DWORD check(HANDLE event)
{
	return WaitForSingleObject(event, 0);
}

/* How many routes a walk of the whole family meets. */
static inline unsigned int count_routes(DWORD family)
{
	unsigned int n = 0;
	union route route;
	DWORD error;

	for (error = RtmGetFirstRoute(family, 0, &route); error == NO_ERROR;
	     error = RtmGetNextRoute(family, 0, &route))
		n++;
	return error == ERROR_NO_ROUTES ? n : ~0U;
}

/* A namespace without routes; @_metadata is the harness's. */
#define FRESH_TABLE() \
	ASSERT_EQ(0, unshare(CLONE_NEWNET)) \
		TH_LOG("unshare: %s", strerror(errno))

/*
 * A child that the test is to end; when the test has failed it ends all the same,
 * execve() or not, and keeps the module loaded for as long as a test may take at
 * the most.
 */
static inline pid_t fork_for_a_while(void)
{
	pid_t pid = fork();

	if (!pid)
		alarm(TEST_TIMEOUT_DEFAULT);
	return pid;
}

/* Waits for a child and says its exit status, or 256 + signal. */
static inline int reap(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid)
		return -1;
	return WIFSIGNALED(status) ? 256 + WTERMSIG(status) :
				     WEXITSTATUS(status);
}

#endif /* RTM_API_TEST_H */
