/* SPDX-License-Identifier: GPL-2.0-only */
/* <linux/kernel.h>: the parts that the module uses, for user space */
#ifndef _SHIM_KERNEL_H
#define _SHIM_KERNEL_H
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <asm/processor.h>

#define noinline __attribute__((noinline))
#define notrace
#define barrier() __asm__ volatile("" ::: "memory")

enum { SYSTEM_RUNNING, SYSTEM_RESTART };
extern int system_state;

#define USEC_PER_SEC 1000000UL
#define USEC_PER_MSEC 1000UL
#define max(a, b) ((a) > (b) ? (a) : (b))

#define ALIGN(x, a) (((x) + (a)-1) & ~((__typeof__(x))(a)-1))
/* Correct only if the output fits, which it does here */
#define scnprintf(buf, size, ...) snprintf(buf, size, __VA_ARGS__)

static inline int kstrtou64(const char *s, unsigned int base,
			    unsigned long long *ret)
{
	char *end;

	*ret = strtoull(s, &end, base);
	return end == s || *end || *s == '-' || *s == ' ' ? -EINVAL : 0;
}

/* The test sees who prints, and when */
void shim_print(const char *format, ...);
#define pr_emerg(...) shim_print(__VA_ARGS__)
#define pr_err(...) shim_print(__VA_ARGS__)
#define pr_warn(...) shim_print(__VA_ARGS__)
#define pr_info(...) shim_print(__VA_ARGS__)
#define pr_notice(...) shim_print(__VA_ARGS__)
#endif
