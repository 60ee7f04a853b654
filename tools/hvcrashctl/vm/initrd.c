// SPDX-License-Identifier: GPL-2.0-only
/*
 * initrd.c - walks through the archives of an initrd
 *
 * See initrd.h. Everything is bounded: bytes, names, and time, since the
 * decompressor is killed when the walk ends.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "vm/command.h"
#include "vm/initrd.h"

#define MAX_NAMES_BYTES (4 * 1024 * 1024)
#define MAX_READ_BYTES (2ULL * 1024 * 1024 * 1024)
#define CPIO_HEADER_BYTES 110

/* A file, or the pipe from a program that decompresses the rest of it */
struct input {
	int fd;
	unsigned long long at;
	unsigned char buf[64 * 1024];
	size_t from, used;
};

static bool fill(struct input *input)
{
	ssize_t got;

	if (input->from < input->used)
		return true;
	if (input->at > MAX_READ_BYTES)
		return false;
	do
		got = read(input->fd, input->buf, sizeof(input->buf));
	while (got < 0 && errno == EINTR);
	input->from = 0;
	input->used = got > 0 ? (size_t)got : 0;
	return input->used;
}

static bool take_bytes(struct input *input, void *to, size_t bytes)
{
	unsigned char *out = to;

	while (bytes) {
		size_t some;

		if (!fill(input))
			return false;
		some = input->used - input->from;
		if (some > bytes)
			some = bytes;
		if (out) {
			memcpy(out, input->buf + input->from, some);
			out += some;
		}
		input->from += some;
		input->at += some;
		bytes -= some;
	}
	return true;
}

static bool align(struct input *input)
{
	return take_bytes(input, NULL, (size_t)(-input->at & 3));
}

static bool add_name(struct initrd *ret, size_t *used, const char *name)
{
	size_t length = strlen(name);

	if (*used + length + 2 > MAX_NAMES_BYTES)
		return false;
	memcpy(ret->names + *used, name, length);
	*used += length;
	ret->names[(*used)++] = '\n';
	ret->names[*used] = '\0';
	return true;
}

static unsigned int hex_field(const unsigned char *header, size_t number)
{
	char text[9] = "";

	memcpy(text, header + 6 + 8 * number, 8);
	return (unsigned int)strtoul(text, NULL, 16);
}

/* Behind the magic number of an archive; false at its end, or on damage */
static bool read_entry(struct input *input, struct initrd *ret, size_t *used)
{
	unsigned char header[CPIO_HEADER_BYTES];
	char name[4096];
	unsigned int name_bytes, file_bytes;

	if (!take_bytes(input, header, sizeof(header)) ||
	    memcmp(header, "07070", 5)) {
		snprintf(ret->why, sizeof(ret->why), "no cpio archive");
		return false;
	}
	file_bytes = hex_field(header, 6);
	name_bytes = hex_field(header, 11);
	if (!name_bytes || name_bytes > sizeof(name) ||
	    !take_bytes(input, name, name_bytes) || name[name_bytes - 1] ||
	    !align(input) || !take_bytes(input, NULL, file_bytes) ||
	    !align(input)) {
		snprintf(ret->why, sizeof(ret->why), "it ends too early");
		return false;
	}
	if (!strcmp(name, "TRAILER!!!"))
		return false;
	ret->is_image |= !!strstr(name, "squashfs-root.img") ||
			 !!strstr(name, "squash-root.img") ||
			 !!strstr(name, "erofs-root.img");
	return add_name(ret, used, name);
}

static const struct {
	const char *magic;
	size_t bytes;
	const char *argv[4];
} formats[] = {
	{ "\x1f\x8b", 2, { "gzip", "-dc", NULL } },
	{ "\x28\xb5\x2f\xfd", 4, { "zstd", "-dcq", NULL } },
	{ "\xfd"
	  "7zXZ",
	  5,
	  { "xz", "-dc", NULL } },
	{ "\x02\x21\x4c\x18", 4, { "lz4", "-dc", NULL } },
	{ "\x04\x22\x4d\x18", 4, { "lz4", "-dc", NULL } },
	{ "BZh", 3, { "bzip2", "-dc", NULL } },
	{ "\x89LZO", 4, { "lzop", "-dc", NULL } },
	{ "\x5d\0\0", 3, { "xz", "-dc", "--format=lzma", NULL } },
};

