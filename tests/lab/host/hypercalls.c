// SPDX-License-Identifier: GPL-2.0-only
/*
 * hypercalls.c - the hypercalls of an ordinary guest
 *
 * The back end handles those that get and set registers (arm64).
 */
#include "core.h"
#include "vmbus.h"

/* TLFS, "Hypercall Inputs" */
#define CALL_CODE(control) ((u32)(control)&0xffff)
#define CALL_FAST (1ull << 16)
#define CALL_REPETITIONS(control) ((control)&0xfffull << 32)

enum call {
	FLUSH_SPACE = 0x02,
	FLUSH_LIST = 0x03,
	LONG_SPIN_WAIT = 0x08,
	SEND_IPI = 0x0b,
	FLUSH_SPACE_EX = 0x13,
	FLUSH_LIST_EX = 0x14,
	SEND_IPI_EX = 0x15,
	POST_MESSAGE = 0x5c,
	SIGNAL_EVENT = 0x5d,
};

/* TLFS, "HvCallPostMessage": connection, reserved, type, bytes, payload */
#define POST_HEADER 16

static u64 post_message(u64 input)
{
	u8 call[POST_HEADER + MESSAGE_BYTES];
	u32 type, bytes;

	if (input % 8 || input % HV_PAGE > HV_PAGE - sizeof(call))
		return HV_STATUS_INVALID_ALIGNMENT;
	if (!guest_read(input, call, sizeof(call)))
		return HV_STATUS_INVALID_PARAMETER;
	type = get32(call + 8);
	bytes = get32(call + 12);
	if (bytes > MESSAGE_BYTES || !type || type >> 31)
		return HV_STATUS_INVALID_PARAMETER;
	return vmbus_message(get32(call), call + POST_HEADER, bytes);
}

/* TLFS, "HvCallSignalEvent": a connection, and a flag number */
static u64 signal_event(u64 control, u64 input)
{
	u8 call[8];

	if (control & CALL_FAST)
		return vmbus_signalled((u32)input, (u32)(input >> 32) & 0xffff);
	if (input % 8)
		return HV_STATUS_INVALID_ALIGNMENT;
	if (!guest_read(input, call, sizeof(call)))
		return HV_STATUS_INVALID_PARAMETER;
	return vmbus_signalled(get32(call), get16(call + 4));
}

static u64 send_to(u32 vector, u32 first, u64 mask)
{
	struct vp *vp;

	for (u32 bit = 0; bit < 64; bit++) {
		if (!(mask >> bit & 1))
			continue;
		vp = vp_of_index(first + bit);
		if (vp)
			platform_interrupt(vp_number(vp), vector);
	}
	return HV_STATUS_SUCCESS;
}

/* TLFS, "HvCallSendSyntheticClusterIpi": vector, target VTL, mask of VPs */
static u64 send_ipi(u64 control, u64 input, u64 output)
{
	u8 call[16];

	if (!(control & CALL_FAST)) {
		if (input % 8)
			return HV_STATUS_INVALID_ALIGNMENT;
		if (!guest_read(input, call, sizeof(call)))
			return HV_STATUS_INVALID_PARAMETER;
		input = get64(call);
		output = get64(call + 8);
	}
	if ((u32)input < 16 || (u32)input > 255 || input >> 32)
		return HV_STATUS_INVALID_PARAMETER;
	return send_to((u32)input, 0, output);
}

/*
 * The same with the VPs as a sparse set (TLFS, "Sparse Virtual Processor Set"):
 * a format, 0 sparse or 1 all, a mask of the banks that follow, 64 VPs each.
 */
static u64 send_ipi_ex(u64 control, u64 input)
{
	u8 call[24], bank[8];
	u64 banks, at = input + sizeof(call);
	u32 vector;

	if (control & CALL_FAST || input % 8)
		return HV_STATUS_INVALID_ALIGNMENT;
	if (!guest_read(input, call, sizeof(call)))
		return HV_STATUS_INVALID_PARAMETER;
	vector = get32(call);
	banks = get64(call + 16);
	if (vector < 16 || vector > 255 || get32(call + 4) ||
	    get64(call + 8) > 1)
		return HV_STATUS_INVALID_PARAMETER;
	if (get64(call + 8))
		return send_to(vector, (u32)options.vp_offset, UINT64_MAX);
	for (u32 i = 0; i < 64; i++) {
		if (!(banks >> i & 1))
			continue;
		if (!guest_read(at, bank, sizeof(bank)))
			return HV_STATUS_INVALID_PARAMETER;
		send_to(vector, i * 64, get64(bank));
		at += sizeof(bank);
	}
	return HV_STATUS_SUCCESS;
}

/* Flushes more than was requested, which a guest cannot notice. */
static u64 flush(u64 control)
{
	platform_flush_tlb();
	return HV_STATUS_SUCCESS | CALL_REPETITIONS(control);
}

u64 hv_hypercall(u32 vp, u64 control, u64 input, u64 output)
{
	host.vp[vp].hypercalls++;
	host.caller = vp;
	switch (CALL_CODE(control)) {
	case FLUSH_SPACE:
	case FLUSH_LIST:
	case FLUSH_SPACE_EX:
	case FLUSH_LIST_EX:
		return flush(control);
	case LONG_SPIN_WAIT:
		return HV_STATUS_SUCCESS;
	case SEND_IPI:
		return send_ipi(control, input, output);
	case SEND_IPI_EX:
		return send_ipi_ex(control, input);
	case POST_MESSAGE:
		return control & CALL_FAST ? HV_STATUS_INVALID_HYPERCALL_INPUT :
					     post_message(input);
	case SIGNAL_EVENT:
		return signal_event(control, input);
	default:
		violation("VP %u: hypercall %#llx does not exist", vp,
			  (unsigned long long)control);
		return HV_STATUS_INVALID_HYPERCALL_CODE;
	}
}
