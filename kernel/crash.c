// SPDX-License-Identifier: GPL-2.0-only
/*
 * crash.c - [NMI] what happens between the panic and the second kernel
 *
 * Called by the hooks on the panicking CPU, after the kernel has stopped the
 * others and they have parked. The order: park, hand over, unload VMBus, revoke,
 * hash.
 *
 * Why CPUs park: the host delivers its answer to UNLOAD into the message page of
 * the VP that made first contact. If that page is revoked first, every panic waits
 * the kernel's full 100 s for the answer.
 *
 * Invariant: whatever fails here is recorded and the dump goes on. No lock, no
 * allocation, every wait bounded, one line of printk if something failed. This
 * includes a fault of our own: on x86 each step runs under guard (guard_x86.c).
 *
 * Leaves out: what a panic and a kexec have in common (revoke.c, unload.c), and the
 * callers (hooks_*.c).
 */
#include <linux/elf.h>
#include <linux/io.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/xxhash.h>
#include "compat/compat.h"
#include "compat/vmcoreinfo.h"
#include "crash.h"
#include "cycles.h"
#include "driver_pages.h"
#include "guard.h"
#include "hvcrash.h"
#include "inject.h"
#include "revoke.h"
#include "unload.h"

/*
 * Contents of the revoked pages when the first kernel ended: a hash of each extent, for
 * the audit to compare. A difference means that the page was written after the revoke.
 * Overlays are off by now, so the guest's own page is read.
 *
 * A damaged extent that no longer names memory is not hashed, with no other effect.
 * Bounded by the parameter hash_budget_ms; pages beyond it are counted, and the audit
 * reports them.
 *
 * Only the panicking CPU hashes.
 */
static u8 page[HVCRASH_PAGE_BYTES];

/**
 * struct hashing - state of the walk over contents
 * @deadline: in cycles
 * @gpadls: this round hashes GPADLs, else everything else
 */
struct hashing {
	u64 deadline;
	bool gpadls;
};

static bool hash_one(struct hvcrash_extent *e, void *ctx)
{
	struct hashing *h = ctx;
	struct xxh64_state x;
	u32 i;

	if (e->state != HVCRASH_REVOKED && e->state != HVCRASH_UNLOADED)
		return true;
	if ((e->kind == HVCRASH_KIND_GPADL) != h->gpadls ||
	    (e->flags & HVCRASH_EXTENT_NOT_RAM))
		return true;
	xxh64_reset(&x, 0);
	for (i = 0; i < e->pages && hvcrash_cycles() < h->deadline; i++) {
		if (copy_from_kernel_nofault(
			    page,
			    phys_to_virt(e->gpa) + (u64)i * HVCRASH_PAGE_BYTES,
			    sizeof(page)))
			break;
		xxh64_update(&x, page, sizeof(page));
	}
	if (i < e->pages) {
		hvcrash_report()->pages_not_hashed += e->pages;
		return true;
	}
	e->hash = xxh64_digest(&x);
	e->flags |= HVCRASH_EXTENT_HASHED;
	hvcrash_report()->pages_hashed += e->pages;
	return true;
}

/**
 * hvcrash_crash_hash - hash all revoked pages, as far as time allows
 *
 * Overlays and monitor pages first: the hypervisor writes to them without a request.
 *
 * Context: crash path, panicking CPU, after all states are recorded.
 */
void hvcrash_crash_hash(void)
{
	struct hashing h = {
		.deadline = hvcrash_cycles() +
			    (u64)hvcrash_cycles_khz() * hvcrash_hash_budget_ms,
	};

	hvcrash_registry_for_each(&hvcrash_registry, hash_one, &h);
	h.gpadls = true;
	hvcrash_registry_for_each(&hvcrash_registry, hash_one, &h);
	hvcrash_report()->tsc_hash_end = hvcrash_cycles();
}

