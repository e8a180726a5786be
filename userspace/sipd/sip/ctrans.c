// SPDX-License-Identifier: GPL-2.0-or-later
/* Client transactions: birth, dispatch of responses, death. */
#include <errno.h>
#include <stdlib.h>

#include "sip/ctrans.h"

size_t ctrans_size(void)
{
	return sizeof(struct sip_ctrans);
}

void *ctrans_trace_user(const struct sip_ctrans *ct)
{
	const struct sip_ctrans *of = ct->method == SIP_CANCEL && ct->other ? ct->other : ct;

	return of->ops && of->ops->untold ? NULL : of->user;
}

static uint64_t branch_key(struct sip_stack *stack, struct view branch)
{
	return siphash_inside(&stack->match_key, branch.p, branch.len);
}

int ctrans_send_text(struct sip_ctrans *ct, enum sip_method method, bool retransmission)
{
	return stack_send(ct->stack,
			  &(struct stack_send){
				  .to = &ct->to,
				  .user = ctrans_trace_user(ct),
				  .mark = &ct->mark,
				  .retransmission = retransmission,
				  .method = method,
				  .cseq = ct->cseq,
				  .call_id = { ct->text + ct->call_id_at, ct->call_id_len },
				  .raw = { ct->text, ct->text_len },
				  .body_len = ct->body_len,
			  });
}

static void resend(struct sip_ctrans *ct)
{
	if (ct->text)
		ctrans_send_text(ct, ct->method, true);
}

static void tell_send_error(struct timer *timer)
{
	struct sip_ctrans *ct = ctrans_of(timer);

	ctrans_failed(ct, ct->send_error);
}

/* Over UDP what cannot be sent is lost like any other, and repeated. */
void ctrans_send_request(struct sip_ctrans *ct)
{
	int err = ctrans_send_text(ct, ct->method, ct->sent_again);

	if (!stack_is_reliable(&ct->to))
		return;
	if (!err) {
		ctrans_note_conn(ct);
		return;
	}
	ct->send_error = (int16_t)err;
	loop_timer_set(ct->stack->loop, &ct->timer, 0, tell_send_error);
}

/* The number alone, whatever stands behind it. */
static uint32_t cseq_number(struct view cseq)
{
	uint32_t number = 0;
	size_t digits = 0;

	while (digits < cseq.len && cseq.p[digits] >= '0' && cseq.p[digits] <= '9')
		digits++;
	cseq.len = digits;
	view_to_u32(cseq, UINT32_MAX, &number);
	return number;
}

struct sip_ctrans *ctrans_new(struct sip_stack *stack, const struct sip_out *out,
			      enum sip_method method, const struct tp_flow *to, uint64_t key,
			      struct sip_ctrans *invite)
{
	struct sip_ctrans *ct;

	if (stack->closing || !sip_out_ok(out))
		return NULL;
	ct = pool_alloc(&stack->ctrans_pool);
	if (!ct)
		return NULL;
	ct->text = view_dup(sip_out_text(out));
	if (!ct->text) {
		pool_free(&stack->ctrans_pool, ct);
		return NULL;
	}
	ct->text_len = out->len;
	ct->stack = stack;
	ct->method = method;
	ct->to = *to;
	ct->key = key;
	ct->other = invite;
	ct->cseq = cseq_number(ctrans_find_header(sip_out_text(out), SIP_HDR_CSEQ));
	ctrans_locate_call_id(ct);
	htab_add(&stack->ctrans, &ct->node, key);
	stack->stats.client_transactions++;
	return ct;
}

void ctrans_start(struct sip_ctrans *ct)
{
	if (ct->method == SIP_INVITE)
		ctrans_invite_start(ct);
	else
		ctrans_noninvite_start(ct);
	/* Behind its timer, which an error moves. */
	ctrans_send_request(ct);
}

/* Without memory it is as if nobody had asked for it. */
static void keep_text(struct sip_ctrans *ct)
{
	ct->kept = view_dup((struct view){ ct->text, ct->text_len });
	ct->kept_len = ct->text_len;
	ct->kept_body = ct->body_len;
}

