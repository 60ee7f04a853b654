// SPDX-License-Identifier: GPL-2.0-only
/*
 * crash.c - sets off a test crash, by sysrq or by the module hvcrash_crash
 *
 * See crash.h. modprobe and insmod load the module: they handle compression,
 * signatures and the location of modules.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/magic.h>
#include <sched.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "vm/crash.h"

#define MODULE "hvcrash_crash"
#define FIRE "/sys/module/" MODULE "/parameters/fire"
#define SYSRQ "/proc/sysrq-trigger"
#define MAX_CPUS 4096
/* For tests: with --sysroot the directory of another modprobe and insmod */
#define PROGRAMS "HVCRASH_MODULE_PROGRAMS"

extern char **environ;

static const struct crash_kind kinds[] = {
	{ .name = "sysrq", .wait_s = 30 },
	{ .name = "null",
	  .module_kind = "null",
	  .sysctls = { { "panic_on_oops", "1" } },
	  .wait_s = 30 },
	{ .name = "bug",
	  .module_kind = "bug",
	  .sysctls = { { "panic_on_oops", "1" } },
	  .wait_s = 30 },
	{ .name = "nmi", .module_kind = "nmi-handler", .wait_s = 30 },
	{ .name = "irq", .module_kind = "irq", .wait_s = 30 },
	/* the module gives up after 120 s, whatever the detector does */
	{ .name = "softlockup",
	  .module_kind = "softlockup",
	  .detector = "soft_watchdog",
	  .sysctls = { { "softlockup_panic", "1" } },
	  .wait_s = 130 },
	{ .name = "hardlockup",
	  .module_kind = "hardlockup",
	  .detector = "nmi_watchdog",
	  .sysctls = { { "hardlockup_panic", "1" } },
	  .wait_s = 130 },
	{ .name = "hung-task",
	  .module_kind = "hung-task",
	  .detector = "hung_task_timeout_secs",
	  .sysctls = { { "hung_task_panic", "1" },
		       { "hung_task_timeout_secs", "10" } },
	  .wait_s = 130 },
	{ .name = "double",
	  .module_kind = "double",
	  .needs_other = true,
	  .wait_s = 30 },
	{ .name = "notifier", .module_kind = "notifier", .wait_s = 30 },
};

const struct crash_kind *crash_find(const char *name)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(kinds[i].name, name))
			return &kinds[i];
	return NULL;
}

/* "0-3,8"; if the kernel does not say, the crash itself will fail */
static bool is_online(const struct sysroot *sysroot, unsigned int cpu)
{
	char list[512], *rest = list, *range;

	if (!sysroot_read(sysroot, "/sys/devices/system/cpu/online", list,
			  sizeof(list)))
		return true;
	while ((range = strsep(&rest, ","))) {
		unsigned int first, last;
		int nr = sscanf(range, "%u-%u", &first, &last);

		if (nr == 1)
			last = first;
		if (nr >= 1 && cpu >= first && cpu <= last)
			return true;
	}
	return false;
}

static const char *sysctl_path(const char *name, char buf[SYSROOT_PATH_BYTES])
{
	snprintf(buf, SYSROOT_PATH_BYTES, "/proc/sys/kernel/%s", name);
	return buf;
}

/*
 * The directory may be /, or contain this machine's /proc, and a module would
 * be loaded here in any case: refuse whatever would affect this machine.
 */
static struct err *check_sysroot(const struct crash *crash)
{
	static const char *const paths[] = { "/proc", "/sys", SYSRQ, FIRE };
	char path[SYSROOT_PATH_BYTES];
	struct statfs fs;

	if (sysroot_is_own(crash->sysroot))
		return NULL;
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		sysroot_path(crash->sysroot, paths[i], path);
		if (!statfs(path, &fs) &&
		    (fs.f_type == PROC_SUPER_MAGIC || fs.f_type == SYSFS_MAGIC))
			return err_create(
				ERR_USAGE,
				"crash: --sysroot: %s is this machine's own",
				path);
	}
	if (crash->kind->module_kind && !getenv(PROGRAMS))
		return err_create(
			ERR_USAGE,
			"crash: --sysroot: --how %s would load a module into this machine",
			crash->kind->name);
	return NULL;
}

static struct err *check_detector(const struct crash *crash)
{
	const char *name = crash->kind->detector;
	char path[SYSROOT_PATH_BYTES];
	__u64 value;

	if (!name || (sysroot_read_number(crash->sysroot,
					  sysctl_path(name, path), &value) &&
		      value))
		return NULL;
	/* hardlockup_detector_disable() in ms_hyperv_init_platform() */
	return err_create(
		ERR_IO,
		"nothing would detect a %s: kernel.%s is 0 or not there%s",
		crash->kind->name, name,
		!strcmp(name, "nmi_watchdog") ?
			"; on Hyper-V it takes nmi_watchdog=1 on the command line, and a virtual PMU" :
			"");
}

