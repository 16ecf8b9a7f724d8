// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Random adds, deletes and block deletes by several clients, each answer and
 * each message compared with a naive table that follows the reference to the
 * letter. This is where every transition of the best route is met: by cost,
 * by priority, by tie, by update and by deletion, in all families.
 */
#include "rtm_api_test.h"

#define CLIENTS		4
#define DESTS		6
#define INTERFACES	2
#define HOPS		2
#define COSTS		3
#define MESSAGES	4096

/* One possible route of a client to a destination. */
struct slot {
	bool here;
	DWORD cost;
	DWORD psd;
};

/* An index into a client's slots; NONE is no route. */
#define SLOTS		(INTERFACES * HOPS)
#define NONE		(-1)

struct best {
	int client;	/* or NONE */
	int slot;
	DWORD cost;
	DWORD psd;	/* when it was elected or last changed */
};

struct message {
	DWORD dest;
	DWORD flags;
	unsigned int epoch;
	struct best cur;
	struct best prev;
};

FIXTURE(model)
{
	HANDLE client[CLIENTS];
	HANDLE event;
	struct slot slot[DESTS][CLIENTS][SLOTS];
	struct best best[DESTS];
	unsigned int epoch[DESTS];	/* how often the best one changed */
	struct message queue[CLIENTS][MESSAGES];
	unsigned int head[CLIENTS];
	unsigned int tail[CLIENTS];
};

FIXTURE_VARIANT(model)
{
	DWORD family;
	unsigned int seed;
};

FIXTURE_VARIANT_ADD(model, ip)
{
	.family = IP, .seed = 1,
};

FIXTURE_VARIANT_ADD(model, ipv6)
{
	.family = IPV6, .seed = 3,
};

FIXTURE_VARIANT_ADD(model, ipx)
{
	.family = IPX, .seed = 2,
};

/*
 * The first has the best priority but in IPX, the next two share one. The third
 * keeps one route a destination, the last hears nothing.
 */
static const struct {
	DWORD protocol;
	DWORD priority;
	DWORD flags;
	bool hears;
} client[CLIENTS] = {
	{ PROTO_IP_OSPF, 110, 0, true },
	{ PROTO_A, PRIO_OTHERS, 0, true },
	{ PROTO_B, PRIO_OTHERS, RTM_PROTOCOL_SINGLE_ROUTE, true },
	{ PROTO_C, PRIO_OTHERS, 0, false },
};

static DWORD priority(DWORD family, int c)
{
	return family == IPX ? PRIO_OTHERS : client[c].priority;
}

static union route slot_route(DWORD family, DWORD dest, int slot, DWORD cost,
			      DWORD psd)
{
	union route r = make_route(family, dest, 1 + slot / HOPS,
				   1 + slot % HOPS, cost);

	r.ip.RR_ProtocolSpecificData.PSD_Data[3] = psd;
	return r;
}

static union route best_route(DWORD family, DWORD dest, struct best b)
{
	return told(family, slot_route(family, dest, b.slot, b.cost, b.psd),
		    client[b.client].protocol, priority(family, b.client));
}

/*
 * Of equal routes the present best wins, then the first in identity order.
 * What replaces the only route of a single-route client takes its place.
 */
static struct best elect(FIXTURE_DATA(model) *self, DWORD family, DWORD dest)
{
	struct best old = self->best[dest], best = { .client = NONE };
	DWORD prio = 0;
	int c, s;

	for (c = 0; c < CLIENTS; c++)
		for (s = 0; s < SLOTS; s++) {
			struct slot *x = &self->slot[dest][c][s];
			bool better, tie;

			if (!x->here)
				continue;
			better = best.client == NONE ||
				 priority(family, c) < prio ||
				 (priority(family, c) == prio &&
				  x->cost < best.cost);
			tie = best.client != NONE &&
			      priority(family, c) == prio &&
			      x->cost == best.cost;
			if (tie && c == old.client &&
			    (s == old.slot || client[c].flags))
				better = true;
			if (!better)
				continue;
			best = (struct best) { c, s, x->cost, x->psd };
			prio = priority(family, c);
		}
	return best;
}

static bool same(struct best a, struct best b)
{
	return a.client == b.client && a.slot == b.slot && a.cost == b.cost;
}

/*
 * Protocol-specific data tell nobody. Who has not yet read of this best route
 * finds them as they are when he does.
 */
static void refresh(FIXTURE_DATA(model) *self, DWORD dest)
{
	unsigned int i;
	int c;

	for (c = 0; c < CLIENTS; c++)
		for (i = self->head[c]; i != self->tail[c]; i++) {
			struct message *m = &self->queue[c][i % MESSAGES];

			if (m->dest == dest && m->epoch == self->epoch[dest])
				m->cur.psd = self->best[dest].psd;
		}
}

