/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * dsdt.asl - devices of the guest, for ACPI
 *
 * The console (PL011), the line to the lab (16550, INTx of PCI slot 2: SPI 5),
 * and VMBus, whose interrupt is a PPI. As in Hyper-V's DSDT, VMBus is below the
 * device that has its MMIO range. Processors are in firmware.c, since their
 * number is known there.
 */
DefinitionBlock ("", "DSDT", 2, "HVLAB ", "VIRTUAL ", 1)
{
	Scope (\_SB)
	{
		Device (COM0)
		{
			Name (_HID, "ARMH0011")
			Name (_UID, 0)
			Name (_CCA, 1)
			Name (_CRS, ResourceTemplate ()
			{
				Memory32Fixed (ReadWrite, 0x09000000, 0x1000)
				Interrupt (ResourceConsumer, Level, ActiveHigh, Exclusive) { 33 }
			})
		}

		Device (COM1)
		{
			Name (_HID, "PNP0501")
			Name (_UID, 1)
			Name (_CCA, 1)
			Name (_CRS, ResourceTemplate ()
			{
				Memory32Fixed (ReadWrite, 0x3EFF2000, 0x8)
				Interrupt (ResourceConsumer, Level, ActiveHigh, Exclusive) { 37 }
			})
		}

		Device (VMOD)
		{
			Name (_HID, "ACPI0004")
			Name (_UID, 0)
			Name (_CRS, ResourceTemplate ()
			{
				QWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed,
					NonCacheable, ReadWrite, 0, 0x0E000000, 0x0EFFFFFF, 0, 0x01000000)
			})

			Device (VMBS)
			{
				/*
				 * Hyper-V's own, which is not a valid _HID:
				 * iasl -f
				 */
				Name (_HID, "VMBus")
				Name (_UID, 0)
				Name (_CCA, 1)
				Method (_STA) { Return (15) }
				Name (_CRS, ResourceTemplate ()
				{
					Interrupt (ResourceConsumer, Edge, ActiveHigh, Exclusive) { 18 }
				})
			}
		}
	}
}
