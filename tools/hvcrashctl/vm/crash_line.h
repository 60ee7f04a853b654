/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * crash_line.h - the command line that the crash kernel gets
 *
 * Called by the status checks. If kdump-config has saved the kexec command that
 * loaded the crash kernel, that counts; otherwise the line is composed as this
 * kdump does it: what it inherits from /proc/cmdline, strips and appends.
 */
#ifndef HVCRASHCTL_CRASH_LINE_H
#define HVCRASHCTL_CRASH_LINE_H

#include "vm/kdump_config.h"

/**
 * struct crash_line - that line
 * @text: the words
 * @is_exact: else with '?' for parts that only a shell knows
 * @is_loaded: it is that of the kernel that is loaded now
 * @inherited: what comes from /proc/cmdline, before a shell reads it again
 * @call: the system call in the kexec command that was run
 */
struct crash_line {
	char text[WORDS_LINE_BYTES];
	bool is_exact;
	bool is_loaded;
	char inherited[WORDS_LINE_BYTES];
	enum kdump_syscall call;
};

void crash_line_read(const struct sysroot *sysroot,
		     const struct kdump_config *config, struct crash_line *ret);

/*
 * kdump-tools and SUSE's kdump put /proc/cmdline in double quotes and pass it
 * to eval. The character that the shell then interprets, or '\0'.
 */
char crash_line_danger(const struct kdump_config *config,
		       const struct crash_line *line);

#endif
