// SPDX-License-Identifier: GPL-2.0-only
/*
 * core_kdump.c - guest memory in a kdump-compressed file of makedumpfile
 *
 * Reached through core.c. The only file that knows libkdumpfile, which finds
 * the pages and decompresses them (zlib, lzo, snappy, zstd).
 *
 * The library is loaded when such a file is opened, not linked: with all it
 * needs (libstdc++ for snappy) it is 4 MiB that every crash kernel's initramfs
 * and memory would carry, and that an audit of /proc/vmcore never uses.
 *
 * Invariant: the library opens no file that core_kdump_check() has not
 * accepted, since it allocates as much as the header says. Its reads come to
 * core_io.c: so a flattened file is read with any version of it, although 0.5.1
 * (Debian 12) knows only plain ones, and never more of it is in memory than its
 * caches.
 */
#include <dlfcn.h>
#include <libkdumpfile/kdumpfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "dump/core.h"
#include "dump/core_flat.h"
#include "dump/core_kdump.h"

#ifndef KDUMPFILE_SONAME
#error "the Makefile gives KDUMPFILE_SONAME"
#endif

/* Pages in the library's cache: each of ours is read once */
#define CACHE_PAGES 16

/* The library's functions in use, by the names in its header */
struct library {
	void *handle;
	__typeof__(&kdump_new) create;
	__typeof__(&kdump_open_fdset) open_fdset;
	__typeof__(&kdump_set_attr) set_attr;
	__typeof__(&kdump_read) read;
	__typeof__(&kdump_get_attr) get_attr;
	__typeof__(&kdump_bmp_find_set) find_set;
	__typeof__(&kdump_bmp_find_clear) find_clear;
	__typeof__(&kdump_get_err) get_err;
};

struct core_kdump {
	struct library library;
	kdump_ctx_t *context;
	kdump_ctx_t *at_end[2]; /* see read_at_end(), NULL until needed */
	struct kdump_head head;
	char absence[64];
	bool is_end_unreadable;
};

static struct err *load_library(struct library *library)
{
	const struct {
		const char *name;
		void **to;
	} symbols[] = {
		{ "kdump_new", (void **)&library->create },
		{ "kdump_open_fdset", (void **)&library->open_fdset },
		{ "kdump_set_attr", (void **)&library->set_attr },
		{ "kdump_read", (void **)&library->read },
		{ "kdump_get_attr", (void **)&library->get_attr },
		{ "kdump_bmp_find_set", (void **)&library->find_set },
		{ "kdump_bmp_find_clear", (void **)&library->find_clear },
		{ "kdump_get_err", (void **)&library->get_err },
	};

	/* lazily: libstdc++, which snappy needs, has thousands of functions */
	library->handle = dlopen(KDUMPFILE_SONAME, RTLD_LAZY | RTLD_LOCAL);
	for (size_t i = 0; i < sizeof(symbols) / sizeof(symbols[0]); i++) {
		if (library->handle)
			*symbols[i].to =
				dlsym(library->handle, symbols[i].name);
		if (!library->handle || !*symbols[i].to)
			return err_create(
				ERR_IO,
				"kdump-compressed: cannot be read without libkdumpfile: %s",
				dlerror());
	}
	return NULL;
}

static struct err *failed(const struct core_kdump *self, kdump_ctx_t *context,
			  const char *what)
{
	const char *why = self->library.get_err(context);

	return err_create(ERR_IO, "%s: %s", what, why ? why : "unknown error");
}

static struct err *set_number(const struct core_kdump *self,
			      kdump_ctx_t *context, const char *key,
			      kdump_num_t value)
{
	kdump_attr_t attr = { .type = KDUMP_NUMBER, .val.number = value };

	if (self->library.set_attr(context, key, &attr) != KDUMP_OK)
		return failed(self, context, key);
	return NULL;
}

/**
 * struct kept - a context of libkdumpfile, kept until the process ends
 *
 * kdump_free() of 0.5.1 uses the attributes' overrides after it freed them, and
 * frees parts twice of a context that could not open its file (diskdump.c,
 * diskdump_cleanup(), open_common()). A dump takes three at most.
 */
struct kept {
	struct kept *next;
	kdump_ctx_t *context;
};

static struct kept *kept_contexts;

static bool keep(kdump_ctx_t *context)
{
	struct kept *kept = malloc(sizeof(*kept));

	if (!kept)
		return false;
	*kept = (struct kept){ .next = kept_contexts, .context = context };
	kept_contexts = kept;
	return true;
}

static struct err *open_context(struct core *core, kdump_ctx_t **ret)
{
	struct core_kdump *self = core->priv;
	kdump_ctx_t *context = self->library.create();
	struct err *err;

	if (!context || !keep(context))
		return err_create(ERR_IO, "out of memory");
	err = set_number(self, context, "file.mmap_policy", KDUMP_MMAP_NEVER);
	if (!err)
		err = set_number(self, context, "cache.size", CACHE_PAGES);
	if (!err && self->library.open_fdset(context, 1, &core->fd) != KDUMP_OK)
		err = failed(self, context,
			     "kdump-compressed: cannot be opened");
	if (err)
		return err;
	*ret = context;
	if (!core_reads_shown())
		return err_create(
			ERR_IO,
			"kdump-compressed: this libkdumpfile does not read with pread()");
	return NULL;
}

static void describe_absence(struct core_kdump *self)
{
	const struct kdump_head *head = &self->head;

	if (head->is_incomplete)
		snprintf(self->absence, sizeof(self->absence),
			 "makedumpfile could not write the dump to its end");
	else
		snprintf(self->absence, sizeof(self->absence),
			 "left out of the dump, of dump level %d",
			 head->dump_level);
}

