/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sysctl_files.h - what the files of sysctl.d set at the next boot
 *
 * Called by the status checks. By the order of systemd-sysctl (sysctl.d(5)):
 * files by their names whatever their directory, one of /etc hides one of the
 * same name in /usr/lib, and the last value counts.
 */
#ifndef HVCRASHCTL_SYSCTL_FILES_H
#define HVCRASHCTL_SYSCTL_FILES_H

#include "vm/sysroot.h"

/*
 * @key: "kernel.panic"; false if no file sets it. @ret_file: the file that wins
 */
bool sysctl_files_find(const struct sysroot *sysroot, const char *key,
		       char value[64], char ret_file[SYSROOT_PATH_BYTES]);

#endif
