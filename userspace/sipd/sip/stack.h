/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the transaction layer share; private to them. */
#ifndef SIPD_SIP_STACK_H
#define SIPD_SIP_STACK_H

#include "base/htab.h"
#include "base/pool.h"
#include "base/siphash.h"
#include "sip/out.h"
#include "sip/shard.h"
#include "sip/transaction.h"

/* A peer that takes no connections: what is large goes by UDP all the same, until then. */
struct stack_no_stream {
	struct tp_addr remote;
	uint64_t until_ms;
};

#define STACK_NO_STREAM 64 /* places, by hash of the address */

struct sip_stack {
	struct loop *loop;
	struct sip_timers timers;
	struct sip_handlers handlers;
	void *arg;
	struct sip_stack_stats stats;
	struct sip_shards *shards; /* NULL: it is the only one */
	unsigned int shard; /* which of them */
	bool closing; /* sip_stack_free() ends transactions: none is made, nothing is sent */

	struct siphash_key match_key; /* for what transactions are found by */
	struct siphash_key token_key;
	uint64_t tokens; /* made so far */

	struct htab strans, ctrans;
	struct htab conns; /* client transactions, by the connection that their request went by */
	struct pool strans_pool, ctrans_pool;
	struct stack_no_stream no_stream[STACK_NO_STREAM];

	struct sip_msg msg; /* the one being received */
	struct tp_addr source; /* that it came from */
	char out[TP_MAX_DATAGRAM]; /* the one being written */
};

/* Timers B, F, H, J, L, M. */
static inline uint64_t stack_64_t1(const struct sip_stack *stack)
{
	return UINT64_C(64) * stack->timers.t1;
}

/* Milliseconds until @deadline_ms, 0 when it has passed. */
static inline uint64_t stack_until(const struct sip_stack *stack, uint64_t deadline_ms)
{
	uint64_t now = loop_now_ms(stack->loop);

	return now < deadline_ms ? deadline_ms - now : 0;
}

/* For a repetition after @interval_ms, but not after @deadline_ms. */
static inline void stack_arm(const struct sip_stack *stack, struct timer *timer,
			     uint64_t interval_ms, uint64_t deadline_ms, timer_cb cb)
{
	uint64_t left = stack_until(stack, deadline_ms);

	loop_timer_set(stack->loop, timer, interval_ms < left ? interval_ms : left, cb);
}

/* --- stack.c --- */

void stack_out_init(struct sip_stack *stack, struct sip_out *out);

/* A message to send, and what its trace tells. */
struct stack_send {
	struct tp_flow *to; /* gets the connection that it goes by */
	void *user;
	uint64_t *mark; /* struct sip_trace */
	bool retransmission;
	enum sip_method method;
	int status; /* 0: a request */
	uint32_t cseq;
	struct view call_id;
	struct view raw;
	size_t body_len;
};

/* Counts, traces and queues. Negative errno of tp_send(). */
int stack_send(struct sip_stack *stack, const struct stack_send *send);
/* Are messages to or from @flow never lost one by one, so that none is repeated (s.17)? */
static inline bool stack_is_reliable(const struct tp_flow *flow)
{
	return tp_is_stream(flow->listener->proto);
}

/* Counts and traces; @mark as in struct sip_trace. */
void stack_received(struct sip_stack *stack, void *user, uint64_t *mark, const struct sip_msg *msg,
		    const struct tp_flow *from, bool retransmission);
/* Traces what is not used, because of @error. */
void stack_ignored(struct sip_stack *stack, uint64_t *mark, const struct sip_msg *msg,
		   const struct tp_flow *from, const char *error);
void stack_ended(struct sip_stack *stack, uint64_t mark, enum sip_ending how);

/* One that was handed over; @led: not by its Call-ID. */
void stack_receive_own(struct sip_stack *stack, const struct tp_flow *from, char *buf, size_t len,
		       bool led);

/* --- shard.c --- */

/* Hands stack->msg, of @octets, to the shard that it belongs to; false: it is this one. */
bool stack_hand_over(struct sip_stack *stack, const struct tp_flow *from, struct view octets);
/* The same if its Call-ID belongs here: it may name a dialog that does not. */
bool stack_lead(struct sip_stack *stack, const struct tp_flow *from, struct view octets);

/* --- token.c --- */

#define STACK_MAGIC_COOKIE "z9hG4bK"
#define STACK_BRANCH_BITS 96
#define STACK_BRANCH_STRLEN (sizeof(STACK_MAGIC_COOKIE) + STACK_BRANCH_BITS / 4)

const char *stack_branch(struct sip_stack *stack, char buf[STACK_BRANCH_STRLEN]);
/* With room for what sip_loop_write() says. */
#define STACK_BRANCH_MAX (STACK_BRANCH_STRLEN + SIP_LOOP_STRLEN - 1)
/* 64 bits in lower-case hex, NUL-terminated. */
#define STACK_HEX_STRLEN 17
const char *stack_hex(uint64_t bits, char buf[STACK_HEX_STRLEN]);

/* --- stack_via.c --- */

static inline uint16_t stack_sent_by_port(const struct sip_via *via)
{
	return via->port ? via->port : 5060;
}

/* "Via: ..." of a request that leaves by @listener. */
void stack_via_write(struct sip_out *out, const struct tp_listener *listener, const char *branch);
/* Does the response's topmost Via name @listener (RFC 3261 s.18.1.2)? */
bool stack_via_is_own(const struct sip_msg *response, const struct tp_listener *listener);
/* More than one means that the response is for somebody behind us (s.8.1.3.3). */
bool stack_has_one_via(const struct sip_msg *msg);
/* The request's Vias, with received and rport in the topmost (s.18.2.1, RFC 3581). */
void stack_via_stamp(struct sip_out *out, const struct sip_msg *request,
		     const struct tp_flow *from);
/*
 * Where responses go (s.18.2.2, RFC 3581 s.4); maddr is not followed. By a stream it is the
 * connection of the request, or when that is gone, one to the address that it came from and the
 * port of sent-by.
 */
void stack_reply_to(struct tp_flow *to, const struct sip_msg *request, const struct tp_flow *from);

/* --- the two kinds of transactions --- */

void strans_receive(struct sip_stack *stack, const struct sip_msg *msg, const struct tp_flow *from);
/* Answers a request that cannot be used; keeps nothing. */
void strans_refuse(struct sip_stack *stack, const struct sip_msg *msg, const struct tp_flow *from,
		   const struct sip_msg_error *error);
void strans_end_all(struct sip_stack *stack);
size_t strans_size(void);

void ctrans_receive(struct sip_stack *stack, const struct sip_msg *msg, const struct tp_flow *from);
void ctrans_end_all(struct sip_stack *stack);
/* tp_stream_handlers.failed and .moved */
void ctrans_conn_failed(void *arg, uint64_t conn, int err, bool opened);
void ctrans_conn_moved(void *arg, uint64_t conn, uint64_t to);
size_t ctrans_size(void);

#endif
