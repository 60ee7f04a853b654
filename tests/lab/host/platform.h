/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * platform.h - the lab's Hyper-V: what a back end provides.
 *
 * Called with the lock held, from whatever VP or host CPU is in hv.h's
 * functions. None of these sleeps.
 */
#ifndef PLATFORM_H
#define PLATFORM_H

#include "hv.h"

void platform_lock(void);
void platform_unlock(void);

/* Units of 100 ns since the partition was made. Monotonic, the same on each CPU. */
u64 platform_time(void);

/* Frequency of the guest's TSC (arm64: system counter), in Hz */
u64 platform_tsc_hz(void);

/* The reference TSC page's scale and offset: time = (tsc * scale >> 64) + offset (TLFS 12.7.3) */
void platform_tsc_page(u64 *ret_scale, u64 *ret_offset);

/*
 * What the guest sees at a GPA, as a pointer to the byte; NULL if size bytes
 * from there are not all RAM of the guest in one page. The host's own memory
 * is no RAM of the guest. The pointer is valid until the lock is released.
 */
void *platform_guest(u64 gpa, u32 size);

/* The same of the guest's own page, past whatever overlay is over it */
void *platform_beneath(u64 gpa, u32 size);

/*
 * An overlay: own, a page of ours (4 KiB, aligned), takes the place of the
 * guest's page at gpa, on all VPs, before this returns; hide gives the
 * guest's page back. From show to hide the contents of the overlay are those
 * that platform_guest() finds, and own's again after hide. One overlay at a
 * time at a GPA: overlay.c sees to that.
 */
void platform_show(u64 gpa, u8 *own);
void platform_hide(u64 gpa, u8 *own);

/* An interrupt for a VP: a vector on x86, an INTID on arm64. Edge, fixed. */
void platform_interrupt(u32 vp, u32 vector);

/* An NMI for a VP, from outside; arm64 has none and does nothing */
void platform_nmi(u32 vp);

/* A VP that is to do nothing more, or to go on: a fault to inject */
void platform_freeze_vp(u32 vp, bool frozen);

/* hv_run() is wanted before it is due */
void platform_wake(void);

/* All VPs lose all of their TLB entries before any of them runs on */
void platform_flush_tlb(void);

/* The timer of a VP has changed: the back end reads hv_direct_timer() */
void platform_direct_timer(u32 vp, u32 timer);

/* One character of the oracle's answer */
void platform_oracle_put(char c);

/* One line for the host's log, without its newline */
void platform_log(const char *line);

/*
 * The run is over: "guest ..." where the guest is to blame, "host ..." where
 * this is, or "quit". Does not return on a machine; a unit test returns, and
 * the caller goes on as if the guest had stopped.
 */
void platform_end(const char *why);

/* end.c, for the back ends: platform_end() with a format */
void end_run(const char *format, ...)
	__attribute__((format(printf, 1, 2), noreturn));

/* Memory. Zeroed; NULL if there is none. A guest can ask for much: see heap. */
void *platform_alloc(size_t bytes);
void platform_free(void *at);

/* The hypercall page's code for this processor: at most 64 bytes at page */
void platform_hypercall_code(u8 *page);

/* Snapshots: all VPs out of the guest and held there, or released */
void platform_freeze(bool frozen);

/* Registers of a VP for the oracle, as JSON members without braces, through
 * platform_oracle_put(); "" if it did not answer.
 */
void platform_registers_json(u32 vp);

#endif
