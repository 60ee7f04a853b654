/* SPDX-License-Identifier: GPL-2.0-only */
/* <linux/thread_info.h>: what the module's sources use of it, for user space */
#ifndef _SHIM_THREAD_INFO_H
#define _SHIM_THREAD_INFO_H
#define THREAD_SIZE 16384
#endif
