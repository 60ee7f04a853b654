// SPDX-License-Identifier: GPL-2.0-only
/*
 * kdump_config.c - /etc/default/kdump-tools, /etc/kdump.conf, /etc/sysconfig/kdump
 *
 * See kdump_config.h. The last assignment of a name wins, as in the shell and in
 * systemd's EnvironmentFile, which both read these files.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "vm/kdump_config.h"

#define MAX_CONFIG_BYTES (256 * 1024)
#define DEFAULT_DIRECTORY "/var/crash"

/* The value without the quotes around it, and without what follows them */
static void unquote(const char *value, char *buf, size_t bytes)
{
	size_t length = strcspn(value, "\n");

	if (*value == '"' || *value == '\'') {
		char quote[3] = { *value, '\n', '\0' };

		value++;
		length = strcspn(value, quote);
	} else {
		length = strcspn(value, " \t\n#");
	}
	snprintf(buf, bytes, "%.*s", (int)length, value);
}

/* NAME=VALUE on a line of its own; false where the name is not set */
static bool assignment(const char *text, const char *name, char *buf,
		       size_t bytes)
{
	size_t length = strlen(name);
	bool is_found = false;

	while (text) {
		text += strspn(text, " \t");
		if (!strncmp(text, name, length) && text[length] == '=') {
			unquote(text + length + 1, buf, bytes);
			is_found = true;
		}
		text = strchr(text, '\n');
		if (text)
			text++;
	}
	return is_found;
}

