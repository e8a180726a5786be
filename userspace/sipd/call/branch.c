// SPDX-License-Identifier: GPL-2.0-or-later
/* One branch of a hunt: the INVITE to a target, and the responses to it. */
#include <errno.h>

#include "call/hide.h"
#include "call/hunt.h"
#include "call/offer.h"

/* --- responses --- */

/*
 * SDP in a provisional response answers an offer in the INVITE; any other cannot be used. The
 * caller hears one branch only, the first one that has something to say.
 */
static bool carry_early_answer(struct call_branch *branch, struct call_pair *pair,
			       const struct sip_msg *response, struct call_body *body)
{
	struct call_hunt *hunt = branch->hunt;
	struct call *call = hunt->call;
	struct sip_out unused = call_headers(call->engine);
	int status;

	if (call->invite->offer != CALL_OFFER_IN_REQUEST ||
	    call_body_kind(response, &status, &unused) != CALL_BODY_SDP)
		return false;
	if (hunt->early && hunt->early != pair) {
		call_hunt_note(hunt, branch->target, CALL_NOTE_MEDIA,
			       "early media not heard: another one's is");
		return false;
	}
	media_fork_choose(call->media, branch->media);
	if (call_answer(call, MEDIA_B, response, &pair->leg[MEDIA_B].flow, &unused, body))
		return false;
	hunt->early = pair;
	hunt->media = branch->media;
	pair->early_answer = true;
	return true;
}

static struct call_pair *first_pair(const struct call_relay *relay)
{
	struct call_pair *pair = relay->call->pairs;

	while (pair && pair->invite != relay)
		pair = pair->next;
	return pair;
}

static void provisional(struct call_relay *relay, const struct sip_msg *response)
{
	struct call_branch *branch = relay->branch;
	struct call *call = relay->call;
	struct call_body body = { .text = VIEW_NONE };
	struct call_pair *pair;
	struct sip_out out;
	bool sdp;

	if (call->state >= CALL_ANSWERED || !branch || branch->over)
		return;
	pair = response->to.tag.len ? call_fork_pair(relay, response) : first_pair(relay);
	if (!pair)
		return;
	if (response->to.tag.len)
		sip_dialog_response(&pair->leg[MEDIA_B], response, NULL);
	call->state = CALL_EARLY;
	if (response->status == 180 && !call->ring_ms)
		call->ring_ms = call_now(call);
	sdp = carry_early_answer(branch, pair, response, &body);
	out = call_headers(call->engine);
	call_write_record_route(&out, &pair->leg[MEDIA_A]);
	call_write_contact(&out, &pair->leg[MEDIA_A]);
	call_hide_headers(&out, response, call_listener(&pair->leg[MEDIA_A].flow)->host, sdp);
	call_leg_respond(call->invite, pair, response->status, response->reason, &out,
			 sdp ? &body : NULL);
}

/* The caller's INVITE is over already: the callee learns that too. */
static void accepted_too_late(struct call_relay *relay, struct call_pair *pair)
{
	relay->final = true;
	relay->accepted = true;
	relay->pair = pair;
	call_leg_ack(relay, NULL);
	call_bye(relay->call, MEDIA_B, NULL);
}

/* The dialog that answers, at the cost of others that only rang. */
static struct call_pair *winner(struct call_relay *relay, const struct sip_msg *response)
{
	struct call *call = relay->call;
	struct call_pair *pair = call_fork_pair(relay, response);

	if (!pair && first_pair(relay)) {
		call_pairs_keep(call, first_pair(relay));
		pair = call_fork_pair(relay, response);
	}
	if (!pair || sip_dialog_response(&pair->leg[MEDIA_B], response, NULL))
		return NULL;
	call_pairs_keep(call, pair);
	sip_dialog_confirm(&pair->leg[MEDIA_B]);
	return pair;
}

static void accepted_again(struct call_relay *relay, const struct sip_msg *response)
{
	const struct sip_dialog *leg = relay->pair ? &relay->pair->leg[MEDIA_B] : NULL;

	if (!leg || !view_eq(sip_dialog_text(leg, SIP_DIALOG_REMOTE_TAG), response->to.tag))
		call_fork_drop(relay, response);
	else if (relay->acked_out)
		call_leg_ack(relay, NULL);
}

static void failed(struct call_relay *relay, int status, const struct sip_msg *response)
{
	struct call_branch *branch = relay->branch;

	relay->final = true;
	if (branch)
		call_hunt_failed(branch, status, response);
}

