// SPDX-License-Identifier: GPL-2.0-only
/*
 * status_crash_kernel.c - checks: the crash kernel's memory and how it is loaded
 *
 * See status.h. What a distribution reserves is written here as it writes it
 * itself, in the form of crashkernel= (Documentation/admin-guide/kdump).
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "status.h"

#define MIB (1024ULL * 1024)
#define GIB (1024 * MIB)

/*
 * Less has been seen to run out of memory on Azure, where the second kernel
 * drives storage and network through VMBus; a quarter of the RAM is the most.
 */
#define HYPERV_BYTES (512 * MIB)
#define HYPERV_FROM_RAM (4 * GIB)
#define MAX_SHARE 4

static const struct {
	enum kdump_family family;
	const char *id; /* of os-release; NULL: any of the family */
	const char *x86;
	const char *arm64;
} reservations[] = {
	{ KDUMP_DEBIAN, "ubuntu",
	  "2G-4G:320M,4G-32G:512M,32G-64G:1024M,64G-128G:2048M,128G-:4096M",
	  "2G-4G:320M,4G-32G:512M,32G-64G:1024M,64G-128G:2048M,128G-:4096M" },
	{ KDUMP_DEBIAN, NULL, "512M-:192M", "512M-:256M" },
	{ KDUMP_AZURE_LINUX, NULL, "512M-32G:256M,32G-:512M",
	  "512M-32G:256M,32G-:512M" },
	{ KDUMP_RHEL, NULL, "1G-4G:192M,4G-64G:256M,64G-:512M",
	  "1G-4G:256M,4G-64G:320M,64G-:576M" },
};

static __u64 read_size(const char **text)
{
	char *end;
	__u64 bytes = strtoull(*text, &end, 10);

	if (*end == 'M')
		bytes *= MIB;
	else if (*end == 'G')
		bytes *= GIB;
	*text = end + (*end == 'M' || *end == 'G');
	return bytes;
}

/* "FROM-[TO]:SIZE,..." for this much RAM; 0 where no range fits */
static __u64 reserved_for(const char *ranges, __u64 ram_bytes)
{
	while (*ranges) {
		__u64 from = read_size(&ranges), to = UINT64_MAX, size;

		ranges++; /* - */
		if (*ranges != ':')
			to = read_size(&ranges);
		ranges++; /* : */
		size = read_size(&ranges);
		if (ram_bytes >= from && ram_bytes < to)
			return size;
		if (*ranges == ',')
			ranges++;
	}
	return 0;
}

static __u64 wanted_bytes(const struct status_facts *facts)
{
	const struct kdump_config *kdump = &facts->kdump;
	__u64 wanted = 0;

	for (size_t i = 0; i < sizeof(reservations) / sizeof(reservations[0]);
	     i++) {
		if (reservations[i].family != kdump->family ||
		    (reservations[i].id &&
		     strcmp(reservations[i].id, kdump->id)))
			continue;
		wanted = reserved_for(facts->is_arm64 ? reservations[i].arm64 :
							reservations[i].x86,
				      facts->ram_bytes);
		break;
	}
	if (facts->is_hyperv && facts->ram_bytes >= HYPERV_FROM_RAM &&
	    wanted < HYPERV_BYTES)
		wanted = HYPERV_BYTES;
	if (wanted > facts->ram_bytes / MAX_SHARE)
		wanted = facts->ram_bytes / MAX_SHARE;
	return wanted;
}

static void mend_reservation(const struct status_facts *facts,
			     struct status_answer *ret, __u64 bytes)
{
	unsigned long long mib = (bytes ? bytes : HYPERV_BYTES) / MIB;

	switch (facts->kdump.family) {
	case KDUMP_DEBIAN:
		status_mend(
			ret,
			"crashkernel=%lluM in GRUB_CMDLINE_LINUX_DEFAULT, by /etc/default/grub.d/zz-hvcrash.cfg; update-grub; reboot",
			mib);
		break;
	case KDUMP_RHEL:
		status_mend(
			ret,
			"grubby --update-kernel=ALL --args=crashkernel=%lluM; reboot",
			mib);
		break;
	case KDUMP_AZURE_LINUX:
		status_mend(
			ret,
			"crashkernel=%lluM in /etc/default/grub.d/51_kexec_tools.cfg; grub2-mkconfig -o /boot/grub2/grub.cfg; reboot",
			mib);
		break;
	case KDUMP_SUSE:
		status_mend(
			ret,
			"kdumptool calibrate; kdumptool commandline -u; reboot");
		break;
	case KDUMP_OTHER:
		status_mend(ret,
			    "boot with crashkernel=%lluM on the command line",
			    mib);
		break;
	}
}

