// SPDX-License-Identifier: GPL-2.0
/*
 * Memory that is not to be had at once is waited for where nobody else waits.
 */
#include "memory.h"

/* Others may be faster, as often as this. */
#define RTM_MEMORY_WAITS	16

/**
 * rtm_memory_wait() - wait for memory that RTM_GFP_LOCKED did not get
 * @waits: how often it was waited for, 0 at first
 *
 * Sleeps: not under a lock that others need. Return: whether there is a page now,
 * and it is worth trying again.
 */
bool rtm_memory_wait(unsigned int *waits)
{
	unsigned long page;

	if (++*waits > RTM_MEMORY_WAITS)
		return false;
	page = __get_free_page(GFP_KERNEL_ACCOUNT);
	free_page(page);
	return page;
}
