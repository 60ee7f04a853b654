// SPDX-License-Identifier: GPL-2.0-only
/*
 * crash_record.c - reads what kdump left in one directory
 *
 * See crash_record.h. The names of the files depend on the script: kdump-tools,
 * kdump-config kdump_save_core() (dump.STAMP, dump-incomplete, vmcore.STAMP,
 * dmesg.STAMP); kdump-utils, dracut/99kdumpbase/kdump.sh (vmcore,
 * vmcore-incomplete, vmcore.flat, vmcore-dmesg.txt, kexec-dmesg.log); SUSE's
 * kdump, dracut/kdump-save (vmcore, dmesg.txt, dmesg, README.txt, which says
 * whether the vmcore beside it is whole). A dump may be compressed on top of it
 * (.gz, .xz, .zst), or be split (vmcore1, vmcore-1, vmcore.1: makedumpfile
 * --split takes the names from its caller).
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "registry/names.h"
#include "vm/crash_record.h"

#define MAX_LOG_BYTES (64U << 20)
#define MAX_AUDIT_BYTES (64U << 20)
/* Numbers of the parts of a split dump */
#define MAX_PARTS 1000

enum file_kind {
	FILE_OTHER,
	FILE_LOG,
	FILE_CRASH_KERNEL_LOG,
	FILE_AUDIT,
	FILE_README,
	FILE_PART, /* of a dump that was cut short */
	FILE_SPLIT,
	FILE_DUMP,
};

const char *crash_saved_name(enum crash_saved saved)
{
	static const char *const names[] = {
		[CRASH_SAVED_NOTHING] = "nothing",
		[CRASH_SAVED_LOG] = "log only",
		[CRASH_SAVED_PART] = "incomplete",
		[CRASH_SAVED_DUMP] = "dump",
	};

	return names[saved];
}

const char *crash_record_verdict(const struct crash_record *record)
{
	return *record->verdict ? record->verdict : "cannot tell";
}

static bool begins(const char *name, const char *with)
{
	return !strncmp(name, with, strlen(with));
}

static bool ends(const char *name, size_t length, const char *with)
{
	size_t bytes = strlen(with);

	return length >= bytes && !strncmp(name + length - bytes, with, bytes);
}

/* The length of the name without a compressor's suffix */
static size_t length_uncompressed(const char *name)
{
	static const char *const suffixes[] = { ".gz",	".xz",	".zst",
						".bz2", ".lz4", ".lzo" };
	size_t length = strlen(name);

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++)
		if (ends(name, length, suffixes[i]))
			return length - strlen(suffixes[i]);
	return length;
}

/*
 * The number of "vmcore1", "vmcore-1", "vmcore.1": not of
 * "vmcore.202611280512", which is a stamp. -1: none of these.
 */
static int part_number(const char *name)
{
	const char *digits = name + strlen("vmcore");
	size_t nr;

	if (!begins(name, "vmcore"))
		return -1;
	digits += *digits == '-' || *digits == '.';
	nr = strspn(digits, "0123456789");
	if (!nr || nr > 3 || digits + nr != name + length_uncompressed(name))
		return -1;
	return atoi(digits);
}

/* What people put beside a dump: "vmcore.sha256", "vmcore.txt" */
static bool is_note(const char *name)
{
	static const char *const suffixes[] = { ".txt",	   ".log", ".json",
						".html",   ".md5", ".sha1",
						".sha256", ".sum", ".sig",
						".asc" };
	size_t length = length_uncompressed(name);

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++)
		if (ends(name, length, suffixes[i]))
			return true;
	return false;
}

static enum file_kind kind_of(const char *name)
{
	if (!strcmp(name, "hvcrash-audit.json"))
		return FILE_AUDIT;
	if (!strcmp(name, "README.txt"))
		return FILE_README;
	if (begins(name, "kexec-dmesg"))
		return FILE_CRASH_KERNEL_LOG;
	if (begins(name, "vmcore-dmesg") || begins(name, "dmesg"))
		return FILE_LOG;
	if (part_number(name) >= 0)
		return FILE_SPLIT;
	if ((!begins(name, "vmcore") && !begins(name, "dump")) || is_note(name))
		return FILE_OTHER;
	return strstr(name, "incomplete") ? FILE_PART : FILE_DUMP;
}

/* A line of a log, without its time stamp "[   12.345678] " */
static const char *without_stamp(const char *line)
{
	const char *end;

	if (*line != '[')
		return line;
	end = strchr(line, ']');
	if (!end || end - line > 24)
		return line;
	return end + 1 + strspn(end + 1, " ");
}

