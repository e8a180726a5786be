// SPDX-License-Identifier: GPL-2.0-or-later
/* BYE in both roles (RFC 3261 s.15). */
#include "call/exchange.h"
#include "call/hide.h"
#include "call/reason.h"
#include "call/transfer.h"

static void done(struct call_relay *relay)
{
	relay->final = true;
	relay->stage = CALL_STAGE_DONE;
	call_settle(relay->call);
}

/* Any final response ends the matter, 481 too. */
static void response(void *user, struct sip_ctrans *ct, const struct sip_msg *msg)
{
	(void)ct;
	if (msg->status >= 200)
		done(user);
}

static void timeout(void *user, struct sip_ctrans *ct)
{
	(void)ct;
	done(user);
}

static const struct sip_ctrans_ops ct_ops = {
	.response = response,
	.timeout = timeout,
	.ended = call_relay_ct_ended,
};

/* A callee's BYE must not overtake the ACK of its 2xx, nor a caller's BYE his own ACK. */
static bool must_wait(struct call *call, enum media_side side)
{
	for (const struct call_relay *relay = call->relays; relay; relay = relay->next)
		if ((relay == call->invite || relay->joins) && relay->from == side &&
		    relay->stage == CALL_STAGE_ACCEPTED && !relay->acked_in)
			return true;
	return false;
}

static void acknowledge_first(struct call *call, enum media_side side)
{
	struct call_relay *relay;

	for (relay = call->relays; relay; relay = relay->next)
		if (relay->method == SIP_INVITE && relay->from != side && relay->accepted &&
		    !relay->acked_out)
			call_leg_ack(relay, NULL);
}

/* What a BYE says beside its dialog: all of the one it carries on, or why it is made here. */
static void send_bye(struct call_relay *relay, const struct call_ending *ending)
{
	const struct sip_msg *bye = ending ? ending->bye : NULL;
	char line[CALL_REASONS_TEXT + 256];
	struct sip_out out;

	sip_out_init(&out, line, sizeof(line));
	if (ending && !bye && ending->reason.p)
		call_hide_reason(&out, ending->reason);
	if (call_leg_request(relay, relay->pair, bye,
			     sip_out_ok(&out) ? sip_out_text(&out) : VIEW_NONE, NULL, &ct_ops))
		done(relay);
}

void call_bye(struct call *call, enum media_side side, const struct call_ending *ending)
{
	struct call_pair *pair = call->pairs;
	struct call_relay *relay;

	if (!pair || pair->leg[side].state != SIP_DIALOG_CONFIRMED)
		return;
	if (must_wait(call, side)) {
		call->bye_due[side] = true;
		return;
	}
	acknowledge_first(call, side);
	sip_dialog_terminate(&pair->leg[side]);
	relay = call_relay_alloc(call, SIP_BYE, call_other(side), NULL, NULL);
	if (!relay)
		return;
	relay->pair = pair;
	send_bye(relay, ending);
}

static const struct sip_strans_ops st_ops = {
	.ended = call_relay_st_ended,
};

void call_answer_here(const struct call_request *req, int status, const struct sip_out *lines)
{
	struct call *call = req->pair->call;
	struct call_relay *relay = NULL;

	if (status >= 300)
		call_note_refused(call->engine, req->st, status, lines);
	/* BYE is taken however much is under way. */
	if (call->nrelays < CALL_MAX_REQUESTS)
		relay = call_relay_alloc(call, req->msg->method, req->from, req->st, &st_ops);
	if (!relay) {
		call_answer_bare(req->st, status, lines);
		return;
	}
	relay->pair = req->pair;
	relay->stage = CALL_STAGE_DONE;
	call_leg_respond(relay, req->pair, status, VIEW_NONE, lines, NULL);
}

void call_receive_bye(const struct call_request *req)
{
	struct call *call = req->pair->call;
	char text[CALL_REASONS_TEXT];
	struct view reason = call_reasons_of(req->msg, text);
	const struct call_ending ending = {
		.by = call_side_name(req->from),
		.why = call->state < CALL_ANSWERED ? "ended before the answer" : "hung up",
		.status = req->from == MEDIA_A ? 487 : 480,
		.reason = reason,
		.bye = req->msg,
	};

	if (reason.p)
		call_note_printf(call, CALL_NOTE_END, "Reason in the BYE of the %s: %.*s",
				 call_side_name(req->from), VIEW_ARG(reason));
	call_answer_here(req, 200, NULL);
	if (req->pair->leg[req->from].state == SIP_DIALOG_CONFIRMED)
		sip_dialog_terminate(&req->pair->leg[req->from]);
	call->bye_due[req->from] = false;
	if (call_transfer_left(req))
		return;
	/* A callee who leaves takes the call from nobody else. */
	if (req->from != MEDIA_B || !call_hunt_left(req->pair))
		call_end(call, &ending);
	call_settle(call);
}
