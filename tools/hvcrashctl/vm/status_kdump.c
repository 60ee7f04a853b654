// SPDX-License-Identifier: GPL-2.0-only
/*
 * status_kdump.c - checks: what the second kernel is told to do, and its room
 *
 * See status.h. Nothing of the initrd is looked into: that takes the tools of
 * the distribution (lsinitramfs, lsinitrd).
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>

#include "vm/status.h"

#define MIB (1024ULL * 1024)

/* makedumpfile -d; 1 leaves out pages of zeros, of which nothing is known */
#define LEVEL_CACHE 6
#define LEVEL_USER 8
#define LEVEL_FREE 16

void status_kdump(const struct status_facts *facts, struct status_answer *ret)
{
	const struct kdump_config *kdump = &facts->kdump;

	if (!kdump->is_found) {
		status_found(ret, STATUS_WARN, "no kdump is configured: no %s",
			     kdump->file);
		if (kdump->family == KDUMP_DEBIAN)
			status_mend(ret, "apt install kdump-tools");
		else if (kdump->family == KDUMP_SUSE)
			status_mend(ret, "zypper install kdump");
		else
			status_mend(ret, "dnf install kdump-utils kexec-tools");
	} else if (!kdump->is_enabled) {
		status_found(ret, STATUS_WARN,
			     "%s: kdump does not start at the next boot",
			     kdump->file);
		status_mend(ret, "hvcrash-configure");
	} else {
		status_found(ret, STATUS_OK, "%s", kdump->file);
	}
}

void status_crash_cmdline(const struct status_facts *facts,
			  struct status_answer *ret)
{
	const struct kdump_config *kdump = &facts->kdump;
	const char *append = kdump->append;

	if (!kdump->is_found) {
		status_found(ret, STATUS_UNKNOWN, "no kdump is configured");
	} else if (kdump->family == KDUMP_DEBIAN && kdump->has_append &&
		   !strstr(append, "systemd.unit=kdump-tools-dump.service")) {
		/* what is set replaces the default, and with it the unit */
		status_found(
			ret, STATUS_FAIL,
			"KDUMP_CMDLINE_APPEND lacks systemd.unit=kdump-tools-dump.service: the second kernel takes no dump");
		status_mend(
			ret,
			"add it in %s, with reset_devices nr_cpus=1 irqpoll; kdump-config unload; kdump-config load",
			kdump->file);
	} else if (strstr(append, "blacklist=hv_") ||
		   strstr(append, "ata_piix")) {
		status_found(
			ret, STATUS_WARN,
			"the second kernel is kept from Hyper-V's drivers, an advice of 2013: it may see no disk");
		status_mend(ret, "take blacklist=hv_* and ata_piix out of %s",
			    kdump->family == KDUMP_DEBIAN ||
					    kdump->family == KDUMP_SUSE ?
				    kdump->file :
				    "/etc/sysconfig/kdump");
	} else {
		status_found(ret, STATUS_OK, "%s",
			     kdump->has_append ? append : "the default");
	}
}

void status_hooks(const struct status_facts *facts, struct status_answer *ret)
{
	static const char *const places[] = {
		"/etc/systemd/system/kdump-tools-dump.service.d/*hvcrash*.conf",
		"/usr/lib/systemd/system/kdump-tools-dump.service.d/*hvcrash*.conf",
		"/lib/systemd/system/kdump-tools-dump.service.d/*hvcrash*.conf",
		"/etc/kdump/pre.d/*hvcrash*",
	};
	char path[SYSROOT_PATH_BYTES];

	if (facts->kdump.family == KDUMP_SUSE &&
	    strstr(facts->kdump.prescript, "hvcrash")) {
		status_found(ret, STATUS_OK, "KDUMP_PRESCRIPT=%.100s",
			     facts->kdump.prescript);
		return;
	}
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		if (facts->kdump.family == KDUMP_SUSE ||
		    !sysroot_glob(&facts->sysroot, places[i], path))
			continue;
		status_found(ret, STATUS_OK, "%.150s", path);
		return;
	}
	status_found(ret, STATUS_WARN,
		     "no hook of hvcrash: nothing audits in the second kernel");
	status_mend(ret, "make -C kdump-hooks install; hvcrash-configure");
}

