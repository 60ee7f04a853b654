// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_btf.c - kernel/btf.c: members found, and hostile type information refused
 *
 * The blobs are built here, in buffers of their exact size, so that the sanitizer
 * sees every read past an end.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <linux/btf.h>
#include <stdlib.h>
#include <string.h>
#include "btf.h"

#define MAX_WORDS 256
#define MAX_STRINGS 512

/* Type information under construction */
static struct {
	u32 word[MAX_WORDS];
	u32 nr_words;
	char string[MAX_STRINGS];
	u32 string_bytes;
	u32 first_string;
} make;

static void start(u32 first_string)
{
	memset(&make, 0, sizeof(make));
	make.first_string = first_string;
	/* The kernel's strings begin with an empty one, a module's may not */
	make.string_bytes = first_string ? 0 : 1;
}

static u32 string(const char *s)
{
	u32 at = make.string_bytes;

	assert_true(at + strlen(s) < MAX_STRINGS);
	strcpy(make.string + at, s);
	make.string_bytes += strlen(s) + 1;
	return make.first_string + at;
}

static void word(u32 w)
{
	assert_true(make.nr_words < MAX_WORDS);
	make.word[make.nr_words++] = w;
}

static void type(u32 kind, u32 vlen, const char *name, u32 size_or_type)
{
	word(*name ? string(name) : 0);
	word(kind << 24 | vlen);
	word(size_or_type);
}

static void member(const char *name, u32 id, u32 offset)
{
	word(string(name));
	word(id);
	word(offset);
}

/* The file, in a buffer of its own size */
static void *finish(size_t *ret_bytes)
{
	struct btf_header h = {
		.magic = BTF_MAGIC,
		.version = BTF_VERSION,
		.hdr_len = 24,
		.type_len = make.nr_words * 4,
		.str_off = make.nr_words * 4,
		.str_len = make.string_bytes,
	};
	u8 *data;

	*ret_bytes = 24 + h.type_len + h.str_len;
	data = malloc(*ret_bytes);
	memcpy(data, &h, 24);
	memcpy(data + 24, make.word, h.type_len);
	memcpy(data + 24 + h.type_len, make.string, h.str_len);
	return data;
}

enum { INT = 1, PTR, ARRAY, COUNTER, CONST, SPINNING, SPUN, SELF, CONNECTION };

/* A kernel with one type of each kind, a loop of types, and struct connection */
static void *make_kernel(size_t *ret_bytes)
{
	start(0);
	type(BTF_KIND_INT, 0, "int", 4);
	word(32);
	type(BTF_KIND_PTR, 0, "", INT);
	type(BTF_KIND_ARRAY, 0, "", 0);
	word(PTR);
	word(INT);
	word(2);
	type(BTF_KIND_TYPEDEF, 0, "counter_t", CONST);
	type(BTF_KIND_CONST, 0, "", INT);
	type(BTF_KIND_TYPEDEF, 0, "spinning_t", SPUN);
	type(BTF_KIND_TYPEDEF, 0, "spun_t", SPINNING);
	type(BTF_KIND_ARRAY, 0, "", 0);
	word(SELF);
	word(INT);
	word(1);
	type(BTF_KIND_STRUCT, 8, "connection", 64);
	member("state", INT, 0);
	member("pages", ARRAY, 64);
	member("next", COUNTER, 192);
	member("spinning", SPINNING, 256);
	member("self", SELF, 256);
	member("odd", INT, 33);
	member("outside", INT, 64 * 8);
	member("nowhere", 99, 256);
	return finish(ret_bytes);
}

static int lookup(const struct hvcrash_btf *btf, const char *in,
		  const char *name, u32 bytes, u32 *offset)
{
	struct hvcrash_btf_struct s;
	int ret = hvcrash_btf_find_struct(btf, in, &s);

	return ret ? ret : hvcrash_btf_member(&s, name, bytes, offset);
}

static void members_are_found_through_typedefs_qualifiers_and_arrays(void **st)
{
	struct hvcrash_btf btf;
	size_t bytes;
	void *data = make_kernel(&bytes);
	u32 at = 99;

	(void)st;
	assert_int_equal(hvcrash_btf_open(&btf, data, bytes, NULL), 0);
	assert_int_equal(btf.nr_types, CONNECTION);
	assert_int_equal(lookup(&btf, "connection", "state", 4, &at), 0);
	assert_int_equal(at, 0);
	assert_int_equal(lookup(&btf, "connection", "pages", 16, &at), 0);
	assert_int_equal(at, 8);
	assert_int_equal(lookup(&btf, "connection", "next", 4, &at), 0);
	assert_int_equal(at, 24);
	free(data);
}

