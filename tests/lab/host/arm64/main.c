// SPDX-License-Identifier: GPL-2.0-only
/*
 * main.c - the lab's Hyper-V on arm64: start, lock, clock,
 * and the host's own CPU
 */
#include "arm64.h"

#define HCR_VM (1ul << 0)
#define HCR_TSC (1ul << 19)
#define HCR_RW (1ul << 31)
#define VTCR_T0SZ_32 32ul
#define VTCR_SL0_LEVEL1 (1ul << 6)
#define VTCR_CACHED (1ul << 8 | 1ul << 10)
#define VTCR_INNER_SHAREABLE (3ul << 12)
#define VTCR_RES1 (1ul << 31)
#define VTTBR_VMID_1 (1ul << 48)
#define CPTR_RES1 0x32fful
#define CNTHCTL_EL1PCTEN_EL1PCEN 3ul
#define SCTLR_EL1_OFF 0x30d00800ul
#define SPSR_EL1H_MASKED 0x3c5ul

/* Poll the oracle's port at least this often */
#define LONGEST_SLEEP 50000ul /* in units of 100 ns */

#define RAM 0x40000000ul
#define LEAST_MIB 256u
#define MOST_MIB 3072u

struct machine machine;
char stacks[MAX_CPUS][STACK_BYTES] __attribute__((aligned(16)));

static u64 epoch;
static u32 lock;

void platform_lock(void)
{
	while (__atomic_exchange_n(&lock, 1, __ATOMIC_ACQUIRE))
		while (__atomic_load_n(&lock, __ATOMIC_RELAXED))
			asm volatile("yield");
}

void platform_unlock(void)
{
	__atomic_store_n(&lock, 0, __ATOMIC_RELEASE);
}

u64 platform_tsc_hz(void)
{
	return read_sysreg(cntfrq_el0);
}

/* 625/62.5 MHz on QEMU: exact, and no overflow in 10,000 years */
static u64 time_of(u64 ticks)
{
	u64 hz = platform_tsc_hz();

	return ticks / hz * 10000000 + ticks % hz * 10000000 / hz;
}

static u64 ticks_of(u64 time)
{
	return time * (platform_tsc_hz() / 100000) / 100;
}

u64 platform_time(void)
{
	asm volatile("isb");
	return time_of(read_sysreg(cntpct_el0) - epoch);
}

/* scale is 2^64 * 10^7 / Hz, in two steps of 32 bits */
void platform_tsc_page(u64 *ret_scale, u64 *ret_offset)
{
	u64 hz = platform_tsc_hz(), high = (10000000ul << 32) / hz;
	u64 rest = (10000000ul << 32) % hz;

	*ret_scale = (high << 32) + (rest << 32) / hz;
	*ret_offset = -time_of(epoch);
}

void *platform_alloc(size_t bytes)
{
	return heap_alloc(bytes);
}

void platform_free(void *at)
{
	heap_free(at);
}

/* arm64 has no hypercall page: a guest uses HVC (TLFS 3.13). */
void platform_hypercall_code(u8 *page)
{
	(void)page;
}

/* The host's CPU serves direct timers: see serve_direct_timers(). */
void platform_direct_timer(u32 vp, u32 timer)
{
	(void)vp;
	(void)timer;
	platform_wake();
}

/* Sets up a VP that starts at entry, at EL1 with its MMU off */
void set_up_guest(u32 vp, u64 entry)
{
	write_sysreg(hcr_el2, HCR_RW | HCR_TSC | HCR_VM);
	write_sysreg(vtcr_el2, VTCR_RES1 | VTCR_INNER_SHAREABLE | VTCR_CACHED |
				       VTCR_SL0_LEVEL1 | VTCR_T0SZ_32);
	write_sysreg(vttbr_el2, stage2_root(vp) | VTTBR_VMID_1);
	write_sysreg(cptr_el2, CPTR_RES1);
	write_sysreg(hstr_el2, 0);
	write_sysreg(cnthctl_el2, CNTHCTL_EL1PCTEN_EL1PCEN);
	write_sysreg(cntvoff_el2, 0);
	write_sysreg(mdcr_el2, read_sysreg(pmcr_el0) >> 11 & 0x1f); /* HPMN */
	write_sysreg(vpidr_el2, read_sysreg(midr_el1));
	write_sysreg(vmpidr_el2, read_sysreg(mpidr_el1));
	write_icc(ICC_SRE_EL2, 0xf);
	barrier_all();
	write_icc(ICH_HCR_EL2, 0);
	write_sysreg(sctlr_el1, SCTLR_EL1_OFF);
	write_sysreg(spsr_el2, SPSR_EL1H_MASKED);
	write_sysreg(elr_el2, entry);
	asm volatile("tlbi vmalls12e1; dsb sy; isb" ::: "memory");
}

