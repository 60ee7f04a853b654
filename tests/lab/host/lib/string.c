// SPDX-License-Identifier: GPL-2.0-only
/*
 * string.c - memory and strings
 *
 * Copies words if both sides are aligned, else bytes: with the MMU off (arm64)
 * an unaligned access faults. The compiler must not turn the loops in here into
 * calls of these same functions.
 */
#include "lib.h"

typedef uint64_t __attribute__((may_alias)) word;

static bool aligned(const void *a, const void *b)
{
	return !(((uintptr_t)a | (uintptr_t)b) % sizeof(word));
}

void *memcpy(void *to, const void *from, size_t bytes)
{
	unsigned char *t = to;
	const unsigned char *f = from;

	if (aligned(to, from))
		for (; bytes >= sizeof(word); bytes -= sizeof(word)) {
			*(word *)t = *(const word *)f;
			t += sizeof(word);
			f += sizeof(word);
		}
	while (bytes--)
		*t++ = *f++;
	return to;
}

void *memmove(void *to, const void *from, size_t bytes)
{
	unsigned char *t = to;
	const unsigned char *f = from;

	if (t <= f)
		return memcpy(to, from, bytes);
	while (bytes--)
		t[bytes] = f[bytes];
	return to;
}

void *memset(void *to, int byte, size_t bytes)
{
	unsigned char *t = to;
	word w = 0x0101010101010101ull * (unsigned char)byte;

	if (aligned(to, to))
		for (; bytes >= sizeof(word); bytes -= sizeof(word)) {
			*(word *)t = w;
			t += sizeof(word);
		}
	while (bytes--)
		*t++ = (unsigned char)byte;
	return to;
}

int memcmp(const void *a, const void *b, size_t bytes)
{
	const unsigned char *x = a, *y = b;

	for (; bytes; bytes--, x++, y++)
		if (*x != *y)
			return *x - *y;
	return 0;
}

size_t strlen(const char *s)
{
	size_t n = 0;

	while (s[n])
		n++;
	return n;
}

int strncmp(const char *a, const char *b, size_t bytes)
{
	for (; bytes; bytes--, a++, b++)
		if (*a != *b || !*a)
			return (unsigned char)*a - (unsigned char)*b;
	return 0;
}

int strcmp(const char *a, const char *b)
{
	return strncmp(a, b, SIZE_MAX);
}

char *strchr(const char *s, int c)
{
	for (; *s != (char)c; s++)
		if (!*s)
			return NULL;
	return (char *)(uintptr_t)s;
}
