/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * Routing Table Manager: the ioctls of /dev/rtm.
 *
 * Errors. An ioctl returns 0, or -1 with one of these in errno:
 *
 *   EACCES     changing asked of a file that was not opened for writing
 *   EPERM      CAP_NET_ADMIN missing in the user namespace that owns the
 *              network namespace, of the opener or of the caller; raising a
 *              limit without CAP_NET_ADMIN in the initial user namespace
 *   ENOTTY     no such command
 *   EINVAL     a size below the first published one, an unknown flag, family
 *              or limit, a nonzero reserved field, a record size that the
 *              command does not take, no record where one is needed, more
 *              than RTM_BATCH_MAX (256 of priorities), "done" above the count,
 *              a prefix with bits beyond its length, a time to live or a
 *              metric out of range
 *   E2BIG      a size above the kernel's with nonzero bytes in the excess, or
 *              above a page
 *   EFAULT     a pointer that cannot be read or written
 *   ENOENT     no such handle on this file, a handle of another kind, a
 *              watcher that is to change something, or a dequeue for a
 *              client that did not ask for messages
 *   EEXIST     (family, protocol) has a client already
 *   ESRCH      no such route; nothing matches
 *   ENOBUFS    dequeue: messages were dropped, see struct rtm_dequeue
 *   ENOSPC     a limit of the namespace, the client or the file is reached;
 *              there would be more than 256 priorities
 *   EDQUOT     a limit of the user is reached, or of the account in whose user
 *              namespace the user is
 *   EOVERFLOW  the destination has as many routes as it may have
 *   ENOMEM     out of memory
 *   EINTR      a signal came; what is done is done and said in "done"
 *
 * A call that fails has changed nothing, but for a batch that stopped in the
 * middle: there "done" records took effect (of a block delete "deleted" routes),
 * and the call may be repeated as it stands to go on with the next one; and for
 * ENOBUFS, after which the client has begun afresh.
 *
 * Conventions. Every argument starts with its own size, set by the caller; a
 * shorter (older) one is taken with zeros for what is missing, a longer
 * (newer) one as long as the excess is zero. Records of batches carry their
 * size likewise, a multiple of 8, at least the first published one. Reserved
 * fields are zero. Addresses are 16 bytes in network byte order, left aligned,
 * zero beyond what the family needs (IPv4 and IPX networks: 4, IPX next hops:
 * 6, IPv6: all); everything else is in machine byte order. The layout is the
 * same for 32-bit and 64-bit programs.
 *
 * Privilege. Opening the device for reading is enough for WATCH, LOOKUP, GET,
 * ENUM_*, STATS, CLIENTS, PRIO_GET and LIMIT_GET. DEQUEUE, DEREGISTER and
 * ENUM_CLOSE need only the handle. The others need a file opened for writing
 * and CAP_NET_ADMIN. The tables are those of the opener's network namespace.
 *
 * Handles are numbers above zero, valid on the file that gave them until they
 * are deregistered or closed, or the file is. When the last reference to the
 * file goes, so does everything its clients own.
 *
 * poll() says EPOLLIN while a client registered on the file has a message, or had
 * one that was overtaken: a dequeue may find none.
 */
#ifndef _UAPI_LINUX_RTM_H
#define _UAPI_LINUX_RTM_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define RTM_IOC_TYPE		0xBD

