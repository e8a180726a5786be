// SPDX-License-Identifier: GPL-2.0-or-later
#include "sip/reliable.h"

#include <errno.h>
#include <stdlib.h>

#include "sip/strans.h"

/* RFC 3262 s.3: every minute is not necessary, for nothing is lost. */
#define REFRESH_MS 150000
#define RSEQ_MAX (UINT32_MAX >> 1) /* of the first one (s.3); they then go up by one */

static struct sip_reliable *reliable_of(struct timer *timer)
{
	return (void *)((char *)timer - offsetof(struct sip_reliable, timer));
}

static void forget_text(struct sip_reliable *rel)
{
	free(rel->text);
	rel->text = NULL;
}

static void refresh(struct timer *timer)
{
	struct sip_reliable *rel = reliable_of(timer);

	rel->ops->refresh(rel->user);
}

static void repeat(struct timer *timer)
{
	struct sip_reliable *rel = reliable_of(timer);
	struct sip_stack *stack = rel->st->stack;

	if (!stack_until(stack, rel->deadline_ms)) {
		forget_text(rel);
		rel->ops->no_prack(rel->user);
		return;
	}
	strans_send(rel->st,
		    &(struct strans_sent){
			    .text = { rel->text, rel->text_len },
			    .template_at = rel->template_at,
			    .body_len = rel->body_len,
			    .status = rel->status,
		    },
		    true);
	/* No T2 limits it (s.3). */
	rel->interval_ms *= 2;
	stack_arm(stack, &rel->timer, rel->interval_ms, rel->deadline_ms, repeat);
}

static uint32_t first_rseq(struct sip_stack *stack)
{
	char token[SIP_TOKEN_STRLEN];
	uint32_t number = (uint32_t)strtoul(sip_token(stack, 32, token), NULL, 16) & RSEQ_MAX;

	return number ? number : 1;
}

static void attach(struct sip_reliable *rel, struct sip_strans *st)
{
	rel->st = st;
	rel->cseq = st->cseq;
	rel->next = st->reliables;
	rel->pprev = &st->reliables;
	if (rel->next)
		rel->next->pprev = &rel->next;
	st->reliables = rel;
}

static void detach(struct sip_reliable *rel)
{
	if (!rel->st)
		return;
	loop_timer_cancel(rel->st->stack->loop, &rel->timer);
	*rel->pprev = rel->next;
	if (rel->next)
		rel->next->pprev = rel->pprev;
	rel->st = NULL;
	forget_text(rel);
}

void strans_reliables_end(struct sip_strans *st)
{
	while (st->reliables)
		detach(st->reliables);
}

static void await_prack(struct sip_reliable *rel)
{
	struct sip_stack *stack = rel->st->stack;

	rel->unacknowledged = true;
	rel->interval_ms = stack->timers.t1;
	rel->deadline_ms = loop_now_ms(stack->loop) + stack_64_t1(stack);
	stack_arm(stack, &rel->timer, rel->interval_ms, rel->deadline_ms, repeat);
}

int sip_reliable_send(struct sip_reliable *rel, struct sip_strans *st,
		      const struct sip_reply *reply, const struct sip_reliable_ops *ops, void *user)
{
	uint32_t rseq = rel->rseq ? rel->rseq + 1 : first_rseq(st->stack);
	struct sip_reply with = *reply;
	struct sip_out out;
	char *lines, *text;
	int err;

	if (rel->unacknowledged)
		return -EBUSY;
	lines = malloc(reply->headers.len + 64);
	if (!lines)
		return -ENOMEM;
	sip_out_init(&out, lines, reply->headers.len + 64);
	sip_out_view(&out, reply->headers);
	sip_out_str(&out, "Require: 100rel\r\nRSeq: ");
	sip_out_u32(&out, rseq);
	sip_out_str(&out, "\r\n");
	with.headers = sip_out_text(&out);
	st->reliably = true;
	err = sip_strans_respond(st, &with);
	free(lines);
	if (err)
		return err;
	text = view_dup((struct view){ st->text, st->text_len });
	if (!text)
		return -ENOMEM;
	free(rel->text);
	rel->text = text;
	rel->text_len = st->text_len;
	rel->template_at = st->template_at;
	rel->body_len = st->body_len;
	rel->status = (uint16_t)reply->status;
	rel->rseq = rseq;
	rel->ops = ops;
	rel->user = user;
	if (!rel->st)
		attach(rel, st);
	await_prack(rel);
	return 0;
}

bool sip_reliable_matches(const struct sip_reliable *rel, const struct sip_msg *prack)
{
	const struct sip_header *header = sip_msg_header(prack, SIP_HDR_RACK, NULL);
	struct sip_rack rack;

	return rel->unacknowledged && header && !sip_rack_parse(&rack, header->value) &&
	       rack.rseq == rel->rseq && rack.cseq == rel->cseq &&
	       view_eq(rack.method, VIEW_LIT("INVITE"));
}

void sip_reliable_acked(struct sip_reliable *rel)
{
	rel->unacknowledged = false;
	forget_text(rel);
	if (rel->st)
		loop_timer_set(rel->st->stack->loop, &rel->timer, REFRESH_MS, refresh);
}

bool sip_reliable_holds_2xx(const struct sip_reliable *rel)
{
	return rel->unacknowledged && rel->body_len;
}

void sip_reliable_clean(struct sip_reliable *rel)
{
	detach(rel);
	rel->unacknowledged = false;
}
