// SPDX-License-Identifier: GPL-2.0-only
/*
 * core_io.c - every read of a dump's file, ours and those of the libraries
 *
 * Called by core.c and core_*.c, and through pread() by libelf and
 * libkdumpfile.
 *
 * Those libraries take a file descriptor and read it with pread(); they accept
 * nothing else, and for a flattened dump they need a file that does not exist:
 * its bytes in another order. A copy would be as large as the dump, in a memory
 * file or on a disk that a crash kernel may not have; a pipe cannot be read at
 * an offset. So the program defines pread() itself, as programs may (the
 * dynamic linker looks there first, as it does for malloc()), and answers for
 * that one descriptor; every other one goes to the kernel.
 *
 * Invariant: for a library there is no end of file inside a dump. libkdumpfile
 * reads whole blocks and takes missing bytes for zeros; a page that a truncated
 * file lacks must be an error, not zeros.
 */
#include <errno.h>
#include <string.h>
#include <sys/types.h>

#include "dump/core.h"
#include "dump/core_file.h"
#include "dump/core_flat.h"

/*
 * The dumps whose descriptors libraries read: a run has one, or the parts of
 * one
 */
static struct core *shown;
static __u64 reads_shown;
/*
 * The byte to read after the end of the file in its last block, or -1: an error
 */
static int filler;

struct err *core_pread(struct core *core, __u64 offset, void *buf, size_t bytes,
		       size_t *ret_bytes)
{
	if (core->flat)
		return flat_pread(core, offset, buf, bytes, ret_bytes);
	return file_pread(core->fd, offset, buf, bytes, ret_bytes);
}

static struct core *find_shown(int fd)
{
	struct core *core = shown;

	while (core && core->fd != fd)
		core = core->next_shown;
	return core;
}

void core_show(struct core *core)
{
	core_unshow(core);
	core->next_shown = shown;
	shown = core;
	reads_shown = 0;
	filler = -1;
}

void core_unshow(const struct core *core)
{
	for (struct core **at = &shown; *at; at = &(*at)->next_shown)
		if (*at == core) {
			*at = core->next_shown;
			return;
		}
}

void core_fill_end(int byte)
{
	filler = byte;
}

__u64 core_reads_shown(void)
{
	return reads_shown;
}

static ssize_t read_shown(struct core *core, void *buf, size_t bytes,
			  __s64 offset)
{
	size_t got = 0;
	struct err *err;

	reads_shown++;
	if (offset < 0) {
		errno = EINVAL;
		return -1;
	}
	err = core_pread(core, (__u64)offset, buf, bytes, &got);
	if (!err && got && got < bytes && !core->flat && filler >= 0) {
		memset((char *)buf + got, filler, bytes - got);
		got = bytes;
	}
	/*
	 * only a flattened file has an end record, so that its end is known to
	 * be right
	 */
	if (!err &&
	    (got == bytes || (got && core->flat && !flat_is_cut(core->flat))))
		return (ssize_t)got;
	err_destroy(err);
	errno = EIO;
	return -1;
}

/*
 * By their names in the object file: <unistd.h> may define its pread() as an
 * inline function or as another name of pread64().
 */
ssize_t core_io_pread(int fd, void *buf, size_t bytes,
		      __s64 offset) __asm__("pread");
ssize_t core_io_pread64(int fd, void *buf, size_t bytes,
			__s64 offset) __asm__("pread64");

ssize_t core_io_pread(int fd, void *buf, size_t bytes, __s64 offset)
{
	struct core *core = find_shown(fd);

	if (core)
		return read_shown(core, buf, bytes, offset);
	return file_pread_once(fd, buf, bytes, offset);
}

ssize_t core_io_pread64(int fd, void *buf, size_t bytes, __s64 offset)
{
	return core_io_pread(fd, buf, bytes, offset);
}
