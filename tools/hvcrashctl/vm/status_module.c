// SPDX-License-Identifier: GPL-2.0-only
/*
 * status_module.c - checks: hvcrash.ko, now and after the next boot
 *
 * See status.h. If the module is not loaded, the first check says how to load
 * it, and the others report the consequences.
 */
#define _GNU_SOURCE /* strverscmp() */
#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "vm/module_load.h"
#include "vm/status.h"

#ifndef HVCRASH_VERSION
#error "the Makefile gives HVCRASH_VERSION"
#endif

#define MAX_DEP_BYTES (4 * 1024 * 1024)
#define MAX_MODULE_BYTES (16 * 1024 * 1024)

/* include/linux/module_signature.h; it ends a signed module */
#define SIGNATURE_MARK "~Module signature appended~\n"

/* Where modprobe would find it, below the root; false if it would not */
static bool find_module_of(const struct sysroot *sysroot, const char *release,
			   char ret[SYSROOT_PATH_BYTES])
{
	char *text guarded_free = NULL;
	char path[SYSROOT_PATH_BYTES];
	const char *line, *name;

	snprintf(path, sizeof(path), "/lib/modules/%s/modules.dep", release);
	text = sysroot_read_all(sysroot, path, MAX_DEP_BYTES);
	name = text ? strstr(text, "/hvcrash.ko") : NULL;
	if (!name)
		return false;
	for (line = name; line > text && line[-1] != '\n'; line--)
		;
	snprintf(ret, SYSROOT_PATH_BYTES, "/lib/modules/%s/%.*s", release,
		 (int)strcspn(line, ":\n"), line);
	return true;
}

static bool find_module(const struct status_facts *facts,
			char ret[SYSROOT_PATH_BYTES])
{
	return find_module_of(&facts->sysroot, facts->release, ret);
}

/* The headers that the module is built against */
static const char *build_of(const char *release, char ret[SYSROOT_PATH_BYTES])
{
	snprintf(ret, SYSROOT_PATH_BYTES, "/lib/modules/%s/build", release);
	return ret;
}

void status_module(const struct status_facts *facts, struct status_answer *ret)
{
	char path[SYSROOT_PATH_BYTES], version[40];

	if (facts->is_loaded) {
		sysroot_read(&facts->sysroot, "/sys/kernel/hvcrash/version",
			     version, sizeof(version));
		if (!strcmp(version, HVCRASH_VERSION)) {
			status_found(ret, STATUS_OK, "loaded, version %s",
				     version);
			return;
		}
		status_found(ret, STATUS_WARN,
			     "loaded, version %s, and the tool is %s",
			     *version ? version : "unknown", HVCRASH_VERSION);
		status_advice(ret,
			      "install both from one release, then reboot");
		return;
	}
	if (status_is_kernel_too_old(facts)) {
		status_found(ret, STATUS_NEUTRAL,
			     "there is none for this kernel: see kernel");
		return;
	}
	status_found(ret, STATUS_FAIL, "hvcrash.ko is not loaded");
	if (find_module(facts, path))
		status_fix(ret, "modprobe hvcrash");
	else if (sysroot_glob(&facts->sysroot, "/usr/src/hvcrash-*/dkms.conf",
			      path))
		status_fix(ret, "dkms autoinstall && modprobe hvcrash");
	else
		status_advice(
			ret,
			"install the module for this kernel, %.80s: the package hvcrash-dkms, or from its sources make install-dkms",
			facts->release);
}

static bool is_signed(const struct sysroot *sysroot, const char *path)
{
	size_t mark = strlen(SIGNATURE_MARK);
	char full[SYSROOT_PATH_BYTES], tail[64] = "";
	FILE *file = fopen(sysroot_path(sysroot, path, full), "re");

	if (!file)
		return false;
	if (!fseek(file, -(long)mark, SEEK_END) &&
	    fread(tail, 1, mark, file) != mark)
		*tail = '\0';
	fclose(file);
	return !strcmp(tail, SIGNATURE_MARK);
}

/*
 * DKMS signs what it builds, with a key that it makes at the first build; the
 * firmware has to know it. Ubuntu's DKMS signs with the key of shim-signed.
 */
static void fix_signature(const struct status_facts *facts,
			  struct status_answer *ret)
{
	char path[SYSROOT_PATH_BYTES], version[64] = "";
	bool is_ubuntu = !strcmp(facts->kdump.id, "ubuntu");

	if (sysroot_glob(&facts->sysroot, "/usr/src/hvcrash-*/dkms.conf", path))
		snprintf(version, sizeof(version), "%.*s",
			 (int)strcspn(path + strlen("/usr/src/hvcrash-"), "/"),
			 path + strlen("/usr/src/hvcrash-"));
	if (!*version) {
		status_advice(
			ret,
			"sign the module with a key that the firmware knows, or install hvcrash-dkms, which does it");
		return;
	}
	status_fix(
		ret,
		"%sdkms build --force hvcrash/%s && dkms install --force hvcrash/%s && mokutil --import %s",
		is_ubuntu ? "update-secureboot-policy --new-key && " : "",
		version, version,
		is_ubuntu ? "/var/lib/shim-signed/mok/MOK.der" :
			    "/var/lib/dkms/mok.pub");
	status_advice(
		ret,
		"mokutil asks for a password; then reboot, and on the console Enroll MOK, with that password");
}

