/* SPDX-License-Identifier: GPL-2.0-only */
/* <linux/string.h>: the parts that the module uses, for user space */
#ifndef _SHIM_STRING_H
#define _SHIM_STRING_H
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* strsep() */
#endif
#include <string.h>
#endif
