// SPDX-License-Identifier: GPL-2.0-or-later
#include "call/replaces.h"

#include <errno.h>
#include <stdlib.h>

#include "call/offer.h"
#include "call/transfer.h"

int call_replaces_parse(struct call_replaces *replaces, struct view value)
{
	const char *semicolon = value.len ? memchr(value.p, ';', value.len) : NULL;
	struct view params, unused;

	if (!semicolon)
		return -EBADMSG;
	params.p = semicolon + 1;
	params.len = (size_t)(value.p + value.len - params.p);
	value.len = (size_t)(semicolon - value.p);
	replaces->call_id = view_trim(value);
	if (!sip_param(params, VIEW_LIT("to-tag"), &replaces->to_tag) || !replaces->to_tag.len ||
	    !sip_param(params, VIEW_LIT("from-tag"), &replaces->from_tag) ||
	    !replaces->from_tag.len || !replaces->call_id.len)
		return -EBADMSG;
	replaces->early_only = sip_param(params, VIEW_LIT("early-only"), &unused);
	return 0;
}

int call_replaces_find(const struct call_engine *engine, const struct call_replaces *replaces,
		       struct call_replaced *replaced)
{
	struct sip_dialog *leg = sip_dialog_get(&engine->dialogs, replaces->call_id,
						replaces->to_tag, replaces->from_tag);
	bool turned = !leg;

	if (turned)
		leg = sip_dialog_get(&engine->dialogs, replaces->call_id, replaces->from_tag,
				     replaces->to_tag);
	if (!leg)
		return -ENOENT;
	replaced->pair = call_pair_of(leg);
	replaced->call = replaced->pair->call;
	replaced->side = turned ? call_other(call_side_of(leg)) : call_side_of(leg);
	return 0;
}

bool call_replaced_in(const struct call_replaced *replaced, const struct call_realm *realm)
{
	return replaced->call->realm[MEDIA_A] == realm || replaced->call->realm[MEDIA_B] == realm;
}

/* --- an INVITE that has it --- */

static void done(struct call_relay *relay, int status)
{
	if (relay->call->transfer)
		call_transfer_done(relay->call->transfer, status);
}

static void refused(struct call_relay *relay, int status, const struct sip_msg *response)
{
	struct call *call = relay->call;
	int mapped = call_map_status(status);

	relay->final = true;
	if (call->state >= CALL_ENDING)
		return;
	call_offer_undone(call);
	relay->stage = CALL_STAGE_REFUSED;
	call_note_printf(call, CALL_NOTE_REFUSAL, "%d from who is to have another party", status);
	call_leg_respond(relay, relay->pair, mapped,
			 response && mapped == status ? response->reason : VIEW_NONE, NULL, NULL);
	call_set_code(call, mapped);
	call_mark_ending(call, "callee", view_str(sip_reason(mapped)));
}

/* The answer for who offered fewer m= lines than the other one has seen before. */
static const struct sip_msg *fitting(struct call_relay *relay, const struct sip_msg *response)
{
	struct call_engine *engine = relay->call->engine;
	const struct call_transfer *transfer = relay->call->transfer;

	if (relay->offer != CALL_OFFER_IN_REQUEST || !transfer->lines)
		return response;
	engine->invite = *response;
	engine->invite.body = call_transfer_cut(response->body, transfer->lines);
	return &engine->invite;
}

static void accepted(struct call_relay *relay, const struct sip_msg *response)
{
	struct call *call = relay->call;

	if (relay->final) {
		if (relay->acked_out)
			call_leg_ack(relay, NULL);
		return;
	}
	sip_dialog_refresh(&relay->pair->leg[MEDIA_B], response, NULL);
	if (call->state >= CALL_ENDING) {
		call_transfer_too_late(relay);
		return;
	}
	call->transfer->kept = true;
	call_accept(relay, relay->pair, fitting(relay, response));
	if (call->state < CALL_ENDING)
		done(relay, 200);
}

static void response(void *user, struct sip_ctrans *ct, const struct sip_msg *msg)
{
	struct call_relay *relay = user;
	struct call *call = relay->call;

	(void)ct;
	if (msg->status < 200)
		return;
	if (msg->status < 300)
		accepted(relay, msg);
	else if (!relay->final)
		refused(relay, msg->status, msg);
	call_settle(call);
}

static void timeout(void *user, struct sip_ctrans *ct)
{
	struct call_relay *relay = user;
	struct call *call = relay->call;

	(void)ct;
	if (!relay->final)
		refused(relay, 408, NULL);
	call_settle(call);
}

static const struct sip_ctrans_ops ct_ops = {
	.response = response,
	.timeout = timeout,
	.ended = call_relay_ct_ended,
};

static const struct sip_strans_ops st_ops = {
	.cancelled = call_cancelled,
	.no_ack = call_no_ack,
	.ended = call_relay_st_ended,
};

/* RFC 3891 s.3. 0 or the status that refuses it. */
static int find(struct call_engine *engine, const struct sip_msg *req, const struct tp_flow *from,
		struct sip_out *lines, struct call_replaced *replaced)
{
	const struct sip_header *header = sip_msg_header(req, SIP_HDR_REPLACES, NULL);
	struct call_replaces replaces;

