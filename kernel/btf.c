// SPDX-License-Identifier: GPL-2.0-only
/*
 * btf.c - finds the offset of a struct member in the running kernel's BTF
 *
 * Reads BTF (Documentation/bpf/btf.rst), the kernel's or that of a module based on
 * it, from a buffer. Called in process context, when VMBus is present or comes up;
 * also builds in user space (tests/unit).
 *
 * Invariant: nothing outside the buffer is read, and every walk ends, whatever
 * the buffer holds: hvcrash_btf_open() checks each record once, and a chain of
 * types is followed for at most MAX_CHAIN steps. Reading stops at an unknown type,
 * since its length is unknown too.
 *
 * The kernel has a reader of its own, but exports none of it to modules.
 *
 * Leaves out: everything but the offsets and sizes of named members.
 */
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/string.h>
#include "btf.h"
#include "compat/btf_kinds.h"

/* The oldest header, up to the length of the strings; newer ones append */
#define HEADER_BYTES (offsetof(struct btf_header, str_len) + sizeof(u32))

/* Typedefs, qualifiers and array dimensions around one type */
#define MAX_CHAIN 32

#define POINTER_BYTES 8

static u32 kind_of(const struct btf_type *t)
{
	return BTF_INFO_KIND(t->info);
}

/* Bytes that follow a struct btf_type, or -EINVAL */
static s64 tail_bytes(const struct btf_type *t)
{
	u64 vlen = BTF_INFO_VLEN(t->info);

	switch (kind_of(t)) {
	case BTF_KIND_PTR:
	case BTF_KIND_FWD:
	case BTF_KIND_TYPEDEF:
	case BTF_KIND_VOLATILE:
	case BTF_KIND_CONST:
	case BTF_KIND_RESTRICT:
	case BTF_KIND_FUNC:
	case HVCRASH_BTF_FLOAT:
	case HVCRASH_BTF_TYPE_TAG:
		return 0;
	case BTF_KIND_INT:
	case BTF_KIND_VAR:
	case HVCRASH_BTF_DECL_TAG:
		return sizeof(u32);
	case BTF_KIND_ARRAY:
		return sizeof(struct btf_array);
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		return vlen * sizeof(struct btf_member);
	case BTF_KIND_ENUM:
		return vlen * sizeof(struct btf_enum);
	case HVCRASH_BTF_ENUM64:
		return vlen * HVCRASH_BTF_ENUM64_BYTES;
	case BTF_KIND_FUNC_PROTO:
		return vlen * sizeof(struct btf_param);
	case BTF_KIND_DATASEC:
		return vlen * sizeof(struct btf_var_secinfo);
	default:
		return -EINVAL;
	}
}

/*
 * The record at @at (0 for the first), which then points to the next; NULL at the end,
 * or if the rest is not a valid record.
 */
static const struct btf_type *next_type(const struct hvcrash_btf *btf, u32 *at)
{
	const struct btf_type *t = (const void *)(btf->types + *at);
	u64 left = btf->types_bytes - *at;
	s64 tail;

	if (left < sizeof(*t))
		return NULL;
	tail = tail_bytes(t);
	if (tail < 0 || (u64)tail > left - sizeof(*t))
		return NULL;
	*at += sizeof(*t) + tail;
	return t;
}

static const struct btf_type *type_by_id(const struct hvcrash_btf *btf, u32 id)
{
	const struct btf_type *t = NULL;
	u32 at = 0;

	if (id < btf->first_id)
		return btf->base ? type_by_id(btf->base, id) : NULL;
	if (id - btf->first_id >= btf->nr_types)
		return NULL;
	for (id -= btf->first_id; id != U32_MAX; id--)
		t = next_type(btf, &at);
	return t;
}

static bool is_named(const struct hvcrash_btf *btf, u32 name_off,
		     const char *name)
{
	if (name_off < btf->first_string)
		return btf->base && is_named(btf->base, name_off, name);
	name_off -= btf->first_string;
	return name_off < btf->strings_bytes &&
	       !strcmp(btf->strings + name_off, name);
}

/* Is [@offset, @offset + @length) inside @bytes? */
static bool is_inside(u64 offset, u64 length, u64 bytes)
{
	return offset <= bytes && length <= bytes - offset;
}

/**
 * hvcrash_btf_open - check a BTF file from end to end
 * @btf: to be set up
 * @data: the file, 4-byte aligned; must stay while @btf is used
 * @bytes: size of @data
 * @base: BTF of the kernel that @data's module is for, or NULL
 *
 * Context: any.
 * Return: 0, or -EINVAL if @data is not BTF of a kind we know.
 */
