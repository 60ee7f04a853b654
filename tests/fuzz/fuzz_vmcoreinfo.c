// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_vmcoreinfo.c - fuzz target: the line that names the registry
 *
 * The input is the text of VMCOREINFO. Compares where the tool then looks for
 * the registry with the match of a regular expression of the C library: the
 * last line of that name, with lower-case hexadecimal, the address of a page.
 */
#include <regex.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hvcrash_abi.h"
#include "registry/image.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct err *give_text(struct core *core, char **ret_text)
{
	*ret_text = strdup(core->priv);
	return *ret_text ? NULL : err_create(ERR_IO, "out of memory");
}

static __u64 asked_gpa;

static struct err *give_nothing(struct core *core, __u64 gpa, void *buf,
				size_t bytes, bool *ret_is_present)
{
	(void)core;
	(void)buf;
	(void)bytes;
	asked_gpa = gpa;
	*ret_is_present = false;
	return NULL;
}

static const struct core_ops text_ops = {
	.name = "text",
	.read_gpa = give_nothing,
	.vmcoreinfo = give_text,
};

/*
 * The value of the last such line, "" if it is not an address, NULL without one
 */
static const char *last_value(const char *text, regmatch_t *ret_match)
{
	static regex_t line;
	static bool is_ready;
	const char *value = NULL;
	regmatch_t match[2];
	int flags = 0;

	if (!is_ready && regcomp(&line, "^" HVCRASH_VMCOREINFO_KEY "=(.*)$",
				 REG_EXTENDED | REG_NEWLINE))
		abort();
	is_ready = true;
	while (!regexec(&line, text, 2, match, flags)) {
		value = text + match[1].rm_so;
		*ret_match = match[1];
		text += match[0].rm_eo;
		flags = *text == '\n' ? 0 : REG_NOTBOL;
		text += *text == '\n';
	}
	return value;
}

/* 0: no line names a page */
static __u64 expected_gpa(const char *text)
{
	regmatch_t match;
	const char *value = last_value(text, &match);
	size_t length;
	__u64 gpa = 0;

	if (!value)
		return 0;
	length = (size_t)(match.rm_eo - match.rm_so);
	if (length < 3 || length > 18 || memcmp(value, "0x", 2))
		return 0;
	for (size_t i = 2; i < length; i++) {
		const char *digit = strchr("0123456789abcdef", value[i]);

		if (!digit)
			return 0;
		gpa = gpa << 4 |
		      (__u64)(value[i] - (*digit > '9' ? 'a' - 10 : '0'));
	}
	if (gpa % HVCRASH_PAGE_BYTES || gpa + HVCRASH_PAGE_BYTES < gpa)
		return 0;
	/* the very last page ends at 2^64, which no size can express */
	return gpa + HVCRASH_PAGE_BYTES ? gpa : 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct image *image guarded_image = NULL;
	char *text guarded_free = strndup((const char *)data, size);
	struct core core = { .ops = &text_ops, .fd = -1, .priv = text };
	struct err *err;
	__u64 expected;

	if (!text)
		return 0;
	asked_gpa = 0;
	err = image_open(&core, &image);
	expected = expected_gpa(text);
	if (!err || asked_gpa != expected) {
		dprintf(2, "looked at 0x%llx instead of 0x%llx\n", asked_gpa,
			expected);
		abort();
	}
	err_destroy(err);
	return 0;
}
