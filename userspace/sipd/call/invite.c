// SPDX-License-Identifier: GPL-2.0-or-later
/* The INVITE that makes a call: from the caller to the next hop, and its responses back. */
#include <errno.h>
#include <stdio.h>

#include "call/exchange.h"
#include "call/hide.h"
#include "call/offer.h"

int call_map_status(int status)
{
	/* Where else to go is the next hop's business, and what it offers would show its side. */
	if (status >= 300 && status < 400)
		return 502;
	/* Its overload is not ours. */
	if (status == 503)
		return 500;
	return status;
}

/* SDP in a provisional response answers an offer in the INVITE; any other cannot be used. */
static bool carry_early_answer(struct call_relay *relay, struct call_pair *pair,
			       const struct sip_msg *response, struct call_body *body)
{
	struct call *call = relay->call;
	struct sip_out unused = call_headers(call->engine);
	int status;

	if (relay->offer != CALL_OFFER_IN_REQUEST ||
	    call_body_kind(response, &status, &unused) != CALL_BODY_SDP)
		return false;
	if (call_answer(call, MEDIA_B, response, &pair->leg[MEDIA_B].flow, &unused, body))
		return false;
	pair->early_answer = true;
	return true;
}

static void provisional(struct call_relay *relay, const struct sip_msg *response)
{
	struct call *call = relay->call;
	struct call_body body = { .text = VIEW_NONE };
	struct call_pair *pair;
	struct sip_out out;
	bool sdp;

	if (call->state >= CALL_ANSWERED)
		return;
	pair = response->to.tag.len ? call_fork_pair(call, response) : call->pairs;
	if (!pair)
		return;
	if (response->to.tag.len)
		sip_dialog_response(&pair->leg[MEDIA_B], response, NULL);
	call->state = CALL_EARLY;
	if (response->status == 180 && !call->ring_ms)
		call->ring_ms = call_now(call);
	sdp = carry_early_answer(relay, pair, response, &body);
	out = call_headers(call->engine);
	call_write_record_route(&out, &pair->leg[MEDIA_A]);
	call_write_contact(&out, &pair->leg[MEDIA_A]);
	call_hide_headers(&out, response, call_listener(&pair->leg[MEDIA_A].flow)->host, sdp);
	call_leg_respond(relay, pair, response->status, response->reason, &out, sdp ? &body : NULL);
}

/* The caller's INVITE is over already: the callee learns that too. */
static void accepted_too_late(struct call_relay *relay, struct call_pair *pair)
{
	relay->final = true;
	relay->accepted = true;
	relay->pair = pair;
	call_leg_ack(relay, NULL);
	call_bye(relay->call, MEDIA_B, NULL);
}

static void note_refusal(struct call *call, int mapped, const struct sip_msg *response)
{
	const struct sip_header *reason = sip_msg_header(response, SIP_HDR_REASON, NULL);
	const struct sip_header *warning = sip_msg_header(response, SIP_HDR_WARNING, NULL);
	const struct view none = VIEW_NONE;
	char peer[TP_ADDR_STRLEN], instead[32] = "";

	if (mapped != response->status)
		snprintf(instead, sizeof(instead), ", told to the caller as %d", mapped);
	call_note_printf(call, CALL_NOTE_REFUSAL, "%d %.*s from %s%s%s%.*s%s%.*s", response->status,
			 VIEW_ARG(response->reason),
			 tp_addr_format(&call->pairs->leg[MEDIA_B].flow.remote, peer), instead,
			 reason ? ", Reason: " : "", VIEW_ARG(reason ? reason->value : none),
			 warning ? ", Warning: " : "", VIEW_ARG(warning ? warning->value : none));
}

