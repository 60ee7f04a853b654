/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * frame.h - the registers that an exit saves on its CPU's stack; for C and
 * assembly
 */
#ifndef FRAME_H
#define FRAME_H

#define FRAME_X(n) ((n)*8)
#define FRAME_ELR 248
#define FRAME_SPSR 256
#define FRAME_BYTES 272

#define STACK_BYTES 16384

#endif
