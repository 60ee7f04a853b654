/* SPDX-License-Identifier: GPL-2.0-only */
/* <linux/irqflags.h>: what the module's sources use of it, for user space */
#ifndef _SHIM_IRQFLAGS_H
#define _SHIM_IRQFLAGS_H
#define local_irq_disable() ((void)0)

/* For ever: the test ends here */
void native_halt(void);
#endif