static struct err *kdump_open(struct core *core)
{
	struct core_kdump *self = calloc(1, sizeof(*self));
	struct err *err;

	core->priv = self;
	if (!self)
		return err_create(ERR_IO, "out of memory");
	err = core_kdump_check(core, &self->head);
	if (!err)
		err = load_library(&self->library);
	core_show(core);
	if (!err)
		err = open_context(core, &self->context);
	if (err)
		return err;
	core->bytes_held = self->head.bytes_held;
	describe_absence(self);
	return NULL;
}

/*
 * The machine's physical address: it needs no translation, and so no page
 * tables, which a crash may have left in any state.
 */
static kdump_status read_memory(const struct core_kdump *self,
				kdump_ctx_t *context, __u64 gpa, void *buf,
				size_t bytes)
{
	size_t got = bytes;

	return self->library.read(context, KDUMP_MACHPHYSADDR, gpa, buf, &got);
}

/*
 * A page whose data lie in the file's last block, which the library reads as a
 * whole: are they complete, or is the file truncated there? Read it twice, with
 * different bytes after the end each time, by a library that has not yet seen
 * that block. Only contents that do not depend on those bytes are in the file.
 */
static bool read_at_end(struct core *core, __u64 gpa, void *buf, size_t bytes)
{
	char *second guarded_free = malloc(bytes);
	struct core_kdump *self = core->priv;
	char *to[] = { buf, second };
	bool is_read = second && !self->is_end_unreadable;

	for (int i = 0; i < 2 && is_read; i++) {
		struct err *err = NULL;

		core_fill_end(i ? 0xff : 0);
		if (!self->at_end[i])
			err = open_context(core, &self->at_end[i]);
		self->is_end_unreadable = err;
		is_read = !err && read_memory(self, self->at_end[i], gpa, to[i],
					      bytes) == KDUMP_OK;
		err_destroy(err);
	}
	core_fill_end(-1);
	return is_read && !memcmp(buf, second, bytes);
}

static bool is_in_other_part(const struct kdump_head *head, __u64 gpa)
{
	__u64 pfn = gpa / head->page_bytes;

	return head->is_split &&
	       (pfn < head->first_pfn || pfn >= head->end_pfn);
}

static struct err *kdump_read_gpa(struct core *core, __u64 gpa, void *buf,
				  size_t bytes, bool *ret_is_present)
{
	struct core_kdump *self = core->priv;
	kdump_status status;

	*ret_is_present = false;
	status = read_memory(self, self->context, gpa, buf, bytes);
	if (status == KDUMP_ERR_NODATA) {
		core->absence = is_in_other_part(&self->head, gpa) ?
					"not in this part of a split dump" :
					self->absence;
		return NULL;
	}
	if (status == KDUMP_ERR_SYSTEM && !core->flat &&
	    read_at_end(core, gpa, buf, bytes))
		status = KDUMP_OK;
	if (status != KDUMP_OK)
		return failed(self, self->context, "kdump-compressed");
	*ret_is_present = true;
	return NULL;
}

/* Not by the library, which first has to be told what system this is */
static struct err *kdump_vmcoreinfo(struct core *core, char **ret_text)
{
	const struct core_kdump *self = core->priv;
	size_t bytes = (size_t)self->head.vmcoreinfo_bytes;
	char *text guarded_free = NULL;
	struct err *err;
	size_t got;

	if (!bytes)
		return err_create(
			ERR_REGISTRY,
			"no VMCOREINFO: not a dump of a Linux kernel, or written without it");
	text = calloc(1, bytes + 1);
	if (!text)
		return err_create(ERR_IO, "out of memory");
	err = core_pread(core, self->head.vmcoreinfo_offset, text, bytes, &got);
	if (!err && got < bytes)
		err = err_create(ERR_IO, "truncated inside VMCOREINFO");
	if (err)
		return err;
	*ret_text = text;
	text = NULL;
	return NULL;
}

/*
 * Uses the library's map of the pages in the file. It counts the dump's own
 * pages, of 16 or 64 KiB on some arm64.
 */
static bool kdump_next_held(const struct core *core, __u64 from,
			    __u64 *ret_first, __u64 *ret_last)
{
	const struct core_kdump *self = core->priv;
	__u32 page_bytes = self->head.page_bytes;
	kdump_attr_t map = {};
	kdump_addr_t page = from / page_bytes;

	if (self->library.get_attr(self->context, KDUMP_ATTR_FILE_PAGEMAP,
				   &map) != KDUMP_OK ||
	    map.type != KDUMP_BITMAP ||
	    self->library.find_set(map.val.bitmap, &page) != KDUMP_OK ||
	    page >= self->head.most_pages)
		return false;
	*ret_first = page * page_bytes > from ? page * page_bytes : from;
	if (self->library.find_clear(map.val.bitmap, &page) != KDUMP_OK ||
	    page > self->head.most_pages)
		page = self->head.most_pages;
	*ret_last = page * page_bytes - 1;
	return true;
}

/* The library and its contexts stay, see struct kept */
static void kdump_close(struct core *core)
{
	struct core_kdump *self = core->priv;

	free(self);
}

const struct kdump_head *core_kdump_part(const struct core *core)
{
	const struct core_kdump *self = core->priv;

	if (core->ops != &core_kdump_ops || !self->head.is_split)
		return NULL;
	return &self->head;
}

const struct core_ops core_kdump_ops = {
	.name = "kdump-compressed",
	.probe = core_kdump_probe,
	.open = kdump_open,
	.read_gpa = kdump_read_gpa,
	.vmcoreinfo = kdump_vmcoreinfo,
	.next_held = kdump_next_held,
	.close = kdump_close,
};
