// SPDX-License-Identifier: GPL-2.0-or-later
/* PRACK in both roles, and the responses that wait for one (RFC 3262 s.3, s.4). */
#include "call/prack.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "call/offer.h"

#define TAG VIEW_LIT("100rel")

void call_prack_init(struct call *call, const struct sip_msg *invite)
{
	if (call_cfg_realm(call, MEDIA_A)->reliable == CFG_100REL_NEVER)
		return;
	call->reliable_only = sip_names_option(invite, SIP_HDR_REQUIRE, TAG);
	call->reliable = call->reliable_only || sip_names_option(invite, SIP_HDR_SUPPORTED, TAG);
}

bool call_prack_refused(const struct tp_flow *from, const struct sip_msg *invite,
			struct sip_out *lines)
{
	if (call_listener(from)->realm->cfg->reliable != CFG_100REL_NEVER ||
	    !sip_names_option(invite, SIP_HDR_REQUIRE, TAG))
		return false;
	sip_out_str(lines, "Unsupported: 100rel\r\n");
	return true;
}

/* An offer of the callee's needs an answer in the PRACK, and is made to one at a time. */
static bool may_offer(const struct call_branch *branch)
{
	return branch->hunt->call->reliable && !call_hunt_several(branch->hunt);
}

bool call_prack_offered(const struct call_branch *branch, const struct sip_msg *invite)
{
	const struct call_settings *settings = branch->hunt->call->settings;
	enum cfg_100rel mode = call_settings_realm(settings, branch->target->realm)->reliable;

	if (mode == CFG_100REL_NEVER)
		return false;
	if (call_body_kind(invite) != CALL_BODY_SDP)
		return may_offer(branch);
	return mode == CFG_100REL_ALWAYS || branch->hunt->call->reliable;
}

/* --- what waits for the caller's PRACK --- */

static bool keep(struct call_pair *pair, const struct sip_msg *response)
{
	struct call_early *early = &pair->early;
	char *text = view_dup(response->raw);

	if (!text)
		return false;
	free(early->held);
	early->held = text;
	early->held_len = (uint32_t)response->raw.len;
	return true;
}

/* Goes on with it, as if it had come now. */
static void release(struct call_pair *pair)
{
	struct call_early *early = &pair->early;
	struct sip_msg *msg = &pair->call->engine->held;
	struct sip_msg_error error;
	char *text = early->held;

	if (!text)
		return;
	early->held = NULL;
	if (pair->invite && !sip_msg_parse(msg, text, early->held_len, &error))
		call_branch_receive(pair->invite, msg);
	free(text);
}

static struct call_pair *pair_that_keeps(const struct call *call)
{
	struct call_pair *pair = call->pairs;

	while (pair && !pair->early.held)
		pair = pair->next;
	return pair;
}

void call_prack_forget(struct call *call)
{
	struct call_pair *pair;

	call->reliable = false;
	call->reliable_only = false;
	for (pair = call->pairs; pair; pair = pair->next)
		sip_reliable_clean(&pair->early.out);
	/* What is released may decide the call, and with it which pairs there are. */
	while ((pair = pair_that_keeps(call)))
		release(pair);
}

bool call_prack_take(struct call_relay *relay, struct call_pair *pair,
		     const struct sip_msg *response)
{
	const struct call *call = pair->call;
	struct call_early *early = &pair->early;
	uint32_t rseq = sip_rseq(response);

	if (rseq && early->rseq && rseq <= early->rseq)
		return false;
	if (rseq && early->rseq && rseq != early->rseq + 1) {
		sip_ctrans_unheard(relay->ct);
		return false;
	}
	if (!early->out.unacknowledged || !call->reliable ||
	    !(rseq || response->body.len || call->reliable_only))
		return true;
	if (early->held || !keep(pair, response))
		sip_ctrans_unheard(relay->ct);
	return false;
}

bool call_prack_keep_2xx(struct call_relay *relay, const struct sip_msg *response)
{
	struct call *call = relay->call;
	struct call_pair *pair = call_fork_first(relay);

	if (call->state >= CALL_ENDING)
		return false;
	while (pair && (pair->invite != relay ||
			!view_eq(sip_dialog_text(&pair->leg[MEDIA_B], SIP_DIALOG_REMOTE_TAG),
				 response->to.tag)))
		pair = pair->next;
	if (!pair || !sip_reliable_holds_2xx(&pair->early.out))
		return false;
	if (pair->early.kept_2xx)
		return true;
	pair->early.kept_2xx = keep(pair, response);
	if (pair->early.kept_2xx && relay->branch)
		loop_timer_cancel(call->engine->loop, &relay->branch->timer);
	/* Without memory it comes again. */
	return true;
}

/* --- to the callee --- */

static void note_unwanted(struct call_relay *relay, const char *what)
{
	call_note_printf(relay->call, CALL_NOTE_SILENCE, "%s from the callee to a PRACK", what);
}

static void own_response(void *user, struct sip_ctrans *ct, const struct sip_msg *msg)
{
	struct call_relay *relay = user;
	char status[16];

	(void)ct;
	if (msg->status < 200)
		return;
	relay->final = true;
	snprintf(status, sizeof(status), "%d", msg->status);
	if (msg->status >= 300)
		note_unwanted(relay, status);
}

static void own_timeout(void *user, struct sip_ctrans *ct)
{
	struct call_relay *relay = user;

	(void)ct;
	relay->final = true;
	note_unwanted(relay, "no response");
}

