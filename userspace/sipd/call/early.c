// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Offers and answers before the call is answered: in reliable provisional responses, their PRACK
 * and UPDATE (RFC 3262 s.5, RFC 3311 s.5, RFC 6337 s.2.2), each side by what it was told reliably.
 * One dialog at a time is relayed, and only that one changes its session.
 */
#include <stdlib.h>

#include "call/abilities.h"
#include "call/hide.h"
#include "call/offer.h"
#include "call/prack.h"

static bool is_late(const struct call *call)
{
	return call->invite->offer != CALL_OFFER_IN_REQUEST;
}

static bool is_relayed(const struct call_hunt *hunt, const struct call_pair *pair)
{
	return !hunt->early || hunt->early == pair;
}

static bool has_sdp(const struct sip_msg *msg)
{
	return call_body_kind(msg) == CALL_BODY_SDP;
}

/* --- from the callee's response to the caller's --- */

/* The first reliable one has the offer, if the INVITE had none (RFC 3262 s.5). */
static bool goes_reliably(const struct call *call, const struct call_pair *pair,
			  const struct sip_msg *response, uint32_t rseq)
{
	bool told = pair->early.told[MEDIA_A], sdp = has_sdp(response);

	if (!call->reliable)
		return false;
	if (is_late(call))
		return told ? rseq || call->reliable_only : rseq && sdp;
	return rseq || (sdp && !told) || call->reliable_only;
}

static int remember(struct call_early *early, struct view sdp)
{
	early->answer = view_dup(sdp);
	early->answer_len = (uint32_t)sdp.len;
	return early->answer ? 0 : 500;
}

/*
 * SDP in a provisional response answers an offer in the INVITE. The caller hears one branch only,
 * the first one that has something to say. 0, or a status when the callee's final word on it cannot
 * be used. Where it is not told, @body stays what else is in the response.
 */
static int carry_answer(struct call_branch *branch, struct call_pair *pair,
			const struct sip_msg *response, uint32_t rseq, bool reliably,
			struct call_body *body)
{
	struct call_hunt *hunt = branch->hunt;
	struct call *call = hunt->call;
	struct call_early *early = &pair->early;
	const struct tp_flow *flow = &pair->leg[MEDIA_B].flow;
	struct sip_out unused = call_headers(call->engine);
	bool relayed = is_relayed(hunt, pair);
	int status;

	if (early->told[MEDIA_B])
		return 0;
	if (!relayed)
		call_hunt_note(hunt, branch->target, CALL_NOTE_MEDIA,
			       "early media not heard: another one's is");
	if (!relayed && !rseq)
		return 0;
	if (relayed)
		media_fork_choose(call->media, branch->media);
	status = relayed ? call_answer(call, MEDIA_B, response, flow, &unused, body) :
			   call_answer_apart(call, branch->media, response, flow, body);
	if (!status && rseq)
		status = remember(early, call_body_sdp(response));
	if (status) {
		call_body_rest(call->engine, response, body);
		return rseq ? status : 0;
	}
	if (relayed) {
		hunt->early = pair;
		hunt->media = branch->media;
		pair->early_answer = true;
	}
	if (early->told[MEDIA_A] || (!relayed && !reliably))
		call_body_rest(call->engine, response, body);
	early->told[MEDIA_B] = rseq;
	early->told[MEDIA_A] |= reliably;
	return 0;
}

/* An offer, for an INVITE without one. */
static int carry_offer(struct call_branch *branch, struct call_pair *pair,
		       const struct sip_msg *response, struct call_body *body)
{
	struct call_hunt *hunt = branch->hunt;
	struct call *call = hunt->call;
	struct call_early *early = &pair->early;
	struct sip_out unused = call_headers(call->engine);
	int status;

	if (early->told[MEDIA_B])
		return 0;
	media_call_move(call->media, MEDIA_B, branch->target->realm->media);
	status = call_offer(call, MEDIA_B, response, &pair->leg[MEDIA_B].flow,
			    &pair->leg[MEDIA_A].flow, &unused, body);
	if (status)
		return status;
	hunt->early = pair;
	early->told[MEDIA_A] = early->told[MEDIA_B] = early->offered = true;
	return 0;
}

