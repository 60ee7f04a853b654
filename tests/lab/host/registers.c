// SPDX-License-Identifier: GPL-2.0-only
/*
 * registers.c - synthetic registers (TLFS, appendix), and the CPUID bits about
 * them
 */
#include "core.h"
#include "vmbus.h"

#define HYPERCALL_LOCKED 2ull

#define CRASH_NOTIFY (1ull << 63)
#define CRASH_NOTIFY_MSG (1ull << 62)

/* TLFS, "Hypervisor Discovery", leaf 0x40000003, and Linux's hvgdk_mini.h */
#define HAS_VP_RUNTIME (1u << 0)
#define HAS_REFERENCE_COUNT (1u << 1)
#define HAS_SYNIC (1u << 2)
#define HAS_TIMERS (1u << 3)
#define HAS_HYPERCALL (1u << 5)
#define HAS_VP_INDEX (1u << 6)
#define HAS_RESET (1u << 7)
#define HAS_REFERENCE_TSC (1u << 9)
#define HAS_FREQUENCIES (1u << 11)
#define MAY_CREATE_PARTITIONS (1u << 0)
#define MAY_POST_MESSAGES (1u << 4)
#define MAY_SIGNAL_EVENTS (1u << 5)

/*
 * The only difference between processors: these bits have other places on arm64
 */
#ifdef __aarch64__
#define HAS_CRASH_REGISTERS (1u << 8)
#define HAS_FREQUENCY_REGISTERS 0u
#define HAS_DIRECT_TIMERS (1u << 13)
#else
#define HAS_CRASH_REGISTERS (1u << 10)
#define HAS_FREQUENCY_REGISTERS (1u << 8)
#define HAS_DIRECT_TIMERS (1u << 19)
#endif

/* Leaf 0x40000004: recommendations to the guest */
#define BETTER_FLUSH_BY_HYPERCALL (1u << 2)
#define BETTER_RELAXED_TIMING (1u << 5)
#define BETTER_NO_AUTO_EOI (1u << 9)
#define BETTER_IPI_BY_HYPERCALL (1u << 10)
#define BETTER_SPARSE_VP_SETS (1u << 11)

void hv_features(struct hv_features *ret)
{
	u32 hints = BETTER_RELAXED_TIMING | BETTER_NO_AUTO_EOI;

	if (options.flush_hypercall)
		hints |= BETTER_FLUSH_BY_HYPERCALL | BETTER_SPARSE_VP_SETS;
	if (options.ipi_hypercall)
		hints |= BETTER_IPI_BY_HYPERCALL | BETTER_SPARSE_VP_SETS;
	*ret = (struct hv_features){
		.privileges_low = HAS_VP_RUNTIME | HAS_REFERENCE_COUNT |
				  HAS_SYNIC | HAS_HYPERCALL | HAS_VP_INDEX |
				  HAS_RESET | HAS_REFERENCE_TSC |
				  HAS_FREQUENCIES |
				  (options.timers ? HAS_TIMERS : 0),
		.privileges_high = MAY_POST_MESSAGES | MAY_SIGNAL_EVENTS |
				   (options.l1vh ? MAY_CREATE_PARTITIONS : 0),
		.misc = HAS_FREQUENCY_REGISTERS |
			(options.crash_notify ? HAS_CRASH_REGISTERS : 0) |
			(options.timers && options.direct_timers ?
				 HAS_DIRECT_TIMERS :
				 0),
		.hints = hints,
		.build = (u32)options.build,
		.version = 10u << 16,
	};
}

/* TLFS, "Partition Crash Enlightenment": logs a line of the guest's message */
static void log_crash_message(u64 gpa, u64 bytes)
{
	char text[161];
	u32 n = (u32)earlier(bytes, sizeof(text) - 1);

	if (bytes > HV_PAGE || !guest_read(gpa, text, n)) {
		violation("a crash message of %llu bytes at %#llx",
			  (unsigned long long)bytes, (unsigned long long)gpa);
		return;
	}
	text[n] = 0;
	for (u32 i = 0; i < n; i++)
		if (text[i] < ' ' || text[i] > '~')
			text[i] = text[i] == '\n' ? '|' : '?';
	say("its message, %llu bytes at %#llx: %s", (unsigned long long)bytes,
	    (unsigned long long)gpa, text);
}

