// SPDX-License-Identifier: GPL-2.0-only
/*
 * status_crash_initrd.c - check: what is in the crash kernel's initrd
 *
 * See status.h. On Debian the dump is taken from the real root file system, so
 * the initrd needs the disk's driver; elsewhere the dump is taken in the
 * initrd, which needs our tool and hook, too.
 */
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "vm/initrd.h"
#include "vm/mounts.h"
#include "vm/status.h"

static bool find_initrd(const struct status_facts *facts,
			char ret[SYSROOT_PATH_BYTES])
{
	const struct kdump_config *kdump = &facts->kdump;
	const char *release = *kdump->kernel ? kdump->kernel : facts->release;

	if (kdump->family == KDUMP_DEBIAN)
		snprintf(ret, SYSROOT_PATH_BYTES, "%s",
			 *kdump->initrd ? kdump->initrd :
					  "/var/lib/kdump/initrd.img");
	else if (kdump->family == KDUMP_SUSE)
		snprintf(ret, SYSROOT_PATH_BYTES, "/var/lib/kdump/initrd");
	else
		snprintf(ret, SYSROOT_PATH_BYTES, "/boot/initramfs-%skdump.img",
			 release);
	if (sysroot_exists(&facts->sysroot, ret))
		return true;
	if (kdump->family == KDUMP_SUSE)
		snprintf(ret, SYSROOT_PATH_BYTES, "/boot/initrd-%s-kdump",
			 release);
	else if (kdump->family != KDUMP_DEBIAN)
		snprintf(ret, SYSROOT_PATH_BYTES,
			 "/var/lib/kdump/initramfs-%skdump.img", release);
	return sysroot_exists(&facts->sysroot, ret);
}

static void fix_initrd(const struct status_facts *facts,
		       struct status_answer *ret)
{
	switch (facts->kdump.family) {
	case KDUMP_DEBIAN:
		status_fix(
			ret,
			"rm -f /var/lib/kdump/initrd.img-%s && /etc/kernel/postinst.d/kdump-tools %s && systemctl restart %s",
			facts->release, facts->release, facts->kdump.unit);
		break;
	case KDUMP_SUSE:
		status_fix(ret, "mkdumprd -f && systemctl restart %s",
			   facts->kdump.unit);
		break;
	case KDUMP_RHEL:
	case KDUMP_AZURE_LINUX:
		status_fix(ret, "kdumpctl rebuild && systemctl restart %s",
			   facts->kdump.unit);
		break;
	default:
		status_advice(ret, "rebuild the crash kernel's initrd");
	}
}

static bool is_built_in(const struct status_facts *facts, const char *module)
{
	char path[SYSROOT_PATH_BYTES], name[80];
	char *text guarded_free = NULL;

	snprintf(path, sizeof(path), "/lib/modules/%s/modules.builtin",
		 facts->release);
	text = sysroot_read_all(&facts->sysroot, path, 1024 * 1024);
	snprintf(name, sizeof(name), "/%s.ko", module);
	if (text && strstr(text, name))
		return true;
	for (char *at = name; *at; at++)
		if (*at == '_')
			*at = '-';
	return text && strstr(text, name);
}

static bool lacks_module(const struct status_facts *facts,
			 const struct initrd *initrd, const char *module)
{
	return !is_built_in(facts, module) &&
	       !initrd_has_module(initrd, module);
}

/*
 * What drives the disk of the dump: VMBus's SCSI, or NVMe behind PCI on VMBus
 */
static const char *missing_disk_driver(const struct status_facts *facts,
				       const struct initrd *initrd,
				       bool *ret_is_known)
{
	static const char *const nvme[] = { "nvme", "pci_hyperv", NULL };
	static const char *const scsi[] = { "hv_storvsc", "hv_vmbus", NULL };
	char device[256] = "", name[64], disk[64];
	const char *const *drivers = NULL;

	if (facts->kdump.target_kind == KDUMP_TARGET_DEVICE)
		snprintf(device, sizeof(device), "%s", facts->kdump.device);
	else
		mounts_device_of(&facts->sysroot, facts->kdump.target, device,
				 sizeof(device));
	mounts_block_name(&facts->sysroot, device, name, sizeof(name));
	mounts_disk(&facts->sysroot, name, disk, sizeof(disk));
	if (!strncmp(disk, "nvme", 4))
		drivers = nvme;
	else if (!strncmp(disk, "sd", 2))
		drivers = scsi;
	*ret_is_known =
		drivers || facts->kdump.target_kind == KDUMP_TARGET_NETWORK;
	for (; drivers && *drivers; drivers++)
		if (lacks_module(facts, initrd, *drivers))
			return *drivers;
	return NULL;
}

