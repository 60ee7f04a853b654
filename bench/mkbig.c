// SPDX-License-Identifier: GPL-2.0-only
/*
 * mkbig.c - makes a sparse ELF core of any size with many shared pages
 *
 * Called by bench/run: mkbig BYTES EXTENTS PAGES FILE. Except for the registry,
 * the guest's memory is one hole, and so all zeros: a file of 1 TiB takes a few
 * MiB. tests/fixtures/mkcore keeps the guest's memory in its own and cannot do
 * that.
 */
#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

#include "big.h"

static FILE *file;

static void die(const char *what)
{
	fprintf(stderr, "mkbig: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void put(uint64_t offset, const void *data, size_t bytes)
{
	if (fseeko(file, (off_t)offset, SEEK_SET) ||
	    fwrite(data, 1, bytes, file) != bytes)
		die("cannot write");
}

static void put_gpa(uint64_t gpa, const void *data, size_t bytes)
{
	put(BIG_DATA_AT + gpa, data, bytes);
}

static void put_elf(const struct big *big)
{
	static const char name[12] = "VMCOREINFO";
	char info[64];
	Elf64_Nhdr note = { .n_namesz = 11 };
	Elf64_Ehdr ehdr = {
		.e_type = ET_CORE,
		.e_machine = EM_X86_64,
		.e_version = EV_CURRENT,
		.e_phoff = sizeof(ehdr),
		.e_ehsize = sizeof(ehdr),
		.e_phentsize = sizeof(Elf64_Phdr),
		.e_phnum = 2,
	};
	Elf64_Phdr phdr[2] = {
		{ .p_type = PT_NOTE, .p_offset = 4096 },
		{ .p_type = PT_LOAD,
		  .p_offset = BIG_DATA_AT,
		  .p_filesz = big->bytes,
		  .p_memsz = big->bytes },
	};

	memcpy(ehdr.e_ident, ELFMAG, SELFMAG);
	ehdr.e_ident[EI_CLASS] = ELFCLASS64;
	ehdr.e_ident[EI_DATA] = ELFDATA2LSB;
	ehdr.e_ident[EI_VERSION] = EV_CURRENT;
	note.n_descsz = (Elf64_Word)snprintf(info, sizeof(info),
					     HVCRASH_VMCOREINFO_KEY "=0x%llx\n",
					     BIG_REGISTRY);
	phdr[0].p_filesz = sizeof(note) + sizeof(name) + sizeof(info);
	put(0, &ehdr, sizeof(ehdr));
	put(sizeof(ehdr), phdr, sizeof(phdr));
	put(4096, &note, sizeof(note));
	put(4096 + sizeof(note), name, sizeof(name));
	put(4096 + sizeof(note) + sizeof(name), info, sizeof(info));
}

/* The hash of a hole, in the same pieces as the crash path's */
static uint64_t hash_zeros(uint64_t bytes)
{
	void *zeros = calloc(1, bytes);
	uint64_t hash;

	if (!zeros)
		die("out of memory");
	hash = XXH64(zeros, bytes, 0);
	free(zeros);
	return hash;
}

static void put_chunk(struct hvcrash_chunk *chunk, uint32_t bytes)
{
	chunk->bytes_used = bytes;
	chunk->checksum = 0;
	chunk->checksum = XXH64(chunk, bytes, 0);
	put_gpa(chunk->gpa, chunk, bytes);
}

static struct hvcrash_chunk *begin_chunk(struct hvcrash_header *header,
					 uint32_t type, uint32_t record_bytes)
{
	static unsigned char memory[BIG_CHUNK_BYTES];
	struct hvcrash_chunk *chunk = (struct hvcrash_chunk *)memory;

	if (header->nr_chunks == HVCRASH_MAX_CHUNKS)
		die("too many chunks");
	memset(memory, 0, sizeof(memory));
	chunk->magic = HVCRASH_CHUNK_MAGIC;
	chunk->gpa = BIG_CHUNKS + (uint64_t)header->nr_chunks * BIG_CHUNK_BYTES;
	chunk->index = header->nr_chunks;
	chunk->type = type;
	chunk->record_bytes = record_bytes;
	chunk->nr_records =
		(BIG_CHUNK_BYTES - (uint32_t)sizeof(*chunk)) / record_bytes;
	header->chunk_gpa[header->nr_chunks++] = chunk->gpa;
	return chunk;
}

static void put_extents(const struct big *big, struct hvcrash_header *header)
{
	uint64_t hash = hash_zeros(big->pages * HVCRASH_PAGE_BYTES);
	uint64_t number = 0;

	while (number < big->extents) {
		struct hvcrash_chunk *chunk =
			begin_chunk(header, HVCRASH_CHUNK_EXTENTS,
				    sizeof(struct hvcrash_extent));
		struct hvcrash_extent *extent = (void *)(chunk + 1);
		uint32_t i;

		for (i = 0; i < chunk->nr_records && number < big->extents; i++)
			extent[i] = (struct hvcrash_extent){
				.state = HVCRASH_UNLOADED,
				.kind = HVCRASH_KIND_GPADL,
				.evidence = HVCRASH_EV_UNLOAD_ANSWERED,
				.gpa = big_extent_gpa(big, number++),
				.pages = (uint32_t)big->pages,
				.vp_index = HVCRASH_NO_VP,
				.relid = 1,
				.gpadl = 1,
				.flags = HVCRASH_EXTENT_HASHED,
				.hash = hash,
			};
		put_chunk(chunk,
			  (uint32_t)(sizeof(*chunk) + i * sizeof(*extent)));
	}
}

int main(int argc, char **argv)
{
	struct hvcrash_header header = {
		.magic = HVCRASH_MAGIC,
		.major = HVCRASH_ABI_MAJOR,
		.minor = HVCRASH_ABI_MINOR,
		.header_bytes = sizeof(header),
		.gpa = BIG_REGISTRY,
		.phase = HVCRASH_PHASE_FINISHED,
		.chunk_bytes = BIG_CHUNK_BYTES,
		.crash.unload = HVCRASH_UNLOAD_ANSWERED,
		.release = "6.12.0-bench",
	};
	struct big big;

	if (argc != 5) {
		fprintf(stderr, "usage: mkbig BYTES EXTENTS PAGES FILE\n");
		return 2;
	}
	big.bytes = strtoull(argv[1], NULL, 0);
	big.extents = strtoull(argv[2], NULL, 0);
	big.pages = strtoull(argv[3], NULL, 0);
	file = fopen(argv[4], "w");
	if (!file)
		die(argv[4]);
	put_elf(&big);
	put_extents(&big, &header);
	header.checksum = XXH64(&header, sizeof(header), 0);
	put_gpa(BIG_REGISTRY, &header, sizeof(header));
	if (fclose(file) || truncate(argv[4], (off_t)(BIG_DATA_AT + big.bytes)))
		die(argv[4]);
	return 0;
}
