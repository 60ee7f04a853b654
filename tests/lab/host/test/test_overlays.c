// SPDX-License-Identifier: GPL-2.0-only
/* test_overlays.c - overlays: contents, the page beneath, and their order */
#include "test.h"

#define GPA 0x50000ull
#define OTHER 0x51000ull

static void fill(u64 gpa, int byte)
{
	memset(fake_at(gpa), byte, HV_PAGE);
}

static void the_guests_page_comes_back(void **state)
{
	(void)state;
	fake_start("noise=0");
	fill(GPA, 0x11);
	assert_true(hv_write_register(0, HV_REG_SIMP, GPA | 1));
	assert_int_equal(*fake_at(GPA), 0);
	fill(GPA, 0x22);
	assert_true(hv_write_register(0, HV_REG_SIMP, GPA));
	assert_int_equal(*fake_at(GPA), 0x11);
	assert_int_equal(read_reg(0, HV_REG_SIMP), GPA);
}

static void contents_stay_and_move(void **state)
{
	(void)state;
	fake_start("noise=0");
	hv_write_register(1, HV_REG_SIEFP, GPA | 1);
	fill(GPA, 0x22);
	hv_write_register(1, HV_REG_SIEFP, GPA);
	hv_write_register(1, HV_REG_SIEFP, OTHER | 1);
	assert_int_equal(*fake_at(OTHER + 100), 0x22);
	hv_write_register(1, HV_REG_SIEFP, GPA | 1);
	assert_int_equal(*fake_at(OTHER + 100), 0);
	assert_int_equal(*fake_at(GPA + 100), 0x22);
}

static void a_reset_zeroes_and_a_restart_does_not(void **state)
{
	(void)state;
	fake_start("noise=0");
	hv_write_register(1, HV_REG_SIMP, GPA | 1);
	fill(GPA, 0x22);
	hv_start_vp(1, false);
	assert_int_equal(*fake_at(GPA), 0x22);
	assert_int_equal(read_reg(1, HV_REG_SIMP), GPA | 1);
	hv_start_vp(1, true);
	assert_int_equal(read_reg(1, HV_REG_SIMP), 0);
	hv_write_register(1, HV_REG_SIMP, GPA | 1);
	assert_int_equal(*fake_at(GPA), 0);
}

static void each_vp_has_its_own(void **state)
{
	static const enum hv_register registers[] = { HV_REG_SIMP, HV_REG_SIEFP,
						      HV_REG_SIRBP,
						      HV_REG_VP_ASSIST };
	u64 gpa = GPA;

	(void)state;
	fake_start("noise=0");
	for (u32 vp = 0; vp < FAKE_VPS; vp++)
		for (size_t i = 0; i < ARRAY_SIZE(registers); i++) {
			hv_write_register(vp, registers[i], gpa | 1);
			*fake_at(gpa) = (u8)(gpa >> 12);
			gpa += HV_PAGE;
		}
	for (u64 at = GPA; at < gpa; at += HV_PAGE) {
		assert_int_equal(*fake_at(at), (u8)(at >> 12));
		assert_int_equal(fake.ram[at], 0);
	}
}

static void two_at_one_place(void **state)
{
	(void)state;
	fake_start("noise=0");
	fill(GPA, 0x11);
	hv_write_register(0, HV_REG_SIMP, GPA | 1);
	fill(GPA, 0x22);
	hv_write_register(1, HV_REG_SIMP, GPA | 1);
	assert_int_equal(*fake_at(GPA), 0x22);
	hv_write_register(0, HV_REG_SIMP, 0);
	assert_int_equal(*fake_at(GPA), 0);
	hv_write_register(1, HV_REG_SIMP, 0);
	assert_int_equal(*fake_at(GPA), 0x11);
}

