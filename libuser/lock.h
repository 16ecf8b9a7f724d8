/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Locks that a cancelled thread does not leave locked.
 *
 * Order: fork_lock (fd.c), event lock (event.c), handle lock (handle.c). None
 * of these is held across an ioctl or a wait. An enumeration's lock (enum.c),
 * with which no other is taken, is held while its routes are read.
 */
#ifndef LIBRTM_LOCK_H
#define LIBRTM_LOCK_H

#include <pthread.h>

struct lock {
	pthread_mutex_t mutex;
	int cancel_state;		/* of the holder */
};

#define LOCK_INIT	{ .mutex = PTHREAD_MUTEX_INITIALIZER }

static inline void lock_take(struct lock *lock)
{
	int state;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
	pthread_mutex_lock(&lock->mutex);
	lock->cancel_state = state;
}

static inline void lock_drop(struct lock *lock)
{
	int state = lock->cancel_state;

	pthread_mutex_unlock(&lock->mutex);
	pthread_setcancelstate(state, &state);
}

#endif
