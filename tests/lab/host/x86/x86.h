/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * x86.h - the x86 back end: bare metal on AMD SVM
 *
 * The machine's devices, memory, APICs and interrupts belong to the guest. It
 * exits for CPUID, synthetic and a few other registers, hypercalls, a handful
 * of ports, and requests to another CPU: INIT, SIPI and NMI. The host has a CPU
 * of its own beyond the guest's.
 *
 * "APM" is AMD64 Architecture Programmer's Manual, volume 2.
 */
#ifndef X86_H
#define X86_H

#include "../hv.h"
#include "../platform.h"
#include "../lib/lib.h"
#include "layout.h"

/* A guest's segment register (APM, appendix B, table B-2) */
struct segment {
	u16 selector, attributes;
	u32 limit;
	u64 base;
};

/* The virtual machine control block (APM, appendix B) */
struct vmcb {
	u16 cr_reads, cr_writes, dr_reads, dr_writes;
	u32 exceptions, intercepts, svm_intercepts;
	u8 reserved_14[0x40 - 0x14];
	u64 iopm, msrpm, tsc_offset;
	u32 asid;
	u8 tlb_control, reserved_5d[3];
	u64 virtual_interrupt, interrupt_shadow;
	u64 exit_code, exit_info_1, exit_info_2, exit_interrupt;
	u64 nested_control;
	u8 reserved_98[0xa8 - 0x98];
	u64 event;
	u64 nested_cr3;
	u8 reserved_b8[0x400 - 0xb8];
	struct segment es, cs, ss, ds, fs, gs, gdtr, ldtr, idtr, tr;
	u8 reserved_4a0[0x4cb - 0x4a0];
	u8 cpl, reserved_4cc[4];
	u64 efer;
	u8 reserved_4d8[0x548 - 0x4d8];
	u64 cr4, cr3, cr0, dr7, dr6, rflags, rip;
	u8 reserved_580[0x5d8 - 0x580];
	u64 rsp;
	u8 reserved_5e0[0x5f8 - 0x5e0];
	u64 rax;
	u8 reserved_600[0x640 - 0x600];
	u64 cr2;
	u8 reserved_648[0x668 - 0x648];
	u64 pat;
	u8 reserved_670[0x1000 - 0x670];
} __attribute__((packed, aligned(4096)));

_Static_assert(offsetof(struct vmcb, iopm) == 0x40, "APM");
_Static_assert(offsetof(struct vmcb, exit_code) == 0x70, "APM");
_Static_assert(offsetof(struct vmcb, event) == 0xa8, "APM");
_Static_assert(offsetof(struct vmcb, es) == 0x400, "APM");
_Static_assert(offsetof(struct vmcb, efer) == 0x4d0, "APM");
_Static_assert(offsetof(struct vmcb, rip) == 0x578, "APM");
_Static_assert(offsetof(struct vmcb, rax) == 0x5f8, "APM");
_Static_assert(offsetof(struct vmcb, pat) == 0x668, "APM");

/* Intercepts at 0x00c and 0x010 (APM, table B-1) */
#define INTERCEPT_NMI (1u << 1)
#define INTERCEPT_CPUID (1u << 18)
#define INTERCEPT_IRET (1u << 20)
#define INTERCEPT_IO (1u << 27)
#define INTERCEPT_MSR (1u << 28)
#define INTERCEPT_SHUTDOWN (1u << 31)
/* VMRUN, VMMCALL, VMLOAD, VMSAVE, STGI, CLGI, SKINIT */
#define INTERCEPT_SVM 0x7fu

/* Exit codes (APM, appendix C) */
#define EXIT_NMI 0x61
#define EXIT_CPUID 0x72
#define EXIT_IRET 0x74
#define EXIT_IO 0x7b
#define EXIT_MSR 0x7c
#define EXIT_SHUTDOWN 0x7f
#define EXIT_VMRUN 0x80
#define EXIT_VMMCALL 0x81
#define EXIT_SKINIT 0x86
#define EXIT_NESTED_FAULT 0x400
#define EXIT_INVALID UINT64_MAX

