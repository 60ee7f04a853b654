/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * guard_enter_x86.S - [NMI] a call that can be abandoned from inside (guard_x86.c)
 *
 * Saves the registers that a return restores on the stack, and the stack pointer in
 * *sp. Jumping to the instruction after the call with that stack pointer returns from
 * here as if the called function had returned.
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
	/* Align the stack as the ABI requires at a call */
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
