/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reliable provisional responses of a call (RFC 3262), on both sides: each side is reliable or not
 * for itself. Where both are, a PRACK goes from end to end; where only the callee is, it is made
 * here; where only the caller is, it is answered here.
 */
#ifndef SIPD_CALL_PRACK_H
#define SIPD_CALL_PRACK_H

#include "call/hunt.h"

/* --- prack.c: PRACK, and what waits for it --- */

/* Reads from the INVITE whether the caller takes reliable responses, or nothing else. */
void call_prack_init(struct call *call, const struct sip_msg *invite);
/* Does the caller's realm refuse what his INVITE demands? Then Unsupported is in @lines. */
bool call_prack_refused(const struct tp_flow *from, const struct sip_msg *invite,
			struct sip_out *lines);
/* Is the callee told that his provisional responses may be reliable? */
bool call_prack_offered(const struct call_branch *branch, const struct sip_msg *invite);
/*
 * Is it the turn of this provisional response (s.4), and is the caller ready for it? False: it is a
 * repetition, comes out of order, or is kept until the caller's PRACK.
 */
bool call_prack_take(struct call_relay *relay, struct call_pair *pair,
		     const struct sip_msg *response);
/* A 2xx that is kept until the PRACK of an answer or offer that went before it (s.3). */
bool call_prack_keep_2xx(struct call_relay *relay, const struct sip_msg *response);
/* The caller has gone: nothing goes to him reliably, and what waited for his PRACK goes on. */
void call_prack_forget(struct call *call);
/* Acknowledges the callee's response with a PRACK made here. */
void call_prack_send(struct call_pair *pair, uint32_t rseq);
/*
 * Sends a provisional response of @pair to the caller reliably; its PRACK is carried to the callee
 * if that waits for the one of @rseq, not 0. As sip_reliable_send().
 */
int call_prack_respond(struct call_pair *pair, int status, struct view reason,
		       const struct sip_out *headers, const struct call_body *body, uint32_t rseq);
void call_receive_prack(const struct call_request *req);

/* --- early.c: offers and answers before the 2xx --- */

/* A provisional response other than 100 goes to the caller, with its SDP where that can be used. */
void call_early_carry(struct call_branch *branch, struct call_pair *pair,
		      const struct sip_msg *response);
/* The SDP in a PRACK of the caller: 0, or the status that refuses it, with headers in @lines. */
int call_early_prack(struct call_relay *relay, const struct call_request *req,
		     struct sip_out *lines, struct call_body *body);
/*
 * May an offer in UPDATE or PRACK be made now (RFC 3311 s.5.2)? 0, or the status that refuses it,
 * with headers in @lines.
 */
int call_early_ready(const struct call_request *req, struct sip_out *lines);
/*
 * A 2xx of @pair whose offer and answer, or a part of them, went reliably before: true, and @status
 * is 0 or what the caller gets instead; false: it is like any other.
 */
bool call_early_accept(struct call_relay *relay, struct call_pair *pair,
		       const struct sip_msg *response, struct call_body *body, int *status);
/* @pair has lost the call: its media is for others again. */
void call_early_lost(struct call_hunt *hunt, const struct call_pair *pair);

#endif
