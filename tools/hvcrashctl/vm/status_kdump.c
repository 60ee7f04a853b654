// SPDX-License-Identifier: GPL-2.0-only
/*
 * status_kdump.c - checks: kdump's service, and what the second kernel is told
 *
 * See status.h. Judges the command line that the crash kernel gets
 * (crash_line.h), not the file that a part of it comes from.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vm/status.h"
#include "vm/units.h"

/* The unit that takes the dump on Debian, as the second kernel's boot target */
#define DUMP_UNIT "kdump-tools-dump.service"

/* Debian's default, and a bound for a crash kernel that panics itself */
#define DEBIAN_APPEND \
	"reset_devices systemd.unit=" DUMP_UNIT " nr_cpus=1 irqpoll panic=10"

/*
 * What UNLOAD may take before the second kernel starts (vmbus_wait_for_unload)
 */
#define UNLOAD_S 100

/* A command that appends an assignment, which counts as the last one does */
static void fix_append(const struct status_facts *facts, const char *value,
		       struct status_answer *ret)
{
	const char *name = facts->kdump.family == KDUMP_DEBIAN ?
				   "KDUMP_CMDLINE_APPEND" :
				   "KDUMP_COMMANDLINE_APPEND";
	char line[STATUS_FIX_BYTES];

	/* quotes in quotes, for two shells: by hand */
	if (strpbrk(value, "\"'$`\\")) {
		status_advice(ret, "set %s in %s to: %s", name,
			      facts->kdump.cmdline_file, value);
	} else {
		snprintf(line, sizeof(line), "%s=\"%s\"", name, value);
		status_fix_append(ret, line, facts->kdump.cmdline_file,
				  facts->kdump.unit);
	}
}

static void judge_missing(const struct status_facts *facts,
			  struct status_answer *ret)
{
	const struct kdump_config *kdump = &facts->kdump;
	char command[STATUS_COMMAND_BYTES];

	if (!*kdump->id) {
		status_found(
			ret, STATUS_UNKNOWN,
			"whose kdump this is: /etc/os-release cannot be read, or has no ID");
		return;
	}
	status_found(ret, STATUS_WARN, "no kdump is configured: no %s",
		     kdump->file);
	if (kdump->install) {
		status_configure_command(facts, command);
		status_fix(ret, "%s && %s", kdump->install, command);
		return;
	}
	status_advice(ret, "install this distribution's kdump");
}

/* A release whose modules are gone: kdump has nothing to load then */
static bool is_pinned_to_nothing(const struct status_facts *facts)
{
	char path[SYSROOT_PATH_BYTES];

	if (!*facts->kdump.kernel)
		return false;
	snprintf(path, sizeof(path), "/lib/modules/%s", facts->kdump.kernel);
	if (sysroot_exists(&facts->sysroot, path))
		return false;
	snprintf(path, sizeof(path), "/boot/vmlinuz-%s", facts->kdump.kernel);
	return !sysroot_exists(&facts->sysroot, path);
}

static bool is_masked(const struct status_facts *facts, const char *name,
		      struct status_answer *ret)
{
	struct unit unit;

	unit_read(&facts->sysroot, name, &unit);
	if (!unit.is_masked)
		return false;
	status_found(ret, STATUS_FAIL, "%s is masked by %.120s", name,
		     unit.mask);
	status_fix(ret, "systemctl unmask %s && systemctl enable --now %s",
		   name, facts->kdump.unit);
	return true;
}

