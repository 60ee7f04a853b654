/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * journal.h - a verdict as one entry of the systemd journal, with fields
 *
 * Called by the verbs status, audit and publish, for --journal. The fields and the message
 * ids are in docs/fleet.md and do not change; hvcrash.catalog explains each id.
 */
#ifndef HVCRASHCTL_JOURNAL_H
#define HVCRASHCTL_JOURNAL_H

#include "report/result.h"
#include "vm/crash_record.h"
#include "vm/status.h"

struct err *journal_send_status(const struct status_total *total);
struct err *journal_send_audit(const struct result *result);
struct err *journal_send_crash(const struct crash_record *record);

#endif
