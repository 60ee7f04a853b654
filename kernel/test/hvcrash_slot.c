// SPDX-License-Identifier: GPL-2.0-only
/*
 * hvcrash_slot.c - a timer's message in the way of the answer to UNLOAD
 *
 * For the lab. The host answers UNLOAD in a slot of the message page of the VP
 * that made first contact. If the slot is taken the answer is held back until
 * that VP writes EOM, and in message mode the VP's own timer posts to the same
 * slot. A panicking kernel empties the slots of all VPs (drivers/hv/channel_mgmt.c,
 * vmbus_wait_for_unload()), so only a timer that fires between its first look and the
 * answer matters: then it writes EOM on its own CPU, where nothing waits for it, and
 * finds nothing for 100 s.
 *
 * This happens in about one of twenty panics. This module makes it certain:
 * when UNLOAD has been requested and the slot was looked at once, it puts a timer's
 * message there, as the hypervisor would.
 *
 * Invariant: it changes nothing before the panic, and then one slot, once.
 *
 * Leaves out: the panic.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/atomic.h>
#include <linux/hyperv.h>
#include <linux/io.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <asm/mshyperv.h>
#include <asm/msr.h>

/* VMBUS_CONNECT_CPU, VMBUS_MESSAGE_SINT (drivers/hv/hyperv_vmbus.h) */
#define CONTACT_CPU 0
#define CONTACT_SINT 2

static struct hv_message *slot;
static bool is_asked;

static int at_post(struct kprobe *probe, struct pt_regs *regs)
{
	const struct vmbus_channel_message_header *message =
		(void *)regs_get_kernel_argument(regs, 0);

	if (message->msgtype == CHANNELMSG_UNLOAD)
		is_asked = true;
	return 0;
}

/* The first pause after UNLOAD follows the first look */
static int at_pause(struct kprobe *probe, struct pt_regs *regs)
{
	if (!is_asked)
		return 0;
	is_asked = false;
	/* Not if there was a message before: then the slot is looked at again */
	if (READ_ONCE(slot->header.message_type) != HVMSG_NONE)
		return 0;
	memset(&slot->u, 0, sizeof(slot->u));
	WRITE_ONCE(slot->header.message_type, HVMSG_TIMER_EXPIRED);
	return 0;
}

static struct kprobe probe_post = {
	.symbol_name = "vmbus_post_msg",
	.pre_handler = at_post,
};

static struct kprobe probe_pause = {
	.symbol_name = "__const_udelay",
	.pre_handler = at_pause,
};

static void read_simp(void *ret_value)
{
	u32 low, high;

	if (!rdmsr_safe(HV_X64_MSR_SIMP, &low, &high))
		*(u64 *)ret_value = (u64)high << 32 | low;
}

static int __init slot_init(void)
{
	u64 simp = 0;
	int ret;

	ret = smp_call_function_single(CONTACT_CPU, read_simp, &simp, 1);
	if (ret)
		return ret;
	if (!(simp & 1))
		return -ENODEV;
	slot = (struct hv_message *)phys_to_virt(simp & ~0xfffULL) +
	       CONTACT_SINT;
	ret = register_kprobe(&probe_post);
	if (ret)
		return ret;
	ret = register_kprobe(&probe_pause);
	if (ret)
		unregister_kprobe(&probe_post);
	return ret;
}

/* No exit: it is loaded just before the crash */
module_init(slot_init);

MODULE_DESCRIPTION(
	"Puts a timer's message in the way of the answer to UNLOAD, for tests of hvcrash");
MODULE_AUTHOR("the hvcrash authors");
MODULE_LICENSE("GPL");
