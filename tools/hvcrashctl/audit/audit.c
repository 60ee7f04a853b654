// SPDX-License-Identifier: GPL-2.0-only
/*
 * audit.c - judges records: one finding for each extent, then the verdict
 *
 * Called by verb_audit. The code lists what counts as clean, not what counts as
 * dirty: the state must be known and have evidence that the page was revoked,
 * and the contents must match their hash. The words of the verdict are in
 * audit_text.c, the gaps in audit_gaps.c.
 */
#include <stdio.h>
#include <string.h>

#include "audit/audit.h"
#include "registry/image.h"
#include "registry/names.h"

static const char *const finding_names[AUDIT_NR_FINDINGS] = {
	[AUDIT_SKIPPED] = "skipped",
	[AUDIT_EXTENT_CLEAN] = "clean",
	[AUDIT_REVOKED_LATE] = "revoked late",
	[AUDIT_LEFT_SHARED] = "left shared",
	[AUDIT_CHANGED] = "changed after revoke",
	[AUDIT_NOT_CHECKED] = "not checked",
};

static const char *const verdict_names[] = {
	[AUDIT_CLEAN] = "clean",
	[AUDIT_NOT_CLEAN] = "not clean",
	[AUDIT_CANNOT_TELL] = "cannot tell",
};

static const char *const fact_words[] = {
	[CONTENTS_NOT_LOOKED] = "contents not compared",
	[CONTENTS_NOT_HASHED] = "contents were not hashed",
	[CONTENTS_MISSING] = "a page is not in the dump",
	[CONTENTS_UNREADABLE] = "a page cannot be read from the dump",
	[CONTENTS_TOO_MANY] = "more pages than the dump holds",
	[CONTENTS_STOPPED] = "stopped before it was read",
};

const char *audit_finding_name(enum audit_finding finding)
{
	return finding_names[finding];
}

const char *audit_verdict_name(enum audit_verdict verdict)
{
	return verdict_names[verdict];
}

void audit_init(struct audit *audit, const struct hvcrash_header *header)
{
	memset(audit, 0, sizeof(*audit));
	audit->header = header;
	audit->is_finished = header->phase == HVCRASH_PHASE_FINISHED;
	audit->verdict = AUDIT_CANNOT_TELL;
}

/*
 * Evidence that a page was revoked, as opposed to shared. A driver's statement
 * counts only for its own pages.
 */
static bool proves_return(const struct hvcrash_extent *extent)
{
	switch (extent->evidence) {
	case HVCRASH_EV_GPADL_TORNDOWN:
	case HVCRASH_EV_READ_BACK:
	case HVCRASH_EV_FOUND_OFF:
	case HVCRASH_EV_UNLOAD_ANSWERED:
	case HVCRASH_EV_RELID_RELEASED:
		return true;
	case HVCRASH_EV_DRIVER:
		return extent->kind == HVCRASH_KIND_DRIVER;
	default:
		return false;
	}
}

/* One of this CPU's own registers that is enabled at a page of the extent */
static int find_own_register(const struct audit *audit,
			     const struct hvcrash_extent *extent)
{
	const struct own_registers *own = audit->registers;
	__u64 bytes = (__u64)extent->pages * HVCRASH_PAGE_BYTES;

	if (!own || !image_extent_is_sound(extent))
		return -1;
	for (int i = OWN_SIMP; i < OWN_NR_REGISTERS; i++) {
		__u64 gpa = own->value[i] & OWN_REGISTER_GPA;

		if (own->is_read[i] && own->value[i] & OWN_REGISTER_ENABLED &&
		    gpa >= extent->gpa && gpa - extent->gpa < bytes)
			return i;
	}
	return -1;
}

static void set_result(struct audit_result *result, enum audit_finding finding,
		       const char *why)
{
	result->finding = finding;
	snprintf(result->why, sizeof(result->why), "%s", why);
}

