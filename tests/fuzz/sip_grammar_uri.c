// SPDX-License-Identifier: GPL-2.0-or-later
/* Hosts and URIs. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sip/msg.h"
#include "sip_grammar.h"

/* *( unreserved / escaped / any of @others ) */
static void uri_chars(struct reader *r, const char *others)
{
	while (is_unreserved(peek(r)) || among(peek(r), others)) {
		r->p++;
		while (escaped(r))
			;
	}
}

static void uri_text(struct reader *r, const char *others)
{
	while (escaped(r))
		;
	uri_chars(r, others);
}

static bool ipv4_address(struct reader *r)
{
	const char *begin = r->p, *part;

	for (int i = 0; i < 4; i++) {
		if (i && !octet(r, '.'))
			break;
		part = r->p;
		while (is_digit(peek(r)))
			r->p++;
		if (r->p == part || r->p - part > 3)
			break;
		if (i == 3)
			return true;
	}
	r->p = begin;
	return false;
}

/* IPv6reference: [ hexseq [ "::" hexseq ] [ ":" IPv4address ] ], its letters only. */
bool ipv6_reference(struct reader *r)
{
	const char *begin = r->p;

	if (octet(r, '[')) {
		while (is_hex(peek(r)) || among(peek(r), ":."))
			r->p++;
		if (r->p - begin > 2 && octet(r, ']'))
			return true;
	}
	r->p = begin;
	return false;
}

static bool label(const char *begin, const char *end)
{
	return begin < end && is_alphanum(*begin) && is_alphanum(end[-1]);
}

/* hostname: labels, the last of which begins with a letter, and perhaps a dot behind them. */
static bool hostname(struct reader *r)
{
	const char *begin = r->p, *end, *last = begin;

	while (is_alphanum(peek(r)) || among(peek(r), "-."))
		r->p++;
	end = r->p;
	if (end > begin && end[-1] == '.')
		end--;
	for (const char *p = begin; p < end; p++) {
		if (*p != '.')
			continue;
		if (!label(last, p))
			return false;
		last = p + 1;
	}
	return label(last, end) && is_alpha(*last);
}

bool host(struct reader *r)
{
	const char *begin = r->p;

	if (ipv6_reference(r))
		return true;
	if (tolerates(r, SIP_TOLERATE_URI)) {
		while (is_alphanum(peek(r)) || among(peek(r), "-._"))
			r->p++;
		return r->p > begin;
	}
	if (ipv4_address(r) && !is_alphanum(peek(r)) && !among(peek(r), "-."))
		return true;
	r->p = begin;
	return hostname(r);
}

/* The ports there are. */
bool port(struct reader *r)
{
	uint32_t number;

	return digits(r, UINT16_MAX, &number) && number;
}

static bool userinfo(struct reader *r)
{
	const char *others = tolerates(r, SIP_TOLERATE_URI) ? "&=+$,;?/#" : "&=+$,;?/";
	const char *begin = r->p;

	uri_text(r, others);
	if (r->p > begin) {
		if (octet(r, ':'))
			uri_text(r, "&=+$,");
		if (octet(r, '@'))
			return true;
	}
	r->p = begin;
	return false;
}

/* The character there, small; of an escape that means no plain one (s.19.1.4) all of it. */
static int name_char(const char **p)
{
	char hex[3] = { 0 };
	int c = (unsigned char)*(*p)++;

	if (c == '%') {
		memcpy(hex, *p, 2);
		*p += 2;
		c = (int)strtol(hex, NULL, 16);
		if (c && strchr(";/?:@&=+$,", c))
			return -c;
	}
	return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

struct name {
	const char *begin, *end;
};

static bool same_name(struct name a, struct name b)
{
	while (a.begin < a.end && b.begin < b.end)
		if (name_char(&a.begin) != name_char(&b.begin))
			return false;
	return a.begin == a.end && b.begin == b.end;
}

static bool uri_params(struct reader *r)
{
	static const char others[] = "[]/:&+$";
	struct name names[SIP_MAX_URI_PARAMS];
	unsigned int count = 0;
	const char *begin;

	while (octet(r, ';')) {
		begin = r->p;
		uri_text(r, others);
		if (r->p == begin || count == SIP_MAX_URI_PARAMS)
			return false;
		names[count] = (struct name){ begin, r->p };
		for (unsigned int i = 0; i < count; i++)
			if (same_name(names[i], names[count]))
				return false;
		count++;
		if (octet(r, '=')) {
			begin = r->p;
			uri_text(r, others);
			if (r->p == begin)
				return false;
		}
	}
	return true;
}

static bool uri_headers(struct reader *r)
{
	static const char others[] = "[]/?:+$";
	const char *begin;

	if (!octet(r, '?'))
		return true;
	do {
		begin = r->p;
		uri_text(r, others);
		if (r->p == begin || !octet(r, '='))
			return false;
		uri_text(r, others);
	} while (octet(r, '&'));
	return true;
}

/* absoluteURI, behind its scheme */
static bool opaque(struct reader *r)
{
	const char *begin = r->p;

	for (;; r->p++) {
		while (escaped(r))
			;
		if (tolerates(r, SIP_TOLERATE_URI)) {
			if (peek(r) <= 0x20 || peek(r) >= 0x7f)
				break;
		} else if (!is_unreserved(peek(r)) && !is_reserved(peek(r))) {
			break;
		}
	}
	return r->p > begin;
}

/* The whole of what is between @begin and @end. */
bool uri(const struct reader *outer, const char *begin, const char *end, bool headers)
{
	struct reader r = { outer->begin, begin, end, outer->tolerances };
	size_t scheme;

	if (!is_alpha(peek(&r)))
		return false;
	while (is_alphanum(peek(&r)) || among(peek(&r), "+-."))
		r.p++;
	scheme = (size_t)(r.p - begin);
	if (!octet(&r, ':'))
		return false;
	if ((scheme != 3 || strncasecmp(begin, "sip", 3)) &&
	    (scheme != 4 || strncasecmp(begin, "sips", 4)))
		return opaque(&r) && r.p == end;
	userinfo(&r);
	if (!host(&r) || (octet(&r, ':') && !port(&r)) || !uri_params(&r))
		return false;
	return (!headers || uri_headers(&r)) && r.p == end;
}
