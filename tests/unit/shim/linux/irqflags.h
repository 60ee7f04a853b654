/* SPDX-License-Identifier: GPL-2.0-only */
/* <linux/irqflags.h>: the parts that the module uses, for user space */
#ifndef _SHIM_IRQFLAGS_H
#define _SHIM_IRQFLAGS_H
#define local_irq_disable() ((void)0)

/* Forever: the test ends here */
void native_halt(void);
#endif
