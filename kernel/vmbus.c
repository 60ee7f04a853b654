// SPDX-License-Identifier: GPL-2.0-only
/*
 * vmbus.c - pages that VMBus messages share with the host
 *
 * Follows the tracepoints of hv_vmbus (drivers/hv/hv_trace.h), which pass
 * the raw messages of <linux/hyperv.h> with every page number in them: interrupt
 * and monitor pages, and the pages of each GPADL. Works with hv_vmbus built in,
 * and as a module that is loaded and unloaded.
 *
 * Invariant: a page is in the registry from the message that offers it to the
 * host until the host confirms that it is released. The tracepoint fires after the
 * message was posted: for these few instructions the host knows more than we do,
 * and a panic in between is a gap (vmbus_under_way.c).
 *
 * Leaves out: what VMBus shared before the probes were in place (vmbus_late.c).
 * Until that is found HVCRASH_GAP_LATE says so, and the audit cannot tell.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/hyperv.h>
#include <linux/ioport.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/tracepoint.h>
#include <linux/workqueue.h>
#include "compat/compat.h"
#include "hvcrash.h"
#include "regs.h"
#include "vmbus.h"
#include "vmbus_gpadl.h"
#include "vmbus_late.h"
#include "vmbus_pages.h"
#include "vmbus_under_way.h"

/*
 * Free extents to keep ready: enough for a netvsc receive buffer of 31 MiB, the largest
 * (NETVSC_RECEIVE_BUFFER_SIZE, drivers/net/hyperv/hyperv_net.h), with no two adjacent
 * pages. A thread may post all of it before anything else on this CPU runs.
 */
#define RESERVE_EXTENTS 7936

static bool connected;

/*
 * Number of changes to shared pages that the probes have seen, for vmbus_late.c. Counted
 * before the registry records the change: if the number is the same before and
 * after a walk, nothing was missed in between.
 */
static atomic_t changes;

static void reserve_work(struct work_struct *work)
{
	/* A failure is not fatal: the next GPADL tries again, and drops are counted */
	hvcrash_registry_reserve(&hvcrash_registry,
				 RESERVE_EXTENTS + hvcrash_gpadl_to_come());
}

static DECLARE_WORK(reserve_later, reserve_work);

static void publish_page(u16 kind, u64 gpa, u16 evidence)
{
	struct hvcrash_owner owner = { .kind = kind,
				       .relid = HVCRASH_NO_RELID };

	gpa &= ~(u64)(HVCRASH_PAGE_BYTES - 1);
	if (gpa)
		hvcrash_registry_publish(&hvcrash_registry, &owner, gpa, 1,
					 evidence, hvcrash_vmbus_ram_flag(gpa));
}

static void retire_contact(void)
{
	hvcrash_registry_retire_kind(&hvcrash_registry,
				     HVCRASH_KIND_VMBUS_INTERRUPT,
				     HVCRASH_EV_NONE);
	hvcrash_registry_retire_kind(
		&hvcrash_registry, HVCRASH_KIND_VMBUS_MONITOR, HVCRASH_EV_NONE);
}

/*
 * The probes. Context of each: that of the hv_vmbus code that hits the tracepoint,
 * preemption disabled, never NMI.
 */

static void on_negotiate(void *data,
			 const struct vmbus_channel_initiate_contact *msg,
			 int ret)
{
	if (ret)
		return;
	atomic_inc(&changes);
	/*
	 * The host has released what was shared on an earlier contact, at UNLOAD
	 * or at a reset: a resume from hibernation comes here, with hv_sock channels
	 * for which no message was seen (vmbus_force_channel_rescinded()). And there is
	 * one message per version tried, each with the same pages.
	 */
	retire_contact();
	hvcrash_gpadl_forget_all();
	hvcrash_registry_channels_gone(&hvcrash_registry);
	hvcrash_registry_gap_closed(&hvcrash_registry, HVCRASH_GAP_LATE);
	if (hvcrash_vmbus_has_interrupt_page(msg->vmbus_version_requested))
		publish_page(HVCRASH_KIND_VMBUS_INTERRUPT, msg->interrupt_page,
			     HVCRASH_EV_MESSAGE_SENT);
	publish_page(HVCRASH_KIND_VMBUS_MONITOR, msg->monitor_page1,
		     HVCRASH_EV_MESSAGE_SENT);
	publish_page(HVCRASH_KIND_VMBUS_MONITOR, msg->monitor_page2,
		     HVCRASH_EV_MESSAGE_SENT);
	WRITE_ONCE(hvcrash_registry.header->vmbus_version,
		   msg->vmbus_version_requested);
	WRITE_ONCE(connected, true);
}

