// SPDX-License-Identifier: GPL-2.0-only
/*
 * core.c - finds the format of a file and hands reads on to it
 *
 * Called by the verbs (open, close) and by image and facts (reads). Reads are
 * pread() only: /proc/vmcore cannot be mapped everywhere, and a crash kernel
 * has no memory to keep a file in.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "core.h"

static const struct core_ops *const formats[] = {
	&core_elf_ops,
	&core_live_ops,
};

struct err *core_pread(struct core *core, __u64 offset, void *buf, size_t bytes,
		       size_t *ret_bytes)
{
	size_t done = 0;

	while (done < bytes) {
		ssize_t got;

		if (offset + done > INT64_MAX)
			break;
		got = pread(core->fd, (char *)buf + done, bytes - done,
			    (off_t)(offset + done));
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_create(ERR_IO,
					  "cannot read at offset 0x%llx: %s",
					  offset + done, strerror(errno));
		if (!got)
			break;
		done += (size_t)got;
	}
	*ret_bytes = done;
	return NULL;
}

static struct err *find_format(struct core *core)
{
	unsigned char head[CORE_HEAD_BYTES];
	struct err *err;
	size_t bytes;

	err = core_pread(core, 0, head, sizeof(head), &bytes);
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
	return err_create(ERR_IO,
			  "not a dump: neither an ELF file nor a registry");
}

static struct err *open_file(struct core *core, const char *path)
{
	struct stat st;

	core->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (core->fd < 0)
		return err_create(ERR_IO, "cannot open: %s", strerror(errno));
	if (fstat(core->fd, &st))
		return err_create(ERR_IO, "cannot stat: %s", strerror(errno));
	core->file_bytes = (__u64)st.st_size;
	return NULL;
}

struct err *core_open(const char *path, struct core **ret)
{
	struct core *core guarded_core = NULL;
	struct err *err;

	core = calloc(1, sizeof(*core));
	if (!core)
		return err_create(ERR_IO, "out of memory");
	err = open_file(core, path);
	if (!err)
		err = find_format(core);
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
	if (core->ops)
		core->ops->close(core);
	if (core->fd >= 0)
		close(core->fd);
	free(core);
}

struct err *core_read_gpa(struct core *core, __u64 gpa, void *buf, size_t bytes,
			  bool *ret_is_present)
{
	return core->ops->read_gpa(core, gpa, buf, bytes, ret_is_present);
}

struct err *core_vmcoreinfo(struct core *core, char **ret_text)
{
	return core->ops->vmcoreinfo(core, ret_text);
}
