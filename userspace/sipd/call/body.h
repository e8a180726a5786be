/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the body of a message is to a call: its SDP, alone or beside other parts (RFC 5621). */
#ifndef SIPD_CALL_BODY_H
#define SIPD_CALL_BODY_H

#include "call/engine.h"
#include "sip/msg.h"

/* What can be read. */
#define CALL_ACCEPT "application/sdp, multipart/mixed"

struct call_body {
	struct view type;
	struct view text;
	bool session; /* its SDP, or that and other parts */
};

enum call_body_kind {
	CALL_BODY_NONE, /* or one that may be left out */
	CALL_BODY_SDP, /* or multipart/mixed with one */
	CALL_BODY_PARTS, /* multipart/mixed with none: it goes on as it is */
	CALL_BODY_REFUSED,
};

/* Looks at the body of an INVITE, UPDATE, PRACK or ACK, or of a response to one. */
enum call_body_kind call_body_kind(const struct sip_msg *msg);
/* The status for a CALL_BODY_REFUSED from @flow; @lines gets the headers that say why. */
int call_body_refuse(const struct sip_msg *msg, const struct tp_flow *flow, struct sip_out *lines);

/*
 * The SDP of a CALL_BODY_SDP: all of it, or the first part that is for the session. Borrowed from
 * @msg.
 */
struct view call_body_sdp(const struct sip_msg *msg);
/* The same of a body of that Content-Type; the whole body if it is no multipart with SDP. */
struct view call_body_sdp_of(struct view type, struct view body);
/* @msg, which has a body with that SDP, has that SDP alone from now on. */
void call_body_set_sdp(struct sip_msg *msg, struct view sdp);

/*
 * @body is SDP that goes on in place of that of @msg, in the engine's body buffer: it gets what
 * stands around that one. 0 or -EMSGSIZE.
 */
int call_body_wrap(struct call_engine *engine, const struct sip_msg *msg, struct call_body *body);
/* @body is what goes on of @msg if its SDP does not, maybe in that buffer; empty: nothing. */
void call_body_rest(struct call_engine *engine, const struct sip_msg *msg, struct call_body *body);
/* The body of @msg as it is, whatever it says; none without Content-Type. */
void call_body_opaque(const struct sip_msg *msg, struct call_body *body);

#endif