#define EFER_LME (1ull << 8)
#define EFER_LMA (1ull << 10)
#define EFER_SVME (1ull << 12)
#define CR0_PG (1ull << 31)
#define CR4_OSXSAVE (1ull << 18)
#define CR4_PKE (1ull << 22)
#define CS_LONG (1u << 9)
#define CS_DEFAULT_32 (1u << 10)

#define MSR_APIC_BASE 0x1bu
#define MSR_PAT 0x277u
#define MSR_X2APIC 0x800u
#define MSR_EFER 0xc0000080u
#define MSR_VM_CR 0xc0010114u
#define MSR_VM_HSAVE 0xc0010117u

#define APIC_BASE_X2 (1ull << 10)
#define APIC_BASE_ON (1ull << 11)

/* Registers of a local APIC by their offset in its page */
#define APIC_ID 0x20u
#define APIC_TPR 0x80u
#define APIC_EOI 0xb0u
#define APIC_LDR 0xd0u
#define APIC_DFR 0xe0u
#define APIC_SPURIOUS 0xf0u
#define APIC_ICR 0x300u
#define APIC_ICR_HIGH 0x310u
#define APIC_LVT_TIMER 0x320u
#define APIC_TIMER_COUNT 0x380u
#define APIC_TIMER_DIVIDE 0x3e0u

/* The ICR's low half */
#define ICR_MODE(low) ((low) >> 8 & 7)
#define ICR_FIXED (0u << 8)
#define ICR_LOWEST (1u << 8)
#define ICR_NMI (4u << 8)
#define ICR_INIT (5u << 8)
#define ICR_SIPI (6u << 8)
#define ICR_LOGICAL (1u << 11)
#define ICR_ASSERT (1u << 14)
#define ICR_LEVEL (1u << 15)
#define ICR_SHORTHAND(low) ((low) >> 18 & 3)

/* Reasons to keep a VP out of the guest */
#define HELD_FROZEN 1u /* by platform_freeze(): for a snapshot */
#define HELD_FAULT 2u  /* by platform_freeze_vp() */
#define HELD_LOOK 4u   /* its registers are being read */

struct vp_cpu {
	u64 gpr[16]; /* first, for start.S; [0] is the VMCB, [4] unused */
	struct vmcb *vmcb;
	u32 number;
	bool ever_started, started;
	bool resetting; /* an INIT is on its way: it must not continue */
	u8 start_vector;
	u32 held;    /* HELD_... */
	bool inside; /* in the guest, or about to be: an NMI gets it out */
	u32 outs;    /* how often it came out */
	bool kicked; /* a kick is on its way, or pending */
	bool deaf;   /* it did not exit at the last kick */
	bool nmi;    /* the guest is to get one */
	bool timer_changed; /* set by another CPU: timer_program() is due */
	bool timer_ours;    /* the APIC's timer serves a direct timer */
	u32 ldr, dfr;	    /* the guest's values, for logical destinations */
};

extern struct vp_cpu vp_cpus[HV_MAX_VPS];
extern u32 vps; /* number of the guest's VPs; the host's CPU is the next one */
extern char host_begin[], host_end[];

static inline void outb(u16 port, u8 value)
{
	asm volatile("outb %0, %1" ::"a"(value), "Nd"(port));
}

static inline void outw(u16 port, u16 value)
{
	asm volatile("outw %0, %1" ::"a"(value), "Nd"(port));
}

static inline void outl(u16 port, u32 value)
{
	asm volatile("outl %0, %1" ::"a"(value), "Nd"(port));
}

