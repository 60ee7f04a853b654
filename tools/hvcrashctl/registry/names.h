/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * names.h - words for the numbers of the registry
 *
 * Called by audit and by everything that shows something. NULL for a number
 * that this version does not know, so that a caller cannot mistake it for a
 * known one; names_or_number() writes "unknown (17)" then.
 */
#ifndef HVCRASHCTL_NAMES_H
#define HVCRASHCTL_NAMES_H

#include <stddef.h>
#include <linux/types.h>

const char *names_kind(__u32 kind);
/* What it is, in a few words */
const char *names_kind_help(__u32 kind);
const char *names_state(__u32 state);
const char *names_evidence(__u32 evidence);
const char *names_phase(__u32 phase);
const char *names_unload(__u32 unload);
const char *names_vp_state(__u32 state);

/* The device behind a VMBus class GUID as in the offer, NULL if not known */
const char *names_device_class(const __u8 guid[16]);

/* @name, or "unknown (@number)" in @buf */
const char *names_or_number(const char *name, __u32 number, char *buf,
			    size_t bytes);

/* A string field of the dump: bounded, printable, "unknown" if empty */
void names_clean_string(const char *field, size_t field_bytes, char *buf,
			size_t bytes);

#define NAMES_GUID_BYTES 37
void names_guid(const __u8 guid[16], char buf[NAMES_GUID_BYTES]);

#endif
