// SPDX-License-Identifier: GPL-2.0-only
/*
 * vp_registers.c - HvCallGetVpRegisters and HvCallSetVpRegisters (TLFS 7.10)
 *
 * arm64 has no MSRs: these two calls access each synthetic register, by the
 * numbers in the TLFS's appendix. Both forms are supported: with parameters in
 * memory, and fast, with all of them in X2 to X17.
 */
#include "arm64.h"

#define CONTROL_FAST (1ul << 16)
#define PARTITION_SELF (~0ul)
#define VP_SELF 0xfffffffeu

#define HEADER_BYTES 16
#define NAME_BYTES 4
#define VALUE_BYTES 16
#define ASSOCIATION_BYTES 32
#define FAST_FIRST 2 /* X2 */
#define FAST_WORDS 16

/* Numbers (Linux: include/hyperv/hvgdk_mini.h, enum hv_register_name) */
#define VERSION 0x00000100u
#define PRIVILEGES_AND_FEATURES 0x00000200u
#define FEATURES 0x00000201u
#define CRASH_P0 0x00000210u
#define CRASH_CTL 0x00000215u
#define SINT0 0x000a0000u
#define TIMER0_CONFIG 0x000b0000u

static const struct {
	u32 number;
	enum hv_register reg;
} registers[] = {
	{ CRASH_CTL, HV_REG_CRASH_CTL },
	{ 0x00090002, HV_REG_GUEST_OS_ID },
	{ 0x00090003, HV_REG_VP_INDEX },
	{ 0x00090004, HV_REG_REFERENCE_COUNT },
	{ 0x00090006, HV_REG_RESET },
	{ 0x00090013, HV_REG_VP_ASSIST },
	{ 0x00090017, HV_REG_REFERENCE_TSC },
	{ 0x000a0010, HV_REG_SCONTROL },
	{ 0x000a0011, HV_REG_SVERSION },
	{ 0x000a0012, HV_REG_SIEFP },
	{ 0x000a0013, HV_REG_SIMP },
	{ 0x000a0014, HV_REG_EOM },
	{ 0x000a0015, HV_REG_SIRBP },
};

static enum hv_register register_of(u32 number)
{
	for (size_t i = 0; i < ARRAY_SIZE(registers); i++)
		if (registers[i].number == number)
			return registers[i].reg;
	if (number >= CRASH_P0 && number < CRASH_CTL)
		return HV_REG_CRASH_P0 + (number - CRASH_P0);
	if (number >= SINT0 && number < SINT0 + HV_SINTS)
		return HV_REG_SINT + (number - SINT0);
	/* Configuration and count of each timer, alternating */
	if (number >= TIMER0_CONFIG && number < TIMER0_CONFIG + 2 * HV_TIMERS) {
		number -= TIMER0_CONFIG;
		return (number % 2 ? HV_REG_TIMER_COUNT : HV_REG_TIMER_CONFIG) +
		       number / 2;
	}
	return HV_REG_NONE;
}

/* Identification of the host: 128 bits each */
static bool read_features(u32 number, u64 value[2])
{
	struct hv_features f;

	hv_features(&f);
	switch (number) {
	case VERSION:
		value[0] = (u64)f.version << 32 | f.build;
		return true;
	case PRIVILEGES_AND_FEATURES:
		value[0] = (u64)f.privileges_high << 32 | f.privileges_low;
		value[1] = f.misc;
		return true;
	case FEATURES:
		value[0] = f.hints;
		return true;
	default:
		return false;
	}
}

static bool read_one(u32 vp, u32 number, u64 value[2])
{
	enum hv_register reg = register_of(number);

	value[0] = value[1] = 0;
	if (read_features(number, value))
		return true;
	if (reg != HV_REG_NONE && hv_read_register(vp, reg, &value[0]))
		return true;
	log_line("VP %u: register %#x: read refused", vp, number);
	return false;
}

static bool write_one(u32 vp, u32 number, const u64 value[2])
{
	enum hv_register reg = register_of(number);

	if (reg != HV_REG_NONE && !value[1] &&
	    hv_write_register(vp, reg, value[0]))
		return true;
	log_line("VP %u: register %#x: write of %#lx refused", vp, number,
		 value[0]);
	return false;
}

