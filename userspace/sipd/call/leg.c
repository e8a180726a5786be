// SPDX-License-Identifier: GPL-2.0-or-later
#include "call/leg.h"

#include <errno.h>
#include <stdlib.h>

#include "call/abilities.h"
#include "call/auth.h"
#include "call/digest.h"
#include "call/exchange.h"
#include "call/hide.h"
#include "call/hunt.h"
#include "sip/shard.h"

static const struct call_listener *leg_listener(const struct sip_dialog *leg)
{
	return call_listener(&leg->flow);
}

/* Is that what requests to the peer have as Request-URI or topmost Route? */
static bool is_reached_by_sips(const struct sip_dialog *leg)
{
	struct view rest = sip_dialog_text(leg, SIP_DIALOG_ROUTES), route;
	struct sip_nameaddr addr;

	return leg->flow.listener->proto == TP_TLS &&
	       (call_is_sips(sip_dialog_text(leg, SIP_DIALOG_TARGET)) ||
		(sip_list_next(&rest, &route) && !sip_nameaddr_parse(&addr, route) &&
		 call_is_sips(addr.uri)));
}

void call_write_hostport(struct sip_out *out, const struct call_listener *listener, bool sips)
{
	if (!sips) {
		sip_out_view(out, listener->hostport);
		return;
	}
	sip_out_view(out, listener->host);
	sip_out_str(out, ":");
	sip_out_u32(out, tp_addr_port(&listener->tp->local));
}

void call_write_contact(struct sip_out *out, const struct sip_dialog *leg)
{
	const struct call_listener *listener = leg_listener(leg);
	bool sips = is_reached_by_sips(leg);

	sip_out_str(out, sips ? "Contact: <sips:" : "Contact: <sip:");
	sip_out_view(out, sip_dialog_text(leg, SIP_DIALOG_LOCAL_TAG));
	sip_out_str(out, "@");
	call_write_hostport(out, listener, sips);
	sip_out_str(out, ">\r\n");
}

void call_write_record_route(struct sip_out *out, const struct sip_dialog *leg)
{
	struct view routes = sip_dialog_text(leg, SIP_DIALOG_ROUTES);

	if (routes.len)
		sip_out_header(out, "Record-Route", routes);
}

void call_write_max_forwards(struct sip_out *out, int received)
{
	sip_out_str(out, "Max-Forwards: ");
	sip_out_u32(out, received > 0 ? (uint32_t)received - 1 : CALL_MAX_FORWARDS);
	sip_out_str(out, "\r\n");
}

void call_write_warning(struct sip_out *out, const struct tp_flow *flow, unsigned int code,
			const char *text)
{
	sip_out_str(out, "Warning: ");
	sip_out_u32(out, code);
	sip_out_str(out, " ");
	sip_out_view(out, call_listener(flow)->host);
	sip_out_str(out, " \"");
	sip_out_str(out, text);
	sip_out_str(out, "\"\r\n");
}

/* From @start to what is written now. */
static struct view written(const struct sip_out *out, size_t start)
{
	return (struct view){ out->p + start, out->len - start };
}

static void write_local(struct sip_out *out, const struct sip_msg *req,
			const struct cfg_border *border, struct view host)
{
	if (call_identity_hides_user(req, border))
		sip_out_str(out, CALL_ANONYMOUS);
	else
		call_hide_address(out, &req->from, host);
}

int call_dialog_to(struct call_engine *engine, const struct call_settings *settings,
		   struct sip_dialog *dialog, const struct sip_msg *req,
		   const struct call_target *target)
{
	const struct tp_flow *to = &target->to;
	struct sip_dialog_uac uac = { .to = *to, .target = target->ruri };
	char call_id[SIP_TOKEN_STRLEN], tag[CALL_TAG_STRLEN], host[TP_ADDR_STRLEN];
	struct sip_uri ruri;
	struct sip_out out;
	size_t start;

	uac.call_id = view_str(sip_call_id(engine->stack, call_id));
	call_fork_tag(engine, uac.call_id, tag);
	uac.local_tag = view_str(tag);

	sip_out_init(&out, engine->body, sizeof(engine->body));
	write_local(&out, req, call_border(engine, settings, to, target), call_listener(to)->host);
	uac.local = written(&out, 0);
	start = out.len;
	/* Who is called by a name is named by it in To as well. */
	if (!target->where.host || sip_uri_parse(&ruri, target->ruri))
		ruri.host = view_str(tp_addr_host(&to->remote, host));
	call_hide_address(&out, &req->to, ruri.host);
	uac.remote = written(&out, start);
	if (!sip_out_ok(&out))
		return -EMSGSIZE;
	dialog->by_flow = target->by_flow;
	return sip_dialog_init_uac(dialog, &uac);
}

