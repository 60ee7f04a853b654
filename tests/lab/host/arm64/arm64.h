/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * arm64.h - the lab's Hyper-V on arm64: declarations that its files share.
 *
 * Runs at EL2 on QEMU's machine "virt" (-machine virt,virtualization=on,
 * gic-version=3,its=off,highmem=off). The guest's VPs are CPUs 0, 1, ...; the
 * last CPU is the host's own and runs no guest. Physical memory:
 *
 * 0x08000000	GICD; 0x080a0000 redistributors, one a CPU
 * 0x09000000	PL011, the guest's console; 0x09010000 PL031, its clock
 * 0x3eff0000	I/O ports of PCI, on which the host puts three UARTs
 * 0x3f000000	configuration space of PCI
 * 0x40000000	QEMU's boot stub
 * 0x40100000	the host's options, put there by QEMU's loader
 * 0x40200000	the host's image, then stage 2 tables, then heap
 * 0x42000000	the guest's RAM: kernel; 0x46000000 device tree; initrd from
 *		0x50000000; firmware tables in its last 64 KiB
 *
 * The MMU is off at EL2, so every access has to be aligned (-mstrict-align).
 * Stage 2 maps guest RAM one to one, in pages of 4 KiB so that no block has to
 * be split for an overlay. Devices that can write to memory by themselves are
 * not mapped: no fw_cfg, PCI or virtio. So the guest cannot reach the memory
 * below 0x42000000.
 */
#ifndef ARM64_H
#define ARM64_H

#include "../hv.h"
#include "../platform.h"
#include "../lib/lib.h"
#include "frame.h"

#define GICD 0x08000000ul
#define GICR 0x080a0000ul
#define GICR_STRIDE 0x20000ul
#define GUEST_CONSOLE 0x09000000ul
#define GUEST_CLOCK 0x09010000ul
#define PCI_PORTS 0x3eff0000ul
#define PCI_CONFIG 0x3f000000ul
#define HOST_WORDS ((const char *)0x40100000)
#define HOST_WORDS_BYTES 4096
#define GUEST_RAM 0x42000000ul
#define GUEST_KERNEL GUEST_RAM
#define GUEST_DEVICE_TREE 0x46000000ul
#define FIRMWARE_BYTES 0x10000ul

#define MAX_VPS 16
#define MAX_CPUS (MAX_VPS + 1)

struct frame {
	u64 x[31], elr, spsr, pad;
};

_Static_assert(sizeof(struct frame) == FRAME_BYTES, "frame.h");

#define read_sysreg(reg)                                                    \
	({                                                                  \
		u64 read_value;                                             \
		asm volatile("mrs %0, " #reg : "=r"(read_value)::"memory"); \
		read_value;                                                 \
	})
#define write_sysreg(reg, value) \
	asm volatile("msr " #reg ", %0" ::"r"((u64)(value)) : "memory")

/* Registers that GNU as 2.40 cannot name without an extension */
#define ICC_IAR1_EL1 S3_0_C12_C12_0
#define ICC_EOIR1_EL1 S3_0_C12_C12_1
#define ICC_PMR_EL1 S3_0_C4_C6_0
#define ICC_IGRPEN1_EL1 S3_0_C12_C12_7
#define ICC_SRE_EL2 S3_4_C12_C9_5
#define ICH_HCR_EL2 S3_4_C12_C11_0

#define read_icc(reg) read_icc_(reg)
#define read_icc_(reg) read_sysreg(reg)
#define write_icc(reg, value) write_icc_(reg, value)
#define write_icc_(reg, value) write_sysreg(reg, value)

static inline void barrier_all(void)
{
	asm volatile("dsb sy; isb" ::: "memory");
}

static inline void mmio_write32(u64 at, u32 value)
{
	*(volatile u32 *)at = value;
}

static inline u32 mmio_read32(u64 at)
{
	return *(volatile u32 *)at;
}

static inline u32 this_cpu(void)
{
	return (u32)read_sysreg(tpidr_el2);
}

/* main.c */
struct machine {
	u32 vps; /* the guest's VPs; also the host CPU's number */
	u64 ram_end;
};

extern struct machine machine;

/* start.S */
u64 smc(u64 function, u64 a1, u64 a2, u64 a3);
void enter_guest(u64 x0) __attribute__((noreturn));
extern char cpu_entry[], image_end[];

/* main.c, called by start.S, too */
void host_boot(void);
void host_cpu_started(u32 cpu);
void set_up_guest(u32 vp, u64 entry);

/* exits.c, called by start.S */
void guest_exited(struct frame *frame);
void host_exception(u64 vector);

/* stage2.c */
void stage2_init(void);
u64 stage2_root(u32 vp);
bool stage2_is_mapped(u64 gpa, bool write);
bool stage2_is_frozen(u32 vp);
u64 stage2_tables_end(void);

/* gic.c */
u32 gic_count_cpus(void);
u32 gic_count_cpus(void);
void gic_init_host_cpu(void);
void gic_sleep_host_cpu(u64 ticks);
void gic_kick(u32 vp);
void gic_unkick(u32 vp);
void gic_hold(u32 vp);

/* look.c */
void look_hold(u32 vp, struct frame *frame);
void look_release(u32 vp);

/* uart.c */
enum uart { UART_LOG = 1, UART_GUEST = 2, UART_ORACLE = 3 };

u64 uart_page(enum uart uart);
void uart_init(void);
void uart_put(enum uart uart, char c);
bool uart_get(enum uart uart, char *ret_c);

/* vp_registers.c */
u64 get_vp_registers(u32 vp, struct frame *frame);
u64 set_vp_registers(u32 vp, struct frame *frame);

/* psci.c */
u64 start_cpu(u32 cpu);
void run_vp(u32 vp) __attribute__((noreturn));
void run_first_vp(void) __attribute__((noreturn));
void smccc_call(u32 vp, struct frame *frame);

/* firmware.c */
void firmware_put(void);

/* log.c */
void log_line(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
