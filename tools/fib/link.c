// SPDX-License-Identifier: LGPL-2.1-or-later
#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>
#include <net/if.h>

#include "alloc.h"
#include "link.h"

#include <uthash.h>

struct link {
	UT_hash_handle hh;
	uint32_t index;
	bool up;
	bool seen;
};

static struct link *all;

static struct link *find(uint32_t index)
{
	struct link *link;

	HASH_FIND(hh, all, &index, sizeof(index), link);
	return link;
}

/* Gives its index if it was up. */
static uint32_t link_remove(struct link *link)
{
	uint32_t index = link->up ? link->index : 0;

	HASH_DEL(all, link);
	free(link);
	return index;
}

uint32_t link_message(const struct nlmsghdr *nlh)
{
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);
	bool up = ifi->ifi_flags & IFF_UP;
	uint32_t index = ifi->ifi_index;
	struct link *link = find(index);

	/* Bridges have messages of their own that look the same. */
	if (ifi->ifi_family != AF_UNSPEC)
		return 0;
	if (nlh->nlmsg_type == RTM_DELLINK)
		return link ? link_remove(link) : 0;
	if (!link) {
		link = alloc(sizeof(*link));
		link->index = index;
		HASH_ADD(hh, all, index, sizeof(index), link);
	}
	link->seen = true;
	if (link->up == up)
		return 0;
	link->up = up;
	return index;
}

bool link_is_up(uint32_t index)
{
	const struct link *link = find(index);

	return link && link->up;
}

void link_dump_begin(void)
{
	struct link *link, *next;

	HASH_ITER(hh, all, link, next)
		link->seen = false;
}

void link_dump_end(void (*gone)(uint32_t index))
{
	struct link *link, *next;
	uint32_t index;

	HASH_ITER(hh, all, link, next) {
		if (link->seen)
			continue;
		index = link_remove(link);
		if (index)
			gone(index);
	}
}
