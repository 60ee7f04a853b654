/* SPDX-License-Identifier: GPL-2.0-only */
/* <linux/mutex.h>: its name alone, for user space */
#ifndef _SHIM_MUTEX_H
#define _SHIM_MUTEX_H
struct mutex;
#endif
