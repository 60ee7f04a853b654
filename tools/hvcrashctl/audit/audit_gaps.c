// SPDX-License-Identifier: GPL-2.0-only
/*
 * audit_gaps.c - what the registry does not cover, and its effect on the verdict
 *
 * Called by verb_audit after the last record, and by verb_list for the header's
 * own gaps. A gap is never silent: each has an identifier for scripts and text
 * for people. A gap alone results in "cannot tell"; it never hides "not clean".
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "audit/audit.h"
#include "registry/names.h"

static void __attribute__((format(printf, 3, 4)))
add_gap(struct audit *audit, const char *id, const char *format, ...)
{
	struct audit_gap *gap = &audit->gaps[audit->nr_gaps];
	va_list args;

	if (audit->nr_gaps == AUDIT_MAX_GAPS)
		return;
	audit->nr_gaps++;
	gap->id = id;
	va_start(args, format);
	vsnprintf(gap->text, sizeof(gap->text), format, args);
	va_end(args);
}

/* "1 extent", "2 extents" */
#define PLURAL(count) (count), (count) == 1 ? "" : "s"

static void add_coverage_gaps(struct audit *audit)
{
	const struct hvcrash_header *header = audit->header;
	__u32 known = HVCRASH_GAP_LATE | HVCRASH_GAP_DROPPED |
		      HVCRASH_GAP_TORN | HVCRASH_GAP_NO_VMBUS |
		      HVCRASH_GAP_ISOLATED | HVCRASH_GAP_UNDER_WAY;

	if (header->coverage & HVCRASH_GAP_LATE)
		add_gap(audit, "late",
			"the module was loaded after VMBus had made contact, and not all that was shared could be found");
	if (header->coverage & HVCRASH_GAP_DROPPED || header->extents_dropped)
		add_gap(audit, "dropped", "no room for %u extent%s",
			PLURAL(header->extents_dropped));
	if (header->coverage & HVCRASH_GAP_TORN || header->extents_torn)
		add_gap(audit, "torn",
			"the crash interrupted the update of %u extent%s",
			PLURAL(header->extents_torn));
	if (header->coverage & HVCRASH_GAP_NO_VMBUS)
		add_gap(audit, "no-vmbus",
			"the module could not attach to VMBus");
	if (header->coverage & HVCRASH_GAP_ISOLATED)
		add_gap(audit, "isolated",
			"confidential VM: host-visible pages are not tracked");
	if (header->coverage & HVCRASH_GAP_UNDER_WAY)
		add_gap(audit, "under-way",
			"the crash interrupted a VMBus message; some pages that it shares are not listed");
	if (header->coverage & ~known)
		add_gap(audit, "unknown", "coverage bits 0x%x are unknown",
			header->coverage & ~known);
	if (header->untracked)
		add_gap(audit, "untracked",
			"%u shared area%s with unknown pages",
			PLURAL(header->untracked));
}

void audit_add_header_gaps(struct audit *audit)
{
	add_coverage_gaps(audit);
}

static void add_crash_gaps(struct audit *audit)
{
	const struct hvcrash_crash *crash = &audit->header->crash;

	switch (crash->unload) {
	case HVCRASH_UNLOAD_ANSWERED:
	case HVCRASH_UNLOAD_NONE:
		break;
	case HVCRASH_UNLOAD_TIMEOUT:
		add_gap(audit, "unload",
			"the host did not answer VMBus UNLOAD");
		break;
	case HVCRASH_UNLOAD_NO_WAY:
		add_gap(audit, "unload",
			"VMBus was connected and could not be unloaded");
		break;
	default:
		add_gap(audit, "unload",
			"whether VMBus was unloaded is not known (%u)",
			crash->unload);
	}
	if (crash->pages_not_hashed)
		add_gap(audit, "not-hashed",
			"%llu page%s not hashed, out of time",
			PLURAL(crash->pages_not_hashed));
	if (crash->vps_revoked < crash->vps_expected && !audit->nr_silent)
		add_gap(audit, "vps",
			"%u of %u VPs revoked, and no record says which did not",
			crash->vps_revoked, crash->vps_expected);
}

