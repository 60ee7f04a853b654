/* SPDX-License-Identifier: GPL-2.0-only */
/* <linux/kthread.h>: the parts that the module uses, for user space */
#ifndef _SHIM_KTHREAD_H
#define _SHIM_KTHREAD_H
/* Defined by the test: runs the thread, lets it wait, or creates none */
void *kthread_run(int (*fn)(void *data), void *data, const char *name);
#endif
