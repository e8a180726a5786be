/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What RFC 3261 says of a message that lies in a datagram, read octet by octet as s.25.1 writes it
 * down, slow and plain. It has nothing in common with kmod/sip_scan*.c, which it is held against.
 *
 * Checked are the start line, Via, From, To, Call-ID, CSeq, Max-Forwards, Content-Length, Contact,
 * Route and Record-Route; other headers are extension-headers. All URI parameters are other-params.
 * White space may be folded more than once.
 */
#ifndef SIP_REFERENCE_H
#define SIP_REFERENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What sipd accepts beyond the grammar, on purpose: be liberal in what you accept. */
enum sip_reference_tolerance {
	/* Lines may end in LF alone, and any CR and LF may come before the start line. */
	SIP_TOLERATE_LF = 1 << 0,
	/* A Reason-Phrase is any text, and no space needs to be before an empty one. */
	SIP_TOLERATE_REASON = 1 << 1,
	/*
	 * Hosts have '_', and labels and addresses are not checked; users have '#'; what follows
	 * another scheme than sip and sips is any visible text.
	 */
	SIP_TOLERATE_URI = 1 << 2,
	/* Values of header parameters are anything up to the next delimiter. */
	SIP_TOLERATE_PARAM = 1 << 3,
	/* Display names need no space before '<', and may have UTF-8 without quotes. */
	SIP_TOLERATE_DISPLAY = 1 << 4,
	/* A Call-ID is any visible ASCII. */
	SIP_TOLERATE_CALL_ID = 1 << 5,
	/* UTF-8 is not checked, nor control characters in values of headers that nobody reads. */
	SIP_TOLERATE_TEXT = 1 << 6,
	/* Content-Length may come again with the same value. */
	SIP_TOLERATE_TWICE = 1 << 7,
	/* Via is not read beyond its first element, nor are Contact, Route and Record-Route. */
	SIP_TOLERATE_REST = 1 << 8,
	SIP_TOLERATE_ALL = (1 << 9) - 1,
};

struct sip_reference_text {
	size_t off, len; /* absent: both 0 */
};

struct sip_reference {
	bool request;
	int status;
	size_t body;
	uint32_t cseq;
	int max_forwards; /* -1: absent */
	bool has_content_length, has_expires, has_credentials;
	uint32_t content_length, expires;
	struct sip_reference_text method; /* of the request, or of CSeq */
	struct sip_reference_text uri, call_id, sent_by, branch, from_tag, to_tag, user_agent;
};

/* Is it a message? Only then, @message is filled in. */
bool sip_reference(struct sip_reference *message, unsigned int tolerances, const char *buf,
		   size_t len);

#endif
