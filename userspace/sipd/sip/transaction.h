/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Transactions (RFC 3261 s.17, RFC 6026, RFC 4320) and what lies below them: the stack takes
 * messages from the transport, absorbs and makes retransmissions, and hands each new request and
 * each response to its user once. It knows no dialogs and no calls.
 *
 * Sizes in octets, times in milliseconds. One stack per shard, one thread.
 *
 * Lifetime: a server transaction belongs to the stack. Its user holds the pointer from the request
 * callback until ops->ended, the last call for it. The same for a client transaction from
 * sip_ctrans_send(). A user that goes first calls sip_strans_detach() or sip_ctrans_detach(): no
 * more calls come, and the transaction lives its protocol time out alone.
 */
#ifndef SIPD_SIP_TRANSACTION_H
#define SIPD_SIP_TRANSACTION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/loop.h"
#include "base/view.h"
#include "sip/msg.h"
#include "sip/out.h"
#include "transport/transport.h"

struct sip_shard_dialog;
struct sip_stack;
struct sip_strans;
struct sip_ctrans;

struct sip_timers {
	uint32_t t1; /* 500 */
	uint32_t t2; /* 4000 */
	uint32_t t4; /* 5000 */
	uint32_t d; /* 32000 */
	uint32_t c; /* 0: none; INVITE without a final answer after a provisional one */
};

/* One message on the wire, sent or received, for ladders and logs. Borrowed. */
struct sip_trace {
	bool outgoing;
	bool retransmission;
	const struct tp_flow *flow;
	bool request;
	enum sip_method method; /* of CSeq in responses */
	struct view method_name;
	int status; /* response */
	struct view reason;
	uint32_t cseq;
	struct view call_id;
	struct view raw;
	struct view body;
	const char *error; /* why it is not used at all, static text; NULL: it is */
	/* A word that its transaction keeps for who traces it, 0 at first; NULL: it has none. */
	uint64_t *mark;
};

/* How a transaction ended. */
enum sip_ending {
	SIP_ENDED, /* as it should, or nobody answered the request here */
	SIP_ENDED_TIMEOUT, /* no final response came in time */
	SIP_ENDED_NO_ACK, /* a final response of ours was not acknowledged */
};

/* The trace of a message that was received. */
void sip_trace_received(struct sip_trace *trace, const struct sip_msg *msg,
			const struct tp_flow *from);

/* Value of its first header @id; VIEW_NONE: none. */
struct view sip_trace_header(const struct sip_trace *trace, enum sip_hdr_id id);

struct sip_handlers {
	/*
	 * A new request, not ACK, not CANCEL of a known INVITE. Answer with sip_strans_respond(),
	 * now or later; keep it with sip_strans_attach(). @req is borrowed.
	 */
	void (*request)(void *arg, struct sip_strans *st, const struct sip_msg *req,
			const struct tp_flow *from);
	/* An ACK that belongs to no transaction: that of a 2xx. */
	void (*ack)(void *arg, const struct sip_msg *ack, const struct tp_flow *from);
	/* A response that belongs to no transaction. */
	void (*stray)(void *arg, const struct sip_msg *response, const struct tp_flow *from);
	/*
	 * Every message; @user is that of its transaction, NULL when there is none (yet). May be
	 * NULL.
	 */
	void (*trace)(void *arg, void *user, const struct sip_trace *trace);
	/* A transaction is gone that was traced with @mark. May be NULL. */
	void (*ended)(void *arg, uint64_t mark, enum sip_ending how);
	/* As tp_stream_handlers.closed. May be NULL. */
	void (*closed)(void *arg, uint64_t conn);
	/*
	 * Does @msg, be it a request, name another dialog that it must meet? May be NULL; from any
	 * shard.
	 */
	bool (*names)(const struct sip_msg *msg, struct sip_shard_dialog *dialog);
};

struct sip_stack_stats {
	uint64_t rx;
	uint64_t tx;
	uint64_t rx_malformed;
	uint64_t rx_misrouted; /* responses whose Via is not ours: dropped */
	uint64_t rx_retransmissions;
	uint64_t tx_retransmissions;
	uint64_t handed_over; /* to the shard they belong to: not counted as received here */
	uint64_t handover_dropped; /* were to be, but that shard does not keep up */
	unsigned long server_transactions;
	unsigned long client_transactions;
};

int sip_stack_alloc(struct sip_stack **stack, struct loop *loop, const struct sip_timers *timers,
		    const struct sip_handlers *handlers, void *arg);
