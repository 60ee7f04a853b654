/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * platform.h - the lab's Hyper-V: the functions that a back end provides.
 *
 * Called with the lock held, on the VP or host CPU that executes hv.h's
 * functions. None of these sleeps.
 */
#ifndef PLATFORM_H
#define PLATFORM_H

#include "hv.h"

void platform_lock(void);
void platform_unlock(void);

/*
 * Units of 100 ns since the partition was made. Monotonic, the same on every
 * CPU.
 */
u64 platform_time(void);

/* Frequency of the guest's TSC (arm64: system counter), in Hz */
u64 platform_tsc_hz(void);

/*
 * The reference TSC page's scale and offset: time = (tsc * scale >> 64) +
 * offset (TLFS 12.7.3)
 */
void platform_tsc_page(u64 *ret_scale, u64 *ret_offset);

/*
 * The memory that the guest sees at a GPA; NULL unless size bytes
 * from there are all RAM of the guest in one page. The host's own memory
 * is not RAM of the guest. The pointer is valid until the lock is released.
 */
void *platform_guest(u64 gpa, u32 size);

/* The same for the guest's own page, beneath any overlay */
void *platform_beneath(u64 gpa, u32 size);

/*
 * An overlay: own, a page of the host (4 KiB, aligned), replaces the guest's
 * page at gpa, on all VPs, before this returns; hide restores the guest's page.
 * From show to hide platform_guest() finds the contents of the overlay, and
 * after hide own has them again. overlay.c makes sure that there is only one
 * overlay at a GPA at a time.
 */
void platform_show(u64 gpa, u8 *own);
void platform_hide(u64 gpa, u8 *own);

/*
 * Sends an interrupt to a VP: a vector on x86, an INTID on arm64. Edge, fixed.
 */
void platform_interrupt(u32 vp, u32 vector);

/* Sends an external NMI to a VP; arm64 has none and does nothing */
void platform_nmi(u32 vp);

/* Stops a VP, or lets it continue: a fault to inject */
void platform_freeze_vp(u32 vp, bool frozen);

/* Requests that hv_run() be called before it is due */
void platform_wake(void);

/* Flushes all TLB entries of all VPs before any of them continues */
void platform_flush_tlb(void);

/* A VP's timer has changed: the back end calls hv_direct_timer() */
void platform_direct_timer(u32 vp, u32 timer);

/* One character of the oracle's answer */
void platform_oracle_put(char c);

/* One line for the host's log, without its newline */
void platform_log(const char *line);

/*
 * Ends the run: "guest ..." if the guest is to blame, "host ..." if the host
 * is, or "quit". Does not return on a machine; in a unit test it returns, and
 * the caller continues as if the guest had stopped.
 */
void platform_end(const char *why);

/* end.c, for the back ends: platform_end() with a format */
void end_run(const char *format, ...)
	__attribute__((format(printf, 1, 2), noreturn));

/*
 * Zeroed memory; NULL if there is none. A guest can cause many allocations: see
 * heap.c.
 */
void *platform_alloc(size_t bytes);
void platform_free(void *at);

/*
 * The hypercall page's code for this processor: writes at most 64 bytes at page
 */
void platform_hypercall_code(u8 *page);

/*
 * For snapshots: takes all VPs out of the guest and holds them, or lets them
 * continue
 */
void platform_freeze(bool frozen);

/* Registers of a VP for the oracle, as JSON members without braces, through
 * platform_oracle_put(); "" if it did not answer.
 */
void platform_registers_json(u32 vp);

#endif
