// SPDX-License-Identifier: GPL-2.0
/*
 * The code under test once more, since an object may not belong to two modules.
 * KBUILD_MODNAME gives its caches names of their own.
 */
/* A trie of so few nodes is compiled; with half of that it is no more. */
#define RTM_ACCEL_NODES	4

#include "../reclaim.c"
#include "../accel.c"
#include "../trie.c"
#include "../trie_read.c"
