// SPDX-License-Identifier: GPL-2.0-only
/*
 * memory.c - the guest's memory: nested paging, and overlays
 *
 * A GPA is the machine's address; nested paging only serves to leave things
 * out: the host's own range, the page in which CPUs start, and the APIC
 * registers that could affect the host's CPU. Leaves of 2 MiB, and of 1 GiB
 * from 4 GiB on.
 *
 * Overlays exchange contents: the words of the guest's page and of the host's
 * are swapped one by one, each with an atomic exchange. To a guest that is
 * equivalent to another mapping of the GPA:
 *  - a write of another VP during the exchange lands before or after it, and so in one
 *    page or the other, as with a mapping. An aligned write of up to 8 bytes is never
 *    torn or lost; the halves of a larger write may end up in different pages, as they
 *    may on Hyper-V, where each VP learns of a mapping at its own time;
 *  - a guest that reads the GPA sees the overlay's contents, and later its own page's
 *    again: only the host can reach the hidden page;
 *  - all VPs see the change when platform_show() returns, without a TLB flush.
 * Differences: a device that writes to the GPA by DMA reaches the overlay and
 * not the page beneath; a VP may see a half-done exchange. Both require a guest
 * that uses the page while it turns the overlay on or off.
 */
#include "x86.h"

#define PRESENT_USER 5ull
#define WRITABLE 2ull
#define LEAF 0x80ull
#define BIG_PAGE (2ull << 20)
#define HUGE_PAGE (1ull << 30)
#define LOW_GIBS 4

struct range ranges[MAX_RANGES];
u32 nr_ranges;

static u64 root[512] __attribute__((aligned(4096)));
static u64 gibs[512] __attribute__((aligned(4096)));
static u64 bigs[LOW_GIBS][512] __attribute__((aligned(4096)));
static u64 low_pages[512] __attribute__((aligned(4096)));
static u64 apic_pages[512] __attribute__((aligned(4096)));

/* What the guest reads at the CPUs' start page */
static const u8 zeros[HV_PAGE] __attribute__((aligned(4096)));

static struct {
	u64 gpa;
	u8 *own;
} shown[HV_MAX_VPS * 4 + 8];
static u32 nr_shown;

/* Adds a range without the host's own part */
void memory_range(u64 from, u64 to, u32 type)
{
	u64 begin = (u64)host_begin, end = (u64)host_end;

	if (type == 1 && from < end && to > begin) {
		memory_range(from, begin, type);
		memory_range(begin, end, 2);
		from = end;
	} else if (type == 1 && from <= TRAMPOLINE && to > TRAMPOLINE) {
		memory_range(from, TRAMPOLINE, type);
		memory_range(TRAMPOLINE, TRAMPOLINE + HV_PAGE, 2);
		from = TRAMPOLINE + HV_PAGE;
	}
	if (from >= to)
		return;
	if (nr_ranges == MAX_RANGES)
		end_run("host: the machine's memory map has too many ranges");
	ranges[nr_ranges++] = (struct range){ from, to, type, false };
}

/*
 * RAM to be hot-added later is mapped from the start, but missing from the
 * guest's map: its CPUs do not access addresses without memory.
 */
void memory_hold_back(u64 from, u64 bytes)
{
	for (u32 i = 0; i < nr_ranges; i++) {
		struct range r = ranges[i];

		if (r.type != 1 || r.from > from || r.to < from + bytes)
			continue;
		ranges[i].from = from;
		ranges[i].to = from + bytes;
		ranges[i].to_come = true;
		memory_range(r.from, from, 1);
		memory_range(from + bytes, r.to, 1);
		return;
	}
	end_run("host: no memory at %#llx that could be hidden",
		(unsigned long long)from);
}

bool memory_is_host(u64 gpa)
{
	return (gpa >= (u64)host_begin && gpa < (u64)host_end) ||
	       (gpa & ~(HV_PAGE - 1)) == TRAMPOLINE;
}

