// SPDX-License-Identifier: GPL-2.0-only
/*
 * kdump_config.c - /etc/default/kdump-tools, /etc/kdump.conf,
 * /etc/sysconfig/kdump
 *
 * See kdump_config.h. Which distribution has which file is in the tables that
 * hvcrash-configure reads, too (scripts/lib/tables).
 */
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "tables.h"
#include "vm/kdump_conf.h"
#include "vm/kdump_config.h"
#include "vm/mounts.h"
#include "vm/shell_vars.h"
#include "vm/units.h"

#define MAX_CONFIG_BYTES (256 * 1024)
#define DEFAULT_DIRECTORY "/var/crash"

#define ROWS(table) (sizeof(table) / sizeof((table)[0]))

/* Columns of scripts/lib/tables/distributions and families */
enum {
	DIST_ID,
	DIST_VERSION,
	DIST_FAMILY,
	DIST_TRIED,
	DIST_KEXEC,
	DIST_INSTALL
};
enum {
	FAMILY_NAME,
	FAMILY_CONFIG,
	FAMILY_CMDLINE,
	FAMILY_PROGRAM,
	FAMILY_UNIT,
	FAMILY_SHELL
};

static void copy(char *to, size_t bytes, const char *text)
{
	size_t length = strlen(text);

	if (length >= bytes)
		length = bytes - 1;
	memcpy(to, text, length);
	to[length] = '\0';
}

static void set_unreadable(struct kdump_config *ret, const char *path,
			   const char *why)
{
	ret->is_unreadable = true;
	snprintf(ret->problem, sizeof(ret->problem),
		 "%.60s cannot be read: %.40s", path, why);
}

/* The text of a file that a shell sources; false with ret->problem */
static bool read_vars(const struct sysroot *sysroot, const char *path,
		      enum shell_dialect dialect, struct kdump_config *ret,
		      struct shell_vars *vars)
{
	size_t bytes = 0;
	char *text guarded_free =
		sysroot_read_text(sysroot, path, MAX_CONFIG_BYTES, &bytes);

	shell_vars_read(vars, text, bytes, dialect);
	if (!text) {
		if (errno != ENOENT)
			set_unreadable(ret, path, sysroot_error());
		return false;
	}
	ret->has_returns |= !!strstr(text, "\r\n");
	if (vars->is_lost)
		snprintf(ret->problem, sizeof(ret->problem),
			 "%.60s, line %u: %.40s", path, vars->lost_line,
			 vars->lost_why);
	return true;
}

/* True if there is a value; it has "?" for unknown parts */
static bool get(const struct shell_vars *vars, const char *name,
		struct kdump_value *ret)
{
	const char *text;
	enum shell_state state = shell_vars_get(vars, name, &text);

	ret->is_set = state != SHELL_UNSET;
	ret->is_exact = state != SHELL_CANNOT_TELL;
	copy(ret->text, sizeof(ret->text), text);
	return ret->is_set;
}

static void get_text(const struct shell_vars *vars, const char *name, char *buf,
		     size_t bytes)
{
	const char *text;

	if (shell_vars_get(vars, name, &text) != SHELL_UNSET && *text)
		copy(buf, bytes, text);
}

/* "-d 31" or "-d31" among the words; not the -d of --dump-dmesg */
static void find_dump_level(const char *arguments, struct kdump_config *ret)
{
	const char *at = arguments;
	unsigned int level;

	while ((at = strstr(at, "-d"))) {
		if ((at == arguments || at[-1] == ' ') &&
		    sscanf(at + 2, "%u", &level) == 1 && level <= 31)
			ret->dump_level = level;
		at += 2;
	}
}

/* By the link that systemctl enable makes, whatever target wants it */
static bool is_service_enabled(const struct sysroot *sysroot, const char *unit)
{
	char pattern[SYSROOT_PATH_BYTES], path[SYSROOT_PATH_BYTES];

	snprintf(pattern, sizeof(pattern), "/etc/systemd/system/*.wants/%s",
		 unit);
	return sysroot_glob(sysroot, pattern, path);
}

enum kdump_syscall kdump_config_call(const char *arguments)
{
	enum kdump_syscall call = KDUMP_SYSCALL_UNKNOWN;
	char word[WORDS_WORD_BYTES];

