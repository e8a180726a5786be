/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The pieces of a line, for the files of sdp/ only. */
#ifndef SIPD_SDP_SDP_LINE_H
#define SIPD_SDP_SDP_LINE_H

#include "sdp/sdp.h"

/* Takes the next word off @rest; empty at the end. */
struct view sdp_word(struct view *rest);

/* Splits a=name:value; false when @line is no attribute. @value is empty without a colon. */
bool sdp_attribute(const struct sdp_line *line, struct view *name, struct view *value);

/*
 * Reads the "IN IP4 192.0.2.1" or "IN IP6 2001:db8::1" that @rest is. False when it is not three
 * words. @address is that of a host, or 0.0.0.0 or ::; none for a name or what is not unicast.
 */
bool sdp_connection(struct view rest, struct host *address);

/*
 * Encoding name and clock rate of the payload type @format of @media: from its a=rtpmap, else the
 * static assignment (RFC 3551 s.6), else the format itself and 0.
 */
void sdp_encoding(const struct sdp *sdp, const struct sdp_media *media, struct view format,
		  struct view *name, uint32_t *clock_rate);

#endif