static void keep(const char *from, char *to, size_t bytes)
{
	size_t length = strcspn(from, "\r\n");

	names_clean_string(from, length, to, bytes);
}

/* Replaces a byte of binary data that would end the text by a line break */
static void end_lines_at_nul(char *text, size_t bytes)
{
	for (size_t i = 0; text && i < bytes; i++)
		if (!text[i])
			text[i] = '\n';
}

/* Messages of a dying kernel; the first of them says why */
static bool is_panic(const char *line)
{
	static const char *const words[] = {
		"Kernel panic - not syncing",
		"BUG: ",
		"kernel BUG at ",
		"Oops: ",
		"general protection fault",
		"Unable to handle kernel",
		"sysrq: Trigger a crash",
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (begins(line, words[i]))
			return true;
	return false;
}

static void read_log_line(const char *line, bool *has_panic,
			  struct crash_record *record)
{
	char release[96];

	line = without_stamp(line);
	if (!*record->kernel &&
	    sscanf(line, "Linux version %95s", release) == 1)
		keep(release, record->kernel, sizeof(record->kernel));
	if (*has_panic || !is_panic(line))
		return;
	/* an oops names the cause, and is followed by the panic that ends it */
	*has_panic = begins(line, "Kernel panic");
	if (*has_panic || !*record->panic)
		keep(line, record->panic, sizeof(record->panic));
}

void crash_record_read_log(const struct sysroot *sysroot, const char *path,
			   struct crash_record *record)
{
	bool has_panic = *record->panic;
	char *rest, *line;
	size_t bytes;
	char *text guarded_free =
		sysroot_read_text(sysroot, path, MAX_LOG_BYTES, &bytes);

	end_lines_at_nul(text, text ? bytes : 0);
	for (rest = text; rest && (line = strsep(&rest, "\n"));)
		read_log_line(line, &has_panic, record);
}

static bool has_one_of(const char *line, const char *const *words)
{
	for (; *words; words++)
		if (strstr(line, *words))
			return true;
	return false;
}

/*
 * The crash kernel's own log: the last failure in it. The program that gives up
 * comes after the one that failed, and says less.
 */
static void read_failure(const struct sysroot *sysroot, const char *path,
			 struct crash_record *record)
{
	static const char *const causes[] = {
		"No space left",
		"Out of memory",
		"failed to mount",
		"Failed to mount",
		"Can't write the dump",
		"Kernel panic",
		"Read-only file system",
		"Connection timed out",
		"Connection refused",
		"No route to host",
		"timed out waiting for device",
		"the dump did not finish in",
		NULL,
	};
	static const char *const outcomes[] = {
		"makedumpfile Failed",
		"saving vmcore failed",
		NULL,
	};
	bool has_cause = false;
	char *rest, *line;
	size_t bytes;
	char *text guarded_free =
		sysroot_read_text(sysroot, path, MAX_LOG_BYTES, &bytes);

	end_lines_at_nul(text, text ? bytes : 0);
	for (rest = text; rest && (line = strsep(&rest, "\n"));) {
		bool is_cause = has_one_of(line, causes);

		if (!is_cause && (has_cause || !has_one_of(line, outcomes)))
			continue;
		has_cause = is_cause;
		keep(without_stamp(line), record->why, sizeof(record->why));
	}
}

/*
 * SUSE gives a vmcore its name before it is complete, and records the outcome
 * in README.txt, whose first version is written before the dump.
 */
static void read_readme(const struct sysroot *sysroot, const char *path,
			struct crash_record *record)
{
	static const char status[] = "vmcore status: ";
	size_t bytes;
	char *text guarded_free =
		sysroot_read_text(sysroot, path, MAX_LOG_BYTES, &bytes);
	const char *line = text ? strstr(text, status) : NULL;

	if (line && !begins(line + strlen(status), "saved successfully"))
		keep(line, record->why, sizeof(record->why));
	else if (text && !line && strstr(text, "likely incomplete"))
		keep("README.txt: the crash kernel ended before the dump was whole",
		     record->why, sizeof(record->why));
	if (*record->why && record->saved == CRASH_SAVED_DUMP)
		record->saved = CRASH_SAVED_PART;
}

static const char *text_of(struct json_object *object, const char *key)
{
	struct json_object *value;

	if (!json_object_object_get_ex(object, key, &value) ||
	    !json_object_is_type(value, json_type_string))
		return NULL;
	return json_object_get_string(value);
}

static void take_text(struct json_object *object, const char *key, char *to,
		      size_t bytes)
{
	const char *text = text_of(object, key);

	if (text && *text)
		keep(text, to, bytes);
}

/* "2026-11-28T05:12:01Z" */
static bool parse_utc(const char *text, __u64 *ret)
{
	struct tm tm = { 0 };
	time_t seconds;

	if (!text || !strptime(text, "%Y-%m-%dT%H:%M:%SZ", &tm))
		return false;
	seconds = timegm(&tm);
	*ret = (__u64)seconds;
	return seconds > 0;
}

static void read_audit(const struct sysroot *sysroot, const char *path,
		       struct crash_record *record)
{
	struct json_object *report, *summary;
	size_t bytes;
	char *text guarded_free =
		sysroot_read_text(sysroot, path, MAX_AUDIT_BYTES, &bytes);

	report = text ? json_tokener_parse(text) : NULL;
	if (!report)
		return;
	take_text(report, "verdict", record->verdict, sizeof(record->verdict));
	/* an invalid verdict never counts as a good one */
	if (strcmp(record->verdict, "clean") &&
	    strcmp(record->verdict, "not clean"))
		strcpy(record->verdict, "cannot tell");
	take_text(report, "message", record->verdict_line,
		  sizeof(record->verdict_line));
	if (json_object_object_get_ex(report, "summary", &summary)) {
		take_text(summary, "release", record->kernel,
			  sizeof(record->kernel));
		take_text(summary, "panic", record->panic,
			  sizeof(record->panic));
		record->is_exact = parse_utc(text_of(summary, "crash_time"),
					     &record->seconds);
	}
	json_object_put(report);
}

/* A date in the name of the directory, in the machine's own time */
static bool parse_name(const char *name, __u64 *ret)
{
	static const char *const formats[] = {
		"%Y-%m-%d-%H:%M:%S", "%Y-%m-%d-%H:%M", "%Y-%m-%d-%H-%M",
		"%Y%m%d%H%M%S",	     "%Y%m%d%H%M",
	};

	for (const char *at = name; *at; at++) {
		if (*at != '2' || (at > name && at[-1] != '-'))
			continue;
		for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]);
		     i++) {
			struct tm tm = { .tm_isdst = -1 };
			const char *end = strptime(at, formats[i], &tm);
			bool is_whole = end && (!*end || *end == '.');
			time_t seconds = is_whole ? mktime(&tm) : -1;

			if (seconds > 0) {
				*ret = (__u64)seconds;
				return true;
			}
		}
	}
	return false;
}

