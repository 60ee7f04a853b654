// SPDX-License-Identifier: GPL-2.0-only
/*
 * audit_text.c - the verdict in one line that names what is wrong
 *
 * Called by verb_audit. The line summarizes the findings and is enough to act on:
 * which VP, which pages, whose. It names a few and counts the rest, which the table
 * lists. What to do is in audit_action.c.
 */
#include <stdio.h>
#include <stdlib.h>

#include "audit/audit.h"
#include "registry/names.h"

#define MAX_VPS_IN_LINE 4

/* Puts "; " between the parts of the line */
static void next_part(FILE *line, bool *is_first)
{
	fputs(*is_first ? "" : "; ", line);
	*is_first = false;
}

static const char *plural(__u64 count)
{
	return count == 1 ? "" : "s";
}

static void put_kind(FILE *line, const struct hvcrash_extent *extent)
{
	char buf[24];

	fprintf(line, "%s 0x%llx",
		names_or_number(names_kind(extent->kind), extent->kind, buf,
				sizeof(buf)),
		extent->gpa);
}

/* "VP 3 did not answer: SIMP 0x1000, SIEFP 0x2000" */
static void put_silent_vp(FILE *line, const struct audit *audit,
			  const struct audit_vp *vp)
{
	const char *separator = ": ";

	fprintf(line, "VP %u %s", vp->vp_index,
		vp->state == HVCRASH_VP_NOT_REACHED ? "did not answer" :
						      "did not revoke");
	for (__u32 i = 0; i < audit->nr_left_of_vps; i++) {
		if (audit->left_of_vps[i].vp_index != vp->vp_index)
			continue;
		fputs(separator, line);
		put_kind(line, &audit->left_of_vps[i]);
		separator = ", ";
	}
}

/* "GPADL 0x1000 of channel 5, ..., and 3 more" */
static void put_extents(FILE *line, const struct hvcrash_extent *extents,
			__u32 nr, __u64 total)
{
	for (__u32 i = 0; i < nr; i++) {
		char owner[AUDIT_OWNER_BYTES];

		audit_owner(&extents[i], owner);
		fputs(i ? ", " : "", line);
		put_kind(line, &extents[i]);
		fprintf(line, " of %s", owner);
	}
	if (nr && nr < total)
		fprintf(line, ", and %llu more", total - nr);
}

/* Whose they are: VPs that did not revoke, then all others */
static void put_left_owners(FILE *line, const struct audit *audit)
{
	__u64 of_silent = 0, vps = 0;
	bool is_first = true;

	fputs(" (", line);
	for (__u32 i = 0; i < audit->nr_silent; i++) {
		if (!audit->silent[i].left)
			continue;
		of_silent += audit->silent[i].left;
		if (vps++ >= MAX_VPS_IN_LINE)
			continue;
		next_part(line, &is_first);
		put_silent_vp(line, audit, &audit->silent[i]);
	}
	if (vps > MAX_VPS_IN_LINE)
		fprintf(line, "; %llu more VP%s", vps - MAX_VPS_IN_LINE,
			plural(vps - MAX_VPS_IN_LINE));
	if (audit->nr_left) {
		next_part(line, &is_first);
		put_extents(line, audit->left, audit->nr_left,
			    audit->regions[AUDIT_LEFT_SHARED] - of_silent);
	}
	fputc(')', line);
}

static void put_left_shared(FILE *line, const struct audit *audit)
{
	__u64 pages = audit->pages[AUDIT_LEFT_SHARED];

	fprintf(line,
		"the host can still write to %llu page%s of the crashed kernel",
		pages, plural(pages));
	put_left_owners(line, audit);
	if (audit->left_in_ram)
		fprintf(line, "; %llu of these regions %s this kernel's RAM",
			audit->left_in_ram,
			audit->left_in_ram == 1 ? "lies in" : "lie in");
	if (audit->left_in_crash_cma)
		fprintf(line,
			"; %llu of these regions %s the crash kernel's CMA memory",
			audit->left_in_crash_cma,
			audit->left_in_crash_cma == 1 ? "lies in" : "lie in");
}

static void put_not_clean(FILE *line, const struct audit *audit)
{
	__u64 changed = audit->regions[AUDIT_CHANGED];
	__u64 on = audit->header->crash.registers_failed;
	bool is_first = true;

	if (audit->regions[AUDIT_LEFT_SHARED]) {
		next_part(line, &is_first);
		put_left_shared(line, audit);
	}
	if (changed) {
		next_part(line, &is_first);
		fprintf(line,
			"%llu region%s changed after the crashed kernel revoked %s (",
			changed, plural(changed), changed == 1 ? "it" : "them");
		put_extents(line, audit->changed, audit->nr_changed, changed);
		fputc(')', line);
	}
	if (audit->written) {
		next_part(line, &is_first);
		fprintf(line, "%llu region%s written while watched",
			audit->written, plural(audit->written));
	}
	if (audit->registers_on > on)
		on = audit->registers_on;
	if (on) {
		next_part(line, &is_first);
		fprintf(line, "%llu register%s as enabled after the revoke", on,
			on == 1 ? " reads back" : "s read back");
	}
	if (audit->own_pointing) {
		next_part(line, &is_first);
		fprintf(line,
			"this kernel's own registers still point into %llu region%s",
			audit->own_pointing, plural(audit->own_pointing));
	}
	if (audit->nr_gaps)
		fprintf(line, "; %u gap%s", audit->nr_gaps,
			plural(audit->nr_gaps));
}

static void put_cannot_tell(FILE *line, const struct audit *audit)
{
	bool is_first = true;

	for (__u32 i = 0; i < audit->nr_gaps; i++) {
		next_part(line, &is_first);
		fputs(audit->gaps[i].text, line);
	}
}

static void put_clean(FILE *line, const struct audit *audit)
{
	__u64 late = audit->regions[AUDIT_REVOKED_LATE];
	__u64 regions = audit->regions[AUDIT_EXTENT_CLEAN] + late;
	__u64 pages = audit->pages[AUDIT_EXTENT_CLEAN] +
		      audit->pages[AUDIT_REVOKED_LATE];

	fprintf(line, "%llu region%s of %llu page%s, all revoked", regions,
		plural(regions), pages, plural(pages));
	if (late)
		fprintf(line, " (%llu late, by the second kernel)", late);
	fputs(audit->header->way == HVCRASH_WAY_KEXEC ?
		      "; contents not compared, this kernel uses them" :
		      ", contents unchanged",
	      line);
}

char *audit_verdict_text(const struct audit *audit)
{
	size_t bytes;
	char *text = NULL;
	FILE *line = open_memstream(&text, &bytes);
	bool has_failed;

	if (!line)
		return NULL;
	switch (audit->verdict) {
	case AUDIT_CLEAN:
		fputs("CLEAN: ", line);
		put_clean(line, audit);
		break;
	case AUDIT_NOT_CLEAN:
		fputs("NOT CLEAN: ", line);
		put_not_clean(line, audit);
		break;
	default:
		fputs("CANNOT TELL: ", line);
		put_cannot_tell(line, audit);
	}
	fputc('.', line);
	has_failed = ferror(line);
	if (fclose(line) || has_failed) {
		free(text);
		return NULL;
	}
	return text;
}
