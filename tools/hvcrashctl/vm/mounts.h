/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * mounts.h - which disk a directory is on, and what is under it
 *
 * Called by kdump_config and the check target. By /proc/mounts and sysfs;
 * UUID=, LABEL= and links in /dev are followed.
 */
#ifndef HVCRASHCTL_MOUNTS_H
#define HVCRASHCTL_MOUNTS_H

#include "vm/sysroot.h"

/* @device as kdump.conf and fstab name one; false if it is not mounted */
bool mounts_find_device(const struct sysroot *sysroot, const char *device,
			char *buf, size_t bytes);

#define MOUNTS_TYPE_BYTES 32

/* The device that a directory is on, by the longest mount point above it */
bool mounts_device_of(const struct sysroot *sysroot, const char *path,
		      char *buf, size_t bytes);

/* The same, with the type of the file system */
bool mounts_find(const struct sysroot *sysroot, const char *path, char *buf,
		 size_t bytes, char ret_type[MOUNTS_TYPE_BYTES]);

/* The name of a device below /sys/class/block: "sda1" for LABEL=x; or "" */
void mounts_block_name(const struct sysroot *sysroot, const char *device,
		       char *buf, size_t bytes);

/*
 * Whether any layer of a block device, such as dm-crypt below LVM, has to be
 * unlocked
 */
bool mounts_is_encrypted(const struct sysroot *sysroot, const char *name);

/* The first disk under all layers: "sda" of dm-1 on sda2 */
void mounts_disk(const struct sysroot *sysroot, const char *name, char *buf,
		 size_t bytes);

#endif
