// SPDX-License-Identifier: GPL-2.0-only
/*
 * symbols.c - addresses of functions that the kernel does not export
 *
 * Called in process context, when a module that we watch has been loaded. Leaves out
 * variables: a kprobe works only on code.
 */
#include <linux/cpufeature.h>
#include <linux/kprobes.h>
#ifdef CONFIG_X86_KERNEL_IBT
#include <asm/ibt.h>
#endif
#include "compat.h"

/*
 * A kprobe on a function that begins with ENDBR is placed after it, whether the CPU
 * tracks branches or not (arch/x86/kernel/kprobes/core.c,
 * arch_adjust_kprobe_addr()): the function begins one word earlier.
 */
static void *function_at(void *probed)
{
#ifdef CONFIG_X86_KERNEL_IBT
	u32 *before = probed - sizeof(*before);

	if (*before == gen_endbr() || *before == gen_endbr_poison())
		return before;
#endif
	return probed;
}

/**
 * hvcrash_compat_lookup - find the address of a function, by a temporary kprobe
 * @name: symbol, or module:symbol
 *
 * kallsyms_lookup_name() is not exported since commit 0bd476e6c671 ("kallsyms:
 * unexport kallsyms_lookup_name() and kallsyms_on_each_symbol()") (v5.7).
 *
 * Context: process, may sleep.
 * Return: the address, or NULL.
 */
void *hvcrash_compat_lookup(const char *name)
{
	struct kprobe kp = { .symbol_name = name };
	void *addr;

	if (register_kprobe(&kp))
		return NULL;
	addr = function_at(kp.addr);
	unregister_kprobe(&kp);
	return addr;
}

/*
 * Whether @fn may be called through a pointer. With indirect branch tracking the kernel
 * poisons the ENDBR of functions whose address is never taken
 * (arch/x86/kernel/alternative.c, apply_seal_endbr()): such a call would raise #CP in the
 * middle of a panic.
 */
static bool is_callable(const void *fn)
{
	if (!fn)
		return false;
#ifdef CONFIG_X86_KERNEL_IBT
	if (cpu_feature_enabled(X86_FEATURE_IBT))
		return *(const u32 *)fn == gen_endbr();
#endif
#ifdef CONFIG_ARM64_BTI_KERNEL
	/* Likewise: it must begin with BTI C or PACIASP, or a call raises an exception */
	return *(const __le32 *)fn == cpu_to_le32(0xd503245f) ||
	       *(const __le32 *)fn == cpu_to_le32(0xd503233f);
#endif
	return true;
}

/**
 * hvcrash_compat_lookup_callable - find a function that may be called through a pointer
 * @name: symbol, or module:symbol
 *
 * Context: process, may sleep.
 * Return: its address, or NULL.
 */
void *hvcrash_compat_lookup_callable(const char *name)
{
	void *fn = hvcrash_compat_lookup(name);

	return is_callable(fn) ? fn : NULL;
}
