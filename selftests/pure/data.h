/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef DATA_H
#define DATA_H

#include "shim.h"
#include "../../kmod/prefix.h"

/* A route of the world's, with the one that covers it. */
struct entry {
	struct rtm_prefix p;
	struct rtm_key key;
	struct entry *parent;
};

/*
 * All prefixes of an xz-compressed file of "address/length number" lines, in
 * walk order, with covering ones above some of them and a default route. Ends
 * the program if it cannot.
 */
struct entry *data_load(const char *file, unsigned int width, size_t *nr);

/* Random order. */
void data_shuffle(struct entry **entries, size_t nr, u64 random);

#endif /* DATA_H */
