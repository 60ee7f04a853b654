// SPDX-License-Identifier: GPL-2.0-only
/*
 * status_crash_kernel.c - checks: the crash kernel's memory and how it is
 * loaded
 *
 * See status.h. How much is advised is in scripts/lib/tables/crashkernel, which
 * hvcrash-configure reads, too.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "tables.h"
#include "vm/status.h"
#include "vm/sysctl_files.h"

#define MIB (1024ULL * 1024)
#define GIB (1024 * MIB)
#define TIB (1024 * GIB)

#define ROWS(table) (sizeof(table) / sizeof((table)[0]))

/* Never advise more: the VM has another purpose */
#define MAX_SHARE 4

/* Hot-added memory: a difference to the boot that is more than rounding */
#define ADDED_SHARE 8

/* Columns of scripts/lib/tables/crashkernel */
enum { SIZE_WHO, SIZE_SINCE, SIZE_ARCHITECTURE, SIZE_RANGES };

static __u64 read_size(const char **text)
{
	char *end;
	__u64 bytes = strtoull(*text, &end, 10);

	switch (*end) {
	case 'k':
	case 'K':
		bytes *= 1024;
		break;
	case 'm':
	case 'M':
		bytes *= MIB;
		break;
	case 'g':
	case 'G':
		bytes *= GIB;
		break;
	case 't':
	case 'T':
		bytes *= TIB;
		break;
	}
	*text = end + (*end && strchr("kKmMgGtT", *end) ? 1 : 0);
	return bytes;
}

/* "FROM-[TO]:SIZE,..." for this much RAM, or "SIZE"; 0 where no range fits */
static __u64 reserved_for(const char *ranges, __u64 ram_bytes)
{
	const char *at = ranges;

	if (!strchr(ranges, ':'))
		return read_size(&at);
	while (*ranges) {
		__u64 from = read_size(&ranges), to = UINT64_MAX, size;

		if (*ranges++ != '-')
			return 0;
		if (*ranges != ':')
			to = read_size(&ranges);
		if (*ranges++ != ':')
			return 0;
		size = read_size(&ranges);
		if (ram_bytes >= from && ram_bytes < to)
			return size;
		if (*ranges++ != ',')
			return 0;
	}
	return 0;
}

static __u64 table_bytes(const struct status_facts *facts, const char *who)
{
	const char *architecture = facts->is_arm64 ? "aarch64" : "x86_64";

	if (facts->is_arm64 && !strcmp(who, "hyperv") &&
	    strstr(facts->release, "64k"))
		architecture = "aarch64-64k";
	for (size_t i = 0; i < ROWS(table_crashkernel); i++) {
		const char *const *row = table_crashkernel[i];

		if (strcmp(row[SIZE_WHO], who) ||
		    (strcmp(row[SIZE_ARCHITECTURE], "any") &&
		     strcmp(row[SIZE_ARCHITECTURE], architecture)) ||
		    (strcmp(row[SIZE_SINCE], "-") &&
		     atof(facts->kdump.version) < atof(row[SIZE_SINCE])))
			continue;
		return reserved_for(row[SIZE_RANGES], facts->ram_bytes);
	}
	return 0;
}

/* By the distribution; 0 where it has no table, as SUSE, which calibrates */
static __u64 distribution_bytes(const struct status_facts *facts)
{
	static const char *const families[] = {
		[KDUMP_OTHER] = "-",   [KDUMP_DEBIAN] = "debian",
		[KDUMP_RHEL] = "rhel", [KDUMP_AZURE_LINUX] = "azurelinux",
		[KDUMP_SUSE] = "suse",
	};
	__u64 bytes = table_bytes(facts, facts->kdump.id);

	return bytes ? bytes :
		       table_bytes(facts, families[facts->kdump.family]);
}

static __u64 wanted_bytes(const struct status_facts *facts)
{
	__u64 wanted = distribution_bytes(facts);
	__u64 least = table_bytes(facts, "hyperv");
	__u64 most = facts->ram_bytes / MAX_SHARE;

	if (wanted < least)
		wanted = least;
	return wanted < most ? wanted : most;
}

