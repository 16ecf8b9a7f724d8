// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Time that the machine is asleep counts. Only where there is nothing but RAM: a
 * suspend would take the root of the other guests away. What follows is the
 * kernel's own test of suspends (/sys/power/pm_test), with clocks that stand still
 * for five seconds: firmware is not asked to do its part.
 */
#include "rtm_test.h"

#include <linux/magic.h>
#include <sys/vfs.h>

#define ASLEEP	5
#define LONG	600

TEST(time_asleep_is_time)
{
	struct rtm_route_rec recs[] = {
		rtm_nth(0, 1),	/* asleep its time comes */
		rtm_nth(1, 1),	/* soon after */
		rtm_nth(2, 1),	/* much later */
		rtm_nth(3, 1),	/* never */
	};
	const __u32 ttl[] = { ASLEEP - 3, ASLEEP + 8, LONG, RTM_TTL_INFINITE };
	struct rtm_change_rec messages[4];
	__u64 start, added, boot, mono;
	__s64 client, watcher;
	struct statfs fs;
	unsigned int i;
	bool signalled;
	int fd;

	ASSERT_EQ(0, statfs("/", &fs));
	if (fs.f_type != RAMFS_MAGIC && fs.f_type != TMPFS_MAGIC)
		SKIP(return, "there are other file systems than RAM disks");
	fd = rtm_open(O_RDWR);
	client = rtm_register(fd, RTM_FAMILY_IP, 1, 0);
	watcher = rtm_watch(fd, RTM_FAMILY_IP);
	ASSERT_LT(0, client);
	ASSERT_LT(0, watcher);
	start = rtm_now(CLOCK_BOOTTIME);
	mono = rtm_now(CLOCK_MONOTONIC);
	for (i = 0; i < ARRAY_SIZE(recs); i++) {
		recs[i].ttl = ttl[i];
		ASSERT_EQ(0, rtm_add(fd, client, recs[i], NULL));
	}
	added = rtm_now(CLOCK_BOOTTIME);
	ASSERT_EQ(4, rtm_dequeue(fd, watcher, messages, 4, NULL));

	ASSERT_EQ(0, file_put("/sys/power/pm_test", "core"));
	ASSERT_EQ(0, file_put("/sys/power/state", "mem"));

	/*
	 * The clock that tells has whole seconds, and the fraction of one by which the
	 * system's differs from it is taken off again: more than 3 of the 5 are left.
	 */
	boot = rtm_now(CLOCK_BOOTTIME);
	mono = rtm_now(CLOCK_MONOTONIC) - mono;
	ASSERT_LE(mono + (ASLEEP - 2) * NSEC_PER_SEC, boot - start);

	/* Soon, and nothing else, unless its time has come, too. */
	ASSERT_TRUE(rtm_signalled(fd, 10));
	ASSERT_EQ(1, rtm_dequeue(fd, watcher, messages, 1, NULL));
	signalled = rtm_signalled(fd, 0);
	if (rtm_now(CLOCK_BOOTTIME) < start + ttl[1] * NSEC_PER_SEC)
		EXPECT_FALSE(signalled);
	EXPECT_EQ(RTM_CHANGE_PREVIOUS, messages[0].change);
	EXPECT_EQ(0, rtm_index(&messages[0].prev));
	EXPECT_EQ(-ESRCH, rtm_lookup(fd, RTM_FAMILY_IP, 0, &recs[0]));

	ASSERT_EQ(0, rtm_lookup(fd, RTM_FAMILY_IP, 0, &recs[2]));
	EXPECT_GE(LONG - (boot - added) / NSEC_PER_SEC, recs[2].ttl);
	boot = rtm_now(CLOCK_BOOTTIME);
	EXPECT_LE(LONG, recs[2].ttl + (boot - start) / NSEC_PER_SEC + 1);
	ASSERT_EQ(0, rtm_lookup(fd, RTM_FAMILY_IP, 0, &recs[3]));
	EXPECT_EQ(RTM_TTL_INFINITE, recs[3].ttl);

	/* The next one goes when it should, awake. */
	ASSERT_TRUE(rtm_signalled(fd, 12));
	ASSERT_EQ(1, rtm_dequeue(fd, watcher, messages, 1, NULL));
	EXPECT_EQ(1, rtm_index(&messages[0].prev));
	EXPECT_EQ(2, rtm_stats(fd, RTM_FAMILY_IP).routes);
	EXPECT_EQ(0, close(fd));
}

TEST_HARNESS_MAIN
