// SPDX-License-Identifier: GPL-2.0-or-later
#include "sip_scan.h"

#define ONES 0x0101010101010101ULL
#define ZERO_OCTETS(word) (((word) - ONES) & ~(word) & (ONES * 0x80))

/* The first CR or LF at or behind @p, or @end. Reads only between the two, by eight octets. */
static const char *line_end(const char *p, const char *end)
{
	uint64_t word;

	for (; end - p >= 8; p += 8) {
		__builtin_memcpy(&word, p, 8);
		if (ZERO_OCTETS(word ^ (ONES * '\r')) | ZERO_OCTETS(word ^ (ONES * '\n')))
			break;
	}
	while (p < end && *p != '\r' && *p != '\n')
		p++;
	return p;
}

/*
 * From within a line to behind its line end, or NULL where there is none. @stop is where its text
 * ends, @bare_cr is set when it has a CR that ends no line.
 */
static const char *skip_line(const char *p, const char *end, const char **stop, bool *bare_cr)
{
	for (;; p++) {
		p = line_end(p, end);
		*stop = p;
		if (p == end)
			return NULL;
		if (*p == '\n')
			return p + 1;
		if (p + 1 == end)
			return NULL;
		if (p[1] == '\n')
			return p + 2;
		*bare_cr = true;
	}
}

static struct sip_scan_text trim_wsp(const char *begin, const char *end)
{
	while (begin < end && sip_scan_is(*begin, SIP_CHAR_WSP))
		begin++;
	while (end > begin && sip_scan_is(end[-1], SIP_CHAR_WSP))
		end--;
	return sip_scan_between(begin, end);
}

static const char *skip_digits(const char *p, const char *end)
{
	while (p < end && sip_scan_is(*p, SIP_CHAR_DIGIT))
		p++;
	return p;
}

/* Behind the SIP-Version at @p ("SIP/" major "." minor, in any case), or NULL. */
static const char *skip_version(const char *p, const char *end, bool *is_2_0)
{
	const char *major, *minor;

	if (end - p < 4 || (p[0] | 0x20) != 's' || (p[1] | 0x20) != 'i' || (p[2] | 0x20) != 'p' ||
	    p[3] != '/')
		return NULL;
	major = p + 4;
	p = skip_digits(major, end);
	if (p == major || p == end || *p != '.')
		return NULL;
	minor = p + 1;
	*is_2_0 = p - major == 1 && *major == '2';
	p = skip_digits(minor, end);
	if (p == minor)
		return NULL;
	*is_2_0 = *is_2_0 && p - minor == 1 && *minor == '0';
	return p;
}

/* s.7.2; a missing space before an empty reason phrase is forgiven. */
static void read_status_line(struct sip_scan_start *start, const char *p, const char *end)
{
	const char *code = p + 1;

	start->kind = SIP_SCAN_RESPONSE;
	start->reason = sip_scan_between(end, end);
	p = skip_digits(code < end ? code : end, end);
	if (p - code != 3 || code[-1] != ' ' || (p < end && *p != ' ')) {
		start->malformed = true;
		return;
	}
	start->status = (code[0] - '0') * 100 + (code[1] - '0') * 10 + (code[2] - '0');
	if (start->status < 100 || start->status > 699) {
		start->status = 0;
		start->malformed = true;
	}
	start->reason = trim_wsp(p, end);
}

/* s.7.1: single spaces between the parts, none elsewhere. */
static void read_request_line(struct sip_scan_start *start, const char *p, const char *end)
{
	struct sip_scan_text line = trim_wsp(p, end);
	const char *method_end = p, *version, *version_end;
	const char *q;

	while (method_end < end && sip_scan_is(*method_end, SIP_CHAR_TOKEN))
		method_end++;
	if (method_end == p || method_end == end || !sip_scan_is(*method_end, SIP_CHAR_WSP))
		return;
	version = line.p + line.len;
	while (version > method_end && !sip_scan_is(version[-1], SIP_CHAR_WSP))
		version--;
	version_end = skip_version(version, line.p + line.len, &start->version_2_0);
	if (version_end != line.p + line.len)
		return;

	start->kind = SIP_SCAN_REQUEST;
	start->method_name = sip_scan_between(p, method_end);
	start->method = sip_scan_method(p, method_end - p);
	start->uri = trim_wsp(method_end, version);
	if (version_end != end || !start->uri.len || *method_end != ' ' || version[-1] != ' ' ||
	    start->uri.p != method_end + 1 || start->uri.p + start->uri.len != version - 1)
		start->malformed = true;
	for (q = start->uri.p; q < start->uri.p + start->uri.len; q++)
		if (sip_scan_is(*q, SIP_CHAR_LWS))
			start->malformed = true;
}

enum sip_scan_kind sip_scan_begin(struct sip_scan_iter *iter, struct sip_scan_start *start,
				  const char *buf, size_t len)
{
	static const struct sip_scan_start nothing = { .kind = SIP_SCAN_NOT_SIP };
	const char *p = buf, *end = buf + len, *stop, *next, *status;

	*start = nothing;
	while (p < end && sip_scan_is(*p, SIP_CHAR_LINE))
		p++;
	start->begin = p;
	iter->p = end;
	iter->end = end;
	if (p == end)
		return start->kind = SIP_SCAN_EMPTY;
	next = skip_line(p, end, &stop, &start->malformed);
	if (!next)
		return start->kind = SIP_SCAN_PARTIAL;
	iter->p = next;
	status = skip_version(p, stop, &start->version_2_0);
	if (status)
		read_status_line(start, status, stop);
	else
		read_request_line(start, p, stop);
	return start->kind;
}

enum sip_scan_step sip_scan_next(struct sip_scan_iter *iter, struct sip_scan_header *header)
{
	const char *line = iter->p, *end = iter->end, *p = line, *stop;
	bool bad = false;
	size_t name_len;

	while (p < end && sip_scan_is(*p, SIP_CHAR_TOKEN))
		p++;
	name_len = p - line;
	if (!name_len && p < end && sip_scan_is(*p, SIP_CHAR_LINE)) {
		p += *p == '\r' && p + 1 < end;
		if (*p == '\n') {
			iter->p = p + 1;
			return SIP_SCAN_BODY;
		}
		p = line;
	}
	while (p < end && sip_scan_is(*p, SIP_CHAR_WSP))
		p++;
	if (name_len && p < end && *p == ':')
		p++;
	else
		bad = true;
	header->value.p = p;
	do {
		p = skip_line(p, end, &stop, &bad);
		if (!p || p == end) {
			iter->p = end;
			return SIP_SCAN_TRUNCATED;
		}
	} while (sip_scan_is(*p, SIP_CHAR_WSP));
	iter->p = p;
	if (bad)
		return SIP_SCAN_BAD_LINE;

	header->name = sip_scan_between(line, line + name_len);
	header->id = sip_scan_hdr_id(line, name_len);
	while (stop > header->value.p && sip_scan_is(stop[-1], SIP_CHAR_LWS))
		stop--;
	p = sip_scan_skip_lws(header->value.p, stop);
	header->value = sip_scan_between(p, stop);
	return SIP_SCAN_HEADER;
}
