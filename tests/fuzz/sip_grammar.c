// SPDX-License-Identifier: GPL-2.0-or-later
#include "sip_grammar.h"

#include <string.h>

bool tolerates(const struct reader *r, enum sip_reference_tolerance what)
{
	return r->tolerances & what;
}

int peek(const struct reader *r)
{
	return r->p < r->end ? (unsigned char)*r->p : -1;
}

bool octet(struct reader *r, int c)
{
	if (peek(r) != c)
		return false;
	r->p++;
	return true;
}

bool among(int c, const char *set)
{
	return c > 0 && strchr(set, c);
}

bool is_digit(int c)
{
	return c >= '0' && c <= '9';
}

bool is_alpha(int c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_alphanum(int c)
{
	return is_digit(c) || is_alpha(c);
}

bool is_hex(int c)
{
	return is_digit(c) || among(c, "abcdefABCDEF");
}

bool is_token(int c)
{
	return is_alphanum(c) || among(c, "-.!%*_+`'~");
}

bool is_unreserved(int c)
{
	return is_alphanum(c) || among(c, "-_.!~*'()");
}

bool is_reserved(int c)
{
	return among(c, ";/?:@&=+$,");
}

bool run_of(struct reader *r, bool (*is)(int))
{
	const char *begin = r->p;

	while (is(peek(r)))
		r->p++;
	return r->p > begin;
}

bool digits(struct reader *r, uint32_t max, uint32_t *number)
{
	const char *begin = r->p;
	uint64_t sum = 0;

	for (; is_digit(peek(r)); r->p++) {
		sum = sum * 10 + (uint64_t)(*r->p - '0');
		if (sum > max)
			return false;
	}
	*number = (uint32_t)sum;
	return r->p > begin;
}

bool escaped(struct reader *r)
{
	if (r->end - r->p < 3 || *r->p != '%' || !is_hex(r->p[1]) || !is_hex(r->p[2]))
		return false;
	r->p += 3;
	return true;
}

struct sip_reference_text text_of(const struct reader *r, const char *from, const char *to)
{
	return (struct sip_reference_text){ (size_t)(from - r->begin), (size_t)(to - from) };
}

/* LWS; within a value, line ends only come before white space. */
bool lws(struct reader *r)
{
	const char *begin = r->p;

	while (among(peek(r), " \t\r\n"))
		r->p++;
	return r->p > begin;
}

/* SWS c SWS, or nothing at all */
bool separator(struct reader *r, int c)
{
	const char *begin = r->p;

	lws(r);
	if (!octet(r, c)) {
		r->p = begin;
		return false;
	}
	lws(r);
	return true;
}

/* UTF8-NONASCII */
bool utf8(struct reader *r)
{
	static const struct {
		int first, last, more;
	} leads[] = {
		{ 0xc0, 0xdf, 1 }, { 0xe0, 0xef, 2 }, { 0xf0, 0xf7, 3 },
		{ 0xf8, 0xfb, 4 }, { 0xfc, 0xfd, 5 },
	};
	const char *begin = r->p;
	int c = peek(r), more = -1;

	for (size_t i = 0; i < sizeof(leads) / sizeof(leads[0]); i++)
		if (c >= leads[i].first && c <= leads[i].last)
			more = leads[i].more;
	if (tolerates(r, SIP_TOLERATE_TEXT) && c >= 0x80)
		more = 0;
	if (more < 0)
		return false;
	r->p++;
	while (more--) {
		c = peek(r);
		if (c < 0x80 || c > 0xbf) {
			r->p = begin;
			return false;
		}
		r->p++;
	}
	return true;
}

/* quoted-string, without the SWS before it */
bool quoted_string(struct reader *r)
{
	int c;

	if (!octet(r, '"'))
		return false;
	while (!octet(r, '"')) {
		if (octet(r, '\\')) {
			c = peek(r);
			if (c < 0 || c > 0x7f || c == '\r' || c == '\n')
				return false;
			r->p++;
			continue;
		}
		c = peek(r);
		if (among(c, " \t\r\n") || (c >= 0x21 && c <= 0x7e))
			r->p++;
		else if (!utf8(r))
			return false;
	}
	return true;
}