/* What crashkernel=SIZE,cma asks for */
static __u64 cma_asked_bytes(const struct status_facts *facts)
{
	const char *at = facts->cmdline;
	char word[WORDS_WORD_BYTES];
	__u64 bytes = 0;

	while (words_next(&at, word)) {
		size_t length = strlen(word);
		const char *size = word + 12;

		if (!strncmp(word, "crashkernel=", 12) && length > 4 &&
		    !strcmp(word + length - 4, ",cma"))
			bytes = read_size(&size);
	}
	return bytes;
}

/*
 * Of kernels that do not say: SUSE had it before mainline, which has it on x86
 */
static bool knows_cma(const struct status_facts *facts)
{
	return facts->kdump.family == KDUMP_SUSE ||
	       (!facts->is_arm64 &&
		!sysroot_release_is_before(facts->release, 6, 17));
}

/* The amount that it added, which kernels report from 7.0 on */
static __u64 cma_bytes(const struct status_facts *facts)
{
	char *text guarded_free = sysroot_read_all(
		&facts->sysroot, "/sys/kernel/kexec/crash_cma_ranges", 4096);
	unsigned long long first, last;
	const char *line = text;
	__u64 bytes = 0;

	if (!text)
		return knows_cma(facts) ? cma_asked_bytes(facts) : 0;
	while (line && sscanf(line, "%llx-%llx", &first, &last) == 2 &&
	       last >= first) {
		bytes += last - first + 1;
		line = strchr(line, '\n');
		line = line ? line + 1 : NULL;
	}
	return bytes;
}

/* Devices that write by DMA independently of VMBus: SR-IOV, MANA, NVMe */
static bool has_passed_through(const struct status_facts *facts)
{
	char path[SYSROOT_PATH_BYTES];

	return sysroot_glob(&facts->sysroot,
			    "/sys/bus/vmbus/drivers/hv_pci/*-*", path);
}

/* Of the command line; false where there is none */
static bool asked_for(const struct status_facts *facts,
		      char ret[WORDS_WORD_BYTES])
{
	const char *at = facts->cmdline;
	char word[WORDS_WORD_BYTES];
	bool is_found = false;

	*ret = '\0';
	while (words_next(&at, word)) {
		size_t length = strlen(word);

		if (strncmp(word, "crashkernel=", 12) ||
		    (length > 4 && (!strcmp(word + length - 4, ",cma") ||
				    !strcmp(word + length - 4, ",low"))))
			continue;
		is_found = true;
		snprintf(ret, WORDS_WORD_BYTES, "%s", word + 12);
	}
	return is_found;
}

static bool is_hot_added(const struct status_facts *facts)
{
	char path[SYSROOT_PATH_BYTES];

	return facts->boot_ram_bytes &&
	       facts->ram_bytes > facts->boot_ram_bytes +
					  facts->boot_ram_bytes / ADDED_SHARE &&
	       sysroot_glob(&facts->sysroot,
			    "/sys/bus/vmbus/drivers/hv_balloon/*-*", path);
}

/* The command line has it, but the memory was unavailable, or not that much */
static void advise_refused(const char *asked, struct status_answer *ret)
{
	if (!strcmp(asked, "auto"))
		status_advice(
			ret,
			"this kernel does not know crashkernel=auto: give it a size or ranges");
	else
		status_advice(
			ret,
			"dmesg | grep -i crashkernel says why: perhaps no piece of memory that large was free; ask for less, or for crashkernel=SIZE,high");
}

/* What reserves enough at the next boot */
static void fix_reservation(const struct status_facts *facts, __u64 wanted,
			    struct status_answer *ret)
{
	char size[32], next[WORDS_WORD_BYTES] = "";

	snprintf(size, sizeof(size), "%lluM",
		 (wanted ? wanted : 512 * MIB) / MIB);
	snprintf(next, sizeof(next), "%s", facts->loader.crashkernel);
	if (*next && reserved_for(next, facts->ram_bytes) >= wanted && wanted) {
		if (!facts->loader.is_older) {
			status_fix(ret, "reboot");
			return;
		}
		status_advice(
			ret,
			"%.100s has crashkernel=%.60s, and what booted did not read it: look at the boot entries",
			facts->loader.file, next);
		return;
	}
	status_fix_crashkernel(facts, size, true, ret);
}

