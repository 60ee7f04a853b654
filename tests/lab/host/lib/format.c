// SPDX-License-Identifier: GPL-2.0-only
/* format.c - the part of printf() that the host needs */
#include "lib.h"

struct sink {
	void (*put)(void *to, char c);
	void *to;
};

/* Flags, width and length modifier of a conversion */
struct spec {
	bool zeros, prefix;
	unsigned int width, longs;
};

static void put_text(struct sink *sink, const char *text, int most)
{
	if (!text)
		text = "(null)";
	for (; *text && most; text++, most -= most > 0)
		sink->put(sink->to, *text);
}

static void put_number(struct sink *sink, const struct spec *spec,
		       unsigned long long value, unsigned int base,
		       bool negative)
{
	char digits[24];
	unsigned int n = 0, width = spec->width;

	do
		digits[n++] = "0123456789abcdef"[value % base];
	while (value /= base);
	if (negative)
		sink->put(sink->to, '-');
	if (spec->prefix && base == 16)
		put_text(sink, "0x", -1);
	for (; width > n; width--)
		sink->put(sink->to, spec->zeros ? '0' : ' ');
	while (n)
		sink->put(sink->to, digits[--n]);
}

static const char *read_spec(const char *at, struct spec *spec)
{
	*spec = (struct spec){ 0 };
	for (; *at == '0' || *at == '#'; at++) {
		spec->zeros |= *at == '0';
		spec->prefix |= *at == '#';
	}
	for (; *at >= '0' && *at <= '9'; at++)
		spec->width = spec->width * 10 + (unsigned int)(*at - '0');
	for (; *at == 'l'; at++)
		spec->longs++;
	return at;
}

static unsigned long long unsigned_of(const struct spec *spec, va_list *args)
{
	if (spec->longs > 1)
		return va_arg(*args, unsigned long long);
	if (spec->longs)
		return va_arg(*args, unsigned long);
	return va_arg(*args, unsigned int);
}

static void put_signed(struct sink *sink, const struct spec *spec,
		       va_list *args)
{
	long long value;

	if (spec->longs > 1)
		value = va_arg(*args, long long);
	else if (spec->longs)
		value = va_arg(*args, long);
	else
		value = va_arg(*args, int);
	put_number(sink, spec,
		   value < 0 ? -(unsigned long long)value :
			       (unsigned long long)value,
		   10, value < 0);
}

static const char *put_conversion(struct sink *sink, const char *at,
				  va_list *args)
{
	struct spec spec;
	int most;

	if (!strncmp(at, ".*s", 3)) {
		most = va_arg(*args, int);
		put_text(sink, va_arg(*args, const char *), most);
		return at + 3;
	}
	at = read_spec(at, &spec);
	switch (*at) {
	case 'c':
		sink->put(sink->to, (char)va_arg(*args, int));
		break;
	case 's':
		put_text(sink, va_arg(*args, const char *), -1);
		break;
	case 'd':
		put_signed(sink, &spec, args);
		break;
	case 'u':
		put_number(sink, &spec, unsigned_of(&spec, args), 10, false);
		break;
	case 'x':
		put_number(sink, &spec, unsigned_of(&spec, args), 16, false);
		break;
	case 0:
		return at;
	default:
		sink->put(sink->to, *at);
	}
	return at + 1;
}

void format_each(void (*put)(void *to, char c), void *to, const char *format,
		 va_list args)
{
	struct sink sink = { put, to };
	va_list copy;

	va_copy(copy, args);
	while (*format)
		if (*format != '%')
			put(to, *format++);
		else
			format = put_conversion(&sink, format + 1, &copy);
	va_end(copy);
}

struct line {
	char *at;
	size_t length, room;
};

static void put_in_line(void *to, char c)
{
	struct line *line = to;

	if (line->length + 1 < line->room)
		line->at[line->length++] = c;
}

size_t format_line_v(char *line, size_t room, const char *format, va_list args)
{
	struct line to = { line, 0, room };

	format_each(put_in_line, &to, format, args);
	if (room)
		line[to.length] = 0;
	return to.length;
}

size_t format_line(char *line, size_t room, const char *format, ...)
{
	va_list args;
	size_t length;

	va_start(args, format);
	length = format_line_v(line, room, format, args);
	va_end(args);
	return length;
}
