/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Client transactions (RFC 3261 s.17.1, RFC 6026); private to ctrans*.c. */
#ifndef SIPD_SIP_CTRANS_H
#define SIPD_SIP_CTRANS_H

#include "sip/stack.h"

enum ctrans_state {
	CTRANS_CALLING, /* non-INVITE: Trying */
	CTRANS_PROCEEDING,
	CTRANS_ACCEPTED, /* INVITE only: 2xx received */
	CTRANS_COMPLETED,
	CTRANS_TERMINATED, /* the user is being told */
};

struct sip_ctrans {
	struct hnode node;
	struct hnode conn_node; /* in stack->conns, while its request may be lost with @to.conn */
	struct timer timer;
	struct sip_stack *stack;
	const struct sip_ctrans_ops *ops;
	void *user;
	struct sip_ctrans *other; /* of an INVITE the CANCEL, and back; NULL when gone */
	struct tp_flow to;
	struct tp_listener *by_udp; /* tried when no connection can be had; NULL: not */
	uint64_t key; /* hash of the branch */
	uint64_t deadline_ms; /* timers B and F */
	uint64_t last; /* hash of the last provisional response or 2xx */
	uint64_t mark; /* struct sip_trace */

	/*
	 * What may still be sent: the request; once an INVITE is answered, those of its lines
	 * that a CANCEL or ACK takes over; then the ACK. NULL when there is nothing left to send.
	 */
	char *text;
	char *kept; /* the whole request, for sip_ctrans_again(); NULL: not wanted */
	char *cancel_headers; /* of a CANCEL that waits for a provisional response */
	uint32_t interval_ms;
	uint32_t cseq;
	uint16_t text_len;
	uint16_t kept_len, kept_body;
	uint16_t call_id_at, call_id_len; /* in text */
	uint16_t body_len;
	uint8_t state;
	uint8_t method;
	bool cancel_waits; /* a CANCEL is due with the next provisional response */
	bool cancelled; /* the CANCEL has been sent */
	bool timed_out; /* the user has been told */
	bool sent_again; /* by another connection, when one in use broke */
	bool by_proxy; /* its responses have more Vias than ours */
	int16_t send_error; /* of the request, not told yet */
};

static inline struct sip_ctrans *ctrans_of(struct timer *timer)
{
	return (void *)((char *)timer - offsetof(struct sip_ctrans, timer));
}

/* --- ctrans.c --- */

/*
 * Makes the request in @out, whose branch is @branch, a transaction and sends it. NULL without
 * memory or above the size limit.
 */
struct sip_ctrans *ctrans_new(struct sip_stack *stack, const struct sip_out *out,
			      enum sip_method method, const struct tp_flow *to, uint64_t key,
			      struct sip_ctrans *invite);
void ctrans_end(struct sip_ctrans *ct);
void ctrans_end_timer(struct timer *timer);
/* Tells the user, once. */
void ctrans_timed_out(struct sip_ctrans *ct);
/* Sends the request, and notes by which connection; a failure comes to the user by itself. */
void ctrans_send_request(struct sip_ctrans *ct);
/* Arms @cb, to repeat the request after T1; ends the transaction after 64*T1. */
void ctrans_repeat_start(struct sip_ctrans *ct, timer_cb cb);
/* Of @cb: repeats, and arms it for @interval_ms; or, when all time has passed, ends @ct. */
void ctrans_repeat(struct sip_ctrans *ct, uint32_t interval_ms, timer_cb cb);
/* Starts the timers and sends the request. */
void ctrans_start(struct sip_ctrans *ct);
/* Sends what stands in @ct->text. Negative errno of tp_send(). */
int ctrans_send_text(struct sip_ctrans *ct, enum sip_method method, bool retransmission);
/* Gives a response to the user, or to the handler of stray ones when he has gone. */
void ctrans_deliver(struct sip_ctrans *ct, const struct sip_msg *msg, const struct tp_flow *from);
/* Is a provisional response or 2xx the same as the last one? */
bool ctrans_repeats(struct sip_ctrans *ct, const struct sip_msg *msg);
void ctrans_forget_text(struct sip_ctrans *ct);
void *ctrans_trace_user(const struct sip_ctrans *ct);

/* --- ctrans_invite.c, ctrans_noninvite.c, ctrans_cancel.c --- */

void ctrans_invite_start(struct sip_ctrans *ct);
void ctrans_invite_response(struct sip_ctrans *ct, const struct sip_msg *msg,
			    const struct tp_flow *from);
/* Waits 64*T1 for the final response, and no longer (s.9.1). */
void ctrans_invite_await_487(struct sip_ctrans *ct);
void ctrans_noninvite_start(struct sip_ctrans *ct);
void ctrans_noninvite_response(struct sip_ctrans *ct, const struct sip_msg *msg,
			       const struct tp_flow *from);
/* Sends the CANCEL of an INVITE in Proceeding. */
int ctrans_cancel_send(struct sip_ctrans *ct, struct view headers);

/* --- ctrans_conn.c --- */

/* Over which transport a new request goes (s.18.1.1): writes it into @out. */
void ctrans_choose_transport(struct sip_stack *stack, struct sip_out *out,
			     struct sip_request *request, const char *branch);
/* The request has gone by the connection in @ct->to. */
void ctrans_note_conn(struct sip_ctrans *ct);
/* An answer has come: whatever becomes of the connection, the request was not lost. */
void ctrans_forget_conn(struct sip_ctrans *ct);
/* The request could not be sent, for @err: by another transport, or the user is told. */
void ctrans_failed(struct sip_ctrans *ct, int err);

/* --- ctrans_text.c --- */

/* Writes a whole request. */
void ctrans_write_request(struct sip_out *out, const struct sip_request *request,
			  const char *branch);
/* Value of the first header @id in header lines, up to an empty one; VIEW_NONE: none. */
struct view ctrans_find_header(struct view lines, enum sip_hdr_id id);
/* Takes a line, its end included, off @rest. False at the empty line or the end. */
bool ctrans_next_line(struct view *rest, struct view *line);
/* Of a header line. */
enum sip_hdr_id ctrans_line_id(struct view line);
/* Notes in @ct where the Call-ID stands in its text. */
void ctrans_locate_call_id(struct sip_ctrans *ct);
/* Leaves of an INVITE's text what a CANCEL or an ACK is made from. */
void ctrans_reduce_text(struct sip_ctrans *ct);
/* The same request with another Via, that of @listener. */
void ctrans_rewrite_via(struct sip_out *out, const struct sip_ctrans *ct,
			const struct tp_listener *listener);
/* Both of an INVITE in Proceeding or Calling (s.9.1, s.17.1.1.3). */
void ctrans_write_cancel(struct sip_out *out, const struct sip_ctrans *ct, struct view headers);
void ctrans_write_ack(struct sip_out *out, const struct sip_ctrans *ct,
		      const struct sip_msg *response);

#endif