	while (words_next(&arguments, word)) {
		/* from here on the words are the crash kernel's */
		if (!strncmp(word, "--command-line=", 15) ||
		    !strncmp(word, "--append=", 9))
			continue;
		if (!strcmp(word, "-s") || !strcmp(word, "-a") ||
		    !strcmp(word, "--kexec-file-syscall") ||
		    !strcmp(word, "--kexec-syscall-auto"))
			call = KDUMP_SYSCALL_FILE;
		else if (!strcmp(word, "-c") ||
			 !strcmp(word, "--kexec-syscall"))
			call = KDUMP_SYSCALL_LOAD;
	}
	return call;
}

static void set_call(struct kdump_config *ret, const char *arguments)
{
	enum kdump_syscall call = kdump_config_call(arguments);

	if (call != KDUMP_SYSCALL_UNKNOWN)
		ret->call = call;
}

static void use_family(struct kdump_config *ret, const char *name)
{
	static const enum kdump_family families[] = { KDUMP_DEBIAN, KDUMP_RHEL,
						      KDUMP_AZURE_LINUX,
						      KDUMP_SUSE };

	for (size_t i = 0; i < ROWS(table_families); i++) {
		if (strcmp(table_families[i][FAMILY_NAME], name))
			continue;
		ret->family = families[i];
		ret->file = table_families[i][FAMILY_CONFIG];
		ret->cmdline_file = table_families[i][FAMILY_CMDLINE];
		ret->unit = table_families[i][FAMILY_UNIT];
	}
}

/* Of the table, or of a distribution it is like, and then untested */
static void find_family(struct kdump_config *ret, const char *like)
{
	static const struct {
		const char *word, *family;
	} likes[] = {
		{ "azurelinux", "azurelinux" },
		{ "mariner", "azurelinux" },
		{ "debian", "debian" },
		{ "ubuntu", "debian" },
		{ "rhel", "rhel" },
		{ "fedora", "rhel" },
		{ "centos", "rhel" },
		{ "suse", "suse" },
		{ "opensuse", "suse" },
		{ "sles", "suse" },
	};
	const char *version = *ret->version ? ret->version : "-";
	char all[192];

	for (size_t i = 0; i < ROWS(table_distributions); i++) {
		const char *const *row = table_distributions[i];

		if (strcmp(row[DIST_ID], ret->id) ||
		    fnmatch(row[DIST_VERSION], version, 0))
			continue;
		use_family(ret, row[DIST_FAMILY]);
		ret->is_listed = true;
		ret->is_configurable = !strcmp(row[DIST_TRIED], "yes");
		ret->install = row[DIST_INSTALL];
		if (strcmp(row[DIST_KEXEC], "-"))
			ret->call = strcmp(row[DIST_KEXEC], "file") ?
					    KDUMP_SYSCALL_LOAD :
					    KDUMP_SYSCALL_FILE;
		return;
	}
	snprintf(all, sizeof(all), "%s %s", ret->id, like);
	for (size_t i = 0; i < ROWS(likes); i++) {
		if (!words_have(all, likes[i].word))
			continue;
		use_family(ret, likes[i].family);
		return;
	}
}

static void read_os_release(const struct sysroot *sysroot,
			    struct kdump_config *ret)
{
	struct shell_vars vars guarded(shell_vars_deinit);
	char like[128] = "";

	if (!read_vars(sysroot, "/etc/os-release", SHELL_DASH, ret, &vars)) {
		shell_vars_deinit(&vars);
		read_vars(sysroot, "/usr/lib/os-release", SHELL_DASH, ret,
			  &vars);
	}
	get_text(&vars, "ID", ret->id, sizeof(ret->id));
	get_text(&vars, "VERSION_ID", ret->version, sizeof(ret->version));
	get_text(&vars, "ID_LIKE", like, sizeof(like));
	find_family(ret, like);
}

/* kdump-config adds -s by itself then: check_secure_boot() */
static bool is_secure_boot_enforced(const struct sysroot *sysroot)
{
	static const char guid[] = "8be4df61-93ca-11d2-aa0d-00e098032b8c";
	static const char *const names[] = { "SecureBoot", "SetupMode" };
	int value[2] = { 0, 1 };

	for (size_t i = 0; i < 2; i++) {
		char path[SYSROOT_PATH_BYTES], buf[8] = "";
		size_t bytes = 0;
		char *text guarded_free = NULL;

		snprintf(path, sizeof(path), "/sys/firmware/efi/efivars/%s-%s",
			 names[i], guid);
		text = sysroot_read_text(sysroot, path, sizeof(buf), &bytes);
		if (text && bytes == 5)
			value[i] = text[4];
	}
	return value[0] == 1 && value[1] == 0;
}

/*
 * The init script tests [ "$USE_KDUMP" -ne 0 ], which fails unless it is a
 * number, and then does nothing. The unit that calls it may be disabled.
 */
