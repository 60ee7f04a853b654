// SPDX-License-Identifier: GPL-2.0-only
/*
 * guest.c - a hostile guest: it performs act=NAME of its command line
 *
 * It prints the results on the first serial port, one word a line, and turns
 * the power off. Most acts end earlier, because the host ends the run.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "../layout.h"

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;

#define HOST_AT 0x08000000ull
#define COM1 0x3f8
#define MARKER_AT 0x6000ull
#define MARK_AT 0x5000ull
#define COUNT_AT 0x5004ull
#define MESSAGES_AT 0x30000ull
#define MARK 0x6b72616du
#define COMMAND_LINE_AT 0x228

#define ICR_INIT 0x4500u
#define ICR_SIPI 0x4600u
#define RESETS 100
#define ALL_BUT_SELF (3u << 18)
#define MSR_HYPERV_ICR 0x40000071u

extern u8 exception_entries[], marker[], marker_end[], busy[], busy_end[];
void guest_main(const u8 *params);
void guest_exception(u64 vector, u64 *rip);

static u32 exceptions[32];

static void outb(u16 port, u8 value)
{
	asm volatile("outb %0, %1" ::"a"(value), "Nd"(port));
}

static void outl(u16 port, u32 value)
{
	asm volatile("outl %0, %1" ::"a"(value), "Nd"(port));
}

static u32 inl(u16 port)
{
	u32 value;

	asm volatile("inl %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

static u64 rdmsr(u32 msr)
{
	u32 low = 0, high = 0;

	asm volatile("rdmsr" : "+a"(low), "+d"(high) : "c"(msr));
	return (u64)high << 32 | low;
}

static void wrmsr(u32 msr, u64 value)
{
	asm volatile("wrmsr" ::"c"(msr), "a"((u32)value),
		     "d"((u32)(value >> 32))
		     : "memory");
}

static u64 hypercall(u64 control, u64 input, u64 output)
{
	register u64 r8 asm("r8") = output;
	u64 result;

	asm volatile("vmmcall"
		     : "=a"(result), "+c"(control), "+d"(input), "+r"(r8)
		     :
		     : "memory", "r9", "r10", "r11");
	return result;
}

static void say(const char *text)
{
	while (*text)
		outb(COM1, (u8)*text++);
	outb(COM1, '\n');
}

static void say_if(bool so, const char *name)
{
	say(so ? name : "not");
}

/*
 * Instructions that fault on purpose here have two bytes, or three (VMRUN and
 * others)
 */
void guest_exception(u64 vector, u64 *rip)
{
	const u8 *code = (const u8 *)*rip;

	exceptions[vector & 31]++;
	*rip += code[0] == 0x0f && code[1] == 0x01 ? 3 : 2;
}

static void set_idt(void)
{
	static struct {
		u16 low, selector, type, middle;
		u32 high, zero;
	} idt[32];
	struct {
		u16 limit;
		u64 base;
	} __attribute__((packed)) pointer = { sizeof(idt) - 1, (u64)idt };

	for (u32 i = 0; i < 32; i++) {
		u64 at = (u64)exception_entries + i * 16;

		idt[i].low = (u16)at;
		idt[i].middle = (u16)(at >> 16);
		idt[i].selector = 0x10;
		idt[i].type = 0x8e00;
	}
	asm volatile("lidt %0" ::"m"(pointer));
}

static void wait_ms(u32 ms)
{
	u64 until = rdmsr(0x40000020) + ms * 10000ull;

	while (rdmsr(0x40000020) < until)
		asm volatile("pause");
}

static void write_host(void)
{
	*(volatile u64 *)HOST_AT = 0;
}

static void read_host(void)
{
	(void)*(volatile u64 *)(HOST_AT + 0x100000);
}

static void run_host(void)
{
	((void (*)(void))HOST_AT)();
}

static void write_trampoline(void)
{
	say_if(!*(volatile u64 *)TRAMPOLINE, "zeros");
	*(volatile u64 *)TRAMPOLINE = 0;
}

