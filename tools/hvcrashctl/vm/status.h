/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * status.h - is this VM ready to crash safely: a table of small checks
 *
 * Called by the verbs status and crash. A check answers in one line and, if
 * something is wrong, has a command that corrects it, or advice if no command
 * can. It prints nothing and changes nothing.
 *
 * Invariant: a fact that cannot be read is "unknown" and never "ok".
 */
#ifndef HVCRASHCTL_STATUS_H
#define HVCRASHCTL_STATUS_H

#include <stdbool.h>
#include <stddef.h>

#include "vm/boot_loader.h"
#include "vm/crash_line.h"
#include "vm/kdump_config.h"
#include "vm/sysroot.h"

enum status_level {
	STATUS_OK,
	STATUS_WARN,	/* the dump will be there, something else will not */
	STATUS_FAIL,	/* not ready */
	STATUS_UNKNOWN, /* could not be read */
	STATUS_NEUTRAL, /* a fact that is neither good nor bad, or not applicable */
};

/* The values are the exit status */
enum status_verdict {
	STATUS_READY = 0,
	STATUS_NOT_READY = 1,
	STATUS_CANNOT_TELL = 2,
};

#define STATUS_TEXT_BYTES 256
#define STATUS_FIX_BYTES 384

/**
 * struct status_answer - of one check
 * @level: the result
 * @found: what was found
 * @fix: a command to paste that corrects it on this machine; or empty
 * @advice: what to do if no command can, or what to know first; or empty
 */
struct status_answer {
	enum status_level level;
	char found[STATUS_TEXT_BYTES];
	char fix[STATUS_FIX_BYTES];
	char advice[STATUS_FIX_BYTES];
};

