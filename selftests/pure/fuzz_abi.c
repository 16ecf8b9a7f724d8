// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * libFuzzer: records in, and what of them is taken, out again. What is taken is
 * told by loops over single bits and bytes, after linux/rtm.h.
 */
#include "fuzz.h"
#include "abi.h"
#include "age.h"
#include "family.h"
#include "table.h"

#define NOW		5000000ULL	/* another time than the shim's */
#define SEQUENCE	0x0123456789abcdefULL

struct op {
	u8 how;
	u8 at;
	u8 value[4];
};

/* A route with nothing behind what its family needs: ASan knows. */
struct subject {
	const struct rtm_family *family;
	struct rtm_table table;
	struct rtm_dest *dest;
	struct rtm_attr *attr;
	struct rtm_route *route[RTM_ROUTE_LAYOUT + 1];
};

static struct subject subjects[RTM_NR_FAMILIES];

/*
 * These belong to files that cannot be built here. From the time that is left
 * one can tell what time it was asked for.
 */
u32 rtm_age_left(const struct rtm_route_age *age, u64 now)
{
	return age->expiry + now;
}

unsigned int rtm_attr_key_len(const struct rtm_family *family)
{
	static const unsigned int next_hop[RTM_NR_FAMILIES] = { 8, 8, 16 };

	return offsetof(struct rtm_attr_key, next_hop) +
	       next_hop[family - rtm_families];
}

static void *exactly(size_t size)
{
	void *obj = calloc(1, size);

	assert(obj);
	return obj;
}

static void subjects_create(void)
{
	static const size_t tail[] = {
		[RTM_ROUTE_AGED] = sizeof(struct rtm_route_age),
		[RTM_ROUTE_PSD] = 16,
		[RTM_ROUTE_AGED | RTM_ROUTE_PSD] =
			sizeof(struct rtm_route_age) + 16,
	};
	struct subject *s;
	unsigned int f, i;

	for (f = 0; f < RTM_NR_FAMILIES; f++) {
		s = &subjects[f];
		s->family = &rtm_families[f];
		s->table.family = s->family;
		s->table.now = NOW;
		mutex_init(&s->table.lock);
		s->dest = exactly(offsetof(struct rtm_dest, key.net) +
				  s->family->width / 8);
		s->attr = exactly(offsetof(struct rtm_attr, key) +
				  rtm_attr_key_len(s->family));
		for (i = 0; i < ARRAY_SIZE(tail); i++) {
			s->route[i] = exactly(sizeof(struct rtm_route) +
					      tail[i]);
			s->route[i]->dest = s->dest;
			s->route[i]->attr = s->attr;
		}
	}
}

static bool zero_from(const u8 *bytes, unsigned int bit)
{
	for (; bit < 128; bit++)
		if (bytes[bit / 8] >> (7 - bit % 8) & 1)
			return false;
	return true;
}

static bool twin_prefix(unsigned int f, const struct rtm_route_rec *rec)
{
	if (f == RTM_FAMILY_IPV6 ? rec->prefix_len > 128 :
				   rec->prefix_len > 32)
		return false;
	if (f == RTM_FAMILY_IPX && rec->prefix_len != 32)
		return false;
	return zero_from(rec->network, rec->prefix_len) &&
	       !rec->reserved[0] && !rec->reserved[1] && !rec->reserved[2];
}

static bool twin_identity(unsigned int f, const struct rtm_route_rec *rec)
{
	static const unsigned int bits[RTM_NR_FAMILIES] = { 48, 32, 128 };

	return twin_prefix(f, rec) && zero_from(rec->next_hop, bits[f]);
}

static bool twin_route(unsigned int f, const struct rtm_route_rec *rec)
{
	if (!twin_identity(f, rec) || !rec->ttl)
		return false;
	if (rec->ttl > 2147483 && rec->ttl != 0xffffffff)
		return false;
	if (f != RTM_FAMILY_IPX)
		return true;
	return rec->metric <= 0xffff && rec->metric1 <= 0xffff &&
	       !rec->next_hop_mask && !rec->type && !rec->policy &&
	       !rec->next_hop_as && !rec->metric2 && !rec->metric3 &&
	       !rec->metric4 && !rec->metric5;
}

