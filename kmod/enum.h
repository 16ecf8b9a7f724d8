/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RTM_ENUM_H
#define RTM_ENUM_H

#include <linux/mutex.h>

#include "obj.h"
#include "walk.h"

/**
 * struct rtm_enum - an enumeration
 * @obj: its handle
 * @charge: with whom it is counted
 * @lock: one call at a time; protects @walk
 * @walk: where it is
 */
struct rtm_enum {
	struct rtm_obj obj;
	struct rtm_charge charge;
	struct mutex lock;
	struct rtm_walk walk;
};

struct rtm_enum *rtm_enum_open(struct rtm_file *file,
			       const struct rtm_walk *walk);
struct rtm_enum *rtm_enum_get(struct rtm_file *file, u32 handle);
void rtm_enum_put(struct rtm_enum *e);
bool rtm_enum_close(struct rtm_file *file, struct rtm_enum *e);

#endif /* RTM_ENUM_H */