static void judge_none(const struct status_facts *facts, __u64 wanted,
		       struct status_answer *ret)
{
	char asked[WORDS_WORD_BYTES];

	if (!asked_for(facts, asked)) {
		status_found(ret, STATUS_FAIL,
			     "no memory is reserved for a crash kernel");
		fix_reservation(facts, wanted, ret);
		return;
	}
	/* 0, ranges without a match, or not a size at all */
	if (strcmp(asked, "auto") && !reserved_for(asked, facts->ram_bytes)) {
		status_found(
			ret, STATUS_FAIL,
			"crashkernel=%.100s asks for nothing with %llu MiB of RAM",
			asked, facts->ram_bytes / MIB);
		fix_reservation(facts, wanted, ret);
		return;
	}
	status_found(ret, STATUS_FAIL, "crashkernel=%.100s reserved nothing",
		     asked);
	advise_refused(asked, ret);
	if (!strcmp(asked, "auto"))
		fix_reservation(facts, wanted, ret);
}

static void judge_little(const struct status_facts *facts, __u64 bytes,
			 __u64 wanted, struct status_answer *ret)
{
	char asked[WORDS_WORD_BYTES];

	status_found(ret, bytes < wanted / 2 ? STATUS_FAIL : STATUS_WARN,
		     "%llu MiB of %llu MiB RAM reserved; %llu MiB are advised",
		     bytes / MIB, facts->ram_bytes / MIB, wanted / MIB);
	if (is_hot_added(facts)) {
		status_advice(
			ret,
			"ranges of crashkernel= count the %llu MiB at boot: raise the VM's startup memory, or boot with crashkernel=%lluM",
			facts->boot_ram_bytes / MIB, wanted / MIB);
		return;
	}
	if (asked_for(facts, asked) &&
	    reserved_for(asked, facts->ram_bytes) >= wanted)
		advise_refused(asked, ret);
	else
		fix_reservation(facts, wanted, ret);
}

/* Memory that movable pages of this kernel lie in until it crashes */
static void judge_cma(const struct status_facts *facts, __u64 cma,
		      struct status_answer *ret)
{
	size_t length = strlen(ret->found);
	__u64 asked = cma_asked_bytes(facts);

	if (cma)
		snprintf(ret->found + length, sizeof(ret->found) - length,
			 ", %llu MiB of that as CMA, in use until the crash",
			 cma / MIB);
	if (asked > cma && ret->level != STATUS_FAIL) {
		length = strlen(ret->found);
		snprintf(ret->found + length, sizeof(ret->found) - length,
			 "; crashkernel=%lluM,cma was asked for", asked / MIB);
		ret->level = STATUS_WARN;
		if (!cma)
			status_advice(
				ret,
				"this kernel does not know ,cma (x86 from 6.17 on, arm64 from 7.3 on), or found no memory for it (dmesg | grep -i crashkernel): ask for all of it without ,cma");
	} else if (cma && has_passed_through(facts) &&
		   ret->level == STATUS_OK) {
		ret->level = STATUS_WARN;
		status_advice(
			ret,
			"hvcrash revokes what VMBus shares; a device passed through to this VM (SR-IOV, MANA, NVMe) may write into CMA memory until its driver resets it: with such devices reserve without ,cma");
	}
}

void status_crashkernel(const struct status_facts *facts,
			struct status_answer *ret)
{
	__u64 wanted = wanted_bytes(facts), bytes, cma = 0;

	if (!status_read_kexec(&facts->sysroot, "crash_size", &bytes)) {
		status_found(
			ret, STATUS_FAIL,
			"this kernel has no kdump: no crash_size in /sys/kernel/kexec");
		status_advice(ret, "boot a kernel with CONFIG_CRASH_DUMP=y");
		return;
	}
	if (bytes)
		cma = cma_bytes(facts);
	bytes += cma;
	if (!bytes) {
		judge_none(facts, wanted, ret);
		return;
	}
	if (!facts->ram_bytes)
		status_found(ret, STATUS_UNKNOWN,
			     "%llu MiB reserved, and the RAM is not known",
			     bytes / MIB);
	else if (bytes < wanted)
		judge_little(facts, bytes, wanted, ret);
	else
		status_found(ret, STATUS_OK,
			     "%llu MiB of %llu MiB RAM reserved", bytes / MIB,
			     facts->ram_bytes / MIB);
	judge_cma(facts, cma, ret);
}

