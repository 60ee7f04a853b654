/* SPDX-License-Identifier: GPL-2.0-only */
/* <linux/kexec.h>: the parts that the module uses, for user space */
#ifndef _SHIM_KEXEC_H
#define _SHIM_KEXEC_H
#include <linux/types.h>

bool kexec_crash_loaded(void);
#endif