#define RTM_IOC_REGISTER	_IO(RTM_IOC_TYPE, 0x00)
#define RTM_IOC_WATCH		_IO(RTM_IOC_TYPE, 0x01)
#define RTM_IOC_DEREGISTER	_IO(RTM_IOC_TYPE, 0x02)
#define RTM_IOC_ADD		_IO(RTM_IOC_TYPE, 0x03)
#define RTM_IOC_DELETE		_IO(RTM_IOC_TYPE, 0x04)
#define RTM_IOC_BLOCK_DELETE	_IO(RTM_IOC_TYPE, 0x05)
#define RTM_IOC_DEQUEUE		_IO(RTM_IOC_TYPE, 0x06)
#define RTM_IOC_LOOKUP		_IO(RTM_IOC_TYPE, 0x07)
#define RTM_IOC_GET		_IO(RTM_IOC_TYPE, 0x08)
#define RTM_IOC_ENUM_OPEN	_IO(RTM_IOC_TYPE, 0x09)
#define RTM_IOC_ENUM_NEXT	_IO(RTM_IOC_TYPE, 0x0a)
#define RTM_IOC_ENUM_CLOSE	_IO(RTM_IOC_TYPE, 0x0b)
#define RTM_IOC_PRIO_GET	_IO(RTM_IOC_TYPE, 0x0c)
#define RTM_IOC_PRIO_SET	_IO(RTM_IOC_TYPE, 0x0d)
#define RTM_IOC_LIMIT_GET	_IO(RTM_IOC_TYPE, 0x0e)
#define RTM_IOC_LIMIT_SET	_IO(RTM_IOC_TYPE, 0x0f)
#define RTM_IOC_STATS		_IO(RTM_IOC_TYPE, 0x10)
#define RTM_IOC_CLIENTS		_IO(RTM_IOC_TYPE, 0x11)

/* Most records a call takes. */
#define RTM_BATCH_MAX		(1U << 20)

/* Families, with the numbers of RTM version 1, which has no IPv6. */
#define RTM_FAMILY_IPX		0
#define RTM_FAMILY_IP		1
#define RTM_FAMILY_IPV6		2

/* Times to live, in seconds. */
#define RTM_TTL_INFINITE	0xffffffffU
#define RTM_TTL_MAX		2147483U

/**
 * struct rtm_route_rec - a route, as it is given and as it is told
 * @protocol: routing protocol that owns it. Out; in only as criterion
 * @interface: interface index
 * @network: destination
 * @next_hop: next hop (IPX: MAC address in the first 6 bytes)
 * @prefix_len: length of the destination in bits; 32 for IPX
 * @reserved: zero
 * @next_hop_mask: mask that came with an IPv4 next hop, or prefix length with
 *	an IPv6 one; network byte order. Kept, and no part of the route's
 *	identity; zero for IPX
 * @psd: protocol-specific data, opaque; changing it alone tells nobody
 * @type: RFC 1354 type: 1 other, 2 invalid, 3 local, 4 remote
 * @policy: opaque
 * @next_hop_as: opaque
 * @priority: priority of @protocol. Out; ignored in
 * @metric: lower is better (IPX: ticks, 16 bits)
 * @metric1: opaque (IPX: hops, 16 bits, lower is better among equal ticks)
 * @metric2: opaque, zero for IPX, as are the following three
 * @metric3: opaque
 * @metric4: opaque
 * @metric5: opaque
 * @flags: opaque, bit 0 is "valid" among clients
 * @ttl: in: seconds to live, 1 to RTM_TTL_MAX, or RTM_TTL_INFINITE. Out:
 *	whole seconds left, 0 in the last one
 * @stamp: when the route was added or last updated, nanoseconds of the
 *	caller's CLOCK_BOOTTIME. Out; ignored in
 * @sequence: a sequence number of the table: what the record says is not
 *	older. Out; ignored in
 *
 * Identity inside a table: network, prefix_len, protocol, interface, next_hop.
 * Unused fields of IPX (type, policy, next_hop_as) are zero.
 */
struct rtm_route_rec {
	__u32 protocol;
	__u32 interface;
	__u8 network[16];
	__u8 next_hop[16];
	__u8 prefix_len;
	__u8 reserved[3];
	__be32 next_hop_mask;
	__u32 psd[4];
	__u32 type;
	__u32 policy;
	__u32 next_hop_as;
	__u32 priority;
	__u32 metric;
	__u32 metric1;
	__u32 metric2;
	__u32 metric3;
	__u32 metric4;
	__u32 metric5;
	__u32 flags;
	__u32 ttl;
	__aligned_u64 stamp;
	__aligned_u64 sequence;
};

/* rtm_change_rec.change: what happened to a destination's best route. */
#define RTM_CHANGE_CURRENT	(1U << 0)	/* cur holds */
#define RTM_CHANGE_PREVIOUS	(1U << 1)	/* prev holds */
#define RTM_CHANGE_MERGED	(1U << 2)	/* stands for several changes */

