/* SPDX-License-Identifier: GPL-2.0-only */
/* <asm/mshyperv.h>: the parts that the module uses, for user space */
#ifndef _SHIM_MSHYPERV_H
#define _SHIM_MSHYPERV_H
#include <endian.h>
#include <linux/types.h>

extern u32 *hv_vp_index;

struct ms_hyperv_info {
	u32 features, priv_high, misc_features, hints;
};

extern struct ms_hyperv_info ms_hyperv;

/* TLFS, "Feature and Interface Discovery" */
#define HV_MSR_SYNIC_AVAILABLE (1U << 2)
#define HV_MSR_SYNTIMER_AVAILABLE (1U << 3)
#define HV_FEATURE_GUEST_CRASH_MSR_AVAILABLE (1U << 10)

#define HVMSG_NONE 0U
#define HVMSG_TIMER_EXPIRED 0x80000010U

struct hv_message {
	struct {
		u32 message_type;
		u8 payload_size;
		union {
			u8 asu8;
		} message_flags;
		u8 reserved[2];
		u64 sender;
	} header;
	u64 payload[30];
};

#ifdef CONFIG_ARM64
#define HV_FUNC_ID 0xc6000001UL
#define HVCALL_GET_VP_REGISTERS 0x0050
#define HVCALL_SET_VP_REGISTERS 0x0051
#define HV_HYPERCALL_FAST_BIT (1UL << 16)
#define HV_HYPERCALL_REP_COMP_1 (1UL << 32)
#define HV_PARTITION_ID_SELF (~0UL)
#define HV_VP_INDEX_SELF 0xfffffffeU

static inline bool hv_result_success(u64 status)
{
	return !(status & 0xffff);
}
#else
extern void *hv_hypercall_pg;

#define HV_X64_MSR_HYPERCALL 0x40000001
#define HV_X64_MSR_REFERENCE_TSC 0x40000021
#define HV_X64_MSR_VP_ASSIST_PAGE 0x40000073
#define HV_X64_MSR_SCONTROL 0x40000080
#define HV_X64_MSR_SIEFP 0x40000082
#define HV_X64_MSR_SIMP 0x40000083
#define HV_X64_MSR_EOM 0x40000084
#define HV_X64_MSR_SINT0 0x40000090
#define HV_X64_MSR_STIMER0_CONFIG 0x400000b0
#define HV_X64_MSR_CRASH_P0 0x40000100
#define HV_X64_MSR_CRASH_P1 0x40000101
#define HV_X64_MSR_CRASH_P2 0x40000102
#define HV_X64_MSR_CRASH_P3 0x40000103
#define HV_X64_MSR_CRASH_P4 0x40000104
#endif
#endif
