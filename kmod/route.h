/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RTM_ROUTE_H
#define RTM_ROUTE_H

#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/rhashtable-types.h>
#include <linux/types.h>

#include "prefix.h"

struct rtm_client;
struct rtm_dest;
struct rtm_family;
struct rtm_table;

/**
 * struct rtm_attr_key - what a route says, beyond its destination and owner
 * @interface: interface index
 * @next_hop_mask: kept for the client
 * @type: RFC 1354 type
 * @policy: opaque
 * @next_hop_as: opaque
 * @metric: lower is better
 * @metric1: the second metric of families that have two
 * @more_metrics: opaque
 * @flags: opaque
 * @next_hop: left aligned, zero beyond what the family has. Interned keys end
 *	after as many of the words as that needs: see rtm_attr_key_len()
 */
struct rtm_attr_key {
	u32 interface;
	__be32 next_hop_mask;
	u32 type;
	u32 policy;
	u32 next_hop_as;
	u32 metric;
	u32 metric1;
	u32 more_metrics[4];
	u32 flags;
	__be64 next_hop[2];
};

/**
 * struct rtm_attr - attributes, shared by all routes of a client that have them
 * @hash: in rtm_table.attrs, while it has live routes
 * @in_client: in rtm_client.attrs, likewise
 * @routes: live routes, by rtm_route.in_attr
 * @client: owner, NULL once the last live route is gone
 * @protocol: the owner's; outlives it
 * @refs: live routes, records of the change log, and calls under way
 * @key: immutable, and cut off after the family's next hop
 *
 * All but @protocol and @key belong to the table's mutex; those two may be
 * read under RCU by way of a route.
 */
struct rtm_attr {
	struct rhash_head hash;
	struct list_head in_client;
	struct hlist_head routes;
	struct rtm_client *client;
	u32 protocol;
	u32 refs;
	struct rtm_attr_key key;
};

/* rtm_route.next, lowest bit: this one is the last, that one the first. */
#define RTM_RING_END		1UL

/* rtm_route.meta, low byte */
#define RTM_ROUTE_AGED		0x01	/* has a struct rtm_route_age */
#define RTM_ROUTE_PSD		0x02	/* has protocol-specific data */
#define RTM_ROUTE_LAYOUT	0x03
#define RTM_RECORD_FOUND	0x08	/* there was none; @attr came and went */
#define RTM_RECORD_OLD		0x10	/* left the window of the log */
#define RTM_RECORD_MERGED	0x20	/* stands for several changes */
#define RTM_RECORD_MIXED	0x40	/* of several origins */
#define RTM_RECORD_VOID		0x80	/* cancelled out, told to nobody */
#define RTM_META_SHIFT		8

/**
 * struct rtm_route - a route; once it is none any more, a change record
 * @next: the destination's next route, in a ring in order of identity; from the
 *	last to the first with RTM_RING_END. RCU
 * @dest: its destination
 * @attr: its attributes; of a record NULL, or RTM_RECORD_FOUND, says that there
 *	was no route
 * @meta: microseconds of boot time << RTM_META_SHIFT | RTM_ROUTE_*
 * @in_attr: in rtm_attr.routes; live routes only, table mutex
 * @log: change log; records only, table mutex
 *
 * A route is followed by a struct rtm_route_age if it ages and by four words
 * of protocol-specific data if they are not all zero. But for @meta and the
 * expiry, what readers see of a route never changes: an update is a new one.
 *
 * A record says that its route stopped being the best one of @dest at
 * log.seq. What came instead stands in the destination's next newer record,
 * or is the best route now. So a route that is deleted or replaced records
 * the change itself, and deleting needs no memory.
 */
struct rtm_route {
	struct rtm_route __rcu *next;
	struct rtm_dest *dest;
	struct rtm_attr *attr;
	u64 meta;
	union {
		struct hlist_node in_attr;
		struct {
			struct list_head link;		/* rtm_log.records */
			struct rtm_route *newer;	/* ring of its dest */
			u64 seq:44;			/* rtm_log_seq() */
			u64 origin:20;
		} log;
	};
};

/**
 * struct rtm_route_age - when a route ends
 * @wheel: in a slot of the table's wheel; table mutex
 * @expiry: second of boot time
 */
struct rtm_route_age {
	struct hlist_node wheel;
	u32 expiry;
};

/* rtm_dest.says, lowest bit: it is a change record. */
#define RTM_DEST_LOG		1UL

/**
 * struct rtm_dest - a destination
 * @best: best route, one of the ring of them all, or NULL if it has none; RCU
 * @says: with RTM_DEST_LOG the newest of its change records, which form a ring
 *	by log.newer; while there are none, the attributes of @best; RCU
 * @key: its prefix, allocated only as far as its family needs; the mark is the
 *	priority epoch that @best was chosen in
 *
 * A destination without routes stays in the tree as long as it has records,
 * so that changes that come later find what they cancel. Records live as long
 * as somebody has to read them, which is not long: most often whoever looks for
 * what a best route says has it in the destination, and spares a cache miss.
 */
