/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hooks.h - where the kernel calls us
 */
#ifndef _HVCRASH_HOOKS_H
#define _HVCRASH_HOOKS_H

int hvcrash_hooks_init(void);
void hvcrash_hooks_deinit(void);

/* How the other CPUs are stopped so that they park, in one word of ABI/ */
extern const char *const hvcrash_stops_by;

#endif /* _HVCRASH_HOOKS_H */