/**
 * struct rtm_change_rec - result of an add or delete; a change message
 * @error: result: 0 or a negative errno, then the rest is zero; message: 0
 * @change: RTM_CHANGE_*: CURRENT alone: the destination got its first route;
 *	both: the best route changed; PREVIOUS alone: the last one went; none:
 *	the best route is what it was
 * @sequence: the table's sequence number as of which @cur is true for
 *	this destination. Of two that concern one destination the one with the
 *	greater number is newer; a merged message may have a greater one than
 *	later messages of other destinations
 * @cur: best route from now on
 * @prev: best route until now; of a merged message, the one that this
 *	client was last told. If that was none, and there is none now, it may be
 *	one that came and went
 */
struct rtm_change_rec {
	__s32 error;
	__u32 change;
	__aligned_u64 sequence;
	struct rtm_route_rec cur;
	struct rtm_route_rec prev;
};

/* rtm_register.flags */
#define RTM_CLIENT_SINGLE_ROUTE	(1U << 0)	/* one route a destination */
#define RTM_CLIENT_NOTIFY	(1U << 1)	/* queue change messages */
#define RTM_CLIENT_WATCHER	(1U << 2)	/* out, in rtm_client_info only */

/**
 * struct rtm_register - RTM_IOC_REGISTER: become the client of a protocol
 * @size: sizeof(struct rtm_register)
 * @family: RTM_FAMILY_*
 * @protocol: routing protocol id
 * @flags: RTM_CLIENT_SINGLE_ROUTE, RTM_CLIENT_NOTIFY
 * @client: out: handle
 * @reserved: zero
 * @sequence: out: messages begin after this sequence number
 *
 * Waits, killably, while a former client of the protocol is being torn down,
 * which counts towards the limits until then: ENOSPC and EDQUOT do not wait.
 */
struct rtm_register {
	__u32 size;
	__u32 family;
	__u32 protocol;
	__u32 flags;
	__u32 client;
	__u32 reserved;
	__aligned_u64 sequence;
};

/**
 * struct rtm_watch - RTM_IOC_WATCH: be told of changes, own nothing
 * @size: sizeof(struct rtm_watch)
 * @family: RTM_FAMILY_*
 * @client: out: handle, for DEQUEUE and DEREGISTER
 * @reserved: zero
 * @sequence: out: messages begin after this sequence number
 */
struct rtm_watch {
	__u32 size;
	__u32 family;
	__u32 client;
	__u32 reserved;
	__aligned_u64 sequence;
};

/**
 * struct rtm_handle - RTM_IOC_DEREGISTER, RTM_IOC_ENUM_CLOSE
 * @size: sizeof(struct rtm_handle)
 * @handle: client or enumeration
 *
 * Deregistering deletes the client's routes, tells the others, and returns
 * when it is done.
 */
struct rtm_handle {
	__u32 size;
	__u32 handle;
};

/**
 * struct rtm_update - RTM_IOC_ADD, RTM_IOC_DELETE
 * @size: sizeof(struct rtm_update)
 * @client: handle of the client that owns the routes
 * @flags: zero
 * @count: number of records, at most RTM_BATCH_MAX
 * @route_size: sizeof(struct rtm_route_rec)
 * @result_size: 0: no results; 16: error, change and sequence of each;
 *	sizeof(struct rtm_change_rec): all
 * @routes: address of struct rtm_route_rec[count]
 * @results: address of @count results of @result_size bytes
 * @done: in and out: number of records dealt with. Zero at first
 * @reserved: zero
 *
 * A route that exists is updated in place. Delete reads network, prefix_len,
 * interface and next_hop, of a single-route client the first two alone. With
 * results, an error of a record is its result and the batch goes on; without,
 * the batch stops at the record and the call returns the error.
 */
struct rtm_update {
	__u32 size;
	__u32 client;
	__u32 flags;
	__u32 count;
	__u32 route_size;
	__u32 result_size;
	__aligned_u64 routes;
	__aligned_u64 results;
	__u32 done;
	__u32 reserved;
};

