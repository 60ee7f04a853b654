// SPDX-License-Identifier: GPL-2.0-only
/*
 * journal.c - one datagram in the journal's native protocol
 *
 * See journal.h. The protocol is lines of FIELD=value in a datagram to a
 * socket, stable and documented (systemd.io/JOURNAL_NATIVE_PROTOCOL): less code
 * than loading libsystemd would take, and no additional library in a crash
 * kernel. A missing journal is an error, not ignored.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "report/journal.h"

#define JOURNAL_SOCKET "/run/systemd/journal/socket"
/* Another journal: of a namespace, say */
#define JOURNAL_VARIABLE "HVCRASH_JOURNAL"

#define STATUS_MESSAGE_ID "647b440fa5534c81996cc9df0dd3c20f"
#define AUDIT_MESSAGE_ID "6da1db1cb7694dd1856e330902fd6665"
#define CRASH_MESSAGE_ID "c93ed6fe592f40469b655e45d6ec9dc3"

/* Of syslog(3), which are the journal's too */
enum { PRIORITY_ERR = 3, PRIORITY_WARNING = 4, PRIORITY_INFO = 6 };

/**
 * struct entry - what is sent
 * @text: its lines, to be freed
 * @bytes: their length
 * @to: writes there
 */
struct entry {
	char *text;
	size_t bytes;
	FILE *to;
};

static void entry_deinit(struct entry *entry)
{
	if (entry->to)
		fclose(entry->to);
	free(entry->text);
}

