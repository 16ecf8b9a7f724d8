// SPDX-License-Identifier: LGPL-2.1-or-later
#include <sched.h>

#include "shim.h"
#include "reclaim.h"

_Thread_local struct mutex *shim_held;
_Thread_local int shim_reading;

unsigned int shim_fail_one_in;
u64 shim_fail_state = SHIM_FAIL_STATE;
unsigned long shim_failed;

struct kmem_cache {
	size_t size;
	size_t objects;
};

/* In front of every object, so that it can be freed by address alone. */
struct object {
	_Alignas(max_align_t) struct kmem_cache *cache;
	size_t size;
	char data[];
};

static struct kmem_cache kmalloc_cache;

static size_t live_bytes;

/* Odd while the reader is inside; 0 while there is none. */
static atomic_ulong reader_seq;
static _Thread_local bool is_reader;

#define RETIRED_MAX	64
static void *retired[RETIRED_MAX];
static unsigned int nr_retired;

void mutex_init(struct mutex *lock)
{
	pthread_mutex_init(&lock->m, NULL);
}

void mutex_lock(struct mutex *lock)
{
	assert(!shim_held);
	pthread_mutex_lock(&lock->m);
	shim_held = lock;
}

void mutex_unlock(struct mutex *lock)
{
	assert(shim_held == lock);
	shim_held = NULL;
	pthread_mutex_unlock(&lock->m);
}

/*
 * Sequentially consistent read-modify-writes order the reader's loads after
 * its entry, and the writer's look at the sequence after its unlinking. A
 * fence would too, but ThreadSanitizer does not understand fences.
 */
void rcu_read_lock(void)
{
	shim_reading++;
	if (is_reader)
		atomic_fetch_add(&reader_seq, 1);
}

void rcu_read_unlock(void)
{
	if (is_reader)
		atomic_fetch_add(&reader_seq, 1);
	shim_reading--;
}

void shim_reader_start(void)
{
	is_reader = true;
	atomic_store(&reader_seq, 2);
}

void shim_reader_stop(void)
{
	is_reader = false;
	atomic_store(&reader_seq, 0);
}

void rcu_barrier(void)
{
	unsigned long seq = atomic_fetch_add(&reader_seq, 0);

	assert(!shim_reading);
	while (seq % 2 && atomic_load(&reader_seq) == seq)
		sched_yield();
	while (nr_retired)
		kfree(retired[--nr_retired]);
}

/*
 * Without a reader the object goes at once, so that AddressSanitizer sees a
 * writer that uses what it has retired.
 */
void rtm_retire(struct rtm_reclaim *rc, void *obj)
{
	(void)rc;
	retired[nr_retired++] = obj;
	if (!atomic_load(&reader_seq) || nr_retired == RETIRED_MAX)
		rcu_barrier();
}

void rtm_retire_all(struct rtm_reclaim *rc, void **objs, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		rtm_retire(rc, objs[i]);
}

void rtm_reclaim_flush(struct rtm_reclaim *rc)
{
	(void)rc;
}

void rtm_reclaim_throttle(struct rtm_reclaim *rc)
{
	(void)rc;
}

struct kmem_cache *kmem_cache_create(const char *name, size_t size,
				     size_t align, unsigned int flags,
				     void (*ctor)(void *))
{
	struct kmem_cache *cache = malloc(sizeof(*cache));

	assert(name && !align && !flags && !ctor && cache);
	cache->size = size;
	cache->objects = 0;
	return cache;
}

void kmem_cache_destroy(struct kmem_cache *cache)
{
	assert(!cache || !cache->objects);
	free(cache);
}

static void *shim_alloc(struct kmem_cache *cache, size_t size, gfp_t gfp)
{
	struct object *o;

	/* A client is charged, but for what is done on nobody's behalf. */
	assert(!(gfp & __GFP_ACCOUNT) == !!(gfp & __GFP_NOMEMALLOC));
	assert(!(gfp & GFP_KERNEL) || !shim_reading);
	if (shim_fail_one_in) {
		shim_fail_state ^= shim_fail_state << 13;
		shim_fail_state ^= shim_fail_state >> 7;
		shim_fail_state ^= shim_fail_state << 17;
		if (shim_fail_state % shim_fail_one_in == 0) {
			shim_failed++;
			return NULL;
		}
	}
	o = malloc(sizeof(*o) + size);
	assert(o);
	o->cache = cache;
	o->size = size;
	cache->objects++;
	live_bytes += size;
#ifndef SHIM_FAST
	memset(o->data, 0xa5, size);
#endif
	return o->data;
}

void *kmalloc(size_t size, gfp_t gfp)
{
	return shim_alloc(&kmalloc_cache, size, gfp);
}

void *kzalloc(size_t size, gfp_t gfp)
{
	void *obj = kmalloc(size, gfp);

	return obj ? memset(obj, 0, size) : NULL;
}

void *kmem_cache_alloc(struct kmem_cache *cache, gfp_t gfp)
{
	return shim_alloc(cache, cache->size, gfp);
}

void *kmem_cache_zalloc(struct kmem_cache *cache, gfp_t gfp)
{
	void *obj = kmem_cache_alloc(cache, gfp);

	return obj ? memset(obj, 0, cache->size) : NULL;
}

void kfree(void *obj)
{
	struct object *o;

	if (!obj)
		return;
	o = (struct object *)((char *)obj - offsetof(struct object, data));
	o->cache->objects--;
	live_bytes -= o->size;
	free(o);
}

void kmem_cache_free(struct kmem_cache *cache, void *obj)
{
	struct object *o = (struct object *)((char *)obj -
					     offsetof(struct object, data));

	assert(o->cache == cache);
	kfree(obj);
}

size_t shim_live_bytes(void)
{
	return live_bytes;
}