/* Hardening: once set it stays until the next boot */
static bool is_kexec_disabled(const struct status_facts *facts,
			      struct status_answer *ret)
{
	static const char *const keys[] = { "kernel.kexec_load_disabled",
					    "kernel.kexec_load_limit_panic" };
	char file[SYSROOT_PATH_BYTES], value[64], path[SYSROOT_PATH_BYTES];
	__u64 disabled = 0, limit = 1;
	const char *key;

	sysroot_read_number(&facts->sysroot,
			    "/proc/sys/kernel/kexec_load_disabled", &disabled);
	sysroot_read_number(&facts->sysroot,
			    "/proc/sys/kernel/kexec_load_limit_panic", &limit);
	if (disabled != 1 && limit)
		return false;
	key = keys[disabled != 1];
	snprintf(path, sizeof(path), "%s=%d", key, disabled == 1);
	status_found(ret, STATUS_FAIL,
		     "no crash kernel is loaded, and %s prevents loading one",
		     path);
	if (sysctl_files_find(&facts->sysroot, key, value, file)) {
		status_fix(ret,
			   "sed -i --follow-symlinks '/%s/d' %.200s && reboot",
			   key + 7, file);
		status_advice(
			ret,
			"%.120s sets it, and only a reboot resets it; a unit ordered After=%s may set it once kdump has loaded",
			file, facts->kdump.unit);
	} else {
		status_advice(
			ret,
			"only a reboot resets it: whatever sets it has to do so after %s",
			facts->kdump.unit);
	}
	return true;
}

void status_crash_loaded(const struct status_facts *facts,
			 struct status_answer *ret)
{
	__u64 is_loaded;

	if (!status_read_kexec(&facts->sysroot, "crash_loaded", &is_loaded)) {
		status_found(ret, STATUS_FAIL,
			     "this kernel cannot load a crash kernel");
		status_advice(ret, "boot a kernel with CONFIG_CRASH_DUMP=y");
		return;
	}
	if (is_loaded) {
		status_found(ret, STATUS_OK, "a crash kernel is loaded");
		return;
	}
	if (is_kexec_disabled(facts, ret))
		return;
	status_found(ret, STATUS_FAIL, "no crash kernel is loaded");
	if (!facts->crash_bytes)
		status_advice(ret,
			      "there is no memory for it: see crashkernel");
	else if (!facts->kdump.is_found)
		status_advice(ret, "no kdump is installed: see kdump");
	else if (!facts->kdump.is_enabled)
		status_advice(ret, "it does not start at boot: see kdump");
	else
		status_fix(ret, "systemctl restart %s", facts->kdump.unit);
}

static void fix_call(const struct status_facts *facts,
		     struct status_answer *ret)
{
	const char *line = facts->kdump.family == KDUMP_DEBIAN ?
				   "KDUMP_KEXEC_ARGS=\"-s\"" :
				   "KEXEC_ARGS=\"-s\"";

	if (!facts->kdump.is_found || facts->kdump.family == KDUMP_SUSE)
		status_advice(ret, "have kexec called with -s");
	else
		/* appended: the last assignment counts */
		status_fix_append(ret, line, facts->kdump.cmdline_file,
				  facts->kdump.unit);
}

void status_kexec_call(const struct status_facts *facts,
		       struct status_answer *ret)
{
	/* vmbus_reserve_fb() falls back to the low MMIO base since then */
	bool is_cured = !sysroot_release_is_before(facts->release, 7, 1);
	enum kdump_syscall call = facts->line.is_loaded && facts->line.call ?
					  facts->line.call :
					  facts->kdump.call;

