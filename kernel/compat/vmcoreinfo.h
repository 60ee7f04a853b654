/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vmcoreinfo.h - where the kernel declares VMCOREINFO
 *
 * commit 443cbaf9e2fd ("crash: split vmcoreinfo exporting code out from
 * crash_core.c") (v6.9) moved it from <linux/crash_core.h>.
 */
#ifndef _HVCRASH_COMPAT_VMCOREINFO_H
#define _HVCRASH_COMPAT_VMCOREINFO_H

#ifdef HVCRASH_HAVE_VMCORE_INFO_H
#include <linux/vmcore_info.h>
#else
#include <linux/crash_core.h>
#endif

#endif /* _HVCRASH_COMPAT_VMCOREINFO_H */