void status_crashkernel(const struct status_facts *facts,
			struct status_answer *ret)
{
	__u64 wanted = wanted_bytes(facts), bytes;

	if (!status_read_kexec(&facts->system, "crash_size", &bytes)) {
		status_found(
			ret, STATUS_FAIL,
			"this kernel has no kdump: no crash_size in /sys/kernel/kexec");
		status_mend(ret, "boot a kernel with CONFIG_CRASH_DUMP=y");
	} else if (!bytes) {
		status_found(ret, STATUS_FAIL,
			     "no memory is reserved for a crash kernel");
		mend_reservation(facts, ret, wanted);
	} else if (!facts->ram_bytes) {
		status_found(ret, STATUS_UNKNOWN,
			     "%llu MiB reserved, and the RAM is not known",
			     bytes / MIB);
	} else if (bytes < wanted) {
		status_found(
			ret, STATUS_WARN,
			"%llu MiB of %llu MiB RAM reserved; %llu MiB are advised",
			bytes / MIB, facts->ram_bytes / MIB, wanted / MIB);
		mend_reservation(facts, ret, wanted);
	} else {
		status_found(ret, STATUS_OK,
			     "%llu MiB of %llu MiB RAM reserved", bytes / MIB,
			     facts->ram_bytes / MIB);
	}
}

void status_crash_loaded(const struct status_facts *facts,
			 struct status_answer *ret)
{
	__u64 is_loaded;

	if (!status_read_kexec(&facts->system, "crash_loaded", &is_loaded)) {
		status_found(ret, STATUS_FAIL,
			     "this kernel cannot load a crash kernel");
		status_mend(ret, "boot a kernel with CONFIG_CRASH_DUMP=y");
		return;
	}
	if (is_loaded) {
		status_found(ret, STATUS_OK, "a crash kernel is loaded");
		return;
	}
	status_found(ret, STATUS_FAIL, "no crash kernel is loaded");
	if (facts->kdump.family == KDUMP_DEBIAN)
		status_mend(ret, "kdump-config load");
	else
		status_mend(ret, "systemctl enable --now kdump");
}

static void mend_call(const struct status_facts *facts,
		      struct status_answer *ret)
{
	if (facts->kdump.family == KDUMP_DEBIAN)
		status_mend(
			ret,
			"KDUMP_KEXEC_ARGS=\"-s\" in %s; kdump-config unload; kdump-config load",
			facts->kdump.file);
	else
		status_mend(
			ret,
			"KEXEC_ARGS=\"-s\" in /etc/sysconfig/kdump; systemctl restart kdump");
}

void status_kexec_call(const struct status_facts *facts,
		       struct status_answer *ret)
{
	/* vmbus_reserve_fb() falls back to the low MMIO base since then */
	bool is_cured = !system_release_is_before(facts->release, 7, 1);

	if (facts->kdump.call == KDUMP_SYSCALL_FILE) {
		status_found(ret, STATUS_OK, "kexec_file_load");
	} else if (facts->kdump.call == KDUMP_SYSCALL_UNKNOWN) {
		status_found(ret, STATUS_UNKNOWN,
			     "which call kexec uses is not configured");
	} else if (strcmp(facts->lockdown, "none")) {
		status_found(ret, STATUS_FAIL,
			     "kexec_load, which lockdown forbids");
		mend_call(facts, ret);
	} else if (facts->is_gen2 && !is_cured) {
		status_found(
			ret, STATUS_WARN,
			"kexec_load on a Gen2 VM: the second kernel may find no PCI, so no NVMe and no network");
		mend_call(facts, ret);
	} else {
		status_found(ret, STATUS_OK, "kexec_load");
	}
}
