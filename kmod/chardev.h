/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RTM_CHARDEV_H
#define RTM_CHARDEV_H

int rtm_chardev_register(void);
void rtm_chardev_unregister(void);

#endif /* RTM_CHARDEV_H */
