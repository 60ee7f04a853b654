/* SPDX-License-Identifier: GPL-2.0-only */
/* <linux/ioport.h>: the parts that the module uses, for user space */
#ifndef _SHIM_IOPORT_H
#define _SHIM_IOPORT_H
#include <linux/types.h>

/* The test's own */
int page_is_ram(unsigned long pfn);
#endif
