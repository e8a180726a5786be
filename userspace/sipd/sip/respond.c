// SPDX-License-Identifier: GPL-2.0-or-later
/* Building responses (RFC 3261 s.8.2.6) and sending them. */
#include <errno.h>
#include <stdlib.h>

#include "sip/strans.h"

/* A request that is refused for it may lack any of them. */
static void copy_header(struct sip_out *out, const struct sip_msg *msg, enum sip_hdr_id id)
{
	const struct sip_header *header = sip_msg_header(msg, id, NULL);

	if (header)
		sip_out_header(out, sip_hdr_name(id), header->value);
}

int strans_template_write(struct sip_out *out, const struct sip_msg *request,
			  const struct tp_flow *from, struct strans_template *template)
{
	size_t start = out->len;
	const struct sip_header *call_id = sip_msg_header(request, SIP_HDR_CALL_ID, NULL);

	stack_via_stamp(out, request, from);
	copy_header(out, request, SIP_HDR_FROM);
	template->call_id_at = out->len - start + sizeof("Call-ID: ") - 1;
	template->call_id_len = call_id ? call_id->value.len : 0;
	copy_header(out, request, SIP_HDR_CALL_ID);
	copy_header(out, request, SIP_HDR_CSEQ);
	copy_header(out, request, SIP_HDR_TO);
	if (!sip_out_ok(out))
		return -EMSGSIZE;
	out->len -= 2; /* the line end */
	template->len = out->len - start;
	return 0;
}

static void write_status_line(struct sip_out *out, int status, struct view reason)
{
	sip_out_str(out, "SIP/2.0 ");
	sip_out_u32(out, status);
	sip_out_str(out, " ");
	sip_out_view(out, reason.p ? reason : view_str(sip_reason(status)));
	sip_out_str(out, "\r\n");
}

static void write_tag(struct sip_out *out, struct view tag)
{
	if (tag.len) {
		sip_out_str(out, ";tag=");
		sip_out_view(out, tag);
	}
	sip_out_str(out, "\r\n");
}

/* The delay that the sender shall not count as the network's (s.8.2.6.1). */
static void write_timestamp(struct sip_out *out, const struct sip_strans *st)
{
	uint64_t delay = loop_now_ms(st->stack->loop) - st->created_ms;

	sip_out_str(out, "Timestamp: ");
	sip_out_str(out, st->timestamp);
	if (delay && !strpbrk(st->timestamp, " \t"))
		sip_out_printf(out, " %u.%03u", (unsigned int)(delay / 1000),
			       (unsigned int)(delay % 1000));
	sip_out_str(out, "\r\n");
}

static struct view sent_tag(const struct sip_strans *st)
{
	if (!st->text || !st->tag_len)
		return VIEW_NONE;
	return (struct view){ st->text + st->template_at + st->template_len + sizeof(";tag=") - 1,
			      st->tag_len };
}

const char *sip_strans_to_tag(const struct sip_strans *st, char buf[SIP_TOKEN_STRLEN])
{
	/* Of a request that is forgotten the same each time it comes. */
	uint64_t salt = st->forgotten ? 0 : st->created_ms;

	return stack_hex(siphash_more(&st->stack->token_key, st->key, &salt, sizeof(salt)), buf);
}

struct view strans_tag(const struct sip_strans *st, char buf[SIP_TOKEN_STRLEN])
{
	struct view tag = sent_tag(st);

	return tag.p ? tag : view_str(sip_strans_to_tag(st, buf));
}

/* VIEW_NONE: none is due. */
static struct view choose_tag(const struct sip_strans *st, const struct sip_reply *reply,
			      char buf[SIP_TOKEN_STRLEN])
{
	if (st->tagged)
		return VIEW_NONE;
	if (reply->to_tag.len || reply->by_proxy)
		return reply->to_tag;
	return reply->status == 100 ? VIEW_NONE : strans_tag(st, buf);
}

void strans_send(struct sip_strans *st, const struct strans_sent *sent, bool retransmission)
{
	stack_send(st->stack,
		   &(struct stack_send){
			   .to = &st->reply_to,
			   .user = strans_trace_user(st),
			   .mark = &st->mark,
			   .retransmission = retransmission,
			   .method = st->method,
			   .status = sent->status,
			   .cseq = st->cseq,
			   .call_id = { sent->text.p + sent->template_at + st->call_id_at,
					st->call_id_len },
			   .raw = sent->text,
			   .body_len = sent->body_len,
		   });
}

struct reply_text {
	struct sip_out out; /* in the stack's buffer */
	size_t template_at;
	struct view tag;
	char tag_text[SIP_TOKEN_STRLEN];
};

static int write_reply(const struct sip_strans *st, const struct sip_reply *reply,
		       struct reply_text *text)
{
	struct view template = { st->text + st->template_at, st->template_len };
	struct sip_out *out = &text->out;

	text->tag = choose_tag(st, reply, text->tag_text);
	stack_out_init(st->stack, out);
	write_status_line(out, reply->status, reply->reason);
	text->template_at = out->len;
	sip_out_view(out, template);
	write_tag(out, text->tag);
	if (reply->status == 100 && st->timestamp)
		write_timestamp(out, st);
	sip_out_view(out, reply->headers);
	sip_out_body(out, reply->content_type, reply->body);
	return sip_out_ok(out) ? 0 : -EMSGSIZE;
}

static void send_text(struct sip_strans *st, struct view text, bool retransmission)
{
	struct strans_sent sent = strans_sent(st);

	sent.text = text;
	strans_send(st, &sent, retransmission);
}

