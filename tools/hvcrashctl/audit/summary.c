// SPDX-License-Identifier: GPL-2.0-only
/*
 * summary.c - the crash path's own report, and the audit's counts
 *
 * Called by verb_audit. A number that the crash path did not reach is shown as
 * unknown, never as 0.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "audit/summary.h"
#include "base/time_text.h"
#include "registry/crash_times.h"
#include "registry/names.h"

#ifndef HVCRASH_VERSION
#error "the Makefile gives HVCRASH_VERSION"
#endif

/* The end of the year 9999 */
#define MAX_SECONDS 253402300799ULL

static void show_times(struct out *out, const struct hvcrash_crash *crash)
{
	struct crash_times_step steps[CRASH_TIMES_NR_STEPS + 1];
	char line[200] = "";

	crash_times_steps(crash, steps);
	for (size_t i = 0; i < CRASH_TIMES_NR_STEPS + 1; i++) {
		size_t used = strlen(line);
		__u64 us;

		if (crash_times_elapsed_us(crash, steps[i].from, steps[i].to,
					   &us)) {
			snprintf(line + used, sizeof(line) - used,
				 "%s%s %llu us", i ? ", " : "", steps[i].name,
				 us);
			out_field_number(out, steps[i].key, us);
		} else {
			snprintf(line + used, sizeof(line) - used,
				 "%s%s unknown", i ? ", " : "", steps[i].name);
			out_field_text(out, steps[i].key, NULL);
		}
	}
	out_line(out, "Times", "%s", line);
}

static void show_unload(struct out *out, const struct hvcrash_header *header)
{
	__u32 version = header->vmbus_version;
	char buf[32], number[16];
	const char *word =
		names_or_number(names_unload(header->crash.unload),
				header->crash.unload, buf, sizeof(buf));

	snprintf(number, sizeof(number), "%u.%u", version >> 16,
		 version & 0xffff);
	out_line(out, "VMBus UNLOAD", "%s%s%s%s", word,
		 version ? " (VMBus " : "", version ? number : "",
		 version ? ")" : "");
	out_field_text(out, "unload", word);
	out_field_text(out, "vmbus_version", version ? number : NULL);
}

static void show_crash(struct out *out, const struct hvcrash_header *header,
		       __u64 vps_not_revoked)
{
	const struct hvcrash_crash *crash = &header->crash;

	bool is_kexec = header->way == HVCRASH_WAY_KEXEC;

	out_line(out, is_kexec ? "Kexec" : "Crash", "on VP %u (CPU %u)",
		 crash->vp_index, crash->cpu);
	out_field_text(out, "way", is_kexec ? "kexec" : "crash");
	out_field_number(out, "panicking_vp", crash->vp_index);
	out_field_number(out, "panicking_cpu", crash->cpu);
	out_line(out, "Other VPs", "%u expected, %u parked, %u revoked",
		 crash->vps_expected, crash->vps_parked, crash->vps_revoked);
	out_field_number(out, "vps_expected", crash->vps_expected);
	out_field_number(out, "vps_parked", crash->vps_parked);
	out_field_number(out, "vps_revoked", crash->vps_revoked);
	out_field_number(out, "vps_not_revoked", vps_not_revoked);
	out_field_number(out, "registers_failed", crash->registers_failed);
	show_unload(out, header);
	show_times(out, crash);
	if (is_kexec)
		out_line(out, "Pages",
			 "not compared: they are the next kernel's memory");
	else
		out_line(out, "Pages", "%llu hashed, %llu not hashed",
			 crash->pages_hashed, crash->pages_not_hashed);
	out_field_number(out, "pages_hashed", crash->pages_hashed);
	out_field_number(out, "pages_not_hashed", crash->pages_not_hashed);
}

static void show_regions(struct out *out, const struct audit *audit)
{
	const __u64 *regions = audit->regions;

	out_line(
		out, "Regions",
		"%llu clean, %llu revoked late, %llu left shared, %llu changed, %llu not checked; %llu torn down before",
		regions[AUDIT_EXTENT_CLEAN], regions[AUDIT_REVOKED_LATE],
		regions[AUDIT_LEFT_SHARED], regions[AUDIT_CHANGED],
		regions[AUDIT_NOT_CHECKED], audit->torn_down);
	out_field_number(out, "regions_clean", regions[AUDIT_EXTENT_CLEAN]);
	out_field_number(out, "regions_revoked_late",
			 regions[AUDIT_REVOKED_LATE]);
	out_field_number(out, "regions_left_shared",
			 regions[AUDIT_LEFT_SHARED]);
	out_field_number(out, "regions_changed", regions[AUDIT_CHANGED]);
	out_field_number(out, "regions_not_checked",
			 regions[AUDIT_NOT_CHECKED]);
	out_field_number(out, "regions_torn_down", audit->torn_down);
}

