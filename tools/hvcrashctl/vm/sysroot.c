// SPDX-License-Identifier: GPL-2.0-only
/*
 * sysroot.c - small files, CPUID and /proc/meminfo, below a root
 *
 * See sysroot.h. Nothing here knows what a fact is used for. Files of /proc and
 * /sys have size 0, so each is read to its end.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <linux/openat2.h>
#if defined(__x86_64__)
#include <cpuid.h>
#endif

#include "base/cleanup.h"
#include "vm/sysroot.h"

#define MAX_CPUID_BYTES (256 * 1024)
#define MAX_TEXT_BYTES (1024 * 1024)

#define CPUID_HYPERVISOR_BIT (1U << 31)
#define CPUID_HYPERVISOR_VENDOR 0x40000000

struct err *sysroot_init(struct sysroot *sysroot, const char *root)
{
	sysroot->root = root ? root : "";
	if (!root)
		return NULL;
	if (!*root)
		return err_create(ERR_USAGE, "--sysroot: no directory");
	if (access(root, X_OK))
		return err_create(ERR_IO, "cannot open: %s", strerror(errno));
	return NULL;
}

bool sysroot_is_own(const struct sysroot *sysroot)
{
	return !*sysroot->root;
}

const char *sysroot_path(const struct sysroot *sysroot, const char *path,
			 char buf[SYSROOT_PATH_BYTES])
{
	int length =
		snprintf(buf, SYSROOT_PATH_BYTES, "%s%s", sysroot->root, path);

	if (length >= SYSROOT_PATH_BYTES)
		*buf = '\0';
	return buf;
}

bool sysroot_exists(const struct sysroot *sysroot, const char *path)
{
	char full[SYSROOT_PATH_BYTES];

	return !access(sysroot_path(sysroot, path, full), F_OK);
}

bool sysroot_glob(const struct sysroot *sysroot, const char *pattern,
		  char ret_path[SYSROOT_PATH_BYTES])
{
	char full[SYSROOT_PATH_BYTES];
	bool is_found = false;
	glob_t found;

	if (!glob(sysroot_path(sysroot, pattern, full), 0, NULL, &found)) {
		const char *path = found.gl_pathv[0] + strlen(sysroot->root);

		is_found = snprintf(ret_path, SYSROOT_PATH_BYTES, "%s", path) <
			   SYSROOT_PATH_BYTES;
		globfree(&found);
	}
	return is_found;
}

unsigned int sysroot_count(const struct sysroot *sysroot, const char *pattern)
{
	char full[SYSROOT_PATH_BYTES];
	unsigned int nr = 0;
	glob_t found;

	if (!glob(sysroot_path(sysroot, pattern, full), 0, NULL, &found)) {
		nr = (unsigned int)found.gl_pathc;
		globfree(&found);
	}
	return nr;
}

bool sysroot_is_machine(const struct sysroot *sysroot, const char *machine)
{
	struct utsname name = { 0 };

	if (sysroot_is_own(sysroot))
		uname(&name);
	else
		sysroot_read(sysroot, "/proc/sys/kernel/arch", name.machine,
			     sizeof(name.machine));
	return !strcmp(name.machine, machine);
}

/*
 * Links are followed below the root, as that system would. FIFOs, which may
 * block forever, and devices, which may be endless, are not read: they are not
 * configuration.
 */
