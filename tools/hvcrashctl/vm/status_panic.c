// SPDX-License-Identifier: GPL-2.0-only
/*
 * status_panic.c - checks: what makes this kernel panic, and what comes first
 *
 * See status.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vm/status.h"
#include "vm/sysctl_files.h"

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
		status_fix(ret, "echo Y >" NOTIFIERS);
	}
}

/* The file that sets @key to 0 or nothing at the next boot, if one does */
static bool is_unset_at_boot(const struct status_facts *facts, const char *key,
			     char ret_file[SYSROOT_PATH_BYTES])
{
	char value[64];

	return sysctl_files_find(&facts->sysroot, key, value, ret_file) &&
	       !strtoll(value, NULL, 0);
}

/*
 * What sets it now and at the next boot. Where a file that comes after ours
 * sets it to 0, hvcrash-configure cannot help: that line has to change.
 */
static void fix_sysctl(const struct status_facts *facts, const char *key,
		       unsigned int value, struct status_answer *ret)
{
	char file[SYSROOT_PATH_BYTES], by_hand[80];

	if (is_unset_at_boot(facts, key, file)) {
		status_fix(
			ret,
			"sed -i --follow-symlinks -E 's/^[[:space:]]*-?%.*s[./]%s[[:space:]]*=.*/%s = %u/' %.120s && sysctl -w %s=%u",
			(int)strcspn(key, "."), key, strchr(key, '.') + 1, key,
			value, file, key, value);
		status_advice(
			ret,
			"%.160s sets it to 0 at every boot, after all others",
			file);
		return;
	}
	snprintf(by_hand, sizeof(by_hand), "%s = %u in /etc/sysctl.d", key,
		 value);
	if (facts->kdump.is_listed) {
		status_fix_configure(facts, "", by_hand, ret);
		status_advice(ret, "until the reboot: sysctl -w %s=%u", key,
			      value);
	} else {
		status_fix(
			ret,
			"printf '\\n%s = %u\\n' >>/etc/sysctl.d/60-hvcrash.conf && sysctl -w %s=%u",
			key, value, key, value);
	}
}

/* It is set now, but a file resets it at the next boot */
static void judge_next_boot(const struct status_facts *facts, const char *key,
			    unsigned int value, struct status_answer *ret)
{
	char file[SYSROOT_PATH_BYTES];

	if (!is_unset_at_boot(facts, key, file))
		return;
	status_found(ret, STATUS_WARN,
		     "%s is set now, and %.120s sets it to 0 at the next boot",
		     key, file);
	fix_sysctl(facts, key, value, ret);
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
	if (unknown_panics)
		judge_next_boot(facts, "kernel.unknown_nmi_panic", 1, ret);
	else
		fix_sysctl(facts, "kernel.unknown_nmi_panic", 1, ret);
}

static void check_sysctl(const struct status_facts *facts, const char *name,
			 const char *without, unsigned int advised,
			 struct status_answer *ret)
{
	char path[SYSROOT_PATH_BYTES], key[80];
	__u64 value;

	snprintf(path, sizeof(path), "/proc/sys/kernel/%s", name);
	snprintf(key, sizeof(key), "kernel.%s", name);
	if (!sysroot_read_number(&facts->sysroot, path, &value)) {
		status_found(ret, STATUS_UNKNOWN, "%s cannot be read", path);
	} else if (value) {
		status_found(ret, STATUS_OK, "%s=%llu", name, value);
		judge_next_boot(facts, key, advised, ret);
	} else {
		status_found(ret, STATUS_WARN, "%s=0: %s", name, without);
		fix_sysctl(facts, key, advised, ret);
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
