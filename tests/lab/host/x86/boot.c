// SPDX-License-Identifier: GPL-2.0-only
/*
 * boot.c - multiboot entry of the first CPU; starts the guest's kernel from
 * modules
 *
 * QEMU: -kernel host.elf -append "words for the host" -initrd "KERNEL its
 * command line,INITRD". Without modules the machine's own firmware continues
 * with the next disk that it can boot (bios.c).
 */
#include "x86.h"

/* Indexes of words in multiboot's information */
#define INFO_FLAGS 0
#define INFO_COMMAND_LINE 4
#define INFO_MODULES 5
#define INFO_MODULES_AT 6
#define INFO_MAP_BYTES 11
#define INFO_MAP_AT 12
#define HAS_COMMAND_LINE (1u << 2)
#define HAS_MAP (1u << 6)

struct module {
	u32 from, to, words, reserved;
};

/* The kernel's header and parameters, by Documentation/arch/x86/boot.rst */
#define SETUP_SECTORS 0x1f1
#define HEADER_END 0x201
#define HEADER_MAGIC 0x202
#define LOADER_TYPE 0x210
#define RAMDISK_AT 0x218
#define RAMDISK_BYTES 0x21c
#define COMMAND_LINE_AT 0x228
#define XLOADFLAGS 0x236
#define PREFERRED_AT 0x258
#define INIT_BYTES 0x260
#define E820_ENTRIES 0x1e8
#define E820_TABLE 0x2d0
#define ENTRY_64 0x200
#define HDRS 0x53726448u
#define LOADED_BY_OTHER 0xff

struct gate {
	u16 low, selector, type, middle;
	u32 high, zero;
};

extern struct gate idt[256]; /* start.S */

extern char trampoline[], trampoline_end[], fault_entries[];
void interrupt_entry(void);
void nmi_entry(void);
void boot_main(const u32 *info) __attribute__((noreturn));
void cpu_main(u32 cpu) __attribute__((noreturn));

static u32 get32(const u8 *at)
{
	u32 value;

	memcpy(&value, at, 4);
	return value;
}

static void put32(u8 *at, u32 value)
{
	memcpy(at, &value, 4);
}

static void make_idt(void)
{
	for (u32 i = 0; i < 256; i++) {
		u64 at = i == 2 ? (u64)nmi_entry :
			 i < 32 ? (u64)fault_entries + i * 16 :
				  (u64)interrupt_entry;

		idt[i].low = (u16)at;
		idt[i].middle = (u16)(at >> 16);
		idt[i].high = (u32)(at >> 32);
		idt[i].selector = 0x18;
		idt[i].type = 0x8e00;
	}
}

static void read_map(const u32 *info)
{
	const u8 *map = (const u8 *)(u64)info[INFO_MAP_AT];
	u32 bytes = info[INFO_FLAGS] & HAS_MAP ? info[INFO_MAP_BYTES] : 0;
	u64 from, length;

	for (u32 i = 0; i + 24 <= bytes; i += get32(map + i) + 4) {
		memcpy(&from, map + i + 4, 8);
		memcpy(&length, map + i + 12, 8);
		memory_range(from, from + length, get32(map + i + 20));
	}
	if (!platform_guest((u64)host_end, 1))
		end_run("host: no memory after its end at %#llx: give the machine more",
			(unsigned long long)host_end);
}

static void put_e820(u8 *params)
{
	u64 length;
	u8 nr = 0;

	for (u32 i = 0; i < nr_ranges; i++) {
		u8 *entry = params + E820_TABLE + nr * 20;

		if (ranges[i].to_come)
			continue;
		nr++;
		length = ranges[i].to - ranges[i].from;
		memcpy(entry, &ranges[i].from, 8);
		memcpy(entry + 8, &length, 8);
		put32(entry + 16, ranges[i].type);
	}
	params[E820_ENTRIES] = nr;
}

/* Page tables for the 64-bit entry: the first 4 GiB one to one */
static void put_tables(void)
{
	u64 *tables = (u64 *)BOOT_TABLES, *gdt = (u64 *)BOOT_GDT;

	memset(tables, 0, 6 * HV_PAGE);
	tables[0] = (BOOT_TABLES + HV_PAGE) | 3;
	for (u64 i = 0; i < 4; i++)
		tables[512 + i] = (BOOT_TABLES + (2 + i) * HV_PAGE) | 3;
	for (u64 i = 0; i < 4 * 512; i++)
		tables[1024 + i] = i << 21 | 0x83;
	gdt[2] = 0x00af9b000000ffffull;
	gdt[3] = 0x00cf93000000ffffull;
}

static void put_command_line(u8 *params, const char *words)
{
	char *line = (char *)BOOT_COMMAND_LINE;

	words = strchr(words, ' ') ? strchr(words, ' ') + 1 : "";
	if (strlen(words) >= BOOT_COMMAND_LINE_ROOM)
		end_run("host: the guest's command line is longer than %u characters",
			BOOT_COMMAND_LINE_ROOM - 1);
	memcpy(line, words, strlen(words) + 1);
	put32(params + COMMAND_LINE_AT, BOOT_COMMAND_LINE);
}

