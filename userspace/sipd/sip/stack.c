// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>

#include "sip/stack.h"

int sip_stack_alloc(struct sip_stack **out, struct loop *loop, const struct sip_timers *timers,
		    const struct sip_handlers *handlers, void *arg)
{
	struct sip_stack *stack = calloc(1, sizeof(*stack));

	if (!stack)
		return -ENOMEM;
	if (htab_init(&stack->strans) < 0)
		goto free_stack;
	if (htab_init(&stack->ctrans) < 0)
		goto clean_strans;
	if (htab_init(&stack->conns) < 0)
		goto clean_ctrans;
	pool_init(&stack->strans_pool, "server transactions", strans_size());
	pool_init(&stack->ctrans_pool, "client transactions", ctrans_size());
	siphash_key_init(&stack->match_key);
	siphash_key_init(&stack->token_key);
	stack->loop = loop;
	stack->timers = *timers;
	stack->handlers = *handlers;
	stack->arg = arg;
	*out = stack;
	return 0;

clean_ctrans:
	htab_clean(&stack->ctrans);
clean_strans:
	htab_clean(&stack->strans);
free_stack:
	free(stack);
	return -ENOMEM;
}

void sip_stack_set_timers(struct sip_stack *stack, const struct sip_timers *timers)
{
	stack->timers = *timers;
}

void sip_stack_free(struct sip_stack *stack)
{
	if (!stack)
		return;
	stack->closing = true;
	strans_end_all(stack);
	ctrans_end_all(stack);
	htab_clean(&stack->strans);
	htab_clean(&stack->ctrans);
	htab_clean(&stack->conns);
	pool_clean(&stack->strans_pool);
	pool_clean(&stack->ctrans_pool);
	free(stack);
}

const struct sip_stack_stats *sip_stack_stats(const struct sip_stack *stack)
{
	return &stack->stats;
}

const struct sip_msg *sip_stack_message(const struct sip_stack *stack)
{
	return &stack->msg;
}

const struct tp_addr *sip_stack_source(const struct sip_stack *stack)
{
	return &stack->source;
}

/* Of RFC 5626 s.3.5.1, or what devices send to keep a NAT binding open. */
static bool is_keep_alive(const char *buf, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (buf[i] != '\r' && buf[i] != '\n' && buf[i] != '\0')
			return false;
	return true;
}

/* @octets are in stack->msg; @parsed and @error are what sip_msg_parse() said. */
static void receive(struct sip_stack *stack, const struct tp_flow *from, struct view octets,
		    int parsed, const struct sip_msg_error *error)
{
	struct sip_msg *msg = &stack->msg;

	stack->source = from->remote;
	stack->stats.rx++;
	if (parsed < 0) {
		stack->stats.rx_malformed++;
		/* What has no start line is traced, too. */
		if (!msg->raw.p)
			msg->raw = octets;
		strans_refuse(stack, msg, from, error);
	} else if (msg->request) {
		strans_receive(stack, msg, from);
	} else {
		ctrans_receive(stack, msg, from);
	}
}

void stack_receive_own(struct sip_stack *stack, const struct tp_flow *from, char *buf, size_t len,
		       bool led)
{
	const struct view octets = { buf, len };
	struct sip_msg_error error = { 0 };
	int parsed = sip_msg_parse(&stack->msg, buf, len, &error);

	if (led || !stack_lead(stack, from, octets))
		receive(stack, from, octets, parsed, &error);
}

void sip_stack_receive(void *arg, const struct tp_flow *from, char *buf, size_t len)
{
	const struct view octets = { buf, len };
	struct sip_stack *stack = arg;
	struct sip_msg_error error = { 0 };
	int parsed;

	if (is_keep_alive(buf, len))
		return;
	parsed = sip_msg_parse(&stack->msg, buf, len, &error);
	if (!stack->shards || !stack_hand_over(stack, from, octets))
		receive(stack, from, octets, parsed, &error);
}

/* Its body is not there: it is answered by its headers alone. */
static void refuse_message(void *arg, const struct tp_flow *from, char *buf, size_t len,
			   enum tp_refusal why)
{
	static const struct sip_msg_error errors[] = {
		[TP_NO_LENGTH] = { 400, "Missing or bad Content-Length" },
		[TP_TOO_LARGE] = { 513, "Message is too large" },
	};
	struct sip_stack *stack = arg;
	struct sip_msg *msg = &stack->msg;
	struct sip_msg_error error = { 0 };