#define RTM_RESULT_SHORT	16

/* Criteria, with the numbers of RTM version 1: what must be equal. */
#define RTM_MATCH_NETWORK	(1U << 0)	/* network, prefix_len */
#define RTM_MATCH_INTERFACE	(1U << 1)
#define RTM_MATCH_PROTOCOL	(1U << 2)
#define RTM_MATCH_BEST		(1U << 3)	/* best routes only */

/**
 * struct rtm_block_delete - RTM_IOC_BLOCK_DELETE
 * @size: sizeof(struct rtm_block_delete)
 * @client: handle of the client that owns the routes
 * @match: RTM_MATCH_*; MATCH_BEST has no effect
 * @reserved: zero
 * @deleted: in and out: number of routes deleted. Zero at first
 * @criteria: read as far as @match says
 *
 * Everybody is told, the caller too. ESRCH if nothing matched.
 */
struct rtm_block_delete {
	__u32 size;
	__u32 client;
	__u32 match;
	__u32 reserved;
	__aligned_u64 deleted;
	struct rtm_route_rec criteria;
};

/* rtm_dequeue.flags, out */
#define RTM_DEQUEUE_MORE	(1U << 0)	/* messages are left */

/**
 * struct rtm_dequeue - RTM_IOC_DEQUEUE: take change messages, oldest first
 * @size: sizeof(struct rtm_dequeue)
 * @client: handle
 * @count: most messages to take, at most RTM_BATCH_MAX
 * @message_size: sizeof(struct rtm_change_rec)
 * @messages: address of struct rtm_change_rec[count]
 * @done: in and out: number of messages taken. Zero at first
 * @flags: out: RTM_DEQUEUE_MORE. Zero at first
 * @sequence: out: with ENOBUFS, where the queue starts afresh
 *
 * Never waits. No message: done is 0 and flags too. ENOBUFS, once: the
 * client fell behind its limit, or it was registered without CAP_NET_ADMIN and was
 * one of too many behind the window; all its messages are gone, the next ones begin
 * after @sequence, which is now, and it must enumerate the table before the next
 * call: until then, as before the first, no change is left out because another
 * one undoes it.
 */
struct rtm_dequeue {
	__u32 size;
	__u32 client;
	__u32 count;
	__u32 message_size;
	__aligned_u64 messages;
	__u32 done;
	__u32 flags;
	__aligned_u64 sequence;
};

/**
 * struct rtm_lookup_rec - one look-up
 * @error: out: 0, -ESRCH, or -EINVAL for a destination that is none
 * @reserved: zero
 * @route: in: network and prefix_len; out: the best route of the destination
 */
struct rtm_lookup_rec {
	__s32 error;
	__u32 reserved;
	struct rtm_route_rec route;
};

/* rtm_lookup.flags */
#define RTM_LOOKUP_LONGEST	(1U << 0)	/* longest match, else exact */

/**
 * struct rtm_lookup - RTM_IOC_LOOKUP
 * @size: sizeof(struct rtm_lookup)
 * @family: RTM_FAMILY_*
 * @flags: RTM_LOOKUP_LONGEST: route.network is an address, route.prefix_len
 *	the greatest length that may match
 * @count: number of records, at most RTM_BATCH_MAX
 * @record_size: sizeof(struct rtm_lookup_rec)
 * @done: in and out: number of records dealt with. Zero at first
 * @records: address of struct rtm_lookup_rec[count]
 *
 * Each answer was true at a moment during the call.
 */
struct rtm_lookup {
	__u32 size;
	__u32 family;
	__u32 flags;
	__u32 count;
	__u32 record_size;
	__u32 done;
	__aligned_u64 records;
};

/* rtm_get.flags */
#define RTM_GET_AFTER		(1U << 0)	/* begin after position */

