/* SPDX-License-Identifier: GPL-2.0-only */
/* <linux/uaccess.h>: the parts that the module uses, for user space */
#ifndef _SHIM_UACCESS_H
#define _SHIM_UACCESS_H
#include <errno.h>
#include <string.h>

/* A read from here faults. Any other that should ends the test, by ASan. */
__attribute__((weak)) const void *shim_unreadable;

static inline long copy_from_kernel_nofault(void *to, const void *from,
					    size_t bytes)
{
	if (from == shim_unreadable)
		return -EFAULT;
	memcpy(to, from, bytes);
	return 0;
}
#endif
