/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef LIBRTM_HANDLE_H
#define LIBRTM_HANDLE_H

#include "rtm.h"

enum handle_kind {
	HANDLE_EVENT = 1,
	HANDLE_CLIENT,
	HANDLE_ENUMERATION,
};

/*
 * What a handle stands for. The handle holds a reference, and so does whoever
 * is using the object: descriptors that a call uses stay open until it ends.
 */
struct object {
	unsigned int references;	/* atomic */
	enum handle_kind kind;
	void (*release)(struct object *object);
};

#define object_of(object, type)	((type *)(void *)(object))

void object_get(struct object *object);
void object_put(struct object *object);

/* Takes over the caller's reference; NULL, and it does not, without memory. */
HANDLE handle_new(struct object *object);

/* Returns the object with a reference, or NULL if the handle is not valid. */
struct object *handle_get(HANDLE handle, enum handle_kind kind);

/* Forgets a handle. Returns the object with its reference, or NULL. */
struct object *handle_take(HANDLE handle, enum handle_kind kind);

/* For a forked child. */
void handle_forget_all(void);
void handle_lock(void);
void handle_unlock(void);

#endif