/* A value is one line, whatever is in it */
static void put(struct entry *entry, const char *field, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
static void put(struct entry *entry, const char *field, const char *format, ...)
{
	char value[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(value, sizeof(value), format, args);
	va_end(args);
	for (char *c = value; *c; c++)
		if (*c < ' ' || *c > '~')
			*c = '?';
	fprintf(entry->to, "%s=%s\n", field, value);
}

static struct err *begin(struct entry *entry, const char *id, int priority,
			 const char *message)
{
	entry->to = open_memstream(&entry->text, &entry->bytes);
	if (!entry->to)
		return err_create(ERR_IO, "out of memory");
	put(entry, "MESSAGE", "%s", message);
	put(entry, "MESSAGE_ID", "%s", id);
	put(entry, "PRIORITY", "%d", priority);
	put(entry, "SYSLOG_IDENTIFIER", "hvcrashctl");
	return NULL;
}

static struct err *cannot(const char *path)
{
	return err_of_file(err_create(ERR_IO, "cannot send to the journal: %s",
				      strerror(errno)),
			   path);
}

static struct err *send_entry(struct entry *entry)
{
	const char *path = getenv(JOURNAL_VARIABLE);
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	struct err *err = NULL;
	int fd;

	if (fclose(entry->to)) {
		entry->to = NULL;
		return err_create(ERR_IO, "out of memory");
	}
	entry->to = NULL;
	if (!path || !*path)
		path = JOURNAL_SOCKET;
	if (strlen(path) >= sizeof(to.sun_path)) {
		errno = ENAMETOOLONG;
		return cannot(path);
	}
	strcpy(to.sun_path, path);
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return cannot(path);
	/* A journal that does not read must not block a crash kernel */
	if (sendto(fd, entry->text, entry->bytes, MSG_DONTWAIT | MSG_NOSIGNAL,
		   (struct sockaddr *)&to, sizeof(to)) < 0)
		err = cannot(path);
	close(fd);
	return err;
}

struct err *journal_send_status(const struct status_total *total)
{
	struct entry entry guarded(entry_deinit) = { 0 };
	int priority = total->verdict == STATUS_READY ? PRIORITY_INFO :
							PRIORITY_WARNING;
	struct err *err =
		begin(&entry, STATUS_MESSAGE_ID, priority, total->text);

	if (err)
		return err;
	put(&entry, "HVCRASH_VERDICT", "%s",
	    status_verdict_name(total->verdict));
	put(&entry, "HVCRASH_EXIT_STATUS", "%d", (int)total->verdict);
	put(&entry, "HVCRASH_CHECKS_FAILED", "%u", total->nr_fail);
	put(&entry, "HVCRASH_CHECKS_WARNED", "%u", total->nr_warn);
	put(&entry, "HVCRASH_CHECKS_UNKNOWN", "%u", total->nr_unknown);
	return send_entry(&entry);
}

struct err *journal_send_audit(const struct result *result)
{
	static const int priorities[] = {
		[AUDIT_CLEAN] = PRIORITY_INFO,
		[AUDIT_NOT_CLEAN] = PRIORITY_ERR,
		[AUDIT_CANNOT_TELL] = PRIORITY_WARNING,
	};
	struct entry entry guarded(entry_deinit) = { 0 };
	struct err *err;

	err = begin(&entry, AUDIT_MESSAGE_ID, priorities[result->verdict],
		    result->message);
	if (err)
		return err;
	put(&entry, "HVCRASH_VERDICT", "%s",
	    audit_verdict_name(result->verdict));
	put(&entry, "HVCRASH_EXIT_STATUS", "%d", (int)result->verdict);
	put(&entry, "HVCRASH_FILE", "%s", result->file);
	put(&entry, "HVCRASH_REGIONS_CLEAN", "%llu",
	    result->regions[AUDIT_EXTENT_CLEAN]);
	put(&entry, "HVCRASH_REGIONS_REVOKED_LATE", "%llu",
	    result->regions[AUDIT_REVOKED_LATE]);
	put(&entry, "HVCRASH_REGIONS_LEFT_SHARED", "%llu",
	    result->regions[AUDIT_LEFT_SHARED]);
	put(&entry, "HVCRASH_REGIONS_CHANGED", "%llu",
	    result->regions[AUDIT_CHANGED]);
	put(&entry, "HVCRASH_REGIONS_NOT_CHECKED", "%llu",
	    result->regions[AUDIT_NOT_CHECKED]);
	put(&entry, "HVCRASH_GAPS", "%llu", result->gaps);
	if (result->crash_seconds)
		put(&entry, "HVCRASH_CRASH_TIME", "%llu",
		    result->crash_seconds);
	return send_entry(&entry);
}

/* An incomplete dump, or pages that the host kept, need attention */
static int priority_of(const struct crash_record *record)
{
	if (record->saved != CRASH_SAVED_DUMP ||
	    !strcmp(record->verdict, audit_verdict_name(AUDIT_NOT_CLEAN)))
		return PRIORITY_ERR;
	if (strcmp(record->verdict, audit_verdict_name(AUDIT_CLEAN)))
		return PRIORITY_WARNING;
	return PRIORITY_INFO;
}

static const char *describe_saved(const struct crash_record *record)
{
	static const char *const words[] = {
		[CRASH_SAVED_NOTHING] = "no dump was saved",
		[CRASH_SAVED_LOG] = "only its log was saved",
		[CRASH_SAVED_PART] = "the dump is incomplete",
		[CRASH_SAVED_DUMP] = "the dump was saved",
	};

	return words[record->saved];
}

static void put_where_known(struct entry *entry, const char *field,
			    const char *text)
{
	if (*text)
		put(entry, field, "%s", text);
}

struct err *journal_send_crash(const struct crash_record *record)
{
	struct entry entry guarded(entry_deinit) = { 0 };
	char message[1024];
	struct err *err;

	snprintf(message, sizeof(message),
		 "This machine crashed%s%s; %s%s%s. %s",
		 *record->panic ? ": " : "", record->panic,
		 describe_saved(record), *record->why ? ": " : "", record->why,
		 *record->verdict_line ? record->verdict_line :
					 "CANNOT TELL: no audit was made.");
	err = begin(&entry, CRASH_MESSAGE_ID, priority_of(record), message);
	if (err)
		return err;
	put(&entry, "HVCRASH_CRASH_ID", "%s", record->id);
	put(&entry, "HVCRASH_CRASH_TIME", "%llu", record->seconds);
	put(&entry, "HVCRASH_VERDICT", "%s", crash_record_verdict(record));
	put(&entry, "HVCRASH_SAVED", "%s", crash_saved_name(record->saved));
	put_where_known(&entry, "HVCRASH_KERNEL", record->kernel);
	put_where_known(&entry, "HVCRASH_PANIC", record->panic);
	put_where_known(&entry, "HVCRASH_WHY", record->why);
	put_where_known(&entry, "HVCRASH_FILE", record->path);
	return send_entry(&entry);
}
