// SPDX-License-Identifier: GPL-2.0-or-later
#include "sip/out.h"

#include <stdarg.h>
#include <stdio.h>

#include "sip_scan.h"

/* Nothing is written after an overflow, so that what stands is never with a gap. */
static char *reserve(struct sip_out *out, size_t len)
{
	char *p = out->p + out->len;

	if (out->overflow || len > out->cap - out->len) {
		out->overflow = true;
		return NULL;
	}
	out->len += len;
	return p;
}

static void put(struct sip_out *out, const char *text, size_t len)
{
	char *p = reserve(out, len);

	if (p && len)
		memcpy(p, text, len);
}

void sip_out_init(struct sip_out *out, char *buf, size_t cap)
{
	*out = (struct sip_out){ .p = buf, .cap = cap };
}

void sip_out_view(struct sip_out *out, struct view text)
{
	put(out, text.p, text.len);
}

void sip_out_u32(struct sip_out *out, uint32_t number)
{
	char digits[10];
	size_t len = 0;

	do {
		digits[sizeof(digits) - ++len] = (char)('0' + number % 10);
		number /= 10;
	} while (number);
	put(out, digits + sizeof(digits) - len, len);
}

void sip_out_printf(struct sip_out *out, const char *format, ...)
{
	size_t room = out->cap - out->len;
	va_list args;
	int len;

	if (out->overflow)
		return;
	va_start(args, format);
	len = vsnprintf(out->p + out->len, room, format, args);
	va_end(args);
	/* The NUL that is written along needs room, but is not counted. */
	if (len < 0 || (size_t)len >= room)
		out->overflow = true;
	else
		out->len += (size_t)len;
}

/* Folding is a line end with white space around it, worth one SP (s.7.3.1). */
static void put_unfolded(struct sip_out *out, struct view value)
{
	const char *p = value.p, *end = value.p + value.len, *line, *text_end;

	for (;;) {
		for (line = p; p < end && !sip_scan_is(*p, SIP_CHAR_LINE); p++)
			;
		text_end = p;
		while (text_end > line && sip_scan_is(text_end[-1], SIP_CHAR_WSP))
			text_end--;
		put(out, line, (size_t)(text_end - line));
		p = sip_scan_skip_lws(p, end);
		if (p == end)
			return;
		put(out, " ", 1);
	}
}

void sip_out_header(struct sip_out *out, const char *name, struct view value)
{
	sip_out_str(out, name);
	put(out, ": ", 2);
	value = view_trim(value);
	if (value.len && (memchr(value.p, '\n', value.len) || memchr(value.p, '\r', value.len)))
		put_unfolded(out, value);
	else
		sip_out_view(out, value);
	put(out, "\r\n", 2);
}

static bool is_alphanumeric(char c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

void sip_out_escaped(struct sip_out *out, struct view text, const char *plain)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.p[i];

		if (is_alphanumeric(c) || (c && strchr(plain, c)))
			put(out, &c, 1);
		else
			sip_out_printf(out, "%%%02X", (unsigned char)c);
	}
}

void sip_out_body(struct sip_out *out, struct view content_type, struct view body)
{
	if (body.len)
		sip_out_header(out, "Content-Type", content_type);
	sip_out_str(out, "Content-Length: ");
	sip_out_u32(out, (uint32_t)body.len);
	put(out, "\r\n\r\n", 4);
	sip_out_view(out, body);
}
