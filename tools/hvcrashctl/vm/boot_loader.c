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
#include "vm/grub_cfg.h"

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

/*
 * Judged by the entry's options, not by a name in it such as
 * root=/dev/recovery/root
 */
static bool is_rescue(const char *line)
{
	static const char *const words[] = { "single",
					     "rescue",
					     "recovery",
					     "emergency",
					     "systemd.unit=rescue.target",
					     "systemd.unit=emergency.target" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (words_have(line, words[i]))
			return true;
	return false;
}

/* Takes a command line: of the first entry, or of one that differs from it */
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

/*
 * @cfg: whose variables the entry may use; NULL for systemd-boot, which has
 * none
 */
static void take_entry(const struct sysroot *sysroot, const char *path,
		       const struct grub_cfg *cfg, struct boot_loader *ret)
{
	char *text guarded_free =
		sysroot_read_all(sysroot, path, MAX_CONFIG_BYTES);
	char line[WORDS_LINE_BYTES] = "", expanded[WORDS_LINE_BYTES];
	char *rest = text, *one;

	/* as dracut and grubby name it: MACHINE-0-rescue.conf */
	if (!text || strstr(path, "-rescue"))
		return;
	while ((one = strsep(&rest, "\n"))) {
		const char *at = one + strspn(one, " \t");
		bool is_vague;

		one[strcspn(one, "\r")] = '\0';
		if (strncmp(at, "options", 7) || !strchr(" \t", at[7]))
			continue;
		at += 7;
		if (cfg && grub_cfg_next(cfg, &at, expanded, &is_vague)) {
			ret->is_vague |= is_vague;
			at = expanded;
		}
		words_append(line, at + strspn(at, " \t"));
	}
	if (is_rescue(line))
		return;
	ret->is_known = true;
	take_line(ret, line, path);
}

/* The newest first, which boots by default */
static int compare_entries(const void *a, const void *b)
{
	return strverscmp(*(char *const *)b, *(char *const *)a);
}

/* saved_entry=NAME of grubenv: the entry NAME.conf boots by default */
static bool is_saved(const struct grub_cfg *cfg, const char *path)
{
	const char *name = cfg ? grub_cfg_get(cfg, "saved_entry") : NULL;
	const char *own = strrchr(path, '/') + 1;

	return name && *name && !strncmp(own, name, strlen(name)) &&
	       !strcmp(own + strlen(name), ".conf");
}

static bool take_entries(const struct sysroot *sysroot,
			 const struct grub_cfg *cfg, struct boot_loader *ret)
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
		qsort(found.gl_pathv, found.gl_pathc, sizeof(char *),
		      compare_entries);
		for (int saved = 1; saved >= 0; saved--)
			for (size_t j = 0; j < found.gl_pathc; j++)
				if (is_saved(cfg, found.gl_pathv[j]) == saved)
					take_entry(
						sysroot,
						found.gl_pathv[j] +
							strlen(sysroot->root),
						cfg, ret);
		is_found |= found.gl_pathc > 0;
		globfree(&found);
	}
	return is_found;
}

/* "linux IMAGE WORD...", and no other program that GRUB loads like a kernel */
static bool is_kernel_command(const char *line)
{
	static const char *const commands[] = { "linux", "linuxefi",
						"linux16" };
	static const char *const others[] = { "memtest", "ipxe", "wimboot" };
	char word[WORDS_WORD_BYTES];
	const char *name;
	bool is_kernel = false;

	if (!words_next(&line, word))
		return false;
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		is_kernel |= !strcmp(word, commands[i]);
	if (!is_kernel || !words_next(&line, word))
		return false;
	name = strrchr(word, '/');
	name = name ? name + 1 : word;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (!strncmp(name, others[i], strlen(others[i])))
			return false;
	return !strstr(name, "-rescue-");
}

static void take_grub(const struct sysroot *sysroot, struct boot_loader *ret)
{
	static const char *const files[] = { "/boot/grub2/grub.cfg",
					     "/boot/grub/grub.cfg" };

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct grub_cfg cfg guarded(grub_cfg_deinit) = { 0 };
		bool is_last = i + 1 == sizeof(files) / sizeof(files[0]);
		char line[WORDS_LINE_BYTES];
		const char *at;
		bool is_vague;

		if (!grub_cfg_read(sysroot, files[i], &cfg)) {
			if (is_last)
				take_entries(sysroot, &cfg, ret);
			continue;
		}
		ret->is_known = true;
		if (cfg.has_blscfg && take_entries(sysroot, &cfg, ret))
			return;
		at = cfg.text;
		while (grub_cfg_next(&cfg, &at, line, &is_vague)) {
			if (!is_kernel_command(line) || is_rescue(line))
				continue;
			ret->is_vague |= is_vague;
			take_line(ret, line, files[i]);
		}
		return;
	}
}

/* The last one counts, as on every command line */
static bool file_has(const struct sysroot *sysroot, const char *path,
		     char ret[WORDS_WORD_BYTES])
{
	static const char key[] = "crashkernel=";
	size_t bytes = 0;
	char *text guarded_free =
		sysroot_read_text(sysroot, path, MAX_ADDON_BYTES, &bytes);
	const char *at = text, *end = text + bytes;
	bool is_found = false;
	int length;

	while (text &&
	       (at = memmem(at, (size_t)(end - at), key, strlen(key)))) {
		at += strlen(key);
		for (length = 0; at[length] > ' ' && at[length] != '"';)
			length++;
		snprintf(ret, WORDS_WORD_BYTES, "%.*s", length, at);
		is_found = true;
	}
	return is_found;
}

/*
 * Beside which image its addons are: IMAGE.efi.extra.d. FAT knows no case.
 * Where the stub does not say which image was booted, those of any count.
 */
static bool is_addon_of(const char *path, const char *image)
{
	const char *end = strstr(path, ".extra.d/"), *from;
	const char *name = strrchr(image, '\\');

	if (!end || !name)
		return true;
	for (from = end; from > path && from[-1] != '/'; from--)
		;
	name++;
	return strlen(name) == (size_t)(end - from) &&
	       !strncasecmp(name, from, strlen(name));
}

/*
 * The command line in the image cannot be changed; an addon beside it adds to
 * it
 */
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

	char image[SYSROOT_PATH_BYTES];

	/* before version 256 the stub says it in the loader's variable */
	if (!read_variable(sysroot, "StubImageIdentifier", image,
			   sizeof(image)) &&
	    strncmp(ret->name, "systemd-boot", 12))
		read_variable(sysroot, "LoaderImageIdentifier", image,
			      sizeof(image));
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

			if (is_addon_of(path, image) &&
			    file_has(sysroot, path, ret->crashkernel))
				snprintf(ret->file, sizeof(ret->file), "%s",
					 path);
		}
		globfree(&found);
	}
}

/*
 * Whether the file already existed unchanged when this kernel booted, by btime
 * of /proc/stat
 */
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
		take_addons(sysroot, ret);
		snprintf(ret->name, sizeof(ret->name),
			 "a unified kernel image");
	} else if (!strncmp(ret->name, "systemd-boot", 12)) {
		ret->kind = BOOT_LOADER_SYSTEMD;
		take_entries(sysroot, NULL, ret);
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
