// SPDX-License-Identifier: GPL-2.0-only
/*
 * host_cpu.c - the CPU that is the host's: hv_run(), the oracle's port, sleep
 *
 * It takes interrupts only while it sleeps. The guest cannot send it an IPI; an
 * MSI of one of the guest's devices could, with mode INIT: then this loop stops
 * for good, and the VPs end the run.
 */
#include "x86.h"

#define ORACLE_PORT 0x2e8
#define LINE_STATUS (ORACLE_PORT + 5)
#define STATUS_RECEIVED 1u
#define STATUS_ROOM 0x20u
#define FIFO_BYTES 16

#define ANSWER_BYTES (2u << 20)
#define POLL_BUSY (SECONDS(1) / 1000)
#define POLL_IDLE (SECONDS(1) / 50)
#define NO_HEART SECONDS(300)

static struct {
	char line[256];
	u32 length;
	char answer[ANSWER_BYTES];
	u32 put, sent; /* bytes of the answer */
	u64 moved;     /* when something last was sent */
} oracle;

static u64 heart;

bool host_cpu_is_up(void)
{
	return __atomic_load_n(&heart, __ATOMIC_RELAXED);
}

/*
 * On each CPU, after every exit. The host's CPU runs at least every POLL_IDLE;
 * a time slice of another CPU may delay it.
 */
void host_cpu_check(void)
{
	u64 last = __atomic_load_n(&heart, __ATOMIC_RELAXED);

	if (stack_end()->canary != STACK_CANARY)
		end_run("host: a CPU's stack is too small");
	if (last && platform_time() > last + NO_HEART)
		end_run("host: its own CPU has not run for five minutes");
}

void platform_oracle_put(char c)
{
	if (oracle.put == ANSWER_BYTES)
		end_run("host: the oracle's answer is longer than %u bytes",
			ANSWER_BYTES);
	oracle.answer[oracle.put++] = c;
}

static void port_start(void)
{
	outb(ORACLE_PORT + 1, 0); /* no interrupts */
	outb(ORACLE_PORT + 2, 7); /* FIFOs on, and empty */
	outb(ORACLE_PORT + 3, 3); /* 8 bits, no parity */
	outb(ORACLE_PORT + 4, 3); /* DTR, RTS */
}

/* A line from the port. One that is too long is cut, and then unknown. */
static bool receive(void)
{
	u8 status;
	char c;

	/* A missing or broken port reads all ones */
	for (u32 i = 0; i < sizeof(oracle.line); i++) {
		status = inb(LINE_STATUS);
		if (status == 0xff || !(status & STATUS_RECEIVED))
			return false;
		c = (char)inb(ORACLE_PORT);
		if (c == '\n') {
			oracle.line[oracle.length] = 0;
			oracle.length = 0;
			return true;
		}
		if (c != '\r' && oracle.length < sizeof(oracle.line) - 1)
			oracle.line[oracle.length++] = c;
	}
	return false;
}

/* If the port takes nothing for a while, it has no reader: drop the rest. */
static void transmit(u64 now)
{
	const char *from = oracle.answer + oracle.sent;
	u64 left = oracle.put - oracle.sent;
	u64 bytes = left < FIFO_BYTES ? left : FIFO_BYTES;

	if (inb(LINE_STATUS) & STATUS_ROOM) {
		oracle.sent += (u32)bytes;
		oracle.moved = now;
		asm volatile("rep outsb"
			     : "+S"(from), "+c"(bytes)
			     : "d"(ORACLE_PORT)
			     : "memory");
	} else if (now > oracle.moved + SECONDS(10)) {
		log_line("the oracle's answer is not read: %u bytes dropped",
			 (u32)left);
		oracle.sent = oracle.put;
	}
	if (oracle.sent == oracle.put)
		oracle.sent = oracle.put = 0;
}

/* Returns when to call it again. */
static u64 serve_oracle(void)
{
	u64 now = platform_time();

	if (!oracle.put && receive()) {
		platform_lock();
		hv_oracle(oracle.line);
		platform_unlock();
		oracle.moved = now = platform_time();
	}
	/*
	 * In pieces, so that the guest's work does not wait for a long answer
	 */
	for (u32 i = 0; i < 64 && oracle.put; i++) {
		u32 before = oracle.sent;

		transmit(now);
		if (oracle.sent == before)
			break;
	}
	if (oracle.put || oracle.length)
		return now + POLL_BUSY;
	return now + POLL_IDLE;
}

/* Sleeps until then, or until an interrupt */
static void sleep(u64 until)
{
	u64 now = platform_time(), ticks = until > now ? until - now : 0;

	if (ticks > SECONDS(1))
		ticks = SECONDS(1);
	apic_write(APIC_TIMER_COUNT, ticks ? (u32)ticks * 100 : 1);
	asm volatile("sti; hlt; cli" ::: "memory");
}

void host_cpu_main(void)
{
	u64 next, other, now;

	apic_write(APIC_SPURIOUS, 0x1ff);
	apic_write(APIC_TIMER_DIVIDE, 0xb); /* by 1 */
	apic_write(APIC_LVT_TIMER, HOST_VECTOR);
	port_start();
	for (;;) {
		now = platform_time();
		__atomic_store_n(&heart, now, __ATOMIC_RELAXED);
		host_cpu_check();
		platform_lock();
		next = hv_run(now);
		other = timers_by_host(platform_time());
		platform_unlock();
		if (other < next)
			next = other;
		other = serve_oracle();
		sleep(other < next ? other : next);
	}
}
