// SPDX-License-Identifier: GPL-2.0-or-later
/* Server transactions: birth, dispatch of requests, death. */
#include <stdlib.h>

#include "sip/strans.h"

size_t strans_size(void)
{
	return sizeof(struct sip_strans);
}

void *strans_trace_user(const struct sip_strans *st)
{
	const struct sip_strans *of = st->method == SIP_CANCEL && st->other ? st->other : st;

	return of->ops && of->ops->untold ? NULL : of->user;
}

/* For a status line, a tag and the end of a response that says no more. */
#define RESPONSE_ROOM 256

/* The template becomes the transaction's text; the Timestamp is kept for a 100. */
static int keep_request(struct sip_strans *st, const struct sip_msg *msg,
			const struct tp_flow *from)
{
	const struct sip_header *timestamp = sip_msg_header(msg, SIP_HDR_TIMESTAMP, NULL);
	struct strans_template template;
	struct sip_out out;
	int err;

	stack_out_init(st->stack, &out);
	out.cap -= RESPONSE_ROOM;
	err = strans_template_write(&out, msg, from, &template);
	if (err)
		return err;
	st->text = view_dup(sip_out_text(&out));
	if (timestamp)
		st->timestamp = view_dup(timestamp->value);
	if (!st->text || (timestamp && !st->timestamp)) {
		free(st->text);
		free(st->timestamp);
		return -1;
	}
	st->text_len = st->template_len = template.len;
	st->call_id_at = template.call_id_at;
	st->call_id_len = template.call_id_len;
	return 0;
}

/* What follows in its transaction is to meet it. */
static int claim(struct sip_strans *st, const struct sip_msg *msg)
{
	struct sip_stack *stack = st->stack;

	if (msg->method != SIP_INVITE || msg->to.tag.p || !stack->shards ||
	    sip_shard_of(stack->shards, msg->call_id) == stack->shard)
		return 0;
	return sip_shard_claim(stack, msg->call_id, msg->from.tag, &st->claim);
}

struct sip_strans *strans_new(struct sip_stack *stack, const struct strans_key *key,
			      const struct sip_msg *msg, const struct tp_flow *from)
{
	struct sip_strans *st = pool_alloc(&stack->strans_pool);

	if (!st)
		return NULL;
	st->stack = stack;
	if (claim(st, msg) < 0 || keep_request(st, msg, from) < 0) {
		sip_shard_release(&st->claim);
		pool_free(&stack->strans_pool, st);
		return NULL;
	}
	st->key = key->hash;
	st->rfc2543 = key->rfc2543;
	st->to_tag = st->ack_tag = key->to_tag;
	st->method = msg->method;
	st->cseq = msg->cseq;
	st->tagged = msg->to.tag.p;
	st->created_ms = loop_now_ms(stack->loop);
	stack_reply_to(&st->reply_to, msg, from);
	htab_add(&stack->strans, &st->node, key->hash);
	stack->stats.server_transactions++;
	st->state = st->method == SIP_INVITE ? STRANS_PROCEEDING : STRANS_TRYING;
	if (st->method != SIP_INVITE)
		strans_noninvite_start(st);
	return st;
}

void strans_end(struct sip_strans *st)
{
	struct sip_stack *stack = st->stack;

	loop_timer_cancel(stack->loop, &st->timer);
	htab_del(&stack->strans, &st->node);
	strans_reliables_end(st);
	if (st->other)
		st->other->other = NULL;
	st->state = STRANS_TERMINATED;
	stack_ended(stack, st->mark, SIP_ENDED);
	if (st->ops && st->ops->ended)
		st->ops->ended(st->user, st);
	free(st->text);
	free(st->timestamp);
	sip_shard_release(&st->claim);
	pool_free(&stack->strans_pool, st);
	stack->stats.server_transactions--;
}

void strans_end_timer(struct timer *timer)
{
	strans_end(strans_of(timer));
}

static void end_node(struct hnode *node, void *arg)
{
	(void)arg;
	strans_end(HTAB_ENTRY(node, struct sip_strans, node));
}

void strans_end_all(struct sip_stack *stack)
{
	htab_each(&stack->strans, end_node, NULL);
}

static void receive_ack(struct sip_stack *stack, const struct strans_key *key,
			const struct sip_msg *msg, const struct tp_flow *from)
{
	struct sip_strans *st = strans_find(stack, key, SIP_ACK);

	if (st && strans_invite_ack(st, msg, from))
		return;
	stack_received(stack, st ? strans_trace_user(st) : NULL, st ? &st->mark : NULL, msg, from,
		       false);
	stack->handlers.ack(stack->arg, msg, from);
}

static void receive_new(struct sip_stack *stack, const struct strans_key *key,
			const struct sip_msg *msg, const struct tp_flow *from)
{
	struct sip_strans *st = strans_new(stack, key, msg, from);

	/*
	 * Without memory the request is as good as lost on the way, and comes again. So is one that
	 * leaves no room for a response.
	 */
	if (!st)
		return;
	stack_received(stack, NULL, &st->mark, msg, from, false);
	stack->handlers.request(stack->arg, st, msg, from);
	if (st->forgotten)
		strans_end(st);
	else if (st->method == SIP_INVITE && !st->status)
		strans_reply(st, &(struct sip_reply){ .status = 100 });
}

void strans_receive(struct sip_stack *stack, const struct sip_msg *msg, const struct tp_flow *from)
{
	struct strans_key key;
	struct sip_strans *st;

	strans_key(stack, msg, &key);
	if (msg->method == SIP_ACK) {
		receive_ack(stack, &key, msg, from);
		return;
	}
	st = strans_find(stack, &key, msg->method);
	if (st) {
		stack_received(stack, strans_trace_user(st), &st->mark, msg, from, true);
		/*
		 * The 2xx has its own clock (s.13.3.1.4, RFC 6026 s.7.1), and what has been
		 * acknowledged is not sent again.
		 */
		if (st->state != STRANS_ACCEPTED && st->state != STRANS_CONFIRMED)
			strans_resend(st);
	} else if (msg->method == SIP_CANCEL) {
		strans_cancel_receive(stack, &key, msg, from);
	} else {
		receive_new(stack, &key, msg, from);
	}
}

void sip_strans_attach(struct sip_strans *st, const struct sip_strans_ops *ops, void *user)
{
	st->ops = ops;
	st->user = user;
}

void sip_strans_detach(struct sip_strans *st)
{
	st->ops = NULL;
	st->user = NULL;
	if (!sip_strans_answered(st))
		sip_strans_respond(st, &(struct sip_reply){ .status = 500 });
	else if (st->state == STRANS_ACCEPTED)
		sip_strans_acked(st);
}

void sip_strans_forget(struct sip_strans *st)
{
	st->forgotten = true;
}

uint64_t sip_strans_mark(const struct sip_strans *st)
{
	return st->mark;
}

enum sip_method sip_strans_method(const struct sip_strans *st)
{
	return st->method;
}

uint32_t sip_strans_cseq(const struct sip_strans *st)
{
	return st->cseq;
}

bool sip_strans_answered(const struct sip_strans *st)
{
	return st->state != STRANS_TRYING && st->state != STRANS_PROCEEDING;
}
