// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Adding, updating, deleting: who is whose route, which one is best, what the
 * caller is told of it, and what is refused.
 */
#include "rtm_test.h"

#define CURRENT		RTM_CHANGE_CURRENT
#define PREVIOUS	RTM_CHANGE_PREVIOUS
#define CHANGED		(CURRENT | PREVIOUS)

#define IF(rec, n)	({ struct rtm_route_rec _r = rec; _r.interface = n; _r; })
#define HOP(rec, n)	({ struct rtm_route_rec _r = rec;		\
			   rtm_put32(_r.next_hop, n); _r; })

FIXTURE(routes) {
	int fd;
	__u32 a, b, single;	/* protocols 100, 200 and 150 */
	__u32 ipx, ipx2;	/* protocols 100 and 200 */
	struct rtm_change_rec change;
};

/* IPX, whose routes are others, is beside either. */
FIXTURE_VARIANT(routes) {
	__u32 family;
	__u8 width;
};

FIXTURE_VARIANT_ADD(routes, ip) {
	.family = RTM_FAMILY_IP,
	.width = 32,
};

FIXTURE_VARIANT_ADD(routes, ipv6) {
	.family = RTM_FAMILY_IPV6,
	.width = 128,
};

FIXTURE_SETUP(routes)
{
	const struct {
		__u32 family, protocol, flags, *client;
	} clients[] = {
		{ variant->family, 100, 0, &self->a },
		{ variant->family, 200, 0, &self->b },
		{ variant->family, 150, RTM_CLIENT_SINGLE_ROUTE,
		  &self->single },
		{ RTM_FAMILY_IPX, 100, 0, &self->ipx },
		{ RTM_FAMILY_IPX, 200, 0, &self->ipx2 },
	};
	unsigned int i;

	self->fd = rtm_open_fresh();
	ASSERT_LE(0, self->fd);
	for (i = 0; i < ARRAY_SIZE(clients); i++) {
		__s64 ret = rtm_register(self->fd, clients[i].family,
					 clients[i].protocol,
					 clients[i].flags);

		ASSERT_LT(0, ret);
		*clients[i].client = ret;
	}
}

FIXTURE_TEARDOWN(routes)
{
	EXPECT_EQ(0, close(self->fd));
}

static struct rtm_route_rec ipx(__u32 network, __u16 ticks, __u16 hops)
{
	struct rtm_route_rec rec = rtm_ip(network, 32, 1, 0, ticks);

	memcpy(rec.next_hop, "\x02\x00\x00\x00\x00\x01", 6);
	rec.metric1 = hops;
	return rec;
}

/*
 * @rec is added (or deleted) for @client, and what the caller is told is as
 * given: @was and @is are protocol and interface of the best route.
 */
#define EXPECT_CHANGE(call, client, rec, flags) do {			\
	EXPECT_EQ(0, call(self->fd, client, rec, &self->change));	\
	EXPECT_EQ(flags, self->change.change);				\
} while (0)
#define EXPECT_NOW(proto, ifindex) do {					\
	EXPECT_EQ(proto, self->change.cur.protocol);		\
	EXPECT_EQ(ifindex, self->change.cur.interface);		\
} while (0)
#define EXPECT_WAS(proto, ifindex) do {					\
	EXPECT_EQ(proto, self->change.prev.protocol);		\
	EXPECT_EQ(ifindex, self->change.prev.interface);		\
} while (0)

/* The best route of @rec's destination belongs to @proto, by way of @ifindex. */
#define EXPECT_BEST(rec, proto, ifindex) do {				\
	struct rtm_route_rec _best = rec;				\
									\
	EXPECT_EQ(0, rtm_lookup(self->fd, variant->family, 0, &_best));	\
	EXPECT_EQ(proto, _best.protocol);				\
	EXPECT_EQ(ifindex, _best.interface);				\
} while (0)

#define EXPECT_COUNTS(family, dests, n) do {				\
	struct rtm_stats _stats = rtm_stats(self->fd, family);		\
									\
	EXPECT_EQ(dests, _stats.destinations);				\
	EXPECT_EQ(n, _stats.routes);					\
} while (0)

TEST_F(routes, every_member_comes_back_as_it_was_given)
{
	const __u64 before = rtm_now(CLOCK_BOOTTIME) / 1000 * 1000;
	struct rtm_route_rec rec = rtm_ip(0x0a010000, 16, 7, 0xc0a80101, 3);
	struct rtm_route_rec seen = { .prefix_len = 16 };

	rec.next_hop_mask = htonl(0xffffff00);
	rec.psd[0] = 1;
	rec.psd[3] = 0xdeadbeef;
	rec.type = 4;
	rec.policy = 5;
	rec.next_hop_as = 64512;
	rec.metric1 = 11;
	rec.metric2 = 12;
	rec.metric3 = 13;
	rec.metric4 = 14;
	rec.metric5 = 0xffffffff;
	rec.flags = 0x80000001;
	rec.ttl = 1000;
	/* What the manager writes is ignored. */
	rec.protocol = 999;
	rec.priority = 999;
	rec.stamp = 999;
	rec.sequence = 999;

	EXPECT_CHANGE(rtm_add, self->a, rec, CURRENT);
	EXPECT_EQ(1, self->change.sequence);
	rtm_put32(seen.network, 0x0a010000);
	EXPECT_EQ(0, rtm_lookup(self->fd, variant->family, 0, &seen));
	EXPECT_EQ(100, seen.protocol);
	EXPECT_EQ(127, seen.priority);
	EXPECT_LE(before, seen.stamp);
	EXPECT_GE(rtm_now(CLOCK_BOOTTIME), seen.stamp);
	EXPECT_LE(990, seen.ttl);
	EXPECT_GE(1000, seen.ttl);
	EXPECT_EQ(1, seen.sequence);
	EXPECT_EQ(0, memcmp(seen.psd, rec.psd, sizeof(rec.psd)));
	EXPECT_EQ(seen.stamp, self->change.cur.stamp);
	rec.protocol = 100;
	EXPECT_TRUE(rtm_same(&rec, &seen));
	EXPECT_TRUE(rtm_same(&rec, &self->change.cur));
	EXPECT_EQ(0, memcmp(seen.psd, self->change.cur.psd,
			    sizeof(rec.psd)));
}

