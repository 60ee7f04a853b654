/* SPDX-License-Identifier: GPL-2.0-only */
/* <asm/hypervisor.h>: nothing of it is used in user space */
