// SPDX-License-Identifier: GPL-2.0-only
/*
 * xxh_loop.c - the bare loop: reads the pages of a large sparse core and hashes
 *
 * Called by bench/run: xxh_loop BYTES EXTENTS PAGES FILE, like mkbig. The lower
 * bound of an audit: one pread() and one XXH64 for each extent, without looking
 * up, judging or printing anything.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <xxhash.h>

#include "big.h"

int main(int argc, char **argv)
{
	uint64_t hash = 0;
	unsigned char *buf;
	struct big big;
	size_t bytes;
	int fd;

	if (argc != 5)
		return 2;
	big.bytes = strtoull(argv[1], NULL, 0);
	big.extents = strtoull(argv[2], NULL, 0);
	big.pages = strtoull(argv[3], NULL, 0);
	bytes = big.pages * HVCRASH_PAGE_BYTES;
	buf = malloc(bytes);
	fd = open(argv[4], O_RDONLY);
	if (fd < 0 || !buf)
		return 1;
	for (uint64_t i = 0; i < big.extents; i++) {
		off_t at = (off_t)(BIG_DATA_AT + big_extent_gpa(&big, i));

		if (pread(fd, buf, bytes, at) != (ssize_t)bytes)
			return 1;
		hash ^= XXH64(buf, bytes, i);
	}
	printf("%016llx\n", (unsigned long long)hash);
	return 0;
}