/* The best file of each sort that is in the directory */
struct contents {
	char dump[256];
	char log[256];
	char crash_kernel_log[256];
	char audit[256];
	char readme[256];
	enum file_kind kind; /* of @dump */
	__u64 bytes;
	unsigned int parts;
	bool has_part[MAX_PARTS];
	bool has_empty_part;
	time_t newest;
	bool is_any;
};

static void take_dump(const char *name, enum file_kind kind,
		      const struct stat *st, struct contents *found)
{
	/* an empty dump is none: the disk was full */
	if (kind == FILE_DUMP && !st->st_size)
		kind = FILE_PART;
	if (kind < found->kind)
		return;
	if (kind > found->kind) {
		found->bytes = 0;
		found->parts = 0;
	}
	found->kind = kind;
	if (kind == FILE_SPLIT) {
		found->has_part[part_number(name)] = true;
		found->has_empty_part |= !st->st_size;
	} else if (found->parts) {
		/* of two forms of one dump the larger is opened sooner */
		if ((__u64)st->st_size <= found->bytes)
			return;
		found->bytes = 0;
		found->parts = 0;
	}
	found->bytes += (__u64)st->st_size;
	found->parts++;
	/* the first part stands for all of them */
	if (found->parts == 1 || strcmp(name, found->dump) < 0)
		strcpy(found->dump, name);
}

static void take_file(const char *name, const struct stat *st,
		      struct contents *found)
{
	enum file_kind kind = kind_of(name);
	char *to = NULL;

	if (strlen(name) >= sizeof(found->dump))
		return;
	if (kind == FILE_LOG)
		to = found->log;
	else if (kind == FILE_CRASH_KERNEL_LOG)
		to = found->crash_kernel_log;
	else if (kind == FILE_AUDIT)
		to = found->audit;
	else if (kind == FILE_README)
		to = found->readme;
	if (to && (!*to || strstr(to, "incomplete")))
		strcpy(to, name);
	if (!to)
		take_dump(name, kind, st, found);
	/* a README.txt alone is no crash */
	found->is_any |= kind != FILE_README;
	if (st->st_mtime > found->newest)
		found->newest = st->st_mtime;
}