/* One call: its input, its output, the number of registers. */
struct call {
	u32 vp;
	const u8 *in;
	u8 *out;
	u32 count, start;
};

/*
 * A VP may access its own registers; for those of others the TLFS requires a
 * privilege that no guest has here.
 */
static u64 check_header(const struct call *call)
{
	u64 partition;
	u32 index;

	memcpy(&partition, call->in, sizeof(partition));
	memcpy(&index, call->in + sizeof(partition), sizeof(index));
	if (partition != PARTITION_SELF)
		return HV_STATUS_ACCESS_DENIED;
	if (index == VP_SELF || index == hv_vp_index(call->vp))
		return HV_STATUS_SUCCESS;
	for (u32 vp = 0; vp < machine.vps; vp++)
		if (index == hv_vp_index(vp))
			return HV_STATUS_ACCESS_DENIED;
	return HV_STATUS_INVALID_VP_INDEX;
}

/*
 * fast: the input is in_bytes of X2 to X17, and the output follows it.
 * Otherwise X2 and X3 are GPAs of input and output, neither of which crosses a
 * page (TLFS 3.8).
 */
static u64 find_parameters(struct call *call, struct frame *frame, u32 in_bytes,
			   u32 out_bytes)
{
	u64 control = frame->x[1];
	u32 room = FAST_WORDS * sizeof(u64);

	call->count = control >> 32 & 0xfff;
	call->start = control >> 48 & 0xfff;
	if (!call->count || call->start >= call->count)
		return HV_STATUS_INVALID_HYPERCALL_INPUT;
	in_bytes = HEADER_BYTES + call->count * in_bytes;
	out_bytes *= call->count;
	if (control & CONTROL_FAST) {
		u32 aligned = (in_bytes + VALUE_BYTES - 1) & -VALUE_BYTES;

		if (aligned + out_bytes > room)
			return HV_STATUS_INVALID_HYPERCALL_INPUT;
		call->in = (const u8 *)&frame->x[FAST_FIRST];
		call->out = (u8 *)&frame->x[FAST_FIRST] + aligned;
		return HV_STATUS_SUCCESS;
	}
	if (frame->x[2] % 8 || (out_bytes && frame->x[3] % 8))
		return HV_STATUS_INVALID_ALIGNMENT;
	call->in = platform_guest(frame->x[2], in_bytes);
	call->out = out_bytes ? platform_guest(frame->x[3], out_bytes) : NULL;
	if (!call->in || (out_bytes && !call->out))
		return HV_STATUS_INVALID_PARAMETER;
	return HV_STATUS_SUCCESS;
}

static u64 result_of(u64 status, u32 done)
{
	return status | (u64)done << 32;
}

u64 get_vp_registers(u32 vp, struct frame *frame)
{
	struct call call = { .vp = vp };
	u64 value[2], status;
	u32 number, i;

	status = find_parameters(&call, frame, NAME_BYTES, VALUE_BYTES);
	if (!status)
		status = check_header(&call);
	if (status)
		return status;
	for (i = call.start; i < call.count; i++) {
		memcpy(&number, call.in + HEADER_BYTES + i * NAME_BYTES,
		       sizeof(number));
		if (!read_one(vp, number, value))
			return result_of(HV_STATUS_INVALID_PARAMETER, i);
		memcpy(call.out + i * VALUE_BYTES, value, sizeof(value));
	}
	return result_of(HV_STATUS_SUCCESS, i);
}

/*
 * Setting a register can turn on or off an overlay at the input's GPA, so look
 * the input up again for each association.
 */
u64 set_vp_registers(u32 vp, struct frame *frame)
{
	struct call call = { .vp = vp };
	u64 value[2], status;
	const u8 *at;
	u32 number, i;

	status = find_parameters(&call, frame, ASSOCIATION_BYTES, 0);
	if (!status)
		status = check_header(&call);
	if (status)
		return status;
	for (i = call.start; i < call.count; i++) {
		find_parameters(&call, frame, ASSOCIATION_BYTES, 0);
		at = call.in + HEADER_BYTES + i * ASSOCIATION_BYTES;
		memcpy(&number, at, sizeof(number));
		memcpy(value, at + 16, sizeof(value));
		if (!write_one(vp, number, value))
			return result_of(HV_STATUS_INVALID_PARAMETER, i);
	}
	return result_of(HV_STATUS_SUCCESS, i);
}