static void show_rounds(struct out *out, const struct audit *audit)
{
	out_field_number(out, "rounds", audit->rounds);
	if (!audit->is_watched) {
		out_field_text(out, "regions_written", NULL);
		return;
	}
	out_field_number(out, "regions_written", audit->written);
	out_line(out, "Watched",
		 "%llu round%s, %llu region%s written meanwhile", audit->rounds,
		 audit->rounds == 1 ? "" : "s", audit->written,
		 audit->written == 1 ? "" : "s");
}

static void show_own_registers(struct out *out, const struct audit *audit,
			       const char *reason)
{
	const struct own_registers *own = audit->registers;
	char line[200] = "";

	if (own && !own->is_checked)
		reason = own->why;
	out_field_text(out, "own_registers",
		       own && own->is_checked ? "checked" : "not checked");
	out_field_text(out, "own_registers_why",
		       own && own->is_checked ? NULL : reason);
	if ((own && own->is_checked) || audit->own_pointing)
		out_field_number(out, "own_registers_pointing",
				 audit->own_pointing);
	else
		out_field_text(out, "own_registers_pointing", NULL);
	if (!own || !own->is_checked) {
		out_line(
			out, "Own registers", "not checked, because %s%s",
			reason,
			audit->own_pointing ?
				"; but one still points at a page of the crashed kernel" :
				"");
		return;
	}
	for (int i = OWN_SIMP; i < OWN_NR_REGISTERS; i++) {
		size_t used = strlen(line);
		__u64 value = own->value[i];
		char gpa[32] = "off";

		if (value & OWN_REGISTER_ENABLED)
			snprintf(gpa, sizeof(gpa), "0x%llx",
				 value & OWN_REGISTER_GPA);
		snprintf(line + used, sizeof(line) - used, "%s%s %s",
			 used ? ", " : "", own_register_name(i), gpa);
	}
	out_line(out, "Own registers", "%s", line);
}

static void show_own_ram(struct out *out, const struct audit *audit,
			 const char *reason)
{
	const struct own_ram *ram = audit->ram;
	bool is_known = ram && ram->is_known;

	if (ram && !is_known)
		reason = ram->why;
	out_field_text(out, "own_ram", is_known ? "checked" : "not checked");
	out_field_text(out, "own_ram_why", is_known ? NULL : reason);
	if (!is_known) {
		out_field_text(out, "left_in_own_ram", NULL);
		out_line(out, "Own RAM", "not checked, because %s", reason);
		return;
	}
	out_field_number(out, "left_in_own_ram", audit->left_in_ram);
	out_line(out, "Own RAM", "%llu of the regions left shared lie in it",
		 audit->left_in_ram);
}

/* Prints nothing if the kernel has no such memory: few do */
static void show_crash_cma(struct out *out, const struct audit *audit)
{
	const struct hvcrash_header *header = audit->header;
	__u64 bytes = 0;

	if (!header->is_crash_cma_known ||
	    header->nr_crash_cma > HVCRASH_MAX_CRASH_CMA) {
		out_field_text(out, "crash_cma_bytes", NULL);
		return;
	}
	for (int i = 0; i < header->nr_crash_cma; i++)
		bytes += header->crash_cma[i].bytes;
	out_field_number(out, "crash_cma_bytes", bytes);
	if (!bytes)
		return;
	out_field_number(out, "left_in_crash_cma", audit->left_in_crash_cma);
	out_field_number(out, "changed_in_crash_cma",
			 audit->changed_in_crash_cma);
	out_line(
		out, "CMA",
		"%llu MiB of the crash kernel's memory were in use by the first kernel; of the regions there %llu are left shared, %llu changed",
		bytes >> 20, audit->left_in_crash_cma,
		audit->changed_in_crash_cma);
}