/* The state says "revoked": trust that only with proof and matching contents */
static void judge_returned(const struct hvcrash_extent *extent,
			   enum contents_fact fact, struct audit_result *result)
{
	const char *evidence = names_evidence(extent->evidence);

	/* it is still being written, whatever the evidence */
	if (fact == CONTENTS_WRITTEN) {
		set_result(result, AUDIT_CHANGED, "written while watched");
		return;
	}
	if (!evidence) {
		result->finding = AUDIT_NOT_CHECKED;
		snprintf(result->why, sizeof(result->why),
			 "evidence %u is unknown", extent->evidence);
		return;
	}
	if (!proves_return(extent)) {
		result->finding = AUDIT_NOT_CHECKED;
		snprintf(result->why, sizeof(result->why),
			 "evidence \"%s\" does not prove the state", evidence);
		return;
	}
	if (fact == CONTENTS_CHANGED)
		set_result(result, AUDIT_CHANGED, "contents differ");
	else if (fact != CONTENTS_SAME && fact != CONTENTS_GIVEN_ON)
		set_result(result, AUDIT_NOT_CHECKED, fact_words[fact]);
	else if (extent->state == HVCRASH_REVOKED_LATE)
		set_result(result, AUDIT_REVOKED_LATE, "by the second kernel");
	else
		result->finding = AUDIT_EXTENT_CLEAN;
}

static void judge_state(const struct hvcrash_extent *extent,
			enum contents_fact fact, struct audit_result *result)
{
	switch (extent->state) {
	case HVCRASH_EMPTY:
	case HVCRASH_TORN_DOWN:
		result->finding = AUDIT_SKIPPED;
		break;
	case HVCRASH_BUSY:
		set_result(result, AUDIT_NOT_CHECKED,
			   "its update was interrupted");
		break;
	case HVCRASH_SHARED:
		set_result(result, AUDIT_LEFT_SHARED, "never revoked");
		break;
	case HVCRASH_FAILED:
		set_result(result, AUDIT_LEFT_SHARED,
			   "its register reads back as enabled");
		break;
	case HVCRASH_NOT_REACHED:
		set_result(result, AUDIT_LEFT_SHARED, "its VP did not answer");
		break;
	case HVCRASH_REVOKED:
	case HVCRASH_UNLOADED:
	case HVCRASH_REVOKED_LATE:
		judge_returned(extent, fact, result);
		break;
	default:
		result->finding = AUDIT_NOT_CHECKED;
		snprintf(result->why, sizeof(result->why),
			 "state %u is unknown", extent->state);
	}
}

static void add_written(enum contents_fact fact, struct audit_result *result)
{
	size_t length = strlen(result->why);

	if (fact == CONTENTS_WRITTEN && result->finding == AUDIT_LEFT_SHARED)
		snprintf(result->why + length, sizeof(result->why) - length,
			 ", written while watched");
}

static void add_ram(const struct audit *audit,
		    const struct hvcrash_extent *extent,
		    struct audit_result *result)
{
	size_t length = strlen(result->why);

	if (!audit->ram || !audit->ram->is_known ||
	    !image_extent_is_sound(extent))
		return;
	result->is_ram_known = true;
	result->is_in_ram =
		own_ram_overlaps(audit->ram, extent->gpa,
				 (__u64)extent->pages * HVCRASH_PAGE_BYTES);
	if (result->finding == AUDIT_LEFT_SHARED)
		snprintf(result->why + length, sizeof(result->why) - length,
			 ", %s this kernel's RAM",
			 result->is_in_ram ? "inside" : "outside");
}

/* Memory that the first kernel used and the crash kernel uses now */
static bool is_in_crash_cma(const struct hvcrash_header *header,
			    const struct hvcrash_extent *extent)
{
	__u64 end = extent->gpa + (__u64)extent->pages * HVCRASH_PAGE_BYTES;

	for (int i = 0; i < header->nr_crash_cma; i++) {
		const struct hvcrash_cma_range *range = &header->crash_cma[i];

		if (extent->gpa < range->gpa + range->bytes && end > range->gpa)
			return true;
	}
	return false;
}