/* "NAME VALUE", the form of kdump.conf */
static bool directive(const char *text, const char *name, char *buf,
		      size_t bytes)
{
	size_t length = strlen(name);

	while (text) {
		if (!strncmp(text, name, length) &&
		    (text[length] == ' ' || text[length] == '\t')) {
			text += length;
			text += strspn(text, " \t");
			snprintf(buf, bytes, "%.*s", (int)strcspn(text, "#\n"),
				 text);
			length = strlen(buf);
			while (length && strchr(" \t", buf[length - 1]))
				buf[--length] = '\0';
			return true;
		}
		text = strchr(text, '\n');
		if (text)
			text++;
	}
	return false;
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
static bool is_service_enabled(const struct sysroot *sysroot)
{
	char path[SYSROOT_PATH_BYTES];

	return sysroot_glob(sysroot,
			    "/etc/systemd/system/*.wants/kdump.service", path);
}

static void find_call(const char *arguments, struct kdump_config *ret)
{
	if (sysroot_text_has_word(arguments, "-s") ||
	    sysroot_text_has_word(arguments, "-a") ||
	    sysroot_text_has_word(arguments, "--kexec-file-syscall") ||
	    sysroot_text_has_word(arguments, "--kexec-syscall-auto"))
		ret->call = KDUMP_SYSCALL_FILE;
	else if (sysroot_text_has_word(arguments, "-c") ||
		 sysroot_text_has_word(arguments, "--kexec-syscall"))
		ret->call = KDUMP_SYSCALL_LOAD;
}

static void read_os_release(const struct sysroot *sysroot,
			    struct kdump_config *ret)
{
	char *text guarded_free =
		sysroot_read_all(sysroot, "/etc/os-release", MAX_CONFIG_BYTES);
	char like[128] = "", all[192];

	if (!text)
		return;
	assignment(text, "ID", ret->id, sizeof(ret->id));
	assignment(text, "VERSION_ID", ret->version, sizeof(ret->version));
	assignment(text, "ID_LIKE", like, sizeof(like));
	snprintf(all, sizeof(all), "%s %s", ret->id, like);
	if (sysroot_text_has_word(all, "azurelinux") ||
	    sysroot_text_has_word(all, "mariner"))
		ret->family = KDUMP_AZURE_LINUX;
	else if (sysroot_text_has_word(all, "debian") ||
		 sysroot_text_has_word(all, "ubuntu"))
		ret->family = KDUMP_DEBIAN;
	else if (sysroot_text_has_word(all, "rhel") ||
		 sysroot_text_has_word(all, "fedora") ||
		 sysroot_text_has_word(all, "centos"))
		ret->family = KDUMP_RHEL;
	else if (strstr(all, "suse") || sysroot_text_has_word(all, "sles"))
		ret->family = KDUMP_SUSE;
}

/* kexec-tools 2.0.29 tries kexec_file_load() first, 2.0.25 does not */
static enum kdump_syscall debian_default(const struct kdump_config *config)
{
	double version = atof(config->version);

	if (!strcmp(config->id, "debian") && version > 0)
		return version < 13 ? KDUMP_SYSCALL_LOAD : KDUMP_SYSCALL_FILE;
	if (!strcmp(config->id, "ubuntu") && version > 0)
		return version < 25 ? KDUMP_SYSCALL_LOAD : KDUMP_SYSCALL_FILE;
	return KDUMP_SYSCALL_UNKNOWN;
}

static void read_debian(const struct sysroot *sysroot, const char *text,
			struct kdump_config *ret)
{
	static const char *const remote[] = { "SSH", "NFS", "FTP" };
	char value[1024] = "";

	ret->call = debian_default(ret);
	/* kdump-config writes the command here that it loaded the kernel by */
	if (sysroot_read(sysroot, "/var/crash/kexec_cmd", value, sizeof(value)))
		find_call(value, ret);
	if (assignment(text, "USE_KDUMP", value, sizeof(value)))
		ret->is_enabled = strcmp(value, "0") && *value;
	assignment(text, "KDUMP_COREDIR", ret->target, sizeof(ret->target));
	if (assignment(text, "MAKEDUMP_ARGS", value, sizeof(value)))
		find_dump_level(value, ret);
	if (assignment(text, "KDUMP_KEXEC_ARGS", value, sizeof(value)))
		find_call(value, ret);
	ret->has_append = assignment(text, "KDUMP_CMDLINE_APPEND", ret->append,
				     sizeof(ret->append));
	for (size_t i = 0; i < sizeof(remote) / sizeof(remote[0]); i++) {
		if (!assignment(text, remote[i], value, sizeof(value)) ||
		    !*value)
			continue;
		ret->is_remote = true;
		snprintf(ret->target, sizeof(ret->target), "%s %.200s",
			 remote[i], value);
	}
}

/* A file system that kdump mounts itself: where it is mounted now, if it is */
static bool find_mount(const struct sysroot *sysroot, const char *device,
		       char *buf, size_t bytes)
{
	char *text guarded_free =
		sysroot_read_all(sysroot, "/proc/mounts", MAX_CONFIG_BYTES);
	char *rest = text, *line;

	while (rest && (line = strsep(&rest, "\n"))) {
		char from[128], to[128];

		if (sscanf(line, "%127s %127s", from, to) == 2 &&
		    !strcmp(from, device)) {
			snprintf(buf, bytes, "%s", strcmp(to, "/") ? to : "");
			return true;
		}
	}
	return false;
}

static void read_rhel_target(const struct sysroot *sysroot, const char *text,
			     struct kdump_config *ret)
{
	static const char *const remote[] = { "ssh", "nfs", "raw" };
	static const char *const local[] = { "ext4", "ext3", "ext2", "xfs",
					     "btrfs" };
	char path[128] = DEFAULT_DIRECTORY, value[96], mount[128];

	directive(text, "path", path, sizeof(path));
	snprintf(ret->target, sizeof(ret->target), "%s", path);
	for (size_t i = 0; i < sizeof(local) / sizeof(local[0]); i++) {
		if (!directive(text, local[i], value, sizeof(value)))
			continue;
		ret->is_remote =
			!find_mount(sysroot, value, mount, sizeof(mount));
		snprintf(ret->target, sizeof(ret->target), "%s%s",
			 ret->is_remote ? value : mount,
			 ret->is_remote ? "" : path);
	}
	for (size_t i = 0; i < sizeof(remote) / sizeof(remote[0]); i++) {
		if (!directive(text, remote[i], value, sizeof(value)))
			continue;
		ret->is_remote = true;
		snprintf(ret->target, sizeof(ret->target), "%s %s", remote[i],
			 value);
	}
}

static void read_rhel(const struct sysroot *sysroot, const char *text,
		      struct kdump_config *ret)
{
	char *sysconfig guarded_free = sysroot_read_all(
		sysroot, "/etc/sysconfig/kdump", MAX_CONFIG_BYTES);
	char value[256];

	ret->is_enabled = is_service_enabled(sysroot);
	read_rhel_target(sysroot, text, ret);
	if (directive(text, "core_collector", value, sizeof(value)))
		find_dump_level(value, ret);
	if (!sysconfig)
		return;
	if (assignment(sysconfig, "KEXEC_ARGS", value, sizeof(value)))
		find_call(value, ret);
	ret->has_append = assignment(sysconfig, "KDUMP_COMMANDLINE_APPEND",
				     ret->append, sizeof(ret->append));
}

static void read_suse(const struct sysroot *sysroot, const char *text,
		      struct kdump_config *ret)
{
	char value[256];

	ret->is_enabled = is_service_enabled(sysroot);
	/* load.sh says -a: kexec_file_load() first */
	ret->call = KDUMP_SYSCALL_FILE;
	if (assignment(text, "KDUMP_SAVEDIR", value, sizeof(value))) {
		const char *path = value;

		if (!strncmp(path, "file://", 7))
			path += 7;
		ret->is_remote = *path != '/';
		snprintf(ret->target, sizeof(ret->target), "%.250s", path);
	}
	if (assignment(text, "KDUMP_DUMPLEVEL", value, sizeof(value)))
		ret->dump_level = (unsigned int)atoi(value) & 31;
	ret->has_append = assignment(text, "KDUMP_COMMANDLINE_APPEND",
				     ret->append, sizeof(ret->append));
	assignment(text, "KDUMP_PRESCRIPT", ret->prescript,
		   sizeof(ret->prescript));
}

void kdump_config_read(const struct sysroot *sysroot, struct kdump_config *ret)
{
	static const char *const files[] = {
		[KDUMP_OTHER] = "/etc/kdump.conf",
		[KDUMP_DEBIAN] = "/etc/default/kdump-tools",
		[KDUMP_RHEL] = "/etc/kdump.conf",
		[KDUMP_AZURE_LINUX] = "/etc/kdump.conf",
		[KDUMP_SUSE] = "/etc/sysconfig/kdump",
	};
	char *text guarded_free = NULL;

	memset(ret, 0, sizeof(*ret));
	ret->dump_level = 31;
	snprintf(ret->target, sizeof(ret->target), DEFAULT_DIRECTORY);
	read_os_release(sysroot, ret);
	ret->file = files[ret->family];
	text = sysroot_read_all(sysroot, ret->file, MAX_CONFIG_BYTES);
	if (!text)
		return;
	ret->is_found = true;
	if (ret->family == KDUMP_DEBIAN)
		read_debian(sysroot, text, ret);
	else if (ret->family == KDUMP_SUSE)
		read_suse(sysroot, text, ret);
	else
		read_rhel(sysroot, text, ret);
	/* its kdumpctl says -s whatever is configured */
	if (ret->family == KDUMP_AZURE_LINUX)
		ret->call = KDUMP_SYSCALL_FILE;
}
