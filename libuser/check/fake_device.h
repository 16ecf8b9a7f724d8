/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A stand-in for /dev/rtm, which the linker puts under the library: it notes
 * what it is asked and answers what the test says. Its files are counters, so
 * that they can be polled and counted.
 */
#ifndef CHECK_FAKE_DEVICE_H
#define CHECK_FAKE_DEVICE_H

#include <stdbool.h>
#include <stdint.h>

#include <linux/rtm.h>

#define FAKE_RECORDS	1024U

struct fake {
	int open_error;			/* of every open */
	bool read_only;			/* opening for writing is EACCES */
	int error;			/* of every ioctl */
	int interrupted;		/* ioctls that EINTR comes to first */
	uint32_t stop_after;		/* updates: fail at the record after */
	uint32_t messages;		/* how many wait */
	int64_t now;			/* milliseconds of any clock; 0: real */
	bool no_random;			/* getrandom() is EAGAIN */

	unsigned int opens;
	int open_flags;			/* of the last one */
	int last_fd;
	unsigned int ioctls;
	unsigned long command;		/* of the last ioctl */
	uint32_t handle;
	int live;			/* clients and enumerations */
	uint32_t count;
	uint32_t flags;
	uint32_t match;
	uint32_t result_size;
	uint64_t sequence;
	uint32_t records;
	struct rtm_route_rec record[FAKE_RECORDS];	/* given by the caller */
	struct rtm_route_rec answer;			/* given to the caller */
};

extern struct fake fake;

/* As a change message would. */
void fake_signal(int fd, bool on);

#endif
