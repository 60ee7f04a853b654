// SPDX-License-Identifier: GPL-2.0-only
/* log.c - the host's log, and the end of a run */
#include "arm64.h"

#define PSCI_SYSTEM_OFF 0x84000008u

void platform_log(const char *line)
{
	for (; *line; line++)
		uart_put(UART_LOG, *line);
	uart_put(UART_LOG, '\n');
}

/* Prefixed with the time, like the core's lines */
void log_line(const char *format, ...)
{
	char line[256];
	u64 ms = platform_time() / 10000;
	va_list args;
	size_t n;

	n = format_line(line, sizeof(line), "[%4lu.%03lu] ", ms / 1000,
			ms % 1000);
	va_start(args, format);
	format_line_v(line + n, sizeof(line) - n, format, args);
	va_end(args);
	platform_log(line);
}

void platform_oracle_put(char c)
{
	uart_put(UART_ORACLE, c);
}

/* Powers the machine off, which ends QEMU. The lab reads the last line. */
void platform_end(const char *why)
{
	log_line("end: %s", why);
	smc(PSCI_SYSTEM_OFF, 0, 0, 0);
	for (;;)
		asm volatile("wfi");
}
