/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * boots.h - when this machine booted, and whether it had been shut down before
 *
 * Called by crash_history: a boot that followed no shutdown is all that some
 * crashes leave. From /var/log/wtmp, where systemd (systemd-update-utmp) and
 * sysvinit write both; where there is none (Debian 13 has wtmpdb in its place)
 * from /var/lib/hvcrash/boots, which hvcrash-publish.service writes from the
 * first boot with hvcrash on. Without either nothing is known, and the answer
 * says so.
 */
#ifndef HVCRASHCTL_BOOTS_H
#define HVCRASHCTL_BOOTS_H

#include <stdbool.h>
#include <linux/types.h>

#include "vm/sysroot.h"

/**
 * struct boot - one boot
 * @seconds: when, since 1970
 * @is_after_shutdown: the one before it ended by a shutdown; so does the first
 */
struct boot {
	__u64 seconds;
	bool is_after_shutdown;
};

/* To be freed, the oldest first; NULL with 0 where there is no such file */
struct boot *boots_read(const struct sysroot *sysroot, size_t *ret_nr);

#endif
