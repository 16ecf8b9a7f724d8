// SPDX-License-Identifier: GPL-2.0
/* The code under test once more, as in trie_copy.c. */
#include "../elect.c"
#include "../family.c"
#include "../prio.c"