static u64 load_kernel(const struct module *kernel, const struct module *initrd)
{
	const u8 *image = (const u8 *)(u64)kernel->from;
	u32 bytes = kernel->to - kernel->from, setup;
	u8 *params = (u8 *)BOOT_PARAMS;
	u64 at;

	if (bytes < 0x1000 || get32(image + HEADER_MAGIC) != HDRS ||
	    !(image[XLOADFLAGS] & 1))
		end_run("host: the first module is not a 64-bit bzImage");
	setup = ((image[SETUP_SECTORS] ? image[SETUP_SECTORS] : 4) + 1) * 512u;
	memcpy(&at, image + PREFERRED_AT, 8);
	if (setup >= bytes || at < 1 << 20 ||
	    at + get32(image + INIT_BYTES) > (u64)host_begin ||
	    at + bytes > (u64)host_begin)
		end_run("host: the kernel does not fit between its preferred address %#llx and the host at %#llx",
			(unsigned long long)at,
			(unsigned long long)(u64)host_begin);
	memset(params, 0, HV_PAGE);
	memcpy(params + SETUP_SECTORS, image + SETUP_SECTORS,
	       HEADER_MAGIC + image[HEADER_END] - SETUP_SECTORS);
	memcpy((void *)at, image + setup, bytes - setup);
	put32(params + RAMDISK_AT, initrd ? initrd->from : 0);
	put32(params + RAMDISK_BYTES, initrd ? initrd->to - initrd->from : 0);
	params[LOADER_TYPE] = LOADED_BY_OTHER;
	put_command_line(params, (const char *)(u64)kernel->words);
	put_e820(params);
	put_tables();
	return at + ENTRY_64;
}

static void start_host_cpu(void)
{
	memcpy((void *)TRAMPOLINE, trampoline,
	       (u64)(trampoline_end - trampoline));
	apic_send(vps, ICR_ASSERT | ICR_INIT);
	for (u64 until = platform_time() + 1000; platform_time() < until;)
		cpu_relax();
	apic_send(vps, ICR_ASSERT | ICR_SIPI | TRAMPOLINE / HV_PAGE);
	for (u64 until = platform_time() + SECONDS(20); !host_cpu_is_up();)
		if (platform_time() > until)
			end_run("host: its own CPU, number %u, does not start",
				vps);
		else
			cpu_relax();
}

/* The words after the file name, which QEMU puts first */
static const char *words_of(const u32 *info)
{
	const char *words = info[INFO_FLAGS] & HAS_COMMAND_LINE ?
				    (const char *)(u64)info[INFO_COMMAND_LINE] :
				    "";

	return strchr(words, ' ') ? strchr(words, ' ') + 1 : "";
}

static void check_cpu(void)
{
	struct cpuid features = cpuid(0x80000001, 0);

	if (!(features.c >> 2 & 1) || !(cpuid(0x8000000a, 0).d & 1) ||
	    !(features.d >> 26 & 1))
		end_run("host: the CPU has no SVM with nested paging and pages of 1 GiB: start QEMU with -cpu EPYC,+svm");
}

void boot_main(const u32 *info)
{
	const struct module *modules =
		(const struct module *)(u64)info[INFO_MODULES_AT];
	const char *words = words_of(info), *wrong;
	struct vp_cpu *v = &vp_cpus[0];
	u64 entry = 0;

	make_idt();
	time_init();
	log_line("host: '%s', TSC %llu Hz, %llu MiB of its own", words,
		 (unsigned long long)platform_tsc_hz(),
		 (unsigned long long)(host_end - host_begin) >> 20);
	check_cpu();
	acpi_refuse_smm();
	vps = acpi_hide_last_cpu() - 1;
	read_map(info);
	memory_init();
	vp_init();
	platform_lock();
	wrong = hv_init(words, vps);
	platform_unlock();
	if (wrong)
		end_run("host: %s", wrong);
	if (hv_memory_to_come() && !info[INFO_MODULES])
		end_run("host: hot-add-at is for a kernel that the host itself starts");
	if (hv_memory_to_come())
		memory_hold_back(hv_memory_to_come(), HV_MEMORY_TO_COME);
	if (info[INFO_MODULES])
		entry = load_kernel(&modules[0], info[INFO_MODULES] > 1 ?
							 &modules[1] :
							 NULL);
	start_host_cpu();
	vp_start(v);
	if (entry)
		vp_at_kernel(v, entry);
	else
		boot_start_bios(v);
	log_line("host: %u VPs; the guest starts at %#llx", vps,
		 (unsigned long long)v->vmcb->cs.base + v->vmcb->rip);
	vp_run(v);
}

/* Entry after a SIPI: of another VP's CPU, or of the host's own */
void cpu_main(u32 cpu)
{
	struct vp_cpu *v;

	if (cpu >= vps)
		host_cpu_main();
	v = &vp_cpus[cpu];
	vp_start(v);
	vp_at_vector(v, v->start_vector);
	log_line("VP %u starts at %#x", cpu, v->start_vector << 12);
	vp_run(v);
}