static const char *check_prefix(const struct rtm_route_rec *rec,
				const struct rtm_prefix *p)
{
	unsigned int i;

	for (i = 0; i < 8; i++)
		if (rec->network[i] != (u8)(p->hi >> (56 - 8 * i)) ||
		    rec->network[8 + i] != (u8)(p->lo >> (56 - 8 * i)))
			return "another network";
	return rec->prefix_len == p->len ? NULL : "another length";
}

static const char *check_in(unsigned int f, const struct rtm_route_rec *rec,
			    u32 match)
{
	const struct rtm_family *family = &rtm_families[f];
	struct rtm_route_spec spec, twin = {};
	struct rtm_criteria criteria;
	struct rtm_prefix prefix;
	bool ok = twin_prefix(f, rec);
	const char *error = NULL;

	if (rtm_prefix_from_uapi(family, rec, &prefix) != (ok ? 0 : -EINVAL))
		return "rtm_prefix_from_uapi";
	if (ok)
		error = check_prefix(rec, &prefix);

	if (rtm_criteria_from_uapi(family, match, rec, &criteria) !=
	    (match < 16 && (ok || !(match & 1)) ? 0 : -EINVAL))
		return "rtm_criteria_from_uapi";
	if (match < 16 && (criteria.match != match ||
			   criteria.interface != rec->interface ||
			   criteria.protocol != rec->protocol))
		return "other criteria";
	if (match < 16 && match & 1 && ok && !error)
		error = check_prefix(rec, &criteria.prefix);

	ok = twin_identity(f, rec);
	memset(&spec, 0xa5, sizeof(spec));
	if (rtm_identity_from_uapi(family, rec, &spec) != (ok ? 0 : -EINVAL))
		return "rtm_identity_from_uapi";
	if (!ok || error)
		return error;
	error = check_prefix(rec, &spec.prefix);
	twin.key.interface = rec->interface;
	memcpy(twin.key.next_hop, rec->next_hop, 16);
	if (memcmp(&spec.key, &twin.key, sizeof(twin.key)) ||
	    memcmp(spec.psd, twin.psd, sizeof(twin.psd)) || spec.ttl)
		return "another identity";
	return error;
}

/* As rtm_table_add() makes it. */
static struct rtm_route *make_route(struct subject *s, u32 protocol, u64 stamp,
				    const struct rtm_route_spec *spec)
{
	u8 layout = (spec->ttl == RTM_FOREVER ? 0 : RTM_ROUTE_AGED) |
		    (rtm_psd_zero(spec->psd) ? 0 : RTM_ROUTE_PSD);
	struct rtm_route *route = s->route[layout];
	u8 *tail = (u8 *)(route + 1);

	rtm_key_set(&s->dest->key, &spec->prefix, s->family->width);
	s->attr->protocol = protocol;
	memcpy(&s->attr->key, &spec->key, rtm_attr_key_len(s->family));
	route->meta = layout;
	rtm_route_set_stamp(route, stamp);
	if (layout & RTM_ROUTE_AGED) {
		((struct rtm_route_age *)tail)->expiry = spec->ttl;
		tail += sizeof(struct rtm_route_age);
	}
	if (layout & RTM_ROUTE_PSD)
		memcpy(tail, spec->psd, sizeof(spec->psd));
	return route;
}

/* What is not written is not right, whatever the byte is. */
static void spoil(void *record, const void *twin, size_t size)
{
	u8 *to = record;
	const u8 *from = twin;

	while (size--)
		*to++ = ~*from++;
}

/* @change says which of two are there: each is the record, the other zero. */
static const char *check_change(struct subject *s, struct rtm_route *route,
				const struct rtm_route_rec *rec, u32 change)
{
	struct rtm_change_rec twin = { .change = change }, got;

	twin.sequence = SEQUENCE;
	if (change & RTM_CHANGE_CURRENT)
		twin.cur = *rec;
	if (change & RTM_CHANGE_PREVIOUS)
		twin.prev = *rec;
	spoil(&got, &twin, sizeof(got));
	mutex_lock(&s->table.lock);
	rtm_change_to_uapi(&s->table,
			   change & RTM_CHANGE_CURRENT ? route : NULL,
			   change & RTM_CHANGE_PREVIOUS ? route : NULL,
			   SEQUENCE, &got);
	mutex_unlock(&s->table.lock);
	return memcmp(&got, &twin, sizeof(got)) ? "rtm_change_to_uapi" : NULL;
}

