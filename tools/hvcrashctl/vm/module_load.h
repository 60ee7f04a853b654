/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * module_load.h - what loads hvcrash.ko at the next boot, or keeps it out
 *
 * Called by the checks at-boot and coverage. By the lines of the files and not
 * by their names (modprobe.d(5), modules-load.d(5)).
 */
#ifndef HVCRASHCTL_MODULE_LOAD_H
#define HVCRASHCTL_MODULE_LOAD_H

#include "vm/sysroot.h"

/**
 * struct module_load - of hvcrash.ko
 * @by: the file that has it loaded; or empty
 * @blocked: the file, or the word of the command line, that keeps it out; or
 * empty
 */
struct module_load {
	char by[SYSROOT_PATH_BYTES];
	char blocked[SYSROOT_PATH_BYTES];
};

/* @cmdline: of this kernel, which the next one is likely to have, too */
void module_load_read(const struct sysroot *sysroot, const char *cmdline,
		      struct module_load *ret);

#endif
