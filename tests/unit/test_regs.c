// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_regs.c - kernel/regs.c and crash.c with each back end, against a hypervisor
 * that refuses accesses, loses values and returns wrong ones
 *
 * Compiled twice: with MSRs, and with arm64's hypercalls.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>
#include <xxhash.h>
#include <asm/mshyperv.h>
#include <linux/mm.h>
#include "crash.h"
#include "fake_hv.h"
#include "host_version.h"
#include "hvcrash.h"
#include "inject.h"
#include "revoke.h"
#include "regs.h"
#include "regs_state.h"

int shim_allocations_left = -1;
u64 shim_freed_word;
u64 shim_tsc;

/* In the kernel these are in regs_live.c */
struct hvcrash_registry hvcrash_registry;
struct hvcrash_result *hvcrash_results;
bool hvcrash_has_reg[HVCRASH_NR_REGS];
bool hvcrash_has_vm[HVCRASH_VM_REGS];
bool hvcrash_has_crash_regs;
u32 hvcrash_used_sints, hvcrash_used_stimers;

bool hvcrash_inject_is_stubborn(u32 vp_index)
{
	return false;
}

/* In the kernel these are in main.c */
unsigned int hvcrash_hash_budget_ms = 50;

/* The first 16 MiB are not RAM: the tests use them for overlays of the hypervisor */
bool pfn_valid(u64 pfn)
{
	return pfn >= 0x1000;
}

#define CPU 1
#define VP_INDEX 5

static u32 vp_index[2] = { 4, VP_INDEX };
u32 *hv_vp_index = vp_index;
struct ms_hyperv_info ms_hyperv = { 0x11, 0x22, 0x33, 0x44 };
void *hv_hypercall_pg = &hv_hypercall_pg;

#ifdef CONFIG_ARM64
#define HAS_ASSIST_AND_HYPERCALL_PAGE false
#else
#define HAS_ASSIST_AND_HYPERCALL_PAGE true
#endif

static _Alignas(4096) struct hv_message simp[16], elsewhere[16];
static _Alignas(4096) unsigned char siefp[4096];

static u64 enabled(const void *page)
{
	return (uintptr_t)page | HVCRASH_REG_ENABLED;
}

static struct hvcrash_extent *extent(u32 which)
{
	return hvcrash_registry_vp_extent(&hvcrash_registry, CPU, which);
}

static void share(u32 which, const void *page, u32 flags)
{
	fake_registers[which].value = enabled(page);
	extent(which)->vp_index = VP_INDEX;
	hvcrash_registry_set_fixed(extent(which), (uintptr_t)page,
				   HVCRASH_SHARED, HVCRASH_EV_REGISTER_ON,
				   flags);
}

static int setup(void **state)
{
	static struct hvcrash_result results[2];
	u32 i;

	(void)state;
	fake_hv_reset();
	memset(results, 0, sizeof(results));
	memset(simp, 0, sizeof(simp));
	memset(elsewhere, 0, sizeof(elsewhere));
	memset(siefp, 0x77, sizeof(siefp));
	hvcrash_results = results;
	if (hvcrash_registry_init(&hvcrash_registry, 2, 0))
		return -1;
	hvcrash_has_crash_regs = false;
	hvcrash_used_sints = 0xffff;
	hvcrash_used_stimers = 0xf;
	for (i = 0; i < HVCRASH_NR_REGS; i++)
		hvcrash_has_reg[i] = i != HVCRASH_REG_VP_ASSIST ||
				     HAS_ASSIST_AND_HYPERCALL_PAGE;
	hvcrash_has_vm[HVCRASH_VM_HYPERCALL] = HAS_ASSIST_AND_HYPERCALL_PAGE;
	hvcrash_has_vm[HVCRASH_VM_TSC] = true;
	share(HVCRASH_REG_SIMP, simp, HVCRASH_EXTENT_OVERLAY);
	share(HVCRASH_REG_SIEFP, siefp, HVCRASH_EXTENT_OVERLAY);
	fake_registers[HVCRASH_REG_SCONTROL].value = HVCRASH_REG_ENABLED;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	hvcrash_registry_deinit(&hvcrash_registry);
	return 0;
}

static u32 crash_here(void)
{
	hvcrash_regs_arrive(CPU);
	hvcrash_regs_revoke(CPU);
	return hvcrash_regs_record(CPU);
}

/* Place of the first write to @reg; the test fails if there was none */
static u32 write_to(u32 reg)
{
	u32 i;

	for (i = 0; i < fake_writes; i++)
		if (fake_written[i] == reg)
			return i;
	fail_msg("register %u was never written", reg);
	return 0;
}

