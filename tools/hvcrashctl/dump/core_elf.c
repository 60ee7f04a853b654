// SPDX-License-Identifier: GPL-2.0-only
/*
 * core_elf.c - guest memory in an ELF core file, mainly /proc/vmcore
 *
 * Reached through core.c. The only file that knows libelf, which reads the
 * headers here (ELF_C_READ: no mapping of a file that may be larger than the
 * crash kernel's memory). Memory and notes are read with pread(): libelf would
 * keep a whole note segment in memory, whose size the dump controls.
 *
 * Invariant: the segments are sorted, disjoint and free of overflow once open
 * succeeded. What lies beyond p_filesz is absent, not zero: makedumpfile drops
 * pages that way. Byte-swapped and 32-bit dumps are left out.
 */
#include <elf.h>
#include <gelf.h>
#include <libelf.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "dump/core.h"

/* A segment takes 24 bytes here: 6 MiB of a crash kernel's memory at most */
#define MAX_SEGMENTS (256 * 1024)
#define MAX_NOTE_BYTES (64ULL << 20)
/* The kernel gives VMCOREINFO one page, 64 KiB at most */
#define MAX_VMCOREINFO_BYTES (256 * 1024)

static const char note_name[] = "VMCOREINFO";

struct segment {
	__u64 gpa;
	__u64 bytes;
	__u64 offset;
};

struct core_elf {
	struct segment *loads;
	size_t nr_loads;
	bool is_cut;
	char *vmcoreinfo;
};

static void elf_guard(Elf **elf)
{
	elf_end(*elf);
}

static bool elf_probe(const unsigned char *head, size_t bytes)
{
	return bytes >= SELFMAG && !memcmp(head, ELFMAG, SELFMAG);
}

static struct err *check_header(Elf *elf, GElf_Ehdr *ret_header)
{
	if (elf_kind(elf) != ELF_K_ELF)
		return err_create(ERR_IO, "ELF header: damaged or cut");
	if (!gelf_getehdr(elf, ret_header))
		return err_create(ERR_IO, "ELF header: cannot be read: %s",
				  elf_errmsg(-1));
	if (ret_header->e_ident[EI_CLASS] != ELFCLASS64)
		return err_create(ERR_IO, "ELF header: not a 64-bit dump");
	if (ret_header->e_ident[EI_DATA] != ELFDATA2LSB)
		return err_create(ERR_IO, "ELF header: not little-endian");
	if (ret_header->e_type != ET_CORE)
		return err_create(ERR_IO,
				  "ELF header: not a core file (type %u)",
				  ret_header->e_type);
	if (ret_header->e_machine != EM_X86_64 &&
	    ret_header->e_machine != EM_AARCH64)
		return err_create(ERR_IO,
				  "ELF header: machine %u is not supported",
				  ret_header->e_machine);
	return NULL;
}

/*
 * elf_getphdrnum() quietly lowers a count that does not fit into the file, so
 * that a truncated dump would look like a small one: compare with the count in
 * the header.
 */
static struct err *count_headers(struct core *core, Elf *elf,
				 const GElf_Ehdr *header, size_t *ret)
{
	__u64 claimed = header->e_phnum;
	GElf_Shdr first;
	size_t count;

	if (claimed == PN_XNUM) {
		if (!gelf_getshdr(elf_getscn(elf, 0), &first))
			return err_create(
				ERR_IO, "section header 0: cannot be read: %s",
				elf_errmsg(-1));
		claimed = first.sh_info;
	}
	if (!claimed)
		return err_create(ERR_IO, "no program headers");
	if (claimed > MAX_SEGMENTS)
		return err_create(ERR_IO, "%llu program headers: too many",
				  claimed);
	if (header->e_phentsize != sizeof(Elf64_Phdr))
		return err_create(ERR_IO, "program headers of %u bytes",
				  header->e_phentsize);
	if (elf_getphdrnum(elf, &count) || count != claimed ||
	    header->e_phoff > core->file_bytes ||
	    claimed * sizeof(Elf64_Phdr) > core->file_bytes - header->e_phoff)
		return err_create(
			ERR_IO,
			"truncated: %llu program headers at offset 0x%llx do not fit into the file",
			claimed, (__u64)header->e_phoff);
	*ret = count;
	return NULL;
}

static struct err *find_vmcoreinfo(struct core *core, const GElf_Phdr *phdr);