struct err *crash_check(struct crash *crash)
{
	struct err *err = check_sysroot(crash);

	if (err)
		return err;
	if (!is_online(crash->sysroot, crash->cpu))
		return err_create(ERR_IO, "CPU %u is not online", crash->cpu);
	if (crash->kind->needs_other) {
		crash->other = 0;
		while (crash->other < MAX_CPUS &&
		       (crash->other == crash->cpu ||
			!is_online(crash->sysroot, crash->other)))
			crash->other++;
		if (crash->other == MAX_CPUS)
			return err_create(ERR_IO,
					  "%s takes two CPUs, one is online",
					  crash->kind->name);
	}
	return check_detector(crash);
}

static struct err *run(const struct crash *crash, char **argv)
{
	const char *dir = getenv(PROGRAMS);
	char path[SYSROOT_PATH_BYTES];
	int status, cause;
	pid_t pid;

	snprintf(path, sizeof(path), "%s", argv[0]);
	if (!sysroot_is_own(crash->sysroot))
		snprintf(path, sizeof(path), "%s/%s", dir, argv[0]);
	cause = posix_spawnp(&pid, path, NULL, NULL, argv, environ);
	if (cause)
		return err_create(ERR_IO, "cannot run %s: %s", argv[0],
				  strerror(cause));
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return err_create(ERR_IO, "%s: %s", argv[0],
					  strerror(errno));
	if (WIFEXITED(status) && !WEXITSTATUS(status))
		return NULL;
	return err_create(ERR_IO,
			  "%s did not load " MODULE
			  ": see its message and the kernel's (dmesg)",
			  argv[0]);
}

static struct err *load_module(const struct crash *crash)
{
	char how[64], cpu[32], other[32];
	char *argv[] = { "modprobe", MODULE, how, cpu, other, NULL };

	/* it keeps the parameters of the first time, and cannot be unloaded */
	if (sysroot_exists(crash->sysroot, "/sys/module/" MODULE))
		return err_create(
			ERR_IO, MODULE
			" is loaded already, for another crash: reboot first");
	snprintf(how, sizeof(how), "how=%s", crash->kind->module_kind);
	snprintf(cpu, sizeof(cpu), "cpu=%u", crash->cpu);
	snprintf(other, sizeof(other), "other=%u", crash->other);
	if (crash->module) {
		argv[0] = "insmod";
		argv[1] = (char *)crash->module;
	}
	return run(crash, argv);
}

struct err *crash_prepare(struct crash *crash)
{
	const struct crash_kind *kind = crash->kind;
	struct err *err = NULL;

	if (kind->module_kind)
		err = load_module(crash);
	for (int i = 0; !err && i < CRASH_MAX_SYSCTLS; i++) {
		const char *name = kind->sysctls[i].name;
		char path[SYSROOT_PATH_BYTES];

		if (!name)
			break;
		sysctl_path(name, path);
		if (!sysroot_read(crash->sysroot, path, crash->saved[i],
				  sizeof(crash->saved[i])) ||
		    !sysroot_write(crash->sysroot, path,
				   kind->sysctls[i].value))
			err = err_create(ERR_IO, "kernel.%s: cannot set: %s",
					 name, strerror(errno));
	}
	return err;
}

void crash_undo(struct crash *crash)
{
	char path[SYSROOT_PATH_BYTES];

	for (int i = 0; i < CRASH_MAX_SYSCTLS; i++)
		if (crash->saved[i][0])
			sysroot_write(
				crash->sysroot,
				sysctl_path(crash->kind->sysctls[i].name, path),
				crash->saved[i]);
}

static struct err *go_to(unsigned int cpu)
{
	cpu_set_t *set = CPU_ALLOC(MAX_CPUS);
	size_t bytes = CPU_ALLOC_SIZE(MAX_CPUS);
	int failed;

	if (!set)
		return err_create(ERR_IO, "out of memory");
	CPU_ZERO_S(bytes, set);
	CPU_SET_S(cpu, bytes, set);
	failed = sched_setaffinity(0, bytes, set);
	CPU_FREE(set);
	if (failed)
		return err_create(ERR_IO, "cannot run on CPU %u: %s", cpu,
				  strerror(errno));
	return NULL;
}

struct err *crash_fire(struct crash *crash)
{
	const char *path = crash->kind->module_kind ? FIRE : SYSRQ;
	struct err *err = NULL;

	/* the module has a thread of its own on the CPU */
	if (!crash->kind->module_kind)
		err = go_to(crash->cpu);
	if (err)
		return err;
	if (!sysroot_write(crash->sysroot, path, "c"))
		return err_create(ERR_IO, "%s: cannot write: %s", path,
				  strerror(errno));
	sleep(crash->kind->wait_s);
	return err_create(ERR_IO, "no crash in %u s", crash->kind->wait_s);
}