static void what_is_not_what_was_asked_for_is_not_found(void **st)
{
	struct hvcrash_btf btf;
	size_t bytes;
	void *data = make_kernel(&bytes);
	u32 at = 99;

	(void)st;
	assert_int_equal(hvcrash_btf_open(&btf, data, bytes, NULL), 0);
	assert_int_equal(lookup(&btf, "connectio", "state", 4, &at), -ENOENT);
	assert_int_equal(lookup(&btf, "int", "state", 4, &at), -ENOENT);
	assert_int_equal(lookup(&btf, "connection", "stat", 4, &at), -ENOENT);
	assert_int_equal(lookup(&btf, "connection", "state", 8, &at), -EINVAL);
	assert_int_equal(lookup(&btf, "connection", "pages", 8, &at), -EINVAL);
	assert_int_equal(lookup(&btf, "connection", "odd", 4, &at), -EINVAL);
	assert_int_equal(lookup(&btf, "connection", "outside", 4, &at),
			 -EINVAL);
	assert_int_equal(lookup(&btf, "connection", "nowhere", 4, &at),
			 -EINVAL);
	assert_int_equal(at, 99);
	free(data);
}

static void loops_of_types_end(void **st)
{
	struct hvcrash_btf btf;
	size_t bytes;
	void *data = make_kernel(&bytes);
	u32 at;

	(void)st;
	assert_int_equal(hvcrash_btf_open(&btf, data, bytes, NULL), 0);
	assert_int_equal(lookup(&btf, "connection", "spinning", 4, &at),
			 -EINVAL);
	assert_int_equal(lookup(&btf, "connection", "self", 4, &at), -EINVAL);
	free(data);
}

static void a_modules_types_and_strings_go_on_where_the_kernels_end(void **st)
{
	struct hvcrash_btf kernel, module;
	size_t kernel_bytes, bytes;
	void *kernel_data = make_kernel(&kernel_bytes);
	void *data;
	u32 at;

	(void)st;
	assert_int_equal(
		hvcrash_btf_open(&kernel, kernel_data, kernel_bytes, NULL), 0);
	start(kernel.strings_bytes);
	type(BTF_KIND_PTR, 0, "", ARRAY);
	type(BTF_KIND_STRUCT, 3, "vmbus", 32);
	member("theirs", ARRAY, 0);
	member("ours", CONNECTION + 1, 128);
	/* A name that the kernel already has is not stored again */
	word(1);
	word(INT);
	word(192);
	data = finish(&bytes);
	assert_int_equal(hvcrash_btf_open(&module, data, bytes, &kernel), 0);
	assert_int_equal(lookup(&module, "vmbus", "theirs", 16, &at), 0);
	assert_int_equal(at, 0);
	assert_int_equal(lookup(&module, "vmbus", "ours", 8, &at), 0);
	assert_int_equal(at, 16);
	assert_int_equal(lookup(&module, "vmbus", "int", 4, &at), 0);
	assert_int_equal(at, 24);
	/* Names in the base are found only if the base is searched */
	assert_int_equal(lookup(&module, "connection", "state", 4, &at),
			 -ENOENT);
	free(data);
	free(kernel_data);
}

static void bit_fields_are_refused_and_their_neighbours_found(void **st)
{
	struct hvcrash_btf btf;
	size_t bytes;
	void *data;
	u32 at;

	(void)st;
	start(0);
	type(BTF_KIND_INT, 0, "int", 4);
	word(32);
	type(BTF_KIND_STRUCT | 0x80, 2, "flags", 8);
	member("bits", INT, 3 << 24 | 0);
	member("whole", INT, 32);
	data = finish(&bytes);
	assert_int_equal(hvcrash_btf_open(&btf, data, bytes, NULL), 0);
	assert_int_equal(lookup(&btf, "flags", "bits", 4, &at), -EINVAL);
	assert_int_equal(lookup(&btf, "flags", "whole", 4, &at), 0);
	assert_int_equal(at, 4);
	free(data);
}

