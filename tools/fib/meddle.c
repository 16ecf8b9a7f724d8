// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Preloaded by a test: each time that the program reads RTM's table, "$MEDDLE before"
 * runs first, and "$MEDDLE after" when what was read is on its way. So others do
 * at that moment what they would do once in a million times.
 */
#include <errno.h>
#include <linux/rtm.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static void meddle(unsigned long request, const char *when)
{
	const char *program = getenv("MEDDLE");
	char command[256];

	if (request != RTM_IOC_GET || !program)
		return;
	snprintf(command, sizeof(command), "LD_PRELOAD='' '%s' %s", program,
		 when);
	if (system(command))
		abort();
}

int ioctl(int fd, unsigned long request, ...)
{
	va_list args;
	void *arg;
	int ret, error;

	va_start(args, request);
	arg = va_arg(args, void *);
	va_end(args);
	meddle(request, "before");
	ret = syscall(SYS_ioctl, fd, request, arg);
	error = errno;
	meddle(request, "after");
	errno = error;
	return ret;
}
