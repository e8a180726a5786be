// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>

#include "sip/msg.h"
#include "sip/text.h"

static struct view between(const char *begin, const char *end)
{
	return (struct view){ begin, (size_t)(end - begin) };
}

/* Behind characters of @set and escapes. */
static const char *skip(const char *p, const char *end, unsigned int set)
{
	for (;;) {
		while (p < end && sip_scan_is(*p, set))
			p++;
		if (end - p < 3 || *p != '%' || !sip_scan_is(p[1], SIP_CHAR_HEX) ||
		    !sip_scan_is(p[2], SIP_CHAR_HEX))
			return p;
		p += 3;
	}
}

/* @at is the '@' that ends it. */
static bool parse_userinfo(struct sip_uri *uri, const char *begin, const char *at)
{
	const char *p = skip(begin, at, SIP_CHAR_USER);

	uri->user = between(begin, p);
	if (p < at && *p == ':') {
		begin = p + 1;
		p = skip(begin, at, SIP_CHAR_PASSWORD);
		uri->password = between(begin, p);
	}
	return uri->user.len && p == at;
}

/* ":port" or nothing. NULL: malformed. */
static const char *parse_port(struct sip_uri *uri, const char *p, const char *end)
{
	const char *begin = p + 1;
	uint32_t port;

	if (p == end || *p != ':')
		return p;
	for (p = begin; p < end && sip_scan_is(*p, SIP_CHAR_DIGIT); p++)
		;
	if (!sip_scan_number(sip_text_of(between(begin, p)), UINT16_MAX, &port) || !port)
		return NULL;
	uri->port = (uint16_t)port;
	return p;
}

/* pname[=pvalue] [;...]; NULL: malformed. */
static const char *skip_params(const char *p, const char *end)
{
	const char *begin;

	for (;; p++) {
		begin = p;
		p = skip(begin, end, SIP_CHAR_PARAM);
		if (p == begin)
			return NULL;
		if (p < end && *p == '=') {
			begin = p + 1;
			p = skip(begin, end, SIP_CHAR_PARAM);
			if (p == begin)
				return NULL;
		}
		if (p == end || *p != ';')
			return p;
	}
}

/* hname=[hvalue] [&...] */
static const char *skip_headers(const char *p, const char *end)
{
	const char *begin;

	for (;; p++) {
		begin = p;
		p = skip(begin, end, SIP_CHAR_HEADER);
		if (p == begin || p == end || *p != '=')
			return NULL;
		p = skip(p + 1, end, SIP_CHAR_HEADER);
		if (p == end || *p != '&')
			return p;
	}
}

static bool parse_sip(struct sip_uri *uri, const char *p, const char *end)
{
	const char *at = memchr(p, '@', (size_t)(end - p)), *begin;

	if (at) {
		if (!parse_userinfo(uri, p, at))
			return false;
		p = at + 1;
	}
	begin = p;
	p = sip_scan_host(begin, end);
	if (!p)
		return false;
	uri->host = between(begin, p);
	p = parse_port(uri, p, end);
	if (p && p < end && *p == ';') {
		begin = p + 1;
		p = skip_params(begin, end);
		if (p)
			uri->params = between(begin, p);
		if (!sip_uri_params_differ(uri->params))
			return false;
	}
	if (p && p < end && *p == '?') {
		begin = p + 1;
		p = skip_headers(begin, end);
		if (p)
			uri->headers = between(begin, p);
	}
	return p == end;
}

int sip_uri_parse(struct sip_uri *uri, struct view text)
{
	const char *p = text.p, *end;

	*uri = (struct sip_uri){ 0 };
	if (!text.len)
		return -EBADMSG;
	end = p + text.len;
	while (p < end && sip_scan_is(*p, SIP_CHAR_SCHEME))
		p++;
	/* A letter comes first: of SIP_CHAR_SCHEME, only letters are above '9'. */
	if (p == text.p || *text.p <= '9' || p == end || *p != ':')
		return -EBADMSG;
	uri->scheme = between(text.p, p++);
	if (view_ieq(uri->scheme, VIEW_LIT("sip")) || view_ieq(uri->scheme, VIEW_LIT("sips")))
		return parse_sip(uri, p, end) ? 0 : -EBADMSG;
	uri->opaque = between(p, end);
	while (p < end && sip_scan_is(*p, SIP_CHAR_VISIBLE))
		p++;
	return uri->opaque.len && p == end ? 0 : -EBADMSG;
}

bool sip_uri_param_next(struct view *rest, struct view *name, struct view *value)
{
	const char *end;

	if (!rest->len)
		return false;
	end = memchr(rest->p, ';', rest->len);
	*name = (struct view){ rest->p, end ? (size_t)(end - rest->p) : rest->len };
	rest->p += name->len + (end != NULL);
	rest->len -= name->len + (end != NULL);
	*value = VIEW_NONE;
	end = memchr(name->p, '=', name->len);
	if (end) {
		*value = between(end + 1, name->p + name->len);
		name->len = (size_t)(end - name->p);
	}
	return true;
}

struct view sip_uri_target(const struct sip_uri *uri)
{
	struct view maddr;

	return sip_param(uri->params, VIEW_LIT("maddr"), &maddr) ? maddr : uri->host;
}
