/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Requests and responses of a call, written for one leg. */
#ifndef SIPD_CALL_LEG_H
#define SIPD_CALL_LEG_H

#include "call/body.h"
#include "call/state.h"
#include "call/target.h"

#define CALL_ALLOW                                                                 \
	"INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, PRACK, REFER, MESSAGE, " \
	"SUBSCRIBE, NOTIFY, PUBLISH"
#define CALL_MAX_FORWARDS 70
#define CALL_RETRY_OVERLOAD "Retry-After: 10\r\n"

/*
 * A dialog of ours, all zero, with @target before @req is sent there: its own Call-ID and tag,
 * addresses rewritten for the target's realm. 0 or -errno.
 */
int call_dialog_to(struct call_engine *engine, const struct call_settings *settings,
		   struct sip_dialog *dialog, const struct sip_msg *req,
		   const struct call_target *target);
/* The leg of who has sent @invite, whose transaction is @st. 0, -EBADMSG: Contact, or -ENOMEM. */
int call_leg_init_uas(struct call_pair *pair, enum media_side side, const struct sip_strans *st,
		      const struct sip_msg *invite, const struct tp_flow *from);
/*
 * The callee's leg of @pair before the INVITE to @target: addresses rewritten for its realm. 0 or
 * -errno.
 */
int call_leg_init_b(struct call_pair *pair, const struct sip_msg *invite,
		    const struct call_target *target);

/* As a URI has it. A sips URI says TLS by itself (RFC 3261 s.26.2.2). */
void call_write_hostport(struct sip_out *out, const struct call_listener *listener, bool sips);
/* A sips URI if the peer is reached by one, through TLS (RFC 3261 s.8.1.1.8, s.12.1.1). */
void call_write_contact(struct sip_out *out, const struct sip_dialog *leg);
/* The caller's own Record-Route, back in what answers his INVITE (RFC 3261 s.12.1.1). */
void call_write_record_route(struct sip_out *out, const struct sip_dialog *leg);
/* @received: of the request that is carried on (RFC 7332), -1: none. */
void call_write_max_forwards(struct sip_out *out, int received);
/* Warning: CODE host "text" (RFC 3261 s.20.43) */
void call_write_warning(struct sip_out *out, const struct tp_flow *flow, unsigned int code,
			const char *text);

/*
 * Sends a request on the leg that faces away from relay->from: the dialog's head, Max-Forwards,
 * Contact where it is due, what passes of @req (NULL: made here), @extra lines, @body. 0 or
 * -ENOMEM.
 */
int call_leg_request(struct call_relay *relay, struct call_pair *pair, const struct sip_msg *req,
		     struct view extra, const struct call_body *body,
		     const struct sip_ctrans_ops *ops);
/* What passes of @msg, from the peer of the other leg of @pair, to the peer of leg @to. */
void call_leg_pass(struct sip_out *out, const struct call_pair *pair, enum media_side to,
		   const struct sip_msg *msg, bool body);
/* Acknowledges the 2xx on that leg, with what passes of @ack (NULL: made here or repeated). */
void call_leg_ack(struct call_relay *relay, const struct sip_msg *ack);

/*
 * Answers @st with @headers (lines) and @body, either of which may be NULL; @reason goes unless it
 * names a host. A refusal that is too long is made shorter.
 */
int call_respond(struct sip_strans *st, struct view to_tag, int status, struct view reason,
		 const struct sip_out *headers, const struct call_body *body);
/*
 * The Contact of @req, which relay->st is for, is its sender's target from now on, unless it is
 * refused: then it is again what it was (RFC 3261 s.12.2.2).
 */
void call_leg_move(struct call_relay *relay, const struct sip_msg *req, const struct tp_flow *from);
/*
 * Answers relay->st as @pair's leg, with @headers (lines) and @body, either of which may be NULL.
 */
int call_leg_respond(struct call_relay *relay, const struct call_pair *pair, int status,
		     struct view reason, const struct sip_out *headers,
		     const struct call_body *body);
/* The reply that it would send: 0 or -EMSGSIZE. */
int call_leg_reply(struct sip_reply *reply, const struct call_relay *relay,
		   const struct call_pair *pair, int status, struct view reason,
		   const struct sip_out *headers, const struct call_body *body);
/* Answers a request that belongs to no call, and keeps nothing of it; in its callback only. */
void call_answer_bare(struct sip_strans *st, int status, const struct sip_out *headers);

#endif
