/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sip_scan() for text that comes in pieces: the segments of a TCP stream, or the fragments of a
 * packet that does not lie in one place. Pieces may be cut anywhere. Each is looked at once; only a
 * header line that one of them does not end is kept, in the stream itself. Nothing is allocated,
 * and no pointer into a piece is kept.
 *
 *	sip_scan_stream_init(&stream);
 *	for each piece:
 *		while (len) {
 *			taken = sip_scan_stream_feed(&stream, piece, len, &event);
 *			piece += taken;
 *			len -= taken;
 *			if (event == SIP_STREAM_HEADERS)
 *				look at stream.scan and the copies
 *			else if (event == SIP_STREAM_LOST)
 *				stop: nothing that follows can be understood
 *		}
 *
 * Messages of a stream follow each other, each with a body of Content-Length octets, and with
 * CRLFs between them that keep it alive (RFC 3261 s.7.5, s.18.3; RFC 5626 s.4.4.1). Bodies are
 * passed over in constant time per piece. Who has the pieces of one datagram stops at
 * SIP_STREAM_HEADERS, or when they are used up. stream.scan.kind is then what sip_scan() would
 * say, SIP_SCAN_EMPTY and SIP_SCAN_PARTIAL included.
 *
 * No locking: a stream belongs to who feeds it. It may be copied, and forgotten at any time.
 */
#ifndef SIP_SCAN_STREAM_H
#define SIP_SCAN_STREAM_H

#include "sip_scan.h"

/* Octets. What a header line that is spread over pieces may have, to be read. */
#define SIP_STREAM_LINE_MAX 448
/* Octets of a copy. */
#define SIP_STREAM_COPY_MAX 94
/* Octets. The headers of a message on a stream are not longer, or it is lost. */
#define SIP_STREAM_HEADERS_MAX 0x1000000

/* The beginning of what stream.scan has the place of; its length is there. */
struct sip_scan_copy {
	uint16_t len; /* octets in @text: the length of the whole, SIP_STREAM_COPY_MAX at most */
	char text[SIP_STREAM_COPY_MAX];
};

enum sip_scan_stream_event {
	/* All was taken in; the message is not at its end, or the next has not begun. */
	SIP_STREAM_MORE,
	/*
	 * All headers of a message were read: stream.scan and the copies are of it until the next
	 * call. What was taken ends with the headers. stream.scan.complete is set.
	 */
	SIP_STREAM_HEADERS,
	/*
	 * Where messages begin and end is not known any more: what came is not SIP
	 * (stream.scan.kind is SIP_SCAN_NOT_SIP), or the headers have more than
	 * SIP_STREAM_HEADERS_MAX octets, or the message told before had no usable Content-Length
	 * (!scan.has_content_length, RFC 3261 s.18.3). Stays so until init.
	 */
	SIP_STREAM_LOST,
};

enum sip_scan_stream_state {
	SIP_STREAM_BETWEEN, /* before a start line, line ends are skipped */
	SIP_STREAM_START, /* the start line has begun */
	SIP_STREAM_LONG_START, /* it is longer than the carry; its middle is dropped */
	SIP_STREAM_LINES, /* at the beginning of a header line, or within it and in the carry */
	SIP_STREAM_SKIP_LINE, /* within a header line that is not looked at */
	SIP_STREAM_IN_BODY,
	SIP_STREAM_UNFRAMED, /* the headers told no length */
	SIP_STREAM_IS_LOST,
};

struct sip_scan_stream {
	/*
	 * As sip_scan() tells it of the whole message. Offsets are from the first octet of the
	 * start line, without the line ends before it; of use with the copies only, as pieces are
	 * gone.
	 */
	struct sip_scan scan;
	/*
	 * A Via, From, To, Call-ID, CSeq, Max-Forwards, Content-Length, Expires or User-Agent line
	 * was spread over pieces and longer than SIP_STREAM_LINE_MAX octets, so it was passed
	 * over: what the summary has of it is absent, and its absence does not count as malformed.
	 * That is no offence, the standards set no limit. Without a Content-Length, what follows
	 * the headers is lost. Other headers may have any length, and so may the start line, but
	 * of one that long (and spread) only the beginning and the end are checked; without a
	 * space in its first 128 octets, it is no SIP (and this is set).
	 */
	bool too_long;

	struct sip_scan_copy uri;
	struct sip_scan_copy call_id;
	struct sip_scan_copy via_sent_by;
	struct sip_scan_copy via_branch;
	struct sip_scan_copy from_tag;
	struct sip_scan_copy to_tag;
	struct sip_scan_copy user_agent;

	/* The rest is for sip_scan_stream.c. */
	enum sip_scan_stream_state state;
	uint32_t seen; /* mandatory and single headers that came */
	uint32_t offset; /* of the message up to the carry */
	uint32_t body_left;
	uint32_t dropped; /* of a start line */
	uint16_t carried;
	char carry[SIP_STREAM_LINE_MAX + 1]; /* and the octet behind the line */
};

/*
 * Outside of headers, a stream can be reduced to its body_left, from which sip_scan_stream_resume()
 * makes one that goes on with what comes next.
 */
static inline bool sip_scan_stream_is_in_headers(const struct sip_scan_stream *stream)
{
	return stream->state >= SIP_STREAM_START && stream->state <= SIP_STREAM_SKIP_LINE;
}

void sip_scan_stream_resume(struct sip_scan_stream *stream, uint32_t body_left);

/* At the beginning of a stream. */
void sip_scan_stream_init(struct sip_scan_stream *stream);
/*
 * Takes in the next @len octets, and returns how many it took: all, or less with an @event other
 * than SIP_STREAM_MORE. At least one, unless @len is 0 or @event is SIP_STREAM_LOST.
 */
size_t sip_scan_stream_feed(struct sip_scan_stream *stream, const char *piece, size_t len,
			    enum sip_scan_stream_event *event);

#endif
