// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A table too large for real prefixes: loaded, walked, elected anew, left by
 * one of two clients, aged out in one second, and left by the last. How long a
 * route takes, and for how long the table's mutex was held at the most, where
 * rtm_bench.ko tells.
 * usage: scale rounds routes
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/rtm.h>

#include "common.h"
#include "fib.h"
#include "rtm.h"

#define RIP		8
#define OSPF		13
#define SLICE		(1u << 17)

static double longest;
static size_t routes;
static unsigned int round_nr;

/* Of a step: nanoseconds a route, and the longest hold since the last one. */
static void step(const char *what, double ns)
{
	struct hold hold;
	char name[64];

	snprintf(name, sizeof(name), "scale_%s", what);
	row(name, routes, round_nr, ns / routes, 0, "ns");
	if (!hold_read(&hold))
		return;
	snprintf(name, sizeof(name), "hold_%s", what);
	row(name, routes, round_nr, hold.most, 0, "ns");
	if (hold.most > longest)
		longest = hold.most;
}

/* @end: when they age out by now_ns(), or 0. Return: the time of all. */
static double load(struct rtm *rtm, uint64_t end)
{
	double ns = 0;
	size_t done, n;

	for (done = 0; done < routes; done += n) {
		n = routes - done < SLICE ? routes - done : SLICE;
		if (end && now_ns() > end)
			die("loading took too long");
		rtm->ttl = end ? 1 + (end - now_ns()) / 1000000000 : 0;
		ns += n * rtm_add_nth(rtm, done, n, 1);
	}
	return ns;
}

static void prefer(const struct rtm *rtm, unsigned int protocol)
{
	struct rtm_prio_rec recs[] = {
		{ .protocol = RIP, .priority = 2 - (protocol == RIP) },
		{ .protocol = OSPF, .priority = 2 - (protocol == OSPF) },
	};
	struct rtm_prio arg = {
		.size = sizeof(arg),
		.family = RTM_FAMILY_IP,
		.count = 2,
		.record_size = sizeof(recs[0]),
		.records = (uintptr_t)recs,
	};

	if (ioctl(rtm->fd, RTM_IOC_PRIO_SET, &arg))
		die_errno("RTM_IOC_PRIO_SET");
}

static void run(void)
{
	struct rtm rip = rtm_client(RIP), ospf = rtm_client(OSPF);
	uint64_t began, budget, sequence;
	struct hold before;
	double ns;

	hold_read(&before);
	longest = 0;
	prefer(&rip, RIP);
	began = now_ns();
	ns = load(&rip, 0);
	budget = 4 * (now_ns() - began) + 3000000000ULL;
	step("add", ns);
	settle();
	step("enumerate", routes * rtm_enumerate(&rip, routes));
	step("add_further", load(&ospf, 0));

	sequence = rtm_stats(&rip).sequence;
	began = now_ns();
	prefer(&rip, OSPF);
	step("elect", now_ns() - began);
	if (rtm_stats(&rip).sequence != sequence + routes)
		die("the priorities changed %llu routes",
		    (unsigned long long)(rtm_stats(&rip).sequence - sequence));
	step("leave_stay", rtm_deregister(&ospf));

	began = now_ns();
	ns = load(&rip, began + budget);
	step("age", ns);
	while (rtm_stats(&rip).routes == routes)
		usleep(10000);
	began = now_ns();
	while (rtm_stats(&rip).routes)
		usleep(10000);
	step("expire", now_ns() - began);

	ns = load(&rip, 0);
	step("add_again", ns);
	settle();
	step("leave_go", rtm_deregister(&rip));
	if (rtm_stats(&rip).routes || rtm_stats(&rip).destinations)
		die("there are routes left");
	if (longest)
		row("hold", routes, round_nr, longest, 0, "ns");
	rtm_close(&rip);
	rtm_close(&ospf);
	settle();
}

int main(int argc, char **argv)
{
	unsigned int rounds;

	if (argc != 3)
		die("usage: scale rounds routes");
	rounds = atoi(argv[1]);
	routes = atoll(argv[2]);
	if (!routes || routes > PREFIXES)
		die("1 to %u routes", PREFIXES);
	rtm_allow(4ULL * PREFIXES);
	clock_calibrate();
	for (round_nr = 0; round_nr <= rounds; round_nr++)
		run();
	return 0;
}
