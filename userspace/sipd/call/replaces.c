// SPDX-License-Identifier: GPL-2.0-or-later
#include "call/replaces.h"

#include <errno.h>
#include <stdlib.h>

#include "call/history_back.h"
#include "call/hunt.h"
#include "call/offer.h"
#include "call/pickup.h"
#include "call/transfer.h"

/* A tag, which must be there, and only once (RFC 3891 s.6.1). */
static bool read_tag(struct view params, struct view name, struct view *tag)
{
	struct view rest, second;

	if (!sip_param(params, name, tag) || !tag->len)
		return false;
	rest.p = tag->p + tag->len;
	rest.len = (size_t)(params.p + params.len - rest.p);
	return !sip_param(rest, name, &second);
}

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
	if (!read_tag(params, VIEW_LIT("to-tag"), &replaces->to_tag) ||
	    !read_tag(params, VIEW_LIT("from-tag"), &replaces->from_tag) || !replaces->call_id.len)
		return -EBADMSG;
	replaces->early_only = sip_param(params, VIEW_LIT("early-only"), &unused);
	return 0;
}

bool call_replaces_names(const struct sip_msg *msg, struct sip_shard_dialog *dialog)
{
	const struct sip_header *header;
	struct call_replaces replaces;

	if (!msg->request || msg->method != SIP_INVITE || msg->to.tag.p)
		return false;
	header = sip_msg_header(msg, SIP_HDR_REPLACES, NULL);
	if (!header || call_replaces_parse(&replaces, header->value))
		return false;
	*dialog = call_replaces_dialog(&replaces);
	return true;
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
	replaced->ringing = false;
	return 0;
}

/*
 * Somebody rings, who has been called by @side with an offer: what he answers can be acknowledged
 * without the caller.
 */
static bool is_ringing(const struct call *call, enum media_side side)
{
	const struct call_relay *invite = call->invite;

	return call->state == CALL_EARLY && side == MEDIA_A && invite && invite->st &&
	       !sip_strans_answered(invite->st) && invite->offer == CALL_OFFER_IN_REQUEST;
}

int call_replaces_check(const struct call_engine *engine, const struct call_replaces *replaces,
			const struct call_realm *realm, struct call_replaced *replaced)
{
	const struct call *call;

	if (call_replaces_find(engine, replaces, replaced))
		return 481;
	call = replaced->call;
	if (call->realm[MEDIA_A] != realm && call->realm[MEDIA_B] != realm)
		return 403;
	if (call->state >= CALL_ENDING || call_transfer_gone(replaced->pair, replaced->side))
		return 603;
	replaced->ringing = is_ringing(call, replaced->side);
	if (replaced->ringing)
		return call->transfer ? 491 : 0;
	if (call->state != CALL_ESTABLISHED)
		return 481;
	if (replaces->early_only)
		return 486;
	if (call->transfer || call_invite_pending(call, MEDIA_A) ||
	    call_invite_pending(call, MEDIA_B))
		return 491;
	return 0;
}

void call_replaces_name(const struct call_engine *engine, const struct call_replaces *replaces,
			const struct call_realm *realm, struct call_replaces_name *name)
{
	struct call_replaced replaced;
	struct sip_dialog *leg;
	struct view local, remote, party;
	struct sip_out out;
	bool turned;

	name->len = name->party_len = 0;
	if (call_replaces_find(engine, replaces, &replaced) ||
	    (replaced.call->realm[MEDIA_A] != realm && replaced.call->realm[MEDIA_B] != realm))
		return;
	turned = !sip_dialog_get(&engine->dialogs, replaces->call_id, replaces->to_tag,
				 replaces->from_tag);
	leg = &replaced.pair->leg[turned ? replaced.side : call_other(replaced.side)];
	local = sip_dialog_text(leg, SIP_DIALOG_LOCAL_TAG);
	remote = sip_dialog_text(leg, SIP_DIALOG_REMOTE_TAG);
	party = turned ? VIEW_NONE : sip_dialog_text(leg, SIP_DIALOG_REMOTE);
	sip_out_init(&out, name->text, sizeof(name->text));
	sip_out_view(&out, sip_dialog_text(leg, SIP_DIALOG_CALL_ID));
	sip_out_str(&out, ";to-tag=");
	sip_out_view(&out, turned ? local : remote);
	sip_out_str(&out, ";from-tag=");
	sip_out_view(&out, turned ? remote : local);
	if (replaces->early_only)
		sip_out_str(&out, ";early-only");
	name->len = out.len;
	sip_out_view(&out, party);
	name->party_len = party.len;
	if (!sip_out_ok(&out) || !remote.len)
		name->len = 0;
}

