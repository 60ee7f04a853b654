// SPDX-License-Identifier: GPL-2.0-only
/*
 * stage2.c - the guest's memory map
 *
 * Stage 2 has 4 KiB granules and 32-bit addresses, and begins at level 1 (Arm
 * ARM, D8.2). All VPs share the tables of levels 2 and 3. Each VP has its own
 * level 1, which is empty while the VP is frozen: its next access then causes
 * an exit.
 *
 * An overlay is a leaf that points to a page of the host. To change a leaf, it
 * is first made invalid and flushed from all TLBs (break before make); a VP
 * that accesses it meanwhile takes an abort and retries.
 */
#include "arm64.h"

#define ENTRIES 512
#define ROOTS 4 /* of 1 GiB each */
#define END_OF_GPAS (ROOTS * 0x40000000ul)

#define ENTRY_VALID 1ul
#define ENTRY_TABLE 3ul /* also a leaf of level 3 */
#define ENTRY_ADDRESS 0x0000fffffffff000ul
#define LEAF_DEVICE (1ul << 2)
#define LEAF_NORMAL (0xful << 2)
#define LEAF_READ (1ul << 6)
#define LEAF_WRITE (2ul << 6)
#define LEAF_SHARED (3ul << 8)
#define LEAF_ACCESSED (1ul << 10)
#define LEAF_RAM                                                              \
	(LEAF_NORMAL | LEAF_READ | LEAF_WRITE | LEAF_SHARED | LEAF_ACCESSED | \
	 ENTRY_TABLE)
#define LEAF_MMIO \
	(LEAF_DEVICE | LEAF_READ | LEAF_WRITE | LEAF_ACCESSED | ENTRY_TABLE)

static u64 roots[MAX_CPUS][ROOTS] __attribute__((aligned(64)));
static u64 level1[ROOTS];
static bool frozen[MAX_CPUS];
static u64 tables_end;

/* Devices that the guest may access. None of them can write to memory. */
static const struct {
	u64 from, bytes;
} devices[] = {
	{ GICD, 0x10000 },
	{ GUEST_CONSOLE, HV_PAGE },
	{ GUEST_CLOCK, HV_PAGE },
};

static bool is_ram(u64 gpa)
{
	return gpa >= GUEST_RAM && gpa < machine.ram_end;
}

/*
 * The leaf of a GPA without overlays; 0 if nothing is mapped there. Drivers
 * walk the redistributors up to the last one, which is the host CPU's: the
 * guest may read that one.
 */
static u64 own_leaf(u64 gpa)
{
	u64 host_gicr = GICR + machine.vps * GICR_STRIDE;

	if (is_ram(gpa))
		return gpa | LEAF_RAM;
	for (size_t i = 0; i < ARRAY_SIZE(devices); i++)
		if (gpa >= devices[i].from &&
		    gpa < devices[i].from + devices[i].bytes)
			return gpa | LEAF_MMIO;
	if (gpa >= GICR && gpa < host_gicr)
		return gpa | LEAF_MMIO;
	if (gpa >= host_gicr && gpa < host_gicr + GICR_STRIDE)
		return gpa | (LEAF_MMIO & ~LEAF_WRITE);
	if (gpa == uart_page(UART_GUEST))
		return gpa | LEAF_MMIO;
	return 0;
}

static void flush_all(void)
{
	asm volatile("dsb sy; tlbi vmalls12e1is; dsb sy; isb" ::: "memory");
}

/* Tables follow the host's image in memory and are never freed. */
static u64 *new_table(void)
{
	u64 *table = (u64 *)tables_end;

	tables_end += HV_PAGE;
	return memset(table, 0, HV_PAGE);
}

