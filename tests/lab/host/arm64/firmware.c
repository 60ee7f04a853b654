// SPDX-License-Identifier: GPL-2.0-only
/*
 * firmware.c - the tables that a firmware would leave in memory
 *
 * ACPI tables, SMBIOS, and an EFI system table and memory map that point to
 * them, in the last 64 KiB of RAM. 6.12 recognizes Hyper-V only by the
 * hypervisor vendor in ACPI's FADT, and maps ACPI tables only if EFI's memory
 * map does not call them RAM. There are no runtime services: efi=noruntime.
 *
 * The lab's device tree (tests/lab/lib/arm64.bash) contains the addresses of
 * the system table and the memory map, which are defined here.
 */
#include "arm64.h"

/* AmlCode or dsdt_aml_code, depending on the version of iasl */
#include "dsdt.hex"

#define SYSTEM_TABLE 0x0
#define MEMORY_MAP 0x100
#define CONFIGURATION 0x200
#define VENDOR 0x300
#define RSDP 0x400
#define SMBIOS_ENTRY 0x480
#define TABLES 0x1000
#define SMBIOS 0xf000

static struct {
	u8 *base;
	u32 tables; /* address of the next one */
} blob;

static u64 address(u32 offset)
{
	return (u64)blob.base + offset;
}

static void put8(u32 at, u8 value)
{
	blob.base[at] = value;
}

static void put_bytes(u32 at, const void *bytes, u32 size)
{
	memcpy(blob.base + at, bytes, size);
}

/* Little endian, at any alignment */
static void put_number(u32 at, u64 value, u32 bytes)
{
	for (u32 i = 0; i < bytes; i++)
		put8(at + i, (u8)(value >> 8 * i));
}

static void put_checksum(u32 from, u32 bytes, u32 at)
{
	u8 sum = 0;

	put8(at, 0);
	for (u32 i = 0; i < bytes; i++)
		sum += blob.base[from + i];
	put8(at, -sum);
}

/*
 * ACPI tables: begun with a header, filled by the functions below, and closed
 * by one that returns the table's address.
 */
static u32 table;

static void add_number(u64 value, u32 bytes)
{
	put_number(blob.tables, value, bytes);
	blob.tables += bytes;
}

static void add_bytes(const void *bytes, u32 size)
{
	put_bytes(blob.tables, bytes, size);
	blob.tables += size;
}

static void begin_table(const char *signature, u32 revision)
{
	table = blob.tables;
	add_bytes(signature, 4);
	add_number(0, 4);
	add_number(revision, 1);
	add_number(0, 1);
	add_bytes("HVLAB VIRTUAL ", 14);
	add_number(1, 4);
	add_bytes("HVLB", 4);
	add_number(1, 4);
}

/* Pads the table with zeros up to this offset */
static void skip_to(u32 offset)
{
	blob.tables = table + offset;
}

static u64 end_table(void)
{
	u32 bytes = blob.tables - table;

	put_number(table + 4, bytes, 4);
	put_checksum(table, bytes, table + 9);
	blob.tables = (blob.tables + 15) & ~15u;
	return address(table);
}

static u64 put_dsdt(void)
{
	table = blob.tables;
	add_bytes(dsdt_aml_code, sizeof(dsdt_aml_code));
	blob.tables = (blob.tables + 15) & ~15u;
	return address(table);
}

/* ACPI 6.3, 5.2.9 */
static u64 put_fadt(u64 dsdt)
{
	begin_table("FACP", 6);
	skip_to(112);
	add_number(1u << 20, 4); /* flags: hardware reduced */
	skip_to(129);
	add_number(3, 2); /* PSCI, by HVC */
	add_number(3, 1); /* 6.3 */
	skip_to(140);
	add_number(dsdt, 8);
	skip_to(268);
	add_bytes("MsHyperV", 8);
	return end_table();
}