/* Of a module that is not loaded, where the kernel takes signed ones only */
static void judge_signature(const struct status_facts *facts,
			    struct status_answer *ret)
{
	char path[SYSROOT_PATH_BYTES];

	if (!find_module(facts, path)) {
		status_found(
			ret, STATUS_WARN,
			"this kernel accepts only signed modules, and hvcrash.ko is not installed");
		fix_signature(facts, ret);
	} else if (!strstr(path, ".ko.") && !is_signed(&facts->sysroot, path)) {
		status_found(
			ret, STATUS_FAIL,
			"this kernel accepts only signed modules, and hvcrash.ko is not signed");
		fix_signature(facts, ret);
	} else {
		status_found(
			ret, STATUS_UNKNOWN,
			"this kernel accepts only signed modules; whether it knows the key shows when the module is loaded");
		status_fix(ret, "modprobe hvcrash");
		status_advice(
			ret,
			"if that says Key was rejected: mokutil --import the key, then reboot and enrol it on the console");
	}
}

/* SUSE's modprobe takes only what SUSE built; a file in /etc hides its like */
static bool is_unsupported_refused(const struct status_facts *facts)
{
	static const char *const files[] = {
		"/etc/modprobe.d/10-unsupported-modules.conf",
		"/usr/lib/modprobe.d/10-unsupported-modules.conf",
		"/lib/modprobe.d/10-unsupported-modules.conf",
	};

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		if (sysroot_exists(&facts->sysroot, files[i]))
			return sysroot_has_word(&facts->sysroot, files[i],
						"allow_unsupported_modules 0");
	return false;
}

void status_signature(const struct status_facts *facts,
		      struct status_answer *ret)
{
	char enforced[8];

	sysroot_read(&facts->sysroot,
		     "/sys/module/module/parameters/sig_enforce", enforced,
		     sizeof(enforced));
	if (facts->is_loaded) {
		status_found(ret, STATUS_OK,
			     "the kernel has accepted the module");
	} else if (is_unsupported_refused(facts)) {
		status_found(
			ret, STATUS_FAIL,
			"modprobe refuses a module that SUSE did not build");
		status_fix(
			ret,
			"echo allow_unsupported_modules 1 >/etc/modprobe.d/10-unsupported-modules.conf");
	} else if (!strcmp(facts->lockdown, "none") && strcmp(enforced, "Y")) {
		status_found(ret, STATUS_OK,
			     "this kernel accepts unsigned modules");
	} else {
		judge_signature(facts, ret);
	}
}

static bool is_vmbus_built_in(const struct status_facts *facts)
{
	char path[SYSROOT_PATH_BYTES];

	snprintf(path, sizeof(path), "/lib/modules/%s/modules.builtin",
		 facts->release);
	return sysroot_has_word(&facts->sysroot, path,
				"kernel/drivers/hv/hv_vmbus.ko");
}

void status_at_boot(const struct status_facts *facts, struct status_answer *ret)
{
	struct module_load load;

	module_load_read(&facts->sysroot, facts->cmdline, &load);
	if (*load.blocked) {
		status_found(
			ret, STATUS_WARN,
			"hvcrash.ko is kept out at the next boot by %.140s",
			load.blocked);
		status_advice(ret, "take it out there, and rebuild the initrd");
		return;
	}
	if (*load.by) {
		status_found(ret, STATUS_OK, "loaded at boot by %.150s",
			     load.by);
		return;
	}
	status_found(ret, STATUS_WARN,
		     "nothing loads hvcrash.ko at the next boot");
	status_fix_configure(
		facts, "",
		"put hvcrash into /etc/modules-load.d/hvcrash.conf, and softdep hv_vmbus pre: hvcrash into /etc/modprobe.d/hvcrash.conf; rebuild the initrd",
		ret);
}

#define MODULES_DIR "/lib/modules/"
#define RELEASE_BYTES 80

/* Of a kernel that can be booted, and not only of modules left behind */
static bool has_image(const struct sysroot *sysroot, const char *release)
{
	static const char *const places[] = { "/boot/vmlinuz-%s",
					      MODULES_DIR "%s/vmlinuz" };
	char path[SYSROOT_PATH_BYTES];

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		snprintf(path, sizeof(path), places[i], release);
		if (sysroot_exists(sysroot, path))
			return true;
	}
	return false;
}

