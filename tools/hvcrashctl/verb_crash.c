// SPDX-License-Identifier: GPL-2.0-only
/*
 * verb_crash.c - hvcrashctl crash: makes this machine crash, to see what happens
 *
 * Called by main(). The steps, each of which may end it: is the VM ready, is the
 * crash possible, does the user confirm it, the wait, the file systems, the
 * marker, the crash. Nothing is changed before the user has confirmed.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "registry/names.h"
#include "verbs.h"
#include "vm/crash.h"
#include "vm/crash_marker.h"
#include "vm/status.h"

/* A file system whose disk is gone must not prevent the crash */
#define SYNC_BOUND_S 10
#define MAX_CPU 4095
#define MAX_DELAY_S 86400

struct crash_options {
	struct opts_common common;
	const char *how;
	const char *cpu;
	const char *delay;
	const char *module;
	const char *root;
	bool is_yes;
	bool is_force;
};

static const struct opts_desc crash_options[] = {
	{ "how", 0, "KIND", CRASH_KINDS, "the kind of crash, by default sysrq:",
	  OPTS_TEXT(struct crash_options, how) },
	{ "cpu", 0, "N", NULL, "the CPU that crashes, by default 0",
	  OPTS_TEXT(struct crash_options, cpu) },
	{ "in", 0, "SECONDS", NULL, "wait this long first",
	  OPTS_TEXT(struct crash_options, delay) },
	{ "module", 0, "FILE", NULL,
	  "hvcrash_crash.ko, if modprobe cannot find it",
	  OPTS_TEXT(struct crash_options, module) },
	{ "yes", 'y', NULL, NULL, "do not ask",
	  OPTS_FLAG(struct crash_options, is_yes) },
	{ "force", 'f', NULL, NULL, "crash even if 'status' is not ready",
	  OPTS_FLAG(struct crash_options, is_force) },
	{ "sysroot", 0, "DIR", NULL, "crash the system below DIR: for tests",
	  OPTS_TEXT(struct crash_options, root) },
	{ 0 },
};

static struct err *parse(const struct crash_options *options,
			 struct crash *crash, __u64 *ret_delay_s)
{
	const struct opts_verb *opts = &verb_crash.opts;
	const char *how = options->how ? options->how : "sysrq";
	struct err *err = NULL;
	__u64 cpu = 0;

	*ret_delay_s = 0;
	crash->module = options->module;
	crash->kind = crash_find(how);
	if (!crash->kind)
		return err_create(
			ERR_USAGE,
			"crash: unknown kind '%.80s': try 'hvcrashctl crash --help'",
			how);
	if (options->cpu)
		err = opts_number(opts, "cpu", options->cpu, MAX_CPU, &cpu);
	if (!err && options->delay)
		err = opts_number(opts, "in", options->delay, MAX_DELAY_S,
				  ret_delay_s);
	crash->cpu = (unsigned int)cpu;
	return err;
}

static struct err *refuse_if_not_ready(const struct status_facts *facts)
{
	struct status_answer *answers guarded_free =
		calloc(status_nr_checks, sizeof(*answers));
	struct status_total total;

	if (!answers)
		return err_create(ERR_IO, "out of memory");
	status_run(facts, answers, &total);
	if (total.verdict == STATUS_READY)
		return NULL;
	return err_create(
		ERR_REFUSED,
		"crash: %s: see 'hvcrashctl status'; --force crashes anyway",
		total.text);
}

static void say_what_is_lost(const struct crash *crash,
			     const struct status_facts *facts, __u64 delay_s)
{
	char target[sizeof(facts->kdump.target)];
	struct sysinfo info;

	names_clean_string(facts->kdump.target, sizeof(facts->kdump.target),
			   target, sizeof(target));
	printf("This crashes this machine: %s on CPU %u", crash->kind->name,
	       crash->cpu);
	if (delay_s)
		printf(", in %llu s", delay_s);
	if (sysinfo(&info))
		memset(&info, 0, sizeof(info));
	printf(".\nLost: %u processes with their unsaved data, their connections,\n"
	       "everything in tmpfs, and %lu min of uptime. The dump goes to %s.\n",
	       info.procs, (unsigned long)info.uptime / 60, target);
}