static void read_archives(struct input *input, struct initrd *ret, size_t *used,
			  bool is_inner);

/* The rest of the file goes through a program */
static void read_compressed(struct input *input, struct initrd *ret,
			    size_t *used)
{
	struct input *inner guarded_free = calloc(1, sizeof(*inner));
	off_t at = (off_t)input->at;
	pid_t pid;

	for (size_t i = 0; inner && i < sizeof(formats) / sizeof(formats[0]);
	     i++) {
		if (input->used - input->from < formats[i].bytes ||
		    memcmp(input->buf + input->from, formats[i].magic,
			   formats[i].bytes))
			continue;
		if (lseek(input->fd, at, SEEK_SET) != at)
			break;
		inner->fd = command_filter(formats[i].argv, input->fd, &pid);
		if (inner->fd < 0)
			break;
		if (fill(inner))
			read_archives(inner, ret, used, true);
		else
			snprintf(ret->why, sizeof(ret->why),
				 "%s cannot read it, or is not installed",
				 formats[i].argv[0]);
		command_end(inner->fd, pid);
		return;
	}
	snprintf(ret->why, sizeof(ret->why), "an unknown compression");
}

/* They stand between archives; false at the end of the file */
static bool skip_zeros(struct input *input)
{
	while (fill(input)) {
		size_t at = input->from;

		while (at < input->used && !input->buf[at])
			at++;
		input->at += at - input->from;
		input->from = at;
		if (at < input->used)
			return true;
	}
	return false;
}

static void read_archives(struct input *input, struct initrd *ret, size_t *used,
			  bool is_inner)
{
	for (;;) {
		if (!skip_zeros(input))
			return;
		if (input->buf[input->from] != '0') {
			if (is_inner)
				return;
			read_compressed(input, ret, used);
			return;
		}
		while (read_entry(input, ret, used))
			;
		if (*ret->why)
			return;
	}
}

void initrd_read(const struct sysroot *sysroot, const char *path,
		 struct initrd *ret)
{
	struct input *input guarded_free = calloc(1, sizeof(*input));
	size_t used = 0;

	memset(ret, 0, sizeof(*ret));
	ret->names = malloc(MAX_NAMES_BYTES); /* not zeroed: a thousand pages */
	if (!input || !ret->names) {
		snprintf(ret->why, sizeof(ret->why), "out of memory");
		return;
	}
	*ret->names = '\0';
	input->fd = sysroot_open(sysroot, path);
	if (input->fd < 0) {
		snprintf(ret->why, sizeof(ret->why), "%s", sysroot_error());
		return;
	}
	read_archives(input, ret, &used, false);
	close(input->fd);
	if (!used && !*ret->why)
		snprintf(ret->why, sizeof(ret->why), "it is empty");
}

void initrd_deinit(struct initrd *initrd)
{
	free(initrd->names);
}

bool initrd_has(const struct initrd *initrd, const char *end)
{
	size_t length = strlen(end);
	const char *at = initrd->names;

	while (at && (at = strstr(at, end))) {
		if (at[length] == '\n')
			return true;
		at += length;
	}
	return false;
}

/* To the kernel - and _ are the same */
bool initrd_has_module(const struct initrd *initrd, const char *module)
{
	static const char *const ends[] = { ".ko", ".ko.xz", ".ko.zst",
					    ".ko.gz" };
	char name[80];

	for (size_t i = 0; i < 2 * sizeof(ends) / sizeof(ends[0]); i++) {
		snprintf(name, sizeof(name), "/%.60s%s", module, ends[i / 2]);
		for (char *at = name; i % 2 && *at; at++)
			if (*at == '_')
				*at = '-';
		if (initrd_has(initrd, name))
			return true;
	}
	return false;
}