static void no_page_no_overlay(void **state)
{
	(void)state;
	fake_start("noise=0");
	hv_write_register(0, HV_REG_SIMP, GPA);
	assert_false(
		hv_write_register(0, HV_REG_SIMP, FAKE_PAGES * HV_PAGE | 1));
	assert_int_equal(read_reg(0, HV_REG_SIMP), GPA);
	/* While it is off, a register is just a number */
	assert_true(hv_write_register(0, HV_REG_SIMP, ~1ull));
}

static void the_hypercall_page(void **state)
{
	(void)state;
	fake_start("noise=0");
	hv_write_register(0, HV_REG_HYPERCALL, GPA | 1);
	assert_int_equal(read_reg(0, HV_REG_HYPERCALL), GPA);
	hv_write_register(2, HV_REG_GUEST_OS_ID, 7);
	hv_write_register(1, HV_REG_HYPERCALL, GPA | 1);
	assert_int_equal(read_reg(3, HV_REG_HYPERCALL), GPA | 1);
	assert_int_equal(*fake_at(GPA), 0xc3);
	assert_int_equal(*fake_at(GPA + 4), 0xcc);
	/* Without an identity it disappears */
	hv_write_register(2, HV_REG_GUEST_OS_ID, 0);
	assert_int_equal(*fake_at(GPA), 0);
	assert_int_equal(read_reg(0, HV_REG_HYPERCALL), GPA);
	/* Once locked, it does not change */
	hv_write_register(2, HV_REG_GUEST_OS_ID, 7);
	hv_write_register(1, HV_REG_HYPERCALL, GPA | 3);
	assert_true(hv_write_register(1, HV_REG_HYPERCALL, 0));
	assert_int_equal(read_reg(0, HV_REG_HYPERCALL), GPA | 3);
}

static void the_reference_tsc_page(void **state)
{
	(void)state;
	fake_start("noise=0");
	hv_write_register(0, HV_REG_REFERENCE_TSC, GPA | 1);
	assert_int_equal(get32(fake_at(GPA)), 1);
	assert_int_equal(get64(fake_at(GPA + 8)), 1ull << 60);
	assert_int_equal(get64(fake_at(GPA + 16)), 7);
	/* Turn it off as Linux does: the rest of the register stays */
	hv_write_register(0, HV_REG_REFERENCE_TSC,
			  read_reg(0, HV_REG_REFERENCE_TSC) & ~1ull);
	assert_int_equal(*fake_at(GPA), 0);
}

static void registers_that_stay(void **state)
{
	(void)state;
	fake_start("noise=0 stuck-on=simp:1 lying-off=siefp:all");
	hv_write_register(0, HV_REG_SIMP, GPA | 1);
	hv_write_register(0, HV_REG_SIMP, 0);
	assert_int_equal(read_reg(0, HV_REG_SIMP), 0);
	hv_write_register(1, HV_REG_SIMP, GPA | 1);
	fill(GPA, 0x22);
	hv_write_register(1, HV_REG_SIMP, 0);
	assert_int_equal(read_reg(1, HV_REG_SIMP), GPA | 1);
	assert_int_equal(*fake_at(GPA), 0x22);
	hv_write_register(1, HV_REG_SIEFP, OTHER | 1);
	fill(OTHER, 0x33);
	hv_write_register(1, HV_REG_SIEFP, 0);
	assert_int_equal(read_reg(1, HV_REG_SIEFP), 0);
	assert_int_equal(*fake_at(OTHER), 0x33);
	assert_non_null(strstr(fake_ask("state"),
			       "{\"kind\":\"siefp\",\"vp\":1,\"vp_index\":1,"
			       "\"gpa\":\"0x51000\",\"pfn\":81,"
			       "\"register\":\"0x0\""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_guests_page_comes_back),
		TEST(contents_stay_and_move),
		TEST(a_reset_zeroes_and_a_restart_does_not),
		TEST(each_vp_has_its_own),
		TEST(two_at_one_place),
		TEST(no_page_no_overlay),
		TEST(the_hypercall_page),
		TEST(the_reference_tsc_page),
		TEST(registers_that_stay),
	};

	return RUN(tests);
}
