// SPDX-License-Identifier: GPL-2.0-or-later
#include "call/transfer.h"

#include <stdlib.h>

#include "call/offer.h"

/* After 491, and while an INVITE of others is not over (RFC 3261 s.14.1). */
#define MAX_TRIES 5
#define RETRY_MS 1000

static struct call_engine *engine_of(const struct call_transfer *transfer)
{
	const struct call *call = transfer->from ? transfer->from : transfer->to;

	return call ? call->engine : transfer->other->engine;
}

/* --- the end --- */

/* The party at @side has stayed in @call, or has left it before. */
static bool is_there(const struct call *call, enum media_side side)
{
	return call && call->state < CALL_ENDING &&
	       call->pairs->leg[side].state == SIP_DIALOG_CONFIRMED;
}

static void tear_apart(struct call_transfer *transfer)
{
	struct call *const calls[] = { transfer->from, transfer->other, transfer->to };

	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++)
		if (calls[i] && calls[i]->transfer == transfer)
			calls[i]->transfer = NULL;
}

/* Somebody who has been moved goes back to where the other one still is. */
static void give_back(struct call *to, enum media_side side, struct call *from,
		      enum media_side from_side)
{
	if (is_there(to, call_other(side)))
		call_transfer_move(to->pairs, side, from->pairs, from_side);
}

static void undo(struct call_transfer *transfer)
{
	struct call_relay *relay = transfer->relay;
	struct call *to = transfer->to;

	if (!to)
		return;
	if (relay && relay->ct && !relay->final)
		sip_ctrans_cancel(relay->ct, VIEW_NONE);
	if ((transfer->other || transfer->borrowed) && to->invite && to->invite->ct &&
	    !to->invite->final)
		sip_ctrans_cancel(to->invite->ct, VIEW_NONE);
	/* Nobody will acknowledge it, and BYE does not wait for that. */
	if (to->invite && to->invite->held)
		to->invite->acked_in = true;
	if (transfer->moved)
		give_back(transfer->from, call_transfer_left_over(transfer), to, MEDIA_A);
	if (transfer->other && !transfer->kept)
		give_back(transfer->other, call_other((enum media_side)transfer->other_side), to,
			  MEDIA_B);
}

static void end_rest(struct call *call, const char *why)
{
	const struct call_ending ending = {
		.by = "transfer",
		.why = why,
		.reason = VIEW_LIT("SIP;cause=200;text=\"Call transferred\""),
	};

	if (call)
		call_end(call, &ending);
}

static void transferor_stays(struct timer *timer)
{
	struct call *call = (struct call *)((char *)timer - offsetof(struct call, timer));

	end_rest(call, "transferred; the transferor did not hang up");
	call_settle(call);
}

/* He hangs up himself, when he has heard of it. */
static void wait_for_transferor(struct call *call, enum media_side side)
{
	if (!call)
		return;
	if (!is_there(call, side))
		end_rest(call, "transferred");
	else
		loop_timer_set(call->engine->loop, &call->timer, 64ull * call->engine->cfg->t1_ms,
			       transferor_stays);
}

static void note_end(const struct call_transfer *transfer, int status)
{
	struct call *from = transfer->from, *other = transfer->other, *to = transfer->to;
	struct call *call = from ? from : other;

	if (status < 300 && transfer->lent)
		call_note(other, CALL_NOTE_CHANGE,
			  "transferred: the other party goes on in a call of another shard");
	if (status < 300 && from)
		call_note_printf(from, CALL_NOTE_CHANGE, "transferred: the %s goes on in call %s",
				 call_side_name(call_transfer_left_over(transfer)), to->id);
	if (status < 300 && other && to)
		call_note_printf(other, CALL_NOTE_CHANGE, "transferred: the %s goes on in call %s",
				 call_side_name(call_other((enum media_side)transfer->other_side)),
				 to->id);
	if (status >= 300 && call)
		call_note_printf(call, CALL_NOTE_CHANGE, "transfer failed: %d %s", status,
				 sip_reason(status));
}

static void succeeded(const struct call_transfer *ended)
{
	wait_for_transferor(ended->from, (enum media_side)ended->from_side);
	/* RFC 3891 s.3: BYE to who is replaced. */
	end_rest(ended->other, "transferred");
}

/* Of a call that rings its caller may still be waiting. */
static bool goes_on(const struct call_transfer *ended, const struct call *call)
{
	if (ended->ringing && call == ended->other)
		return call->pairs->leg[MEDIA_A].state != SIP_DIALOG_TERMINATED;
	return is_there(call, MEDIA_A) && is_there(call, MEDIA_B);
}

