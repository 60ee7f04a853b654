// SPDX-License-Identifier: GPL-2.0-only
/*
 * status.c - the table of checks, the facts they share, and the verdict
 *
 * See status.h. The order of the table is the order in which things have to be
 * right: the machine, the module, the crash kernel, the dump, the panic.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "vm/hypervisor.h"
#include "vm/status.h"

const struct status_check status_checks[] = {
	{ "hyperv", true, status_hyperv },
	{ "azure", false, status_azure },
	{ "generation", false, status_generation },
	{ "confidential", true, status_confidential },
	{ "kernel", false, status_kernel },
	{ "secure-boot", false, status_secure_boot },
	{ "stimer", false, status_stimer },
	{ "framebuffer", false, status_framebuffer },
	{ "module", true, status_module },
	{ "signature", false, status_signature },
	{ "at-boot", false, status_at_boot },
	{ "next-kernel", false, status_next_kernel },
	{ "coverage", true, status_coverage },
	{ "hand-over", true, status_hand_over },
	{ "crashkernel", true, status_crashkernel },
	{ "crash-loaded", true, status_crash_loaded },
	{ "kexec-call", false, status_kexec_call },
	{ "next-boot", false, status_next_boot },
	{ "kdump", false, status_kdump },
	{ "crash-cmdline", false, status_crash_cmdline },
	{ "way-out", false, status_way_out },
	{ "crash-initrd", false, status_crash_initrd },
	{ "hooks", false, status_hooks },
	{ "fence", false, status_fence },
	{ "target", false, status_target },
	{ "space", false, status_space },
	{ "makedumpfile", false, status_makedumpfile },
	{ "notifiers", false, status_notifiers },
	{ "nmi", false, status_nmi },
	{ "oops", false, status_oops },
	{ "panic-timeout", false, status_panic_timeout },
	{ "last-crash", false, status_last_crash },
};

const size_t status_nr_checks =
	sizeof(status_checks) / sizeof(status_checks[0]);

static const char AZURE_ASSET_TAG[] = "7783-7084-3265-9085-8269-3286-77";

void status_found(struct status_answer *answer, enum status_level level,
		  const char *format, ...)
{
	va_list args;

	answer->level = level;
	va_start(args, format);
	vsnprintf(answer->found, sizeof(answer->found), format, args);
	va_end(args);
}

void status_fix(struct status_answer *answer, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(answer->fix, sizeof(answer->fix), format, args);
	va_end(args);
}

void status_fix_append(struct status_answer *answer, const char *line,
		       const char *file, const char *unit)
{
	status_fix(answer,
		   "printf '\\n%%s\\n' '%s' >>%s && systemctl restart %s", line,
		   file, unit);
}

void status_advice(struct status_answer *answer, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(answer->advice, sizeof(answer->advice), format, args);
	va_end(args);
}

bool status_configures_boot(const struct status_facts *facts)
{
	return facts->kdump.is_listed &&
	       facts->loader.kind != BOOT_LOADER_UKI &&
	       facts->loader.kind != BOOT_LOADER_SYSTEMD;
}

void status_configure_command(const struct status_facts *facts,
			      char ret[STATUS_COMMAND_BYTES])
{
	snprintf(ret, STATUS_COMMAND_BYTES, "hvcrash-configure%s%s",
		 facts->kdump.is_configurable ? "" : " --force",
		 status_configures_boot(facts) ? "" : " --no-bootloader");
}

void status_fix_configure(const struct status_facts *facts, const char *then,
			  const char *by_hand, struct status_answer *ret)
{
	char command[STATUS_COMMAND_BYTES];

	if (!facts->kdump.is_listed) {
		status_advice(ret, "%s", by_hand);
		return;
	}
	status_configure_command(facts, command);
	status_fix(ret, "%s%s%s", command, *then ? " " : "", then);
}

void status_fix_crashkernel(const struct status_facts *facts, const char *size,
			    bool is_reboot, struct status_answer *ret)
{
	if (status_configures_boot(facts))
		status_fix_configure(facts, is_reboot ? "&& reboot" : "", "",
				     ret);
	else if (facts->loader.kind == BOOT_LOADER_UKI)
		status_advice(
			ret,
			"add crashkernel=%s by an addon of the image (EFI/Linux/IMAGE.efi.extra.d/), or rebuild the image with it%s",
			size, is_reboot ? ", then reboot" : "");
	else if (facts->loader.kind == BOOT_LOADER_SYSTEMD)
		status_advice(
			ret,
			"add crashkernel=%s to /etc/kernel/cmdline, and run kernel-install add-all%s",
			size, is_reboot ? ", then reboot" : "");
	else
		status_advice(
			ret,
			"add crashkernel=%s to the kernel's command line by the means of this boot loader%s",
			size, is_reboot ? ", then reboot" : "");
}

const char *status_level_name(enum status_level level)
{
	static const char *const names[] = {
		[STATUS_OK] = "ok",	[STATUS_WARN] = "warn",
		[STATUS_FAIL] = "fail", [STATUS_UNKNOWN] = "unknown",
		[STATUS_NEUTRAL] = "-",
	};

	return names[level];
}

const char *status_verdict_name(enum status_verdict verdict)
{
	static const char *const names[] = {
		[STATUS_READY] = "ready",
		[STATUS_NOT_READY] = "not ready",
		[STATUS_CANNOT_TELL] = "cannot tell",
	};

	return names[verdict];
}

/* "none [integrity] confidentiality": the one in brackets */
static void read_lockdown(const struct sysroot *sysroot, char *buf,
			  size_t bytes)
{
	char text[128];
	const char *from;

	snprintf(buf, bytes, "none");
	sysroot_read(sysroot, "/sys/kernel/security/lockdown", text,
		     sizeof(text));
	from = strchr(text, '[');
	if (from)
		snprintf(buf, bytes, "%.*s", (int)strcspn(from + 1, "]"),
			 from + 1);
}

