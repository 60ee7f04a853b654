/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * time_text.h - a time in seconds since 1970, as text
 *
 * Called by whoever shows a time. It may come from a dump or a file name, so it
 * may be any number.
 */
#ifndef HVCRASHCTL_TIME_TEXT_H
#define HVCRASHCTL_TIME_TEXT_H

#include <stdbool.h>

#include <linux/types.h>

#define TIME_TEXT_BYTES 32

/* The format of the audit and of all JSON: "2026-11-28T05:30:11Z" */
#define TIME_TEXT_ISO "%Y-%m-%dT%H:%M:%SZ"

/**
 * time_text_utc, time_text_local - by strftime(3), in UTC or in this machine's
 * time zone
 * @seconds: since 1970
 * @format: of strftime(3)
 * @buf: gets the text
 *
 * Return: @buf; NULL for a time outside of the calendar, or one that does not
 * fit.
 */
const char *time_text_utc(__u64 seconds, const char *format,
			  char buf[TIME_TEXT_BYTES]);
const char *time_text_local(__u64 seconds, const char *format,
			    char buf[TIME_TEXT_BYTES]);

/**
 * time_text_number - "@1795842700", for what the two above cannot show
 * @seconds: since 1970
 * @buf: gets the text
 *
 * Return: @buf.
 */
const char *time_text_number(__u64 seconds, char buf[TIME_TEXT_BYTES]);

#endif
