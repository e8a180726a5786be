// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * INVITEs in a dialog (RFC 3261 s.14), from either side: carried to the other one. A refused one
 * leaves the session as it was.
 */
#include "call/abilities.h"
#include "call/exchange.h"
#include "call/offer.h"

void call_write_retry(struct call_engine *engine, struct sip_out *out)
{
	char token[SIP_TOKEN_STRLEN];

	sip_token(engine->stack, 8, token);
	sip_out_str(out, "Retry-After: ");
	sip_out_u32(out, (uint32_t)(token[0] + token[1]) % 11);
	sip_out_str(out, "\r\n");
}

static void provisional(struct call_relay *relay, const struct sip_msg *response)
{
	struct sip_out out = call_headers(relay->call->engine);
	const struct sip_dialog *leg = &relay->pair->leg[relay->from];

	/* The peer was not told that it may send it reliably, and nobody waits for it. */
	if (relay->reliable_only)
		return;
	call_write_contact(&out, leg);
	call_write_abilities(&out, leg, response);
	call_leg_pass(&out, relay->pair, (enum media_side)relay->from, response, false);
	call_leg_respond(relay, relay->pair, response->status, response->reason, &out, NULL);
}

/* 481 and 408 say that the peer has no session any more (s.12.2.1.2). */
static bool ends_dialog(int status)
{
	return status == 481 || status == 408;
}

static void refused(struct call_relay *relay, int status, const struct sip_msg *response)
{
	struct call *call = relay->call;
	const struct sip_dialog *leg = &relay->pair->leg[relay->from];
	const struct call_ending ending = {
		.by = call_side_name(call_other(relay->from)),
		.why = "no session at the peer",
		.reason = VIEW_LIT("SIP;cause=481;text=\"Session gone\""),
		.fault = true,
	};
	struct sip_out out = call_headers(call->engine);
	int mapped = call_map_status(status);

	relay->final = true;
	relay->stage = CALL_STAGE_DONE;
	if (relay->offer != CALL_OFFER_NONE)
		call_offer_undone(call);
	if (call_is_our_refusal(relay, status)) {
		call_write_warning(&out, &leg->flow, 399, CALL_REFUSED_US);
		mapped = 500;
	} else if (response) {
		call_leg_pass(&out, relay->pair, (enum media_side)relay->from, response, false);
	}
	if (ends_dialog(status))
		call_note_printf(call, CALL_NOTE_REFUSAL, "%d from the %s to a re-INVITE", status,
				 call_side_name(call_other(relay->from)));
	call_leg_respond(relay, relay->pair, mapped,
			 response && mapped == status ? response->reason : VIEW_NONE, &out, NULL);
	if (ends_dialog(status))
		call_end(call, &ending);
}

static void accepted(struct call_relay *relay, const struct sip_msg *response)
{
	struct sip_dialog *leg = &relay->pair->leg[!relay->from];

	if (relay->final) {
		if (relay->acked_out)
			call_leg_ack(relay, NULL);
		return;
	}
	sip_dialog_refresh(leg, response, NULL);
	if (relay->call->state < CALL_ENDING) {
		call_accept(relay, relay->pair, response);
		return;
	}
	relay->final = true;
	relay->accepted = true;
	call_leg_ack(relay, NULL);
}

static void response(void *user, struct sip_ctrans *ct, const struct sip_msg *msg)
{
	struct call_relay *relay = user;
	struct call *call = relay->call;

	(void)ct;
	if (msg->status == 100 || !relay->pair)
		return;
	if (msg->status < 200)
		provisional(relay, msg);
	else if (msg->status < 300)
		accepted(relay, msg);
	else
		refused(relay, msg->status, msg);
	call_settle(call);
}

static void timeout(void *user, struct sip_ctrans *ct)
{
	struct call_relay *relay = user;
	struct call *call = relay->call;

	(void)ct;
	if (!relay->final && relay->pair)
		refused(relay, 408, NULL);
	call_settle(call);
}

/* The other side's final response decides: its 2xx may be under way already. */
static void cancelled(void *user, struct sip_strans *st)
{
	struct call_relay *relay = user;

	if (relay->ct && !sip_ctrans_cancel(relay->ct, VIEW_NONE))
		return;
	sip_strans_respond(st, &(struct sip_reply){ .status = 487 });
}

static const struct sip_strans_ops st_ops = {
	.cancelled = cancelled,
	.no_ack = call_no_ack,
	.ended = call_relay_st_ended,
};

static const struct sip_ctrans_ops ct_ops = {
	.response = response,
	.timeout = timeout,
	.ended = call_relay_ct_ended,
};

int call_collides(const struct call_request *req, struct sip_out *lines)
{
	struct call *call = req->pair->call;

	if (call_invite_pending(call, req->from)) {
		call_write_retry(call->engine, lines);
		return 500;
	}
	return call_invite_pending(call, call_other(req->from)) ? 491 : 0;
}

static int carry(struct call_relay *relay, const struct call_request *req, struct sip_out *lines)
{
	struct call_body body = { .text = VIEW_NONE };
	struct call *call = relay->call;
	int status;

	switch (call_body_kind(req->msg)) {
	case CALL_BODY_REFUSED:
		return call_body_refuse(req->msg, req->flow, lines);
	case CALL_BODY_SDP:
		status = call_offer(call, req->from, req->msg, req->flow,
				    &req->pair->leg[!req->from].flow, lines, &body);
		if (status)
			return status;
		relay->offer = CALL_OFFER_IN_REQUEST;
		break;
	case CALL_BODY_NONE:
	case CALL_BODY_PARTS:
		call_body_rest(call->engine, req->msg, &body);
		break;
	}
	if (!call_leg_request(relay, req->pair, req->msg, VIEW_NONE, &body, &ct_ops))
		return 0;
	if (relay->offer != CALL_OFFER_NONE)
		call_offer_undone(call);
	return 500;
}

void call_receive_reinvite(const struct call_request *req)
{
	struct call *call = req->pair->call;
	struct sip_out lines = call_headers(call->engine);
	struct call_relay *relay;
	int status;

	status = call_collides(req, &lines);
	if (status) {
		call_answer_here(req, status, &lines);
		return;
	}
	relay = call_relay_alloc(call, SIP_INVITE, req->from, req->st, &st_ops);
	if (!relay) {
		call_answer_bare(req->st, 500, NULL);
		return;
	}
	relay->pair = req->pair;
	call_session_asked(relay, req->msg);
	relay->reliable_only = sip_names_option(req->msg, SIP_HDR_REQUIRE, VIEW_LIT("100rel"));
	call_leg_move(relay, req->msg, req->flow);
	call_leg_respond(relay, req->pair, 100, VIEW_NONE, NULL, NULL);
	status = carry(relay, req, &lines);
	if (!status)
		return;
	relay->stage = CALL_STAGE_DONE;
	call_note_refused(call->engine, req->st, status, &lines);
	call_leg_respond(relay, req->pair, status, VIEW_NONE, &lines, NULL);
}