static void read_release(const struct sysroot *sysroot, char *buf, size_t bytes)
{
	struct utsname name;

	if (!sysroot_is_own(sysroot))
		sysroot_read(sysroot, "/proc/sys/kernel/osrelease", buf, bytes);
	else if (!uname(&name))
		snprintf(buf, bytes, "%s", name.release);
}

/* The second name is gone after 2028 (Documentation/ABI/obsolete) */
bool status_read_kexec(const struct sysroot *sysroot, const char *name,
		       __u64 *ret)
{
	char path[SYSROOT_PATH_BYTES];

	snprintf(path, sizeof(path), "/sys/kernel/kexec/%s", name);
	if (sysroot_read_number(sysroot, path, ret))
		return true;
	snprintf(path, sizeof(path), "/sys/kernel/kexec_%s", name);
	return sysroot_read_number(sysroot, path, ret);
}

/* System RAM of the firmware's map, which hot-added memory does not change */
static __u64 read_boot_ram(const struct sysroot *sysroot)
{
	unsigned int nr = sysroot_count(sysroot, "/sys/firmware/memmap/[0-9]*");
	__u64 bytes = 0;

	for (unsigned int i = 0; i < nr; i++) {
		char path[SYSROOT_PATH_BYTES], type[32];
		__u64 start, end;

		snprintf(path, sizeof(path), "/sys/firmware/memmap/%u/type", i);
		sysroot_read(sysroot, path, type, sizeof(type));
		snprintf(path, sizeof(path), "/sys/firmware/memmap/%u/start",
			 i);
		if (strcmp(type, "System RAM") ||
		    !sysroot_read_number(sysroot, path, &start))
			continue;
		snprintf(path, sizeof(path), "/sys/firmware/memmap/%u/end", i);
		if (sysroot_read_number(sysroot, path, &end) && end > start)
			bytes += end - start + 1;
	}
	return bytes;
}

