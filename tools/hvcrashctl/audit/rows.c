// SPDX-License-Identifier: GPL-2.0-only
/*
 * rows.c - fills the cells of an extent's row
 *
 * Called by verb_list and verb_audit for each extent. A value that a record does not
 * have (no VP, no hash) stays unset, so that it is shown as empty or null, not as 0.
 * The verbs decide which rows to show.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/rows.h"
#include "registry/names.h"

enum {
	COL_KIND,
	COL_OWNER,
	COL_GPA,
	COL_PAGES,
	COL_STATE,
	COL_EVIDENCE,
	COL_VP,
	COL_RELID,
	COL_GPADL,
	COL_OVERLAY,
	COL_HASH,
	COL_CLASS,
	COL_INSTANCE,
	NR_LIST_COLUMNS,
	COL_FINDING = NR_LIST_COLUMNS,
	COL_NOTE,
	COL_RAM,
	COL_CMA,
	NR_AUDIT_COLUMNS,
};

const struct out_column rows_columns[] = {
	[COL_KIND] = { "KIND", "kind", "kind of page", OUT_TEXT, true,
		       OUT_FIT_COLUMN },
	[COL_OWNER] = { "OWNER", "owner", "VP, channel or the whole VM",
			OUT_TEXT, true, OUT_FIT_COLUMN },
	[COL_GPA] = { "GPA", "gpa", "guest physical address", OUT_HEX, true,
		      OUT_FIT_COLUMN },
	[COL_PAGES] = { "PAGES", "pages", "number of 4 KiB pages", OUT_NUMBER,
			true, OUT_FIT_COLUMN },
	[COL_STATE] = { "STATE", "state", "their state", OUT_TEXT, true,
			OUT_FIT_NOTE },
	[COL_EVIDENCE] = { "EVIDENCE", "evidence", "what the state is based on",
			   OUT_TEXT, true, OUT_FIT_NOTE },
	[COL_VP] = { "VP", "vp_index", "index of the owning VP", OUT_NUMBER,
		     false, OUT_FIT_COLUMN },
	[COL_RELID] = { "RELID", "relid", "relid of the owning channel",
			OUT_NUMBER, false, OUT_FIT_COLUMN },
	[COL_GPADL] = { "GPADL", "gpadl", "GPADL handle", OUT_HEX, false,
			OUT_FIT_COLUMN },
	[COL_OVERLAY] = { "OVERLAY", "overlay",
			  "an overlay page hides guest memory: yes or no",
			  OUT_TEXT, false, OUT_FIT_COLUMN },
	[COL_HASH] = { "HASH", "hash", "XXH64 of the contents", OUT_HEX, false,
		       OUT_FIT_COLUMN },
	[COL_CLASS] = { "CLASS", "device_class", "GUID of the device class",
			OUT_TEXT, false, OUT_FIT_COLUMN },
	[COL_INSTANCE] = { "INSTANCE", "instance", "GUID of the device",
			   OUT_TEXT, false, OUT_FIT_COLUMN },
	[COL_FINDING] = { "FINDING", "finding", "what the audit found",
			  OUT_TEXT, true, OUT_FIT_COLUMN },
	[COL_NOTE] = { "NOTE", "note", "why it is not clean", OUT_TEXT, true,
		       OUT_FIT_NOTE },
	[COL_RAM] = { "RAM", "own_ram",
		      "inside or outside this kernel's System RAM", OUT_TEXT,
		      false, OUT_FIT_COLUMN },
	[COL_CMA] = { "CMA", "crash_cma",
		      "inside or outside the crash kernel's CMA memory",
		      OUT_TEXT, false, OUT_FIT_COLUMN },
};

const size_t rows_nr_list_columns = NR_LIST_COLUMNS;
const size_t rows_nr_audit_columns = NR_AUDIT_COLUMNS;

_Static_assert(NR_AUDIT_COLUMNS <= OUT_MAX_COLUMNS, "out.h holds the columns");

static void make_channel(const struct hvcrash_extent *extent,
			 const struct channels *channels,
			 struct out_cell *cells)
{
	const struct channel *channel;
	char guid[NAMES_GUID_BYTES];
	const char *name;
	size_t length;

	if (extent->relid == HVCRASH_NO_RELID)
		return;
	channel = channels_find(channels, extent->relid);
	if (!channel)
		return;
	name = names_device_class(channel->device_class);
	length = strlen(cells[COL_OWNER].text);
	if (name && extent->vp_index == HVCRASH_NO_VP)
		snprintf(cells[COL_OWNER].text + length,
			 sizeof(cells[COL_OWNER].text) - length, " (%s)", name);
	names_guid(channel->device_class, guid);
	out_set_text(&cells[COL_CLASS], guid);
	names_guid(channel->instance, guid);
	out_set_text(&cells[COL_INSTANCE], guid);
}

void rows_make(const struct hvcrash_extent *extent,
	       const struct channels *channels,
	       const struct audit_result *result, struct out_cell *cells)
{
	static const enum out_mood moods[AUDIT_NR_FINDINGS] = {
		[AUDIT_EXTENT_CLEAN] = OUT_GOOD,
		[AUDIT_REVOKED_LATE] = OUT_GOOD,
		[AUDIT_LEFT_SHARED] = OUT_BAD,
		[AUDIT_CHANGED] = OUT_BAD,
		[AUDIT_NOT_CHECKED] = OUT_DOUBTFUL,
	};
	char owner[AUDIT_OWNER_BYTES], buf[32];

	memset(cells, 0, NR_AUDIT_COLUMNS * sizeof(*cells));
	out_set_text(&cells[COL_KIND],
		     names_or_number(names_kind(extent->kind), extent->kind,
				     buf, sizeof(buf)));
	audit_owner(extent, owner);
	out_set_text(&cells[COL_OWNER], owner);
	out_set_number(&cells[COL_GPA], extent->gpa);
	out_set_number(&cells[COL_PAGES], extent->pages);
	out_set_text(&cells[COL_STATE],
		     names_or_number(names_state(extent->state), extent->state,
				     buf, sizeof(buf)));
	out_set_text(&cells[COL_EVIDENCE],
		     names_or_number(names_evidence(extent->evidence),
				     extent->evidence, buf, sizeof(buf)));
	if (extent->vp_index != HVCRASH_NO_VP)
		out_set_number(&cells[COL_VP], extent->vp_index);
	if (extent->relid != HVCRASH_NO_RELID)
		out_set_number(&cells[COL_RELID], extent->relid);
	if (extent->gpadl)
		out_set_number(&cells[COL_GPADL], extent->gpadl);
	out_set_text(&cells[COL_OVERLAY],
		     extent->flags & HVCRASH_EXTENT_OVERLAY ? "yes" : "no");
	if (extent->flags & HVCRASH_EXTENT_HASHED)
		out_set_number(&cells[COL_HASH], extent->hash);
	make_channel(extent, channels, cells);
	if (!result)
		return;
	out_set_text(&cells[COL_FINDING], audit_finding_name(result->finding));
	cells[COL_FINDING].mood = moods[result->finding];
	if (result->why[0])
		out_set_text(&cells[COL_NOTE], result->why);
	if (result->is_ram_known)
		out_set_text(&cells[COL_RAM],
			     result->is_in_ram ? "inside" : "outside");
	if (result->has_crash_cma)
		out_set_text(&cells[COL_CMA],
			     result->is_in_crash_cma ? "inside" : "outside");
}

void rows_add_words(const struct hvcrash_extent *extent,
		    struct rows_words *words)
{
	if (extent->kind < 64)
		words->kinds |= 1ULL << extent->kind;
	words->has_vp |= extent->vp_index != HVCRASH_NO_VP;
}

void rows_explain(struct out *out, const struct rows_words *words)
{
	if (words->has_vp)
		out_remark(out, "VP: virtual processor, a CPU of the VM");
	for (__u32 kind = 0; kind < 64; kind++)
		if (words->kinds & 1ULL << kind && names_kind_help(kind))
			out_remark(out, "%s: %s", names_kind(kind),
				   names_kind_help(kind));
}
