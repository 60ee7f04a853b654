/* SPDX-License-Identifier: GPL-2.0-only */
/* <linux/hyperv.h>: what the module's sources use of it, for user space */
#ifndef _SHIM_HYPERV_H
#define _SHIM_HYPERV_H
#define VERSION_WIN10_V5 (5U << 16 | 0)
#define HV_HYP_PAGE_SHIFT 12
#endif
