// SPDX-License-Identifier: GPL-2.0-only
/*
 * time_text.c - a time in seconds since 1970, as text
 *
 * See time_text.h.
 */
#include <stdio.h>
#include <time.h>

#include "base/time_text.h"

static const char *format_time(__u64 seconds, const char *format,
			       struct tm *(*convert)(const time_t *at,
						     struct tm *ret),
			       char buf[TIME_TEXT_BYTES])
{
	time_t at = (time_t)seconds;
	struct tm parts;

	if (!convert(&at, &parts) ||
	    !strftime(buf, TIME_TEXT_BYTES, format, &parts))
		return NULL;
	return buf;
}

const char *time_text_utc(__u64 seconds, const char *format,
			  char buf[TIME_TEXT_BYTES])
{
	return format_time(seconds, format, gmtime_r, buf);
}

const char *time_text_local(__u64 seconds, const char *format,
			    char buf[TIME_TEXT_BYTES])
{
	return format_time(seconds, format, localtime_r, buf);
}

const char *time_text_number(__u64 seconds, char buf[TIME_TEXT_BYTES])
{
	snprintf(buf, TIME_TEXT_BYTES, "@%llu", seconds);
	return buf;
}
