/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The request by which a connection becomes a WebSocket, and what is answered (RFC 6455 s.4.2, RFC
 * 7118 s.4). Pure, but for the digest of OpenSSL.
 */
#ifndef SIPD_TRANSPORT_WS_HANDSHAKE_H
#define SIPD_TRANSPORT_WS_HANDSHAKE_H

#include <stddef.h>

#include "transport/transport.h"

/* Octets of a request's line and headers. */
#define WS_MAX_REQUEST 8192
#define WS_MAX_HEADERS 100
#define WS_ANSWER_MAX 512

enum ws_result {
	WS_MORE, /* the request has not come in whole */
	WS_OPEN, /* the answer is 101 */
	WS_REFUSED, /* the answer says why */
};

struct ws_answer {
	int status; /* 0: there is none yet */
	const char *why; /* of a refusal, for people */
	size_t taken; /* octets of the request */
	size_t len;
	char text[WS_ANSWER_MAX];
};

/* Looks at the @len octets that have come so far. @policy NULL: any path, any origin. */
enum ws_result ws_handshake(const struct tp_ws_policy *policy, const char *p, size_t len,
			    struct ws_answer *answer);

#endif
