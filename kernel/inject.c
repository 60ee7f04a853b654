// SPDX-License-Identifier: GPL-2.0-only
/*
 * inject.c - faults that tests inject: the parameters debug_*
 *
 * Only in a build with HVCRASH_INJECT=1, which the lab makes. Each takes effect at the
 * place of the fault; by default all are off. ABI/sysfs-module-hvcrash-inject describes
 * them.
 */
#include <linux/atomic.h>
#include <linux/module.h>
#include "cycles.h"
#include "inject.h"

static int debug_deaf_vp = -1;
module_param(debug_deaf_vp, int, 0644);
MODULE_PARM_DESC(
	debug_deaf_vp,
	"for tests: the VP with this index does not answer in a crash (-1: none)");

static unsigned int debug_deaf_ms;
module_param(debug_deaf_ms, uint, 0644);
MODULE_PARM_DESC(
	debug_deaf_ms,
	"for tests: debug_deaf_vp answers after this long (ms; 0: never)");

static int debug_stubborn_vp = -1;
module_param(debug_stubborn_vp, int, 0644);
MODULE_PARM_DESC(
	debug_stubborn_vp,
	"for tests: the page registers of the VP with this index stay on (-1: none)");

static bool debug_revoke_first;
module_param(debug_revoke_first, bool, 0644);
MODULE_PARM_DESC(
	debug_revoke_first,
	"for tests: revoke before the VMBus unload, so that the host cannot deliver its answer");

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
 * hvcrash_inject_alloc_fails - whether this allocation is the one to fail
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
	/* Hides the NULL pointer from the compiler */
	OPTIMIZER_HIDE_VAR(nowhere);
	WRITE_ONCE(*nowhere, place);
}

/**
 * hvcrash_inject_is_deaf - whether this VP must not answer now
 * @vp_index: of this CPU; a VP that is to answer late keeps calling this
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
 * hvcrash_inject_is_stubborn - whether writes to the registers of this VP are skipped
 * @vp_index: of this CPU
 *
 * Context: any, NMI too.
 */
bool hvcrash_inject_is_stubborn(u32 vp_index)
{
	return (int)vp_index == READ_ONCE(debug_stubborn_vp);
}

/**
 * hvcrash_inject_revokes_first - whether the revoke comes before the unload
 *
 * Context: any, NMI too.
 */
bool hvcrash_inject_revokes_first(void)
{
	return READ_ONCE(debug_revoke_first);
}