static const char *check_route(unsigned int f, const struct rtm_route_rec *rec,
			       u32 change)
{
	struct subject *s = &subjects[f];
	struct rtm_route_rec twin = *rec, got;
	u64 stamp = rec->stamp >> RTM_META_SHIFT;
	bool ok = twin_route(f, rec);
	struct rtm_route_spec spec;
	struct rtm_route *route;

	memset(&spec, 0xa5, sizeof(spec));
	if (rtm_route_from_uapi(s->family, rec, &spec) != (ok ? 0 : -EINVAL))
		return "rtm_route_from_uapi";
	if (!ok)
		return NULL;
	route = make_route(s, rec->protocol, stamp, &spec);
	twin.priority = rtm_prio_find(s->table.prio, rec->protocol);
	twin.stamp = stamp * 1000 + SHIM_TIMENS;
	twin.sequence = SEQUENCE;
	if (rtm_route_age(route))
		twin.ttl = rec->ttl + SHIM_BOOTTIME;
	spoil(&got, &twin, sizeof(got));
	rcu_read_lock();
	rtm_route_to_uapi(&s->table, route, 0, SEQUENCE, &got);
	rcu_read_unlock();
	if (memcmp(&got, &twin, sizeof(got)))
		return "rtm_route_to_uapi";
	if (rtm_route_age(route))
		twin.ttl = rec->ttl + NOW;
	return check_change(s, route, &twin, change);
}

/* Zeroes what makes a record invalid, and leaves the rest. */
static void mend(unsigned int f, struct rtm_route_rec *rec)
{
	const struct rtm_family *family = &rtm_families[f];
	unsigned int i;

	if (rec->prefix_len > family->width || family->exact)
		rec->prefix_len = family->width;
	for (i = rec->prefix_len; i < 128; i++)
		rec->network[i / 8] &= ~(0x80 >> i % 8);
	for (i = family->next_hop_len; i < 16; i++)
		rec->next_hop[i] = 0;
	memset(rec->reserved, 0, sizeof(rec->reserved));
	if (rec->ttl > RTM_TTL_MAX)
		rec->ttl = RTM_TTL_INFINITE;
	if (f != RTM_FAMILY_IPX)
		return;
	rec->metric = (u16)rec->metric;
	rec->metric1 = (u16)rec->metric1;
	rec->next_hop_mask = 0;
	rec->type = 0;
	rec->policy = 0;
	rec->next_hop_as = 0;
	rec->metric2 = 0;
	rec->metric3 = 0;
	rec->metric4 = 0;
	rec->metric5 = 0;
}

/* A byte, or an aligned word, which may be about as great as is allowed. */
static void change(struct rtm_route_rec *rec, const struct op *op)
{
	static const u32 base[] = { 0, U16_MAX, RTM_TTL_MAX, U32_MAX };
	u8 *at = (u8 *)rec + op->at % sizeof(*rec);
	u32 word;

	if (op->how & 4) {
		*at = op->value[0];
		return;
	}
	if (op->how & 8)
		word = base[op->value[0] % 4] + op->value[1] % 4 - 1;
	else
		memcpy(&word, op->value, sizeof(word));
	memcpy((u8 *)rec + op->at % sizeof(*rec) / 4 * 4, &word, sizeof(word));
}

const char *fuzz_unit(const u8 *data, size_t size)
{
	struct rtm_route_rec rec = {};
	const char *error = NULL;
	struct op op;
	u32 match;
	unsigned int f;
	u8 start;

	if (!subjects[0].dest)
		subjects_create();
	if (!fuzz_take(&data, &size, &start, 1))
		return NULL;
	if (start & 1)
		fuzz_take(&data, &size, &rec, sizeof(rec));
	for (f = 0; f < RTM_NR_FAMILIES; f++)
		subjects[f].table.prio = rtm_prio_default(&rtm_families[f]);
	while (!error && fuzz_take(&data, &size, &op, sizeof(op))) {
		f = (op.how >> 4) % RTM_NR_FAMILIES;
		if (op.how & 1)
			mend(f, &rec);
		change(&rec, &op);
		if (op.how & 2)
			mend(f, &rec);
		match = op.value[3] & 0x80 ? 1U << (op.value[3] % 32) :
					     op.value[3] % 16;
		error = check_in(f, &rec, match);
		error = error ?: check_route(f, &rec, op.value[2] % 4);
		fuzz_operations++;
	}
	for (f = 0; f < RTM_NR_FAMILIES; f++)
		kfree(subjects[f].table.prio);
	return error;
}