/* Makes the response in the stack's buffer the transaction's text. */
static int keep_response(struct sip_strans *st, const struct sip_out *out)
{
	char *text = malloc(out->len);

	if (!text)
		return -ENOMEM;
	memcpy(text, out->p, out->len);
	free(st->text);
	st->text = text;
	st->text_len = out->len;
	return 0;
}

int strans_reply(struct sip_strans *st, const struct sip_reply *reply)
{
	struct reply_text text;

	if (st->stack->closing)
		return -ESHUTDOWN;
	if (write_reply(st, reply, &text))
		return -EMSGSIZE;
	if (st->rfc2543 && !st->tagged)
		st->ack_tag = strans_tag_hash(st->stack, text.tag);
	if (keep_response(st, &text.out)) {
		/* A final one is not held up by it, or else the transaction would never end. */
		if (reply->status < 200)
			return -ENOMEM;
		strans_forget_text(st);
	}
	st->template_at = text.template_at;
	st->tag_len = text.tag.len;
	st->body_len = reply->body.len;
	st->status = reply->status;
	st->by_proxy = reply->by_proxy;
	send_text(st, sip_out_text(&text.out), false);
	if (st->method == SIP_INVITE)
		strans_invite_replied(st);
	else
		strans_noninvite_replied(st);
	return 0;
}

void strans_resend(struct sip_strans *st)
{
	if (st->text && st->status)
		send_text(st, (struct view){ st->text, st->text_len }, true);
}

void strans_forget_text(struct sip_strans *st)
{
	free(st->text);
	free(st->timestamp);
	st->text = st->timestamp = NULL;
}

/* A 2xx behind a final response: sent once, whatever becomes of it (s.16.7 step 5). */
static int pass_2xx(struct sip_strans *st, const struct sip_reply *reply)
{
	struct reply_text text;

	if (!st->text || st->stack->closing)
		return -EALREADY;
	if (write_reply(st, reply, &text))
		return -EMSGSIZE;
	strans_send(st,
		    &(struct strans_sent){
			    .status = reply->status,
			    .text = sip_out_text(&text.out),
			    .template_at = text.template_at,
			    .body_len = reply->body.len,
		    },
		    false);
	return 0;
}

int sip_strans_respond(struct sip_strans *st, const struct sip_reply *reply)
{
	if (sip_strans_answered(st)) {
		if (reply->by_proxy && st->method == SIP_INVITE && reply->status / 100 == 2)
			return pass_2xx(st, reply);
		return -EALREADY;
	}
	if (st->method != SIP_INVITE && reply->status < 200)
		return -EINVAL;
	if (st->method != SIP_INVITE && reply->status == 408) {
		strans_forget_text(st);
		strans_noninvite_replied(st);
		return 0;
	}
	return strans_reply(st, reply);
}

/* The same tag each time the same request comes: there is no transaction to remember it. */
static struct view stateless_tag(struct sip_stack *stack, const struct sip_msg *msg, char *buf)
{
	uint64_t hash = siphash_more(&stack->token_key, 1, msg->via.branch.p, msg->via.branch.len);

	hash = siphash_more(&stack->token_key, hash, msg->call_id.p, msg->call_id.len);
	return view_str(stack_hex(hash, buf));
}

static bool is_answered(const struct sip_msg *msg, const struct sip_msg_error *error)
{
	return error->status && msg->request && !view_eq(msg->method_name, VIEW_LIT("ACK"));
}

/* The answer that says what is wrong; -EMSGSIZE. */
static int write_refusal(struct sip_stack *stack, struct sip_out *out, const struct sip_msg *msg,
			 const struct tp_flow *from, const struct sip_msg_error *error,
			 struct view *call_id)
{
	struct strans_template template;
	char tag[STACK_HEX_STRLEN];
	size_t template_at;
	bool no_tag;

	write_status_line(out, error->status, view_str(error->reason));
	template_at = out->len;
	if (strans_template_write(out, msg, from, &template) < 0)
		return -EMSGSIZE;
	*call_id =
		(struct view){ out->p + template_at + template.call_id_at, template.call_id_len };
	no_tag = msg->to.tag.p || !sip_msg_header(msg, SIP_HDR_TO, NULL);
	write_tag(out, no_tag ? VIEW_NONE : stateless_tag(stack, msg, tag));
	sip_out_str(out, "Warning: 399 sipd \"");
	sip_out_str(out, error->reason);
	sip_out_str(out, "\"\r\n");
	sip_out_body(out, VIEW_NONE, VIEW_NONE);
	return sip_out_ok(out) ? 0 : -EMSGSIZE;
}

void strans_refuse(struct sip_stack *stack, const struct sip_msg *msg, const struct tp_flow *from,
		   const struct sip_msg_error *error)
{
	struct view call_id = VIEW_NONE;
	uint64_t mark = 0;
	struct tp_flow to;
	struct sip_out out;

	stack_ignored(stack, &mark, msg, from, error->reason);
	stack_out_init(stack, &out);
	if (is_answered(msg, error) && !write_refusal(stack, &out, msg, from, error, &call_id)) {
		stack_reply_to(&to, msg, from);
		stack_send(stack, &(struct stack_send){
					  .to = &to,
					  .mark = &mark,
					  .method = msg->method,
					  .status = error->status,
					  .cseq = msg->cseq,
					  .call_id = call_id,
					  .raw = sip_out_text(&out),
				  });
	}
	stack_ended(stack, mark, SIP_ENDED);
}
