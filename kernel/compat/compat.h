/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * compat.h - everything that differs between kernels
 *
 * No other file of the module tests a version or a feature. The newest kernel
 * is the straight-line case. Kbuild defines HVCRASH_HAVE_* for what it finds in the
 * target's headers: distributions backport, so probing a feature comes before comparing
 * version numbers.
 */
#ifndef _HVCRASH_COMPAT_H
#define _HVCRASH_COMPAT_H

#ifdef CONFIG_X86_64
#include <asm/hypervisor.h>
#include <asm/msr.h>
#endif
#include <asm/mshyperv.h>

#ifdef CONFIG_X86_32
#error "hvcrash: 32-bit x86 is not supported: build it for a 64-bit kernel"
#elif !defined(CONFIG_X86_64) && !defined(CONFIG_ARM64)
#error "hvcrash: this architecture has no back end for the crash path"
#endif
#ifndef __LITTLE_ENDIAN
#error "hvcrash: the registry's format is little-endian"
#endif

/*
 * commit 26ba7353caaa ("x86/smp: Add smp_ops.stop_this_cpu() callback") (v6.11):
 * the crash NMI ends in it. Kbuild uses stop_x86_hook.c if it exists, and
 * stop_x86_nmi.c otherwise.
 */

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

/* arm64 knows only this hypervisor, and has a test for it */
#ifdef CONFIG_X86_64
#define hvcrash_is_hyperv_guest() hypervisor_is_type(X86_HYPER_MS_HYPERV)
#else
#define hvcrash_is_hyperv_guest() hv_is_hyperv_initialized()
#endif

/*
 * A variable from v5.12 on, in x86's own header before v5.15, and a function since
 * hv_curr_partition_type took its place (v6.15). A kernel without it cannot be a
 * root partition.
 */
#if defined(HVCRASH_HAVE_PARENT_PARTITION)
#define hvcrash_is_parent_partition() hv_parent_partition()
#elif defined(HVCRASH_HAVE_ROOT_PARTITION_FN)
#define hvcrash_is_parent_partition() hv_root_partition()
#elif defined(HVCRASH_HAVE_ROOT_PARTITION)
#define hvcrash_is_parent_partition() (hv_root_partition)
#else
#define hvcrash_is_parent_partition() false
#endif

/* The virtual trust level that this kernel runs at, available since v6.7 */
#ifdef HVCRASH_HAVE_VTL
#define hvcrash_vtl() (ms_hyperv.vtl)
#else
#define hvcrash_vtl() 0
#endif

/* v5.12; a kernel without it runs in no isolated partition */
#ifdef HVCRASH_HAVE_ISOLATION
#define hvcrash_is_isolated() hv_is_isolation_supported()
#else
#define hvcrash_is_isolated() false
#endif

/* The upper half of the partition's privileges, available since v5.13 */
#ifdef HVCRASH_HAVE_PRIV_HIGH
#define hvcrash_privileges_high() (ms_hyperv.priv_high)
#else
#define hvcrash_privileges_high() 0
#endif

/* A struct since v5.16, which also says how its pages are shared */
#ifdef HVCRASH_HAVE_VMBUS_GPADL
#define hvcrash_ring_gpadl(channel) \
	READ_ONCE((channel)->ringbuffer_gpadlhandle.gpadl_handle)
#else
#define hvcrash_ring_gpadl(channel) READ_ONCE((channel)->ringbuffer_gpadlhandle)

/* Drivers have only a handle, which is smaller: their buffers are not found */
struct vmbus_gpadl {
	u32 gpadl_handle;
	u32 size;
	void *buffer;
	bool decrypted;
};
#endif

/* Modules keep pointers to their tracepoints, or offsets since v4.20 */
#ifdef HVCRASH_HAVE_TRACEPOINT_PTR
#define hvcrash_tracepoint_of(p) tracepoint_ptr_deref(p)
#else
#define hvcrash_tracepoint_of(p) (*(p))
#endif

/* commit f17f3a7d03db ("sysfs: finalize the constification of 'struct bin_attribute'") (v6.18) */
#ifdef HVCRASH_HAVE_CONST_BIN_ATTR
#define hvcrash_bin_attribute const struct bin_attribute
#else
#define hvcrash_bin_attribute struct bin_attribute
#endif

/*
 * hyperv_cleanup() (arch/x86/hyperv/hv_init.c) makes hypercalls fail before it
 * disables their page. If they go through a static call (v6.18) it cannot: it only
 * warns that none should happen any more, and the variable is not exported.
 */
#ifdef HVCRASH_HAVE_HYPERCALL_STATIC_CALL
#define hvcrash_fail_hypercalls() \
	do {                      \
	} while (0)
#else
#define hvcrash_fail_hypercalls() (hv_hypercall_pg = NULL)
#endif

void *hvcrash_compat_lookup(const char *name);

/* x86/hyperv keeps hv_list_enc, and this clears it (v6.18; arch/x86/hyperv/ivm.c) */
#define hvcrash_kernel_hides_pages() \
	(!!hvcrash_compat_lookup("hv_vtom_kexec_finish"))

void *hvcrash_compat_lookup_callable(const char *name);

#endif /* _HVCRASH_COMPAT_H */