void status_kdump(const struct status_facts *facts, struct status_answer *ret)
{
	const struct kdump_config *kdump = &facts->kdump;
	struct unit unit;

	if (*kdump->problem) {
		status_found(ret, STATUS_UNKNOWN, "%s", kdump->problem);
		status_advice(
			ret, "%s",
			kdump->is_unreadable ?
				"replace it with a text file, like the distribution's" :
				"only plain assignments can be judged: replace the computation with its value");
	} else if (!kdump->is_found) {
		judge_missing(facts, ret);
	} else if (*kdump->refused) {
		status_found(
			ret, STATUS_FAIL,
			"kdumpctl refuses %s, and loads nothing at the next boot: %s",
			kdump->file, kdump->refused);
		status_advice(ret,
			      "change that line, then: systemctl restart %s",
			      kdump->unit);
	} else if (kdump->has_returns) {
		status_found(
			ret, STATUS_FAIL,
			"%s has carriage returns, which the shell takes into the values",
			kdump->cmdline_file);
		status_fix(
			ret,
			"sed -i --follow-symlinks 's/\\r$//' %s && systemctl restart %s",
			kdump->cmdline_file, kdump->unit);
	} else if (is_masked(facts, kdump->unit, ret) ||
		   (kdump->family == KDUMP_DEBIAN &&
		    is_masked(facts, DUMP_UNIT, ret))) {
		return;
	} else if (is_pinned_to_nothing(facts)) {
		status_found(ret, STATUS_FAIL,
			     "KDUMP_KERNELVER=%.80s in %s: that kernel is gone",
			     kdump->kernel, kdump->cmdline_file);
		status_fix_append(ret, "KDUMP_KERNELVER=\"\"",
				  kdump->cmdline_file, kdump->unit);
	} else if (!kdump->is_enabled) {
		status_found(ret, STATUS_WARN,
			     "%s: kdump does not start at the next boot%s%s",
			     kdump->file, *kdump->why_disabled ? ": " : "",
			     kdump->why_disabled);
		if (kdump->family == KDUMP_DEBIAN && !kdump->is_unit_disabled)
			status_fix_append(ret, "USE_KDUMP=1", kdump->file,
					  kdump->unit);
		else
			status_fix(ret, "systemctl enable %s", kdump->unit);
	} else if (*kdump->missing) {
		status_found(ret, STATUS_FAIL,
			     "%.180s: not there, so kdump loads nothing",
			     kdump->missing);
		status_fix_append(ret,
				  "KDUMP_KERNEL=/var/lib/kdump/vmlinuz; "
				  "KDUMP_INITRD=/var/lib/kdump/initrd.img",
				  kdump->file, kdump->unit);
	} else if (kdump->has_no_dump) {
		status_found(
			ret, STATUS_FAIL,
			"KDUMP_DUMPFORMAT=none in %s: the dmesg is saved, and no dump",
			kdump->file);
		status_fix_append(ret, "KDUMP_DUMPFORMAT=\"compressed\"",
				  kdump->file, kdump->unit);
	} else {
		unit_read(&facts->sysroot, kdump->unit, &unit);
		if (unit.has_failed) {
			status_found(ret, STATUS_FAIL, "%s has failed",
				     kdump->unit);
			status_fix(ret, "systemctl restart %s", kdump->unit);
			status_advice(ret, "journalctl -b -u %s says why",
				      kdump->unit);
		} else {
			status_found(ret, STATUS_OK, "%s", kdump->file);
		}
	}
}

/* A word that keeps one of Hyper-V's drivers out of the second kernel */
static bool find_blacklist(const char *line, char ret[WORDS_WORD_BYTES])
{
	static const char *const keys[] = {
		"modprobe.blacklist=", "module_blacklist=",
		"rd.driver.blacklist=", "initcall_blacklist=", "blacklist="
	};
	static const char *const drivers[] = {
		"hv_vmbus", "hv_storvsc",	"hv_netvsc",
		"hv_utils", "pci_hyperv",	"pci-hyperv",
		"hv_sock",  "storvsc_drv_init", "hv_acpi_init"
	};
	char word[WORDS_WORD_BYTES];

	while (words_next(&line, word)) {
		bool is_list = false;

		for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
			is_list |= !strncmp(word, keys[i], strlen(keys[i]));
		for (size_t i = 0;
		     is_list && i < sizeof(drivers) / sizeof(drivers[0]); i++) {
			if (!strstr(word, drivers[i]))
				continue;
			snprintf(ret, WORDS_WORD_BYTES, "%s", word);
			return true;
		}
	}
	return false;
}

/* In which file a word of the line stands, for advice */
static const char *place_of(const struct status_facts *facts, const char *word)
{
	if (words_have(facts->kdump.append.text, word) ||
	    words_have(facts->kdump.cmdline.text, word))
		return facts->kdump.cmdline_file;
	return "this kernel's command line";
}

static void judge_danger(const struct status_facts *facts, char c,
			 struct status_answer *ret)
{
	const char *at = facts->line.inherited;
	char word[WORDS_WORD_BYTES] = "";

	while (words_next(&at, word) && !strchr(word, c))
		;
	status_found(
		ret, STATUS_FAIL,
		"%.80s: kdump passes its line to a shell, which expands the %c",
		word, c);
	if (!strncmp(word, "memmap=", 7) && c == '$')
		status_advice(
			ret,
			"the crash kernel would have 4 KiB of RAM: boot without it, or with memmap=SIZE%%ADDRESS-1+2, which has no $");
	else
		status_advice(ret,
			      "boot without that character, or set %s in %s",
			      facts->kdump.family == KDUMP_DEBIAN ?
				      "KDUMP_CMDLINE" :
				      "KDUMP_COMMANDLINE",
			      facts->kdump.cmdline_file);
}

