/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hides secrets in the text of a message before anybody sees it: each octet of them becomes '*', so
 * that lengths stay true. Works on what is no valid SIP, too: line by line, whatever follows a
 * header's name, folded lines included.
 */
#ifndef SIPD_FLOW_MASK_H
#define SIPD_FLOW_MASK_H

#include <stddef.h>

enum flow_secret {
	/*
	 * In Authorization and Proxy-Authorization: response, nonce, cnonce and whatever else is
	 * not known to be harmless; rspauth and nextnonce of Authentication-Info; passwords in
	 * URIs, and credentials among a URI's headers.
	 */
	FLOW_SECRET_CREDENTIALS = 1 << 0,
	/* In SDP: keys of a=crypto (RFC 4568), k= and a=key-mgmt, and a=ice-pwd. */
	FLOW_SECRET_KEYS = 1 << 1,
	FLOW_SECRET_DTMF = 1 << 2, /* bodies of INFO that carry digits: they may be a PIN */
	FLOW_SECRET_MESSAGES = 1 << 3, /* bodies of MESSAGE */
};

/* @secrets: enum flow_secret or-ed. */
void flow_mask(char *text, size_t len, unsigned int secrets);

#endif
