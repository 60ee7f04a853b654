/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sysroot.h - reads small facts of a machine, below a directory that may stand
 * for its root
 *
 * Called by kdump_config, the status checks and the verb crash. With a root of
 * its own (--sysroot) nothing of the machine we run on is asked, CPUID neither:
 * its leaves are then in the file "cpuid", as cpuid -1 -r prints them.
 */
#ifndef HVCRASHCTL_SYSROOT_H
#define HVCRASHCTL_SYSROOT_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>
#include <linux/types.h>

#include "base/err.h"

#define SYSROOT_PATH_BYTES 512

/**
 * struct sysroot - a machine
 * @root: "" for the one we run on, else a directory
 */
struct sysroot {
	const char *root;
};

/* @root NULL: this machine; else it has to be a directory */
struct err *sysroot_init(struct sysroot *sysroot, const char *root);
bool sysroot_is_own(const struct sysroot *sysroot);

/* @path below the root; cut where it does not fit, and then not found */
const char *sysroot_path(const struct sysroot *sysroot, const char *path,
			 char buf[SYSROOT_PATH_BYTES]);

bool sysroot_exists(const struct sysroot *sysroot, const char *path);

/* Whether a file matches the pattern of glob(7), and which */
bool sysroot_glob(const struct sysroot *sysroot, const char *pattern,
		  char ret_path[SYSROOT_PATH_BYTES]);

/* The number of files that match the pattern */
unsigned int sysroot_count(const struct sysroot *sysroot, const char *pattern);

/* "x86_64", by uname(2) or the sysctl that says the same */
bool sysroot_is_machine(const struct sysroot *sysroot, const char *machine);

/*
 * The first @bytes - 1 of a file, without white space at its end. False with
 * errno where it cannot be read; @buf is empty then.
 */
bool sysroot_read(const struct sysroot *sysroot, const char *path, char *buf,
		  size_t bytes);

/* All of a file, at most @max bytes, to be freed; NULL with errno */
char *sysroot_read_all(const struct sysroot *sysroot, const char *path,
		       size_t max);

/*
 * The same, with how long it is; EFBIG where it is longer, EINVAL for no file
 */
char *sysroot_read_text(const struct sysroot *sysroot, const char *path,
			size_t max, size_t *ret_bytes);

/* What a symbolic link says, which is not followed; false if it is none */
bool sysroot_read_link(const struct sysroot *sysroot, const char *path,
		       char *buf, size_t bytes);
bool sysroot_mtime(const struct sysroot *sysroot, const char *path,
		   time_t *ret);

/*
 * Where a path leads to once all links are followed; false if there is nothing
 */
bool sysroot_resolve(const struct sysroot *sysroot, const char *path,
		     char ret[SYSROOT_PATH_BYTES]);

/* A regular file, to be read; -1 with errno */
int sysroot_open(const struct sysroot *sysroot, const char *path);

/* Why a file could not be read, by errno */
const char *sysroot_error(void);

/* Into a file that is there, of /proc or /sys; false with errno */
bool sysroot_write(const struct sysroot *sysroot, const char *path,
		   const char *text);

bool sysroot_read_number(const struct sysroot *sysroot, const char *path,
			 __u64 *ret);

/* Whether the text of a file has the word, between blanks or line breaks */
bool sysroot_has_word(const struct sysroot *sysroot, const char *path,
		      const char *word);
bool sysroot_text_has_word(const char *text, const char *word);

/* "MemTotal" of /proc/meminfo in bytes */
bool sysroot_meminfo(const struct sysroot *sysroot, const char *key,
		     __u64 *ret);

/* EAX, EBX, ECX, EDX of a leaf that the hypervisor offers */
bool sysroot_cpuid(const struct sysroot *sysroot, __u32 leaf, __u32 ret[4]);
bool sysroot_has_hyperv_cpuid(const struct sysroot *sysroot);

/* 6.1.20 is before 6.2; a release that is no version is before none */
bool sysroot_release_is_before(const char *release, unsigned int major,
			       unsigned int minor);

#endif