/* Only the last systemd.unit= counts */
static bool is_dump_unit_missing(const struct status_facts *facts)
{
	char unit[WORDS_WORD_BYTES];

	return facts->kdump.family == KDUMP_DEBIAN &&
	       !(words_last(facts->line.text, "systemd.unit", unit) &&
		 !strcmp(unit, DUMP_UNIT));
}

static void judge_resume(const struct status_facts *facts,
			 struct status_answer *ret)
{
	char value[160];

	status_found(
		ret, STATUS_WARN,
		"resume= goes on into the crash kernel, which may try to resume from disk instead of dumping");
	snprintf(value, sizeof(value), "%.140s noresume",
		 facts->kdump.append.is_set ? facts->kdump.append.text :
					      DEBIAN_APPEND);
	if (facts->kdump.append.is_exact || !facts->kdump.append.is_set)
		fix_append(facts, value, ret);
	else
		status_advice(ret, "add noresume to KDUMP_CMDLINE_APPEND in %s",
			      facts->kdump.cmdline_file);
}

/* What keeps the second kernel from its disk, or from dumping at all */
static bool judge_words(const struct status_facts *facts,
			struct status_answer *ret)
{
	const char *line = facts->line.text;
	char word[WORDS_WORD_BYTES], value[WORDS_WORD_BYTES];

	if (find_blacklist(line, word)) {
		status_found(
			ret, STATUS_WARN,
			"%.80s keeps Hyper-V's drivers out of the second kernel (advice from 2013): it may see no disk",
			word);
		status_advice(ret,
			      "take it out of %s, then: systemctl restart %s",
			      place_of(facts, word), facts->kdump.unit);
		return true;
	}
	if (words_last(line, "ata_piix.prefer_ms_hyperv", value) &&
	    !strcmp(value, "0") && !facts->is_gen2) {
		status_found(
			ret, STATUS_WARN,
			"ata_piix.prefer_ms_hyperv=0: ata_piix drives the IDE disks, too, and each is there twice");
		status_advice(ret, "take it out of %s",
			      place_of(facts, "ata_piix.prefer_ms_hyperv=0"));
		return true;
	}
	/*
	 * parse_args() ends there: what follows, as what kdump appends, is for
	 * init
	 */
	if (words_have(line, "--")) {
		status_found(
			ret, STATUS_WARN,
			"-- in the crash kernel's command line: the kernel ignores everything after it");
		status_advice(ret,
			      "take it out of %s, then: systemctl restart %s",
			      place_of(facts, "--"), facts->kdump.unit);
		return true;
	}
	/* dracut's kdump images have no resume, SUSE strips the word */
	if (facts->kdump.family == KDUMP_DEBIAN &&
	    words_last(line, "resume", value) && *value &&
	    !words_have(line, "noresume") &&
	    !words_have(line, "hibernate=no") &&
	    !words_have(line, "hibernate=noresume")) {
		judge_resume(facts, ret);
		return true;
	}
	return false;
}

void status_crash_cmdline(const struct status_facts *facts,
			  struct status_answer *ret)
{
	const struct kdump_config *kdump = &facts->kdump;
	char c = crash_line_danger(kdump, &facts->line);

	if (!kdump->is_found) {
		status_found(ret, STATUS_UNKNOWN, "no kdump is configured");
	} else if (c) {
		judge_danger(facts, c, ret);
	} else if (is_dump_unit_missing(facts) && facts->line.is_exact &&
		   !*kdump->problem) {
		status_found(
			ret, STATUS_FAIL,
			"the crash kernel's command line lacks systemd.unit=" DUMP_UNIT
			": it takes no dump");
		fix_append(facts, DEBIAN_APPEND, ret);
	} else if (judge_words(facts, ret)) {
		return;
	} else if (*kdump->problem) {
		status_found(ret, STATUS_UNKNOWN, "%s", kdump->problem);
	} else if (!facts->line.is_exact) {
		status_found(ret, STATUS_UNKNOWN,
			     "%s: only a shell knows what it says: %.100s",
			     kdump->cmdline_file, facts->line.text);
	} else {
		status_found(ret, STATUS_OK, "%.200s",
			     kdump->append.is_set && *kdump->append.text ?
				     kdump->append.text :
				     "the default");
	}
}

/* kdump.conf: what happens after a failed dump, and after a good one */
static bool judge_actions(const struct status_facts *facts,
			  struct status_answer *ret)
{
	const struct kdump_config *kdump = &facts->kdump;
	bool is_failure = *kdump->failure_action &&
			  strcmp(kdump->failure_action, "reboot") &&
			  strcmp(kdump->failure_action, "dump_to_rootfs");
	bool is_final =
		*kdump->final_action && strcmp(kdump->final_action, "reboot");

