// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Handles: numbers, looked up in a table and never dereferenced.
 *
 * A handle is a generation, a kind and an index. Free places are taken in the
 * order they became free, and each time with another generation. Generation
 * and index are masked by a random number of the process's own: what another
 * one has is as good as made up. A kind is neither all zeros nor all ones, so
 * no handle is NULL or INVALID_HANDLE_VALUE.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "handle.h"
#include "lock.h"

#define INDEX_BITS	16
#define KIND_BITS	3
#define INDEX_MASK	((1U << INDEX_BITS) - 1)
#define KIND_MASK	((1U << KIND_BITS) - 1)
#define PLACES_FIRST	64U
#define PLACES_MAX	INDEX_MASK
#define NO_PLACE	INDEX_MASK
#define GOLDEN_RATIO	0x9e3779b97f4a7c15ULL

struct place {
	struct object *object;		/* NULL: free */
	uintptr_t generation;
	unsigned int next_free;
};

static struct lock lock = LOCK_INIT;
static uintptr_t mask;			/* all under the lock */
static struct place *places;
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

/* Never waits for randomness. Without any, the next best: who, and when. */
static void draw_mask(void)
{
	struct timespec t;
	uint64_t seed;

	if (getrandom(&mask, sizeof(mask), GRND_NONBLOCK) != sizeof(mask)) {
		clock_gettime(CLOCK_MONOTONIC, &t);
		seed = (uint64_t)getpid() << 40;
		seed ^= t.tv_sec * 1000000000ULL + t.tv_nsec;
		seed *= GOLDEN_RATIO;
		mask = seed ^ seed >> 32;
	}
	mask &= ~((uintptr_t)KIND_MASK << INDEX_BITS);
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

	if (!number_of_places)
		draw_mask();
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

/* Of a place that is in use. */
static HANDLE handle_of(unsigned int index)
{
	uintptr_t number = places[index].generation;

	number = number << KIND_BITS | places[index].object->kind;
	number = number << INDEX_BITS | index;
	return (HANDLE)(number ^ mask);
}

HANDLE handle_new(struct object *object)
{
	HANDLE handle = NULL;
	unsigned int index;

	lock_take(&lock);
	if (first_free != NO_PLACE || more_places()) {
		index = first_free;
		first_free = places[index].next_free;
		places[index].object = object;
		handle = handle_of(index);
	}
	lock_drop(&lock);
	return handle;
}

static struct place *find_place(HANDLE handle, enum handle_kind kind)
{
	unsigned int index = ((uintptr_t)handle ^ mask) & INDEX_MASK;
	struct object *object;

	if (index >= number_of_places)
		return NULL;
	object = places[index].object;
	if (!object || object->kind != kind || handle_of(index) != handle)
		return NULL;
	return &places[index];
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
	draw_mask();
}
