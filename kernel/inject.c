// SPDX-License-Identifier: GPL-2.0-only
/*
 * inject.c - faults that tests inject: the parameters debug_*
 *
 * Only in a build with HVCRASH_INJECT=1, which is the lab's. What they do is done
 * where the fault is; by default none of them does anything. The words for each are
 * in ABI/sysfs-module-hvcrash-inject.
 */
#include <linux/atomic.h>
#include <linux/module.h>
#include "cycles.h"
#include "inject.h"

static int debug_deaf_vp = -1;
module_param(debug_deaf_vp, int, 0644);
MODULE_PARM_DESC(
	debug_deaf_vp,
	"for tests: this VP index does not answer in a crash (-1: none)");

static unsigned int debug_deaf_ms;
module_param(debug_deaf_ms, uint, 0644);
MODULE_PARM_DESC(
	debug_deaf_ms,
	"for tests: debug_deaf_vp does answer, after so long (ms; 0: never)");

static int debug_stubborn_vp = -1;
module_param(debug_stubborn_vp, int, 0644);
MODULE_PARM_DESC(
	debug_stubborn_vp,
	"for tests: the page registers of this VP index do not go off (-1: none)");

static bool debug_revoke_first;
module_param(debug_revoke_first, bool, 0644);
MODULE_PARM_DESC(
	debug_revoke_first,
	"for tests: revoke before the VMBus unload, so that its answer has nowhere to go");

static unsigned int debug_fault;
module_param(debug_fault, uint, 0644);
MODULE_PARM_DESC(
	debug_fault,
	"for tests: a fault of hvcrash itself in a panic (0: none; where: ABI/sysfs-module-hvcrash-inject)");

static unsigned int debug_fail_alloc;
module_param(debug_fail_alloc, uint, 0444);
MODULE_PARM_DESC(debug_fail_alloc,
		 "for tests: the allocation with this number fails (0: none)");

/**
 * hvcrash_inject_alloc_fails - is this the allocation that is to fail
 *
 * Context: any but NMI.
 */
bool hvcrash_inject_alloc_fails(void)
{
	static atomic_t allocations = ATOMIC_INIT(0);

	return atomic_inc_return(&allocations) == debug_fail_alloc;
}

/**
 * hvcrash_inject_fault_at - fault here, if this is the place
 * @place: as in the parameter debug_fault
 *
 * Context: any, NMI too.
 */
void hvcrash_inject_fault_at(unsigned int place)
{
	unsigned int *nowhere = NULL;

	if (place != READ_ONCE(debug_fault))
		return;
	/* Or the compiler would see what comes */
	OPTIMIZER_HIDE_VAR(nowhere);
	WRITE_ONCE(*nowhere, place);
}

/**
 * hvcrash_inject_is_deaf - is this VP not to answer, or to answer late
 * @vp_index: of this CPU; in the second case this is called for that long
 *
 * Context: any, NMI too.
 */
bool hvcrash_inject_is_deaf(u32 vp_index)
{
	u64 start = hvcrash_cycles();

	if ((int)vp_index != READ_ONCE(debug_deaf_vp))
		return false;
	if (!debug_deaf_ms)
		return true;
	while (hvcrash_cycles() - start <
	       (u64)debug_deaf_ms * hvcrash_cycles_khz())
		cpu_relax();
	return false;
}

/**
 * hvcrash_inject_is_stubborn - are writes to the registers of this VP to be left out
 * @vp_index: of this CPU
 *
 * Context: any, NMI too.
 */
bool hvcrash_inject_is_stubborn(u32 vp_index)
{
	return (int)vp_index == READ_ONCE(debug_stubborn_vp);
}

/**
 * hvcrash_inject_revokes_first - is the revoke to come before the unload
 *
 * Context: any, NMI too.
 */
bool hvcrash_inject_revokes_first(void)
{
	return READ_ONCE(debug_revoke_first);
}