/* A final response of 300 and above, or one made here (@response NULL). */
static void refused(struct call_relay *relay, int status, const struct sip_msg *response)
{
	struct call *call = relay->call;
	const struct sip_dialog *leg = &call->pairs->leg[MEDIA_A];
	struct sip_out out = call_headers(call->engine);
	int mapped = call_map_status(status);
	struct view reason = response && mapped == status ? response->reason : VIEW_NONE;

	relay->final = true;
	if (call->state >= CALL_ENDING)
		return;
	if (response)
		note_refusal(call, mapped, response);
	if (status >= 300 && status < 400)
		call_write_warning(&out, &leg->flow, 399, "Redirection is not followed");
	if (response)
		call_hide_headers(&out, response, call_listener(&leg->flow)->host, false);
	relay->stage = CALL_STAGE_REFUSED;
	call_leg_respond(relay, call->pairs, mapped, reason, &out, NULL);
	call_set_code(call, mapped);
	call_mark_ending(call, "callee", reason.p ? reason : view_str(sip_reason(mapped)));
}

/* The branch that answers gets its dialog, at the cost of others that only rang. */
static struct call_pair *winner(struct call *call, const struct sip_msg *response)
{
	struct call_pair *pair = call_fork_pair(call, response);

	if (!pair) {
		call_pairs_keep(call, call->pairs);
		pair = call_fork_pair(call, response);
	}
	if (!pair || sip_dialog_response(&pair->leg[MEDIA_B], response, NULL))
		return NULL;
	call_pairs_keep(call, pair);
	sip_dialog_confirm(&pair->leg[MEDIA_B]);
	return pair;
}

static void accepted_again(struct call_relay *relay, const struct sip_msg *response)
{
	const struct sip_dialog *leg = relay->pair ? &relay->pair->leg[MEDIA_B] : NULL;

	if (!leg || !view_eq(sip_dialog_text(leg, SIP_DIALOG_REMOTE_TAG), response->to.tag))
		call_fork_drop(relay->call, response);
	else if (relay->acked_out)
		call_leg_ack(relay, NULL);
}

static void accepted(struct call_relay *relay, const struct sip_msg *response)
{
	struct call_pair *pair;

	if (relay->final) {
		accepted_again(relay, response);
		return;
	}
	pair = winner(relay->call, response);
	if (!pair) {
		call_fork_drop(relay->call, response);
		refused(relay, 500, NULL);
	} else if (relay->call->state >= CALL_ENDING) {
		accepted_too_late(relay, pair);
	} else {
		call_accept(relay, pair, response);
	}
}

static void response(void *user, struct sip_ctrans *ct, const struct sip_msg *msg)
{
	struct call_relay *relay = user;
	struct call *call = relay->call;

	(void)ct;
	if (msg->status == 100)
		return;
	if (msg->status < 200)
		provisional(relay, msg);
	else if (msg->status < 300)
		accepted(relay, msg);
	else if (!relay->final)
		refused(relay, msg->status, msg);
	call_settle(call);
}

static void note_silence(struct call *call)
{
	char peer[TP_ADDR_STRLEN];

	call_note_printf(call, CALL_NOTE_SILENCE, "no %sresponse from %s",
			 call->state == CALL_EARLY ? "final " : "",
			 tp_addr_format(&call->pairs->leg[MEDIA_B].flow.remote, peer));
}

static void timeout(void *user, struct sip_ctrans *ct)
{
	struct call_relay *relay = user;
	struct call *call = relay->call;

	(void)ct;
	if (!relay->final) {
		note_silence(call);
		refused(relay, 408, NULL);
	}
	call_settle(call);
}

static const struct sip_strans_ops st_ops = {
	.cancelled = call_cancelled,
	.no_ack = call_no_ack,
	.ended = call_relay_st_ended,
};

static const struct sip_ctrans_ops ct_ops = {
	.response = response,
	.timeout = timeout,
	.ended = call_relay_ct_ended,
};

