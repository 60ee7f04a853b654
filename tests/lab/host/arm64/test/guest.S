/* SPDX-License-Identifier: GPL-2.0-only */
/* guest.S - the entry, exceptions, and calls to the host */
	.section .head, "ax"
	.global	_start
_start:	ldr	x1, =stack_end
	mov	sp, x1
	ldr	x1, =vectors
	msr	vbar_el1, x1
	isb
	b	guest_main

	.text
	.align	11
vectors:
	.rept	16
	.align	7
	mrs	x0, esr_el1
	mrs	x1, elr_el1
	b	guest_exception
	.endr

/*
 * void call(u64 x[18]): HVC with X0 to X17 loaded from x and stored back
 * afterwards
 */
	.global	call
call:	stp	x29, x30, [sp, #-32]!
	str	x0, [sp, #16]
	mov	x30, x0
	ldp	x0, x1, [x30]
	ldp	x2, x3, [x30, #16]
	ldp	x4, x5, [x30, #32]
	ldp	x6, x7, [x30, #48]
	ldp	x8, x9, [x30, #64]
	ldp	x10, x11, [x30, #80]
	ldp	x12, x13, [x30, #96]
	ldp	x14, x15, [x30, #112]
	ldp	x16, x17, [x30, #128]
	hvc	#0
	ldr	x30, [sp, #16]
	stp	x0, x1, [x30]
	stp	x2, x3, [x30, #16]
	stp	x4, x5, [x30, #32]
	stp	x6, x7, [x30, #48]
	stp	x8, x9, [x30, #64]
	stp	x10, x11, [x30, #80]
	stp	x12, x13, [x30, #96]
	stp	x14, x15, [x30, #112]
	stp	x16, x17, [x30, #128]
	ldp	x29, x30, [sp], #32
	ret

	.bss
	.balign	16
	.skip	16384
stack_end:
