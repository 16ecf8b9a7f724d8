// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Preloaded by a test: each time that the program reads RTM's table, "$MEDDLE before
 * MATCH" runs first, where MATCH says what is to match (RTM_MATCH_*), and "$MEDDLE
 * after MATCH" when what was read is on its way. So others do at that moment what
 * they would do once in a million times. A status but 0 of the first is the errno
 * that the reading fails with.
 */
#include <errno.h>
#include <linux/rtm.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* The program's status. */
static int meddle(unsigned long request, const struct rtm_get *get,
		  const char *when)
{
	const char *program = getenv("MEDDLE");
	char command[256];
	int status;

	if (request != RTM_IOC_GET || !program)
		return 0;
	snprintf(command, sizeof(command), "LD_PRELOAD='' '%s' %s %u", program,
		 when, get->match);
	status = system(command);
	if (!WIFEXITED(status))
		abort();
	return WEXITSTATUS(status);
}

int ioctl(int fd, unsigned long request, ...)
{
	va_list args;
	void *arg;
	int ret, error;

	va_start(args, request);
	arg = va_arg(args, void *);
	va_end(args);
	error = meddle(request, arg, "before");
	if (error) {
		errno = error;
		return -1;
	}
	ret = syscall(SYS_ioctl, fd, request, arg);
	error = errno;
	if (meddle(request, arg, "after"))
		abort();
	errno = error;
	return ret;
}
