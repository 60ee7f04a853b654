/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kdump_config.h - what this distribution's kdump is told to do
 *
 * Called by the status checks and by crash_marker. Reads the configuration as
 * text; nothing of it is executed, so what a shell would compute in there is not
 * seen.
 */
#ifndef HVCRASHCTL_KDUMP_CONFIG_H
#define HVCRASHCTL_KDUMP_CONFIG_H

#include "vm/sysroot.h"

enum kdump_family {
	KDUMP_OTHER,
	KDUMP_DEBIAN, /* kdump-tools: Debian, Ubuntu */
	KDUMP_RHEL,   /* kdump-utils: RHEL, Fedora, CentOS and their kin */
	KDUMP_AZURE_LINUX,
	KDUMP_SUSE,
};

/* Which system call kexec loads the crash kernel by */
enum kdump_syscall {
	KDUMP_SYSCALL_UNKNOWN,
	KDUMP_SYSCALL_LOAD, /* kexec_load(2) */
	KDUMP_SYSCALL_FILE, /* kexec_file_load(2), or that one first */
};

/**
 * struct kdump_config - the configuration
 * @family: whose kdump
 * @id, @version: of os-release
 * @file: the file it was read from, for messages
 * @is_found: that file is there
 * @is_enabled: kdump is to load a crash kernel at boot
 * @is_remote: the dump goes over the network or to a raw device
 * @target: the directory, or the remote target as configured
 * @dump_level: -d of makedumpfile
 * @append: what is appended to the crash kernel's command line
 * @has_append: it is set, and so replaces the default
 * @call: the system call
 * @prescript: SUSE's hook before the dump
 */
struct kdump_config {
	enum kdump_family family;
	char id[32];
	char version[32];
	const char *file;
	bool is_found;
	bool is_enabled;
	bool is_remote;
	char target[256];
	unsigned int dump_level;
	char append[1024];
	bool has_append;
	enum kdump_syscall call;
	char prescript[256];
};

void kdump_config_read(const struct sysroot *sysroot, struct kdump_config *ret);

#endif
