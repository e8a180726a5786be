// SPDX-License-Identifier: GPL-2.0-or-later
#include "sip/multipart.h"

#include <errno.h>

#include "sip/msg.h"

bool sip_is_multipart(struct view content_type)
{
	static const struct view prefix = VIEW_LIT("multipart/");

	return content_type.len > prefix.len &&
	       view_ieq((struct view){ content_type.p, prefix.len }, prefix);
}

static struct view between(const char *from, const char *to)
{
	return (struct view){ from, (size_t)(to - from) };
}

static const char *end_of(struct view text)
{
	return text.p + text.len;
}

/* --- the boundary --- */

static bool is_alphanumeric(char c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

/* bchars of RFC 2046 s.5.1.1, the last of which is no space */
static bool is_boundary(struct view text)
{
	static const struct view others = VIEW_LIT("'()+_,-./:=? ");

	if (!text.len || text.len > SIP_MAX_BOUNDARY || text.p[text.len - 1] == ' ')
		return false;
	for (size_t i = 0; i < text.len; i++)
		if (!is_alphanumeric(text.p[i]) && !memchr(others.p, text.p[i], others.len))
			return false;
	return true;
}

static const char *read_boundary(struct view content_type, struct view *boundary)
{
	static const struct view name = VIEW_LIT("boundary");
	struct view params, second;

	sip_param_head(content_type, &params);
	if (!sip_param(params, name, boundary) || !boundary->len)
		return "Multipart body without boundary";
	if (sip_param(between(end_of(*boundary), end_of(params)), name, &second))
		return "Multipart body with two boundaries";
	if (boundary->len >= 2 && boundary->p[0] == '"' && boundary->p[boundary->len - 1] == '"')
		*boundary = (struct view){ boundary->p + 1, boundary->len - 2 };
	return is_boundary(*boundary) ? NULL : "The boundary of the multipart body is malformed";
}

/* --- delimiters --- */

struct delimiter {
	const char *begin; /* of its line */
	const char *end; /* behind its line */
	bool last;
};

/* What is at the begin of a line, with more in it or not. */
static const char *find_dashes(const char *from, struct view body, struct view boundary)
{
	const char *stop = end_of(body), *p;

	for (; from < stop; from = p + 1) {
		p = memmem(from, (size_t)(stop - from), boundary.p, boundary.len);
		if (!p)
			return NULL;
		if (p - body.p < 2 || p[-1] != '-' || p[-2] != '-')
			continue;
		if (p - body.p == 2 || p[-3] == '\n')
			return p - 2;
	}
	return NULL;
}

/* The next one at or behind @from, NULL with a reason: there is none that all read alike. */
static const char *read_delimiter(struct delimiter *delimiter, const char *from, struct view body,
				  struct view boundary)
{
	const char *stop = end_of(body), *p = find_dashes(from, body, boundary);

	if (!p)
		return "The multipart body has no closing delimiter";
	if (p > body.p && (p - body.p < 2 || p[-2] != '\r'))
		return "A delimiter of the multipart body does not follow CRLF";
	delimiter->begin = p;
	p += 2 + boundary.len;
	delimiter->last = stop - p >= 2 && p[0] == '-' && p[1] == '-';
	if (delimiter->last)
		p += 2;
	while (p < stop && (*p == ' ' || *p == '\t'))
		p++;
	if (stop - p >= 2 && p[0] == '\r' && p[1] == '\n')
		p += 2;
	else if (!delimiter->last || p < stop)
		return "A delimiter of the multipart body is not alone in its line";
	delimiter->end = p;
	return NULL;
}

/* --- parts --- */

/* Of a header, or folded onto one. With a bare CR or LF it may be more to some. */
static bool is_header_line(struct view line, bool first)
{
	const char *colon;

	if (memchr(line.p, '\r', line.len) || memchr(line.p, '\n', line.len))
		return false;
	if (line.p[0] == ' ' || line.p[0] == '\t')
		return !first;
	colon = memchr(line.p, ':', line.len);
	return colon && colon > line.p;
}

static const char *read_part(struct sip_part *part, const struct delimiter *from,
			     const struct delimiter *to)
{
	const char *stop = to->begin - 2, *line = from->end, *end;

	part->whole = between(from->begin, to->begin);
	for (; line <= stop; line = end + 2) {
		end = memmem(line, (size_t)(to->begin - line), "\r\n", 2);
		if (end == line)
			break;
		if (!is_header_line(between(line, end), line == from->end))
			return "A part of the multipart body has a malformed header";
	}
	/* The empty line is not the one that belongs to the delimiter. */
	if (line + 2 > stop)
		return "A part of the multipart body has no empty line";
	part->headers = between(from->end, line);
	part->content = between(line + 2, stop);
	return NULL;
}

static const char *read_parts(struct sip_multipart *multipart, struct view boundary)
{
	struct delimiter from, to;
	const char *reason = read_delimiter(&from, multipart->body.p, multipart->body, boundary);

	for (; !reason && !from.last; from = to) {
		if (multipart->nparts == SIP_MAX_PARTS)
			return "The multipart body has too many parts";
		reason = read_delimiter(&to, from.end, multipart->body, boundary);
		if (!reason)
			reason = read_part(&multipart->parts[multipart->nparts++], &from, &to);
	}
	if (!reason && !multipart->nparts)
		return "The multipart body has no part";
	return reason;
}

int sip_multipart_split(struct sip_multipart *multipart, struct view content_type, struct view body,
			const char **reason)
{
	struct view boundary;

	multipart->body = body;
	multipart->nparts = 0;
	*reason = read_boundary(content_type, &boundary);
	if (!*reason)
		*reason = read_parts(multipart, boundary);
	return *reason ? -EBADMSG : 0;
}

/* Takes a header with what is folded onto it off @rest. */
static bool next_header(struct view *rest, struct view *header)
{
	const char *p = rest->p, *stop = end_of(*rest);

	if (p == stop)
		return false;
	do
		p = (const char *)memmem(p, (size_t)(stop - p), "\r\n", 2) + 2;
	while (p < stop && (*p == ' ' || *p == '\t'));
	*header = between(rest->p, p);
	*rest = between(p, stop);
	return true;
}

bool sip_part_header(const struct sip_part *part, struct view name, struct view *value)
{
	struct view rest = part->headers, header;

	while (next_header(&rest, &header)) {
		const char *colon = memchr(header.p, ':', header.len);

		if (!view_ieq(view_trim(between(header.p, colon)), name))
			continue;
		*value = view_trim(between(colon + 1, end_of(header)));
		return true;
	}
	return false;
}

/* --- together again --- */

void sip_multipart_write(struct sip_out *out, const struct sip_multipart *multipart,
			 const struct sip_part *part, struct view content)
{
	const char *at = multipart->body.p;
	struct view length;

	if (sip_part_header(part, VIEW_LIT("Content-Length"), &length) && length.len) {
		sip_out_view(out, between(at, length.p));
		sip_out_u32(out, (uint32_t)content.len);
		at = end_of(length);
	}
	sip_out_view(out, between(at, part->content.p));
	sip_out_view(out, content);
	sip_out_view(out, between(end_of(part->content), end_of(multipart->body)));
}

void sip_multipart_write_without(struct sip_out *out, const struct sip_multipart *multipart,
				 const struct sip_part *part)
{
	sip_out_view(out, between(multipart->body.p, part->whole.p));
	sip_out_view(out, between(end_of(part->whole), end_of(multipart->body)));
}