static void forget_kept(struct sip_ctrans *ct)
{
	free(ct->kept);
	ct->kept = NULL;
}

static const char *new_branch(struct sip_stack *stack, const struct sip_request *request,
			      char branch[STACK_BRANCH_MAX])
{
	stack_branch(stack, branch);
	if (request->by_proxy)
		sip_loop_write(request->loop, branch + STACK_BRANCH_STRLEN - 1);
	return branch;
}

struct sip_ctrans *sip_ctrans_send(struct sip_stack *stack, const struct sip_request *request,
				   const struct sip_ctrans_ops *ops, void *user)
{
	struct sip_request chosen = *request;
	char branch[STACK_BRANCH_MAX];
	struct sip_ctrans *ct;
	struct sip_out out;

	new_branch(stack, request, branch);
	ctrans_choose_transport(stack, &out, &chosen, branch);
	ct = ctrans_new(stack, &out, chosen.method, &chosen.to, branch_key(stack, view_str(branch)),
			NULL);
	if (!ct)
		return NULL;
	ct->ops = ops;
	ct->user = user;
	ct->body_len = request->body.len;
	if (request->keep)
		keep_text(ct);
	ct->by_proxy = request->by_proxy;
	if (chosen.to.listener != request->to.listener)
		ct->by_udp = request->to.listener;
	else if (chosen.to.listener->proto == TP_TCP && chosen.to.any_proto)
		ct->by_udp = chosen.to.listener->datagrams;
	ctrans_start(ct);
	return ct;
}

int sip_send_ack(struct sip_stack *stack, const struct sip_request *request, void *trace_user)
{
	struct sip_request chosen = *request;
	char branch[STACK_BRANCH_MAX];
	struct sip_out out;

	if (stack->closing)
		return -ESHUTDOWN;
	new_branch(stack, request, branch);
	ctrans_choose_transport(stack, &out, &chosen, branch);
	if (!sip_out_ok(&out))
		return -EMSGSIZE;
	return stack_send(
		stack,
		&(struct stack_send){
			.to = &chosen.to,
			.user = trace_user,
			.method = SIP_ACK,
			.cseq = cseq_number(ctrans_find_header(request->headers, SIP_HDR_CSEQ)),
			.call_id = ctrans_find_header(request->headers, SIP_HDR_CALL_ID),
			.raw = sip_out_text(&out),
			.body_len = request->body.len,
		});
}

void ctrans_end(struct sip_ctrans *ct)
{
	struct sip_stack *stack = ct->stack;

	loop_timer_cancel(stack->loop, &ct->timer);
	htab_del(&stack->ctrans, &ct->node);
	ctrans_forget_conn(ct);
	if (ct->other)
		ct->other->other = NULL;
	ct->state = CTRANS_TERMINATED;
	stack_ended(stack, ct->mark, ct->timed_out ? SIP_ENDED_TIMEOUT : SIP_ENDED);
	if (ct->ops && ct->ops->ended)
		ct->ops->ended(ct->user, ct);
	ctrans_forget_text(ct);
	forget_kept(ct);
	free(ct->cancel_headers);
	pool_free(&stack->ctrans_pool, ct);
	stack->stats.client_transactions--;
}

void ctrans_end_timer(struct timer *timer)
{
	ctrans_end(ctrans_of(timer));
}

static void end_node(struct hnode *node, void *arg)
{
	(void)arg;
	ctrans_end(HTAB_ENTRY(node, struct sip_ctrans, node));
}

void ctrans_end_all(struct sip_stack *stack)
{
	htab_each(&stack->ctrans, end_node, NULL);
}

void ctrans_timed_out(struct sip_ctrans *ct)
{
	if (ct->timed_out)
		return;
	ct->timed_out = true;
	if (ct->ops && ct->ops->timeout)
		ct->ops->timeout(ct->user, ct);
}