static void tables_in_host(void)
{
	asm volatile("mov %0, %%cr3" ::"r"(HOST_AT));
}

static void nowhere(void)
{
	u64 *gibs = (u64 *)(BOOT_TABLES + 4096);

	gibs[8] = (1ull << 39) | 0x83; /* 512 GiB, in a leaf of 1 GiB */
	*(volatile u64 *)(8ull << 30) = 0;
}

static void triple_fault(void)
{
	struct {
		u16 limit;
		u64 base;
	} __attribute__((packed)) none = { 0, 0 };

	asm volatile("lidt %0; int3" ::"m"(none));
}

/* The host's own CPU serves message timers. */
static bool is_host_alive(void)
{
	volatile u32 *slot = (volatile u32 *)(MESSAGES_AT + 2 * 256);

	wrmsr(0x40000080, 1);		    /* SCONTROL */
	wrmsr(0x40000083, MESSAGES_AT | 1); /* SIMP */
	wrmsr(0x40000092, 0x40); /* SINT 2; interrupts are off in here */
	wrmsr(0x400000b1, rdmsr(0x40000020) + 100000); /* in 10 ms */
	wrmsr(0x400000b0, 2 << 16 | 1);		       /* on, once, to SINT 2 */
	for (u32 i = 0; i < 500 && !*slot; i++)
		wait_ms(10);
	return *slot;
}

static void put_code(const u8 *from, const u8 *end)
{
	volatile u8 *to = (volatile u8 *)MARKER_AT;

	while (from < end)
		*to++ = *from++;
}

/* The host's CPU is number 1 here. It must not run any of this code. */
static void aim_at_host(void (*send)(u32 destination, u32 low))
{
	put_code(marker, marker_end);
	*(volatile u32 *)MARK_AT = 0;
	for (u32 i = 0; i < 2; i++) {
		u32 shorthand = i ? ALL_BUT_SELF : 0;

		send(1, ICR_INIT | shorthand);
		wait_ms(10);
		send(1, ICR_SIPI | MARKER_AT >> 12 | shorthand);
	}
	wait_ms(200);
	say_if(*(volatile u32 *)MARK_AT != MARK, "kept");
	say_if(is_host_alive(), "alive");
}

static void send_in_memory(u32 destination, u32 low)
{
	*(volatile u32 *)(APIC_AT + 0x310ull) = destination << 24;
	*(volatile u32 *)(APIC_AT + 0x300ull) = low;
}

static void send_by_msr(u32 destination, u32 low)
{
	wrmsr(MSR_HYPERV_ICR, (u64)destination << 56 | low);
}

static void ipi_in_memory(void)
{
	aim_at_host(send_in_memory);
}

static void ipi_by_msr(void)
{
	aim_at_host(send_by_msr);
}

/* VP 1 is reset again and again, mostly while it is in the host. */
static void init_storm(void)
{
	volatile u32 *count = (volatile u32 *)COUNT_AT;
	u32 last, ran = 0;

	put_code(busy, busy_end);
	*count = 0;
	for (u32 i = 0; i < RESETS; i++) {
		last = *count;
		send_in_memory(1, ICR_INIT);
		send_in_memory(1, ICR_SIPI | MARKER_AT >> 12);
		for (u32 ms = 0; *count == last && ms < 5000; ms++)
			wait_ms(1);
		ran += *count != last;
	}
	say_if(ran == RESETS, "ran");
	say_if(is_host_alive(), "alive");
}

static void init_boot_vp(void)
{
	*(volatile u32 *)(APIC_AT + 0x20ull) = 5u << 24; /* an ordinary ID */
	send_in_memory(0, ICR_INIT);
}

static void msi_by_cpu(void)
{
	*(volatile u32 *)(APIC_AT + 0x1000ull) = 0x500; /* INIT, to CPU 1 */
}

static void odd_apic_write(void)
{
	asm volatile("orl $1, (%0)" ::"r"(APIC_AT + 0x80ull) : "memory");
}

