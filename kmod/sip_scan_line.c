// SPDX-License-Identifier: GPL-2.0-or-later
/* Header lines, each read in its quick way (sip_scan_quick.h) or with what sipd reads it with. */
#include "sip_scan_quick.h"

#define BIT(id) (1U << (id))

static __always_inline struct sip_scan_span span(const struct sip_scan_lines *lines,
						 struct sip_scan_text text)
{
	struct sip_scan_span s = { (uintptr_t)text.p - lines->origin, text.len };

	return s;
}

uint64_t sip_scan_word_rest(const char *p, const char *end)
{
	uint64_t word = 0;
	unsigned int i;

	for (i = 0; p + i < end; i++)
		word |= (uint64_t)(unsigned char)p[i] << 8 * i;
	return word;
}

const char *sip_scan_skip_line(const char *p, const char *end)
{
	uint64_t found;

	for (; p < end; p += 8) {
		found = word_has_exactly(word_at(p, end), '\n');
		if (found)
			return p + word_first(found) + 1;
	}
	return NULL;
}

enum sip_hdr_id sip_scan_line_id(const char *p, const char *end)
{
	const char *name_end = p;

	while (name_end < end && sip_scan_is(*name_end, SIP_CHAR_TOKEN))
		name_end++;
	return sip_scan_hdr_id(p, name_end - p);
}

const char *sip_scan_start_line(struct sip_scan_lines *lines, const char *p, const char *end)
{
	struct sip_scan *scan = lines->scan;
	struct sip_scan_text uri;
	enum sip_method method;
	const char *next = p;

	if (!quick_request_line(&next, end, &method, &uri))
		return sip_scan_read_start(lines, p, end);
	scan->kind = SIP_SCAN_REQUEST;
	scan->version_2_0 = true;
	scan->method = method;
	scan->method_name = span(lines, sip_scan_between(p, uri.p - 1));
	scan->uri = span(lines, uri);
	return next;
}

/* *@next, which is behind a line; NULL: it was not @read, or another one folds onto it, or may. */
static __always_inline const char *unfolded(bool read, const char **next, const char *end)
{
	if (!read || !word_room(*next, end, 1) || sip_scan_is(**next, SIP_CHAR_WSP))
		return NULL;
	return *next;
}

static __always_inline const char *skip(const char *p, const char *end)
{
	return quick_skip(&p, end) ? p : NULL;
}

static __always_inline const char *read_tag(struct sip_scan_lines *lines,
					    struct sip_scan_span *tag, const char *p,
					    const char *end)
{
	struct sip_scan_text text = { NULL, 0 };

	p = unfolded(quick_address(&p, end, &text), &p, end);
	if (p && text.p)
		*tag = span(lines, text);
	return p;
}

static __always_inline const char *read_text(struct sip_scan_lines *lines,
					     struct sip_scan_span *read, const char *p,
					     const char *end, unsigned char limit)
{
	struct sip_scan_text text;

	p = unfolded(quick_text(&p, end, limit, &text), &p, end);
	if (p)
		*read = span(lines, text);
	return p;
}

static __always_inline const char *read_via(struct sip_scan_lines *lines, const char *p,
					    const char *end)
{
	struct sip_scan_text sent_by, branch;

	p = unfolded(quick_via(&p, end, &sent_by, &branch), &p, end);
	if (p) {
		lines->scan->via_sent_by = span(lines, sent_by);
		lines->scan->via_branch = span(lines, branch);
	}
	return p;
}

static __always_inline const char *read_cseq(struct sip_scan_lines *lines, const char *p,
					     const char *end)
{
	struct sip_scan *scan = lines->scan;
	struct sip_scan_text number, name;
	enum sip_method method;

	p = unfolded(quick_cseq(&p, end, scan->kind == SIP_SCAN_REQUEST, scan->method, &number,
				&method, &name), &p, end);
	if (!p)
		return NULL;
	scan->cseq = quick_value(number);
	if (scan->kind == SIP_SCAN_RESPONSE) {
		scan->method = method;
		scan->method_name = span(lines, name);
	}
	return p;
}

static __always_inline const char *read_number(const char *p, const char *end, uint32_t max,
					       uint32_t *number)
{
	struct sip_scan_text digits;
	uint32_t read;

	p = unfolded(quick_number(&p, end, &digits), &p, end);
	if (!p)
		return NULL;
	read = quick_value(digits);
	if (read > max)
		return NULL;
	*number = read;
	return p;
}

