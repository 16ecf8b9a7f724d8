// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Preloaded by a test: each time that the program reads RTM's table, "$MEDDLE before
 * MATCH" runs first, where MATCH says what is to match (RTM_MATCH_*), and "$MEDDLE
 * after MATCH" when what was read is on its way; "$MEDDLE dump TABLE" when a part of
 * that table of the kernel is; and "$MEDDLE link INDEX" for each of the interfaces
 * that it lists. So others do at that moment what they would do once in a million
 * times. A status but 0 of the first is the errno that the reading fails with, and
 * one of the last takes that interface out of the list, which says that it was
 * interrupted. Where starting programs would take too long, $MEDDLE_AT is a pattern
 * of the arguments that it runs with.
 */
#include <errno.h>
#include <fnmatch.h>
#include <linux/rtm.h>
#include <linux/rtnetlink.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* The program's status. */
static int meddle(const char *when, unsigned int what)
{
	const char *program = getenv("MEDDLE"), *at = getenv("MEDDLE_AT");
	char arguments[32], command[256];
	int status;

	snprintf(arguments, sizeof(arguments), "%s %u", when, what);
	if (!program || (at && fnmatch(at, arguments, 0)))
		return 0;
	snprintf(command, sizeof(command), "LD_PRELOAD='' '%s' %s", program,
		 arguments);
	status = system(command);
	if (!WIFEXITED(status))
		abort();
	return WEXITSTATUS(status);
}

static void meddle_after(const char *when, unsigned int what)
{
	int error = errno;

	if (meddle(when, what))
		abort();
	errno = error;
}

int ioctl(int fd, unsigned long request, ...)
{
	va_list args;
	void *arg;
	int ret;

	va_start(args, request);
	arg = va_arg(args, void *);
	va_end(args);
	if (request != RTM_IOC_GET)
		return syscall(SYS_ioctl, fd, request, arg);
	errno = meddle("before", ((struct rtm_get *)arg)->match);
	if (errno)
		return -1;
	ret = syscall(SYS_ioctl, fd, request, arg);
	meddle_after("after", ((struct rtm_get *)arg)->match);
	return ret;
}

static ssize_t list_links(void *buf, ssize_t len)
{
	struct nlmsghdr *nlh = buf, *first = buf;
	unsigned int left = len;

	while (NLMSG_OK(nlh, left)) {
		const struct ifinfomsg *ifi = NLMSG_DATA(nlh);
		unsigned int size = NLMSG_ALIGN(nlh->nlmsg_len);

		if (nlh->nlmsg_type != RTM_NEWLINK ||
		    !meddle("link", ifi->ifi_index)) {
			nlh = NLMSG_NEXT(nlh, left);
			continue;
		}
		left -= size;
		len -= size;
		memmove(nlh, (char *)nlh + size, left);
		first->nlmsg_flags |= NLM_F_DUMP_INTR;
	}
	return len;
}

ssize_t recv(int fd, void *buf, size_t len, int flags)
{
	ssize_t ret = syscall(SYS_recvfrom, fd, buf, len, flags, NULL, NULL);
	const struct nlmsghdr *nlh = buf;
	const struct rtmsg *rtm = NLMSG_DATA(nlh);

	if (ret < (ssize_t)NLMSG_LENGTH(sizeof(*rtm)) ||
	    !(nlh->nlmsg_flags & NLM_F_MULTI))
		return ret;
	if (nlh->nlmsg_type == RTM_NEWROUTE)
		meddle_after("dump", rtm->rtm_table);
	else if (nlh->nlmsg_type == RTM_NEWLINK)
		return list_links(buf, ret);
	return ret;
}
