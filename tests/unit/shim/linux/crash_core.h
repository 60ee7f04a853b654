/* SPDX-License-Identifier: GPL-2.0-only */
/* <linux/crash_core.h>: the parts that the module uses, for user space */
#ifndef _SHIM_CRASH_CORE_H
#define _SHIM_CRASH_CORE_H
#include <linux/types.h>

#define VMCOREINFO_NOTE_NAME "VMCOREINFO"
#define VMCOREINFO_NOTE_SIZE 4096

/* The note of the test */
u64 paddr_vmcoreinfo_note(void);
#endif
