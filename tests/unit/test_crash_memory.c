// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_crash_memory.c - kernel/crash_memory.c: what the kernel lists as
 * its crash kernel's CMA memory, and malformed lists
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <string.h>
#include "crash_memory.h"

/* Contents of the file; NULL if there is no such file */
static const char *said;

struct file *filp_open(const char *path, int flags, unsigned short mode)
{
	assert_string_equal(path, "/sys/kernel/kexec/crash_cma_ranges");
	return said ? (struct file *)&said : (struct file *)(long)-ENOENT;
}

int filp_close(struct file *file, void *id)
{
	return 0;
}

ssize_t kernel_read(struct file *file, void *buf, size_t bytes, loff_t *at)
{
	size_t length = strlen(said);

	if (length > bytes)
		length = bytes;
	memcpy(buf, said, length);
	return length;
}

static struct hvcrash_header header_for(const char *text)
{
	struct hvcrash_header header = { .major = 1 };

	said = text;
	hvcrash_crash_memory(&header);
	return header;
}

static void the_ranges_are_what_the_kernel_says(void **state)
{
	struct hvcrash_header header =
		header_for("20000000-2fffffff\n100000000-13fffffff\n");

	assert_true(header.is_crash_cma_known);
	assert_int_equal(header.nr_crash_cma, 2);
	assert_int_equal(header.crash_cma[0].gpa, 0x20000000);
	assert_int_equal(header.crash_cma[0].bytes, 0x10000000);
	assert_int_equal(header.crash_cma[1].gpa, 0x100000000);
	assert_int_equal(header.crash_cma[1].bytes, 0x40000000);
}

static void a_kernel_without_any_says_so(void **state)
{
	struct hvcrash_header header = header_for("");

	assert_true(header.is_crash_cma_known);
	assert_int_equal(header.nr_crash_cma, 0);
}

static void a_kernel_that_does_not_say_leaves_it_unknown(void **state)
{
	assert_false(header_for(NULL).is_crash_cma_known);
}

static void what_cannot_be_read_leaves_it_unknown(void **state)
{
	static const char *const wrong[] = {
		"20000000\n", "20000000-1fffffff\n",
		"x-y\n",      "20000000-2fffffff extra\n",
		"-\n",	      "20000000-2fffffff\n30000000-\n",
	};
	size_t i;

	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct hvcrash_header header = header_for(wrong[i]);

		assert_false(header.is_crash_cma_known);
		assert_int_equal(header.nr_crash_cma, 0);
	}
}

static void more_ranges_than_there_is_room_for_leave_it_unknown(void **state)
{
	char text[4096] = "";
	int i;

	for (i = 0; i < HVCRASH_MAX_CRASH_CMA; i++)
		strcat(text, "20000000-2fffffff\n");
	assert_int_equal(header_for(text).nr_crash_cma, HVCRASH_MAX_CRASH_CMA);
	strcat(text, "20000000-2fffffff\n");
	assert_false(header_for(text).is_crash_cma_known);
	for (i = 0; i < 100; i++)
		strcat(text, "20000000-2fffffff\n");
	assert_false(header_for(text).is_crash_cma_known);
}

int main(void)
{
#define TEST(f) cmocka_unit_test(f)
	const struct CMUnitTest tests[] = {
		TEST(the_ranges_are_what_the_kernel_says),
		TEST(a_kernel_without_any_says_so),
		TEST(a_kernel_that_does_not_say_leaves_it_unknown),
		TEST(what_cannot_be_read_leaves_it_unknown),
		TEST(more_ranges_than_there_is_room_for_leave_it_unknown),
	};

	return cmocka_run_group_tests_name("crash_memory", tests, NULL, NULL);
}
