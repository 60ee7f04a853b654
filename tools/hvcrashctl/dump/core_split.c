// SPDX-License-Identifier: GPL-2.0-only
/*
 * core_split.c - a dump in one file or, by "makedumpfile --split", in several
 *
 * Opens a file by core.c, and if it is a part, those beside it. makedumpfile's
 * caller chooses the names, so only the number in a name identifies a part:
 * vmcore1, dump-02.img. Its header says which pages it has and to which dump it
 * belongs.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "dump/core_kdump.h"

/* makedumpfile writes one for each process, and so for each CPU at most */
#define MAX_PARTS 256

/**
 * struct core_split - the dump
 * @part: its files; the first is the one that was asked for
 * @nr: how many
 * @absence: buffer for the core's
 * @unreadable: name of a file that looks like a part and cannot be opened
 */
struct core_split {
	struct core *part[MAX_PARTS];
	size_t nr;
	char absence[128];
	char unreadable[64];
};

static struct core *part_of(const struct core_split *self, __u64 gpa)
{
	for (size_t i = 0; i < self->nr; i++) {
		const struct kdump_head *head = core_kdump_part(self->part[i]);
		__u64 pfn = gpa / head->page_bytes;

		if (pfn >= head->first_pfn && pfn < head->end_pfn)
			return self->part[i];
	}
	return NULL;
}

static struct err *split_read_gpa(struct core *core, __u64 gpa, void *buf,
				  size_t bytes, bool *ret_is_present)
{
	struct core_split *self = core->priv;
	struct core *part = part_of(self, gpa);
	struct err *err;

	*ret_is_present = false;
	if (!part) {
		if (*self->unreadable)
			snprintf(
				self->absence, sizeof(self->absence),
				"not in the parts of the split dump that can be read, and %s cannot",
				self->unreadable);
		else
			snprintf(
				self->absence, sizeof(self->absence),
				"in a part of the split dump that is not beside the others");
		core->absence = self->absence;
		return NULL;
	}
	err = core_read_gpa(part, gpa, buf, bytes, ret_is_present);
	core->absence = part->absence;
	return err;
}

/* Each part has it, but a damaged one may not */
static struct err *split_vmcoreinfo(struct core *core, char **ret_text)
{
	struct core_split *self = core->priv;
	struct err *err = core_vmcoreinfo(self->part[0], ret_text);

	for (size_t i = 1; err && i < self->nr; i++) {
		err_destroy(err);
		err = core_vmcoreinfo(self->part[i], ret_text);
	}
	return err;
}

static bool split_next_held(const struct core *core, __u64 from,
			    __u64 *ret_first, __u64 *ret_last)
{
	const struct core_split *self = core->priv;
	bool is_found = false;

	for (size_t i = 0; i < self->nr; i++) {
		const struct kdump_head *head = core_kdump_part(self->part[i]);
		__u64 begin = head->first_pfn * head->page_bytes;
		__u64 end = head->end_pfn * head->page_bytes;
		__u64 first, last;

		/* each part has the bitmap of all */
		if (!core_next_held(self->part[i], from > begin ? from : begin,
				    &first, &last) ||
		    first >= end)
			continue;
		if (last >= end)
			last = end - 1;
		if (is_found && first >= *ret_first)
			continue;
		*ret_first = first;
		*ret_last = last;
		is_found = true;
	}
	return is_found;
}

static void split_close(struct core *core)
{
	struct core_split *self = core->priv;

	for (size_t i = 0; self && i < self->nr; i++)
		core_close(self->part[i]);
	free(self);
}

/* Not detected by a file's first bytes: join_parts() makes it from others */
static const struct core_ops core_split_ops = {
	.name = "kdump-compressed, split",
	.read_gpa = split_read_gpa,
	.vmcoreinfo = split_vmcoreinfo,
	.next_held = split_next_held,
	.close = split_close,
};

/* The last run of digits in a name: its position and length */
static const char *find_number(const char *name, size_t *ret_length)
{
	const char *end = name + strlen(name), *begin;

	while (end > name && !isdigit((unsigned char)end[-1]))
		end--;
	begin = end;
	while (begin > name && isdigit((unsigned char)begin[-1]))
		begin--;
	*ret_length = (size_t)(end - begin);
	return begin;
}

static bool is_named_alike(const char *name, const char *other)
{
	size_t length, other_length;
	const char *number = find_number(name, &length);
	const char *other_number = find_number(other, &other_length);

	return strcmp(name, other) && length && other_length &&
	       number - name == other_number - other &&
	       !strncmp(name, other, (size_t)(number - name)) &&
	       !strcmp(number + length, other_number + other_length);
}

static bool is_of_same_dump(const struct core *core, const struct core *other)
{
	const struct kdump_head *a = core_kdump_part(core);
	const struct kdump_head *b = core_kdump_part(other);

	return a && b && a->written == b->written &&
	       a->page_bytes == b->page_bytes && a->most_pages == b->most_pages;
}

static void add_part(const char *dir, const char *name, struct core *joined)
{
	struct core_split *self = joined->priv;
	char path[4096];
	struct core *part;
	struct err *err;

	if (self->nr == MAX_PARTS || snprintf(path, sizeof(path), "%s/%s", dir,
					      name) >= (int)sizeof(path))
		return;
	err = core_open_file(path, &part);
	if (err) {
		err_destroy(err);
		snprintf(self->unreadable, sizeof(self->unreadable), "%.60s",
			 name);
		return;
	}
	if (!is_of_same_dump(self->part[0], part)) {
		core_close(part);
		return;
	}
	self->part[self->nr++] = part;
	joined->stored_bytes += part->stored_bytes;
	joined->file_bytes += part->file_bytes;
	joined->bytes_held += part->bytes_held;
}

static void add_parts(const char *path, struct core *joined)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	char *dir guarded_free =
		slash ? strndup(path, (size_t)(slash - path)) : strdup(".");
	struct dirent *entry;
	DIR *stream;

	if (!dir)
		return;
	stream = opendir(*dir ? dir : "/");
	if (!stream)
		return;
	while ((entry = readdir(stream)))
		if (is_named_alike(name, entry->d_name))
			add_part(dir, entry->d_name, joined);
	closedir(stream);
}

/* If *core, the open file, is a part: *core becomes all that lie beside it. Those that are missing are absent, and no error. */
static struct err *join_parts(const char *path, struct core **core)
{
	struct core *joined;
	struct core_split *self;

	if (!core_kdump_part(*core))
		return NULL;
	joined = calloc(1, sizeof(*joined));
	self = calloc(1, sizeof(*self));
	if (!joined || !self) {
		free(joined);
		free(self);
		return err_create(ERR_IO, "out of memory");
	}
	self->part[self->nr++] = *core;
	*joined = (struct core){
		.ops = &core_split_ops,
		.fd = -1,
		.stored_bytes = (*core)->stored_bytes,
		.file_bytes = (*core)->file_bytes,
		.bytes_held = (*core)->bytes_held,
		.priv = self,
	};
	add_parts(path, joined);
	*core = joined;
	return NULL;
}

struct err *core_open(const char *path, struct core **ret)
{
	struct err *err = core_open_file(path, ret);

	if (err)
		return err;
	err = join_parts(path, ret);
	if (err) {
		core_close(*ret);
		*ret = NULL;
	}
	return err;
}
