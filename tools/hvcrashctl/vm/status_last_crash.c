// SPDX-License-Identifier: GPL-2.0-only
/*
 * status_last_crash.c - check: how the test crash of the boot before went
 *
 * See status.h and crash_marker.h.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "vm/crash_marker.h"
#include "vm/status.h"

/* Warnings: after what was wrong is corrected, "hvcrashctl crash" has to go */
static void show_dump(const struct crash_dump *dump, const char *what,
		      struct status_answer *ret)
{
	bool is_clean = !strncmp(dump->verdict, "CLEAN", 5);

	if (!dump->is_dump) {
		status_found(ret, STATUS_WARN,
			     "%s: its dmesg was saved, the dump was not: %.80s",
			     what, dump->path);
		status_advice(
			ret,
			"room on the target, memory for the crash kernel: see space, crashkernel, makedumpfile");
	} else if (!dump->is_complete) {
		status_found(ret, STATUS_WARN, "%s: %.80s is not complete",
			     what, dump->path);
		status_advice(
			ret,
			"room on the target, memory for the crash kernel: see space, crashkernel");
	} else if (!*dump->verdict) {
		status_found(ret, STATUS_WARN,
			     "%s: %.80s, and no audit beside it", what,
			     dump->path);
		status_advice(
			ret,
			"hvcrashctl audit %.200s; the hooks leave one: see hooks, crash-initrd",
			dump->path);
	} else {
		status_found(ret, is_clean ? STATUS_OK : STATUS_WARN,
			     "%s: %.80s, %.80s", what, dump->path,
			     dump->verdict);
		if (!is_clean)
			status_advice(ret, "hvcrashctl audit %.200s says more",
				      dump->path);
	}
}

void status_last_crash(const struct status_facts *facts,
		       struct status_answer *ret)
{
	const struct sysroot *sysroot = &facts->sysroot;
	struct crash_marker marker;
	struct crash_dump dump;
	char what[80], when[32] = "", boot_id[64];
	time_t seconds;

	if (!crash_marker_read(sysroot, &marker)) {
		status_found(ret, STATUS_NEUTRAL, "no test crash was made");
		return;
	}
	seconds = (time_t)marker.seconds;
	strftime(when, sizeof(when), "%Y-%m-%d %H:%M UTC", gmtime(&seconds));
	snprintf(what, sizeof(what), "%s on CPU %llu, %s", marker.how,
		 marker.cpu, when);
	sysroot_read(sysroot, "/proc/sys/kernel/random/boot_id", boot_id,
		     sizeof(boot_id));
	if (!strcmp(boot_id, marker.boot_id)) {
		status_found(ret, STATUS_WARN,
			     "%s: this kernel is still the same", what);
		status_advice(ret, "dmesg says what became of it");
	} else if (facts->kdump.target_kind != KDUMP_TARGET_DIRECTORY) {
		status_found(ret, STATUS_UNKNOWN,
			     "%s: the dump did not stay here", what);
	} else if (!crash_marker_find_dump(sysroot, facts->kdump.target,
					   marker.seconds, &dump)) {
		status_found(ret, STATUS_WARN, "%s: no dump in %.60s since",
			     what, facts->kdump.target);
		status_advice(
			ret,
			"hvcrashctl crash again, with an eye on the serial console");
	} else {
		show_dump(&dump, what, ret);
	}
}
