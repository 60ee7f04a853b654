/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * crash.h - the kinds of test crash, and how each is set off
 *
 * Called by verb_crash. sysrq needs no module of ours; the others use the
 * module hvcrash_crash (kernel/test), which is shipped separately and loaded
 * only here.
 *
 * Invariant: settings that were changed to get a panic (panic_on_oops and the
 * like) are restored if the crash does not happen.
 */
#ifndef HVCRASHCTL_CRASH_H
#define HVCRASHCTL_CRASH_H

#include <stdbool.h>

#include "base/err.h"
#include "vm/sysroot.h"

#define CRASH_MAX_SYSCTLS 2

/**
 * struct crash_kind - one way to crash
 * @name: for --how
 * @module_kind: the module's parameter "how"; NULL for sysrq
 * @needs_other: takes a second CPU
 * @detector: sysctl of the detector that has to be on, or NULL
 * @sysctls: set before, so that the kernel panics
 * @wait_s: how long it may take
 */
struct crash_kind {
	const char *name;
	const char *module_kind;
	bool needs_other;
	const char *detector;
	struct {
		const char *name;
		const char *value;
	} sysctls[CRASH_MAX_SYSCTLS];
	unsigned int wait_s;
};

/* All names, for the table of options; keep it the same as the table's */
#define CRASH_KINDS \
	"sysrq null bug nmi irq softlockup hardlockup hung-task double notifier"

const struct crash_kind *crash_find(const char *name);

/**
 * struct crash - one crash about to be made
 * @sysroot: where
 * @kind: how
 * @cpu: on which CPU
 * @other: the second CPU, if the kind has one
 * @module: file of the module, NULL: modprobe finds it
 * @saved: values of @kind->sysctls before
 */
struct crash {
	const struct sysroot *sysroot;
	const struct crash_kind *kind;
	unsigned int cpu;
	unsigned int other;
	const char *module;
	char saved[CRASH_MAX_SYSCTLS][32];
};

/* Checks what can be checked in advance: CPUs online, the detector enabled */
struct err *crash_check(struct crash *crash);

/* Loads the module and sets the sysctls */
struct err *crash_prepare(struct crash *crash);

/* Returns only if the machine is still alive after @kind->wait_s */
struct err *crash_fire(struct crash *crash);

/* Restores the sysctls */
void crash_undo(struct crash *crash);

#endif