/* 5.2.12: distributor, a CPU interface for each VP, redistributors */
static u64 put_madt(void)
{
	begin_table("APIC", 5);
	add_number(0, 8);
	add_number(0x180c, 4);
	add_number(0, 4);
	add_number(GICD, 8);
	add_number(0, 4);
	add_number(3, 4); /* GICv3 */
	for (u32 vp = 0; vp < machine.vps; vp++) {
		u32 at = blob.tables;

		put_number(at, 0x500b, 2);
		put_number(at + 4, vp, 4);
		put_number(at + 8, vp, 4);
		put_number(at + 12, 1, 4);  /* enabled */
		put_number(at + 20, 23, 4); /* PMU */
		put_number(at + 68, vp,
			   8); /* MPIDR: up to 16 VPs, one cluster */
		blob.tables += 0x50;
	}
	add_number(0x100e, 4);
	add_number(GICR, 8);
	add_number((machine.vps + 1) * GICR_STRIDE, 4);
	return end_table();
}

/* 5.2.24: the timers are interrupts 29, 30, 27 and 26; 27 is always on */
static u64 put_gtdt(void)
{
	static const u8 interrupts[] = { 29, 30, 27, 26 };

	begin_table("GTDT", 2);
	add_number(~0ul, 8);
	add_number(0, 4);
	for (size_t i = 0; i < sizeof(interrupts); i++) {
		add_number(interrupts[i], 4);
		add_number(interrupts[i] == 27 ? 4 : 0, 4);
	}
	add_number(~0ul, 8);
	add_number(0, 8);
	return end_table();
}

/* Serial Port Console Redirection: the console is a PL011 */
static u64 put_spcr(void)
{
	begin_table("SPCR", 2);
	add_number(3, 1);
	skip_to(40);
	add_number(0x03002000, 4); /* 32 bits of memory, words */
	add_number(GUEST_CONSOLE, 8);
	add_number(8, 1); /* a GIC interrupt */
	add_number(0, 1);
	add_number(33, 4);
	add_number(7, 1); /* 115200 */
	skip_to(64);
	add_number(0xffffffff, 4); /* no PCI device */
	skip_to(80);
	return end_table();
}

/*
 * Processors, in AML: Device (CPUn) { Name (_HID, "ACPI0007") Name (_UID, n) }
 */
static u64 put_processors(void)
{
	static const u8 scope[] = { 0x10, 0x40, 0, '\\', '_', 'S', 'B', '_' };
	static const u8 device[] = { 0x5b, 0x82, 0x1b, 'C',  'P',  'U',
				     0,	   0x08, '_',  'H',  'I',  'D',
				     0x0d, 'A',	 'C',  'P',  'I',  '0',
				     '0',  '0',	 '7',  0,    0x08, '_',
				     'U',  'I',	 'D',  0x0a, 0 };
	u32 at, bytes = sizeof(scope) - 1 + machine.vps * sizeof(device);

	begin_table("SSDT", 2);
	at = blob.tables;
	add_bytes(scope, sizeof(scope));
	/* PkgLength of two bytes: the bytes after the opcode */
	put_number(at + 1, 0x40 | (bytes & 0xf), 1);
	put_number(at + 2, bytes >> 4, 1);
	for (u32 vp = 0; vp < machine.vps; vp++) {
		at = blob.tables;
		add_bytes(device, sizeof(device));
		put8(at + 6, "0123456789ABCDEF"[vp]);
		put8(at + sizeof(device) - 1, (u8)vp);
	}
	return end_table();
}

static void put_acpi(void)
{
	u64 dsdt = put_dsdt();
	u64 tables[] = { put_fadt(dsdt), put_madt(), put_gtdt(), put_spcr(),
			 put_processors() };
	u64 xsdt;

	begin_table("XSDT", 1);
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++)
		add_number(tables[i], 8);
	xsdt = end_table();
	put_bytes(RSDP, "RSD PTR ", 8);
	put_bytes(RSDP + 9, "HVLAB ", 6);
	put8(RSDP + 15, 2);
	put_number(RSDP + 20, 36, 4);
	put_number(RSDP + 24, xsdt, 8);
	put_checksum(RSDP, 20, RSDP + 8);
	put_checksum(RSDP, 36, RSDP + 32);
}

