/* SPDX-License-Identifier: GPL-2.0-only */
/* <linux/string.h>: what the module's sources use of it, for user space */
#ifndef _SHIM_STRING_H
#define _SHIM_STRING_H
#include <string.h>
#endif