static bool is_absent_here(u32 reg)
{
	return !HAS_ASSIST_AND_HYPERCALL_PAGE &&
	       (reg == HVCRASH_REG_VP_ASSIST || reg == HVCRASH_REG_HYPERCALL);
}

static void each_register_has_the_name_that_the_tlfs_gives_it(void **s)
{
	u64 value;
	u32 reg;

	(void)s;
	for (reg = 0; reg < HVCRASH_NR_ALL_REGS; reg++) {
		value = 42;
		if (is_absent_here(reg)) {
			assert_int_equal(hvcrash_reg_read(reg, &value), -ENXIO);
			assert_int_equal(hvcrash_reg_write(reg, 1), -ENXIO);
			assert_int_equal(value, 42);
			continue;
		}
		assert_int_equal(
			hvcrash_reg_write(reg, 0x8123456789abc000 + reg), 0);
		assert_int_equal(fake_registers[reg].value,
				 0x8123456789abc000 + reg);
		assert_int_equal(hvcrash_reg_read(reg, &value), 0);
		assert_int_equal(value, 0x8123456789abc000 + reg);
	}
}

static void
what_the_hypervisor_refuses_is_an_error_and_changes_nothing(void **s)
{
	u64 value = 42;

	(void)s;
	fake_registers[HVCRASH_REG_SIMP].is_missing = true;
	assert_int_equal(hvcrash_reg_read(HVCRASH_REG_SIMP, &value), -EIO);
	assert_int_equal(value, 42);
	assert_int_equal(hvcrash_reg_write(HVCRASH_REG_SIMP, 0), -EIO);
	assert_int_equal(fake_writes, 0);
}

static void a_vp_takes_its_pages_back_and_proves_it(void **s)
{
	const struct hvcrash_vp *vp;

	(void)s;
	assert_int_equal(crash_here(), 0);
	assert_int_equal(fake_registers[HVCRASH_REG_SIMP].value & 1, 0);
	assert_int_equal(fake_registers[HVCRASH_REG_SIEFP].value & 1, 0);
	assert_int_equal(fake_registers[HVCRASH_REG_SCONTROL].value & 1, 0);
	assert_int_equal(extent(HVCRASH_REG_SIMP)->state, HVCRASH_REVOKED);
	assert_int_equal(extent(HVCRASH_REG_SIMP)->evidence,
			 HVCRASH_EV_READ_BACK);
	assert_int_equal(extent(HVCRASH_REG_SIMP)->gpa, (uintptr_t)simp);
	assert_int_equal(extent(HVCRASH_REG_SIEFP)->state, HVCRASH_REVOKED);
	vp = hvcrash_registry_vp(&hvcrash_registry, CPU);
	assert_int_equal(vp->state, HVCRASH_VP_REVOKED);
	assert_int_equal(vp->vp_index, VP_INDEX);
	assert_int_equal(vp->sints_masked, 0xffff);
	assert_int_equal(vp->before[HVCRASH_REG_SIMP], enabled(simp));
	assert_int_equal(vp->after[HVCRASH_REG_SIMP], 0);
}

static void nothing_new_is_posted_before_the_pages_go(void **s)
{
	(void)s;
	fake_registers[HVCRASH_REG_STIMER0 + 1].value = 0x9;
	crash_here();
	assert_true(write_to(HVCRASH_REG_STIMER0 + 1) <
		    write_to(HVCRASH_REG_SINT0));
	assert_true(write_to(HVCRASH_REG_SINT0 + 15) <
		    write_to(HVCRASH_REG_SCONTROL));
	assert_true(write_to(HVCRASH_REG_SCONTROL) <
		    write_to(HVCRASH_REG_SIMP));
	assert_true(write_to(HVCRASH_REG_SCONTROL) <
		    write_to(HVCRASH_REG_SIEFP));
	/* With its config, auto-enable too: a zero count would not do */
	assert_int_equal(fake_registers[HVCRASH_REG_STIMER0 + 1].value, 0);
	assert_int_equal(hvcrash_results[CPU].vp.stimers_stopped, 1 << 1);
}

