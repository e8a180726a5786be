// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Who picks up is one more branch of the hunt, of a dialog that he has begun, and which accepts at
 * once. Two offers meet: his is taken as the answer to the caller's, and the caller's is what he is
 * answered with.
 */
#include "call/pickup.h"

#include <stdlib.h>

#include "call/abilities.h"
#include "call/history_back.h"
#include "call/hunt.h"
#include "call/offer.h"
#include "call/prack.h"
#include "sdp/sdp_common.h"

/* One that rings, or NULL. */
static struct call_pair *find(const struct call_engine *engine,
			      const struct call_replaces *replaces)
{
	struct sip_dialog *leg = sip_dialog_get(&engine->dialogs, replaces->call_id,
						replaces->to_tag, replaces->from_tag);
	struct call_pair *pair = leg ? call_pair_of(leg) : NULL;

	if (!leg || call_side_of(leg) != MEDIA_B || leg->state != SIP_DIALOG_EARLY)
		return NULL;
	if (pair->call->state >= CALL_ANSWERED || !pair->call->hunt || !pair->invite ||
	    !pair->invite->branch || pair->invite->branch->over)
		return NULL;
	return pair;
}

/* Can his session be the answer to the caller's offer? */
static bool fits(struct call *call, const struct sip_msg *req)
{
	const struct call_session_sdp *offered = &call->sdp_offered[MEDIA_A];
	struct call_engine *engine = call->engine;
	struct sdp_error error;

	return !sdp_parse(&engine->codecs.sdp, (struct view){ offered->text, offered->len },
			  &error) &&
	       !call_sdp_read(engine, call_body_sdp(req)) &&
	       sdp_have_common(&engine->codecs.sdp, &engine->sdp.sdp);
}

/* Is the session of the INVITE not what the caller and who rings talk of any more? */
static bool has_moved_on(const struct call_hunt *hunt)
{
	const struct call_pair *early = hunt->early;

	return early && (early->early.committed || early->early.offered);
}

/* 0 or the status that refuses it. */
static int screen(struct call_pair *pair, const struct sip_msg *req, const struct tp_flow *from,
		  struct sip_out *lines)
{
	struct call *call = pair->call;
	const struct call_relay *invite = call->invite;
	struct call_engine *engine = call->engine;
	int status;

	if (call_listener(&pair->leg[MEDIA_B].flow)->realm != call_listener(from)->realm) {
		call_write_warning(lines, from, 399, "That call is none of this realm");
		return 403;
	}
	status = call_screen_invite(engine, req, from, lines, NULL);
	if (status)
		return status;
	/* It is the caller's call, who has room. */
	call_room_give(engine);
	if (call->nrelays >= CALL_MAX_REQUESTS)
		return 500;
	if (call->transfer || !invite->st || has_moved_on(call->hunt)) {
		call_write_warning(lines, from, 399, "That call is being changed");
		return 491;
	}
	if (invite->offer != CALL_OFFER_IN_REQUEST || !call->sdp_offered[MEDIA_A].text ||
	    call_body_kind(req) != CALL_BODY_SDP || !fits(call, req)) {
		call_write_warning(lines, from, 305,
				   "Incompatible media format: who calls and who picks up must "
				   "offer the same");
		return 488;
	}
	return 0;
}

/* A 2xx as he would have sent it, had he been called. */
struct accepting {
	struct sip_msg msg;
	char text[];
};

static void copy_all(struct sip_out *out, const struct sip_msg *req, enum sip_hdr_id id,
		     const char *name)
{
	const struct sip_header *header = NULL;

	while ((header = sip_msg_header(req, id, header)))
		sip_out_header(out, name, header->value);
}

/* NULL without memory. */
static struct accepting *accepting_alloc(const struct sip_msg *req)
{
	size_t room = req->raw.len + 512;
	struct accepting *accepting = malloc(sizeof(*accepting) + room);
	struct view sdp = call_body_sdp(req);
	struct sip_msg_error error;
	struct sip_out out;

	if (!accepting)
		return NULL;
	sip_out_init(&out, accepting->text, room);
	sip_out_str(&out, "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP sipd.invalid;branch=z9hG4bK0\r\n"
			  "From: <sip:sipd.invalid>;tag=0\r\nTo: <sip:sipd.invalid>;tag=0\r\n"
			  "Call-ID: 0\r\nCSeq: 1 INVITE\r\n");
	copy_all(&out, req, SIP_HDR_ALLOW, "Allow");
	copy_all(&out, req, SIP_HDR_SUPPORTED, "Supported");
	sip_out_printf(&out, "Content-Type: application/sdp\r\nContent-Length: %zu\r\n\r\n",
		       sdp.len);
	sip_out_view(&out, sdp);
	if (sip_out_ok(&out) && !sip_msg_parse(&accepting->msg, out.p, out.len, &error))
		return accepting;
	free(accepting);
	return NULL;
}

