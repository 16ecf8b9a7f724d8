/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RTM_BENCH_PARTS_H
#define RTM_BENCH_PARTS_H

#include <linux/types.h>

struct rtm_table;

int bench_parts_init(void);
void bench_parts_exit(void);

int bench_pairs(unsigned int n, u64 *get, u64 *put);
u64 bench_ring(const struct rtm_table *table, const u32 *addrs, unsigned int n,
	       unsigned int steps, u64 *sum);

#endif /* RTM_BENCH_PARTS_H */
