/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * compat.h - everything that differs between kernels
 *
 * No other file of the module tests a version or a feature. The newest kernel
 * is the straight-line case. What Kbuild finds in the target's headers arrives
 * as HVCRASH_HAVE_*: distributions backport, so features are probed first and
 * version numbers come last.
 */
#ifndef _HVCRASH_COMPAT_H
#define _HVCRASH_COMPAT_H

#include <linux/version.h>
#include <asm/msr.h>
#include <asm/mshyperv.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 1, 0)
#error "hvcrash needs Linux 6.1 or later"
#endif
#ifndef CONFIG_X86_64
#error "hvcrash: this architecture has no back end for the crash path yet"
#endif
#ifndef __LITTLE_ENDIAN
#error "hvcrash: the registry's format is little-endian"
#endif

/*
 * commit 26ba7353caaa ("x86/smp: Add smp_ops.stop_this_cpu() callback") (v6.11):
 * the crash NMI ends in it. Without it the CPUs need an NMI of our own.
 */
#ifndef HVCRASH_HAVE_STOP_THIS_CPU
#error "hvcrash: this kernel has no smp_ops.stop_this_cpu, which hvcrash needs"
#endif

/*
 * commit 6fe22abacd40 ("x86/msr: Rename 'rdmsrl_safe()' to 'rdmsrq_safe()'") and
 * 6fa17efe4544 for the write (v6.16)
 */
#ifdef HVCRASH_HAVE_RDMSRQ
#define hvcrash_rdmsr_safe(msr, p) rdmsrq_safe(msr, p)
#define hvcrash_wrmsr_safe(msr, v) wrmsrq_safe(msr, v)
#else
#define hvcrash_rdmsr_safe(msr, p) rdmsrl_safe(msr, p)
#define hvcrash_wrmsr_safe(msr, v) wrmsrl_safe(msr, v)
#endif

void *hvcrash_compat_lookup(const char *name);
bool hvcrash_compat_is_callable(const void *fn);

#endif /* _HVCRASH_COMPAT_H */
