// SPDX-License-Identifier: GPL-2.0-only
/*
 * boots.c - reads wtmp(5), or hvcrash's own list of boots
 *
 * See boots.h. wtmp is written by programs of this architecture, so its records
 * are those of this C library. The other file has a line for each:
 * "boot SECONDS BOOT-ID", "shutdown SECONDS BOOT-ID".
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utmpx.h>

#include "base/cleanup.h"
#include "vm/boots.h"

#define MAX_WTMP_BYTES (256U << 20)
#define OWN_BOOTS "/var/lib/hvcrash/boots"
#define MAX_OWN_BYTES (1U << 20)

static struct boot *read_wtmp(const struct sysroot *sysroot, size_t *ret_nr)
{
	bool is_shut_down = true;
	struct boot *boots;
	size_t bytes, nr;
	char *text guarded_free = sysroot_read_text(sysroot, "/var/log/wtmp",
						    MAX_WTMP_BYTES, &bytes);

	if (!text)
		return NULL;
	nr = bytes / sizeof(struct utmpx);
	boots = calloc(nr ? nr : 1, sizeof(*boots));
	for (size_t i = 0; boots && i < nr; i++) {
		struct utmpx record;

		memcpy(&record, text + i * sizeof(record), sizeof(record));
		if (record.ut_type == RUN_LVL &&
		    !strncmp(record.ut_user, "shutdown",
			     sizeof(record.ut_user)))
			is_shut_down = true;
		if (record.ut_type != BOOT_TIME || record.ut_tv.tv_sec <= 0)
			continue;
		boots[(*ret_nr)++] = (struct boot){
			.seconds = (__u64)record.ut_tv.tv_sec,
			.is_after_shutdown = is_shut_down,
		};
		is_shut_down = false;
	}
	return boots;
}

static size_t count_lines(const char *text)
{
	size_t nr = 1;

	for (; (text = strchr(text, '\n')); text++)
		nr++;
	return nr;
}

/*
 * A unit that was stopped and started again has written "shutdown" and "boot"
 * with the same boot ID: ignore those.
 */
static struct boot *read_own(const struct sysroot *sysroot, size_t *ret_nr)
{
	char *text guarded_free =
		sysroot_read_all(sysroot, OWN_BOOTS, MAX_OWN_BYTES);
	char *rest = text, *line, last_id[64] = "";
	bool is_shut_down = true;
	struct boot *boots;

	if (!text)
		return NULL;
	boots = calloc(count_lines(text), sizeof(*boots));
	while (boots && rest && (line = strsep(&rest, "\n"))) {
		unsigned long long seconds;
		char word[16], id[64];

		if (sscanf(line, "%15s %llu %63s", word, &seconds, id) != 3)
			continue;
		if (!strcmp(word, "shutdown"))
			is_shut_down = true;
		if (strcmp(word, "boot"))
			continue;
		if (strcmp(id, last_id) || !strcmp(id, "-"))
			boots[(*ret_nr)++] = (struct boot){
				.seconds = seconds,
				.is_after_shutdown = is_shut_down,
			};
		is_shut_down = false;
		strcpy(last_id, id);
	}
	return boots;
}

struct boot *boots_read(const struct sysroot *sysroot, size_t *ret_nr)
{
	struct boot *boots;

	*ret_nr = 0;
	boots = read_wtmp(sysroot, ret_nr);
	if (*ret_nr)
		return boots;
	free(boots);
	return read_own(sysroot, ret_nr);
}