/* SMBIOS 3.2: identifies Azure by vendor, product and the chassis' asset tag */
static u32 add_smbios(u32 at, u8 type, u32 bytes, const u8 *strings_at,
		      const char *const *strings)
{
	u32 end = at + bytes;

	put8(at, type);
	put8(at + 1, (u8)bytes);
	put_number(at + 2, type, 2);
	for (u8 n = 0; strings && strings[n]; n++) {
		put8(at + strings_at[n], n + 1);
		put_bytes(end, strings[n], (u32)strlen(strings[n]));
		end += (u32)strlen(strings[n]) + 1;
	}
	return end + (strings ? 1 : 2);
}

static void put_smbios(void)
{
	static const u8 bios_at[] = { 4, 5, 8 };
	static const char *const bios[] = { "Microsoft Corporation",
					    "Hyper-V UEFI Release v4.1",
					    "05/13/2024", NULL };
	static const u8 system_at[] = { 4, 5 };
	static const char *const system[] = { "Microsoft Corporation",
					      "Virtual Machine", NULL };
	static const u8 chassis_at[] = { 4, 8 };
	static const char *const chassis[] = {
		"Microsoft Corporation", "7783-7084-3265-9085-8269-3286-77",
		NULL
	};
	u32 at = SMBIOS;

	at = add_smbios(at, 0, 24, bios_at, bios);
	at = add_smbios(at, 1, 27, system_at, system);
	at = add_smbios(at, 3, 22, chassis_at, chassis);
	at = add_smbios(at, 127, 4, NULL, NULL);
	put_bytes(SMBIOS_ENTRY, "_SM3_", 5);
	put8(SMBIOS_ENTRY + 6, 24);
	put8(SMBIOS_ENTRY + 7, 3);
	put8(SMBIOS_ENTRY + 8, 2);
	put8(SMBIOS_ENTRY + 10, 1);
	put_number(SMBIOS_ENTRY + 12, at - SMBIOS, 4);
	put_number(SMBIOS_ENTRY + 16, address(SMBIOS), 8);
	put_checksum(SMBIOS_ENTRY, 24, SMBIOS_ENTRY + 5);
}

static void put_memory(u32 at, u32 type, u64 from, u64 to)
{
	put_number(at, type, 4);
	put_number(at + 8, from, 8);
	put_number(at + 24, (to - from) / HV_PAGE, 8);
	put_number(at + 32, 8, 8); /* write back */
}

/* UEFI 2.7, 4.3: the system table, with two configuration tables */
static void put_efi(void)
{
	static const u8 acpi_20[16] = { 0x71, 0xe8, 0x68, 0x88, 0xf1, 0xe4,
					0xd3, 0x11, 0xbc, 0x22, 0x00, 0x80,
					0xc7, 0x3c, 0x88, 0x81 };
	static const u8 smbios_3[16] = { 0x44, 0x15, 0xfd, 0xf2, 0x94, 0x97,
					 0x2c, 0x4a, 0x99, 0x2e, 0xe5, 0xbb,
					 0xcf, 0x20, 0xe3, 0x94 };

	put_bytes(SYSTEM_TABLE, "IBI SYST", 8);
	put_number(SYSTEM_TABLE + 8, 0x00020046, 4);
	put_number(SYSTEM_TABLE + 12, 120, 4);
	put_number(SYSTEM_TABLE + 24, address(VENDOR), 8);
	put_number(SYSTEM_TABLE + 104, 2, 8);
	put_number(SYSTEM_TABLE + 112, address(CONFIGURATION), 8);
	for (u32 i = 0; i < 5; i++)
		put_number(VENDOR + 2 * i, (u8) "hvlab"[i], 2);
	put_bytes(CONFIGURATION, acpi_20, 16);
	put_number(CONFIGURATION + 16, address(RSDP), 8);
	put_bytes(CONFIGURATION + 24, smbios_3, 16);
	put_number(CONFIGURATION + 40, address(SMBIOS_ENTRY), 8);
	/* Conventional memory; ACPI reclaim memory: these tables */
	put_memory(MEMORY_MAP, 7, GUEST_RAM, address(0));
	put_memory(MEMORY_MAP + 40, 9, address(0), machine.ram_end);
}

void firmware_put(void)
{
	blob.base = (u8 *)machine.ram_end - FIRMWARE_BYTES;
	blob.tables = TABLES;
	memset(blob.base, 0, FIRMWARE_BYTES);
	put_acpi();
	put_smbios();
	put_efi();
}
