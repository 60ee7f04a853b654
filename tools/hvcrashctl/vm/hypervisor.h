/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hypervisor.h - whether this machine is a guest of Hyper-V
 *
 * Called by the status checks.
 */
#ifndef HVCRASHCTL_HYPERVISOR_H
#define HVCRASHCTL_HYPERVISOR_H

#include "vm/sysroot.h"

/* The evidence, to follow "by"; NULL if there is none */
const char *hypervisor_evidence(const struct sysroot *sysroot);

#endif