static void add_crash_cma(const struct audit *audit,
			  const struct hvcrash_extent *extent,
			  enum contents_fact fact, struct audit_result *result)
{
	const struct hvcrash_header *header = audit->header;
	size_t length = strlen(result->why);

	if (!header->is_crash_cma_known || !header->nr_crash_cma ||
	    header->nr_crash_cma > HVCRASH_MAX_CRASH_CMA ||
	    !image_extent_is_sound(extent))
		return;
	result->has_crash_cma = true;
	result->is_in_crash_cma = is_in_crash_cma(header, extent);
	if (result->finding == AUDIT_LEFT_SHARED ||
	    result->finding == AUDIT_CHANGED)
		snprintf(result->why + length, sizeof(result->why) - length,
			 ", %s the crash kernel's CMA memory",
			 result->is_in_crash_cma ? "inside" : "outside");
	else if (result->is_in_crash_cma && fact == CONTENTS_MISSING &&
		 result->finding == AUDIT_NOT_CHECKED)
		snprintf(result->why + length, sizeof(result->why) - length,
			 ": the crash kernel's CMA memory is in none");
}

static bool is_shared_now(const struct audit *audit,
			  const struct hvcrash_extent *extent)
{
	return audit->header->phase == HVCRASH_PHASE_LIVE &&
	       extent->state == HVCRASH_SHARED;
}

void audit_extent(const struct audit *audit,
		  const struct hvcrash_extent *extent, enum contents_fact fact,
		  struct audit_result *ret)
{
	int own;

	memset(ret, 0, sizeof(*ret));
	judge_state(extent, fact, ret);
	if (extent->state == HVCRASH_EMPTY)
		return;
	if (ret->finding != AUDIT_SKIPPED && !audit->is_finished)
		set_result(ret, AUDIT_NOT_CHECKED,
			   is_shared_now(audit, extent) ?
				   "shared now, to be revoked in a crash" :
				   "the registry was not finished");
	else if (ret->finding != AUDIT_SKIPPED &&
		 ret->finding != AUDIT_LEFT_SHARED &&
		 !names_kind(extent->kind)) {
		ret->finding = AUDIT_NOT_CHECKED;
		snprintf(ret->why, sizeof(ret->why), "kind %u is unknown",
			 extent->kind);
	}
	own = extent->state == HVCRASH_BUSY || !audit->is_finished ?
		      -1 :
		      find_own_register(audit, extent);
	if (own >= 0) {
		ret->finding = AUDIT_LEFT_SHARED;
		snprintf(ret->why, sizeof(ret->why),
			 "own %s register still points there",
			 own_register_name((enum own_register)own));
	}
	add_written(fact, ret);
	add_ram(audit, extent, ret);
	add_crash_cma(audit, extent, fact, ret);
}

/*
 * A rescued VP stays "not reached" here while its pages are "revoked late", so
 * a silent VP alone is no verdict: audit_finish() looks at what it owns.
 */
void audit_add_vp(struct audit *audit, const struct hvcrash_vp *vp)
{
	switch (vp->state) {
	case HVCRASH_VP_ABSENT:
	case HVCRASH_VP_OFFLINE:
		return;
	case HVCRASH_VP_REVOKED:
		for (int i = HVCRASH_REG_SIMP; i <= HVCRASH_REG_VP_ASSIST; i++)
			audit->registers_on +=
				vp->after[i] & OWN_REGISTER_ENABLED;
		return;
	case HVCRASH_VP_ONLINE:
	case HVCRASH_VP_NOT_REACHED:
		break;
	default:
		audit->unknown_vps++;
		return;
	}
	if (audit->nr_silent == AUDIT_MAX_SILENT) {
		audit->silent_not_kept++;
		return;
	}
	audit->silent[audit->nr_silent++] = (struct audit_vp){
		.vp_index = vp->vp_index,
		.state = vp->state,
	};
}

