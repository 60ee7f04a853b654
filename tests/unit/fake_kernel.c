// SPDX-License-Identifier: GPL-2.0-only
/*
 * fake_kernel.c - a kernel that panics or does a kexec, for tests of the way
 * out
 *
 * Built twice: with FAKE_STOP_HOOK it is a kernel whose crash NMI ends in
 * smp_ops.stop_this_cpu, without it a kernel before 6.11.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>
#include <linux/atomic.h>
#include <linux/cpu.h>
#include <linux/crash_core.h>
#include <linux/elf.h>
#include <linux/gfp.h>
#include <linux/hyperv.h>
#include <linux/irqflags.h>
#include <linux/kdebug.h>
#include <linux/kernel.h>
#include <linux/kexec.h>
#include <linux/errno.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/ptrace.h>
#include <linux/smp.h>
#include <asm/apic.h>
#include <asm/nmi.h>
#include <asm/smp.h>
#include "driver_pages.h"
#include "fake_kernel.h"
#include "hooks.h"
#include "hvcrash.h"
#include "inject.h"
#include "regs.h"
#include "revoke.h"
#include "unload.h"
#include "vmbus.h"

int shim_allocations_left = -1;
u64 shim_freed_word;
u64 shim_tsc;
_Thread_local unsigned int shim_cpu;
unsigned int nr_cpu_ids;
int system_state;

struct hvcrash_registry hvcrash_registry;
/* In reads of the clock: a CPU that takes longer counts as absent */
unsigned int hvcrash_stop_bound_ms = 60000;
unsigned int hvcrash_revoke_bound_ms = 60000;
unsigned int hvcrash_hash_budget_ms = 50;
unsigned int hvcrash_kexec_stop_bound_ms;
unsigned int hvcrash_kexec_unload_bound_ms = 1000;

static u32 vp_index[FAKE_MAX_CPUS];
u32 *hv_vp_index = vp_index;

struct fake_notes fake_notes;
static const struct fake_scenario *s;

static pthread_t thread[FAKE_MAX_CPUS];
static _Thread_local sigjmp_buf off;
static u32 is_over, nr_noted;
static u32 is_living[FAKE_MAX_CPUS];
static u32 is_vm_page_gone;
/* In a kexec: by CPU, as in stop_this_cpu() */
static u32 is_asked_to_stop[FAKE_MAX_CPUS], has_stopped[FAKE_MAX_CPUS];

#define self_cpu (s->nr_cpus - 1)

static void __attribute__((noreturn)) die(const char *why)
{
	fprintf(stderr, "CPU %u: %s\n", shim_cpu, why);
	_exit(1);
}

static void nap(void)
{
	const struct timespec t = { .tv_nsec = 20000 };

	nanosleep(&t, NULL);
}

/* Waits for other threads, with a bound so that a broken test ends */
#define wait_until(condition, what)                                   \
	do {                                                          \
		u32 naps;                                             \
                                                                      \
		for (naps = 0; !(condition) && naps < 200000; naps++) \
			nap();                                        \
		if (!(condition))                                     \
			die("timed out waiting for " what);           \
	} while (0)

static void nmi_to(u32 cpu)
{
	pthread_kill(thread[cpu], SIGUSR1);
}

static void note(enum fake_phase phase)
{
	u32 cpu;

	if (!fake_notes.at[phase])
		WRITE_ONCE(fake_notes.at[phase], ++nr_noted);
	if (phase != s->nmi_phase)
		return;
	for (cpu = 0; cpu < s->nr_cpus; cpu++)
		if (s->nmi_mask & 1ULL << cpu)
			nmi_to(cpu);
}

/* This CPU is off: it halts, and its thread ends with the run */
void native_halt(void)
{
	if (shim_cpu == self_cpu)
		die("the CPU that goes on halts forever");
	smp_store_release(&fake_notes.is_stopped[shim_cpu], 1);
	while (!smp_load_acquire(&is_over))
		nap();
	siglongjmp(off, 1);
}