void status_read_facts(const struct sysroot *sysroot, struct status_facts *ret)
{
	char tag[64];

	memset(ret, 0, sizeof(*ret));
	ret->sysroot = *sysroot;
	read_release(sysroot, ret->release, sizeof(ret->release));
	ret->is_arm64 = sysroot_is_machine(sysroot, "aarch64");
	ret->is_hyperv = hypervisor_evidence(sysroot);
	sysroot_read(sysroot, "/sys/class/dmi/id/chassis_asset_tag", tag,
		     sizeof(tag));
	ret->is_azure = !strcmp(tag, AZURE_ASSET_TAG);
	ret->is_gen2 = sysroot_exists(sysroot, "/sys/firmware/efi");
	ret->is_loaded = sysroot_exists(sysroot, "/sys/kernel/hvcrash");
	read_lockdown(sysroot, ret->lockdown, sizeof(ret->lockdown));
	status_read_kexec(sysroot, "crash_size", &ret->crash_bytes);
	if (sysroot_meminfo(sysroot, "MemTotal", &ret->ram_bytes))
		ret->ram_bytes += ret->crash_bytes;
	ret->boot_ram_bytes = read_boot_ram(sysroot);
	sysroot_read(sysroot, "/proc/cmdline", ret->cmdline,
		     sizeof(ret->cmdline));
	ret->cmdline[strcspn(ret->cmdline, "\n")] = '\0';
	kdump_config_read(sysroot, &ret->kdump);
	crash_line_read(sysroot, &ret->kdump, &ret->line);
	boot_loader_read(sysroot, &ret->loader);
}

static void count(const struct status_check *check,
		  const struct status_answer *answer, struct status_total *ret,
		  char *names, size_t bytes)
{
	size_t used = strlen(names);
	bool is_named = answer->level == STATUS_FAIL;

	ret->nr_warn += answer->level == STATUS_WARN;
	ret->nr_fail += answer->level == STATUS_FAIL;
	ret->nr_unknown += answer->level == STATUS_UNKNOWN;
	if (answer->level == STATUS_UNKNOWN && check->is_vital)
		is_named = true;
	if (!is_named)
		return;
	if (answer->level == STATUS_FAIL)
		ret->verdict = STATUS_NOT_READY;
	else if (ret->verdict == STATUS_READY)
		ret->verdict = STATUS_CANNOT_TELL;
	snprintf(names + used, bytes - used, "%s%s", used ? ", " : "",
		 check->id);
}

/* Outside Hyper-V its checks are skipped: one failure says everything */
static bool is_asked(const struct status_facts *facts,
		     const struct status_check *check)
{
	return facts->is_hyperv || check->run == status_hyperv;
}

static void run_check(const struct status_facts *facts,
		      const struct status_check *check,
		      struct status_answer *ret)
{
	memset(ret, 0, sizeof(*ret));
	ret->level = STATUS_UNKNOWN;
	if (is_asked(facts, check))
		check->run(facts, ret);
	else
		status_found(ret, STATUS_NEUTRAL,
			     "not checked: not a Hyper-V guest");
	/* what is fine needs nothing */
	if (ret->level == STATUS_OK)
		*ret->fix = *ret->advice = '\0';
}

/* "READY" alone only if nothing is wrong */
static void word_ready(struct status_total *ret)
{
	char counted[80] = "";

	if (ret->nr_warn)
		snprintf(counted, sizeof(counted), "%u warning%s", ret->nr_warn,
			 ret->nr_warn > 1 ? "s" : "");
	if (ret->nr_unknown)
		snprintf(counted + strlen(counted),
			 sizeof(counted) - strlen(counted), "%s%u unknown",
			 *counted ? ", " : "", ret->nr_unknown);
	snprintf(ret->text, sizeof(ret->text), "READY: no check failed%s%s",
		 *counted ? ", " : "", counted);
}

void status_run(const struct status_facts *facts, struct status_answer *answers,
		struct status_total *ret)
{
	char names[400] = "";

	memset(ret, 0, sizeof(*ret));
	for (size_t i = 0; i < status_nr_checks; i++) {
		run_check(facts, &status_checks[i], &answers[i]);
		count(&status_checks[i], &answers[i], ret, names,
		      sizeof(names));
	}
	if (ret->verdict == STATUS_READY)
		word_ready(ret);
	else
		snprintf(ret->text, sizeof(ret->text), "%s: %s",
			 ret->verdict == STATUS_NOT_READY ? "NOT READY" :
							    "CANNOT TELL",
			 names);
}
