// SPDX-License-Identifier: LGPL-2.1-or-later
#include "feed.h"

#include "convert.h"

#define BATCH 256

struct feed {
	HANDLE client;
	int family;
	bool deletes;		/* what is gathered are deletions */
	DWORD nr;
	uint64_t refused;
	void (*on_refused)(const struct agreed_route *route);
	RTM_IPV6_ROUTE route[BATCH];	/* of the family's own size each */
};

struct feed *feed_try(int family, uint32_t protocol)
{
	HANDLE client = RtmRegisterClient(rtm_family(family), protocol, NULL, 0);
	struct feed *feed;

	if (!client)
		return NULL;
	feed = alloc(sizeof(*feed));
	feed->client = client;
	feed->family = family;
	return feed;
}

struct feed *feed_open(int family, uint32_t protocol)
{
	struct feed *feed = feed_try(family, protocol);

	if (!feed)
		fprintf(stderr, "no client for protocol %u: %s\n", protocol,
			GetLastError() == ERROR_CLIENT_ALREADY_EXISTS ?
			"another process has it" : "RTM refuses");
	return feed;
}

void feed_on_refused(struct feed *feed,
		     void (*call)(const struct agreed_route *route))
{
	feed->on_refused = call;
}

void feed_close(struct feed *feed)
{
	RtmDeregisterClient(feed->client);
	free(feed);
}

static void refuse(struct feed *feed, DWORD i)
{
	struct agreed_route route;

	feed->refused++;
	if (!feed->on_refused)
		return;
	rtm_route_read(feed->family,
		       rtm_route_at(feed->family, feed->route, i), &route);
	feed->on_refused(&route);
}

void feed_flush(struct feed *feed)
{
	RTM_RESULT result[BATCH];
	DWORD done = 0, i;

	if (!feed->nr)
		return;
	if (feed->deletes) {
		RtmDeleteRouteBatch(feed->client, feed->nr, feed->route, result,
				    NULL, &done);
	} else {
		RtmAddRouteBatch(feed->client, feed->nr, feed->route, INFINITE,
				 result, NULL, NULL, &done);
		for (i = 0; i < feed->nr; i++)
			if (i >= done || result[i].Error)
				refuse(feed, i);
	}
	feed->nr = 0;
}

void feed_put(struct feed *feed, bool deleted, const struct agreed_route *route)
{
	int family = route->prefix.family;

	if (feed->nr == BATCH || feed->deletes != deleted)
		feed_flush(feed);
	feed->deletes = deleted;
	rtm_route_write(family, rtm_route_at(family, feed->route, feed->nr++),
			route);
}

uint64_t feed_refused(struct feed *feed)
{
	uint64_t refused = feed->refused;

	feed->refused = 0;
	return refused;
}
