// SPDX-License-Identifier: GPL-2.0-only
/*
 * core.c - finds the format of a file and hands reads on to it
 *
 * Called by the verbs (open, close) and by image and contents (reads). Reads
 * are pread() only (core_io.c): /proc/vmcore cannot be mapped everywhere, and a
 * crash kernel has no memory to keep a file in. The flattened form lies beneath
 * the formats, which read it like a plain file.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file_kind.h"
#include "dump/core.h"
#include "dump/core_flat.h"

static const struct core_ops *const formats[] = {
	&core_elf_ops,
	&core_kdump_ops,
	&core_live_ops,
	&core_devmem_ops,
};

/*
 * Memory of this machine, by its device number
 * (Documentation/admin-guide/devices.txt)
 */
static bool is_devmem(const struct stat *st)
{
	return S_ISCHR(st->st_mode) && st->st_rdev == makedev(1, 1);
}

/*
 * Compressed once more, as kdump-tools and administrators do: such a file
 * cannot be read at an offset. NULL: not by a known program.
 */
static const char *find_decompressor(const unsigned char *head, size_t bytes)
{
	static const struct {
		const char *command, *magic;
		size_t length;
	} programs[] = {
		{ "gzip -dk", "\x1f\x8b", 2 },
		{ "xz -dk",
		  "\xfd"
		  "7zXZ",
		  5 },
		{ "zstd -d", "\x28\xb5\x2f\xfd", 4 },
		{ "bzip2 -dk", "BZh", 3 },
		{ "lz4 -dk", "\x04\x22\x4d\x18", 4 },
		{ "lzop -d", "\x89LZO", 4 },
	};

	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++)
		if (bytes >= programs[i].length &&
		    !memcmp(head, programs[i].magic, programs[i].length))
			return programs[i].command;
	return NULL;
}

static struct err *find_format(struct core *core, const char *path)
{
	unsigned char head[CORE_HEAD_BYTES];
	const char *command;
	struct err *err;
	size_t bytes;

	err = core_pread(core, 0, head, sizeof(head), &bytes);
	if (!err && flat_probe(head, bytes)) {
		err = flat_open(core);
		core_show(core);
		if (!err)
			err = core_pread(core, 0, head, sizeof(head), &bytes);
	}
	if (err)
		return err;
	if (!bytes)
		return err_create(ERR_IO, "not a dump: the file is empty");
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		if (formats[i]->probe(head, bytes)) {
			core->ops = formats[i];
			return NULL;
		}
	}
	command = find_decompressor(head, bytes);
	if (command)
		return err_create(
			ERR_IO,
			"compressed as a whole, so it cannot be read in place: first run %s %.300s",
			command, path);
	return err_create(
		ERR_IO,
		"not a dump: neither ELF nor kdump-compressed, flattened or not, nor a registry");
}

static struct err *open_file(struct core *core, const char *path)
{
	struct stat st;

	const char *why;

	/* a FIFO without a writer must not keep us waiting */
	core->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (core->fd < 0)
		return err_create(ERR_IO, "cannot open: %s", strerror(errno));
	if (fstat(core->fd, &st))
		return err_create(ERR_IO, "cannot stat: %s", strerror(errno));
	why = file_kind_not_regular(st.st_mode);
	/*
	 * a dump may lie on a partition of its own, as kdump.conf's "raw" does
	 */
	if (why && !is_devmem(&st) && !S_ISBLK(st.st_mode))
		return err_create(ERR_IO, "not a dump: %s", why);
	core->stored_bytes = (__u64)st.st_size;
	core->file_bytes = core->stored_bytes;
	if (is_devmem(&st))
		core->ops = &core_devmem_ops;
	return NULL;
}

struct err *core_open_file(const char *path, struct core **ret)
{
	struct core *core guarded_core = NULL;
	struct err *err;

	core = calloc(1, sizeof(*core));
	if (!core)
		return err_create(ERR_IO, "out of memory");
	err = open_file(core, path);
	if (!err && !core->ops)
		err = find_format(core, path);
	if (!err)
		err = core->ops->open(core);
	if (err)
		return err;
	*ret = core;
	core = NULL;
	return NULL;
}

void core_close(struct core *core)
{
	if (!core)
		return;
	core_unshow(core);
	if (core->ops)
		core->ops->close(core);
	flat_close(core->flat);
	if (core->fd >= 0)
		close(core->fd);
	free(core);
}

struct err *core_read_gpa(struct core *core, __u64 gpa, void *buf, size_t bytes,
			  bool *ret_is_present)
{
	core->absence = "the dump does not contain it";
	return core->ops->read_gpa(core, gpa, buf, bytes, ret_is_present);
}

struct err *core_vmcoreinfo(struct core *core, char **ret_text)
{
	return core->ops->vmcoreinfo(core, ret_text);
}

bool core_next_held(const struct core *core, __u64 from, __u64 *ret_first,
		    __u64 *ret_last)
{
	return core->ops->next_held &&
	       core->ops->next_held(core, from, ret_first, ret_last);
}
