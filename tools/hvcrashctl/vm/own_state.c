// SPDX-License-Identifier: GPL-2.0-only
/*
 * own_state.c - own Hyper-V registers and own System RAM
 *
 * Called by verb_audit. Reads CPU 0, since a crash kernel usually runs on one CPU
 * and numbers it 0, whatever its VP index is. If a register of this kernel is
 * enabled and points to a page of the first kernel, that page is still shared.
 * Leaves out the registers of other CPUs: only they can read them.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file_kind.h"
#include "vm/own_state.h"
#include "vm/sysroot.h"

#define MSR_DEVICE "/dev/cpu/0/msr"

static const struct {
	__u32 msr;
	const char *name;
} registers[OWN_NR_REGISTERS] = {
	[OWN_VP_INDEX] = { 0x40000002, "VP index" },
	[OWN_SIMP] = { 0x40000083, "SIMP" },
	[OWN_SIEFP] = { 0x40000082, "SIEFP" },
	[OWN_VP_ASSIST] = { 0x40000073, "VP assist" },
	[OWN_HYPERCALL] = { 0x40000001, "hypercall" },
	[OWN_REFERENCE_TSC] = { 0x40000021, "reference TSC" },
};

const char *own_register_name(enum own_register number)
{
	return registers[number].name;
}

#if defined(__x86_64__)
static void fd_guard(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static void read_device(struct own_registers *ret)
{
	const struct sysroot own = { .root = "" };
	int fd guarded(fd_guard) = -1;

	if (!sysroot_has_hyperv_cpuid(&own)) {
		snprintf(ret->why, sizeof(ret->why),
			 "this machine does not run on Hyper-V");
		return;
	}
	fd = open(MSR_DEVICE, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		snprintf(ret->why, sizeof(ret->why), "cannot open %s: %s",
			 MSR_DEVICE, strerror(errno));
		return;
	}
	for (int i = 0; i < OWN_NR_REGISTERS; i++) {
		__u64 value;

		/* a register that the host does not offer fails with EIO */
		if (pread(fd, &value, sizeof(value), registers[i].msr) !=
		    sizeof(value))
			continue;
		ret->value[i] = value;
		ret->is_read[i] = true;
	}
}
#else
/*
 * arm64 reads them by the hypercall HvCallGetVpRegisters (hv_get_vpreg() in
 * arch/arm64/hyperv/hv_core.c), which only a kernel can make.
 */
static void read_device(struct own_registers *ret)
{
	snprintf(ret->why, sizeof(ret->why),
		 "only a kernel can read them on this architecture");
}
#endif

static void read_register_file(const char *path, struct own_registers *ret)
{
	const char *why;
	FILE *file guarded_file = file_kind_open(path, &why);
	char line[128];

	if (!file) {
		snprintf(ret->why, sizeof(ret->why), "cannot open %.60s: %s",
			 path, why);
		return;
	}
	while (fgets(line, sizeof(line), file)) {
		unsigned long long value;
		unsigned int msr;

		if (sscanf(line, "%x %llx", &msr, &value) != 2)
			continue;
		for (int i = 0; i < OWN_NR_REGISTERS; i++) {
			if (registers[i].msr != msr)
				continue;
			ret->value[i] = value;
			ret->is_read[i] = true;
		}
	}
}

void own_state_read_registers(const char *path, struct own_registers *ret)
{
	memset(ret, 0, sizeof(*ret));
	if (path)
		read_register_file(path, ret);
	else
		read_device(ret);
	if (ret->why[0])
		return;
	for (int i = OWN_SIMP; i < OWN_NR_REGISTERS; i++) {
		if (ret->is_read[i])
			continue;
		snprintf(ret->why, sizeof(ret->why), "%s cannot be read",
			 registers[i].name);
		return;
	}
	ret->is_checked = true;
}

/* "00001000-0009ffff : System RAM" */
static bool parse_range(const char *line, __u64 *ret_first, __u64 *ret_last)
{
	unsigned long long first, last;
	int end = 0;

	if (sscanf(line, " %llx-%llx : %n", &first, &last, &end) != 2 || !end)
		return false;
	if (strcmp(line + end, "System RAM\n") &&
	    strcmp(line + end, "System RAM"))
		return false;
	*ret_first = first;
	*ret_last = last;
	return first <= last;
}

void own_state_read_ram(const char *path, struct own_ram *ret)
{
	FILE *file guarded_file = NULL;
	const char *why;
	char line[256];

	memset(ret, 0, sizeof(*ret));
	if (!path)
		path = "/proc/iomem";
	file = file_kind_open(path, &why);
	if (!file) {
		snprintf(ret->why, sizeof(ret->why), "cannot open %.60s: %s",
			 path, why);
		return;
	}
	while (fgets(line, sizeof(line), file)) {
		__u64 first, last;

		if (!parse_range(line, &first, &last))
			continue;
		/* without privilege the kernel shows 0-0 for every range */
		if (!last || ret->nr == OWN_MAX_RANGES) {
			snprintf(ret->why, sizeof(ret->why), "%.80s %s", path,
				 last ? "lists too many ranges" :
					"hides the addresses");
			return;
		}
		ret->first[ret->nr] = first;
		ret->last[ret->nr] = last;
		ret->nr++;
	}
	ret->is_known = ret->nr;
	if (!ret->nr)
		snprintf(ret->why, sizeof(ret->why),
			 "%.80s lists no System RAM", path);
}

bool own_ram_overlaps(const struct own_ram *ram, __u64 gpa, __u64 bytes)
{
	for (__u32 i = 0; i < ram->nr; i++)
		if (gpa <= ram->last[i] && ram->first[i] < gpa + bytes)
			return true;
	return false;
}
