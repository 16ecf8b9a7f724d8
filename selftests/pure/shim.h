/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SHIM_H
#define SHIM_H

/*
 * As much of the kernel as the pure files need: they are compiled unchanged,
 * each <linux/...> they ask for being this file. Locking rules are asserted,
 * allocations fail on request, and a grace period waits for the reader.
 */
#include <assert.h>
#include <endian.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef unsigned long long u64;
typedef unsigned int gfp_t;
typedef u32 __be32;
typedef u64 __be64;
typedef struct { int counter; } atomic_t;

/* The ABI's words for them. */
typedef u8 __u8;
typedef u32 __u32;
typedef int32_t __s32;
typedef u64 __u64;
#define __aligned_u64	__u64 __attribute__((aligned(8)))

#define U16_MAX		UINT16_MAX
#define U32_MAX		UINT32_MAX

/* Of these, the objects under test use nothing. */
struct list_head { struct list_head *next, *prev; };
struct hlist_node { struct hlist_node *next, **pprev; };
struct hlist_head { struct hlist_node *first; };
struct rhash_head { struct rhash_head *next; };
struct rcu_head { void *next; };
struct rhashtable { void *tbl; };
struct work_struct { void *data; };
struct delayed_work { struct work_struct work; };
typedef struct { void *head; } wait_queue_head_t;
typedef struct { int refs; } refcount_t;
#define TASK_COMM_LEN	16

#define CONFIG_64BIT
#define KBUILD_MODNAME	"rtm"
#define __rcu
#define ____cacheline_aligned_in_smp __attribute__((aligned(64)))
#define likely(x)	__builtin_expect(!!(x), 1)
#define unlikely(x)	__builtin_expect(!!(x), 0)

#define fallthrough	__attribute__((fallthrough))

#define prefetch(p)	__builtin_prefetch(p)

#define BIT_ULL(n)	(1ULL << (n))
#define DIV_ROUND_UP(n, d) (((n) + (d) - 1) / (d))
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define min(a, b)	((a) < (b) ? (a) : (b))
#define min3(a, b, c)	min(min(a, b), c)
#define min_t(type, a, b) min((type)(a), (type)(b))
#define hweight8(x)	((unsigned int)__builtin_popcount((u8)(x)))
#define hweight64(x)	((unsigned int)__builtin_popcountll(x))
#define ilog2(x)	(31 - __builtin_clz(x))
#define fls64(x)	((x) ? 64 - __builtin_clzll(x) : 0)
#define __ffs(x)	__builtin_ctz(x)
#define __ffs64(x)	__builtin_ctzll(x)
/* The flexible arrays here are of pointers and pairs of u32. */
#define struct_size(p, member, n) \
	(offsetof(typeof(*(p)), member) + sizeof(void *) * (n))
#define ERR_PTR(e)	((void *)(long)(e))
#define PTR_ERR(p)	((long)(p))
#define IS_ERR(p)	((unsigned long)(p) >= -4095UL)
#define WARN_ON_ONCE(c)	assert(!(c))

#undef static_assert
#define static_assert(c) _Static_assert(c, #c)
#define ALIGN(x, a)	(((x) + (a) - 1) & ~((typeof(x))(a) - 1))
#define IS_ALIGNED(x, a) (!((x) & ((a) - 1)))
#define be64_to_cpu(x)	be64toh(x)
#define cpu_to_be64(x)	htobe64(x)

/* Time stands still; of the reader's namespace it is another. */
#define SHIM_BOOTTIME	1000000ULL
#define SHIM_TIMENS	77ULL
#define NSEC_PER_USEC	1000ULL
#define ktime_get_boottime() SHIM_BOOTTIME
#define ktime_to_us(t)	(t)
#define timens_add_boottime_ns(ns) ((ns) + SHIM_TIMENS)

#define READ_ONCE(x)	__atomic_load_n(&(x), __ATOMIC_RELAXED)
#define WRITE_ONCE(x, v) __atomic_store_n(&(x), v, __ATOMIC_RELAXED)

struct mutex {
	pthread_mutex_t m;
};

extern _Thread_local struct mutex *shim_held;
extern _Thread_local int shim_reading;

void mutex_init(struct mutex *lock);
void mutex_lock(struct mutex *lock);
void mutex_unlock(struct mutex *lock);

