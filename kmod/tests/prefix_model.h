/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RTM_PREFIX_MODEL_H
#define RTM_PREFIX_MODEL_H

#include <linux/types.h>

struct rtm_prefix;

/* They return NULL, or what went wrong. */
const char *prefix_model_pair(const struct rtm_prefix *a,
			      const struct rtm_prefix *b);
const char *prefix_model_check(u64 seed, unsigned int rounds);

#endif /* RTM_PREFIX_MODEL_H */
