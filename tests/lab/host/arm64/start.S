/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * start.S - the entry points of CPUs at EL2, and the vectors for the guest's
 * exits
 */
#include "frame.h"

	.section .head, "ax"
/* Header of an arm64 Image (Documentation/arch/arm64/booting.rst): QEMU loads
 * such an image at text_offset from the beginning of RAM, and starts it at EL2.
 */
	.global	image_head
image_head:
	b	boot_cpu
	.long	0
	.quad	0x200000		/* text_offset */
	.quad	image_size
	.quad	0xa			/* little endian, 4 KiB pages, any address */
	.quad	0, 0, 0
	.ascii	"ARM\x64"
	.long	0

	.text
boot_cpu:
	ldr	x1, =image_bss
	ldr	x2, =image_end
1:	str	xzr, [x1], #8
	cmp	x1, x2
	b.lo	1b
	mov	x19, xzr
	bl	set_up_cpu
	b	host_boot

/* A CPU that PSCI started: x0 is the CPU's number */
	.global	cpu_entry
cpu_entry:
	mov	x19, x0
	bl	set_up_cpu
	mov	x0, x19
	b	host_cpu_started

/* x19: number of the CPU */
set_up_cpu:
	ldr	x1, =vectors
	msr	vbar_el2, x1
	msr	tpidr_el2, x19
	ldr	x1, =stacks
	add	x2, x19, #1
	mov	x3, #STACK_BYTES
	madd	x1, x2, x3, x1
	mov	sp, x1
	isb
	ret

/* void enter_guest(u64 x0): ELR_EL2 and SPSR_EL2 are set */
	.global	enter_guest
enter_guest:
	mrs	x1, tpidr_el2
	ldr	x2, =stacks
	add	x1, x1, #1
	mov	x3, #STACK_BYTES
	madd	x2, x1, x3, x2
	mov	sp, x2
	mov	x1, xzr
	mov	x2, xzr
	mov	x3, xzr
	dsb	sy
	isb
	eret

	.macro	vector target
	.align	7
	sub	sp, sp, #FRAME_BYTES
	stp	x0, x1, [sp, #FRAME_X(0)]
	mov	x1, #(. - vectors) >> 7
	b	\target
	.endm

	.align	11
vectors:
	.rept	8
	vector	own_exception
	.endr
	vector	guest_exit
	.rept	7
	vector	own_exception
	.endr

guest_exit:
	stp	x2, x3, [sp, #FRAME_X(2)]
	stp	x4, x5, [sp, #FRAME_X(4)]
	stp	x6, x7, [sp, #FRAME_X(6)]
	stp	x8, x9, [sp, #FRAME_X(8)]
	stp	x10, x11, [sp, #FRAME_X(10)]
	stp	x12, x13, [sp, #FRAME_X(12)]
	stp	x14, x15, [sp, #FRAME_X(14)]
	stp	x16, x17, [sp, #FRAME_X(16)]
	stp	x18, x19, [sp, #FRAME_X(18)]
	stp	x20, x21, [sp, #FRAME_X(20)]
	stp	x22, x23, [sp, #FRAME_X(22)]
	stp	x24, x25, [sp, #FRAME_X(24)]
	stp	x26, x27, [sp, #FRAME_X(26)]
	stp	x28, x29, [sp, #FRAME_X(28)]
	mrs	x0, elr_el2
	stp	x30, x0, [sp, #FRAME_X(30)]
	mrs	x0, spsr_el2
	str	x0, [sp, #FRAME_SPSR]
	mov	x0, sp
	bl	guest_exited
	ldr	x0, [sp, #FRAME_SPSR]
	msr	spsr_el2, x0
	ldp	x30, x0, [sp, #FRAME_X(30)]
	msr	elr_el2, x0
	ldp	x28, x29, [sp, #FRAME_X(28)]
	ldp	x26, x27, [sp, #FRAME_X(26)]
	ldp	x24, x25, [sp, #FRAME_X(24)]
	ldp	x22, x23, [sp, #FRAME_X(22)]
	ldp	x20, x21, [sp, #FRAME_X(20)]
	ldp	x18, x19, [sp, #FRAME_X(18)]
	ldp	x16, x17, [sp, #FRAME_X(16)]
	ldp	x14, x15, [sp, #FRAME_X(14)]
	ldp	x12, x13, [sp, #FRAME_X(12)]
	ldp	x10, x11, [sp, #FRAME_X(10)]
	ldp	x8, x9, [sp, #FRAME_X(8)]
	ldp	x6, x7, [sp, #FRAME_X(6)]
	ldp	x4, x5, [sp, #FRAME_X(4)]
	ldp	x2, x3, [sp, #FRAME_X(2)]
	ldp	x0, x1, [sp, #FRAME_X(0)]
	add	sp, sp, #FRAME_BYTES
	eret

own_exception:
	mov	x0, x1
	bl	host_exception
	b	.

/* u64 smc(u64 function, u64 a1, u64 a2, u64 a3): to QEMU's PSCI */
	.global	smc
smc:	smc	#0
	ret
