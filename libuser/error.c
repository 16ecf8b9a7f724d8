// SPDX-License-Identifier: LGPL-2.1-or-later
/* Errors: from errno to Win32, and the last one of each thread. */
#include <errno.h>

#include "error.h"

static __thread DWORD last_error;

DWORD GetLastError(void)
{
	return last_error;
}

void SetLastError(DWORD error)
{
	last_error = error;
}

DWORD error_from_uapi(int err)
{
	switch (-err) {
	case 0:
		return NO_ERROR;
	case EBADF:
	case ENOENT:
		return ERROR_INVALID_HANDLE;
	case EACCES:
	case EPERM:
		return ERROR_ACCESS_DENIED;
	case EINVAL:
		return ERROR_INVALID_PARAMETER;
	case ENOMEM:
		return ERROR_NOT_ENOUGH_MEMORY;
	case EEXIST:
		return ERROR_CLIENT_ALREADY_EXISTS;
	case ESRCH:
		return ERROR_NO_MORE_ITEMS;
	default:
		return ERROR_NO_SYSTEM_RESOURCES;
	}
}

DWORD error_from_open(int err)
{
	switch (-err) {
	case EACCES:
	case EPERM:
		return ERROR_ACCESS_DENIED;
	case ENOMEM:
		return ERROR_NOT_ENOUGH_MEMORY;
	default:
		return ERROR_NO_SYSTEM_RESOURCES;
	}
}