struct rtm_dest {
	struct rtm_route __rcu *best;
	void __rcu *says;
	struct rtm_key key;
};

/* Newest change record of a destination, or NULL. Table mutex. */
static inline struct rtm_route *rtm_dest_log(const struct rtm_dest *dest)
{
	void *says = rcu_dereference_protected(dest->says, true);

	if (!((uintptr_t)says & RTM_DEST_LOG))
		return NULL;
	return (struct rtm_route *)((uintptr_t)says & ~RTM_DEST_LOG);
}

/* Table mutex. */
static inline void rtm_dest_set_log(struct rtm_dest *dest,
				    struct rtm_route *record)
{
	rcu_assign_pointer(dest->says,
			   (void *)((uintptr_t)record | RTM_DEST_LOG));
}

/* There are no records: say what @best says, which is linked. Table mutex. */
static inline void rtm_dest_show(struct rtm_dest *dest,
				 const struct rtm_route *best)
{
	rcu_assign_pointer(dest->says, best ? best->attr : NULL);
}

/* What the best route says; NULL: there is none. For RCU readers. */
static inline const struct rtm_attr *rtm_dest_attr(const struct rtm_dest *dest)
{
	void *says = rcu_dereference(dest->says);
	const struct rtm_route *best;

	if (likely(!((uintptr_t)says & RTM_DEST_LOG)))
		return says;
	best = rcu_dereference(dest->best);
	return best ? best->attr : NULL;
}

/**
 * struct rtm_route_spec - a route as a client gives it
 * @prefix: destination
 * @key: attributes, zero beyond what the family has
 * @psd: protocol-specific data
 * @ttl: seconds to live, or RTM_FOREVER
 */
struct rtm_route_spec {
	struct rtm_prefix prefix;
	struct rtm_attr_key key;
	u32 psd[4];
	u32 ttl;
};

#define RTM_FOREVER		0xffffffffU

static inline u64 rtm_route_stamp(const struct rtm_route *route)
{
	return READ_ONCE(route->meta) >> RTM_META_SHIFT;
}

static inline void rtm_route_set_stamp(struct rtm_route *route, u64 us)
{
	WRITE_ONCE(route->meta, us << RTM_META_SHIFT | (u8)route->meta);
}

/* NULL if the route does not age. */
static inline struct rtm_route_age *rtm_route_age(const struct rtm_route *route)
{
	if (!(READ_ONCE(route->meta) & RTM_ROUTE_AGED))
		return NULL;
	return (struct rtm_route_age *)(route + 1);
}

static inline struct rtm_route *rtm_route_of_age(struct rtm_route_age *age)
{
	return (struct rtm_route *)age - 1;
}

/* NULL if it is all zero. */
static inline u32 *rtm_route_psd(const struct rtm_route *route)
{
	u8 layout = READ_ONCE(route->meta) & RTM_ROUTE_LAYOUT;
	void *tail = (void *)(route + 1);

	if (!(layout & RTM_ROUTE_PSD))
		return NULL;
	if (layout & RTM_ROUTE_AGED)
		tail += sizeof(struct rtm_route_age);
	return tail;
}

static inline bool rtm_psd_zero(const u32 *psd)
{
	return !(psd[0] | psd[1] | psd[2] | psd[3]);
}

unsigned int rtm_attr_key_len(const struct rtm_family *family);

struct rtm_route *rtm_route_alloc(struct rtm_table *table, u8 layout,
				  gfp_t gfp);
struct rtm_route *rtm_route_clone(struct rtm_table *table,
				  const struct rtm_route *from, gfp_t gfp);
void rtm_route_free(struct rtm_table *table, struct rtm_route *route);
void rtm_route_retire(struct rtm_table *table, struct rtm_route *route);

struct rtm_dest *rtm_dest_alloc(struct rtm_table *table,
				const struct rtm_prefix *prefix);
void rtm_dest_free(struct rtm_table *table, struct rtm_dest *dest);
void rtm_dest_retire(struct rtm_table *table, struct rtm_dest *dest);

int rtm_attrs_init(struct rtm_table *table);
void rtm_attrs_destroy(struct rtm_table *table);
struct rtm_attr *rtm_attr_get(struct rtm_table *table,
			      struct rtm_client *client,
			      const struct rtm_attr_key *key);
void rtm_attr_unget(struct rtm_table *table, struct rtm_attr *attr);
void rtm_attr_put(struct rtm_table *table, struct rtm_attr *attr);
void rtm_attr_unlink(struct rtm_table *table, struct rtm_attr *attr);
bool rtm_attr_has(const struct rtm_table *table, const struct rtm_attr *attr,
		  const struct rtm_attr_key *key);
bool rtm_attr_same(const struct rtm_table *table, const struct rtm_attr *a,
		   const struct rtm_attr *b);

int rtm_route_caches_create(void);
void rtm_route_caches_destroy(void);

#endif /* RTM_ROUTE_H */
