// SPDX-License-Identifier: GPL-2.0-or-later
/* INVITE server transactions (RFC 3261 s.17.2.1, RFC 6026 s.7.1). */
#include "sip/strans.h"

/* So that no proxy's timer C strikes while it rings (s.13.3.1.1). */
#define REFRESH_PROVISIONAL_MS 60000

static void refresh_provisional(struct timer *timer)
{
	struct sip_strans *st = strans_of(timer);

	strans_resend(st);
	loop_timer_set(st->stack->loop, &st->timer, REFRESH_PROVISIONAL_MS, refresh_provisional);
}

static void end_without_ack(struct sip_strans *st)
{
	stack_ended(st->stack, st->mark, SIP_ENDED_NO_ACK);
	if (st->ops && st->ops->no_ack)
		st->ops->no_ack(st->user, st);
	strans_end(st);
}

static void resend_timer(struct timer *timer);

/* A 2xx is repeated over whatever it goes by: an ACK comes from end to end (s.13.3.1.4). */
static void arm_resend(struct sip_strans *st)
{
	if (st->state == STRANS_COMPLETED && stack_is_reliable(&st->reply_to))
		st->interval_ms = stack_64_t1(st->stack);
	stack_arm(st->stack, &st->timer, st->interval_ms, st->deadline_ms, resend_timer);
}

/* Timers G and H, and their like for a 2xx, which the UAS core repeats (s.13.3.1.4). */
static void resend_timer(struct timer *timer)
{
	struct sip_strans *st = strans_of(timer);
	const struct sip_timers *timers = &st->stack->timers;

	if (!stack_until(st->stack, st->deadline_ms)) {
		end_without_ack(st);
		return;
	}
	strans_resend(st);
	st->interval_ms = 2 * st->interval_ms < timers->t2 ? 2 * st->interval_ms : timers->t2;
	arm_resend(st);
}

void strans_invite_replied(struct sip_strans *st)
{
	struct loop *loop = st->stack->loop;

	if (st->status == 100)
		return;
	if (st->status < 200) {
		if (st->reliably)
			loop_timer_cancel(loop, &st->timer);
		else if (!st->by_proxy) /* what rings refreshes it */
			loop_timer_set(loop, &st->timer, REFRESH_PROVISIONAL_MS,
				       refresh_provisional);
		return;
	}
	strans_reliables_end(st);
	st->state = st->status < 300 ? STRANS_ACCEPTED : STRANS_COMPLETED;
	if (st->by_proxy && st->state == STRANS_ACCEPTED) {
		/* Timer L; the UAS repeats it. */
		loop_timer_set(loop, &st->timer, stack_64_t1(st->stack), strans_end_timer);
		return;
	}
	st->deadline_ms = loop_now_ms(loop) + stack_64_t1(st->stack);
	st->interval_ms = st->stack->timers.t1;
	arm_resend(st);
}

void sip_strans_acked(struct sip_strans *st)
{
	if (st->state != STRANS_ACCEPTED || st->acked)
		return;
	st->acked = true;
	strans_forget_text(st);
	/* Timer L. */
	loop_timer_set(st->stack->loop, &st->timer, stack_until(st->stack, st->deadline_ms),
		       strans_end_timer);
}

/* Timer I. A proxy's branches may still accept: a 2xx of theirs needs the transaction (s.16.7). */
static uint64_t confirmed_ms(const struct sip_strans *st)
{
	if (st->by_proxy)
		return stack_64_t1(st->stack);
	return stack_is_reliable(&st->reply_to) ? 0 : st->stack->timers.t4;
}

bool strans_invite_ack(struct sip_strans *st, const struct sip_msg *ack, const struct tp_flow *from)
{
	if (st->state == STRANS_ACCEPTED)
		return false;
	stack_received(st->stack, strans_trace_user(st), &st->mark, ack, from,
		       st->state == STRANS_CONFIRMED);
	if (st->state == STRANS_COMPLETED) {
		st->state = STRANS_CONFIRMED;
		/* A 2xx may still have to be sent on. */
		if (!st->by_proxy)
			strans_forget_text(st);
		loop_timer_set(st->stack->loop, &st->timer, confirmed_ms(st), strans_end_timer);
	}
	return true;
}
