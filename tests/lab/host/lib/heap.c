// SPDX-License-Identifier: GPL-2.0-only
/*
 * heap.c - memory for the host, from one block
 *
 * Blocks are contiguous, each preceded by its size; adjacent free blocks are
 * joined during an allocation. First fit is enough: there are at most some
 * thousand blocks, and everything that a guest can make the host allocate is
 * bounded (core.h).
 */
#include "lib.h"

#define GRAIN 16
#define BIG 4096

/*
 * Before each block. bytes is the size of the block after it, a multiple of
 * GRAIN.
 */
struct block {
	size_t bytes;
	uint32_t used, magic;
};

#define MAGIC 0x68656170u

_Static_assert(sizeof(struct block) == GRAIN, "blocks keep their alignment");

static struct {
	char *begin, *end;
	size_t used;
} heap;

void heap_init(void *at, size_t bytes)
{
	uintptr_t begin = ((uintptr_t)at + GRAIN - 1) & ~(uintptr_t)(GRAIN - 1);
	uintptr_t end = ((uintptr_t)at + bytes) & ~(uintptr_t)(GRAIN - 1);
	struct block *first = (struct block *)begin;

	heap.begin = (char *)begin;
	heap.end = (char *)end;
	heap.used = 0;
	*first = (struct block){ end - begin - sizeof(*first), 0, MAGIC };
}

static struct block *next_of(struct block *b)
{
	return (struct block *)((char *)(b + 1) + b->bytes);
}

/* Joins a free block with the free ones after it. */
static void join(struct block *b)
{
	struct block *next;

	for (next = next_of(b); (char *)next < heap.end && !next->used;
	     next = next_of(b))
		b->bytes += sizeof(*next) + next->bytes;
}

/* Splits b after bytes, if the rest is large enough. */
static void split(struct block *b, size_t bytes)
{
	struct block *rest;

	if (b->bytes < bytes + sizeof(*rest) + GRAIN)
		return;
	rest = (struct block *)((char *)(b + 1) + bytes);
	*rest = (struct block){ b->bytes - bytes - sizeof(*rest), 0, MAGIC };
	b->bytes = bytes;
}

/* The number of bytes to skip for an aligned block */
static size_t gap_of(struct block *b, size_t alignment)
{
	uintptr_t at = (uintptr_t)(b + 1);
	size_t gap = (size_t)(-at & (alignment - 1));

	if (gap && gap < sizeof(*b))
		gap += alignment;
	return gap;
}

void *heap_alloc(size_t bytes)
{
	size_t alignment = bytes >= BIG ? BIG : GRAIN, gap;
	struct block *b;

	if (!heap.begin || bytes > (size_t)(heap.end - heap.begin))
		return NULL;
	bytes = (bytes + !bytes + GRAIN - 1) & ~(size_t)(GRAIN - 1);
	for (b = (struct block *)heap.begin; (char *)b < heap.end;
	     b = next_of(b)) {
		if (b->used)
			continue;
		join(b);
		gap = gap_of(b, alignment);
		if (b->bytes < gap + bytes)
			continue;
		if (gap) {
			split(b, gap - sizeof(*b));
			b = next_of(b);
		}
		split(b, bytes);
		b->used = 1;
		heap.used += b->bytes + sizeof(*b);
		return memset(b + 1, 0, bytes);
	}
	return NULL;
}

void heap_free(void *at)
{
	struct block *b;

	if (!at)
		return;
	b = (struct block *)at - 1;
	if (b->magic != MAGIC || !b->used)
		return;
	b->used = 0;
	heap.used -= b->bytes + sizeof(*b);
}

size_t heap_used(void)
{
	return heap.used;
}