TEST_F(routes, ipx_members_come_back_as_they_were_given)
{
	struct rtm_route_rec rec = ipx(0x00c0ffee, 0xffff, 15);
	struct rtm_route_rec seen = rec;

	rec.flags = 1;
	rec.psd[1] = 77;
	EXPECT_CHANGE(rtm_add, self->ipx, rec, CURRENT);
	EXPECT_EQ(0, rtm_lookup(self->fd, RTM_FAMILY_IPX, 0, &seen));
	EXPECT_EQ(77, seen.psd[1]);
	rec.protocol = 100;
	EXPECT_TRUE(rtm_same(&rec, &seen));
	EXPECT_TRUE(rtm_same(&rec, &self->change.cur));
	EXPECT_COUNTS(RTM_FAMILY_IPX, 1, 1);
	EXPECT_COUNTS(variant->family, 0, 0);
}

TEST_F(routes, same_identity_updates_in_place)
{
	struct rtm_route_rec rec = rtm_nth(0, 5), old;

	EXPECT_CHANGE(rtm_add, self->a, rec, CURRENT);
	rec.metric = 6;
	rec.next_hop_mask = htonl(0xff000000);
	EXPECT_CHANGE(rtm_add, self->a, rec, CHANGED);
	EXPECT_EQ(2, self->change.sequence);
	EXPECT_EQ(6, self->change.cur.metric);
	EXPECT_EQ(rec.next_hop_mask, self->change.cur.next_hop_mask);
	EXPECT_EQ(5, self->change.prev.metric);
	EXPECT_EQ(0, self->change.prev.next_hop_mask);
	EXPECT_COUNTS(variant->family, 1, 1);

	/* What is not significant changes, and is no change. */
	old = self->change.cur;
	rec.psd[2] = 1;
	rec.ttl = 500;
	EXPECT_CHANGE(rtm_add, self->a, rec, 0);
	EXPECT_EQ(2, rtm_stats(self->fd, variant->family).sequence);
	EXPECT_EQ(0, rtm_lookup(self->fd, variant->family, 0, &rec));
	EXPECT_EQ(1, rec.psd[2]);
	EXPECT_GE(500, rec.ttl);
	EXPECT_LT(old.stamp, rec.stamp);
	EXPECT_COUNTS(variant->family, 1, 1);
}

/* Each significant member of the best route, changed alone, is a change. */
TEST_F(routes, each_significant_member_tells)
{
	static const unsigned int significant[] = {
		offsetof(struct rtm_route_rec, type),
		offsetof(struct rtm_route_rec, policy),
		offsetof(struct rtm_route_rec, next_hop_as),
		offsetof(struct rtm_route_rec, metric),
		offsetof(struct rtm_route_rec, metric1),
		offsetof(struct rtm_route_rec, metric2),
		offsetof(struct rtm_route_rec, metric3),
		offsetof(struct rtm_route_rec, metric4),
		offsetof(struct rtm_route_rec, metric5),
		offsetof(struct rtm_route_rec, flags),
	};
	struct rtm_route_rec rec = rtm_nth(0, 5);
	unsigned int i;

	EXPECT_CHANGE(rtm_add, self->a, rec, CURRENT);
	for (i = 0; i < ARRAY_SIZE(significant); i++) {
		__u32 *member = (__u32 *)((char *)&rec + significant[i]);

		*member += 1;
		EXPECT_CHANGE(rtm_add, self->a, rec, CHANGED);
		EXPECT_EQ(2 + i, self->change.sequence);
		rec.protocol = 100;
		EXPECT_TRUE(rtm_same(&rec, &self->change.cur));
	}
	rec.priority = 9;
	rec.stamp = 9;
	rec.sequence = 9;
	EXPECT_CHANGE(rtm_add, self->a, rec, 0);
}

TEST_F(routes, interface_and_next_hop_are_identity)
{
	struct rtm_route_rec rec = rtm_nth(0, 5);

	EXPECT_CHANGE(rtm_add, self->a, rec, CURRENT);
	EXPECT_CHANGE(rtm_add, self->a, IF(rec, 2), 0);
	EXPECT_CHANGE(rtm_add, self->a, HOP(rec, 1), 0);
	EXPECT_CHANGE(rtm_add, self->b, rec, 0);
	EXPECT_COUNTS(variant->family, 1, 4);
	/* The same bits under another mask are another destination. */
	rec.prefix_len = 25;
	EXPECT_CHANGE(rtm_add, self->a, rec, CURRENT);
	EXPECT_COUNTS(variant->family, 2, 5);
}

TEST_F(routes, lower_metric_is_better)
{
	struct rtm_route_rec rec = rtm_nth(0, 5);

	EXPECT_CHANGE(rtm_add, self->a, rec, CURRENT);
	EXPECT_CHANGE(rtm_add, self->a, IF(rtm_nth(0, 6), 2), 0);
	EXPECT_CHANGE(rtm_add, self->a, IF(rtm_nth(0, 4), 3), CHANGED);
	EXPECT_NOW(100, 3);
	EXPECT_WAS(100, 1);
	/* The best gets worse than another. */
	EXPECT_CHANGE(rtm_add, self->a, IF(rtm_nth(0, 9), 3), CHANGED);
	EXPECT_NOW(100, 1);
	EXPECT_WAS(100, 3);
	EXPECT_EQ(4, self->change.prev.metric);
	/* It gets better, but not the best. */
	EXPECT_CHANGE(rtm_add, self->a, IF(rtm_nth(0, 8), 3), 0);
	/* The best gets worse and stays it. */
	EXPECT_CHANGE(rtm_add, self->a, IF(rtm_nth(0, 6), 1), CHANGED);
	EXPECT_NOW(100, 1);
	EXPECT_WAS(100, 1);
	/* Metrics are unsigned. */
	EXPECT_CHANGE(rtm_add, self->a, IF(rtm_nth(0, 0xffffffff), 1), CHANGED);
	EXPECT_NOW(100, 2);
}

TEST_F(routes, lower_priority_value_is_better_whatever_the_metric)
{
	struct rtm_route_rec rec = rtm_nth(0, 1);

	EXPECT_EQ(0, rtm_prio_set(self->fd, variant->family, 200, 10));
	EXPECT_CHANGE(rtm_add, self->a, rec, CURRENT);
	EXPECT_CHANGE(rtm_add, self->b, rtm_nth(0, 100), CHANGED);
	EXPECT_NOW(200, 1);
	EXPECT_EQ(10, self->change.cur.priority);
	EXPECT_EQ(127, self->change.prev.priority);
	EXPECT_WAS(100, 1);
	EXPECT_CHANGE(rtm_add, self->a, rtm_nth(0, 0), 0);
	EXPECT_CHANGE(rtm_delete, self->b, rec, CHANGED);
	EXPECT_NOW(100, 1);
	EXPECT_WAS(200, 1);
}

