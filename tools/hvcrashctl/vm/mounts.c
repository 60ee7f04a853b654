// SPDX-License-Identifier: GPL-2.0-only
/*
 * mounts.c - /proc/mounts, /dev/disk/by-*, and the layers of a block device
 *
 * See mounts.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "vm/mounts.h"
#include "vm/words.h"

#define MAX_MOUNTS_BYTES (1024 * 1024)
#define MAX_LAYERS 8

static const char *last_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* dm-3 of /dev/mapper/NAME, where its link is not there */
static bool find_mapper(const struct sysroot *sysroot, const char *mapper,
			char *buf, size_t bytes)
{
	char path[SYSROOT_PATH_BYTES], name[128];

	for (unsigned int i = 0; i < 64; i++) {
		snprintf(path, sizeof(path), "/sys/class/block/dm-%u/dm/name",
			 i);
		if (!sysroot_read(sysroot, path, name, sizeof(name))) {
			snprintf(path, sizeof(path), "/sys/block/dm-%u/dm/name",
				 i);
			if (!sysroot_read(sysroot, path, name, sizeof(name)))
				continue;
		}
		if (strcmp(name, mapper))
			continue;
		snprintf(buf, bytes, "dm-%u", i);
		return true;
	}
	return false;
}

void mounts_block_name(const struct sysroot *sysroot, const char *device,
		       char *buf, size_t bytes)
{
	static const struct {
		const char *key, *directory;
	} keys[] = {
		{ "UUID=", "by-uuid" },
		{ "LABEL=", "by-label" },
		{ "PARTUUID=", "by-partuuid" },
		{ "PARTLABEL=", "by-partlabel" },
	};
	char path[SYSROOT_PATH_BYTES], target[SYSROOT_PATH_BYTES];
	char cmdline[WORDS_LINE_BYTES], root[WORDS_WORD_BYTES];

	/* without an initrd the kernel calls it so, whatever it is */
	if (!strcmp(device, "/dev/root") &&
	    sysroot_read(sysroot, "/proc/cmdline", cmdline, sizeof(cmdline)) &&
	    words_last(cmdline, "root", root))
		device = root;
	snprintf(path, sizeof(path), "%.200s", device);
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		size_t length = strlen(keys[i].key);

		if (!strncmp(device, keys[i].key, length))
			snprintf(path, sizeof(path), "/dev/disk/%s/%.200s",
				 keys[i].directory, device + length);
	}
	*buf = '\0';
	if (strncmp(path, "/dev/", 5))
		return;
	if (sysroot_read_link(sysroot, path, target, sizeof(target)))
		snprintf(buf, bytes, "%s", last_name(target));
	else if (strncmp(path, "/dev/mapper/", 12) ||
		 !find_mapper(sysroot, path + 12, buf, bytes))
		snprintf(buf, bytes, "%s",
			 strncmp(path, "/dev/disk/", 10) ? last_name(path) :
							   "");
}

/* "\040" for a blank, as /proc/mounts has it */
static void unescape(char *text)
{
	char *to = text;

	for (; *text; text++) {
		unsigned int code;

		if (*text == '\\' && sscanf(text, "\\%3o", &code) == 1) {
			*to++ = (char)code;
			text += 3;
		} else {
			*to++ = *text;
		}
	}
	*to = '\0';
}

static bool next_mount(char **rest, char from[256], char to[256],
		       char type[MOUNTS_TYPE_BYTES])
{
	char *line;

	while (*rest && (line = strsep(rest, "\n"))) {
		if (sscanf(line, "%255s %255s %31s", from, to, type) != 3)
			continue;
		unescape(from);
		unescape(to);
		return true;
	}
	return false;
}

bool mounts_find_device(const struct sysroot *sysroot, const char *device,
			char *buf, size_t bytes)
{
	char *text guarded_free =
		sysroot_read_all(sysroot, "/proc/mounts", MAX_MOUNTS_BYTES);
	char from[256], to[256], type[MOUNTS_TYPE_BYTES], name[64], own[64];
	char *rest = text;

	mounts_block_name(sysroot, device, name, sizeof(name));
	while (next_mount(&rest, from, to, type)) {
		mounts_block_name(sysroot, from, own, sizeof(own));
		if (strcmp(from, device) && (!*name || strcmp(name, own)))
			continue;
		snprintf(buf, bytes, "%s", to);
		return true;
	}
	return false;
}

bool mounts_device_of(const struct sysroot *sysroot, const char *path,
		      char *buf, size_t bytes)
{
	char type[MOUNTS_TYPE_BYTES];

	return mounts_find(sysroot, path, buf, bytes, type);
}

bool mounts_find(const struct sysroot *sysroot, const char *path, char *buf,
		 size_t bytes, char ret_type[MOUNTS_TYPE_BYTES])
{
	char *text guarded_free =
		sysroot_read_all(sysroot, "/proc/mounts", MAX_MOUNTS_BYTES);
	char from[256], to[256], type[MOUNTS_TYPE_BYTES], *rest = text;
	size_t best = 0;

	*buf = *ret_type = '\0';
	while (next_mount(&rest, from, to, type)) {
		size_t length = strlen(to);

		if (length > 1 && (strncmp(path, to, length) ||
				   (path[length] && path[length] != '/')))
			continue;
		/* a later mount hides an earlier one */
		if (length < best || *to != '/')
			continue;
		best = length;
		snprintf(buf, bytes, "%s", from);
		snprintf(ret_type, MOUNTS_TYPE_BYTES, "%s", type);
	}
	return *buf;
}

static bool read_uuid(const struct sysroot *sysroot, const char *name,
		      char *buf, size_t bytes)
{
	char path[SYSROOT_PATH_BYTES];

	snprintf(path, sizeof(path), "/sys/class/block/%.64s/dm/uuid", name);
	if (sysroot_read(sysroot, path, buf, bytes))
		return true;
	snprintf(path, sizeof(path), "/sys/block/%.64s/dm/uuid", name);
	return sysroot_read(sysroot, path, buf, bytes);
}

static bool find_slave(const struct sysroot *sysroot, const char *name,
		       char *buf, size_t bytes)
{
	static const char *const places[] = { "/sys/class/block",
					      "/sys/block" };
	char pattern[SYSROOT_PATH_BYTES], path[SYSROOT_PATH_BYTES];

	for (size_t i = 0; i < 2; i++) {
		snprintf(pattern, sizeof(pattern), "%s/%.64s/slaves/*",
			 places[i], name);
		if (!sysroot_glob(sysroot, pattern, path))
			continue;
		snprintf(buf, bytes, "%.63s", last_name(path));
		return true;
	}
	return false;
}

bool mounts_is_encrypted(const struct sysroot *sysroot, const char *name)
{
	char layer[64], below[64], uuid[128];

	snprintf(layer, sizeof(layer), "%s", name);
	for (unsigned int i = 0; i < MAX_LAYERS && *layer; i++) {
		if (read_uuid(sysroot, layer, uuid, sizeof(uuid)) &&
		    !strncmp(uuid, "CRYPT-", 6))
			return true;
		if (!find_slave(sysroot, layer, below, sizeof(below)))
			return false;
		snprintf(layer, sizeof(layer), "%s", below);
	}
	return false;
}

void mounts_disk(const struct sysroot *sysroot, const char *name, char *buf,
		 size_t bytes)
{
	char below[64];

	snprintf(buf, bytes, "%s", name);
	for (unsigned int i = 0; i < MAX_LAYERS; i++) {
		if (!find_slave(sysroot, buf, below, sizeof(below)))
			return;
		snprintf(buf, bytes, "%s", below);
	}
}
