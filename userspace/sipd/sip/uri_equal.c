// SPDX-License-Identifier: GPL-2.0-or-later
/* When two URIs are the same (RFC 3261 s.19.1.4), and when two parameters of one are (s.19.1.1). */
#include "base/htab.h"
#include "sip/msg.h"

/* An escaped character that is reserved is not the same as itself without the escape. */
#define ESCAPED 0x100

static unsigned int hex_digit(char c)
{
	return (unsigned int)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
}

/* Takes the next character of @text, which has one. */
static unsigned int next_char(struct view *text)
{
	unsigned char c = (unsigned char)*text->p;
	size_t taken = 1;
	unsigned int result = c;

	if (c == '%' && text->len >= 3 && sip_scan_is(text->p[1], SIP_CHAR_HEX) &&
	    sip_scan_is(text->p[2], SIP_CHAR_HEX)) {
		c = (unsigned char)(hex_digit(text->p[1]) << 4 | hex_digit(text->p[2]));
		result = c && strchr(";/?:@&=+$,", c) ? ESCAPED | c : c;
		taken = 3;
	}
	text->p += taken;
	text->len -= taken;
	return result;
}

static unsigned int small(unsigned int c)
{
	return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
}

static bool same_text(struct view a, struct view b, bool any_case)
{
	while (a.len && b.len) {
		unsigned int ca = next_char(&a), cb = next_char(&b);

		if (ca != cb && (!any_case || small(ca) != small(cb)))
			return false;
	}
	return !a.len && !b.len;
}

/* The same for names that are. */
static uint32_t hash_name(struct view name)
{
	uint16_t chars[32];
	uint32_t hash = 0;
	size_t count = 0;

	while (name.len) {
		chars[count++] = (uint16_t)small(next_char(&name));
		if (count == sizeof(chars) / sizeof(*chars) || !name.len) {
			hash = htab_hash_more(hash, chars, count * sizeof(*chars));
			count = 0;
		}
	}
	return hash;
}

/*
 * Names are compared only where a hash with our secret key is the same, so that no peer's make that
 * any work.
 */
bool sip_uri_params_differ(struct view params)
{
	uint32_t hashes[SIP_MAX_URI_PARAMS];
	struct view names[SIP_MAX_URI_PARAMS], value;
	unsigned int count = 0;

	while (params.len) {
		if (count == SIP_MAX_URI_PARAMS)
			return false;
		sip_uri_param_next(&params, &names[count], &value);
		/* The only one, as mostly. */
		if (!count && !params.len)
			return true;
		hashes[count] = hash_name(names[count]);
		for (unsigned int i = 0; i < count; i++)
			if (hashes[i] == hashes[count] && same_text(names[i], names[count], true))
				return false;
		count++;
	}
	return true;
}

/* Parameters that mean something else when only one of both has them. */
static bool is_special(struct view name)
{
	static const struct view names[] = {
		VIEW_LIT("transport"), VIEW_LIT("user"),  VIEW_LIT("ttl"),
		VIEW_LIT("method"),    VIEW_LIT("maddr"),
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (view_ieq(name, names[i]))
			return true;
	return false;
}

/* Does @b have what must be the same of @a's parameters? */
static bool params_fit(struct view a, struct view b)
{
	struct view value, other, param;

	while (sip_uri_param_next(&a, &param, &value)) {
		if (!sip_param(b, param, &other)) {
			if (is_special(param))
				return false;
		} else if (!same_text(value, other, true)) {
			return false;
		}
	}
	return true;
}

bool sip_uri_equal(const struct sip_uri *a, const struct sip_uri *b)
{
	if (!view_ieq(a->scheme, b->scheme))
		return false;
	if (a->opaque.p || b->opaque.p)
		return view_eq(a->opaque, b->opaque);
	return same_text(a->user, b->user, false) && same_text(a->password, b->password, false) &&
	       view_ieq(a->host, b->host) && a->port == b->port &&
	       params_fit(a->params, b->params) && params_fit(b->params, a->params) &&
	       same_text(a->headers, b->headers, true);
}
