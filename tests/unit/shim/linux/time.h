/* SPDX-License-Identifier: GPL-2.0-only */
/* <linux/time.h>: the parts that the module uses, for user space */
#ifndef _SHIM_TIME_H
#define _SHIM_TIME_H
#include <linux/kernel.h>

#define MSEC_PER_SEC 1000L
#endif
