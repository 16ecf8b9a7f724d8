/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RTMCTL_VIEW_H
#define RTMCTL_VIEW_H

#include "family.h"

/* The route as fields of the row; @info may be NULL. */
void view_route(const struct family *family, const union route *route,
		const struct _RTM_ROUTE_INFO *info);

/* Time has passed since the last route: its interface may have a new name. */
void view_forget_name(void);

#endif