int call_leg_init_uas(struct call_pair *pair, enum media_side side, const struct sip_strans *st,
		      const struct sip_msg *invite, const struct tp_flow *from)
{
	struct call_engine *engine = pair->call->engine;
	struct sip_dialog *leg = &pair->leg[side];
	char tag[SIP_TOKEN_STRLEN];
	int ret;

	ret = sip_shard_claim(engine->stack, invite->call_id, invite->from.tag, &leg->claim);
	if (!ret)
		ret = sip_dialog_init_uas(leg, invite, from, view_str(sip_strans_to_tag(st, tag)));
	if (!ret)
		sip_dialog_add(&engine->dialogs, leg);
	return ret;
}

int call_leg_init_b(struct call_pair *pair, const struct sip_msg *invite,
		    const struct call_target *target)
{
	return call_dialog_to(pair->call->engine, pair->call->settings, &pair->leg[MEDIA_B], invite,
			      target);
}

static void pass(struct sip_out *out, const struct call_pair *pair, enum media_side to,
		 const struct sip_msg *msg, bool body, const struct call_target *target)
{
	const struct sip_dialog *leg = &pair->leg[to];
	struct call_engine *engine = pair->call->engine;
	struct call_identity identity = call_identity_to(
		engine, pair->call->settings ? pair->call->settings : engine->settings, msg,
		&pair->leg[!to].flow, leg, target);

	call_hide_headers(out, msg, leg_listener(leg)->host, body, &identity);
}

void call_leg_pass(struct sip_out *out, const struct call_pair *pair, enum media_side to,
		   const struct sip_msg *msg, bool body)
{
	pass(out, pair, to, msg, body, NULL);
}

static bool has_contact(enum sip_method method)
{
	return method == SIP_INVITE || method == SIP_UPDATE || method == SIP_NOTIFY ||
	       method == SIP_REFER;
}

int call_leg_request(struct call_relay *relay, struct call_pair *pair, const struct sip_msg *req,
		     struct view extra, const struct call_body *body,
		     const struct sip_ctrans_ops *ops)
{
	struct call_engine *engine = relay->call->engine;
	struct sip_dialog *leg = &pair->leg[!relay->from];
	struct sip_request request = { .method = (enum sip_method)relay->method };
	struct sip_out out = call_headers(engine);
	struct view name = req && req->method == SIP_METHOD_OTHER ? req->method_name : VIEW_NONE;

	sip_dialog_request(leg, request.method, name, leg->local_cseq + 1, &out, &request);
	call_write_max_forwards(&out, req ? req->max_forwards : -1);
	if (has_contact(request.method))
		call_write_contact(&out, leg);
	call_session_write_request(&out, relay, pair);
	if (request.method == SIP_INVITE)
		call_write_abilities(&out, leg, req);
	if (req) {
		pass(&out, pair, (enum media_side) !relay->from, req, body && body->text.len,
		     relay->branch ? relay->branch->target : NULL);
		call_pass_credentials(engine, &out, req);
	}
	sip_out_view(&out, extra);
	if (body) {
		request.content_type = body->type;
		request.body = body->text;
	}
	call_digest_write(&out, relay, pair, &request);
	if (!sip_out_ok(&out))
		return -EMSGSIZE;
	request.headers = sip_out_text(&out);
	relay->cseq = ++leg->local_cseq;
	if (call_send(relay, pair, &request, ops))
		return -ENOMEM;
	sip_dialog_sent(leg, sip_ctrans_flow(relay->ct));
	return 0;
}

