/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * guard_enter_x86.S - [NMI] a call that can be left from inside (guard_x86.c)
 *
 * What a return puts back is on the stack, and the stack pointer is kept: who goes to
 * the instruction after the call with that returns from here as if it had.
 */
#include <linux/linkage.h>

/* int hvcrash_guard_enter(unsigned long *sp): %eax is what hvcrash_guard_body() returns */
SYM_FUNC_START(hvcrash_guard_enter)
	push	%rbp
	mov	%rsp, %rbp
	push	%rbx
	push	%r12
	push	%r13
	push	%r14
	push	%r15
	/* To where the ABI wants it at a call */
	sub	$8, %rsp
	mov	%rsp, (%rdi)
	call	hvcrash_guard_body
	add	$8, %rsp
	pop	%r15
	pop	%r14
	pop	%r13
	pop	%r12
	pop	%rbx
	pop	%rbp
	RET
SYM_FUNC_END(hvcrash_guard_enter)
