// SPDX-License-Identifier: GPL-2.0-only
/*
 * status_platform.c - checks: the machine, its firmware and its kernel
 *
 * See status.h. CPUID leaves are those of the TLFS, section 2 (Feature and
 * Interface Discovery).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tables.h"
#include "vm/hypervisor.h"
#include "vm/status.h"

#define LEAF_FEATURES 0x40000003
#define LEAF_ISOLATION 0x4000000c
#define FEATURES_EBX_CREATE_PARTITIONS 0x1
#define FEATURES_EBX_ISOLATION (1U << 22)
#define FEATURES_EDX_STIMER_DIRECT (1U << 19)

enum { EAX, EBX, ECX, EDX };

void status_hyperv(const struct status_facts *facts, struct status_answer *ret)
{
	__u32 regs[4];

	if (sysroot_exists(&facts->sysroot, "/proc/vmcore")) {
		status_found(ret, STATUS_FAIL, "this is a crash kernel");
		status_advice(ret, "hvcrashctl audit");
	} else if (!facts->is_hyperv) {
		status_found(
			ret, STATUS_FAIL,
			"not a Hyper-V guest, by CPUID, DMI, ACPI and VMBus: nothing to revoke");
	} else if (sysroot_cpuid(&facts->sysroot, LEAF_FEATURES, regs) &&
		   (regs[EBX] & FEATURES_EBX_CREATE_PARTITIONS)) {
		status_found(
			ret, STATUS_FAIL,
			"the root partition of Hyper-V, which hvcrash does not support");
	} else {
		status_found(ret, STATUS_OK, "a guest of Hyper-V, by %s",
			     hypervisor_evidence(&facts->sysroot));
	}
}

void status_azure(const struct status_facts *facts, struct status_answer *ret)
{
	status_found(ret, STATUS_NEUTRAL, "%s, by the chassis asset tag",
		     facts->is_azure ? "Azure" : "not Azure");
}

void status_generation(const struct status_facts *facts,
		       struct status_answer *ret)
{
	status_found(ret, STATUS_NEUTRAL, "%s",
		     facts->is_gen2 ? "2 (UEFI)" : "1 (BIOS)");
}

static void confidential(struct status_answer *ret, const char *type)
{
	status_found(
		ret, STATUS_FAIL,
		"a confidential VM (%s): its host-visible pages are not tracked",
		type);
	status_advice(
		ret,
		"kdump itself may work (kernels from 6.18 on revoke host-visible pages themselves); an audit of the dump cannot tell: take a test dump, and read it as one without hvcrash");
}

void status_confidential(const struct status_facts *facts,
			 struct status_answer *ret)
{
	static const char *const types[16] = { "an unknown kind", "VBS",
					       "SEV-SNP", "TDX" };
	const struct sysroot *sysroot = &facts->sysroot;
	const char *type = NULL;
	__u32 regs[4];

	if (sysroot_cpuid(sysroot, LEAF_FEATURES, regs) &&
	    (regs[EBX] & FEATURES_EBX_ISOLATION)) {
		type = types[0];
		if (sysroot_cpuid(sysroot, LEAF_ISOLATION, regs) &&
		    types[regs[EBX] & 0xf])
			type = types[regs[EBX] & 0xf];
	} else if (sysroot_has_word(sysroot, "/proc/cpuinfo", "tdx_guest")) {
		type = types[3];
	} else if (sysroot_exists(sysroot, "/dev/sev-guest")) {
		type = types[2];
	}
	if (type)
		confidential(ret, type);
	else
		status_found(ret, STATUS_OK, "not a confidential VM");
}

/* Attributes, then the value: the form of efivarfs */
static bool read_secure_boot(const struct sysroot *sysroot, bool *ret_is_on)
{
	static const char path[] =
		"/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c";
	size_t bytes = 5;
	char buf[8];

	memset(buf, 0, sizeof(buf));
	if (!sysroot_read(sysroot, path, buf, bytes + 1))
		return false;
	*ret_is_on = buf[4] == 1;
	return true;
}

void status_secure_boot(const struct status_facts *facts,
			struct status_answer *ret)
{
	bool is_on = false;
	bool is_known = read_secure_boot(&facts->sysroot, &is_on);
	const char *word = is_on ? "on" : "off";

