// SPDX-License-Identifier: GPL-2.0-only
/*
 * gpa.c - guest memory that a packet names (struct vmdata_gpa_direct of Linux's
 * include/linux/hyperv.h): a reserved word, the number of ranges, and for each
 * its bytes, the offset into its first page, and its pages
 */
#include "vmbus.h"

/* Copies between own and the packet's ranges, from offset on. */
static u32 copy(const struct packet *p, u32 offset, u8 *own, u32 bytes,
		bool to_guest)
{
	u32 ranges, length, first, pages, at = 8, done = 0, part, from;
	u64 gpa;

	if (p->type != PACKET_GPA_DIRECT || p->head_bytes < at)
		return 0;
	for (ranges = get32(p->head + 4); ranges && done < bytes; ranges--) {
		if (p->head_bytes - at < 8)
			break;
		length = get32(p->head + at);
		first = get32(p->head + at + 4);
		at += 8;
		pages = (u32)((first + (u64)length + HV_PAGE - 1) / HV_PAGE);
		if (first >= HV_PAGE || pages > (p->head_bytes - at) / 8)
			break;
		if (offset >= length) {
			offset -= length;
			at += pages * 8;
			continue;
		}
		for (from = offset; from < length && done < bytes;
		     from += part, done += part) {
			u32 in_range = first + from;

			part = (u32)earlier(
				HV_PAGE - in_range % HV_PAGE,
				earlier(length - from, bytes - done));
			gpa = get64(p->head + at + in_range / HV_PAGE * 8);
			if (gpa >> 40)
				return done;
			gpa = gpa * HV_PAGE + in_range % HV_PAGE;
			if (to_guest ? !guest_write(gpa, own + done, part) :
				       !guest_read(gpa, own + done, part))
				return done;
		}
		offset = 0;
		at += pages * 8;
	}
	return done;
}

u32 packet_read(const struct packet *p, u32 offset, void *to, u32 bytes)
{
	return copy(p, offset, to, bytes, false);
}

u32 packet_write(const struct packet *p, u32 offset, const void *from,
		 u32 bytes)
{
	return copy(p, offset, (u8 *)(uintptr_t)from, bytes, true);
}
