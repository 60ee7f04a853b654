// SPDX-License-Identifier: GPL-2.0-only
/* acpi.c - the firmware's tables: the host's CPU is not in the guest's MADT */
#include "x86.h"

#define BIOS_FROM 0xe0000ull
#define BIOS_TO 0x100000ull
#define MOST_BYTES (1u << 20)

#define SMI_COMMAND 48 /* of the FADT */
#define MADT_ENTRIES 44
#define MADT_LOCAL_APIC 0
#define ENABLED 1u

struct table {
	char signature[4];
	u32 bytes;
	u8 revision, checksum;
} __attribute__((packed));

struct local_apic {
	u8 type, bytes, processor, id;
	u32 flags;
} __attribute__((packed));

static struct table *table_at(u32 at)
{
	struct table *t = (struct table *)(u64)at;

	return at && t->bytes >= 36 && t->bytes < MOST_BYTES ? t : NULL;
}

static struct table *find(const char *signature)
{
	struct table *rsdt = NULL, *t;

	for (u64 at = BIOS_FROM; at < BIOS_TO && !rsdt; at += 16)
		if (!memcmp((void *)at, "RSD PTR ", 8))
			rsdt = table_at(*(u32 *)(at + 16));
	for (u32 i = 36; rsdt && i + 4 <= rsdt->bytes; i += 4) {
		t = table_at(*(u32 *)((u8 *)rsdt + i));
		if (t && !memcmp(t->signature, signature, 4))
			return t;
	}
	return NULL;
}

static struct local_apic *entry_at(struct table *madt, u32 at)
{
	struct local_apic *a = (struct local_apic *)((u8 *)madt + at);

	if (at + 2 > madt->bytes || a->bytes < 2 || at + a->bytes > madt->bytes)
		return NULL;
	return a;
}

static void fix_checksum(struct table *t)
{
	u8 sum = 0;

	t->checksum = 0;
	for (u32 i = 0; i < t->bytes; i++)
		sum += ((u8 *)t)[i];
	t->checksum = (u8)-sum;
}

/*
 * The CPU with the highest ID among those that are present. CPUs that are only
 * announced (-smp maxcpus=) may follow: these stay, as CPUs that never come.
 */
u32 acpi_hide_last_cpu(void)
{
	struct table *madt = find("APIC");
	struct local_apic *a, *last = NULL;
	u32 cpus = 0, at;

	if (!madt)
		end_run("host: the firmware has no MADT");
	for (at = MADT_ENTRIES; (a = entry_at(madt, at)); at += a->bytes) {
		if (a->type != MADT_LOCAL_APIC || !(a->flags & ENABLED))
			continue;
		cpus++;
		if (!last || a->id > last->id)
			last = a;
	}
	if (cpus < 2 || cpus > MAX_CPUS || last->id != cpus - 1)
		end_run("host: %u CPUs, and the last is number %u; it needs 2 to %u, numbered from 0",
			cpus, last ? last->id : 0, MAX_CPUS);
	at = (u32)((u8 *)last - (u8 *)madt) + last->bytes;
	madt->bytes -= last->bytes;
	memmove(last, (u8 *)madt + at, madt->bytes + last->bytes - at);
	fix_checksum(madt);
	return cpus;
}

/*
 * Code in SMM would run beside the host, and a guest can put code there, since
 * SeaBIOS does not lock that memory. Firmware without SMM has no port for SMIs.
 */
void acpi_refuse_smm(void)
{
	struct table *fadt = find("FACP");

	if (fadt && fadt->bytes >= SMI_COMMAND + 4 &&
	    *(u32 *)((u8 *)fadt + SMI_COMMAND))
		end_run("host: the machine has SMM, in which a guest could run beside the host: start QEMU with -machine smm=off");
}
