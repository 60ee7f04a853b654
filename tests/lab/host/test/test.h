/* SPDX-License-Identifier: GPL-2.0-only */
/* test.h - included by every test of the host */
#ifndef TEST_H
#define TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include "fake_guest.h"
#include "core.h"
#include "vmbus.h"

static inline u64 read_reg(u32 vp, enum hv_register reg)
{
	u64 value = 0xdead;

	assert_true(hv_read_register(vp, reg, &value));
	return value;
}

/* From any channel */
static inline struct gpadl *find_gpadl(u32 id)
{
	struct gpadl *g = vmbus.gpadls;

	while (g && g->id != id)
		g = g->next;
	return g;
}

static inline int stop(void **state)
{
	(void)state;
	fake_stop();
	return 0;
}

#define TEST(name) cmocka_unit_test_teardown(name, stop)

#define RUN(tests) cmocka_run_group_tests(tests, NULL, NULL)

#endif