	/* What is wrong with it otherwise, with a Via that no answer can follow, comes first. */
	sip_msg_parse(msg, buf, len, &error);
	stack->stats.rx++;
	stack->stats.rx_malformed++;
	if (msg->request && msg->via.host.len)
		strans_refuse(stack, msg, from, &errors[why]);
}

static void closed(void *arg, uint64_t conn)
{
	struct sip_stack *stack = arg;

	if (stack->handlers.closed)
		stack->handlers.closed(stack->arg, conn);
}

void sip_stack_handle_streams(struct transport *tp)
{
	static const struct tp_stream_handlers handlers = {
		.refused = refuse_message,
		.failed = ctrans_conn_failed,
		.moved = ctrans_conn_moved,
		.closed = closed,
	};

	tp_handle_streams(tp, &handlers);
}

void stack_out_init(struct sip_stack *stack, struct sip_out *out)
{
	sip_out_init(out, stack->out, sizeof(stack->out));
}

void sip_trace_received(struct sip_trace *trace, const struct sip_msg *msg,
			const struct tp_flow *from)
{
	*trace = (struct sip_trace){
		.flow = from,
		.request = msg->request,
		.method = msg->method,
		.method_name = msg->method_name,
		.status = msg->status,
		.reason = msg->reason,
		.cseq = msg->cseq,
		.call_id = msg->call_id,
		.raw = msg->raw,
		.body = msg->body,
	};
}

void stack_received(struct sip_stack *stack, void *user, uint64_t *mark, const struct sip_msg *msg,
		    const struct tp_flow *from, bool retransmission)
{
	struct sip_trace trace;

	if (retransmission)
		stack->stats.rx_retransmissions++;
	if (!stack->handlers.trace)
		return;
	sip_trace_received(&trace, msg, from);
	trace.retransmission = retransmission;
	trace.mark = mark;
	stack->handlers.trace(stack->arg, user, &trace);
}

void stack_ignored(struct sip_stack *stack, uint64_t *mark, const struct sip_msg *msg,
		   const struct tp_flow *from, const char *error)
{
	struct sip_trace trace;

	if (!stack->handlers.trace)
		return;
	sip_trace_received(&trace, msg, from);
	trace.error = error;
	trace.mark = mark;
	stack->handlers.trace(stack->arg, NULL, &trace);
}

void stack_ended(struct sip_stack *stack, uint64_t mark, enum sip_ending how)
{
	if (mark && stack->handlers.ended)
		stack->handlers.ended(stack->arg, mark, how);
}

/* Text of @raw after @start up to one of @ends. */
static struct view until(struct view raw, size_t start, const char *ends)
{
	size_t end = start;

	while (end < raw.len && !strchr(ends, raw.p[end]))
		end++;
	return (struct view){ raw.p + start, end - start };
}

/* Responses of ours write CSeq this way. */
static struct view response_method(struct view raw)
{
	static const char name[] = "\r\nCSeq: ";
	const char *cseq = memmem(raw.p, raw.len, name, sizeof(name) - 1);
	size_t i;

	if (!cseq)
		return VIEW_NONE;
	i = cseq + sizeof(name) - 1 - raw.p;
	i += until(raw, i, " \t").len;
	while (i < raw.len && (raw.p[i] == ' ' || raw.p[i] == '\t'))
		i++;
	return until(raw, i, " \t\r");
}

static void trace_sent(struct sip_stack *stack, const struct stack_send *send)
{
	struct sip_trace trace = {
		.outgoing = true,
		.retransmission = send->retransmission,
		.flow = send->to,
		.request = !send->status,
		.method = send->method,
		.status = send->status,
		.cseq = send->cseq,
		.call_id = send->call_id,
		.raw = send->raw,
		.mark = send->mark,
		.body = { send->raw.p + send->raw.len - send->body_len, send->body_len },
	};

	if (send->status)
		trace.reason = until(send->raw, sizeof("SIP/2.0 200 ") - 1, "\r");
	if (send->method != SIP_METHOD_OTHER)
		trace.method_name = view_str(sip_method_name(send->method));
	else if (send->status)
		trace.method_name = response_method(send->raw);
	else
		trace.method_name = until(send->raw, 0, " ");
	stack->handlers.trace(stack->arg, send->user, &trace);
}

int stack_send(struct sip_stack *stack, const struct stack_send *send)
{
	stack->stats.tx++;
	if (send->retransmission)
		stack->stats.tx_retransmissions++;
	if (stack->handlers.trace)
		trace_sent(stack, send);
	return tp_send(send->to, send->raw.p, send->raw.len);
}
