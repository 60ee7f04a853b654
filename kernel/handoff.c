// SPDX-License-Identifier: GPL-2.0-only
/*
 * handoff.c - [NMI] tell the second kernel where the registry is
 *
 * One line in the VMCOREINFO note, which every dump format keeps:
 * HVCRASH_REGISTRY=0x<GPA>.
 *
 * Why the note and not vmcoreinfo_append_str() at load: that function is not
 * exported, what it appends cannot be taken back when the module goes, and a
 * crash image that was loaded before holds a copy of VMCOREINFO without the line
 * (kernel/vmcore_info.c, crash_update_vmcoreinfo_safecopy()). __crash_kexec()
 * writes the note first and calls the crash handler after, so here the note is
 * final, its address is exported, and the order of loading does not matter.
 *
 * Leaves out: the crash kernel's command line.
 */
#include <linux/elf.h>
#include <linux/io.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include "compat/compat.h"
#include "compat/vmcoreinfo.h"
#include "handoff.h"
#include "uapi/hvcrash_abi.h"

/**
 * hvcrash_handoff_vmcoreinfo - append our line to the VMCOREINFO note
 * @registry_gpa: where the registry's header is
 *
 * The length goes last, so that a reader sees the note with the line or without.
 *
 * Context: crash path, panicking CPU.
 * Return: false if the note is not as expected or has no room; it is unchanged.
 */
bool hvcrash_handoff_vmcoreinfo(u64 registry_gpa)
{
	const u32 name_bytes = ALIGN(sizeof(VMCOREINFO_NOTE_NAME), 4);
	struct elf_note *note = phys_to_virt(paddr_vmcoreinfo_note());
	char *name = (char *)(note + 1);
	char *text = name + name_bytes;
	char line[64];
	u32 room, len;

	if (note->n_namesz != sizeof(VMCOREINFO_NOTE_NAME) ||
	    memcmp(name, VMCOREINFO_NOTE_NAME, sizeof(VMCOREINFO_NOTE_NAME)))
		return false;
	len = scnprintf(line, sizeof(line), HVCRASH_VMCOREINFO_KEY "=0x%llx\n",
			registry_gpa);
	/* An empty note ends the list; it has to fit behind, aligned */
	room = VMCOREINFO_NOTE_SIZE - 2 * sizeof(*note) - name_bytes;
	if (note->n_descsz > room || room - note->n_descsz < len + 4)
		return false;
	memcpy(text + note->n_descsz, line, len);
	memset(text + ALIGN(note->n_descsz + len, 4), 0, sizeof(*note));
	WRITE_ONCE(note->n_descsz, note->n_descsz + len);
	return true;
}
