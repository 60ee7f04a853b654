/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * host_version.h - which hypervisor this is, in its own words
 */
#ifndef _HVCRASH_HOST_VERSION_H
#define _HVCRASH_HOST_VERSION_H

#include "uapi/hvcrash_abi.h"

void hvcrash_host_version(struct hvcrash_host *host);

#endif /* _HVCRASH_HOST_VERSION_H */
