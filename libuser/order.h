/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef LIBRTM_ORDER_H
#define LIBRTM_ORDER_H

#include <linux/types.h>

#include "rtm.h"

/* Between the order that this process writes addresses in and the network's. */
__be32 order_to_uapi(DWORD address);
DWORD order_from_uapi(__be32 address);

#endif
