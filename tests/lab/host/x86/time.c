// SPDX-License-Identifier: GPL-2.0-only
/* time.c - the TSC's frequency, reference time, timers in direct mode */
#include "x86.h"

#define PM_TIMER 0x608
#define PM_TIMER_HZ 3579545ull
#define PM_TIMER_MASK 0xffffffu

#define LVT_MASKED (1u << 16)
#define LVT_PERIODIC (1u << 17)
#define DIVIDE_BY_1 0xbu
#define DIVIDE_BY_128 0xau

static u64 tsc_hz, tsc_scale, tsc_at_start;

/*
 * Reads the TSC and the ACPI timer at one moment: of many pairs, takes the one
 * that was read fastest, because an emulator may pause between any two reads.
 */
static u64 sample(u32 *ret_pm)
{
	u64 before, after, shortest = UINT64_MAX, at = 0;
	u32 pm;

	for (u32 i = 0; i < 30; i++) {
		before = rdtsc();
		pm = inl(PM_TIMER);
		after = rdtsc();
		if (after - before >= shortest)
			continue;
		shortest = after - before;
		at = before + shortest / 2;
		*ret_pm = pm;
	}
	return at;
}

/* 2^64 * a / b, for a < b */
static u64 fraction(u64 a, u64 b)
{
	u64 quotient, rest;

	asm("divq %4" : "=a"(quotient), "=d"(rest) : "a"(0ull), "d"(a), "r"(b));
	return quotient;
}

void time_init(void)
{
	u32 from = 0, to = 0, now, reads = 0;
	u64 begin = sample(&from), end;

	do
		now = inl(PM_TIMER);
	while (((now - from) & PM_TIMER_MASK) < PM_TIMER_HZ / 10 &&
	       reads++ < 10000000);
	end = sample(&to);
	to = (to - from) & PM_TIMER_MASK;
	tsc_hz = to ? (end - begin) * PM_TIMER_HZ / to : 0;
	if (tsc_hz <= 10000000) {
		tsc_hz = 1000000000;
		end_run("host: no ACPI timer at port %#x", PM_TIMER);
	}
	tsc_scale = fraction(10000000, tsc_hz);
	tsc_at_start = begin;
}

u64 platform_time(void)
{
	return (unsigned __int128)(rdtsc() - tsc_at_start) * tsc_scale >> 64;
}

u64 platform_tsc_hz(void)
{
	return tsc_hz;
}

void platform_tsc_page(u64 *ret_scale, u64 *ret_offset)
{
	*ret_scale = tsc_scale;
	*ret_offset = -(u64)((unsigned __int128)tsc_at_start * tsc_scale >> 64);
}

/* QEMU's APIC counts nanoseconds, and the guest is told the same. */
static void start_timer(u32 lvt, u64 ns)
{
	u32 divide = DIVIDE_BY_1;

	if (ns > UINT32_MAX) {
		divide = DIVIDE_BY_128;
		ns = ns / 128 > UINT32_MAX ? UINT32_MAX : ns / 128;
	}
	apic_write(APIC_LVT_TIMER, lvt);
	apic_write(APIC_TIMER_DIVIDE, divide);
	apic_write(APIC_TIMER_COUNT, ns ? (u32)ns : 1);
}

/*
 * The direct timer keeps the APIC's timer until its guest turns it off, even if
 * it may have fired: an interrupt arrives when QEMU gets to it, which on a busy
 * machine is well after its time, and a guest that could mask the APIC's timer
 * in between (Linux does, when it finds both) would wait forever.
 *
 * Direct timer 0, the one that guests use, is the VP's own APIC timer: its
 * interrupt arrives without an exit. Its range is limited; a timer that fires
 * too early, after nine minutes, is set again by its guest. On the VP's CPU.
 */
void timer_program(struct vp_cpu *v)
{
	u64 due, period, now = platform_time();
	u8 vector;

	v->timer_changed = false;
	if (!hv_direct_timer(v->number, 0, &vector, &due, &period)) {
		if (v->timer_ours)
			start_timer(LVT_MASKED, 0);
		v->timer_ours = false;
		return;
	}
	v->timer_ours = true;
	if (period)
		start_timer(LVT_PERIODIC | vector, period * 100);
	else
		start_timer(vector, due > now ? (due - now) * 100 : 1);
}

/*
 * A VP comes up again: a timer that fired before stays silent. For one that the
 * APIC served, the host only knows its time.
 */
void timer_restart(struct vp_cpu *v)
{
	u64 due, period;
	u8 vector;

	if (hv_direct_timer(v->number, 0, &vector, &due, &period) && !period &&
	    due <= platform_time())
		hv_direct_timer_fired(v->number, 0);
	v->timer_changed = true;
}

/* The host's CPU serves a VP's other three. */
static bool others_armed;

void platform_direct_timer(u32 vp, u32 timer)
{
	if (timer) {
		others_armed = true;
		platform_wake();
		return;
	}
	if (vp == this_cpu()) {
		timer_program(&vp_cpus[vp]);
		return;
	}
	vp_cpus[vp].timer_changed = true;
	kick(&vp_cpus[vp]);
}

u64 timers_by_host(u64 now)
{
	u64 due, period, next = UINT64_MAX;
	u8 vector;

	if (!others_armed)
		return next;
	others_armed = false;
	for (u32 i = 0; i < vps * (HV_TIMERS - 1); i++) {
		u32 vp = i / (HV_TIMERS - 1), n = 1 + i % (HV_TIMERS - 1);

		if (!hv_direct_timer(vp, n, &vector, &due, &period))
			continue;
		others_armed = true;
		if (due <= now) {
			platform_interrupt(vp, vector);
			hv_direct_timer_fired(vp, n);
			due = now + (period ? period : 1);
		}
		if (due < next)
			next = due;
	}
	return next;
}
