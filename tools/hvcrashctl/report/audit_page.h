/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * audit_page.h - an audit as a page for --html
 *
 * Called by verb_audit once the verdict stands.
 */
#ifndef HVCRASHCTL_AUDIT_PAGE_H
#define HVCRASHCTL_AUDIT_PAGE_H

#include "audit/audit_run.h"
#include "out/out.h"

/* The page at @path, whole or not at all; @table says which columns */
struct err *audit_page_write(const struct audit_run *run,
			     const struct out_table *table, const char *path);

#endif
