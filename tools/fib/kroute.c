// SPDX-License-Identifier: LGPL-2.1-or-later
#include <libmnl/libmnl.h>

#include "kroute.h"

static int remember(const struct nlattr *attr, void *data)
{
	const struct nlattr **tb = data;

	if (mnl_attr_get_type(attr) <= RTA_MAX)
		tb[mnl_attr_get_type(attr)] = attr;
	return MNL_CB_OK;
}

static bool get_u32(const struct nlattr *attr, uint32_t *value)
{
	if (!attr)
		return true;
	if (mnl_attr_validate(attr, MNL_TYPE_U32) < 0)
		return false;
	*value = mnl_attr_get_u32(attr);
	return true;
}

static bool get_address(const struct nlattr *attr, int family,
			struct address *a)
{
	return !attr || address_set(a, family, mnl_attr_get_payload(attr),
				    mnl_attr_get_payload_len(attr));
}

/*
 * A gateway of the other family stands elsewhere, and without its labels and
 * the like a route is another one.
 */
static void hop_add(struct kroute *r, const struct nlattr **tb,
		    const struct hop *hop, bool dead)
{
	if (tb[RTA_VIA] || tb[RTA_ENCAP]) {
		r->partial = true;
		return;
	}
	if (r->n == HOPS_MAX) {
		r->more = true;
		r->n = 0;
	}
	if (r->more)
		return;
	r->dead |= (uint64_t)dead << r->n;
	r->hop[r->n++] = *hop;
}

static bool parse_multipath(const struct nlattr *attr, struct kroute *r)
{
	const struct rtnexthop *nh = mnl_attr_get_payload(attr);
	int left = mnl_attr_get_payload_len(attr);

	while (RTNH_OK(nh, left)) {
		const struct nlattr *tb[RTA_MAX + 1] = { };
		struct hop hop = { .oif = nh->rtnh_ifindex };

		mnl_attr_parse_payload(RTNH_DATA(nh),
				       nh->rtnh_len - sizeof(*nh), remember, tb);
		if (!get_address(tb[RTA_GATEWAY], r->prefix.family, &hop.via))
			return false;
		hop_add(r, tb, &hop, nh->rtnh_flags & RTNH_F_DEAD);
		left -= RTNH_ALIGN(nh->rtnh_len);
		nh = RTNH_NEXT(nh);
	}
	return true;
}

bool kroute_parse(const struct nlmsghdr *nlh, struct kroute *r)
{
	const struct nlattr *tb[RTA_MAX + 1] = { };
	const struct rtmsg *rtm = mnl_nlmsg_get_payload(nlh);
	struct hop hop = { };

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*rtm) ||
	    (rtm->rtm_family != AF_INET && rtm->rtm_family != AF_INET6) ||
	    rtm->rtm_dst_len > 8 * address_size(rtm->rtm_family))
		return false;
	/* For some sources only; others have a slot of their own. */
	if (rtm->rtm_src_len)
		return false;
	mnl_attr_parse(nlh, sizeof(*rtm), remember, tb);
	r->prefix = (struct prefix){ .family = rtm->rtm_family,
				     .len = rtm->rtm_dst_len };
	r->table = rtm->rtm_table;
	r->metric = 0;
	r->protocol = rtm->rtm_protocol;
	r->type = rtm->rtm_type;
	r->tos = rtm->rtm_tos;
	r->cloned = rtm->rtm_flags & RTM_F_CLONED;
	r->nexthop = 0;
	r->n = 0;
	r->more = false;
	r->partial = false;
	r->dead = 0;
	if (!get_u32(tb[RTA_TABLE], &r->table) ||
	    !get_u32(tb[RTA_PRIORITY], &r->metric) ||
	    !get_u32(tb[RTA_NH_ID], &r->nexthop) ||
	    !get_u32(tb[RTA_OIF], &hop.oif) ||
	    !get_address(tb[RTA_DST], rtm->rtm_family, &r->prefix.address) ||
	    !get_address(tb[RTA_GATEWAY], rtm->rtm_family, &hop.via))
		return false;
	if (tb[RTA_MULTIPATH])
		return parse_multipath(tb[RTA_MULTIPATH], r);
	if (hop.oif || !address_is_zero(&hop.via))
		hop_add(r, tb, &hop, false);
	return true;
}

struct hops *kroute_hops(const struct kroute *r)
{
	struct hop hop[HOPS_MAX];

	if (!r->n || r->type != RTN_UNICAST)
		return NULL;
	memcpy(hop, r->hop, r->n * sizeof(*hop));
	return hops_get(hop, r->n);
}

static void put_address(struct nlmsghdr *nlh, int type, int family,
			const struct address *a)
{
	mnl_attr_put(nlh, type, address_size(family), a);
}

static void put_multipath(struct nlmsghdr *nlh, int family,
			  const struct hops *hops)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, RTA_MULTIPATH);
	struct rtnexthop *nh;
	unsigned int i;

	for (i = 0; i < hops->n; i++) {
		nh = mnl_nlmsg_get_payload_tail(nlh);
		*nh = (struct rtnexthop){ .rtnh_ifindex = hops->hop[i].oif };
		nlh->nlmsg_len += sizeof(*nh);
		if (!address_is_zero(&hops->hop[i].via))
			put_address(nlh, RTA_GATEWAY, family,
				    &hops->hop[i].via);
		nh->rtnh_len = (char *)mnl_nlmsg_get_payload_tail(nlh) -
			       (char *)nh;
	}
	mnl_attr_nest_end(nlh, nest);
}

struct nlmsghdr *kroute_put(void *buf, const struct prefix *prefix,
			    uint32_t table, uint32_t metric, uint8_t protocol,
			    const struct hops *hops)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct rtmsg *rtm;

	nlh->nlmsg_type = hops ? RTM_NEWROUTE : RTM_DELROUTE;
	nlh->nlmsg_flags = NLM_F_REQUEST;
	if (hops)
		nlh->nlmsg_flags |= NLM_F_CREATE | NLM_F_REPLACE;
	rtm = mnl_nlmsg_put_extra_header(nlh, sizeof(*rtm));
	rtm->rtm_family = prefix->family;
	rtm->rtm_dst_len = prefix->len;
	rtm->rtm_table = table < 256 ? table : RT_TABLE_UNSPEC;
	rtm->rtm_protocol = protocol;
	rtm->rtm_type = hops ? RTN_UNICAST : RTN_UNSPEC;
	rtm->rtm_scope = hops ? RT_SCOPE_UNIVERSE : RT_SCOPE_NOWHERE;
	if (table >= 256)
		mnl_attr_put_u32(nlh, RTA_TABLE, table);
	if (prefix->len)
		put_address(nlh, RTA_DST, prefix->family, &prefix->address);
	mnl_attr_put_u32(nlh, RTA_PRIORITY, metric);
	if (!hops)
		return nlh;
	if (hops->n > 1) {
		put_multipath(nlh, prefix->family, hops);
		return nlh;
	}
	mnl_attr_put_u32(nlh, RTA_OIF, hops->hop[0].oif);
	if (!address_is_zero(&hops->hop[0].via))
		put_address(nlh, RTA_GATEWAY, prefix->family,
			    &hops->hop[0].via);
	else if (prefix->family == AF_INET)
		rtm->rtm_scope = RT_SCOPE_LINK;
	return nlh;
}
