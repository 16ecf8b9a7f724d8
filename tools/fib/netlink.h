/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Three rtnetlink sockets: one that changes routes, one that reads tables, and
 * one that hears of what others change. Messages can be lost on each of them:
 * what they say is a hint, and what is read is the truth.
 */
#ifndef RTMFIB_NETLINK_H
#define RTMFIB_NETLINK_H

#include <linux/netlink.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The most that one call of netlink_change() takes. */
#define CHANGES_MAX 256

/* errno of a change of which the kernel's word was lost */
#define EUNKNOWN EOVERFLOW

/*
 * Opens all three, with receive buffers of @bytes, or of the kernel's own size
 * if that is 0. Ends the program where that is not possible.
 */
void netlink_open(unsigned int bytes);

/*
 * Where the messages of the next netlink_change() are written, one after the
 * other; NULL: there is no room for @size bytes more, or there are CHANGES_MAX.
 */
void *netlink_room(size_t size);

/* The message that was written there, which has its length. */
void netlink_add(struct nlmsghdr *nlh);

/*
 * Has the kernel make the changes, in their order. Fills @errors, one each: 0,
 * an errno, or EUNKNOWN. Blocks for as long as the kernel works.
 */
void netlink_change(int *errors);

/* The reading socket: one dump at a time. */
int netlink_dump_fd(void);
void netlink_dump_links(void);
void netlink_dump_routes(int family, uint32_t table);

enum dump { DUMP_MORE, DUMP_DONE, DUMP_INTERRUPTED, DUMP_FAILED };

/*
 * Gives some of the dump's messages to @message. DUMP_FAILED: it is over, but
 * was not all of it. DUMP_INTERRUPTED: what was read has changed meanwhile, and
 * some may have been passed over.
 */
enum dump netlink_dump_read(void (*message)(const struct nlmsghdr *nlh));

/* The listening socket; routes that the changing socket changes are not told. */
int netlink_monitor_fd(void);

/*
 * Gives some of the messages to @message. false: messages have been lost
 * since the last call.
 */
bool netlink_monitor_read(void (*message)(const struct nlmsghdr *nlh));

#endif
