/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef LIBRTM_ERROR_H
#define LIBRTM_ERROR_H

#include "rtm.h"

/* Of a negative errno that an ioctl or a record of a batch has. */
DWORD error_from_uapi(int err);

/* Of a negative errno that opening a descriptor ended with. */
DWORD error_from_open(int err);

#endif