/* The newest kernel that is installed, if it is newer than the running one */
static bool newest_kernel(const struct status_facts *facts,
			  char ret[RELEASE_BYTES])
{
	char full[SYSROOT_PATH_BYTES], release[RELEASE_BYTES];
	const char *newest = facts->release;
	glob_t found;

	sysroot_path(&facts->sysroot, MODULES_DIR "*/modules.dep", full);
	if (glob(full, 0, NULL, &found))
		return false;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		char *end = strrchr(found.gl_pathv[i], '/');
		const char *name;

		*end = '\0';
		name = strrchr(found.gl_pathv[i], '/') + 1;
		snprintf(release, sizeof(release), "%s", name);
		if (strverscmp(release, newest) > 0 &&
		    has_image(&facts->sysroot, release)) {
			snprintf(ret, RELEASE_BYTES, "%s", release);
			newest = ret;
		}
	}
	globfree(&found);
	return newest == ret;
}

/*
 * A kernel upgrade whose module could not be built shows here, before the
 * reboot
 */
void status_next_kernel(const struct status_facts *facts,
			struct status_answer *ret)
{
	char release[RELEASE_BYTES], path[SYSROOT_PATH_BYTES];

	if (!newest_kernel(facts, release)) {
		status_found(ret, STATUS_OK, "no newer kernel is installed");
		return;
	}
	if (find_module_of(&facts->sysroot, release, path)) {
		status_found(ret, STATUS_OK, "%s has hvcrash.ko", release);
		return;
	}
	status_found(
		ret, STATUS_WARN,
		"%s is installed and has no hvcrash.ko: once it is booted nothing revokes pages",
		release);
	if (sysroot_glob(&facts->sysroot, "/usr/src/hvcrash-*/dkms.conf", path))
		status_fix(ret, "dkms autoinstall -k %s", release);
	else
		status_advice(
			ret,
			"build and install the module for that kernel, and rebuild its initrd, before it is booted");
	if (!sysroot_exists(&facts->sysroot, build_of(release, path)))
		status_advice(
			ret,
			"its headers are not installed, without which nothing can be built (Debian: linux-headers-%s; RHEL: kernel-devel-%s)",
			release, release);
}

/*
 * Loaded after hv_vmbus. Where it is configured to come first,
 * hvcrash-configure has nothing to change, and a reboot alone does not help:
 * the initrd lacks it.
 */
static void fix_late(const struct status_facts *facts,
		     struct status_answer *ret)
{
	struct module_load load;

	module_load_read(&facts->sysroot, facts->cmdline, &load);
	if (!*load.by)
		status_fix_configure(
			facts, "&& reboot",
			"have hvcrash.ko loaded before hv_vmbus: softdep hv_vmbus pre: hvcrash, in the initrd",
			ret);
	else if (facts->kdump.family == KDUMP_DEBIAN)
		status_fix(ret, "update-initramfs -u -k %s && reboot",
			   facts->release);
	else
		status_fix(ret, "dracut --force --kver %s && reboot",
			   facts->release);
}

void status_coverage(const struct status_facts *facts,
		     struct status_answer *ret)
{
	char words[128];

	if (!facts->is_loaded) {
		/* the check module has said so */
		status_found(
			ret, STATUS_NEUTRAL,
			"no shared page is tracked: hvcrash.ko is not loaded");
	} else if (!sysroot_read(&facts->sysroot,
				 "/sys/kernel/hvcrash/coverage", words,
				 sizeof(words)) ||
		   !*words) {
		status_found(ret, STATUS_UNKNOWN,
			     "/sys/kernel/hvcrash/coverage cannot be read");
		status_advice(ret, "run it as root");
	} else if (!strcmp(words, "complete")) {
		status_found(ret, STATUS_OK, "complete");
	} else if (sysroot_text_has_word(words, "no-vmbus") ||
		   sysroot_text_has_word(words, "isolated")) {
		status_found(
			ret, STATUS_FAIL,
			"gaps that no audit can close: %s (hvcrashctl list says more)",
			words);
	} else {
		status_found(
			ret, STATUS_WARN,
			"gaps, so that an audit cannot tell: %s (hvcrashctl list says more)",
			words);
		if (sysroot_text_has_word(words, "late") &&
		    !is_vmbus_built_in(facts))
			fix_late(facts, ret);
	}
}

void status_hand_over(const struct status_facts *facts,
		      struct status_answer *ret)
{
	char address[40];
	bool is_read;

	if (!facts->is_loaded) {
		status_found(
			ret, STATUS_NEUTRAL,
			"no registry to hand over: hvcrash.ko is not loaded");
		return;
	}
	if (!sysroot_exists(&facts->sysroot, "/sys/kernel/vmcoreinfo")) {
		status_found(
			ret, STATUS_FAIL,
			"this kernel has no VMCOREINFO, through which the registry is found");
		status_advice(ret, "boot a kernel with CONFIG_CRASH_DUMP=y");
		return;
	}
	is_read = sysroot_read(&facts->sysroot, "/sys/kernel/hvcrash/address",
			       address, sizeof(address));
	/* mode 0400: its existence is enough */
	if (!is_read && errno == EACCES)
		snprintf(address, sizeof(address), "an address for root only");
	if (!*address)
		status_found(ret, STATUS_UNKNOWN,
			     "the registry's address cannot be read");
	else
		status_found(
			ret, STATUS_OK,
			"registry at %s; VMCOREINFO gets it when the kernel crashes, whatever the order of loading",
			address);
}
