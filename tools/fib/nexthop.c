// SPDX-License-Identifier: LGPL-2.1-or-later
#include "nexthop.h"

#include <libmnl/libmnl.h>
#include <linux/nexthop.h>
#include <linux/rtnetlink.h>

/* A number that is told of, or that routes have named before it is. */
struct nexthop {
	LIST_ENTRY(nexthop) of_groups;	/* if @n is not 0 */
	UT_hash_handle hh;
	uint32_t id;
	bool known;
	uint8_t family;			/* of the hop's gateway */
	struct hop hop;			/* if it is no group */
	unsigned int n;			/* members of the group */
	uint32_t member[HOPS_MAX];
	struct held_list routes;
};

static struct nexthop *all;
static LIST_HEAD(, nexthop) groups = LIST_HEAD_INITIALIZER(groups);

static struct nexthop *find(uint32_t id)
{
	struct nexthop *nh;

	HASH_FIND(hh, all, &id, sizeof(id), nh);
	return nh;
}

static struct nexthop *find_or_make(uint32_t id)
{
	struct nexthop *nh = find(id);

	if (nh)
		return nh;
	nh = alloc(sizeof(*nh));
	nh->id = id;
	LIST_INIT(&nh->routes);
	HASH_ADD(hh, all, id, sizeof(nh->id), nh);
	return nh;
}

struct held_list *nexthop_routes(uint32_t id)
{
	return &find_or_make(id)->routes;
}

/* zebra's numbers rise as long as it runs. */
static void free_unused(struct nexthop *nh)
{
	if (nh->known || !LIST_EMPTY(&nh->routes))
		return;
	HASH_DEL(all, nh);
	free(nh);
}

void nexthop_left(uint32_t id)
{
	free_unused(find(id));
}

/* A gateway of the other family is no hop of ours; an interface has none. */
static bool leads(const struct nexthop *nh, int family)
{
	return nh->known && !nh->n &&
	       (nh->family == family || address_is_zero(&nh->hop.via));
}

struct hops *nexthop_hops(uint32_t id, int family)
{
	const struct nexthop *nh = find(id), *member;
	struct hop hop[HOPS_MAX];
	unsigned int i, n = 0;

	if (leads(nh, family))
		hop[n++] = nh->hop;
	for (i = 0; i < nh->n; i++) {
		member = find(nh->member[i]);
		/* A group has no groups in it. */
		if (member && leads(member, family))
			hop[n++] = member->hop;
	}
	return n ? hops_get(hop, n) : NULL;
}

static bool has_member(const struct nexthop *nh, uint32_t id)
{
	unsigned int i;

	for (i = 0; i < nh->n; i++)
		if (nh->member[i] == id)
			return true;
	return false;
}

/* Groups follow their members. */
static void tell(struct nexthop *nh)
{
	struct nexthop *group;

	nexthop_changed(&nh->routes);
	LIST_FOREACH(group, &groups, of_groups)
		if (has_member(group, nh->id))
			nexthop_changed(&group->routes);
}

static int remember(const struct nlattr *attr, void *data)
{
	const struct nlattr **tb = data;

	if (mnl_attr_get_type(attr) <= NHA_MAX)
		tb[mnl_attr_get_type(attr)] = attr;
	return MNL_CB_OK;
}

static void set_group(struct nexthop *nh, const struct nlattr *attr)
{
	const struct nexthop_grp *grp = mnl_attr_get_payload(attr);
	unsigned int i, n = mnl_attr_get_payload_len(attr) / sizeof(*grp);

	nh->n = n < HOPS_MAX ? n : HOPS_MAX;
	for (i = 0; i < nh->n; i++)
		nh->member[i] = grp[i].id;
	if (nh->n)
		LIST_INSERT_HEAD(&groups, nh, of_groups);
}

static void clear(struct nexthop *nh)
{
	if (nh->n)
		LIST_REMOVE(nh, of_groups);
	nh->n = 0;
	nh->known = false;
}

static void set(struct nexthop *nh, int family, const struct nlattr **tb)
{
	nh->family = family;
	nh->hop = (struct hop){ };
	if (tb[NHA_GROUP]) {
		nh->known = true;
		set_group(nh, tb[NHA_GROUP]);
		return;
	}
	if (tb[NHA_OIF] && mnl_attr_validate(tb[NHA_OIF], MNL_TYPE_U32) >= 0)
		nh->hop.oif = mnl_attr_get_u32(tb[NHA_OIF]);
	if (tb[NHA_GATEWAY] &&
	    !address_set(&nh->hop.via, family,
			 mnl_attr_get_payload(tb[NHA_GATEWAY]),
			 mnl_attr_get_payload_len(tb[NHA_GATEWAY])))
		nh->hop.oif = 0;
	/*
	 * What leads to no interface, or into a hole, leads nowhere; and without
	 * its labels and the like it would lead elsewhere.
	 */
	nh->known = nh->hop.oif && !tb[NHA_BLACKHOLE] && !tb[NHA_ENCAP];
}

void nexthop_message(const struct nlmsghdr *nlh)
{
	const struct nlattr *tb[NHA_MAX + 1] = { };
	const struct nhmsg *nhm = mnl_nlmsg_get_payload(nlh);
	struct nexthop *nh;

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*nhm))
		return;
	mnl_attr_parse(nlh, sizeof(*nhm), remember, tb);
	if (!tb[NHA_ID] || mnl_attr_validate(tb[NHA_ID], MNL_TYPE_U32) < 0)
		return;
	nh = find_or_make(mnl_attr_get_u32(tb[NHA_ID]));
	clear(nh);
	if (nlh->nlmsg_type == RTM_NEWNEXTHOP)
		set(nh, nhm->nh_family, tb);
	tell(nh);
	free_unused(nh);
}

void nexthop_forget(void)
{
	struct nexthop *nh, *next;

	LIST_INIT(&groups);
	HASH_ITER(hh, all, nh, next) {
		HASH_DEL(all, nh);
		free(nh);
	}
}
