// SPDX-License-Identifier: GPL-2.0-or-later
#include "sip_scan.h"

#define MANDATORY                                                                                  \
	(1U << SIP_HDR_VIA | 1U << SIP_HDR_FROM | 1U << SIP_HDR_TO | 1U << SIP_HDR_CALL_ID |       \
	 1U << SIP_HDR_CSEQ)
/* Of these, a second one is an error. A second Content-Length may repeat the first. */
#define SINGLE                                                                                     \
	(1U << SIP_HDR_FROM | 1U << SIP_HDR_TO | 1U << SIP_HDR_CALL_ID | 1U << SIP_HDR_CSEQ |      \
	 1U << SIP_HDR_MAX_FORWARDS)

static struct sip_scan_span span(const char *buf, struct sip_scan_text text)
{
	struct sip_scan_span s = { 0, 0 };

	if (text.p) {
		s.off = text.p - buf;
		s.len = text.len;
	}
	return s;
}

static bool read_via(struct sip_scan *scan, const char *buf, struct sip_scan_text value)
{
	struct sip_scan_text top;
	struct sip_scan_via via;
	bool ok;

	if (!sip_scan_list_next(&value, &top))
		return false;
	ok = sip_scan_via(&via, top);
	scan->via_sent_by = span(buf, via.sent_by);
	scan->via_branch = span(buf, via.branch);
	return ok;
}

static bool read_tag(struct sip_scan_span *tag, const char *buf, struct sip_scan_text value)
{
	struct sip_scan_nameaddr addr;
	bool ok = sip_scan_nameaddr(&addr, value);

	*tag = span(buf, addr.tag);
	return ok;
}

static bool read_cseq(struct sip_scan *scan, const char *buf, struct sip_scan_text value)
{
	struct sip_scan_text method;

	if (!sip_scan_cseq(value, &scan->cseq, &method))
		return false;
	if (scan->kind == SIP_SCAN_RESPONSE) {
		scan->method = sip_scan_method(method.p, method.len);
		scan->method_name = span(buf, method);
		return true;
	}
	return method.len == scan->method_name.len &&
	       !__builtin_memcmp(method.p, buf + scan->method_name.off, method.len);
}

static bool read_max_forwards(struct sip_scan *scan, struct sip_scan_text value)
{
	uint32_t number;

	if (!sip_scan_number(value, 255, &number))
		return false;
	scan->max_forwards = number;
	return true;
}

static bool read_content_length(struct sip_scan *scan, struct sip_scan_text value)
{
	uint32_t number;

	if (!sip_scan_number(value, 0xffffffff, &number) ||
	    (scan->has_content_length && number != scan->content_length))
		return false;
	scan->has_content_length = true;
	scan->content_length = number;
	return true;
}

/* False: the value is malformed. */
static bool read_header(struct sip_scan *scan, const char *buf,
			const struct sip_scan_header *header)
{
	switch (header->id) {
	case SIP_HDR_VIA:
		return read_via(scan, buf, header->value);
	case SIP_HDR_FROM:
		return read_tag(&scan->from_tag, buf, header->value);
	case SIP_HDR_TO:
		return read_tag(&scan->to_tag, buf, header->value);
	case SIP_HDR_CALL_ID:
		if (!sip_scan_call_id(header->value))
			return false;
		scan->call_id = span(buf, header->value);
		return true;
	case SIP_HDR_CSEQ:
		return read_cseq(scan, buf, header->value);
	case SIP_HDR_MAX_FORWARDS:
		return read_max_forwards(scan, header->value);
	case SIP_HDR_CONTENT_LENGTH:
		return read_content_length(scan, header->value);
	case SIP_HDR_USER_AGENT:
		scan->user_agent = span(buf, header->value);
		return true;
	default:
		return true;
	}
}

static void read_headers(struct sip_scan *scan, const char *buf, struct sip_scan_iter *iter)
{
	struct sip_scan_header header;
	enum sip_scan_step step;
	uint64_t seen = 0, bit;

	while ((step = sip_scan_next(iter, &header)) < SIP_SCAN_BODY) {
		if (step == SIP_SCAN_BAD_LINE) {
			scan->malformed = true;
			continue;
		}
		bit = 1ULL << header.id;
		if (seen & bit & ~(1ULL << SIP_HDR_CONTENT_LENGTH)) {
			scan->malformed |= !!(bit & SINGLE);
			continue;
		}
		seen |= bit;
		if (!read_header(scan, buf, &header))
			scan->malformed = true;
	}
	if (step == SIP_SCAN_TRUNCATED)
		return;
	scan->complete = true;
	scan->body = iter->p - buf;
	if ((seen & MANDATORY) != MANDATORY)
		scan->malformed = true;
}

enum sip_scan_kind sip_scan(struct sip_scan *scan, const char *buf, size_t len)
{
	static const struct sip_scan nothing = { .max_forwards = -1 };
	struct sip_scan_start start;
	struct sip_scan_iter iter;

	*scan = nothing;
	if (len > 0xffffffff)
		len = 0xffffffff;
	scan->kind = sip_scan_begin(&iter, &start, buf, len);
	if (scan->kind > SIP_SCAN_RESPONSE)
		return scan->kind;
	scan->malformed = start.malformed;
	scan->version_2_0 = start.version_2_0;
	scan->method = start.method;
	scan->status = start.status;
	scan->method_name = span(buf, start.method_name);
	scan->uri = span(buf, start.uri);
	read_headers(scan, buf, &iter);
	return scan->kind;
}
