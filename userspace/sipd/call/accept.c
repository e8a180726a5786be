// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * 2xx and ACK of INVITEs go from end to end: the 2xx is acknowledged when the ACK for its copy has
 * come, so that an answer in the ACK finds its way (RFC 3264 s.5; RFC 3261 s.13.2.2.4, s.13.3.1.4).
 */
#include <stdlib.h>

#include "call/abilities.h"
#include "call/exchange.h"
#include "call/hide.h"
#include "call/history_back.h"
#include "call/hunt.h"
#include "call/offer.h"
#include "call/prack.h"
#include "call/proxy.h"
#include "call/transfer.h"

/* The body of the first 2xx. 0 or the status that the other side gets instead. */
static int carry_body(struct call_relay *relay, struct call_pair *pair,
		      const struct sip_msg *response, struct call_body *body)
{
	struct call *call = relay->call;
	const struct sip_dialog *leg = &pair->leg[!relay->from];
	enum media_side from = call_other(relay->from);
	struct sip_out unused = call_headers(call->engine);
	int status;

	if (relay->initial && call_early_accept(relay, pair, response, body, &status))
		return status;
	switch (call_body_kind(response)) {
	case CALL_BODY_REFUSED:
		return 502;
	case CALL_BODY_NONE:
	case CALL_BODY_PARTS:
		call_body_rest(call->engine, response, body);
		if (relay->offer != CALL_OFFER_IN_REQUEST)
			return 0;
		if (pair->early_answer)
			call_offer_done(call);
		else
			call_offer_undone(call);
		return 0;
	case CALL_BODY_SDP:
		break;
	}
	if (relay->offer == CALL_OFFER_NONE) {
		status = call_offer(call, from, response, &leg->flow, &pair->leg[relay->from].flow,
				    &unused, body);
		if (!status)
			relay->offer = CALL_OFFER_IN_RESPONSE;
		return status;
	}
	status = call_answer(call, from, response, &leg->flow, &unused, body);
	if (!status)
		call_offer_done(call);
	return status == 400 ? 502 : status;
}

static int carry_2xx(struct call_relay *relay, struct call_pair *pair,
		     const struct sip_msg *response, const struct call_body *body)
{
	const struct sip_dialog *leg = &pair->leg[relay->from];
	struct sip_out out = call_headers(relay->call->engine);

	if (relay == relay->call->invite) {
		call_write_record_route(&out, leg);
		call_hunt_tell_caller(&out, relay->call, true);
	}
	call_write_contact(&out, leg);
	call_session_write_2xx(&out, relay, pair);
	call_write_abilities(&out, leg, response);
	call_leg_pass(&out, pair, (enum media_side)relay->from, response, body->text.len);
	return call_leg_respond(relay, pair, response->status, response->reason, &out, body);
}

static void answered(struct call *call)
{
	call->state = CALL_ANSWERED;
	call->answer_ms = call_now(call);
	call->engine->counts.early--;
	loop_timer_cancel(call->engine->loop, &call->timer);
}

/* The callee accepted what the caller cannot have: it ends for both. */
static void fail(struct call_relay *relay, int status)
{
	const struct call_ending ending = {
		.by = "sipd",
		.why = "the answer cannot be used",
		.status = status,
		.fault = true,
	};

	call_note_printf(relay->call, CALL_NOTE_MEDIA,
			 "the SDP in the 2xx of the %s cannot be used (%d): ACK and BYE to it",
			 call_side_name(call_other(relay->from)), status);
	if (relay->st && relay != relay->call->invite)
		call_leg_respond(relay, relay->pair, status, VIEW_NONE, NULL, NULL);
	call_end(relay->call, &ending);
}

void call_accept(struct call_relay *relay, struct call_pair *pair, const struct sip_msg *response)
{
	struct call_body body = { .text = VIEW_NONE };
	struct call *call = relay->call;
	int status;

	if (relay->held && !call_transfer_rings(call)) {
		call_transfer_answered(relay, pair, response);
		return;
	}
	relay->final = true;
	relay->accepted = true;
	relay->pair = pair;
	call_session_accepted(relay, pair, response);
	status = carry_body(relay, pair, response, &body);
	if (call_transfer_rings(call)) {
		call_transfer_picked_up(relay, status);
		return;
	}
	if (!status && carry_2xx(relay, pair, response, &body))
		status = 500;
	relay->stage = CALL_STAGE_ACCEPTED;
	if (status) {
		fail(relay, status);
		return;
	}
	if (relay == call->invite) {
		call_set_code(call, response->status);
		sip_dialog_confirm(&pair->leg[MEDIA_A]);
		answered(call);
	}
}

static void keep_ack_body(struct call_relay *relay, const struct call_body *body)
{
	size_t len = body->type.len + body->text.len;

	if (!body->text.len || len > UINT16_MAX)
		return;
	relay->ack_body = malloc(len);
	if (!relay->ack_body)
		return;
	memcpy(relay->ack_body, body->type.p, body->type.len);
	memcpy(relay->ack_body + body->type.len, body->text.p, body->text.len);
	relay->ack_type_len = (uint16_t)body->type.len;
	relay->ack_body_len = (uint16_t)body->text.len;
}

