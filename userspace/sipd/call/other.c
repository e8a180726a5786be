// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Other requests in a dialog that the peers have with one another: INFO, MESSAGE, UPDATE (RFC
 * 3311).
 */
#include "call/exchange.h"
#include "call/hide.h"
#include "call/offer.h"
#include "call/prack.h"

static void undo_offer(struct call_relay *relay)
{
	if (relay->offer != CALL_OFFER_NONE)
		call_offer_undone(relay->call);
	relay->offer = CALL_OFFER_NONE;
}

/* Is one of its kind, from the same side, not answered yet (RFC 3311 s.5.2)? */
static bool is_second_update(const struct call_relay *relay)
{
	const struct call_relay *other;

	if (relay->method != SIP_UPDATE)
		return false;
	for (other = relay->call->relays; other; other = other->next)
		if (other != relay && other->method == SIP_UPDATE && other->from == relay->from &&
		    other->pair == relay->pair && other->st && !sip_strans_answered(other->st))
			return true;
	return false;
}

/* 0 or the status that goes back instead. */
static int carry_answer(struct call_relay *relay, const struct sip_msg *response,
			struct call_body *body)
{
	struct call *call = relay->call;
	struct sip_out unused = call_headers(call->engine);
	int status;

	if (relay->offer == CALL_OFFER_NONE) {
		call_body_rest(call->engine, response, body);
		return 0;
	}
	if (call_body_kind(response) != CALL_BODY_SDP)
		return 502;
	status = call_answer(call, call_other(relay->from), response,
			     &relay->pair->leg[!relay->from].flow, &unused, body);
	if (status)
		return status == 400 ? 502 : status;
	call_offer_done(call);
	relay->offer = CALL_OFFER_NONE;
	return 0;
}

static const struct sip_dialog *other_leg(const struct call_relay *relay)
{
	return &relay->pair->leg[call_other((enum media_side)relay->from)];
}

/*
 * An UPDATE without an offer that the other side cannot have: it refreshes the session and target
 * of this side alone, so that is what it gets.
 */
static void answer_update(struct call_relay *relay)
{
	struct sip_out out = call_headers(relay->call->engine);

	relay->stage = CALL_STAGE_DONE;
	call_write_contact(&out, &relay->pair->leg[relay->from]);
	call_session_write_2xx(&out, relay, relay->pair);
	call_leg_respond(relay, relay->pair, 200, VIEW_NONE, &out, NULL);
}

/* The other side turns out to know no UPDATE. */
static bool is_unknown_there(const struct call_relay *relay, int status)
{
	return relay->method == SIP_UPDATE && relay->offer == CALL_OFFER_NONE &&
	       (status == 405 || status == 501) && other_leg(relay)->state == SIP_DIALOG_CONFIRMED;
}

/* Else it is nothing that concerns the session. */
static bool carries_sdp(const struct call_relay *relay)
{
	return relay->method == SIP_UPDATE || relay->method == SIP_PRACK;
}

static void carry_response(struct call_relay *relay, const struct sip_msg *response)
{
	struct call_body body = { .text = VIEW_NONE };
	const struct sip_dialog *leg = &relay->pair->leg[relay->from];
	int status = response->status;
	struct sip_out out;

	if (is_unknown_there(relay, status)) {
		relay->pair->session[!relay->from].update = CALL_ALLOWS_NOT;
		answer_update(relay);
		return;
	}
	if (status < 300 && carries_sdp(relay)) {
		if (relay->method == SIP_UPDATE) {
			sip_dialog_refresh(&relay->pair->leg[!relay->from], response, NULL);
			call_session_accepted(relay, relay->pair, response);
		}
		status = carry_answer(relay, response, &body);
		status = status ? status : response->status;
	} else if (status < 300) {
		call_body_opaque(response, &body);
	}
	undo_offer(relay);
	out = call_headers(relay->call->engine);
	if (status < 300 && (relay->method == SIP_UPDATE || relay->method == SIP_REFER))
		call_write_contact(&out, leg);
	if (status < 300 && relay->method == SIP_UPDATE)
		call_session_write_2xx(&out, relay, relay->pair);
	if (call_is_our_refusal(relay, status)) {
		call_write_warning(&out, &leg->flow, 399, CALL_REFUSED_US);
		status = 500;
	} else {
		call_leg_pass(&out, relay->pair, (enum media_side)relay->from, response,
			      body.text.len);
	}
	call_leg_respond(relay, relay->pair, call_map_status(status),
			 status == response->status ? response->reason : VIEW_NONE, &out, &body);
}

/* Of early dialogs one may go while the call does not. */
static bool is_established(const struct call_relay *relay)
{
	return relay->pair && relay->pair->leg[!relay->from].state == SIP_DIALOG_CONFIRMED;
}

