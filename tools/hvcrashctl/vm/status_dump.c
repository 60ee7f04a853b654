// SPDX-License-Identifier: GPL-2.0-only
/*
 * status_dump.c - checks: where the dump goes, its room, and who writes it
 *
 * See status.h.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>

#include "base/cleanup.h"
#include "tables.h"
#include "vm/mounts.h"
#include "vm/status.h"

#define MIB (1024ULL * 1024)
#define MAX_PROGRAM_BYTES (8 * 1024 * 1024)

/* makedumpfile -d; 1 leaves out pages of zeros, of which nothing is known */
#define LEVEL_CACHE 6
#define LEVEL_USER 8
#define LEVEL_FREE 16

const char *status_passed_through_nic(const struct status_facts *facts)
{
	static const char *const drivers[] = { "mlx5_core", "mlx4_core",
					       "mana" };
	char path[SYSROOT_PATH_BYTES];

	for (size_t i = 0; i < sizeof(drivers) / sizeof(drivers[0]); i++) {
		snprintf(path, sizeof(path), "/sys/bus/pci/drivers/%s/*:*",
			 drivers[i]);
		if (sysroot_glob(&facts->sysroot, path, path))
			return drivers[i];
	}
	return NULL;
}

/* The layers below the target: may one of them have to be unlocked */
static bool is_encrypted(const struct status_facts *facts)
{
	const struct kdump_config *kdump = &facts->kdump;
	char device[256] = "", name[64];

	if (kdump->target_kind == KDUMP_TARGET_NETWORK)
		return false;
	if (kdump->target_kind == KDUMP_TARGET_DEVICE)
		snprintf(device, sizeof(device), "%s", kdump->device);
	else
		mounts_device_of(&facts->sysroot, kdump->target, device,
				 sizeof(device));
	mounts_block_name(&facts->sysroot, device, name, sizeof(name));
	return *name && mounts_is_encrypted(&facts->sysroot, name);
}

static void judge_encrypted(const struct status_facts *facts,
			    struct status_answer *ret)
{
	char device[256] = "";

	mounts_device_of(&facts->sysroot, facts->kdump.target, device,
			 sizeof(device));
	status_found(
		ret, STATUS_FAIL,
		"%.80s is on an encrypted disk, which the crash kernel cannot unlock",
		facts->kdump.target);
	if (strstr(device, "osencrypt"))
		status_advice(
			ret,
			"Azure Disk Encryption has no kdump: use encryption at host, or dump over the network");
	else
		status_advice(
			ret,
			"dump to a data disk without LUKS or over the network; kdumpctl setup-crypttab with kernel 6.16 hands the key on, and then takes 1300 MiB for Argon2");
}

static bool is_temporary_disk(const struct status_facts *facts)
{
	const char *target = facts->kdump.target;

	return facts->is_azure &&
	       facts->kdump.target_kind == KDUMP_TARGET_DIRECTORY &&
	       !strncmp(target, "/mnt", 4) && (!target[4] || target[4] == '/');
}

/*
 * The file system that is mounted there now is not on a disk that the second
 * kernel finds
 */
static bool judge_type(const struct status_facts *facts,
		       struct status_answer *ret)
{
	static const char *const network[] = { "nfs",  "nfs4", "cifs",
					       "smb3", "ceph", "glusterfs" };
	const char *target = facts->kdump.target;
	char device[256], type[MOUNTS_TYPE_BYTES];

	if (facts->kdump.target_kind != KDUMP_TARGET_DIRECTORY ||
	    !mounts_find(&facts->sysroot, target, device, sizeof(device), type))
		return false;
	if (!strcmp(type, "tmpfs") || !strcmp(type, "ramfs")) {
		status_found(ret, STATUS_FAIL,
			     "%.120s is in memory (%s): the dump is lost",
			     target, type);
		status_advice(ret, "name a directory on a disk in %s",
			      facts->kdump.file);
		return true;
	}
	for (size_t i = 0; i < sizeof(network) / sizeof(network[0]); i++) {
		if (strcmp(type, network[i]) && strncmp(type, "fuse.", 5))
			continue;
		status_found(
			ret, STATUS_WARN,
			"%.100s is mounted from %.60s (%s): the crash kernel may not have it",
			target, device, type);
		status_advice(ret, "name it by kdump's own means in %s: %s",
			      facts->kdump.file,
			      facts->kdump.family == KDUMP_DEBIAN ?
				      "NFS=HOST:PATH" :
			      facts->kdump.family == KDUMP_SUSE ?
				      "KDUMP_SAVEDIR=nfs://HOST/PATH" :
				      "nfs HOST:PATH");
		return true;
	}
	return false;
}

void status_target(const struct status_facts *facts, struct status_answer *ret)
{
	const struct kdump_config *kdump = &facts->kdump;
	const char *driver = status_passed_through_nic(facts);

	if (kdump->target_kind == KDUMP_TARGET_NETWORK && driver) {
		status_found(
			ret, STATUS_WARN,
			"%.100s, with accelerated networking: the kdump initrd needs %s",
			kdump->target, driver);
		status_advice(ret, "crash-initrd says whether it is in there");
	} else if (kdump->is_unreadable) {
		status_found(ret, STATUS_UNKNOWN, "%s", kdump->problem);
	} else if (!kdump->is_found) {
		status_found(ret, STATUS_UNKNOWN, "no kdump is configured");
	} else if (kdump->is_target_vague) {
		status_found(ret, STATUS_UNKNOWN,
			     "%s: only a shell knows what it says: %.120s",
			     kdump->file, kdump->target);
	} else if (kdump->target_kind == KDUMP_TARGET_DIRECTORY &&
		   *kdump->target != '/') {
		status_found(ret, STATUS_FAIL,
			     "%.150s: no absolute path, so the dump is lost",
			     kdump->target);
		status_advice(ret, "give its full path in %s", kdump->file);
	} else if (judge_type(facts, ret)) {
		return;
	} else if (is_encrypted(facts)) {
		judge_encrypted(facts, ret);
	} else if (is_temporary_disk(facts)) {
		status_found(
			ret, STATUS_WARN,
			"%.100s: Azure's temporary disk, which is wiped and not always mounted",
			kdump->target);
		status_advice(ret, "name a directory on a data disk in %s",
			      kdump->file);
	} else {
		status_found(ret, STATUS_OK, "%.150s", kdump->target);
	}
}