/* The answer to an offer in the 2xx; false: there is none that can be used. */
static bool carry_answer(struct call_relay *relay, const struct sip_msg *ack,
			 const struct tp_flow *from)
{
	struct call *call = relay->call;
	struct call_body body = { .text = VIEW_NONE };
	struct sip_out unused = call_headers(call->engine);

	if (relay->offer != CALL_OFFER_IN_RESPONSE || !call->media) {
		call_body_rest(call->engine, ack, &body);
		keep_ack_body(relay, &body);
		return true;
	}
	if (call_body_kind(ack) != CALL_BODY_SDP ||
	    call_answer(call, relay->from, ack, from, &unused, &body)) {
		call_offer_undone(call);
		return false;
	}
	call_offer_done(call);
	keep_ack_body(relay, &body);
	return true;
}

static struct call_relay *accepted_invite(struct call *call, enum media_side from, uint32_t cseq)
{
	struct call_relay *relay;

	for (relay = call->relays; relay; relay = relay->next)
		if (relay->method == SIP_INVITE && relay->from == from && relay->st &&
		    relay->stage == CALL_STAGE_ACCEPTED && sip_strans_cseq(relay->st) == cseq)
			return relay;
	return NULL;
}

/* A BYE that had to wait for the ACK of its dialog. */
static void send_due_bye(struct call *call, enum media_side side)
{
	if (!call->bye_due[side])
		return;
	call->bye_due[side] = false;
	call_bye(call, side, NULL);
	call_session_over(call);
	call_settle(call);
}

static void established(struct call *call)
{
	if (call->state != CALL_ANSWERED)
		return;
	call_history_free(&call->history);
	call->state = CALL_ESTABLISHED;
	call_session_sdp_trim(call);
	call_start_duration_timer(call);
}

void call_accept_here(struct call_relay *relay, const struct call_body *answer)
{
	struct call *call = relay->call;

	keep_ack_body(relay, answer);
	relay->acked_in = true;
	call_leg_ack(relay, NULL);
	if (call->state < CALL_ANSWERED)
		answered(call);
	established(call);
}

/*
 * The ACK has the tag of the 2xx, which went to where the INVITE came from. From elsewhere it
 * proves nothing: its source may be forged by who received the 2xx.
 */
static void prove(const struct sip_dialog *leg, const struct tp_flow *from)
{
	const struct call_engine *engine = call_pair_of(leg)->call->engine;

	if (engine->hooks->proven && tp_addr_same_host(&leg->flow.remote, &from->remote))
		engine->hooks->proven(engine->hooks_arg, from, CALL_HAS_CALLED, CALL_PROVEN_S);
}

void call_receive_ack(void *arg, const struct sip_msg *ack, const struct tp_flow *from)
{
	struct call_engine *engine = arg;
	struct sip_dialog *leg = call_find_dialog(engine, ack, from);
	static const struct call_ending no_answer = {
		.by = "caller",
		.why = "no usable answer in ACK",
		.reason = VIEW_LIT("SIP;cause=488;text=\"No answer in ACK\""),
		.fault = true,
	};
	struct call_relay *relay;
	struct call *call;
	bool usable;

	if (!leg && call_proxy_take_ack(engine, ack, from))
		return;
	relay = leg ? accepted_invite(call_pair_of(leg)->call, call_side_of(leg), ack->cseq) : NULL;
	call_trace_ack(engine, relay, ack, from);
	if (!relay)
		return;
	call = relay->call;
	call_trace_request(call, call_side_of(leg), ack, relay->acked_in);
	if (relay->acked_in)
		return;
	relay->acked_in = true;
	sip_strans_acked(relay->st);
	prove(leg, from);
	sip_dialog_heard(leg, ack, from);
	usable = carry_answer(relay, ack, from);
	if (!relay->acked_out)
		call_leg_ack(relay, ack);
	established(call);
	send_due_bye(call, relay->from);
	if (!usable) {
		call_note_printf(call, CALL_NOTE_MEDIA, "no usable SDP answer in the ACK of the %s",
				 call_side_name((enum media_side)relay->from));
		call_end(call, &no_answer);
	}
}

void call_no_ack(void *user, struct sip_strans *st)
{
	static const struct call_ending ending = {
		.by = "sipd",
		.why = "no ACK",
		.reason = VIEW_LIT("SIP;cause=408;text=\"No ACK\""),
		.fault = true,
	};
	struct call_relay *relay = user;
	struct call *call = relay->call;

	(void)st;
	if (relay->stage != CALL_STAGE_ACCEPTED) {
		relay->stage = CALL_STAGE_DONE;
		call_settle(call);
		return;
	}
	relay->acked_in = true;
	call_note_printf(call, CALL_NOTE_SILENCE, "no ACK from the %s for the 2xx to its INVITE",
			 call_side_name((enum media_side)relay->from));
	send_due_bye(call, relay->from);
	call_end(call, &ending);
}
