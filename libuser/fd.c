// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Descriptors, and what becomes of them in a forked child.
 *
 * The child closes them all and forgets all handles and the clock. To find its
 * state whole, fork() takes every lock of the library first, but for those of
 * enumerations, which it has none of; and since the descriptors of a parent
 * must not stay open in a child, nothing is opened or closed meanwhile.
 */
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <unistd.h>

#include "event.h"
#include "fd.h"
#include "handle.h"
#include "lock.h"
#include "stamp.h"

static struct lock fork_lock = LOCK_INIT;
static struct fd *fds;			/* under fork_lock */
static bool prepared;			/* under fork_lock */

static void before_fork(void)
{
	lock_take(&fork_lock);
	event_lock();
	handle_lock();
}

static void after_fork(void)
{
	handle_unlock();
	event_unlock();
	lock_drop(&fork_lock);
}

static void close_owned(struct fd *fd)
{
	close(fd->fd);
	__atomic_store_n(&fd->fd, -1, __ATOMIC_RELEASE);
	*fd->link = fd->next;
	if (fd->next)
		fd->next->link = fd->link;
}

static void after_fork_in_child(void)
{
	int state;

	while (fds)
		close_owned(fds);
	after_fork();
	/* fork() is no cancellation point, but to ask for randomness is one. */
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
	handle_forget_all();
	stamp_forget();
	pthread_setcancelstate(state, NULL);
}

static int prepare(void)
{
	int err = 0;

	if (!prepared)
		err = pthread_atfork(before_fork, after_fork,
				     after_fork_in_child);
	prepared = !err;
	return -err;
}

/*
 * Before the program's own handlers: so its children find the library whole in
 * theirs, and a fork that has begun does not miss what is opened meanwhile.
 */
__attribute__((constructor)) static void at_load(void)
{
	prepare();
}

int fd_lock(void)
{
	int err;

	lock_take(&fork_lock);
	err = prepare();
	if (err)
		lock_drop(&fork_lock);
	return err;
}

void fd_unlock(void)
{
	lock_drop(&fork_lock);
}

void fd_own(struct fd *fd, int number)
{
	fd->next = fds;
	fd->link = &fds;
	if (fds)
		fds->link = &fd->next;
	fds = fd;
	__atomic_store_n(&fd->fd, number, __ATOMIC_RELEASE);
}

void fd_close(struct fd *fd)
{
	lock_take(&fork_lock);
	if (fd->fd >= 0)
		close_owned(fd);
	lock_drop(&fork_lock);
}