static void crash_control(u32 vp, u64 value)
{
	const u64 *p = host.crash;

	host.crash_ctl = value;
	if (!(value & CRASH_NOTIFY))
		return;
	host.crashes++;
	say("VP %u: the guest reports a crash: %#llx %#llx %#llx %#llx %#llx",
	    vp, (unsigned long long)p[0], (unsigned long long)p[1],
	    (unsigned long long)p[2], (unsigned long long)p[3],
	    (unsigned long long)p[4]);
	if (value & CRASH_NOTIFY_MSG && options.crash_message)
		log_crash_message(p[3], p[4]);
	faults_event(MOMENT_CRASH_NOTIFY, vp);
}

static u64 crash_capabilities(void)
{
	return CRASH_NOTIFY | (options.crash_message ? CRASH_NOTIFY_MSG : 0);
}

static bool is_between(enum hv_register reg, enum hv_register first, u32 number)
{
	return reg >= first && (u32)(reg - first) < number;
}

/* Registers of a VP that are more than memory, or do not exist */
static bool read_ranges(struct vp *vp, enum hv_register reg, u64 *ret_value)
{
	if (is_between(reg, HV_REG_SINT, HV_SINTS))
		*ret_value = vp->sint[reg - HV_REG_SINT];
	else if (is_between(reg, HV_REG_TIMER_CONFIG, 2 * HV_TIMERS))
		return timer_read(vp, reg, ret_value);
	else if (is_between(reg, HV_REG_CRASH_P0, 5) && options.crash_notify)
		*ret_value = host.crash[reg - HV_REG_CRASH_P0];
	else
		return false;
	return true;
}

static bool is_overlay(enum hv_register reg, enum overlay_kind *ret_kind)
{
	static const enum hv_register registers[OVERLAY_KINDS] = {
		[OVERLAY_SIMP] = HV_REG_SIMP,
		[OVERLAY_SIEFP] = HV_REG_SIEFP,
		[OVERLAY_SIRBP] = HV_REG_SIRBP,
		[OVERLAY_VP_ASSIST] = HV_REG_VP_ASSIST,
		[OVERLAY_HYPERCALL] = HV_REG_HYPERCALL,
		[OVERLAY_REFERENCE_TSC] = HV_REG_REFERENCE_TSC,
	};

	for (u32 kind = 0; kind < OVERLAY_KINDS; kind++)
		if (registers[kind] == reg) {
			*ret_kind = kind;
			return true;
		}
	return false;
}

static bool read_register(struct vp *vp, enum hv_register reg, u64 *ret_value)
{
	enum overlay_kind kind;

	if (is_overlay(reg, &kind)) {
		*ret_value = overlay_of(vp_number(vp), kind)->value;
		return true;
	}
	switch (reg) {
	case HV_REG_GUEST_OS_ID:
		*ret_value = host.guest_os_id;
		return true;
	case HV_REG_VP_INDEX:
		*ret_value = hv_vp_index(vp_number(vp));
		return true;
	case HV_REG_VP_RUNTIME:
		*ret_value = platform_time() - vp->started_at;
		return true;
	case HV_REG_REFERENCE_COUNT:
		*ret_value = platform_time();
		return true;
	case HV_REG_TSC_FREQUENCY:
		*ret_value = platform_tsc_hz();
		return true;
	case HV_REG_APIC_FREQUENCY:
		*ret_value = options.apic_hz;
		return true;
	case HV_REG_SCONTROL:
		*ret_value = vp->scontrol;
		return true;
	case HV_REG_SVERSION:
		*ret_value = 1;
		return true;
	case HV_REG_RESET:
	case HV_REG_EOM:
		*ret_value = 0;
		return true;
	case HV_REG_CRASH_CTL:
		*ret_value = crash_capabilities();
		return options.crash_notify;
	case HV_REG_REENLIGHTENMENT:
		*ret_value = host.reenlightenment;
		return true;
	case HV_REG_TSC_EMULATION_CONTROL:
		*ret_value = host.tsc_emulation_control;
		return true;
	case HV_REG_TSC_EMULATION_STATUS:
		*ret_value = host.tsc_emulation_status;
		return true;
	default:
		return read_ranges(vp, reg, ret_value);
	}
}

static bool write_ranges(struct vp *vp, enum hv_register reg, u64 value)
{
	if (is_between(reg, HV_REG_SINT, HV_SINTS))
		return synic_write_sint(vp, reg - HV_REG_SINT, value);
	if (is_between(reg, HV_REG_TIMER_CONFIG, 2 * HV_TIMERS))
		return timer_write(vp, reg, value);
	if (!is_between(reg, HV_REG_CRASH_P0, 5) || !options.crash_notify)
		return false;
	host.crash[reg - HV_REG_CRASH_P0] = value;
	return true;
}

