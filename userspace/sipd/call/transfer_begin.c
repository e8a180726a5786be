// SPDX-License-Identifier: GPL-2.0-or-later
/* How a transfer begins: a new party is called, or one who is in a call already is asked. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "call/abilities.h"
#include "call/route.h"
#include "call/transfer.h"

/* --- a new party --- */

struct invite {
	struct sip_msg msg;
	char text[4096];
};

/* As if who is left over called: the INVITE that is carried on to the new party. */
static int write_invite(struct invite *invite, const struct call_request *req,
			const struct call_refer *refer)
{
	const struct call_pair *pair = req->pair;
	const struct sip_dialog *caller = &pair->leg[call_other(req->from)];
	struct sip_msg_error error;
	struct sip_out out;

	sip_out_init(&out, invite->text, sizeof(invite->text));
	sip_out_str(&out, "INVITE ");
	sip_out_view(&out, refer->uri);
	sip_out_str(&out, " SIP/2.0\r\nVia: SIP/2.0/UDP sipd.invalid;branch=z9hG4bK0\r\nFrom: ");
	sip_out_view(&out, sip_dialog_text(caller, SIP_DIALOG_REMOTE));
	sip_out_str(&out, ";tag=0\r\nTo: <");
	sip_out_view(&out, refer->uri);
	sip_out_str(&out, ">\r\nCall-ID: 0\r\nCSeq: 1 INVITE\r\n");
	if (req->msg->max_forwards >= 0)
		sip_out_printf(&out, "Max-Forwards: %d\r\n", req->msg->max_forwards);
	call_write_peer_allow(&out, caller);
	if (refer->referred_by.p)
		sip_out_header(&out, "Referred-By", refer->referred_by);
	sip_out_str(&out, "\r\n");
	if (!sip_out_ok(&out))
		return -EMSGSIZE;
	return sip_msg_parse(&invite->msg, out.p, out.len, &error);
}

/* Where the transferor himself could have called. 0 or a status. */
static int choose(struct call_engine *engine, const struct call_request *req,
		  const struct sip_msg *invite, struct call_choice *choice)
{
	const struct call_realm *realm = req->pair->call->realm[req->from];

	switch (call_route(engine, realm, invite, choice)) {
	case 0:
		/* The call that it makes comes from another realm. */
		if (!choice->route && !choice->why[0])
			snprintf(choice->why, sizeof(choice->why), "%s",
				 call_settings_way(engine->settings, realm));
		break;
	case -ENOENT:
	case -ESRCH:
		return 404;
	case -EAGAIN:
		return 480;
	case -EBADMSG:
		return 400;
	default:
		return 500;
	}
	if (call_room_take(engine))
		return 0;
	call_targets_clean(&choice->targets);
	return 503;
}

/* A stand-in for the dialog of who is left over, until he is moved. */
static int init_caller(struct call_pair *pair, const struct sip_dialog *like)
{
	char tag[SIP_TOKEN_STRLEN];
	int ret;

	ret = sip_dialog_init_copy(&pair->leg[MEDIA_A], like,
				   view_str(sip_token(pair->call->engine->stack, 64, tag)));
	if (!ret)
		pair->leg[MEDIA_A].state = SIP_DIALOG_EARLY;
	return ret;
}

static void note_begin(const struct call_transfer *transfer, const struct call_refer *refer)
{
	struct call *from = transfer->from, *to = transfer->to;
	const char *who = call_side_name((enum media_side)transfer->from_side);
	const char *rest = call_side_name(call_transfer_left_over(transfer));

	if (!refer)
		call_note_printf(from, CALL_NOTE_CHANGE,
				 "transfer: by the %s, the %s to the party of call %s, by call %s",
				 who, rest,
				 transfer->other ? transfer->other->id : "of another shard",
				 to->id);
	else
		call_note_printf(from, CALL_NOTE_CHANGE,
				 "transfer: by the %s, the %s to %.*s, by call %s", who, rest,
				 VIEW_ARG(refer->uri), to->id);
	if (transfer->other)
		call_note_printf(transfer->other, CALL_NOTE_CHANGE,
				 "transfer: the %s joins the %s of call %s, in call %s",
				 call_side_name(call_other((enum media_side)transfer->other_side)),
				 rest, from->id, to->id);
	call_note_printf(to, CALL_NOTE_CHANGE, "transfer: the %s of call %s, by its %s", rest,
			 from->id, who);
}

static void note_waiting(const struct call_transfer *transfer)
{
	call_note_printf(transfer->from, CALL_NOTE_CHANGE,
			 "transfer: by the %s, the %s to the callee of call %s, when he answers",
			 call_side_name((enum media_side)transfer->from_side),
			 call_side_name(call_transfer_left_over(transfer)), transfer->other->id);
}

/* 0 or the status that the transfer fails with. */
static int call_new_party(struct call_transfer *transfer, const struct call_request *req,
			  const struct call_refer *refer, struct invite *invite)
{
	struct call_engine *engine = req->pair->call->engine;
	const struct sip_dialog *caller = &req->pair->leg[call_transfer_left_over(transfer)];
	struct call_realm *realms[2];
	struct call_choice choice;
	struct call *call;
	int status;

	if (write_invite(invite, req, refer))
		return 400;
	if (invite->msg.max_forwards == 0)
		return 483;
	status = choose(engine, req, &invite->msg, &choice);
	if (status)
		return status;
	realms[MEDIA_A] = req->pair->call->realm[call_transfer_left_over(transfer)];
	realms[MEDIA_B] = choice.targets.waiting->realm;
	call = call_transfer_call(transfer, engine, realms, NULL, NULL);
	if (!call || init_caller(call->pairs, caller)) {
		call_targets_clean(&choice.targets);
		return 500;
	}
	note_begin(transfer, refer);
	call_start_answer_timer(call);
	if (call_hunt_start(call, &choice, &invite->msg, &caller->flow) && call->transfer)
		call_transfer_done(transfer, 500);
	call_settle(call);
	return 0;
}