static inline u8 inb(u16 port)
{
	u8 value;

	asm volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

static inline u16 inw(u16 port)
{
	u16 value;

	asm volatile("inw %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

static inline u32 inl(u16 port)
{
	u32 value;

	asm volatile("inl %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

static inline u64 rdmsr(u32 msr)
{
	u32 low, high;

	asm volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr));
	return (u64)high << 32 | low;
}

static inline void wrmsr(u32 msr, u64 value)
{
	asm volatile("wrmsr" ::"c"(msr), "a"((u32)value),
		     "d"((u32)(value >> 32))
		     : "memory");
}

static inline u64 rdtsc(void)
{
	u32 low, high;

	asm volatile("rdtsc" : "=a"(low), "=d"(high));
	return (u64)high << 32 | low;
}

static inline void cpu_relax(void)
{
	asm volatile("pause" ::: "memory");
}

/* Orders a store before a load; another CPU does the opposite pair */
static inline void barrier_full(void)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

static inline bool take_flag(bool *flag)
{
	return __atomic_exchange_n(flag, false, __ATOMIC_SEQ_CST);
}

struct cpuid {
	u32 a, b, c, d;
};

static inline struct cpuid cpuid(u32 leaf, u32 sub)
{
	struct cpuid l;

	asm volatile("cpuid"
		     : "=a"(l.a), "=b"(l.b), "=c"(l.c), "=d"(l.d)
		     : "a"(leaf), "c"(sub));
	return l;
}

/* At the lower end of this CPU's stack, see start.S */
struct stack_end {
	u32 cpu, canary;
};

static inline struct stack_end *stack_end(void)
{
	u64 sp;

	asm("mov %%rsp, %0" : "=r"(sp));
	return (struct stack_end *)(sp & ~((1ull << STACK_SHIFT) - 1));
}

static inline u32 this_cpu(void)
{
	return stack_end()->cpu;
}

#define SECONDS(n) ((n)*10000000ull) /* in units of platform_time() */

/* log.c */
void lock_forget(void);
void log_line(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* time.c */
void time_init(void);
void timer_program(struct vp_cpu *v);
void timer_restart(struct vp_cpu *v);
u64 timers_by_host(u64 now);

/* memory.c */
#define MAX_RANGES 32
struct range {
	u64 from, to;
	u32 type;     /* type of an e820 entry */
	bool to_come; /* reported to the guest later, by its balloon device */
};
extern struct range ranges[MAX_RANGES]; /* the guest's memory map */
extern u32 nr_ranges;
void memory_range(u64 from, u64 to, u32 type);
void memory_hold_back(u64 from, u64 bytes);
void memory_init(void);
u64 memory_nested_root(void);
bool memory_is_host(u64 gpa);

/* apic.c */
bool apic_is_x2(void);
u32 apic_read(u32 at);
u64 apic_read_icr(void);
void apic_write(u32 at, u32 value);
void apic_send(u32 id, u32 low);
void apic_command(struct vp_cpu *v, u32 destination, u32 low);
void apic_guest_write(struct vp_cpu *v, u32 at, u32 value);

/* vp.c */
void vp_init(void);
void vp_start(struct vp_cpu *v);
void vp_run(struct vp_cpu *v) __attribute__((noreturn));
void vp_at_vector(struct vp_cpu *v, u8 vector);
void vp_at_kernel(struct vp_cpu *v, u64 entry);
void vp_fault(struct vp_cpu *v, u32 vector, bool has_error);
void vp_guest_failed(struct vp_cpu *v, const char *format, ...)
	__attribute__((format(printf, 2, 3), noreturn));

/* exits.c */
void exit_handle(struct vp_cpu *v);

/* msr.c, cpuid.c, port.c, emulate.c: one kind of exit each */
u64 msr_map(void);
void msr_exit(struct vp_cpu *v);
void cpuid_exit(struct vp_cpu *v);
u64 port_map(void);
void port_exit(struct vp_cpu *v);
void apic_page_exit(struct vp_cpu *v);

/* kick.c: all except nmi_enter() are called with the lock held */
void kick(struct vp_cpu *v);
void nmi_exit(struct vp_cpu *v);
void nmi_iret_exit(struct vp_cpu *v);
void nmi_enter(struct vp_cpu *v);
void nmi_send(struct vp_cpu *v);

/* host_cpu.c */
#define HOST_VECTOR 33
void host_cpu_main(void) __attribute__((noreturn));
bool host_cpu_is_up(void);
void host_cpu_check(void);

/* boot.c, acpi.c, bios.c */
void boot_start_bios(struct vp_cpu *v);
bool bios_memory_map(struct vp_cpu *v);
/* The number of CPUs; removes the last one from the MADT */
u32 acpi_hide_last_cpu(void);
void acpi_refuse_smm(void);

#endif
