/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * audit.h - from the registry and the contents to findings and a verdict
 *
 * Called by verb_audit, record by record: init, every VP, every extent, finish,
 * then the text. Pure: it reads no file and prints nothing.
 *
 * Invariant: a number, state or combination that this version does not know
 * is "not checked", and with anything "not checked" the verdict is never clean.
 */
#ifndef HVCRASHCTL_AUDIT_H
#define HVCRASHCTL_AUDIT_H

#include <stdbool.h>
#include <linux/types.h>

#include "audit/contents.h"
#include "hvcrash_abi.h"
#include "vm/own_state.h"

/* The values are the exit status */
enum audit_verdict {
	AUDIT_CLEAN = 0,
	AUDIT_NOT_CLEAN = 1,
	AUDIT_CANNOT_TELL = 2,
};

enum audit_finding {
	AUDIT_SKIPPED, /* never used, or torn down in normal life */
	AUDIT_EXTENT_CLEAN,
	AUDIT_REVOKED_LATE, /* clean, thanks to the second kernel */
	AUDIT_LEFT_SHARED,
	AUDIT_CHANGED,
	AUDIT_NOT_CHECKED,
	AUDIT_NR_FINDINGS,
};

const char *audit_finding_name(enum audit_finding finding);
const char *audit_verdict_name(enum audit_verdict verdict);

#define AUDIT_WHY_BYTES 160

/**
 * struct audit_result - of one extent
 * @finding: the finding
 * @is_ram_known: whether @is_in_ram is valid
 * @is_in_ram: the pages lie in the RAM of the kernel that runs the audit
 * @has_crash_cma: the crash kernel has CMA memory, and where is known
 * @is_in_crash_cma: the pages lie in it: the crash kernel runs there
 * @why: a few words, empty for a clean one
 */
struct audit_result {
	enum audit_finding finding;
	bool is_ram_known;
	bool is_in_ram;
	bool has_crash_cma;
	bool is_in_crash_cma;
	char why[AUDIT_WHY_BYTES];
};

/* Named in the verdict; the table lists all */
#define AUDIT_MAX_NAMED 4
#define AUDIT_MAX_NAMED_OF_VPS 24

/* A VP that should have revoked but did not report it */
#define AUDIT_MAX_SILENT 2048
struct audit_vp {
	__u32 vp_index;
	__u32 state;
	__u32 regions; /* extents it owns */
	__u32 left;    /* of these, left shared */
};

#define AUDIT_MAX_GAPS 32
struct audit_gap {
	const char *id;
	char text[160];
};

/* Why this machine's registers, or its RAM, were not read */
struct audit_reasons {
	const char *registers;
	const char *ram;
};

struct audit {
	/* input, owned by the caller */
	const struct hvcrash_header *header;
	bool is_finished;
	const struct own_registers *registers; /* NULL: not asked */
	const struct own_ram *ram;	       /* both set after audit_init() */

	/* counted while records are added */
	__u64 regions[AUDIT_NR_FINDINGS];
	__u64 pages[AUDIT_NR_FINDINGS];
	__u64 left_in_ram;
	__u64 left_in_crash_cma;
	__u64 changed_in_crash_cma;
	__u64 torn_down;
	__u64 shared_regions; /* while the kernel lives: to be revoked */
	__u64 shared_pages;
	__u64 by_fact[CONTENTS_NR];  /* regions not checked because of this */
	__u64 not_checked_otherwise; /* unknown numbers, contradictions */
	__u64 written;	    /* contents changed while they were watched */
	__u64 registers_on; /* registers enabled on VPs that say "revoked" */
	__u64 own_pointing; /* own registers that point into an extent */
	__u32 nr_changed, nr_left, nr_left_of_vps;
	struct hvcrash_extent changed[AUDIT_MAX_NAMED];
	struct hvcrash_extent left[AUDIT_MAX_NAMED]; /* not of silent VPs */
	struct hvcrash_extent left_of_vps[AUDIT_MAX_NAMED_OF_VPS];
	__u32 nr_silent;
	__u64 silent_not_kept;
	struct audit_vp silent[AUDIT_MAX_SILENT];
	__u64 unknown_vps;

	/* set by audit_finish() */
	__u64 rounds; /* how often the contents were read */
	bool is_watched;
	enum audit_verdict verdict;
	__u32 nr_gaps;
	struct audit_gap gaps[AUDIT_MAX_GAPS];
};

void audit_init(struct audit *audit, const struct hvcrash_header *header);

/* All VPs before the first extent */
void audit_add_vp(struct audit *audit, const struct hvcrash_vp *vp);
void audit_add_extent(struct audit *audit, const struct hvcrash_extent *extent,
		      enum contents_fact fact);
void audit_finish(struct audit *audit, const struct contents *contents);

/* The result for one extent, the same before and after audit_finish() */
void audit_extent(const struct audit *audit,
		  const struct hvcrash_extent *extent, enum contents_fact fact,
		  struct audit_result *ret);

/* The header's coverage and the crash path's gaps only, for any phase */
void audit_add_header_gaps(struct audit *audit);

/* The verdict line, to be freed; NULL without memory */
char *audit_verdict_text(const struct audit *audit);
/* What to do about the verdict, in a sentence or two; NULL if nothing */
const char *audit_action(const struct audit *audit);

/* "clean" and "revoked late": the pages were revoked */
static inline bool audit_is_fine(enum audit_finding finding)
{
	return finding == AUDIT_EXTENT_CLEAN || finding == AUDIT_REVOKED_LATE;
}

/* Whether a VP that did not revoke owns it, and which of audit->silent */
bool audit_is_of_silent_vp(const struct audit *audit,
			   const struct hvcrash_extent *extent,
			   __u32 *ret_place);

/* "VP 3", "VM", "channel 5" */
#define AUDIT_OWNER_BYTES 32
void audit_owner(const struct hvcrash_extent *extent,
		 char buf[AUDIT_OWNER_BYTES]);

#endif
