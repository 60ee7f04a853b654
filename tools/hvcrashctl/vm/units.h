/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * units.h - the state of a unit, as systemd sees it
 *
 * Called by the status checks. By the files, in systemd's order
 * (systemd.unit(5)); whether it failed only systemctl knows, which is asked on
 * the machine we run on. With a root of its own its answer is in the file
 * "systemctl/UNIT", as "systemctl show UNIT" prints it.
 */
#ifndef HVCRASHCTL_UNITS_H
#define HVCRASHCTL_UNITS_H

#include "vm/sysroot.h"

/**
 * struct unit - a unit
 * @is_there: a file has it
 * @is_masked: an empty file or a link to /dev/null hides it
 * @mask: that file
 * @has_failed: its last run did
 */
struct unit {
	bool is_there;
	bool is_masked;
	char mask[SYSROOT_PATH_BYTES];
	bool has_failed;
};

/* By the files alone: @has_failed is not asked */
void unit_read_files(const struct sysroot *sysroot, const char *name,
		     struct unit *ret);
void unit_read(const struct sysroot *sysroot, const char *name,
	       struct unit *ret);

#endif