bool audit_is_of_silent_vp(const struct audit *audit,
			   const struct hvcrash_extent *extent,
			   __u32 *ret_place)
{
	if (extent->vp_index == HVCRASH_NO_VP)
		return false;
	for (__u32 i = 0; i < audit->nr_silent; i++) {
		if (audit->silent[i].vp_index == extent->vp_index) {
			*ret_place = i;
			return true;
		}
	}
	return false;
}

/* Each sort has its own room, so that many GPADLs do not hide a silent VP */
static void keep_named(struct audit *audit, const struct hvcrash_extent *extent,
		       enum audit_finding finding)
{
	struct hvcrash_extent *named;
	__u32 *nr, most, place;

	if (finding == AUDIT_CHANGED) {
		named = audit->changed;
		nr = &audit->nr_changed;
		most = AUDIT_MAX_NAMED;
	} else if (audit_is_of_silent_vp(audit, extent, &place)) {
		named = audit->left_of_vps;
		nr = &audit->nr_left_of_vps;
		most = AUDIT_MAX_NAMED_OF_VPS;
	} else {
		named = audit->left;
		nr = &audit->nr_left;
		most = AUDIT_MAX_NAMED;
	}
	if (*nr < most)
		named[(*nr)++] = *extent;
}

static void count_silent(struct audit *audit,
			 const struct hvcrash_extent *extent,
			 enum audit_finding finding)
{
	__u32 place;

	if (!audit_is_of_silent_vp(audit, extent, &place))
		return;
	audit->silent[place].regions++;
	audit->silent[place].left += finding == AUDIT_LEFT_SHARED;
}

static void count_not_checked(struct audit *audit,
			      const struct hvcrash_extent *extent,
			      enum contents_fact fact)
{
	if (fact > CONTENTS_CHANGED && proves_return(extent) &&
	    names_kind(extent->kind))
		audit->by_fact[fact]++;
	else
		audit->not_checked_otherwise++;
}

void audit_add_extent(struct audit *audit, const struct hvcrash_extent *extent,
		      enum contents_fact fact)
{
	struct audit_result result;

	audit_extent(audit, extent, fact, &result);
	if (extent->state == HVCRASH_TORN_DOWN)
		audit->torn_down++;
	if (is_shared_now(audit, extent)) {
		audit->shared_regions++;
		audit->shared_pages += extent->pages;
	}
	if (result.finding == AUDIT_SKIPPED)
		return;
	audit->regions[result.finding]++;
	audit->pages[result.finding] += extent->pages;
	audit->written += fact == CONTENTS_WRITTEN;
	count_silent(audit, extent, result.finding);
	if (result.finding == AUDIT_NOT_CHECKED)
		count_not_checked(audit, extent, fact);
	if (result.finding == AUDIT_LEFT_SHARED && result.is_in_ram)
		audit->left_in_ram++;
	if (result.is_in_crash_cma) {
		audit->left_in_crash_cma += result.finding == AUDIT_LEFT_SHARED;
		audit->changed_in_crash_cma += result.finding == AUDIT_CHANGED;
	}
	if (extent->state != HVCRASH_BUSY && audit->is_finished &&
	    find_own_register(audit, extent) >= 0)
		audit->own_pointing++;
	if (result.finding == AUDIT_LEFT_SHARED ||
	    result.finding == AUDIT_CHANGED)
		keep_named(audit, extent, result.finding);
}

void audit_owner(const struct hvcrash_extent *extent,
		 char buf[AUDIT_OWNER_BYTES])
{
	if (extent->vp_index != HVCRASH_NO_VP)
		snprintf(buf, AUDIT_OWNER_BYTES, "VP %u", extent->vp_index);
	else if (extent->relid != HVCRASH_NO_RELID)
		snprintf(buf, AUDIT_OWNER_BYTES, "channel %u", extent->relid);
	else
		snprintf(buf, AUDIT_OWNER_BYTES, "VM");
}
