/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Server transactions (RFC 3261 s.17.2, RFC 6026); private to strans*.c. */
#ifndef SIPD_SIP_STRANS_H
#define SIPD_SIP_STRANS_H

#include "sip/stack.h"

enum strans_state {
	STRANS_TRYING, /* non-INVITE only */
	STRANS_PROCEEDING,
	STRANS_ACCEPTED, /* INVITE only: 2xx sent */
	STRANS_COMPLETED,
	STRANS_CONFIRMED, /* INVITE only */
	STRANS_TERMINATED, /* the user is being told */
};

/* What finds a transaction (s.17.2.3). Only hashes are kept: the keys are secret, 64 bits do. */
struct strans_key {
	uint64_t hash; /* of branch and sent-by; RFC 2543: of all but the To tag */
	uint32_t to_tag; /* of RFC 2543 requests; 0 otherwise */
	bool rfc2543;
};

struct sip_strans {
	struct hnode node;
	struct timer timer;
	struct sip_stack *stack;
	const struct sip_strans_ops *ops;
	void *user;
	struct sip_reliable *reliables; /* provisional responses of its early dialogs */
	struct sip_strans *other; /* of an INVITE the CANCEL, and back; NULL when gone */
	struct tp_flow reply_to;
	uint64_t key;
	uint64_t mark; /* struct sip_trace */
	uint64_t created_ms;
	uint64_t deadline_ms; /* timers H, L and the wait for the ACK of a 2xx */
	struct sip_claim *claim; /* of an INVITE that was led here */

	/*
	 * The last response, while it may be sent again; before the first one only the template:
	 * what all responses have in common, Via, From, Call-ID, CSeq and To in this order
	 * without the last line end, so that a tag may follow.
	 */
	char *text;
	char *timestamp; /* value for a 100, NULL: none */
	uint32_t interval_ms;
	uint32_t cseq;
	uint32_t to_tag; /* RFC 2543: hash of the request's To tag */
	uint32_t ack_tag; /* RFC 2543: hash of the To tag that the ACK has */
	uint16_t text_len;
	uint16_t template_at, template_len;
	uint16_t call_id_at, call_id_len; /* in the template */
	uint16_t tag_len; /* of the tag that follows the template, 0: none */
	uint16_t body_len;
	uint16_t status; /* of the last response, 0: none */
	uint8_t state;
	uint8_t method;
	bool rfc2543;
	bool tagged; /* the request's To has a tag */
	bool cancelled;
	bool acked; /* a 2xx */
	bool reliably; /* sends provisional responses reliably: none is repeated each minute */
	bool by_proxy; /* so was the last response */
	bool forgotten; /* ends with the request callback */
};

static inline struct sip_strans *strans_of(struct timer *timer)
{
	return (void *)((char *)timer - offsetof(struct sip_strans, timer));
}

/* --- strans_key.c --- */

void strans_key(struct sip_stack *stack, const struct sip_msg *msg, struct strans_key *key);
uint32_t strans_tag_hash(struct sip_stack *stack, struct view tag);
/* The transaction that @msg belongs to: for an ACK the INVITE, for a CANCEL only that CANCEL. */
struct sip_strans *strans_find(struct sip_stack *stack, const struct strans_key *key,
			       enum sip_method method);
/* The transaction that a CANCEL is meant for (s.9.2). */
struct sip_strans *strans_find_cancelled(struct sip_stack *stack, const struct strans_key *key);

/* --- strans.c --- */

/* NULL without memory. */
struct sip_strans *strans_new(struct sip_stack *stack, const struct strans_key *key,
			      const struct sip_msg *msg, const struct tp_flow *from);
/* Tells the user, and frees. */
void strans_end(struct sip_strans *st);
void strans_end_timer(struct timer *timer);
/* Whose ladder its messages belong to. */
void *strans_trace_user(const struct sip_strans *st);

/* --- respond.c --- */

struct strans_template {
	uint16_t len;
	uint16_t call_id_at, call_id_len;
};

/* Writes the template; -EMSGSIZE. */
int strans_template_write(struct sip_out *out, const struct sip_msg *request,
			  const struct tp_flow *from, struct strans_template *template);
/* sip_strans_respond() without the rules about when. */
int strans_reply(struct sip_strans *st, const struct sip_reply *reply);
void strans_resend(struct sip_strans *st);

/* A response that was sent. */
struct strans_sent {
	struct view text;
	uint16_t template_at, body_len, status;
};

/* The last one; its text is borrowed. */
static inline struct strans_sent strans_sent(const struct sip_strans *st)
{
	return (struct strans_sent){
		.text = { st->text, st->text_len },
		.template_at = st->template_at,
		.body_len = st->body_len,
		.status = st->status,
	};
}

void strans_send(struct sip_strans *st, const struct strans_sent *sent, bool retransmission);
/* The last response will not be sent again. */
void strans_forget_text(struct sip_strans *st);
/* The To tag of the last response, else that of sip_strans_to_tag(). */
struct view strans_tag(const struct sip_strans *st, char buf[SIP_TOKEN_STRLEN]);

/* --- strans_invite.c, strans_noninvite.c --- */

void strans_invite_replied(struct sip_strans *st);
/* True: absorbed. False: the ACK is the user's. */
bool strans_invite_ack(struct sip_strans *st, const struct sip_msg *ack,
		       const struct tp_flow *from);

void strans_noninvite_start(struct sip_strans *st);
void strans_noninvite_replied(struct sip_strans *st);

/* --- reliable.c --- */

/* Nothing more is repeated for a PRACK. */
void strans_reliables_end(struct sip_strans *st);

/* --- strans_cancel.c --- */

/* A new CANCEL. */
void strans_cancel_receive(struct sip_stack *stack, const struct strans_key *key,
			   const struct sip_msg *msg, const struct tp_flow *from);

#endif
