/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * host_version.h - the version and features that the hypervisor reports
 */
#ifndef _HVCRASH_HOST_VERSION_H
#define _HVCRASH_HOST_VERSION_H

#include "uapi/hvcrash_abi.h"

void hvcrash_host_version(struct hvcrash_host *host);

#endif /* _HVCRASH_HOST_VERSION_H */