static void on_version(void *data,
		       const struct vmbus_channel_version_response *msg)
{
	/* hv_vmbus has just enabled its SynIC pages */
	hvcrash_regs_observe_later();
	if (msg->version_supported)
		return;
	retire_contact();
	WRITE_ONCE(hvcrash_registry.header->vmbus_version, 0);
	WRITE_ONCE(connected, false);
}

static void on_offer(void *data, const struct vmbus_channel_offer_channel *msg)
{
	hvcrash_registry_channel(&hvcrash_registry, msg->child_relid,
				 msg->offer.sub_channel_index,
				 &msg->offer.if_type, &msg->offer.if_instance);
}

static void on_gpadl_header(void *data,
			    const struct vmbus_channel_gpadl_header *msg,
			    int ret)
{
	/* create_gpadl_header() fills each message before it begins the next */
	const u32 fit = (HV_MESSAGE_PAYLOAD_BYTE_COUNT - sizeof(*msg) -
			 sizeof(struct gpa_range)) /
			sizeof(u64);
	const struct gpa_range *range = msg->range;
	const struct hvcrash_owner owner = { .kind = HVCRASH_KIND_GPADL,
					     .gpadl = msg->gpadl,
					     .relid = msg->child_relid };

	if (ret)
		return;
	atomic_inc(&changes);
	hvcrash_gpadl_header(msg->child_relid, msg->gpadl,
			     hvcrash_vmbus_gpadl_pages(range->byte_offset,
						       range->byte_count),
			     range->pfn_array, fit);
	/* The kernel's own GPADLs have one range; others would be missed */
	if (msg->rangecount != 1)
		hvcrash_registry_gap_of(&hvcrash_registry, &owner,
					HVCRASH_GAP_DROPPED, 1);
	/* On any CPU: this one may be busy with the bodies that follow */
	if (READ_ONCE(hvcrash_registry.nr_free) <
	    RESERVE_EXTENTS + hvcrash_gpadl_to_come())
		queue_work(system_unbound_wq, &reserve_later);
}

static void on_gpadl_body(void *data,
			  const struct vmbus_channel_gpadl_body *msg, int ret)
{
	const u32 fit =
		(HV_MESSAGE_PAYLOAD_BYTE_COUNT - sizeof(*msg)) / sizeof(u64);

	if (ret)
		hvcrash_gpadl_abandoned(msg->gpadl);
	else
		hvcrash_gpadl_body(msg->gpadl, msg->pfn, fit);
}

static void on_gpadl_created(void *data,
			     const struct vmbus_channel_gpadl_created *msg)
{
	atomic_inc(&changes);
	hvcrash_gpadl_answered(msg->gpadl, msg->creation_status);
}

static void on_gpadl_torndown(void *data,
			      const struct vmbus_channel_gpadl_torndown *msg)
{
	atomic_inc(&changes);
	hvcrash_gpadl_torndown(msg->gpadl);
}

/*
 * If another channel with the same relid follows, this still comes in
 * time: hv_process_channel_removal() posts the message and hits the tracepoint with
 * channel_mutex held, which vmbus_process_offer() takes before the new channel can be
 * opened. Other places release relids only of channels that never had a GPADL, because
 * no device could be created for them (vmbus_add_channel_work(), vmbus_onoffer()).
 */
static void on_release(void *data,
		       const struct vmbus_channel_relid_released *msg, int ret)
{
	if (ret)
		return;
	atomic_inc(&changes);
	hvcrash_gpadl_relid_released(msg->child_relid);
	hvcrash_registry_channel_gone(&hvcrash_registry, msg->child_relid);
}

static struct probe {
	const char *name;
	void *fn;
	struct tracepoint *tp;
} probes[] = {
	{ "vmbus_negotiate_version", on_negotiate },
	{ "vmbus_onversion_response", on_version },
	{ "vmbus_onoffer", on_offer },
	{ "vmbus_establish_gpadl_header", on_gpadl_header },
	{ "vmbus_establish_gpadl_body", on_gpadl_body },
	{ "vmbus_ongpadl_created", on_gpadl_created },
	{ "vmbus_ongpadl_torndown", on_gpadl_torndown },
	{ "vmbus_release_relid", on_release },
};

/* @found counts the probes that were attached */
static void attach(struct tracepoint *tp, void *found)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(probes); i++) {
		if (probes[i].tp || strcmp(tp->name, probes[i].name))
			continue;
		if (tracepoint_probe_register(tp, probes[i].fn, NULL))
			continue;
		probes[i].tp = tp;
		(*(u32 *)found)++;
	}
}

static void detach_all(void)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(probes); i++) {
		if (probes[i].tp)
			tracepoint_probe_unregister(probes[i].tp, probes[i].fn,
						    NULL);
		probes[i].tp = NULL;
	}
	tracepoint_synchronize_unregister();
}