static void what_nobody_was_ever_seen_to_use_costs_no_access(void **s)
{
	(void)s;
	hvcrash_used_sints = 1U << 2;
	hvcrash_used_stimers = 1U << 0;
	fake_registers[HVCRASH_REG_STIMER0].value = 0x9;
	assert_int_equal(crash_here(), 0);
	assert_int_equal(hvcrash_results[CPU].vp.sints_masked, 1 << 2);
	assert_int_equal(hvcrash_results[CPU].vp.stimers_stopped, 1 << 0);
	assert_int_equal(fake_registers[HVCRASH_REG_SINT0 + 2].reads, 1);
	assert_int_equal(fake_registers[HVCRASH_REG_SINT0 + 3].reads, 0);
	assert_int_equal(fake_registers[HVCRASH_REG_STIMER0].reads, 1);
	assert_int_equal(fake_registers[HVCRASH_REG_STIMER0 + 1].reads, 0);
}

static void what_was_off_stays_untouched(void **s)
{
	u32 i;

	(void)s;
	for (i = 0; i < HVCRASH_NR_SINTS; i++)
		fake_registers[HVCRASH_REG_SINT0 + i].value =
			HVCRASH_SINT_MASKED;
	fake_registers[HVCRASH_REG_SIMP].value = 0;
	fake_registers[HVCRASH_REG_SIEFP].value = 0;
	assert_int_equal(crash_here(), 0);
	for (i = 0; i < fake_writes; i++)
		assert_int_equal(fake_written[i], HVCRASH_REG_SCONTROL);
	assert_int_equal(extent(HVCRASH_REG_SIMP)->evidence,
			 HVCRASH_EV_FOUND_OFF);
}

static void a_register_that_stays_on_is_failed_and_counted(void **s)
{
	(void)s;
	fake_registers[HVCRASH_REG_SIEFP].is_stuck = true;
	assert_int_equal(crash_here(), 1);
	assert_int_equal(extent(HVCRASH_REG_SIEFP)->state, HVCRASH_FAILED);
	assert_int_equal(extent(HVCRASH_REG_SIMP)->state, HVCRASH_REVOKED);
}

static void a_register_that_cannot_be_read_back_counts_as_on(void **s)
{
	(void)s;
	fake_registers[HVCRASH_REG_SIMP].is_mute = true;
	assert_int_equal(crash_here(), 1);
	assert_int_equal(extent(HVCRASH_REG_SIMP)->state, HVCRASH_FAILED);
}

static void contents_are_cleared_where_the_page_is_known(void **s)
{
	(void)s;
	simp[2].header.message_type = 1;
	assert_int_equal(crash_here(), 0);
	assert_int_equal(simp[2].header.message_type, HVMSG_NONE);
	assert_int_equal(siefp[100], 0);
	assert_int_equal(hvcrash_results[CPU].vp.slots_cleared, 1 << 2);
}

static void assert_hashed(const struct hvcrash_extent *e, const void *page)
{
	assert_int_equal(e->state, HVCRASH_REVOKED);
	assert_int_equal(e->gpa, (uintptr_t)page);
	assert_true(e->flags & HVCRASH_EXTENT_HASHED);
	assert_true(e->hash == XXH64(page, 4096, 0));
}

static void a_page_that_nobody_looked_at_is_hashed_and_not_touched(void **s)
{
	(void)s;
	/* Moved since the running kernel last looked */
	fake_registers[HVCRASH_REG_SIMP].value = enabled(elsewhere);
	elsewhere[2].header.message_type = 1;
	/* This one is not RAM */
	share(HVCRASH_REG_SIEFP, siefp, HVCRASH_EXTENT_NOT_RAM);
	assert_int_equal(crash_here(), 0);
	assert_int_equal(elsewhere[2].header.message_type, 1);
	assert_int_equal(siefp[100], 0x77);
	assert_int_equal(extent(HVCRASH_REG_SIMP)->flags,
			 HVCRASH_EXTENT_OVERLAY);
	assert_int_equal(extent(HVCRASH_REG_SIEFP)->flags,
			 HVCRASH_EXTENT_OVERLAY | HVCRASH_EXTENT_NOT_RAM);
	hvcrash_crash_hash();
	assert_hashed(extent(HVCRASH_REG_SIMP), elsewhere);
	assert_false(extent(HVCRASH_REG_SIEFP)->flags & HVCRASH_EXTENT_HASHED);
}

static void a_vp_that_came_up_a_moment_ago_is_hashed(void **s)
{
	(void)s;
	memset(extent(HVCRASH_REG_SIMP), 0, sizeof(struct hvcrash_extent));
	memset(extent(HVCRASH_REG_SIEFP), 0, sizeof(struct hvcrash_extent));
	/* This one of its pages is not RAM */
	fake_registers[HVCRASH_REG_SIEFP].value = 0x5001;
	assert_int_equal(crash_here(), 0);
	hvcrash_crash_hash();
	assert_hashed(extent(HVCRASH_REG_SIMP), simp);
	assert_int_equal(extent(HVCRASH_REG_SIEFP)->flags,
			 HVCRASH_EXTENT_OVERLAY | HVCRASH_EXTENT_NOT_RAM);
	assert_int_equal(hvcrash_report()->pages_hashed, 1);
	assert_int_equal(hvcrash_report()->pages_not_hashed, 0);
}

