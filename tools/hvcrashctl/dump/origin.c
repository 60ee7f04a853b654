// SPDX-License-Identifier: GPL-2.0-only
/*
 * origin.c - reads the crashed kernel's name and panic line from its memory
 *
 * See origin.h. VMCOREINFO says where they are (kernel/vmcore_info.c,
 * kernel/printk/printk.c: log_buf_vmcoreinfo_setup()). The log is searched and
 * not parsed: a record's text is contiguous in the ring
 * (kernel/printk/printk_ringbuffer.c: data_alloc()), and this finds the line
 * even in a damaged ring.
 *
 * Everything comes from the dump: addresses may lead anywhere and are only
 * read from, each loop has a bound, and only printable bytes are returned.
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
	/* "(none)" is the kernel's default before a name is set */
	take_line(name, sizeof(name), ret->machine, sizeof(ret->machine));
}

/**
 * struct log - the crashed kernel's printk ring
 * @texts: where its texts are
 * @bytes: how many
 * @infos: where the records' heads are, 0 if not known
 * @count: how many
 * @info_bytes: size of one
 * @length_at: where in it the length of the text is
 */
struct log {
	__u64 texts;
	__u64 bytes;
	__u64 infos;
	__u64 count;
	__u64 info_bytes;
	__u64 length_at;
};

static bool read_bits(const struct memory *memory, __u64 address, __u64 *ret)
{
	__u32 bits;

	if (!read_bytes(memory, address, (unsigned char *)&bits, sizeof(bits)))
		return false;
	*ret = bits <= MAX_LOG_BITS ? 1ULL << bits : 0;
	return *ret;
}

static void find_infos(const struct memory *memory, __u64 ring, struct log *ret)
{
	const char *info = memory->info;
	__u64 descs, bits, infos;

	if (find_number(info, "OFFSET(printk_ringbuffer.desc_ring)", 0,
			&descs) &&
	    find_number(info, "OFFSET(prb_desc_ring.count_bits)", 0, &bits) &&
	    find_number(info, "OFFSET(prb_desc_ring.infos)", 0, &infos) &&
	    find_number(info, "SIZE(printk_info)", 0, &ret->info_bytes) &&
	    find_number(info, "OFFSET(printk_info.text_len)", 0,
			&ret->length_at) &&
	    read_bits(memory, ring + descs + bits, &ret->count))
		read_pointer(memory, ring + descs + infos, &ret->infos);
}

static bool find_log(const struct memory *memory, struct log *ret)
{
	const char *info = memory->info;
	__u64 symbol, ring, texts, bits, data;

	memset(ret, 0, sizeof(*ret));
	if (!find_number(info, "SYMBOL(prb)", 16, &symbol) ||
	    !find_number(info, "OFFSET(printk_ringbuffer.text_data_ring)", 0,
			 &texts) ||
	    !find_number(info, "OFFSET(prb_data_ring.size_bits)", 0, &bits) ||
	    !find_number(info, "OFFSET(prb_data_ring.data)", 0, &data) ||
	    !read_pointer(memory, symbol, &ring) ||
	    !read_bits(memory, ring + texts + bits, &ret->bytes) ||
	    !read_pointer(memory, ring + texts + data, &ret->texts))
		return false;
	find_infos(memory, ring, ret);
	return ret->bytes >= PAGE_BYTES && ret->texts % sizeof(__u64) == 0;
}

/*
 * Texts are not terminated: up to seven bytes of an older one may follow. The
 * number of the record precedes the text, and that record's head has the
 * length.
 */
static void cut_line(const struct memory *memory, const struct log *log,
		     __u64 address, char *line)
{
	__u64 id;
	__u16 length;

	if (!log->infos || !read_pointer(memory, address - sizeof(id), &id) ||
	    !read_bytes(memory,
			log->infos + (id & (log->count - 1)) * log->info_bytes +
				log->length_at,
			(unsigned char *)&length, sizeof(length)))
		return;
	if (length < strlen(line) && strlen(line) - length < sizeof(__u64))
		line[length] = '\0';
}

/* The most informative first; an oops may go to kdump without a panic() */
static const char *const last_words[] = {
	"Kernel panic - not syncing",
	"BUG: ",
	"Oops: ",
};

#define NR_LAST_WORDS (sizeof(last_words) / sizeof(last_words[0]))

/* The position of the last line of the best rank; @rank is its rank */
static const unsigned char *search(const unsigned char *text, size_t bytes,
				   size_t *rank)
{
	const unsigned char *best = NULL;

	for (size_t i = 0; i <= *rank && i < NR_LAST_WORDS; i++) {
		const unsigned char *at = text, *found;
		size_t length = strlen(last_words[i]);

		while ((found = memmem(at, (size_t)(text + bytes - at),
				       last_words[i], length))) {
			best = found;
			*rank = i;
			at = found + length;
		}
	}
	return best;
}

static void read_panic(const struct memory *memory, struct origin *ret)
{
	unsigned char *text guarded_free = calloc(1, OVERLAP + PAGE_BYTES);
	size_t rank = NR_LAST_WORDS - 1;
	struct log log;

	if (!text || !find_log(memory, &log))
		return;
	for (__u64 done = 0; done < log.bytes; done += PAGE_BYTES) {
		const unsigned char *found;

		memmove(text, text + PAGE_BYTES, OVERLAP);
		if (!read_bytes(memory, log.texts + done, text + OVERLAP,
				PAGE_BYTES))
			memset(text + OVERLAP, 0, PAGE_BYTES);
		found = search(text, OVERLAP + PAGE_BYTES, &rank);
		if (!found)
			continue;
		take_line(found, (size_t)(text + OVERLAP + PAGE_BYTES - found),
			  ret->panic, sizeof(ret->panic));
		cut_line(memory, &log,
			 log.texts + done - OVERLAP + (__u64)(found - text),
			 ret->panic);
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