static void accepted(struct call_relay *relay, const struct sip_msg *response)
{
	struct call *call = relay->call;
	struct call_pair *pair;

	if (relay->final) {
		accepted_again(relay, response);
		return;
	}
	pair = winner(relay, response);
	if (!pair) {
		call_fork_drop(relay, response);
		failed(relay, 500, NULL);
	} else if (call->state >= CALL_ENDING) {
		call_relays_lose(call, relay, NULL);
		accepted_too_late(relay, pair);
	} else {
		call_hunt_won(relay);
		call_accept(relay, pair, response);
	}
}

static void response(void *user, struct sip_ctrans *ct, const struct sip_msg *msg)
{
	struct call_relay *relay = user;
	struct call *call = relay->call;

	(void)ct;
	if (relay->branch)
		relay->branch->heard = true;
	if (msg->status == 100)
		return;
	if (msg->status < 200)
		provisional(relay, msg);
	else if (msg->status < 300)
		accepted(relay, msg);
	else if (!relay->final)
		failed(relay, msg->status, msg);
	call_settle(call);
}

static void note_silence(const struct call_branch *branch)
{
	bool several = call_hunt_several(branch->hunt);
	char peer[TP_ADDR_STRLEN];

	call_note_printf(branch->hunt->call, CALL_NOTE_SILENCE, "%s%sno %sresponse from %s",
			 several ? branch->target->label.p : "", several ? ": " : "",
			 branch->heard ? "final " : "",
			 tp_addr_format(&branch->target->to.remote, peer));
}

static void timeout(void *user, struct sip_ctrans *ct)
{
	struct call_relay *relay = user;
	struct call *call = relay->call;

	(void)ct;
	if (!relay->final) {
		if (relay->branch && !relay->branch->over)
			note_silence(relay->branch);
		failed(relay, 408, NULL);
	}
	call_settle(call);
}

/* As if it had said 503 (RFC 3261 s.8.1.3.1). */
static void unreachable(void *user, struct sip_ctrans *ct, int err)
{
	struct call_relay *relay = user;
	struct call *call = relay->call;
	char peer[TP_ADDR_STRLEN];

	(void)ct;
	if (!relay->final) {
		if (relay->branch && !relay->branch->over)
			call_note_printf(call, CALL_NOTE_SILENCE, "%s cannot be reached: %s",
					 tp_addr_format(&relay->branch->target->to.remote, peer),
					 strerror(-err));
		failed(relay, 503, NULL);
	}
	call_settle(call);
}

static const struct sip_ctrans_ops ct_ops = {
	.response = response,
	.timeout = timeout,
	.failed = unreachable,
	.ended = call_relay_ct_ended,
};

/* --- time --- */

static void write_seconds(struct sip_out *out, uint32_t ms)
{
	sip_out_u32(out, ms / 1000);
	if (ms % 1000) {
		sip_out_str(out, ".");
		sip_out_u32(out, ms % 1000 / 100);
	}
	sip_out_str(out, " s");
}

/* As if 408 had come (s.16.8). It may still answer, while nobody else has. */
static void no_answer(struct timer *timer)
{
	struct call_branch *branch =
		(struct call_branch *)((char *)timer - offsetof(struct call_branch, timer));
	struct call *call = branch->hunt->call;
	char text[48];
	struct sip_out out;

	sip_out_init(&out, text, sizeof(text) - 1);
	sip_out_str(&out, "no answer for ");
	write_seconds(&out, branch->target->no_answer_ms);
	text[out.len] = '\0';
	call_hunt_note(branch->hunt, branch->target, CALL_NOTE_SILENCE, text);
	call_branch_cancel(branch, "Reason: Q.850;cause=19;text=\"No answer\"\r\n");
	call_hunt_failed(branch, 408, NULL);
	call_settle(call);
}

/* --- requests --- */

void call_branch_cancel(struct call_branch *branch, const char *reason)
{
	struct call_relay *relay = branch->relay;

	if (relay && relay->ct && !relay->final)
		sip_ctrans_cancel(relay->ct, view_str(reason));
}

void call_branch_forget(struct call_relay *relay)
{
	if (relay->branch)
		relay->branch->relay = NULL;
	relay->branch = NULL;
}

void call_branch_free(struct call_branch *branch)
{
	struct call_engine *engine = branch->hunt->call->engine;

	loop_timer_cancel(engine->loop, &branch->timer);
	if (branch->relay)
		branch->relay->branch = NULL;
	pool_free(&engine->branches, branch);
}