/* From now on; what runs already ends when it had to. */
void sip_stack_set_timers(struct sip_stack *stack, const struct sip_timers *timers);
/* Ends every transaction at once, with ops->ended. */
void sip_stack_free(struct sip_stack *stack);
/* The tp_recv_cb to give to tp_alloc(), with the stack as its argument. */
void sip_stack_receive(void *stack, const struct tp_flow *from, char *buf, size_t len);
/* The same for what it must know of connections. @tp has the stack as its argument. */
void sip_stack_handle_streams(struct transport *tp);
const struct sip_stack_stats *sip_stack_stats(const struct sip_stack *stack);
/* The message being received, in callbacks that come of one: in ops->cancelled the CANCEL. */
const struct sip_msg *sip_stack_message(const struct sip_stack *stack);
/* Where it came from. */
const struct tp_addr *sip_stack_source(const struct sip_stack *stack);

/* A new token of @bits (at most 128) of randomness in hex for tags and Call-IDs; returns @buf. */
#define SIP_TOKEN_STRLEN 33
const char *sip_token(struct sip_stack *stack, unsigned int bits, char buf[SIP_TOKEN_STRLEN]);

/* --- server transactions --- */

struct sip_strans_ops {
	/* INVITE: a CANCEL came, and was answered 200. The user answers 487. */
	void (*cancelled)(void *user, struct sip_strans *st);
	/*
	 * INVITE: no ACK came within 64*T1, for a non-2xx (timer H) or a 2xx (RFC 3261
	 * s.13.3.1.4: the user ends the dialog with BYE).
	 */
	void (*no_ack)(void *user, struct sip_strans *st);
	/* The transaction is gone. */
	void (*ended)(void *user, struct sip_strans *st);
	/* The user is none of those that sip_handlers.trace knows: it is told NULL. */
	bool untold;
};

/* Calls of @ops that are NULL are not made; a cancelled INVITE without ops->cancelled gets 487. */
void sip_strans_attach(struct sip_strans *st, const struct sip_strans_ops *ops, void *user);
/* What has no final response yet gets 500; a 2xx is not repeated any more. */
void sip_strans_detach(struct sip_strans *st);

/*
 * In the request callback, before the response: the transaction ends with the callback, and the
 * same request is a new one when it comes again (s.8.2.7). For what is refused to anybody: nothing
 * is kept, a non-2xx of an INVITE is not repeated, and its ACK goes to handlers.ack.
 */
void sip_strans_forget(struct sip_strans *st);

struct sip_reply {
	int status;
	struct view reason; /* .p NULL: sip_reason(status) */
	struct view to_tag; /* added when the request had none; 100 needs none */
	struct view headers; /* more header lines, each with CRLF */
	struct view content_type;
	struct view body;
	/*
	 * By a proxy (s.16.7): without @to_tag none is added, and nothing of an INVITE is repeated
	 * but a final non-2xx. After a final response of an INVITE a 2xx may follow all the same,
	 * as long as the transaction lives.
	 */
	bool by_proxy;
};

/*
 * Sends a response built from the request's Via, From, To, Call-ID, CSeq (s.8.2.6) and Timestamp
 * in a 100. Record-Route is copied by the user where it is due. A 2xx to INVITE is repeated until
 * sip_strans_acked() (RFC 3261 s.13.3.1.4, RFC 6026), another provisional one than 100 every minute
 * (s.13.3.1.1). Without to_tag, all but 100 get the tag of the response before, else that of
 * sip_strans_to_tag(). An INVITE without any response when the request callback returns gets 100
 * from the stack.
 *
 * Non-INVITE (RFC 4320): 1xx is -EINVAL, the stack sends 100 when it is due; 408 is not sent, the
 * transaction merely ends; and it ends by itself 64*T1 after the request.
 *
 * -EALREADY after a final; -EMSGSIZE, never for one without headers and body; -ENOMEM for a
 * provisional one (a final one is sent, but not repeated); -ESHUTDOWN within sip_stack_free().
 */
int sip_strans_respond(struct sip_strans *st, const struct sip_reply *reply);
/*
 * The To tag that the stack takes when it must choose. A user who takes it as well has the same tag
 * in all responses, that to a CANCEL included. Returns @buf.
 */
const char *sip_strans_to_tag(const struct sip_strans *st, char buf[SIP_TOKEN_STRLEN]);
/* The ACK of the 2xx has come. */
void sip_strans_acked(struct sip_strans *st);
enum sip_method sip_strans_method(const struct sip_strans *st);
/*
 * The Vias of a request that a proxy sends on, with received and rport in the topmost (s.18.2.1,
 * RFC 3581).
 */
void sip_strans_write_vias(struct sip_out *out, const struct sip_msg *request,
			   const struct tp_flow *from);
