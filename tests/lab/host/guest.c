// SPDX-License-Identifier: GPL-2.0-only
/* guest.c - copies in and out of the guest's memory */
#include "core.h"

static bool copy(u64 gpa, u8 *own, u32 bytes, bool to_guest)
{
	u32 part;
	u8 *at;

	for (; bytes; bytes -= part, gpa += part, own += part) {
		part = (u32)earlier(bytes, HV_PAGE - gpa % HV_PAGE);
		at = platform_guest(gpa, part);
		if (!at)
			return false;
		if (to_guest)
			memcpy(at, own, part);
		else
			memcpy(own, at, part);
	}
	return true;
}

bool guest_read(u64 gpa, void *to, u32 bytes)
{
	return copy(gpa, to, bytes, false);
}

bool guest_write(u64 gpa, const void *from, u32 bytes)
{
	return copy(gpa, (u8 *)(uintptr_t)from, bytes, true);
}