static void judge_use_kdump(const struct sysroot *sysroot,
			    const struct shell_vars *vars,
			    struct kdump_config *ret)
{
	struct kdump_value value;
	struct unit unit;
	char *end;

	unit_read_files(sysroot, ret->unit, &unit);
	if (!get(vars, "USE_KDUMP", &value)) {
		snprintf(ret->why_disabled, sizeof(ret->why_disabled),
			 "no USE_KDUMP");
	} else if (!value.is_exact) {
		if (!*ret->problem)
			snprintf(ret->problem, sizeof(ret->problem),
				 "%.60s: only a shell knows USE_KDUMP",
				 ret->file);
		ret->is_enabled = true;
	} else if (!strtol(value.text, &end, 10) || *end) {
		snprintf(ret->why_disabled, sizeof(ret->why_disabled),
			 "USE_KDUMP=%.40s%s", value.text,
			 end == value.text || *end ? " is not a number" : "");
	} else if (unit.is_there && !is_service_enabled(sysroot, ret->unit)) {
		snprintf(ret->why_disabled, sizeof(ret->why_disabled),
			 "%.40s is disabled", ret->unit);
		ret->is_unit_disabled = true;
	} else {
		ret->is_enabled = true;
	}
}

/*
 * locate_kdump_kernel() gives up there; files in its own directory it makes
 * itself
 */
static void find_missing(const struct sysroot *sysroot,
			 const struct shell_vars *vars,
			 struct kdump_config *ret)
{
	static const char *const names[] = { "KDUMP_KERNEL", "KDUMP_INITRD" };
	static const char own[] = "/var/lib/kdump/";
	struct kdump_value value;

	for (size_t i = 0; i < ROWS(names); i++)
		if (get(vars, names[i], &value) && value.is_exact &&
		    *value.text && strncmp(value.text, own, strlen(own)) &&
		    !sysroot_exists(sysroot, value.text))
			snprintf(ret->missing, sizeof(ret->missing),
				 "%s=%.200s", names[i], value.text);
}

static void read_debian(const struct sysroot *sysroot,
			const struct shell_vars *vars, struct kdump_config *ret)
{
	static const char *const remote[] = { "SSH", "NFS", "FTP" };
	struct kdump_value value;

	if (is_secure_boot_enforced(sysroot))
		ret->call = KDUMP_SYSCALL_FILE;
	judge_use_kdump(sysroot, vars, ret);
	get_text(vars, "KDUMP_COREDIR", ret->target, sizeof(ret->target));
	ret->is_target_vague =
		get(vars, "KDUMP_COREDIR", &value) && !value.is_exact;
	copy(ret->core_dir, sizeof(ret->core_dir), ret->target);
	if (get(vars, "MAKEDUMP_ARGS", &value))
		find_dump_level(value.text, ret);
	if (get(vars, "KDUMP_KEXEC_ARGS", &value))
		set_call(ret, value.text);
	get(vars, "KDUMP_FAIL_CMD", &ret->fail_command);
	get(vars, "KDUMP_CMDLINE", &ret->cmdline);
	/* ${KDUMP_CMDLINE_APPEND:=...}: empty is the default, too */
	if (!get(vars, "KDUMP_CMDLINE_APPEND", &ret->append) ||
	    (ret->append.is_exact && !*ret->append.text))
		ret->append.is_set = false;
	get_text(vars, "KDUMP_INITRD", ret->initrd, sizeof(ret->initrd));
	find_missing(sysroot, vars, ret);
	for (size_t i = 0; i < ROWS(remote); i++) {
		if (!get(vars, remote[i], &value) || !*value.text)
			continue;
		ret->target_kind = KDUMP_TARGET_NETWORK;
		ret->is_target_vague = !value.is_exact;
		snprintf(ret->target, sizeof(ret->target), "%s %.200s",
			 remote[i], value.text);
	}
}

/* A file system that kdump mounts by itself, wherever that is mounted now */
static void use_device(const struct sysroot *sysroot, const char *path,
		       struct kdump_config *ret)
{
	char mounted[256];

	if (mounts_find_device(sysroot, ret->device, mounted,
			       sizeof(mounted))) {
		snprintf(ret->target, sizeof(ret->target), "%.120s%.120s",
			 strcmp(mounted, "/") ? mounted : "", path);
		return;
	}
	ret->target_kind = KDUMP_TARGET_DEVICE;
	snprintf(ret->target, sizeof(ret->target), "%.100s%s%.120s",
		 ret->device, *path ? ", " : "", path);
}