static void every_kind_is_stepped_over_and_an_unknown_one_refused(void **st)
{
	/* 32-bit words that follow each kind, with one element if it has elements */
	static const struct {
		u32 kind, vlen, words;
	} kinds[] = {
		{ BTF_KIND_UNION, 1, 3 },      { BTF_KIND_ENUM, 1, 2 },
		{ BTF_KIND_FWD, 0, 0 },	       { BTF_KIND_VOLATILE, 0, 0 },
		{ BTF_KIND_RESTRICT, 0, 0 },   { BTF_KIND_FUNC, 1, 0 },
		{ BTF_KIND_FUNC_PROTO, 1, 2 }, { BTF_KIND_VAR, 0, 1 },
		{ BTF_KIND_DATASEC, 1, 3 },    { BTF_KIND_FLOAT, 0, 0 },
		{ BTF_KIND_DECL_TAG, 0, 1 },   { BTF_KIND_TYPE_TAG, 0, 0 },
		{ BTF_KIND_ENUM64, 1, 3 },
	};
	struct hvcrash_btf btf;
	size_t bytes;
	void *data;
	u32 at, i, n;

	(void)st;
	start(0);
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		type(kinds[i].kind, kinds[i].vlen, "", 0);
		for (n = 0; n < kinds[i].words; n++)
			word(0);
	}
	type(BTF_KIND_STRUCT, 1, "last", 8);
	member("pointer", ARRAY_SIZE(kinds) + 2, 0);
	type(BTF_KIND_PTR, 0, "", 0);
	data = finish(&bytes);
	assert_int_equal(hvcrash_btf_open(&btf, data, bytes, NULL), 0);
	assert_int_equal(lookup(&btf, "last", "pointer", 8, &at), 0);
	free(data);

	type(31, 0, "", 0);
	data = finish(&bytes);
	assert_int_equal(hvcrash_btf_open(&btf, data, bytes, NULL), -EINVAL);
	free(data);
}

static void a_file_cut_anywhere_is_refused(void **st)
{
	struct hvcrash_btf btf;
	size_t bytes, n;
	void *data = make_kernel(&bytes);
	void *cut;

	(void)st;
	for (n = 0; n < bytes; n++) {
		cut = malloc(n ? n : 1);
		memcpy(cut, data, n);
		assert_int_equal(hvcrash_btf_open(&btf, cut, n, NULL), -EINVAL);
		free(cut);
	}
	free(data);
}

static void headers_that_point_outside_or_askew_are_refused(void **st)
{
	static const struct {
		u32 word, value;
	} bad[] = {
		{ 0, 0 },	   { 0, BTF_MAGIC | 2 << 16 },
		{ 1, 20 },	   { 1, 25 },
		{ 1, 0xfffffffc }, { 2, 2 },
		{ 2, 0xfffffffc }, { 3, 0xfffffffc },
		{ 4, 0xffffffff }, { 5, 0 },
		{ 5, 0xffffffff },
	};
	struct hvcrash_btf btf;
	size_t bytes;
	u32 *data, i;

	(void)st;
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		data = make_kernel(&bytes);
		data[bad[i].word] = bad[i].value;
		assert_int_equal(hvcrash_btf_open(&btf, data, bytes, NULL),
				 -EINVAL);
		free(data);
	}
	/* The last string is not terminated */
	data = make_kernel(&bytes);
	((u8 *)data)[bytes - 1] = 'x';
	assert_int_equal(hvcrash_btf_open(&btf, data, bytes, NULL), -EINVAL);
	free(data);
}

/* Asserts only that every read stays inside and every walk ends */
static void any_word_may_be_anything(void **st)
{
	static const u32 values[] = { 0,	  1,	      9,
				      0x7fffffff, 0xffffffff, 0x04ffffff,
				      0x84000001, 0xfffffffc };
	static const char *const names[] = { "state",	 "pages", "next",
					     "spinning", "self",  "nowhere" };
	struct hvcrash_btf btf;
	size_t bytes, n;
	u32 *data, at, i, v;

	(void)st;
	data = make_kernel(&bytes);
	free(data);
	for (n = 0; n < bytes / 4; n++) {
		for (v = 0; v < ARRAY_SIZE(values); v++) {
			data = make_kernel(&bytes);
			data[n] = values[v];
			if (!hvcrash_btf_open(&btf, data, bytes, NULL))
				for (i = 0; i < ARRAY_SIZE(names); i++)
					lookup(&btf, "connection", names[i], 4,
					       &at);
			free(data);
		}
	}
}

int main(void)
{
#define TEST(f) cmocka_unit_test(f)
	const struct CMUnitTest tests[] = {
		TEST(members_are_found_through_typedefs_qualifiers_and_arrays),
		TEST(what_is_not_what_was_asked_for_is_not_found),
		TEST(loops_of_types_end),
		TEST(a_modules_types_and_strings_go_on_where_the_kernels_end),
		TEST(bit_fields_are_refused_and_their_neighbours_found),
		TEST(every_kind_is_stepped_over_and_an_unknown_one_refused),
		TEST(a_file_cut_anywhere_is_refused),
		TEST(headers_that_point_outside_or_askew_are_refused),
		TEST(any_word_may_be_anything),
	};

	return cmocka_run_group_tests_name("btf", tests, NULL, NULL);
}