/* His final word on the session cannot be used: as if he had refused. */
static void refuse_branch(struct call_branch *branch, struct call_pair *pair, uint32_t rseq,
			  int status)
{
	call_hunt_note(branch->hunt, branch->target, CALL_NOTE_MEDIA,
		       "the SDP in a reliable provisional response cannot be used (%d)", status);
	call_prack_send(pair, rseq);
	call_branch_cancel(branch, NULL);
	call_hunt_failed(branch, status == 400 ? 502 : status, NULL, NULL);
}

static void pass_on(struct call *call, struct call_pair *pair, const struct sip_msg *response,
		    uint32_t rseq, bool reliably, const struct call_body *body)
{
	const struct sip_dialog *leg = &pair->leg[MEDIA_A];
	struct sip_out out = call_headers(call->engine);

	call_write_record_route(&out, leg);
	call_write_contact(&out, leg);
	call_write_abilities(&out, leg, response);
	call_leg_pass(&out, pair, MEDIA_A, response, body->text.len);
	call_hunt_tell_caller(&out, call, false);
	if (!reliably) {
		call_leg_respond(call->invite, pair, response->status, response->reason, &out,
				 body);
		return;
	}
	if (!call_prack_respond(pair, response->status, response->reason, &out, body, rseq))
		return;
	/* Without memory: he learns it from the 2xx. */
	if (body->session)
		pair->early.told[MEDIA_A] = false;
	if (rseq)
		call_prack_send(pair, rseq);
}

static void note_once(const struct call_branch *branch, struct call_pair *pair, const char *text)
{
	if (!pair->early.noted)
		call_hunt_note(branch->hunt, branch->target, CALL_NOTE_OTHER, "%s", text);
	pair->early.noted = true;
}

void call_early_carry(struct call_branch *branch, struct call_pair *pair,
		      const struct sip_msg *response)
{
	struct call_body body = { .text = VIEW_NONE };
	struct call_hunt *hunt = branch->hunt;
	struct call *call = hunt->call;
	uint32_t rseq = sip_rseq(response);
	bool reliably = goes_reliably(call, pair, response, rseq);
	int status = 0;

	/* Another dialog's offer has been carried: this one is taken when it comes after that. */
	if (is_late(call) && rseq && !is_relayed(hunt, pair)) {
		note_once(branch, pair, "offer not carried: another one's is");
		sip_ctrans_unheard(branch->relay->ct);
		return;
	}
	if (rseq)
		pair->early.rseq = rseq;
	call_body_rest(call->engine, response, &body);
	if (has_sdp(response) && !is_late(call))
		status = carry_answer(branch, pair, response, rseq, reliably, &body);
	else if (has_sdp(response) && reliably && rseq)
		status = carry_offer(branch, pair, response, &body);
	if (status) {
		refuse_branch(branch, pair, rseq, status);
		return;
	}
	if (rseq && !reliably) {
		note_once(branch, pair, "PRACK by sipd: nothing goes reliably to the caller");
		call_prack_send(pair, rseq);
	} else if (reliably && !rseq) {
		note_once(branch, pair, "reliable by sipd: the callee is not");
	}
	if (call->reliable_only && !reliably)
		call_hunt_note(hunt, branch->target, CALL_NOTE_OTHER,
			       "%d not sent on: the caller requires 100rel, and there is no offer "
			       "for a reliable one",
			       response->status);
	else
		pass_on(call, pair, response, rseq, reliably, &body);
}

/* --- more offers --- */

/* 491 or 500, when an offer of UPDATE or PRACK has no answer yet (RFC 3311 s.5.2). */
static int collides(const struct call_request *req, struct sip_out *lines)
{
	const struct call *call = req->pair->call;
	const struct call_relay *relay;

	for (relay = call->relays; relay; relay = relay->next) {
		if (relay->method == SIP_INVITE || relay->offer == CALL_OFFER_NONE)
			continue;
		if (relay->from != req->from)
			return 491;
		call_write_retry(call->engine, lines);
		return 500;
	}
	return 0;
}

static int refuse_offer(const struct call_request *req, struct sip_out *lines)
{
	call_write_warning(lines, req->flow, 399, "The callee takes no offer in this PRACK");
	return 488;
}

