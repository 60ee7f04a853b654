// SPDX-License-Identifier: GPL-2.0-only
/*
 * guest.c - a hostile guest, which also uses what Linux does not. The name of
 * the act is at the address of the device tree.
 *
 * It prints the results on its console, one word a line, and turns the power
 * off. Hostile acts end earlier, because the host ends the run. One VP; the
 * host's CPU is number 1.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;

#define CONSOLE 0x09000000ul
#define GICR 0x080a0000ul
#define HOST_GICR 0x080c0000ul
#define GICR_SGI 0x10000ul
#define GICR_ISPENDR0 (GICR_SGI + 0x200)
#define HOST_AT 0x40200000ul
#define HOST_UART 0x3eff1000ul
#define FW_CFG 0x09020000ul
#define PCI_CONFIG 0x3f000000ul
#define VIRTIO 0x0a000000ul
#define NOWHERE 0xf0000000ul

#define PSCI_CPU_ON 0xc4000003u
#define PSCI_SYSTEM_OFF 0x84000008u
#define PSCI_SYSTEM_RESET 0x84000009u

#define HYPERCALL 0x46000001ul
#define GET_VP_REGISTERS 0x50ul
#define SET_VP_REGISTERS 0x51ul
#define FAST (1ul << 16)
#define SELF (~0ul)
#define VP_SELF 0xfffffffeu

#define REG_VP_INDEX 0x90003u
#define REG_TIME 0x90004u
#define REG_TSC 0x90017u
#define REG_SINT2 0xa0002u
#define REG_SCONTROL 0xa0010u
#define REG_SIMP 0xa0013u
#define REG_TIMER0_CONFIG 0xb0000u
#define REG_TIMER0_COUNT 0xb0001u

/* Pages of the guest, well above the loaded image */
#define PAGE_A 0x48000000ul
#define PAGE_B 0x48001000ul
#define INPUT 0x48002000ul
#define OUTPUT 0x48003000ul

void guest_main(const char *act);
void guest_exception(u64 esr, u64 pc);
void call(u64 x[18]);

static u64 read64(u64 at)
{
	return *(volatile u64 *)at;
}

static void write64(u64 at, u64 value)
{
	*(volatile u64 *)at = value;
}

static u32 read32(u64 at)
{
	return *(volatile u32 *)at;
}

static void write32(u64 at, u32 value)
{
	*(volatile u32 *)at = value;
}

static void say(const char *text)
{
	while (*text)
		write32(CONSOLE, (u8)*text++);
	write32(CONSOLE, '\n');
}

static void say_if(bool so, const char *name)
{
	say(so ? name : "not");
}

static u64 call3(u64 function, u64 a, u64 b, u64 c)
{
	u64 x[18] = { function, a, b, c };

	call(x);
	return x[0];
}

void guest_exception(u64 esr, u64 pc)
{
	(void)esr;
	(void)pc;
	say("exception");
	call3(PSCI_SYSTEM_OFF, 0, 0, 0);
}

static u64 get(u32 name)
{
	u64 x[18] = { HYPERCALL, GET_VP_REGISTERS | FAST | 1ul << 32, SELF,
		      VP_SELF, name };

	call(x);
	return x[6];
}

static u64 set(u32 name, u64 value)
{
	u64 x[18] = {
		HYPERCALL, SET_VP_REGISTERS | FAST | 1ul << 32,
		SELF,	   VP_SELF,
		name,	   0,
		value,
	};

	call(x);
	return x[0];
}

static void wait_ms(u32 ms)
{
	u64 until = get(REG_TIME) + ms * 10000ul;

	while (get(REG_TIME) < until)
		;
}

static void write_host(void)
{
	write64(HOST_AT, 0);
}

static void read_host(void)
{
	read64(HOST_AT + 0x1000);
}

static void run_host(void)
{
	((void (*)(void))HOST_AT)();
}

static void read_words(void)
{
	read64(0x40100000);
}

static void write_host_uart(void)
{
	*(volatile u8 *)HOST_UART = 'x';
}

/*
 * A driver's walk ends at the last redistributor, which therefore has to be
 * readable.
 */
static void host_gicr(void)
{
	say_if(read32(HOST_GICR + 8) & 0x10, "last");
	write32(HOST_GICR + GICR_SGI + 0x180, ~0u);
}

static void fw_cfg(void)
{
	read64(FW_CFG);
}

static void pci(void)
{
	read32(PCI_CONFIG);
}

static void virtio(void)
{
	read32(VIRTIO);
}

static void nowhere(void)
{
	read32(NOWHERE);
}

static void reset(void)
{
	call3(PSCI_SYSTEM_RESET, 0, 0, 0);
}

