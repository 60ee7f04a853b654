// SPDX-License-Identifier: GPL-2.0-only
/*
 * overlay.c - the hypervisor's pages that cover the guest's (TLFS, "GPA
 * Overlay Pages" and "SIM and SIEF Pages")
 *
 * An overlay's contents belong to the hypervisor: they are zeroed when its VP
 * is reset, stay while the register is off, and move with the register. The
 * guest's page beneath reappears unchanged. If two overlays are at one GPA, the
 * first stays until it is turned off; then the other appears.
 */
#include "core.h"

static const char *const names[OVERLAY_KINDS] = {
	[OVERLAY_SIMP] = "simp",
	[OVERLAY_SIEFP] = "siefp",
	[OVERLAY_SIRBP] = "sirbp",
	[OVERLAY_VP_ASSIST] = "vp_assist",
	[OVERLAY_HYPERCALL] = "hypercall",
	[OVERLAY_REFERENCE_TSC] = "reference_tsc",
};

const char *overlay_name(enum overlay_kind kind)
{
	return names[kind];
}

/* The partition's overlays are the same for every VP. */
struct overlay *overlay_of(u32 vp, enum overlay_kind kind)
{
	if (kind < OVERLAYS_OF_VP)
		return &host.vp[vp].overlay[kind];
	return &host.partition_overlay[kind - OVERLAYS_OF_VP];
}

bool overlays_init(void)
{
	u32 pages = host.vps * OVERLAYS_OF_VP + OVERLAY_KINDS - OVERLAYS_OF_VP;
	u8 *own = platform_alloc((pages + 1) * HV_PAGE);

	if (!own)
		return false;
	own += -(uintptr_t)own % HV_PAGE;
	for (u32 vp = 0; vp < host.vps; vp++)
		for (u32 kind = 0; kind < OVERLAYS_OF_VP;
		     kind++, own += HV_PAGE)
			overlay_of(vp, kind)->own = own;
	for (u32 kind = OVERLAYS_OF_VP; kind < OVERLAY_KINDS;
	     kind++, own += HV_PAGE)
		overlay_of(0, kind)->own = own;
	return true;
}

/* All overlays, in a single numbering */
static struct overlay *overlay_at(u32 n)
{
	if (n < host.vps * OVERLAYS_OF_VP)
		return overlay_of(n / OVERLAYS_OF_VP, n % OVERLAYS_OF_VP);
	n -= host.vps * OVERLAYS_OF_VP;
	return n < OVERLAY_KINDS - OVERLAYS_OF_VP ? &host.partition_overlay[n] :
						    NULL;
}

static void show_at(u64 gpa)
{
	struct overlay *o, *hidden = NULL;

	for (u32 n = 0; (o = overlay_at(n)); n++) {
		if (!o->on || o->gpa != gpa)
			continue;
		if (o->shown)
			return;
		if (!hidden)
			hidden = o;
	}
	if (!hidden)
		return;
	platform_show(gpa, hidden->own);
	hidden->shown = true;
}

static void turn_off(struct overlay *o)
{
	bool shown = o->shown;

	o->on = o->shown = false;
	if (!shown)
		return;
	platform_hide(o->gpa, o->own);
	show_at(o->gpa);
}

static void turn_on(struct overlay *o, u64 gpa)
{
	o->on = true;
	o->gpa = gpa;
	o->kernel = this_kernel();
	show_at(gpa);
}

static bool is_place(const struct option_place *place, u32 vp,
		     enum overlay_kind kind)
{
	return place->set && !place->is_gpa && place->kind == kind &&
	       (kind >= OVERLAYS_OF_VP || place->vp == ALL_VPS ||
		place->vp == vp);
}

/* False: there is no such page. The register is then unchanged. */
bool overlay_write(u32 vp, enum overlay_kind kind, u64 value)
{
	struct overlay *o = overlay_of(vp, kind);
	bool on = value & REGISTER_ON, was_on = o->on;
	u64 gpa = value & ~(HV_PAGE - 1), was_at = o->gpa;

	if (on && !platform_beneath(gpa, HV_PAGE))
		return false;
	if (!on && was_on && is_place(&options.stuck_on, vp, kind)) {
		say("VP %u: %s stays on (injected fault)", vp, names[kind]);
		return true;
	}
	o->value = value;
	if (!on && was_on && is_place(&options.lying_off, vp, kind)) {
		say("VP %u: %s reads off, but its overlay stays (injected fault)",
		    vp, names[kind]);
		return true;
	}
	if (was_on && (!on || gpa != was_at))
		turn_off(o);
	if (on && !o->on)
		turn_on(o, gpa);
	if (was_on && !on) {
		say("VP %u: %s off, was at %#llx", vp, names[kind],
		    (unsigned long long)was_at);
		faults_overlay_off(vp, kind, was_at);
	} else if (on && (!was_on || gpa != was_at)) {
		say("VP %u: %s on at %#llx", vp, names[kind],
		    (unsigned long long)gpa);
	}
	return true;
}

void overlays_reset_vp(u32 vp)
{
	struct overlay *o;

	for (u32 kind = 0; kind < OVERLAYS_OF_VP; kind++) {
		o = overlay_of(vp, kind);
		if (o->on)
			turn_off(o);
		o->value = 0;
		memset(o->own, 0, HV_PAGE);
	}
}

/*
 * Also NULL while another overlay covers it: its contents are then not in guest
 * memory, but in own.
 */
u8 *overlay_contents(u32 vp, enum overlay_kind kind)
{
	struct overlay *o = overlay_of(vp, kind);

	if (!o->on)
		return NULL;
	return o->shown ? platform_guest(o->gpa, HV_PAGE) : o->own;
}

void overlays_snapshot(void)
{
	struct overlay *o;

	host.nr_overlays_at_unload = 0;
	for (u32 n = 0; (o = overlay_at(n)); n++)
		if (o->on)
			host.overlays_at_unload[host.nr_overlays_at_unload++] =
				(struct overlay_place){
					n / OVERLAYS_OF_VP,
					n < host.vps * OVERLAYS_OF_VP ?
						n % OVERLAYS_OF_VP :
						OVERLAYS_OF_VP + n -
							host.vps *
								OVERLAYS_OF_VP,
					o->gpa
				};
}
