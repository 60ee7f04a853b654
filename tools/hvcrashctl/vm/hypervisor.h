/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hypervisor.h - is this machine a guest of Hyper-V
 *
 * Called by the status checks.
 */
#ifndef HVCRASHCTL_HYPERVISOR_H
#define HVCRASHCTL_HYPERVISOR_H

#include "vm/sysroot.h"

/* What says so, to follow "by"; NULL where nothing does */
const char *hypervisor_evidence(const struct sysroot *sysroot);

#endif
