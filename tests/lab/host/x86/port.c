// SPDX-License-Identifier: GPL-2.0-only
/*
 * port.c - the few I/O ports that are intercepted
 *
 * QEMU's configuration device could copy anything into the host's memory; the
 * oracle and the log belong to the host; the firmware's tables ask the CPU
 * hotplug port which CPUs exist. A power-off is intercepted to end the log
 * properly.
 */
#include "x86.h"

#define IO_IN 1u
#define IO_STRING 4u
#define IO_PORT(info) ((u16)((info) >> 16))
#define IO_SIZE(info) ((u32)(info) >> 4 & 7)

#define PM1A_CONTROL 0x604
#define SLEEP_ENABLE 0x2000u

#define CPU_SELECTOR 0xcd8
#define CPU_FLAGS 0xcdc

#define HIDDEN_BYTES_READ UINT32_MAX

static const struct {
	u16 first, last;
	bool hidden;
} ports[] = {
	{ 0xe9, 0xe9, true },	/* the log */
	{ 0x2e8, 0x2ef, true }, /* the oracle */
	{ 0x510, 0x51b, true }, /* fw_cfg, and its DMA */
	{ PM1A_CONTROL, PM1A_CONTROL + 1, false },
	{ CPU_SELECTOR, CPU_FLAGS, false },
};

/* One bit for each port, and some more for an access that begins at the last */
static u8 map[12288] __attribute__((aligned(4096)));
static u32 selected_cpu;

u64 port_map(void)
{
	for (u32 i = 0; i < ARRAY_SIZE(ports); i++)
		for (u32 port = ports[i].first; port <= ports[i].last; port++)
			map[port / 8] |= 1u << port % 8;
	return (u64)map;
}

static bool is_hidden(u16 port, u32 size)
{
	for (u32 i = 0; i < ARRAY_SIZE(ports); i++)
		if (ports[i].hidden && port <= ports[i].last &&
		    port + size > ports[i].first)
			return true;
	/* The last CPU is the host's, and none can be removed */
	return port == CPU_FLAGS && selected_cpu >= vps;
}

static u32 in(u16 port, u32 size)
{
	switch (size) {
	case 1:
		return inb(port);
	case 2:
		return inw(port);
	}
	return inl(port);
}

static void out(u16 port, u32 size, u32 value)
{
	switch (size) {
	case 1:
		outb(port, (u8)value);
		return;
	case 2:
		outw(port, (u16)value);
		return;
	}
	outl(port, value);
}

static u32 read_port(u16 port, u32 size)
{
	if (is_hidden(port, size))
		return port == CPU_FLAGS ? 0 : HIDDEN_BYTES_READ;
	return in(port, size);
}

static void write_port(u16 port, u32 size, u32 value)
{
	if (is_hidden(port, size))
		return;
	if (port == CPU_SELECTOR)
		selected_cpu = value;
	if (port == PM1A_CONTROL && value & SLEEP_ENABLE)
		platform_end("guest: it turned the power off");
	out(port, size, value);
}

void port_exit(struct vp_cpu *v)
{
	struct vmcb *b = v->vmcb;
	u32 info = (u32)b->exit_info_1, size = IO_SIZE(info);
	u64 mask = size == 4 ? UINT32_MAX : (1ull << size * 8) - 1;
	u16 port = IO_PORT(info);
	u32 value;

	if (info & IO_STRING)
		vp_guest_failed(v, "string I/O at port %#x", port);
	if (info & IO_IN) {
		value = read_port(port, size);
		/* Like any 32-bit result, it clears the upper half */
		b->rax = size == 4 ? value : (b->rax & ~mask) | (value & mask);
	} else {
		write_port(port, size, (u32)(b->rax & mask));
	}
	b->rip = b->exit_info_2;
}
