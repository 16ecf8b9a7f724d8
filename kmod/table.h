/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RTM_TABLE_H
#define RTM_TABLE_H

#include <linux/ktime.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/rhashtable-types.h>
#include <linux/timekeeping.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "age.h"
#include "family.h"
#include "log.h"
#include "prio.h"
#include "reclaim.h"
#include "route.h"
#include "trie.h"

struct rtm_net;
struct rtm_route_rec;

#ifndef CONFIG_64BIT
#error "sequence numbers and time stamps are read as single 64-bit words"
#endif
#ifdef CONFIG_SLOB
#error "what is of a slab cache is freed by kfree()"
#endif

/* What is done under one hold of a table's mutex. */
#define RTM_CHUNK		256

/* Routes that rtm_table_remove_group() takes at the most */
#define RTM_REMOVE_GROUP	16U

/**
 * struct rtm_table - the routes of one family in one network namespace
 * @trie: destinations; RCU for readers
 * @family: constants
 * @prio: priorities; RCU for readers
 * @seq: changes of best routes; readers see it grow after what it counts
 * @lock: serialises writers; protects everything below, and what @trie, @prio
 *	and @seq are changed by
 * @net: namespace
 * @now: microseconds of boot time when @lock was taken
 * @bytes: memory of routes, attributes and destinations
 * @nr_dests: destinations with a route
 * @nr_routes: routes
 * @expired: routes that aged out
 * @attrs: interned attributes
 * @clients: by rtm_client.in_table
 * @nr_clients: how many
 * @departed: how many have left; read without @lock by those who wait for it
 * @wait: somebody waits for a client to be gone or for a sweep to end
 * @log: changes
 * @trim: frees what nobody has still to read
 * @wheel: routes that age
 * @reclaim: memory that waits for a grace period
 * @flush: hands to RCU what has not become a full batch
 * @compile: compiles the trie
 * @compiled: rtm_trie.changes when that was last at work
 * @epoch: priorities in force; as wide as rtm_key.mark, and wraps
 * @swept: those that every destination has been elected by
 */
struct rtm_table {
	struct rtm_trie trie;
	const struct rtm_family *family;
	struct rtm_prio_table __rcu *prio;
	u64 seq;

	struct mutex lock ____cacheline_aligned_in_smp;
	struct rtm_net *net;
	u64 now;
	u64 bytes;
	u64 nr_dests;
	u64 nr_routes;
	u64 expired;
	struct rhashtable attrs;
	struct list_head clients;
	u64 nr_clients;
	unsigned int departed;
	wait_queue_head_t wait;
	struct rtm_log log;
	struct work_struct trim;
	struct rtm_wheel wheel;
	struct rtm_reclaim reclaim;
	struct delayed_work flush;
	struct delayed_work compile;
	unsigned int compiled;
	u16 epoch;
	u16 swept;
};

/* An RCU pointer, for who holds the table's mutex. */
#define rtm_locked(table, p) \
	rcu_dereference_protected(p, lockdep_is_held(&(table)->lock))

static inline u64 rtm_now(void)
{
	return ktime_to_us(ktime_get_boottime());
}

/**
 * rtm_dest_prefix() - network and length of a destination
 * @table: its table
 * @dest: the destination; the caller holds the mutex or rcu_read_lock()
 */
static inline struct rtm_prefix rtm_dest_prefix(const struct rtm_table *table,
						const struct rtm_dest *dest)
{
	return rtm_key_prefix(&dest->key, table->family->width);
}

int rtm_table_init(struct rtm_table *table, struct rtm_net *net,
		   const struct rtm_family *family);
void rtm_table_destroy(struct rtm_table *table);

void rtm_table_lock(struct rtm_table *table);
int rtm_table_lock_killable(struct rtm_table *table);
void rtm_table_unlock(struct rtm_table *table);

/**
 * struct rtm_result - what the caller is told of a change that he makes
 * @rec: where
 * @routes: the best routes, too, not only RTM_RESULT_SHORT bytes
 */
struct rtm_result {
	struct rtm_change_rec *rec;
	bool routes;
};

/**
 * struct rtm_fetched - what rtm_table_prefetch() came by
 * @changes: rtm_trie.changes at that time: when it has moved, @dests may be gone
 * @dests: for each of the specs its destination, or another, or NULL
 */
struct rtm_fetched {
	unsigned int changes;
	void *dests[RTM_TRIE_GROUP];
};

void rtm_table_prefetch(const struct rtm_table *table,
			const struct rtm_client *client,
			const struct rtm_route_spec *specs, unsigned int nr,
			struct rtm_fetched *fetched);
struct rtm_dest *rtm_table_fetched(const struct rtm_table *table,
				   const struct rtm_fetched *fetched,
				   unsigned int i,
				   const struct rtm_prefix *prefix);
int rtm_table_add(struct rtm_table *table, struct rtm_client *client,
		  const struct rtm_route_spec *spec, unsigned int nr,
		  struct rtm_dest *dest, const struct rtm_result *result);
int rtm_table_delete(struct rtm_table *table, struct rtm_client *client,
		     const struct rtm_route_spec *spec, struct rtm_dest *dest,
		     const struct rtm_result *result);
void rtm_table_remove(struct rtm_table *table, struct rtm_route *route);
void rtm_table_remove_group(struct rtm_table *table, struct rtm_route **routes,
			    unsigned int nr);
void rtm_dest_settle(struct rtm_table *table, struct rtm_dest *dest);

int rtm_table_set_prios(struct rtm_table *table,
			const struct rtm_prio_entry *set, unsigned int nr);

void rtm_table_prefetch_best(const struct rtm_table *table,
			     const struct rtm_prefix *prefixes,
			     unsigned int nr, bool longest);
int rtm_table_lookup(const struct rtm_table *table,
		     const struct rtm_prefix *prefix, bool longest,
		     struct rtm_route_rec *rec);

#endif /* RTM_TABLE_H */