/* Elects anew and tells all but @by; says what @by is told. */
static struct message settle(FIXTURE_DATA(model) *self, DWORD family,
			     DWORD dest, int by)
{
	struct message m = {
		.dest = dest,
		.prev = self->best[dest],
		.cur = elect(self, family, dest),
	};
	int c;

	self->best[dest] = m.cur;
	if (m.cur.client == m.prev.client &&
	    (m.cur.client == NONE || same(m.cur, m.prev))) {
		refresh(self, dest);
		return m;
	}
	m.epoch = ++self->epoch[dest];
	m.flags = (m.cur.client != NONE ? RTM_CURRENT_BEST_ROUTE : 0) |
		  (m.prev.client != NONE ? RTM_PREVIOUS_BEST_ROUTE : 0);
	for (c = 0; c < CLIENTS; c++)
		if (client[c].hears && c != by)
			self->queue[c][self->tail[c]++ % MESSAGES] = m;
	return m;
}

/* A block delete is told to everybody, in the order of the table. */
static bool erase_all(FIXTURE_DATA(model) *self, DWORD family, int c,
		      DWORD interface)
{
	bool any = false;
	DWORD dest;
	int s;

	for (dest = 0; dest < DESTS; dest++)
		for (s = 0; s < SLOTS; s++) {
			struct slot *x = &self->slot[dest][c][s];

			if (!x->here ||
			    (interface && 1 + s / HOPS != (int)interface))
				continue;
			x->here = false;
			any = true;
		}
	return any;
}

FIXTURE_SETUP(model)
{
	int c;

	FRESH_TABLE();
	self->event = CreateEvent(NULL, FALSE, FALSE, NULL);
	ASSERT_NE(0, H(self->event));
	for (c = 0; c < CLIENTS; c++) {
		self->client[c] = RtmRegisterClient(variant->family,
						    client[c].protocol,
						    client[c].hears ?
						    self->event : NULL,
						    client[c].flags);
		ASSERT_NE(0, H(self->client[c]));
	}
	for (c = 0; c < DESTS; c++)
		self->best[c].client = NONE;
	srandom(variant->seed);
}

FIXTURE_TEARDOWN(model)
{
	int c;

	for (c = 0; c < CLIENTS; c++)
		EXPECT_EQ(NO_ERROR, RtmDeregisterClient(self->client[c]));
	EXPECT_EQ(0, RtmGetNetworkCount(variant->family));
	EXPECT_EQ(NO_ERROR, GetLastError());
	EXPECT_TRUE(CloseHandle(self->event));
}

static DWORD waiting(FIXTURE_DATA(model) *self, int c)
{
	return self->tail[c] - self->head[c];
}

/* Takes one message of client @c; "" or what is wrong with it. */
static const char *take(FIXTURE_DATA(model) *self, DWORD family, int c)
{
	struct answer a = dequeue(self->client[c]);
	union route cur, prev;
	struct message m;

	if (!waiting(self, c))
		return a.error == ERROR_NO_MESSAGES ? "" :
		       "a message that nothing caused";
	m = self->queue[c][self->head[c]++ % MESSAGES];
	if (m.cur.client != NONE)
		cur = best_route(family, m.dest, m.cur);
	if (m.prev.client != NONE)
		prev = best_route(family, m.dest, m.prev);
	return answer_diff(&a, waiting(self, c) ? ERROR_MORE_MESSAGES :
			   NO_ERROR, m.flags, m.cur.client != NONE ? &cur : NULL,
			   m.prev.client != NONE ? &prev : NULL);
}

static const char *take_all(FIXTURE_DATA(model) *self, DWORD family, int c)
{
	const char *wrong = "";

	while (!*wrong && waiting(self, c))
		wrong = take(self, family, c);
	return wrong;
}

/*
 * The block delete goes through the routes one by one, and each may make a
 * message; what they come to, destination by destination, must be right.
 */