/* VMBus was up before this module was loaded */
static bool is_late;

static void note_attached(u32 found, bool late)
{
	if (found && found != ARRAY_SIZE(probes)) {
		pr_err("hv_vmbus has %u of the %zu tracepoints needed\n", found,
		       ARRAY_SIZE(probes));
		hvcrash_registry_gap(&hvcrash_registry, HVCRASH_GAP_NO_VMBUS,
				     0);
	}
	if (found && late) {
		hvcrash_registry_gap(&hvcrash_registry, HVCRASH_GAP_LATE, 0);
		WRITE_ONCE(connected, true);
		is_late = true;
	}
}

/* Set while registration calls us for modules that were loaded before */
static bool catching_up;

static int on_module(struct notifier_block *nb, unsigned long event, void *data)
{
	struct tp_module *tpm = data;
	struct module *mod = tpm->mod;
	u32 found = 0;
	u32 i;

	if (strcmp(mod->name, "hv_vmbus"))
		return NOTIFY_OK;
	if (event == MODULE_STATE_COMING) {
		for (i = 0; i < mod->num_tracepoints; i++)
			attach(hvcrash_tracepoint_of(&mod->tracepoints_ptrs[i]),
			       &found);
		note_attached(found, catching_up);
	} else if (event == MODULE_STATE_GOING) {
		detach_all();
		hvcrash_vmbus_late_forget();
		/* vmbus_exit() has unloaded VMBus, and with it all its pages */
		retire_contact();
		hvcrash_gpadl_forget_all();
		WRITE_ONCE(connected, false);
	}
	return NOTIFY_OK;
}

static struct notifier_block module_nb = { .notifier_call = on_module };

/**
 * hvcrash_vmbus_was_connected - whether VMBus has made contact, as far as we know
 *
 * Context: any, NMI too.
 */
bool hvcrash_vmbus_was_connected(void)
{
	return READ_ONCE(connected);
}

static bool record_one(struct hvcrash_extent *e, void *ctx)
{
	u32 unload = *(u32 *)ctx;

	/* LMM(read:A) of registry.c */
	if (smp_load_acquire(&e->state) != HVCRASH_SHARED)
		return true;
	if (e->kind != HVCRASH_KIND_VMBUS_INTERRUPT &&
	    e->kind != HVCRASH_KIND_VMBUS_MONITOR &&
	    e->kind != HVCRASH_KIND_GPADL)
		return true;
	switch (unload) {
	case HVCRASH_UNLOAD_ANSWERED:
		e->evidence = HVCRASH_EV_UNLOAD_ANSWERED;
		WRITE_ONCE(e->state, HVCRASH_UNLOADED);
		break;
	case HVCRASH_UNLOAD_UNKNOWN:
		/* Possibly released: the audit sees that there is no evidence */
		e->evidence = HVCRASH_EV_NONE;
		WRITE_ONCE(e->state, HVCRASH_UNLOADED);
		break;
	default:
		e->evidence = HVCRASH_EV_UNLOAD_TIMEOUT;
	}
	return true;
}

/**
 * hvcrash_vmbus_record_unload - record the state of VMBus's pages after UNLOAD
 * @unload: HVCRASH_UNLOAD_*
 *
 * Context: crash path, panicking CPU.
 */
void hvcrash_vmbus_record_unload(u32 unload)
{
	hvcrash_vmbus_note_under_way();
	hvcrash_registry_for_each(&hvcrash_registry, record_one, &unload);
}

/**
 * hvcrash_vmbus_init - follow VMBus from now on
 *
 * Context: process, may sleep; the registry is set up.
 * Return: 0 or a negative errno.
 */
int hvcrash_vmbus_init(void)
{
	u32 found = 0;
	int ret;

	ret = hvcrash_registry_reserve(&hvcrash_registry, RESERVE_EXTENTS);
	if (ret)
		return ret;
	for_each_kernel_tracepoint(attach, &found);
	note_attached(found, true);
	catching_up = true;
	ret = register_tracepoint_module_notifier(&module_nb);
	catching_up = false;
	if (ret) {
		detach_all();
		return ret;
	}
	/* After the probes, which see all changes from here on */
	if (is_late && !hvcrash_vmbus_find_late(&changes))
		WRITE_ONCE(connected, false);
	return 0;
}

/**
 * hvcrash_vmbus_deinit - undo hvcrash_vmbus_init()
 *
 * Context: process, may sleep.
 */
void hvcrash_vmbus_deinit(void)
{
	unregister_tracepoint_module_notifier(&module_nb);
	hvcrash_vmbus_late_deinit();
	detach_all();
	cancel_work_sync(&reserve_later);
}