int call_replaces_screen(const struct sip_msg *req, const struct tp_flow *from,
			 struct sip_out *lines)
{
	const struct sip_header *header = sip_msg_header(req, SIP_HDR_REPLACES, NULL);
	const char *why;

	if (!header)
		return 0;
	if (req->method != SIP_INVITE)
		why = "Replaces is for INVITE only";
	else if (sip_msg_header(req, SIP_HDR_REPLACES, header))
		why = "More than one Replaces";
	else if (sip_msg_named(req, VIEW_LIT("Join")))
		why = "Join and Replaces contradict each other";
	else
		return 0;
	call_write_warning(lines, from, 399, why);
	return 400;
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
	struct sip_out out;

	relay->final = true;
	if (call->state >= CALL_ENDING)
		return;
	call_offer_undone(call);
	relay->stage = CALL_STAGE_REFUSED;
	call_note_printf(call, CALL_NOTE_REFUSAL, "%d from who is to have another party", status);
	out = call_headers(call->engine);
	call_hunt_tell_caller(&out, call, true);
	call_leg_respond(relay, relay->pair, mapped,
			 response && mapped == status ? response->reason : VIEW_NONE, &out, NULL);
	call_set_code(call, mapped);
	call_mark_ending(call, "callee", view_str(sip_reason(mapped)));
}

static void accepted(struct call_relay *relay, const struct sip_msg *response)
{
	struct call *call = relay->call;

	sip_dialog_refresh(&relay->pair->leg[MEDIA_B], response, NULL);
	if (call->state >= CALL_ENDING) {
		call_transfer_too_late(relay);
		return;
	}
	call->transfer->kept = true;
	call_accept(relay, relay->pair,
		    call_transfer_fitting(call->transfer, call->engine, response));
	if (call->state < CALL_ENDING)
		done(relay, 200);
}

static const struct call_transfer_outcome outcome = {
	.accepted = accepted,
	.refused = refused,
};

static void response(void *user, struct sip_ctrans *ct, const struct sip_msg *msg)
{
	(void)ct;
	call_transfer_outcome(user, msg, &outcome);
}