void call_leg_ack(struct call_relay *relay, const struct sip_msg *ack)
{
	struct call_engine *engine = relay->call->engine;
	struct sip_request request = { .method = SIP_ACK };
	struct sip_out out = call_headers(engine);

	if (!relay->pair)
		return;
	sip_dialog_request(&relay->pair->leg[!relay->from], SIP_ACK, VIEW_NONE, relay->cseq, &out,
			   &request);
	call_write_max_forwards(&out, ack ? ack->max_forwards : -1);
	/* Those of an INVITE go with its ACK too (RFC 3261 s.22.3). */
	if (ack)
		call_pass_credentials(engine, &out, ack);
	call_digest_write_ack(&out, relay, &request);
	request.headers = sip_out_text(&out);
	if (relay->ack_body) {
		request.content_type = (struct view){ relay->ack_body, relay->ack_type_len };
		request.body =
			(struct view){ relay->ack_body + relay->ack_type_len, relay->ack_body_len };
	}
	if (sip_out_ok(&out))
		sip_send_ack(engine->stack, &request, relay);
	relay->acked_out = true;
}

/* A refusal that does not fit into a datagram is made shorter: its status is what matters. */
static int respond(struct sip_strans *st, struct sip_reply *reply)
{
	int ret = sip_strans_respond(st, reply);

	if (ret != -EMSGSIZE || reply->status < 300)
		return ret;
	reply->reason = VIEW_NONE;
	reply->headers = VIEW_NONE;
	return sip_strans_respond(st, reply);
}

static int fill(struct sip_reply *reply, struct view to_tag, int status, struct view reason,
		const struct sip_out *headers, const struct call_body *body)
{
	*reply = (struct sip_reply){ .status = status, .to_tag = to_tag };
	if (headers && !sip_out_ok(headers)) {
		if (status < 300)
			return -EMSGSIZE;
		headers = NULL;
	}
	if (reason.p && call_hide_text_ok(reason))
		reply->reason = reason;
	if (headers)
		reply->headers = sip_out_text(headers);
	if (body) {
		reply->content_type = body->type;
		reply->body = body->text;
	}
	return 0;
}

int call_respond(struct sip_strans *st, struct view to_tag, int status, struct view reason,
		 const struct sip_out *headers, const struct call_body *body)
{
	struct sip_reply reply;
	int ret = fill(&reply, to_tag, status, reason, headers, body);

	return ret ? ret : respond(st, &reply);
}

int call_leg_reply(struct sip_reply *reply, const struct call_relay *relay,
		   const struct call_pair *pair, int status, struct view reason,
		   const struct sip_out *headers, const struct call_body *body)
{
	struct view tag = VIEW_NONE;

	if (pair && status != 100)
		tag = sip_dialog_text(&pair->leg[relay->from], SIP_DIALOG_LOCAL_TAG);
	return fill(reply, tag, status, reason, headers, body);
}

void call_leg_move(struct call_relay *relay, const struct sip_msg *req, const struct tp_flow *from)
{
	struct sip_dialog *leg = &relay->pair->leg[relay->from];
	uint16_t moves = leg->moves;
	char *before = view_dup(sip_dialog_text(leg, SIP_DIALOG_TARGET));

	sip_dialog_refresh(leg, req, from);
	if (leg->moves == moves) {
		free(before);
		return;
	}
	relay->target = before;
	relay->moves = leg->moves;
}

static void move_back(struct call_relay *relay)
{
	struct sip_dialog *leg = relay->pair ? &relay->pair->leg[relay->from] : NULL;

	/* Another request may have moved it meanwhile. */
	if (leg && relay->target && leg->moves == relay->moves)
		sip_dialog_move(leg, view_str(relay->target));
	free(relay->target);
	relay->target = NULL;
}

int call_leg_respond(struct call_relay *relay, const struct call_pair *pair, int status,
		     struct view reason, const struct sip_out *headers,
		     const struct call_body *body)
{
	struct sip_reply reply;
	int ret;

	if (status >= 300)
		move_back(relay);
	if (!relay->st)
		return 0;
	ret = call_leg_reply(&reply, relay, pair, status, reason, headers, body);
	return ret ? ret : respond(relay->st, &reply);
}

void call_answer_bare(struct sip_strans *st, int status, const struct sip_out *headers)
{
	struct sip_reply reply = { .status = status };

	if (headers && sip_out_ok(headers))
		reply.headers = sip_out_text(headers);
	sip_strans_forget(st);
	respond(st, &reply);
}
