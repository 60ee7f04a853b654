// SPDX-License-Identifier: GPL-2.0-only
/*
 * timers.c - synthetic timers (TLFS, "Synthetic Timers")
 *
 * A timer in message mode fires in hv_run(). The back end implements one in
 * direct mode with the VP's own hardware timer, since its interrupt has to
 * arrive without an exit.
 */
#include "core.h"

#define TIMER_ON 1ull
#define TIMER_PERIODIC 2ull
#define TIMER_AUTO 8ull
#define TIMER_DIRECT (1ull << 12)
#define TIMER_VECTOR(config) ((u8)((config) >> 4))
#define TIMER_SINT(config) ((u32)((config) >> 16 & 15))

#define MESSAGE_TIMER_EXPIRED 0x80000010u

/* The shortest period, so that a guest cannot keep the host busy. */
#define SHORTEST_PERIOD 1000

static bool is_direct(const struct timer *t)
{
	return options.direct_timers && (t->config & TIMER_DIRECT);
}

static void changed(struct vp *vp, struct timer *t, bool was_direct)
{
	t->armed = (t->config & TIMER_ON) && t->count;
	if (t->armed)
		t->due = t->config & TIMER_PERIODIC ?
				 platform_time() + t->count :
				 t->count;
	if (was_direct || is_direct(t))
		platform_direct_timer(vp_number(vp), (u32)(t - vp->timer));
	if (t->armed && !is_direct(t))
		platform_wake();
}

bool timer_read(struct vp *vp, enum hv_register reg, u64 *ret_value)
{
	if (!options.timers)
		return false;
	*ret_value = reg >= HV_REG_TIMER_COUNT ?
			     vp->timer[reg - HV_REG_TIMER_COUNT].count :
			     vp->timer[reg - HV_REG_TIMER_CONFIG].config;
	return true;
}

bool timer_write(struct vp *vp, enum hv_register reg, u64 value)
{
	struct timer *t;
	bool was_direct;

	if (!options.timers)
		return false;
	if (reg >= HV_REG_TIMER_COUNT) {
		t = &vp->timer[reg - HV_REG_TIMER_COUNT];
		was_direct = is_direct(t);
		t->count = value;
		if (!value)
			t->config &= ~TIMER_ON;
		else if (t->config & TIMER_AUTO)
			t->config |= TIMER_ON;
	} else {
		t = &vp->timer[reg - HV_REG_TIMER_CONFIG];
		was_direct = is_direct(t);
		t->config = value;
		/* SINT 0 is invalid (TLFS, "Synthetic Timer Configuration") */
		if (!is_direct(t) && !TIMER_SINT(value))
			t->config &= ~TIMER_ON;
	}
	changed(vp, t, was_direct);
	return true;
}

void timers_reset_vp(struct vp *vp)
{
	bool was_direct;

	for (u32 i = 0; i < HV_TIMERS; i++) {
		was_direct = is_direct(&vp->timer[i]);
		vp->timer[i].config = vp->timer[i].count = 0;
		changed(vp, &vp->timer[i], was_direct);
	}
}

/* The next expiry of a timer that has fired. Missed ticks are lost. */
static void go_on(struct timer *t, u64 now)
{
	u64 period = t->count > SHORTEST_PERIOD ? t->count : SHORTEST_PERIOD;

	if (t->config & TIMER_PERIODIC) {
		t->due += period;
		if (t->due <= now)
			t->due = now + period;
		return;
	}
	t->armed = false;
	t->config &= ~TIMER_ON;
}

static void go_off(struct vp *vp, struct timer *t, u64 now)
{
	u8 payload[24] = { 0 };

	put32(payload, (u32)(t - vp->timer));
	put64(payload + 8, t->due);
	put64(payload + 16, now);
	go_on(t, now);
	if (!t->queued)
		synic_post(vp, TIMER_SINT(t->config), MESSAGE_TIMER_EXPIRED,
			   payload, sizeof(payload), t);
}

u64 timers_run(u64 now)
{
	u64 next = HV_NEVER;
	struct timer *t;

	for (struct vp *vp = host.vp; vp < host.vp + host.vps; vp++)
		for (t = vp->timer; t < vp->timer + HV_TIMERS; t++) {
			if (!t->armed || is_direct(t))
				continue;
			if (t->due <= now)
				go_off(vp, t, now);
			if (t->armed)
				next = earlier(next, t->due);
		}
	return next;
}

bool hv_direct_timer(u32 vp, u32 timer, u8 *ret_vector, u64 *ret_due,
		     u64 *ret_period)
{
	struct timer *t = &host.vp[vp].timer[timer];

	if (!t->armed || !is_direct(t))
		return false;
	*ret_vector = TIMER_VECTOR(t->config);
	*ret_due = t->due;
	*ret_period = t->config & TIMER_PERIODIC ? t->count : 0;
	return true;
}

void hv_direct_timer_fired(u32 vp, u32 timer)
{
	struct timer *t = &host.vp[vp].timer[timer];

	if (t->armed && is_direct(t))
		go_on(t, platform_time());
}
