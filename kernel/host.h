/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * host.h - which hypervisor this is, in its own words
 */
#ifndef _HVCRASH_HOST_H
#define _HVCRASH_HOST_H

#include "uapi/hvcrash_abi.h"

void hvcrash_host_describe(struct hvcrash_host *host);

#endif /* _HVCRASH_HOST_H */
