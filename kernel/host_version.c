// SPDX-License-Identifier: GPL-2.0-only
/*
 * host_version.c - the version and features that the hypervisor reports
 *
 * Called once, at load. For people who read an audit and know that some version
 * of the host had a fault: hvcrash itself makes no decision by version.
 */
#include "compat/compat.h"
#include "host_version.h"
#include "regs_access.h"

/**
 * hvcrash_host_version - fill in the registry's description of the host
 * @host: zeroed
 *
 * Context: process.
 */
void hvcrash_host_version(struct hvcrash_host *host)
{
	u32 version[4];

	if (!hvcrash_reg_host_version(version)) {
		host->build = version[0];
		host->major = version[1] >> 16;
		host->minor = version[1];
		host->service_pack = version[2];
		host->service = version[3];
	}
	host->features = ms_hyperv.features;
	host->features_high = hvcrash_privileges_high();
	host->misc_features = ms_hyperv.misc_features;
	host->hints = ms_hyperv.hints;
}
