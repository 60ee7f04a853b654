/* SPDX-License-Identifier: GPL-2.0-only */
/* <linux/delay.h>: the parts that the module uses, for user space */
#ifndef _SHIM_DELAY_H
#define _SHIM_DELAY_H
#include <asm/processor.h>

/* The test's clock goes on by so much */
void udelay(unsigned long us);
#define mdelay(ms) udelay((ms)*1000UL)
#endif