void memory_init(void)
{
	root[0] = (u64)gibs | PRESENT_USER | WRITABLE;
	for (u64 i = 0; i < 512; i++)
		gibs[i] =
			i < LOW_GIBS ?
				(u64)bigs[i] | PRESENT_USER | WRITABLE :
				i * HUGE_PAGE | LEAF | PRESENT_USER | WRITABLE;
	for (u64 i = 0; i < LOW_GIBS * 512; i++)
		if (!memory_is_host(i * BIG_PAGE))
			bigs[i / 512][i % 512] =
				i * BIG_PAGE | LEAF | PRESENT_USER | WRITABLE;
	for (u64 i = 0; i < 512; i++) {
		low_pages[i] = i * HV_PAGE | PRESENT_USER | WRITABLE;
		apic_pages[i] =
			(APIC_AT + i * HV_PAGE) | PRESENT_USER | WRITABLE;
	}
	/* Kernels look for tables in all of this (reserve_ibft_region()) */
	low_pages[TRAMPOLINE / HV_PAGE] = (u64)zeros | PRESENT_USER;
	/*
	 * The APIC may be read; writes are intercepted, since the ICR could
	 * start code on the host's CPU. After it come MSIs, which a CPU does
	 * not write.
	 */
	apic_pages[0] &= ~WRITABLE;
	for (u32 i = 1; i < 256; i++)
		apic_pages[i] = 0;
	bigs[0][0] = (u64)low_pages | PRESENT_USER | WRITABLE;
	bigs[0][APIC_AT / BIG_PAGE] = (u64)apic_pages | PRESENT_USER | WRITABLE;
}

u64 memory_nested_root(void)
{
	return (u64)root;
}

void *platform_guest(u64 gpa, u32 size)
{
	if (!size || gpa % HV_PAGE + size > HV_PAGE)
		return NULL;
	for (u32 i = 0; i < nr_ranges; i++)
		if (ranges[i].type == 1 && gpa >= ranges[i].from &&
		    gpa < ranges[i].to && size <= ranges[i].to - gpa)
			return (void *)gpa;
	return NULL;
}

void *platform_beneath(u64 gpa, u32 size)
{
	u8 *at = platform_guest(gpa, size);

	if (!at)
		return NULL;
	for (u32 i = 0; i < nr_shown; i++)
		if (shown[i].gpa == (gpa & ~(HV_PAGE - 1)))
			return shown[i].own + gpa % HV_PAGE;
	return at;
}

static void exchange(u64 gpa, u8 *own)
{
	u64 *theirs = platform_guest(gpa, HV_PAGE), *ours = (u64 *)own;

	if (!theirs || gpa % HV_PAGE)
		end_run("host: an overlay at %#llx, where the guest has no page",
			(unsigned long long)gpa);
	for (u32 i = 0; i < HV_PAGE / 8; i++)
		ours[i] = __atomic_exchange_n(&theirs[i], ours[i],
					      __ATOMIC_SEQ_CST);
}

void platform_show(u64 gpa, u8 *own)
{
	if (nr_shown == ARRAY_SIZE(shown))
		end_run("host: too many overlays");
	exchange(gpa, own);
	shown[nr_shown].gpa = gpa;
	shown[nr_shown++].own = own;
}

void platform_hide(u64 gpa, u8 *own)
{
	for (u32 i = 0; i < nr_shown; i++) {
		if (shown[i].gpa != gpa || shown[i].own != own)
			continue;
		exchange(gpa, own);
		shown[i] = shown[--nr_shown];
		return;
	}
	end_run("host: no overlay at %#llx to hide", (unsigned long long)gpa);
}

void platform_hypercall_code(u8 *page)
{
	/* ENDBR64, VMMCALL, RET */
	static const u8 code[] = { 0xf3, 0x0f, 0x1e, 0xfa,
				   0x0f, 0x01, 0xd9, 0xc3 };

	memcpy(page, code, sizeof(code));
}