/* A guest without an identity makes no hypercalls (TLFS,
 * "Establishing the Hypercall Interface"). */
static bool write_identity(u64 value)
{
	u64 hypercall = overlay_of(0, OVERLAY_HYPERCALL)->value;

	host.guest_os_id = value;
	/* Linux writes it once: hyperv_init() */
	host.kernels += value != 0;
	if (!value && hypercall & REGISTER_ON)
		overlay_write(0, OVERLAY_HYPERCALL, hypercall & ~REGISTER_ON);
	return true;
}

static void fill_hypercall_page(u8 *page)
{
	memset(page, 0xcc, HV_PAGE);
	platform_hypercall_code(page);
}

/* TLFS, "Partition Reference TSC": sequence, reserved, scale, offset */
static void fill_tsc_page(u8 *page)
{
	u64 scale = 0, offset = 0;

	platform_tsc_page(&scale, &offset);
	memset(page, 0, HV_PAGE);
	put32(page, 1);
	put64(page + 8, scale);
	put64(page + 16, offset);
}

static bool write_overlay(u32 vp, enum overlay_kind kind, u64 value)
{
	struct overlay *o = overlay_of(vp, kind);

	if (kind == OVERLAY_HYPERCALL) {
		if (o->value & HYPERCALL_LOCKED)
			return true;
		if (!host.guest_os_id)
			value &= ~REGISTER_ON;
		if (!o->on)
			fill_hypercall_page(o->own);
	} else if (kind == OVERLAY_REFERENCE_TSC && !o->on) {
		fill_tsc_page(o->own);
	}
	if (!overlay_write(vp, kind, value))
		return false;
	if (kind == OVERLAY_SIMP)
		synic_scan(&host.vp[vp]);
	if (!(value & REGISTER_ON))
		faults_event(MOMENT_REGISTER_OFF, vp);
	return true;
}

static bool write_register(struct vp *vp, enum hv_register reg, u64 value)
{
	enum overlay_kind kind;

	if (is_overlay(reg, &kind))
		return write_overlay(vp_number(vp), kind, value);
	switch (reg) {
	case HV_REG_GUEST_OS_ID:
		return write_identity(value);
	case HV_REG_RESET:
		if (value & 1)
			platform_end("guest reset by its register");
		return true;
	case HV_REG_SCONTROL:
		vp->scontrol = value;
		synic_scan(vp);
		return true;
	case HV_REG_EOM:
		synic_scan(vp);
		faults_event(MOMENT_EOM, vp_number(vp));
		return true;
	case HV_REG_CRASH_CTL:
		if (!options.crash_notify)
			return false;
		crash_control(vp_number(vp), value);
		return true;
	case HV_REG_REENLIGHTENMENT:
		host.reenlightenment = value;
		return true;
	case HV_REG_TSC_EMULATION_CONTROL:
		host.tsc_emulation_control = value;
		return true;
	case HV_REG_TSC_EMULATION_STATUS:
		host.tsc_emulation_status = value;
		return true;
	default:
		return write_ranges(vp, reg, value);
	}
}

/* What a guest pays for knowing its overlays: the other registers' exits depend on its timers and its interrupts */
static void count_register_exit(struct vp *v, enum hv_register reg)
{
	v->register_exits++;
	switch (reg) {
	case HV_REG_VP_ASSIST:
	case HV_REG_SIMP:
	case HV_REG_SIEFP:
	case HV_REG_SIRBP:
	case HV_REG_HYPERCALL:
	case HV_REG_REFERENCE_TSC:
		v->overlay_exits++;
		break;
	default:
		break;
	}
}

bool hv_read_register(u32 vp, enum hv_register reg, u64 *ret_value)
{
	struct vp *v = &host.vp[vp];

	count_register_exit(v, reg);
	if (read_register(v, reg, ret_value))
		return true;
	violation("VP %u: a read of register %u, which does not exist", vp,
		  reg);
	return false;
}

bool hv_write_register(u32 vp, enum hv_register reg, u64 value)
{
	struct vp *v = &host.vp[vp];

	count_register_exit(v, reg);
	if (write_register(v, reg, value))
		return true;
	violation("VP %u: write of %#llx to register %u refused", vp,
		  (unsigned long long)value, reg);
	return false;
}
