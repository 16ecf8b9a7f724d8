// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Handles: numbers, looked up in a table and never dereferenced.
 *
 * A handle is a generation, a kind and an index. A kind is not zero, so no
 * handle is NULL; the greatest index is not used, so none is
 * INVALID_HANDLE_VALUE. Free places are taken in the order they became free,
 * and each time with another generation.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "handle.h"
#include "lock.h"

#define INDEX_BITS	16
#define KIND_BITS	2
#define INDEX_MASK	((1U << INDEX_BITS) - 1)
#define KIND_MASK	((1U << KIND_BITS) - 1)
#define PLACES_FIRST	64U
#define PLACES_MAX	INDEX_MASK
#define NO_PLACE	INDEX_MASK

struct place {
	struct object *object;		/* NULL: free */
	uintptr_t generation;
	unsigned int next_free;
};

static struct lock lock = LOCK_INIT;
static struct place *places;		/* all under the lock */
static unsigned int number_of_places;
static unsigned int first_free = NO_PLACE, last_free = NO_PLACE;

void handle_lock(void)
{
	lock_take(&lock);
}

void handle_unlock(void)
{
	lock_drop(&lock);
}

void object_get(struct object *object)
{
	__atomic_add_fetch(&object->references, 1, __ATOMIC_RELAXED);
}

void object_put(struct object *object)
{
	if (!__atomic_sub_fetch(&object->references, 1, __ATOMIC_ACQ_REL))
		object->release(object);
}

static void free_place(unsigned int index)
{
	places[index].object = NULL;
	places[index].generation++;
	places[index].next_free = NO_PLACE;
	if (first_free == NO_PLACE)
		first_free = index;
	else
		places[last_free].next_free = index;
	last_free = index;
}

static bool more_places(void)
{
	unsigned int n = number_of_places ? number_of_places * 2 : PLACES_FIRST;
	struct place *more;

	if (n > PLACES_MAX)
		n = PLACES_MAX;
	if (n == number_of_places)
		return false;
	more = realloc(places, n * sizeof(*more));
	if (!more)
		return false;
	places = more;
	while (number_of_places < n) {
		places[number_of_places].generation = 0;
		free_place(number_of_places++);
	}
	return true;
}

HANDLE handle_new(struct object *object)
{
	uintptr_t handle = 0;
	unsigned int index;

	lock_take(&lock);
	if (first_free != NO_PLACE || more_places()) {
		index = first_free;
		first_free = places[index].next_free;
		places[index].object = object;
		handle = places[index].generation << (INDEX_BITS + KIND_BITS) |
			 (uintptr_t)object->kind << INDEX_BITS | index;
	}
	lock_drop(&lock);
	return (HANDLE)handle;
}

static struct place *find_place(HANDLE handle, enum handle_kind kind)
{
	uintptr_t number = (uintptr_t)handle;
	unsigned int index = number & INDEX_MASK;
	uintptr_t generation = number >> (INDEX_BITS + KIND_BITS);
	struct place *place;

	if ((number >> INDEX_BITS & KIND_MASK) != kind ||
	    index >= number_of_places)
		return NULL;
	place = &places[index];
	if (!place->object || place->object->kind != kind ||
	    generation != place->generation << (INDEX_BITS + KIND_BITS) >>
			  (INDEX_BITS + KIND_BITS))
		return NULL;
	return place;
}

struct object *handle_get(HANDLE handle, enum handle_kind kind)
{
	struct object *object = NULL;
	struct place *place;

	lock_take(&lock);
	place = find_place(handle, kind);
	if (place) {
		object = place->object;
		object_get(object);
	}
	lock_drop(&lock);
	return object;
}

struct object *handle_take(HANDLE handle, enum handle_kind kind)
{
	struct object *object = NULL;
	struct place *place;

	lock_take(&lock);
	place = find_place(handle, kind);
	if (place) {
		object = place->object;
		free_place(place - places);
	}
	lock_drop(&lock);
	return object;
}

/* The only thread there is; references of others are never dropped. */
void handle_forget_all(void)
{
	struct object *object;
	unsigned int i;

	for (i = 0; i < number_of_places; i++) {
		object = places[i].object;
		if (!object)
			continue;
		free_place(i);
		object_put(object);
	}
}
