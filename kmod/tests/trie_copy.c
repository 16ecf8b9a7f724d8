// SPDX-License-Identifier: GPL-2.0
/*
 * The code under test once more, since an object may not belong to two modules.
 * KBUILD_MODNAME gives its caches names of their own.
 */
#include "../reclaim.c"
#include "../trie.c"
#include "../trie_read.c"
