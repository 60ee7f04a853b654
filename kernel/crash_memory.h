/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * crash_memory.h - memory that this kernel uses and its crash kernel will use
 */
#ifndef _HVCRASH_CRASH_MEMORY_H
#define _HVCRASH_CRASH_MEMORY_H

#include "uapi/hvcrash_abi.h"

void hvcrash_crash_memory(struct hvcrash_header *header);
void hvcrash_crash_memory_parse(struct hvcrash_header *header, char *text);

#endif /* _HVCRASH_CRASH_MEMORY_H */