/*
 * dracut_args --mount "DEVICE POINT TYPE OPTIONS": the device's own file system;
 * get_dracut_args_target() takes the word behind --mount and one character
 */
static bool find_mount_argument(const char *arguments, char *buf, size_t bytes)
{
	const char *at = strstr(arguments, "--mount");

	if (!at || !at[7] || !at[8])
		return false;
	at += 8;
	at += *at == '"' || *at == '\'';
	snprintf(buf, bytes, "%.*s", (int)strcspn(at, " \t"), at);
	return *buf;
}

static void read_rhel_target(const struct sysroot *sysroot,
			     const struct kdump_conf *conf,
			     struct kdump_config *ret)
{
	static const char *const local[] = { "ext4", "ext3",  "ext2",
					     "xfs",  "btrfs", "minix" };
	static const char *const remote[] = { "ssh", "nfs", "virtiofs" };
	char path[128] = DEFAULT_DIRECTORY, value[KDUMP_CONF_VALUE_BYTES];

	if (kdump_conf_get(conf, "path", value) && *value)
		copy(path, sizeof(path), value);
	copy(ret->target, sizeof(ret->target), path);
	for (size_t i = 0; i < ROWS(local); i++) {
		if (!kdump_conf_get(conf, local[i], value))
			continue;
		copy(ret->device, sizeof(ret->device), value);
		use_device(sysroot, path, ret);
	}
	if (kdump_conf_get(conf, "dracut_args", value) &&
	    find_mount_argument(value, ret->device, sizeof(ret->device)))
		use_device(sysroot, path, ret);
	if (kdump_conf_get(conf, "raw", value)) {
		copy(ret->device, sizeof(ret->device), value);
		ret->target_kind = KDUMP_TARGET_DEVICE;
		snprintf(ret->target, sizeof(ret->target), "raw %.200s", value);
	}
	for (size_t i = 0; i < ROWS(remote); i++) {
		if (!kdump_conf_get(conf, remote[i], value))
			continue;
		ret->target_kind = KDUMP_TARGET_NETWORK;
		snprintf(ret->target, sizeof(ret->target), "%s %.200s",
			 remote[i], value);
	}
}

static void read_rhel_sysconfig(const struct sysroot *sysroot,
				struct kdump_config *ret)
{
	struct shell_vars vars guarded(shell_vars_deinit);
	struct kdump_value value;

	if (!read_vars(sysroot, ret->cmdline_file, SHELL_BASH, ret, &vars))
		return;
	if (get(&vars, "KEXEC_ARGS", &value))
		set_call(ret, value.text);
	get(&vars, "KDUMP_COMMANDLINE", &ret->cmdline);
	get(&vars, "KDUMP_COMMANDLINE_REMOVE", &ret->remove);
	get(&vars, "KDUMP_COMMANDLINE_APPEND", &ret->append);
	get_text(&vars, "KDUMP_KERNELVER", ret->kernel, sizeof(ret->kernel));
}

static void read_rhel(const struct sysroot *sysroot, const char *text,
		      size_t bytes, struct kdump_config *ret)
{
	struct kdump_conf conf;
	char value[KDUMP_CONF_VALUE_BYTES];

	kdump_conf_init(&conf, text, bytes);
	if (conf.is_binary) {
		set_unreadable(ret, ret->file, "not text, it has NUL bytes");
		return;
	}
	kdump_conf_is_refused(&conf, ret->refused, sizeof(ret->refused));
	ret->is_enabled = is_service_enabled(sysroot, ret->unit);
	read_rhel_target(sysroot, &conf, ret);
	if (kdump_conf_get(&conf, "core_collector", value))
		find_dump_level(value, ret);
	/* "default" is the old name of failure_action */
	if (kdump_conf_get(&conf, "default", value) ||
	    kdump_conf_get(&conf, "failure_action", value))
		snprintf(ret->failure_action, sizeof(ret->failure_action),
			 "%.31s", value);
	if (kdump_conf_get(&conf, "final_action", value))
		snprintf(ret->final_action, sizeof(ret->final_action), "%.31s",
			 value);
	if (kdump_conf_get(&conf, "fence_kdump_nodes", value))
		copy(ret->fence_nodes, sizeof(ret->fence_nodes), value);
	read_rhel_sysconfig(sysroot, ret);
	/* its kdumpctl passes -s whatever is configured */
	if (ret->family == KDUMP_AZURE_LINUX)
		ret->call = KDUMP_SYSCALL_FILE;
}