/* NULL without memory. */
static struct call_branch *add(struct call_hunt *hunt, struct call_target *target,
			       struct call_relay *relay)
{
	struct call_branch *branch = pool_alloc(&hunt->call->engine->branches);

	if (!branch)
		return NULL;
	branch->hunt = hunt;
	branch->target = target;
	branch->relay = relay;
	branch->media = hunt->nbranches++;
	branch->next = hunt->branches;
	hunt->branches = branch;
	relay->branch = branch;
	relay->initial = true;
	return branch;
}

/* 0 or a status. */
static int send_invite(struct call_branch *branch, struct call_pair *pair,
		       const struct sip_msg *invite, const struct call_body *body)
{
	const struct call_target *target = branch->target;
	struct call *call = branch->hunt->call;
	struct view extra = VIEW_NONE;
	char lines[2048];
	struct sip_out out;

	if (target->routes.len || target->from) {
		sip_out_init(&out, lines, sizeof(lines));
		if (target->routes.len)
			sip_out_header(&out, "Route", target->routes);
		call_redirect_write(&out, target);
		if (!sip_out_ok(&out))
			return 500;
		extra = sip_out_text(&out);
	}
	if (call_leg_request(branch->relay, pair, invite, extra, body, &ct_ops))
		return 500;
	if (target->no_answer_ms)
		loop_timer_set(call->engine->loop, &branch->timer, target->no_answer_ms, no_answer);
	return 0;
}

int call_branch_first(struct call_hunt *hunt, struct call_target *target,
		      const struct sip_msg *invite, struct sip_out *lines)
{
	struct call_body body = { .text = VIEW_NONE };
	struct call *call = hunt->call;
	struct call_pair *pair = call->pairs;
	struct call_branch *branch = add(hunt, target, call->invite);
	int status;

	if (!branch || call_leg_init_b(pair, invite, target))
		return 500;
	pair->invite = call->invite;
	sip_dialog_add(&call->engine->dialogs, &pair->leg[MEDIA_B]);
	if (call_body_kind(invite, &status, lines) == CALL_BODY_SDP) {
		status = call_offer(call, MEDIA_A, invite, &hunt->from, &target->to, lines, &body);
		if (status)
			return status;
		call->invite->offer = CALL_OFFER_IN_REQUEST;
	}
	return send_invite(branch, pair, invite, &body);
}

/* A dialog with the caller for what @relay begins, with the callee's side still to be made. */
static struct call_pair *another_pair(struct call_relay *relay)
{
	struct call *call = relay->call;
	const struct sip_dialog *first = &call->pairs->leg[MEDIA_A];
	struct call_pair *pair = call_pair_alloc(call);
	char tag[SIP_TOKEN_STRLEN];

	if (!pair)
		return NULL;
	pair->invite = relay;
	if (sip_dialog_init_copy(&pair->leg[MEDIA_A], first,
				 view_str(sip_token(call->engine->stack, 64, tag)))) {
		call_pair_free(pair);
		return NULL;
	}
	sip_dialog_add(&call->engine->dialogs, &pair->leg[MEDIA_A]);
	return pair;
}

static int offer_more(struct call_branch *branch, const struct sip_msg *invite,
		      struct call_body *body)
{
	struct call *call = branch->hunt->call;
	const struct call_target *target = branch->target;
	struct sip_out unused = call_headers(call->engine);

	if (call->invite->offer != CALL_OFFER_IN_REQUEST)
		return 0;
	return call_offer_more(call, branch->media, invite, &target->to, &unused, body);
}

int call_branch_more(struct call_hunt *hunt, struct call_target *target,
		     const struct sip_msg *invite)
{
	struct call_body body = { .text = VIEW_NONE };
	struct call *call = hunt->call;
	struct call_branch *branch;
	struct call_relay *relay;
	struct call_pair *pair;
	int status = 500;

	relay = call_relay_alloc(call, SIP_INVITE, MEDIA_A, NULL, NULL);
	if (!relay)
		return 500;
	branch = add(hunt, target, relay);
	pair = branch ? another_pair(relay) : NULL;
	if (pair && !call_leg_init_b(pair, invite, target)) {
		sip_dialog_add(&call->engine->dialogs, &pair->leg[MEDIA_B]);
		status = offer_more(branch, invite, &body);
		if (!status)
			status = send_invite(branch, pair, invite, &body);
	}
	if (!status)
		return 0;
	if (pair)
		call_pair_free(pair);
	if (branch)
		branch->over = true;
	call_relay_drop(relay);
	return status;
}
