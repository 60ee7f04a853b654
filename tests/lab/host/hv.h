/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hv.h - the lab's Hyper-V: the functions that a back end calls.
 *
 * Everything that is Hyper-V (synthetic registers, SynIC, overlays, timers,
 * hypercalls, VMBus, its devices, the ledger, faults, the oracle) is behind
 * this header and independent of the processor. A back end (x86/, arm64/, or a
 * unit test) starts VPs, intercepts the guest, and calls these functions;
 * platform.h declares what they need from the machine.
 *
 * The back end's lock guards all of it: every function here is called
 * with platform_lock() held and returns with it held. Nothing here sleeps.
 */
#ifndef HV_H
#define HV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;

#define HV_PAGE 4096ull
#define HV_MAX_VPS 64
#define HV_SINTS 16
#define HV_TIMERS 4

/*
 * Synthetic registers (TLFS, appendix), independent of the processor. An x86
 * back end finds them by MSR number, an arm64 one by the number in
 * HvCallSetVpRegisters. The last three are ranges: HV_REG_SINT + n,
 * HV_REG_TIMER_CONFIG + n and so on.
 */
enum hv_register {
	HV_REG_GUEST_OS_ID,
	HV_REG_HYPERCALL,
	HV_REG_VP_INDEX,
	HV_REG_RESET,
	HV_REG_VP_RUNTIME,
	HV_REG_REFERENCE_COUNT,
	HV_REG_REFERENCE_TSC,
	HV_REG_TSC_FREQUENCY,
	HV_REG_APIC_FREQUENCY,
	HV_REG_VP_ASSIST,
	HV_REG_SCONTROL,
	HV_REG_SVERSION,
	HV_REG_SIEFP,
	HV_REG_SIMP,
	HV_REG_SIRBP,
	HV_REG_EOM,
	HV_REG_CRASH_CTL,
	HV_REG_REENLIGHTENMENT,
	HV_REG_TSC_EMULATION_CONTROL,
	HV_REG_TSC_EMULATION_STATUS,
	HV_REG_CRASH_P0, /* to P4 */
	HV_REG_SINT = HV_REG_CRASH_P0 + 5,
	HV_REG_TIMER_CONFIG = HV_REG_SINT + HV_SINTS,
	HV_REG_TIMER_COUNT = HV_REG_TIMER_CONFIG + HV_TIMERS,
	HV_REGISTERS = HV_REG_TIMER_COUNT + HV_TIMERS,
	HV_REG_NONE = HV_REGISTERS, /* not one of these registers */
};

/* Status of a hypercall (TLFS, appendix "Hypercall status codes") */
enum hv_status {
	HV_STATUS_SUCCESS = 0,
	HV_STATUS_INVALID_HYPERCALL_CODE = 2,
	HV_STATUS_INVALID_HYPERCALL_INPUT = 3,
	HV_STATUS_INVALID_ALIGNMENT = 4,
	HV_STATUS_INVALID_PARAMETER = 5,
	HV_STATUS_ACCESS_DENIED = 6,
	HV_STATUS_INVALID_VP_INDEX = 14,
	HV_STATUS_INVALID_CONNECTION_ID = 18,
	HV_STATUS_INSUFFICIENT_BUFFERS = 19,
};

/*
 * A guest's identity and features, as in the TLFS's CPUID leaves
 * 0x40000003 and 0x40000004 (arm64: HvRegisterPrivilegesAndFeaturesInfo,
 * HvRegisterFeaturesInfo). A back end adds what only it knows (for example APIC
 * registers).
 */
struct hv_features {
	u32 privileges_low, privileges_high, misc, hints;
	u32 build, version; /* of the host: leaf 0x40000002 EAX and EBX */
};

/* Memory that is hidden from the guest at boot: size and start; 0: none */
#define HV_MEMORY_TO_COME (128ull << 20)
u64 hv_memory_to_come(void);

/*
 * hv_init WORDS: options of the form "name=value", separated by blanks, as
 * tests/lab/host/options.c lists them; vps is the number of the guest's VPs.
 * Returns NULL, or an error text. Called once, before any VP runs.
 */
const char *hv_init(const char *words, u32 vps);

void hv_features(struct hv_features *ret);

/*
 * Registers. vp is the back end's number of the VP, from 0 up to hv_init()'s
 * vps. False: the guest gets the architecture's error for a refused register
 * (#GP on x86, HV_STATUS_INVALID_PARAMETER on arm64).
 */
bool hv_read_register(u32 vp, enum hv_register reg, u64 *ret_value);
bool hv_write_register(u32 vp, enum hv_register reg, u64 value);

/*
 * Hypercalls other than those that get and set registers. control, input and
 * output are as in the TLFS; a fast call has its input in the last two.
 * Returns the result value: status, and the repetitions done in bits 32 to 43.
 */
u64 hv_hypercall(u32 vp, u64 control, u64 input, u64 output);

/*
 * A VP starts in its reset state: its message queues, SINTs, timers and
 * overlays are as after a reset, and the contents of its overlay pages are
 * zeroed. first: the guest starts it for the first time since the machine came
 * up; a VP that is only parked and restarted (arm64 CPU_OFF, CPU_ON; INIT and
 * SIPI on x86) keeps its synthetic state, as on Hyper-V.
 */
void hv_start_vp(u32 vp, bool first);

/*
 * Does everything that is due now (platform_time()): timers in message mode,
 * delayed answers, packets of devices, the host's writes. Returns the time, in
 * units of 100 ns, at which it has to be called again at the latest. The back
 * end's host CPU calls it in a loop, and immediately after platform_wake().
 */
u64 hv_run(u64 now);

/*
 * The oracle: request is a line without its newline, the answer one line of
 * JSON through platform_oracle_put(), its newline included.
 */
void hv_oracle(const char *request);

/* The state of a timer in direct mode, for a back end that serves it by the
 * VP's own hardware timer. False: no direct timer is armed. period 0: once.
 */
bool hv_direct_timer(u32 vp, u32 timer, u8 *ret_vector, u64 *ret_due,
		     u64 *ret_period);

/* A direct timer that the hardware served went off. */
void hv_direct_timer_fired(u32 vp, u32 timer);

/* The guest's number of a VP: not the back end's if the
 * option "vp-offset" is given.
 */
u32 hv_vp_index(u32 vp);

/*
 * Counts an exit of a VP for the oracle. why is a short word of the back end.
 */
void hv_count_exit(u32 vp, const char *why);

#endif
