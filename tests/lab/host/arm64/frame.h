/* SPDX-License-Identifier: GPL-2.0-only */
/* frame.h - what an exit leaves on the stack of its CPU; for C and assembly */
#ifndef FRAME_H
#define FRAME_H

#define FRAME_X(n) ((n)*8)
#define FRAME_ELR 248
#define FRAME_SPSR 256
#define FRAME_BYTES 272

#define STACK_BYTES 16384

#endif
