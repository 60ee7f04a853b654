/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * btf_kinds.h - every kind of BTF record, including those newer than the kernel
 *
 * The format is part of the user-space API (Documentation/bpf/btf.rst) and its numbers
 * never change, but <linux/btf.h> of an older kernel lacks the newer ones, and some
 * versions of it do not compile in a module (bpfptr_t, v5.13 to v5.15).
 */
#ifndef _HVCRASH_COMPAT_BTF_KINDS_H
#define _HVCRASH_COMPAT_BTF_KINDS_H

#include <linux/types.h>
#include <uapi/linux/btf.h>

/* The kernel's are enumerators, invisible to the preprocessor: so use our own names */
enum {
	HVCRASH_BTF_FLOAT = 16,	   /* v5.13 */
	HVCRASH_BTF_DECL_TAG = 17, /* v5.16 */
	HVCRASH_BTF_TYPE_TAG = 18, /* v5.17 */
	HVCRASH_BTF_ENUM64 = 19,   /* v6.0 */
};

/* struct btf_enum64 (v6.0): name, and the two halves of the value */
#define HVCRASH_BTF_ENUM64_BYTES (3 * sizeof(__u32))

#endif /* _HVCRASH_COMPAT_BTF_KINDS_H */
