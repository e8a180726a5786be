// SPDX-License-Identifier: GPL-2.0-or-later
/* The summary, and its lines read in full. */
#include "sip_scan_line.h"

#define BIT(id) (1U << (id))
/* Of these, a second one is an error. */
#define SINGLE                                                                            \
	(BIT(SIP_HDR_FROM) | BIT(SIP_HDR_TO) | BIT(SIP_HDR_CALL_ID) | BIT(SIP_HDR_CSEQ) | \
	 BIT(SIP_HDR_MAX_FORWARDS))

static struct sip_scan_span span(const struct sip_scan_lines *lines, struct sip_scan_text text)
{
	struct sip_scan_span s = { 0, 0 };

	if (text.p) {
		s.off = (uintptr_t)text.p - lines->origin;
		s.len = text.len;
	}
	return s;
}

static bool read_via(struct sip_scan_lines *lines, struct sip_scan_text value)
{
	struct sip_scan_text top;
	struct sip_scan_via via;
	bool ok;

	if (!sip_scan_list_next(&value, &top))
		return false;
	ok = sip_scan_via(&via, top);
	lines->scan->via_sent_by = span(lines, via.sent_by);
	lines->scan->via_branch = span(lines, via.branch);
	return ok;
}

static bool read_tag(struct sip_scan_lines *lines, struct sip_scan_span *tag,
		     struct sip_scan_text value)
{
	struct sip_scan_nameaddr addr;
	bool ok = sip_scan_nameaddr(&addr, value);

	*tag = span(lines, addr.tag);
	return ok;
}

static bool read_cseq(struct sip_scan_lines *lines, struct sip_scan_text value)
{
	struct sip_scan *scan = lines->scan;
	struct sip_scan_text name;
	enum sip_method method;

	if (!sip_scan_cseq(value, &scan->cseq, &name))
		return false;
	method = sip_scan_method(name.p, name.len);
	if (scan->kind == SIP_SCAN_REQUEST)
		return method == scan->method;
	scan->method = method;
	scan->method_name = span(lines, name);
	return true;
}

/* A length that differs from the one before leaves none. */
static bool read_content_length(struct sip_scan *scan, bool first, struct sip_scan_text value)
{
	uint32_t number;

	if (sip_scan_number(value, 0xffffffff, &number) &&
	    (first || (scan->has_content_length && number == scan->content_length))) {
		scan->has_content_length = true;
		scan->content_length = number;
		return true;
	}
	scan->has_content_length = false;
	scan->content_length = 0;
	return false;
}

static void read_expires(struct sip_scan *scan, struct sip_scan_text value)
{
	scan->has_expires = sip_scan_number(value, 0xffffffff, &scan->expires);
	if (!scan->has_expires)
		scan->expires = 0;
}

/* The first header of @id; false: the value is malformed. */
static bool read_first(struct sip_scan_lines *lines, enum sip_hdr_id id, struct sip_scan_text value)
{
	struct sip_scan *scan = lines->scan;
	uint32_t number;

	switch (id) {
	case SIP_HDR_VIA:
		return read_via(lines, value);
	case SIP_HDR_FROM:
		return read_tag(lines, &scan->from_tag, value);
	case SIP_HDR_TO:
		return read_tag(lines, &scan->to_tag, value);
	case SIP_HDR_CALL_ID:
		if (!sip_scan_call_id(value))
			return false;
		scan->call_id = span(lines, value);
		return true;
	case SIP_HDR_CSEQ:
		return read_cseq(lines, value);
	case SIP_HDR_MAX_FORWARDS:
		if (!sip_scan_number(value, 255, &number))
			return false;
		scan->max_forwards = number;
		return true;
	case SIP_HDR_EXPIRES:
		read_expires(scan, value);
		return true;
	case SIP_HDR_USER_AGENT:
		scan->user_agent = span(lines, value);
		return true;
	default:
		return true;
	}
}

bool sip_scan_is_looked_at(const struct sip_scan_lines *lines, enum sip_hdr_id id)
{
	switch (id) {
	case SIP_HDR_FROM:
	case SIP_HDR_TO:
	case SIP_HDR_CALL_ID:
	case SIP_HDR_CSEQ:
	case SIP_HDR_MAX_FORWARDS:
	case SIP_HDR_CONTENT_LENGTH:
		return true;
	case SIP_HDR_VIA:
	case SIP_HDR_EXPIRES:
	case SIP_HDR_USER_AGENT:
		return !(lines->seen & BIT(id));
	default:
		return false;
	}
}

bool sip_scan_pass_over(struct sip_scan_lines *lines, enum sip_hdr_id id)
{
	if (!sip_scan_is_looked_at(lines, id))
		return false;
	lines->seen |= BIT(id);
	if (id == SIP_HDR_CONTENT_LENGTH) {
		lines->scan->has_content_length = false;
		lines->scan->content_length = 0;
	}
	return true;
}

const char *sip_scan_read_start(struct sip_scan_lines *lines, const char *p, const char *end)
{
	struct sip_scan *scan = lines->scan;
	struct sip_scan_start start;
	struct sip_scan_iter iter;

	scan->kind = sip_scan_begin(&iter, &start, p, end - p);
	if (scan->kind == SIP_SCAN_PARTIAL || scan->kind == SIP_SCAN_EMPTY)
		return NULL;
	scan->malformed = start.malformed;
	scan->version_2_0 = start.version_2_0;
	scan->method = start.method;
	scan->status = start.status;
	scan->method_name = span(lines, start.method_name);
	scan->uri = span(lines, start.uri);
	return iter.p;
}

const char *sip_scan_read_header(struct sip_scan_lines *lines, const char *p, const char *end)
{
	struct sip_scan_iter iter = { p, end };
	struct sip_scan_header header;
	bool first;

	switch (sip_scan_next(&iter, &header)) {
	case SIP_SCAN_HEADER:
		break;
	case SIP_SCAN_TRUNCATED:
		return NULL;
	default:
		lines->scan->malformed = true;
		return iter.p;
	}
	first = !(lines->seen & BIT(header.id));
	lines->seen |= BIT(header.id);
	if (header.id == SIP_HDR_CONTENT_LENGTH) {
		if (!read_content_length(lines->scan, first, header.value))
			lines->scan->malformed = true;
	} else if (first ? !read_first(lines, header.id, header.value) : BIT(header.id) & SINGLE) {
		lines->scan->malformed = true;
	}
	return iter.p;
}

enum sip_scan_kind sip_scan(struct sip_scan *scan, const char *buf, size_t len)
{
	static const struct sip_scan nothing = { .kind = SIP_SCAN_EMPTY, .max_forwards = -1 };
	struct sip_scan_lines lines = { .scan = scan, .origin = (uintptr_t)buf };
	const char *p = buf, *end;

	*scan = nothing;
	if (len > 0xffffffff)
		len = 0xffffffff;
	end = buf + len;
	while (p < end && sip_scan_is(*p, SIP_CHAR_LINE))
		p++;
	if (p == end)
		return scan->kind;
	p = sip_scan_start_line(&lines, p, end);
	if (p && scan->kind <= SIP_SCAN_RESPONSE)
		sip_scan_header_lines(&lines, p, end, end);
	return scan->kind;
}
