// SPDX-License-Identifier: GPL-2.0-only
/*
 * crash_times.c - stamps of the crash path as steps and microseconds
 *
 * Called by summary and audit_page. The stamps come from the dump: if the end
 * is before the begin, there is no time.
 */
#include <stdint.h>
#include <string.h>

#include "registry/crash_times.h"

void crash_times_steps(const struct hvcrash_crash *crash,
		       struct crash_times_step ret[CRASH_TIMES_NR_STEPS + 1])
{
	/*
	 * the last thing before it: with debug_revoke_first that is the unload
	 */
	const __u64 hash_begin = crash->tsc_unload_end > crash->tsc_revoke_end ?
					 crash->tsc_unload_end :
					 crash->tsc_revoke_end;
	const struct crash_times_step steps[CRASH_TIMES_NR_STEPS + 1] = {
		{ "park_us", "park", crash->tsc_begin, crash->tsc_parked },
		/* with post_notifiers=Y the kernel itself unloads in here */
		{ "notifiers_us", "notifiers", crash->tsc_parked,
		  crash->tsc_unload_begin },
		{ "unload_us", "unload", crash->tsc_unload_begin,
		  crash->tsc_unload_end },
		{ "revoke_us", "revoke", crash->tsc_revoke_begin,
		  crash->tsc_revoke_end },
		{ "hash_us", "hash", hash_begin, crash->tsc_hash_end },
		{ "total_us", "all", crash->tsc_begin, crash->tsc_end },
	};

	memcpy(ret, steps, sizeof(steps));
}

bool crash_times_elapsed_us(const struct hvcrash_crash *crash, __u64 from,
			    __u64 to, __u64 *ret_us)
{
	unsigned __int128 us;

	if (!from || to < from || !crash->tsc_khz)
		return false;
	us = (unsigned __int128)(to - from) * 1000 / crash->tsc_khz;
	*ret_us = us > UINT64_MAX ? UINT64_MAX : (__u64)us;
	return true;
}
