/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kdump_config.h - what this distribution's kdump is told to do
 *
 * Called by the status checks and by crash_history. Each file is read by the
 * rules of its usual reader: a shell (shell_vars.h), or kdump.conf's own.
 * Nothing is executed. A value that these rules do not determine is "not
 * known", never guessed.
 */
#ifndef HVCRASHCTL_KDUMP_CONFIG_H
#define HVCRASHCTL_KDUMP_CONFIG_H

#include "vm/sysroot.h"
#include "vm/words.h"

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

enum kdump_target_kind {
	KDUMP_TARGET_DIRECTORY, /* in the tree as it is mounted now */
	KDUMP_TARGET_DEVICE,	/* a disk that is not mounted, or raw */
	KDUMP_TARGET_NETWORK,
};

/* A variable of a configuration file */
struct kdump_value {
	bool is_set;
	bool is_exact; /* else with '?' for parts that only a shell knows */
	char text[WORDS_LINE_BYTES];
};

/**
 * struct kdump_config - the configuration
 * @family: whose kdump
 * @id, @version: of os-release
 * @is_listed: hvcrash-configure has this distribution
 * @is_configurable: and this version, without --force
 * @file: the configuration, for messages
 * @cmdline_file: the file with the crash kernel's command line
 * @unit: the service that loads the crash kernel
 * @install: the command that installs kdump; NULL where it is not known
 * @is_found: @file is there
 * @problem: why it, or a part of it, cannot be read; or empty
 * @is_unreadable: so nothing in it is known
 * @refused: why kdump itself refuses the file, and loads nothing; or empty
 * @has_returns: a line of a file that a shell sources ends in a carriage return
 * @is_enabled: kdump is to load a crash kernel at boot
 * @is_unit_disabled: not enabled, since its unit is not
 * @why_disabled: why else it is not enabled
 * @target_kind: where the dump goes
 * @target: the directory, its links followed; or the target as configured
 * @is_target_vague: only a shell knows what it says
 * @missing: a configured kernel or initrd that does not exist; or empty
 * @device: of a device that is not mounted
 * @core_dir: of Debian, where kexec_cmd is
 * @dump_level: -d of makedumpfile
 * @cmdline: replaces /proc/cmdline
 * @remove: words that are taken out of it
 * @append: is appended to it, or to /proc/cmdline
 * @call: the system call
 * @prescript: SUSE's hook before the dump
 * @failure_action, @final_action: of kdump.conf
 * @has_shell_on_error: SUSE stops at a shell where the dump fails
 * @is_staying: SUSE does not reboot after the dump
 * @has_no_dump: SUSE saves the dmesg only
 * @transfer: SUSE's program that replaces kdump's own, without any hook
 * @fail_command: Debian's, where the dump fails
 * @fence_nodes: of kdump.conf
 * @kernel: the release kdump is pinned to; or empty
 * @initrd: of the crash kernel, where it is configured
 */
struct kdump_config {
	enum kdump_family family;
	char id[32];
	char version[32];
	bool is_listed;
	bool is_configurable;
	const char *file;
	const char *cmdline_file;
	const char *unit;
	const char *install;
	bool is_found;
	char problem[128];
	bool is_unreadable;
	char refused[80];
	bool has_returns;
	bool is_enabled;
	bool is_unit_disabled;
	char why_disabled[96];
	enum kdump_target_kind target_kind;
	char target[256];
	bool is_target_vague;
	char missing[256];
	char device[128];
	char core_dir[256];
	unsigned int dump_level;
	struct kdump_value cmdline;
	struct kdump_value remove;
	struct kdump_value append;
	enum kdump_syscall call;
	char prescript[256];
	char failure_action[32];
	char final_action[32];
	bool has_shell_on_error;
	bool is_staying;
	bool has_no_dump;
	char transfer[128];
	struct kdump_value fail_command;
	char fence_nodes[256];
	char kernel[128];
	char initrd[256];
};

void kdump_config_read(const struct sysroot *sysroot, struct kdump_config *ret);

/* The words of a kexec command line that are kexec's own, not the kernel's */
enum kdump_syscall kdump_config_call(const char *arguments);

#endif