static void psci(void)
{
	say_if(call3(PSCI_CPU_ON, 1, 0x42000000, 0) == (u64)-2, "host-cpu");
	say_if(call3(PSCI_CPU_ON, 77, 0x42000000, 0) == (u64)-2, "no-cpu");
	say_if(call3(PSCI_CPU_ON, 0, 0x42000000, 0) == (u64)-4, "already-on");
	say_if(call3(0x8600ff77, 0, 0, 0) == (u64)-1, "unknown");
}

static void header(u64 partition, u32 vp)
{
	write64(INPUT, partition);
	write64(INPUT + 8, vp);
}

static u64 in_memory(u64 code, u64 count, u64 start)
{
	return call3(HYPERCALL, code | count << 32 | start << 48, INPUT,
		     OUTPUT);
}

static void association(u32 n, u32 name, u64 value)
{
	write64(INPUT + 16 + 32 * n, name);
	write64(INPUT + 24 + 32 * n, 0);
	write64(INPUT + 32 + 32 * n, value);
	write64(INPUT + 40 + 32 * n, 0);
}

/* Both calls with parameters in memory, for several registers at once */
static void registers_in_memory(void)
{
	header(SELF, VP_SELF);
	association(0, REG_SIMP, PAGE_A | 1);
	association(1, REG_SCONTROL, 1);
	association(2, 0x12345, 0);
	say_if(in_memory(SET_VP_REGISTERS, 2, 0) == 2ul << 32, "set");
	say_if(in_memory(SET_VP_REGISTERS, 3, 1) == (2ul << 32 | 5), "third");
	write32(INPUT + 16, REG_SCONTROL);
	write32(INPUT + 20, REG_SIMP);
	write32(INPUT + 24, REG_VP_INDEX);
	write64(OUTPUT, 0x55);
	say_if(in_memory(GET_VP_REGISTERS, 3, 1) == 3ul << 32, "get");
	say_if(read64(OUTPUT) == 0x55 && read64(OUTPUT + 16) == (PAGE_A | 1),
	       "from-start");
	set(REG_SIMP, 0);
}

/* The status says what is wrong with a call. */
static void wrong_calls(void)
{
	header(SELF, VP_SELF);
	write32(INPUT + 16, REG_SIMP);
	say_if(in_memory(GET_VP_REGISTERS, 0, 0) == 3, "none");
	say_if(in_memory(GET_VP_REGISTERS, 1, 1) == 3, "past-the-end");
	say_if(call3(HYPERCALL, GET_VP_REGISTERS | 1ul << 32, INPUT + 4,
		     OUTPUT) == 4,
	       "alignment");
	say_if(call3(HYPERCALL, GET_VP_REGISTERS | 1ul << 32, INPUT,
		     OUTPUT + 0xff8) == 5,
	       "across");
	say_if(call3(HYPERCALL, GET_VP_REGISTERS | 1ul << 32, HOST_AT,
		     OUTPUT) == 5,
	       "host-input");
	say_if(call3(HYPERCALL, GET_VP_REGISTERS | 1ul << 32, INPUT, HOST_AT) ==
		       5,
	       "host-output");
	header(7, VP_SELF);
	say_if(in_memory(GET_VP_REGISTERS, 1, 0) == 6, "partition");
	header(SELF, 99);
	say_if(in_memory(GET_VP_REGISTERS, 1, 0) == 14, "vp");
	say_if(call3(HYPERCALL, GET_VP_REGISTERS | FAST | 200ul << 32, SELF,
		     VP_SELF) == 3,
	       "too-many");
	say_if(call3(HYPERCALL, 0x7777, INPUT, OUTPUT) == 2, "code");
}

/* An overlay is a different page, and the guest's own reappears unchanged. */
static void overlay(void)
{
	write64(PAGE_A, 0x1111);
	write64(PAGE_B, 0x2222);
	say_if(!set(REG_SIMP, HOST_AT | 1) == false, "not-over-the-host");
	set(REG_SIMP, PAGE_A | 1);
	say_if(read64(PAGE_A) == 0, "zeros");
	write64(PAGE_A, 0x3333);
	set(REG_SIMP, PAGE_B | 1);
	say_if(read64(PAGE_A) == 0x1111, "back");
	say_if(read64(PAGE_B) == 0x3333, "moved");
	set(REG_SIMP, PAGE_B);
	say_if(read64(PAGE_B) == 0x2222, "back");
	set(REG_SIMP, PAGE_A | 1);
	say_if(read64(PAGE_A) == 0x3333, "kept");
	set(REG_SIMP, 0);
}

/* A timer, which the host's own CPU serves: is it alive? */
static bool message_timer(void)
{
	volatile u32 *slot = (volatile u32 *)(PAGE_A + 2 * 256);

	set(REG_SCONTROL, 1);
	set(REG_SIMP, PAGE_A | 1);
	*slot = 0;
	set(REG_SINT2, 18);
	set(REG_TIMER0_COUNT, get(REG_TIME) + 100000);
	set(REG_TIMER0_CONFIG, 2 << 16 | 1);
	for (u32 i = 0; i < 300 && !*slot; i++)
		wait_ms(10);
	return *slot == 0x80000010;
}