/* His INVITE as a target that has been found; NULL: there are too many. */
static struct call_target *add_target(struct call_hunt *hunt, const struct sip_msg *req,
				      const struct tp_flow *from)
{
	const struct call_target_spec spec = {
		.to = *from,
		.ruri = req->from.uri,
		.label = VIEW_LIT("who picks up"),
	};

	call_targets_begin(&hunt->targets);
	return call_targets_add(&hunt->targets, &spec, NULL) ?
		       NULL :
		       call_targets_take(&hunt->targets, NULL);
}

/* The caller gets his 2xx, all others are cancelled. */
static void connect_caller(struct call *call, struct call_pair *pair,
			   const struct sip_msg *response)
{
	struct call_relay *relay = pair->invite;

	if (call->hunt->early)
		call_early_lost(call->hunt, call->hunt->early);
	call_pairs_keep(call, pair);
	sip_dialog_confirm(&pair->leg[MEDIA_B]);
	call_hunt_won(relay);
	/* What he has sent is no 2xx. */
	relay->acked_out = true;
	call_accept(relay, pair, response);
}

static void answer(struct call_relay *joined, struct call_pair *pair, const struct sip_msg *req,
		   const struct call_body *body)
{
	static const struct call_ending ending = {
		.by = "sipd",
		.why = "who picks up cannot be answered",
		.fault = true,
	};
	const struct sip_dialog *leg = &pair->leg[MEDIA_B];
	struct call *call = joined->call;
	struct sip_out out = call_headers(call->engine);

	call_session_asked(joined, req);
	call_write_record_route(&out, leg);
	call_write_contact(&out, leg);
	call_session_write_2xx(&out, joined, pair);
	call_write_abilities(&out, leg, NULL);
	joined->stage = CALL_STAGE_ACCEPTED;
	if (call_leg_respond(joined, pair, 200, VIEW_NONE, &out, body))
		call_end(call, &ending);
}

/* 0, or the status that refuses it, when nothing has changed. */
static int join(struct call_relay *joined, const struct sip_msg *req, const struct tp_flow *from,
		struct sip_out *lines)
{
	struct call *call = joined->call;
	struct call_target *target = add_target(call->hunt, req, from);
	struct accepting *accepting = accepting_alloc(req);
	struct call_body body = { .text = VIEW_NONE };
	struct call_pair *pair = NULL;
	char *copy = NULL;
	int status = 500;

	if (target && accepting)
		status = call_branch_join(call->hunt, target, joined->st, req, lines, &body, &pair);
	if (!status) {
		copy = view_dup(body.text);
		body.text.p = copy;
		joined->pair = pair;
		connect_caller(call, pair, &accepting->msg);
		if (call->state < CALL_ENDING)
			answer(joined, pair, req, &body);
	}
	free(copy);
	free(accepting);
	return status;
}

static const struct sip_strans_ops st_ops = {
	.no_ack = call_no_ack,
	.ended = call_relay_st_ended,
};

/* Answered as part of the call from now on. */
static void pick_up(struct call_pair *ringing, struct sip_strans *st, const struct sip_msg *req,
		    const struct tp_flow *from)
{
	struct call *call = ringing->call;
	struct sip_out lines = call_headers(call->engine);
	struct call_relay *joined = call_relay_alloc(call, SIP_INVITE, MEDIA_B, st, &st_ops);
	int status;

	if (!joined) {
		call_answer_bare(st, 500, NULL);
		return;
	}
	joined->joins = true;
	joined->final = true;
	joined->acked_out = true;
	call_trace_request(call, MEDIA_B, req, false);
	call_note(call, CALL_NOTE_CHANGE,
		  "Replaces: another one answers in the place of who rings");
	status = join(joined, req, from, &lines);
	if (!status)
		return;
	joined->stage = CALL_STAGE_DONE;
	call_note_refused_here(call, status, &lines);
	call_history_echo(&lines, req);
	call_leg_respond(joined, NULL, status, VIEW_NONE, &lines, NULL);
}

bool call_pickup(struct call_engine *engine, struct sip_strans *st, const struct sip_msg *req,
		 const struct tp_flow *from, const struct call_replaces *replaces)
{
	struct call_pair *pair = find(engine, replaces);
	struct sip_out lines = call_headers(engine);
	struct call *call;
	int status;

	if (!pair)
		return false;
	call = pair->call;
	status = screen(pair, req, from, &lines);
	if (status) {
		call_note_refused(engine, st, status, &lines);
		call_history_echo(&lines, req);
		call_answer_bare(st, status, &lines);
	} else {
		pick_up(pair, st, req, from);
	}
	call_settle(call);
	return true;
}
