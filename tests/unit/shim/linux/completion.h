/* SPDX-License-Identifier: GPL-2.0-only */
/* <linux/completion.h>: the parts that the module uses, for user space */
#ifndef _SHIM_COMPLETION_H
#define _SHIM_COMPLETION_H
struct completion {
	unsigned int done;
};
#endif
