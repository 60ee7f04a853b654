// SPDX-License-Identifier: GPL-2.0-only
/* parse.c - numbers from text */
#include "lib.h"

static unsigned int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned int)(c - '0');
	if (c >= 'a' && c <= 'f')
		return (unsigned int)(c - 'a') + 10;
	if (c >= 'A' && c <= 'F')
		return (unsigned int)(c - 'A') + 10;
	return 255;
}

bool parse_number(const char *text, size_t length, uint64_t *ret_value)
{
	unsigned int base = 10, digit;
	uint64_t value = 0;
	size_t at = 0;

	if (length > 2 && text[0] == '0' && text[1] == 'x') {
		base = 16;
		at = 2;
	}
	if (at == length)
		return false;
	for (; at < length; at++) {
		digit = digit_of(text[at]);
		if (digit >= base || value > (UINT64_MAX - digit) / base)
			return false;
		value = value * base + digit;
	}
	*ret_value = value;
	return true;
}