/* --- somebody who is in a call already --- */

static void other_refused(struct call_relay *relay, int status, const struct sip_msg *response)
{
	struct call *call = relay->call;

	(void)response;
	relay->final = true;
	if (!call->transfer)
		return;
	call_set_code(call, status);
	call_note_printf(call, CALL_NOTE_REFUSAL, "%d to the re-INVITE of the transfer's target",
			 status);
	call_transfer_done(call->transfer, status);
}

static void other_accepted(struct call_relay *relay, const struct sip_msg *response)
{
	sip_dialog_refresh(&relay->pair->leg[MEDIA_B], response, NULL);
	if (relay->call->transfer)
		call_transfer_answered(relay, relay->pair, response);
	else
		call_transfer_too_late(relay);
}

static const struct call_transfer_outcome other_outcome = {
	.accepted = other_accepted,
	.refused = other_refused,
};

static void other_response(void *user, struct sip_ctrans *ct, const struct sip_msg *msg)
{
	(void)ct;
	call_transfer_outcome(user, msg, &other_outcome);
}

static void other_timeout(void *user, struct sip_ctrans *ct)
{
	(void)ct;
	call_transfer_outcome(user, NULL, &other_outcome);
}

static const struct sip_ctrans_ops other_ops = {
	.response = other_response,
	.timeout = other_timeout,
	.ended = call_relay_ct_ended,
};

/*
 * He, in @realm, is taken over from @old, or is @party, of another shard. 0 or the status that the
 * transfer fails with.
 */
static int take_over(struct call_transfer *transfer, struct call_realm *realm,
		     const struct call_replaced *old, const struct call_party *party)
{
	struct call_engine *engine = transfer->from->engine;
	const struct sip_dialog *caller =
		&transfer->from->pairs->leg[call_transfer_left_over(transfer)];
	struct call_realm *const realms[] = {
		[MEDIA_A] = transfer->from->realm[call_transfer_left_over(transfer)],
		[MEDIA_B] = realm,
	};
	struct call_pair *pair;
	struct call *call;
	int err = 0;

	call = call_transfer_call(transfer, engine, realms, NULL, NULL);
	if (!call) {
		if (!old)
			call_party_drop(engine, party);
		return 500;
	}
	pair = call->pairs;
	note_begin(transfer, NULL);
	if (old)
		err = call_transfer_move(pair, MEDIA_B, old->pair, call_other(old->side));
	else
		call_party_put(pair, MEDIA_B, party);
	if (err || init_caller(pair, caller) ||
	    call_transfer_invite(call->invite, pair, NULL, NULL, &other_ops))
		return 500;
	call_start_answer_timer(call);
	return 0;
}

void call_transfer_resume(struct call_transfer *transfer)
{
	struct call *other = transfer->other;
	const struct call_replaced old = {
		.call = other,
		.pair = other->pairs,
		.side = (enum media_side)transfer->other_side,
	};
	int status = 503;

	if (call_room_take(other->engine))
		status = take_over(transfer, other->realm[call_other(old.side)], &old, NULL);
	if (status)
		call_transfer_done(transfer, status);
}

/* 0 or the status that the transfer fails with. */
static int take_other(struct call_transfer *transfer, const struct call_request *req,
		      const struct call_refer *refer)
{
	struct call_engine *engine = req->pair->call->engine;
	const struct call_realm *realm = req->pair->call->realm[req->from];
	struct call_replaced old;
	int status;

	if (call_transfer_ask(transfer, engine, &refer->replaces, realm))
		return 0;
	status = call_replaces_check(engine, &refer->replaces, realm, &old);
	if (!status && old.ringing) {
		call_transfer_await(transfer, &old);
		note_waiting(transfer);
		return 0;
	}
	if (!status && old.call == req->pair->call)
		status = 481;
	if (!status && !call_room_take(engine))
		status = 503;
	if (status)
		return status;
	transfer->other = old.call;
	transfer->other_side = (uint8_t)old.side;
	old.call->transfer = transfer;
	return take_over(transfer, old.call->realm[call_other(old.side)], &old, NULL);
}

void call_transfer_lent(struct call_transfer *transfer, int status, const struct call_party *party)
{
	struct call *call = transfer->from;

	if (!status && !call_room_take(call->engine)) {
		call_party_drop(call->engine, party);
		status = 503;
	}
	if (!status)
		status = take_over(transfer, party->realm, NULL, party);
	if (status)
		call_transfer_done(transfer, status);
	call_settle(call);
}

void call_transfer_begin(struct call_transfer *transfer, const struct call_request *req,
			 const struct call_refer *refer)
{
	struct call *call = req->pair->call;
	struct invite *invite;
	int status = 500;

	transfer->from = call;
	transfer->from_side = (uint8_t)req->from;
	transfer->subscribed = !refer->silent;
	transfer->id = call->referred[req->from] ? req->msg->cseq : 0;
	call->referred[req->from] = true;
	call->transfer = transfer;
	call_transfer_notify(transfer, 100, VIEW_NONE);
	if (refer->has_replaces) {
		status = take_other(transfer, req, refer);
	} else {
		invite = malloc(sizeof(*invite));
		if (invite)
			status = call_new_party(transfer, req, refer, invite);
		free(invite);
	}
	if (status)
		call_transfer_done(transfer, status);
	call_settle(call);
}
