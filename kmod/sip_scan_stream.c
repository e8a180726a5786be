// SPDX-License-Identifier: GPL-2.0-or-later
#include "sip_scan_stream.h"
#include "sip_scan_line.h"

/* Of a start line longer than the carry, this much of its end is kept: " SIP/2.0" and CRLF fit. */
#define TAIL 16
#define HEAD (SIP_STREAM_LINE_MAX - TAIL)
/* Octets. What has no space after so many is no request line that is longer than the carry. */
#define LONGEST_METHOD 128

void sip_scan_stream_init(struct sip_scan_stream *stream)
{
	__builtin_memset(stream, 0, sizeof(*stream));
	stream->scan.kind = SIP_SCAN_EMPTY;
	stream->scan.max_forwards = -1;
}

void sip_scan_stream_resume(struct sip_scan_stream *stream, uint32_t body_left)
{
	sip_scan_stream_init(stream);
	stream->body_left = body_left;
	if (body_left)
		stream->state = SIP_STREAM_IN_BODY;
}

static void begin_message(struct sip_scan_stream *stream)
{
	sip_scan_stream_init(stream);
	stream->scan.kind = SIP_SCAN_PARTIAL;
	stream->state = SIP_STREAM_START;
}

/* For lines that lie at @p, where the message has @stream->offset octets before them. */
static struct sip_scan_lines lines_at(struct sip_scan_stream *stream, const char *p)
{
	struct sip_scan_lines lines = {
		.scan = &stream->scan,
		.origin = (uintptr_t)p - stream->offset,
		.seen = stream->seen,
	};

	return lines;
}

struct region {
	const char *p;
	uint32_t off, len;
};

static void copy(struct sip_scan_copy *to, struct sip_scan_span span, const struct region *from)
{
	uint32_t off = span.off - from->off;

	if (!span.len || span.off < from->off || off >= from->len)
		return;
	to->len = span.len < SIP_STREAM_COPY_MAX ? span.len : SIP_STREAM_COPY_MAX;
	if (to->len > from->len - off)
		to->len = from->len - off;
	__builtin_memcpy(to->text, from->p + off, to->len);
}

/* The @len octets at @p, that follow the message's first @stream->offset, were read. */
static void take(struct sip_scan_stream *stream, const struct sip_scan_lines *lines, const char *p,
		 uint32_t len)
{
	const struct sip_scan *scan = &stream->scan;
	const struct region from = { p, stream->offset, len };

	copy(&stream->uri, scan->uri, &from);
	copy(&stream->call_id, scan->call_id, &from);
	copy(&stream->via_sent_by, scan->via_sent_by, &from);
	copy(&stream->via_branch, scan->via_branch, &from);
	copy(&stream->from_tag, scan->from_tag, &from);
	copy(&stream->to_tag, scan->to_tag, &from);
	copy(&stream->user_agent, scan->user_agent, &from);
	stream->seen = lines->seen;
	stream->offset += len;
}

static bool has_space(const char *p, const char *end)
{
	for (; p < end; p++)
		if (sip_scan_is(*p, SIP_CHAR_WSP))
			return true;
	return false;
}

/* Adds to the carry as much as there is room for; returns behind what was added. */
static const char *carry(struct sip_scan_stream *stream, const char *p, const char *end)
{
	size_t room = SIP_STREAM_LINE_MAX - stream->carried, len = end - p;

	if (len > room)
		len = room;
	__builtin_memcpy(stream->carry + stream->carried, p, len);
	stream->carried += len;
	return p + len;
}

static bool carry_ends_line(const struct sip_scan_stream *stream)
{
	return stream->carried && stream->carry[stream->carried - 1] == '\n';
}

/* --- start line --- */

/* The start line is in one place, if without @stream->dropped octets of its middle. */
static const char *take_start(struct sip_scan_stream *stream, const char *p, const char *end)
{
	struct sip_scan_lines lines = lines_at(stream, p);
	struct sip_scan *scan = &stream->scan;
	const bool space_dropped = scan->malformed;
	const char *next = sip_scan_start_line(&lines, p, end);

	if (!next)
		return NULL;
	take(stream, &lines, p, next - p);
	stream->offset += stream->dropped;
	if (stream->dropped && scan->kind == SIP_SCAN_REQUEST) {
		scan->uri.len += stream->dropped;
		scan->malformed |= space_dropped;
	}
	stream->state = SIP_STREAM_LINES;
	stream->carried = 0;
	return next;
}

