/* SPDX-License-Identifier: GPL-2.0-only */
/* <linux/export.h>: in user space there is nobody to export to */
#ifndef _SHIM_EXPORT_H
#define _SHIM_EXPORT_H
#define EXPORT_SYMBOL_GPL(symbol) _Static_assert(1, "")
#endif