/* The empty line, or one that begins with a control character. */
static const char *read_blank(struct sip_scan_lines *lines, const char *p, const char *end)
{
	const char *next = p + (*p == '\r');

	if (next == end)
		return NULL;
	if (*next != '\n')
		return sip_scan_skip_line(p, end);
	lines->scan->complete = true;
	lines->scan->body = (uintptr_t)next + 1 - lines->origin;
	if (~lines->seen & (BIT(SIP_HDR_VIA) | BIT(SIP_HDR_FROM) | BIT(SIP_HDR_TO) |
			    BIT(SIP_HDR_CALL_ID) | BIT(SIP_HDR_CSEQ)))
		lines->scan->malformed = true;
	return next + 1;
}

/* A line whose name is, or may be, that of a header that is looked at; or no header. */
static const char *read_unusual(struct sip_scan_lines *lines, const char *p, const char *end)
{
	enum sip_hdr_id id;

	if (sip_scan_is(*p, SIP_CHAR_LINE))
		return read_blank(lines, p, end);
	id = sip_scan_line_id(p, end);
	if (id == SIP_HDR_AUTHORIZATION || id == SIP_HDR_PROXY_AUTHORIZATION) {
		p = sip_scan_skip_line(p, end);
		if (p)
			lines->scan->has_credentials = true;
		return p;
	}
	if (sip_scan_is_looked_at(lines, id))
		return sip_scan_read_header(lines, p, end);
	return sip_scan_skip_line(p, end);
}

/* NULL: the line is unusual, or does not end. */
static __always_inline const char *quick_line(struct sip_scan_lines *lines, const char *p,
					      const char *end)
{
	enum sip_hdr_id id = quick_name(&p, end);
	struct sip_scan *scan = lines->scan;
	const char *next;
	uint32_t number;

#define IS_NEW (!(lines->seen & BIT(id)))
	switch (id) {
	case SIP_HDR_VIA:
		if (!IS_NEW)
			return skip(p, end);
		next = read_via(lines, p, end);
		break;
	case SIP_HDR_FROM:
		next = IS_NEW ? read_tag(lines, &scan->from_tag, p, end) : NULL;
		break;
	case SIP_HDR_TO:
		next = IS_NEW ? read_tag(lines, &scan->to_tag, p, end) : NULL;
		break;
	case SIP_HDR_CALL_ID:
		next = IS_NEW ? read_text(lines, &scan->call_id, p, end, '!') : NULL;
		break;
	case SIP_HDR_CSEQ:
		next = IS_NEW ? read_cseq(lines, p, end) : NULL;
		break;
	case SIP_HDR_MAX_FORWARDS:
		next = IS_NEW ? read_number(p, end, 255, &number) : NULL;
		if (next)
			scan->max_forwards = number;
		break;
	case SIP_HDR_CONTENT_LENGTH:
		next = IS_NEW ? read_number(p, end, -1, &scan->content_length) : NULL;
		if (next)
			scan->has_content_length = true;
		break;
	case SIP_HDR_EXPIRES:
		next = IS_NEW ? read_number(p, end, -1, &scan->expires) : NULL;
		if (next)
			scan->has_expires = true;
		break;
	case SIP_HDR_USER_AGENT:
		next = IS_NEW ? read_text(lines, &scan->user_agent, p, end, ' ') : NULL;
		break;
	case SIP_HDR_OTHER:
		return skip(p, end);
	default:
		return NULL;
	}
	if (next)
		lines->seen |= BIT(id);
	return next;
}

static __always_inline const char *read_lines(struct sip_scan_lines *lines, const char *p,
					      const char *stop, const char *end, const char *bound)
{
	const char *next;

	while (p < stop) {
		next = quick_line(lines, p, bound);
		if (!next) {
			next = read_unusual(lines, p, end);
			if (!next || lines->scan->complete)
				return next ? next : p;
		}
		p = next;
	}
	return p;
}

const char *sip_scan_header_lines(struct sip_scan_lines *lines, const char *p, const char *stop,
				  const char *end)
{
	const char *anchor = quick_anchor(p, end);

	if (anchor)
		p = read_lines(lines, p, anchor, end, NULL);
	if (!lines->scan->complete)
		p = read_lines(lines, p, stop, end, end);
	return p;
}