/* Who has nobody left to talk to is told. */
static void failed(const struct call_transfer *ended)
{
	static const struct call_ending ending = {
		.by = "transfer",
		.why = "transfer failed",
		.reason = VIEW_LIT("SIP;cause=480;text=\"Transfer failed\""),
	};

	if (ended->to)
		call_end(ended->to, &ending);
	if (ended->from && !goes_on(ended, ended->from))
		call_end(ended->from, &ending);
	if (ended->other && !goes_on(ended, ended->other))
		call_end(ended->other, &ending);
}

void call_transfer_done(struct call_transfer *transfer, int status)
{
	struct call_transfer ended = *transfer;

	loop_timer_cancel(engine_of(transfer)->loop, &transfer->timer);
	if (status >= 300)
		undo(transfer);
	if (transfer->number)
		call_transfer_part(transfer, engine_of(transfer), status);
	call_transfer_notify(transfer, status, VIEW_NONE);
	tear_apart(transfer);
	note_end(&ended, status);
	free(transfer->offer);
	free(transfer);
	if (status < 300)
		succeeded(&ended);
	else
		failed(&ended);
}

void call_transfer_ending(struct call *call)
{
	struct call_transfer *transfer = call->transfer;
	int status;

	if (!transfer)
		return;
	status = 487;
	if (transfer->to == call || call_transfer_rings(call))
		status = call->code >= 300 ? call->code : 480;
	call_transfer_done(transfer, status);
}

bool call_transfer_left(const struct call_request *req)
{
	struct call *call = req->pair->call;
	const struct call_transfer *transfer = call->transfer;

	if (!transfer || transfer->naming || call->state >= CALL_ENDING)
		return false;
	if (!(transfer->from == call && transfer->from_side == req->from) &&
	    !(transfer->other == call && transfer->other_side == req->from))
		return false;
	if (call_transfer_caller_left(call))
		return true;
	call_note_printf(call, CALL_NOTE_CHANGE, "transfer: the %s hangs up before it is decided",
			 call_side_name(req->from));
	return true;
}

/* --- who is left over --- */

static void move_party(struct call_transfer *transfer);

static void again(struct timer *timer)
{
	struct call_transfer *transfer =
		(struct call_transfer *)((char *)timer - offsetof(struct call_transfer, timer));
	struct call *call = transfer->to;

	move_party(transfer);
	call_settle(call);
}

static void try_later(struct call_transfer *transfer)
{
	if (++transfer->tries > MAX_TRIES)
		call_transfer_done(transfer, 491);
	else
		loop_timer_set(engine_of(transfer)->loop, &transfer->timer, RETRY_MS, again);
}

/* The transfer that @relay is the re-INVITE of; NULL: it has failed in the meantime. */
static struct call_transfer *transfer_of(const struct call_relay *relay)
{
	struct call_transfer *transfer = relay->call->transfer;

	return transfer && transfer->relay == relay ? transfer : NULL;
}

void call_transfer_too_late(struct call_relay *relay)
{
	static const struct call_ending ending = {
		.by = "sipd",
		.why = "media of a transfer that failed",
		.fault = true,
	};
	const struct sip_dialog *leg = &relay->pair->leg[!relay->from];
	const struct sip_dialog *now = sip_dialog_get(&relay->call->engine->dialogs,
						      sip_dialog_text(leg, SIP_DIALOG_CALL_ID),
						      sip_dialog_text(leg, SIP_DIALOG_LOCAL_TAG),
						      sip_dialog_text(leg, SIP_DIALOG_REMOTE_TAG));

	relay->final = true;
	relay->accepted = true;
	call_leg_ack(relay, NULL);
	if (now && call_pair_of(now)->call != relay->call)
		call_end(call_pair_of(now)->call, &ending);
}

static void party_accepted(struct call_relay *relay, const struct sip_msg *response)
{
	struct call_transfer *transfer = transfer_of(relay);
	struct call *call = relay->call;
	const struct sip_dialog *leg = &relay->pair->leg[MEDIA_A];
	struct sip_out unused = call_headers(call->engine);
	struct call_body body = { .text = VIEW_NONE };

	relay->stage = CALL_STAGE_DONE;
	if (!transfer) {
		call_transfer_too_late(relay);
		return;
	}
	relay->final = true;
	relay->accepted = true;
	sip_dialog_refresh(&relay->pair->leg[MEDIA_A], response, NULL);
	call_session_accepted(relay, relay->pair, response);
	call_leg_ack(relay, NULL);
	if (call_body_kind(response) != CALL_BODY_SDP ||
	    call_answer(call, MEDIA_A, call_transfer_fitting(transfer, call->engine, response),
			&leg->flow, &unused, &body)) {
		call_offer_undone(call);
		call_note(call, CALL_NOTE_MEDIA, "no usable SDP in the answer to the re-INVITE");
		call_transfer_done(transfer, 488);
		return;
	}
	call_offer_done(call);
	call_accept_here(call->invite, &body);
	call->invite->held = false;
	call_relay_drop(call->invite);
	call_transfer_done(transfer, 200);
}