static int init_legs(struct call_relay *relay, const struct sip_msg *req,
		     const struct tp_flow *from, const struct tp_flow *to)
{
	struct call_engine *engine = relay->call->engine;
	struct call_pair *pair = relay->call->pairs;
	char tag[SIP_TOKEN_STRLEN];
	int ret;

	ret = sip_dialog_init_uas(&pair->leg[MEDIA_A], req, from,
				  view_str(sip_strans_to_tag(relay->st, tag)));
	if (ret)
		return ret;
	sip_dialog_add(&engine->dialogs, &pair->leg[MEDIA_A]);
	ret = call_leg_init_b(pair, req, to);
	if (ret)
		return ret;
	sip_dialog_add(&engine->dialogs, &pair->leg[MEDIA_B]);
	return 0;
}

static int next_hop(const struct call *call, struct tp_flow *to)
{
	const struct call_listener *listener;

	to->remote = call->realm[MEDIA_A]->cfg->next_hop;
	listener = call_realm_listener(call->realm[MEDIA_B], &to->remote);
	if (!listener)
		return -EAFNOSUPPORT;
	to->listener = listener->tp;
	return 0;
}

/* 0 or the status that refuses the call; @lines gets the headers for it. */
static int place(struct call_relay *relay, const struct sip_msg *req, const struct tp_flow *from,
		 struct sip_out *lines)
{
	struct call *call = relay->call;
	struct call_pair *pair = call->pairs;
	struct call_body body = { .text = VIEW_NONE };
	struct tp_flow to;
	int status;

	if (next_hop(call, &to)) {
		call_write_warning(lines, from, 399, "No listener reaches the next hop");
		return 500;
	}
	call_note(call, CALL_NOTE_ROUTE, call->realm[MEDIA_A]->route);
	switch (init_legs(relay, req, from, &to)) {
	case 0:
		break;
	case -EBADMSG:
		call_write_warning(lines, from, 399, "Contact or Request-URI cannot be read");
		return 400;
	default:
		return 500;
	}
	call_merge_add(call);
	if (call_body_kind(req, &status, lines) == CALL_BODY_SDP) {
		status = call_offer(call, MEDIA_A, req, from, &to, lines, &body);
		if (status)
			return status;
		relay->offer = CALL_OFFER_IN_REQUEST;
	}
	return call_leg_request(relay, pair, req, VIEW_NONE, &body, &ct_ops) ? 500 : 0;
}

static void refuse_here(struct call_relay *relay, int status, const struct sip_out *lines)
{
	struct call *call = relay->call;

	relay->stage = CALL_STAGE_REFUSED;
	call_note_refused_here(call, status, lines);
	call_leg_respond(relay, call->pairs, status, VIEW_NONE, lines, NULL);
	call_set_code(call, status);
	call_mark_ending(call, "sipd", view_str(sip_reason(status)));
	call_settle(call);
}

void call_receive_invite(struct call_engine *engine, struct sip_strans *st,
			 const struct sip_msg *req, const struct tp_flow *from)
{
	struct sip_out lines = call_headers(engine);
	struct call_relay *relay;
	struct call *call;
	int status;

	status = call_screen_invite(engine, req, from, &lines);
	if (status) {
		call_note_refused(engine, st, status, &lines);
		call_answer_bare(st, status, &lines);
		return;
	}
	call = call_alloc(engine, call_listener(from)->realm);
	relay = call ? call_relay_alloc(call, SIP_INVITE, MEDIA_A, st, &st_ops) : NULL;
	if (!relay || !call_pair_alloc(call)) {
		call_answer_bare(st, 500, NULL);
		if (call)
			call_mark_ending(call, "sipd", VIEW_LIT("out of memory"));
		if (call)
			call_settle(call);
		return;
	}
	call->invite = relay;
	call_trace_request(call, MEDIA_A, req, false);
	call_leg_respond(relay, NULL, 100, VIEW_NONE, NULL, NULL);
	status = place(relay, req, from, &lines);
	if (status)
		refuse_here(relay, status, &lines);
	else
		call_start_answer_timer(call);
}
