/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lib.h - a replacement for the C library, which the back ends lack
 *
 * A hosted build (unit tests) leaves string.c out and uses libc's.
 */
#ifndef LIB_H
#define LIB_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* string.c */
void *memcpy(void *to, const void *from, size_t bytes);
void *memmove(void *to, const void *from, size_t bytes);
void *memset(void *to, int byte, size_t bytes);
int memcmp(const void *a, const void *b, size_t bytes);
size_t strlen(const char *s);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t bytes);
char *strchr(const char *s, int c);

/*
 * format.c: supports %c %s %.*s %d %u %x, with l or ll, a width, and a
 * leading 0 or # (0x). Nothing else.
 */
void format_each(void (*put)(void *to, char c), void *to, const char *format,
		 va_list args);
/*
 * At most room bytes, always terminated. Returns the number of characters
 * written.
 */
size_t format_line(char *line, size_t room, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
size_t format_line_v(char *line, size_t room, const char *format, va_list args);

/*
 * parse.c: accepts a number in decimal or, after 0x, in hexadecimal, and
 * nothing after it. False if the text is not one or it does not fit; *ret_value
 * is then unchanged.
 */
bool parse_number(const char *text, size_t length, uint64_t *ret_value);

/*
 * heap.c: memory from one block. Allocations are zeroed and aligned to 16
 * bytes; those of a page or more to 4096. NULL if memory is exhausted.
 */
void heap_init(void *at, size_t bytes);
void *heap_alloc(size_t bytes);
void heap_free(void *at);
size_t heap_used(void);

#endif
