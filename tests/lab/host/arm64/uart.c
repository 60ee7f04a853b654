// SPDX-License-Identifier: GPL-2.0-only
/*
 * uart.c - the three serial ports of QEMU's pci-serial devices
 *
 * The machine itself has one UART, which is the guest's console. Three more are
 * PCI devices in slots 1 to 3: the host's log, the guest's line to the lab, and
 * the oracle. Each gets I/O ports in a page of its own, so that stage 2 can map
 * one of them to the guest and not the others; the guest never sees PCI itself.
 */
#include "arm64.h"

#define PCI_VENDOR_DEVICE 0x00
#define PCI_COMMAND 0x04
#define PCI_COMMAND_IO 1u
#define PCI_BAR0 0x10
#define PCI_SERIAL 0x00021b36u /* QEMU, docs/specs/pci-ids */

/* 16550 */
#define UART_DATA 0
#define UART_FIFO 2
#define UART_FIFO_ON 1
#define UART_STATUS 5
#define UART_STATUS_DATA 0x01
#define UART_STATUS_ROOM 0x20

u64 uart_page(enum uart uart)
{
	return PCI_PORTS + uart * 0x1000ul;
}

static volatile u8 *register_of(enum uart uart, u32 reg)
{
	return (volatile u8 *)(uart_page(uart) + reg);
}

static void init_one(enum uart uart)
{
	u64 config = PCI_CONFIG + ((u64)uart << 15);

	if (mmio_read32(config + PCI_VENDOR_DEVICE) != PCI_SERIAL)
		return; /* no way to report it: there is no serial port */
	mmio_write32(config + PCI_BAR0, uart * 0x1000u);
	mmio_write32(config + PCI_COMMAND, PCI_COMMAND_IO);
	*register_of(uart, UART_FIFO) = UART_FIFO_ON;
}

void uart_init(void)
{
	init_one(UART_LOG);
	init_one(UART_GUEST);
	init_one(UART_ORACLE);
}

/* A reader that stopped must not stop the host: drop what cannot be sent. */
void uart_put(enum uart uart, char c)
{
	u32 tries = 1000000;

	while (!(*register_of(uart, UART_STATUS) & UART_STATUS_ROOM))
		if (!--tries)
			return;
	*register_of(uart, UART_DATA) = (u8)c;
}

/* A missing port reads as 0xff, which would mean "data ready" forever. */
bool uart_get(enum uart uart, char *ret_c)
{
	u8 status = *register_of(uart, UART_STATUS);

	if (status == 0xff || !(status & UART_STATUS_DATA))
		return false;
	*ret_c = (char)*register_of(uart, UART_DATA);
	return true;
}