TEST_F(routes, ipx_ticks_come_before_hops)
{
	struct rtm_route_rec rec = ipx(1, 5, 5);

	EXPECT_CHANGE(rtm_add, self->ipx, rec, CURRENT);
	EXPECT_CHANGE(rtm_add, self->ipx, IF(ipx(1, 5, 6), 2), 0);
	EXPECT_CHANGE(rtm_add, self->ipx, IF(ipx(1, 6, 1), 3), 0);
	EXPECT_CHANGE(rtm_add, self->ipx, IF(ipx(1, 5, 4), 4), CHANGED);
	EXPECT_NOW(100, 4);
	EXPECT_CHANGE(rtm_add, self->ipx2, IF(ipx(1, 4, 9), 5), CHANGED);
	EXPECT_NOW(200, 5);
	EXPECT_WAS(100, 4);
}

/* IP looks at the first metric only. */
TEST_F(routes, ip_metric1_decides_nothing)
{
	struct rtm_route_rec rec = rtm_nth(0, 5);

	rec.metric1 = 9;
	EXPECT_CHANGE(rtm_add, self->b, rec, CURRENT);
	rec.metric1 = 1;
	EXPECT_CHANGE(rtm_add, self->a, rec, 0);
	EXPECT_BEST(rec, 200, 1);
}

TEST_F(routes, among_equals_the_best_stays_best)
{
	struct rtm_route_rec rec = rtm_nth(0, 5);

	EXPECT_CHANGE(rtm_add, self->b, IF(rec, 9), CURRENT);
	EXPECT_CHANGE(rtm_add, self->a, rec, 0);
	EXPECT_CHANGE(rtm_add, self->b, IF(rec, 1), 0);
	EXPECT_BEST(rec, 200, 9);
	/* Nor does it lose its place when it is refreshed or gets worse. */
	EXPECT_CHANGE(rtm_add, self->b, IF(rec, 9), 0);
	EXPECT_BEST(rec, 200, 9);
}

TEST_F(routes, among_equal_newcomers_identity_decides)
{
	struct rtm_route_rec rec = rtm_nth(0, 5);

	EXPECT_CHANGE(rtm_add, self->b, IF(rtm_nth(0, 1), 9), CURRENT);
	EXPECT_CHANGE(rtm_add, self->b, IF(rec, 1), 0);
	EXPECT_CHANGE(rtm_add, self->a, HOP(IF(rec, 3), 7), 0);
	EXPECT_CHANGE(rtm_add, self->a, HOP(IF(rec, 2), 9), 0);
	EXPECT_CHANGE(rtm_add, self->a, HOP(IF(rec, 2), 8), 0);
	EXPECT_CHANGE(rtm_delete, self->b, IF(rec, 9), CHANGED);
	EXPECT_NOW(100, 2);
	EXPECT_EQ(8, rtm_get32(self->change.cur.next_hop));
	EXPECT_CHANGE(rtm_delete, self->a, HOP(IF(rec, 2), 8), CHANGED);
	EXPECT_NOW(100, 2);
	EXPECT_EQ(9, rtm_get32(self->change.cur.next_hop));
	EXPECT_CHANGE(rtm_delete, self->a, HOP(IF(rec, 2), 9), CHANGED);
	EXPECT_NOW(100, 3);
	EXPECT_CHANGE(rtm_delete, self->a, HOP(IF(rec, 3), 7), CHANGED);
	EXPECT_NOW(200, 1);
	EXPECT_CHANGE(rtm_delete, self->b, IF(rec, 1), PREVIOUS);
}

TEST_F(routes, delete_tells_what_is_left)
{
	struct rtm_route_rec rec = rtm_nth(0, 5), other = IF(rec, 2);

	other.metric = 6;
	EXPECT_CHANGE(rtm_add, self->a, rec, CURRENT);
	EXPECT_CHANGE(rtm_add, self->a, other, 0);
	EXPECT_CHANGE(rtm_delete, self->a, other, 0);
	EXPECT_CHANGE(rtm_add, self->a, other, 0);
	EXPECT_CHANGE(rtm_delete, self->a, rec, CHANGED);
	EXPECT_EQ(2, self->change.sequence);
	EXPECT_NOW(100, 2);
	EXPECT_WAS(100, 1);
	EXPECT_CHANGE(rtm_delete, self->a, other, PREVIOUS);
	EXPECT_EQ(3, self->change.sequence);
	EXPECT_WAS(100, 2);
	EXPECT_EQ(0, self->change.cur.interface);
	EXPECT_COUNTS(variant->family, 0, 0);
}

TEST_F(routes, delete_takes_only_the_callers_own_and_exact_route)
{
	struct rtm_route_rec rec = rtm_nth(0, 5), wider = rec;

	wider.prefix_len = 23;
	EXPECT_EQ(-ESRCH, rtm_delete(self->fd, self->a, rec, NULL));
	EXPECT_CHANGE(rtm_add, self->a, rec, CURRENT);
	EXPECT_EQ(-ESRCH, rtm_delete(self->fd, self->b, rec, NULL));
	EXPECT_EQ(-ESRCH, rtm_delete(self->fd, self->single, rec, NULL));
	EXPECT_EQ(-ESRCH, rtm_delete(self->fd, self->a, IF(rec, 2), NULL));
	EXPECT_EQ(-ESRCH, rtm_delete(self->fd, self->a, HOP(rec, 2), NULL));
	EXPECT_EQ(-ESRCH, rtm_delete(self->fd, self->a, wider, NULL));
	EXPECT_EQ(-ESRCH, rtm_delete(self->fd, self->ipx, ipx(0x0a000000, 0, 0),
				     NULL));
	EXPECT_COUNTS(variant->family, 1, 1);
	/* The rest of the record is not read. */
	rec.metric = 77;
	rec.next_hop_mask = 1;
	rec.protocol = 1;
	EXPECT_CHANGE(rtm_delete, self->a, rec, PREVIOUS);
	EXPECT_EQ(-ESRCH, rtm_delete(self->fd, self->a, rec, NULL));
}

