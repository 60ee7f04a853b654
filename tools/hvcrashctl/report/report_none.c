// SPDX-License-Identifier: GPL-2.0-only
/*
 * report_none.c - no page, no metrics, no journal: "make REPORT="
 *
 * Replaces all other files here, for a crash kernel in which every kilobyte
 * counts. Each function returns an error instead of silently doing nothing.
 */
#include "report/audit_page.h"
#include "report/journal.h"
#include "report/metrics.h"

static struct err *none(const char *what)
{
	return err_create(ERR_USAGE,
			  "%s: this hvcrashctl was built without reports",
			  what);
}

struct err *audit_page_write(const struct audit_run *run,
			     const struct out_table *table, const char *path)
{
	(void)run;
	(void)table;
	(void)path;
	return none("--html");
}

struct err *metrics_write_status(const char *path,
				 const struct status_facts *facts,
				 const struct status_answer *answers,
				 const struct status_total *total)
{
	(void)path;
	(void)facts;
	(void)answers;
	(void)total;
	return none("--prometheus");
}

struct err *metrics_write_audit(const char *path, const struct result *result)
{
	(void)path;
	(void)result;
	return none("--prometheus");
}

struct err *journal_send_status(const struct status_total *total)
{
	(void)total;
	return none("--journal");
}

struct err *journal_send_audit(const struct result *result)
{
	(void)result;
	return none("--journal");
}

struct err *metrics_write_crash(const char *path,
				const struct crash_record *record)
{
	(void)path;
	(void)record;
	return none("--prometheus");
}

struct err *journal_send_crash(const struct crash_record *record)
{
	(void)record;
	return none("--journal");
}

struct err *result_of_audit(const struct audit_run *run, struct result *ret)
{
	(void)run;
	(void)ret;
	return NULL;
}

struct err *result_of_report(const char *path, struct result *ret)
{
	(void)path;
	(void)ret;
	return NULL;
}

void result_deinit(struct result *result)
{
	(void)result;
}
