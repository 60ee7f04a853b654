// SPDX-License-Identifier: GPL-2.0-only
/* test_synic.c - message slots, event flags, IPIs, and VP numbers */
#include "test.h"

#define SLOT(vp, sint) fake_at(SIMP_GPA(vp) + (sint)*256)

static void post(u32 vp, u32 sint, u32 number)
{
	u8 payload[4];

	put32(payload, number);
	synic_post(&host.vp[vp], sint, 1, payload, sizeof(payload), NULL);
}

static void a_second_message_waits_for_eom(void **state)
{
	(void)state;
	fake_start("noise=0");
	guest_synic_on(1);
	post(1, 2, 10);
	assert_int_equal(get32(SLOT(1, 2)), 1);
	assert_int_equal(SLOT(1, 2)[4], 4);
	assert_int_equal(SLOT(1, 2)[5], 0);
	assert_int_equal(get32(SLOT(1, 2) + 16), 10);
	assert_int_equal(fake.interrupts[1][SINT_VECTOR], 1);
	post(1, 2, 11);
	assert_int_equal(SLOT(1, 2)[5], 1);
	assert_int_equal(get32(SLOT(1, 2) + 16), 10);
	assert_int_equal(fake.interrupts[1][SINT_VECTOR], 1);
	/* Another VP's EOM does not count */
	put32(SLOT(1, 2), 0);
	hv_write_register(0, HV_REG_EOM, 0);
	assert_int_equal(get32(SLOT(1, 2)), 0);
	hv_write_register(1, HV_REG_EOM, 0);
	assert_int_equal(get32(SLOT(1, 2) + 16), 11);
	assert_int_equal(SLOT(1, 2)[5], 0);
	assert_int_equal(fake.interrupts[1][SINT_VECTOR], 2);
}

static void more_than_one_waits(void **state)
{
	(void)state;
	fake_start("noise=0");
	guest_synic_on(0);
	for (u32 i = 0; i < 5; i++)
		post(0, 2, i);
	for (u32 i = 0; i < 5; i++) {
		assert_int_equal(get32(SLOT(0, 2) + 16), i);
		/* All but the last have the pending flag */
		assert_int_equal(SLOT(0, 2)[5], i < 4);
		put32(SLOT(0, 2), 0);
		hv_write_register(0, HV_REG_EOM, 0);
	}
	assert_int_equal(get32(SLOT(0, 2)), 0);
}

static void a_slot_that_is_free_without_eom(void **state)
{
	(void)state;
	fake_start("noise=0");
	guest_synic_on(0);
	post(0, 2, 1);
	put32(SLOT(0, 2), 0);
	post(0, 2, 2);
	assert_int_equal(get32(SLOT(0, 2) + 16), 2);
}

static void slots_are_of_their_sint(void **state)
{
	(void)state;
	fake_start("noise=0");
	guest_synic_on(0);
	hv_write_register(0, HV_REG_SINT + 4, 0x44);
	post(0, 2, 1);
	post(0, 4, 2);
	assert_int_equal(get32(SLOT(0, 4) + 16), 2);
	assert_int_equal(fake.interrupts[0][0x44], 1);
}

static void messages_wait_until_all_is_on(void **state)
{
	(void)state;
	fake_start("noise=0");
	post(0, 2, 1);
	hv_write_register(0, HV_REG_SIMP, SIMP_GPA(0) | 1);
	hv_write_register(0, HV_REG_SCONTROL, 1);
	assert_int_equal(get32(SLOT(0, 2)), 0);
	hv_write_register(0, HV_REG_SINT + 2, SINT_VECTOR);
	assert_int_equal(get32(SLOT(0, 2)), 1);
	/* Masked and polled: no interrupt */
	hv_write_register(0, HV_REG_SINT + 2, SINT_VECTOR | 1 << 18);
	put32(SLOT(0, 2), 0);
	post(0, 2, 2);
	assert_int_equal(get32(SLOT(0, 2) + 16), 2);
	assert_int_equal(fake.interrupts[0][SINT_VECTOR], 1);
}

