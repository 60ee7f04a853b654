// SPDX-License-Identifier: GPL-2.0-only
/*
 * look.c - a VP's own registers, for the oracle
 *
 * arm64 has no NMI that could bring a VP out of the guest. Instead the VP is
 * frozen for a moment (stage2.c), and woken if it waits for an interrupt: its
 * next access brings it here, where it reports its registers. A VP that waits
 * for the lock in an exit, or is off, does not answer.
 */
#include "arm64.h"

#define LONGEST_LOOK 500000ul /* of 100 ns: QEMU's thread may have to wait */

static struct held {
	struct frame *frame; /* NULL: not in the guest's exit */
	u64 sp, elr, esr, far;
} held[MAX_CPUS];

/* On the VP: waits until it is no longer frozen */
void look_hold(u32 vp, struct frame *frame)
{
	struct held *h = &held[vp];

	h->sp = read_sysreg(sp_el1);
	h->elr = read_sysreg(elr_el1);
	h->esr = read_sysreg(esr_el1);
	h->far = read_sysreg(far_el1);
	__atomic_store_n(&h->frame, frame, __ATOMIC_RELEASE);
	gic_hold(vp);
	__atomic_store_n(&h->frame, NULL, __ATOMIC_RELEASE);
}

static struct frame *frame_of(u32 vp)
{
	return __atomic_load_n(&held[vp].frame, __ATOMIC_ACQUIRE);
}

/*
 * By another CPU, when the VP may continue. Only the host uses this interrupt.
 */
void look_release(u32 vp)
{
	u64 until = platform_time() + LONGEST_LOOK;

	if (!frame_of(vp))
		return;
	gic_kick(vp);
	while (frame_of(vp) && platform_time() < until)
		asm volatile("yield");
	gic_unkick(vp);
}

static void put_register(const char *comma, const char *name, u64 value)
{
	char text[64];

	format_line(text, sizeof(text), "%s\"%s\":\"%#lx\"", comma, name,
		    value);
	for (const char *c = text; *c; c++)
		platform_oracle_put(*c);
}

static void put_registers(u32 vp, const struct frame *frame)
{
	const struct held *h = &held[vp];
	char name[8];

	put_register("", "pc", frame->elr);
	put_register(",", "pstate", frame->spsr);
	put_register(",", "sp", h->sp);
	put_register(",", "elr_el1", h->elr);
	put_register(",", "esr_el1", h->esr);
	put_register(",", "far_el1", h->far);
	for (u32 i = 0; i < ARRAY_SIZE(frame->x); i++) {
		format_line(name, sizeof(name), "x%u", i);
		put_register(",", name, frame->x[i]);
	}
}

void platform_registers_json(u32 vp)
{
	bool was_frozen = stage2_is_frozen(vp);
	u64 until = platform_time() + LONGEST_LOOK;

	if (!was_frozen)
		platform_freeze_vp(vp, true);
	gic_kick(vp);
	while (!frame_of(vp) && platform_time() < until)
		asm volatile("yield");
	if (frame_of(vp))
		put_registers(vp, frame_of(vp));
	gic_unkick(vp);
	if (!was_frozen)
		platform_freeze_vp(vp, false);
}