/* kdump-read-config.sh: yes, true, 1; any other value is the default */
static bool is_true(const struct shell_vars *vars, const char *name,
		    bool is_default)
{
	const char *text;

	if (shell_vars_get(vars, name, &text) != SHELL_SET)
		return is_default;
	if (!strcasecmp(text, "yes") || !strcasecmp(text, "true") ||
	    !strcmp(text, "1"))
		return true;
	if (!strcasecmp(text, "no") || !strcasecmp(text, "false") ||
	    !strcmp(text, "0"))
		return false;
	return is_default;
}

static void read_suse(const struct sysroot *sysroot,
		      const struct shell_vars *vars, struct kdump_config *ret)
{
	struct kdump_value value;

	ret->is_enabled = is_service_enabled(sysroot, ret->unit);
	/* empty is the default, as for all of them */
	if (get(vars, "KDUMP_SAVEDIR", &value) && *value.text) {
		const char *path = value.text;

		if (!strncasecmp(path, "file://", 7))
			path += 7;
		/* a path without a leading slash is useless, not a network target */
		if (strstr(path, "://"))
			ret->target_kind = KDUMP_TARGET_NETWORK;
		ret->is_target_vague = !value.is_exact;
		snprintf(ret->target, sizeof(ret->target), "%.250s", path);
	}
	if (get(vars, "KDUMP_DUMPLEVEL", &value))
		ret->dump_level = (unsigned int)atoi(value.text) & 31;
	if (!get(vars, "KDUMP_COMMANDLINE", &ret->cmdline) ||
	    (ret->cmdline.is_exact && !*ret->cmdline.text))
		ret->cmdline.is_set = false;
	get(vars, "KDUMP_COMMANDLINE_APPEND", &ret->append);
	if (get(vars, "KEXEC_OPTIONS", &value))
		set_call(ret, value.text);
	ret->has_no_dump = get(vars, "KDUMP_DUMPFORMAT", &value) &&
			   !strcmp(value.text, "none");
	get_text(vars, "KDUMP_TRANSFER", ret->transfer, sizeof(ret->transfer));
	get_text(vars, "KDUMP_PRESCRIPT", ret->prescript,
		 sizeof(ret->prescript));
	get_text(vars, "KDUMP_KERNELVER", ret->kernel, sizeof(ret->kernel));
	ret->has_shell_on_error =
		!is_true(vars, "KDUMP_CONTINUE_ON_ERROR", true);
	ret->is_staying = !is_true(vars, "KDUMP_IMMEDIATE_REBOOT", true);
}

/* Of a file that a shell sources as a whole */
static void read_sourced(const struct sysroot *sysroot,
			 struct kdump_config *ret)
{
	struct shell_vars vars guarded(shell_vars_deinit);
	bool is_debian = ret->family == KDUMP_DEBIAN;

	ret->is_found =
		read_vars(sysroot, ret->file,
			  is_debian ? SHELL_DASH : SHELL_BASH, ret, &vars);
	if (!ret->is_found)
		return;
	if (is_debian)
		read_debian(sysroot, &vars, ret);
	else
		read_suse(sysroot, &vars, ret);
}

static void read_all(const struct sysroot *sysroot, struct kdump_config *ret)
{
	char *text guarded_free = NULL;
	size_t bytes;

	memset(ret, 0, sizeof(*ret));
	ret->dump_level = 31;
	copy(ret->target, sizeof(ret->target), DEFAULT_DIRECTORY);
	copy(ret->core_dir, sizeof(ret->core_dir), DEFAULT_DIRECTORY);
	use_family(ret, "rhel");
	ret->family = KDUMP_OTHER;
	read_os_release(sysroot, ret);
	*ret->problem = '\0';
	ret->is_unreadable = false;
	if (ret->family == KDUMP_DEBIAN || ret->family == KDUMP_SUSE) {
		read_sourced(sysroot, ret);
		return;
	}
	text = sysroot_read_text(sysroot, ret->file, MAX_CONFIG_BYTES, &bytes);
	ret->is_found = text;
	if (text)
		read_rhel(sysroot, text, bytes, ret);
	else if (errno != ENOENT)
		set_unreadable(ret, ret->file, sysroot_error());
}

void kdump_config_read(const struct sysroot *sysroot, struct kdump_config *ret)
{
	char real[SYSROOT_PATH_BYTES];

	read_all(sysroot, ret);
	ret->is_target_vague |= ret->is_unreadable;
	if (ret->target_kind == KDUMP_TARGET_DIRECTORY &&
	    sysroot_resolve(sysroot, ret->target, real))
		copy(ret->target, sizeof(ret->target), real);
}