TEST_F(routes, single_route_client_has_one_route_for_a_destination)
{
	struct rtm_route_rec rec = rtm_nth(0, 5);

	EXPECT_CHANGE(rtm_add, self->single, rec, CURRENT);
	EXPECT_CHANGE(rtm_add, self->single, HOP(IF(rec, 2), 7), CHANGED);
	EXPECT_NOW(150, 2);
	EXPECT_WAS(150, 1);
	EXPECT_COUNTS(variant->family, 1, 1);
	/* A worse one replaces it too, and may cost it the place. */
	EXPECT_CHANGE(rtm_add, self->a, IF(rtm_nth(0, 6), 3), 0);
	EXPECT_CHANGE(rtm_add, self->single, IF(rtm_nth(0, 9), 4), CHANGED);
	EXPECT_NOW(100, 3);
	EXPECT_WAS(150, 2);
	EXPECT_CHANGE(rtm_add, self->single, IF(rtm_nth(0, 8), 5), 0);
	EXPECT_COUNTS(variant->family, 1, 2);
	/* Delete looks at the network alone. */
	EXPECT_CHANGE(rtm_delete, self->single, HOP(IF(rec, 99), 99), 0);
	EXPECT_EQ(-ESRCH, rtm_delete(self->fd, self->single, rec, NULL));
	EXPECT_COUNTS(variant->family, 1, 1);
	/* The place of the best is kept among equals when it replaces itself. */
	EXPECT_CHANGE(rtm_add, self->single, IF(rtm_nth(1, 5), 1), CURRENT);
	EXPECT_CHANGE(rtm_add, self->a, IF(rtm_nth(1, 5), 1), 0);
	EXPECT_CHANGE(rtm_add, self->single, IF(rtm_nth(1, 4), 2), CHANGED);
	EXPECT_NOW(150, 2);
}

/* A route made wrong in one member. */
struct wrong {
	unsigned int offset, size;
	__u64 value;
};

#define WRONG(member, value)						\
	{ offsetof(struct rtm_route_rec, member),			\
	  sizeof(((struct rtm_route_rec *)0)->member), value }

static struct rtm_route_rec spoil(struct rtm_route_rec rec,
				  const struct wrong *w)
{
	memcpy((char *)&rec + w->offset, &w->value, w->size);
	return rec;
}

TEST_F(routes, wrong_ip_routes_are_EINVAL_and_change_nothing)
{
	const bool ip = variant->family == RTM_FAMILY_IP;
	static const struct wrong wrong[] = {
		/* What is good in IPv6 comes first. */
		WRONG(prefix_len, 33),
		WRONG(prefix_len, 128),
		WRONG(next_hop[4], 1),
		WRONG(next_hop[15], 1),
#define IP_ALONE	4
		WRONG(prefix_len, 23),	/* a bit beyond the mask: 10.0.1.0 */
		WRONG(prefix_len, 0),
		WRONG(prefix_len, 129),
		WRONG(prefix_len, 255),
		WRONG(network[3], 1),
		WRONG(network[4], 1),
		WRONG(network[7], 1),
		WRONG(network[8], 0x80),
		WRONG(network[15], 1),
		WRONG(reserved[0], 1),
		WRONG(reserved[2], 1),
		WRONG(ttl, 0),
		WRONG(ttl, RTM_TTL_MAX + 1),
		WRONG(ttl, 0xfffffffe),
	};
	struct rtm_route_rec good = rtm_nth(1, 5);
	struct rtm_stats before, after;
	unsigned int i;

	EXPECT_CHANGE(rtm_add, self->a, good, CURRENT);
	before = rtm_stats(self->fd, variant->family);
	for (i = ip ? 0 : IP_ALONE; i < ARRAY_SIZE(wrong); i++) {
		struct rtm_route_rec rec = spoil(good, &wrong[i]);

		EXPECT_EQ(-EINVAL, rtm_add(self->fd, self->a, rec, NULL)) {
			TH_LOG("add, case %u", i);
		}
		/* A delete reads what identifies the route, and no more. */
		if (wrong[i].offset >= offsetof(struct rtm_route_rec, ttl))
			continue;
		EXPECT_EQ(-EINVAL, rtm_delete(self->fd, self->a, rec, NULL)) {
			TH_LOG("delete, case %u", i);
		}
	}
	after = rtm_stats(self->fd, variant->family);
	EXPECT_EQ(0, memcmp(&before, &after, sizeof(before)));

	for (i = 0; i < IP_ALONE && !ip; i++) {
		struct rtm_route_rec rec = spoil(good, &wrong[i]);

		EXPECT_EQ(0, rtm_add(self->fd, self->a, rec, NULL)) {
			TH_LOG("case %u", i);
		}
	}
	good.ttl = 1;
	EXPECT_EQ(0, rtm_add(self->fd, self->a, good, NULL));
	good.ttl = RTM_TTL_MAX;
	EXPECT_EQ(0, rtm_add(self->fd, self->a, good, NULL));
}

TEST_F(routes, wrong_ipx_routes_are_EINVAL_and_change_nothing)
{
	static const struct wrong wrong[] = {
		WRONG(prefix_len, 31),
		WRONG(prefix_len, 0),
		WRONG(prefix_len, 33),
		WRONG(network[4], 1),
		WRONG(network[15], 1),
		WRONG(next_hop[6], 1),
		WRONG(next_hop[15], 1),
		WRONG(reserved[1], 1),
		WRONG(next_hop_mask, 1),
		WRONG(type, 1),
		WRONG(policy, 1),
		WRONG(next_hop_as, 1),
		WRONG(metric, 0x10000),
		WRONG(metric1, 0x10000),
		WRONG(metric2, 1),
		WRONG(metric3, 1),
		WRONG(metric4, 1),
		WRONG(metric5, 1),
		WRONG(ttl, 0),
		WRONG(ttl, RTM_TTL_MAX + 1),
	};
	struct rtm_route_rec good = ipx(2, 3, 4);
	struct rtm_stats before, after;
	unsigned int i;

	EXPECT_CHANGE(rtm_add, self->ipx, good, CURRENT);
	before = rtm_stats(self->fd, RTM_FAMILY_IPX);
	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		EXPECT_EQ(-EINVAL, rtm_add(self->fd, self->ipx,
					   spoil(good, &wrong[i]), NULL)) {
			TH_LOG("case %u", i);
		}
	}
	after = rtm_stats(self->fd, RTM_FAMILY_IPX);
	EXPECT_EQ(0, memcmp(&before, &after, sizeof(before)));
}

/* All ones, that far. */
static struct rtm_route_rec ones(__u8 len)
{
	struct rtm_route_rec rec = rtm_ip(0, 0, 1, 1, len);

	memset(rec.network, 0xff, sizeof(rec.network));
	return rtm_cut(rec, len);
}