/* The carry is full. A response needs nothing of what follows, a request only its end. */
static void begin_long_start(struct sip_scan_stream *stream)
{
	if (!has_space(stream->carry, stream->carry + LONGEST_METHOD)) {
		stream->scan.kind = SIP_SCAN_NOT_SIP;
		stream->too_long = true;
	}
	stream->state = SIP_STREAM_LONG_START;
}

static const char *feed_start(struct sip_scan_stream *stream, const char *p, const char *end)
{
	const char *line_end, *next;

	if (!stream->carried) {
		next = take_start(stream, p, end);
		if (next)
			return next;
	}
	line_end = sip_scan_skip_line(p, end);
	p = carry(stream, p, line_end ? line_end : end);
	if (carry_ends_line(stream))
		take_start(stream, stream->carry, stream->carry + stream->carried);
	else if (stream->carried == SIP_STREAM_LINE_MAX)
		begin_long_start(stream);
	return p;
}

/* What is between @p and @end is the new end of the line; what it pushes out is dropped. */
static void slide_tail(struct sip_scan_stream *stream, const char *p, const char *end)
{
	char *tail = stream->carry + HEAD;
	size_t len = end - p, added = len < TAIL ? len : TAIL;

	if (has_space(tail, tail + added) || has_space(p, end - added))
		stream->scan.malformed = true;
	__builtin_memmove(tail, tail + added, TAIL - added);
	__builtin_memcpy(tail + TAIL - added, end - added, added);
	stream->dropped += len;
}

static const char *feed_long_start(struct sip_scan_stream *stream, const char *p, const char *end)
{
	const char *line_end = sip_scan_skip_line(p, end);

	if (line_end)
		end = line_end;
	slide_tail(stream, p, end);
	if (line_end)
		take_start(stream, stream->carry, stream->carry + stream->carried);
	return end;
}

/* --- header lines --- */

/* The line that begins between @p and @end, with its name, does not fit into the carry. */
static void give_up_line(struct sip_scan_stream *stream, const char *p, const char *end)
{
	const enum sip_hdr_id id = sip_scan_line_id(p, end);
	struct sip_scan_lines lines = lines_at(stream, p);

	if (id == SIP_HDR_AUTHORIZATION || id == SIP_HDR_PROXY_AUTHORIZATION)
		stream->scan.has_credentials = true;
	if (sip_scan_pass_over(&lines, id))
		stream->too_long = true;
	stream->seen = lines.seen;
}

/* Keeps what is between @p and @end, the beginning of a line that goes on in the next piece. */
static void keep_line(struct sip_scan_stream *stream, const char *p, const char *end)
{
	if (end - p <= SIP_STREAM_LINE_MAX) {
		carry(stream, p, end);
		return;
	}
	give_up_line(stream, p, end);
	stream->offset += end - p;
	/* A line that folds onto one that is passed over is no header that is looked at. */
	if (end[-1] != '\n')
		stream->state = SIP_STREAM_SKIP_LINE;
}

/* The line in the carry is whole; @next: with the octet that follows. */
static void take_carried(struct sip_scan_stream *stream, const char *next)
{
	const char *line = stream->carry, *end = line + stream->carried;
	struct sip_scan_lines lines = lines_at(stream, line);

	if (next) {
		stream->carry[stream->carried] = *next;
		end++;
	}
	sip_scan_header_lines(&lines, line, line + 1, end);
	take(stream, &lines, line, stream->carried);
	stream->carried = 0;
}

