/* SPDX-License-Identifier: GPL-2.0-only */
/* <linux/kthread.h>: what the module's sources use of it, for user space */
#ifndef _SHIM_KTHREAD_H
#define _SHIM_KTHREAD_H
/* The test's own: runs the thread, or lets it wait, or has none */
void *kthread_run(int (*fn)(void *data), void *data, const char *name);
#endif
