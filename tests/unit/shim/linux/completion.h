/* SPDX-License-Identifier: GPL-2.0-only */
/* <linux/completion.h>: what the module's sources use of it, for user space */
#ifndef _SHIM_COMPLETION_H
#define _SHIM_COMPLETION_H
struct completion {
	unsigned int done;
};
#endif
