// SPDX-License-Identifier: GPL-2.0-only
/*
 * fake_crash.c - stubs of functions that kernel/crash.c calls, for tests of its parts
 */
#include <linux/crash_core.h>
#include "driver_pages.h"
#include "guard.h"
#include "inject.h"
#include "revoke.h"
#include "unload.h"

bool hvcrash_inject_revokes_first(void)
{
	return false;
}

void hvcrash_inject_fault_at(unsigned int place)
{
	(void)place;
}

void hvcrash_unload_in_panic(void)
{
}

void hvcrash_driver_pages_revoke(void)
{
}

void hvcrash_revoke_all(void)
{
}

void hvcrash_revoke_record(void)
{
}

void hvcrash_revoke_complain(void)
{
}

void hvcrash_revoke_vm(void)
{
}

#ifdef CONFIG_X86_64
bool hvcrash_guard_run(void (*step)(void))
{
	return true;
}
#endif

u64 paddr_vmcoreinfo_note(void)
{
	static unsigned char note[VMCOREINFO_NOTE_SIZE];

	return (uintptr_t)note;
}