/* ---- NMIs ---- */

static int (*our_nmi)(unsigned int type, struct pt_regs *regs);
static u32 is_crash_nmi, waiting;

int register_nmi_handler(unsigned int type,
			 int (*fn)(unsigned int type, struct pt_regs *regs),
			 unsigned long flags, const char *name)
{
	our_nmi = fn;
	return 0;
}

void unregister_nmi_handler(unsigned int type, const char *name)
{
	our_nmi = NULL;
}

struct smp_ops smp_ops;

/*
 * arch/x86/kernel/reboot.c, crash_nmi_callback(); registered last, it is asked
 * first
 */
static void crash_nmi(void)
{
	__atomic_sub_fetch(&waiting, 1, __ATOMIC_SEQ_CST);
	if (smp_ops.stop_this_cpu)
		smp_ops.stop_this_cpu();
	native_halt();
}

static void on_nmi(int sig)
{
	if (smp_load_acquire(&is_crash_nmi) && shim_cpu != self_cpu)
		crash_nmi();
	if (!our_nmi || our_nmi(NMI_LOCAL, NULL) == NMI_DONE)
		__atomic_add_fetch(&fake_notes.nmis_left, 1, __ATOMIC_RELAXED);
}

static void nmi_to_others(int vector)
{
	u32 cpu;

	for (cpu = 0; cpu < s->nr_cpus; cpu++)
		if (cpu != shim_cpu)
			nmi_to(cpu);
}

static struct apic fake_apic = { .send_IPI_allbutself = nmi_to_others };
struct apic *apic = &fake_apic;

/* ---- an oops, arch/x86/kernel/dumpstack.c ---- */

static struct notifier_block *die_nb;
static u32 die_lock, die_nest, die_owner;

int register_die_notifier(struct notifier_block *nb)
{
	die_nb = nb;
	return 0;
}

int unregister_die_notifier(struct notifier_block *nb)
{
	die_nb = NULL;
	return 0;
}

static void oops_begin(void)
{
	if (die_lock && die_owner != shim_cpu + 1)
		die("spins in oops_begin() forever");
	die_lock = 1;
	die_nest++;
	die_owner = shim_cpu + 1;
}

static void oops_end(void)
{
	die_owner = 0;
	if (!--die_nest)
		die_lock = 0;
}

void __attribute__((weak)) __asan_handle_no_return(void);

static void on_fault(int sig, siginfo_t *info, void *context)
{
	greg_t *g = ((ucontext_t *)context)->uc_mcontext.gregs;
	struct pt_regs regs = { .ip = g[REG_RIP],
				.sp = g[REG_RSP],
				.ax = g[REG_RAX] };
	struct die_args args = { .regs = &regs };

	if (die_nb->notifier_call(die_nb, DIE_GPF, &args) != NOTIFY_DONE)
		die("a fault is stopped before it is printed");
	oops_begin();
	if (die_nb->notifier_call(die_nb, DIE_OOPS, &args) != NOTIFY_STOP)
		die("panics again, and takes no dump");
	oops_end();
	g[REG_RIP] = regs.ip;
	g[REG_RSP] = regs.sp;
	g[REG_RAX] = regs.ax;
	/*
	 * The functions skipped by the fault have poisoned their part of
	 * the stack
	 */
	if (__asan_handle_no_return)
		__asan_handle_no_return();
}

void hvcrash_inject_fault_at(unsigned int place)
{
	if (place == s->fault_at)
		__asm__ volatile("movl $0, 0");
}

bool hvcrash_inject_alloc_fails(void)
{
	return false;
}

bool hvcrash_inject_is_deaf(u32 vp_index)
{
	return false;
}

bool hvcrash_inject_revokes_first(void)
{
	return false;
}

/* ---- the hooks ---- */

static void (*crash_handler)(struct pt_regs *regs);
static void (*kexec_handler)(void);

void hv_setup_crash_handler(void (*handler)(struct pt_regs *regs))
{
	crash_handler = handler;
}