void status_found(struct status_answer *answer, enum status_level level,
		  const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void status_fix(struct status_answer *answer, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/*
 * A command that appends @line, which has no ', to @file, and then @unit is
 * restarted. The line break in front: the file may end without one.
 */
void status_fix_append(struct status_answer *answer, const char *line,
		       const char *file, const char *unit);
void status_advice(struct status_answer *answer, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/**
 * struct status_facts - facts that several checks need
 * @sysroot: the machine
 * @release: of the running kernel
 * @is_hyperv: a guest of Hyper-V
 * @is_azure: by the chassis asset tag
 * @is_gen2: booted by UEFI
 * @is_arm64: else x86
 * @is_loaded: hvcrash.ko is
 * @lockdown: "none", "integrity", "confidentiality"
 * @ram_bytes: with what is reserved for the crash kernel; 0 if not known
 * @boot_ram_bytes: what the firmware had at boot; 0 if not known
 * @crash_bytes: reserved for the crash kernel
 * @cmdline: of this kernel
 * @kdump: the distribution's configuration
 * @line: the crash kernel's command line
 * @loader: what booted, and the command line of the next boot
 */
struct status_facts {
	struct sysroot sysroot;
	char release[80];
	bool is_hyperv;
	bool is_azure;
	bool is_gen2;
	bool is_arm64;
	bool is_loaded;
	char lockdown[32];
	__u64 ram_bytes;
	__u64 boot_ram_bytes;
	__u64 crash_bytes;
	char cmdline[WORDS_LINE_BYTES];
	struct kdump_config kdump;
	struct crash_line line;
	struct boot_loader loader;
};

/*
 * Whether hvcrash-configure can set crashkernel= for the boot loader of this
 * boot
 */
bool status_configures_boot(const struct status_facts *facts);

#define STATUS_COMMAND_BYTES 64

/* hvcrash-configure with the options that it needs here */
void status_configure_command(const struct status_facts *facts,
			      char ret[STATUS_COMMAND_BYTES]);

/*
 * Sets the fix to that, for everything except crashkernel=, followed by @then
 * ("&& reboot") if not empty; if it refuses this distribution, to the words
 * @by_hand
 */
void status_fix_configure(const struct status_facts *facts, const char *then,
			  const char *by_hand, struct status_answer *ret);

/*
 * How to set crashkernel=: hvcrash-configure, or words with @size if it refuses
 */
void status_fix_crashkernel(const struct status_facts *facts, const char *size,
			    bool is_reboot, struct status_answer *ret);

/* "crash_size", "crash_loaded" of /sys/kernel/kexec, or as it was before 7.0 */
bool status_read_kexec(const struct sysroot *sysroot, const char *name,
		       __u64 *ret);

void status_read_facts(const struct sysroot *sysroot, struct status_facts *ret);

/**
 * struct status_check - one line of the report
 * @id: its name, which never changes
 * @is_vital: if unknown, the VM is not ready
 * @run: answers; @ret says STATUS_UNKNOWN and nothing before
 */
struct status_check {
	const char *id;
	bool is_vital;
	void (*run)(const struct status_facts *facts,
		    struct status_answer *ret);
};

extern const struct status_check status_checks[];
extern const size_t status_nr_checks;

/**
 * struct status_total - all answers together
 * @verdict: the verdict
 * @nr_warn, @nr_fail, @nr_unknown: how many answered so
 * @text: the verdict in a line
 */
struct status_total {
	enum status_verdict verdict;
	unsigned int nr_warn;
	unsigned int nr_fail;
	unsigned int nr_unknown;
	char text[512];
};

/* @answers: one for each check */
void status_run(const struct status_facts *facts, struct status_answer *answers,
		struct status_total *ret);

const char *status_level_name(enum status_level level);
const char *status_verdict_name(enum status_verdict verdict);

/* status_platform.c: the machine and what it allows */
void status_hyperv(const struct status_facts *facts, struct status_answer *ret);
void status_azure(const struct status_facts *facts, struct status_answer *ret);
void status_generation(const struct status_facts *facts,
		       struct status_answer *ret);
void status_confidential(const struct status_facts *facts,
			 struct status_answer *ret);
void status_secure_boot(const struct status_facts *facts,
			struct status_answer *ret);
void status_stimer(const struct status_facts *facts, struct status_answer *ret);
void status_kernel(const struct status_facts *facts, struct status_answer *ret);
void status_framebuffer(const struct status_facts *facts,
			struct status_answer *ret);

/* No hvcrash.ko is made for a kernel as old as this one */
bool status_is_kernel_too_old(const struct status_facts *facts);

/* status_module.c: hvcrash.ko */
void status_module(const struct status_facts *facts, struct status_answer *ret);
void status_signature(const struct status_facts *facts,
		      struct status_answer *ret);
void status_next_kernel(const struct status_facts *facts,
			struct status_answer *ret);
void status_at_boot(const struct status_facts *facts,
		    struct status_answer *ret);
void status_coverage(const struct status_facts *facts,
		     struct status_answer *ret);
void status_hand_over(const struct status_facts *facts,
		      struct status_answer *ret);

/* status_crash_kernel.c: its memory and how it is loaded */
void status_crashkernel(const struct status_facts *facts,
			struct status_answer *ret);
void status_crash_loaded(const struct status_facts *facts,
			 struct status_answer *ret);
void status_kexec_call(const struct status_facts *facts,
		       struct status_answer *ret);
void status_next_boot(const struct status_facts *facts,
		      struct status_answer *ret);

/* status_kdump.c: what the second kernel does */
void status_kdump(const struct status_facts *facts, struct status_answer *ret);
void status_crash_cmdline(const struct status_facts *facts,
			  struct status_answer *ret);
void status_hooks(const struct status_facts *facts, struct status_answer *ret);
void status_way_out(const struct status_facts *facts,
		    struct status_answer *ret);
void status_fence(const struct status_facts *facts, struct status_answer *ret);

/* status_crash_initrd.c: what the second kernel finds in its initrd */
void status_crash_initrd(const struct status_facts *facts,
			 struct status_answer *ret);

/* status_dump.c: where the dump goes, its room, and who writes it */
void status_target(const struct status_facts *facts, struct status_answer *ret);
void status_space(const struct status_facts *facts, struct status_answer *ret);
void status_makedumpfile(const struct status_facts *facts,
			 struct status_answer *ret);

/* The driver of a network card that Azure hands through to the VM, or NULL */
const char *status_passed_through_nic(const struct status_facts *facts);

/* status_panic.c: what makes this kernel panic, and what it does first */
void status_notifiers(const struct status_facts *facts,
		      struct status_answer *ret);
void status_nmi(const struct status_facts *facts, struct status_answer *ret);
void status_oops(const struct status_facts *facts, struct status_answer *ret);
void status_panic_timeout(const struct status_facts *facts,
			  struct status_answer *ret);

/* status_last_crash.c: how the last crash went */
void status_last_crash(const struct status_facts *facts,
		       struct status_answer *ret);

#endif
