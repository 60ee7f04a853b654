// SPDX-License-Identifier: GPL-2.0-only
/*
 * faults.c - misbehaviour of the host, injected at a requested moment
 *
 * NMIs, and writes into pages that no longer belong to the host. The other
 * faults are in the code whose behaviour they change: search for "options.".
 */
#include "core.h"

/* How often to write into a page that no longer belongs to the host */
#define WRITE_EVERY (20 * HV_MILLISECOND)

static struct {
	u64 nmi_due; /* 0: none */
	u32 nmi_vp;  /* the VP on which the moment occurred */
	bool nmi_sent;
	u64 write_gpa;
	bool write;
	u64 write_due, written;
} faults;

void faults_init(void)
{
	memset(&faults, 0, sizeof(faults));
}

/* A moment that is requested again occurs once more. */
void faults_rearm(void)
{
	faults.nmi_sent = false;
}

static void send_nmi(void)
{
	faults.nmi_due = 0;
	faults.nmi_sent = true;
	for (u32 vp = 0; vp < host.vps; vp++)
		if (options.nmi_vp == ALL_VPS || options.nmi_vp == vp ||
		    (options.nmi_vp == THAT_VP && faults.nmi_vp == vp)) {
			say("NMI to VP %u", vp);
			platform_nmi(vp);
		}
}

void faults_event(enum option_moment moment, u32 vp)
{
	if (options.nmi_at != moment || faults.nmi_sent || faults.nmi_due)
		return;
	/*
	 * Only registers turned off on the way out of the kernel count, not
	 * during boot
	 */
	if (moment == MOMENT_REGISTER_OFF && !host.crashes)
		return;
	faults.nmi_vp = vp;
	if (!options.nmi_ms) {
		send_nmi();
		return;
	}
	faults.nmi_due = platform_time() + options.nmi_ms * HV_MILLISECOND;
	platform_wake();
}

static void write_from_now(u64 gpa)
{
	faults.write = true;
	faults.write_gpa = gpa;
	faults.write_due = platform_time() + WRITE_EVERY;
	say("writes to %#llx from now on", (unsigned long long)gpa);
	platform_wake();
}

void faults_overlay_off(u32 vp, enum overlay_kind kind, u64 gpa)
{
	const struct option_place *place = &options.write_after;

	if (place->set && !place->is_gpa && place->kind == kind &&
	    (place->vp == ALL_VPS || place->vp == vp))
		write_from_now(gpa + HV_PAGE - sizeof(u64));
}

void faults_all_let_go(void)
{
	if (options.write_after.set && options.write_after.is_gpa)
		write_from_now(options.write_after.gpa & ~7ull);
}

u64 faults_run(u64 now)
{
	u64 *at, next = HV_NEVER;

	if (faults.nmi_due && faults.nmi_due <= now)
		send_nmi();
	if (faults.nmi_due)
		next = faults.nmi_due;
	if (!faults.write || !options.write_after.set)
		return next;
	if (faults.write_due <= now) {
		at = platform_beneath(faults.write_gpa, sizeof(*at));
		if (at)
			*(volatile u64 *)at = ++faults.written;
		faults.write_due = now + WRITE_EVERY;
	}
	return earlier(next, faults.write_due);
}