static void timers(void)
{
	say_if(message_timer(), "message");
	set(REG_TIMER0_CONFIG, 0);
	set(REG_TIMER0_COUNT, get(REG_TIME) + 100000);
	/* Direct mode (bit 12), INTID 22 in bits 4 to 11, on */
	set(REG_TIMER0_CONFIG, 1 << 12 | 22 << 4 | 1);
	for (u32 i = 0; i < 300; i++) {
		if (read32(GICR + GICR_ISPENDR0) & 1u << 22)
			break;
		wait_ms(10);
	}
	say_if(read32(GICR + GICR_ISPENDR0) & 1u << 22, "direct");
	say_if(!(get(REG_TIMER0_CONFIG) & 1), "once");
}

/* (a * b) >> 64 */
static u64 high_of(u64 a, u64 b)
{
	u64 result;

	asm("umulh %0, %1, %2" : "=r"(result) : "r"(a), "r"(b));
	return result;
}

static void tsc_page(void)
{
	u64 before, now, counter;

	set(REG_TSC, PAGE_B | 1);
	say_if(read32(PAGE_B), "sequence");
	before = get(REG_TIME);
	asm volatile("isb; mrs %0, cntvct_el0" : "=r"(counter));
	now = high_of(counter, read64(PAGE_B + 8)) + read64(PAGE_B + 16);
	say_if(now + 10 >= before && now <= get(REG_TIME) + 10, "time");
}

/* Whatever the result, the host and the guest continue. */
static void nonsense(void)
{
	u64 state = 0x9e3779b97f4a7c15ul, x[18];

	for (u32 i = 0; i < 20000; i++) {
		for (u32 k = 0; k < 18; k++) {
			state ^= state << 13;
			state ^= state >> 7;
			state ^= state << 17;
			x[k] = state >> 63 ? state : PAGE_A + (state & 0xfff8);
		}
		x[0] = HYPERCALL;
		x[1] = (0x40 + (state >> 8 & 0x3f)) | (state >> 16 & 1) << 16 |
		       (state >> 20 & 7) << 32 | (state >> 24 & 3) << 48;
		if (state >> 30 & 1) {
			x[2] = SELF;
			x[3] = VP_SELF;
			x[4] = 0x90000 + (state >> 32 & 0x30000) +
			       (state >> 36 & 0x1f);
			/* A reset ends the run */
			if (x[4] == 0x90006)
				x[4] = 0;
		}
		call(x);
	}
	say_if(message_timer(), "alive");
}

/* Spins for the oracle's "registers": X19 counts */
static void spin(void)
{
	asm volatile("mov x19, xzr\n"
		     "1: add x19, x19, #1\n"
		     "b 1b" ::
			     : "x19");
}

/* The same, but each round waits for an interrupt, which stays pending */
static void idle(void)
{
	write32(GICR + 0x14, 0);		/* GICR_WAKER */
	write32(GICR + GICR_SGI + 0x80, ~0u);	/* all of group 1 */
	asm volatile("msr S3_0_C12_C12_5, %0\n" /* ICC_SRE_EL1 */
		     "isb\n"
		     "msr S3_0_C4_C6_0, %1\n"	/* ICC_PMR_EL1 */
		     "msr S3_0_C12_C12_7, %2\n" /* ICC_IGRPEN1_EL1 */
		     "isb\n"
		     "mov x19, xzr\n"
		     "1: wfi\n"
		     "add x19, x19, #1\n"
		     "b 1b" ::"r"(7ul),
		     "r"(0xfful), "r"(1ul)
		     : "x19");
}

static const struct {
	const char *name;
	void (*act)(void);
} acts[] = {
	{ "spin", spin },
	{ "idle", idle },
	{ "write-host", write_host },
	{ "read-host", read_host },
	{ "run-host", run_host },
	{ "read-words", read_words },
	{ "write-host-uart", write_host_uart },
	{ "host-gicr", host_gicr },
	{ "fw-cfg", fw_cfg },
	{ "pci", pci },
	{ "virtio", virtio },
	{ "nowhere", nowhere },
	{ "reset", reset },
	{ "psci", psci },
	{ "registers-in-memory", registers_in_memory },
	{ "wrong-calls", wrong_calls },
	{ "overlay", overlay },
	{ "timers", timers },
	{ "tsc-page", tsc_page },
	{ "nonsense", nonsense },
};

static bool same(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return *a == *b;
}

void guest_main(const char *act)
{
	for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++)
		if (same(acts[i].name, act))
			acts[i].act();
	say("done");
	call3(PSCI_SYSTEM_OFF, 0, 0, 0);
}