/*
 * The host's options: "memory=MIB" is for the back end and comes first, the
 * rest goes to hv_init(). Returns that rest; ends the run on an error.
 */
static const char *read_words(void)
{
	static const char memory[] = "memory=";
	const char *at = HOST_WORDS + sizeof(memory) - 1, *rest;
	u64 mib = 0;

	rest = strchr(HOST_WORDS, ' ');
	if (!rest)
		rest = HOST_WORDS + strlen(HOST_WORDS);
	if (strncmp(HOST_WORDS, memory, sizeof(memory) - 1) ||
	    !parse_number(at, (size_t)(rest - at), &mib) || mib < LEAST_MIB ||
	    mib > MOST_MIB)
		end_run("host: the first word is not memory=MIB, from %u to %u",
			LEAST_MIB, MOST_MIB);
	machine.ram_end = RAM + (mib << 20);
	return rest;
}

/*
 * Direct timers are rare on arm64, where Linux has timers of its own: no
 * hardware timer of a VP serves them, but the host's CPU. Returns when the next
 * one is due.
 */
static u64 serve_direct_timers(u64 now)
{
	u64 next = ~0ul, due, period;
	u8 vector;

	for (u32 vp = 0; vp < machine.vps; vp++)
		for (u32 timer = 0; timer < HV_TIMERS; timer++) {
			if (!hv_direct_timer(vp, timer, &vector, &due, &period))
				continue;
			if (due <= now) {
				platform_interrupt(vp, vector);
				hv_direct_timer_fired(vp, timer);
				due = now + (period ? period : LONGEST_SLEEP);
			}
			next = due < next ? due : next;
		}
	return next;
}

/* Answers a request to the oracle once its line is complete */
static void serve_oracle(void)
{
	static char line[256];
	static size_t length;
	char c;

	while (uart_get(UART_ORACLE, &c)) {
		if (c != '\n') {
			if (c != '\r' && length + 1 < sizeof(line))
				line[length++] = c;
			continue;
		}
		line[length] = 0;
		length = 0;
		if (line[0])
			hv_oracle(line);
	}
}

/* The host's own CPU: VMBus's host side, timers, the oracle */
static void run_host(void)
{
	u64 now, next, direct;

	gic_init_host_cpu();
	for (;;) {
		platform_lock();
		now = platform_time();
		next = hv_run(now);
		direct = serve_direct_timers(now);
		serve_oracle();
		platform_unlock();
		next = direct < next ? direct : next;
		now = platform_time();
		if (next <= now)
			continue;
		next -= now;
		gic_sleep_host_cpu(
			ticks_of(next < LONGEST_SLEEP ? next : LONGEST_SLEEP));
	}
}

/* Entry of every CPU but the first, at EL2, with a stack */
void host_cpu_started(u32 cpu)
{
	if (cpu == machine.vps)
		run_host();
	run_vp(cpu);
}

/*
 * Entry of the first CPU. The last one is the host's and starts before the
 * guest.
 */
void host_boot(void)
{
	const char *words, *wrong;
	u32 cpus;

	epoch = read_sysreg(cntpct_el0);
	uart_init();
	words = read_words();
	cpus = gic_count_cpus();
	if (cpus < 2 || cpus > MAX_CPUS)
		end_run("host: %u CPUs; from 2 to %u are needed", cpus,
			MAX_CPUS);
	machine.vps = cpus - 1;
	stage2_init();
	heap_init((void *)stage2_tables_end(), GUEST_RAM - stage2_tables_end());
	wrong = hv_init(words, machine.vps);
	if (!wrong && hv_memory_to_come())
		wrong = "hot-add-at: not on arm64";
	if (wrong)
		end_run("host: %s", wrong);
	firmware_put();
	log_line("%u VPs, %lu MiB of RAM, stage 2 at %#lx, heap of %lu KiB",
		 machine.vps, (machine.ram_end - GUEST_RAM) >> 20,
		 stage2_root(0), (GUEST_RAM - stage2_tables_end()) >> 10);
	if (start_cpu(machine.vps))
		end_run("host: its own CPU does not start");
	run_first_vp();
}
