/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * core.h - declarations that the parts of the lab's Hyper-V share
 *
 * One file for each subject, with its own part of struct host. The back end's
 * lock guards all of it, nothing sleeps, and each call does a bounded amount of
 * work: the rest is done in the next hv_run().
 *
 * A guest is not trusted. Everything that it can make the host allocate has a
 * bound below; requests beyond it are refused and counted.
 */
#ifndef CORE_H
#define CORE_H

#include "hv.h"
#include "platform.h"
#include "options.h"
#include "lib/lib.h"

#define HV_SECOND 10000000ull /* in units of platform_time() */
#define HV_MILLISECOND 10000ull
#define HV_NEVER UINT64_MAX

/* Limits of what a guest can make the host hold */
#define MAX_QUEUED 512	 /* messages of a SINT */
#define MAX_ANSWERS 1024 /* delayed messages */
#define MAX_GPADLS 1024
#define MAX_GPADL_PAGES (256 * 1024) /* of all GPADLs together */
#define MAX_CHANNELS 64
#define MAX_BALLOON_RANGES 1024 /* further ranges stay the guest's */
#define MAX_VIOLATIONS_LOGGED 200

#define MESSAGE_BYTES 240

/* Overlays of a VP, then those of the partition */
enum overlay_kind {
	OVERLAY_SIMP,
	OVERLAY_SIEFP,
	OVERLAY_SIRBP,
	OVERLAY_VP_ASSIST,
	OVERLAYS_OF_VP,
	OVERLAY_HYPERCALL = OVERLAYS_OF_VP,
	OVERLAY_REFERENCE_TSC,
	OVERLAY_KINDS,
};

struct overlay {
	u64 value; /* the register's value */
	u64 gpa;   /* its place, if it is on */
	u8 *own;
	bool on;
	bool shown; /* false while another one covers it */
	u32 kernel; /* the kernel that turned it on: the first is 1 */
};

struct queued {
	struct queued *next;
	struct timer *timer; /* the timer whose message this is */
	u32 type, size;
	u8 payload[MESSAGE_BYTES];
};

struct queue {
	struct queued *first, **last;
	u32 length;
};

struct timer {
	u64 config, count;
	u64 due;
	bool armed;
	bool queued; /* its message waits; there is at most one */
};

#define EXIT_WORDS 16

struct vp {
	bool started;
	u64 started_at;
	u64 scontrol;
	u64 sint[HV_SINTS];
	struct overlay overlay[OVERLAYS_OF_VP];
	struct queue queue[HV_SINTS];
	struct timer timer[HV_TIMERS];
	u64 register_exits, hypercalls, exits;
	u64 overlay_exits; /* of register_exits, those of its overlays */
	struct {
		const char *why;
		u64 count;
	} exit[EXIT_WORDS];
};

struct overlay_place {
	u32 vp;
	enum overlay_kind kind;
	u64 gpa;
};

struct host {
	u32 vps;
	struct vp *vp;
	struct overlay partition_overlay[OVERLAY_KINDS - OVERLAYS_OF_VP];
	u32 caller; /* the VP that makes the current hypercall */
	u64 guest_os_id;
	u32 kernels; /* that have identified themselves so far */
	u64 crash[5], crash_ctl, crashes;
	u64 reenlightenment, tsc_emulation_control, tsc_emulation_status;
	u64 messages_dropped, events_dropped, violations;
	struct overlay_place *overlays_at_unload;
	u32 nr_overlays_at_unload;
};

extern struct host host;

/* host.c */
#define REGISTER_ON 1ull

void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The guest broke a rule: counts it and logs it in one line. */
void violation(const char *format, ...) __attribute__((format(printf, 1, 2)));
/*
 * The number of the running kernel, among those that have identified themselves
 * so far. Linux turns the reference TSC page and the first VP's assist page on
 * before it identifies itself (ms_hyperv_init_platform(), hyperv_init()), after
 * the previous kernel has turned its own off (hyperv_cleanup()).
 */
u32 this_kernel(void);
struct vp *vp_of_index(u32 index); /* by the guest's numbers; NULL: none */
u32 vp_number(const struct vp *vp);

static inline u32 get16(const u8 *at)
{
	return (u32)at[0] | (u32)at[1] << 8;
}

static inline u32 get32(const u8 *at)
{
	return get16(at) | get16(at + 2) << 16;
}

static inline u64 get64(const u8 *at)
{
	return get32(at) | (u64)get32(at + 4) << 32;
}

static inline void put32(u8 *at, u32 value)
{
	for (int i = 0; i < 4; i++)
		at[i] = (u8)(value >> 8 * i);
}

static inline void put64(u8 *at, u64 value)
{
	put32(at, (u32)value);
	put32(at + 4, (u32)(value >> 32));
}

static inline u64 earlier(u64 a, u64 b)
{
	return a < b ? a : b;
}

/* guest.c: copies between the host and what the guest sees, across pages */
bool guest_read(u64 gpa, void *to, u32 bytes);
bool guest_write(u64 gpa, const void *from, u32 bytes);

/* overlay.c */
const char *overlay_name(enum overlay_kind kind);
struct overlay *overlay_of(u32 vp, enum overlay_kind kind);
bool overlays_init(void);
bool overlay_write(u32 vp, enum overlay_kind kind, u64 value);
void overlays_reset_vp(u32 vp);
/* The contents of a VP's own overlay that is on; NULL if it is off */
u8 *overlay_contents(u32 vp, enum overlay_kind kind);
void overlays_snapshot(void);

/* synic.c */
void synic_reset_vp(struct vp *vp);
bool synic_post(struct vp *vp, u32 sint, u32 type, const void *payload,
		u32 bytes, struct timer *timer);
void synic_signal(struct vp *vp, u32 sint, u32 flag);
void synic_scan(struct vp *vp);
bool synic_write_sint(struct vp *vp, u32 sint, u64 value);

/* timers.c */
bool timer_read(struct vp *vp, enum hv_register reg, u64 *ret_value);
bool timer_write(struct vp *vp, enum hv_register reg, u64 value);
void timers_reset_vp(struct vp *vp);
u64 timers_run(u64 now);

/* faults.c: injected misbehaviour of the host */
void faults_init(void);
void faults_rearm(void);
void faults_event(enum option_moment moment, u32 vp);
void faults_overlay_off(u32 vp, enum overlay_kind kind, u64 gpa);
void faults_all_let_go(void);
u64 faults_run(u64 now);

/* oracle.c, oracle_state.c */
void oracle_state(void);
void put(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