void hv_setup_kexec_handler(void (*handler)(void))
{
	kexec_handler = handler;
}

void hv_remove_crash_handler(void)
{
}

void hv_remove_kexec_handler(void)
{
}

int register_kprobe(struct kprobe *p)
{
	return 0;
}

void unregister_kprobe(struct kprobe *p)
{
}

/* ---- a kernel that revokes on a panic itself, kernel/upstream ---- */

static struct kretprobe *stop_cpu_probe, *release_cpus_probe;
static u32 are_released, nr_done;

int register_kretprobe(struct kretprobe *rp)
{
	if (!s->revokes_itself)
		return -ENOENT;
	if (!strcmp(rp->kp.symbol_name, "hv_crash_stop_cpu"))
		stop_cpu_probe = rp;
	else
		release_cpus_probe = rp;
	return 0;
}

void unregister_kretprobe(struct kretprobe *rp)
{
}

/* hv_stop_this_cpu(), with hv_crash_stop_cpu() in it */
static void hv_stop_this_cpu(void)
{
	wait_until(smp_load_acquire(&are_released), "the word to revoke");
	if (fake_notes.arrived[shim_cpu])
		die("hvcrash parks on the kernel's way");
	__atomic_add_fetch(&nr_done, 1, __ATOMIC_SEQ_CST);
	stop_cpu_probe->handler(NULL, NULL);
	native_halt();
}

/* hv_guest_crash_shutdown() */
static void hv_crash_shutdown(void)
{
	smp_ops.crash_stop_other_cpus();
	if (crash_handler)
		die("hv_vmbus's crash handler was replaced");
	note(FAKE_UNLOAD);
	smp_store_release(&are_released, 1);
	wait_until(smp_load_acquire(&nr_done) == s->nr_cpus - 1,
		   "the others to revoke");
	release_cpus_probe->handler(NULL, NULL);
}

int register_module_notifier(struct notifier_block *nb)
{
	return 0;
}

int unregister_module_notifier(struct notifier_block *nb)
{
	return 0;
}

int cpuhp_setup_state_nocalls(int state, const char *name,
			      int (*online)(unsigned int cpu),
			      int (*offline)(unsigned int cpu))
{
	return 1;
}

void *hvcrash_compat_lookup(const char *name)
{
	return NULL;
}

void *hvcrash_compat_lookup_callable(const char *name)
{
	return NULL;
}

bool kexec_crash_loaded(void)
{
	return true;
}

bool cpu_online(unsigned int cpu)
{
	return cpu < nr_cpu_ids;
}

void udelay(unsigned long us)
{
	__atomic_add_fetch(&shim_tsc, us, __ATOMIC_RELAXED);
	fake_notes.udelay_us = max(fake_notes.udelay_us, (u32)us);
	nap();
}

/* ---- what the way out calls ---- */

void hvcrash_unload_learn(void)
{
}

void hvcrash_unload_forget(void)
{
}

void hvcrash_unload_in_panic(void)
{
	note(FAKE_UNLOAD);
	hvcrash_report()->unload = HVCRASH_UNLOAD_ANSWERED;
}

void hvcrash_unload_in_kexec(void)
{
	hvcrash_unload_in_panic();
}

void hvcrash_driver_pages_revoke(void)
{
}

void hvcrash_regs_observe_later(void)
{
}

void hvcrash_regs_observe_cpu_later(u32 cpu)
{
}

void hvcrash_regs_cpu_dying(u32 cpu)
{
}

void hvcrash_regs_arrive(u32 cpu)
{
	if (cpu != shim_cpu)
		die("arrives for another CPU");
	fake_notes.arrived[cpu]++;
}

void hvcrash_regs_tick(u32 cpu)
{
}

u64 hvcrash_regs_tick_every_us(u32 cpu)
{
	return 0;
}

