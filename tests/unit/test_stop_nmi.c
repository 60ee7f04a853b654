// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_stop_nmi.c - kernel/stop_x86_nmi.c: which CPU parks in which NMI
 *
 * With kernel/revoke.c and kernel/rendezvous.c as they are; registers and VMBus are
 * the test's. The test is the CPU that it says it is: shim_cpu.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include <linux/kexec.h>
#include <linux/kprobes.h>
#include <linux/smp.h>
#include <asm/apic.h>
#include <asm/nmi.h>
#include "hvcrash.h"
#include "revoke.h"
#include "regs.h"
#include "stop_x86.h"
#include "vmbus.h"

#define NR_CPUS 4

int shim_allocations_left = -1;
u64 shim_freed_word;
u64 shim_tsc;
_Thread_local unsigned int shim_cpu;
unsigned int nr_cpu_ids = NR_CPUS;

struct hvcrash_registry hvcrash_registry;
unsigned int hvcrash_stop_bound_ms = 1;
unsigned int hvcrash_revoke_bound_ms = 1;
int hvcrash_inject_deaf_vp = -1;
unsigned int hvcrash_inject_deaf_ms;

static u32 vp_index[NR_CPUS] = { 0, 1, 2, 3 };
u32 *hv_vp_index = vp_index;

static u32 arrived[NR_CPUS], revoked[NR_CPUS];
static int (*nmi_handler)(unsigned int type, struct pt_regs *regs);
static u32 ipis, kernel_stops;

bool hvcrash_inject_alloc_fails(void)
{
	return false;
}

void hvcrash_regs_arrive(u32 cpu)
{
	arrived[cpu]++;
}

void hvcrash_regs_tick(u32 cpu)
{
	(void)cpu;
}

void hvcrash_regs_revoke(u32 cpu)
{
	revoked[cpu]++;
}

u32 hvcrash_regs_record(u32 cpu)
{
	(void)cpu;
	return 0;
}

void hvcrash_regs_record_not_reached(u32 cpu)
{
	(void)cpu;
}

u32 hvcrash_regs_revoke_vm(void)
{
	return 0;
}

void hvcrash_vmbus_record_unload(u32 unload)
{
	(void)unload;
}

bool cpu_online(unsigned int cpu)
{
	return cpu < NR_CPUS;
}

bool kexec_crash_loaded(void)
{
	return true;
}

void udelay(unsigned long us)
{
	__atomic_add_fetch(&shim_tsc, us, __ATOMIC_RELAXED);
}

void native_halt(void)
{
	fail_msg("CPU %u halts for ever", shim_cpu);
}

void shim_print(const char *format, ...)
{
	(void)format;
}

int register_kprobe(struct kprobe *p)
{
	(void)p;
	return 0;
}

void unregister_kprobe(struct kprobe *p)
{
	(void)p;
}

int register_nmi_handler(unsigned int type,
			 int (*fn)(unsigned int type, struct pt_regs *regs),
			 unsigned long flags, const char *name)
{
	(void)type;
	(void)flags;
	(void)name;
	nmi_handler = fn;
	return 0;
}

void unregister_nmi_handler(unsigned int type, const char *name)
{
	(void)type;
	(void)name;
	nmi_handler = NULL;
}

static int nmi_on(u32 cpu)
{
	u32 before = shim_cpu;
	int ret;

	shim_cpu = cpu;
	ret = nmi_handler(NMI_LOCAL, NULL);
	shim_cpu = before;
	return ret;
}

static void send_ipi_allbutself(int vector)
{
	assert_int_equal(vector, NMI_VECTOR);
	ipis++;
}

static struct apic fake_apic = { .send_IPI_allbutself = send_ipi_allbutself };
struct apic *apic = &fake_apic;

static void kernel_stop(void)
{
	kernel_stops++;
}

static int setup(void **state)
{
	(void)state;
	if (hvcrash_registry_init(&hvcrash_registry, NR_CPUS, 0) ||
	    hvcrash_revoke_init() || hvcrash_stop_init())
		return -1;
	return 0;
}

/*
 * One test, because a way out happens once in a kernel's life. An NMI in each phase:
 * the watchdog's, perf's, the diagnostic one of an operator.
 */
static void an_nmi_on_the_panicking_cpu_is_left_to_whom_it_is_for(void **s)
{
	(void)s;
	shim_cpu = 2;
	assert_int_equal(nmi_on(2), NMI_DONE);
	assert_true(hvcrash_revoke_begin(HVCRASH_WAY_CRASH));
	assert_int_equal(nmi_on(2), NMI_DONE);
	hvcrash_stop_others(kernel_stop);
	assert_int_equal(ipis, 1);
	/* Here the notifiers and the wait for UNLOAD are */
	assert_int_equal(nmi_on(2), NMI_DONE);
	hvcrash_revoke_all();
	assert_int_equal(nmi_on(2), NMI_DONE);
	hvcrash_revoke_record();
	hvcrash_stop_done(kernel_stop);
	assert_int_equal(kernel_stops, 1);
	assert_int_equal(nmi_on(2), NMI_DONE);
	/* Its own revoke, and no other */
	assert_int_equal(arrived[2], 1);
	assert_int_equal(revoked[2], 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(
			an_nmi_on_the_panicking_cpu_is_left_to_whom_it_is_for,
			setup),
	};

	return cmocka_run_group_tests_name("stop by NMI", tests, NULL, NULL);
}
