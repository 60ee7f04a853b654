/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * result.h - the result of an audit, in a few numbers
 *
 * Made of an audit, or of the report that a kdump hook left beside the dump;
 * metrics and journal show it.
 */
#ifndef HVCRASHCTL_RESULT_H
#define HVCRASHCTL_RESULT_H

#include "audit/audit_run.h"
#include "base/err.h"

/**
 * struct result - of one audit
 * @file: what was audited
 * @message: the verdict line, to be freed
 * @verdict: the verdict
 * @regions, @pages: by finding
 * @left_in_ram: regions left shared inside the second kernel's own memory
 * @vps_not_revoked: VPs that did not revoke their pages
 * @gaps: how many
 * @crash_seconds: when the kernel crashed, since 1970, 0 if unknown
 */
struct result {
	const char *file;
	char *message;
	enum audit_verdict verdict;
	__u64 regions[AUDIT_NR_FINDINGS];
	__u64 pages[AUDIT_NR_FINDINGS];
	__u64 left_in_ram;
	__u64 vps_not_revoked;
	__u64 gaps;
	__u64 crash_seconds;
};

struct err *result_of_audit(const struct audit_run *run, struct result *ret);
/* Of hvcrash-audit.json, as the hooks leave it */
struct err *result_of_report(const char *path, struct result *ret);
void result_deinit(struct result *result);

#endif