/*
 * A dump may be a link to a larger disk; a file that is read must not be a link
 */
static bool is_file(int dir, const char *name, struct stat *ret)
{
	enum file_kind kind = kind_of(name);

	if (kind == FILE_OTHER)
		return false;
	return !fstatat(dir, name, ret,
			kind >= FILE_PART ? 0 : AT_SYMLINK_NOFOLLOW) &&
	       S_ISREG(ret->st_mode);
}

/* False with errno if the directory cannot be opened */
static bool look_into(const struct sysroot *sysroot, const char *dir,
		      struct contents *found)
{
	char full[SYSROOT_PATH_BYTES];
	DIR *stream = opendir(sysroot_path(sysroot, dir, full));
	struct dirent *entry;
	struct stat st;

	memset(found, 0, sizeof(*found));
	if (!stream)
		return false;
	while ((entry = readdir(stream)))
		if (is_file(dirfd(stream), entry->d_name, &st))
			take_file(entry->d_name, &st, found);
	closedir(stream);
	return true;
}

/* The number of the first part that is missing, or -1 */
static int missing_part(const struct contents *found)
{
	int first = found->has_part[0] ? 0 : 1;

	for (int i = first; i < first + (int)found->parts && i < MAX_PARTS; i++)
		if (!found->has_part[i])
			return i;
	return -1;
}

static void take_split(const struct contents *found, struct crash_record *ret)
{
	int missing = missing_part(found);

	if (missing >= 0) {
		snprintf(ret->missing, sizeof(ret->missing), "part %d",
			 missing);
		snprintf(ret->why, sizeof(ret->why),
			 "part %d of the dump is missing", missing);
	} else if (found->parts < 2) {
		strcpy(ret->missing, "the other parts");
		snprintf(ret->why, sizeof(ret->why),
			 "only one part of the dump is here");
	} else if (found->has_empty_part) {
		snprintf(ret->why, sizeof(ret->why),
			 "a part of the dump is empty");
	}
	if (*ret->why)
		ret->saved = CRASH_SAVED_PART;
}

static const char *in(const char *dir, const char *name,
		      char buf[SYSROOT_PATH_BYTES])
{
	if (snprintf(buf, SYSROOT_PATH_BYTES, "%s/%s", dir, name) >=
	    SYSROOT_PATH_BYTES)
		*buf = '\0';
	return buf;
}

static void take_saved(const char *dir, const struct contents *found,
		       struct crash_record *ret)
{
	const char *name = found->dump;

	if (found->kind == FILE_DUMP || found->kind == FILE_SPLIT)
		ret->saved = CRASH_SAVED_DUMP;
	else if (found->kind == FILE_PART)
		ret->saved = CRASH_SAVED_PART;
	else if (*found->log)
		ret->saved = CRASH_SAVED_LOG;
	if (!*name)
		name = *found->log		? found->log :
		       *found->crash_kernel_log ? found->crash_kernel_log :
						  found->audit;
	in(dir, name, ret->path);
	ret->bytes = found->bytes;
	ret->parts = found->parts;
	if (found->kind == FILE_SPLIT)
		take_split(found, ret);
}

bool crash_record_read(const struct sysroot *sysroot, const char *dir,
		       struct crash_record *ret)
{
	const char *name = strrchr(dir, '/');
	char path[SYSROOT_PATH_BYTES];
	struct contents found;

	memset(ret, 0, sizeof(*ret));
	if (!look_into(sysroot, dir, &found)) {
		ret->is_unreadable = errno != ENOENT;
		return false;
	}
	if (!found.is_any)
		return false;
	names_clean_string(name ? name + 1 : dir, sizeof(ret->id), ret->id,
			   sizeof(ret->id));
	take_saved(dir, &found, ret);
	if (*found.audit)
		read_audit(sysroot, in(dir, found.audit, path), ret);
	if (*found.log)
		crash_record_read_log(sysroot, in(dir, found.log, path), ret);
	if (*found.readme)
		read_readme(sysroot, in(dir, found.readme, path), ret);
	if (*found.crash_kernel_log && ret->saved != CRASH_SAVED_DUMP)
		read_failure(sysroot, in(dir, found.crash_kernel_log, path),
			     ret);
	if (!ret->is_exact && !parse_name(ret->id, &ret->seconds))
		ret->seconds = (__u64)found.newest;
	return true;
}
