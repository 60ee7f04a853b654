// SPDX-License-Identifier: GPL-2.0-only
/* test_lib.c - strings, formats, numbers and the heap, against libc's */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The library's, under names of their own */
#define memcpy own_memcpy
#define memmove own_memmove
#define memset own_memset
#define memcmp own_memcmp
#define strlen own_strlen
#define strcmp own_strcmp
#define strncmp own_strncmp
#define strchr own_strchr
#include "../lib/string.c"
#undef memcpy
#undef memmove
#undef memset
#undef memcmp
#undef strlen
#undef strcmp
#undef strncmp
#undef strchr

static void strings(void **state)
{
	unsigned char a[64], b[64], begin[64];

	(void)state;
	for (size_t i = 0; i < sizeof(begin); i++)
		begin[i] = (unsigned char)(i * 7);
	for (size_t from = 0; from < 10; from++)
		for (size_t to = 0; to < 10; to++)
			for (size_t n = 0; n < 40; n++) {
				memcpy(a, begin, sizeof(a));
				memcpy(b, begin, sizeof(b));
				memmove(a + to, a + from, n);
				own_memmove(b + to, b + from, n);
				assert_memory_equal(a, b, sizeof(a));
				memset(a + to, (int)n, n);
				own_memset(b + to, (int)n, n);
				assert_memory_equal(a, b, sizeof(a));
				memcpy(a + to, begin + from, n);
				own_memcpy(b + to, begin + from, n);
				assert_memory_equal(a, b, sizeof(a));
			}
	assert_int_equal(own_memcmp("abc", "abd", 2), 0);
	assert_true(own_memcmp("abc", "abd", 3) < 0);
	assert_int_equal(own_strlen("abc"), 3);
	assert_true(own_strcmp("abc", "ab") > 0);
	assert_int_equal(own_strcmp("abc", "abc"), 0);
	assert_int_equal(own_strncmp("abc", "abd", 2), 0);
	assert_string_equal(own_strchr("a=b", '='), "=b");
	assert_null(own_strchr("a=b", 'c'));
}

#define SAME(...)                                                              \
	do {                                                                   \
		char ours[128], libcs[128];                                    \
		int n_ = snprintf(libcs, sizeof(libcs), __VA_ARGS__);          \
		assert_int_equal(format_line(ours, sizeof(ours), __VA_ARGS__), \
				 n_);                                          \
		assert_string_equal(ours, libcs);                              \
	} while (0)

static void formats(void **state)
{
	char line[5];

	(void)state;
	SAME("plain %% and %c%s", 'x', "yz");
	SAME("%d %d %u %x", 0, -5, 4000000000u, 0xabcu);
	SAME("%lld %llu %llx", INT64_MIN + 0ll, UINT64_MAX + 0ull, 1ull << 63);
	SAME("%ld %lu %lx", -7l, 7ul, 255ul);
	SAME("%5u|%05u|%02x|%#llx|%4llu", 42u, 42u, 7u, 0x10ull, 5ull);
	SAME("%.*s|%.*s", 2, "abc", 0, "abc");
	assert_int_equal(format_line(line, sizeof(line), "%s", "longer"), 4);
	assert_string_equal(line, "long");
}

static void numbers(void **state)
{
	uint64_t value = 99;

	(void)state;
	assert_true(parse_number("18446744073709551615", 20, &value));
	assert_true(value == UINT64_MAX);
	assert_true(parse_number("0xfFffffffffffffff", 18, &value));
	assert_true(value == UINT64_MAX);
	value = 99;
	assert_false(parse_number("18446744073709551616", 20, &value));
	assert_false(parse_number("0x10000000000000000", 19, &value));
	assert_false(parse_number("", 0, &value));
	assert_false(parse_number("0x", 2, &value));
	assert_false(parse_number("12a", 3, &value));
	assert_false(parse_number("-1", 2, &value));
	assert_int_equal(value, 99);
	assert_true(parse_number("12a", 2, &value));
	assert_int_equal(value, 12);
}

#define HEAP (256 * 1024)

static void the_heap(void **state)
{
	char *block = aligned_alloc(4096, HEAP), *at[300] = { 0 };
	size_t bytes[300] = { 0 };
	unsigned int seed = 1, i, n;

	(void)state;
	heap_init(block + 3, HEAP - 7);
	assert_null(heap_alloc(HEAP));
	for (n = 0; n < 20000; n++) {
		seed = seed * 1103515245 + 12345;
		i = seed >> 16 & 255;
		if (at[i]) {
			for (size_t k = 0; k < bytes[i]; k++)
				assert_int_equal((unsigned char)at[i][k],
						 (unsigned char)i);
			heap_free(at[i]);
			at[i] = NULL;
			continue;
		}
		bytes[i] = (seed >> 8 & 15) ? seed >> 20 & 511 : 5000;
		at[i] = heap_alloc(bytes[i]);
		if (!at[i])
			continue;
		assert_true(at[i] >= block && at[i] + bytes[i] <= block + HEAP);
		assert_int_equal(
			(uintptr_t)at[i] % (bytes[i] > 4096 ? 4096 : 16), 0);
		for (size_t k = 0; k < bytes[i]; k++)
			assert_int_equal(at[i][k], 0);
		memset(at[i], (int)i, bytes[i]);
	}
	for (i = 0; i < 300; i++)
		heap_free(at[i]);
	assert_int_equal(heap_used(), 0);
	/* Everything is one block again */
	at[0] = heap_alloc(HEAP - 8192);
	assert_non_null(at[0]);
	/* Resetting twice changes nothing */
	heap_free(at[0]);
	heap_free(at[0]);
	assert_int_equal(heap_used(), 0);
	free(block);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strings),
		cmocka_unit_test(formats),
		cmocka_unit_test(numbers),
		cmocka_unit_test(the_heap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