static void response(void *user, struct sip_ctrans *ct, const struct sip_msg *msg)
{
	struct call_relay *relay = user;
	static const struct call_ending ending = {
		.by = "sipd",
		.why = "no session at the peer",
		.reason = VIEW_LIT("SIP;cause=481;text=\"Session gone\""),
		.fault = true,
	};
	struct call *call = relay->call;

	(void)ct;
	if (msg->status < 200)
		return;
	relay->final = true;
	relay->stage = CALL_STAGE_DONE;
	if (relay->pair && call->state < CALL_ENDING)
		carry_response(relay, msg);
	else
		call_leg_respond(relay, NULL, 481, VIEW_NONE, NULL, NULL);
	if (msg->status == 481 && relay->method == SIP_UPDATE && is_established(relay)) {
		call_note_printf(call, CALL_NOTE_REFUSAL, "481 from the %s to an UPDATE",
				 call_side_name(call_other(relay->from)));
		call_end(call, &ending);
	}
}

/* Without a response the peer's own transaction runs out: a 408 would come too late (RFC 4320). */
static void timeout(void *user, struct sip_ctrans *ct)
{
	struct call_relay *relay = user;

	(void)ct;
	relay->final = true;
	relay->stage = CALL_STAGE_DONE;
	undo_offer(relay);
	call_leg_respond(relay, relay->pair, 408, VIEW_NONE, NULL, NULL);
}

const struct sip_strans_ops call_other_st_ops = {
	.ended = call_relay_st_ended,
};

const struct sip_ctrans_ops call_other_ct_ops = {
	.response = response,
	.timeout = timeout,
	.ended = call_relay_ct_ended,
};

static int carry_offer(struct call_relay *relay, const struct call_request *req,
		       struct sip_out *lines, struct call_body *body)
{
	int status;

	switch (call_body_kind(req->msg)) {
	case CALL_BODY_REFUSED:
		return call_body_refuse(req->msg, req->flow, lines);
	case CALL_BODY_NONE:
	case CALL_BODY_PARTS:
		call_body_rest(relay->call->engine, req->msg, body);
		return 0;
	case CALL_BODY_SDP:
		break;
	}
	status = call_early_ready(req, lines);
	if (!status)
		status = call_offer(relay->call, req->from, req->msg, req->flow,
				    &req->pair->leg[!req->from].flow, lines, body);
	if (!status)
		relay->offer = CALL_OFFER_IN_REQUEST;
	return status;
}

/* application/dtmf-relay, application/dtmf: the forms that phones know. */
static bool is_digit(const struct sip_msg *msg)
{
	static const struct view prefix = VIEW_LIT("application/dtmf");
	const struct sip_header *type = sip_msg_header(msg, SIP_HDR_CONTENT_TYPE, NULL);

	return msg->method == SIP_INFO && type && type->value.len >= prefix.len &&
	       view_ieq((struct view){ type->value.p, prefix.len }, prefix);
}

static int carry(struct call_relay *relay, const struct call_request *req, struct sip_out *lines)
{
	struct call_body body = { .text = VIEW_NONE };
	int status = 0;

	/* A branch that failed is no dialog's any more, while others are called. */
	if (req->pair->leg[!req->from].state == SIP_DIALOG_TERMINATED)
		return 481;
	/* One that has not answered yet has none to carry it on in. */
	if (req->pair->leg[!req->from].state == SIP_DIALOG_NONE || is_second_update(relay)) {
		call_write_retry(relay->call->engine, lines);
		return 500;
	}
	if (req->msg->method == SIP_UPDATE) {
		call_session_asked(relay, req->msg);
		call_leg_move(relay, req->msg, req->flow);
		status = carry_offer(relay, req, lines, &body);
	} else {
		call_body_opaque(req->msg, &body);
	}
	if (status)
		return status;
	if (relay->method == SIP_UPDATE && relay->offer == CALL_OFFER_NONE &&
	    req->pair->session[!req->from].update == CALL_ALLOWS_NOT) {
		answer_update(relay);
		return 0;
	}
	if (!call_leg_request(relay, req->pair, req->msg, VIEW_NONE, &body, &call_other_ct_ops)) {
		relay->call->digits.info[req->from] += is_digit(req->msg);
		return 0;
	}
	undo_offer(relay);
	return 500;
}

void call_receive_other(const struct call_request *req)
{
	struct call *call = req->pair->call;
	struct sip_out lines = call_headers(call->engine);
	struct call_relay *relay;
	int status;

	relay = call_relay_alloc(call, req->msg->method, req->from, req->st, &call_other_st_ops);
	if (!relay) {
		call_answer_bare(req->st, 500, NULL);
		return;
	}
	relay->pair = req->pair;
	status = carry(relay, req, &lines);
	if (!status)
		return;
	relay->stage = CALL_STAGE_DONE;
	call_note_refused(call->engine, req->st, status, &lines);
	call_leg_respond(relay, req->pair, status, VIEW_NONE, &lines, NULL);
}