static const char *take_block(FIXTURE_DATA(model) *self, DWORD family, int c,
			      const struct best *before)
{
	struct best now[DESTS];
	struct answer a;
	DWORD dest, s;
	int k;

	memcpy(now, before, sizeof(now));
	do {
		a = dequeue(self->client[c]);
		if (a.error == ERROR_NO_MESSAGES)
			break;
		dest = destination(family, a.flags & RTM_PREVIOUS_BEST_ROUTE ?
				   &a.prev : &a.cur);
		if (dest >= DESTS)
			return "a message about an unknown destination";
		if (!(a.flags & RTM_PREVIOUS_BEST_ROUTE))
			return "a block delete that adds";
		now[dest].client = NONE;
		if (a.flags & RTM_CURRENT_BEST_ROUTE) {
			for (k = 0; k < CLIENTS; k++)
				if (client[k].protocol ==
				    a.cur.ip.RR_RoutingProtocol)
					now[dest].client = k;
			s = (a.cur.ip.RR_InterfaceID - 1) * HOPS +
			    next_hop(family, &a.cur) - 1;
			if (s >= SLOTS)
				return "a route that nobody added";
			now[dest].slot = s;
		}
	} while (a.error == ERROR_MORE_MESSAGES);

	for (dest = 0; dest < DESTS; dest++)
		if (now[dest].client != self->best[dest].client ||
		    (now[dest].client != NONE &&
		     now[dest].slot != self->best[dest].slot))
			return "what was told is not what holds";
	return "";
}

TEST_F(model, every_answer_and_message_is_the_naive_tables)
{
	unsigned int step, steps = scaled(4000);
	DWORD family = variant->family;
	union route cur, prev;
	struct answer a;
	int c, k;

	for (step = 0; step < steps; step++) {
		DWORD dest = random() % DESTS;
		DWORD cost = 1 + random() % COSTS;
		DWORD psd = random() % 2;
		int s = random() % SLOTS;
		struct slot *x;
		struct message m;
		bool here;

		c = random() % CLIENTS;
		x = self->slot[dest][c];
		switch (random() % 32) {
		case 0 ... 15:
			if (client[c].flags && !x[s].here)
				memset(x, 0, sizeof(self->slot[dest][c]));
			x[s] = (struct slot) { true, cost, psd };
			a = add(self->client[c],
				slot_route(family, dest, s, cost, psd));
			m = settle(self, family, dest, c);
			ASSERT_EQ(NO_ERROR, a.error);
			break;
		case 16 ... 30:
			here = x[s].here;
			for (k = 0; client[c].flags && k < SLOTS; k++)
				here |= x[k].here;
			if (client[c].flags)
				memset(x, 0, sizeof(self->slot[dest][c]));
			x[s].here = false;
			/* Only network, interface and next hop are read. */
			a = del(self->client[c],
				slot_route(family, dest, s, 77, 78));
			if (!here) {
				ASSERT_EQ(ERROR_NO_SUCH_ROUTE, a.error);
				continue;
			}
			ASSERT_EQ(NO_ERROR, a.error);
			m = settle(self, family, dest, c);
			break;
		default: {
			DWORD interface = random() % (INTERFACES + 1), flags;
			struct best before[DESTS];

			for (k = 0; k < CLIENTS; k++)
				ASSERT_STREQ("", take_all(self, family, k));
			memcpy(before, self->best, sizeof(before));
			cur = slot_route(family, 0, 0, 1, 0);
			cur.ip.RR_InterfaceID = interface;
			flags = interface ? RTM_ONLY_THIS_INTERFACE : 0;
			a.error = RtmBlockDeleteRoutes(self->client[c], flags,
						       &cur);
			ASSERT_EQ(erase_all(self, family, c, interface) ?
				  NO_ERROR : ERROR_NO_ROUTES, a.error);
			for (dest = 0; dest < DESTS; dest++) {
				self->best[dest] = elect(self, family, dest);
				self->epoch[dest]++;
			}
			for (k = 0; k < CLIENTS; k++) {
				if (!client[k].hears)
					continue;
				ASSERT_STREQ("", take_block(self, family, k,
							    before));
			}
			continue;
		}
		}

		ASSERT_EQ(m.flags, a.flags)
			TH_LOG("step %u, destination %u", step, dest);
		if (m.flags && m.cur.client != NONE) {
			cur = best_route(family, dest, m.cur);
			ASSERT_ROUTE(cur, a.cur);
		}
		/* Delete does not hand out the previous route. */
		if (m.flags == RTM_ROUTE_CHANGED && x[s].here) {
			prev = best_route(family, dest, m.prev);
			ASSERT_ROUTE(prev, a.prev);
		}
		for (c = 0; c < CLIENTS; c++) {
			if (!client[c].hears || random() % 3)
				continue;
			ASSERT_STREQ("", take(self, family, c))
				TH_LOG("step %u, client %d", step, c);
		}
		ASSERT_EQ(waiting(self, 0) || waiting(self, 1) ||
			  waiting(self, 2) ? WAIT_OBJECT_0 : WAIT_TIMEOUT,
			  check(self->event));
	}
}

TEST_HARNESS_MAIN
