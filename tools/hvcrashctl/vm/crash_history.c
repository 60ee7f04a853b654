// SPDX-License-Identifier: GPL-2.0-only
/*
 * crash_history.c - gathers the crashes of this machine
 *
 * See crash_history.h.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/time_text.h"
#include "vm/boots.h"
#include "vm/crash_history.h"

#define AUDITS "/var/lib/hvcrash/audit"

/* For dumps that go to another machine: where users copy them back */
#define DEFAULT_TARGET "/var/crash"

/* The newest crashes stay, in whatever order the directories are read */
static void take_the_place_of_the_oldest(struct crash_history *history,
					 const struct crash_record *record)
{
	struct crash_record *oldest = history->record;

	for (size_t i = 1; i < history->nr; i++)
		if (history->record[i].seconds < oldest->seconds)
			oldest = &history->record[i];
	if (record->seconds > oldest->seconds)
		*oldest = *record;
	history->not_shown++;
}

static struct err *add(struct crash_history *history,
		       const struct crash_record *record)
{
	struct crash_record *more;

	if (history->nr == CRASH_HISTORY_MAX) {
		take_the_place_of_the_oldest(history, record);
		return NULL;
	}
	/* room grows by doubling: a power of two is full */
	if (!(history->nr & (history->nr - 1))) {
		more = realloc(history->record,
			       (history->nr ? 2 * history->nr : 1) *
				       sizeof(*more));
		if (!more)
			return err_create(ERR_IO, "out of memory");
		history->record = more;
	}
	history->record[history->nr++] = *record;
	return NULL;
}

/*
 * If the disk was full, a hook has set the audit aside, and the truncated dump
 * lies elsewhere: one crash. Both are written within minutes.
 */
#define SET_ASIDE_S (10 * 60)

static bool add_to_its_dump(const struct crash_record *audit,
			    struct crash_history *history)
{
	for (size_t i = 0; i < history->nr; i++) {
		struct crash_record *dump = &history->record[i];
		__u64 apart = dump->seconds > audit->seconds ?
				      dump->seconds - audit->seconds :
				      audit->seconds - dump->seconds;

		if (*dump->verdict || !*audit->verdict || apart > SET_ASIDE_S ||
		    dump->saved == CRASH_SAVED_NOTHING)
			continue;
		strcpy(dump->verdict, audit->verdict);
		strcpy(dump->verdict_line, audit->verdict_line);
		if (!*dump->kernel)
			strcpy(dump->kernel, audit->kernel);
		if (!*dump->panic)
			strcpy(dump->panic, audit->panic);
		if (!*dump->why)
			strcpy(dump->why, audit->why);
		if (audit->is_exact) {
			dump->seconds = audit->seconds;
			dump->is_exact = true;
		}
		return true;
	}
	return false;
}

static void note_unreadable(const char *dir, struct crash_history *history)
{
	if (!history->nr_unreadable++)
		snprintf(history->unreadable, sizeof(history->unreadable), "%s",
			 dir);
}

/* Each directory in @dir, which is no link, with something of a crash in it */
static struct err *add_directories(const struct sysroot *sysroot,
				   const char *dir,
				   struct crash_history *history)
{
	char full[SYSROOT_PATH_BYTES], path[SYSROOT_PATH_BYTES];
	DIR *stream = opendir(sysroot_path(sysroot, dir, full));
	struct crash_record record;
	struct err *err = NULL;
	struct dirent *entry;
	struct stat st;

	if (!stream) {
		if (errno != ENOENT && errno != ENOTDIR)
			note_unreadable(dir, history);
		return NULL;
	}
	while (!err && (entry = readdir(stream))) {
		if (*entry->d_name == '.' ||
		    fstatat(dirfd(stream), entry->d_name, &st,
			    AT_SYMLINK_NOFOLLOW) ||
		    !S_ISDIR(st.st_mode) ||
		    snprintf(path, sizeof(path), "%s/%s", dir, entry->d_name) >=
			    (int)sizeof(path))
			continue;
		if (st.st_uid && st.st_uid != geteuid()) {
			history->nr_foreign++;
			continue;
		}
		if (crash_record_read(sysroot, path, &record)) {
			if (strcmp(dir, AUDITS) ||
			    !add_to_its_dump(&record, history))
				err = add(history, &record);
		} else if (record.is_unreadable) {
			note_unreadable(path, history);
		}
	}
	closedir(stream);
	return err;
}

static bool is_near(__u64 a, __u64 b)
{
	return a < b ? b - a <= CRASH_HISTORY_SAME_S :
		       a - b <= CRASH_HISTORY_SAME_S;
}

static struct crash_record *find_near(struct crash_history *history,
				      __u64 seconds)
{
	for (size_t i = 0; i < history->nr; i++)
		if (is_near(history->record[i].seconds, seconds))
			return &history->record[i];
	return NULL;
}

