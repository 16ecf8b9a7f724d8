/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef LIBRTM_STAMP_H
#define LIBRTM_STAMP_H

#include <stdint.h>

#include "rtm.h"

/* @boottime: nanoseconds of CLOCK_BOOTTIME */
FILETIME stamp_from_uapi(uint64_t boottime);

/* For a forked child. */
void stamp_forget(void);

#endif
