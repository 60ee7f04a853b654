// SPDX-License-Identifier: GPL-2.0-only
/*
 * rescue_find.c - in a crash kernel: where the first kernel's registry is
 *
 * Called by rescue.c. Reads the line that crash.c appended to VMCOREINFO from
 * the notes of /proc/vmcore. This kernel made the ELF header (fs/proc/vmcore.c): one
 * PT_NOTE, the first program header. The contents of the notes come from the crashed
 * kernel, so every length in them is checked.
 */
#include <linux/elf.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/vmalloc.h>
#include "read_file.h"
#include "uapi/hvcrash_abi.h"
#include "rescue_find.h"

#define VMCORE "/proc/vmcore"
#define NOTE_NAME "VMCOREINFO"

/* A few hundred bytes for each CPU, and VMCOREINFO */
#define MAX_NOTE_BYTES (8 << 20)

/* The text of VMCOREINFO in @notes, or NULL; @ret_bytes is its length */
static const char *find_vmcoreinfo(const void *notes, size_t bytes,
				   size_t *ret_bytes)
{
	const struct elf64_note *note;
	size_t at = 0;
	size_t name, desc;

	while (bytes - at >= sizeof(*note)) {
		note = notes + at;
		at += sizeof(*note);
		name = ALIGN((size_t)note->n_namesz, 4);
		desc = ALIGN((size_t)note->n_descsz, 4);
		if (name > bytes - at || desc > bytes - at - name)
			return NULL;
		if (note->n_namesz == sizeof(NOTE_NAME) &&
		    !memcmp(notes + at, NOTE_NAME, sizeof(NOTE_NAME))) {
			*ret_bytes = note->n_descsz;
			return notes + at + name;
		}
		at += name + desc;
	}
	return NULL;
}

static int parse_gpa(const char *text, size_t bytes, u64 *ret_gpa)
{
	static const char key[] = "\n" HVCRASH_VMCOREINFO_KEY "=";
	char value[24];
	const char *line;

	line = strnstr(text, key, bytes);
	if (!line)
		return -ENOENT;
	line += sizeof(key) - 1;
	strscpy(value, line, min(sizeof(value), (size_t)(text + bytes - line)));
	*strchrnul(value, '\n') = '\0';
	return kstrtou64(value, 0, ret_gpa);
}

static int search_notes(struct file *file, u64 *ret_gpa)
{
	struct elf64_hdr elf;
	struct elf64_phdr phdr;
	const char *text;
	size_t bytes;
	void *notes;
	int ret;

	ret = hvcrash_read_file(file, &elf, sizeof(elf), 0);
	if (!ret)
		ret = hvcrash_read_file(file, &phdr, sizeof(phdr), elf.e_phoff);
	if (ret)
		return ret;
	if (phdr.p_type != PT_NOTE || !phdr.p_filesz ||
	    phdr.p_filesz > MAX_NOTE_BYTES)
		return -EINVAL;
	notes = vmalloc(phdr.p_filesz);
	if (!notes)
		return -ENOMEM;
	ret = hvcrash_read_file(file, notes, phdr.p_filesz, phdr.p_offset);
	if (!ret) {
		text = find_vmcoreinfo(notes, phdr.p_filesz, &bytes);
		ret = text ? parse_gpa(text, bytes, ret_gpa) : -ENOENT;
	}
	vfree(notes);
	return ret;
}

/**
 * hvcrash_rescue_find - find the first kernel's registry
 * @ret_gpa: GPA of its header
 *
 * Context: process, may sleep.
 * Return: 0; -ENOENT if the first kernel did not announce one; or another errno.
 */
int hvcrash_rescue_find(u64 *ret_gpa)
{
	struct file *file = filp_open(VMCORE, O_RDONLY | O_LARGEFILE, 0);
	int ret;

	if (IS_ERR(file))
		return PTR_ERR(file);
	ret = search_notes(file, ret_gpa);
	filp_close(file, NULL);
	return ret;
}
