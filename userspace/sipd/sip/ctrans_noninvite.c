// SPDX-License-Identifier: GPL-2.0-or-later
/* Non-INVITE client transactions (RFC 3261 s.17.1.2). */
#include "sip/ctrans.h"

/* Timers E and F. */
static void resend_timer(struct timer *timer)
{
	struct sip_ctrans *ct = ctrans_of(timer);
	uint32_t t2 = ct->stack->timers.t2;
	uint32_t interval_ms = 2 * ct->interval_ms;

	if (ct->state == CTRANS_PROCEEDING || interval_ms > t2)
		interval_ms = t2;
	ctrans_repeat(ct, interval_ms, resend_timer);
}

void ctrans_noninvite_start(struct sip_ctrans *ct)
{
	ctrans_repeat_start(ct, resend_timer);
}

void ctrans_noninvite_response(struct sip_ctrans *ct, const struct sip_msg *msg,
			       const struct tp_flow *from)
{
	bool repeated = ct->state == CTRANS_COMPLETED ||
			(msg->status < 200 && ctrans_repeats(ct, msg));

	stack_received(ct->stack, ctrans_trace_user(ct), &ct->mark, msg, from, repeated);
	if (repeated)
		return;
	if (msg->status < 200) {
		ct->state = CTRANS_PROCEEDING;
	} else {
		ct->state = CTRANS_COMPLETED;
		ctrans_forget_text(ct);
		/* Timer K. */
		loop_timer_set(ct->stack->loop, &ct->timer,
			       stack_is_reliable(&ct->to) ? 0 : ct->stack->timers.t4,
			       ctrans_end_timer);
	}
	ctrans_deliver(ct, msg, from);
}
