/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stop_x86.h - [NMI] how the other CPUs are stopped so that they park
 *
 * Two ways, of which one is compiled: stop_x86_hook.c if the kernel's crash NMI ends in
 * smp_ops.stop_this_cpu, else stop_x86_nmi.c with an NMI of our own.
 */
#ifndef _HVCRASH_STOP_X86_H
#define _HVCRASH_STOP_X86_H

int hvcrash_stop_init(void);
void hvcrash_stop_deinit(void);
void hvcrash_stop_others(void (*kernel_stop)(void));
void hvcrash_stop_done(void (*kernel_stop)(void));

#endif /* _HVCRASH_STOP_X86_H */