/* Its word for who traces it. */
uint64_t sip_strans_mark(const struct sip_strans *st);
uint32_t sip_strans_cseq(const struct sip_strans *st);
/* A final response has been sent. */
bool sip_strans_answered(const struct sip_strans *st);

/* --- client transactions --- */

struct sip_ctrans_ops {
	/*
	 * A response, retransmissions of provisional ones and of non-2xx finals left out. INVITE:
	 * every 2xx comes here, also repeated ones and those of other branches (told apart by the
	 * To tag), until ended; each is acknowledged by the user with sip_send_ack(). A non-2xx
	 * is acknowledged by the stack. After timeout, only a 2xx still comes.
	 */
	void (*response)(void *user, struct sip_ctrans *ct, const struct sip_msg *response);
	/*
	 * No final response in time (timers B, F, C, or 64*T1 after the CANCEL): as if 408 had
	 * come. After timer C the stack sends the CANCEL.
	 */
	void (*timeout)(void *user, struct sip_ctrans *ct);
	/*
	 * The request cannot be sent, @err says why (negative errno): as if 503 had come (RFC 3261
	 * s.8.1.3.1). NULL: timeout is called instead.
	 */
	void (*failed)(void *user, struct sip_ctrans *ct, int err);
	/* The transaction is gone. */
	void (*ended)(void *user, struct sip_ctrans *ct);
	/* As in sip_strans_ops. */
	bool untold;
};

struct sip_request {
	enum sip_method method;
	struct view method_name; /* .p NULL: sip_method_name(method) */
	struct view ruri;
	struct view headers; /* all but Via and those of the body, each line with CRLF */
	struct view content_type;
	struct view body;
	struct tp_flow to; /* next hop */
	bool keep; /* it may have to go out once more: sip_ctrans_again() */
	/*
	 * By a proxy (s.16.6): the Vias that were there stand in @headers, and the branch ends with
	 * @loop, by which it tells loops (RFC 5393 s.4.2): SIP_LOOP_STRLEN - 1 octets of
	 * sip_loop_write().
	 */
	bool by_proxy;
	uint64_t loop;
};

#define SIP_LOOP_STRLEN 18
/* ".0123456789abcdef"; returns @buf. */
const char *sip_loop_write(uint64_t loop, char buf[SIP_LOOP_STRLEN]);

/* Sends a request; the stack writes the Via. NULL without memory or above the size limit. */
struct sip_ctrans *sip_ctrans_send(struct sip_stack *stack, const struct sip_request *request,
				   const struct sip_ctrans_ops *ops, void *user);
/*
 * Cancels an INVITE (s.9.1): at once if a provisional response has come, else as soon as one comes;
 * @headers: more lines, such as Reason. The final response still comes through ops->response.
 * -EALREADY: it has been cancelled or finally answered; -EINVAL: not INVITE; -ENOMEM.
 */
int sip_ctrans_cancel(struct sip_ctrans *ct, struct view headers);
/*
 * Within ops->response for a final one, of a request that was to be kept: sends it once more, to
 * where it was sent, as a request of its own with another CSeq. The new transaction has the user
 * and the ops of @ct, which is detached. NULL: without memory, above the size limit, or when it has
 * been cancelled; then nothing has changed.
 */
struct sip_again {
	uint32_t cseq;
	/* Is this header line to be left out? May be NULL. */
	bool (*drop)(void *arg, enum sip_hdr_id id, struct view value);
	void *arg;
	struct view headers; /* more header lines */
};

struct sip_ctrans *sip_ctrans_again(struct sip_ctrans *ct, const struct sip_again *again);
/* Of what would be sent: body and Request-URI; borrowed, VIEW_NONE when nothing was kept. */
struct view sip_ctrans_kept_body(const struct sip_ctrans *ct);
struct view sip_ctrans_kept_ruri(const struct sip_ctrans *ct);
/*
 * The provisional response in hand could not be used: when it comes again it is no retransmission.
 */
void sip_ctrans_unheard(struct sip_ctrans *ct);
/* Where it was sent, and by which connection; as long as it lives. */
const struct tp_flow *sip_ctrans_flow(const struct sip_ctrans *ct);
/* An INVITE without final response is cancelled; a 2xx that comes all the same goes to stray. */
void sip_ctrans_detach(struct sip_ctrans *ct);

/* Its word for who traces it. */
uint64_t sip_ctrans_mark(const struct sip_ctrans *ct);

/* Sends the ACK of a 2xx: a request outside any transaction, with a new branch. */
int sip_send_ack(struct sip_stack *stack, const struct sip_request *request, void *trace_user);

#endif