static const char *feed_carried_line(struct sip_scan_stream *stream, const char *p, const char *end)
{
	const char *line_end;

	if (carry_ends_line(stream) && !sip_scan_is(*p, SIP_CHAR_WSP)) {
		take_carried(stream, p);
		return p;
	}
	line_end = sip_scan_skip_line(p, end);
	if (line_end)
		end = line_end;
	if (end - p > SIP_STREAM_LINE_MAX - stream->carried) {
		stream->offset += stream->carried + (end - p);
		carry(stream, p, end);
		give_up_line(stream, stream->carry, stream->carry + stream->carried);
		stream->carried = 0;
		stream->state = line_end ? SIP_STREAM_LINES : SIP_STREAM_SKIP_LINE;
		return end;
	}
	carry(stream, p, end);
	/* The empty line is whole without what follows. */
	if (carry_ends_line(stream) &&
	    (stream->carried == 1 || (stream->carried == 2 && stream->carry[0] == '\r')))
		take_carried(stream, NULL);
	return end;
}

static const char *feed_lines(struct sip_scan_stream *stream, const char *p, const char *end)
{
	struct sip_scan_lines lines;
	const char *next;

	if (stream->carried)
		return feed_carried_line(stream, p, end);
	lines = lines_at(stream, p);
	next = sip_scan_header_lines(&lines, p, end, end);
	take(stream, &lines, p, next - p);
	if (stream->scan.complete)
		return next;
	if (next < end)
		keep_line(stream, next, end);
	return end;
}

static const char *feed_skipped_line(struct sip_scan_stream *stream, const char *p, const char *end)
{
	const char *line_end = sip_scan_skip_line(p, end);

	if (line_end) {
		end = line_end;
		stream->state = SIP_STREAM_LINES;
	}
	stream->offset += end - p;
	return end;
}

/* --- messages --- */

static void end_headers(struct sip_scan_stream *stream)
{
	const struct sip_scan *scan = &stream->scan;

	stream->body_left = scan->content_length;
	if (!scan->has_content_length)
		stream->state = SIP_STREAM_UNFRAMED;
	else
		stream->state = scan->content_length ? SIP_STREAM_IN_BODY : SIP_STREAM_BETWEEN;
}

static const char *feed_headers(struct sip_scan_stream *stream, const char *p, const char *end,
				enum sip_scan_stream_event *event)
{
	switch (stream->state) {
	case SIP_STREAM_START:
		p = feed_start(stream, p, end);
		break;
	case SIP_STREAM_LONG_START:
		p = feed_long_start(stream, p, end);
		break;
	case SIP_STREAM_SKIP_LINE:
		p = feed_skipped_line(stream, p, end);
		break;
	default:
		p = feed_lines(stream, p, end);
		break;
	}
	if (stream->scan.complete) {
		end_headers(stream);
		*event = SIP_STREAM_HEADERS;
	} else if (stream->scan.kind == SIP_SCAN_NOT_SIP ||
		   stream->offset > SIP_STREAM_HEADERS_MAX ||
		   stream->dropped > SIP_STREAM_HEADERS_MAX) {
		stream->state = SIP_STREAM_IS_LOST;
		*event = SIP_STREAM_LOST;
	}
	return p;
}

static const char *feed_body(struct sip_scan_stream *stream, const char *p, const char *end)
{
	size_t len = end - p;

	if (len > stream->body_left)
		len = stream->body_left;
	stream->body_left -= len;
	if (!stream->body_left)
		stream->state = SIP_STREAM_BETWEEN;
	return p + len;
}

size_t sip_scan_stream_feed(struct sip_scan_stream *stream, const char *piece, size_t len,
			    enum sip_scan_stream_event *event)
{
	const char *p = piece, *end = piece + len;

	*event = SIP_STREAM_MORE;
	while (p < end && *event == SIP_STREAM_MORE) {
		switch (stream->state) {
		case SIP_STREAM_BETWEEN:
			if (sip_scan_is(*p, SIP_CHAR_LINE))
				p++;
			else
				begin_message(stream);
			break;
		case SIP_STREAM_IN_BODY:
			p = feed_body(stream, p, end);
			break;
		case SIP_STREAM_UNFRAMED:
		case SIP_STREAM_IS_LOST:
			stream->state = SIP_STREAM_IS_LOST;
			*event = SIP_STREAM_LOST;
			break;
		default:
			p = feed_headers(stream, p, end, event);
			break;
		}
	}
	return p - piece;
}
