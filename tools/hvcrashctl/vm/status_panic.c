// SPDX-License-Identifier: GPL-2.0-only
/*
 * status_panic.c - checks: what makes this kernel panic, and what comes first
 *
 * See status.h.
 */
#include <string.h>

#include "vm/status.h"

#define NOTIFIERS "/sys/module/kernel/parameters/crash_kexec_post_notifiers"

void status_notifiers(const struct status_facts *facts,
		      struct status_answer *ret)
{
	char value[8];

	if (!sysroot_read(&facts->sysroot, NOTIFIERS, value, sizeof(value))) {
		status_found(ret, STATUS_UNKNOWN,
			     "crash_kexec_post_notifiers cannot be read");
	} else if (!strcmp(value, "Y")) {
		status_found(
			ret, STATUS_OK,
			"crash_kexec_post_notifiers=Y, the default on Hyper-V: the host hears of the panic");
	} else {
		status_found(
			ret, STATUS_WARN,
			"crash_kexec_post_notifiers=N: the host does not hear of the panic");
		status_mend(ret, "echo Y >" NOTIFIERS);
	}
}

void status_nmi(const struct status_facts *facts, struct status_answer *ret)
{
	__u64 unknown_panics = 0, unrecovered_panics = 0;

	if (!sysroot_exists(&facts->sysroot,
			    "/proc/sys/kernel/unknown_nmi_panic")) {
		status_found(
			ret, STATUS_OK,
			"no such NMI on this architecture: SysRq over the serial console");
		return;
	}
	sysroot_read_number(&facts->sysroot,
			    "/proc/sys/kernel/unknown_nmi_panic",
			    &unknown_panics);
	sysroot_read_number(&facts->sysroot,
			    "/proc/sys/kernel/panic_on_unrecovered_nmi",
			    &unrecovered_panics);
	if (unknown_panics)
		status_found(
			ret, STATUS_OK,
			"the host's diagnostic NMI panics: unknown_nmi_panic=1");
	else if (unrecovered_panics)
		/* hv_nmi_unknown() lets one CPU win, with unknown_nmi_panic */
		status_found(
			ret, STATUS_WARN,
			"panic_on_unrecovered_nmi only: an NMI to all CPUs panics on all of them");
	else
		status_found(
			ret, STATUS_WARN,
			"the host's diagnostic NMI does not panic: unknown_nmi_panic=0");
	if (!unknown_panics)
		status_mend(
			ret,
			"hvcrash-configure, or until the reboot: sysctl -w kernel.unknown_nmi_panic=1");
}

static void check_sysctl(const struct status_facts *facts, const char *name,
			 const char *without, __u64 advised,
			 struct status_answer *ret)
{
	char path[SYSROOT_PATH_BYTES] = "/proc/sys/kernel/";
	__u64 value;

	strcat(path, name);
	if (!sysroot_read_number(&facts->sysroot, path, &value)) {
		status_found(ret, STATUS_UNKNOWN, "%s cannot be read", path);
	} else if (value) {
		status_found(ret, STATUS_OK, "%s=%llu", name, value);
	} else {
		status_found(ret, STATUS_WARN, "%s=0: %s", name, without);
		status_mend(
			ret,
			"hvcrash-configure, or until the reboot: sysctl -w kernel.%s=%llu",
			name, advised);
	}
}

void status_oops(const struct status_facts *facts, struct status_answer *ret)
{
	check_sysctl(facts, "panic_on_oops",
		     "an oops kills a task and takes no dump", 1, ret);
}

void status_panic_timeout(const struct status_facts *facts,
			  struct status_answer *ret)
{
	char value[32];

	/* negative: at once, which is as good */
	if (sysroot_read(&facts->sysroot, "/proc/sys/kernel/panic", value,
			 sizeof(value)) &&
	    *value == '-')
		status_found(ret, STATUS_OK, "panic=%s", value);
	else
		check_sysctl(
			facts, "panic",
			"without a crash kernel the VM stays where it panicked",
			10, ret);
}