	if (!is_failure && !is_final)
		return false;
	status_found(ret, STATUS_WARN, "%s %s: %s the VM stays down",
		     is_failure ? "failure_action" : "final_action",
		     is_failure ? kdump->failure_action : kdump->final_action,
		     is_failure ? "if the dump fails" : "after the dump");
	status_fix(
		ret,
		"sed -i --follow-symlinks -E 's/^[[:space:]]*(default|failure_action|final_action)[[:space:]].*/#&/' %s && systemctl restart %s",
		kdump->file, kdump->unit);
	return true;
}

static bool judge_suse_actions(const struct status_facts *facts,
			       struct status_answer *ret)
{
	const struct kdump_config *kdump = &facts->kdump;

	if (!kdump->has_shell_on_error && !kdump->is_staying)
		return false;
	status_found(
		ret, STATUS_WARN,
		kdump->has_shell_on_error ?
			"KDUMP_CONTINUE_ON_ERROR: if the dump fails the VM stays in a shell" :
			"KDUMP_IMMEDIATE_REBOOT: after the dump the VM stays in the crash kernel");
	status_fix(
		ret,
		"printf '\\nKDUMP_CONTINUE_ON_ERROR=\"true\"\\nKDUMP_IMMEDIATE_REBOOT=\"true\"\\n' >>%s && systemctl restart %s",
		kdump->file, kdump->unit);
	return true;
}

/*
 * KDUMP_FAIL_CMD is split into words and run, so a ";" in it ends nothing.
 * Without it the VM reboots.
 */
static bool judge_fail_command(const struct status_facts *facts,
			       struct status_answer *ret)
{
	static const char *const reboots[] = { "reboot", "/sbin/reboot",
					       "/usr/sbin/reboot" };
	const struct kdump_value *command = &facts->kdump.fail_command;
	char first[WORDS_WORD_BYTES];
	const char *at = command->text;

	if (facts->kdump.family != KDUMP_DEBIAN || !command->is_set ||
	    !words_next(&at, first))
		return false;
	for (size_t i = 0; i < sizeof(reboots) / sizeof(reboots[0]); i++)
		if (!strcmp(first, reboots[i]))
			return false;
	if (!strncmp(command->text, "systemctl reboot", 16) ||
	    !strncmp(command->text, "systemctl --force reboot", 24))
		return false;
	status_found(
		ret, STATUS_WARN,
		"KDUMP_FAIL_CMD=%.80s: if the dump fails the VM stays down unless that reboots",
		command->text);
	status_fix_append(ret, "KDUMP_FAIL_CMD=\"reboot -f\"",
			  facts->kdump.file, facts->kdump.unit);
	return true;
}

/* The hook that kdump runs before the dump; false where there is none */
static bool find_hook(const struct status_facts *facts,
		      char ret[SYSROOT_PATH_BYTES])
{
	static const char *const places[] = {
		"/etc/systemd/system/kdump-tools-dump.service.d/*hvcrash*.conf",
		"/usr/lib/systemd/system/kdump-tools-dump.service.d/*hvcrash*.conf",
		"/lib/systemd/system/kdump-tools-dump.service.d/*hvcrash*.conf",
	};

	if (*facts->kdump.transfer)
		return false;
	if (facts->kdump.family == KDUMP_SUSE) {
		snprintf(ret, SYSROOT_PATH_BYTES, "KDUMP_PRESCRIPT=%.100s",
			 facts->kdump.prescript);
		return strstr(facts->kdump.prescript, "hvcrash");
	}
	if (facts->kdump.family != KDUMP_DEBIAN)
		return sysroot_glob(&facts->sysroot,
				    "/etc/kdump/pre.d/*hvcrash*", ret);
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (sysroot_glob(&facts->sysroot, places[i], ret))
			return true;
	return false;
}

/*
 * kdump has no bound for a dump that hangs, and systemd none for its unit: our
 * hook has (hook_dump_seconds() in kdump-hooks/lib/hvcrash-hook.sh).
 */
static void judge_hang(const struct status_facts *facts, const char *panic,
		       struct status_answer *ret)
{
	char minutes[WORDS_WORD_BYTES], path[SYSROOT_PATH_BYTES];
	unsigned long long bound = 60 + facts->ram_bytes / (1ULL << 30);

