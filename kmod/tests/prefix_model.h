/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RTM_PREFIX_MODEL_H
#define RTM_PREFIX_MODEL_H

#include <linux/types.h>

/* Returns NULL, or what went wrong. */
const char *prefix_model_check(u64 seed, unsigned int rounds);

#endif /* RTM_PREFIX_MODEL_H */