static void a_vector_below_16_is_refused(void **state)
{
	(void)state;
	fake_start("noise=0");
	assert_false(hv_write_register(0, HV_REG_SINT + 2, 15));
	assert_int_equal(read_reg(0, HV_REG_SINT + 2), 0x10000);
	assert_true(hv_write_register(0, HV_REG_SINT + 2, 0x1000f));
	assert_int_equal(host.violations, 1);
}

static void a_queue_has_an_end(void **state)
{
	(void)state;
	fake_start("noise=0");
	for (u32 i = 0; i < MAX_QUEUED + 10; i++)
		post(0, 2, i);
	assert_int_equal(host.vp[0].queue[2].length, MAX_QUEUED);
	assert_int_equal(host.messages_dropped, 10);
	hv_start_vp(0, true);
	assert_int_equal(host.vp[0].queue[2].length, 0);
}

static void event_flags(void **state)
{
	(void)state;
	fake_start("noise=0");
	synic_signal(&host.vp[3], 2, 5);
	assert_int_equal(host.events_dropped, 1);
	guest_synic_on(3);
	synic_signal(&host.vp[3], 2, 37);
	synic_signal(&host.vp[3], 2, 37);
	assert_int_equal(*fake_at(SIEFP_GPA(3) + 2 * 256 + 4), 1 << 5);
	/* A flag that is already set raises no interrupt */
	assert_int_equal(fake.interrupts[3][SINT_VECTOR], 1);
	synic_signal(&host.vp[3], 2, 4096);
	assert_int_equal(host.events_dropped, 2);
}

static void ipis(void **state)
{
	u8 *call;

	(void)state;
	fake_start("noise=0 vp-offset=2");
	assert_int_equal(hv_hypercall(0, 0x1000b, 0xfd, 1 << 2 | 1 << 5), 0);
	assert_int_equal(fake.interrupts[0][0xfd], 1);
	assert_int_equal(fake.interrupts[3][0xfd], 1);
	assert_int_equal(fake.interrupts[1][0xfd], 0);
	/* Nonexistent VPs are no error */
	assert_int_equal(hv_hypercall(0, 0x1000b, 0xfd, ~0ull << 6 | 3), 0);
	assert_int_equal(hv_hypercall(0, 0x1000b, 3, 1), 5);
	/* A sparse set: bank 0 only */
	call = fake_at(CALL_GPA);
	memset(call, 0, 64);
	put32(call, 0xfc);
	put64(call + 16, 1);
	put64(call + 24, 1 << 3);
	assert_int_equal(hv_hypercall(0, 0x15, CALL_GPA, 0), 0);
	assert_int_equal(fake.interrupts[1][0xfc], 1);
	assert_int_equal(fake.interrupts[0][0xfc], 0);
	/* Banks 0 and 63: the second lies behind the first */
	put64(call + 16, 1ull << 63 | 1);
	assert_int_equal(hv_hypercall(0, 0x15, CALL_GPA, 0), 0);
	assert_int_equal(fake.interrupts[1][0xfc], 2);
	/* All */
	put64(call + 8, 1);
	assert_int_equal(hv_hypercall(0, 0x15, CALL_GPA, 0), 0);
	for (u32 vp = 0; vp < FAKE_VPS; vp++)
		assert_true(fake.interrupts[vp][0xfc] > 0);
}

static void flushes(void **state)
{
	(void)state;
	fake_start("noise=0");
	assert_int_equal(hv_hypercall(0, 0x02, CALL_GPA, 0), 0);
	/* All repetitions are done */
	assert_int_equal(hv_hypercall(0, 0x03 | 5ull << 32, CALL_GPA, 0),
			 5ull << 32);
	hv_hypercall(0, 0x13, CALL_GPA, 0);
	hv_hypercall(0, 0x14, CALL_GPA, 0);
	assert_int_equal(fake.flushes, 4);
}

