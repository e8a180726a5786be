/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where messages begin and end in a stream (RFC 3261 s.7.5, s.18.3), and the pings between them
 * (RFC 5626 s.3.5.1). Pure: the octets lie in a buffer of the caller's, who drops what is done
 * with. Each octet is looked at once, however few come at a time.
 */
#ifndef SIPD_TRANSPORT_FRAMING_H
#define SIPD_TRANSPORT_FRAMING_H

#include "sip_scan_stream.h"

enum framing_event {
	FRAMING_MORE, /* the rest is the beginning of a message, or nothing */
	FRAMING_MESSAGE,
	FRAMING_PING, /* a double CRLF, to be answered with CRLF */
	/* Headers of a message whose end cannot be told, or is too far away: nothing can follow. */
	FRAMING_NO_LENGTH,
	FRAMING_TOO_LARGE,
	FRAMING_LOST, /* what came is no SIP, or its headers do not end */
};

struct framing {
	struct sip_scan_stream scan;
	size_t seen; /* octets of the present message that @scan was given */
	size_t whole; /* octets of the present message, once its headers were read; else 0 */
};

void framing_init(struct framing *framing);
/*
 * Looks at the octets at @p, which are those that were not taken before and new ones behind. @take:
 * how many are done with; of a message and of headers they are the octets themselves. @line_ends:
 * how much of a ping has come, 0 at first, to be kept beside @framing as long as nothing else is.
 */
enum framing_event framing_next(struct framing *framing, uint8_t *line_ends, const char *p,
				size_t len, size_t *take);

#endif