TEST_F(routes, every_mask_length_is_a_destination)
{
	const unsigned int nr = variant->width + 1;
	unsigned int len;

	for (len = 0; len < nr; len++)
		EXPECT_CHANGE(rtm_add, self->a, ones(len), CURRENT);
	EXPECT_COUNTS(variant->family, nr, nr);
	for (len = 0; len < nr; len++) {
		EXPECT_CHANGE(rtm_delete, self->a, ones(len), PREVIOUS);
		EXPECT_EQ(len, self->change.prev.metric);
	}
	EXPECT_COUNTS(variant->family, 0, 0);
}

/* And decides, as bytes, among equals. */
TEST_F(routes, each_byte_of_a_next_hop_is_identity)
{
	const unsigned int bytes = variant->width / 8;
	struct rtm_route_rec rec = HOP(rtm_nth(0, 5), 0), seen;
	unsigned int i;

	EXPECT_CHANGE(rtm_add, self->b, rec, CURRENT);
	/* The later the byte, the smaller the address: the last is first. */
	for (i = 0; i < bytes; i++) {
		seen = rec;
		seen.next_hop[i] = 0x80;
		EXPECT_CHANGE(rtm_add, self->a, seen, 0);
		seen.next_hop_mask = htonl(i);
		EXPECT_CHANGE(rtm_add, self->a, seen, 0);
		EXPECT_COUNTS(variant->family, 1, i + 2);
	}
	EXPECT_EQ(-ESRCH, rtm_delete(self->fd, self->a, rec, NULL));
	EXPECT_CHANGE(rtm_delete, self->b, rec, CHANGED);
	for (i = bytes; i--;) {
		seen = self->change.cur;
		rec.next_hop[i] = 0x80;
		EXPECT_EQ(0, memcmp(seen.next_hop, rec.next_hop, 16));
		EXPECT_EQ(htonl(i), seen.next_hop_mask);
		EXPECT_CHANGE(rtm_delete, self->a, rec, i ? CHANGED : PREVIOUS);
		rec.next_hop[i] = 0;
	}
	EXPECT_COUNTS(variant->family, 0, 0);
}

#define BATCH	600	/* more than the kernel works at once */

TEST_F(routes, batch_with_results_goes_on_after_an_error)
{
	static struct rtm_route_rec recs[BATCH];
	static struct rtm_change_rec results[BATCH];
	__u32 i, done = 0, wrong = 0;

	for (i = 0; i < BATCH; i++) {
		recs[i] = rtm_nth(i, i);
		if (i % 7 == 3)
			recs[i].ttl = 0;
	}
	ASSERT_EQ(0, rtm_update(self->fd, RTM_IOC_ADD, self->a, recs, BATCH,
				results, &done));
	EXPECT_EQ(BATCH, done);
	for (i = 0; i < BATCH; i++) {
		struct rtm_change_rec zero = { .error = -EINVAL };

		if (i % 7 == 3) {
			EXPECT_EQ(0, memcmp(&zero, &results[i], sizeof(zero)));
			wrong++;
			continue;
		}
		EXPECT_EQ(0, results[i].error);
		EXPECT_EQ(CURRENT, results[i].change);
		EXPECT_EQ(i + 1 - wrong, results[i].sequence);
		EXPECT_EQ(i, results[i].cur.metric);
	}
	EXPECT_COUNTS(variant->family, BATCH - wrong, BATCH - wrong);

	done = 0;
	ASSERT_EQ(0, rtm_update(self->fd, RTM_IOC_DELETE, self->a, recs, BATCH,
				results, &done));
	EXPECT_EQ(BATCH, done);
	for (i = 0; i < BATCH; i++) {
		EXPECT_EQ(i % 7 == 3 ? -ESRCH : 0, results[i].error);
		EXPECT_EQ(i % 7 == 3 ? 0 : PREVIOUS, results[i].change);
	}
	EXPECT_COUNTS(variant->family, 0, 0);
}

TEST_F(routes, short_results_say_error_change_and_sequence)
{
	struct {
		__s32 error;
		__u32 change;
		__u64 sequence;
	} results[3];
	struct rtm_route_rec recs[3] = { rtm_nth(0, 1), rtm_nth(1, 1),
					 rtm_nth(0, 2) };
	struct rtm_update arg = {
		.size = sizeof(arg),
		.client = self->a,
		.count = 3,
		.route_size = sizeof(*recs),
		.result_size = RTM_RESULT_SHORT,
		.routes = (uintptr_t)recs,
		.results = (uintptr_t)results,
	};

	recs[1].prefix_len = variant->width + 1;
	ASSERT_EQ(0, rtm_call(self->fd, RTM_IOC_ADD, &arg));
	EXPECT_EQ(3, arg.done);
	EXPECT_EQ(0, results[0].error);
	EXPECT_EQ(CURRENT, results[0].change);
	EXPECT_EQ(1, results[0].sequence);
	EXPECT_EQ(-EINVAL, results[1].error);
	EXPECT_EQ(0, results[1].change);
	EXPECT_EQ(0, results[1].sequence);
	EXPECT_EQ(0, results[2].error);
	EXPECT_EQ(CHANGED, results[2].change);
	EXPECT_EQ(2, results[2].sequence);
}

TEST_F(routes, batch_without_results_stops_at_the_error_and_goes_on_from_done)
{
	static struct rtm_route_rec recs[BATCH];
	const __u32 bad = BATCH - 50;
	__u32 i, done = 0;

	for (i = 0; i < BATCH; i++)
		recs[i] = rtm_nth(i, i);
	recs[bad].network[15] = 1;
	EXPECT_EQ(-EINVAL, rtm_update(self->fd, RTM_IOC_ADD, self->a, recs,
				      BATCH, NULL, &done));
	EXPECT_EQ(bad, done);
	EXPECT_COUNTS(variant->family, bad, bad);
	/* As it stands, it stops there again. */
	EXPECT_EQ(-EINVAL, rtm_update(self->fd, RTM_IOC_ADD, self->a, recs,
				      BATCH, NULL, &done));
	EXPECT_EQ(bad, done);
	recs[bad].network[15] = 0;
	EXPECT_EQ(0, rtm_update(self->fd, RTM_IOC_ADD, self->a, recs, BATCH,
				NULL, &done));
	EXPECT_EQ(BATCH, done);
	EXPECT_COUNTS(variant->family, BATCH, BATCH);
	/* The first ones were not dealt with again. */
	EXPECT_EQ(BATCH, rtm_stats(self->fd, variant->family).sequence);

	/* A delete stops at the route that is not there. */
	EXPECT_EQ(0, rtm_delete(self->fd, self->a, recs[300], NULL));
	done = 0;
	EXPECT_EQ(-ESRCH, rtm_update(self->fd, RTM_IOC_DELETE, self->a, recs,
				     BATCH, NULL, &done));
	EXPECT_EQ(300, done);
	done++;
	EXPECT_EQ(0, rtm_update(self->fd, RTM_IOC_DELETE, self->a, recs, BATCH,
				NULL, &done));
	EXPECT_EQ(BATCH, done);
	EXPECT_COUNTS(variant->family, 0, 0);
}

