// SPDX-License-Identifier: GPL-2.0-or-later
/* Start line and header lines. */
#include <string.h>
#include <strings.h>

#include "sip_grammar.h"

/* The line at r->p without its end, which is passed. */
static bool line(struct reader *r, const char **begin, const char **end)
{
	for (*begin = r->p; r->p < r->end; r->p++) {
		*end = r->p;
		if (*r->p == '\n') {
			r->p++;
			return tolerates(r, SIP_TOLERATE_LF);
		}
		if (*r->p == '\r') {
			r->p++;
			return octet(r, '\n');
		}
	}
	return false;
}

/* *( reserved / unreserved / escaped / UTF8-NONASCII / UTF8-CONT / SP / HTAB ) */
static bool reason_phrase(struct reader *r)
{
	while (is_reserved(peek(r)) || is_unreserved(peek(r)) || among(peek(r), " \t") ||
	       (peek(r) >= 0x80 && peek(r) <= 0xbf) || escaped(r) || utf8(r))
		if (is_reserved(peek(r)) || is_unreserved(peek(r)) || among(peek(r), " \t") ||
		    (peek(r) >= 0x80 && peek(r) <= 0xbf))
			r->p++;
	return r->p == r->end;
}

static bool sip_version(struct reader *r)
{
	bool ok = r->end - r->p >= 7 && !strncasecmp(r->p, "SIP/2.0", 7);

	if (ok)
		r->p += 7;
	return ok;
}

static bool status_line(struct sip_reference *message, struct reader *r)
{
	int status = 0;

	if (!octet(r, ' '))
		return false;
	for (int i = 0; i < 3; i++, r->p++) {
		if (!is_digit(peek(r)))
			return false;
		status = status * 10 + (*r->p - '0');
	}
	message->status = status;
	if (status < 100 || status > 699)
		return false;
	if (tolerates(r, SIP_TOLERATE_REASON))
		return r->p == r->end || octet(r, ' ');
	return octet(r, ' ') && reason_phrase(r);
}

static bool start_line(struct sip_reference *message, struct reader *all)
{
	struct reader r = *all;
	const char *begin, *end;

	if (!line(all, &begin, &end))
		return false;
	r.end = end;
	if (sip_version(&r) && peek(&r) == ' ')
		return status_line(message, &r);
	r.p = begin;
	message->request = true;
	if (!run_of(&r, is_token) || peek(&r) != ' ')
		return false;
	message->method = text_of(&r, begin, r.p++);
	begin = r.p;
	while (peek(&r) >= 0 && peek(&r) != ' ')
		r.p++;
	message->uri = text_of(&r, begin, r.p);
	return uri(&r, begin, r.p, false) && octet(&r, ' ') && sip_version(&r) && r.p == r.end;
}

enum header {
	OTHER,
	VIA,
	FROM,
	TO,
	CALL_ID,
	CSEQ,
	MAX_FORWARDS,
	CONTENT_LENGTH,
	CONTACT,
	ROUTE,
	RECORD_ROUTE,
	EXPIRES,
	USER_AGENT,
	AUTHORIZATION,
	PROXY_AUTHORIZATION,
	HEADERS
};

static enum header header_of(const char *name, size_t len)
{
	static const struct {
		const char *name, *compact;
	} names[HEADERS] = {
		[VIA] = { "Via", "v" },
		[FROM] = { "From", "f" },
		[TO] = { "To", "t" },
		[CALL_ID] = { "Call-ID", "i" },
		[CSEQ] = { "CSeq", NULL },
		[MAX_FORWARDS] = { "Max-Forwards", NULL },
		[CONTENT_LENGTH] = { "Content-Length", "l" },
		[CONTACT] = { "Contact", "m" },
		[ROUTE] = { "Route", NULL },
		[RECORD_ROUTE] = { "Record-Route", NULL },
		[EXPIRES] = { "Expires", NULL },
		[USER_AGENT] = { "User-Agent", NULL },
		[AUTHORIZATION] = { "Authorization", NULL },
		[PROXY_AUTHORIZATION] = { "Proxy-Authorization", NULL },
	};

	for (int i = OTHER + 1; i < HEADERS; i++)
		if ((strlen(names[i].name) == len && !strncasecmp(names[i].name, name, len)) ||
		    (names[i].compact && len == 1 && !strncasecmp(names[i].compact, name, 1)))
			return (enum header)i;
	return OTHER;
}

/* header-value: *( TEXT-UTF8char / UTF8-CONT / LWS ) */
static bool text(struct reader *r)
{
	while (r->p < r->end) {
		if (tolerates(r, SIP_TOLERATE_TEXT) || among(peek(r), " \t\r\n") ||
		    (peek(r) >= 0x21 && peek(r) <= 0x7e) || (peek(r) >= 0x80 && peek(r) <= 0xbf))
			r->p++;
		else if (!utf8(r))
			return false;
	}
	return true;
}

