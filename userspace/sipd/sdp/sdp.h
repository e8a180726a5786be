/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SDP (RFC 8866) read for offer/answer (RFC 3264), and edited: what a border controller must
 * change is changed, every other line goes on as it came.
 */
#ifndef SIPD_SDP_SDP_H
#define SIPD_SDP_SDP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/host.h"
#include "base/view.h"

#define SDP_MAX_MEDIA 8
#define SDP_MAX_LINES 512

enum sdp_direction { SDP_SENDRECV, SDP_SENDONLY, SDP_RECVONLY, SDP_INACTIVE };

struct sdp_line {
	char type; /* 'v', 'o', 'm' ... */
	struct view value;
};

struct sdp_media {
	unsigned int first; /* index of the m= line */
	unsigned int count; /* of lines, the m= line included */
	struct view type; /* "audio" */
	uint16_t port; /* 0: rejected */
	uint16_t port_count; /* of "49170/2", else 1 */
	struct view proto; /* "RTP/AVP" */
	struct view formats; /* "0 8 101" */
	bool is_rtp; /* proto is of the RTP family, over UDP */
	bool is_udptl; /* datagrams of T.38 Annex D */
	bool is_dtls; /* RTP whose keys come from DTLS on the same port (RFC 5764) */
	bool has_address; /* a unicast address, or 0.0.0.0 or ::, which name none */
	struct host address; /* of its c= line, or the session's */
	struct host rtcp_address; /* a=rtcp (RFC 3605), or address */
	uint16_t rtcp_port; /* a=rtcp, or port + 1 */
	bool rtcp_mux; /* RFC 5761 */
	enum sdp_direction direction; /* a=..., else the session's; c= may mean hold: see held */
	bool held; /* its sender does not want to receive: sendonly, inactive, c= 0.0.0.0 or :: */
	struct view codec; /* encoding name of the first format, "PCMU" */
	uint32_t clock_rate; /* of the first format, Hz */
	bool withheld; /* not to be offered to who it goes to; false when read */
};

struct sdp {
	struct view text; /* the whole */
	unsigned int nlines;
	struct sdp_line lines[SDP_MAX_LINES];
	unsigned int origin; /* index of o= */
	struct view origin_user, origin_id, origin_version;
	unsigned int nmedia;
	struct sdp_media media[SDP_MAX_MEDIA];
};

struct sdp_error {
	unsigned int line; /* counted from 1 */
	const char *reason; /* static text */
};

/*
 * Reads @text, which it borrows. 0 or -EBADMSG. Pure, no allocation. Lines end with CRLF or LF;
 * o= user names with spaces, missing s= and t= lines and empty lines at the end are let through.
 */
int sdp_parse(struct sdp *sdp, struct view text, struct sdp_error *error);

/*
 * The payload type under which @media wants telephone events (RFC 4733), of its first format's
 * clock rate if there are several; SDP_NO_EVENTS: it does not.
 */
#define SDP_NO_EVENTS 255
uint8_t sdp_event_type(const struct sdp *sdp, const struct sdp_media *media);

/* What goes out instead. */
struct sdp_media_edit {
	uint16_t port; /* 0: reject this m= line (RFC 3264 s.6) */
	uint16_t rtcp_port; /* written as a=rtcp when it is not port + 1 */
};

struct sdp_edit {
	bool media_relayed; /* false: addresses, ports and candidates stay as they are */
	struct host address; /* of o= and every c= */
	uint64_t origin_id; /* ours, constant for a leg */
	uint64_t origin_version; /* ours, plus one whenever the text changes (RFC 3264 s.8) */
	struct sdp_media_edit media[SDP_MAX_MEDIA];
};

/*
 * Writes @sdp with @edit applied: o= replaced (user "-"), c= and m= ports replaced, hold by c=
 * 0.0.0.0 or :: kept as hold, in the family of edit->address, a=rtcp rewritten; what names the
 * sender or addresses that media will not have removed: s= (now "-"), i=, u=, e=, p=, a=tool,
 * a=path, a=altc, a=candidate, ice-*, remote-candidates, end-of-candidates and source-filter. All
 * other lines survive in order, and end with CRLF. Without edit->media_relayed the text goes on as
 * it came, octet by octet. Returns the length or -EMSGSIZE.
 */
int sdp_write(const struct sdp *sdp, const struct sdp_edit *edit, char *buf, size_t cap);
/* Of what sdp_write() would write with edit->media_relayed, but for its o= line. */
uint32_t sdp_write_hash(const struct sdp *sdp, const struct sdp_edit *edit);

/* "audio PCMU,PCMA,telephone-event sendrecv" for people; returns @buf. */
const char *sdp_summary(const struct sdp *sdp, char *buf, size_t cap);

#endif
