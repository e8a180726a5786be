// SPDX-License-Identifier: GPL-2.0-or-later
#include "sipctl/text.h"

#include <inttypes.h>
#include <langinfo.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <wchar.h>

bool text_utf8(void)
{
	return !strcmp(nl_langinfo(CODESET), "UTF-8");
}

static FILE *memory_open(char **text, size_t *size)
{
	FILE *out = open_memstream(text, size);

	if (!out) {
		perror("sipctl");
		exit(1);
	}
	return out;
}

static char *memory_close(FILE *out, char **text)
{
	if (fclose(out)) {
		perror("sipctl");
		exit(1);
	}
	return *text;
}

/* RFC 3629. Returns the octets of a character, or 0 where there is none. */
static size_t decode(const unsigned char *text, uint32_t *character)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t len = text[0] < 0x80 ? 1 :
		     text[0] < 0xc0 ? 0 :
		     text[0] < 0xe0 ? 2 :
		     text[0] < 0xf0 ? 3 :
		     text[0] < 0xf8 ? 4 :
				      0;
	uint32_t c = len == 1 ? text[0] : text[0] & (0x7f >> len);

	for (size_t i = 1; i < len; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (text[i] & 0x3f);
	}
	if (!len || c < least[len] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	*character = c;
	return len;
}

static bool turns_direction(uint32_t c)
{
	return c == 0x61c || c == 0x200e || c == 0x200f || (c >= 0x202a && c <= 0x202e) ||
	       (c >= 0x2066 && c <= 0x2069);
}

char *text_escape(const char *text)
{
	bool utf8 = text_utf8();
	size_t size, len;
	char *result;
	FILE *out = memory_open(&result, &size);

	for (; *text; text += len) {
		uint32_t c;

		len = decode((const unsigned char *)text, &c);
		if (!len || c < 0x20 || c == 0x7f) {
			len = 1;
			fprintf(out, "\\x%02x", (unsigned char)*text);
		} else if (c < 0x7f) {
			fputc(*text, out);
		} else if (!utf8 || wcwidth(c) < 1 || turns_direction(c)) {
			fprintf(out, "\\u{%" PRIx32 "}", c);
		} else {
			fwrite(text, 1, len, out);
		}
	}
	return memory_close(out, &result);
}

size_t text_next(const char *text, uint32_t *character, unsigned int *columns)
{
	size_t len;

	if (!*text)
		return 0;
	len = decode((const unsigned char *)text, character);
	if (!len) {
		*character = '?';
		len = 1;
	}
	*columns = wcwidth(*character) == 2 ? 2 : 1;
	return len;
}

unsigned int text_width(const char *text)
{
	unsigned int width = 0, columns;
	uint32_t c;
	size_t len;

	for (; (len = text_next(text, &c, &columns)); text += len)
		width += columns;
	return width;
}

void text_encode(uint32_t c, char *buf)
{
	size_t len = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

	buf[len] = '\0';
	if (len == 1) {
		buf[0] = c;
		return;
	}
	for (size_t i = len - 1; i; i--, c >>= 6)
		buf[i] = 0x80 | (c & 0x3f);
	buf[0] = 0xf00 >> len | c;
}

char *text_format(const char *fmt, ...)
{
	va_list ap;
	char *text;
	int len;

	va_start(ap, fmt);
	len = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (len < 0) {
		perror("sipctl");
		exit(1);
	}
	return text;
}

char *text_duration(uint64_t ms)
{
	uint64_t s = ms / 1000;

	if (ms < 1000)
		return text_format("%" PRIu64 "ms", ms);
	if (s < 60 && ms % 1000 < 100)
		return text_format("%" PRIu64 "s", s);
	if (s < 60)
		return text_format("%" PRIu64 ".%" PRIu64 "s", s, ms % 1000 / 100);
	if (s < 3600)
		return text_format("%" PRIu64 "m%02" PRIu64 "s", s / 60, s % 60);
	if (s < 86400)
		return text_format("%" PRIu64 "h%02" PRIu64 "m", s / 3600, s % 3600 / 60);
	return text_format("%" PRIu64 "d%02" PRIu64 "h", s / 86400, s % 86400 / 3600);
}

char *text_time(double seconds)
{
	time_t whole = seconds;
	char buf[32] = "-";
	struct tm tm;

	if (localtime_r(&whole, &tm))
		strftime(buf, sizeof(buf), "%F %T", &tm);
	return text_format("%s", buf);
}