/**
 * hvcrash_crash_hand_over - append our line to the VMCOREINFO note
 * @registry_gpa: GPA of the registry's header
 *
 * One line in the VMCOREINFO note, which every dump format keeps:
 * HVCRASH_REGISTRY=0x<GPA>.
 *
 * Why the note and not vmcoreinfo_append_str() at load: that function is not
 * exported, what it appends cannot be removed when the module is unloaded, and a
 * crash image that was loaded before holds a copy of VMCOREINFO without the line
 * (kernel/vmcore_info.c, crash_update_vmcoreinfo_safecopy()). __crash_kexec()
 * writes the note first and calls the crash handler after, so here the note is
 * final, its address is exported, and the order of loading does not matter.
 *
 * The length is written last, so a reader sees the note with the line or without it.
 *
 * Context: crash path, panicking CPU.
 * Return: false, with the note unchanged, if it is not as expected or has no room.
 */
bool hvcrash_crash_hand_over(u64 registry_gpa)
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
	/* An empty note ends the list; it has to fit after the line, aligned */
	room = VMCOREINFO_NOTE_SIZE - 2 * sizeof(*note) - name_bytes;
	if (note->n_descsz > room || room - note->n_descsz < len + 4)
		return false;
	memcpy(text + note->n_descsz, line, len);
	memset(text + ALIGN(note->n_descsz + len, 4), 0, sizeof(*note));
	WRITE_ONCE(note->n_descsz, note->n_descsz + len);
	return true;
}

static void unload(void)
{
	hvcrash_inject_fault_at(1);
	if (hvcrash_inject_revokes_first())
		hvcrash_revoke_all();
	hvcrash_unload_in_panic();
	hvcrash_driver_pages_revoke();
}

static void revoke(void)
{
	if (!hvcrash_inject_revokes_first())
		hvcrash_revoke_all();
	hvcrash_inject_fault_at(4);
}

static void record(void)
{
	hvcrash_inject_fault_at(2);
	hvcrash_revoke_record();
}

static void complain(void)
{
	hvcrash_inject_fault_at(3);
	hvcrash_revoke_complain();
}

static void seal(void)
{
	hvcrash_revoke_vm();
	hvcrash_crash_hash();
	hvcrash_report()->tsc_end = hvcrash_cycles();
	hvcrash_registry_finish(&hvcrash_registry);
}

/**
 * hvcrash_crash_finish - hand over, unload, revoke, record, hash
 * @release: lets the parked CPUs continue into the kernel's own stop
 *
 * The hand-over comes first: then the registry is found whatever happens next. If the
 * crash path does not finish, the audit says that it cannot tell.
 *
 * The hypercall page is revoked when nothing can call into it any more: after the
 * release, since a CPU may have been stopped in the middle of a hypercall, to which it
 * returns for a moment, and after the complaint, since a network console may make one.
 * Hashing comes last, after everything that may still write.
 *
 * If a step faults, only the revoke is still tried, and never twice: if the kernel
 * came here from an oops with its die_lock held, a second fault would wait for that
 * lock forever (oops_begin(), arch/x86/kernel/dumpstack.c).
 *
 * Context: panicking CPU, after hvcrash_revoke_wait_parked().
 */
void hvcrash_crash_finish(void (*release)(void))
{
	bool is_well;

	hvcrash_crash_hand_over(hvcrash_registry.header->gpa);
	is_well = hvcrash_guard_run(unload);
	if (!hvcrash_guard_run(revoke))
		is_well = false;
	release();
	if (!is_well || !hvcrash_guard_run(record))
		return;
	hvcrash_guard_run(complain);
	hvcrash_guard_run(seal);
}

/**
 * hvcrash_crash_finish_unprepared - finish after a fault in an earlier step
 *
 * Does only what the kernel itself would do: our own data may be damaged.
 *
 * Context: panicking CPU.
 */
void hvcrash_crash_finish_unprepared(void)
{
	hvcrash_crash_hand_over(hvcrash_registry.header->gpa);
	hvcrash_guard_run(hvcrash_unload_in_panic);
}