static void a_vps_index_is_not_its_number(void **state)
{
	(void)state;
	fake_start("vp-offset=7");
	assert_int_equal(read_reg(0, HV_REG_VP_INDEX), 7);
	assert_int_equal(read_reg(3, HV_REG_VP_INDEX), 10);
	assert_null(vp_of_index(6));
	assert_null(vp_of_index(11));
	assert_ptr_equal(vp_of_index(10), &host.vp[3]);
}

static void crash_registers(void **state)
{
	const char *message = "Oops\nmore";
	struct hv_features features;

	(void)state;
	fake_start("noise=0");
	hv_features(&features);
	assert_true(features.misc & 1 << 10);
	assert_int_equal(read_reg(0, HV_REG_CRASH_CTL), 3ull << 62);
	for (u32 i = 0; i < 3; i++)
		hv_write_register(0, HV_REG_CRASH_P0 + i, i + 1);
	hv_write_register(0, HV_REG_CRASH_P0 + 3, 0x50000);
	hv_write_register(0, HV_REG_CRASH_P0 + 4, strlen(message));
	memcpy(fake_at(0x50000), message, strlen(message));
	hv_write_register(0, HV_REG_CRASH_CTL, 3ull << 62);
	assert_non_null(strstr(fake.log, "reports a crash: 0x1 0x2 0x3"));
	assert_non_null(strstr(fake.log, "Oops|more"));
	assert_int_equal(read_reg(2, HV_REG_CRASH_P0 + 1), 2);
	/* A message that does not exist: the host does not look for it */
	hv_write_register(0, HV_REG_CRASH_P0 + 3, ~0ull);
	hv_write_register(0, HV_REG_CRASH_CTL, 3ull << 62);
	assert_int_equal(host.violations, 1);
	fake_start("crash-message=0");
	assert_int_equal(read_reg(0, HV_REG_CRASH_CTL), 1ull << 63);
	fake_start("crash-notify=0");
	hv_features(&features);
	assert_false(features.misc & 1 << 10);
	assert_false(hv_write_register(0, HV_REG_CRASH_P0, 1));
	assert_false(hv_write_register(0, HV_REG_CRASH_CTL, 1));
}

static void clocks_and_privileges(void **state)
{
	struct hv_features features;
	u64 value;

	(void)state;
	fake_start("noise=0");
	fake_run(3);
	assert_int_equal(read_reg(0, HV_REG_REFERENCE_COUNT), fake.now);
	assert_int_equal(read_reg(0, HV_REG_VP_RUNTIME), 3 * HV_MILLISECOND);
	assert_int_equal(read_reg(0, HV_REG_TSC_FREQUENCY), 2000000000);
	assert_int_equal(read_reg(0, HV_REG_APIC_FREQUENCY), 1000000000);
	assert_int_equal(read_reg(0, HV_REG_SVERSION), 1);
	assert_false(hv_read_register(0, HV_REG_NONE, &value));
	hv_features(&features);
	assert_false(features.privileges_high & 1);
	assert_int_equal(features.hints & 0xc04, 0xc04);
	fake_start("l1vh=1 flush-hypercall=0 ipi-hypercall=0");
	hv_features(&features);
	assert_true(features.privileges_high & 1);
	assert_int_equal(features.hints & 0xc04, 0);
	hv_write_register(0, HV_REG_RESET, 1);
	assert_int_equal(fake.ends, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_second_message_waits_for_eom),
		TEST(more_than_one_waits),
		TEST(a_slot_that_is_free_without_eom),
		TEST(slots_are_of_their_sint),
		TEST(messages_wait_until_all_is_on),
		TEST(a_vector_below_16_is_refused),
		TEST(a_queue_has_an_end),
		TEST(event_flags),
		TEST(ipis),
		TEST(flushes),
		TEST(a_vps_index_is_not_its_number),
		TEST(crash_registers),
		TEST(clocks_and_privileges),
	};

	return RUN(tests);
}