void ctrans_repeat_start(struct sip_ctrans *ct, timer_cb cb)
{
	ct->deadline_ms = loop_now_ms(ct->stack->loop) + stack_64_t1(ct->stack);
	/* Timers A and E are for what can be lost. */
	ct->interval_ms = stack_is_reliable(&ct->to) ? (uint32_t)stack_64_t1(ct->stack) :
						       ct->stack->timers.t1;
	stack_arm(ct->stack, &ct->timer, ct->interval_ms, ct->deadline_ms, cb);
}

void ctrans_repeat(struct sip_ctrans *ct, uint32_t interval_ms, timer_cb cb)
{
	if (!stack_until(ct->stack, ct->deadline_ms)) {
		ctrans_timed_out(ct);
		ctrans_end(ct);
		return;
	}
	resend(ct);
	ct->interval_ms = interval_ms;
	stack_arm(ct->stack, &ct->timer, ct->interval_ms, ct->deadline_ms, cb);
}

void ctrans_forget_text(struct sip_ctrans *ct)
{
	free(ct->text);
	ct->text = NULL;
}

bool ctrans_repeats(struct sip_ctrans *ct, const struct sip_msg *msg)
{
	uint64_t hash = siphash_inside(&ct->stack->match_key, msg->raw.p, msg->raw.len);
	bool same = ct->last == hash;

	ct->last = hash;
	return same;
}

void ctrans_deliver(struct sip_ctrans *ct, const struct sip_msg *msg, const struct tp_flow *from)
{
	struct sip_stack *stack = ct->stack;

	if (ct->ops && ct->ops->response)
		ct->ops->response(ct->user, ct, msg);
	else if (ct->method == SIP_INVITE && msg->status >= 200 && msg->status < 300)
		stack->handlers.stray(stack->arg, msg, from);
	/* It is asked for in the callback of its final response, or never. */
	if (msg->status >= 200)
		forget_kept(ct);
}

static struct sip_ctrans *find(struct sip_stack *stack, const struct sip_msg *msg)
{
	uint64_t key = branch_key(stack, msg->via.branch);
	struct hnode *node = htab_first(&stack->ctrans, key);
	struct sip_ctrans *ct;

	for (; node; node = htab_next(node)) {
		ct = HTAB_ENTRY(node, struct sip_ctrans, node);
		if (ct->key == key && ct->method == msg->method && ct->cseq == msg->cseq)
			return ct;
	}
	return NULL;
}

void ctrans_receive(struct sip_stack *stack, const struct sip_msg *msg, const struct tp_flow *from)
{
	struct sip_ctrans *ct = NULL;
	bool own = stack_via_is_own(msg, from->listener);

	if (own)
		ct = find(stack, msg);
	/* The CANCEL of a proxy has but one, too (s.9.1). */
	if (!own || (!(ct && ct->by_proxy) && !stack_has_one_via(msg))) {
		stack->stats.rx_misrouted++;
		stack_ignored(stack, NULL, msg, from, "Via of a response is not ours");
		return;
	}
	if (!ct) {
		stack_received(stack, NULL, NULL, msg, from, false);
		stack->handlers.stray(stack->arg, msg, from);
		return;
	}
	ctrans_forget_conn(ct);
	if (ct->method == SIP_INVITE) {
		ctrans_invite_response(ct, msg, from);
	} else {
		ctrans_noninvite_response(ct, msg, from);
	}
}

uint64_t sip_ctrans_mark(const struct sip_ctrans *ct)
{
	return ct->mark;
}

void sip_ctrans_unheard(struct sip_ctrans *ct)
{
	ct->last = 0;
}

const struct tp_flow *sip_ctrans_flow(const struct sip_ctrans *ct)
{
	return &ct->to;
}

void sip_ctrans_detach(struct sip_ctrans *ct)
{
	ct->ops = NULL;
	ct->user = NULL;
	/* Nobody is left who would end it: it must not ring for ever. */
	if (ct->method != SIP_INVITE || sip_ctrans_cancel(ct, VIEW_NONE) != -ENOMEM)
		return;
	ct->cancel_waits = true;
	ctrans_invite_await_487(ct);
}
