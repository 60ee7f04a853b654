// SPDX-License-Identifier: GPL-2.0-only
/*
 * boots.c - reads wtmp(5)
 *
 * See boots.h. The file is written by programs of this architecture, so its
 * records are those of this C library.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <utmpx.h>

#include "base/cleanup.h"
#include "vm/boots.h"

#define MAX_WTMP_BYTES (256U << 20)

struct boot *boots_read(const struct sysroot *sysroot, size_t *ret_nr)
{
	bool is_shut_down = true;
	struct boot *boots;
	size_t bytes, nr;
	char *text guarded_free = sysroot_read_text(sysroot, "/var/log/wtmp",
						    MAX_WTMP_BYTES, &bytes);

	*ret_nr = 0;
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