static void a_cpu_that_just_came_back_shares_what_it_shared_before(void **s)
{
	(void)s;
	hvcrash_registry_set_fixed(extent(HVCRASH_REG_SIEFP), (uintptr_t)siefp,
				   HVCRASH_TORN_DOWN, HVCRASH_EV_READ_BACK,
				   HVCRASH_EXTENT_OVERLAY);

	assert_int_equal(crash_here(), 0);
	assert_int_equal(siefp[0], 0);
	assert_int_equal(extent(HVCRASH_REG_SIEFP)->state, HVCRASH_REVOKED);
	assert_int_equal(extent(HVCRASH_REG_SIEFP)->flags,
			 HVCRASH_EXTENT_OVERLAY);
}

static void while_parked_a_vp_clears_timer_messages_and_no_others(void **s)
{
	(void)s;
	simp[0].header.message_type = HVMSG_TIMER_EXPIRED;
	simp[0].header.message_flags.asu8 = 1;
	simp[2].header.message_type = 1;
	simp[2].header.message_flags.asu8 = 1;
	hvcrash_regs_arrive(CPU);
	hvcrash_regs_tick(CPU);
	assert_int_equal(simp[0].header.message_type, HVMSG_NONE);
	assert_int_equal(simp[2].header.message_type, 1);
	/* One EOM, for the slot that was freed */
	assert_int_equal(fake_writes, 1);
	assert_int_equal(fake_written[0], HVCRASH_REG_EOM);
	/* The panicking CPU took the message and could not say so here */
	simp[2].header.message_type = HVMSG_NONE;
	hvcrash_regs_tick(CPU);
	assert_int_equal(fake_writes, 2);
	hvcrash_regs_tick(CPU);
	assert_int_equal(fake_writes, 2);
}

static void a_vp_that_does_not_answer_keeps_what_was_last_seen(void **s)
{
	(void)s;
	hvcrash_regs_record_not_reached(CPU);
	assert_int_equal(fake_writes, 0);
	assert_int_equal(extent(HVCRASH_REG_SIMP)->state, HVCRASH_NOT_REACHED);
	assert_int_equal(extent(HVCRASH_REG_SIMP)->gpa, (uintptr_t)simp);
	assert_int_equal(hvcrash_registry_vp(&hvcrash_registry, CPU)->state,
			 HVCRASH_VP_NOT_REACHED);
}

static void pages_of_the_whole_vm_keep_their_other_bits(void **s)
{
	struct hvcrash_extent *e;

	(void)s;
	fake_registers[HVCRASH_REG_REFERENCE_TSC].value = 0x5000 | 0x801;
	assert_int_equal(hvcrash_regs_revoke_vm(), 0);
	assert_int_equal(fake_registers[HVCRASH_REG_REFERENCE_TSC].value,
			 0x5000 | 0x800);
	e = hvcrash_registry_vm_extent(&hvcrash_registry, HVCRASH_VM_TSC);
	assert_int_equal(e->state, HVCRASH_REVOKED);
	assert_int_equal(e->gpa, 0x5000);
	fake_registers[HVCRASH_REG_REFERENCE_TSC] =
		(struct fake_register){ .value = 0x5001, .is_stuck = true };
	assert_int_equal(hvcrash_regs_revoke_vm(), 1);
}

static void write_crash_regs(u64 p0, u64 p1, u64 p2, u64 p3, u64 p4)
{
	const u64 p[] = { p0, p1, p2, p3, p4 };
	u32 i;

	hvcrash_has_crash_regs = true;
	for (i = 0; i < 5; i++)
		fake_registers[HVCRASH_REG_CRASH_P0 + i].value = p[i];
}

static struct hvcrash_extent *panic_message(void)
{
	return hvcrash_registry_vm_extent(&hvcrash_registry,
					  HVCRASH_VM_PANIC_MESSAGE);
}

