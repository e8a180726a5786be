/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A received SIP message: views into the receive buffer, nothing copied. Parsed on top of
 * sip_scan, which the kernel shares, so both read a message alike.
 */
#ifndef SIPD_SIP_MSG_H
#define SIPD_SIP_MSG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/view.h"
#include "sip_scan.h" /* enum sip_method, enum sip_hdr_id */

struct sip_header {
	enum sip_hdr_id id;
	struct view name; /* as written */
	struct view value; /* trimmed; may span folded lines */
};

/* sip:user@host:port;params?headers (RFC 3261 s.19.1), or any other scheme in @scheme, @opaque. */
struct sip_uri {
	struct view scheme;
	struct view user; /* still escaped; without password */
	struct view password;
	struct view host; /* IPv6 with its brackets */
	uint16_t port; /* 0: none given */
	struct view params; /* without the leading ';' */
	struct view headers; /* without the leading '?' */
	struct view opaque; /* everything after the scheme when it is not sip or sips */
};

/* name-addr or addr-spec with header parameters: From, To, Contact, Route ... */
struct sip_nameaddr {
	struct view display; /* as written, quotes included */
	struct view uri; /* without angle brackets */
	struct view params; /* header parameters, without the leading ';' */
	struct view tag; /* the tag parameter's value, .p NULL when absent */
};

struct sip_via {
	struct view transport; /* "UDP" */
	struct view host;
	uint16_t port; /* 0: none given */
	struct view params;
	struct view branch;
	struct view received;
	bool rport; /* rport is asked for (RFC 3581) */
};

/* Octets; what fits into a datagram. Above, 513. */
#define SIP_MAX_MESSAGE 65535
/* Above, 400. */
#define SIP_MAX_HEADERS 256
/* Above, a URI is malformed. */
#define SIP_MAX_URI_PARAMS 64

struct sip_msg {
	struct view raw; /* the message, without octets that followed it */
	bool request;
	enum sip_method method; /* request: of the request line; response: of CSeq */
	struct view method_name;
	struct view ruri; /* request */
	int status; /* response: 100..699 */
	struct view reason;

	struct sip_via via; /* topmost */
	struct sip_nameaddr from;
	struct sip_nameaddr to;
	struct view call_id;
	uint32_t cseq;
	int max_forwards; /* -1: absent */
	struct view body;

	unsigned int nheaders;
	struct sip_header headers[SIP_MAX_HEADERS]; /* in order */
	uint16_t first[SIP_HDR_COUNT]; /* index + 1 of the first header of that id, 0: none */
};

/* Why a message cannot be used. */
struct sip_msg_error {
	int status; /* what to answer a request with: 400, 505, 513; 0: stay silent */
	const char *reason; /* static text, names the header: fits a reason phrase and a Warning */
};

/*
 * Reads one message from @len octets of a datagram; octets behind its Content-Length are left out.
 * 0, or -EBADMSG with @error told. Even then all is filled as far as it could be read (.p NULL
 * otherwise). error->status is not 0 only for a request, other than ACK, with a topmost Via that
 * tells where to send the answer; of From, To, Call-ID and CSeq, the answer copies those header
 * lines that are there. Pure: no allocation. The message borrows @buf.
 *
 * Checked are the start line, the Request-URI (of sip and sips; 416 is for who uses it), Via, From,
 * To, Call-ID, CSeq, Max-Forwards and Content-Length, in requests also Contact, Route and
 * Record-Route. All else is for who reads it.
 */
int sip_msg_parse(struct sip_msg *msg, const char *buf, size_t len, struct sip_msg_error *error);

/* First header of @id or the next one after @after; NULL: none. */
const struct sip_header *sip_msg_header(const struct sip_msg *msg, enum sip_hdr_id id,
					const struct sip_header *after);

/* The first header of that name, for those that have no id; NULL: none. */
const struct sip_header *sip_msg_named(const struct sip_msg *msg, struct view name);

/*
 * Takes the next element of a comma-separated header value off @rest (quotes, angle brackets and
 * comments kept whole). False at the end; an element between two commas may be empty.
 */
bool sip_list_next(struct view *rest, struct view *element);

/* 0 or -EBADMSG. */
int sip_uri_parse(struct sip_uri *uri, struct view text);
/* Takes a URI's next parameter off @rest; without '=' @value is VIEW_NONE. False: there is none. */
bool sip_uri_param_next(struct view *rest, struct view *name, struct view *value);
/* Where it leads: its maddr, if there is one, else its host (RFC 3263 s.4). */
struct view sip_uri_target(const struct sip_uri *uri);
/* RFC 3261 s.19.1.4; headers must come in the same order. */
bool sip_uri_equal(const struct sip_uri *a, const struct sip_uri *b);
/* No two of @params, which are at most SIP_MAX_URI_PARAMS, have the same name. */
bool sip_uri_params_differ(struct view params);
int sip_nameaddr_parse(struct sip_nameaddr *addr, struct view text);
int sip_via_parse(struct sip_via *via, struct view text);

/*
 * Value of parameter @name in ";a=b;c" text (case-insensitive); false: absent. Flags: len 0. A
 * quoted value keeps its quotes.
 */
bool sip_param(struct view params, struct view name, struct view *value);
/* What stands before the parameters of a value, which go to @params. */
struct view sip_param_head(struct view value, struct view *params);

const char *sip_method_name(enum sip_method method); /* "INVITE"; "?" for OTHER */
enum sip_hdr_id sip_hdr_parse(struct view name); /* long and compact forms */
const char *sip_hdr_name(enum sip_hdr_id id); /* the long form */
const char *sip_reason(int status); /* RFC 3261 s.21 reason phrase, never NULL */

#endif
