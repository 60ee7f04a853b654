/* SPDX-License-Identifier: GPL-2.0-only */
/* <linux/errno.h>: the parts that the module uses, for user space */
#ifndef _SHIM_ERRNO_H
#define _SHIM_ERRNO_H
#include_next <linux/errno.h>
#endif
