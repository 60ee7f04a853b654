/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fake_kernel.h - a kernel that panics or does a kexec, for tests of the way out
 *
 * Threads are CPUs and a signal is the NMI: while its handler runs one more is
 * latched and any others are lost, as in hardware. A write to address 0 is an oops,
 * with the kernel's die_lock. The crash path's functions for registers, VMBus and the
 * registry's pages are stubs here, which only record the call.
 *
 * Anything that no kernel would survive ends the process with a message, so each run of a
 * scenario is a process of its own.
 */
#ifndef _FAKE_KERNEL_H
#define _FAKE_KERNEL_H

#include <linux/types.h>

/* The panicking CPU's place in the way out; FAKE_SHOOTDOWN: the kernel's own stop */
enum fake_phase {
	FAKE_LIVING,
	FAKE_STOP,
	FAKE_SHOOTDOWN,
	FAKE_NOTIFIERS,
	FAKE_UNLOAD,
	FAKE_REVOKE,
	FAKE_RECORD,
	FAKE_PRINT,
	FAKE_VM,
	FAKE_END,
	FAKE_PHASES,
};

/**
 * struct fake_scenario - a panic or kexec, and its circumstances
 * @nr_cpus: CPUs; the last one panics
 * @is_kexec: a kexec instead of a panic
 * @post_notifiers: crash_kexec_post_notifiers
 * @is_oops: the panic follows an oops
 * @fault_at: place of a fault in the module, as in the parameter debug_fault
 * @nmi_phase: in this phase each CPU of @nmi_mask takes an unrelated NMI
 * @nmi_mask: by CPU number
 * @deaf_mask: these CPUs take no NMI and no interrupt until they were given up
 * @is_unwell: a register stays enabled, so that a message is printed
 * @revokes_itself: the kernel revokes on a panic, as with kernel/upstream
 */
struct fake_scenario {
	u32 nr_cpus;
	bool is_kexec;
	bool post_notifiers;
	bool is_oops;
	u32 fault_at;
	enum fake_phase nmi_phase;
	u64 nmi_mask;
	u64 deaf_mask;
	bool is_unwell;
	bool revokes_itself;
};

#define FAKE_MAX_CPUS 64

/**
 * struct fake_notes - observations of a run
 * @arrived: by CPU: it reached its registers
 * @revoked: by CPU: it revoked them
 * @is_not_reached: by CPU: it was given up
 * @at: by phase: its place in the order of events, from 1 on; 0 if never
 * @is_stopped: by CPU: the kernel stopped it for good
 * @stops: how often the kernel's own stop was called
 * @living_at_print: CPUs that were not stopped for good when something was printed
 * @udelay_us: the longest udelay()
 * @nmis_left: NMIs that the module's handler passed on
 * @is_handed_over: VMCOREINFO names the registry
 */
struct fake_notes {
	u32 arrived[FAKE_MAX_CPUS];
	u32 revoked[FAKE_MAX_CPUS];
	u32 is_not_reached[FAKE_MAX_CPUS];
	u32 at[FAKE_PHASES];
	u32 is_stopped[FAKE_MAX_CPUS];
	u32 stops;
	u32 living_at_print;
	u32 udelay_us;
	u32 nmis_left;
	bool is_handed_over;
};

extern struct fake_notes fake_notes;

/* Installs the hooks and runs the scenario; returns where the next kernel would start */
void fake_kernel_run(const struct fake_scenario *scenario);

#endif /* _FAKE_KERNEL_H */
