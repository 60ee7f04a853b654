// SPDX-License-Identifier: GPL-2.0-only
/* vp.c - starts a VP and runs it in the guest */
#include "x86.h"

/* Access rights of a segment as in a VMCB: bits 8 to 15 and 20 to 23 of
 * the descriptor (APM 15.5.1)
 */
#define CODE_16 0x9bu
#define DATA_16 0x93u
#define CODE_64 0xa9bu
#define DATA_32 0xc93u

#define CR0_AT_RESET 0x60000010ull
#define CR0_OF_KERNEL 0x80050033ull
#define CR4_PAE 0x20ull
#define RFLAGS_FIXED 2ull
#define DR6_AT_RESET 0xffff0ff0ull
#define DR7_AT_RESET 0x400ull

#define EVENT_VALID (1ull << 31)
#define EVENT_EXCEPTION (3ull << 8)
#define EVENT_HAS_ERROR (1ull << 11)

struct vp_cpu vp_cpus[HV_MAX_VPS];
u32 vps;

static struct vmcb vmcbs[HV_MAX_VPS];
static u8 host_saves[HV_MAX_VPS][4096] __attribute__((aligned(4096)));

void enter_guest(u64 *gpr);

void vp_init(void)
{
	for (u32 i = 0; i < vps; i++) {
		vp_cpus[i].number = i;
		vp_cpus[i].vmcb = &vmcbs[i];
		vp_cpus[i].dfr = UINT32_MAX;
	}
}

static void reset(struct vp_cpu *v)
{
	struct vmcb *b = v->vmcb;

	memset(b, 0, sizeof(*b));
	memset(v->gpr, 0, sizeof(v->gpr));
	v->gpr[0] = (u64)b;
	b->intercepts = INTERCEPT_NMI | INTERCEPT_CPUID | INTERCEPT_IO |
			INTERCEPT_MSR | INTERCEPT_SHUTDOWN;
	b->svm_intercepts = INTERCEPT_SVM;
	b->iopm = port_map();
	b->msrpm = msr_map();
	b->asid = 1;
	b->nested_control = 1;
	b->nested_cr3 = memory_nested_root();
	b->pat = rdmsr(MSR_PAT);
	b->dr6 = DR6_AT_RESET;
	b->dr7 = DR7_AT_RESET;
	b->rflags = RFLAGS_FIXED;
	b->efer = EFER_SVME;
	b->gdtr.limit = b->idtr.limit = 0xffff;
}

static void segments(struct vmcb *b, struct segment code, struct segment data)
{
	b->cs = code;
	b->ds = b->es = b->ss = data;
}

/* The state after a SIPI: real mode, at the beginning of a page */
void vp_at_vector(struct vp_cpu *v, u8 vector)
{
	reset(v);
	segments(v->vmcb,
		 (struct segment){ (u16)(vector << 8), CODE_16, 0xffff,
				   (u64)vector << 12 },
		 (struct segment){ 0, DATA_16, 0xffff, 0 });
	v->vmcb->cr0 = CR0_AT_RESET;
}

/* The state of the 64-bit boot protocol (Documentation/arch/x86/boot.rst) */
void vp_at_kernel(struct vp_cpu *v, u64 entry)
{
	struct vmcb *b = v->vmcb;

	reset(v);
	segments(b, (struct segment){ 0x10, CODE_64, UINT32_MAX, 0 },
		 (struct segment){ 0x18, DATA_32, UINT32_MAX, 0 });
	b->gdtr.base = BOOT_GDT;
	b->gdtr.limit = 31;
	b->cr0 = CR0_OF_KERNEL;
	b->cr3 = BOOT_TABLES;
	b->cr4 = CR4_PAE;
	b->efer = EFER_SVME | EFER_LME | EFER_LMA;
	b->rip = entry;
	b->rsp = BOOT_STACK;
	v->gpr[6] = BOOT_PARAMS;
}

void vp_fault(struct vp_cpu *v, u32 vector, bool has_error)
{
	v->vmcb->event = EVENT_VALID | EVENT_EXCEPTION | vector |
			 (has_error ? EVENT_HAS_ERROR : 0);
}

void vp_guest_failed(struct vp_cpu *v, const char *format, ...)
{
	char text[300];
	va_list args;

	va_start(args, format);
	format_line_v(text, sizeof(text), format, args);
	va_end(args);
	end_run("guest: VP %u: %s, at %#llx", v->number, text,
		(unsigned long long)(v->vmcb->cs.base + v->vmcb->rip));
}

/*
 * Takes the lock, on a CPU that an INIT may hit. send_init() holds the lock
 * when it sets the flag, so from then on a VP that gets the lock has to release
 * it before it has touched anything. If the INIT comes in between, others may
 * take it.
 */
static void vp_lock(struct vp_cpu *v)
{
	platform_lock();
	if (!__atomic_load_n(&v->resetting, __ATOMIC_SEQ_CST))
		return;
	platform_unlock();
	for (;;)
		cpu_relax();
}

/* On its own CPU, which has just come up or is booting */
void vp_start(struct vp_cpu *v)
{
	bool first = !v->ever_started;

	lock_forget();
	platform_lock();
	__atomic_store_n(&v->resetting, false, __ATOMIC_SEQ_CST);
	wrmsr(MSR_VM_HSAVE, (u64)host_saves[v->number]);
	v->ldr = apic_read(APIC_LDR);
	v->dfr = apic_is_x2() ? UINT32_MAX : apic_read(APIC_DFR);
	v->started = v->ever_started = true;
	hv_start_vp(v->number, first);
	if (!first)
		timer_restart(v);
	platform_unlock();
	asm volatile("clgi");
}

/* Does the pending work outside of the guest. True: done, for now. */
static bool is_ready(struct vp_cpu *v)
{
	if (__atomic_load_n(&v->held, __ATOMIC_SEQ_CST)) {
		v->inside = false;
		while (__atomic_load_n(&v->held, __ATOMIC_SEQ_CST))
			cpu_relax();
		return false;
	}
	if (v->timer_changed) {
		v->inside = false;
		vp_lock(v);
		timer_program(v);
		platform_unlock();
		return false;
	}
	return true;
}

void vp_run(struct vp_cpu *v)
{
	for (;;) {
		__atomic_store_n(&v->inside, true, __ATOMIC_SEQ_CST);
		barrier_full(); /* pairs with kick() */
		if (!is_ready(v))
			continue;
		nmi_enter(v);
		enter_guest(v->gpr);
		__atomic_store_n(&v->inside, false, __ATOMIC_SEQ_CST);
		v->outs++;
		v->vmcb->event = 0;
		v->vmcb->tlb_control = 0;
		vp_lock(v);
		v->deaf = false;
		exit_handle(v);
		platform_unlock();
		host_cpu_check();
	}
}
