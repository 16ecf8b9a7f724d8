/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RTM_MEMORY_H
#define RTM_MEMORY_H

#include <linux/gfp.h>
#include <linux/types.h>

/*
 * Under a lock that others need: whoever has little memory, or none, is made to
 * wait for it by the kernel, in a memory cgroup for seconds, and they would, too.
 */
#define RTM_GFP_LOCKED	(GFP_NOWAIT | __GFP_NOWARN | __GFP_ACCOUNT)

bool rtm_memory_wait(unsigned int *waits);

#endif /* RTM_MEMORY_H */