static void party_refused(struct call_relay *relay, int status, const struct sip_msg *response)
{
	struct call_transfer *transfer = transfer_of(relay);
	struct call *call = relay->call;

	(void)response;
	relay->final = true;
	relay->stage = CALL_STAGE_DONE;
	if (!transfer)
		return;
	transfer->relay = NULL;
	call_offer_undone(call);
	if (status == 491) {
		try_later(transfer);
		return;
	}
	call_note_printf(call, CALL_NOTE_REFUSAL, "%d to the re-INVITE of who is transferred",
			 status);
	call_transfer_done(transfer, status);
}

static const struct call_transfer_outcome party_outcome = {
	.accepted = party_accepted,
	.refused = party_refused,
};

static void party_response(void *user, struct sip_ctrans *ct, const struct sip_msg *msg)
{
	(void)ct;
	call_transfer_outcome(user, msg, &party_outcome);
}

static void party_timeout(void *user, struct sip_ctrans *ct)
{
	(void)ct;
	call_transfer_outcome(user, NULL, &party_outcome);
}

static const struct sip_ctrans_ops party_ops = {
	.response = party_response,
	.timeout = party_timeout,
	.ended = call_relay_ct_ended,
};

/* What the other one has offered, for him. 0 or a status. */
static int write_offer(struct call_transfer *transfer, const struct call_pair *pair,
		       struct call_body *body)
{
	struct call *call = transfer->to;
	struct view offer = { transfer->offer, transfer->offer_len };
	struct sip_out unused = call_headers(call->engine);
	unsigned int has, had = media_call_lines(transfer->from->media);
	int status;

	status = call_offer_sdp(call, MEDIA_B, offer, &pair->leg[MEDIA_B].flow,
				&pair->leg[MEDIA_A].flow, &unused, body);
	if (status)
		return status == 400 ? 502 : status;
	has = call_transfer_lines(offer);
	transfer->lines = had > has ? has : 0;
	if (transfer->lines)
		call_transfer_pad(call, MEDIA_B, body, had - has);
	return 0;
}

static int send_offer(struct call_transfer *transfer, struct call_pair *pair)
{
	struct call_body body = { .text = VIEW_NONE };
	struct call_relay *relay;
	int status = write_offer(transfer, pair, &body);

	if (status)
		return status;
	relay = call_relay_alloc(transfer->to, SIP_INVITE, MEDIA_B, NULL, NULL);
	if (relay && !call_transfer_invite(relay, pair, NULL, &body, &party_ops)) {
		relay->offer = CALL_OFFER_IN_REQUEST;
		transfer->relay = relay;
		return 0;
	}
	if (relay)
		call_relay_drop(relay);
	call_offer_undone(transfer->to);
	return 500;
}

static void move_party(struct call_transfer *transfer)
{
	struct call_pair *pair = transfer->to->invite->pair;
	struct call *from = transfer->from;
	int status = 0;

	if (call_invite_pending(from, MEDIA_A) || call_invite_pending(from, MEDIA_B)) {
		try_later(transfer);
		return;
	}
	if (!transfer->moved)
		status = call_transfer_move(pair, MEDIA_A, from->pairs,
					    call_transfer_left_over(transfer)) ?
				 500 :
				 0;
	transfer->moved = !status;
	if (!status)
		status = send_offer(transfer, pair);
	if (status)
		call_transfer_done(transfer, status);
}

void call_transfer_answered(struct call_relay *relay, struct call_pair *pair,
			    const struct sip_msg *response)
{
	struct call *call = relay->call;
	struct call_transfer *transfer = call->transfer;
	struct view sdp = call_body_sdp(response);

	relay->final = true;
	relay->accepted = true;
	relay->pair = pair;
	relay->stage = CALL_STAGE_ACCEPTED;
	call_session_accepted(relay, pair, response);
	call_set_code(call, response->status);
	loop_timer_cancel(call->engine->loop, &call->timer);
	transfer->kept = true;
	if (call_body_kind(response) == CALL_BODY_SDP)
		transfer->offer = view_dup(sdp);
	transfer->offer_len = sdp.len;
	if (transfer->offer)
		move_party(transfer);
	else
		call_transfer_done(transfer, 488);
}

void call_transfer_progress(struct call *call, int status, struct view reason)
{
	struct call_transfer *transfer = call->transfer;

	if (transfer && transfer->from)
		call_transfer_notify(transfer, status, reason);
	else if (transfer && transfer->number)
		call_transfer_tell(transfer, status);
}