#ifdef SHIM_FAST
#define shim_assert(c)	((void)sizeof(c))
#else
#define shim_assert(c)	assert(c)
#endif

#define lockdep_is_held(lock)	(shim_held == (lock))
#define lockdep_assert_held(lock) shim_assert(lockdep_is_held(lock))

void rcu_read_lock(void);
void rcu_read_unlock(void);
void rcu_barrier(void);

#define rcu_dereference_check(p, c) ({				\
	shim_assert((c) || shim_reading);			\
	__atomic_load_n(&(p), __ATOMIC_ACQUIRE);		\
})
#define rcu_dereference_protected(p, c) ({			\
	shim_assert(c);						\
	__atomic_load_n(&(p), __ATOMIC_RELAXED);		\
})
#define rcu_dereference(p)	rcu_dereference_check(p, false)
#define rcu_access_pointer(p) __atomic_load_n(&(p), __ATOMIC_RELAXED)
#define rcu_assign_pointer(p, v) __atomic_store_n(&(p), v, __ATOMIC_RELEASE)
#define RCU_INIT_POINTER(p, v)	__atomic_store_n(&(p), v, __ATOMIC_RELAXED)

#define GFP_KERNEL		0x01U
#define GFP_NOWAIT		0x02U
#define __GFP_NOMEMALLOC	0x10U
#define __GFP_NOWARN		0x04U
#define __GFP_ACCOUNT		0x08U
#define GFP_KERNEL_ACCOUNT	(GFP_KERNEL | __GFP_ACCOUNT)

struct kmem_cache *kmem_cache_create(const char *name, size_t size,
				     size_t align, unsigned int flags,
				     void (*ctor)(void *));
void kmem_cache_destroy(struct kmem_cache *cache);
void *kmem_cache_alloc(struct kmem_cache *cache, gfp_t gfp);
void *kmem_cache_zalloc(struct kmem_cache *cache, gfp_t gfp);
void kmem_cache_free(struct kmem_cache *cache, void *obj);
void *kmalloc(size_t size, gfp_t gfp);
void *kzalloc(size_t size, gfp_t gfp);
void kfree(void *obj);

static inline void *kmalloc_array(size_t n, size_t size, gfp_t gfp)
{
	return kmalloc(n * size, gfp);
}

#define cond_resched()	((void)0)

#define LONG_BITS	(8 * sizeof(long))

static inline void bitmap_fill(unsigned long *map, unsigned int n)
{
	memset(map, 0xff, n / 8);
}

static inline void bitmap_set(unsigned long *map, unsigned int from,
			      unsigned int n)
{
	for (; n; n--, from++)
		map[from / LONG_BITS] |= 1UL << from % LONG_BITS;
}

static inline unsigned int bitmap_weight(const unsigned long *map,
					 unsigned int n)
{
	unsigned int weight = 0;

	for (n /= LONG_BITS; n; n--)
		weight += __builtin_popcountl(map[n - 1]);
	return weight;
}

static inline bool __test_and_set_bit(unsigned int bit, unsigned long *map)
{
	unsigned long *word = &map[bit / LONG_BITS];
	unsigned long mask = 1UL << bit % LONG_BITS;
	bool was = *word & mask;

	*word |= mask;
	return was;
}

static inline bool test_bit(unsigned int bit, const unsigned long *map)
{
	return map[bit / LONG_BITS] >> bit % LONG_BITS & 1;
}

static inline void __clear_bit(unsigned int bit, unsigned long *map)
{
	map[bit / LONG_BITS] &= ~(1UL << bit % LONG_BITS);
}

static inline unsigned int find_next_bit(const unsigned long *map,
					 unsigned int n, unsigned int from)
{
	unsigned long word;

	while (from < n) {
		word = map[from / LONG_BITS] >> from % LONG_BITS;
		if (word)
			return from + __builtin_ctzl(word);
		from = (from / LONG_BITS + 1) * LONG_BITS;
	}
	return n;
}

/* The one reader beside the writer, as grace periods see it. */
void shim_reader_start(void);
void shim_reader_stop(void);

/* Of n allocations one fails on average, of 0 none. The state says which. */
#define SHIM_FAIL_STATE	88172645463325252ULL
extern unsigned int shim_fail_one_in;
extern u64 shim_fail_state;
extern unsigned long shim_failed;

/* What the caches have handed out and the grace periods have not yet freed. */
size_t shim_live_bytes(void);

#endif /* SHIM_H */
