// SPDX-License-Identifier: GPL-2.0-only
/*
 * boot_loader.c - EFI variables, grub.cfg, boot entries, addons
 *
 * See boot_loader.h.
 */
#define _GNU_SOURCE
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "vm/boot_loader.h"

#define MAX_CONFIG_BYTES (4 * 1024 * 1024)
#define MAX_ADDON_BYTES (1024 * 1024)
#define LOADER_GUID "4a67b082-0a4c-41cf-b6c7-440b29bb8c4f"

/* The text of a variable, from UTF-16 with attributes in front */
static bool read_variable(const struct sysroot *sysroot, const char *name,
			  char *buf, size_t bytes)
{
	char path[SYSROOT_PATH_BYTES];
	size_t length = 0, used = 0;
	char *text guarded_free = NULL;

	snprintf(path, sizeof(path),
		 "/sys/firmware/efi/efivars/%s-" LOADER_GUID, name);
	text = sysroot_read_text(sysroot, path, 4096, &length);
	for (size_t i = 4; text && i + 1 < length && used + 1 < bytes; i += 2)
		if (text[i] >= ' ' && text[i] < 127)
			buf[used++] = text[i];
	buf[used] = '\0';
	return used;
}

/* Words of the last crashkernel= that is not only ",low" or ",cma" */
static bool find_crashkernel(const char *line, char ret[WORDS_WORD_BYTES])
{
	char word[WORDS_WORD_BYTES];
	bool is_found = false;

	while (words_next(&line, word)) {
		size_t length = strlen(word);

		if (strncmp(word, "crashkernel=", 12))
			continue;
		if (length > 4 && (!strcmp(word + length - 4, ",low") ||
				   !strcmp(word + length - 4, ",cma")))
			continue;
		is_found = true;
		snprintf(ret, WORDS_WORD_BYTES, "%s", word + 12);
	}
	return is_found;
}

static bool is_rescue(const char *text)
{
	return strstr(text, "rescue") || strstr(text, "recovery") ||
	       strstr(text, " single");
}

/* A line of words: of the first entry, or one that differs from it */
static void take_line(struct boot_loader *ret, const char *line,
		      const char *from)
{
	char value[WORDS_WORD_BYTES] = "";
	bool is_there = find_crashkernel(line, value);

	if (!*ret->file) {
		snprintf(ret->file, sizeof(ret->file), "%s", from);
		snprintf(ret->crashkernel, sizeof(ret->crashkernel), "%s",
			 value);
		if (!is_there)
			snprintf(ret->without, sizeof(ret->without), "%s",
				 from);
	} else if (!is_there && !*ret->without) {
		snprintf(ret->without, sizeof(ret->without), "%s", from);
	} else if (is_there && !*ret->crashkernel) {
		snprintf(ret->crashkernel, sizeof(ret->crashkernel), "%s",
			 value);
	}
}

/* kernelopts= of grubenv, for entries that say $kernelopts */
static void read_kernelopts(const struct sysroot *sysroot,
			    char ret[WORDS_LINE_BYTES])
{
	char *text guarded_free = sysroot_read_all(
		sysroot, "/boot/grub2/grubenv", MAX_CONFIG_BYTES);
	const char *at = text ? strstr(text, "\nkernelopts=") : NULL;

	*ret = '\0';
	if (at)
		snprintf(ret, WORDS_LINE_BYTES, "%.*s",
			 (int)strcspn(at + 12, "\n"), at + 12);
}

static void take_entry(const struct sysroot *sysroot, const char *path,
		       struct boot_loader *ret)
{
	char *text guarded_free =
		sysroot_read_all(sysroot, path, MAX_CONFIG_BYTES);
	char line[WORDS_LINE_BYTES] = "", kernelopts[WORDS_LINE_BYTES];
	char *rest = text, *one;

	if (!text || is_rescue(path))
		return;
	ret->is_known = true;
	while ((one = strsep(&rest, "\n")))
		if (!strncmp(one, "options", 7) && strchr(" \t", one[7]))
			words_append(line, one + 8);
	if (words_have(line, "$kernelopts")) {
		read_kernelopts(sysroot, kernelopts);
		words_append(line, kernelopts);
	}
	take_line(ret, line, path);
}

/* The newest, which boots by default, comes last by its name */
static bool take_entries(const struct sysroot *sysroot, struct boot_loader *ret)
{
	static const char *const patterns[] = {
		"/boot/loader/entries/*.conf", "/efi/loader/entries/*.conf",
		"/boot/efi/loader/entries/*.conf"
	};
	bool is_found = false;

	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		char full[SYSROOT_PATH_BYTES];
		glob_t found;

		if (glob(sysroot_path(sysroot, patterns[i], full), 0, NULL,
			 &found))
			continue;
		for (size_t j = found.gl_pathc; j; j--)
			take_entry(sysroot,
				   found.gl_pathv[j - 1] +
					   strlen(sysroot->root),
				   ret);
		is_found |= found.gl_pathc > 0;
		globfree(&found);
	}
	return is_found;
}