/* The size of a dump taken now, before compression */
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

/* A disk that is not mounted: its size is all that is known of its room */
static void judge_device(const struct status_facts *facts,
			 struct status_answer *ret)
{
	char name[64], path[SYSROOT_PATH_BYTES];
	__u64 sectors;

	mounts_block_name(&facts->sysroot, facts->kdump.device, name,
			  sizeof(name));
	snprintf(path, sizeof(path), "/sys/class/block/%s/size", name);
	if (!*name || !sysroot_read_number(&facts->sysroot, path, &sectors))
		status_found(ret, STATUS_UNKNOWN,
			     "%.100s is not mounted: its room is not known",
			     facts->kdump.target);
	else if (sectors * 512 < facts->ram_bytes)
		status_found(ret, STATUS_WARN,
			     "%.100s: %llu MiB in all, less than the RAM",
			     facts->kdump.target, sectors * 512 / MIB);
	else
		status_found(ret, STATUS_OK,
			     "%.100s: %llu MiB in all, more than the RAM",
			     facts->kdump.target, sectors * 512 / MIB);
}

void status_space(const struct status_facts *facts, struct status_answer *ret)
{
	const char *target = facts->kdump.target;
	__u64 available, needed;

	if (facts->kdump.is_target_vague || !facts->kdump.is_found) {
		status_found(ret, STATUS_UNKNOWN,
			     "where the dump goes is not known");
	} else if (facts->kdump.target_kind == KDUMP_TARGET_NETWORK) {
		status_found(ret, STATUS_UNKNOWN,
			     "not checked: the dump does not stay here");
	} else if (facts->kdump.target_kind == KDUMP_TARGET_DEVICE) {
		judge_device(facts, ret);
	} else if (!free_bytes(facts, &available) ||
		   !estimate(facts, &needed)) {
		status_found(ret, STATUS_UNKNOWN, "not known of %.100s",
			     target);
	} else if (available < needed) {
		status_found(
			ret, STATUS_FAIL,
			"%.100s: %llu MiB free, a dump of now takes %llu MiB before compression",
			target, available / MIB, needed / MIB);
		status_advice(ret, "make room, or name another place in %s",
			      facts->kdump.file);
	} else if (available < facts->ram_bytes) {
		status_found(
			ret, STATUS_WARN,
			"%.100s: %llu MiB free, enough for a dump of now (%llu MiB), less than the RAM",
			target, available / MIB, needed / MIB);
		status_advice(ret, "a disk as large as the RAM for %.100s",
			      target);
	} else {
		status_found(ret, STATUS_OK,
			     "%.100s: %llu MiB free, more than the RAM", target,
			     available / MIB);
	}
}

/* 1.7.6 is before 1.7.10 */
static int compare_versions(const char *a, const char *b)
{
	return strverscmp(a, b);
}

/* The program's own version, as -v prints it */
static bool read_version(const struct status_facts *facts, char ret[32])
{
	static const char *const places[] = { "/usr/bin/makedumpfile",
					      "/usr/sbin/makedumpfile",
					      "/sbin/makedumpfile" };
	static const char words[] = "makedumpfile: version ";

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		size_t bytes = 0;
		char *text guarded_free = sysroot_read_text(
			&facts->sysroot, places[i], MAX_PROGRAM_BYTES, &bytes);
		const char *at =
			text ? memmem(text, bytes, words, strlen(words)) : NULL;

		if (!at)
			continue;
		at += strlen(words);
		snprintf(ret, 32, "%.*s", (int)strspn(at, "0123456789."), at);
		return *ret;
	}
	return false;
}

void status_makedumpfile(const struct status_facts *facts,
			 struct status_answer *ret)
{
	size_t nr = sizeof(table_makedumpfile) / sizeof(table_makedumpfile[0]);
	unsigned int major = 0, minor = 0;
	const char *last;
	char version[32];
	size_t i = 0;

	if (!read_version(facts, version)) {
		status_found(ret, STATUS_UNKNOWN,
			     "its version is not known: no makedumpfile found");
		return;
	}
	while (i + 1 < nr &&
	       compare_versions(table_makedumpfile[i][0], version) < 0)
		i++;
	last = table_makedumpfile[i][1];
	sscanf(last, "%u.%u", &major, &minor);
	if (compare_versions(version, table_makedumpfile[nr - 1][0]) > 0 ||
	    sysroot_release_is_before(facts->release, major, minor + 1)) {
		status_found(ret, STATUS_OK, "%s", version);
		return;
	}
	status_found(
		ret, STATUS_WARN,
		"%s knows kernels up to %s: the dump may lack pages, or be as large as the RAM",
		version, last);
	status_advice(
		ret,
		"a newer makedumpfile, or as much room as the VM has memory; check a test dump with crash or drgn");
}
