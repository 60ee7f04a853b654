/* SPDX-License-Identifier: GPL-2.0-only */
/* uapi/linux/btf.h - the same file by the name that kernel code has for it */
#include <linux/btf.h>