/*
 * The part of the log that the firmware kept. systemd-pstore moves it away at
 * boot (pstore.conf(5)); otherwise it is still in /sys/fs/pstore.
 */
static struct err *add_pstore(const struct sysroot *sysroot,
			      struct crash_history *history)
{
	static const char *const patterns[] = {
		"/var/lib/systemd/pstore/*/dmesg.txt",
		"/var/lib/systemd/pstore/*/*/dmesg.txt",
		"/sys/fs/pstore/dmesg-*",
	};
	char full[SYSROOT_PATH_BYTES];
	size_t root = strlen(sysroot->root);
	struct err *err = NULL;
	glob_t found;

	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		if (glob(sysroot_path(sysroot, patterns[i], full), 0, NULL,
			 &found))
			continue;
		for (size_t j = 0; !err && j < found.gl_pathc; j++) {
			struct crash_record record = { 0 };
			const char *path = found.gl_pathv[j] + root;
			struct stat st;

			if (stat(found.gl_pathv[j], &st) ||
			    strlen(path) >= sizeof(record.path) ||
			    find_near(history, (__u64)st.st_mtime))
				continue;
			record.seconds = (__u64)st.st_mtime;
			record.saved = CRASH_SAVED_LOG;
			snprintf(record.id, sizeof(record.id), "pstore-%llu",
				 record.seconds);
			snprintf(record.path, sizeof(record.path), "%s", path);
			crash_record_read_log(sysroot, path, &record);
			snprintf(
				record.why, sizeof(record.why),
				"kdump saved nothing, the firmware kept the log");
			/* a log without a panic is one of a shutdown */
			if (*record.panic)
				err = add(history, &record);
		}
		globfree(&found);
	}
	return err;
}

/* A crash that left no file shows only in the boot after it */
static struct err *add_boots(const struct sysroot *sysroot,
			     struct crash_history *history)
{
	size_t nr, files = history->nr;
	struct boot *boots guarded_free = boots_read(sysroot, &nr);
	struct err *err = NULL;

	history->has_boots = boots != NULL;
	for (size_t i = 1; !err && i < nr; i++) {
		struct crash_record record = { 0 };
		char when[TIME_TEXT_BYTES];
		bool is_known = false;

		if (boots[i].is_after_shutdown)
			continue;
		/* its dump is of the time since the boot before, or of the
		 * crash kernel, which may have a boot of its own in the list
		 */
		for (size_t j = 0; j < files; j++) {
			__u64 crash = history->record[j].seconds;

			is_known |= crash >= boots[i - 1].seconds &&
				    crash <= boots[i].seconds +
						     CRASH_HISTORY_SAME_S;
		}
		if (is_known)
			continue;
		record.seconds = boots[i].seconds;
		snprintf(record.id, sizeof(record.id), "boot-%s",
			 time_text_utc(record.seconds, "%Y%m%d%H%M%S", when) ?:
				 time_text_number(record.seconds, when));
		snprintf(
			record.why, sizeof(record.why),
			"no dump was saved: this boot followed no shutdown, by a crash, a reset or a loss of power");
		err = add(history, &record);
	}
	return err;
}

static int by_time(const void *a, const void *b)
{
	const struct crash_record *first = a, *second = b;

	if (first->seconds != second->seconds)
		return first->seconds < second->seconds ? 1 : -1;
	return strcmp(second->id, first->id);
}

struct err *crash_history_read(const struct sysroot *sysroot,
			       const struct kdump_config *config,
			       struct crash_history *ret)
{
	bool is_here = config->target_kind == KDUMP_TARGET_DIRECTORY &&
		       *config->target == '/';
	struct err *err;

	memset(ret, 0, sizeof(*ret));
	err = add_directories(sysroot,
			      is_here ? config->target : DEFAULT_TARGET, ret);
	/* where the dump was not saved, or went elsewhere */
	if (!err)
		err = add_directories(sysroot, AUDITS, ret);
	if (!err)
		err = add_pstore(sysroot, ret);
	if (!err)
		err = add_boots(sysroot, ret);
	if (err) {
		crash_history_deinit(ret);
		return err;
	}
	if (ret->nr)
		qsort(ret->record, ret->nr, sizeof(*ret->record), by_time);
	return NULL;
}

const struct crash_record *
crash_history_find(const struct crash_history *history, const char *id,
		   size_t *ret_nr)
{
	const struct crash_record *found = NULL;

	*ret_nr = 0;
	for (size_t i = 0; i < history->nr; i++) {
		const struct crash_record *record = &history->record[i];

		if (!strcmp(record->id, id))
			return record;
		if (!strncmp(record->id, id, strlen(id))) {
			found = record;
			(*ret_nr)++;
		}
	}
	if (!*ret_nr && !strcmp(id, "last") && history->nr)
		return history->record;
	return *ret_nr == 1 ? found : NULL;
}

void crash_history_deinit(struct crash_history *history)
{
	free(history->record);
	memset(history, 0, sizeof(*history));
}