static void the_page_with_the_last_words_is_taken_back(void **s)
{
	(void)s;
	write_crash_regs(0, 0, 0, 0x7000, 1234);
	assert_int_equal(hvcrash_regs_revoke_vm(), 0);
	assert_int_equal(fake_registers[HVCRASH_REG_CRASH_P3].value, 0);
	assert_int_equal(fake_registers[HVCRASH_REG_CRASH_P4].value, 1234);
	assert_int_equal(panic_message()->kind, HVCRASH_KIND_PANIC_MESSAGE);
	assert_int_equal(panic_message()->state, HVCRASH_REVOKED);
	assert_int_equal(panic_message()->gpa, 0x7000);
	assert_int_equal(panic_message()->flags, HVCRASH_EXTENT_NOT_RAM);
}

static void the_last_words_are_hashed(void **s)
{
	(void)s;
	write_crash_regs(0, 0, 0, (uintptr_t)elsewhere, 1234);
	assert_int_equal(hvcrash_regs_revoke_vm(), 0);
	hvcrash_crash_hash();
	assert_hashed(panic_message(), elsewhere);
	assert_int_equal(hvcrash_report()->pages_hashed, 1);
	assert_int_equal(hvcrash_report()->pages_not_hashed, 0);
}

static void a_name_that_stays_is_failed(void **s)
{
	(void)s;
	write_crash_regs(0, 0, 0, 0x7000, 1234);
	fake_registers[HVCRASH_REG_CRASH_P3].is_mute = true;
	assert_int_equal(hvcrash_regs_revoke_vm(), 1);
	assert_int_equal(panic_message()->state, HVCRASH_FAILED);
}

static void a_report_of_cpu_registers_names_no_page(void **s)
{
	(void)s;
	/* hyperv_report_panic(): error, guest ID, and three arbitrary values */
	write_crash_regs(0, 0x8100000600010000, 0, 0x7000, 12);
	assert_int_equal(hvcrash_regs_revoke_vm(), 0);
	assert_int_equal(fake_registers[HVCRASH_REG_CRASH_P3].value, 0x7000);
	assert_int_equal(panic_message()->state, HVCRASH_EMPTY);
	write_crash_regs(0, 0, 0, 0x7008, 12);
	assert_int_equal(hvcrash_regs_revoke_vm(), 0);
	write_crash_regs(0, 0, 0, 0x7000, 4097);
	assert_int_equal(hvcrash_regs_revoke_vm(), 0);
	write_crash_regs(0, 0, 0, 0, 0);
	assert_int_equal(hvcrash_regs_revoke_vm(), 0);
	assert_int_equal(panic_message()->state, HVCRASH_EMPTY);
}

static void the_host_says_which_version_it_is(void **s)
{
	struct hvcrash_host host = { 0 };

	(void)s;
	hvcrash_host_version(&host);
	assert_int_equal(host.build, 20348);
	assert_int_equal(host.major, 10);
	assert_int_equal(host.minor, 0);
	assert_int_equal(host.service_pack, 3);
	assert_int_equal(host.service, 0x07000009);
	assert_int_equal(host.features, 0x11);
	assert_int_equal(host.hints, 0x44);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(each_register_has_the_name_that_the_tlfs_gives_it),
		TEST(what_the_hypervisor_refuses_is_an_error_and_changes_nothing),
		TEST(a_vp_takes_its_pages_back_and_proves_it),
		TEST(nothing_new_is_posted_before_the_pages_go),
		TEST(what_nobody_was_ever_seen_to_use_costs_no_access),
		TEST(what_was_off_stays_untouched),
		TEST(a_register_that_stays_on_is_failed_and_counted),
		TEST(a_register_that_cannot_be_read_back_counts_as_on),
		TEST(contents_are_cleared_where_the_page_is_known),
		TEST(a_page_that_nobody_looked_at_is_hashed_and_not_touched),
		TEST(a_vp_that_came_up_a_moment_ago_is_hashed),
		TEST(a_cpu_that_just_came_back_shares_what_it_shared_before),
		TEST(while_parked_a_vp_clears_timer_messages_and_no_others),
		TEST(a_vp_that_does_not_answer_keeps_what_was_last_seen),
		TEST(pages_of_the_whole_vm_keep_their_other_bits),
		TEST(the_page_with_the_last_words_is_taken_back),
		TEST(the_last_words_are_hashed),
		TEST(a_name_that_stays_is_failed),
		TEST(a_report_of_cpu_registers_names_no_page),
		TEST(the_host_says_which_version_it_is),
	};

	return cmocka_run_group_tests_name(HAS_ASSIST_AND_HYPERCALL_PAGE ?
						   "registers, x86" :
						   "registers, arm64",
					   tests, NULL, NULL);
}
