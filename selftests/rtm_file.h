/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RTM_FILE_H
#define RTM_FILE_H

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* Writes @text to a file that is there, in one call. 0, or a negative errno. */
static inline int file_put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t n;
	int err;

	if (fd < 0)
		return -errno;
	n = write(fd, text, strlen(text));
	err = n < 0 ? -errno : 0;
	close(fd);
	return !err && n != (ssize_t)strlen(text) ? -EIO : err;
}

#endif /* RTM_FILE_H */