/* QEMU's configuration device would copy a file of its own over the host. */
static void dma_by_fw_cfg(void)
{
	static volatile u32 access[4] __attribute__((aligned(16)));

	access[0] = __builtin_bswap32(0x0000000a); /* select item 0, read */
	access[1] = __builtin_bswap32(4096);
	access[3] = __builtin_bswap32((u32)HOST_AT);
	outl(0x514, 0);
	outl(0x518, __builtin_bswap32((u32)(u64)access));
	wait_ms(50);
	say_if(inl(0x514) == UINT32_MAX, "hidden");
}

static void svm_registers(void)
{
	u64 efer;

	wrmsr(0xc0010117, 0x2000); /* VM_HSAVE_PA */
	say_if(exceptions[13] == 1, "fault");
	wrmsr(0x1b, (rdmsr(0x1b) & 0xfff) | 0x10000000); /* the APIC's place */
	say_if(exceptions[13] == 2, "fault");
	asm volatile("vmrun %%rax" ::"a"(0x2000ull) : "memory");
	say_if(exceptions[6] == 1, "undefined");
	efer = rdmsr(0xc0000080);
	say_if(!(efer >> 12 & 1), "no-svm");
	wrmsr(0xc0000080, efer);
	say_if(exceptions[13] == 2, "efer");
}

/* Whatever the result, the host and the guest continue. */
static void nonsense(void)
{
	u64 state = 0x9e3779b97f4a7c15ull;

	for (u32 i = 0; i < 20000; i++) {
		u32 what, msr;

		state ^= state << 13;
		state ^= state >> 7;
		state ^= state << 17;
		what = state >> 60;
		msr = 0x40000000 + (state >> 48 & 0x1ff);
		if (msr == 0x40000003) /* a reset ends the run */
			continue;
		if (what < 5)
			wrmsr(msr, state & ~1ull); /* no overlay over us */
		else if (what < 10)
			(void)rdmsr(msr);
		else if (what < 15)
			hypercall(state & 0x1ffff, state >> 20 & 0x3ffffff8,
				  state);
		else
			outb((u16)(0x2e8 + (state >> 32 & 7)), (u8)state);
	}
	say("done");
}

static void string_to_oracle(void)
{
	const char *from = "quit\n";
	u64 bytes = 5;

	asm volatile("rep outsb"
		     : "+S"(from), "+c"(bytes)
		     : "d"(0x2e8)
		     : "memory");
}

static const struct {
	const char *name;
	void (*act)(void);
} acts[] = {
	{ "write-host", write_host },
	{ "read-host", read_host },
	{ "run-host", run_host },
	{ "write-trampoline", write_trampoline },
	{ "tables-in-host", tables_in_host },
	{ "nowhere", nowhere },
	{ "triple-fault", triple_fault },
	{ "ipi-in-memory", ipi_in_memory },
	{ "ipi-by-msr", ipi_by_msr },
	{ "init-storm", init_storm },
	{ "init-boot-vp", init_boot_vp },
	{ "msi-by-cpu", msi_by_cpu },
	{ "odd-apic-write", odd_apic_write },
	{ "dma-by-fw-cfg", dma_by_fw_cfg },
	{ "svm-registers", svm_registers },
	{ "nonsense", nonsense },
	{ "string-to-oracle", string_to_oracle },
};

static bool is_asked_for(const char *line, const char *name)
{
	static const char key[] = "act=";
	u32 i;

	for (; *line; line++) {
		for (i = 0; key[i] && line[i] == key[i]; i++)
			;
		if (key[i])
			continue;
		line += i;
		for (i = 0; name[i] && line[i] == name[i]; i++)
			;
		return !name[i] && (!line[i] || line[i] == ' ');
	}
	return false;
}

void guest_main(const u8 *params)
{
	const char *line =
		(const char *)(u64) * (const u32 *)(params + COMMAND_LINE_AT);
	u32 i;

	set_idt();
	for (i = 0; i < sizeof(acts) / sizeof(acts[0]); i++)
		if (is_asked_for(line, acts[i].name))
			acts[i].act();
	outl(0x604, 0x2000);
	for (;;)
		asm volatile("hlt");
}