static struct err *check_terminal(bool is_yes)
{
	if (is_yes || (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO)))
		return NULL;
	return err_create(
		ERR_USAGE,
		"crash: no terminal to ask on: --yes crashes without asking");
}

static struct err *ask(bool is_yes)
{
	char answer[16] = "";

	if (!is_yes)
		printf("Type 'crash' to continue: ");
	/* the question must have been shown: a full disk or a closed pipe hides it */
	if (fflush(stdout))
		return err_create(ERR_IO, "stdout: cannot write: %s",
				  strerror(errno));
	if (is_yes)
		return NULL;
	if (!fgets(answer, sizeof(answer), stdin) || strcmp(answer, "crash\n"))
		return err_create(ERR_REFUSED, "crash: nothing was done");
	return NULL;
}

/* sync() has no bound of its own */
static bool sync_bounded(void)
{
	const struct timespec pause = { .tv_nsec = 100 * 1000 * 1000 };
	pid_t pid = fork();

	if (!pid) {
		sync();
		_exit(0);
	}
	if (pid < 0)
		return false;
	for (int tries = SYNC_BOUND_S * 10; tries; tries--) {
		if (waitpid(pid, NULL, WNOHANG) == pid)
			return true;
		nanosleep(&pause, NULL);
	}
	kill(pid, SIGKILL);
	return false;
}

static struct err *leave_marker(const struct crash *crash)
{
	struct crash_marker marker = {
		.seconds = (__u64)time(NULL),
		.cpu = crash->cpu,
	};

	snprintf(marker.how, sizeof(marker.how), "%s", crash->kind->name);
	sysroot_read(crash->sysroot, "/proc/sys/kernel/random/boot_id",
		     marker.boot_id, sizeof(marker.boot_id));
	return crash_marker_write(crash->sysroot, &marker);
}

static struct err *crash_now(struct crash *crash)
{
	struct err *err = crash_prepare(crash);

	if (!err && sysroot_is_own(crash->sysroot) && !sync_bounded())
		printf("Not all file systems were written in %d s; continuing.\n",
		       SYNC_BOUND_S);
	if (!err)
		err = leave_marker(crash);
	if (!err) {
		fflush(stdout);
		err = crash_fire(crash);
		/* still alive: nothing must look as if it had crashed */
		crash_marker_remove(crash->sysroot);
	}
	crash_undo(crash);
	return err;
}

static struct err *run_crash(const struct opts_common *common,
			     const struct out_table *table,
			     const char **ret_file, int *ret_status)
{
	const struct crash_options *options = (const void *)common;
	struct status_facts *facts guarded_free = malloc(sizeof(*facts));
	struct crash crash = { 0 };
	struct sysroot sysroot;
	struct err *err;
	__u64 delay_s;

	(void)table;
	(void)ret_file;
	*ret_status = EXIT_USAGE_IO;
	if (!facts)
		return err_create(ERR_IO, "out of memory");
	err = parse(options, &crash, &delay_s);
	if (!err)
		err = sysroot_init(&sysroot, options->root);
	if (err)
		return err;
	crash.sysroot = &sysroot;
	status_read_facts(&sysroot, facts);
	if (!options->is_force)
		err = refuse_if_not_ready(facts);
	if (!err)
		err = crash_check(&crash);
	if (!err)
		err = check_terminal(options->is_yes);
	if (err)
		return err;
	say_what_is_lost(&crash, facts, delay_s);
	err = ask(options->is_yes);
	if (err)
		return err;
	sleep((unsigned int)delay_s);
	return crash_now(&crash);
}

const struct verb verb_crash = {
	.opts = {
		.name = "crash",
		.summary = "crash this machine, to test the crash path",
		.purpose =
			"Crashes this machine on purpose. After the reboot 'hvcrashctl status' tells how\nit went.",
		.options = crash_options,
		.options_bytes = sizeof(struct crash_options),
	},
	.run = run_crash,
};
