// SPDX-License-Identifier: GPL-2.0-only
/*
 * devmem.c - preloaded into hvcrashctl: a file replaces /dev/mem
 *
 * Used by kexec.bats. The file MEMORY is opened in place of /dev/mem, and
 * CMDLINE in place of /proc/cmdline.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static int memory = -1;

int open(const char *path, int flags, ...);
int fstat(int fd, struct stat *st);
FILE *fopen(const char *path, const char *mode);

int open(const char *path, int flags, ...)
{
	int (*real)(const char *, int, ...) =
		(int (*)(const char *, int, ...))dlsym(RTLD_NEXT, "open");
	mode_t mode;
	va_list args;

	va_start(args, flags);
	mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(args, mode_t) : 0;
	va_end(args);
	if (strcmp(path, "/dev/mem"))
		return real(path, flags, mode);
	memory = real(getenv("MEMORY"), O_RDONLY | O_CLOEXEC);
	return memory;
}

int fstat(int fd, struct stat *st)
{
	int (*real)(int, struct stat *) =
		(int (*)(int, struct stat *))dlsym(RTLD_NEXT, "fstat");
	int ret = real(fd, st);

	if (!ret && fd == memory) {
		st->st_mode = S_IFCHR | 0600;
		st->st_rdev = makedev(1, 1);
	}
	return ret;
}

FILE *fopen(const char *path, const char *mode)
{
	FILE *(*real)(const char *, const char *) =
		(FILE * (*)(const char *, const char *))
			dlsym(RTLD_NEXT, "fopen");

	return real(strcmp(path, "/proc/cmdline") ? path : getenv("CMDLINE"),
		    mode);
}
