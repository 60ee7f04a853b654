/* SPDX-License-Identifier: GPL-2.0-only */
/* <linux/thread_info.h>: the parts that the module uses, for user space */
#ifndef _SHIM_THREAD_INFO_H
#define _SHIM_THREAD_INFO_H
#define THREAD_SIZE 16384
#endif
