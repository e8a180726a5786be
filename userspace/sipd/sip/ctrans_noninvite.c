// SPDX-License-Identifier: GPL-2.0-or-later
/* Non-INVITE client transactions (RFC 3261 s.17.1.2). */
#include "sip/ctrans.h"

static void resend_timer(struct timer *timer);

static void arm_resend(struct sip_ctrans *ct)
{
	stack_arm(ct->stack, &ct->timer, ct->interval_ms, ct->deadline_ms, resend_timer);
}

/* Timers E and F. */
static void resend_timer(struct timer *timer)
{
	struct sip_ctrans *ct = ctrans_of(timer);
	uint32_t t2 = ct->stack->timers.t2;

	if (!stack_until(ct->stack, ct->deadline_ms)) {
		ctrans_timed_out(ct);
		ctrans_end(ct);
		return;
	}
	ctrans_resend(ct);
	ct->interval_ms *= 2;
	if (ct->state == CTRANS_PROCEEDING || ct->interval_ms > t2)
		ct->interval_ms = t2;
	arm_resend(ct);
}

void ctrans_noninvite_start(struct sip_ctrans *ct)
{
	ct->deadline_ms = loop_now_ms(ct->stack->loop) + stack_64_t1(ct->stack);
	ct->interval_ms = ct->stack->timers.t1;
	arm_resend(ct);
}

void ctrans_noninvite_response(struct sip_ctrans *ct, const struct sip_msg *msg,
			       const struct tp_flow *from)
{
	bool repeated = ct->state == CTRANS_COMPLETED ||
			(msg->status < 200 && ctrans_repeats(ct, msg));

	stack_received(ct->stack, ctrans_trace_user(ct), msg, from, repeated);
	if (repeated)
		return;
	if (msg->status < 200) {
		ct->state = CTRANS_PROCEEDING;
	} else {
		ct->state = CTRANS_COMPLETED;
		ctrans_forget_text(ct);
		/* Timer K. */
		loop_timer_set(ct->stack->loop, &ct->timer, ct->stack->timers.t4, ctrans_end_timer);
	}
	ctrans_deliver(ct, msg, from);
}
