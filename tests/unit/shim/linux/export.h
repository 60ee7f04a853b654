/* SPDX-License-Identifier: GPL-2.0-only */
/* <linux/export.h>: in user space nothing is exported */
#ifndef _SHIM_EXPORT_H
#define _SHIM_EXPORT_H
#define EXPORT_SYMBOL_GPL(symbol) _Static_assert(1, "")
#endif