TEST_F(routes, empty_batch_does_nothing)
{
	__u32 done = 0;

	EXPECT_EQ(0, rtm_update(self->fd, RTM_IOC_ADD, self->a, NULL, 0, NULL,
				&done));
	EXPECT_EQ(0, done);
	EXPECT_EQ(0, rtm_update(self->fd, RTM_IOC_DELETE, self->a, NULL, 0,
				NULL, &done));
	EXPECT_EQ(0, done);
}

TEST_F(routes, limits_are_kept_and_updates_are_not_new_routes)
{
	static const struct {
		__u32 id;
		int error;
		bool same_dest;
	} limits[] = {
		{ RTM_LIMIT_ROUTES, -ENOSPC, false },
		{ RTM_LIMIT_CLIENT_ROUTES, -ENOSPC, false },
		{ RTM_LIMIT_DEST_ROUTES, -EOVERFLOW, true },
	};
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(limits); i++) {
		struct rtm_limit limit = {}, old = {};
		struct rtm_route_rec rec = rtm_nth(0, 5);

		EXPECT_EQ(0, rtm_limit(self->fd, RTM_IOC_LIMIT_GET,
				       limits[i].id, 0, &old));
		EXPECT_EQ(0, rtm_limit_set(self->fd, limits[i].id, 0, 4));
		for (j = 0; j < 4; j++) {
			rec = limits[i].same_dest ? IF(rec, j) : rtm_nth(j, 5);
			EXPECT_EQ(0, rtm_add(self->fd, self->a, rec, NULL));
		}
		rec = limits[i].same_dest ? IF(rec, j) : rtm_nth(j, 5);
		EXPECT_EQ(limits[i].error, rtm_add(self->fd, self->a, rec,
						   &self->change)) {
			TH_LOG("limit %u", limits[i].id);
		}
		EXPECT_EQ(4, rtm_stats(self->fd, variant->family).routes);
		rec = limits[i].same_dest ? IF(rec, 0) : rtm_nth(0, 5);
		rec.metric = 1;
		EXPECT_EQ(0, rtm_add(self->fd, self->a, rec, NULL));
		EXPECT_EQ(0, rtm_limit(self->fd, RTM_IOC_LIMIT_GET,
				       limits[i].id, 0, &limit));
		EXPECT_EQ(4, limit.value);
		EXPECT_EQ(limits[i].id == RTM_LIMIT_ROUTES ? 4 : 0,
			  limit.used);
		/* What exceeds a lowered limit stays. */
		EXPECT_EQ(0, rtm_limit_set(self->fd, limits[i].id, 0, 2));
		EXPECT_EQ(4, rtm_stats(self->fd, variant->family).routes);
		EXPECT_EQ(0, rtm_add(self->fd, self->a, rec, NULL));
		/* Room made is room again. */
		EXPECT_EQ(0, rtm_limit_set(self->fd, limits[i].id, 0, 4));
		EXPECT_EQ(0, rtm_delete(self->fd, self->a, rec, NULL));
		EXPECT_EQ(0, rtm_add(self->fd, self->a, rec, NULL));
		EXPECT_EQ(0, rtm_limit_set(self->fd, limits[i].id, 0,
					   old.value));
		EXPECT_EQ(4, rtm_block_delete(self->fd, self->a, 0, NULL));
	}
}

TEST_F(routes, limit_of_routes_spans_the_families_of_the_namespace)
{
	EXPECT_EQ(0, rtm_limit_set(self->fd, RTM_LIMIT_ROUTES, 0, 2));
	EXPECT_CHANGE(rtm_add, self->a, rtm_nth(0, 1), CURRENT);
	EXPECT_CHANGE(rtm_add, self->ipx, ipx(1, 1, 1), CURRENT);
	EXPECT_EQ(-ENOSPC, rtm_add(self->fd, self->b, rtm_nth(1, 1), NULL));
	EXPECT_EQ(-ENOSPC, rtm_add(self->fd, self->ipx, ipx(2, 1, 1), NULL));
}

TEST_F(routes, full_single_route_client_can_still_replace)
{
	struct rtm_route_rec rec = rtm_nth(0, 5);

	EXPECT_CHANGE(rtm_add, self->single, rec, CURRENT);
	EXPECT_EQ(0, rtm_limit_set(self->fd, RTM_LIMIT_CLIENT_ROUTES, 0, 1));
	EXPECT_EQ(0, rtm_limit_set(self->fd, RTM_LIMIT_DEST_ROUTES, 0, 1));
	EXPECT_CHANGE(rtm_add, self->single, IF(rec, 2), CHANGED);
	EXPECT_EQ(-EOVERFLOW, rtm_add(self->fd, self->a, rec, NULL));
}

TEST_F(routes, limits_of_clients_and_enumerations)
{
	__s64 client, watcher;

	EXPECT_EQ(0, rtm_limit_set(self->fd, RTM_LIMIT_CLIENTS, 0, 6));
	client = rtm_register(self->fd, variant->family, 300, 0);
	EXPECT_LT(0, client);
	EXPECT_EQ(-ENOSPC, rtm_register(self->fd, variant->family, 400, 0));
	EXPECT_EQ(-ENOSPC, rtm_watch(self->fd, variant->family));
	EXPECT_EQ(0, rtm_deregister(self->fd, client));
	watcher = rtm_watch(self->fd, RTM_FAMILY_IPX);
	EXPECT_LT(0, watcher);
	EXPECT_EQ(0, rtm_limit_set(self->fd, RTM_LIMIT_CLIENTS, 0, 100));

	EXPECT_EQ(0, rtm_limit_set(self->fd, RTM_LIMIT_USER_CLIENTS, 0, 7));
	EXPECT_LT(0, rtm_watch(self->fd, variant->family));
	EXPECT_EQ(-EDQUOT, rtm_watch(self->fd, variant->family));
	EXPECT_EQ(-EDQUOT, rtm_register(self->fd, variant->family, 400, 0));
	EXPECT_EQ(0, rtm_deregister(self->fd, watcher));
	EXPECT_LT(0, rtm_register(self->fd, variant->family, 400, 0));

	EXPECT_CHANGE(rtm_add, self->a, rtm_nth(0, 1), CURRENT);
	EXPECT_EQ(0, rtm_limit_set(self->fd, RTM_LIMIT_FILE_ENUMS, 0, 1));
	client = rtm_enum_open(self->fd, variant->family, 0, NULL, NULL);
	EXPECT_LT(0, client);
	EXPECT_EQ(-ENOSPC, rtm_enum_open(self->fd, variant->family, 0, NULL,
					 NULL));
	EXPECT_EQ(0, rtm_drop(self->fd, RTM_IOC_ENUM_CLOSE, client));
	EXPECT_LT(0, rtm_enum_open(self->fd, variant->family, 0, NULL, NULL));
}

