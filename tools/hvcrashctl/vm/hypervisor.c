// SPDX-License-Identifier: GPL-2.0-only
/*
 * hypervisor.c - the evidence for Hyper-V, the most direct first
 *
 * See hypervisor.h. CPUID is x86's. arm64 goes by the FADT, as the kernel does
 * (hyperv_detect_via_acpi() in arch/arm64/hyperv/mshyperv.c), which root alone
 * may read; and not every machine has SMBIOS, one without a UEFI firmware has
 * none. The bus is there only where the kernel itself has found Hyper-V
 * (hv_acpi_init() in drivers/hv/vmbus_drv.c).
 */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "vm/hypervisor.h"

/* ACPI 6.0, 5.2.9: FADT, "Hypervisor Vendor Identity" */
#define FADT "/sys/firmware/acpi/tables/FACP"
#define FADT_VENDOR_AT 268
#define FADT_VENDOR "MsHyperV"
#define MAX_FADT_BYTES 4096

static bool is_by_dmi(const struct sysroot *sysroot)
{
	char vendor[64], product[64];

	sysroot_read(sysroot, "/sys/class/dmi/id/sys_vendor", vendor,
		     sizeof(vendor));
	sysroot_read(sysroot, "/sys/class/dmi/id/product_name", product,
		     sizeof(product));
	return !strcmp(vendor, "Microsoft Corporation") &&
	       !strcmp(product, "Virtual Machine");
}

static bool is_by_fadt(const struct sysroot *sysroot)
{
	size_t bytes = 0;
	char *table guarded_free =
		sysroot_read_text(sysroot, FADT, MAX_FADT_BYTES, &bytes);

	return table && bytes >= FADT_VENDOR_AT + strlen(FADT_VENDOR) &&
	       !memcmp(table, "FACP", 4) &&
	       !memcmp(table + FADT_VENDOR_AT, FADT_VENDOR,
		       strlen(FADT_VENDOR));
}

const char *hypervisor_evidence(const struct sysroot *sysroot)
{
	if (sysroot_has_hyperv_cpuid(sysroot))
		return "CPUID";
	if (is_by_dmi(sysroot))
		return "DMI";
	if (is_by_fadt(sysroot))
		return "the ACPI table FADT";
	return sysroot_exists(sysroot, "/sys/bus/vmbus") ? "its VMBus" : NULL;
}