/* Before the 2xx: is the session of the INVITE complete on both sides, and relayed? */
static int check_early(const struct call_request *req, struct sip_out *lines)
{
	const struct call_early *early = &req->pair->early;
	struct call *call = req->pair->call;
	enum media_side offerer = is_late(call) ? MEDIA_B : MEDIA_A;
	bool complete = early->told[MEDIA_A] && early->told[MEDIA_B] && !early->offered &&
			!early->out.unacknowledged;

	/* A PRACK shows that the response it is for has arrived. */
	if (req->msg->method == SIP_PRACK)
		complete = early->told[MEDIA_A] && early->told[MEDIA_B];
	if (complete && call->hunt && call->hunt->early == req->pair) {
		if (!early->committed)
			media_commit_early(call->media);
		req->pair->early.committed = true;
		return 0;
	}
	if (!complete && req->from != offerer && req->msg->method != SIP_PRACK)
		return 491;
	if (req->msg->method == SIP_PRACK)
		return refuse_offer(req, lines);
	call_write_retry(call->engine, lines);
	return 500;
}

int call_early_ready(const struct call_request *req, struct sip_out *lines)
{
	int status = collides(req, lines);

	if (status)
		return status;
	if (req->pair->leg[MEDIA_A].state == SIP_DIALOG_CONFIRMED)
		return call_collides(req, lines);
	return check_early(req, lines);
}

/* The answer to the callee's offer. */
static int take_answer(const struct call_request *req, struct sip_out *lines,
		       struct call_body *body)
{
	struct call_early *early = &req->pair->early;
	struct call *call = req->pair->call;
	int status;

	status = call_answer(call, MEDIA_A, req->msg, req->flow, lines, body);
	if (status)
		return status;
	call_offer_done(call);
	early->offered = false;
	early->committed = true;
	return 0;
}

int call_early_prack(struct call_relay *relay, const struct call_request *req,
		     struct sip_out *lines, struct call_body *body)
{
	bool offered = req->pair->early.offered;
	int status;

	switch (call_body_kind(req->msg)) {
	case CALL_BODY_REFUSED:
		return call_body_refuse(req->msg, req->flow, lines);
	case CALL_BODY_NONE:
	case CALL_BODY_PARTS:
		call_body_rest(relay->call->engine, req->msg, body);
		if (!offered)
			return 0;
		call_write_warning(lines, req->flow, 399, "PRACK without an answer to the offer");
		return 400;
	case CALL_BODY_SDP:
		break;
	}
	if (offered)
		return take_answer(req, lines, body);
	status = req->pair->early.due ? call_early_ready(req, lines) : refuse_offer(req, lines);
	if (!status)
		status = call_offer(relay->call, MEDIA_A, req->msg, req->flow,
				    &req->pair->leg[MEDIA_B].flow, lines, body);
	if (!status)
		relay->offer = CALL_OFFER_IN_REQUEST;
	return status;
}

/* --- the end --- */

bool call_early_accept(struct call_relay *relay, struct call_pair *pair,
		       const struct sip_msg *response, struct call_body *body, int *status)
{
	struct call_early *early = &pair->early;
	struct call *call = relay->call;
	const struct tp_flow *flow = &pair->leg[MEDIA_B].flow;
	struct sip_out unused = call_headers(call->engine);
	struct view sdp = VIEW_NONE;

	*status = 0;
	if (!early->told[MEDIA_A] && !early->told[MEDIA_B])
		return false;
	call_body_rest(call->engine, response, body);
	if (early->committed) {
		media_fork_end(call->media);
		return true;
	}
	if (early->told[MEDIA_B])
		sdp = (struct view){ early->answer, early->answer_len };
	else if (has_sdp(response))
		sdp = call_body_sdp(response);
	if (sdp.len) {
		*status = call_answer_sdp(call, MEDIA_B, sdp, flow, &unused, body);
		if (!*status && call_body_wrap(call->engine, response, body))
			*status = 500;
		*status = *status == 400 ? 502 : *status;
	}
	if (!*status)
		call_offer_done(call);
	free(early->answer);
	early->answer = NULL;
	/* He has it, and gets no other one (RFC 3261 s.13.2.1). */
	if (early->told[MEDIA_A])
		call_body_rest(call->engine, response, body);
	return true;
}

void call_early_lost(struct call_hunt *hunt, const struct call_pair *pair)
{
	struct call_relay *relay;

	if (hunt->early != pair)
		return;
	hunt->early = NULL;
	/* Whatever becomes of offers in it, they are nothing to the media any more. */
	for (relay = hunt->call->relays; relay; relay = relay->next)
		if (relay->pair == pair && relay->method != SIP_INVITE)
			relay->offer = CALL_OFFER_NONE;
	if (pair->early.offered)
		call_offer_undone(hunt->call);
	else
		media_reopen(hunt->call->media);
}