static struct err *add_segment(struct core *core, const GElf_Phdr *phdr,
			       size_t index)
{
	struct core_elf *self = core->priv;
	struct segment *load = &self->loads[self->nr_loads];
	__u64 end;

	if (__builtin_add_overflow(phdr->p_paddr, phdr->p_memsz, &end) ||
	    __builtin_add_overflow(phdr->p_paddr, phdr->p_filesz, &end) ||
	    __builtin_add_overflow(phdr->p_offset, phdr->p_filesz, &end))
		return err_create_at(
			ERR_IO, phdr->p_paddr,
			"program header %zu: address 0x%llx and size 0x%llx overflow",
			index, (__u64)phdr->p_paddr, (__u64)phdr->p_memsz);
	/* a truncated file: keep what it has, the rest is absent */
	if (end > core->file_bytes) {
		end = core->file_bytes;
		self->is_cut = true;
	}
	if (phdr->p_offset >= end)
		return NULL;
	load->gpa = phdr->p_paddr;
	load->offset = phdr->p_offset;
	load->bytes = end - phdr->p_offset;
	self->nr_loads++;
	return NULL;
}

static int compare_segments(const void *a, const void *b)
{
	const struct segment *one = a, *two = b;

	return (one->gpa > two->gpa) - (one->gpa < two->gpa);
}

/* /proc/vmcore lists the kernel's text twice; a lookup needs disjoint ones */
static void make_disjoint(struct core *core)
{
	struct core_elf *self = core->priv;
	size_t kept = 0;
	__u64 end = 0;

	qsort(self->loads, self->nr_loads, sizeof(self->loads[0]),
	      compare_segments);
	for (size_t i = 0; i < self->nr_loads; i++) {
		struct segment load = self->loads[i];

		if (load.gpa < end) {
			__u64 cut = end - load.gpa;

			if (cut >= load.bytes)
				continue;
			load.gpa += cut;
			load.offset += cut;
			load.bytes -= cut;
		}
		end = load.gpa + load.bytes;
		core->bytes_held += load.bytes;
		self->loads[kept++] = load;
	}
	self->nr_loads = kept;
}

static struct err *read_headers(struct core *core, Elf *elf, size_t count)
{
	struct core_elf *self = core->priv;
	struct err *err = NULL;

	self->loads = calloc(count, sizeof(self->loads[0]));
	if (!self->loads)
		return err_create(ERR_IO, "out of memory");
	for (size_t i = 0; i < count && !err; i++) {
		GElf_Phdr phdr;

		if (!gelf_getphdr(elf, (int)i, &phdr))
			return err_create(
				ERR_IO,
				"program header %zu: cannot be read: %s", i,
				elf_errmsg(-1));
		if (phdr.p_type == PT_NOTE && !self->vmcoreinfo)
			err = find_vmcoreinfo(core, &phdr);
		else if (phdr.p_type == PT_LOAD)
			err = add_segment(core, &phdr, i);
	}
	return err;
}

static struct err *elf_open(struct core *core)
{
	Elf *elf guarded(elf_guard) = NULL;
	GElf_Ehdr header;
	struct err *err;
	size_t count;

	core->priv = calloc(1, sizeof(struct core_elf));
	if (!core->priv)
		return err_create(ERR_IO, "out of memory");
	elf_version(EV_CURRENT);
	elf = elf_begin(core->fd, ELF_C_READ, NULL);
	if (!elf)
		return err_create(ERR_IO, "ELF header: cannot be read: %s",
				  elf_errmsg(-1));
	err = check_header(elf, &header);
	if (!err)
		err = count_headers(core, elf, &header, &count);
	if (!err)
		err = read_headers(core, elf, count);
	if (!err)
		make_disjoint(core);
	return err;
}

static struct err *read_exactly(struct core *core, __u64 offset, void *buf,
				size_t bytes)
{
	struct err *err;
	size_t got;

	err = core_pread(core, offset, buf, bytes, &got);
	if (!err && got < bytes)
		err = err_create(
			ERR_IO,
			"truncated: the file ends inside a note at offset 0x%llx",
			offset);
	return err;
}

static struct err *read_vmcoreinfo(struct core *core, __u64 offset, __u32 bytes)
{
	struct core_elf *self = core->priv;

	if (bytes > MAX_VMCOREINFO_BYTES)
		return err_create(
			ERR_IO,
			"note at offset 0x%llx: VMCOREINFO of %u bytes is too large",
			offset, bytes);
	self->vmcoreinfo = calloc(1, (size_t)bytes + 1);
	if (!self->vmcoreinfo)
		return err_create(ERR_IO, "out of memory");
	return read_exactly(core, offset, self->vmcoreinfo, bytes);
}

