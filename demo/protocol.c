// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A routing protocol of the demo: brings the prefixes of a file, refreshes
 * them if they age, and stays until it is killed. SIGUSR1 silences it: it
 * lives, but refreshes no more.
 *
 * usage: protocol -p ID [-i INTERFACE] [-m METRIC] [-t TTL] [-n NTH] FILE
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "rtm.h"

#include "parse.h"

#define BATCH	4096
#define PEERS	64
#define SHOW	(32 * BATCH)

struct protocol {
	uint32_t id;
	uint32_t interface;
	uint32_t metric;
	uint32_t ttl;
	uint32_t nth;
	RTM_IP_ROUTE *routes;
	size_t count;
	size_t room;
};

static void die(const char *what, uint32_t error)
{
	fprintf(stderr, "protocol: %s: error %u\n", what, error);
	exit(1);
}

/* Autonomous systems are reached by way of a few neighbours, as in life. */
static void append(struct protocol *p, const char *prefix, uint32_t as)
{
	RTM_IP_ROUTE *r;

	if (p->count == p->room) {
		p->room = p->room ? 2 * p->room : BATCH;
		p->routes = realloc(p->routes, p->room * sizeof(*p->routes));
		if (!p->routes)
			die("memory", ERROR_NOT_ENOUGH_MEMORY);
	}
	r = &p->routes[p->count++];
	memset(r, 0, sizeof(*r));
	if (!parse_prefix(prefix, &r->RR_Network.N_NetNumber,
			  &r->RR_Network.N_NetMask))
		die(prefix, ERROR_INVALID_PARAMETER);
	r->RR_InterfaceID = p->interface;
	r->RR_NextHopAddress.N_NetNumber = 0xc0000200 + 1 + as % PEERS;
	r->RR_NextHopAddress.N_NetMask = 0xffffffff;
	r->RR_FamilySpecificData.FSD_Type = 4;
	r->RR_FamilySpecificData.FSD_NextHopAS = 64512 + as % PEERS;
	r->RR_FamilySpecificData.FSD_Metric = p->metric;
	SetRouteValid(r);
}

static void read_prefixes(struct protocol *p, const char *name)
{
	FILE *file = fopen(name, "r");
	unsigned long line = 0;
	char prefix[20];
	unsigned int as;

	if (!file)
		die(name, ERROR_INVALID_PARAMETER);
	while (fscanf(file, "%19s %u", prefix, &as) == 2)
		if (++line % p->nth == 0)
			append(p, prefix, as);
	if (!feof(file))
		die(name, ERROR_INVALID_PARAMETER);
	fclose(file);
}

static void add(const struct protocol *p, HANDLE client, int progress)
{
	size_t i, n;

	for (i = 0; i < p->count; i += n) {
		uint32_t error;

		n = p->count - i < BATCH ? p->count - i : BATCH;
		error = RtmAddRouteBatch(client, n, &p->routes[i], p->ttl, NULL,
					 NULL, NULL, NULL);
		if (error)
			die("add", error);
		if (progress && i && i % SHOW == 0)
			fprintf(stderr, "           ... %zu routes\n", i);
	}
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

/* More often than RIP, for a machine may stop for seconds. */
static void stay(const struct protocol *p, HANDLE client, const sigset_t *set)
{
	struct timespec pause = { .tv_sec = p->ttl > 8 ? p->ttl / 8 : 1 };
	int refresh = p->ttl != INFINITE;

	for (;;) {
		int sig = refresh ? sigtimedwait(set, NULL, &pause) :
				    sigwaitinfo(set, NULL);

		if (sig == SIGTERM)
			return;
		if (sig == SIGUSR1) {
			refresh = 0;
			puts("silent");
			fflush(stdout);
		} else if (refresh) {
			add(p, client, 0);
		}
	}
}

static uint32_t number(const char *text)
{
	uint32_t n;

	if (!parse_number(text, 1, UINT32_MAX, &n))
		die(text, ERROR_INVALID_PARAMETER);
	return n;
}

int main(int argc, char **argv)
{
	struct protocol p = { .metric = 1, .ttl = INFINITE, .nth = 1 };
	HANDLE client;
	double start;
	sigset_t set;
	int c;

	while ((c = getopt(argc, argv, "p:i:m:t:n:")) != -1) {
		if (c == 'p')
			p.id = number(optarg);
		else if (c == 'i')
			p.interface = number(optarg);
		else if (c == 'm')
			p.metric = number(optarg);
		else if (c == 't')
			p.ttl = number(optarg);
		else if (c == 'n')
			p.nth = number(optarg);
		else
			return 1;
	}
	if (optind != argc - 1 || !p.id)
		return 1;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	read_prefixes(&p, argv[optind]);

	client = RtmRegisterClient(RTM_PROTOCOL_FAMILY_IP, p.id, NULL, 0);
	if (!client)
		die("register", GetLastError());
	start = now();
	add(&p, client, 1);
	printf("brought %zu %.2f\n", p.count, now() - start);
	fflush(stdout);
	stay(&p, client, &set);
	c = RtmDeregisterClient(client);
	if (c)
		die("deregister", c);
	return 0;
}
