// SPDX-License-Identifier: LGPL-2.1-or-later
/* The module is loaded and its device is there. */
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "rtm_test.h"

TEST(device_is_there_and_all_may_read)
{
	struct stat st;
	int fd;

	ASSERT_EQ(0, stat("/dev/rtm", &st));
	EXPECT_TRUE(S_ISCHR(st.st_mode));
	EXPECT_EQ(10, major(st.st_rdev));
	EXPECT_EQ(0644, st.st_mode & 07777);
	fd = rtm_open(O_RDONLY);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-ENOTTY, rtm_call(fd, _IO(RTM_IOC_TYPE, 0xff), NULL));
	EXPECT_EQ(0, close(fd));
}

TEST_HARNESS_MAIN
