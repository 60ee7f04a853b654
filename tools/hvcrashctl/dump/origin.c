// SPDX-License-Identifier: GPL-2.0-only
/*
 * origin.c - reads the crashed kernel's name and last words out of its memory
 *
 * See origin.h. VMCOREINFO says where they are (kernel/vmcore_info.c,
 * kernel/printk/printk.c: log_buf_vmcoreinfo_setup()). The log is searched and
 * not parsed: a record's text lies in one piece in the ring
 * (kernel/printk/printk_ringbuffer.c: data_alloc()), and of a ring that was
 * damaged this still finds the line.
 *
 * Everything is the dump's word: addresses may lead anywhere and are only ever
 * read from, each loop has a bound, and no byte gets out that is not printable.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "dump/origin.h"
#include "dump/vmcoreinfo.h"

#define PAGE_BYTES 4096ULL
#define MAX_LOG_BITS 24
/* A line of the log that straddles two pages is found in the second */
#define OVERLAP 256
/* Of struct new_utsname: sysname comes before nodename */
#define UTS_FIELD_BYTES 65

/* x86: __START_KERNEL_map; page table entries */
#define X86_IMAGE 0xffffffff80000000ULL
#define X86_PRESENT 0x1ULL
#define X86_LARGE 0x80ULL
#define X86_ADDRESS 0x000ffffffffff000ULL

/**
 * struct memory - the crashed kernel's memory by its own addresses
 * @core: the dump
 * @info: its VMCOREINFO
 */
struct memory {
	struct core *core;
	const char *info;
};

/* @base 16 where the kernel leaves out "0x" */
static bool find_number(const char *info, const char *key, int base, __u64 *ret)
{
	const char *value = vmcoreinfo_value(info, key);

	if (!value)
		return false;
	*ret = *value == '-' ? (__u64)strtoll(value, NULL, base) :
			       strtoull(value, NULL, base);
	return true;
}

static bool read_physical(const struct memory *memory, __u64 gpa, void *buf,
			  size_t bytes)
{
	bool is_present = false;
	struct err *err;

	err = core_read_gpa(memory->core, gpa, buf, bytes, &is_present);
	if (!err)
		return is_present;
	err_destroy(err);
	return false;
}

/* x86, outside the kernel's image: by its page tables */
static bool walk_x86(const struct memory *memory, __u64 address, __u64 root,
		     __u64 *ret)
{
	__u64 is_five = 0, entry = root;
	int level = 4;

	find_number(memory->info, "NUMBER(pgtable_l5_enabled)", 0, &is_five);
	for (level = is_five ? 5 : 4; level > 0; level--) {
		int shift = 12 + 9 * (level - 1);
		__u64 slot = (address >> shift & 511) * sizeof(entry);

		if (!read_physical(memory, (entry & X86_ADDRESS) + slot, &entry,
				   sizeof(entry)) ||
		    !(entry & X86_PRESENT))
			return false;
		if (level == 1 || (level < 4 && entry & X86_LARGE)) {
			__u64 inside = (1ULL << shift) - 1;

			*ret = (entry & X86_ADDRESS & ~inside) |
			       (address & inside);
			return true;
		}
	}
	return false;
}

static bool translate_x86(const struct memory *memory, __u64 address,
			  __u64 phys_base, __u64 *ret)
{
	__u64 root;

	if (address >= X86_IMAGE) {
		*ret = address - X86_IMAGE + phys_base;
		return true;
	}
	return find_number(memory->info, "SYMBOL(swapper_pg_dir)", 16, &root) &&
	       root >= X86_IMAGE &&
	       walk_x86(memory, address, root - X86_IMAGE + phys_base, ret);
}

/* arch/arm64/include/asm/memory.h: the linear map is the lower half */
static bool translate_arm64(const struct memory *memory, __u64 address,
			    __u64 image_offset, __u64 *ret)
{
	__u64 bits, first;

	if (find_number(memory->info, "NUMBER(VA_BITS)", 0, &bits) &&
	    find_number(memory->info, "NUMBER(PHYS_OFFSET)", 0, &first) &&
	    bits >= 36 && bits <= 52 &&
	    address + (1ULL << bits) < 1ULL << (bits - 1)) {
		*ret = address + (1ULL << bits) + first;
		return true;
	}
	*ret = address - image_offset;
	return true;
}

static bool translate(const struct memory *memory, __u64 address, __u64 *ret)
{
	__u64 number;

	if (find_number(memory->info, "NUMBER(phys_base)", 0, &number))
		return translate_x86(memory, address, number, ret);
	if (find_number(memory->info, "NUMBER(kimage_voffset)", 0, &number))
		return translate_arm64(memory, address, number, ret);
	return false;
}

/* All @bytes, which cross no page */
static bool read_memory(const struct memory *memory, __u64 address, void *buf,
			size_t bytes)
{
	__u64 gpa;

	return address % PAGE_BYTES + bytes <= PAGE_BYTES &&
	       translate(memory, address, &gpa) &&
	       read_physical(memory, gpa, buf, bytes);
}