/* Older modules left zeros there */
static void show_host(struct out *out, const struct hvcrash_header *header)
{
	const struct hvcrash_host *host = &header->host;
	char version[48];

	if (!host->build) {
		out_field_text(out, "host_version", NULL);
		return;
	}
	snprintf(version, sizeof(version), "%u.%u.%u-%u-%u.%u", host->major,
		 host->minor, host->build, host->service_pack,
		 host->service >> 24, host->service & 0xffffff);
	out_line(
		out, "Host",
		"Hyper-V %s, features 0x%08x 0x%08x, other 0x%08x, hints 0x%08x",
		version, host->features, host->features_high,
		host->misc_features, host->hints);
	out_field_text(out, "host_version", version);
	out_field_hex(out, "host_features",
		      (__u64)host->features_high << 32 | host->features);
	out_field_hex(out, "host_misc_features", host->misc_features);
	out_field_hex(out, "host_hints", host->hints);
}

void summary_registry(struct out *out, const struct hvcrash_header *header)
{
	char release[80], module[40];

	names_clean_string(header->release, sizeof(header->release), release,
			   sizeof(release));
	names_clean_string(header->module_version,
			   sizeof(header->module_version), module,
			   sizeof(module));
	out_line(out, "Registry", "%s, kernel %s, module %s",
		 names_phase(header->phase), release, module);
	out_field_text(out, "phase", names_phase(header->phase));
	out_field_text(out, "release", release);
	out_field_text(out, "module_version", module);
	show_host(out, header);
}

/* A dump may contain times that do not fit into a time_t */
static const char *format_time(__u64 seconds, char buf[TIME_TEXT_BYTES])
{
	if (!seconds || seconds > MAX_SECONDS)
		return NULL;
	return time_text_utc(seconds, TIME_TEXT_ISO, buf);
}

/*
 * Machine, time and reason of the crash, and the tool that judged it: a report
 * is read months later
 */
static void show_origin(struct out *out, const struct origin *origin)
{
	char crashed[TIME_TEXT_BYTES], judged[TIME_TEXT_BYTES];
	const char *when = format_time(origin->seconds, crashed);
	const char *now = format_time((__u64)time(NULL), judged);
	const char *machine = *origin->machine ? origin->machine : NULL;
	const char *panic = *origin->panic ? origin->panic : NULL;

	if (when || machine)
		out_line(out, "Crashed", "%s, machine %s",
			 when ? when : "time not known",
			 machine ? machine : "not known");
	if (panic)
		out_line(out, "Panic", "%s", panic);
	out_line(out, "Judged", "by hvcrashctl " HVCRASH_VERSION ", %s",
		 now ? now : "time not known");
	out_field_text(out, "crash_time", when);
	out_field_text(out, "machine", machine);
	out_field_text(out, "panic", panic);
	out_field_text(out, "tool_version", HVCRASH_VERSION);
	out_field_text(out, "judged_at", now);
}

void summary_show(struct out *out, const struct audit *audit,
		  const struct origin *origin,
		  const struct audit_reasons *reasons)
{
	const struct hvcrash_header *header = audit->header;

	out_section_begin(out, "summary");
	show_origin(out, origin);
	summary_registry(out, header);
	if (header->phase == HVCRASH_PHASE_FINISHED ||
	    header->phase == HVCRASH_PHASE_CRASHING)
		show_crash(out, header,
			   audit->nr_silent + audit->silent_not_kept);
	show_regions(out, audit);
	show_rounds(out, audit);
	show_own_registers(out, audit, reasons->registers);
	show_own_ram(out, audit, reasons->ram);
	show_crash_cma(out, audit);
	out_section_end(out);
}

void summary_head(const struct audit *audit, const char *text,
		  struct out_head *ret)
{
	*ret = (struct out_head){
		.key = "verdict",
		.word = audit_verdict_name(audit->verdict),
		.exit_status = (int)audit->verdict,
		.message = text,
		.action = audit_action(audit),
	};
}

void summary_gaps(struct out *out, const struct audit *audit)
{
	out_list_begin(out, "gaps", "gap", "Gaps");
	for (__u32 i = 0; i < audit->nr_gaps; i++)
		out_list_item(out, audit->gaps[i].id, audit->gaps[i].text);
	out_list_end(out);
}
