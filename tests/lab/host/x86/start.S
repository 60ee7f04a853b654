/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * start.S - entry into the host: multiboot on the first CPU, a SIPI on the
 * others; and entry into a guest and back.
 */
#include "layout.h"

#define MULTIBOOT_MAGIC 0x1badb002
#define MULTIBOOT_FLAGS 3 /* modules on pages, a memory map */

#define MSR_EFER 0xc0000080
#define EFER_BITS 0x1900 /* SVME, NXE, LME */

	.section .head, "ax"
	.balign	4
	.long	MULTIBOOT_MAGIC, MULTIBOOT_FLAGS
	.long	-(MULTIBOOT_MAGIC + MULTIBOOT_FLAGS)

	.code32
	.globl	_start
_start:
	cli
	mov	%ebx, %ebp		/* multiboot's information */
	/* 4 GiB one to one in leaves of 2 MiB, the rest of 512 GiB in 1 GiB */
	movl	$pdpt + 3, pml4
	mov	$pdpt, %edi
	mov	$page_directories + 3, %eax
1:	mov	%eax, (%edi)
	add	$8, %edi
	add	$4096, %eax
	cmp	$pdpt + 4 * 8, %edi
	jb	1b
	xor	%edx, %edx
	mov	$1, %edx		/* the upper half of 4 GiB */
	xor	%eax, %eax
2:	mov	%eax, %ecx
	or	$0x83, %ecx
	mov	%ecx, (%edi)
	mov	%edx, 4(%edi)
	add	$0x40000000, %eax
	adc	$0, %edx
	add	$8, %edi
	cmp	$pdpt + 512 * 8, %edi
	jb	2b
	mov	$page_directories, %edi
	mov	$0x83, %eax
3:	mov	%eax, (%edi)
	add	$8, %edi
	add	$0x200000, %eax
	jnc	3b
	lgdt	gdt_pointer
	mov	$1, %esi
	jmp	long_mode

	/* ebp: multiboot's information; esi: 1 on the first CPU */
long_mode:
	mov	$0x10, %eax
	mov	%eax, %ds
	mov	%eax, %es
	mov	%eax, %ss
	mov	$0x620, %eax		/* OSXMMEXCPT, OSFXSR, PAE */
	mov	%eax, %cr4
	mov	$pml4, %eax
	mov	%eax, %cr3
	mov	$MSR_EFER, %ecx
	rdmsr
	or	$EFER_BITS, %eax
	wrmsr
	mov	$0x80010033, %eax	/* PG, WP, NE, ET, MP, PE */
	mov	%eax, %cr0
	ljmp	$0x18, $long_mode_64

	.code64
long_mode_64:
	mov	$1, %eax
	cpuid
	shr	$24, %ebx		/* the APIC's initial ID */
	cmp	$MAX_CPUS, %ebx
	jae	halt
	mov	%ebx, %edi
	mov	%ebx, %eax
	inc	%ebx
	shl	$STACK_SHIFT, %ebx
	lea	stacks(%rbx), %rsp
	/* A stack's first words: its CPU, and a guard word */
	shl	$STACK_SHIFT, %eax
	mov	%edi, stacks(%rax)
	movl	$STACK_CANARY, stacks + 4(%rax)
	lidt	idt_pointer
	test	%esi, %esi
	jz	1f
	mov	%ebp, %edi
	call	boot_main
1:	call	cpu_main
halt:
	hlt
	jmp	halt

	/*
	 * Copied to TRAMPOLINE; runs in real mode; the guest cannot change it
	 */
	.globl	trampoline, trampoline_end
	.code16
trampoline:
	cli
	mov	%cs, %ax
	mov	%ax, %ds
	lgdtl	trampoline_gdt - trampoline
	mov	$0x11, %eax
	mov	%eax, %cr0
	ljmpl	$8, $protected_mode
trampoline_gdt:
	.word	gdt_end - gdt - 1
	.long	gdt
trampoline_end:

	.code32
protected_mode:
	xor	%esi, %esi
	jmp	long_mode

	.code64
	.text
	/*
	 * void enter_guest(u64 gpr[16]): registers in, VMRUN, registers out.
	 * gpr[0] is the VMCB's address; RAX and RSP are in the VMCB.
	 */
	.globl	enter_guest
enter_guest:
	push	%rbx
	push	%rbp
	push	%r12
	push	%r13
	push	%r14
	push	%r15
	push	%rdi
	mov	0(%rdi), %rax
	mov	8(%rdi), %rcx
	mov	16(%rdi), %rdx
	mov	24(%rdi), %rbx
	mov	40(%rdi), %rbp
	mov	48(%rdi), %rsi
	mov	64(%rdi), %r8
	mov	72(%rdi), %r9
	mov	80(%rdi), %r10
	mov	88(%rdi), %r11
	mov	96(%rdi), %r12
	mov	104(%rdi), %r13
	mov	112(%rdi), %r14
	mov	120(%rdi), %r15
	mov	56(%rdi), %rdi
	vmrun	%rax
	xchg	(%rsp), %rdi		/* gpr; the guest's RDI on the stack */
	mov	%rcx, 8(%rdi)
	mov	%rdx, 16(%rdi)
	mov	%rbx, 24(%rdi)
	mov	%rbp, 40(%rdi)
	mov	%rsi, 48(%rdi)
	mov	%r8, 64(%rdi)
	mov	%r9, 72(%rdi)
	mov	%r10, 80(%rdi)
	mov	%r11, 88(%rdi)
	mov	%r12, 96(%rdi)
	mov	%r13, 104(%rdi)
	mov	%r14, 112(%rdi)
	mov	%r15, 120(%rdi)
	pop	%rax
	mov	%rax, 56(%rdi)
	pop	%r15
	pop	%r14
	pop	%r13
	pop	%r12
	pop	%rbp
	pop	%rbx
	ret

	/*
	 * Exceptions of the host itself: own_fault(frame), which ends the run
	 */
	.globl	fault_entries
	.balign	16
fault_entries:
	.set	vector, 0
	.rept	32
	.balign	16
	push	$vector
	jmp	fault
	.set	vector, vector + 1
	.endr
fault:
	mov	%rsp, %rdi
	and	$-16, %rsp
	cld
	call	own_fault

	/* The host CPU's timer, and any other interrupt on it */
	.globl	interrupt_entry
interrupt_entry:
	push	%rax
	mov	$APIC_AT + 0xb0, %eax	/* EOI */
	movl	$0, (%rax)
	pop	%rax
	iretq

	/* An NMI taken in the host. The flag is per CPU. */
	.globl	nmi_entry
nmi_entry:
	iretq

	.data
	.balign	8
gdt:
	.quad	0
	.quad	0x00cf9b000000ffff	/* 0x08: code, 32 bits */
	.quad	0x00cf93000000ffff	/* 0x10: data */
	.quad	0x00af9b000000ffff	/* 0x18: code, 64 bits */
gdt_end:
gdt_pointer:
	.word	gdt_end - gdt - 1
	.long	gdt
	.balign	8
idt_pointer:
	.word	256 * 16 - 1
	.quad	idt

	.bss
	.balign	4096
pml4:
	.skip	4096
pdpt:
	.skip	4096
page_directories:
	.skip	4 * 4096
	.globl	idt
idt:
	.skip	256 * 16
	.globl	stacks
	.balign	1 << STACK_SHIFT
stacks:
	.skip	MAX_CPUS << STACK_SHIFT

	.section .note.GNU-stack, "", @progbits
