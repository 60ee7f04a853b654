/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * btf.h - finds the offset of a struct member in the running kernel's BTF
 */
#ifndef _HVCRASH_BTF_H
#define _HVCRASH_BTF_H

#include <linux/types.h>

/**
 * struct hvcrash_btf - type information that was checked from end to end
 * @base: the kernel's BTF, if this is a module's; or NULL
 * @types: type section
 * @types_bytes: size of @types
 * @nr_types: number of types in @types
 * @first_id: type id of the first one
 * @strings: string section, which ends in a NUL
 * @strings_bytes: size of @strings
 * @first_string: string offset of its first byte
 */
struct hvcrash_btf {
	const struct hvcrash_btf *base;
	const u8 *types;
	u32 types_bytes;
	u32 nr_types;
	u32 first_id;
	const char *strings;
	u32 strings_bytes;
	u32 first_string;
};

/**
 * struct hvcrash_btf_struct - a struct that was found
 * @btf: the BTF that describes it
 * @members: first struct btf_member
 * @nr_members: number of members
 * @is_packed_offset: offsets share their word with the size of a bit field
 * @bytes: size of the struct
 */
struct hvcrash_btf_struct {
	const struct hvcrash_btf *btf;
	const u8 *members;
	u32 nr_members;
	bool is_packed_offset;
	u32 bytes;
};

int hvcrash_btf_open(struct hvcrash_btf *btf, const void *data, size_t bytes,
		     const struct hvcrash_btf *base);
int hvcrash_btf_find_struct(const struct hvcrash_btf *btf, const char *name,
			    struct hvcrash_btf_struct *ret);
int hvcrash_btf_member(const struct hvcrash_btf_struct *s, const char *name,
		       u32 bytes, u32 *ret_offset);

#endif /* _HVCRASH_BTF_H */
