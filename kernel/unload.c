// SPDX-License-Identifier: GPL-2.0-only
/*
 * unload.c - ask the host to unload VMBus, and record the outcome
 *
 * Called once in a panic or a kexec, before the revoke: the host's answer arrives in
 * the message page of the VP that made first contact. How to ask, and where hv_vmbus
 * notes the answer, is determined in the living kernel, when hv_vmbus comes up.
 *
 * Leaves out: where hv_vmbus keeps its data (vmbus_layout.c).
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/hyperv.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/notifier.h>
#include <linux/sched.h>
#include <linux/time.h>
#include "compat/compat.h"
#include "cycles.h"
#include "hvcrash.h"
#include "unload.h"
#include "vmbus.h"
#include "vmbus_layout.h"
#include "vmbus_under_way.h"

/* The interval at which vmbus_wait_for_unload() reports that it still waits */
#define SAY_EVERY_MS (5 * MSEC_PER_SEC)

/* Of enum vmbus_connect_state (drivers/hv/hyperv_vmbus.h), 6.1 to 7.2 */
#define CONNECTED 2

/*
 * ANSWER_NO: not yet, or there was no request. ANSWER_UNKNOWN: hv_vmbus's record of it
 * could not be found.
 */
enum answer {
	ANSWER_UNKNOWN,
	ANSWER_NO,
	ANSWER_YES,
};

/* hv_vmbus's own, while it is loaded; each may be NULL. The second in a panic only. */
static void (*initiate_unload)(bool crash);
static notifier_fn_t panic_unload;
static const struct completion *unload_event;
static const u32 *conn_state;

static bool can_ask(void)
{
	return initiate_unload || panic_unload;
}

/**
 * hvcrash_unload_learn - find out how to ask, and where hv_vmbus records the answer
 *
 * Context: process, may sleep.
 */
void hvcrash_unload_learn(void)
{
	initiate_unload =
		hvcrash_compat_lookup_callable("vmbus_initiate_unload");
	if (!initiate_unload)
		panic_unload =
			hvcrash_compat_lookup_callable("hv_panic_vmbus_unload");
	if (!can_ask()) {
		pr_err("found no way to unload VMBus\n");
		hvcrash_registry_gap(&hvcrash_registry, HVCRASH_GAP_NO_VMBUS,
				     0);
	}
	WRITE_ONCE(unload_event, hvcrash_vmbus_unload_event());
	hvcrash_vmbus_learn_messages();
	WRITE_ONCE(conn_state, hvcrash_vmbus_conn_state());
	if (!unload_event)
		pr_info("no BTF of hv_vmbus: cannot tell later whether UNLOAD is answered\n");
}

/**
 * hvcrash_unload_forget - forget hv_vmbus's addresses: it is being unloaded
 *
 * Context: process.
 */
void hvcrash_unload_forget(void)
{
	WRITE_ONCE(unload_event, NULL);
	WRITE_ONCE(conn_state, NULL);
	hvcrash_vmbus_forget_messages();
	hvcrash_vmbus_forget_layout();
	initiate_unload = NULL;
	panic_unload = NULL;
}

/*
 * vmbus_initiate_unload() resets the completion, and only the host's answer
 * completes it, in the message interrupt or in the loop that polls for it; in a
 * panic it is not consumed. Read without completion_done(), which takes a lock
 * that a stopped CPU may hold.
 */
static enum answer noted_answer(void)
{
	const struct completion *event = READ_ONCE(unload_event);

	if (!event)
		return ANSWER_UNKNOWN;
	return READ_ONCE(event->done) ? ANSWER_YES : ANSWER_NO;
}

/*
 * Without hv_vmbus's own record the answer is unknown. The time that the request took
 * does not reveal it: vmbus_initiate_unload() returns at once if VMBus is no longer
 * connected, for example while a hibernation or a kexec waits for an answer of its own.
 */
static u32 outcome(enum answer answer)
{
	u32 version = hvcrash_registry.header->vmbus_version;

	if (!hvcrash_vmbus_was_connected())
		return HVCRASH_UNLOAD_NONE;
	/* vmbus_initiate_unload() does not ask hosts before Windows Server 2012 R2 */
	if (version && version < VERSION_WIN8_1)
		return HVCRASH_UNLOAD_NO_WAY;
	/* A panic notifier may have received the answer before: it does not matter who asked */
	if (answer == ANSWER_UNKNOWN)
		answer = noted_answer();
	if (answer == ANSWER_YES)
		return HVCRASH_UNLOAD_ANSWERED;
	if (!can_ask())
		return HVCRASH_UNLOAD_NO_WAY;
	return answer == ANSWER_NO ? HVCRASH_UNLOAD_TIMEOUT :
				     HVCRASH_UNLOAD_UNKNOWN;
}

/* By polling, looking at the messages of all CPUs */
static enum answer ask_and_poll(void)
{
	if (initiate_unload)
		initiate_unload(true);
	else if (panic_unload)
		panic_unload(NULL, 0, NULL);
	return ANSWER_UNKNOWN;
}

static void unload(enum answer (*ask)(void))
{
	struct hvcrash_crash *r = hvcrash_report();
	enum answer answer;

	r->tsc_unload_begin = hvcrash_cycles();
	answer = ask();
	r->tsc_unload_end = hvcrash_cycles();
	r->unload = outcome(answer);
}

/**
 * hvcrash_unload_in_panic - unload VMBus, and record the outcome in the report
 *
 * Context: crash path; NMI too. Bounded by the kernel's own bound, 100 s.
 */
void hvcrash_unload_in_panic(void)
{
	unload(ask_and_poll);
}

static bool is_back;

static int ask_thread(void *unused)
{
	initiate_unload(false);
	WRITE_ONCE(is_back, true);
	return 0;
}

/*
 * The kernel's wait is unbounded and cannot be changed from here, so a thread does it,
 * which the kexec leaves behind. We wait by counting mdelay() and set no timer: without
 * a kprobe (kexec.c) 7.2 has stopped the timers before.
 */
static enum answer ask_and_wait(void)
{
	/* Otherwise the host got no request that it could answer */
	bool will_ask = conn_state && READ_ONCE(*conn_state) == CONNECTED;
	u32 waited;

	is_back = false;
	if (!initiate_unload ||
	    IS_ERR(kthread_run(ask_thread, NULL, "hvcrash_unload")))
		return ask_and_poll();
	for (waited = 0; waited < hvcrash_kexec_unload_bound_ms; waited++) {
		if (READ_ONCE(is_back))
			return will_ask ? ANSWER_YES : ANSWER_UNKNOWN;
		/* Enough if the thread had no chance to run yet */
		if (noted_answer() == ANSWER_YES)
			return ANSWER_YES;
		if (waited && !(waited % SAY_EVERY_MS))
			pr_notice("waiting for VMBus UNLOAD, %u of %u s\n",
				  waited / (u32)MSEC_PER_SEC,
				  hvcrash_kexec_unload_bound_ms /
					  (u32)MSEC_PER_SEC);
		mdelay(1);
		schedule();
	}
	pr_err("no answer to VMBus UNLOAD: continuing the kexec\n");
	return ANSWER_NO;
}

/**
 * hvcrash_unload_in_kexec - unload VMBus while all CPUs run
 *
 * Context: process, may sleep. Bounded by the parameter kexec_unload_bound_ms.
 */
void hvcrash_unload_in_kexec(void)
{
	unload(ask_and_wait);
}
