// SPDX-License-Identifier: GPL-2.0-only
//
// What Hyper-V's firmware has and QEMU's lacks: the VMBus, below the module device whose
// _CRS is the MMIO range that VMBus hands out (vmbus_acpi_add() looks for one in the
// parents of the VMBus device). iasl needs -f for a _HID in lower case, which is the one
// that the guest looks for.
DefinitionBlock ("", "SSDT", 2, "HVLAB", "VMBUS", 1)
{
    Scope (\_SB)
    {
        Device (VMOD)
        {
            Name (_HID, "ACPI0004")
            Name (_UID, Zero)
            Name (_CRS, ResourceTemplate ()
            {
                DWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed,
                    Cacheable, ReadWrite,
                    0, 0xF8000000, 0xFEBFFFFF, 0, 0x06C00000)
            })

            Device (VMBS)
            {
                Name (_HID, "VMBus")
                Name (_UID, Zero)
                Name (_DDN, "VMBUS")
                Method (_STA, 0) { Return (0x0F) }
                Name (_CRS, ResourceTemplate () { IRQNoFlags () {5} })
            }
        }
    }
}