/**
 * struct rtm_get - RTM_IOC_GET: walk in order, without a handle
 * @size: sizeof(struct rtm_get)
 * @family: RTM_FAMILY_*
 * @match: RTM_MATCH_*, against @position
 * @flags: RTM_GET_AFTER: only routes after @position (network, prefix_len,
 *	protocol, interface, next_hop; the route itself need not exist), and
 *	with RTM_MATCH_BEST only those of destinations after its own. Out: set
 *	once a route was taken, so that the call as it stands goes on
 * @count: most routes to take, at most RTM_BATCH_MAX
 * @route_size: sizeof(struct rtm_route_rec)
 * @routes: address of struct rtm_route_rec[count]
 * @done: in and out: number of routes taken. Zero at first
 * @reserved: zero
 * @sequence: out: the table's sequence number when the call ended
 * @position: criteria and position. Out: the last route taken
 *
 * The order is by network, prefix_len, protocol, interface, next_hop. ESRCH
 * if there is none.
 */
struct rtm_get {
	__u32 size;
	__u32 family;
	__u32 match;
	__u32 flags;
	__u32 count;
	__u32 route_size;
	__aligned_u64 routes;
	__u32 done;
	__u32 reserved;
	__aligned_u64 sequence;
	struct rtm_route_rec position;
};

/**
 * struct rtm_enum_open - RTM_IOC_ENUM_OPEN
 * @size: sizeof(struct rtm_enum_open)
 * @family: RTM_FAMILY_*
 * @match: RTM_MATCH_*
 * @handle: out: enumeration
 * @sequence: out: the table's sequence number
 * @criteria: read as far as @match says
 *
 * ESRCH if nothing matches now.
 */
struct rtm_enum_open {
	__u32 size;
	__u32 family;
	__u32 match;
	__u32 handle;
	__aligned_u64 sequence;
	struct rtm_route_rec criteria;
};

/**
 * struct rtm_enum_next - RTM_IOC_ENUM_NEXT
 * @size: sizeof(struct rtm_enum_next)
 * @handle: enumeration
 * @count: most routes to take, at most RTM_BATCH_MAX
 * @route_size: sizeof(struct rtm_route_rec)
 * @routes: address of struct rtm_route_rec[count]
 * @done: in and out: number of routes taken. Zero at first
 * @reserved: zero
 * @sequence: out: the table's sequence number when the call ended; as long as
 *	it is the one of ENUM_OPEN, no best route has changed
 *
 * A route that matches from ENUM_OPEN to the end is returned exactly once.
 * ESRCH at the end.
 */
struct rtm_enum_next {
	__u32 size;
	__u32 handle;
	__u32 count;
	__u32 route_size;
	__aligned_u64 routes;
	__u32 done;
	__u32 reserved;
	__aligned_u64 sequence;
};

/* rtm_prio_rec.protocol: all protocols that have no entry. */
#define RTM_PROTOCOL_OTHERS	0xffffffffU

/**
 * struct rtm_prio_rec - priority of a protocol
 * @protocol: routing protocol id, or RTM_PROTOCOL_OTHERS
 * @priority: lower is better
 */
struct rtm_prio_rec {
	__u32 protocol;
	__u32 priority;
};

/**
 * struct rtm_prio - RTM_IOC_PRIO_GET, RTM_IOC_PRIO_SET
 * @size: sizeof(struct rtm_prio)
 * @family: RTM_FAMILY_*
 * @count: number of records, at most RTM_PRIO_MAX
 * @record_size: sizeof(struct rtm_prio_rec)
 * @records: address of struct rtm_prio_rec[count]
 * @total: of PRIO_GET, out: number of entries in the table,
 *	RTM_PROTOCOL_OTHERS included; of PRIO_SET zero
 * @reserved: zero
 *
 * PRIO_GET writes the first @count entries in the order of protocols. PRIO_SET
 * applies all records or none, re-elects, tells everybody, and returns when
 * that is done.
 */
struct rtm_prio {
	__u32 size;
	__u32 family;
	__u32 count;
	__u32 record_size;
	__aligned_u64 records;
	__u32 total;
	__u32 reserved;
};

#define RTM_PRIO_MAX		256