static void timeout(void *user, struct sip_ctrans *ct)
{
	(void)ct;
	call_transfer_outcome(user, NULL, &outcome);
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

static void warn(int status, const struct tp_flow *from, struct sip_out *lines)
{
	if (status == 481)
		call_write_warning(lines, from, 399,
				   "Replaces names no established call that is known");
	else if (status == 403)
		call_write_warning(lines, from, 399, "That call is none of this realm");
	else if (status == 491)
		call_write_warning(lines, from, 399, "That call is being changed");
}

/* 0 or the status that refuses it. */
static int read_replaces(const struct sip_msg *req, const struct tp_flow *from,
			 struct sip_out *lines, struct call_replaces *replaces)
{
	if (!call_replaces_parse(replaces, sip_msg_header(req, SIP_HDR_REPLACES, NULL)->value))
		return 0;
	call_write_warning(lines, from, 399, "Replaces cannot be read");
	return 400;
}

/* The offer that goes on to who stays, who has seen @had m= lines. 0 or a status. */
static int carry_offer(struct call_relay *relay, const struct sip_msg *req, unsigned int had,
		       struct sip_out *lines, struct call_body *body)
{
	struct call_transfer *transfer = relay->call->transfer;
	const struct call_pair *pair = relay->pair;
	struct view sdp = call_body_sdp(req);
	unsigned int has = call_transfer_lines(sdp);
	struct call *call = relay->call;
	int status;

	if (call_body_kind(req) != CALL_BODY_SDP) {
		call_body_rest(call->engine, req, body);
		return 0;
	}
	status = call_offer_sdp(call, MEDIA_A, sdp, &pair->leg[MEDIA_A].flow,
				&pair->leg[MEDIA_B].flow, lines, body);
	if (status)
		return status;
	if (had > has) {
		call_transfer_pad(call, MEDIA_A, body, had - has);
		transfer->lines = has;
	}
	if (call_body_wrap(call->engine, req, body)) {
		call_offer_undone(call);
		return 500;
	}
	relay->offer = CALL_OFFER_IN_REQUEST;
	return 0;
}

/* He who stays has been moved. 0 or a status. */
static int carry(struct call_relay *relay, const struct sip_msg *req, unsigned int had,
		 struct sip_out *lines)
{
	struct call_body body = { .text = VIEW_NONE };
	int status = carry_offer(relay, req, had, lines, &body);

	if (!status && call_transfer_invite(relay, relay->pair, req, &body, &ct_ops)) {
		call_offer_undone(relay->call);
		status = 500;
	}
	return status;
}

static void refuse_here(struct call *call, int status, struct sip_out *lines)
{
	call->invite->stage = CALL_STAGE_REFUSED;
	call_note_refused_here(call, status, lines);
	call_hunt_tell_caller(lines, call, true);
	call_leg_respond(call->invite, call->pairs, status, VIEW_NONE, lines, NULL);
	call_set_code(call, status);
	call_mark_ending(call, "sipd", view_str(sip_reason(status)));
}

/* Between who sends it and who is in @other. NULL without memory. */
static struct call *new_call(struct call_engine *engine, struct sip_strans *st,
			     const struct sip_msg *req, const struct tp_flow *from,
			     struct call_realm *other)
{
	struct call_realm *const realms[] = {
		[MEDIA_A] = call_listener(from)->realm,
		[MEDIA_B] = other,
	};
	struct call_transfer *transfer = call_transfer_alloc();
	struct call *call;

	if (!transfer) {
		call_room_give(engine);
		return NULL;
	}
	call = call_transfer_call(transfer, engine, realms, st, &st_ops);
	if (!call) {
		free(transfer);
		return NULL;
	}
	call->home[MEDIA_A] = call_home(&from->remote);
	call->history = call_history_of(req, false);
	call_trace_request(call, MEDIA_A, req, false);
	call_leg_respond(call->invite, NULL, 100, VIEW_NONE, NULL, NULL);
	call_start_answer_timer(call);
	return call;
}

/* 0 or a status. */
static int replace(struct call *call, const struct sip_msg *req, const struct call_replaced *old,
		   struct sip_out *lines)
{
	struct call_transfer *transfer = call->transfer;
	struct call_relay *relay = call->invite;

	transfer->other = old->call;
	transfer->other_side = (uint8_t)old->side;
	old->call->transfer = transfer;
	call_note_printf(call, CALL_NOTE_ROUTE, "Replaces: takes the place of the %s of call %s",
			 call_side_name(old->side), old->call->id);
	call_note_printf(old->call, CALL_NOTE_CHANGE,
			 "Replaces: call %s is to take the place of the %s", call->id,
			 call_side_name(old->side));
	if (call_transfer_move(relay->pair, MEDIA_B, old->pair, call_other(old->side)))
		return 500;
	return carry(relay, req, media_call_lines(old->call->media), lines);
}

static int place(struct call *call, const struct sip_msg *req, const struct tp_flow *from,
		 const struct call_replaced *old, struct sip_out *lines)
{
	int ret = call_leg_init_uas(call->pairs, MEDIA_A, call->invite->st, req, from);

	if (!ret)
		return replace(call, req, old, lines);
	if (ret != -EBADMSG)
		return 500;
	call_write_warning(lines, from, 399, "Contact cannot be read");
	return 400;
}

void call_receive_replaces(struct call_engine *engine, struct sip_strans *st,
			   const struct sip_msg *req, const struct tp_flow *from)
{
	struct call_realm *realm = call_listener(from)->realm;
	struct sip_out lines = call_headers(engine);
	struct call_replaced old = { .call = NULL };
	struct call_replaces replaces;
	struct call *call = NULL;
	int status;

	status = read_replaces(req, from, &lines, &replaces);
	if (!status && call_pickup(engine, st, req, from, &replaces))
		return;
	if (!status)
		status = call_replaces_check(engine, &replaces, realm, &old);
	if (!status && old.ringing)
		status = 481;
	warn(status, from, &lines);
	if (!status)
		status = call_screen_invite(engine, req, from, &lines, NULL);
	if (!status) {
		call = new_call(engine, st, req, from, old.call->realm[call_other(old.side)]);
		status = call ? 0 : 500;
	}
	if (status) {
		call_note_refused(engine, st, status, &lines);
		call_history_echo(&lines, req);
		call_answer_bare(st, status, &lines);
		return;
	}
	status = place(call, req, from, &old, &lines);
	if (status) {
		warn(status, from, &lines);
		refuse_here(call, status, &lines);
	}
	call_settle(call);
}