	if (sip_msg_header(req, SIP_HDR_REPLACES, header) ||
	    call_replaces_parse(&replaces, header->value)) {
		call_write_warning(lines, from, 399, "Not one Replaces that can be read");
		return 400;
	}
	if (call_replaces_find(engine, &replaces, replaced)) {
		call_write_warning(lines, from, 399, "No dialog is known that Replaces names");
		return 481;
	}
	if (!call_replaced_in(replaced, call_listener(from)->realm)) {
		call_write_warning(lines, from, 399, "That dialog is none of this realm");
		return 403;
	}
	if (replaced->call->state >= CALL_ENDING ||
	    call_transfer_gone(replaced->pair, replaced->side))
		return 603;
	if (replaced->call->state != CALL_ESTABLISHED) {
		call_write_warning(lines, from, 399, "Only an established call can be taken over");
		return 481;
	}
	if (replaces.early_only)
		return 486;
	if (replaced->call->transfer || call_invite_pending(replaced->call, MEDIA_A) ||
	    call_invite_pending(replaced->call, MEDIA_B))
		return 491;
	return 0;
}

static int init_caller(struct call_relay *relay, const struct sip_msg *req,
		       const struct tp_flow *from)
{
	struct sip_dialog *leg = &relay->pair->leg[MEDIA_A];
	char tag[SIP_TOKEN_STRLEN];
	int ret;

	ret = sip_dialog_init_uas(leg, req, from, view_str(sip_strans_to_tag(relay->st, tag)));
	if (!ret)
		sip_dialog_add(&relay->call->engine->dialogs, leg);
	return ret;
}

/* The offer that goes on to who stays. 0 or a status. */
static int carry_offer(struct call_relay *relay, const struct sip_msg *req,
		       const struct call_replaced *old, struct sip_out *lines,
		       struct call_body *body)
{
	struct call_transfer *transfer = relay->call->transfer;
	const struct sip_dialog *leg = &relay->pair->leg[MEDIA_B];
	unsigned int has = call_transfer_lines(req->body), had;
	int status;

	if (call_body_kind(req, &status, lines) != CALL_BODY_SDP)
		return 0;
	status = call_offer(relay->call, MEDIA_A, req, &relay->pair->leg[MEDIA_A].flow, &leg->flow,
			    lines, body);
	if (status)
		return status;
	relay->offer = CALL_OFFER_IN_REQUEST;
	had = media_call_lines(old->call->media);
	if (had > has) {
		call_transfer_pad(relay->call->engine, body, had - has);
		transfer->lines = has;
	}
	return 0;
}

static int place(struct call_relay *relay, const struct sip_msg *req, const struct tp_flow *from,
		 const struct call_replaced *old, struct sip_out *lines)
{
	struct call_body body = { .text = VIEW_NONE };
	int status;

	if (init_caller(relay, req, from)) {
		call_write_warning(lines, from, 399, "Contact cannot be read");
		return 400;
	}
	if (call_transfer_move(relay->pair, MEDIA_B, old->pair, call_other(old->side)))
		return 500;
	status = carry_offer(relay, req, old, lines, &body);
	if (!status && call_transfer_invite(relay, relay->pair, req, &body, &ct_ops)) {
		call_offer_undone(relay->call);
		status = 500;
	}
	return status;
}

/* NULL without memory. */
static struct call *new_call(struct call_engine *engine, struct sip_strans *st,
			     const struct tp_flow *from, const struct call_replaced *old)
{
	struct call_realm *const realms[] = {
		[MEDIA_A] = call_listener(from)->realm,
		[MEDIA_B] = old->call->realm[call_other(old->side)],
	};
	struct call_transfer *transfer = call_transfer_alloc();
	struct call *call;

	if (!transfer) {
		call_room_give(engine);
		return NULL;
	}
	transfer->other = old->call;
	transfer->other_side = (uint8_t)old->side;
	call = call_transfer_call(transfer, engine, realms, st, &st_ops);
	if (call)
		old->call->transfer = transfer;
	else
		free(transfer);
	return call;
}

static void refuse_here(struct call *call, int status, const struct sip_out *lines)
{
	call->invite->stage = CALL_STAGE_REFUSED;
	call_note_refused_here(call, status, lines);
	call_leg_respond(call->invite, call->pairs, status, VIEW_NONE, lines, NULL);
	call_set_code(call, status);
	call_mark_ending(call, "sipd", view_str(sip_reason(status)));
}

void call_receive_replaces(struct call_engine *engine, struct sip_strans *st,
			   const struct sip_msg *req, const struct tp_flow *from)
{
	struct sip_out lines = call_headers(engine);
	struct call_replaced old;
	struct call *call;
	int status;

	status = find(engine, req, from, &lines, &old);
	if (!status)
		status = call_screen_invite(engine, req, from, &lines, NULL);
	if (status) {
		call_note_refused(engine, st, status, &lines);
		call_answer_bare(st, status, &lines);
		return;
	}
	call = new_call(engine, st, from, &old);
	if (!call) {
		call_answer_bare(st, 500, NULL);
		return;
	}
	call_trace_request(call, MEDIA_A, req, false);
	call_note_printf(call, CALL_NOTE_ROUTE, "Replaces: takes the place of the %s of call %s",
			 call_side_name(old.side), old.call->id);
	call_note_printf(old.call, CALL_NOTE_CHANGE,
			 "Replaces: call %s is to take the place of the %s", call->id,
			 call_side_name(old.side));
	call_leg_respond(call->invite, NULL, 100, VIEW_NONE, NULL, NULL);
	status = place(call->invite, req, from, &old, &lines);
	if (status)
		refuse_here(call, status, &lines);
	else
		call_start_answer_timer(call);
	call_settle(call);
}