/* rtm_limit.id */
#define RTM_LIMIT_ROUTES		0	/* routes of the namespace */
#define RTM_LIMIT_CLIENT_ROUTES		1	/* routes of a client */
#define RTM_LIMIT_DEST_ROUTES		2	/* routes of a destination */
#define RTM_LIMIT_CLIENTS		3	/* clients of the namespace */
#define RTM_LIMIT_USER_CLIENTS		4	/* clients of a user in it */
#define RTM_LIMIT_FILE_ENUMS		5	/* enumerations of a file */
#define RTM_LIMIT_USER_ENUMS		6	/* enumerations of a user */
#define RTM_LIMIT_WINDOW		7	/* messages told one by one */
#define RTM_LIMIT_BACKLOG		8	/* messages kept for a client */

/**
 * struct rtm_limit - RTM_IOC_LIMIT_GET, RTM_IOC_LIMIT_SET
 * @size: sizeof(struct rtm_limit)
 * @id: RTM_LIMIT_*
 * @client: with RTM_LIMIT_BACKLOG: a client of this file, whose own limit it
 *	is then; otherwise 0
 * @reserved: zero
 * @value: the limit; the window and a backlog are 1 at the least
 * @used: of LIMIT_GET, out: how much of it is used now; 0 where there is no one
 *	answer. Of LIMIT_SET zero
 *
 * What exceeds a lowered limit stays; it just does not grow. But a client that has
 * more messages waiting than its backlog allows has lost them.
 */
struct rtm_limit {
	__u32 size;
	__u32 id;
	__u32 client;
	__u32 reserved;
	__aligned_u64 value;
	__aligned_u64 used;
};

/**
 * struct rtm_stats - RTM_IOC_STATS: a table's figures
 * @size: sizeof(struct rtm_stats)
 * @family: RTM_FAMILY_*
 * @destinations: destinations with a route
 * @routes: routes
 * @clients: clients, watchers included
 * @records: change records held for clients that have not read them
 * @sequence: changes of best routes since the table was made
 * @delivered: messages taken
 * @merged: changes that were merged into another message
 * @cancelled: messages that are told to nobody since what followed undid them
 * @restarts: times that a client lost its messages
 * @expired: routes that aged out
 * @bytes: memory of routes, attributes, destinations, nodes and records
 * @node_bytes: memory of the tree and of what is compiled of it, in @bytes
 */
struct rtm_stats {
	__u32 size;
	__u32 family;
	__aligned_u64 destinations;
	__aligned_u64 routes;
	__aligned_u64 clients;
	__aligned_u64 records;
	__aligned_u64 sequence;
	__aligned_u64 delivered;
	__aligned_u64 merged;
	__aligned_u64 cancelled;
	__aligned_u64 restarts;
	__aligned_u64 expired;
	__aligned_u64 bytes;
	__aligned_u64 node_bytes;
};

/**
 * struct rtm_client_info - a client
 * @family: RTM_FAMILY_*
 * @protocol: routing protocol id; of a watcher 0
 * @flags: RTM_CLIENT_*
 * @pid: process that registered, in the caller's pid namespace; 0: not there
 * @comm: its name then
 * @routes: routes it has
 * @pending: messages that wait for it, an upper bound
 * @delivered: messages it took
 * @restarts: times that it lost its messages
 */
struct rtm_client_info {
	__u32 family;
	__u32 protocol;
	__u32 flags;
	__s32 pid;
	__u8 comm[16];
	__aligned_u64 routes;
	__aligned_u64 pending;
	__aligned_u64 delivered;
	__aligned_u64 restarts;
};

/**
 * struct rtm_clients - RTM_IOC_CLIENTS: the clients of the namespace
 * @size: sizeof(struct rtm_clients)
 * @count: number of records, at most RTM_BATCH_MAX
 * @record_size: sizeof(struct rtm_client_info)
 * @done: out: number of records written
 * @records: address of struct rtm_client_info[count]
 * @cursor: in and out: where to go on; 0: from the start
 * @reserved: zero
 *
 * No more clients: done is 0.
 */
struct rtm_clients {
	__u32 size;
	__u32 count;
	__u32 record_size;
	__u32 done;
	__aligned_u64 records;
	__u32 cursor;
	__u32 reserved;
};

#endif /* _UAPI_LINUX_RTM_H */