/* 32 routes of self->a: destinations 0 to 7, interfaces 1 and 2, two hops. */
static int fill(FIXTURE_DATA(routes) *self)
{
	struct rtm_route_rec recs[32];
	unsigned int i;

	for (i = 0; i < 32; i++)
		recs[i] = HOP(IF(rtm_nth(i / 4, i), 1 + i % 2), 1 + i / 2 % 2);
	return rtm_update(self->fd, RTM_IOC_ADD, self->a, recs, 32, NULL, NULL);
}

TEST_F(routes, block_delete_takes_what_matches_and_nothing_else)
{
	struct rtm_route_rec criteria = IF(rtm_nth(3, 0), 2), other = criteria;
	static const struct {
		__u32 match;
		int deleted;
		unsigned int destinations;
	} cases[] = {
		{ 0, 32, 8 - 8 },
		{ RTM_MATCH_BEST, 32, 0 },
		{ RTM_MATCH_NETWORK, 4, 7 },
		{ RTM_MATCH_INTERFACE, 16, 8 },
		{ RTM_MATCH_PROTOCOL, 32, 0 },
		{ RTM_MATCH_NETWORK | RTM_MATCH_INTERFACE, 2, 8 },
		{ RTM_MATCH_NETWORK | RTM_MATCH_PROTOCOL, 4, 7 },
		{ RTM_MATCH_INTERFACE | RTM_MATCH_PROTOCOL, 16, 8 },
		{ RTM_MATCH_NETWORK | RTM_MATCH_INTERFACE | RTM_MATCH_PROTOCOL |
		  RTM_MATCH_BEST, 2, 8 },
	};
	struct rtm_route_rec routes[40], position = {};
	unsigned int i;

	criteria.protocol = 100;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		const __u32 match = cases[i].match & ~RTM_MATCH_BEST;
		__s64 left;

		/* Another's route in the same place stays. */
		ASSERT_EQ(0, rtm_add(self->fd, self->b, rtm_ip(0, 0, 2, 1, 1),
				     NULL));
		ASSERT_EQ(0, fill(self));
		EXPECT_EQ(cases[i].deleted,
			  rtm_block_delete(self->fd, self->a, cases[i].match,
					   &criteria)) {
			TH_LOG("match %u", cases[i].match);
		}
		EXPECT_COUNTS(variant->family, cases[i].destinations + 1,
			      33U - cases[i].deleted);
		EXPECT_EQ(-ESRCH, rtm_block_delete(self->fd, self->a,
						   cases[i].match, &criteria));
		/* Nothing of its own that is left would have matched. */
		position = criteria;
		left = rtm_get(self->fd, variant->family,
			       match | RTM_MATCH_PROTOCOL, 0, &position,
			       routes, 40);
		EXPECT_EQ(-ESRCH, left);
		rtm_block_delete(self->fd, self->a, 0, NULL);
	}
	EXPECT_COUNTS(variant->family, 1, 1);

	/* Criteria that no route of the caller can meet. */
	ASSERT_EQ(0, fill(self));
	other.protocol = 200;
	EXPECT_EQ(-ESRCH, rtm_block_delete(self->fd, self->a,
					   RTM_MATCH_PROTOCOL, &other));
	other.prefix_len = 25;
	EXPECT_EQ(-ESRCH, rtm_block_delete(self->fd, self->a,
					   RTM_MATCH_NETWORK, &other));
	other.interface = 3;
	EXPECT_EQ(-ESRCH, rtm_block_delete(self->fd, self->a,
					   RTM_MATCH_INTERFACE, &other));
	EXPECT_COUNTS(variant->family, 9, 33);

	/* Criteria that are not read may be anything. */
	memset(&other, 0xff, sizeof(other));
	EXPECT_EQ(32, rtm_block_delete(self->fd, self->a, 0, &other));
	EXPECT_EQ(-ESRCH, rtm_block_delete(self->fd, self->a, 0, NULL));
	other.prefix_len = variant->width + 1;
	EXPECT_EQ(-EINVAL, rtm_block_delete(self->fd, self->a,
					    RTM_MATCH_NETWORK, &other));
}

TEST_F(routes, deregistering_deletes_the_clients_routes_and_no_others)
{
	ASSERT_EQ(0, fill(self));
	EXPECT_EQ(0, rtm_add(self->fd, self->b, rtm_nth(0, 99), NULL));
	EXPECT_EQ(0, rtm_deregister(self->fd, self->a));
	EXPECT_COUNTS(variant->family, 1, 1);
	EXPECT_BEST(rtm_nth(0, 0), 200, 1);
	EXPECT_EQ(4, rtm_stats(self->fd, variant->family).clients +
		     rtm_stats(self->fd, RTM_FAMILY_IPX).clients);
}

TEST_F(routes, priorities_have_the_published_defaults)
{
	static const struct rtm_prio_rec defaults[] = {
		{ 2, 1 }, { 3, 10 }, { 8, 120 }, { 9, 115 }, { 13, 110 },
		{ 14, 20 }, { 10002, 7 }, { 10006, 3 }, { 10007, 5 },
		{ RTM_PROTOCOL_OTHERS, 127 },
	};
	struct rtm_prio_rec recs[RTM_PRIO_MAX];
	struct rtm_prio arg = {
		.size = sizeof(arg),
		.family = variant->family,
		.count = RTM_PRIO_MAX,
		.record_size = sizeof(*recs),
		.records = (uintptr_t)recs,
	};

	ASSERT_EQ(0, rtm_call(self->fd, RTM_IOC_PRIO_GET, &arg));
	ASSERT_EQ(ARRAY_SIZE(defaults), arg.total);
	EXPECT_EQ(0, memcmp(defaults, recs, sizeof(defaults)));
	arg.count = 3;
	memset(recs, 0, sizeof(recs));
	ASSERT_EQ(0, rtm_call(self->fd, RTM_IOC_PRIO_GET, &arg));
	EXPECT_EQ(ARRAY_SIZE(defaults), arg.total);
	EXPECT_EQ(0, memcmp(defaults, recs, 3 * sizeof(*recs)));
	EXPECT_EQ(0, recs[3].protocol);
}

