/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * initrd.h - the names of the files in an initrd
 *
 * Called by the check crash-initrd. Reads the cpio archives one after another
 * (Documentation/driver-api/early-userspace/buffer-format.rst), a compressed
 * one through gzip, xz, zstd and their like.
 */
#ifndef HVCRASHCTL_INITRD_H
#define HVCRASHCTL_INITRD_H

#include "vm/sysroot.h"

/**
 * struct initrd - what is in it
 * @names: a line a file, without a slash in front; to be freed
 * @is_image: another file system image in it holds the rest
 * @why: why it could not be read to its end; or empty
 */
struct initrd {
	char *names;
	bool is_image;
	char why[96];
};

void initrd_read(const struct sysroot *sysroot, const char *path,
		 struct initrd *ret);
void initrd_deinit(struct initrd *initrd);

/* Whether a name ends like that: "/hvcrashctl" */
bool initrd_has(const struct initrd *initrd, const char *end);

/* A module by its file's name, "hv_storvsc", compressed or not */
bool initrd_has_module(const struct initrd *initrd, const char *module);

#endif