static void add_vp_gaps(struct audit *audit)
{
	__u64 untracked = 0;
	__u32 first = 0;

	for (__u32 i = audit->nr_silent; i-- > 0;) {
		if (audit->silent[i].regions)
			continue;
		untracked++;
		first = audit->silent[i].vp_index;
	}
	if (untracked == 1)
		add_gap(audit, "vps",
			"VP %u did not revoke, and none of its pages is tracked",
			first);
	else if (untracked)
		add_gap(audit, "vps",
			"%llu VPs (VP %u first) did not revoke, and none of their pages is tracked",
			untracked, first);
	if (audit->silent_not_kept)
		add_gap(audit, "vps", "%llu more VPs did not revoke",
			audit->silent_not_kept);
	if (audit->unknown_vps)
		add_gap(audit, "vps", "%llu VP%s in an unknown state",
			PLURAL(audit->unknown_vps));
}

static void add_extent_gaps(struct audit *audit,
			    const struct contents *contents)
{
	const __u64 *by_fact = audit->by_fact;
	__u64 regions = 0;

	for (int i = AUDIT_EXTENT_CLEAN; i < AUDIT_NR_FINDINGS; i++)
		regions += audit->regions[i];
	if (!regions)
		add_gap(audit, "empty", "the registry lists no shared page");
	if (by_fact[CONTENTS_NOT_HASHED] + by_fact[CONTENTS_NOT_LOOKED])
		add_gap(audit, "no-hash", "%llu region%s without a hash",
			PLURAL(by_fact[CONTENTS_NOT_HASHED] +
			       by_fact[CONTENTS_NOT_LOOKED]));
	if (by_fact[CONTENTS_MISSING] + by_fact[CONTENTS_UNREADABLE])
		add_gap(audit, "not-in-dump",
			"%llu region%s not in the dump (first missing page 0x%llx: %s)",
			PLURAL(by_fact[CONTENTS_MISSING] +
			       by_fact[CONTENTS_UNREADABLE]),
			contents->absent_gpa, contents->absent_why);
	if (by_fact[CONTENTS_TOO_MANY])
		add_gap(audit, "too-many",
			"%llu region%s beyond what the dump can hold",
			PLURAL(by_fact[CONTENTS_TOO_MANY]));
	if (by_fact[CONTENTS_STOPPED])
		add_gap(audit, "stopped",
			"stopped before %llu region%s had been read",
			PLURAL(by_fact[CONTENTS_STOPPED]));
	if (audit->not_checked_otherwise)
		add_gap(audit, "not-understood",
			"%llu region%s torn, contradictory or of an unknown kind, state or evidence",
			PLURAL(audit->not_checked_otherwise));
}

/*
 * The header counts registers that read back as enabled; so do the VP records.
 * Either is enough: the page is still the hypervisor's, tracked or not.
 */
static bool is_not_clean(const struct audit *audit)
{
	return audit->regions[AUDIT_LEFT_SHARED] ||
	       audit->regions[AUDIT_CHANGED] || audit->written ||
	       audit->registers_on || audit->header->crash.registers_failed;
}

void audit_finish(struct audit *audit, const struct contents *contents)
{
	audit->rounds = contents->rounds;
	audit->is_watched = contents->is_watched;
	if (!audit->is_finished) {
		const char *phase = names_phase(audit->header->phase);

		add_gap(audit, "phase",
			audit->header->phase == HVCRASH_PHASE_CRASHING ?
				"the crash path began and did not end (phase: %s)" :
				"the crash path did not run (phase: %s)",
			phase);
		if (audit->shared_regions)
			add_gap(audit, "dry-run",
				"%llu region%s of %llu page%s shared now, to be revoked in a crash",
				PLURAL(audit->shared_regions),
				PLURAL(audit->shared_pages));
		add_coverage_gaps(audit);
		audit->verdict = AUDIT_CANNOT_TELL;
		return;
	}
	add_coverage_gaps(audit);
	add_crash_gaps(audit);
	add_vp_gaps(audit);
	add_extent_gaps(audit, contents);
	if (is_not_clean(audit))
		audit->verdict = AUDIT_NOT_CLEAN;
	else
		audit->verdict =
			audit->nr_gaps ? AUDIT_CANNOT_TELL : AUDIT_CLEAN;
}
