// SPDX-License-Identifier: GPL-2.0
/*
 * rtm_bench.ko: loops in the kernel over addresses that were written to
 * /sys/kernel/debug/rtm_bench/addresses (32 bits each, machine order). Reading
 * a loop's file there runs it: nanoseconds, addresses, sum of the next hops.
 * "hold" tells for how long the table's mutex was held since it was last read: at
 * most, and by work items in all. Reading "settle" does at once what was put off
 * after changes: taking records out of the log, freeing, and compiling; what
 * expires stays the timer's. "ring" follows the routes of the addresses' 24-bit
 * networks from the best one on, as far as is the mean to one of ten. "pairs" tells
 * in how many nanoseconds memory for as many routes and destinations as "count"
 * says is there, and is free again.
 */
#include <linux/debugfs.h>
#include <linux/module.h>
#include <linux/nsproxy.h>
#include <linux/sched/signal.h>
#include <linux/seq_file.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#include <linux/rtm.h>

#include "../../kmod/net.h"
#define RTM_BENCH_HOLD_HERE
#include "fib.h"
#include "hold.h"
#include "parts.h"

#define ADDRESSES	1048576U

static u32 *addresses;
static unsigned int nr_addresses;
static u32 nr_pairs;
static struct dentry *dir;

static struct rtm_net *bench_net(void)
{
	return rtm_net_of(current->nsproxy->net_ns);
}

static struct rtm_table *bench_table(void)
{
	return &bench_net()->tables[RTM_FAMILY_IP];
}

static u32 bench_next_hop(const void *next_hop)
{
	return be32_to_cpup(next_hop);
}

/* What a data path would do: rtm_table_lookup() without the copy. */
static noinline u32 bench_match(u32 addr)
{
	const struct rtm_table *table = bench_table();
	const struct rtm_attr *attr;
	const struct rtm_dest *dest;
	u32 next_hop = 0;
	int len;
	u64 seq;

	rcu_read_lock();
again:
	attr = NULL;
	/* As rtm_table_lookup(). */
	seq = smp_load_acquire(&table->seq);
	for (len = 32; len >= 0 && !attr; len = dest->key.len - 1) {
		dest = rtm_trie_match(&table->trie, (u64)addr << 32, 0, len);
		if (!dest)
			break;
		attr = rtm_dest_attr(dest);
	}
	/* As rtm_table_lookup(). */
	smp_rmb();
	if (seq != READ_ONCE(table->seq))
		goto again;
	if (attr)
		next_hop = bench_next_hop(attr->key.next_hop);
	rcu_read_unlock();
	return next_hop;
}

static noinline u32 bench_lookup(u32 addr)
{
	struct rtm_prefix prefix = { .hi = (u64)addr << 32, .len = 32 };
	struct rtm_route_rec rec;

	if (rtm_table_lookup(bench_table(), &prefix, true, &rec))
		return 0;
	return bench_next_hop(rec.next_hop);
}

#define BENCH_LOOP(_name)						\
static int bench_##_name##_show(struct seq_file *seq, void *unused)	\
{									\
	u64 sum = 0, ns = ktime_get_ns();				\
	unsigned int i;							\
									\
	for (i = 0; i < nr_addresses; i++)				\
		sum += bench_##_name(addresses[i]);			\
	ns = ktime_get_ns() - ns;					\
	seq_printf(seq, "%llu %u %llx\n", ns, nr_addresses, sum);	\
	return 0;							\
}									\
DEFINE_SHOW_ATTRIBUTE(bench_##_name)

BENCH_LOOP(match);
BENCH_LOOP(lookup);
BENCH_LOOP(fib);

/* One of ten is up to nine steps from the best one: 4.5 in the mean. */
static int bench_ring_show(struct seq_file *seq, void *unused)
{
	unsigned int i, n, turn = 0;
	u64 sum = 0, ns = 0;

	for (i = 0; i < nr_addresses; i += n) {
		n = min(nr_addresses - i, RTM_TRIE_GROUP);
		ns += bench_ring(bench_table(), addresses + i, n,
				 4 + turn++ % 2, &sum);
	}
	seq_printf(seq, "%llu %u %llx\n", ns, nr_addresses, sum);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(bench_ring);

static int bench_pairs_show(struct seq_file *seq, void *unused)
{
	u64 get, put;
	int err = bench_pairs(nr_pairs, &get, &put);

	if (!err)
		seq_printf(seq, "%llu %llu\n", get, put);
	return err;
}
DEFINE_SHOW_ATTRIBUTE(bench_pairs);

static int bench_hold_show(struct seq_file *seq, void *unused)
{
	u64 most, by_work;

	rtm_hold_read(&bench_table()->lock, &most, &by_work);
	seq_printf(seq, "%llu %llu\n", most, by_work);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(bench_hold);

/* Each may leave more to do. 0, or -EINTR: without memory it takes for ever. */
static int bench_settle_table(struct rtm_table *table)
{
	do {
		if (fatal_signal_pending(current))
			return -EINTR;
		flush_delayed_work(&table->compile);
		flush_work(&table->trim);
		flush_delayed_work(&table->flush);
	} while (delayed_work_pending(&table->compile) ||
		 work_pending(&table->trim) ||
		 delayed_work_pending(&table->flush));
	return 0;
}

/* Also what the FIB gave to RCU. */
static int bench_settle_show(struct seq_file *seq, void *unused)
{
	struct rtm_table *tables = bench_net()->tables;
	unsigned int i;
	int err;

	for (i = 0; i < RTM_NR_FAMILIES; i++) {
		err = bench_settle_table(&tables[i]);
		if (err)
			return err;
	}
	rcu_barrier();
	seq_puts(seq, "settled\n");
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(bench_settle);

static ssize_t bench_addresses_write(struct file *file, const char __user *buf,
				     size_t count, loff_t *pos)
{
	ssize_t n = simple_write_to_buffer(addresses,
					   ADDRESSES * sizeof(*addresses), pos,
					   buf, count);

	if (n > 0)
		nr_addresses = *pos / sizeof(*addresses);
	return n;
}

static const struct file_operations bench_addresses_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.write = bench_addresses_write,
};

static int __init bench_init(void)
{
	int err = bench_parts_init();

	if (err)
		return err;
	addresses = vzalloc(ADDRESSES * sizeof(*addresses));
	if (!addresses) {
		bench_parts_exit();
		return -ENOMEM;
	}
	dir = debugfs_create_dir("rtm_bench", NULL);
	debugfs_create_file("addresses", 0200, dir, NULL,
			    &bench_addresses_fops);
	debugfs_create_file("match", 0400, dir, NULL, &bench_match_fops);
	debugfs_create_file("lookup", 0400, dir, NULL, &bench_lookup_fops);
	debugfs_create_file("fib", 0400, dir, NULL, &bench_fib_fops);
	debugfs_create_file("ring", 0400, dir, NULL, &bench_ring_fops);
	debugfs_create_u32("count", 0600, dir, &nr_pairs);
	debugfs_create_file("pairs", 0400, dir, NULL, &bench_pairs_fops);
	debugfs_create_file("hold", 0400, dir, NULL, &bench_hold_fops);
	debugfs_create_file("settle", 0400, dir, NULL, &bench_settle_fops);
	return 0;
}

static void __exit bench_exit(void)
{
	debugfs_remove(dir);
	vfree(addresses);
	bench_parts_exit();
}

module_init(bench_init);
module_exit(bench_exit);

MODULE_DESCRIPTION("Benchmarks of the Routing Table Manager");
MODULE_LICENSE("GPL");
