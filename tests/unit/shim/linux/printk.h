/* SPDX-License-Identifier: GPL-2.0-only */
/* <linux/printk.h>: the parts that the module uses, for user space */
#ifndef _SHIM_PRINTK_H
#define _SHIM_PRINTK_H
#include <linux/kernel.h>
#endif
