/* SPDX-License-Identifier: GPL-2.0-only */
/* <linux/elf.h>: the parts that the module uses, for user space */
#ifndef _SHIM_ELF_H
#define _SHIM_ELF_H
#include_next <linux/elf.h>

#define elf_note elf64_note
#endif