	if (!is_known && facts->is_gen2)
		word = "not known";
	if (!strcmp(facts->lockdown, "confidentiality")) {
		/* security_locked_down(LOCKDOWN_KPROBES) */
		status_found(
			ret, STATUS_WARN,
			"Secure Boot %s, lockdown confidentiality: no kprobes, by which the module finds symbols",
			word);
		status_advice(
			ret,
			"boot with lockdown=integrity on the kernel's command line, in place of confidentiality");
	} else if (!is_known && facts->is_gen2) {
		status_found(
			ret, STATUS_UNKNOWN,
			"Secure Boot not known: efivarfs is not mounted; lockdown %s",
			facts->lockdown);
		status_fix(
			ret,
			"mount -t efivarfs efivarfs /sys/firmware/efi/efivars");
	} else {
		status_found(ret, STATUS_OK, "Secure Boot %s, lockdown %s",
			     word, facts->lockdown);
	}
}

void status_stimer(const struct status_facts *facts, struct status_answer *ret)
{
	__u32 regs[4];

	if (facts->is_arm64)
		status_found(ret, STATUS_OK,
			     "none: arm64 uses the architecture's timer");
	else if (!sysroot_cpuid(&facts->sysroot, LEAF_FEATURES, regs))
		status_found(ret, STATUS_UNKNOWN, "CPUID does not say");
	else if (regs[EDX] & FEATURES_EDX_STIMER_DIRECT)
		status_found(ret, STATUS_OK, "direct mode");
	else
		status_found(
			ret, STATUS_WARN,
			"message mode: a timer message may block the answer to UNLOAD; kexec -e dies before 7.2");
}

/* Kernels that fail to kexec or to dump on Hyper-V; distributions backport */
static const struct {
	unsigned int from_major, from_minor;
	unsigned int to_major, to_minor; /* the first that is good again */
	const char *what;
} bad_kernels[] = {
	{ 5, 19, 6, 2,
	  "a late event flag can crash its VMBus as a second kernel (relid2channel)" },
	{ 6, 19, 7, 1,
	  "kexec -e hits a BUG in __cpuhp_remove_state_cpuslocked()" },
};

bool status_is_kernel_too_old(const struct status_facts *facts)
{
	return sysroot_release_is_before(
		facts->release, (unsigned int)atoi(table_kernels[0][0]),
		(unsigned int)atoi(table_kernels[0][1]));
}

void status_kernel(const struct status_facts *facts, struct status_answer *ret)
{
	const char *release = facts->release;

	if (!*release) {
		status_found(ret, STATUS_UNKNOWN, "release not known");
		return;
	}
	if (status_is_kernel_too_old(facts)) {
		status_found(
			ret, STATUS_FAIL,
			"%.80s: hvcrash.ko is for kernels from %s.%s on, so nothing revokes pages here",
			release, table_kernels[0][0], table_kernels[0][1]);
		status_advice(
			ret,
			"kdump works without it, and its dump cannot be audited; else boot a newer kernel");
		return;
	}
	status_found(ret, STATUS_OK, "%s", release);
	for (size_t i = 0; i < sizeof(bad_kernels) / sizeof(bad_kernels[0]);
	     i++) {
		if (sysroot_release_is_before(release,
					      bad_kernels[i].from_major,
					      bad_kernels[i].from_minor) ||
		    !sysroot_release_is_before(release, bad_kernels[i].to_major,
					       bad_kernels[i].to_minor))
			continue;
		status_found(ret, STATUS_WARN, "%s, without a backport: %s",
			     release, bad_kernels[i].what);
		status_advice(
			ret,
			"update the kernel, or ask its distribution for the backport");
	}
}

/*
 * hyperv_fb moves the framebuffer and kexec hands on the old address: each line
 * that efifb prints there traps, 23 to 28 s a soft lockup.
 */
void status_framebuffer(const struct status_facts *facts,
			struct status_answer *ret)
{
	if (facts->is_gen2 &&
	    sysroot_exists(&facts->sysroot, "/sys/module/hyperv_fb")) {
		status_found(
			ret, STATUS_WARN,
			"hyperv_fb on a Gen2 VM: the second kernel's efifb may crawl");
		status_fix(
			ret,
			"echo blacklist hyperv_fb >/etc/modprobe.d/hyperv_fb.conf && reboot");
		status_advice(
			ret,
			"hyperv_drm takes over; rebuild the initrd, too, where hyperv_fb is in it");
	} else {
		status_found(ret, STATUS_OK, "no hyperv_fb on a Gen2 VM");
	}
}