	if (words_last(facts->line.text, "hvcrash_dump_minutes", minutes) &&
	    *minutes >= '0' && *minutes <= '9')
		bound = strtoull(minutes, NULL, 10);
	if (!find_hook(facts, path)) {
		status_found(
			ret, STATUS_WARN,
			"nothing ends a dump that hangs: hvcrash's hook would");
		status_advice(ret, "see hooks");
	} else if (!bound) {
		status_found(
			ret, STATUS_WARN,
			"hvcrash_dump_minutes=0: a dump that hangs keeps the VM down forever");
		status_advice(ret, "take it out of %s",
			      facts->kdump.cmdline_file);
	} else {
		status_found(
			ret, STATUS_OK,
			"a crash kernel that panics reboots, panic=%.20s; a dump that hangs is ended after %llu min",
			panic, bound);
	}
}

/*
 * A VM has no operator at its console: whatever happens has to end in a reboot
 */
void status_way_out(const struct status_facts *facts, struct status_answer *ret)
{
	const struct kdump_config *kdump = &facts->kdump;
	char panic[WORDS_WORD_BYTES], value[WORDS_LINE_BYTES], *end;

	if (!kdump->is_found) {
		status_found(ret, STATUS_UNKNOWN, "no kdump is configured");
		return;
	}
	if (judge_actions(facts, ret) || judge_suse_actions(facts, ret) ||
	    judge_fail_command(facts, ret))
		return;
	if (*kdump->problem) {
		status_found(ret, STATUS_UNKNOWN, "%s", kdump->problem);
		return;
	}
	if (words_last(facts->line.text, "panic", panic) &&
	    strtol(panic, &end, 0) && !*end) {
		judge_hang(facts, panic, ret);
		return;
	}
	if (*panic)
		status_found(
			ret, STATUS_WARN,
			"panic=%.40s in the crash kernel's command line: if it panics the VM hangs forever",
			panic);
	else
		status_found(
			ret, STATUS_WARN,
			"no panic= in the crash kernel's command line: if it panics the VM hangs forever");
	if (kdump->append.is_set && !kdump->append.is_exact) {
		status_advice(ret, "add panic=10 to the line in %s",
			      kdump->cmdline_file);
		return;
	}
	*value = '\0';
	words_append(value, kdump->append.is_set	  ? kdump->append.text :
			    kdump->family == KDUMP_DEBIAN ? DEBIAN_APPEND :
							    "");
	/* the last one counts */
	if (!words_last(value, "panic", panic) || strcmp(panic, "10"))
		words_append(value, "panic=10");
	fix_append(facts, value, ret);
}

void status_hooks(const struct status_facts *facts, struct status_answer *ret)
{
	char path[SYSROOT_PATH_BYTES];

	if (find_hook(facts, path)) {
		status_found(ret, STATUS_OK, "%.150s", path);
		return;
	}
	if (*facts->kdump.transfer) {
		status_found(
			ret, STATUS_WARN,
			"KDUMP_TRANSFER=%.100s runs in the place of kdump's own, which alone runs hooks",
			facts->kdump.transfer);
		status_advice(
			ret,
			"have that program run /usr/lib/hvcrash/suse-pre first, or set KDUMP_TRANSFER=\"\" in %s",
			facts->kdump.file);
		return;
	}
	status_found(ret, STATUS_WARN,
		     "no hvcrash hook: the second kernel makes no audit");
	if (facts->kdump.family == KDUMP_SUSE &&
	    sysroot_glob(&facts->sysroot, "/usr/*/hvcrash/suse-pre", path))
		status_fix_configure(facts, "", "", ret);
	else
		status_advice(
			ret,
			"install hvcrash's package for this distribution, or from its sources: make install");
}

/*
 * A cluster that is not told in time takes the VM for dead, and resets it in
 * the middle of its dump. The message needs the network, the dump itself may
 * not.
 */
void status_fence(const struct status_facts *facts, struct status_answer *ret)
{
	const char *driver = status_passed_through_nic(facts);

	if (!*facts->kdump.fence_nodes) {
		status_found(ret, STATUS_NEUTRAL,
			     "no cluster: fence_kdump is not configured");
		return;
	}
	status_found(
		ret, STATUS_WARN,
		"fence_kdump to %.80s: the crash kernel needs the network%s%s for it",
		facts->kdump.fence_nodes, driver ? ", so also " : "",
		driver ? driver : "");
	status_advice(
		ret,
		"have the fence device wait for more than %u s, which UNLOAD may take, and the crash kernel's boot (pcs: fence_kdump timeout=180); crash-initrd says whether fence_kdump_send is in its initrd",
		UNLOAD_S);
}