static bool has_blscfg(const char *text)
{
	const char *at = strstr(text, "blscfg");

	return at && (at == text || strchr(" \t\n", at[-1]));
}

static void take_grub(const struct sysroot *sysroot, struct boot_loader *ret)
{
	static const char *const files[] = { "/boot/grub2/grub.cfg",
					     "/boot/grub/grub.cfg" };

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		char *text guarded_free =
			sysroot_read_all(sysroot, files[i], MAX_CONFIG_BYTES);
		char *rest = text, *line;

		if (!text)
			continue;
		ret->is_known = true;
		if (has_blscfg(text) && take_entries(sysroot, ret))
			return;
		while ((line = strsep(&rest, "\n"))) {
			line += strspn(line, " \t");
			if (strncmp(line, "linux", 5) || is_rescue(line) ||
			    !(strchr(" \t", line[5]) ||
			      !strncmp(line + 5, "efi ", 4) ||
			      !strncmp(line + 5, "16 ", 3)))
				continue;
			take_line(ret, line, files[i]);
		}
		return;
	}
	if (take_entries(sysroot, ret))
		ret->is_known = true;
}

static bool file_has(const struct sysroot *sysroot, const char *path,
		     char ret[WORDS_WORD_BYTES])
{
	static const char key[] = "crashkernel=";
	size_t bytes = 0;
	char *text guarded_free =
		sysroot_read_text(sysroot, path, MAX_ADDON_BYTES, &bytes);
	const char *at = text ? memmem(text, bytes, key, strlen(key)) : NULL;

	if (at)
		snprintf(ret, WORDS_WORD_BYTES, "%.*s",
			 (int)strcspn(at + strlen(key), " \n\t\""),
			 at + strlen(key));
	return at;
}

/* What is built into the image cannot be changed; an addon beside it adds to it */
static void take_addons(const struct sysroot *sysroot, struct boot_loader *ret)
{
	static const char *const patterns[] = {
		"/boot/efi/EFI/Linux/*.extra.d/*.addon.efi",
		"/efi/EFI/Linux/*.extra.d/*.addon.efi",
		"/boot/EFI/Linux/*.extra.d/*.addon.efi",
		"/boot/efi/loader/addons/*.addon.efi",
		"/efi/loader/addons/*.addon.efi",
		"/boot/loader/addons/*.addon.efi",
	};

	ret->is_known = true;
	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		char full[SYSROOT_PATH_BYTES];
		glob_t found;

		if (glob(sysroot_path(sysroot, patterns[i], full), 0, NULL,
			 &found))
			continue;
		for (size_t j = 0; j < found.gl_pathc; j++) {
			const char *path =
				found.gl_pathv[j] + strlen(sysroot->root);

			if (file_has(sysroot, path, ret->crashkernel))
				snprintf(ret->file, sizeof(ret->file), "%s",
					 path);
		}
		globfree(&found);
	}
}

/* Was the file there, as it is, when this kernel booted? By btime of /proc/stat. */
static bool is_older_than_boot(const struct sysroot *sysroot, const char *path)
{
	char *text guarded_free =
		sysroot_read_all(sysroot, "/proc/stat", MAX_CONFIG_BYTES);
	const char *at = text ? strstr(text, "btime ") : NULL;
	time_t changed;

	return at && *path && sysroot_mtime(sysroot, path, &changed) &&
	       changed < (time_t)atoll(at + 6);
}

void boot_loader_read(const struct sysroot *sysroot, struct boot_loader *ret)
{
	char stub[64];

	memset(ret, 0, sizeof(*ret));
	read_variable(sysroot, "LoaderInfo", ret->name, sizeof(ret->name));
	if (read_variable(sysroot, "StubInfo", stub, sizeof(stub))) {
		ret->kind = BOOT_LOADER_UKI;
		snprintf(ret->name, sizeof(ret->name),
			 "a unified kernel image");
		take_addons(sysroot, ret);
	} else if (!strncmp(ret->name, "systemd-boot", 12)) {
		ret->kind = BOOT_LOADER_SYSTEMD;
		take_entries(sysroot, ret);
	} else {
		if (!*ret->name)
			snprintf(ret->name, sizeof(ret->name), "GRUB");
		ret->kind = BOOT_LOADER_GRUB;
		take_grub(sysroot, ret);
		if (!ret->is_known)
			ret->kind = BOOT_LOADER_UNKNOWN;
	}
	ret->is_older = is_older_than_boot(sysroot, ret->file);
}