static int open_file(const struct sysroot *sysroot, const char *path)
{
	const struct open_how how = {
		.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY,
		.resolve = RESOLVE_IN_ROOT,
	};
	char full[SYSROOT_PATH_BYTES];
	struct stat st;
	int root, fd = -1;

	if (sysroot_is_own(sysroot)) {
		fd = open(sysroot_path(sysroot, path, full), (int)how.flags);
	} else {
		root = open(sysroot->root, O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (root < 0)
			return -1;
		fd = (int)syscall(SYS_openat2, root, path, &how, sizeof(how));
		close(root);
	}
	if (fd >= 0 && (fstat(fd, &st) || !S_ISREG(st.st_mode))) {
		close(fd);
		errno = EINVAL;
		fd = -1;
	}
	return fd;
}

const char *sysroot_error(void)
{
	return errno == EINVAL ? "not a file" : strerror(errno);
}

/* Bytes read, or -1 with errno */
static ssize_t read_file(const struct sysroot *sysroot, const char *path,
			 char *buf, size_t bytes)
{
	size_t done = 0;
	ssize_t got = 0;
	int cause, fd;

	fd = open_file(sysroot, path);
	if (fd < 0)
		return -1;
	while (done < bytes) {
		got = read(fd, buf + done, bytes - done);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		done += (size_t)got;
	}
	cause = errno;
	close(fd);
	errno = cause;
	return got < 0 ? -1 : (ssize_t)done;
}

bool sysroot_read(const struct sysroot *sysroot, const char *path, char *buf,
		  size_t bytes)
{
	ssize_t length = read_file(sysroot, path, buf, bytes - 1);

	buf[length < 0 ? 0 : length] = '\0';
	if (length < 0)
		return false;
	length = (ssize_t)strlen(buf);
	while (length > 0 && strchr(" \t\n", buf[length - 1]))
		buf[--length] = '\0';
	return true;
}

char *sysroot_read_text(const struct sysroot *sysroot, const char *path,
			size_t max, size_t *ret_bytes)
{
	char *buf = malloc(max + 1), *small;
	ssize_t length;

	if (!buf)
		return NULL;
	length = read_file(sysroot, path, buf, max + 1);
	if (length > (ssize_t)max)
		errno = EFBIG;
	if (length < 0 || length > (ssize_t)max) {
		free(buf);
		return NULL;
	}
	buf[length] = '\0';
	*ret_bytes = (size_t)length;
	small = realloc(buf, (size_t)length + 1);
	return small ? small : buf;
}

char *sysroot_read_all(const struct sysroot *sysroot, const char *path,
		       size_t max)
{
	size_t bytes;

	return sysroot_read_text(sysroot, path, max, &bytes);
}

bool sysroot_read_link(const struct sysroot *sysroot, const char *path,
		       char *buf, size_t bytes)
{
	char full[SYSROOT_PATH_BYTES];
	ssize_t length =
		readlink(sysroot_path(sysroot, path, full), buf, bytes - 1);

	buf[length < 0 ? 0 : length] = '\0';
	return length >= 0;
}

bool sysroot_mtime(const struct sysroot *sysroot, const char *path, time_t *ret)
{
	struct stat st;
	int fd = open_file(sysroot, path);

	if (fd < 0)
		return false;
	if (!fstat(fd, &st))
		*ret = st.st_mtime;
	else
		*ret = 0;
	close(fd);
	return true;
}

bool sysroot_resolve(const struct sysroot *sysroot, const char *path,
		     char ret[SYSROOT_PATH_BYTES])
{
	const struct open_how how = {
		.flags = O_PATH | O_CLOEXEC,
		.resolve = RESOLVE_IN_ROOT,
	};
	char root_path[PATH_MAX], full[PATH_MAX], link[40];
	int root = open(sysroot_is_own(sysroot) ? "/" : sysroot->root,
			O_PATH | O_DIRECTORY | O_CLOEXEC);
	int fd = root < 0 ? -1 :
			    (int)syscall(SYS_openat2, root, path, &how,
					 sizeof(how));
	ssize_t length = -1;
	size_t skip = 0;

	if (fd >= 0) {
		snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
		length = readlink(link, full, sizeof(full) - 1);
		close(fd);
	}
	if (root >= 0)
		close(root);
	if (length < 0)
		return false;
	full[length] = '\0';
	if (!sysroot_is_own(sysroot)) {
		if (!realpath(sysroot->root, root_path))
			return false;
		skip = strlen(root_path);
	}
	if ((size_t)length - skip >= SYSROOT_PATH_BYTES)
		return false;
	snprintf(ret, SYSROOT_PATH_BYTES, "%s", full[skip] ? full + skip : "/");
	return true;
}

int sysroot_open(const struct sysroot *sysroot, const char *path)
{
	return open_file(sysroot, path);
}

bool sysroot_write(const struct sysroot *sysroot, const char *path,
		   const char *text)
{
	char full[SYSROOT_PATH_BYTES];
	int cause, fd;
	ssize_t put;

	fd = open(sysroot_path(sysroot, path, full),
		  O_WRONLY | O_TRUNC | O_CLOEXEC);
	if (fd < 0)
		return false;
	put = write(fd, text, strlen(text));
	cause = errno;
	close(fd);
	errno = cause;
	return put == (ssize_t)strlen(text);
}

bool sysroot_read_number(const struct sysroot *sysroot, const char *path,
			 __u64 *ret)
{
	char buf[64], *end;

	if (!sysroot_read(sysroot, path, buf, sizeof(buf)) || !*buf)
		return false;
	errno = 0;
	*ret = strtoull(buf, &end, 0);
	return !*end && !errno;
}

bool sysroot_text_has_word(const char *text, const char *word)
{
	size_t length = strlen(word);
	const char *at = text;

	while ((at = strstr(at, word))) {
		if ((at == text || strchr(" \t\n\"'", at[-1])) &&
		    strchr(" \t\n\"'", at[length]))
			return true;
		at += length;
	}
	return false;
}

bool sysroot_has_word(const struct sysroot *sysroot, const char *path,
		      const char *word)
{
	char *text guarded_free =
		sysroot_read_all(sysroot, path, MAX_TEXT_BYTES);

	return text && sysroot_text_has_word(text, word);
}

bool sysroot_meminfo(const struct sysroot *sysroot, const char *key, __u64 *ret)
{
	char *text guarded_free =
		sysroot_read_all(sysroot, "/proc/meminfo", MAX_TEXT_BYTES);
	size_t length = strlen(key);
	const char *line = text;
	unsigned long long kib;

	while (line) {
		if (!strncmp(line, key, length) && line[length] == ':' &&
		    sscanf(line + length + 1, "%llu kB", &kib) == 1) {
			*ret = kib * 1024;
			return true;
		}
		line = strchr(line, '\n');
		if (line)
			line++;
	}
	return false;
}

static bool cpuid_of_file(const struct sysroot *sysroot, __u32 leaf,
			  __u32 ret[4])
{
	char *text guarded_free =
		sysroot_read_all(sysroot, "/cpuid", MAX_CPUID_BYTES);
	char *rest = text, *line;

	while (rest && (line = strsep(&rest, "\n"))) {
		unsigned int at, sub;

		if (sscanf(line,
			   " 0x%x 0x%x: eax=0x%x ebx=0x%x ecx=0x%x edx=0x%x",
			   &at, &sub, &ret[0], &ret[1], &ret[2],
			   &ret[3]) == 6 &&
		    at == leaf && !sub)
			return true;
	}
	return false;
}

#if defined(__x86_64__)
static bool cpuid_of_cpu(__u32 leaf, __u32 ret[4])
{
	__u32 last;

	if (!__get_cpuid(1, &ret[0], &ret[1], &ret[2], &ret[3]) ||
	    !(ret[2] & CPUID_HYPERVISOR_BIT))
		return false;
	__cpuid(CPUID_HYPERVISOR_VENDOR, last, ret[1], ret[2], ret[3]);
	if (leaf > last)
		return false;
	__cpuid(leaf, ret[0], ret[1], ret[2], ret[3]);
	return true;
}
#else
static bool cpuid_of_cpu(__u32 leaf, __u32 ret[4])
{
	(void)leaf;
	(void)ret;
	return false;
}
#endif

bool sysroot_cpuid(const struct sysroot *sysroot, __u32 leaf, __u32 ret[4])
{
	if (sysroot_is_own(sysroot))
		return cpuid_of_cpu(leaf, ret);
	return cpuid_of_file(sysroot, leaf, ret);
}

bool sysroot_has_hyperv_cpuid(const struct sysroot *sysroot)
{
	char vendor[13] = "";
	__u32 regs[4];

	if (!sysroot_cpuid(sysroot, CPUID_HYPERVISOR_VENDOR, regs))
		return false;
	memcpy(vendor, &regs[1], 12);
	return !strcmp(vendor, "Microsoft Hv");
}

bool sysroot_release_is_before(const char *release, unsigned int major,
			       unsigned int minor)
{
	unsigned int own_major = 0, own_minor = 0;

	if (sscanf(release, "%u.%u", &own_major, &own_minor) != 2)
		return false;
	return own_major < major || (own_major == major && own_minor < minor);
}
