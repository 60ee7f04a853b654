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

#include "vm/status.h"

#define MIB (1024ULL * 1024)
#define GIB (1024 * MIB)

#define TIB (1024 * GIB)

/* More is never advised: the VM is there for something else */
#define MAX_SHARE 4

/*
 * What a dump needs on Azure, where the second kernel drives storage and network
 * through VMBus: the tables of hvcrash-configure (scripts/lib/crashkernel.bash),
 * which says where they are from. A test holds them together.
 */
static const char azure_x86[] =
	"384M-1G:128M,1G-2G:256M,2G-4G:320M,4G-1T:512M,1T-4T:1G,4T-8T:2G,8T-:4G";
static const char azure_arm64[] =
	"512M-1G:128M,1G-4G:256M,4G-64G:512M,64G-1T:768M,1T-4T:1G,4T-8T:2G,8T-:4G";
static const char azure_arm64_64k[] =
	"1G-2G:256M,2G-4G:512M,4G-64G:768M,64G-4T:1G,4T-8T:2G,8T-:4G";

static const struct {
	enum kdump_family family;
	const char *id; /* of os-release; NULL: any of the family */
	double version; /* and later */
	const char *x86;
	const char *arm64;
} reservations[] = {
	{ KDUMP_DEBIAN, "ubuntu", 24.10,
	  "2G-4G:320M,4G-32G:512M,32G-64G:1024M,64G-128G:2048M,128G-:4096M",
	  "2G-4G:320M,4G-32G:512M,32G-64G:1024M,64G-128G:2048M,128G-:4096M" },
	{ KDUMP_DEBIAN, NULL, 0, "512M-:192M", "512M-:256M" },
	{ KDUMP_AZURE_LINUX, NULL, 0, "512M-32G:256M,32G-:512M",
	  "512M-32G:256M,32G-:512M" },
	{ KDUMP_RHEL, NULL, 0, "1G-4G:192M,4G-64G:256M,64G-:512M",
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
	else if (*end == 'T')
		bytes *= TIB;
	*text = end + strspn(end, "MGT");
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

/* By the distribution; 0 where it has no table, as SUSE, which calibrates */
static __u64 distribution_bytes(const struct status_facts *facts)
{
	const struct kdump_config *kdump = &facts->kdump;

	for (size_t i = 0; i < sizeof(reservations) / sizeof(reservations[0]);
	     i++) {
		if (reservations[i].family != kdump->family ||
		    (reservations[i].id &&
		     strcmp(reservations[i].id, kdump->id)) ||
		    atof(kdump->version) < reservations[i].version)
			continue;
		return reserved_for(facts->is_arm64 ? reservations[i].arm64 :
						      reservations[i].x86,
				    facts->ram_bytes);
	}
	return 0;
}

static __u64 azure_bytes(const struct status_facts *facts)
{
	const char *table = azure_x86;

	if (!facts->is_hyperv)
		return 0;
	if (facts->is_arm64)
		table = strstr(facts->release, "64k") ? azure_arm64_64k :
							azure_arm64;
	return reserved_for(table, facts->ram_bytes);
}

static __u64 wanted_bytes(const struct status_facts *facts)
{
	__u64 wanted = distribution_bytes(facts);
	__u64 most = facts->ram_bytes / MAX_SHARE;

	if (wanted < azure_bytes(facts))
		wanted = azure_bytes(facts);
	return wanted < most ? wanted : most;
}

static void mend_reservation(const struct status_facts *facts,
			     struct status_answer *ret, __u64 bytes)
{
	if (facts->kdump.family == KDUMP_OTHER)
		status_mend(ret,
			    "boot with crashkernel=%lluM on the command line",
			    (bytes ? bytes : 512 * MIB) / MIB);
	else
		status_mend(ret, "hvcrash-configure; reboot");
}

void status_crashkernel(const struct status_facts *facts,
			struct status_answer *ret)
{
	__u64 wanted = wanted_bytes(facts), bytes;

	if (!status_read_kexec(&facts->sysroot, "crash_size", &bytes)) {
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

	if (!status_read_kexec(&facts->sysroot, "crash_loaded", &is_loaded)) {
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
	bool is_cured = !sysroot_release_is_before(facts->release, 7, 1);

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