int hvcrash_btf_open(struct hvcrash_btf *btf, const void *data, size_t bytes,
		     const struct hvcrash_btf *base)
{
	const struct btf_header *h = data;
	u32 at = 0;

	if (bytes < HEADER_BYTES || h->magic != BTF_MAGIC ||
	    h->version != BTF_VERSION || h->hdr_len < HEADER_BYTES ||
	    h->hdr_len > bytes || h->hdr_len % 4 || h->type_off % 4)
		return -EINVAL;
	bytes -= h->hdr_len;
	if (!is_inside(h->type_off, h->type_len, bytes) ||
	    !is_inside(h->str_off, h->str_len, bytes) || !h->str_len)
		return -EINVAL;
	*btf = (struct hvcrash_btf){
		.base = base,
		.types = (const u8 *)data + h->hdr_len + h->type_off,
		.types_bytes = h->type_len,
		.first_id = base ? base->first_id + base->nr_types : 1,
		.strings = (const char *)data + h->hdr_len + h->str_off,
		.strings_bytes = h->str_len,
		.first_string =
			base ? base->first_string + base->strings_bytes : 0,
	};
	if (btf->strings[btf->strings_bytes - 1])
		return -EINVAL;
	while (next_type(btf, &at))
		btf->nr_types++;
	return at == btf->types_bytes ? 0 : -EINVAL;
}

/**
 * hvcrash_btf_find_struct - find a struct by its name
 * @btf: where to look; its base is not searched
 * @name: without "struct"
 * @ret: the struct, if found
 *
 * Context: any.
 * Return: 0 or -ENOENT.
 */
int hvcrash_btf_find_struct(const struct hvcrash_btf *btf, const char *name,
			    struct hvcrash_btf_struct *ret)
{
	const struct btf_type *t;
	u32 at = 0;

	while ((t = next_type(btf, &at))) {
		if (kind_of(t) != BTF_KIND_STRUCT ||
		    !is_named(btf, t->name_off, name))
			continue;
		*ret = (struct hvcrash_btf_struct){
			.btf = btf,
			.members = (const u8 *)(t + 1),
			.nr_members = BTF_INFO_VLEN(t->info),
			.is_packed_offset = BTF_INFO_KFLAG(t->info),
			.bytes = t->size,
		};
		return 0;
	}
	return -ENOENT;
}

/* Size of a type, 0 if it has none or it is unknown */
static u32 type_bytes(const struct hvcrash_btf *btf, u32 id)
{
	const struct btf_type *t;
	const struct btf_array *array;
	u64 times = 1;
	u64 bytes = 0;
	u32 i;

	for (i = 0; i < MAX_CHAIN && !bytes; i++) {
		t = type_by_id(btf, id);
		if (!t)
			return 0;
		switch (kind_of(t)) {
		case BTF_KIND_INT:
		case BTF_KIND_ENUM:
		case HVCRASH_BTF_ENUM64:
		case BTF_KIND_STRUCT:
		case BTF_KIND_UNION:
			bytes = times * t->size;
			if (!bytes)
				return 0;
			break;
		case BTF_KIND_PTR:
			bytes = times * POINTER_BYTES;
			break;
		case BTF_KIND_ARRAY:
			array = (const void *)(t + 1);
			times *= array->nelems;
			if (!times || times > U32_MAX)
				return 0;
			id = array->type;
			break;
		case BTF_KIND_TYPEDEF:
		case BTF_KIND_VOLATILE:
		case BTF_KIND_CONST:
		case BTF_KIND_RESTRICT:
		case HVCRASH_BTF_TYPE_TAG:
			id = t->type;
			break;
		default:
			return 0;
		}
	}
	return bytes > U32_MAX ? 0 : bytes;
}

/**
 * hvcrash_btf_member - find the offset of a member
 * @s: the struct to search
 * @name: the member
 * @bytes: the size that the caller expects
 * @ret_offset: offset in bytes, if found
 *
 * A member of another size is something else under the same name, so it does not match.
 *
 * Context: any.
 * Return: 0, -ENOENT, or -EINVAL if the member is not of the expected size or is a
 * bit field.
 */
int hvcrash_btf_member(const struct hvcrash_btf_struct *s, const char *name,
		       u32 bytes, u32 *ret_offset)
{
	const struct btf_member *m = (const void *)s->members;
	u32 bits;
	u32 i;

	for (i = 0; i < s->nr_members; i++, m++)
		if (is_named(s->btf, m->name_off, name))
			break;
	if (i == s->nr_members)
		return -ENOENT;
	bits = m->offset;
	if (s->is_packed_offset) {
		if (BTF_MEMBER_BITFIELD_SIZE(m->offset))
			return -EINVAL;
		bits = BTF_MEMBER_BIT_OFFSET(m->offset);
	}
	if (bits % 8 || type_bytes(s->btf, m->type) != bytes ||
	    !is_inside(bits / 8, bytes, s->bytes))
		return -EINVAL;
	*ret_offset = bits / 8;
	return 0;
}
