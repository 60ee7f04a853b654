// SPDX-License-Identifier: GPL-2.0-only
/*
 * crash_line.c - kdump_load() of kdump-config, prepare_cmdline() of kdump-lib.sh,
 * build_kdump_commandline() of SUSE's load.sh
 *
 * See crash_line.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "vm/crash_line.h"

#define MAX_LINE_BYTES (64 * 1024)

/* KDUMP_CMDLINE_APPEND of kdump-config, where none is configured */
#define DEBIAN_APPEND                                                            \
	"reset_devices systemd.unit=kdump-tools-dump.service nr_cpus=1 irqpoll " \
	"usbcore.nousb"

static void read_cmdline(const struct sysroot *sysroot,
			 char ret[WORDS_LINE_BYTES])
{
	sysroot_read(sysroot, "/proc/cmdline", ret, WORDS_LINE_BYTES);
	ret[strcspn(ret, "\n")] = '\0';
}

/* "--command-line=..." of the command that kdump-config has run */
static bool read_kexec_cmd(const struct sysroot *sysroot,
			   const struct kdump_config *config,
			   struct crash_line *ret)
{
	static const char option[] = "--command-line=";
	char path[SYSROOT_PATH_BYTES], word[WORDS_WORD_BYTES];
	char *text guarded_free = NULL;
	const char *at, *end;
	char loaded[8];

	/* the second name is gone after 2028 (Documentation/ABI/obsolete) */
	if (!sysroot_read(sysroot, "/sys/kernel/kexec/crash_loaded", loaded,
			  sizeof(loaded)))
		sysroot_read(sysroot, "/sys/kernel/kexec_crash_loaded", loaded,
			     sizeof(loaded));
	snprintf(path, sizeof(path), "%.250s/kexec_cmd", config->core_dir);
	text = sysroot_read_all(sysroot, path, MAX_LINE_BYTES);
	if (!text || strcmp(loaded, "1"))
		return false;
	ret->call = kdump_config_call(text);
	at = strstr(text, option);
	if (!at)
		return false;
	at += strlen(option);
	at += *at == '"';
	end = strstr(at, "\" ");
	if (!end)
		end = strstr(at, "--initrd=");
	snprintf(ret->text, sizeof(ret->text), "%.*s",
		 end ? (int)(end - at) : (int)strcspn(at, "\"\n"), at);
	ret->is_loaded = true;
	at = ret->text;
	return words_next(&at, word);
}

static void assemble_debian(const struct kdump_config *config, const char *own,
			    struct crash_line *ret)
{
	static const char *const stripped[] = { "crashkernel", "hugepages",
						"hugepagesz", "abm", NULL };

	if (config->cmdline.is_set && *config->cmdline.text) {
		words_append(ret->text, config->cmdline.text);
		ret->is_exact &= config->cmdline.is_exact;
	} else {
		words_without(own, stripped, ret->inherited);
		words_append(ret->text, ret->inherited);
	}
	if (config->append.is_set) {
		words_append(ret->text, config->append.text);
		ret->is_exact &= config->append.is_exact;
	} else {
		words_append(ret->text, DEBIAN_APPEND);
	}
}

static void assemble_rhel(const struct kdump_config *config, const char *own,
			  struct crash_line *ret)
{
	static const char *const always[] = { "crashkernel",
					      "panic_on_warn",
					      "root",
					      "rd.lvm.lv",
					      "rd.luks.uuid",
					      "rd.dm.uuid",
					      "rd.md.uuid",
					      "fcoe",
					      "netroot",
					      "rd.iscsi.initiator",
					      "iscsi_initiator",
					      NULL };
	char kept[WORDS_LINE_BYTES], word[WORDS_WORD_BYTES];
	const char *at = config->remove.text;

	words_without(config->cmdline.is_set && *config->cmdline.text ?
			      config->cmdline.text :
			      own,
		      always, kept);
	while (words_next(&at, word)) {
		const char *const keys[] = { word, NULL };
		char rest[WORDS_LINE_BYTES];

		words_without(kept, keys, rest);
		snprintf(kept, sizeof(kept), "%s", rest);
	}
	words_append(ret->text, kept);
	words_append(ret->text, config->append.text);
	ret->is_exact = (!config->cmdline.is_set || config->cmdline.is_exact) &&
			(!config->append.is_set || config->append.is_exact);
}

static void assemble_suse(const struct kdump_config *config, const char *own,
			  struct crash_line *ret)
{
	static const char *const stripped[] = { "root",
						"resume",
						"crashkernel",
						"splash",
						"mem",
						"BOOT_IMAGE",
						"showopts",
						"zfcp.allow_lun_scan",
						"hugepages",
						"acpi_no_memhotplug",
						"cgroup_disable",
						"unknown_nmi_panic",
						"rd.udev.children-max",
						"notsc",
						NULL };
	char word[WORDS_WORD_BYTES];

	if (config->cmdline.is_set) {
		words_append(ret->text, config->cmdline.text);
	} else {
		words_without(own, stripped, ret->inherited);
		words_append(ret->text, ret->inherited);
		words_append(
			ret->text,
			"sysrq=yes reset_devices acpi_no_memhotplug cgroup_disable=memory nokaslr numa=off irqpoll root=kdump rootflags=bind rd.udev.children-max=8");
	}
	words_append(ret->text, config->append.text);
	if (!words_last(ret->text, "panic", word))
		words_append(ret->text, "panic=1");
	ret->is_exact = (!config->cmdline.is_set || config->cmdline.is_exact) &&
			(!config->append.is_set || config->append.is_exact);
}

void crash_line_read(const struct sysroot *sysroot,
		     const struct kdump_config *config, struct crash_line *ret)
{
	char own[WORDS_LINE_BYTES];

	memset(ret, 0, sizeof(*ret));
	ret->is_exact = true;
	read_cmdline(sysroot, own);
	if (config->family == KDUMP_DEBIAN) {
		if (read_kexec_cmd(sysroot, config, ret))
			return;
		*ret->text = '\0';
		ret->is_loaded = false;
		assemble_debian(config, own, ret);
	} else if (config->family == KDUMP_SUSE) {
		assemble_suse(config, own, ret);
	} else {
		assemble_rhel(config, own, ret);
	}
}

char crash_line_danger(const struct kdump_config *config,
		       const struct crash_line *line)
{
	const char *at = line->inherited;

	if (config->family != KDUMP_DEBIAN && config->family != KDUMP_SUSE)
		return '\0';
	at += strcspn(at, "$`\"\\");
	return *at;
}