static const char *missing_network(const struct status_facts *facts,
				   const struct initrd *initrd)
{
	const char *driver = status_passed_through_nic(facts);

	if (facts->kdump.target_kind != KDUMP_TARGET_NETWORK &&
	    !*facts->kdump.fence_nodes)
		return NULL;
	if (lacks_module(facts, initrd, "hv_netvsc"))
		return "hv_netvsc";
	if (driver && lacks_module(facts, initrd, driver))
		return driver;
	if (*facts->kdump.fence_nodes &&
	    !initrd_has(initrd, "/fence_kdump_send"))
		return "fence_kdump_send";
	return NULL;
}

static const char *missing_of_ours(const struct status_facts *facts,
				   const struct initrd *initrd)
{
	switch (facts->kdump.family) {
	case KDUMP_RHEL:
	case KDUMP_AZURE_LINUX:
		if (!initrd_has(initrd, "/50-hvcrash") &&
		    !strstr(initrd->names, "pre.d/50-hvcrash"))
			return "the hook etc/kdump/pre.d/50-hvcrash";
		break;
	case KDUMP_SUSE:
		if (!initrd_has(initrd, "/suse-pre"))
			return "the hook suse-pre";
		break;
	default:
		return NULL;
	}
	return initrd_has(initrd, "/hvcrashctl") ? NULL : "hvcrashctl";
}

/* The file that is newer than the initrd which should have it, or NULL */
static const char *is_outdated(const struct status_facts *facts,
			       const char *initrd)
{
	static const char *const sources[] = {
		"/usr/sbin/hvcrashctl",
		"/etc/kdump.conf",
		"/etc/kdump/pre.d/50-hvcrash",
		"/etc/kdump/post.d/50-hvcrash",
		"/usr/lib/hvcrash/suse-pre",
		"/usr/lib/hvcrash/suse-post",
		"/etc/kdump/emergency.d/50-hvcrash",
	};
	time_t built, changed;

	if (facts->kdump.family == KDUMP_DEBIAN ||
	    !sysroot_mtime(&facts->sysroot, initrd, &built))
		return NULL;
	for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++)
		if (sysroot_mtime(&facts->sysroot, sources[i], &changed) &&
		    changed > built)
			return sources[i];
	return NULL;
}

static void judge(const struct status_facts *facts, const char *path,
		  const struct initrd *initrd, struct status_answer *ret)
{
	bool is_known;
	const char *missing = missing_disk_driver(facts, initrd, &is_known),
		   *newer;

	if (missing) {
		status_found(ret, STATUS_FAIL,
			     "%.100s lacks %s, which drives the dump's disk",
			     path, missing);
		fix_initrd(facts, ret);
		return;
	}
	missing = missing_network(facts, initrd);
	if (!missing)
		missing = missing_of_ours(facts, initrd);
	newer = is_outdated(facts, path);
	if (missing) {
		status_found(ret, STATUS_WARN, "%.100s lacks %s", path,
			     missing);
		fix_initrd(facts, ret);
	} else if (newer) {
		status_found(ret, STATUS_WARN, "%.100s is older than %s", path,
			     newer);
		fix_initrd(facts, ret);
	} else if (!is_known) {
		status_found(
			ret, STATUS_UNKNOWN,
			"%.120s: which disk the dump goes to is not known, so it is unknown whether its driver is in there",
			path);
	} else {
		status_found(ret, STATUS_OK, "%.150s", path);
	}
}

void status_crash_initrd(const struct status_facts *facts,
			 struct status_answer *ret)
{
	struct initrd initrd guarded(initrd_deinit) = { 0 };
	char path[SYSROOT_PATH_BYTES];

	if (!facts->kdump.is_found) {
		status_found(ret, STATUS_UNKNOWN, "no kdump is configured");
		return;
	}
	if (!find_initrd(facts, path)) {
		/* kdump makes it when it starts for the first time */
		status_found(ret, STATUS_UNKNOWN, "%.120s is not there yet",
			     path);
		return;
	}
	initrd_read(&facts->sysroot, path, &initrd);
	if (*initrd.why)
		status_found(ret, STATUS_UNKNOWN,
			     "%.100s cannot be read: %.80s", path, initrd.why);
	else if (initrd.is_image)
		status_found(
			ret, STATUS_UNKNOWN,
			"%.100s keeps its files in an image of its own: lsinitrd shows them",
			path);
	else
		judge(facts, path, &initrd, ret);
}