static const struct sip_ctrans_ops own_ops = {
	.response = own_response,
	.timeout = own_timeout,
	.ended = call_relay_ct_ended,
};

static void write_rack(char line[64], const struct call_pair *pair, uint32_t rseq)
{
	snprintf(line, 64, "RAck: %u %u INVITE\r\n", rseq, pair->invite->cseq);
}

void call_prack_send(struct call_pair *pair, uint32_t rseq)
{
	struct call_relay *relay;
	char line[64];

	relay = call_relay_alloc(pair->call, SIP_PRACK, MEDIA_A, NULL, NULL);
	if (!relay)
		return;
	relay->pair = pair;
	relay->stage = CALL_STAGE_DONE;
	write_rack(line, pair, rseq);
	if (call_leg_request(relay, pair, NULL, view_str(line), NULL, &own_ops))
		call_relay_drop(relay);
}

/* --- to the caller --- */

static void no_prack(void *user)
{
	static const struct call_ending ending = {
		.by = "sipd",
		.why = "no PRACK",
		.status = 504,
		.reason = VIEW_LIT("SIP;cause=504;text=\"No PRACK\""),
		.fault = true,
	};
	struct call_pair *pair = user;
	const struct sip_reliable *out = &pair->early.out;

	call_note_printf(pair->call, CALL_NOTE_SILENCE,
			 "no PRACK from the caller for the %u with RSeq %u", out->status,
			 out->rseq);
	call_end(pair->call, &ending);
}

static void refresh(void *user)
{
	struct call_pair *pair = user;
	struct sip_out out = call_headers(pair->call->engine);

	/* The callee has refused, others have not. */
	if (pair->leg[MEDIA_B].state == SIP_DIALOG_TERMINATED)
		return;
	call_write_record_route(&out, &pair->leg[MEDIA_A]);
	call_write_contact(&out, &pair->leg[MEDIA_A]);
	call_prack_respond(pair, pair->early.out.status, VIEW_NONE, &out, NULL, 0);
}

static const struct sip_reliable_ops reliable_ops = {
	.no_prack = no_prack,
	.refresh = refresh,
};

int call_prack_respond(struct call_pair *pair, int status, struct view reason,
		       const struct sip_out *headers, const struct call_body *body, uint32_t rseq)
{
	const struct call_relay *invite = pair->call->invite;
	struct sip_reply reply;
	int ret;

	if (!invite || !invite->st)
		return 0;
	ret = call_leg_reply(&reply, invite, pair, status, reason, headers, body);
	if (!ret)
		ret = sip_reliable_send(&pair->early.out, invite->st, &reply, &reliable_ops, pair);
	if (!ret)
		pair->early.due = rseq;
	return ret;
}

/* 0, or the status for the caller. */
static int carry(struct call_relay *relay, const struct call_request *req,
		 const struct call_body *body)
{
	struct call_pair *pair = req->pair;
	uint32_t due = pair->early.due;
	char line[64];

	pair->early.due = 0;
	if (!due || !pair->invite || pair->leg[MEDIA_B].state == SIP_DIALOG_TERMINATED)
		return 200;
	write_rack(line, pair, due);
	if (!call_leg_request(relay, pair, req->msg, view_str(line), body, &call_other_ct_ops))
		return 0;
	if (relay->offer != CALL_OFFER_NONE)
		call_offer_undone(relay->call);
	relay->offer = CALL_OFFER_NONE;
	return 500;
}

/* What was refused here, the callee does not get; he is told that his response has arrived. */
static void refuse(struct call_relay *relay, int status, const struct sip_out *lines)
{
	struct call_early *early = &relay->pair->early;
	uint32_t due = early->due;

	relay->stage = CALL_STAGE_DONE;
	call_note_refused_here(relay->call, status, lines);
	call_leg_respond(relay, relay->pair, status, VIEW_NONE, lines, NULL);
	/* An answer that cannot be used leaves the offer unanswered: he may try again. */
	if (early->offered)
		return;
	sip_reliable_acked(&early->out);
	early->due = 0;
	if (due && relay->pair->invite)
		call_prack_send(relay->pair, due);
}

void call_receive_prack(const struct call_request *req)
{
	struct call_body body = { .text = VIEW_NONE };
	struct call_pair *pair = req->pair;
	struct call *call = pair->call;
	struct sip_out lines = call_headers(call->engine);
	struct call_relay *relay;
	int status;

	/* The callee gets none that he might acknowledge. */
	if (req->from != MEDIA_A || !sip_reliable_matches(&pair->early.out, req->msg)) {
		call_write_warning(&lines, req->flow, 399,
				   "RAck names no response that waits for it");
		call_answer_here(req, 481, &lines);
		return;
	}
	relay = call_relay_alloc(call, SIP_PRACK, MEDIA_A, req->st, &call_other_st_ops);
	if (!relay) {
		call_answer_bare(req->st, 500, NULL);
		return;
	}
	relay->pair = pair;
	status = call_early_prack(relay, req, &lines, &body);
	if (status) {
		refuse(relay, status, &lines);
	} else {
		sip_reliable_acked(&pair->early.out);
		status = carry(relay, req, &body);
		if (status) {
			relay->stage = CALL_STAGE_DONE;
			call_leg_respond(relay, pair, status, VIEW_NONE, NULL, NULL);
		}
	}
	if (!pair->early.out.unacknowledged)
		release(pair);
	call_settle(call);
}