/* Byte by page: a field may cross one */
static bool read_bytes(const struct memory *memory, __u64 address,
		       unsigned char *buf, size_t bytes)
{
	while (bytes) {
		size_t part = PAGE_BYTES - address % PAGE_BYTES;

		if (part > bytes)
			part = bytes;
		if (!read_memory(memory, address, buf, part))
			return false;
		address += part;
		buf += part;
		bytes -= part;
	}
	return true;
}

static bool read_pointer(const struct memory *memory, __u64 address, __u64 *ret)
{
	return read_bytes(memory, address, (unsigned char *)ret, sizeof(*ret));
}

/* The printable beginning of @from; false if there is none */
static bool take_line(const unsigned char *from, size_t bytes, char *buf,
		      size_t room)
{
	size_t i;

	for (i = 0; i < bytes && i + 1 < room; i++) {
		if (from[i] < ' ' || from[i] > '~')
			break;
		buf[i] = (char)from[i];
	}
	buf[i] = '\0';
	return i;
}

static void read_machine(const struct memory *memory, struct origin *ret)
{
	unsigned char name[UTS_FIELD_BYTES];
	__u64 uts, offset;

	if (!find_number(memory->info, "SYMBOL(init_uts_ns)", 16, &uts) ||
	    !find_number(memory->info, "OFFSET(uts_namespace.name)", 0,
			 &offset) ||
	    !read_bytes(memory, uts + offset + UTS_FIELD_BYTES, name,
			sizeof(name)))
		return;
	/* "(none)" is what the kernel has before anybody named it */
	take_line(name, sizeof(name), ret->machine, sizeof(ret->machine));
}

/* Where the log's texts are, and how many bytes */
static bool find_log(const struct memory *memory, __u64 *ret_at,
		     __u64 *ret_bytes)
{
	__u64 symbol, ring, text_ring, size_bits, data;
	__u32 bits;

	if (!find_number(memory->info, "SYMBOL(prb)", 16, &symbol) ||
	    !find_number(memory->info,
			 "OFFSET(printk_ringbuffer.text_data_ring)", 0,
			 &text_ring) ||
	    !find_number(memory->info, "OFFSET(prb_data_ring.size_bits)", 0,
			 &size_bits) ||
	    !find_number(memory->info, "OFFSET(prb_data_ring.data)", 0, &data))
		return false;
	if (!read_pointer(memory, symbol, &ring) ||
	    !read_bytes(memory, ring + text_ring + size_bits,
			(unsigned char *)&bits, sizeof(bits)) ||
	    !read_pointer(memory, ring + text_ring + data, ret_at))
		return false;
	*ret_bytes = bits <= MAX_LOG_BITS ? 1ULL << bits : 0;
	return *ret_bytes >= PAGE_BYTES && *ret_at % sizeof(__u64) == 0;
}

/* In the order of how much they say; an oops may go to kdump without a panic() */
static const char *const last_words[] = {
	"Kernel panic - not syncing",
	"BUG: ",
	"Oops: ",
};

/* Into @ret if it is better than what is there; @rank is that of what is there */
static void search(const unsigned char *text, size_t bytes, size_t *rank,
		   struct origin *ret)
{
	for (size_t i = 0; i <= *rank && i < 3; i++) {
		const unsigned char *at = text, *found;
		size_t length = strlen(last_words[i]);

		while ((found = memmem(at, (size_t)(text + bytes - at),
				       last_words[i], length))) {
			take_line(found, (size_t)(text + bytes - found),
				  ret->panic, sizeof(ret->panic));
			*rank = i;
			at = found + length;
		}
	}
}

static void read_panic(const struct memory *memory, struct origin *ret)
{
	unsigned char *text guarded_free = calloc(1, OVERLAP + PAGE_BYTES);
	size_t rank = sizeof(last_words) / sizeof(last_words[0]) - 1;
	__u64 at, bytes;

	if (!text || !find_log(memory, &at, &bytes))
		return;
	for (__u64 done = 0; done < bytes; done += PAGE_BYTES) {
		memmove(text, text + PAGE_BYTES, OVERLAP);
		if (!read_bytes(memory, at + done, text + OVERLAP, PAGE_BYTES))
			memset(text + OVERLAP, 0, PAGE_BYTES);
		search(text, OVERLAP + PAGE_BYTES, &rank, ret);
	}
}

void origin_read(struct core *core, struct origin *ret)
{
	char *info guarded_free = NULL;
	struct memory memory = { .core = core };
	struct err *err = core_vmcoreinfo(core, &info);

	memset(ret, 0, sizeof(*ret));
	if (err) {
		err_destroy(err);
		return;
	}
	memory.info = info;
	find_number(info, "CRASHTIME", 10, &ret->seconds);
	read_machine(&memory, ret);
	read_panic(&memory, ret);
}
