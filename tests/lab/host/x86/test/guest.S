/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * guest.S - the minimal bzImage that the host accepts (boot.c), and the guest's
 * exception handlers: they count the exception and skip the instruction.
 */
	.section .setup, "a"
	.org	0x1f1
	.byte	1			/* setup_sects: it has two sectors */
	.org	0x201
	.byte	0x66			/* the header ends after init_size */
	.ascii	"HdrS"
	.org	0x236
	.word	1			/* xloadflags: entry in 64 bits */
	.org	0x258
	.quad	GUEST_AT		/* pref_address */
	.long	0x200000		/* init_size */
	.org	0x400

	.section .head, "ax"
	.org	0x200			/* the entry in 64 bits */
	.globl	_start
_start:
	lea	stack_end(%rip), %rsp
	mov	%rsi, %rdi
	call	guest_main

	/* RDI is the vector for guest_exception(), which knows the length of
	 * the faulting instruction
	 */
	.globl	exception_entries
	.balign	16
exception_entries:
	.set	vector, 0
	.rept	32
	.balign	16
	.if	!(0x27d00 >> vector & 1)	/* those with an error code */
	push	$0
	.endif
	push	$vector
	jmp	exception
	.set	vector, vector + 1
	.endr
exception:
	push	%rax
	push	%rcx
	push	%rdx
	push	%rsi
	push	%rdi
	push	%r8
	push	%r9
	push	%r10
	push	%r11
	mov	72(%rsp), %rdi		/* vector */
	lea	88(%rsp), %rsi		/* address of the saved RIP */
	call	guest_exception
	pop	%r11
	pop	%r10
	pop	%r9
	pop	%r8
	pop	%rdi
	pop	%rsi
	pop	%rdx
	pop	%rcx
	pop	%rax
	add	$16, %rsp
	iretq

	/* Code for the started CPU: sets a word in memory if it ever runs */
	.globl	marker, marker_end
	.code16
marker:
	xor	%ax, %ax
	mov	%ax, %ds
	movl	$0x6b72616d, 0x5000
1:	hlt
	jmp	1b
marker_end:

	/* A CPU that exits all the time, and counts */
	.globl	busy, busy_end
busy:
	xor	%ax, %ax
	mov	%ax, %ds
	mov	$0x40000020, %ecx	/* the reference counter */
1:	rdmsr
	incl	0x5004
	jmp	1b
busy_end:

	.bss
	.balign	16
	.skip	16384
stack_end:
	.section .note.GNU-stack, "", @progbits
