// SPDX-License-Identifier: GPL-2.0-or-later
/* Non-INVITE server transactions (RFC 3261 s.17.2.2, RFC 4320 s.4). */
#include "sip/strans.h"

/* When timer E of the client reaches T2: before, a 100 is forbidden; then it is due. */
static uint64_t late_100_ms(const struct sip_timers *timers)
{
	uint64_t at = 0;

	for (uint64_t e = timers->t1; e < timers->t2; e *= 2)
		at += e;
	return at;
}

static void late_100(struct timer *timer)
{
	struct sip_strans *st = strans_of(timer);
	struct sip_stack *stack = st->stack;

	strans_reply(st, &(struct sip_reply){ .status = 100 });
	/* Timer F of the client has struck by then: no answer would be heard (RFC 4320 s.4.2). */
	loop_timer_set(stack->loop, &st->timer,
		       stack_until(stack, st->created_ms + stack_64_t1(stack)), strans_end_timer);
}

void strans_noninvite_start(struct sip_strans *st)
{
	loop_timer_set(st->stack->loop, &st->timer, late_100_ms(&st->stack->timers), late_100);
}

void strans_noninvite_replied(struct sip_strans *st)
{
	if (st->text && st->status < 200) {
		st->state = STRANS_PROCEEDING;
		return;
	}
	st->state = STRANS_COMPLETED;
	/* Timer J. */
	loop_timer_set(st->stack->loop, &st->timer,
		       stack_is_reliable(&st->reply_to) ? 0 : stack_64_t1(st->stack),
		       strans_end_timer);
}
