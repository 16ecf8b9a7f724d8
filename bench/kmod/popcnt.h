/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Bits are counted by one instruction on every x86-64 machine of these years:
 * kernels patch it in when they boot. User-Mode Linux does not, and calls a
 * function. Benchmark builds for it include this before everything else.
 */
#ifndef RTM_BENCH_POPCNT_H
#define RTM_BENCH_POPCNT_H

#include <linux/bitops.h>

#undef hweight8
#undef hweight64
#define hweight8(w)	((unsigned int)__builtin_popcount((u8)(w)))
#define hweight64(w)	((unsigned long)__builtin_popcountll(w))

#endif /* RTM_BENCH_POPCNT_H */
