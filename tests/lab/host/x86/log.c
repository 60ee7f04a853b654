// SPDX-License-Identifier: GPL-2.0-only
/* log.c - the lock, the log, the end of the run, the heap */
#include "x86.h"

#define DEBUGCON 0xe9
#define PM1A_CONTROL 0x604 /* of the ICH9, at SeaBIOS's address */
#define POWER_OFF 0x2000   /* SLP_EN; QEMU's \_S5 is 0 */
#define RESET_PORT 0xcf9
/* One thread may emulate 65 CPUs and share a real CPU with twenty others. */
#define LOCK_BOUND SECONDS(300)
#define HEAP_BYTES (16u << 20)

static u32 lock_owner; /* CPU number plus one */
static u32 log_owner;
static bool ended;
static u8 heap[HEAP_BYTES] __attribute__((aligned(4096)));

/*
 * A VP that an INIT has hit stands still for good, perhaps with the lock. It
 * has then touched nothing (see vp_lock()), so the lock can be taken from it.
 */
static void take_from_reset(u32 owner, u32 me)
{
	if (owner && owner <= vps &&
	    __atomic_load_n(&vp_cpus[owner - 1].resetting, __ATOMIC_SEQ_CST))
		__atomic_compare_exchange_n(&lock_owner, &owner, me, false,
					    __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

/*
 * By a CPU that has come up again: releases the lock that it held at the INIT
 */
void lock_forget(void)
{
	u32 me = this_cpu() + 1;

	__atomic_compare_exchange_n(&lock_owner, &me, 0, false,
				    __ATOMIC_RELEASE, __ATOMIC_RELAXED);
	me = this_cpu() + 1;
	__atomic_compare_exchange_n(&log_owner, &me, 0, false, __ATOMIC_RELEASE,
				    __ATOMIC_RELAXED);
}

void platform_lock(void)
{
	u32 me = this_cpu() + 1, owner = 0;
	u64 until = 0;

	while (!__atomic_compare_exchange_n(&lock_owner, &owner, me, false,
					    __ATOMIC_ACQUIRE,
					    __ATOMIC_RELAXED)) {
		if (!until)
			until = platform_time() + LOCK_BOUND;
		if (platform_time() > until)
			end_run("host: CPU %u waited five minutes for the lock that CPU %u has",
				me - 1, owner - 1);
		take_from_reset(owner, me);
		if (__atomic_load_n(&lock_owner, __ATOMIC_ACQUIRE) == me)
			return;
		owner = 0;
		cpu_relax();
	}
}

void platform_unlock(void)
{
	__atomic_store_n(&lock_owner, 0, __ATOMIC_RELEASE);
}

/* Writes a line in one piece; waits, within a bound, for another CPU's line. */
static void write_line(const char *line, size_t length, bool last)
{
	u32 owner = 0, me = this_cpu() + 1;

	for (u32 i = 0; i < 1000000; i++) {
		if (__atomic_compare_exchange_n(&log_owner, &owner, me, false,
						__ATOMIC_ACQUIRE,
						__ATOMIC_RELAXED))
			break;
		owner = 0;
		cpu_relax();
	}
	if (!ended)
		asm volatile("rep outsb"
			     : "+S"(line), "+c"(length)
			     : "d"(DEBUGCON)
			     : "memory");
	ended |= last;
	__atomic_store_n(&log_owner, 0, __ATOMIC_RELEASE);
}

static void write_timed(const char *text, bool last)
{
	char line[600];
	u64 ms = platform_time() / 10000;
	size_t length;

	length = format_line(line, sizeof(line) - 1, "[%4llu.%03llu] %s",
			     (unsigned long long)ms / 1000,
			     (unsigned long long)ms % 1000, text);
	line[length++] = '\n';
	write_line(line, length, last);
}

/* The core has already added the time. */
void platform_log(const char *line)
{
	char text[600];
	size_t length = format_line(text, sizeof(text) - 1, "%s", line);

	text[length++] = '\n';
	write_line(text, length, false);
}

void log_line(const char *format, ...)
{
	char line[512];
	va_list args;

	va_start(args, format);
	format_line_v(line, sizeof(line), format, args);
	va_end(args);
	write_timed(line, false);
}

/*
 * Writes the log's last line and turns the power off. That fails if the guest
 * has moved the chipset's registers: then a reset, and finally a triple fault,
 * both of which end QEMU if it runs with -no-reboot.
 */
void platform_end(const char *why)
{
	static const struct {
		u16 low;
		u64 high;
	} __attribute__((packed)) no_idt;
	char line[512];

	format_line(line, sizeof(line), "end: %s", why);
	write_timed(line, true);
	outw(PM1A_CONTROL, POWER_OFF);
	for (u64 until = platform_time() + SECONDS(3); platform_time() < until;)
		cpu_relax();
	outb(RESET_PORT, 6);
	asm volatile("lidt %0; int3" ::"m"(no_idt));
	for (;;)
		asm volatile("hlt");
}

/* By fault_entries: vector, error code where the exception has one, RIP */
void own_fault(const u64 *frame) __attribute__((noreturn));
void own_fault(const u64 *frame)
{
	static const u32 with_error = 1u << 8 | 1u << 10 | 1u << 11 | 1u << 12 |
				      1u << 13 | 1u << 14 | 1u << 17;
	bool has_error = with_error >> (frame[0] & 31) & 1;
	u64 cr2;

	asm volatile("mov %%cr2, %0" : "=r"(cr2));
	end_run("host: exception %llu on CPU %u, error %#llx, at %#llx, CR2 %#llx",
		(unsigned long long)frame[0], this_cpu(),
		(unsigned long long)(has_error ? frame[1] : 0),
		(unsigned long long)frame[has_error ? 2 : 1],
		(unsigned long long)cr2);
}

void *platform_alloc(size_t bytes)
{
	static bool ready;

	if (!ready)
		heap_init(heap, sizeof(heap));
	ready = true;
	return heap_alloc(bytes);
}

void platform_free(void *at)
{
	heap_free(at);
}