/* Notes of a kernel's dump are 4-byte aligned, whatever p_align says */
static __u64 align_note(__u32 bytes)
{
	return ((__u64)bytes + 3) & ~3ULL;
}

static struct err *find_vmcoreinfo(struct core *core, const GElf_Phdr *phdr)
{
	char name[sizeof(note_name)];
	__u64 at = 0, need;
	struct err *err;
	Elf64_Nhdr note;

	if (phdr->p_filesz > MAX_NOTE_BYTES || phdr->p_offset > INT64_MAX)
		return err_create(
			ERR_IO,
			"notes of %llu bytes at offset 0x%llx: too large",
			(__u64)phdr->p_filesz, (__u64)phdr->p_offset);
	for (; phdr->p_filesz - at >= sizeof(note); at += need) {
		__u64 offset = phdr->p_offset + at;

		err = read_exactly(core, offset, &note, sizeof(note));
		if (err)
			return err;
		need = sizeof(note) + align_note(note.n_namesz) +
		       align_note(note.n_descsz);
		/* the last note's padding may be missing */
		if (need - (align_note(note.n_descsz) - note.n_descsz) >
		    phdr->p_filesz - at)
			return err_create(
				ERR_IO,
				"note at offset 0x%llx: %llu bytes run past the end of the notes",
				offset, need);
		if (need > phdr->p_filesz - at)
			need = phdr->p_filesz - at;
		if (note.n_type || note.n_namesz != sizeof(name))
			continue;
		offset += sizeof(note);
		err = read_exactly(core, offset, name, sizeof(name));
		if (err)
			return err;
		if (!memcmp(name, note_name, sizeof(name)))
			return read_vmcoreinfo(
				core, offset + align_note(sizeof(name)),
				note.n_descsz);
	}
	return NULL;
}

static const struct segment *find_segment(const struct core_elf *self,
					  __u64 gpa)
{
	size_t low = 0, high = self->nr_loads;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct segment *load = &self->loads[middle];

		if (gpa < load->gpa)
			high = middle;
		else if (gpa - load->gpa >= load->bytes)
			low = middle + 1;
		else
			return load;
	}
	return NULL;
}

static struct err *elf_read_gpa(struct core *core, __u64 gpa, void *buf,
				size_t bytes, bool *ret_is_present)
{
	const struct core_elf *self = core->priv;
	char *to = buf;

	*ret_is_present = false;
	core->absence =
		self->is_cut ? "the file is cut short" : "left out of the dump";
	while (bytes) {
		const struct segment *load = find_segment(self, gpa);
		struct err *err;
		size_t want, got;
		__u64 skip;

		if (!load)
			return NULL;
		skip = gpa - load->gpa;
		want = load->bytes - skip < bytes ?
			       (size_t)(load->bytes - skip) :
			       bytes;
		err = core_pread(core, load->offset + skip, to, want, &got);
		if (err)
			return err;
		if (got < want)
			return NULL;
		gpa += want;
		to += want;
		bytes -= want;
	}
	*ret_is_present = true;
	return NULL;
}

static struct err *elf_vmcoreinfo(struct core *core, char **ret_text)
{
	struct core_elf *self = core->priv;

	if (!self->vmcoreinfo)
		return err_create(
			ERR_REGISTRY,
			"no VMCOREINFO note: not a dump of a Linux kernel, or written without it");
	*ret_text = strdup(self->vmcoreinfo);
	return *ret_text ? NULL : err_create(ERR_IO, "out of memory");
}

static bool elf_next_held(const struct core *core, __u64 from, __u64 *ret_first,
			  __u64 *ret_last)
{
	const struct core_elf *self = core->priv;
	const struct segment *load;
	size_t low = 0, high = self->nr_loads;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		load = &self->loads[middle];
		if (load->gpa + (load->bytes - 1) < from)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == self->nr_loads)
		return false;
	load = &self->loads[low];
	*ret_first = load->gpa > from ? load->gpa : from;
	*ret_last = load->gpa + (load->bytes - 1);
	return true;
}

static void elf_close(struct core *core)
{
	struct core_elf *self = core->priv;

	if (!self)
		return;
	free(self->loads);
	free(self->vmcoreinfo);
	free(self);
}

const struct core_ops core_elf_ops = {
	.name = "ELF core",
	.probe = elf_probe,
	.open = elf_open,
	.read_gpa = elf_read_gpa,
	.vmcoreinfo = elf_vmcoreinfo,
	.next_held = elf_next_held,
	.close = elf_close,
};