void hvcrash_regs_revoke(u32 cpu)
{
	if (!fake_notes.at[FAKE_UNLOAD] && s->fault_at != 1)
		die("revokes before VMBus is unloaded");
	if (cpu == self_cpu)
		note(FAKE_REVOKE);
	fake_notes.revoked[cpu]++;
}

u32 hvcrash_regs_record(u32 cpu)
{
	note(FAKE_RECORD);
	return s->is_unwell && !cpu;
}

void hvcrash_regs_record_not_reached(u32 cpu)
{
	note(FAKE_RECORD);
	fake_notes.is_not_reached[cpu] = 1;
}

u32 hvcrash_regs_revoke_vm(void)
{
	note(FAKE_VM);
	smp_store_release(&is_vm_page_gone, 1);
	return 0;
}

void hvcrash_vmbus_record_unload(u32 unload)
{
}

void shim_print(const char *format, ...)
{
	u32 cpu;

	note(FAKE_PRINT);
	if (smp_load_acquire(&is_vm_page_gone))
		die("prints when no hypercall can be made any more");
	/* A CPU that has said that it stops only halts after that */
	for (cpu = 0; cpu < self_cpu; cpu++)
		if (!smp_load_acquire(&fake_notes.is_stopped[cpu]) &&
		    !smp_load_acquire(&has_stopped[cpu]))
			fake_notes.living_at_print++;
}

static _Alignas(8) unsigned char vmcoreinfo[VMCOREINFO_NOTE_SIZE];

u64 paddr_vmcoreinfo_note(void)
{
	return (uintptr_t)vmcoreinfo;
}

static const char *note_text(void)
{
	return (const char *)vmcoreinfo + sizeof(struct elf_note) + 12;
}

static void write_vmcoreinfo(void)
{
	struct elf_note *n = (struct elf_note *)vmcoreinfo;

	n->n_namesz = sizeof(VMCOREINFO_NOTE_NAME);
	n->n_descsz = 4;
	memcpy(n + 1, VMCOREINFO_NOTE_NAME, sizeof(VMCOREINFO_NOTE_NAME));
	memcpy((char *)(n + 1) + 12, "A=1\n", 4);
}

/* ---- the CPUs ---- */

/* stop_this_cpu(), arch/x86/kernel/process.c */
static void stop_this_cpu(void)
{
	smp_store_release(&has_stopped[shim_cpu], 1);
	if (smp_ops.stop_this_cpu)
		smp_ops.stop_this_cpu();
	native_halt();
}

/* If a CPU stopped here continues, it continues here */
static void make_hypercall(void)
{
	u32 i;

	for (i = 0; i < 50; i++)
		sched_yield();
	if (smp_load_acquire(&is_vm_page_gone))
		die("returns into a hypercall page that is gone");
}

static void *run_cpu(void *arg)
{
	sigset_t nmi;

	shim_cpu = (uintptr_t)arg;
	sigemptyset(&nmi);
	sigaddset(&nmi, SIGUSR1);
	if (sigsetjmp(off, 1))
		return NULL;
	if (s->deaf_mask & 1ULL << shim_cpu) {
		smp_store_release(&is_living[shim_cpu], 1);
		wait_until(READ_ONCE(fake_notes.at[s->is_kexec ? FAKE_REVOKE :
								 FAKE_RECORD]),
			   "the others to go on");
	}
	pthread_sigmask(SIG_UNBLOCK, &nmi, NULL);
	smp_store_release(&is_living[shim_cpu], 1);
	while (!smp_load_acquire(&is_over)) {
		make_hypercall();
		if (smp_load_acquire(&is_asked_to_stop[shim_cpu]))
			stop_this_cpu();
	}
	return NULL;
}

/* ---- the kernel's own way ---- */

/* kdump_nmi_shootdown_cpus(): a second call warns */
static void kernel_crash_stop(void)
{
	u32 naps;

	if (fake_notes.stops++)
		die("shoots the other CPUs down twice");
	note(FAKE_SHOOTDOWN);
	__atomic_store_n(&waiting, s->nr_cpus - 1, __ATOMIC_SEQ_CST);
	smp_store_release(&is_crash_nmi, 1);
	nmi_to_others(NMI_VECTOR);
	/* A second at most */
	for (naps = 0; naps < 10000 && smp_load_acquire(&waiting); naps++)
		nap();
}

