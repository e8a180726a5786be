// SPDX-License-Identifier: GPL-2.0-or-later
#include "transport/framing.h"

#include "transport/transport.h"

void framing_init(struct framing *framing)
{
	sip_scan_stream_init(&framing->scan);
	framing->seen = 0;
	framing->whole = 0;
}

/* Passes over line ends between messages; true: a ping was among them, and ends at *@take. */
static bool skip_line_ends(uint8_t *matched, const char *p, size_t len, size_t *take)
{
	static const char ping[] = "\r\n\r\n";

	for (*take = 0; *take < len; (*take)++) {
		char c = p[*take];

		if (c != '\r' && c != '\n') {
			*matched = 0;
			return false;
		}
		if (c != ping[*matched])
			*matched = c == '\r';
		else if (!ping[++*matched]) {
			*matched = 0;
			(*take)++;
			return true;
		}
	}
	return false;
}

static enum framing_event begun(struct framing *framing, size_t len, size_t *take)
{
	if (framing->seen > TP_MAX_MESSAGE)
		return FRAMING_LOST;
	if (!framing->whole || framing->whole > len)
		return FRAMING_MORE;
	*take = framing->whole;
	framing_init(framing);
	return FRAMING_MESSAGE;
}

/* The headers end with what was seen. */
static enum framing_event headers_read(struct framing *framing)
{
	const struct sip_scan *scan = &framing->scan.scan;

	if (!scan->has_content_length)
		return FRAMING_NO_LENGTH;
	if (framing->seen > TP_MAX_MESSAGE || scan->content_length > TP_MAX_MESSAGE - framing->seen)
		return FRAMING_TOO_LARGE;
	framing->whole = framing->seen + scan->content_length;
	return FRAMING_MORE;
}

enum framing_event framing_next(struct framing *framing, uint8_t *line_ends, const char *p,
				size_t len, size_t *take)
{
	enum sip_scan_stream_event found = SIP_STREAM_MORE;
	enum framing_event event;

	*take = 0;
	if (!framing->seen) {
		if (skip_line_ends(line_ends, p, len, take))
			return FRAMING_PING;
		/* They are dropped before the message is looked at: it begins the buffer. */
		if (*take)
			return FRAMING_MORE;
	}
	if (!framing->whole && framing->seen < len)
		framing->seen += sip_scan_stream_feed(&framing->scan, p + framing->seen,
						      len - framing->seen, &found);
	if (found == SIP_STREAM_LOST)
		return FRAMING_LOST;
	if (found == SIP_STREAM_HEADERS) {
		event = headers_read(framing);
		if (event != FRAMING_MORE) {
			*take = framing->seen;
			return event;
		}
	}
	return begun(framing, len, take);
}
