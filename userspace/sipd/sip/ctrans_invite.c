// SPDX-License-Identifier: GPL-2.0-or-later
/* INVITE client transactions (RFC 3261 s.17.1.1, RFC 6026 s.7.2). */
#include "sip/ctrans.h"

/* Timers A and B. */
static void call_timer(struct timer *timer)
{
	struct sip_ctrans *ct = ctrans_of(timer);

	ctrans_repeat(ct, 2 * ct->interval_ms, call_timer);
}

void ctrans_invite_start(struct sip_ctrans *ct)
{
	ctrans_repeat_start(ct, call_timer);
}

static void give_up(struct timer *timer)
{
	struct sip_ctrans *ct = ctrans_of(timer);

	ctrans_timed_out(ct);
	ctrans_end(ct);
}

void ctrans_invite_await_487(struct sip_ctrans *ct)
{
	loop_timer_set(ct->stack->loop, &ct->timer, stack_64_t1(ct->stack), give_up);
}

/* It has rung for too long (s.16.8). */
static void timer_c(struct timer *timer)
{
	struct sip_ctrans *ct = ctrans_of(timer);

	ctrans_timed_out(ct);
	if (!ct->cancelled && ctrans_cancel_send(ct, VIEW_NONE) < 0)
		ctrans_end(ct);
}

static void start_timer_c(struct sip_ctrans *ct, int status)
{
	struct sip_stack *stack = ct->stack;

	if (ct->cancelled || ct->cancel_waits)
		return;
	if (!stack->timers.c)
		loop_timer_cancel(stack->loop, &ct->timer);
	else if (ct->state == CTRANS_CALLING || status > 100)
		loop_timer_set(stack->loop, &ct->timer, stack->timers.c, timer_c);
}

static void receive_provisional(struct sip_ctrans *ct, const struct sip_msg *msg,
				const struct tp_flow *from)
{
	bool repeated = ctrans_repeats(ct, msg);

	stack_received(ct->stack, ctrans_trace_user(ct), &ct->mark, msg, from, repeated);
	start_timer_c(ct, msg->status);
	if (ct->state == CTRANS_CALLING) {
		ct->state = CTRANS_PROCEEDING;
		ctrans_reduce_text(ct);
	}
	if (ct->cancel_waits && !ct->cancelled &&
	    ctrans_cancel_send(ct, view_str(ct->cancel_headers)) < 0)
		ctrans_invite_await_487(ct);
	if (!repeated && !ct->timed_out)
		ctrans_deliver(ct, msg, from);
}

static void receive_2xx(struct sip_ctrans *ct, const struct sip_msg *msg,
			const struct tp_flow *from)
{
	struct sip_stack *stack = ct->stack;
	bool repeated = ctrans_repeats(ct, msg);

	stack_received(stack, ctrans_trace_user(ct), &ct->mark, msg, from, repeated);
	if (ct->state != CTRANS_ACCEPTED) {
		ct->state = CTRANS_ACCEPTED;
		ctrans_forget_text(ct);
		/* Timer M. */
		loop_timer_set(stack->loop, &ct->timer, stack_64_t1(stack), ctrans_end_timer);
	}
	ctrans_deliver(ct, msg, from);
}

/* The ACK takes the place of the INVITE: only it can be sent again. */
static void acknowledge(struct sip_ctrans *ct, const struct sip_msg *response)
{
	struct sip_out out;
	char *text = NULL;

	stack_out_init(ct->stack, &out);
	ctrans_write_ack(&out, ct, response);
	if (sip_out_ok(&out))
		text = view_dup(sip_out_text(&out));
	ctrans_forget_text(ct);
	if (!text)
		return;
	ct->text = text;
	ct->text_len = out.len;
	ct->body_len = 0;
	ctrans_locate_call_id(ct);
	ctrans_send_text(ct, SIP_ACK, false);
}

static void receive_failure(struct sip_ctrans *ct, const struct sip_msg *msg,
			    const struct tp_flow *from)
{
	stack_received(ct->stack, ctrans_trace_user(ct), &ct->mark, msg, from, false);
	ct->state = CTRANS_COMPLETED;
	acknowledge(ct, msg);
	/* Timer D. */
	loop_timer_set(ct->stack->loop, &ct->timer,
		       stack_is_reliable(&ct->to) ? 0 : ct->stack->timers.d, ctrans_end_timer);
	if (!ct->timed_out)
		ctrans_deliver(ct, msg, from);
}

/* After a non-2xx. A 2xx that comes all the same is a call that somebody must end. */
static void receive_completed(struct sip_ctrans *ct, const struct sip_msg *msg,
			      const struct tp_flow *from)
{
	struct sip_stack *stack = ct->stack;

	stack_received(stack, ctrans_trace_user(ct), &ct->mark, msg, from, msg->status >= 300);
	if (msg->status >= 300 && ct->text)
		ctrans_send_text(ct, SIP_ACK, true);
	else if (msg->status >= 200 && msg->status < 300)
		stack->handlers.stray(stack->arg, msg, from);
}

void ctrans_invite_response(struct sip_ctrans *ct, const struct sip_msg *msg,
			    const struct tp_flow *from)
{
	if (ct->state == CTRANS_COMPLETED)
		receive_completed(ct, msg, from);
	else if (msg->status >= 200 && msg->status < 300)
		receive_2xx(ct, msg, from);
	else if (ct->state == CTRANS_ACCEPTED)
		stack_received(ct->stack, ctrans_trace_user(ct), &ct->mark, msg, from, false);
	else if (msg->status < 200)
		receive_provisional(ct, msg, from);
	else
		receive_failure(ct, msg, from);
}
