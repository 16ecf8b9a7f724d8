/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef LIBRTM_FD_H
#define LIBRTM_FD_H

/*
 * A descriptor of the library's. All that are open are on one list, so that a
 * forked child can close them, those of calls in flight too.
 */
struct fd {
	int fd;				/* -1: closed */
	struct fd *next, **link;	/* under the fork lock */
};

#define FD_CLOSED	{ .fd = -1 }

/* Between the two no fork begins: what is opened is told to fd_own(). */
int fd_lock(void);
void fd_unlock(void);
void fd_own(struct fd *fd, int number);

void fd_close(struct fd *fd);

#endif
