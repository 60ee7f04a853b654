// SPDX-License-Identifier: GPL-2.0-only
/*
 * end.c - ends the run, with a formatted reason
 *
 * Called by the back ends. platform_end() turns the machine off.
 */
#include "lib/lib.h"
#include "platform.h"

void end_run(const char *format, ...)
{
	char why[400];
	va_list args;

	va_start(args, format);
	format_line_v(why, sizeof(why), format, args);
	va_end(args);
	platform_end(why);
	__builtin_unreachable();
}
