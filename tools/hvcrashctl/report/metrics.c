// SPDX-License-Identifier: GPL-2.0-only
/*
 * metrics.c - the text format of Prometheus, version 0.0.4
 *
 * See metrics.h. All are gauges. Each of a set of mutually exclusive words has
 * a series, 1 or 0, so that an alert never waits for a series to appear;
 * checks, which are many, have only the series of the current state.
 *
 * Leaves out: when it was written, which node_exporter says of each file.
 */
#include <stdio.h>
#include <string.h>

#include "base/atomic_file.h"
#include "report/metrics.h"

#ifndef HVCRASH_VERSION
#error "the Makefile gives HVCRASH_VERSION"
#endif

static void metric(FILE *to, const char *name, const char *help)
{
	fprintf(to, "# HELP %s %s\n# TYPE %s gauge\n", name, help, name);
}

/* What would end a label's value, or the line, is replaced */
static void put_label(FILE *to, const char *key, const char *value)
{
	fprintf(to, "%s=\"", key);
	for (; *value; value++)
		fputc(*value >= ' ' && *value <= '~' && *value != '"' &&
				      *value != '\\' ?
			      *value :
			      '?',
		      to);
	fputc('"', to);
}

static void sample(FILE *to, const char *name, const char *key,
		   const char *value, __u64 number)
{
	fprintf(to, "%s{", name);
	put_label(to, key, value);
	fprintf(to, "} %llu\n", number);
}

static void put_info(FILE *to, const char *release)
{
	metric(to, "hvcrash_status_info",
	       "1, with the versions of hvcrashctl and of the running kernel.");
	fputs("hvcrash_status_info{", to);
	put_label(to, "version", HVCRASH_VERSION);
	fputc(',', to);
	put_label(to, "kernel", release);
	fputs("} 1\n", to);
}

static void put_checks(FILE *to, const struct status_answer *answers)
{
	metric(to, "hvcrash_status_check",
	       "1 for the current state of each check.");
	for (size_t i = 0; i < status_nr_checks; i++) {
		fputs("hvcrash_status_check{", to);
		put_label(to, "check", status_checks[i].id);
		fputc(',', to);
		put_label(to, "state", status_level_name(answers[i].level));
		fputs("} 1\n", to);
	}
}

struct err *metrics_write_status(const char *path,
				 const struct status_facts *facts,
				 const struct status_answer *answers,
				 const struct status_total *total)
{
	static const char name[] = "hvcrash_status_verdict";
	struct atomic_file file guarded(atomic_file_deinit) = { 0 };
	struct err *err = atomic_file_create(path, &file);

	if (err)
		return err;
	put_info(file.to, facts->release);
	metric(file.to, name,
	       "Whether this VM is ready to crash safely: 1 for the current verdict.");
	for (int v = STATUS_READY; v <= STATUS_CANNOT_TELL; v++)
		sample(file.to, name, "verdict",
		       status_verdict_name((enum status_verdict)v),
		       v == (int)total->verdict);
	put_checks(file.to, answers);
	return atomic_file_commit(&file);
}

static void put_findings(FILE *to, const char *name, const char *help,
			 const __u64 numbers[AUDIT_NR_FINDINGS])
{
	metric(to, name, help);
	for (int f = AUDIT_EXTENT_CLEAN; f < AUDIT_NR_FINDINGS; f++)
		sample(to, name, "finding",
		       audit_finding_name((enum audit_finding)f), numbers[f]);
}

static void put_number(FILE *to, const char *name, const char *help,
		       __u64 number)
{
	metric(to, name, help);
	fprintf(to, "%s %llu\n", name, number);
}

static void put_verdict(FILE *to, const char *name, const char *help,
			const char *verdict)
{
	metric(to, name, help);
	for (int v = AUDIT_CLEAN; v <= AUDIT_CANNOT_TELL; v++) {
		const char *word = audit_verdict_name((enum audit_verdict)v);

		sample(to, name, "verdict", word, !strcmp(word, verdict));
	}
}

struct err *metrics_write_audit(const char *path, const struct result *result)
{
	struct atomic_file file guarded(atomic_file_deinit) = { 0 };
	struct err *err = atomic_file_create(path, &file);

	if (err)
		return err;
	put_verdict(
		file.to, "hvcrash_audit_verdict",
		"Whether the crashed kernel revoked all its pages: 1 for the verdict.",
		audit_verdict_name(result->verdict));
	put_findings(file.to, "hvcrash_audit_regions",
		     "Regions of shared pages by what the audit found.",
		     result->regions);
	put_findings(file.to, "hvcrash_audit_pages", "Their pages of 4 KiB.",
		     result->pages);
	put_number(file.to, "hvcrash_audit_left_in_ram",
		   "Regions left shared inside the second kernel's own memory.",
		   result->left_in_ram);
	put_number(file.to, "hvcrash_audit_vps_not_revoked",
		   "VPs that did not revoke their pages.",
		   result->vps_not_revoked);
	put_number(file.to, "hvcrash_audit_gaps",
		   "Gaps in the tracking; with any the verdict is not clean.",
		   result->gaps);
	if (result->crash_seconds)
		put_number(
			file.to, "hvcrash_audit_crash_time_seconds",
			"When the kernel crashed, in seconds since the epoch.",
			result->crash_seconds);
	return atomic_file_commit(&file);
}

struct err *metrics_write_crash(const char *path,
				const struct crash_record *record)
{
	static const char saved[] = "hvcrash_crash_saved";
	struct atomic_file file guarded(atomic_file_deinit) = { 0 };
	struct err *err = atomic_file_create(path, &file);

	if (err)
		return err;
	put_number(
		file.to, "hvcrash_crash_time_seconds",
		"When this machine last crashed, in seconds since the epoch.",
		record->seconds);
	put_verdict(
		file.to, "hvcrash_crash_verdict",
		"What the audit of the last crash found: 1 for the verdict.",
		crash_record_verdict(record));
	metric(file.to, saved,
	       "What was saved of the last crash: 1 for the current value.");
	for (int kind = CRASH_SAVED_NOTHING; kind <= CRASH_SAVED_DUMP; kind++)
		sample(file.to, saved, "saved",
		       crash_saved_name((enum crash_saved)kind),
		       kind == (int)record->saved);
	put_number(file.to, "hvcrash_crash_bytes",
		   "Size of the dump of the last crash, all parts together.",
		   record->saved >= CRASH_SAVED_PART ? record->bytes : 0);
	return atomic_file_commit(&file);
}