/* A virtual function that netvsc hands its traffic to, by its PCI bus */
static bool has_virtual_function(const struct sysroot *sysroot)
{
	char path[SYSROOT_PATH_BYTES];

	return sysroot_glob(sysroot, "/sys/bus/vmbus/drivers/hv_pci/*-*-*",
			    path);
}

void status_target(const struct status_facts *facts, struct status_answer *ret)
{
	const struct kdump_config *kdump = &facts->kdump;
	const char *target = kdump->target;

	if (kdump->is_remote && has_virtual_function(&facts->sysroot)) {
		status_found(
			ret, STATUS_WARN,
			"%.100s, with accelerated networking: the kdump initrd needs the driver behind hv_netvsc",
			target);
		status_mend(
			ret,
			"look for mlx5_core or mana in it: lsinitramfs, lsinitrd");
	} else if (kdump->is_remote) {
		status_found(ret, STATUS_OK, "%.150s", target);
	} else if (facts->is_azure && !strncmp(target, "/mnt", 4) &&
		   (!target[4] || target[4] == '/')) {
		status_found(
			ret, STATUS_WARN,
			"%.100s: Azure's temporary disk, which is wiped and not always mounted",
			target);
		status_mend(ret, "name a directory on a data disk in %s",
			    kdump->file);
	} else {
		status_found(ret, STATUS_OK, "%.150s", target);
	}
}

/* What a dump of now would hold, before compression */
static bool estimate(const struct status_facts *facts, __u64 *ret)
{
	const struct {
		unsigned int levels;
		const char *key;
	} left_out[] = {
		{ LEVEL_FREE, "MemFree" },
		{ LEVEL_CACHE, "Cached" },
		{ LEVEL_CACHE, "Buffers" },
		{ LEVEL_USER, "AnonPages" },
	};
	__u64 bytes, part;

	if (!sysroot_meminfo(&facts->sysroot, "MemTotal", &bytes))
		return false;
	for (size_t i = 0; i < sizeof(left_out) / sizeof(left_out[0]); i++) {
		if (!(facts->kdump.dump_level & left_out[i].levels) ||
		    !sysroot_meminfo(&facts->sysroot, left_out[i].key, &part))
			continue;
		bytes -= part < bytes ? part : bytes;
	}
	*ret = bytes;
	return true;
}

/* The target, or the part of its path that is there */
static bool free_bytes(const struct status_facts *facts, __u64 *ret)
{
	char dir[sizeof(facts->kdump.target)], full[SYSROOT_PATH_BYTES];
	struct statvfs fs;
	char *end;

	snprintf(dir, sizeof(dir), "%s", facts->kdump.target);
	for (;;) {
		if (!statvfs(sysroot_path(&facts->sysroot, *dir ? dir : "/",
					  full),
			     &fs)) {
			*ret = (__u64)fs.f_bavail * fs.f_frsize;
			return true;
		}
		end = strrchr(dir, '/');
		if (errno != ENOENT || !end)
			return false;
		*end = '\0';
	}
}

void status_space(const struct status_facts *facts, struct status_answer *ret)
{
	const char *target = facts->kdump.target;
	__u64 available, needed;

	if (facts->kdump.is_remote) {
		status_found(ret, STATUS_UNKNOWN,
			     "not checked: the dump does not stay here");
	} else if (!free_bytes(facts, &available) ||
		   !estimate(facts, &needed)) {
		status_found(ret, STATUS_UNKNOWN, "not known of %.100s",
			     target);
	} else if (available < needed) {
		status_found(
			ret, STATUS_FAIL,
			"%.100s: %llu MiB free, a dump of now takes %llu MiB before compression",
			target, available / MIB, needed / MIB);
		status_mend(ret, "make room, or name another place in %s",
			    facts->kdump.file);
	} else if (available < facts->ram_bytes) {
		status_found(
			ret, STATUS_WARN,
			"%.100s: %llu MiB free, enough for a dump of now (%llu MiB), less than the RAM",
			target, available / MIB, needed / MIB);
		status_mend(ret, "a disk as large as the RAM for %.100s",
			    target);
	} else {
		status_found(ret, STATUS_OK,
			     "%.100s: %llu MiB free, more than the RAM", target,
			     available / MIB);
	}
}