	if (call == KDUMP_SYSCALL_FILE) {
		status_found(ret, STATUS_OK, "kexec_file_load");
	} else if (call == KDUMP_SYSCALL_UNKNOWN) {
		status_found(ret, STATUS_UNKNOWN,
			     "which call kexec uses is not configured");
	} else if (strcmp(facts->lockdown, "none")) {
		status_found(ret, STATUS_FAIL,
			     "kexec_load, which lockdown forbids");
		fix_call(facts, ret);
	} else if (facts->is_gen2 && !is_cured) {
		status_found(
			ret, STATUS_WARN,
			"kexec_load on a Gen2 VM: the second kernel may find no PCI, so no NVMe and no network");
		fix_call(facts, ret);
	} else {
		status_found(ret, STATUS_OK, "kexec_load");
	}
}

/* Firmware holds some back, for which newer kernels round up: the larger counts */
#define ROUND_UP_BYTES (128 * MIB)

/* A crashkernel= of the next boot that reserves nothing, or far too little */
static bool judge_next_size(const struct status_facts *facts,
			    struct status_answer *ret)
{
	const char *next = facts->loader.crashkernel;
	__u64 ram = facts->ram_bytes, wanted = wanted_bytes(facts);
	__u64 rounded = (ram + ROUND_UP_BYTES - 1) & ~(ROUND_UP_BYTES - 1);
	__u64 bytes = reserved_for(next, ram);
	char size[32];

	if (!ram || !strcmp(next, "auto"))
		return false;
	if (bytes < reserved_for(next, rounded))
		bytes = reserved_for(next, rounded);
	/* with ",cma" the rest may be little on purpose */
	if (bytes && (bytes >= wanted / 2 || strstr(facts->cmdline, ",cma")))
		return false;
	status_found(
		ret, STATUS_WARN,
		"crashkernel=%.60s reserves %llu MiB at the next boot, %llu MiB are advised: %.80s",
		next, bytes / MIB, wanted / MIB, facts->loader.file);
	snprintf(size, sizeof(size), "%lluM",
		 (wanted ? wanted : 512 * MIB) / MIB);
	status_fix_crashkernel(facts, size, false, ret);
	return true;
}

/*
 * The next kernel's command line, according to the files that the boot loader
 * reads
 */
void status_next_boot(const struct status_facts *facts,
		      struct status_answer *ret)
{
	const struct boot_loader *loader = &facts->loader;

	if (!loader->is_known) {
		status_found(ret, STATUS_UNKNOWN,
			     "%s: its files cannot be read",
			     *loader->name ? loader->name : "the boot loader");
		status_advice(
			ret, "%s",
			geteuid() ?
				"run it as root" :
				"look at them: they are missing, not text, or far larger than a boot menu");
	} else if (!*loader->crashkernel && loader->kind == BOOT_LOADER_UKI) {
		char asked[WORDS_WORD_BYTES];

		/* built in, then: what booted is what will boot */
		if (asked_for(facts, asked)) {
			status_found(ret, STATUS_OK,
				     "crashkernel=%.80s, built into %s", asked,
				     loader->name);
			return;
		}
		status_found(ret, STATUS_WARN,
			     "%s and no addon with crashkernel=", loader->name);
		status_fix_crashkernel(facts, "512M", false, ret);
	} else if (!*loader->file) {
		status_found(
			ret, STATUS_UNKNOWN,
			"%s: no entry of its files can be read, so its next boot is unknown",
			loader->name);
	} else if (!*loader->crashkernel && loader->is_vague) {
		status_found(
			ret, STATUS_UNKNOWN,
			"%s, %.100s: a variable has a part of the command line, and its file cannot be read",
			loader->name, loader->file);
	} else if (!*loader->crashkernel) {
		status_found(ret, STATUS_WARN,
			     "no crashkernel= for the next boot: %s, %.120s",
			     loader->name, loader->file);
		status_fix_crashkernel(facts, "512M", false, ret);
	} else if (*loader->without) {
		status_found(ret, STATUS_WARN,
			     "crashkernel=%.60s, but an entry has none: %.100s",
			     loader->crashkernel, loader->without);
		/*
		 * hvcrash-configure has nothing to change where the others have
		 * it
		 */
		status_advice(ret, "give that entry crashkernel=%.60s, too",
			      loader->crashkernel);
	} else if (!judge_next_size(facts, ret)) {
		status_found(ret, STATUS_OK, "crashkernel=%.80s, %.100s",
			     loader->crashkernel, loader->file);
	}
}
