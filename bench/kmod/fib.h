/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RTM_BENCH_FIB_H
#define RTM_BENCH_FIB_H

#include <linux/types.h>

u32 bench_fib(u32 addr);

#endif /* RTM_BENCH_FIB_H */
