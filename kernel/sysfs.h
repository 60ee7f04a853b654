/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sysfs.h - the live view under /sys/kernel/hvcrash
 */
#ifndef _HVCRASH_SYSFS_H
#define _HVCRASH_SYSFS_H

int hvcrash_sysfs_init(void);
void hvcrash_sysfs_deinit(void);

#endif /* _HVCRASH_SYSFS_H */