TEST_F(routes, change_of_priorities_re_elects_everywhere)
{
	const __u32 n = rtm_scaled(2000);
	struct rtm_route_rec *recs = calloc(n, sizeof(*recs));
	__u32 i;

	ASSERT_TRUE(recs != NULL);
	for (i = 0; i < n; i++)
		recs[i] = rtm_nth(i, 5);
	ASSERT_EQ(0, rtm_update(self->fd, RTM_IOC_ADD, self->a, recs, n, NULL,
				NULL));
	for (i = 0; i < n; i++)
		recs[i].metric = 6;
	ASSERT_EQ(0, rtm_update(self->fd, RTM_IOC_ADD, self->b, recs, n, NULL,
				NULL));
	EXPECT_EQ(n, rtm_stats(self->fd, variant->family).sequence);
	EXPECT_EQ(0, rtm_prio_set(self->fd, variant->family, 200, 126));
	EXPECT_EQ(2 * n, rtm_stats(self->fd, variant->family).sequence);
	for (i = 0; i < n; i++) {
		struct rtm_route_rec best = recs[i];

		ASSERT_EQ(0, rtm_lookup(self->fd, variant->family, 0, &best));
		ASSERT_EQ(200, best.protocol);
		ASSERT_EQ(126, best.priority);
	}
	/* No entry, no difference: nothing is told. */
	EXPECT_EQ(0, rtm_prio_set(self->fd, RTM_FAMILY_IPX, 100, 1));
	EXPECT_EQ(0, rtm_prio_set(self->fd, variant->family, 555, 1));
	EXPECT_EQ(0, rtm_prio_set(self->fd, variant->family, 200, 125));
	EXPECT_EQ(2 * n, rtm_stats(self->fd, variant->family).sequence);
	EXPECT_EQ(0, rtm_prio_set(self->fd, variant->family,
				  RTM_PROTOCOL_OTHERS, 5));
	EXPECT_EQ(3 * n, rtm_stats(self->fd, variant->family).sequence);
	EXPECT_BEST(recs[0], 100, 1);
	free(recs);
}

/* It looks at more than there is time for between two signals, and ends. */
TEST_F(routes, block_delete_of_nothing_ends_in_spite_of_signals)
{
	const __u32 total = rtm_scaled(100000);
	struct rtm_route_rec *routes, criteria = { .interface = 1000 };
	__u32 i;

	/* As many attributes as routes. */
	routes = calloc(total, sizeof(*routes));
	ASSERT_NE(NULL, routes);
	for (i = 0; i < total; i++)
		routes[i] = IF(rtm_nth(i % 65536, i), i / 65536);
	ASSERT_EQ(0, rtm_update(self->fd, RTM_IOC_ADD, self->a, routes, total,
				NULL, NULL));
	ASSERT_EQ(0, alarms_start());
	EXPECT_EQ(-ESRCH, rtm_block_delete(self->fd, self->a,
					   RTM_MATCH_INTERFACE, &criteria));
	criteria.interface = 0;
	EXPECT_EQ(total < 65536 ? total : 65536,
		  rtm_block_delete(self->fd, self->a, RTM_MATCH_INTERFACE,
				   &criteria));
	EXPECT_LT(2, alarms_stop());
	free(routes);
}

/* What is not known today may get a meaning, so it is refused wherever. */
TEST_F(routes, reserved_bytes_are_zero_in_all_that_is_read)
{
	struct rtm_route_rec rec = rtm_nth(0, 1), bad = rec, out;

	bad.reserved[1] = 1;
	EXPECT_EQ(-EINVAL, rtm_add(self->fd, self->a, bad, NULL));
	ASSERT_EQ(0, rtm_add(self->fd, self->a, rec, NULL));
	EXPECT_EQ(-EINVAL, rtm_delete(self->fd, self->a, bad, NULL));
	out = bad;
	EXPECT_EQ(-EINVAL, rtm_lookup(self->fd, variant->family, 0, &out));
	out = bad;
	EXPECT_EQ(-EINVAL, rtm_lookup(self->fd, variant->family,
				      RTM_LOOKUP_LONGEST, &out));
	out = bad;
	EXPECT_EQ(-EINVAL, rtm_get(self->fd, variant->family, RTM_MATCH_NETWORK,
				   0, &out, &rec, 1));
	out = bad;
	EXPECT_EQ(-EINVAL, rtm_get(self->fd, variant->family, 0, RTM_GET_AFTER,
				   &out, &rec, 1));
	EXPECT_EQ(-EINVAL, rtm_enum_open(self->fd, variant->family,
					 RTM_MATCH_NETWORK, &bad, NULL));
	EXPECT_EQ(-EINVAL, rtm_block_delete(self->fd, self->a,
					    RTM_MATCH_NETWORK, &bad));
	EXPECT_EQ(1, rtm_stats(self->fd, variant->family).routes);
}

/* Of enumerations a user has so many, on all his files; clients go on. */
TEST_F(routes, enumerations_of_a_user_are_limited)
{
	int other = rtm_open(O_RDONLY);
	__s64 first, ret;

	ASSERT_LE(0, other);
	ASSERT_EQ(0, rtm_add(self->fd, self->a, rtm_nth(0, 1), NULL));
	ASSERT_EQ(0, rtm_limit_set(self->fd, RTM_LIMIT_USER_ENUMS, 0, 2));
	first = rtm_enum_open(self->fd, variant->family, 0, NULL, NULL);
	ASSERT_LT(0, first);
	ASSERT_LT(0, rtm_enum_open(other, variant->family, 0, NULL, NULL));
	EXPECT_EQ(-EDQUOT, rtm_enum_open(self->fd, variant->family, 0, NULL,
					 NULL));
	ret = rtm_register(self->fd, variant->family, 4711, 0);
	EXPECT_LT(0, ret);
	EXPECT_EQ(0, rtm_drop(self->fd, RTM_IOC_ENUM_CLOSE, first));
	EXPECT_LT(0, rtm_enum_open(self->fd, variant->family, 0, NULL, NULL));
	EXPECT_EQ(-EDQUOT, rtm_enum_open(other, variant->family, 0, NULL, NULL));
	EXPECT_EQ(0, close(other));
	EXPECT_LT(0, rtm_enum_open(self->fd, variant->family, 0, NULL, NULL));
}

TEST_HARNESS_MAIN