/* native_stop_other_cpus() */
static void kernel_stop(int wait)
{
	u32 cpu;

	fake_notes.stops++;
	note(FAKE_SHOOTDOWN);
	for (cpu = 0; cpu < s->nr_cpus; cpu++)
		if (cpu != shim_cpu)
			smp_store_release(&is_asked_to_stop[cpu], 1);
	for (cpu = 0; cpu < s->nr_cpus; cpu++)
		if (cpu != shim_cpu)
			wait_until(smp_load_acquire(&has_stopped[cpu]),
				   "a CPU to stop");
}

static int kernel_cpu_disable(void)
{
	return 0;
}

static void panic(void)
{
	if (s->is_oops)
		oops_begin();
	if (s->is_oops && s->post_notifiers)
		oops_end();
	if (s->post_notifiers) {
		note(FAKE_STOP);
		smp_ops.crash_stop_other_cpus();
		note(FAKE_NOTIFIERS);
	} else {
		note(FAKE_STOP);
	}
	write_vmcoreinfo();
	if (s->revokes_itself)
		hv_crash_shutdown();
	else
		crash_handler(NULL);
}

static void reboot_into_kexec(void)
{
	system_state = SYSTEM_RESTART;
	kexec_handler();
	note(FAKE_STOP);
	smp_ops.stop_other_cpus(1);
}

static void start_cpus(void)
{
	struct sigaction fault = { .sa_sigaction = on_fault,
				   .sa_flags = SA_SIGINFO };
	struct sigaction nmi = { .sa_handler = on_nmi };
	sigset_t blocked;
	uintptr_t cpu;

	sigaction(SIGSEGV, &fault, NULL);
	sigaction(SIGUSR1, &nmi, NULL);
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGUSR1);
	pthread_sigmask(SIG_BLOCK, &blocked, NULL);
	thread[self_cpu] = pthread_self();
	for (cpu = 0; cpu < self_cpu; cpu++)
		pthread_create(&thread[cpu], NULL, run_cpu, (void *)cpu);
	for (cpu = 0; cpu < self_cpu; cpu++)
		wait_until(smp_load_acquire(&is_living[cpu]), "a CPU to start");
	pthread_sigmask(SIG_UNBLOCK, &blocked, NULL);
}

void fake_kernel_run(const struct fake_scenario *scenario)
{
	u32 cpu;

	s = scenario;
	if (s->deaf_mask)
		hvcrash_stop_bound_ms = hvcrash_revoke_bound_ms = 1;
	hvcrash_kexec_stop_bound_ms = 50;
	nr_cpu_ids = s->nr_cpus;
	shim_cpu = self_cpu;
	smp_ops = (struct smp_ops){ .crash_stop_other_cpus = kernel_crash_stop,
				    .stop_other_cpus = kernel_stop,
				    .cpu_disable = kernel_cpu_disable };
	if (s->revokes_itself)
		smp_ops.stop_this_cpu = hv_stop_this_cpu;
	for (cpu = 0; cpu < nr_cpu_ids; cpu++)
		vp_index[cpu] = cpu;
	if (hvcrash_registry_init(&hvcrash_registry, nr_cpu_ids, 0) ||
	    hvcrash_revoke_init() || hvcrash_hooks_init())
		die("cannot be set up");
	start_cpus();
	note(FAKE_LIVING);
	if (s->is_kexec)
		reboot_into_kexec();
	else
		panic();
	note(FAKE_END);
	fake_notes.is_handed_over =
		strstr(note_text(), HVCRASH_VMCOREINFO_KEY) != NULL;
	smp_store_release(&is_over, 1);
	for (cpu = 0; cpu < self_cpu; cpu++)
		pthread_join(thread[cpu], NULL);
}