/* The leaf of a GPA; NULL if it has no table */
static volatile u64 *leaf_of(u64 gpa)
{
	u64 *table;

	if (gpa >= END_OF_GPAS || !level1[gpa >> 30])
		return NULL;
	table = (u64 *)(level1[gpa >> 30] & ENTRY_ADDRESS);
	table = (u64 *)(table[gpa >> 21 & (ENTRIES - 1)] & ENTRY_ADDRESS);
	return table ? &table[gpa >> 12 & (ENTRIES - 1)] : NULL;
}

/* Makes missing tables. Only before the guest runs. */
static void map(u64 from, u64 bytes)
{
	u64 *table, *entry;

	for (u64 gpa = from; gpa < from + bytes; gpa += HV_PAGE) {
		if (!level1[gpa >> 30])
			level1[gpa >> 30] = (u64)new_table() | ENTRY_TABLE;
		table = (u64 *)(level1[gpa >> 30] & ENTRY_ADDRESS);
		entry = &table[gpa >> 21 & (ENTRIES - 1)];
		if (!*entry)
			*entry = (u64)new_table() | ENTRY_TABLE;
		*leaf_of(gpa) = own_leaf(gpa);
	}
}

static void fill_root(u32 vp)
{
	for (u32 i = 0; i < ROOTS; i++)
		roots[vp][i] = frozen[vp] ? 0 : level1[i];
}

void stage2_init(void)
{
	tables_end = (u64)image_end;
	map(GUEST_RAM, machine.ram_end - GUEST_RAM);
	for (size_t i = 0; i < ARRAY_SIZE(devices); i++)
		map(devices[i].from, devices[i].bytes);
	map(GICR, (machine.vps + 1) * GICR_STRIDE);
	map(uart_page(UART_GUEST), HV_PAGE);
	for (u32 vp = 0; vp < machine.vps; vp++)
		fill_root(vp);
	barrier_all();
}

u64 stage2_tables_end(void)
{
	return tables_end;
}

u64 stage2_root(u32 vp)
{
	return (u64)roots[vp];
}

bool stage2_is_mapped(u64 gpa, bool write)
{
	volatile u64 *leaf = leaf_of(gpa);

	return leaf && (*leaf & ENTRY_VALID) && (!write || *leaf & LEAF_WRITE);
}

static void *in_page(u64 page, u64 gpa)
{
	return (void *)((page & ENTRY_ADDRESS) | (gpa & (HV_PAGE - 1)));
}

static bool is_in_page(u64 gpa, u32 size)
{
	return size && (gpa & (HV_PAGE - 1)) + size <= HV_PAGE;
}

void *platform_guest(u64 gpa, u32 size)
{
	if (!is_ram(gpa) || !is_in_page(gpa, size))
		return NULL;
	return in_page(*leaf_of(gpa), gpa);
}

void *platform_beneath(u64 gpa, u32 size)
{
	if (!is_ram(gpa) || !is_in_page(gpa, size))
		return NULL;
	return (void *)gpa;
}

/* Overlays are over RAM only: overlay.c has checked platform_beneath(). */
static void change_leaf(u64 gpa, u64 page)
{
	volatile u64 *leaf = leaf_of(gpa);

	*leaf = 0;
	flush_all();
	*leaf = page | LEAF_RAM;
	barrier_all();
}

void platform_show(u64 gpa, u8 *own)
{
	change_leaf(gpa, (u64)own);
}

void platform_hide(u64 gpa, u8 *own)
{
	(void)own; /* the guest wrote directly into it */
	change_leaf(gpa, gpa);
}

void platform_flush_tlb(void)
{
	flush_all();
}

bool stage2_is_frozen(u32 vp)
{
	return *(volatile bool *)&frozen[vp];
}

void platform_freeze_vp(u32 vp, bool freeze)
{
	frozen[vp] = freeze;
	fill_root(vp);
	flush_all();
	if (!freeze)
		look_release(vp);
}

void platform_freeze(bool freeze)
{
	for (u32 vp = 0; vp < machine.vps; vp++)
		platform_freeze_vp(vp, freeze);
}
