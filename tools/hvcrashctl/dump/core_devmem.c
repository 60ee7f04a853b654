// SPDX-License-Identifier: GPL-2.0-only
/*
 * core_devmem.c - after a kexec: the last kernel's registry, in this machine's
 * memory
 *
 * Reached through core.c for /dev/mem. The registry was kept by what
 * "hvcrashctl kexec-args" prints: its memory is reserved on this kernel's
 * command line, and hvcrash_registry= says where it is.
 *
 * Invariant: only memory that the running kernel does not use can be read,
 * which the kernel itself ensures (CONFIG_STRICT_DEVMEM): everything else is
 * absent.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "dump/core.h"
#include "hvcrash_abi.h"

#define CMDLINE "/proc/cmdline"
#define KEY "hvcrash_registry="
#define MAX_CMDLINE_BYTES (64 * 1024)

/*
 * The last one counts: kexec --reuse-cmdline keeps that of an earlier kernel in
 * front, and its registry may still exist, clean but out of date.
 */
static const char *find_word(const char *text, const char *key)
{
	const char *last = NULL, *at = text;

	while ((at = strstr(at, key))) {
		if (at == text || at[-1] == ' ')
			last = at;
		at += strlen(key);
	}
	return last;
}

/* The value of KEY on the command line, to be freed; NULL if there is none */
static char *read_told_address(void)
{
	char *text guarded_free = calloc(1, MAX_CMDLINE_BYTES);
	FILE *file = fopen(CMDLINE, "re");
	const char *word = NULL;

	if (text && file && fread(text, 1, MAX_CMDLINE_BYTES - 1, file))
		word = find_word(text, KEY);
	if (file)
		fclose(file);
	if (!word)
		return NULL;
	word += strlen(KEY);
	return strndup(word, strcspn(word, " \n"));
}

bool core_devmem_is_told(void)
{
	char *address guarded_free = read_told_address();

	return address;
}

/* By the device and not by its contents: core.c checks for the device first */
static bool devmem_probe(const unsigned char *head, size_t bytes)
{
	(void)head;
	(void)bytes;
	return false;
}

static struct err *devmem_open(struct core *core)
{
	core->priv = read_told_address();
	if (!core->priv)
		return err_create(ERR_REGISTRY,
				  "no registry: " KEY
				  " is not on the kernel's command line");
	core->bytes_held = HVCRASH_PAGE_BYTES;
	return NULL;
}

static struct err *devmem_read_gpa(struct core *core, __u64 gpa, void *buf,
				   size_t bytes, bool *ret_is_present)
{
	struct err *err;
	size_t got;

	/* In use by this kernel, so it cannot be read: EPERM, or EFAULT */
	err = core_pread(core, gpa, buf, bytes, &got);
	*ret_is_present = !err && got == bytes;
	err_destroy(err);
	return NULL;
}

static struct err *devmem_vmcoreinfo(struct core *core, char **ret_text)
{
	if (asprintf(ret_text, "%s=%s\n", HVCRASH_VMCOREINFO_KEY,
		     (const char *)core->priv) < 0)
		return err_create(ERR_IO, "out of memory");
	return NULL;
}

static void devmem_close(struct core *core)
{
	free(core->priv);
}

const struct core_ops core_devmem_ops = {
	.name = "memory of this machine",
	.probe = devmem_probe,
	.open = devmem_open,
	.read_gpa = devmem_read_gpa,
	.vmcoreinfo = devmem_vmcoreinfo,
	.close = devmem_close,
};
