/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * summary.h - the crash path's report and the audit's counts, in a few lines
 *
 * Called by verb_audit between the verdict and the table, and by verb_list for
 * the registry's own line.
 */
#ifndef HVCRASHCTL_SUMMARY_H
#define HVCRASHCTL_SUMMARY_H

#include "audit/audit.h"
#include "dump/origin.h"
#include "out/out.h"

void summary_registry(struct out *out, const struct hvcrash_header *header);
void summary_show(struct out *out, const struct audit *audit,
		  const struct origin *origin,
		  const struct audit_reasons *reasons);
/* The verdict; @text is audit_verdict_text() */
void summary_head(const struct audit *audit, const char *text,
		  struct out_head *ret);
void summary_gaps(struct out *out, const struct audit *audit);

#endif
