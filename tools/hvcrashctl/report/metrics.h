/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * metrics.h - a verdict as a file for node_exporter's textfile collector
 *
 * Called by the verbs status, audit and publish, for --prometheus. What each metric means
 * is in docs/fleet.md; names and labels do not change.
 *
 * Invariant: the file appears whole or not at all, and no label has text in it
 * that came from a dump.
 */
#ifndef HVCRASHCTL_METRICS_H
#define HVCRASHCTL_METRICS_H

#include "report/result.h"
#include "vm/crash_record.h"
#include "vm/status.h"

struct err *metrics_write_status(const char *path,
				 const struct status_facts *facts,
				 const struct status_answer *answers,
				 const struct status_total *total);
struct err *metrics_write_audit(const char *path, const struct result *result);
struct err *metrics_write_crash(const char *path,
				const struct crash_record *record);

#endif
