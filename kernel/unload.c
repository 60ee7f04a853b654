// SPDX-License-Identifier: GPL-2.0-only
/*
 * unload.c - ask the host to give all of VMBus back, and note what came of it
 *
 * Called once on each way out, before the revoke: the host's answer arrives in
 * the message page of the VP that made first contact.
 *
 * Leaves out: how to ask (hooks_x86.c), and the waiting, which the kernel's own
 * functions do (crash) or kexec_path.c.
 */
#include <linux/delay.h>
#include <linux/hyperv.h>
#include <linux/minmax.h>
#include "cycles.h"
#include "compat/compat.h"
#include "hvcrash.h"
#include "revoke.h"
#include "unload.h"
#include "vmbus.h"
#include "vmbus_layout.h"

/*
 * vmbus_wait_for_unload() polls 10,000 times with mdelay(10) in between, prints
 * how it ended, and does not return it (drivers/hv/channel_mgmt.c). hv_vmbus's
 * own note of the answer tells; where its place is not known, the time from the
 * stop of the other CPUs to the end of our own request has to: a wait in vain
 * lasts 100 s of mdelay(). Those are not 100 s of any clock: on an emulated
 * machine they were seen to pass in 43, which is why udelay() is measured here.
 * Half of the wait is the bound, so that a poor measurement errs towards "not
 * answered", which the audit reports, and never the other way.
 */
static u64 unload_bound_tsc(void)
{
	const u32 waits_of_10us = 100 * USEC_PER_SEC / 10;
	u64 shortest = U64_MAX;
	u64 start;
	u32 i;

	for (i = 0; i < 10; i++) {
		start = hvcrash_cycles();
		udelay(10);
		shortest = min(shortest, hvcrash_cycles() - start);
	}
	return shortest * (waits_of_10us / 2);
}

static u32 unload_outcome(const struct hvcrash_crash *r, bool have_unload,
			  enum hvcrash_answer answer)
{
	u32 version = hvcrash_registry.header->vmbus_version;

	if (!hvcrash_vmbus_was_connected())
		return HVCRASH_UNLOAD_NONE;
	/* vmbus_initiate_unload() does not ask hosts before Windows Server 2012 R2 */
	if (version && version < VERSION_WIN8_1)
		return HVCRASH_UNLOAD_NO_WAY;
	/* A panic notifier may have had the answer before us: no matter who asked */
	if (answer == HVCRASH_ANSWER_UNKNOWN)
		answer = hvcrash_vmbus_unload_answer();
	if (answer == HVCRASH_ANSWER_YES)
		return HVCRASH_UNLOAD_ANSWERED;
	if (!have_unload)
		return HVCRASH_UNLOAD_NO_WAY;
	if (answer == HVCRASH_ANSWER_NO)
		return HVCRASH_UNLOAD_TIMEOUT;
	return r->tsc_unload_end - r->tsc_begin < unload_bound_tsc() ?
		       HVCRASH_UNLOAD_ANSWERED :
		       HVCRASH_UNLOAD_TIMEOUT;
}

/**
 * hvcrash_unload_vmbus - unload, and enter the outcome in the report
 * @unload: or NULL, where there is no way to ask
 *
 * Context: on the way out; NMI too, if @unload allows.
 */
void hvcrash_unload_vmbus(hvcrash_unload_fn unload)
{
	struct hvcrash_crash *r = hvcrash_report();
	enum hvcrash_answer answer = HVCRASH_ANSWER_UNKNOWN;

	r->tsc_unload_begin = hvcrash_cycles();
	if (unload)
		answer = unload();
	r->tsc_unload_end = hvcrash_cycles();
	r->unload = unload_outcome(r, unload, answer);
}