static bool cseq(struct sip_reference *message, struct reader *r)
{
	const char *begin;

	if (!digits(r, INT32_MAX, &message->cseq) || !lws(r))
		return false;
	begin = r->p;
	if (!run_of(r, is_token))
		return false;
	if (!message->request)
		message->method = text_of(r, begin, r->p);
	return (size_t)(r->p - begin) == message->method.len &&
	       !memcmp(begin, r->begin + message->method.off, message->method.len);
}

static bool content_length(struct sip_reference *message, struct reader *r)
{
	uint32_t number;

	if (!digits(r, UINT32_MAX, &number))
		return false;
	if (message->has_content_length &&
	    (!tolerates(r, SIP_TOLERATE_TWICE) || number != message->content_length))
		return false;
	message->has_content_length = true;
	message->content_length = number;
	return true;
}

static bool vias(struct sip_reference *message, struct reader *r, bool first)
{
	struct sip_reference_text sent_by, branch = { 0, 0 };

	if (!first && tolerates(r, SIP_TOLERATE_REST))
		return text(r);
	do {
		if (!via(r, &sent_by, &branch))
			return false;
		if (first) {
			message->sent_by = sent_by;
			message->branch = branch;
		}
		if (first && tolerates(r, SIP_TOLERATE_REST))
			return r->p == r->end || (separator(r, ',') && text(r)) ||
			       (lws(r) && r->p == r->end);
		first = false;
	} while (separator(r, ','));
	return true;
}

/* Headers that routes are made of: read in requests. */
static bool route(const struct sip_reference *message, enum header header, struct reader *r)
{
	if (!message->request || tolerates(r, SIP_TOLERATE_REST))
		return text(r);
	if (header == CONTACT && octet(r, '*'))
		return true;
	return addresses(r, header != CONTACT);
}

static bool value(struct sip_reference *message, enum header header, struct reader *r, bool first)
{
	const char *begin = r->p;
	uint32_t number;

	switch (header) {
	case VIA:
		return vias(message, r, first);
	case FROM:
		return first && address(r, false, &message->from_tag);
	case TO:
		return first && address(r, false, &message->to_tag);
	case CALL_ID:
		message->call_id = text_of(r, begin, r->end);
		return first && call_id(r);
	case CSEQ:
		return first && cseq(message, r);
	case MAX_FORWARDS:
		if (!first || !digits(r, 255, &number))
			return false;
		message->max_forwards = (int)number;
		return true;
	case CONTENT_LENGTH:
		return content_length(message, r);
	case CONTACT:
	case ROUTE:
	case RECORD_ROUTE:
		return route(message, header, r);
	case EXPIRES:
		if (first && digits(r, UINT32_MAX, &number) && r->p == r->end) {
			message->has_expires = true;
			message->expires = number;
		}
		r->p = begin;
		return text(r);
	case USER_AGENT:
		if (first)
			message->user_agent = text_of(r, begin, r->end);
		return text(r);
	case AUTHORIZATION:
	case PROXY_AUTHORIZATION:
		message->has_credentials = true;
		return text(r);
	default:
		return text(r);
	}
}

/* One header, with the lines that fold onto it. */
static bool header_line(struct sip_reference *message, struct reader *all, unsigned int *seen)
{
	struct reader r = *all;
	const char *begin, *end;
	enum header header;
	bool first;

	do
		if (!line(all, &begin, &end))
			return false;
	while (among(peek(all), " \t"));
	r.end = end;
	begin = r.p;
	if (!run_of(&r, is_token))
		return false;
	header = header_of(begin, (size_t)(r.p - begin));
	while (among(peek(&r), " \t"))
		r.p++;
	if (!octet(&r, ':'))
		return false;
	while (r.end > r.p && among((unsigned char)r.end[-1], " \t\r\n"))
		r.end--;
	lws(&r);
	if (r.p > r.end)
		r.p = r.end;
	first = !(*seen & 1U << header);
	*seen |= 1U << header;
	return value(message, header, &r, first) && r.p == r.end;
}

bool sip_reference(struct sip_reference *message, unsigned int tolerances, const char *buf,
		   size_t len)
{
	static const unsigned int mandatory = 1U << VIA | 1U << FROM | 1U << TO | 1U << CALL_ID |
					      1U << CSEQ;
	struct reader r = { buf, buf, buf + len, tolerances };
	const char *begin, *end;
	unsigned int seen = 0;

	*message = (struct sip_reference){ .max_forwards = -1 };
	while (tolerates(&r, SIP_TOLERATE_LF) ?
		       among(peek(&r), "\r\n") :
		       r.end - r.p >= 2 && r.p[0] == '\r' && r.p[1] == '\n')
		r.p += tolerates(&r, SIP_TOLERATE_LF) ? 1 : 2;
	if (!start_line(message, &r))
		return false;
	while (!among(peek(&r), "\r\n"))
		if (!header_line(message, &r, &seen))
			return false;
	if (!line(&r, &begin, &end) || end != begin)
		return false;
	message->body = (size_t)(r.p - buf);
	if (message->has_content_length && message->content_length > len - message->body)
		return false;
	return (seen & mandatory) == mandatory;
}
