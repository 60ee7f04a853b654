/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * boots.h - when this machine booted, and whether it had been shut down before
 *
 * Called by crash_history: some crashes leave only a boot that followed no
 * shutdown. Read from /var/log/wtmp, where systemd (systemd-update-utmp) and
 * sysvinit write both; on a system without it (Debian 13 has wtmpdb instead)
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
 * @is_after_shutdown: the boot before it ended in a shutdown; true for the
 * first
 */
struct boot {
	__u64 seconds;
	bool is_after_shutdown;
};

/* To be freed, the oldest first; NULL and 0 if the file does not exist */
struct boot *boots_read(const struct sysroot *sysroot, size_t *ret_nr);

#endif
