// SPDX-License-Identifier: GPL-2.0-only
/*
 * hash_read.c - rate of XXH64 against a plain read of the same memory
 *
 * Called by bench/run: hash_read MIB ROUNDS. Both go over memory larger than
 * any cache, in turns, on the CPU that they are started on. The read adds up
 * words, in four independent sums, so that it is limited by memory and not by
 * the additions. Then as many bytes are hashed from a few pages in the
 * first-level cache: the cost of the hash without waiting for memory. Prints a
 * line for each round: nanoseconds of the hash, of the read, of the hash in the
 * cache.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <xxhash.h>

#define IN_CACHE (16 * 1024)

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static uint64_t read_words(const uint64_t *words, size_t count)
{
	uint64_t a = 0, b = 0, c = 0, d = 0;

	for (size_t i = 0; i + 4 <= count; i += 4) {
		a += words[i];
		b += words[i + 1];
		c += words[i + 2];
		d += words[i + 3];
	}
	return a + b + c + d;
}

/*
 * Hashes like the crash path: page by page into one state; starts again at
 * @memory after @window bytes
 */
static uint64_t hash_pages(const unsigned char *memory, size_t bytes,
			   size_t window)
{
	XXH64_state_t *state = XXH64_createState();
	uint64_t hash;

	XXH64_reset(state, 0);
	for (size_t at = 0; at < bytes; at += 4096)
		XXH64_update(state, memory + at % window, 4096);
	hash = XXH64_digest(state);
	XXH64_freeState(state);
	return hash;
}

int main(int argc, char **argv)
{
	size_t bytes = argc == 3 ? strtoull(argv[1], NULL, 0) << 20 : 0;
	int rounds = argc == 3 ? atoi(argv[2]) : 0;
	volatile uint64_t sink = 0;
	unsigned char *memory;

	memory = malloc(bytes);
	if (!bytes || !memory)
		return 2;
	for (size_t i = 0; i < bytes; i++)
		memory[i] = (unsigned char)(i * 2654435761U >> 13);
	for (int i = 0; i < rounds; i++) {
		uint64_t begin = now_ns(), hashed, read;

		sink += hash_pages(memory, bytes, bytes);
		hashed = now_ns();
		sink += read_words((const uint64_t *)memory, bytes / 8);
		read = now_ns();
		sink += hash_pages(memory, bytes, IN_CACHE);
		printf("%llu %llu %llu\n", (unsigned long long)(hashed - begin),
		       (unsigned long long)(read - hashed),
		       (unsigned long long)(now_ns() - read));
	}
	free(memory);
	return 0;
}
