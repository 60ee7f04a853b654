/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * options.h - the options of the host: options.c has the table
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include "hv.h"

enum option_unload { UNLOAD_AFTER, UNLOAD_BEFORE, UNLOAD_NEVER };

/* Moments at which an NMI can be sent, in the order of a crash */
enum option_moment {
	MOMENT_NONE,
	MOMENT_CRASH_NOTIFY,
	MOMENT_UNLOAD,
	MOMENT_UNLOAD_ANSWER,
	MOMENT_REGISTER_OFF,
	MOMENT_EOM,
};

/* A place: a GPA, or the register of a VP. kind is an enum overlay_kind. */
struct option_place {
	bool set;
	bool is_gpa;
	u64 gpa;
	u32 kind, vp;
};

#define ALL_VPS UINT32_MAX
#define THAT_VP (UINT32_MAX - 1) /* the VP on which the moment occurred */

struct options {
	u64 noise, noise_ms;
	u64 crash_notify, crash_message;
	u64 vp_offset;
	u64 vmbus;
	u64 timers, direct_timers;
	u64 flush_hypercall, ipi_hypercall;
	u64 l1vh, build, apic_hz;
	u64 devices;
	u64 unload, unload_ms, chatter;
	u64 refuse_gpadl;
	u64 fast, answer_ms;
	u64 nmi_at, nmi_vp, nmi_ms;
	u64 subchannels;
	u64 balloon_mib, hot_add, hot_add_at;
	struct option_place stuck_on, lying_off, write_after;
};

extern struct options options;

/*
 * Words of the form "name=value", separated by blanks. Returns NULL, or an
 * error text about the first bad one; the options are then unchanged.
 */
const char *options_set(const char *words, bool running);
void options_default(void);
/* Writes all options as members of a JSON object, through put() */
void options_json(void);
void options_help_json(void);

#endif
